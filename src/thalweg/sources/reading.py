"""What a reader makes of a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from thalweg.evidence import BadInput
from thalweg.nouns.listing import ListEntry
from thalweg.sources.files import MAX_ROWS, RawFile
from thalweg.sources.keys import keyed
from thalweg.sources.lookups import Lookups
from thalweg.sources.names import MOST_CHARACTERS


@dataclass(frozen=True, slots=True)
class Reading:
    """The entries of a file by list, and the day that its content says it is of, if it does."""

    entries: Mapping[str, tuple[ListEntry, ...]]
    data_date: dt.date | None = None


class Reader(Protocol):
    """A module that reads one form of list."""

    ID: str

    def recognizes(self, file: RawFile) -> bool:
        """Tell by its content whether a file is of this form."""
        ...

    def read(self, file: RawFile, lookups: Lookups) -> Reading:
        """Read the file.

        Raises:
            BadInput: with the file and what is wrong with it.
        """
        ...


@dataclass(slots=True)
class Collected:
    """Entries as they are read, by list in their order."""

    lists: dict[str, list[ListEntry]] = field(default_factory=dict)
    count: int = 0

    def add(self, entry: ListEntry) -> None:
        """Take one entry.

        Raises:
            BadInput: if it has no name, or one far too long, or there are more than any list has.
        """
        self.count += 1
        if not entry.name:
            raise BadInput(f"entry {self.count:,} ({entry.entry_id}): has no name; the form of the list has changed, so it is not read")
        if longest := next((n for n in (entry.name, *entry.aliases, *entry.weak_aliases) if len(n) > MOST_CHARACTERS), ""):
            raise BadInput(
                f"entry {self.count:,} ({entry.entry_id[:60]}): a name of {len(longest):,} characters; "
                "the form of the list has changed, so it is not read"
            )
        if self.count > MAX_ROWS:
            raise BadInput(f"has more than {MAX_ROWS:,} entries, which no list has")
        self.lists.setdefault(entry.list, []).append(entry)

    def reading(self, data_date: dt.date | None = None) -> Reading:
        """Return what was collected, each entry with a key of its own."""
        return Reading({list_id: keyed(entries) for list_id, entries in self.lists.items()}, data_date)


def note(*parts: str) -> str:
    """Join the parts of a note that say something."""
    return "; ".join(p for p in parts if p)


def joined(parts: Iterable[str | None], separator: str = ", ") -> str:
    """Join the parts of an address or a name that are not empty."""
    return separator.join(p.strip() for p in parts if p and p.strip())
