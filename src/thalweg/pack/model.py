"""A pack in memory: knowledge, compiled, with the stamp that every answer carries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from thalweg.evidence import OPEN_END, OPEN_START
from thalweg.pack.ownership import OwnershipRegime
from thalweg.pack.vocabulary import FactWord, Vocabulary


@dataclass(frozen=True, slots=True)
class PackStamp:
    """Which knowledge an answer rests on."""

    name: str
    version: str
    sha256: str
    verified_through: str
    overlays: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the stamp as it stands in answers."""
        data: dict[str, Any] = {
            "name": self.name,
            "version": self.version,
            "sha256": self.sha256,
            "verified_through": self.verified_through,
        }
        if self.overlays:
            data["overlays"] = [{"id": i, "sha256": s} for i, s in self.overlays]
        return data


@dataclass(frozen=True, slots=True)
class Fact:
    """A declared fact."""

    name: str
    of: str
    type: str
    unit: str
    values: tuple[str, ...]
    meaning: str
    question: str
    source: Mapping[str, Any]
    derived_by: tuple[Mapping[str, Any], ...]
    if_unstated: Mapping[str, Any] | None
    asked_as: str


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of a rule. Windows are ordinals, half open; ``text`` is None for what was never printed."""

    text: tuple[int, int] | None
    published: int
    compliance: int
    enforced: tuple[tuple[int, int, str], ...]
    when: list[Any]
    unless: list[Any] | None
    when_text: str
    unless_text: str
    sources: tuple[Mapping[str, Any], ...]
    note: str
    line: int
    reviewed: str = ""
    """The day on which the wording was last held against its source, in ISO form; empty where none is stated."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; ``keys`` holds what belongs to its kind."""

    id: str
    kind: str
    title: str
    file: str
    versions: tuple[Version, ...]
    keys: Mapping[str, Any]
    note: str = ""
    overlay: str = ""


@dataclass(frozen=True, slots=True)
class Membership:
    """A place in a group, or a party in a set, over time."""

    member: str
    start: int
    end: int
    citation: str
    note: str


@dataclass(frozen=True, slots=True)
class PartySet:
    """A named set of parties."""

    id: str
    title: str
    members: Mapping[str, tuple[Membership, ...]]
    sources: tuple[Mapping[str, Any], ...]


Doubtful = Literal["", "party", "address", "day", "items", "posture"]


@dataclass(frozen=True, slots=True)
class Listing:
    """An entry of a list of parties."""

    list: str
    entry_id: str
    name: str
    aliases: tuple[str, ...]
    keys: tuple[str, ...]
    country: str
    start: int
    end: int
    citation: str
    url: str
    footnotes: Mapping[str, int]
    policy: str
    requirement: str
    basis: str
    note: str
    level: str = ""
    """How surely the party of the case is the one of the entry, where that was screened: ``strong`` or ``possible``."""
    score: float | None = None
    why: tuple[str, ...] = ()
    owned: bool = False
    """Whether the party is not on the list itself: listed parties above it own it, so that only footnotes and policy reach it."""
    doubt: Doubtful = ""
    """What is not known: if the party of the case is that of the entry, if it is at its address, if the entry stood on the day, if it is
    about the items, or if the rule that brings it to the party through its owners acts on the day."""
    dated: bool = True
    """Whether ``start`` is the day on which the entry was listed; else it is the first day of its list, or open."""


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One license-requirement row of an ECCN on the Commerce Control List."""

    reason: str
    column: str
    treatment: str
    scope_kind: str
    scope: tuple[str, ...]
    destinations: tuple[str, ...]
    conditional: bool
    citation: str
    note: str


@dataclass(frozen=True)
class Pack:
    """Everything the engines read."""

    stamp: PackStamp
    title: str
    covers_from: dt.date
    verified_through: Mapping[str, dt.date]
    facts: Mapping[str, Fact]
    places: Mapping[str, Mapping[str, Any]]
    groups: Mapping[str, tuple[Membership, ...]]
    sets: Mapping[str, PartySet]
    lists: Mapping[str, Mapping[str, Any]]
    listings: tuple[Listing, ...]
    rules: Mapping[str, Rule]
    chart: Mapping[str, frozenset[str]]
    reasons: Mapping[str, tuple[ReasonRow, ...]]
    entries: Mapping[str, Mapping[str, str]]
    hardware: Mapping[str, Any]
    events: tuple[Mapping[str, Any], ...]
    computed_entries: frozenset[str] = frozenset()
    notices: Mapping[str, dt.date] = field(default_factory=dict)
    notices_published: Mapping[str, dt.date] = field(default_factory=dict)
    ownership: Mapping[str, OwnershipRegime] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    overlays: tuple[Mapping[str, Any], ...] = ()
    stale: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Rules that official documents amended after their review: pairs of the day in ISO form and the notice in words, by rule."""

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that conditions may use."""
        classes = {r.keys["assigns"] for r in self.rules.values() if r.kind == "classification"}
        return Vocabulary(
            facts={f.name: FactWord(f.name, f.of, f.type, f.values) for f in self.facts.values()},
            groups=frozenset(self.groups),
            sets=frozenset(self.sets),
            lists=frozenset(self.lists),
            places=frozenset(self.places),
            classes=frozenset(classes) | frozenset(self.reasons),
            parameters=frozenset(self.parameters),
        )

    @cached_property
    def listed_by_key(self) -> Mapping[str, tuple[Listing, ...]]:
        """Listings under each exact-match key."""
        index: dict[str, list[Listing]] = {}
        for listing in self.listings:
            for key in listing.keys:
                index.setdefault(key, []).append(listing)
        return {key: tuple(found) for key, found in index.items()}

    def in_group(self, place: str, group: str, day: int) -> bool:
        """Say whether a place is in a country group on a day."""
        return any(m.member == place and m.start <= day < m.end for m in self.groups.get(group, ()))


def always(start: int, end: int) -> bool:
    """Say whether a window is open at both ends."""
    return start == OPEN_START and end == OPEN_END
