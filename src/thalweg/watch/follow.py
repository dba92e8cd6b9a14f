"""Events that change the state of what an earlier event made: a stay, an end, a return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from thalweg.nouns.fused import FusedEvent, StateChange, first_day
from thalweg.watch.states import MAY_FOLLOW

_MAKES: Final = frozenset({"export_control_rule", "licence_requirement", "licence_condition", "retaliation_control", "entity_listing"})


def moves_another(event: FusedEvent) -> bool:
    """Say whether an event stays, ends or brings back what another made."""
    return event.measure_type == "suspension" or event.status in ("stayed", "ended")


def followed(event: FusedEvent, candidates: Sequence[FusedEvent]) -> tuple[FusedEvent, FusedEvent] | None:
    """Return the earlier event with the state that this one brings, and this one naming it; None where there is no such event.

    The candidates share a rule, a number or an event of the pack with it. The latest one before it counts that makes a rule and is of the
    same authority. Whatever cannot follow from the state then is left out.
    """
    own = set(event.countries.imposer)
    earlier = [
        c
        for c in candidates
        if c.id != event.id
        and c.measure_type in _MAKES
        and (not own or not c.countries.imposer or own & set(c.countries.imposer))
        and first_day(c.day or "9999") < first_day(event.day or "0001")
    ]
    if not earlier:
        return None
    made = max(earlier, key=lambda c: (first_day(c.day), c.id))
    states = list(without(event, made).states)
    for change in event.states:
        before = [s for s in states if first_day(s.on) <= first_day(change.on)]
        now = before[-1].state if before else None
        if change.state in ("stayed", "ended", "in_force") and now is not None and change.state in MAY_FOLLOW[now]:
            states.append(StateChange(change.state, change.on, change.printed, change.by, _why(event)))
            states.sort(key=lambda s: first_day(s.on))
    return replace(made, states=tuple(states)), replace(event, follows=made.id)


def without(event: FusedEvent, made: FusedEvent) -> FusedEvent:
    """Return an event without the states that another brought."""
    return replace(made, states=tuple(s for s in made.states if not s.why.startswith(f"by {event.id}: ")))


def _why(event: FusedEvent) -> str:
    return f"by {event.id}: {event.headline}"
