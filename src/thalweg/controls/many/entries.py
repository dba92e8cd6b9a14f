"""Under which entries of lists names stand, and with which review policy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from thalweg.controls.many.columns import Codes, Columns, Slot
from thalweg.controls.program import POLICIES, Rulebook
from thalweg.nouns import name_key


def listed(book: Rulebook, name: str | None, wanted: str) -> list[tuple[int, int]]:
    """Return the windows in which a name stands on a list, or under one of its footnotes."""
    base, _, footnote = wanted.partition(":")
    windows: list[tuple[int, int]] = []
    for entry in book.pack.listed_by_key.get(name_key(name), ()) if name else ():
        if entry.list == base and not footnote and not entry.owned:  # what an owner hands on is its footnotes and its policy
            windows.append((entry.start, entry.end))
        elif entry.list == base and footnote in entry.footnotes:
            windows.append((max(entry.start, entry.footnotes[footnote]), entry.end))
    return windows


def policies(book: Rulebook, name: str | None) -> list[tuple[int, int, int]]:
    """Return the windows of the entries under a name, each with the number of its review policy."""
    entries = book.pack.listed_by_key.get(name_key(name), ()) if name else ()
    return [(e.start, e.end, POLICIES.index(e.policy) + 1) for e in entries if e.policy in POLICIES]


def entry_levels(book: Rulebook, columns: Columns, rows_of: Callable[[Slot], dict[int, Codes]]) -> Codes:
    """Return the number of the strictest review policy among the entries that the parties of each row stand under; 0 for none."""
    best = np.zeros(columns.height, dtype=np.int32)
    for slot in columns.slots:
        for name, rows in rows_of(slot).items():
            for start, end, level in policies(book, columns.names[name]):
                day = columns.day[rows]
                at = rows[(start <= day) & (day < end) & slot.exists[rows]]
                best[at] = np.maximum(best[at], level)
    return best
