"""The words a condition may use: declared facts, groups, sets, lists, places and classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SCOPES = ("transaction", "item", "party")
FACT_TYPES = ("number", "boolean", "enum", "place", "date", "text")


@dataclass(frozen=True, slots=True)
class FactWord:
    """What the condition language needs to know of a fact."""

    name: str
    scope: str
    type: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that a condition can name."""

    facts: Mapping[str, FactWord]
    groups: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    parameters: frozenset[str] = field(default_factory=frozenset)

    def knows_class(self, name: str) -> bool:
        """Say whether a class, one above it or one below it is assigned by a rule or stands on the control list."""
        return any(c == name or c.startswith(name + ".") or name.startswith(c + ".") for c in self.classes)


def words(facts: Iterable[FactWord]) -> dict[str, FactWord]:
    """Index facts by name."""
    return {f.name: f for f in facts}
