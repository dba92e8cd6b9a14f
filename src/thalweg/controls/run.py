"""One pass of a program over a case: the truth of every rule, and the result that follows.

Truth only ever sharpens as facts become known, so a pass that refines another looks again only at what was unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from thalweg.controls.chart import Chart, chart_rows
from thalweg.controls.closures import Environment
from thalweg.controls.lane import Lane
from thalweg.controls.program import POLICIES, Program, Step
from thalweg.pack import Pack

UNDETERMINED: Final = "undetermined"


class Result(NamedTuple):
    """What one pass decides; ``outcome`` may be undetermined."""

    outcome: str
    classes: tuple[str, ...]
    policy: str | None
    exceptions: tuple[str, ...]


@dataclass(slots=True)
class Pass:
    """A pass and everything needed to refine or explain it."""

    program: Program
    environment: Environment
    truth: list[int]
    subject: int
    chart: Chart
    available: dict[int, int]
    remaining: dict[int, int]
    result: Result
    policy_rules: tuple[int, ...]


def run(
    pack: Pack,
    program: Program,
    e: Environment,
    policies_of: dict[str, str],
    before: Pass | None = None,
    lane: Lane | None = None,
) -> Pass:
    """Evaluate a program.

    Args:
        pack: the pack whose tables the program reads.
        program: the law of the day on one axis.
        e: the facts; its classes are filled in.
        policies_of: review policies by list entry, for rules with ``policy_from: list_entry`` (``{"policy": ...}``).
        before: a pass of the same program over fewer facts.
        lane: what is settled for every case of this kind.
    """
    settled = before.truth if before is not None else lane.truth if lane is not None else None
    truth = [1] * program.size if settled is None else list(settled)
    _classify(program, e, truth)
    subject = _presume_and_subject(program, e, truth)
    for step in program.requirements:
        if truth[step.index]:
            value = step.test(e) if truth[step.index] == 1 else 2
            truth[step.index] = min(subject, value)
    chart = chart_rows(pack, program, e, subject)
    available, remaining = _exceptions(program, e, truth)
    return _conclude(program, e, truth, subject, chart, available, remaining, policies_of)


def _classify(program: Program, e: Environment, truth: list[int]) -> None:
    if e.components:
        e.component_classes = [_classes_of(program, e, component) for component in e.components]
    classes: dict[str, int] = {}
    e.classes = classes
    said = e.item.get("eccn") not in (None, "EAR99")
    for step in program.classes:
        index = step.index
        value = truth[index]
        if value == 1:
            value = truth[index] = step.test(e)
        name = step.assigns
        if said:
            value = _with_stated(e, name, value)
        if value > classes.get(name, -1):
            classes[name] = value


def _classes_of(program: Program, e: Environment, component: dict[str, Any]) -> dict[str, int]:
    item, components = e.item, e.components
    e.item, e.components = component, []
    classes: dict[str, int] = {}
    e.classes = classes
    said = component.get("eccn") not in (None, "EAR99")
    for step in program.classes:
        name = step.assigns
        value = _with_stated(e, name, step.test(e)) if said else step.test(e)
        if value > classes.get(name, -1):
            classes[name] = value
    e.item, e.components = item, components
    return classes


_RIGHT_KIND: Final = frozenset({"integrated_circuit", "computer", "hbm", "model_weights"})


def _with_stated(e: Environment, name: str, value: int) -> int:
    """Let a stated ECCN speak for a computed class where the specifications do not settle it."""
    eccn = e.item.get("eccn")
    if eccn is None or eccn == "EAR99" or value == 2:
        return value
    if eccn == name or eccn.startswith(name + "."):
        return 2 if value == 1 or e.item.get("kind") not in _RIGHT_KIND else value
    root = name.split(".", maxsplit=1)[0]
    if value == 1 and eccn.split(".")[0] == root and not name.startswith(eccn + "."):
        return 0
    return value


def _presume_and_subject(program: Program, e: Environment, truth: list[int]) -> int:
    for step in program.presumptions:
        if truth[step.index] == 1:
            truth[step.index] = step.test(e)
        value = truth[step.index]
        if value:
            _assert(step, e, value)
    if "subject_to_ear" in e.tx:
        for step in program.jurisdiction:
            if truth[step.index] == 1:
                truth[step.index] = step.test(e)
        return 2 if e.tx["subject_to_ear"] else 0
    inside, outside = 0, 0
    for step in program.jurisdiction:
        if truth[step.index] == 1:
            truth[step.index] = step.test(e)
        if step.rule.keys["ground"] == "not_subject":
            outside = max(outside, truth[step.index])
        else:
            inside = max(inside, truth[step.index])
    return min(inside, 2 - outside)


def _assert(step: Step, e: Environment, value: int) -> None:
    asserts = step.rule.keys["asserts"]
    name = asserts.get("class")
    if name:
        e.classes[name] = max(e.classes.get(name, 0), value)
    facts = asserts.get("facts") or {}
    if facts:
        item = dict(e.item)
        for fact, asserted in facts.items():
            if value == 2:
                item[fact] = asserted
            elif item.get(fact) != asserted:
                item.pop(fact, None)
        e.item = item


def _exceptions(program: Program, e: Environment, truth: list[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Return which exceptions are available and which requirements remain, by index (0, 1, 2)."""
    wanted = {s.index: truth[s.index] for s in program.requirements if truth[s.index]}
    available: dict[int, int] = {}
    if not wanted:
        return available, {}
    barred: list[tuple[Step, int]] = []
    for gate in program.gates:
        if truth[gate.index] == 1:
            truth[gate.index] = gate.test(e)
        if truth[gate.index]:
            barred.append((gate, truth[gate.index]))
    remaining = dict(wanted)
    for step in program.exceptions:
        if not step.lifts & wanted.keys():
            continue
        if truth[step.index] == 1:
            truth[step.index] = step.test(e)
        value = truth[step.index]
        best = 0
        for index in step.lifts & wanted.keys():
            lifted = value
            for gate, bar in barred:
                if index in gate.covers and step.rule.keys["exception"] not in gate.rule.keys["only"]:
                    lifted = min(lifted, 2 - bar)
            best = max(best, lifted)
            remaining[index] = min(remaining[index], 2 - lifted)
        available[step.index] = best
    return available, remaining


def _conclude(
    program: Program,
    e: Environment,
    truth: list[int],
    subject: int,
    chart: Chart,
    available: dict[int, int],
    remaining: dict[int, int],
    policies_of: dict[str, str],
) -> Pass:
    prohibited = max([truth[i] for i in program.prohibitions], default=0)
    left = max(chart.truth, *remaining.values()) if remaining else chart.truth
    asked = max(chart.truth, *[truth[i] for i in remaining]) if remaining else chart.truth
    outcome = _outcome(prohibited, left, asked, chart.not_modeled)
    standing = [s for s in program.requirements if remaining.get(s.index, 0)]
    policy: str | None = None
    rules: tuple[int, ...] = ()
    if outcome in ("license_required", UNDETERMINED) or left == 2:
        policy, rules = _policy(program, e, truth, [s for s in standing if remaining[s.index] == 2], policies_of)
    usable = tuple(sorted({s.rule.keys["exception"] for s in program.exceptions if available.get(s.index) == 2}))
    classes = tuple(sorted(c for c, v in e.classes.items() if v == 2 and is_entry(c)))
    result = Result(outcome, classes, policy if outcome == "license_required" else None, usable)
    return Pass(program, e, truth, subject, chart, available, remaining, result, rules)


def is_entry(name: str) -> bool:
    """Say whether a class is an entry of the control list, not a name that rules share."""
    return len(name) >= 5 and name[0].isdigit() and name[1].isalpha() and name[2:5].isdigit()


def _outcome(prohibited: int, left: int, asked: int, not_modeled: int) -> str:
    if prohibited == 2:
        return "prohibited"
    if prohibited == 1:
        return UNDETERMINED
    if left == 2:
        return "license_required"
    if left == 1 or asked == 1:
        return UNDETERMINED
    if not_modeled:
        return "not_modeled"
    return "license_exception" if asked == 2 else "no_license_required"


def _policy(
    program: Program, e: Environment, truth: list[int], standing: list[Step], policies_of: dict[str, str]
) -> tuple[str | None, tuple[int, ...]]:
    """Return the review policy: within a requirement the one that no other overrides, across requirements the most restrictive."""
    if not standing:
        return None, ()
    wanted = {s.index for s in standing}
    considered = [s for s in program.policies if s.reviews & wanted]
    for step in considered:
        if truth[step.index] == 1:
            truth[step.index] = step.test(e)
    overridden: set[int] = set()
    for step in considered:
        if truth[step.index] == 2:
            overridden |= step.overrides
    chosen: dict[int, str] = {}
    for index in wanted:
        held = [s for s in considered if index in s.reviews and truth[s.index] == 2 and s.index not in overridden]
        possible = held or [s for s in considered if index in s.reviews and truth[s.index] == 1 and s.index not in overridden]
        named = [(POLICIES.index(p), s.index, p) for s in possible if (p := _named(s, policies_of))]
        if named:
            _, rule, policy = max(named)
            chosen[rule] = policy
    if not chosen:
        return None, ()
    strictest = max(chosen.values(), key=POLICIES.index)
    return strictest, tuple(i for i, p in chosen.items() if p == strictest)


def _named(step: Step, policies_of: dict[str, str]) -> str | None:
    if step.rule.keys.get("policy_from"):
        return policies_of.get("policy")
    return step.rule.keys.get("policy")
