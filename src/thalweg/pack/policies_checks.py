"""What a policy says must hold together: levers that exist, values inside their range, no step before its start, no circle of triggers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thalweg.evidence import PackError, nearest
from thalweg.pack.policies_model import Step, TriggerRule, Words
from thalweg.pack.policies_schema import TriggerFile
from thalweg.pack.reader import Document, Path_

FROM_RULEBOOK = ("legal", "license", "m", "qL", "pL", "fp4L", "bwL")
"""Levers that the rulebook and the hardware catalogue give where a policy says nothing."""


def check_steps(levers: Mapping[str, Sequence[Step]], words: Words, document: Document, where: Path_, *, starts: str) -> None:
    """Refuse a lever that does not exist, a value outside its range, and a step that no quarter of the policy can have.

    Raises:
        PackError: with file and line.
    """
    for name, steps in levers.items():
        if name not in words.levers:
            raise PackError(
                f"there is no lever {name!r}{nearest(name, words.levers)}", file=document.file, line=document.line((*where, name))
            )
        row = words.levers[name]
        for step in steps:
            line = document.line((*where, name, step.quarter))
            at = f"{name} in {step.quarter}"
            if step.quarter not in words.quarters:
                message = f"{at} is not a quarter of the model, {words.quarters[0]} to {words.quarters[-1]}"
                raise PackError(message, file=document.file, line=line)
            if step.quarter < starts:
                raise PackError(f"{at}: the policy starts in {starts} and cannot change what was before", file=document.file, line=line)
            if step.value is None and name not in FROM_RULEBOOK:
                message = f"{at}: the rulebook gives {', '.join(FROM_RULEBOOK)}, not this lever; write a number"
                raise PackError(message, file=document.file, line=line)
            if step.value is not None and not row.low <= step.value <= row.high:
                message = f"{at}: {step.value:g} is outside {row.low:g} to {row.high:g} ({row.unit})"
                raise PackError(message, file=document.file, line=line)


def check_triggers(triggers: Sequence[TriggerFile], words: Words, document: Document) -> None:
    """Refuse a trigger on no outcome, two of one name, and triggers that wait for each other.

    Raises:
        PackError: with file and line.
    """
    known = {t.id: t for t in triggers}
    for i, trigger in enumerate(triggers):
        where: dict[str, Any] = {"file": document.file, "line": document.line(("triggers", i))}
        if trigger.outcome not in words.outcomes:
            line = document.line(("triggers", i, "outcome"))
            message = f"outcome: there is no outcome {trigger.outcome!r}{nearest(trigger.outcome, words.outcomes)}"
            raise PackError(message, file=document.file, line=line)
        if known[trigger.id] is not trigger:
            raise PackError(f"the trigger {trigger.id!r} stands twice", **where)
        if trigger.not_before is not None and trigger.not_before not in words.quarters:
            raise PackError(f"not_before: {trigger.not_before} is not a quarter of the model", **where)
        if trigger.after is not None and trigger.after not in known:
            raise PackError(f"after: there is no trigger {trigger.after!r}{nearest(trigger.after, known)}", **where)
    for i, trigger in enumerate(triggers):
        seen = [trigger.id]
        while (after := known[seen[-1]].after) is not None:
            if after in seen:
                message = f"after: the triggers {' -> '.join((*seen, after))} wait for each other in a circle, so that none can fire"
                raise PackError(message, file=document.file, line=document.line(("triggers", i, "after")))
            seen.append(after)


def check_turns(triggers: Sequence[TriggerRule], document: Document) -> None:
    """Refuse two triggers that stand on the policy itself and set a lever to different values from one quarter on.

    Raises:
        PackError: with file and line.
    """
    seen: dict[tuple[str, str], tuple[str, float | None]] = {}
    for i, trigger in enumerate(triggers):
        for name, steps in trigger.levers.items() if trigger.after is None else ():
            for step in steps:
                other, value = seen.setdefault((name, step.quarter), (trigger.id, step.value))
                if value != step.value:
                    message = (
                        f"the triggers {other!r} and {trigger.id!r} both set {name} from {step.quarter}, to {_said(value)} and "
                        f"{_said(step.value)}: say with `after` which of them follows the other"
                    )
                    raise PackError(message, file=document.file, line=document.line(("triggers", i, "levers", name)))


def _said(value: float | None) -> str:
    return "what the rulebook gives" if value is None else f"{value:g}"
