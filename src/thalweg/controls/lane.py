"""A lane: the law of a day for one kind of item, activity, destination and set of stated facts.

Three-valued truth only sharpens, so a rule that is already settled when nothing but the lane is known stays settled for every case in it.
A lane is worked out once; a case then looks only at the rules that its lane leaves open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from thalweg.controls.case import Case
from thalweg.controls.environment import Environment
from thalweg.controls.program import Program
from thalweg.controls.step import Step

_LIMIT: Final = 20_000
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """What a lane settles: truth by rule index, and by stratum the rules that may still hold.

    ``resting`` are the rules that only presumptions settle, ``close`` those that fail here and may come close.
    """

    program: Program
    truth: tuple[int, ...]
    classes: tuple[Step, ...]
    presumptions: tuple[Step, ...]
    jurisdiction: tuple[Step, ...]
    requirements: tuple[Step, ...]
    gates: tuple[Step, ...]
    exceptions: tuple[Step, ...]
    policies: tuple[Step, ...]
    lasting: tuple[int, ...]
    resting: tuple[Step, ...]
    close: tuple[Step, ...]
    beside: tuple[Step, ...]
    marks: frozenset[int]
    """The versions that may still hold; lanes of two axes with the same ones give the same results."""


def lane(program: Program, case: Case) -> Lane:
    """Return the lane of a case."""
    stated = tuple([(k, v) for k, v in case.stated.items() if isinstance(v, (str, bool))])
    item = case.item
    key = (item.get("kind"), item.get("eccn"), item.get("#eccn_presumed"), case.components is None, not case.components, stated)
    found = program.lanes.get(key)
    if found is None:
        if len(program.lanes) > _LIMIT:
            program.lanes.clear()
        found = program.lanes[key] = _work_out(program, case)
    return found


def _work_out(program: Program, case: Case) -> Lane:
    known = {k: v for k, v in case.tx.items() if isinstance(v, (str, bool))}
    bare = {k: v for k, v in known.items() if ("tx", k) not in case.presumed}
    full, without = _partial(program, case, known), _partial(program, case, bare)
    truth, resting = [1] * program.size, []
    for step in program.deciding():
        truth[step.index] = step.test(full)
        if truth[step.index] != 1 and step.rule.kind == "requirement" and step.test(without) == 1:
            resting.append(step)

    def live(steps: list[Step]) -> tuple[Step, ...]:
        return tuple(s for s in steps if truth[s.index])

    return Lane(
        program,
        tuple(truth),
        tuple(program.classes) if case.item.get("eccn") not in (None, "EAR99") else live(program.classes),
        live(program.presumptions),
        live(program.jurisdiction),
        live(program.requirements),
        live(program.gates),
        live(program.exceptions),
        live(program.policies),
        tuple(i for i in program.lasting if truth[i] == 1),
        tuple(resting),
        tuple(s for s in program.deciding() if truth[s.index] == 0 and s.may_come_close(full)),
        tuple(s for s in program.beside if s.test(full) != 0),
        frozenset(s.mark for s in program.deciding() if truth[s.index]),
    )


def _partial(program: Program, case: Case, tx: dict[str, Any]) -> Environment:
    """Return an environment that knows the lane and nothing else."""
    item: dict[str, Any] = {k: case.item[k] for k in ("kind", "eccn", "#eccn_presumed") if k in case.item}
    anyone: dict[str, Any] = {"#listed": None, "#index": 0}
    classes = dict.fromkeys(program.compiler.assigned, 1)
    components: list[dict[str, Any]] | None = [] if case.components == [] else None
    return Environment(tx, item, classes, components, [], [anyone], anyone, {}, {})
