"""The cases of an unknown: what it may turn out to be, for many rows at once, and the rows that come of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from thalweg.controls.cells import Cells
from thalweg.controls.many.assess import Assessed
from thalweg.controls.many.columns import Codes, Columns
from thalweg.controls.many.law import Guarded, Law, Ruled
from thalweg.controls.many.spread import take, tell, write
from thalweg.controls.unknown import Unknown


class Split(NamedTuple):
    """Rows that have the same unknown with the same cells; ``starts`` says where the cells of a number start, else it names them."""

    unknown: Unknown
    rows: Codes
    cells: tuple[Any, ...]
    starts: tuple[Any, ...]
    ordered: bool


class Splitter:
    """Splits rows by the cells of their unknowns; like rows are split once."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self._known: dict[tuple[Any, ...], tuple[tuple[Any, ...], tuple[Any, ...], bool]] = {}

    def size(self) -> int:
        """Return how much is kept."""
        return len(self._known)

    def split(self, a: Assessed, still_open: list[tuple[Ruled, Any]], unknown: Unknown, rows: Codes) -> Iterator[Split]:
        """Yield some rows that have an unknown in common, by what its cells are."""
        fact = self.law.pack.facts[unknown[2]] if unknown[0] == "fact" else None
        if fact is None or fact.type == "boolean":
            yield Split(unknown, rows, (True, False), (True, False), ordered=False)
        elif fact.type == "enum":
            yield Split(unknown, rows, fact.values, fact.values, ordered=False)
        else:
            named = _versions(a, still_open, unknown, rows)
            for group, key in self._groups(a, unknown, rows, named):
                yield Split(unknown, rows[group], *self._cells(a, unknown, key, int(rows[group[0]]), named))

    def _groups(
        self, a: Assessed, unknown: Unknown, rows: Codes, named: list[tuple[Guarded, Any]]
    ) -> Iterator[tuple[Codes, tuple[Any, ...]]]:
        """Yield rows, by place, that are cut up alike: by the same versions, in the same days, with the same bound and terms of sums."""
        _, where, name = unknown
        columns = [open_here.astype(np.float64) for _, open_here in named]
        columns.append(self.law.stretches[a.epochs[rows]].astype(np.float64))
        if (least := a.columns.items.least.get((where, name))) is not None:
            columns.append(np.nan_to_num(least[rows], nan=-1.0))
        terms = _terms(self.law, where, name, named)
        columns.extend(np.nan_to_num(_column(a, of, term)[rows], nan=-1.0) for of, term in terms)
        matrix = np.stack(columns, axis=1)
        values, group = np.unique(matrix, axis=0, return_inverse=True)
        order = np.argsort(group.reshape(-1), kind="stable")
        ends = np.cumsum(np.bincount(group.reshape(-1), minlength=len(values)))
        for number, value in enumerate(values.tolist()):
            yield order[(ends[number - 1] if number else 0) : ends[number]], tuple(value)

    def _cells(
        self, a: Assessed, unknown: Unknown, key: tuple[Any, ...], at: int, named: list[tuple[Guarded, Any]]
    ) -> tuple[tuple[Any, ...], tuple[Any, ...], bool]:
        _, where, name = unknown
        kept = (unknown, tuple([(v.rule.id, v.number) for v, _ in named]), key)
        found = self._known.get(kept)
        if found is None:
            law = self.law
            compiler = law.book.compiler(law.tables.days[int(a.epochs[at])])
            held = [v for (v, _), is_open in zip(named, key, strict=False) if is_open]
            cells = Cells(compiler, [v.cut for v in held])
            kind = law.pack.facts[name].type
            if kind in ("place", "text"):
                values = tuple(cells.places(name) if kind == "place" else cells.texts(name))
                found = (values, values, False)
            else:
                bound = a.columns.items.least.get((where, name))
                minimum = None if bound is None or np.isnan(bound[at]) else float(bound[at])
                known = {t: float(v) for of, t in _terms(law, where, name, named) if not np.isnan(v := _column(a, of, t)[at])}
                numbers = cells.numbers(name, minimum, known)
                found = (tuple(numbers), tuple(numbers.values()), True)
            self._known[kept] = found
        return found


def _versions(a: Assessed, still_open: list[tuple[Ruled, Any]], unknown: Unknown, rows: Codes) -> list[tuple[Guarded, Any]]:
    """Return the versions that cut up an unknown fact, with the rows on which each does; a component is tried on every class."""
    _, where, name = unknown
    everywhere = np.ones(len(rows), dtype=bool)
    opened = [(r, is_open[rows]) for r, is_open in still_open]
    if where.startswith("component:"):
        opened += [(r, everywhere) for r in a.law.classes]
    found: dict[tuple[str, int], tuple[Guarded, Any]] = {}
    for ruled, is_open in opened:
        for version in ruled.versions:
            if a.acts(version) and (name in version.cut.thresholds or name in version.cut.tests or name in version.cut.summed):
                here = is_open & (a.guard(version)[rows] > 0)
                known = found.get((ruled.id, version.number))
                found[ruled.id, version.number] = (version, here if known is None else here | known[1])
    return list(found.values())


def _terms(law: Law, where: str, name: str, named: list[tuple[Guarded, Any]]) -> list[tuple[str, str]]:
    """Return the other facts in sums with a number, and whose they are as the sum is solved."""
    others = sorted({n for v, _ in named if name in v.cut.summed for n in v.cut.summed if n != name})
    mine = law.pack.facts[name].of
    found = [("tx" if law.pack.facts[n].of == "transaction" else where, n) for n in others if law.pack.facts[n].of in ("transaction", mine)]
    return [(of, n) for of, n in found if law.pack.facts[n].type in ("number", "date")]


def _column(a: Assessed, where: str, name: str) -> Any:
    kind, _, which = where.partition(":")
    if kind == "tx":
        return a.sheet.fact(name) if a.law.pack.facts[name].of == "transaction" else np.full(a.height, np.nan)
    if kind == "item":
        return a.sheet.fact(name)
    if kind == "component":
        return a.columns.items.components[int(which)][1][name]
    return next(s for s in a.columns.slots if s.label == which).facts[name]


def spread(law: Law, columns: Columns, splits: list[Split], at: Codes) -> Columns:
    """Return a row for each cell of each row (``at``), split after split, the cells of a row beside each other."""
    found = take(columns, at)
    start = 0
    for split in splits:
        unknown, end = split.unknown, start + len(split.rows) * len(split.cells)
        rows, start = slice(start, end), end
        if unknown[0] == "fact":
            encoded = law.reader.encode(unknown[2], list(split.cells))
            write(law, found, unknown[1], unknown[2], rows, np.tile(encoded, len(split.rows)))
        else:
            tell(found, unknown, rows, np.tile(np.array([2, 0], dtype=np.uint8), len(split.rows)))
    return found
