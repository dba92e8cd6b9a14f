"""Rows that are alike: no rule can tell them apart by any one of the things it reads, so that they have the same answer.

A condition is taken apart into parts that read one thing alone: the item, the transaction, or one party. What parts come to, and what is
left of those that are open, is worked out once for each item, transaction and party that differ in the cell of some fact, in each stretch
of law. Sums over several things are worked out row by row.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any, Final, NamedTuple

import numpy as np

from thalweg.controls.many.assess import Tested, asserted
from thalweg.controls.many.cellular import Cellular
from thalweg.controls.many.columns import Codes, Columns, Slot
from thalweg.controls.many.entries import entry_levels
from thalweg.controls.many.kleene import Sheet, compared
from thalweg.controls.many.law import AXES, Guarded, Law, Ruled
from thalweg.controls.many.residue import Residue
from thalweg.controls.many.spread import take, write_readings
from thalweg.controls.many.sums import Hash, Sums, distinct, keys
from thalweg.controls.many.turns import Turns, amount, terms
from thalweg.pack.language import Ast, children, walk

_KEPT: Final = 200_000


class _Part(NamedTuple):
    """A part of the condition of a version that reads one thing alone."""

    version: Guarded
    label: tuple[Any, ...]
    ast: Ast


class Likeness:
    """Gives rows that are alike the same two sums, for one law."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self.cellular = Cellular(law)
        self.parts: dict[str, list[_Part]] = {"item": [], "transaction": [], "party": []}
        self.sums: list[tuple[Guarded, Ast]] = []
        self.whole = True
        """Whether every condition can be taken apart: not if one on classes or components reads the transaction or a party."""
        for ruled in law.rules:
            for version in ruled.versions:
                if ruled not in law.classes:
                    self._take_apart(version, version.when, ("part", ruled.id, version.number))
        if any(self._reads(v.when) - {"item"} for r in law.classes for v in r.versions):
            self.whole = False
        self.classes = [v for r in law.classes for v in r.versions]
        self.presumed = [
            ([p for p in self.parts["item"] if self._asserted(r, p.ast)], [v for v in self.classes if self._asserted(r, v.when)])
            for r in law.presumptions
        ]
        self.named = {str(name) for r in law.presumptions if (name := r.keys["asserts"].get("class"))}
        """The classes that some item so far has or may have."""
        self._known: dict[str, dict[tuple[int, int], tuple[int, int]]] = defaultdict(dict)
        self._locks: dict[str, Lock] = defaultdict(Lock)

    def of(self, columns: Columns) -> Hash:
        """Return two sums for each row, shape (rows, 2)."""
        epochs = self.law.epochs(columns.day)
        sums = Sums(columns.height)
        sums.add(self.law.codes[epochs], "law")
        steps = [self._of_items, self._of_parties]
        if self._locks["item"].locked():  # another chunk is at it, and may well work out what this one needs
            steps.reverse()
        for step in steps:
            step(columns, epochs, sums)
        self._of_sums(columns, epochs, sums)
        return sums.of

    def _of_parties(self, columns: Columns, epochs: Codes, sums: Sums) -> None:
        """Add what parts come to that read the transaction alone, or one party."""
        cells = self.cellular.transaction(columns, epochs)
        sums.fold(slice(None), self._once("transaction", cells, lambda rows: self._alone(columns, rows, None)), "transaction")
        for slot in columns.slots:
            cells = self.cellular.party(columns, slot, epochs)
            alone = self._once(slot.label, cells, lambda rows, slot=slot: self._alone(columns, rows, slot))  # type: ignore[misc]
            sums.fold(slice(None), alone, slot.label)

    def _take_apart(self, version: Guarded, ast: Ast, label: tuple[Any, ...]) -> None:
        of = self._reads(ast)
        if ast[0] in ("any_party", "all_parties"):
            self._take_apart(version, ast[1], (*label, "party"))
        elif len(of) == 1 and not any(n[0] in ("any_party", "all_parties") for n in walk(ast)):
            self.parts[next(iter(of))].append(_Part(version, label, ast))
        elif ast[0] in ("and", "or", "not"):
            for number, part in enumerate(children(ast)):
                self._take_apart(version, part, (*label, number))
        elif ast[0] == "cmp":
            self.sums.append((version, ast))
        elif ast[0] != "const":
            self.whole = False

    def _reads(self, ast: Ast) -> set[str]:
        """Return what a condition reads: the item, the transaction, a party."""
        found: set[str] = set()
        for node in walk(ast):
            if node[0] in ("fact", "bool", "in_group", "isnull"):
                found.add(self.law.pack.facts[node[1]].of)
            elif node[0] in ("classified", "stated", "any_component"):
                found.add("item")
            elif node[0] in ("member_of", "listed"):
                found.add("party")
        return found

    def _asserted(self, presumption: Ruled, ast: Ast) -> bool:
        """Say whether a condition reads what a presumption asserts."""
        asserts = presumption.keys["asserts"]
        facts, name = asserts.get("facts") or {}, asserts.get("class")
        return any(
            (n[0] == "classified" and name in self.law.tables.classes_under(n[1])[0])
            or (n[0] in ("fact", "bool", "in_group", "isnull") and n[1] in facts)
            for n in walk(ast)
        )

    def _once(self, what: str, cells: Hash, work_out: Callable[[Codes], Hash]) -> Hash:
        """Return sums worked out once for each pair of sums of cells."""
        first, group = distinct(cells)
        wanted = keys(cells[first])
        with self._locks[what]:
            known = self._known[what]
            if len(known) > _KEPT:
                known.clear()
            new = [n for n, key in enumerate(wanted) if key not in known]
            if new:
                known.update(zip([wanted[n] for n in new], keys(work_out(first[new])), strict=True))
            found = [known[key] for key in wanted]
        sums: Hash = np.array(found, dtype=np.uint64)[group.reshape(-1)]
        return sums

    def _acting(self, parts: list[_Part], epochs: Codes) -> Iterator[tuple[_Part, Codes]]:
        """Yield the parts of versions that act, or may act, on some rows of either axis, with these rows."""
        here = np.unique(epochs).tolist()
        rows: dict[int, Codes] = {}
        for part in parts:
            version = part.version
            if id(version) not in rows:
                acts = not all(stretches.isdisjoint(here) for stretches in version.stretches.values())
                guards = [version.guards[axis][epochs] for axis in AXES] if acts else []
                rows[id(version)] = np.nonzero(np.maximum.reduce(guards))[0] if acts else np.zeros(0, dtype=np.int64)
            if len(rows[id(version)]):
                yield part, rows[id(version)]

    def _alone(self, columns: Columns, rows: Codes, slot: Slot | None) -> Hash:
        """Work out what parts come to that read the transaction alone, or one party."""
        own = take(columns, rows)
        own.slots = [s for s in own.slots if slot is not None and s.label == slot.label]
        epochs = self.law.epochs(own.day)
        sums = Sums(own.height)
        sheet = Sheet(self.law.book, self.law.reader, own, epochs, self.law.tables)
        residue = Residue(self.law, sheet, epochs, sums)
        there = own.slots[0].exists if own.slots else np.ones(own.height, dtype=bool)
        sheet.slot = own.slots[0] if own.slots else None
        for part, acting in self._acting(self.parts["party" if slot else "transaction"], epochs):
            at = acting[there[acting]]
            residue.part(part.ast, at, sheet.truth(part.ast)[at], (part.label, slot and slot.label))
        residue.waits()
        if slot is not None:
            sums.add(there, "there", slot.label)
            sums.add(entry_levels(self.law.book, own, sheet.rows_of), "entry policy", slot.label)
        return sums.of

    def _of_items(self, columns: Columns, epochs: Codes, sums: Sums) -> None:
        """Add what parts come to that read the item alone, and what the chart can tell of the place for the classes that items have."""
        cells = self.cellular.items(columns.items)
        count = len(columns.items.odd)
        pairs, group = np.unique(epochs.astype(np.int64) * count + columns.item, return_inverse=True)
        here = np.array(sorted(set(epochs.tolist())), dtype=np.int64)
        if len(here) * count <= 2 * len(pairs):  # nearly all pairs occur: the others are worked out beside them for the rows to come
            every = np.add.outer(here * count, np.arange(count)).reshape(-1)
            place = np.asarray(np.searchsorted(every, np.asarray(pairs)))
            group, pairs = place[group.reshape(-1)], every
        of = cells[pairs // count, pairs % count]
        found = self._once("item", of, lambda rows: self._items_alone(columns, pairs[rows] // count, pairs[rows] % count))
        sums.fold(slice(None), found[group.reshape(-1)], "item")
        names = frozenset(self.named)
        sums.add(self.cellular.chart(names)[epochs, columns.tx["destination"]], "chart", *sorted(names))

    def _items_alone(self, columns: Columns, epochs: Codes, items: Codes) -> Hash:
        """Work out what parts come to that read the item alone, also with the facts of each source where sources conflict."""
        law, words = self.law, self.law.reader.words
        days = np.array(law.tables.days, dtype=np.int32)[epochs]
        own = take(
            Columns(len(items), days, {}, items, columns.items, [], columns.names, np.zeros(len(items), dtype=bool)), np.arange(len(items))
        )
        readings = own.items.readings
        counts = np.array([1 + (len(r[2]) if r else 0) for r in readings], dtype=np.int64)
        first = np.cumsum(counts) - counts
        spread = take(own, np.repeat(np.arange(own.height), counts))
        write_readings(law, spread, readings, first + 1)
        assessed = self._assessed(spread)
        sums = Sums(own.height)
        sums.fold(slice(None), assessed[first], "item")
        sums.add(np.array([words.code(("disputed", *r[:2])) + 1 if r else 0 for r in readings]), "disputed")
        for number in range(1, int(counts.max(initial=1))):
            at = np.nonzero(counts > number)[0]
            sums.fold(at, assessed[first[at] + number], "reading", number)
        return sums.of

    def _assessed(self, own: Columns) -> Hash:
        """Work out what parts that read the item come to, for every state in which a presumption may leave the item."""
        sums = Sums(own.height)
        axes = AXES if any((v.guards["enforced"] != v.guards["text"]).any() for r in self.law.classes for v in r.versions) else AXES[:1]
        for axis in axes:
            tested = Tested(self.law, own, axis)
            for k, truths in [(None, tested.truth), *enumerate(tested.of_components)]:
                for identity, truth in truths.items():
                    sums.add(truth, "class", axis, identity, k)
            self.named.update(tested.sheet.classes)
            for number, (sheet, parts, classes) in enumerate(self._presumed(tested)):
                residue = Residue(self.law, sheet, tested.epochs, sums)
                for part, at in self._acting(parts, tested.epochs):
                    residue.part(part.ast, at, sheet.truth(part.ast)[at], (part.label, axis, number))
                self._open_classes(tested, sheet, classes, residue, (axis, number))
                residue.waits()
        return sums.of

    def _open_classes(self, tested: Tested, sheet: Sheet, classes: list[Guarded], residue: Residue, label: tuple[Any, ...]) -> None:
        for k, truths in [(None, tested.truth), *enumerate(tested.of_components)]:
            sheet.component = k
            for version in classes:
                identity = version.rule.id
                if identity in truths and tested.acts(version):
                    at = np.nonzero((truths[identity] == 1) & (tested.guard(version) > 0))[0]
                    if len(at):
                        residue.part(version.when, at, sheet.truth(version.when)[at], ("class", identity, version.number, k, *label))
            sheet.component = None

    def _presumed(self, tested: Tested) -> Iterator[tuple[Sheet, list[_Part], list[Guarded]]]:
        """Yield the item as it is stated, and as it is where a presumption was open before, is open, and holds; with what reads it."""
        yield tested.sheet, self.parts["item"], self.classes
        for ruled, (parts, classes) in zip(self.law.presumptions, self.presumed, strict=True):
            asserts = ruled.keys["asserts"]
            for state, of_class in ((1, 0), (1, 1), (2, 2)):
                sheet = Sheet(self.law.book, self.law.reader, tested.columns, tested.epochs, self.law.tables)
                sheet.component_classes = tested.sheet.component_classes
                sheet.classes.update(tested.sheet.classes)
                if name := asserts.get("class"):
                    sheet.classes[name] = np.maximum(sheet.classes.get(name, tested.none), np.uint8(of_class))
                for fact, value in (asserts.get("facts") or {}).items():
                    truth = np.full(tested.height, state, dtype=np.uint8)
                    sheet.asserted[fact] = asserted(self.law, fact, value, tested.sheet.fact(fact), truth)
                yield sheet, parts, classes

    def _of_sums(self, columns: Columns, epochs: Codes, sums: Sums) -> None:
        """Add the truth of sums over several things and where they turn, also with the facts of each source where sources conflict."""
        asked: dict[str, tuple[Ast, Any]] = {}
        for version, node in self.sums:
            acting = (np.maximum(version.guards["enforced"], version.guards["text"]) > 0)[epochs]
            known = asked.get(json.dumps(node))
            asked[json.dumps(node)] = (node, acting if known is None else acting | known[1])
        readings = columns.items.readings
        for number in range(-1, max((len(r[2]) for r in readings if r), default=0)):
            disputed = np.array([number < (len(r[2]) if r else 0) for r in readings])[columns.item]
            facts = columns.items.facts if number < 0 else self._read_as(columns, number)
            for slot in (None, *columns.slots):
                turns = Turns(self.law.pack, self.law.edges, sums)
                for node, acting in asked.values():
                    if (slot is not None) != ("party" in self._reads(node)):
                        continue
                    rows = acting if number < 0 else acting & disputed
                    at = np.nonzero(rows if slot is None else rows & slot.exists)[0]
                    if len(at):
                        self._sum(node, at, self._terms(columns, facts, slot, node, at), turns, (number, slot and slot.label))
                turns.add(lambda _, name: self._least(columns, name), number, slot and slot.label)

    def _sum(self, node: Ast, at: Codes, columns: dict[str, Any], turns: Turns, label: tuple[Any, ...]) -> None:
        parameters = self.law.pack.parameters
        of_numbers = all(self.law.pack.facts[f].type in ("number", "date") for f in columns)
        sides = [columns[s[1]] if s[0] == "fact" else amount(s, columns, parameters) for s in node[2:]]
        truth = compared(node[1], *sides, of_numbers=of_numbers)
        turns.sums.add_at(at, truth + np.uint8(1), "sum", json.dumps(node), *label)
        still = truth == 1
        if still.any():
            turns.note(node, at[still], {f: c[still] for f, c in columns.items()}, "item", *label)

    def _terms(self, columns: Columns, facts: dict[str, Any], slot: Slot | None, node: Ast, at: Codes) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in terms(node):
            of = self.law.pack.facts[name].of
            if of == "transaction" and name not in columns.tx:
                columns.tx[name] = self.law.reader.constant(name, None, columns.height)
            held = columns.tx[name] if of == "transaction" else slot.facts[name] if of == "party" and slot else None
            found[name] = facts[name][columns.item[at]] if held is None else held[at]
        return found

    def _least(self, columns: Columns, name: str) -> Any:
        bounds = columns.items.least.get(("item", name))
        return None if bounds is None else bounds[columns.item]

    def _read_as(self, columns: Columns, number: int) -> dict[str, Any]:
        """Return the facts of items, where they are in dispute those of one source."""
        facts = dict(columns.items.facts)
        for at, reading in enumerate(columns.items.readings):
            if reading and number < len(reading[2]) and reading[0] == "item":
                for name, value in reading[2][number].items():
                    facts[name] = np.array(facts[name])
                    facts[name][at] = self.law.reader.encode(name, [value])[0]
        return facts
