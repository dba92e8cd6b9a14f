"""Rows of several chunks as one: with their items beside them, and names and parties brought together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from thalweg.controls.many.columns import ELSEWHERE, UNKNOWN_CODE, Codes, Columns, Items, Slot
from thalweg.controls.many.reader import Reader

_LAST: Final = ("nobody", "exporter", "designer")
"""Parties that no column states, in their order, after those that are stated."""


def join(reader: Reader, chunks: list[Columns]) -> Columns:
    """Join rows that :func:`thalweg.controls.many.spread.take` gave, chunk after chunk."""
    heights = [c.height for c in chunks]
    names: list[str | None] = [ELSEWHERE]
    offsets: list[int] = []
    for chunk in chunks:
        offsets.append(len(names) - 1)
        names.extend(chunk.names[1:])
    facts = _Facts(reader, heights)
    stated = [s.label for s in chunks[0].slots if s.label not in _LAST]  # the columns of a frame are the same in all its chunks
    labels = [*stated, *(label for label in _LAST if any(s.label == label for c in chunks for s in c.slots))]
    slots = [_slot(facts, label, chunks, offsets) for label in labels]
    height = sum(heights)
    return Columns(
        height,
        np.concatenate([c.day for c in chunks]),
        facts.join([c.tx for c in chunks]),
        np.arange(height, dtype=np.int32),
        _items(facts, [c.items for c in chunks]),
        slots,
        names,
        np.concatenate([c.odd for c in chunks]),
    )


class _Facts:
    """Joins facts of chunks; one that a chunk lacks is unknown there."""

    def __init__(self, reader: Reader, heights: list[int]) -> None:
        self.reader = reader
        self.heights = heights

    def join(self, chunks: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the facts of all chunks."""
        names = sorted(set().union(*chunks))
        return {n: _joined([c[n] if n in c else self.reader.constant(n, None, h) for c, h in self._with_heights(chunks)]) for n in names}

    def _with_heights(self, chunks: list[dict[str, Any]]) -> Iterable[tuple[dict[str, Any], int]]:
        return zip(chunks, self.heights, strict=True)

    def fill(self, columns: list[Any], missing: Any) -> Any:
        """Return columns as one; a chunk without it holds what is missing."""
        return np.concatenate([np.full(h, missing) if c is None else c for c, h in zip(columns, self.heights, strict=True)])


def _joined(columns: list[Any]) -> Any:
    """Return columns as one; those that all hold one value still do."""
    first = columns[0]
    if all(
        c.strides == (0,) and c.dtype == first.dtype and np.array_equal(c[:1], first[:1], equal_nan=c.dtype.kind == "f") for c in columns
    ):
        return np.broadcast_to(first[:1], (sum(map(len, columns)),))
    return np.concatenate(columns)


def _slot(facts: _Facts, label: str, chunks: list[Columns], offsets: list[int]) -> Slot:
    held = [next((s for s in c.slots if s.label == label), None) for c in chunks]
    names: list[Codes | None] = [
        None if s is None else np.where(s.names > 0, s.names + offset, s.names) for s, offset in zip(held, offsets, strict=True)
    ]
    role = next(s for s in held if s is not None).facts["role"][:1]
    known = facts.join([s.facts if s else {} for s in held])
    known["role"] = np.broadcast_to(role, known["role"].shape)
    exists = facts.fill([None if s is None else s.exists for s in held], missing=False)
    return Slot(label, exists, known, facts.fill(names, UNKNOWN_CODE).astype(np.int32))


def _items(facts: _Facts, chunks: list[Items]) -> Items:
    depth = max(len(c.components) for c in chunks)
    parts = [[c.components[k] if k < len(c.components) else None for c in chunks] for k in range(depth)]
    return Items(
        facts=facts.join([c.facts for c in chunks]),
        components=[
            (facts.fill([p and p[0] for p in held], missing=False), facts.join([p[1] if p else {} for p in held])) for held in parts
        ],
        known_contents=np.concatenate([c.known_contents for c in chunks]),
        odd=np.concatenate([c.odd for c in chunks]),
        designers=[],
        readings=[r for c in chunks for r in c.readings],
        least={k: facts.fill([c.least.get(k) for c in chunks], np.nan) for k in sorted(set().union(*(c.least for c in chunks)))},
    )
