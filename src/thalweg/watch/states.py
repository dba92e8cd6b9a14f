"""How what an event is about stands over time: proposed, announced, published, in force, stayed, ended; each change has its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from thalweg.nouns.fused import Account, RefusedChange, StateChange, first_day, last_day
from thalweg.nouns.news import Status
from thalweg.watch.standing import is_proposal

MAY_FOLLOW: Final[dict[Status, frozenset[Status]]] = {
    "proposed": frozenset({"announced", "published", "in_force", "ended", "pending", "closed"}),
    "announced": frozenset({"published", "in_force", "stayed", "ended", "pending", "closed"}),
    "published": frozenset({"in_force", "stayed", "ended"}),
    "in_force": frozenset({"stayed", "ended"}),
    "stayed": frozenset({"in_force", "ended"}),
    "ended": frozenset(),
    "pending": frozenset({"announced", "published", "in_force", "ended", "closed"}),
    "closed": frozenset(),
}
"""What may follow each state. What has ended does not come back: a measure that is made anew is another event."""

_PAPER: Final = ("announced", "published")
_STANDING: Final = ("published", "in_force", "stayed")
_ORDER: Final[dict[Status, int]] = {s: i for i, s in enumerate(MAY_FOLLOW)}
_OF_DATE: Final[dict[str, Status]] = {
    "announced": "announced",
    "published": "published",
    "effective": "in_force",
    "suspended": "stayed",
    "expiry": "ended",
}
_SAME_DAYS: Final = 45
"""Accounts that date one state within so many days of each other tell of one change; a declared parameter."""
_UNDATED: Final = ("proposed", "stayed", "ended", "closed", "pending", "in_force")


@dataclass(frozen=True, slots=True)
class Claim:
    """A state that an account tells: the day at stated precision, whether the day is printed for later, and who says so."""

    state: Status
    on: str
    printed: bool
    by: str
    nearness: int
    why: str

    def order(self) -> tuple[str, int, int, str]:
        """The order of claims: by day, then as states follow each other, then the nearer account first."""
        return first_day(self.on), _ORDER[self.state], self.nearness, self.by


def claims(account: Account, near: int) -> list[Claim]:
    """Return the states that an account tells of, with their days.

    A dated field gives the state that the date is of. The status that the event has, where no date of it is stated, holds from the day of
    the document. What a suspension ends is the stay, not the rule: its expiry is read as the return of what it suspends. What is proposed
    is neither in force nor stayed nor ended on the days that the proposal prints. A denial brings nothing about.
    """
    event = account.event
    if event.contradicts:
        return []
    told = account.published.isoformat() if account.published else ""
    if is_proposal(event, account.facts):
        return _proposed(account, told, near)
    stay = event.measure_type == "suspension" or event.status == "stayed"
    found: list[Claim] = []
    for key, state in _OF_DATE.items():
        on = event.dates.get(key, "")
        if not on or (key == "published" and account.kind not in ("official", "list_change")):
            continue  # the day on which a medium published is not that of the rule
        if key == "effective" and on == account.facts.get("comments_close_on") != account.facts.get("effective_on"):
            continue  # until then comments are taken
        if stay:
            state = {"in_force": "stayed", "ended": "in_force"}.get(state, state)  # type: ignore[assignment]  # noqa: PLW2901
        printed = bool(told) and first_day(on) > told
        found.append(Claim(state, on, printed, event.key, near, f"{key} {on}"))
    stated: Status = event.status
    on = event.dates.get("event") or event.dates.get("announced") or told
    in_time = {c.state for c in found if not c.printed}
    if on and stated in _UNDATED and stated not in in_time and not (stated == "in_force" and any(c.state == "in_force" for c in found)):
        found.append(Claim(stated, on, False, event.key, near, f"stands as {stated.replace('_', ' ')} on {on}"))
    return found


def _proposed(account: Account, told: str, near: int) -> list[Claim]:
    """Return the one state that a proposal is in, from the first day on which it was made known."""
    dates = account.event.dates
    days = [d for key in ("event", "announced", "published") if (d := dates.get(key, "")) and (not told or first_day(d) <= told)]
    on = min(days, key=first_day, default=told)
    return [Claim("proposed", on, False, account.event.key, near, f"proposed {on}")] if on else []


def overruled(said: Sequence[Claim]) -> tuple[list[Claim], tuple[RefusedChange, ...]]:
    """Return the claims that stand beside a proposal that the authority itself makes, and those that go further than it within some weeks.

    A medium that tells of a proposed rule as of a rule does not make it one.
    """
    made = [c for c in said if c.state == "proposed" and c.nearness <= 1]
    kept: list[Claim] = []
    refused: list[RefusedChange] = []
    for claim in said:
        near = [
            p for p in made if p.nearness < claim.nearness and _days(p.on, claim.on) <= _SAME_DAYS and _days(claim.on, p.on) <= _SAME_DAYS
        ]
        if near and claim.state in ("announced", "published", "in_force"):
            refused.append(RefusedChange(claim.state, claim.on, claim.by, f"the authority itself says proposed (on {near[0].on})"))
        else:
            kept.append(claim)
    return kept, tuple(refused)


def history(said: Iterable[Claim]) -> tuple[tuple[StateChange, ...], tuple[RefusedChange, ...]]:
    """Return the changes of state in their order, and those that cannot follow from the state before, with the reason.

    Of several accounts that date one change, the nearest to the original is taken. The order of the claims does not matter.
    """
    states: list[StateChange] = []
    refused: list[RefusedChange] = []
    for claim in _once(said):
        now = states[-1].state if states else None
        if now == claim.state or (claim.state in _PAPER and now in _STANDING):
            continue  # a rule may be in force on the day it is filed and printed later: that moves nothing
        if now is None or claim.state in MAY_FOLLOW[now]:
            states.append(StateChange(claim.state, claim.on, claim.printed, claim.by, claim.why))
        else:
            because = f"{claim.state.replace('_', ' ')} cannot follow {now.replace('_', ' ')} (since {states[-1].on})"
            refused.append(RefusedChange(claim.state, claim.on, claim.by, because))
    return tuple(states), tuple(refused)


def _once(said: Iterable[Claim]) -> Sequence[Claim]:
    """Return one claim for each change: of those of one state whose days lie close together, that of the nearest account.

    A day that was only printed gives way to one on which the state was seen.
    """
    ordered = sorted(set(said), key=Claim.order)
    kept: list[Claim] = []
    for state in _ORDER:
        group: list[Claim] = []
        for claim in (c for c in ordered if c.state == state):
            if group and _days(group[-1].on, claim.on) > _SAME_DAYS:
                kept.append(_best(group))
                group = []
            group.append(claim)
        if group:
            kept.append(_best(group))
    return sorted(kept, key=Claim.order)


def _best(group: Sequence[Claim]) -> Claim:
    best = min(group, key=lambda c: (c.nearness, c.printed, -len(c.on), c.on, c.by))
    return replace(best, printed=all(c.printed for c in group))


def _days(one: str, other: str) -> int:
    """Return the days between the end of one stated date and the start of another."""
    a, b = dt.date.fromisoformat(last_day(one)), dt.date.fromisoformat(first_day(other))
    return max((b - a).days, 0)
