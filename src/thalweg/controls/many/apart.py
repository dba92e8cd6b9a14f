"""Rows that columns cannot hold: reduced value by value, so that rows with equal reductions are decided once.

A row that is refused is decided again by its own values, so that its error names them.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

import numpy as np
import polars as pl

from thalweg.controls.many.kinds import Kinds
from thalweg.controls.many.single import Single, table

Codes = np.ndarray[Any, np.dtype[np.int64]]
_NO_OVERFLOW: Final = 2**62


def decide_apart(single: Single, kinds: Kinds, asked: pl.DataFrame) -> pl.DataFrame:
    """Return the answers of some rows, given without their ids."""
    first, group = _distinct([_encode(kinds, column) for column in asked], asked.height)
    answers = single.answers(asked[first.tolist()])
    bad = np.array([a[-1] is not None for a in answers], dtype=bool)
    found: pl.DataFrame = table(answers)[group.tolist()]
    if not bad.any():
        return found
    at = np.nonzero(bad[group])[0]
    order = np.arange(found.height)
    order[at] = found.height + np.arange(len(at))
    whole: pl.DataFrame = pl.concat([found, table(single.answers(asked[at.tolist()]))])[order.tolist()]
    return whole


def _encode(kinds: Kinds, column: pl.Series) -> Codes:
    """Number the values of a column so that values with the same number cannot lead to different answers."""
    head, _, tail = column.name.partition(".")
    if column.name == "date" and column.dtype == pl.Date:
        days = column.cast(pl.Int64).fill_null(-1_000_000).to_numpy() + dt.date(1970, 1, 1).toordinal()
        codes: Codes = np.searchsorted(np.array(kinds.days), days, side="right").astype(np.int64) * 2
        dated: Codes = codes + column.is_null().to_numpy()
        return dated
    fact = tail if head == "facts" else column.name
    if fact in kinds.numbers and column.dtype.is_numeric():
        return _cells(kinds, column, kinds.numbers[fact])
    distinct = column.unique(maintain_order=True)
    values = distinct.to_list()
    reduced = [_reduce(kinds, head, tail, v) for v in values]
    numbers: dict[str, int] = {}
    known = np.array([numbers.setdefault(r, len(numbers)) for r in reduced], dtype=np.int64)
    if not distinct.dtype.is_nested():
        keyed = pl.DataFrame({"v": distinct, "c": known})
        found = column.to_frame("v").join(keyed, on="v", how="left", nulls_equal=True, maintain_order="left")["c"]
        return found.to_numpy().astype(np.int64)
    return np.array([numbers[_reduce(kinds, head, tail, v)] for v in column.to_list()], dtype=np.int64)


def _cells(kinds: Kinds, column: pl.Series, edges: list[float]) -> Codes:
    """Return the cell of each number: below, at or between the thresholds; numbers that may be refused keep to themselves."""
    values = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    known = np.array(edges, dtype=np.float64)
    low, high = np.searchsorted(known, values, side="left"), np.searchsorted(known, values, side="right")
    cells = (low + high).astype(np.int64) + 1
    cells[np.isnan(values)] = 0
    odd = (values <= 0) | (values > kinds.ceiling())
    if odd.any():
        _, codes = np.unique(values[odd], return_inverse=True)
        cells[odd] = 2 * len(edges) + 2 + codes
    return cells


def _reduce(kinds: Kinds, head: str, tail: str, value: Any) -> str:
    if tail == "name" and head != "item":
        value = kinds.name(value)
    elif head in ("parties", "exporter") or tail == "owners":
        parsed = value
        if isinstance(value, str):
            try:
                parsed = json.loads(value)
            except (ValueError, RecursionError):
                return repr(value)
        value = kinds.nested(parsed) if not tail or tail == "owners" else parsed
    return repr(value)


def _distinct(columns: list[Codes], height: int) -> tuple[Codes, Codes]:
    """Return the first row of each group of equal rows, and the group of every row."""
    key, card = np.zeros(height, dtype=np.int64), 1
    for codes in columns:
        size = int(codes.max(initial=0)) + 1
        if card * size >= _NO_OVERFLOW:
            _, key = np.unique(key, return_inverse=True)
            card = int(key.max(initial=0)) + 1
        key, card = key * size + codes, card * size
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    return first, group
