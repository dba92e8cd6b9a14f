"""What the store hands out of the watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from thalweg.nouns.fused import FusedEvent, first_day
from thalweg.nouns.news import Document

Mark = tuple[str, str]
"""What an event touches or is found by: a kind (`chip`, `eccn`, `place`, `imposer`, `party`, `rule`, `draft`, `number` ...) and a value."""


@dataclass(frozen=True, slots=True)
class TakenDocument:
    """A document and what became of it; `changed` where the source has it under the same id with other content."""

    document: Document
    digest: str
    outcome: Literal["new", "changed", "same"]


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """A fused event with what it touches, and when it was first seen and last changed here, instants in UTC in ISO form."""

    event: FusedEvent
    links: Mapping[str, Any]
    marks: frozenset[Mark]
    first_at: str
    changed_at: str

    def known_on(self, today: str) -> str:
        """Return the day by which it is told: its own; that of first reading where it has none, or one that lies ahead."""
        return known_on(self.event.day, self.first_at, today)

    def dated(self, today: str) -> str:
        """Return its day in words, with the day of first reading where that stands in for it."""
        if not self.event.day:
            return f"undated, first read on {self.first_at[:10]}"
        ahead = first_day(self.event.day) > today
        return f"{self.event.day}, which lies ahead; first read on {self.first_at[:10]}" if ahead else self.event.day


def known_on(day: str, first_at: str, today: str) -> str:
    """Return the day by which an event is told: its own; that of first reading where it has none, or one that lies ahead."""
    own = first_day(day) if day else ""
    return own if own and own <= today else first_at[:10]


@dataclass(frozen=True, slots=True)
class StaleRule:
    """A rule of the pack that an official document amended after its review.

    `level` is `section` where the document names the section that the rule is read from, `part` where only the part is known.
    """

    rule: str
    document: str
    amended_on: str
    reviewed: str
    level: Literal["section", "part"]
    citation: str = ""
    url: str = ""
    title: str = ""
    noted_at: str = ""

    def said(self) -> str:
        """Return the notice in words."""
        where = self.citation or self.document
        unsure = "" if self.level == "section" else ", in the part it is read from; whether this rule is touched is not known"
        return f"{self.rule} may be stale: reviewed on {self.reviewed}, amended on {self.amended_on} [{where}]{unsure}"


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull of a source: whether it was good, how far the source was read, and how many documents came."""

    source: str
    at: str
    good: bool
    through: str = ""
    documents: int = 0
    fresh: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far a source was read: its last good pull, the last pull at all, and when it last gave a new document; instants, or empty.

    `first_at` is the instant of the first pull, good or not: a source that never gave anything is silent since then.
    """

    source: str
    good_at: str
    through: str
    fresh_at: str
    tried_at: str
    failures: int
    note: str
    first_at: str = ""


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """An alert: the rule that fired, the event in its state, and why; `body` is what is sent."""

    id: str
    rule: str
    fused: str
    state: str
    at: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sending:
    """An alert on its way to an outlet."""

    number: int
    alert: RaisedAlert
    outlet: str
    made_at: str
    tries: int
    next_at: str
    sent_at: str | None
    error: str
    trying_at: str | None = None
    """When it last set out, if nothing is known of its arrival: the program ended on the way."""


@dataclass(frozen=True, slots=True)
class Mute:
    """A rule, an event, or both, of which no alert is to be sent, with who says so and why; to the end of a day where one is given."""

    number: int
    rule: str
    fused: str
    reason: str
    who: str
    at: str
    until: str = ""
    lifted_at: str | None = None

    def holds(self, rule: str, fused: str, day: str) -> bool:
        """Say whether the mute keeps an alert of a rule on an event back on a day."""
        standing = self.lifted_at is None and (not self.until or day <= self.until)
        return standing and self.rule in ("", rule) and self.fused in ("", fused)
