"""Rows as columns that rules can read: numbers with NaN, truths as 0, 1 and 2, everything else as small codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

import numpy as np

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Codes = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]
Numbers = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
Readings = tuple[()] | tuple[str, str, tuple[dict[str, Any], ...]]
UNKNOWN_CODE: Final = -1
ELSEWHERE: Final = "(on no list and in no set)"


@dataclass(slots=True)
class Vocabulary:
    """Codes of texts, places and enums; the same for a whole rulebook."""

    codes: dict[Any, int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def code(self, value: Any) -> int:
        """Return the code of a value; -1 for what is not known. Threads agree on it."""
        if value is None:
            return UNKNOWN_CODE
        found = self.codes.get(value)
        if found is None:
            with self.lock:
                found = self.codes.setdefault(value, len(self.codes))
        return found


@dataclass(slots=True)
class Slot:
    """One party of every row, where there is one."""

    label: str
    exists: Mask
    facts: dict[str, Any]
    names: Codes


@dataclass(slots=True)
class Items:
    """The distinct items of a frame, as columns of their own, and the components of each in slots."""

    facts: dict[str, Any]
    components: list[tuple[Mask, dict[str, Any]]]
    known_contents: Mask
    odd: Mask
    designers: list[tuple[str | None, str | None, str | None, bool]]
    readings: list[Readings]
    """For each item whose sources conflict: whose facts these are, their names, and the facts of each source."""
    least: dict[tuple[str, str], Numbers]
    """The least value that a measure of the item, or of one of its components, can have; NaN where nothing is known."""


@dataclass(slots=True)
class Columns:
    """One chunk of rows."""

    height: int
    day: Codes
    tx: dict[str, Any]
    item: Codes
    items: Items
    slots: list[Slot]
    names: list[str | None]
    odd: Mask
    told: dict[tuple[Any, ...], Bytes] = field(default_factory=dict)
    """What rows take to be so that no fact says (2 or 0; 1 is not taken either way), by what it is."""
