"""Rows whose trees of cases are the same: equal truths of every rule that counts, and equal facts wherever a rule is still open.

No rule can tell such rows apart, so a tree that is grown for one of them is that of all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.controls.many.assess import Assessed
from thalweg.controls.many.columns import Bytes, Mask
from thalweg.controls.many.entries import entry_levels
from thalweg.controls.many.law import Guarded, Ruled
from thalweg.controls.many.residue import Residue
from thalweg.controls.many.sums import Hash, Sums
from thalweg.controls.run import is_entry


def signatures(a: Assessed, rows: Mask) -> Hash:
    """Return two sums for each of some rows, shape (of these rows, 2). Sums of two axes are not compared."""
    return _Signing(a, rows).run()


class _Signing:
    def __init__(self, a: Assessed, wanted: Mask) -> None:
        self.a = a
        self.wanted = wanted
        self.law = a.law
        self.at = np.nonzero(wanted)[0]
        self.sums = Sums(len(self.at))
        self.left = Sums(a.height)
        self.residue = Residue(a.law, a.sheet, a.epochs, self.left)
        self.pending: list[tuple[Guarded, Any]] = []

    def run(self) -> Hash:
        self._truths()
        self._settle()
        self.residue.waits()
        sums: Hash = self.sums.of + self.left.of[self.at]
        return sums

    def _add(self, column: Any, *label: Any) -> None:
        """Add a column to the sums of the rows that are wanted."""
        self.sums.add(column[self.at], *label)

    def _truths(self) -> None:
        """Add the truth of every rule where it counts, and note where it is open."""
        a, law, add = self.a, self.law, self._add
        for k, truths in enumerate(a.of_components):
            for identity, truth in truths.items():
                add(truth, identity, k)
        for ruled in law.classes:
            if ruled.id in a.truth:
                add(a.truth[ruled.id], ruled.id)
        add(a.subject, "subject")
        for ruled in law.presumptions:
            self._counted(ruled, a.of(ruled), None)
        for ruled in law.jurisdiction:
            self._counted(ruled, a.of(ruled), a.subject == 1)
        for ruled in law.requirements:
            if ruled.id in a.truth:
                add(a.truth[ruled.id], ruled.id)
            if ruled.id in a.raw:
                self._note(ruled, (a.raw[ruled.id] == 1) & (a.of(ruled) > 0))
        for ruled in (*law.gates, *law.exceptions, *law.policies):
            if ruled.id in a.truth:
                self._counted(ruled, a.of(ruled), a.touched(ruled, a.asked))
        for name, cells in a.charted.items():
            add(cells, "chart", name)
        add(entry_levels(law.book, a.columns, a.sheet.rows_of), "entry policy")

    def _counted(self, ruled: Ruled, truth: Bytes, counts: Any) -> None:
        if truth.any():
            truth = truth if counts is None else np.where(counts, truth, np.uint8(0))
            self._add(truth, ruled.id)
            self._note(ruled, truth == 1)

    def _note(self, ruled: Ruled, rows: Any) -> None:
        """Remember the rows on which the versions of a rule are open."""
        rows = rows & self.wanted
        if rows.any():
            for version in ruled.versions:
                if self.a.acts(version):
                    here = rows & (self.a.guard(version) > 0)
                    if here.any():
                        self.pending.append((version, here))

    def _settle(self) -> None:
        """Add what is left of open rules; an open class counts where it is an entry's, or where an open rule reads it."""
        for version, rows in self.pending:
            self._left_of(version, rows)
        for ruled in reversed(self.law.classes):
            name = ruled.keys["assigns"]
            for k, truths in [(None, self.a.truth), *enumerate(self.a.of_components)]:
                rows = (truths.get(ruled.id, self.a.none) == 1) & self.wanted
                if k is not None or not is_entry(name):
                    rows = rows & self.residue.needed.get(name, False)
                if rows.any():
                    self.a.sheet.component = k
                    for version in ruled.versions:
                        if self.a.acts(version):
                            self._left_of(version, rows & (self.a.guard(version) > 0))
                    self.a.sheet.component = None

    def _left_of(self, version: Guarded, rows: Any) -> None:
        at = np.nonzero(rows)[0]
        if len(at):
            label = ("open", version.rule.id, version.number, self.a.sheet.component)
            self.left.add_at(at, self.a.guard(version)[at], *label)
            self.residue.of(version.when, at, label)
