"""What the store hands out, and how it refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from thalweg.evidence import ThalwegError
from thalweg.nouns.listing import ListCopy, ListEntry

Decision = Literal["cleared", "confirmed", "withdrawn"]
Outcome = Literal["loaded", "same", "replaced"]


class StoreError(ThalwegError):
    """The store cannot be opened, read or written as asked; what it held before is untouched."""


class NoStore(StoreError):
    """There is no store at the place asked for."""


class CopyRefused(StoreError):
    """A copy that is not taken as it stands."""


class SizeRefused(CopyRefused):
    """A copy whose size is not believable beside the one before."""


class CopyConflict(CopyRefused):
    """A second, different copy of a list for a day that has one."""


class ReviewRefused(StoreError):
    """A reviewer's decision that cannot be recorded as it stands."""


class NoEntry(ReviewRefused):
    """A decision on an entry that the store does not hold."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One copy of a list that the store holds.

    ``digest`` is over the entries, ``sha256`` over the file they were read from; ``fields`` says how many entries state
    each field.
    """

    list: str
    data_date: dt.date
    rows: int
    sha256: str
    digest: str
    fields: Mapping[str, int]
    source: str
    file: str
    taken_at: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one copy: entries that are new, gone or worded otherwise than in the copy before it in time."""

    list: str
    data_date: dt.date
    rows: int
    outcome: Outcome
    added: int = 0
    removed: int = 0
    changed: int = 0
    previous: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What an answer about a list on a day rests on.

    ``data_date`` is the day of the last copy not later than the day asked for, None before the first copy; ``next_date`` the day of the
    first copy after it, None beyond the last. Counts are of entries: ``from_next`` were taken from the next copy by their listing date,
    ``removed_by_next`` stood in the last copy and not in the next, so that they may have been removed before the day asked for,
    ``not_yet`` are left out since they were listed later, ``ended`` since they ran out between the copy and the day, and for ``unknown``
    nothing says whether they stood on the day.
    """

    list: str
    date: dt.date
    data_date: dt.date | None
    next_date: dt.date | None
    rows: int
    from_next: int = 0
    removed_by_next: int = 0
    not_yet: int = 0
    ended: int = 0
    unknown: int = 0
    note: str = ""

    @property
    def before_first(self) -> bool:
        """Whether the day lies before the first copy."""
        return self.data_date is None

    @property
    def beyond_last(self) -> bool:
        """Whether the day lies after the last copy."""
        return self.next_date is None and self.data_date is not None and self.data_date < self.date


@dataclass(frozen=True, slots=True)
class AsOf:
    """A list as it stood on a day: the entries, what they rest on, and the ids of those that may not have stood."""

    copy: ListCopy
    coverage: Coverage
    unknown: frozenset[str] = frozenset()

    def known(self) -> ListCopy:
        """Return the copy without the entries of which nothing says whether they stood on the day."""
        return replace(self.copy, entries=tuple(e for e in self.copy.entries if e.entry_id not in self.unknown))


@dataclass(frozen=True, slots=True)
class Seen:
    """One wording of an entry and the copies it stood in: ``last`` is the last copy with it, ``gone`` the first one after without it."""

    entry: ListEntry
    first: dt.date
    last: dt.date
    gone: dt.date | None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an entry, before and after."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry that kept its key and is worded otherwise."""

    entry_id: str
    before: ListEntry
    after: ListEntry
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    """An entry whose key changed, and what shows that it is the same one."""

    before: ListEntry
    after: ListEntry
    because: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class ListDiff:
    """What changed between two copies of a list; every entry is reported once.

    ``not_compared`` are fields that one of the copies states for no entry, as it was read from a form without them.
    """

    list: str
    before: dt.date
    after: dt.date
    rows_before: int
    rows_after: int
    added: tuple[ListEntry, ...]
    removed: tuple[ListEntry, ...]
    changed: tuple[Changed, ...]
    renamed: tuple[Renamed, ...]
    not_compared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A decision to be recorded.

    ``query`` is the party asked about as a person reads it, ``query_hash`` of what identifies it. ``date`` is the day whose wording of the
    entry was looked at; the day of ``when`` if left out, else the last copy's. ``replace`` lets it overturn a decision that stands.
    """

    query: Mapping[str, Any]
    query_hash: str
    list: str
    entry_id: str
    decision: Decision
    reason: str
    who: str
    when: dt.datetime | None = None
    date: dt.date | None = None
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Disposition:
    """What a reviewer decided on a query and an entry.

    ``number`` gives the order of recording, ``at`` is an instant in UTC, in ISO form. ``query`` is the party asked about, as JSON; the
    hashes are of what the reviewer saw of both sides, and a decision holds only as long as both are unchanged.
    """

    number: int
    query: str
    query_hash: str
    list: str
    entry_id: str
    entry_hash: str
    decision: Decision
    reason: str
    who: str
    at: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision as it was recorded, with the entry as the reviewer saw it.

    ``new`` is false where it was on record before; ``note`` says why it does not hold for the last copy of the list, where it does not.
    """

    made: Disposition
    entry: ListEntry
    new: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision and what became of it: ``replaced`` and ``withdrawn`` by a later one, ``lapsed`` since the entry is gone or changed.

    ``entry`` is the entry on the day asked for, else as it was worded last; None where the store no longer has it.
    """

    made: Disposition
    state: Literal["standing", "lapsed", "replaced", "withdrawn"]
    why: str
    entry: ListEntry | None
