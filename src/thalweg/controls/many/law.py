"""The rules of a rulebook over all days: for each version, on which stretches of days it acts."""

from __future__ import annotations

from typing import Final

import numpy as np

from thalweg.controls.cells import Cut
from thalweg.controls.many.columns import Bytes, Codes, Mask
from thalweg.controls.many.kleene import Tables
from thalweg.controls.many.reader import Reader
from thalweg.controls.program import Axis, Rulebook, acting
from thalweg.pack import Rule, Version
from thalweg.pack.language import Ast, walk
from thalweg.pack.order import matches

AXES: Final[tuple[Axis, ...]] = ("enforced", "text")


class Guarded:
    """One version of a rule, and by stretch of days whether it acts (2), may act (1) or not (0), on each axis."""

    def __init__(self, law: Law, rule: Rule, number: int, guards: dict[Axis, Bytes]) -> None:
        version: Version = rule.versions[number]
        self.rule = rule
        self.number = number
        self.guards = guards
        self.stretches = {axis: frozenset(np.nonzero(guard)[0].tolist()) for axis, guard in guards.items()}
        """The stretches of law in which it acts, or may act, by axis."""
        self.parts: list[Ast] = [version.when] if version.unless is None else [version.when, ["not", version.unless]]
        self.when: Ast = self.parts[0] if len(self.parts) == 1 else ["and", *self.parts]
        self.cut = Cut.of(law.pack, [a for a in (version.when, version.unless) if a])
        self.facts = frozenset(n[1] for n in walk(self.when) if n[0] in ("fact", "bool", "in_group", "isnull"))
        named = {n[1] for n in walk(self.when) if n[0] == "classified"}
        self.reads = frozenset(key for name in named for key in law.tables.classes_under(name)[0])


class Ruled:
    """One rule with its versions, and the requirements (by place on their shelf) that it lifts, covers or reviews."""

    def __init__(self, rule: Rule, versions: list[Guarded], touches: frozenset[int]) -> None:
        self.rule = rule
        self.id = rule.id
        self.keys = rule.keys
        self.versions = versions
        self.touches = touches


class Law:
    """Every rule of a rulebook that can change a result, in strata."""

    def __init__(self, book: Rulebook, known_on: int) -> None:
        self.book = book
        self.pack = book.pack
        self.known_on = known_on
        self.reader = Reader(book)
        self.tables = Tables(book, self.reader)
        self.classes = self._shelf("classification")
        self.presumptions = self._shelf("presumption")
        self.jurisdiction = self._shelf("jurisdiction")
        self.requirements = self._shelf("requirement")
        self.gates = self._shelf("gate", "covers")
        self.exceptions = self._shelf("exception", "lifts")
        self.policies = self._shelf("review_policy", "reviews")
        self.chart = next(iter(self._shelf("country_chart")), None)
        self.named = list(dict.fromkeys(r.keys["assigns"] for r in self.classes))
        self.rules = [*self.classes, *self.presumptions, *self.jurisdiction, *self.requirements]
        self.rules += [*self.gates, *self.exceptions, *self.policies]
        cuts = [v.cut for r in self.rules for v in r.versions]
        self.edges = {f.name: np.array(sorted({e for c in cuts for e in c.thresholds.get(f.name, ())})) for f in self.pack.facts.values()}
        self.same = np.logical_and.reduce([self._agrees(r) for r in [*self.rules, *filter(None, [self.chart])]])
        acting = np.stack([v.guards[a] for r in self.rules for v in r.versions for a in AXES], axis=1)
        self.codes: Codes = np.unique(acting, axis=0, return_inverse=True)[1].reshape(-1)
        """A code by stretch of days of which versions act in it; stretches with the same one differ in groups, sets and the like alone."""
        self.alike = np.logical_and.reduce([self._agrees(r) for r in (*self.classes, *self.presumptions)])
        """The stretches of days in which classes and presumptions are the same on both axes."""
        turns = sorted({d for members in self.pack.groups.values() for m in members for d in (m.start, m.end)})
        self.stretches = np.searchsorted(np.array(turns), np.array(self.tables.days), side="right").astype(np.int32)
        """The stretches of days over which no group changes."""

    def _agrees(self, ruled: Ruled) -> Mask:
        """Say by stretch of days whether a rule acts in the same way on both axes."""
        same: Mask = np.logical_and.reduce([v.guards["enforced"] == v.guards["text"] for v in ruled.versions])
        return same

    def _shelf(self, kind: str, touching: str = "") -> list[Ruled]:
        found: list[Ruled] = []
        for identity in self.book.order:
            rule = self.pack.rules[identity]
            if rule.kind == kind and (versions := self._versions(rule)):
                found.append(Ruled(rule, versions, self._touched(rule, touching)))
        return found

    def _touched(self, rule: Rule, touching: str) -> frozenset[int]:
        if not touching:
            return frozenset()
        patterns = rule.keys.get(touching) or (["*"] if touching == "covers" else [])
        wanted = [r.id for r in self.requirements]
        return frozenset(n for n, i in enumerate(wanted) if any(p == "*" or matches(p, i) for p in patterns))

    def _versions(self, rule: Rule) -> list[Guarded]:
        found: dict[int, dict[Axis, Bytes]] = {}
        for axis in AXES:
            for stretch, day in enumerate(self.tables.days):
                version, uncertain = acting(rule, day, axis, self.known_on)
                if version is not None:
                    guards = found.setdefault(rule.versions.index(version), {a: np.zeros(self.tables.epochs, dtype=np.uint8) for a in AXES})
                    guards[axis][stretch] = 1 if uncertain else 2
        return [Guarded(self, rule, at, guards) for at, guards in sorted(found.items())]

    def epochs(self, days: Codes) -> Codes:
        """Return the stretch of law of each day."""
        return np.searchsorted(self.tables.points, days, side="right").astype(np.int32)
