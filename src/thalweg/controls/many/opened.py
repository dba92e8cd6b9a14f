"""Which rules are open on which rows and may still change the result, and the first unknown that keeps a row open.

This is the order in which :mod:`thalweg.controls.resolve` and :mod:`thalweg.controls.unknown` look, for many rows at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from thalweg.controls.many.assess import Assessed
from thalweg.controls.many.columns import UNKNOWN_CODE, Codes
from thalweg.controls.many.law import Guarded, Ruled
from thalweg.controls.run import is_entry
from thalweg.controls.unknown import Unknown
from thalweg.pack.language import Ast, walk


def open_rules(a: Assessed) -> list[tuple[Ruled, Any]]:
    """Return the rules that are open and may still change the result, in order, each with the rows on which it is."""
    law = a.law
    found: list[tuple[Ruled, Any]] = [(r, a.of(r) == 1) for r in law.presumptions]
    found += [(r, (a.of(r) == 1) & (a.subject == 1)) for r in law.jurisdiction]
    found += [(r, (a.of(r) == 1) & (a.raw[r.id] == 1)) for r in law.requirements if r.id in a.raw]
    for shelf, left in ((law.gates, a.asked), (law.exceptions, a.asked), (law.policies, a.remaining)):
        for r in shelf:
            counts = a.touched(r, left) if r.id in a.truth else None
            if counts is not None:
                found.append((r, (a.of(r) == 1) & counts))
    found = [(r, rows) for r, rows in found if rows.any()]
    return [*_open_classes(a, found), *found]


def _open_classes(a: Assessed, found: list[tuple[Ruled, Any]]) -> list[tuple[Ruled, Any]]:
    """Return the open classification rules: those of entries, and those whose class an open rule reads."""
    needed: dict[str, Any] = {}
    for ruled, rows in found:
        _need(a, ruled, rows, needed)
    classes: list[tuple[Ruled, Any]] = []
    for ruled in reversed(a.law.classes):
        rows = a.of(ruled) == 1
        name = ruled.keys["assigns"]
        if not is_entry(name):
            rows = rows & needed[name] if name in needed else None
        if rows is not None and rows.any():
            classes.append((ruled, rows))
            _need(a, ruled, rows, needed)
    return classes[::-1]


def _need(a: Assessed, ruled: Ruled, rows: Any, needed: dict[str, Any]) -> None:
    for version in ruled.versions:
        if version.reads and a.acts(version):
            at = rows & (a.guard(version) > 0)
            for name in version.reads:
                needed[name] = needed[name] | at if name in needed else at


class Unknowns:
    """Unknowns by number, from 1."""

    def __init__(self) -> None:
        self.of: list[Unknown] = [()]
        self._numbers: dict[Unknown, int] = {}

    def number(self, unknown: Unknown) -> int:
        """Return the number of an unknown."""
        found = self._numbers.get(unknown)
        if found is None:
            found = self._numbers[unknown] = len(self.of)
            self.of.append(unknown)
        return found


def first_unknowns(a: Assessed, still_open: list[tuple[Ruled, Any]], at: Codes, unknowns: Unknowns) -> Codes:
    """Return the number of the first unknown that keeps each of some rows open; 0 where none does."""
    seeker = _Seeker(a, unknowns, at)
    for ruled, rows in still_open:
        seeker.rule(ruled, rows[at])
    bare = (seeker.found == 0) & (a.subject[at] == 1)
    seeker.found[bare & (a.chart[at] != 1)] = unknowns.number(("fact", "tx", "subject_to_ear"))
    return seeker.found


class _Seeker:
    """Walks the open parts of conditions, for rows whose first unknown is not found yet."""

    def __init__(self, a: Assessed, unknowns: Unknowns, at: Codes) -> None:
        self.a = a
        self.sheet = a.sheet
        self.facts = a.law.pack.facts
        self.unknowns = unknowns
        self.at = at
        self.found: Codes = np.zeros(len(at), dtype=np.int32)

    def rule(self, ruled: Ruled, rows: Any) -> None:
        """Look into a rule on some of the rows, on which it is open."""
        for version in ruled.versions:
            left = np.nonzero(rows & (self.found == 0))[0]
            if not len(left):
                return
            if self.a.acts(version):
                self._version(version, left[self.a.guard(version)[self.at[left]] > 0])

    def _version(self, version: Guarded, rows: Codes) -> None:
        for part in version.parts:
            self._seek(part, rows)
        self._note(self._left(rows[self.a.guard(version)[self.at[rows]] == 1]), ("posture", version.rule.id))

    def _left(self, rows: Codes) -> Codes:
        left: Codes = rows[self.found[rows] == 0]
        return left

    def _note(self, rows: Codes, unknown: Unknown) -> None:
        if len(rows):
            self.found[rows] = self.unknowns.number(unknown)

    def _seek(self, ast: Ast, rows: Codes) -> None:
        """Look into a condition on the rows on which it is open."""
        rows = self._left(rows)
        if not len(rows):
            return
        rows = rows[self.sheet.truth(ast)[self.at[rows]] == 1]
        if not len(rows):
            return
        match ast[0]:
            case "and" | "or" | "not":
                for part in ast[1:]:
                    self._seek(part, rows)
            case "any_party" | "all_parties":
                for slot in self.sheet.c.slots:
                    self.sheet.slot = slot
                    self._seek(ast[1], rows[slot.exists[self.at[rows]]])
                self.sheet.slot = None
            case "any_component":
                self._contents(ast, rows)
            case "member_of":
                self._note(rows, ("member", self._slot(), ast[1]))
            case _:
                for fact in _read(ast):
                    self._fact(fact, self._left(rows))

    def _slot(self) -> str:
        return self.sheet.slot.label if self.sheet.slot else ""

    def _contents(self, ast: Ast, rows: Codes) -> None:
        sheet, item = self.sheet, self.sheet.c.item
        known = sheet.c.items.known_contents[item[self.at[rows]]]
        self._note(rows[~known], ("contents", repr(ast[1])))
        rows = rows[known]
        reads = {key for n in walk(ast) if n[0] == "classified" for key in sheet.tables.classes_under(n[1])[0]}
        for k, (held, _) in enumerate(sheet.c.items.components):
            sheet.component = k
            open_here = rows[held[item[self.at[rows]]]]
            open_here = open_here[sheet.truth(ast[1])[self.at[open_here]] == 1]
            self._seek(ast[1], open_here)
            for ruled in self._classes_for(reads):
                truth = self.a.of_components[k].get(ruled.id)
                if truth is not None and len(open_here):
                    still = np.zeros(len(self.at), dtype=bool)
                    still[open_here] = truth[self.at[open_here]] == 1
                    self.rule(ruled, still)
            sheet.component = None

    def _classes_for(self, reads: set[str]) -> list[Ruled]:
        """Return the classification rules on which some classes rest, directly or through other classes, in order."""
        needed, found = set(reads), []
        for ruled in reversed(self.a.law.classes):
            if ruled.keys["assigns"] in needed:
                found.append(ruled)
                for version in ruled.versions:
                    needed |= version.reads
        return found[::-1]

    def _fact(self, name: str, rows: Codes) -> None:
        column = self.sheet.fact(name)[self.at[rows]]
        kind = column.dtype.kind
        unknown = np.isnan(column) if kind == "f" else column == (1 if kind == "u" else UNKNOWN_CODE)
        of = self.facts[name].of
        where = "tx" if of == "transaction" else f"party:{self._slot()}" if of == "party" else self._item()
        self._note(rows[unknown], ("fact", where, name))

    def _item(self) -> str:
        return "item" if self.sheet.component is None else f"component:{self.sheet.component}"


def _read(ast: Ast) -> Iterator[str]:
    """Yield the facts that a smallest condition reads, in order; classes and stated entries leave nothing to ask for."""
    if ast[0] in ("fact", "bool", "in_group"):
        yield ast[1]
    elif ast[0] in ("cmp", "arith"):
        yield from _read(ast[2])
        yield from _read(ast[3])
    elif ast[0] == "in":
        yield from _read(ast[1])
