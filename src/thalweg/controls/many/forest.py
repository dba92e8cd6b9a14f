"""Trees of cases for many rows at once, level by level: rows whose trees are the same share one.

The trees are those that :mod:`thalweg.controls.resolve` grows for one case at a time: the same unknown at each node, the same cells, the
same comparison of branches, the same bound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from thalweg.controls.cells import ANOTHER
from thalweg.controls.many.assess import OPEN, OUTCOMES, Assessed, Before
from thalweg.controls.many.cases import Split, Splitter, spread
from thalweg.controls.many.charted import Charted
from thalweg.controls.many.columns import Codes, Columns, Mask
from thalweg.controls.many.law import Law
from thalweg.controls.many.opened import Unknowns, first_unknowns, open_rules
from thalweg.controls.many.signature import signatures
from thalweg.controls.many.sums import distinct, keys
from thalweg.controls.program import Axis
from thalweg.controls.resolve import BOUND
from thalweg.controls.run import Result

HARD: Final = -1
"""The tree of a row that is left to the single decision."""
_NO_ENTRY: Final = frozenset(("EAR99", ANOTHER))
"""Stated entries that are none of the control list; what others bring with them is left to the single decision."""
_ROWS: Final = 400_000
"""Rows of one level at most."""


class Tree(NamedTuple):
    """A tree of cases: the results that are possible, and the unknowns on which they depend (both by number)."""

    results: frozenset[int]
    essential: frozenset[int]


class Grown(NamedTuple):
    """The pass over some rows, and where the tree of each starts: at a result (``~number``) or at a node."""

    root: Assessed
    starts: Codes


class _Node(NamedTuple):
    """An unknown, what follows from each of its cells, and the result by three-valued logic alone."""

    unknown: int
    starts: tuple[Any, ...]
    ordered: bool
    own: int
    branches: list[int]


class Forest:
    """All trees of one axis, and their results, which are kept for as long as the forest stands."""

    def __init__(self, law: Law, charted: Charted, axis: Axis) -> None:
        self.law = law
        self.charted = charted
        self.axis = axis
        self.unknowns = Unknowns()
        self.splitter = Splitter(law)
        self.results: list[Result] = []
        self.trees: list[Tree] = []
        self._result_numbers: dict[Any, int] = {}
        self._tree_numbers: dict[Any, int] = {}
        self._nodes: dict[int, _Node | int] = {}
        self._node_numbers: dict[tuple[int, int], int] = {}
        self._whole: dict[int, tuple[int, int]] = {}
        self._cut: dict[tuple[int, int], tuple[int, int]] = {}

    def size(self) -> int:
        """Return how many nodes and trees are kept."""
        return len(self._node_numbers) + len(self.trees) + len(self._cut) + self.splitter.size()

    def grow(self, columns: Columns, like: Assessed | None = None, only: Mask | None = None) -> Grown:
        """Look at some rows, and at all that may follow from what they leave unknown.

        Args:
            columns: the rows, each with an item of its own.
            like: a look at them that differs in the axis alone, if there was one.
            only: the rows whose trees are wanted; all by default.
        """
        a, refs, new = self._level(columns, like=like, only=only)
        above = a
        while new is not None:
            above, below, deeper = self._level(new[0], before=(above, new[2]))
            starts = np.cumsum([0, *(n for _, n in new[1])])
            for (node, count), start in zip(new[1], starts.tolist(), strict=False):
                node.branches.extend(below[start : start + count].tolist())
            new = deeper
        return Grown(a, refs)

    def _level(
        self, columns: Columns, *, like: Assessed | None = None, before: Before | None = None, only: Mask | None = None
    ) -> tuple[Assessed, Codes, tuple[Columns, list[tuple[_Node, int]], Codes] | None]:
        """Look at the rows of one level: return what each comes to, and the rows of the next, with the nodes that wait for them.

        Each row of the next level comes with the row of this one that it refines.
        """
        a = Assessed(self.law, self.charted, columns, self.axis, like=like, before=before)
        a.carry()
        refs = np.zeros(a.height, dtype=np.int64)
        still_open = open_rules(a)
        waits = np.logical_or.reduce([rows for _, rows in still_open] or [a.none > 0]) | (a.subject == 1) | (a.chart == 1)
        if self.axis == "text":
            waits &= a.outcome == OPEN
        if only is not None:
            waits &= only
        self._settle(a, np.nonzero(~waits)[0], refs)
        if waits.any():
            splits, nodes = self._branch(a, still_open, waits, refs)
            if splits:
                at = np.concatenate([np.repeat(s.rows, len(s.cells)) for s in splits])
                return a, refs, (spread(self.law, columns, splits, at), nodes, at)
        return a, refs, None

    def _settle(self, a: Assessed, at: Codes, refs: Codes) -> None:
        """Note the results of rows on which nothing is open."""
        if len(at):
            refs[at] = ~self._result_of(a, at)

    def _result_of(self, a: Assessed, at: Codes) -> Codes:
        """Return the number of the result of some rows; of the text, a settled outcome is all that counts."""
        found = np.empty(len(at), dtype=np.int64)
        settled = (a.outcome[at] != OPEN) & (self.axis == "text")
        for outcome in np.unique(a.outcome[at[settled]]).tolist():
            rows = a.outcome[at] == outcome
            found[rows] = self._result(Result(OUTCOMES[outcome], (), None, ()), outcome)
        rest = np.nonzero(~settled)[0]
        if len(rest):
            sums = a.results(at[rest])
            first, group = distinct(sums)
            known = [self._result_numbers.get(key) for key in keys(sums[first])]
            for n, (number, key) in enumerate(zip(known, keys(sums[first]), strict=True)):
                if number is None:
                    known[n] = self._result(a.result(int(at[rest[first[n]]])), key)
            found[rest] = np.array(known, dtype=np.int64)[group.reshape(-1)]
        return found

    def _result(self, result: Result, key: Any) -> int:
        number = self._result_numbers.get(key)
        if number is None:
            number = self._result_numbers[key] = len(self.results)
            self.results.append(result)
        return number

    def _branch(self, a: Assessed, still_open: Any, waits: Mask, refs: Codes) -> tuple[list[Split], list[tuple[_Node, int]]]:
        """Give each open row its node; return how the rows that stand for new nodes are split, and these nodes, in the same order."""
        at = np.nonzero(waits)[0]
        sums = signatures(a, waits)
        first, group = distinct(sums)
        numbers = [self._node_numbers.setdefault(key, len(self._node_numbers)) for key in keys(sums[first])]
        refs[at] = np.array(numbers, dtype=np.int64)[group.reshape(-1)]
        new = np.array([n for n, number in enumerate(numbers) if number not in self._nodes], dtype=np.int64)
        rows = at[first[new]]
        own = self._result_of(a, rows)
        unknown = first_unknowns(a, still_open, rows, self.unknowns)
        splits: list[Split] = []
        nodes: list[tuple[_Node, int]] = []
        for u in np.unique(unknown).tolist():
            mine = np.nonzero(unknown == u)[0]
            if u == 0:
                self._nowhere(a, rows[mine], own[mine], [numbers[n] for n in new[mine].tolist()])
                continue
            place = dict(zip(rows[mine].tolist(), mine.tolist(), strict=True))
            for split in self.splitter.split(a, still_open, self.unknowns.of[u], rows[mine]):
                if split.unknown[-1] == "eccn" and not _NO_ENTRY.issuperset(split.cells):
                    self._nodes.update((numbers[new[place[row]]], HARD) for row in split.rows.tolist())
                    continue
                splits.append(split)
                for row in split.rows.tolist():
                    node = _Node(u, split.starts, split.ordered, int(own[place[row]]), [])
                    self._nodes[numbers[new[place[row]]]] = node
                    nodes.append((node, len(split.cells)))
        if sum(count for _, count in nodes) > _ROWS:
            self._nodes.update((numbers[n], HARD) for n in new.tolist())
            return [], []
        return splits, nodes

    def _nowhere(self, a: Assessed, rows: Codes, own: Codes, numbers: list[int]) -> None:
        """Settle rows that no unknown keeps open; where the chart is open, the single decision looks for what does."""
        for row, result, number in zip(rows.tolist(), own.tolist(), numbers, strict=True):
            self._nodes[number] = HARD if a.chart[row] == 1 else self._leaf(result)

    def fold(self, ref: int, passes: int) -> tuple[int, int]:
        """Return the number of a tree and how many passes there are with it, given how many there were before.

        A tree is cut off where these go past the bound: what is below rests on three-valued logic alone.
        """
        if ref < 0:
            return self._leaf(~ref), passes
        tree, more = self._fold(ref)
        if tree == HARD or passes + more <= BOUND:
            return tree, passes + more
        return self._cut_off(ref, passes)

    def _fold(self, ref: int) -> tuple[int, int]:
        """Return the number of a whole tree and how many passes it stands for."""
        found = self._whole.get(ref)
        if found is None:
            node = self._nodes[ref]
            found = self._whole[ref] = self._walk(node, 0, lambda b, p: _after(self._fold(b), p) if b >= 0 else self.fold(b, p))
        return found

    def _cut_off(self, ref: int, passes: int) -> tuple[int, int]:
        found = self._cut.get((ref, passes))
        if found is None:
            node = self._nodes[ref]
            if passes > BOUND and isinstance(node, _Node):
                return self._leaf(node.own), passes
            found = self._cut[ref, passes] = self._walk(node, passes, self.fold)
        return found

    def _walk(self, node: _Node | int, passes: int, fold: Callable[[int, int], tuple[int, int]]) -> tuple[int, int]:
        """Return the number of the tree of a node and the passes with it. Of the text, two results are enough: it is undetermined."""
        if not isinstance(node, _Node):
            return node, passes
        branches: list[int] = []
        results: set[int] = set()
        for branch in node.branches:
            tree, passes = fold(branch, passes + 1)
            if tree == HARD:
                return HARD, passes
            branches.append(tree)
            results |= self.trees[tree].results
            if self.axis == "text" and len(results) > 1:
                break
        if self.axis == "text":
            return self._number(frozenset(results), Tree(frozenset(results), frozenset())), passes
        return self._joined(node, branches), passes

    def _leaf(self, result: int) -> int:
        return self._number(("result", result), Tree(frozenset((result,)), frozenset()))

    def _joined(self, node: _Node, branches: list[int]) -> int:
        """Return the number of a tree; cells of numbers beside each other that lead to the same are one."""
        if all(b == branches[0] for b in branches):
            return branches[0]
        starts = node.starts
        if node.ordered:
            turns = [i for i, b in enumerate(branches) if not i or b != branches[i - 1]]
            branches, starts = [branches[i] for i in turns], tuple([starts[i] for i in turns])
        key = (node.unknown, tuple(branches), starts)
        found = self._tree_numbers.get(key)
        if found is not None:
            return found
        below = [self.trees[b] for b in branches]
        results = frozenset().union(*(t.results for t in below))
        return self._number(key, Tree(results, frozenset().union((node.unknown,), *(t.essential for t in below))))

    def _number(self, key: Any, tree: Tree) -> int:
        found = self._tree_numbers.get(key)
        if found is None:
            found = self._tree_numbers[key] = len(self.trees)
            self.trees.append(tree)
        return found


def _after(found: tuple[int, int], passes: int) -> tuple[int, int]:
    return found[0], found[1] + passes
