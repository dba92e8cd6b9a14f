"""One pass of a program over a case: the truth of every rule, and the result that follows.

Truth only ever sharpens as facts become known, so a pass that refines another looks again only at what was unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from thalweg.controls.chart import Chart, chart_rows
from thalweg.controls.environment import Environment
from thalweg.controls.lane import Lane
from thalweg.controls.program import POLICIES, Classified, Program
from thalweg.controls.step import Step
from thalweg.pack import Pack

UNDETERMINED: Final = "undetermined"
_ITEMS: Final = 5_000
"""Items whose classes are kept for one program."""


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


def run(pack: Pack, lane: Lane, e: Environment, policies_of: dict[str, str], before: Pass | None = None) -> Pass:
    """Evaluate a program.

    Args:
        pack: the pack whose tables the program reads.
        lane: the law of the day, and what is settled for every case of this kind; what fails for all of them is not looked at.
        e: the facts; its classes are filled in.
        policies_of: review policies by list entry, for rules with ``policy_from: list_entry`` (``{"policy": ...}``).
        before: a pass of the same case over fewer facts.
    """
    truth = list(lane.truth if before is None else before.truth)
    _classify(lane, e, truth, before)
    subject = _presume_and_subject(lane, e, truth)
    for step in lane.requirements:
        value = truth[step.index]
        if value == 1:
            value = step.test(e)
        truth[step.index] = value if step.rule.keys.get("of_persons") else min(subject, value)
    chart = chart_rows(pack, lane.program, e, subject)
    available, remaining = _exceptions(lane, e, truth)
    return _conclude(lane, e, truth, subject, chart, available, remaining, policies_of)


def item_key(e: Environment) -> Any:
    """Return an item with everything it contains as a key; its classes depend on nothing else."""
    return (tuple(e.item.items()), e.components is not None and tuple([tuple(c.items()) for c in e.components]))


def _classify(lane: Lane, e: Environment, truth: list[int], before: Pass | None) -> None:
    """Classify the item; the same item is classified once."""
    program = lane.program
    if before is not None or program.classes_read_tx:
        _work_out(lane, e, truth, before)
        return
    key = item_key(e)
    known = program.classified.get(key)
    if known is None:
        _work_out(lane, e, truth, before)
        if len(program.classified) > _ITEMS:
            program.classified.clear()
        found = tuple([(s.index, truth[s.index]) for s in lane.classes])
        program.classified[key] = Classified(found, dict(e.classes), e.component_classes)
        return
    for index, value in known.truth:
        truth[index] = value
    e.classes, e.component_classes = dict(known.classes), known.of_components


def _work_out(lane: Lane, e: Environment, truth: list[int], before: Pass | None) -> None:
    if e.components:
        program = lane.program
        told = before.environment if before else None
        if told and told.components is e.components and told.opaque is e.opaque and (told.tx is e.tx or not program.classes_read_tx):
            e.component_classes = told.component_classes
        else:
            e.component_classes = [_classes_of(program, e, component) for component in e.components]
    classes: dict[str, int] = {}
    e.classes = classes
    said = e.item.get("eccn") not in (None, "EAR99")
    for step in lane.classes:
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


def _presume_and_subject(lane: Lane, e: Environment, truth: list[int]) -> int:
    for step in lane.presumptions:
        if truth[step.index] == 1:
            truth[step.index] = step.test(e)
        value = truth[step.index]
        if value:
            _assert(step, e, value)
    inside, outside = 0, 0
    for step in lane.jurisdiction:
        value = truth[step.index]
        if value == 1:
            value = truth[step.index] = step.test(e)
        if step.rule.keys["ground"] == "not_subject":
            outside = max(outside, value)
        else:
            inside = max(inside, value)
    if "subject_to_ear" in e.tx:
        return 2 if e.tx["subject_to_ear"] else 0
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


def _exceptions(lane: Lane, e: Environment, truth: list[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Return which exceptions are available and which requirements remain, by index (0, 1, 2)."""
    remaining = {s.index: truth[s.index] for s in lane.requirements if truth[s.index]}
    available: dict[int, int] = {}
    if not remaining:
        return available, {}
    barred: list[tuple[Step, int]] = []
    for gate in lane.gates:
        value = truth[gate.index]
        if value == 1:
            value = truth[gate.index] = gate.test(e)
        if value:
            barred.append((gate, 2 - value))
    for step in lane.program.exceptions:
        lifts = [i for i in remaining if i in step.lifts]
        if not lifts:
            continue
        value = truth[step.index]
        if value == 1:
            value = truth[step.index] = step.test(e)
        best = 0
        if value:
            name = step.rule.keys["exception"]
            gates = [(gate.covers, ceiling) for gate, ceiling in barred if name not in gate.rule.keys["only"]]
            for index in lifts:
                lifted = min([value, *[ceiling for covers, ceiling in gates if index in covers]])
                best = max(best, lifted)
                remaining[index] = min(remaining[index], 2 - lifted)
        available[step.index] = best
    if 2 in remaining.values():  # a requirement stands that nothing lifts: an exception cannot be used for the others (740.2, 740.8)
        return dict.fromkeys(available, 0), {i: truth[i] for i in remaining}
    return available, remaining


def _conclude(
    lane: Lane,
    e: Environment,
    truth: list[int],
    subject: int,
    chart: Chart,
    available: dict[int, int],
    remaining: dict[int, int],
    policies_of: dict[str, str],
) -> Pass:
    prohibited, left, asked = 0, chart.truth, chart.truth
    for index, remains in remaining.items():
        value = truth[index]
        left, asked = max(left, remains), max(asked, value)
        if index in lane.program.prohibitions:
            prohibited = max(prohibited, value)
    outcome = _outcome(prohibited, left, asked, chart.not_modeled)
    policy: str | None = None
    rules: tuple[int, ...] = ()
    standing = {i for i, v in remaining.items() if v == 2}
    if standing:
        policy, rules = _policy(lane, e, truth, standing, policies_of)
    usable = tuple(sorted({s.rule.keys["exception"] for s in lane.program.exceptions if available.get(s.index) == 2}))
    classes = tuple(sorted(c for c, v in e.classes.items() if v == 2 and is_entry(c)))
    result = Result(outcome, classes, policy if outcome == "license_required" else None, usable)
    return Pass(lane.program, e, truth, subject, chart, available, remaining, result, rules)


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
    lane: Lane, e: Environment, truth: list[int], standing: set[int], policies_of: dict[str, str]
) -> tuple[str | None, tuple[int, ...]]:
    """Return the review policy: within a requirement the one that no other overrides, across requirements the most restrictive."""
    considered = [s for s in lane.policies if not s.reviews.isdisjoint(standing)]
    overridden: set[int] = set()
    for step in considered:
        if truth[step.index] == 1:
            truth[step.index] = step.test(e)
        if truth[step.index] == 2:
            overridden |= step.overrides
    chosen: dict[int, str] = {}
    for index in standing:
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
