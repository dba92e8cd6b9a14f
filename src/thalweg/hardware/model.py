"""What is known of an item: values, bounds, and the values that sources dispute."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Alternative:
    """One reading of a disputed measure: the facts that follow from it, and who says so."""

    facts: dict[str, Any]
    source: str


@dataclass(slots=True)
class ItemFacts:
    """Facts of one item. A fact that is absent from ``values`` is unknown; ``minimum`` bounds some of those from below."""

    name: str
    values: dict[str, Any]
    minimum: dict[str, float] = field(default_factory=dict)
    alternatives: tuple[Alternative, ...] = ()
    disputed: str = ""
    components: list[ItemFacts] | None = None
    designer: str | None = None
    catalogued: bool = False
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
