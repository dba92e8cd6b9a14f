"""Ownership regimes of a pack in memory: which listings count, from what share on, when, and what raises a red flag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Sources = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class CountedList:
    """A list whose parties count as owners; `programs` is None where all of its entries do."""

    list: str
    programs: frozenset[str] | None
    duty: bool
    policy: str
    sources: Sources


@dataclass(frozen=True, slots=True)
class RedFlagRule:
    """A red flag of an ownership regime; `share` is the least share that raises it, None where any does."""

    share: Decimal | None
    text: str
    note: str
    sources: Sources


@dataclass(frozen=True, slots=True)
class OwnershipRegime:
    """A rule on entities that listed parties own. Windows are ordinals, half open, with posture and reason."""

    id: str
    title: str
    authority: str
    covers: str
    threshold: Decimal
    counts: Mapping[str, CountedList]
    never: Mapping[str, str]
    address_only: str
    not_in: frozenset[str]
    passes_down: frozenset[str]
    rule: str
    enforced: tuple[tuple[int, int, str, str], ...]
    minority: RedFlagRule
    unknown_share: RedFlagRule
    related: RedFlagRule | None
    caveats: tuple[tuple[str, Sources], ...]
    sources: Sources
    note: str


def ownership_from(data: Mapping[str, Any]) -> OwnershipRegime:
    """Turn compiled data into an :class:`OwnershipRegime`."""
    minority, unknown, related = (data["red_flags"][name] for name in ("minority", "unknown_share", "related"))
    return OwnershipRegime(
        id=data["id"],
        title=data["title"],
        authority=data["authority"],
        covers=data["covers"],
        threshold=Decimal(data["threshold"]),
        counts={
            c["list"]: CountedList(
                c["list"],
                None if c["programs"] is None else frozenset(c["programs"]),
                c["duty"],
                c["policy"] or "",
                tuple(c["sources"]),
            )
            for c in data["counts"]
        },
        never={n["list"]: n["because"] for n in data["never"]},
        address_only=data["address_only"],
        not_in=frozenset(data["not_in"]),
        passes_down=frozenset(data["passes_down"]),
        rule=data["rule"] or "",
        enforced=tuple((a, b, p, why) for a, b, p, why in data["enforced"]),
        minority=RedFlagRule(Decimal(minority["share"]), minority["text"], minority["note"], tuple(minority["sources"])),
        unknown_share=RedFlagRule(None, unknown["text"], "", tuple(unknown["sources"])),
        related=None if related is None else RedFlagRule(None, related["text"], "", tuple(related["sources"])),
        caveats=tuple((c["text"], tuple(c["sources"])) for c in data["caveats"]),
        sources=tuple(data["sources"]),
        note=data["note"],
    )
