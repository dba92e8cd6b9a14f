"""A case: a transaction with every fact in its place, what is presumed marked, what is unknown left out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from thalweg.pack import Listing


class Doubt(NamedTuple):
    """An entry that a party may stand under: whose name looks like whose, and the review policy that would come with it."""

    party: str
    role: str
    entry: Listing

    @property
    def policy(self) -> str:
        """Return the review policy of the entry; empty if it has none."""
        return self.entry.policy


@dataclass(slots=True)
class Case:
    """A transaction ready to be decided. In every mapping an absent fact is unknown."""

    id: str | None
    date: dt.date
    day: int
    tx: dict[str, Any]
    item: dict[str, Any]
    components: list[dict[str, Any]] | None
    parties: list[dict[str, Any]]
    stated: dict[str, Any] = field(default_factory=dict)
    presumed: set[tuple[str, str]] = field(default_factory=set)
    minimum: dict[tuple[str, str], float] = field(default_factory=dict)
    alternatives: tuple[tuple[dict[str, Any], str], ...] = ()
    alternatives_of: str = "item"
    disputed: str = ""
    assumptions: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    screening: list[dict[str, Any]] = field(default_factory=list)
    doubts: dict[tuple[str, ...], Doubt] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)

    def scope(self, where: str) -> dict[str, Any]:
        """Return the facts of ``tx``, ``item``, ``party:<i>`` or ``component:<i>``."""
        if where == "tx":
            return self.tx
        if where == "item":
            return self.item
        kind, _, index = where.partition(":")
        return self.parties[int(index)] if kind == "party" else (self.components or [])[int(index)]


def assume(case: Case, fact: str, value: str, because: str, citation: str) -> None:
    """Note what was taken as so because nothing was said."""
    case.assumptions.append({"fact": fact, "value": value, "assumption": because[0].upper() + because[1:], "citation": citation})
