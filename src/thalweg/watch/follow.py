"""Events that say something of what an earlier event made: a stay, an end, a return, the rule after its proposal, a denial."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from thalweg.nouns.fused import Conflict, FusedEvent, StateChange, first_day
from thalweg.watch.aims import ANY, aims
from thalweg.watch.features import FAMILIES
from thalweg.watch.states import MAY_FOLLOW

_MAKES: Final = frozenset({"export_control_rule", "licence_requirement", "licence_condition", "retaliation_control", "entity_listing"})
_RULES: Final = frozenset({"regulation", "licence"})
_MOVED_WITHIN: Final = 730
"""Days within which a report is set against an earlier one of the same authority, item and destination; a declared parameter."""
_DENIED_WITHIN: Final = 30
"""Days within which a denial is set against what it denies; a declared parameter."""
_UNSURE: Final = frozenset({"reported_anonymous", "contradicted", "analyst_estimate"})


def moves_another(event: FusedEvent) -> bool:
    """Say whether an event may say something of what another made: a stay, an end, a return, a denial, the rule after its proposal."""
    return _changes(event) or denies(event) or _makes_proposed(event)


def followed(event: FusedEvent, candidates: Sequence[FusedEvent]) -> tuple[FusedEvent, FusedEvent] | None:
    """Return the earlier event with what this one says of it, and this one naming it; None where there is no such event.

    The candidates share a rule, a number, an event of the pack, or authority, item and destination with it. The latest one before it
    counts that makes a rule and is of the same authority. Whatever cannot follow from the state then is left out. Where only authority,
    item and destination tie the two, the earlier event says under its conflicts that a later report is told of it, and its state moves
    only if it is the one rule in question.
    """
    others = [c for c in candidates if c.id != event.id and _of_one_authority(event, c)]
    if denies(event):
        return _denied(event, others)
    makers = [c for c in others if c.measure_type in _MAKES and first_day(c.day or "9999") < first_day(event.day or "0001")]
    if not _changes(event):
        return _decided(event, makers)
    earlier = [c for c in makers if _by_number(event, c) or not aims(event) & aims(c) or _may_be_of(event, c)]
    if not earlier:
        return None
    made = max(earlier, key=lambda c: (first_day(c.day), c.id))
    loose = bool(aims(event) & aims(made)) and not _by_number(event, made)
    told = without(event, made)
    alone = _by_aim(event, made) and sum(_by_aim(event, c) for c in earlier) == 1
    sure = not loose or (event.certainty not in _UNSURE and alone)
    moved = replace(told, states=_states(event, told)) if sure else told
    return (_noted(moved, event) if loose else moved), replace(event, follows=made.id)


def without(event: FusedEvent, made: FusedEvent) -> FusedEvent:
    """Return an event without what another brought: its states, what it says under conflicts, and the doubt by its denial."""
    by = f"by {event.id}: "
    conflicts = tuple(c for c in made.conflicts if not c.note.startswith(by))
    certainty = made.certainty
    if any(c.field == "denied" for c in made.conflicts if c.note.startswith(by)):
        certainty = next((t.certainty for t in made.accounts if t.key == made.lead), certainty)
    return replace(made, states=tuple(s for s in made.states if not s.why.startswith(by)), conflicts=conflicts, certainty=certainty)


def denies(event: FusedEvent) -> bool:
    """Say whether an event is a denial: its nearest account says that nothing of the kind happened."""
    return event.certainty == "contradicted" and not event.states and any(c.field == "denied" for c in event.conflicts)


def _changes(event: FusedEvent) -> bool:
    return event.measure_type == "suspension" or event.status in ("stayed", "ended")


def _makes_proposed(event: FusedEvent) -> bool:
    return event.measure_type in _MAKES and event.event_type in _RULES and not _proposed(event) and bool(aims(event))


def _proposed(event: FusedEvent) -> bool:
    return (event.states[-1].state if event.states else event.status) == "proposed"


def _of_one_authority(event: FusedEvent, other: FusedEvent) -> bool:
    own, its = {*event.countries.imposer}, {*other.countries.imposer}
    return not own or not its or bool(own & its)


def _by_number(event: FusedEvent, other: FusedEvent) -> bool:
    return bool({*event.identifiers} & {*other.identifiers})


def _by_aim(event: FusedEvent, other: FusedEvent) -> bool:
    return any(f" {ANY} " not in a for a in aims(event) & aims(other))


def _may_be_of(event: FusedEvent, other: FusedEvent) -> bool:
    """Say whether a change may be one of another event with an item in common: not of a proposal, another place, or one long before."""
    places, others = event.countries.destination, other.countries.destination
    return not _proposed(other) and _near(event, other, _MOVED_WITHIN) and (_by_aim(event, other) or not (places and others))


def _near(event: FusedEvent, other: FusedEvent, days: int) -> bool:
    if not (event.day and other.day):
        return False
    one, later = (dt.date.fromisoformat(first_day(e.day)) for e in (other, event))
    return 0 <= (later - one).days <= days


def _states(event: FusedEvent, made: FusedEvent) -> tuple[StateChange, ...]:
    states = list(made.states)
    for change in event.states:
        before = [s for s in states if first_day(s.on) <= first_day(change.on)]
        now = before[-1].state if before else None
        if change.state in ("stayed", "ended", "in_force") and now is not None and change.state in MAY_FOLLOW[now]:
            states.append(StateChange(change.state, change.on, change.printed, change.by, _why(event)))
            states.sort(key=lambda s: first_day(s.on))
    return tuple(states)


def _decided(event: FusedEvent, makers: Sequence[FusedEvent]) -> tuple[FusedEvent, FusedEvent] | None:
    """Tell on a proposal that a rule on the same items was made after it; whether it is the rule that was proposed, no source says."""
    before = [c for c in makers if _proposed(c) and _near(event, c, _MOVED_WITHIN) and _by_aim(event, c)]
    if not before:
        return None
    made = max(before, key=lambda c: (first_day(c.day), c.id))
    return _noted(without(event, made), event), replace(event, follows=made.id)


def _denied(event: FusedEvent, others: Sequence[FusedEvent]) -> tuple[FusedEvent, FusedEvent] | None:
    """Tell on a report that it was denied; its certainty gives way unless it is the authority's own, or nearer to it than the denial."""
    family = FAMILIES[event.event_type]
    about = [c for c in others if FAMILIES[c.event_type] == family and not denies(c) and _near(event, c, _DENIED_WITHIN)]
    about = [c for c in about if aims(event) & aims(c)]
    if not about:
        return None
    made = max(about, key=lambda c: (first_day(c.day), c.id))
    told = without(event, made)
    said = next(c.values for c in event.conflicts if c.field == "denied")
    near, other = (min((t.nearness for t in e.accounts), default=9) for e in (event, told))
    doubted = not told.official and near <= other
    told = replace(told, conflicts=(*told.conflicts, Conflict("denied", said, _why(event))))
    return (replace(told, certainty="contradicted") if doubted else told), replace(event, follows=made.id)


def _noted(made: FusedEvent, event: FusedEvent) -> FusedEvent:
    """Return an event with the word that a later report says something of it."""
    if not event.states:
        return made
    told = [s for s in event.states if not s.printed] or [*event.states]
    first = next((s for s in told if s.state in ("stayed", "ended")), told[-1])
    who = next((t.publisher or t.source for t in event.accounts), "")
    said = f"a later report says {first.state.replace('_', ' ')} on {first.on}: {event.id}"
    return replace(made, conflicts=(*made.conflicts, Conflict("later report", ((said, who),), _why(event))))


def _why(event: FusedEvent) -> str:
    return f"by {event.id}: {event.headline}"
