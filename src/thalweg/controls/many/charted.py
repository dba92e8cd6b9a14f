"""The Commerce Country Chart by stretch of law and place: what it asks for an entry that the item falls under."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from thalweg.controls.chart import reasons_at
from thalweg.controls.many.columns import Codes
from thalweg.controls.many.law import Law

_NOT_READ: Final = -1


class Cell(NamedTuple):
    """What the chart asks for an entry in a place: the truth of what the pack reads, and the reasons that hold."""

    truth: int
    not_modeled: bool
    required: tuple[str, ...]


class Charted:
    """Cells of the chart, each worked out once; a cell is known by its number."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self.cells: list[Cell] = [Cell(0, not_modeled=False, required=())]
        self._numbers: dict[Cell, int] = {self.cells[0]: 0}
        self._tables: dict[tuple[str, int], Codes] = {}
        self._days = dict(zip(law.stretches.tolist(), law.tables.days, strict=True))
        """A day of each stretch over which no group changes: the chart asks for nothing else of the day."""
        self._places = {code: place for place, code in law.reader.words.codes.items() if place in law.pack.places}
        self.roots: dict[str, list[str]] = {}
        for name in law.named:
            root = name.split(".", maxsplit=1)[0]
            if root in law.pack.reasons:
                self.roots.setdefault(root, []).append(name)
        self._truth = np.zeros(1, dtype=np.uint8)
        self._not_modeled = np.zeros(1, dtype=bool)

    def read(self, name: str, ceiling: int, epochs: Codes, places: Codes) -> Codes:
        """Return the number of the cell of each row."""
        stretches = self.law.stretches[epochs]
        table = self._tables.get((name, ceiling))
        if table is None:
            shape = (int(self.law.stretches.max()) + 1, len(self.law.pack.places) + 1)
            table = self._tables[name, ceiling] = np.full(shape, _NOT_READ, dtype=np.int32)
        found = table[stretches, places]
        new = found == _NOT_READ
        if new.any():
            for stretch, place in np.unique(np.stack([stretches[new], places[new]], axis=1), axis=0).tolist():
                table[stretch, place] = self._cell(name, ceiling, self._days[stretch], self._places.get(place))
            found = table[stretches, places]
        return found

    def _cell(self, name: str, ceiling: int, day: int, place: str | None) -> int:
        rows = reasons_at(self.law.pack, name, ceiling, place, day)
        truth = max((r.truth for r in rows if r.modeled), default=0)
        held = tuple(r.row.reason for r in rows if r.truth == 2)
        cell = Cell(truth, any(r.truth and not r.modeled for r in rows), held)
        number = self._numbers.get(cell)
        if number is None:
            number = self._numbers[cell] = len(self.cells)
            self.cells.append(cell)
            self._truth = np.array([c.truth for c in self.cells], dtype=np.uint8)
            self._not_modeled = np.array([c.not_modeled for c in self.cells], dtype=bool)
        return number

    def truth(self, numbers: Codes) -> Any:
        """Return the truth of what the cells ask for."""
        return self._truth[numbers]

    def not_modeled(self, numbers: Codes) -> Any:
        """Say which cells hold a reason that the pack cannot read."""
        return self._not_modeled[numbers]
