"""Lists of parties and their history: into the store by fetching or reading, and out of it as of a day, compared, or by freshness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from thalweg.desk.list_answers import (
    Change,
    CoverageAnswer,
    EntriesAsOf,
    EntryAsOf,
    EntryChange,
    EntryLine,
    ListComparison,
    ListState,
    ListStatus,
    State,
)
from thalweg.desk.list_taking import Where, import_lists, last_copies, lookups, one_list, pull_lists, source_ids
from thalweg.evidence import parse_date
from thalweg.nouns.listing import LIST_IDS, Identifier, ListEntry

if TYPE_CHECKING:
    from thalweg.store import AsOf, FieldChange, Snapshot

__all__ = [
    "copies_as_of",
    "diff_lists",
    "entries_as_of",
    "import_lists",
    "list_ids",
    "list_status",
    "lookups",
    "pull_lists",
    "source_ids",
]


def list_ids() -> dict[str, str]:
    """Return each list's id and title."""
    return dict(LIST_IDS)


def list_status(lists: Iterable[str] = (), *, date: str | dt.date | None = None, store: Where = None) -> ListStatus:
    """Say how fresh each list is on a day, against the cadence of its issuer.

    Args:
        lists: ids of lists; all if left out.
        date: the day of the question; today if left out.
        store: a path or a URL; the store of the user if left out. Where there is none, every list is absent.

    Raises:
        BadInput: if a list is not one.
        StoreError: if there is a store and it cannot be read.
    """
    from thalweg.store import NoStore, location, open_store, shown_as

    day = dt.date.today() if date is None else parse_date(date)  # noqa: DTZ011  (the user's own calendar day)
    wanted = [one_list(i) for i in lists] or list(LIST_IDS)
    try:
        with open_store(store, create=False) as opened:
            where = opened.where
            held = opened.snapshots()
    except NoStore:
        where, held = shown_as(location(store)), ()
    return ListStatus(as_of=day.isoformat(), store=where, lists=tuple(_state(i, [s for s in held if s.list == i], day) for i in wanted))


def _state(list_id: str, held: Sequence[Snapshot], day: dt.date) -> ListState:
    last = held[-1] if held else None
    expected, limit = _expectation(list_id, last.source if last else "")
    age = (day - last.data_date).days if last else None
    state: State = "fresh"
    if age is None:
        state = "absent"
    elif limit is not None and age > limit:
        state = "stale"
    elif expected is not None and age > expected:
        state = "due"
    return ListState(
        list=list_id,
        title=LIST_IDS[list_id],
        state=state,
        data_date=last.data_date.isoformat() if last else None,
        rows=last.rows if last else None,
        age_days=age,
        expected_days=expected,
        stale_after_days=limit,
        copies=len(held),
        first_date=held[0].data_date.isoformat() if held else None,
        source=last.source if last else "",
        taken_at=last.taken_at if last else None,
    )


def _expectation(list_id: str, source: str) -> tuple[int | None, int | None]:
    """Return after how many days the next copy is due and from when one is stale: by the source of the last copy, else the quickest one."""
    from thalweg.sources.catalogue import sources

    giving = [s for s in sources().values() if list_id in s.lists]
    if chosen := [s for s in giving if s.id == source] or sorted(giving, key=lambda s: s.cadence_days):
        return chosen[0].cadence_days, chosen[0].stale_after_days
    return None, None


def copies_as_of(date: str | dt.date, *, lists: Iterable[str] = (), store: Where = None) -> tuple[AsOf, ...]:
    """Return lists as they stood on a day, for screening; every list that the store holds if none is named.

    Raises:
        BadInput: if a list or the day is not one.
        StoreError: if there is no store, or it holds no copy of a list that is named.
    """
    from thalweg.store import open_store

    day = parse_date(date)
    wanted = [one_list(i) for i in lists]
    with open_store(store, create=False) as held:
        return tuple(held.as_of(i, day) for i in wanted or [i for i in LIST_IDS if i in last_copies(held)])


def entries_as_of(
    list_id: str, date: str | dt.date | None = None, *, find: str = "", entry_id: str | None = None, store: Where = None
) -> EntriesAsOf:
    """Return the entries of a list that stood on a day, by name, with the copies each was first and last seen in.

    Args:
        list_id: the list.
        date: the day; today if left out.
        find: keep the entries of which a name or alias holds this text, whatever its case.
        entry_id: keep this entry.
        store: a path or a URL; the store of the user if left out.

    Raises:
        BadInput: if the list or the day is not one.
        StoreError: if there is no store, or it holds no copy of the list.
    """
    from thalweg.store import open_store

    day = dt.date.today() if date is None else parse_date(date)  # noqa: DTZ011  (the user's own calendar day)
    with open_store(store, create=False) as held:
        stood = held.as_of(one_list(list_id), day)
        seen = held.seen(list_id)
    kept = [e for e in stood.copy.entries if entry_id in (None, e.entry_id) and _holds(e, find.casefold())]
    kept.sort(key=lambda e: (e.name, e.entry_id))
    lines = []
    for entry in kept:
        first, last = seen[entry.entry_id]
        lines.append(EntryAsOf.of(entry, first.isoformat(), last.isoformat(), unknown=entry.entry_id in stood.unknown))
    c = stood.coverage
    coverage = CoverageAnswer(
        data_date=c.data_date.isoformat() if c.data_date else None,
        next_date=c.next_date.isoformat() if c.next_date else None,
        rows=c.rows,
        before_first=c.before_first,
        beyond_last=c.beyond_last,
        from_next=c.from_next,
        removed_by_next=c.removed_by_next,
        not_yet=c.not_yet,
        ended=c.ended,
        unknown=c.unknown,
        note=c.note,
    )
    return EntriesAsOf(list=list_id, as_of=day.isoformat(), coverage=coverage, entries=tuple(lines))


def diff_lists(
    list_id: str, before: str | dt.date | None = None, after: str | dt.date | None = None, *, store: Where = None
) -> ListComparison:
    """Compare the last copies of a list not later than two days; its last two copies if no day is given.

    Raises:
        BadInput: if the list or a day is not one.
        StoreError: if there is no store or no such copy.
    """
    from thalweg.store import open_store

    first = None if before is None else parse_date(before, field="before")
    second = None if after is None else parse_date(after, field="after")
    with open_store(store, create=False) as held:
        found = held.diff(one_list(list_id), first, second)
    note = f"one of the copies states none of these, which are not compared: {', '.join(found.not_compared)}" if found.not_compared else ""
    return ListComparison(
        list=list_id,
        before=found.before.isoformat(),
        after=found.after.isoformat(),
        rows_before=found.rows_before,
        rows_after=found.rows_after,
        added=tuple(map(_line, found.added)),
        removed=tuple(map(_line, found.removed)),
        changed=tuple(EntryChange(entry_id=c.entry_id, name=c.after.name, fields=_changes(c.fields)) for c in found.changed),
        renamed=tuple(
            EntryChange(entry_id=r.after.entry_id, name=r.after.name, fields=_changes(r.fields), was=_line(r.before), because=r.because)
            for r in found.renamed
        ),
        not_compared=found.not_compared,
        note=note,
    )


def _changes(fields: Iterable[FieldChange]) -> tuple[Change, ...]:
    return tuple(Change(field=f.field, before=_plain(f.before), after=_plain(f.after)) for f in fields)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [f"{v.kind} {v.value}" if isinstance(v, Identifier) else v for v in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _line(entry: ListEntry) -> EntryLine:
    listed = entry.listed_on.isoformat() if entry.listed_on else None
    return EntryLine(entry_id=entry.entry_id, name=entry.name, countries=entry.countries, listed_on=listed)


def _holds(entry: ListEntry, text: str) -> bool:
    return not text or any(text in name.casefold() for name in (entry.name, *entry.aliases, *entry.weak_aliases))
