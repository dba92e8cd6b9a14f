"""What is left of open conditions: which of their parts are still open, and what these wait for."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.controls.many.columns import UNKNOWN_CODE, Bytes, Codes
from thalweg.controls.many.kleene import Sheet
from thalweg.controls.many.law import Law
from thalweg.controls.many.sums import Sums
from thalweg.controls.many.turns import Turns, is_sum, terms
from thalweg.pack.language import Ast, children, walk

Label = tuple[Any, ...]


class Residue:
    """Adds what is left of open conditions to the sums of their rows.

    ``needed`` gathers the classes that open conditions ask for, with the rows on which they do.
    """

    def __init__(self, law: Law, sheet: Sheet, epochs: Codes, sums: Sums) -> None:
        self.law = law
        self.sheet = sheet
        self.epochs = epochs
        self.sums = sums
        self.height = sheet.c.height
        self.needed: dict[str, Any] = {}
        self.open: dict[str, Any] = {}
        self.turns = Turns(law.pack, law.edges, sums)
        self.named = np.zeros(self.height, dtype=bool)
        self.unplaced = np.zeros(self.height, dtype=bool)

    def part(self, part: Ast, at: Codes, truth: Bytes, label: Label) -> None:
        """Add the truth of a condition on some rows, and what is left of it where it is open."""
        self.sums.add_at(at, truth + np.uint8(1), *label)
        still = at[truth == 1]
        if len(still):
            self.of(part, still, label)

    def of(self, ast: Ast, at: Codes, label: Label) -> None:
        """Add the truth of each part of a condition that is open on some rows, and go down into the parts that are open."""
        sheet = self.sheet
        match ast[0]:
            case "and" | "or" | "not":
                for number, part in enumerate(children(ast)):
                    self.part(part, at, sheet.truth(part)[at], (*label, number))
            case "any_party" | "all_parties":
                for slot in sheet.c.slots:
                    sheet.slot = slot
                    truth = np.where(slot.exists[at], sheet.truth(ast[1])[at], np.uint8(0 if ast[0] == "any_party" else 2))
                    self.part(ast[1], at, truth, (*label, slot.label))
                sheet.slot = None
            case "any_component":
                for k, (held, _) in enumerate(sheet.c.items.components):
                    sheet.component = k
                    truth = np.where(held[sheet.c.item[at]], sheet.truth(ast[1])[at], np.uint8(0))
                    self.part(ast[1], at, truth, (*label, k))
                    sheet.component = None
            case _:
                self._last(ast, at)

    def _last(self, leaf: Ast, at: Codes) -> None:
        """Note what an open smallest part waits for: a class, a name, a place, a bounded measure or a sum."""
        sheet = self.sheet
        if leaf[0] == "classified":
            for name in sheet.tables.classes_under(leaf[1])[0]:
                self.needed.setdefault(name, np.zeros(self.height, dtype=bool))[at] = True
            return
        if leaf[0] == "member_of":
            self.named[at] = True
            return
        for name in [n[1] for n in walk(leaf) if n[0] in ("fact", "bool", "in_group", "isnull")]:
            self.open.setdefault(name, np.zeros(self.height, dtype=bool))[at] = True
            if self.law.pack.facts[name].type == "place":
                self.unplaced[at] = True
        if is_sum(leaf):
            where = "item" if sheet.component is None else f"component:{sheet.component}"
            columns = {f: sheet.fact(f)[at] for f in terms(leaf)}
            self.turns.note(leaf, at, columns, where, sheet.slot and sheet.slot.label)

    def waits(self) -> None:
        """Add the bounds of unknown measures, the names that sets are asked for, and the days where an unknown place counts."""
        sheet, items = self.sheet, self.sheet.c.items
        self.turns.add(lambda where, name: items.least[where, name][sheet.c.item] if (where, name) in items.least else None)
        for (where, name), bounds in items.least.items():
            if name in self.open:
                edges = self.law.edges[name]
                cell = np.searchsorted(edges, bounds, side="left") + np.searchsorted(edges, bounds, side="right")
                self.sums.add(np.where(self.open[name], np.where(np.isnan(bounds), 0, cell + 1)[sheet.c.item], 0), "bound", where, name)
        self.sums.add(np.where(self.unplaced, self.law.stretches[self.epochs] + 1, 0), "places")
        for slot in sheet.c.slots:
            self.sums.add(np.where(self.named & slot.exists, slot.names == UNKNOWN_CODE, 0), "unnamed", slot.label)
