"""What verbs of the watch answer, as people and programs receive it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A part of an answer; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it is not one."""
    head, _, rest = noun.partition(" ")
    return f"{number:,} {head}{'s' * (number != 1)}{' ' * bool(rest)}{rest}"


class Reread(Frozen):
    """A document that another version of the extractor reads otherwise: events by key that came, went and changed, with the fields."""

    document: str
    added: list[str]
    removed: list[str]
    changed: dict[str, list[str]]


class Taken(Frozen):
    """What became of documents: how many were new or changed, the events that came or changed, the rules that may be stale, the alerts."""

    documents: int
    new: int
    changed: int
    events: list[str]
    changed_events: list[str]
    stale: list[str]
    alerts: list[str]
    problems: list[str] = []

    def said(self) -> str:
        """Return it in a line."""
        parts = [f"{counted(self.documents, 'document')}, {self.new:,} new, {self.changed:,} changed"]
        parts += [f"new events: {len(self.events):,}, events changed: {len(self.changed_events):,}"]
        parts += [counted(len(self.stale), "rule may be stale")] if self.stale else []
        parts += [counted(len(self.alerts), "alert raised")] if self.alerts else []
        return "; ".join(parts)


class SourcePulled(Frozen):
    """One pull of a source, good or not, and what became of its documents."""

    source: str
    good: bool
    through: str
    note: str
    documents: int
    new: int
    changed: int
    events: int
    alerts: int
    stale: int


class SourceState(Frozen):
    """How fresh a source is: `state` is fresh, silent (longer than its limit without a new document), failing, or never pulled.

    `silent_since` is when it last gave something new, or was first pulled if it never did.
    """

    source: str
    title: str
    state: str
    pulled: str
    through: str
    last_new: str
    silent_since: str
    failures: int
    silence_hours: float | None
    limit_hours: float | None
    cadence_minutes: float | None
    expected_per_week: float | None
    note: str
    pulled_by_default: bool = False


class Told(Frozen):
    """One account of an event."""

    publisher: str
    standing: str
    certainty: str
    title: str
    url: str
    published: str
    document: str
    why: list[str]


class EventAnswer(Frozen):
    """An event as all its accounts tell it, with its states, conflicts and links; keys as in `labels` of the contract, and more."""

    id: str
    day: str
    dated: str
    """The day in words; says so where there is none, or where it lies ahead."""
    headline: str
    event_type: str
    measure_type: str
    certainty: str
    status: str
    state: str
    actors: list[dict[str, str]]
    countries: dict[str, list[str]]
    items: list[dict[str, str]]
    amounts: list[dict[str, Any]]
    quantities: list[dict[str, Any]]
    dates: dict[str, str]
    states: list[dict[str, Any]]
    refused_states: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]
    accounts: list[Told]
    filled_from: dict[str, str]
    links: list[dict[str, str]]
    identifiers: list[str]
    follows: str
    first_seen: str
    changed_at: str
    evidence: dict[str, list[str]]


class DigestLine(Frozen):
    """One line of a digest: what happened, what it means for you, and where it is read."""

    event: str
    day: str
    dated: str
    """The day in words; says so where there is none, or where it lies ahead."""
    headline: str
    state: str
    certainty: str
    standing: str
    """Who says so: how near the nearest account stands to the original."""
    event_type: str
    measure_type: str
    points: float
    meaning: list[str]
    conflicts: list[str]
    rules: list[str]
    sources: list[dict[str, str]]
    evidence: str


class ComingLine(Frozen):
    """A day that is coming, and what of yours it touches."""

    id: str
    on: str
    precision: str
    kind: str
    title: str
    text: str
    jurisdiction: str
    branches: list[str]
    certainty: str
    touches: list[str]
    sources: list[dict[str, str]]


class Digest(Frozen):
    """What happened in a stretch of days and what it means, what is coming, and what is not known."""

    as_of: str
    since: str
    portfolio: str
    lines: list[DigestLine]
    seen: int
    touching: int
    coming: list[ComingLine]
    stale: list[str]
    not_known: list[str]
    pack: dict[str, Any]

    def explain(self) -> str:
        """Return the digest as text."""
        from thalweg.desk.watch_text import digest_text

        return digest_text(self)


class AlertAnswer(Frozen):
    """An alert that was raised, or on trial would be: the rule, why it fired, and what becomes of it."""

    id: str
    rule: str
    event: str
    state: str
    at: str
    headline: str
    day: str
    dated: str
    standing: str
    certainty: str
    why: list[str]
    send: list[str]
    muted: str
    sources: list[dict[str, str]]


class SendingAnswer(Frozen):
    """An alert that is not sent yet: its outlet, how often it was tried, what was wrong, and when it is tried again."""

    alert: str
    rule: str
    outlet: str
    made_at: str
    tries: int
    next_at: str
    error: str
    on_its_way_since: str = ""
    """When it last set out, if the program ended before it was known to have arrived."""


class MuteAnswer(Frozen):
    """A mute, with who says so and why."""

    number: int
    rule: str
    event: str
    reason: str
    who: str
    at: str
    until: str
    lifted_at: str
