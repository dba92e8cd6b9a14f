"""Answers about lists of parties: what was taken into the store, how fresh it is, what changed, and who stood on a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from thalweg.nouns.listing import ListEntry

Outcome = Literal["loaded", "same", "replaced", "unchanged", "refused", "missing", "empty", "failed"]
State = Literal["fresh", "due", "stale", "absent"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CopyTaken(_Frozen):
    """What became of one list of one file.

    ``unchanged``: the issuer's file is the one held; ``refused``: the copy is not believable, or the store holds another of the day;
    ``missing``: the file should have rows of the list and has none; ``empty``: it has none, and need not have any;
    ``failed``: the file could not be fetched or read. For a list without rows ``previous`` is the day of the copy that stays.
    """

    list: str
    data_date: str | None = None
    rows: int | None = None
    outcome: Outcome
    added: int = 0
    removed: int = 0
    changed: int = 0
    previous: str | None = None
    source: str = ""
    file: str = ""
    note: str = ""


class ListImport(_Frozen):
    """What became of each list of the files given or fetched."""

    store: str
    copies: tuple[CopyTaken, ...]

    @property
    def bad(self) -> tuple[CopyTaken, ...]:
        """What a script should be told of: copies that were not taken, and lists that were there before and should have rows."""
        return tuple(c for c in self.copies if c.outcome in ("refused", "failed") or (c.outcome == "missing" and c.previous))

    def explain(self) -> str:
        """Return a line for each copy."""
        return "\n".join(
            f"{c.list or c.file}: {c.outcome}"
            + (f", {c.rows:,} rows of {c.data_date}" if c.rows is not None else "")
            + (f", {c.added:,} new, {c.removed:,} gone, {c.changed:,} changed since {c.previous}" if c.previous else "")
            + (f"; {c.note}" if c.note else "")
            for c in self.copies
        )


class ListState(_Frozen):
    """One list: its last copy, and how old that is beside what its issuer's cadence lets expect."""

    list: str
    title: str
    state: State
    data_date: str | None
    rows: int | None
    age_days: int | None
    expected_days: int | None
    stale_after_days: int | None
    copies: int
    first_date: str | None
    source: str
    taken_at: str | None


class ListStatus(_Frozen):
    """How fresh the lists of a store are on a day."""

    as_of: str
    store: str
    lists: tuple[ListState, ...]

    def explain(self) -> str:
        """Return a line for each list."""
        return "\n".join(
            f"{s.list}: {s.state}" + (f", {s.rows:,} rows of {s.data_date}, {s.age_days} days old" if s.rows is not None else "")
            for s in self.lists
        )


class Change(_Frozen):
    """One field, before and after."""

    field: str
    before: Any
    after: Any


class EntryLine(_Frozen):
    """An entry by what names it."""

    entry_id: str
    name: str
    countries: tuple[str, ...] = ()
    listed_on: str | None = None


class EntryChange(_Frozen):
    """An entry that is worded otherwise; ``was`` and ``because`` are of one whose key changed."""

    entry_id: str
    name: str
    fields: tuple[Change, ...]
    was: EntryLine | None = None
    because: str = ""


class ListComparison(_Frozen):
    """What changed between two copies of a list; every entry is reported once."""

    list: str
    before: str
    after: str
    rows_before: int
    rows_after: int
    added: tuple[EntryLine, ...]
    removed: tuple[EntryLine, ...]
    changed: tuple[EntryChange, ...]
    renamed: tuple[EntryChange, ...]
    not_compared: tuple[str, ...]
    note: str = ""

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield one plain record for each entry that differs."""
        for kind, entries in (("added", self.added), ("removed", self.removed)):
            for entry in entries:
                yield {"change": kind, "list": self.list, **entry.model_dump(mode="json")}
        for kind, changes in (("renamed", self.renamed), ("changed", self.changed)):
            for change in changes:
                yield {"change": kind, "list": self.list, **change.model_dump(mode="json", exclude_defaults=True)}

    def explain(self) -> str:
        """Return the counts, and a line for each entry."""
        head = (
            f"{self.list}, {self.before} to {self.after}: {len(self.added):,} added, {len(self.removed):,} removed, "
            f"{len(self.renamed):,} renamed, {len(self.changed):,} changed"
        )
        lines = [head, *([self.note] if self.note else [])]
        lines += [f"+ {e.name} ({e.entry_id})" for e in self.added] + [f"- {e.name} ({e.entry_id})" for e in self.removed]
        lines += [f"~ {r.was.name if r.was else ''} is now {r.name}: {r.because}" for r in self.renamed]
        lines += [f"* {c.name} ({c.entry_id}): {', '.join(f.field for f in c.fields)}" for c in self.changed]
        return "\n".join(lines)


class EntryAsOf(_Frozen):
    """An entry that stood on a day, with the copies it was first and last seen in.

    ``unknown``: nothing says whether it stood on the day; it came between two copies, or before the first, and states no listing date.
    """

    list: str
    entry_id: str
    name: str
    aliases: tuple[str, ...]
    weak_aliases: tuple[str, ...]
    type: str
    countries: tuple[str, ...]
    addresses: tuple[str, ...]
    address_only: bool
    birth_dates: tuple[str, ...]
    identifiers: tuple[dict[str, str], ...]
    programs: tuple[str, ...]
    footnotes: tuple[str, ...]
    license_requirement: str
    license_policy: str
    notices: tuple[str, ...]
    listed_on: str | None
    listed_basis: str
    ends_on: str | None
    linked_to: tuple[str, ...]
    remarks: str
    note: str
    url: str
    first_seen: str
    last_seen: str
    unknown: bool

    @classmethod
    def of(cls, entry: ListEntry, first_seen: str, last_seen: str, *, unknown: bool) -> EntryAsOf:
        """Return an entry of a list as it stands in answers."""
        return cls(
            list=entry.list,
            entry_id=entry.entry_id,
            name=entry.name,
            aliases=entry.aliases,
            weak_aliases=entry.weak_aliases,
            type=entry.type,
            countries=entry.countries,
            addresses=entry.addresses,
            address_only=entry.address_only,
            birth_dates=entry.birth_dates,
            identifiers=tuple({"kind": i.kind, "value": i.value, "country": i.country} for i in entry.identifiers),
            programs=entry.programs,
            footnotes=entry.footnotes,
            license_requirement=entry.license_requirement,
            license_policy=entry.license_policy,
            notices=entry.notices,
            listed_on=entry.listed_on.isoformat() if entry.listed_on else None,
            listed_basis=entry.listed_basis,
            ends_on=entry.ends_on.isoformat() if entry.ends_on else None,
            linked_to=entry.linked_to,
            remarks=entry.remarks,
            note=entry.note,
            url=entry.url,
            first_seen=first_seen,
            last_seen=last_seen,
            unknown=unknown,
        )


class CoverageAnswer(_Frozen):
    """What an answer about a list on a day rests on."""

    data_date: str | None
    next_date: str | None
    rows: int
    before_first: bool
    beyond_last: bool
    from_next: int
    removed_by_next: int
    not_yet: int
    ended: int
    unknown: int
    note: str


class EntriesAsOf(_Frozen):
    """The entries of a list that stood on a day."""

    list: str
    as_of: str
    coverage: CoverageAnswer
    entries: tuple[EntryAsOf, ...]

    def explain(self) -> str:
        """Return what the answer rests on, and a line for each entry."""
        lines = [f"{self.list} on {self.as_of}: {self.coverage.rows:,} entries", *([self.coverage.note] if self.coverage.note else [])]
        return "\n".join([*lines, *(f"{e.name} ({e.entry_id})" for e in self.entries)])
