"""What the watch says of an event beyond what happened: what it touches, what it makes doubtful, and what is coming."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from thalweg.nouns.fused import EventHead, FusedEvent

Mark = tuple[str, str]
"""What an event touches or is found by: a kind and a value; see :func:`thalweg.watch.link.marks`."""


@dataclass(frozen=True, slots=True)
class Link:
    """One thing of the pack that an event touches, with why: `kind` is rule, event, draft, list, chip, eccn, place or party."""

    kind: Literal["rule", "event", "draft", "list", "chip", "eccn", "place", "party"]
    id: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Amended:
    """A rule that an official document amended after its review; `level` is section where that of the rule is named, part otherwise."""

    rule: str
    document: str
    amended_on: str
    reviewed: str
    level: Literal["section", "part"]
    citation: str
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Interests:
    """What somebody deals with: catalogue names, classes, places, parties by matching key with the name shown, and watched drafts.

    `home` is the country of the firm. Names of products are shown for the catalogue names and classes that stand behind them.
    """

    chips: Mapping[str, str] = field(default_factory=dict)
    eccns: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    parties: Mapping[str, str] = field(default_factory=dict)
    drafts: Mapping[str, str] = field(default_factory=dict)
    home: str = ""

    def marks(self) -> frozenset[Mark]:
        """Return the marks of events that touch any of it."""
        kinds = {"chip": self.chips, "eccn": self.eccns, "aim": self.places, "party": self.parties, "draft": self.drafts}
        return frozenset((kind, value) for kind, held in kinds.items() for value in held)


@dataclass(frozen=True, slots=True)
class Touch:
    """What an event means for somebody: points by which it is ranked, and each thing of theirs that it touches, in words."""

    event: FusedEvent | EventHead
    points: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A day that is coming: when, what, and where it is read.

    `on` is an ISO day, `precision` says how exactly it is known. `kind` is starts, ends, deadline, comment, switch, truce, talks or
    license. `branches` are what may come to be, where it is not settled. `sources` are pairs of citation and address.
    """

    id: str
    on: str
    precision: Literal["day", "month", "year"]
    kind: Literal["starts", "ends", "deadline", "comment", "switch", "truce", "talks", "license"]
    title: str
    text: str
    jurisdiction: str
    sources: tuple[tuple[str, str], ...]
    branches: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    certainty: str = ""
    marks: frozenset[Mark] = frozenset()
    touches: tuple[str, ...] = ()
