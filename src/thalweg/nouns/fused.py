"""One event as all its accounts tell it, and how what it is about stands over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from thalweg.nouns.news import (
    Actor,
    Amount,
    Certainty,
    DocumentKind,
    Event,
    EventCountries,
    EventItem,
    EventType,
    MeasureType,
    Quantity,
    Status,
)


@dataclass(frozen=True, slots=True)
class Account:
    """An event as one document tells it, with what tells how near the document stands to the original.

    `facts` is what the source states beside the text; see :class:`thalweg.nouns.news.Document`.
    """

    event: Event
    source: str
    publisher: str
    url: str
    title: str
    kind: DocumentKind
    published: dt.date | None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """An account inside a fused event: whose it is, how near it stands to the original (0 is the original), and why it belongs here.

    `certainty` is that of the account; it reads `contradicted` where a nearer account says otherwise.
    """

    key: str
    document: str
    source: str
    publisher: str
    url: str
    title: str
    published: str
    nearness: int
    certainty: Certainty
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field on which accounts differ: what each says, the nearest first, each with its publisher."""

    field: str
    values: tuple[tuple[str, str], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class StateChange:
    """A state entered on a day, an ISO date at stated precision; `printed` where the day is only printed and may be still to come."""

    state: Status
    on: str
    printed: bool
    by: str
    why: str

    @property
    def entered(self) -> str:
        """The day by which it is entered: the first of the stretch stated; the last of it where it is only printed."""
        return last_day(self.on) if self.printed else first_day(self.on)


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A change of state that an account tells and that cannot follow from the state before, with the reason."""

    state: Status
    on: str
    by: str
    because: str


@dataclass(frozen=True, slots=True)
class EventHead:
    """What an event is weighed by, under the names of :class:`FusedEvent`: of many events only a few are looked at in full."""

    id: str
    day: str
    measure_type: MeasureType
    certainty: Certainty
    countries: EventCountries = field(default_factory=EventCountries)


@dataclass(frozen=True, slots=True)
class FusedEvent:
    """One thing that happened, from all accounts of it.

    `lead` is the key of the account nearest to the original, from which the fields are; what it leaves out is filled from the next
    ones, and `filled` says from which. `day` is the day it happened on, as nearly as is known, at stated precision. `identifiers` are
    numbers by which authorities name it (`fr:2025-19846`, `docket:250106-0001`). `follows` is the id of the event that this one
    changes the state of.
    """

    id: str
    lead: str
    headline: str
    day: str
    event_type: EventType
    measure_type: MeasureType
    certainty: Certainty
    status: Status
    accounts: tuple[Told, ...]
    actors: tuple[Actor, ...] = ()
    countries: EventCountries = field(default_factory=EventCountries)
    items: tuple[EventItem, ...] = ()
    amounts: tuple[Amount, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    dates: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, str] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    states: tuple[StateChange, ...] = ()
    refused: tuple[RefusedChange, ...] = ()
    identifiers: tuple[str, ...] = ()
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    follows: str = ""

    @property
    def official(self) -> bool:
        """Whether the authority itself, or the firm to its regulator, is among the accounts."""
        return any(t.nearness <= 1 for t in self.accounts)

    def state_on(self, day: dt.date) -> Status:
        """Return the state on a day: the last one entered by then, the first there is before any."""
        entered = [s for s in self.states if s.entered <= day.isoformat()]
        return entered[-1].state if entered else (self.states[0].state if self.states else self.status)


def first_day(stated: str) -> str:
    """Return the first day of a date that is stated as a year, a month or a day."""
    return (stated + "-01-01")[:10] if len(stated) == 4 else (stated + "-01")[:10]


def last_day(stated: str) -> str:
    """Return the last day of a date that is stated as a year, a month or a day."""
    if len(stated) == 4:
        return f"{stated}-12-31"
    if len(stated) == 7:
        year, month = int(stated[:4]), int(stated[5:])
        following = dt.date(year + month // 12, month % 12 + 1, 1)
        return (following - dt.timedelta(1)).isoformat()
    return stated
