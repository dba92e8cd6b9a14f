"""The law of one day as a program: which version of which rule acts, in strata, on each of the two axes."""

from __future__ import annotations

import copy
import dataclasses
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from thalweg.controls.cells import Cells
from thalweg.controls.closures import Compiler
from thalweg.controls.step import Step, template
from thalweg.evidence import OPEN_END, OPEN_START
from thalweg.pack import Listing, Pack, Rule, Version
from thalweg.pack.order import class_order, matches

Axis = Literal["enforced", "text"]
POLICIES: Final = ("presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial")


@dataclass(slots=True)
class Classified:
    """What the classification rules say of an item; ``traced`` is filled once its rules are shown."""

    truth: tuple[tuple[int, int], ...]
    classes: dict[str, int]
    of_components: list[dict[str, int]]
    traced: list[Any] | None = None


@dataclass(slots=True)
class Program:
    """All steps of one axis on one day, and the cells that its numbers and places fall into."""

    day: int
    axis: Axis
    compiler: Compiler
    classes: list[Step] = field(default_factory=list)
    presumptions: list[Step] = field(default_factory=list)
    jurisdiction: list[Step] = field(default_factory=list)
    requirements: list[Step] = field(default_factory=list)
    gates: list[Step] = field(default_factory=list)
    exceptions: list[Step] = field(default_factory=list)
    policies: list[Step] = field(default_factory=list)
    beside: list[Step] = field(default_factory=list)
    waiting: list[tuple[Rule, Version, str]] = field(default_factory=list)
    chart: Rule | None = None
    size: int = 0
    lasting: list[int] = field(default_factory=list)
    prohibitions: frozenset[int] = frozenset()
    classes_read_tx: bool = False
    charted: dict[Any, Any] = field(default_factory=dict)
    lanes: dict[Any, Any] = field(default_factory=dict)
    classified: dict[Any, Classified] = field(default_factory=dict)

    def class_steps_for(self, wanted: Iterable[str]) -> list[Step]:
        """Return the classification rules on which some classes rest, directly or through other classes, in order."""
        needed, found = set(wanted), []
        for step in reversed(self.classes):
            if step.rule.keys["assigns"] in needed:
                found.append(step)
                needed |= step.reads
        return found[::-1]

    def deciding(self) -> Iterable[Step]:
        """Yield the steps that can change a result, lowest stratum first."""
        yield from self.classes
        yield from self.presumptions
        yield from self.jurisdiction
        yield from self.requirements
        yield from self.gates
        yield from self.exceptions
        yield from self.policies


class Rulebook:
    """The rules of a pack, made ready for any day; programs are made once for each stretch of days with the same law."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._programs: dict[tuple[int, Axis, int], Program] = {}
        self._fitting: dict[tuple[str, ...], frozenset[str]] = {}
        self._cells: dict[tuple[int, int], Cells] = {}
        self._compilers: dict[int, Compiler] = {}
        self._same: dict[tuple[int, int], bool] = {}
        ordered = class_order(
            {
                i: {"kind": r.kind, "file": r.file, "keys": r.keys, "versions": [{"when": v.when, "unless": v.unless} for v in r.versions]}
                for i, r in pack.rules.items()
            }
        )
        self.order = [*ordered, *(i for i, r in pack.rules.items() if r.kind != "classification")]
        self.assigned = frozenset(r.keys["assigns"] for r in pack.rules.values() if r.kind == "classification")

    def with_listings(self, listings: Iterable[Listing], lists: Mapping[str, Mapping[str, Any]]) -> Rulebook:
        """Return the same rules over other entries of lists; programs made so far are shared, as no rule depends on who is listed."""
        found = copy.copy(self)
        found.pack = dataclasses.replace(self.pack, listings=tuple(listings), lists=lists)
        found.__dict__.pop("unmatched", None)
        return found

    @cached_property
    def breakpoints(self) -> list[int]:
        """Days on which the law of the pack changes, in order."""
        days: set[int] = set()
        for rule in self.pack.rules.values():
            for v in rule.versions:
                if v.text:
                    days.update(v.text)
                for start, end, _ in v.enforced:
                    days.update((start, end))
        for members in self.pack.groups.values():
            days.update(d for m in members for d in (m.start, m.end))
        for party_set in self.pack.sets.values():
            days.update(d for windows in party_set.members.values() for m in windows for d in (m.start, m.end))
        return sorted(days - {OPEN_START, OPEN_END})

    @cached_property
    def unmatched(self) -> str:
        """What a match against lists leaves open, in words; empty if every list is whole and none was screened."""
        heads = self.pack.lists
        screened = [
            f"{i} of {copy['data_date'] or 'an unknown day'} ({copy['rows']:,} rows)"
            for i, h in heads.items()
            if (copy := h.get("screened"))
        ]
        partial = {i: h.get("rows") for i, h in heads.items() if h.get("partial")}
        held, absent = (", ".join(i for i, rows in partial.items() if bool(rows) is has) for has in (True, False))
        said = [f"Names were screened against {', '.join(screened)}"] if screened else []
        if held:
            said.append(f"{'names' if said else 'Names'} were matched exactly against partial lists ({held})")
        elif partial and not said:
            said.append("Names were matched against no list")
        if absent:
            said.append(f"and not against lists of which no row is held ({absent})")
        return f"{', '.join(said)}; no match is no all-clear" if said else ""

    def epoch(self, day: int) -> int:
        """Return the number of the stretch of days with the same law."""
        return bisect_right(self.breakpoints, day)

    def program(self, day: int, axis: Axis, known_on: int = OPEN_END) -> Program:
        """Return the program of a day."""
        key = (self.epoch(day), axis, known_on)
        found = self._programs.get(key)
        if found is None:
            found = self._programs[key] = self._make(day, axis, known_on)
        return found

    def same_law(self, day: int, known_on: int = OPEN_END) -> bool:
        """Say whether text and enforcement agree on a day, so that one run serves both."""
        key = (self.epoch(day), known_on)
        found = self._same.get(key)
        if found is None:
            found = self._same[key] = self._compare(day, known_on)
        return found

    def _compare(self, day: int, known_on: int) -> bool:
        a, b = self.program(day, "enforced", known_on), self.program(day, "text", known_on)
        return [(s.rule.id, id(s.version), s.uncertain) for s in a.deciding()] == [
            (s.rule.id, id(s.version), s.uncertain) for s in b.deciding()
        ]

    def cells(self, day: int, known_on: int = OPEN_END) -> Cells:
        """Return the cells of a day's whole law, on both axes."""
        key = (self.epoch(day), known_on)
        found = self._cells.get(key)
        if found is None:
            programs = [self.program(day, "enforced", known_on), self.program(day, "text", known_on)]
            found = self._cells[key] = Cells(programs[0].compiler, [s.cut for p in programs for s in p.deciding()])
        return found

    def compiler(self, day: int) -> Compiler:
        """Return the compiler for the groups and sets of a day; days on which they are the same share it."""
        stretch = bisect_right(self.memberships, day)
        found = self._compilers.get(stretch)
        if found is None:
            found = self._compilers[stretch] = Compiler(self.pack, day, self.assigned)
        return found

    @cached_property
    def memberships(self) -> list[int]:
        """Days on which a group or a set of the pack changes, in order."""
        days = {d for members in self.pack.groups.values() for m in members for d in (m.start, m.end)}
        for party_set in self.pack.sets.values():
            days.update(d for windows in party_set.members.values() for m in windows for d in (m.start, m.end))
        return sorted(days - {OPEN_START, OPEN_END})

    def _make(self, day: int, axis: Axis, known_on: int) -> Program:
        compiler = self.compiler(day)
        program = Program(day, axis, compiler)
        for identity in self.order:
            rule = self.pack.rules[identity]
            version, uncertain = acting(rule, day, axis, known_on, program.waiting)
            if version is None:
                continue
            if rule.kind == "country_chart":
                program.chart = rule
                continue
            step = dataclasses.replace(template(compiler, rule, version, uncertain=uncertain), index=program.size)
            program.size += 1
            _shelf(program, rule.kind).append(step)
        grounds = {s.index for s in program.jurisdiction}
        program.lasting = [s.index for s in program.deciding() if s.index not in grounds]
        program.prohibitions = frozenset(s.index for s in program.requirements if s.rule.keys.get("effect") == "prohibition")
        program.classes_read_tx = any(self.pack.facts[f].of != "item" for s in program.classes for f in s.facts)
        for step in (*program.gates, *program.exceptions, *program.policies):
            step.lifts = self._fit(program, step.rule.keys.get("lifts"))
            step.reviews = self._fit(program, step.rule.keys.get("reviews"))
            step.covers = self._fit(program, step.rule.keys.get("covers") or ["*"])
            over = set(step.rule.keys.get("overrides") or ())
            step.overrides = frozenset(s.index for s in program.policies if s.rule.id in over)
        return program

    def _fit(self, program: Program, patterns: Iterable[str] | None) -> frozenset[int]:
        """Return the places of a program's requirements whose names fit one of the patterns."""
        wanted = tuple(patterns or ())
        if wanted not in self._fitting:
            self._fitting[wanted] = frozenset(i for i in self.pack.rules if any(p == "*" or matches(p, i) for p in wanted))
        fitting = self._fitting[wanted]
        return frozenset(s.index for s in program.requirements if s.rule.id in fitting)


def _shelf(program: Program, kind: str) -> list[Step]:
    return {
        "classification": program.classes,
        "presumption": program.presumptions,
        "jurisdiction": program.jurisdiction,
        "requirement": program.requirements,
        "gate": program.gates,
        "exception": program.exceptions,
        "review_policy": program.policies,
    }.get(kind, program.beside)


def acting(
    rule: Rule, day: int, axis: Axis, known_on: int, waiting: list[tuple[Rule, Version, str]] | None = None
) -> tuple[Version | None, bool]:
    """Return the version of a rule that acts on a day, and whether it is unknown if it does."""
    for version in rule.versions:
        if version.published > known_on:
            continue
        printed = version.text is not None and version.text[0] <= day < version.text[1]
        if axis == "text" or rule.kind == "classification":
            if printed or (version.text is None and axis == "enforced" and _posture(version, day) == "enforced"):
                return version, False
            continue
        posture = _posture(version, day)
        if posture in ("enforced", "unknown"):
            return version, posture == "unknown"
        if waiting is not None and (posture or printed):
            waiting.append((rule, version, posture or "not yet binding"))
    return None, False


def _posture(version: Version, day: int) -> str:
    return next((p for a, b, p in version.enforced if a <= day < b and p in ("enforced", "unknown")), "") or next(
        (p for a, b, p in version.enforced if a <= day < b), ""
    )
