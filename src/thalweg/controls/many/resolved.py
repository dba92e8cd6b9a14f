"""Rows resolved on one axis: their trees of cases, and where sources conflict those for the facts of each source."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from thalweg.controls.many.assess import Assessed
from thalweg.controls.many.columns import Codes, Columns, Mask
from thalweg.controls.many.forest import HARD, Forest
from thalweg.controls.many.law import Law
from thalweg.controls.many.spread import take, tell, write, write_readings
from thalweg.controls.run import UNDETERMINED


class Whole(NamedTuple):
    """The trees of a row, one for each source of disputed facts, and which facts of what these are.

    Where one is too large to be grown, ``HARD`` and where each starts.
    """

    trees: tuple[int, ...]
    disputed: tuple[str, ...]


class Wholes:
    """The trees of whole rows by number, with the forest in which they stand."""

    def __init__(self, forest: Forest) -> None:
        self.forest = forest
        self.of: list[Whole] = []
        self._numbers: dict[Whole, int] = {}
        self._outcomes: dict[int, str | None] = {}

    def size(self) -> int:
        """Return how much is kept."""
        return len(self.of) + self.forest.size()

    def number(self, whole: Whole) -> int:
        """Return the number of the trees of a row."""
        found = self._numbers.get(whole)
        if found is None:
            found = self._numbers[whole] = len(self.of)
            self.of.append(whole)
        return found

    def outcome(self, number: int) -> str | None:
        """Return the outcome if it is the same in every completion, else ``undetermined``; None where a tree was not grown."""
        if number not in self._outcomes:
            trees = self.of[number].trees
            grown = [] if trees[0] == HARD else [self.forest.trees[t] for t in trees]
            outcomes = {self.forest.results[r].outcome for t in grown for r in t.results}
            self._outcomes[number] = None if not grown else outcomes.pop() if len(outcomes) == 1 else UNDETERMINED
        return self._outcomes[number]


class Resolved:
    """Some rows resolved on the axis of a forest.

    ``wholes`` are their trees by number, ``root`` the pass from which these start, in which each row, or its first source, has the place
    ``first``. ``disputed`` are the rows on which sources conflict, ``base`` the pass over these with the facts in dispute unknown.
    """

    def __init__(self, law: Law, wholes: Wholes, columns: Columns) -> None:
        self.law = law
        self._wholes = wholes
        self.readings = columns.items.readings
        self.disputed = np.array([row for row, r in enumerate(self.readings) if r], dtype=np.int64)
        by_reading: dict[int, list[int]] = {}
        for row in self.disputed.tolist():
            by_reading.setdefault(id(self.readings[row]), []).append(row)
        self._alike = [np.array(rows, dtype=np.int64) for rows in by_reading.values()]
        self.base: Assessed | None = None
        if len(self.disputed):
            self.base = Assessed(law, wholes.forest.charted, take(columns, self.disputed), wholes.forest.axis)
            self._carry(columns, self.base)
        counts = np.ones(columns.height, dtype=np.int64)
        counts[self.disputed] = [len(self.readings[row][2]) for row in self.disputed.tolist()]
        self.first = np.cumsum(counts) - counts
        self._of = np.repeat(np.arange(columns.height), counts)
        spread = take(columns, self._of)
        write_readings(law, spread, self.readings, self.first)
        grown = wholes.forest.grow(spread)
        self.root = grown.root
        self.wholes = self._numbered(wholes, grown.starts)

    def on(self, other: Wholes, only: Mask) -> Codes:
        """Return the trees of some of the rows on the other axis, by number, where classes and presumptions are the same on both."""
        grown = other.forest.grow(self.root.columns, self.root, only[self._of])
        return self._numbered(other, grown.starts)

    def _carry(self, columns: Columns, base: Assessed) -> None:
        """Let what is presumed with the facts in dispute unknown stand for every source."""
        base.carry()
        for fact in base.sheet.asserted:
            write(self.law, columns, "item", fact, self.disputed, base.columns.items.facts[fact])
        for key, truth in base.columns.told.items():
            tell(columns, key, self.disputed, truth)

    def _numbered(self, wholes: Wholes, starts: Codes) -> Codes:
        """Return the number of the trees of each row."""
        values, group = np.unique(starts[self.first], return_inverse=True)
        found = np.array([_number(wholes, [v], ()) for v in values.tolist()], dtype=np.int64)[group.reshape(-1)]
        known: dict[tuple[Any, ...], int] = {}
        for alike in self._alike:
            where, names, sources = self.readings[alike[0]]
            of_sources, group = np.unique(starts[self.first[alike][:, None] + np.arange(len(sources))], axis=0, return_inverse=True)
            numbers: list[int] = []
            for of in of_sources.tolist():
                key = (where, names, *of)
                if key not in known:
                    known[key] = _number(wholes, of, (where, names))
                numbers.append(known[key])
            found[alike] = np.array(numbers, dtype=np.int64)[group.reshape(-1)]
        return found

    def agree(self) -> Mask:
        """Say of the disputed rows on which of them all sources lead to one outcome."""
        numbers, group = np.unique(self.wholes[self.disputed], return_inverse=True)
        return np.array([self._wholes.outcome(n) != UNDETERMINED for n in numbers.tolist()])[group.reshape(-1)]


def _number(wholes: Wholes, starts: list[int], disputed: tuple[str, ...]) -> int:
    """Return the number of the trees of a row, given where they start; each is cut off where all so far go past the bound."""
    trees: list[int] = []
    passes = 1 + len(starts) * bool(disputed)
    for start in starts:
        tree, passes = wholes.forest.fold(start, passes)
        trees.append(tree)
    return wholes.number(Whole((HARD, *starts) if HARD in trees else tuple(trees), disputed))
