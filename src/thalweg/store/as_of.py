"""A list as it stood on a day, from the copies around the day and the listing dates of the entries."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import sqlalchemy as sa

from thalweg.nouns.listing import ListCopy, ListEntry
from thalweg.store.diff import renames
from thalweg.store.encode import entry_of
from thalweg.store.load import snapshots_of
from thalweg.store.model import AsOf, Coverage, Seen, Snapshot, StoreError
from thalweg.store.tables import entries, spans


def as_of(connection: sa.Connection, list_id: str, date: dt.date) -> AsOf:
    """Return the entries of a list that stood on a day.

    These are the entries of the last copy not later than the day, without those listed after the day and those that have run out since
    the copy; and the entries that are new in the next copy, where their listing date is not after the day. An entry that is new in the
    next copy and states no listing date is included, and its id is in ``unknown``: nothing says whether it stood.

    Raises:
        StoreError: if the store holds no copy of the list.
    """
    held = snapshots_of(connection, list_id)
    if not held:
        raise StoreError(f"{list_id}: the store holds no copy of this list; import or pull one")
    before = next((s for s in reversed(held) if s.data_date <= date), None)
    after = next((s for s in held if s.data_date > date), None)
    now = standing(connection, list_id, before.data_date) if before else ()
    stood = [e for e in now if e.listed_on is None or e.listed_on <= date]
    kept = [e for e in stood if before is None or not _ran_out(e, before.data_date, date)]
    coverage = Coverage(
        list_id,
        date,
        before.data_date if before else None,
        after.data_date if after else None,
        rows=0,
        not_yet=len(now) - len(stood),
        ended=len(stood) - len(kept),
    )
    unknown: frozenset[str] = frozenset()
    if after is not None and (before is None or before.data_date < date):
        fresh, gone = _turned(connection, list_id, now, after)
        dated = [e for e in fresh if e.listed_on is not None and e.listed_on <= date]
        undated = [e for e in fresh if e.listed_on is None]
        unknown = frozenset(e.entry_id for e in undated)
        kept_ids = {e.entry_id for e in kept}
        kept += dated + undated
        removed = sum(1 for e in gone if e.entry_id in kept_ids)
        coverage = replace(coverage, from_next=len(dated), unknown=len(undated), removed_by_next=removed)
    coverage = replace(coverage, rows=len(kept))
    base = before or after or held[0]
    copy = ListCopy(list_id, base.data_date, tuple(sorted(kept, key=_order)), base.source, base.file, base.sha256)
    return AsOf(copy, replace(coverage, note=_note(coverage)), unknown)


def standing(connection: sa.Connection, list_id: str, day: dt.date) -> tuple[ListEntry, ...]:
    """Return the entries of the copy of a day, in the order of their ids."""
    return _read(connection, list_id, _on(spans, day))


def only_in(connection: sa.Connection, list_id: str, day: dt.date, other: dt.date) -> tuple[ListEntry, ...]:
    """Return the entries of the copy of one day whose wording is not in the copy of another."""
    there = sa.alias(spans)
    same = sa.exists().where(there.c.entry == spans.c.entry, _on(there, other))
    return _read(connection, list_id, _on(spans, day), ~same)


def history(connection: sa.Connection, list_id: str, entry_id: str | None = None) -> tuple[Seen, ...]:
    """Return every wording of an entry, or of all entries of a list, with the copies it was first and last seen in."""
    days = [s.data_date for s in snapshots_of(connection, list_id)]
    asked = sa.select(entries.c.body, spans.c.first_seen, spans.c.gone).join(spans, spans.c.entry == entries.c.id)
    asked = asked.where(entries.c.list == list_id)
    if entry_id is not None:
        asked = asked.where(entries.c.entry_id == entry_id)
    before = {later: earlier for earlier, later in itertools.pairwise(days)}
    found = [
        Seen(entry_of(list_id, row.body), row.first_seen, before[row.gone] if row.gone else days[-1], row.gone)
        for row in connection.execute(asked)
    ]
    return tuple(sorted(found, key=lambda s: (s.entry.entry_id, s.first, s.entry.name)))


def seen(connection: sa.Connection, list_id: str) -> dict[str, tuple[dt.date, dt.date]]:
    """Return the first and the last copy in which each entry id of a list was seen, in whatever wording."""
    days = [s.data_date for s in snapshots_of(connection, list_id)]
    before = {later: earlier for earlier, later in itertools.pairwise(days)}
    asked = (
        sa.select(
            entries.c.entry_id, sa.func.min(spans.c.first_seen), sa.func.max(spans.c.gone), sa.func.count() > sa.func.count(spans.c.gone)
        )
        .join(spans, spans.c.entry == entries.c.id)
        .where(entries.c.list == list_id)
        .group_by(entries.c.entry_id)
    )
    return {key: (first, days[-1] if still else before[gone]) for key, first, gone, still in connection.execute(asked)}


def _on(table: sa.FromClause, day: dt.date) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.first_seen <= day, sa.or_(table.c.gone.is_(None), table.c.gone > day))


def _read(connection: sa.Connection, list_id: str, *where: sa.ColumnElement[bool]) -> tuple[ListEntry, ...]:
    return tuple(sorted((entry_of(list_id, body) for _, body in _bodies(connection, list_id, *where)), key=_order))


def _bodies(connection: sa.Connection, list_id: str, *where: sa.ColumnElement[bool]) -> list[tuple[str, str]]:
    asked = sa.select(entries.c.entry_id, entries.c.body).join(spans, spans.c.entry == entries.c.id)
    return [(entry_id, body) for entry_id, body in connection.execute(asked.where(spans.c.list == list_id, *where))]


def _order(entry: ListEntry) -> tuple[str, str]:
    return entry.entry_id, entry.name


def _ran_out(entry: ListEntry, copied: dt.date, date: dt.date) -> bool:
    """Whether the entry's own end lies between the copy and the day; where the copy is later, the issuer still shows the entry."""
    return entry.ends_on is not None and copied <= entry.ends_on < date


def _turned(
    connection: sa.Connection, list_id: str, now: tuple[ListEntry, ...], after: Snapshot
) -> tuple[list[ListEntry], list[ListEntry]]:
    """Return what is new in the next copy and what is gone from it; an entry that only changed its key is neither."""
    old_ids = {e.entry_id for e in now}
    begun = _bodies(connection, list_id, spans.c.first_seen == after.data_date)
    ended = _bodies(connection, list_id, spans.c.gone == after.data_date)
    begun_ids = {entry_id for entry_id, _ in begun}
    new = [entry_of(list_id, body) for entry_id, body in begun if entry_id not in old_ids]
    gone = [entry_of(list_id, body) for entry_id, body in ended if entry_id not in begun_ids]
    pairs = renames(gone, new)
    moved_from, moved_to = {id(before) for before, _, _ in pairs}, {id(later) for _, later, _ in pairs}
    return [e for e in new if id(e) not in moved_to], [e for e in gone if id(e) not in moved_from]


def _note(c: Coverage) -> str:
    parts: list[str] = []
    if c.data_date is None:
        parts.append(
            f"{c.date} is before the first copy, of {c.next_date}: the entries are those of that copy listed by then; "
            "what was removed before it cannot be seen"
        )
    elif c.beyond_last:
        parts.append(
            f"the last copy is of {c.data_date}, {_days((c.date - c.data_date).days)} before {c.date}; later changes are not in it"
        )
    elif c.next_date is not None and c.data_date < c.date:
        parts.append(f"{c.date} lies between the copies of {c.data_date} and {c.next_date}")
        if c.from_next:
            parts.append(f"included from the later one by listing date: {_entries(c.from_next)}")
        if c.removed_by_next:
            parts.append(f"gone from the later one, so that they may have been removed by then: {_entries(c.removed_by_next)}")
    if c.unknown:
        parts.append(
            f"first seen on {c.next_date} and without a listing date, so that nothing says whether they stood: {_entries(c.unknown)}"
        )
    if c.ended:
        parts.append(f"left out, as they ran out after the copy and before {c.date}: {_entries(c.ended)}")
    if c.not_yet:
        parts.append(f"left out, as they were listed after {c.date}: {_entries(c.not_yet)}")
    return "; ".join(parts)


def _entries(count: int) -> str:
    return f"{count:,} entr{'y' if count == 1 else 'ies'}"


def _days(count: int) -> str:
    return f"{count:,} day{'' if count == 1 else 's'}"
