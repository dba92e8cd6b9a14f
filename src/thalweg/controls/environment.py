"""What conditions read while one case is decided, and what a stated entry says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Truth = Callable[["Environment"], int]
Value = Callable[["Environment"], Any]


@dataclass(slots=True)
class Environment:
    """What closures read while one case is decided."""

    tx: dict[str, Any]
    item: dict[str, Any]
    classes: dict[str, int]
    components: list[dict[str, Any]] | None
    component_classes: list[dict[str, int]]
    parties: list[dict[str, Any]]
    party: dict[str, Any]
    opaque: dict[tuple[Any, ...], int]
    memo: dict[int, int]


def stated_eccn(e: Environment, name: str) -> int:
    """Say whether the exporter states this ECCN or one below it; an ECCN above it leaves it unknown."""
    eccn = e.item.get("eccn")
    if eccn is None:
        if e.item.get("#eccn_presumed"):
            return 0
        return e.opaque.get(("eccn", name), 1)
    if eccn == name or eccn.startswith(name + "."):
        return 2
    return e.opaque.get(("eccn", name), 1) if name.startswith(eccn + ".") else 0


def stated_within(e: Environment, name: str) -> int:
    """Say whether the exporter states this entry or one below it; where a rule computes the entry, one above it says nothing."""
    eccn = e.item.get("eccn")
    return 2 if eccn is not None and (eccn == name or eccn.startswith(name + ".")) else 0
