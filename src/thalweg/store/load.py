"""Taking a copy of a list into the store: one transaction, in whatever order copies come."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from thalweg.evidence.text import visible
from thalweg.nouns.listing import ListCopy
from thalweg.store.encode import as_json, digest_of, hash_of, stated
from thalweg.store.model import CopyConflict, CopyRefused, Loaded, SizeRefused, Snapshot
from thalweg.store.size import check_size
from thalweg.store.tables import entries, loads, snapshots, spans


class _Span(NamedTuple):
    entry: int
    first_seen: dt.date
    gone: dt.date | None


def snapshots_of(connection: sa.Connection, list_id: str | None = None) -> tuple[Snapshot, ...]:
    """Return the copies of one list, or of all, in the order of list and data date."""
    asked = sa.select(snapshots)
    if list_id is not None:
        asked = asked.where(snapshots.c.list == list_id)
    found = [Snapshot(**{**row, "fields": json.loads(row["fields"])}) for row in connection.execute(asked).mappings()]
    for held in found:
        if not isinstance(held.fields, dict) or {type(n) for n in (held.rows, *held.fields.values())} != {int}:
            raise TypeError(f"what it says of the copy of {held.list} of {held.data_date} is no count")
    return tuple(sorted(found, key=lambda s: (s.list, s.data_date)))


def load(connection: sa.Connection, copy: ListCopy, *, taken_at: str, replace: bool = False, accept_size: bool = False) -> Loaded:
    """Take a copy in. The same copy again changes nothing.

    Args:
        connection: in a transaction that holds the lock for writing.
        copy: of any day, whatever copies there are.
        taken_at: an instant in UTC, in ISO form.
        replace: let the copy stand in the place of a different one of the same day.
        accept_size: take it whatever its size.

    Raises:
        CopyConflict: if the day has a different copy.
        CopyRefused: if the day is still to come, or an entry has no id, or one that cannot be stored.
        SizeRefused: if the size is not believable beside the copy before it in time, else the one after it.
    """
    if copy.data_date > dt.date.fromisoformat(taken_at[:10]) + dt.timedelta(days=1):  # it is tomorrow already in some time zone
        raise CopyRefused(f"{copy.list}: {copy.file or copy.source} is of {copy.data_date}, a day that is still to come; see to its date")
    rows, fields = _rows(copy)
    digest = digest_of(rows)
    held = snapshots_of(connection, copy.list)
    there = next((s for s in held if s.data_date == copy.data_date), None)
    if there is not None:
        if there.digest == digest:
            return Loaded(copy.list, copy.data_date, len(rows), "same", note="the store holds this copy already")
        if not replace:
            raise CopyConflict(_conflict(there, copy))
    others = [s for s in held if s is not there]
    before = next((s for s in reversed(others) if s.data_date < copy.data_date), None)
    after = next((s for s in others if s.data_date > copy.data_date), None)
    if not accept_size:
        _check(copy, len(rows), before or after)
    if there is not None:
        _take_out(connection, copy.list, copy.data_date, before, after)
    ids = _wordings(connection, copy.list, rows)
    was = _put_in(connection, copy, {ids[key] for key in rows}, after)
    outcome = _outcome(copy, rows, {i: key for key, i in ids.items()}, was, before, replaced=there is not None)
    stamp = {
        "list": copy.list,
        "data_date": copy.data_date,
        "rows": len(rows),
        "sha256": copy.sha256,
        "source": visible(copy.source),
        "file": visible(copy.file),
        "taken_at": taken_at,
    }
    connection.execute(snapshots.insert().values(digest=digest, fields=as_json(fields), **stamp))
    connection.execute(loads.insert().values(outcome=outcome.outcome, note="size accepted" if accept_size else "", **stamp))
    if there is not None:
        _drop_unseen(connection, copy.list)
    return outcome


def _rows(copy: ListCopy) -> tuple[dict[tuple[str, str], dict[str, Any]], dict[str, int]]:
    """Return each wording once, under its entry id and hash; and how many entries state each field."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    fields: Counter[str] = Counter()
    for entry in copy.entries:
        if not entry.entry_id or visible(entry.entry_id) != entry.entry_id:
            raise CopyRefused(f"{copy.list}: the entry {entry.name!r} has the id {entry.entry_id!r}, which cannot be stored")
        data = stated(entry)
        fields.update(data.keys())
        body = as_json(data)
        hash_ = hash_of(body)
        found[entry.entry_id, hash_] = {
            "list": copy.list,
            "entry_id": entry.entry_id,
            "hash": hash_,
            "name": visible(entry.name),
            "listed_on": entry.listed_on,
            "listed_basis": entry.listed_basis,
            "body": body,
        }
    return found, dict(sorted(fields.items()))


def _conflict(there: Snapshot, copy: ListCopy) -> str:
    held = f"{copy.list}: the store holds another copy of {copy.data_date} ({there.rows:,} rows from {there.file or there.source})"
    if there.sha256 and there.sha256 == copy.sha256:
        return f"{held}, read from the same file by another version of the program; say --replace for the reading of this one"
    return f"{held}; say --replace to put this one ({len(copy.entries):,} rows from {copy.file or copy.source}) in its place"


def _check(copy: ListCopy, rows: int, neighbor: Snapshot | None) -> None:
    if neighbor is not None:
        check_size(copy.list, rows, abs((copy.data_date - neighbor.data_date).days), neighbor)
    elif rows == 0:
        raise SizeRefused(f"{copy.list}: the copy of {copy.data_date} is empty; if the list really is, say --accept-size")


def _wordings(connection: sa.Connection, list_id: str, rows: dict[tuple[str, str], dict[str, Any]]) -> dict[tuple[str, str], int]:
    """Store the wordings that are new; return the number of every wording of the list."""
    asked = sa.select(entries.c.entry_id, entries.c.hash, entries.c.id).where(entries.c.list == list_id)
    ids = {(r.entry_id, r.hash): r.id for r in connection.execute(asked)}
    free = (connection.scalar(sa.select(sa.func.max(entries.c.id))) or 0) + 1
    new = [row for key, row in rows.items() if key not in ids]
    for number, row in enumerate(new, free):
        ids[row["entry_id"], row["hash"]] = row["id"] = number
    _each(connection, entries.insert(), new)
    return ids


def _put_in(connection: sa.Connection, copy: ListCopy, present: set[int], after: Snapshot | None) -> set[int]:
    """Write the spans anew around a day that becomes a copy; return what stood in the copy before it."""
    day, list_id = copy.data_date, copy.list
    end = after.data_date if after else None
    over = _spans(connection, list_id, spans.c.first_seen < day, sa.or_(spans.c.gone.is_(None), spans.c.gone > day))
    close = [s for s in over if s.entry not in present]
    again = [_Span(s.entry, end, s.gone) for s in close if end is not None and s.gone != end]
    _end(connection, close, day)
    fresh = present - {s.entry for s in over}
    starting = {s.entry for s in _spans(connection, list_id, spans.c.first_seen == end)} if end else set()
    _begin_at(connection, [_Span(e, end, None) for e in fresh & starting if end], day)
    _insert(connection, list_id, [*again, *(_Span(e, day, end) for e in fresh - starting)])
    return {s.entry for s in over}


def _take_out(connection: sa.Connection, list_id: str, day: dt.date, before: Snapshot | None, after: Snapshot | None) -> None:
    """Write the spans anew as if there had been no copy of the day; a copy before it is what spans can end after."""
    end = after.data_date if after else None
    begun = _spans(connection, list_id, spans.c.first_seen == day)
    only = [s for s in begun if s.gone == end]
    _delete(connection, only)
    if end is not None:
        _begin_at(connection, [s for s in begun if s.gone != end], end)
    if before is not None:
        ended = _spans(connection, list_id, spans.c.gone == day)
        later = {s.entry: s for s in _spans(connection, list_id, spans.c.first_seen == end)} if end else {}
        joined = [s for s in ended if s.entry in later]
        _delete(connection, [later[s.entry] for s in joined])
        for span in joined:
            _end(connection, [span], later[span.entry].gone)
        _end(connection, [s for s in ended if s.entry not in later], end)
    connection.execute(snapshots.delete().where(snapshots.c.list == list_id, snapshots.c.data_date == day))


def _drop_unseen(connection: sa.Connection, list_id: str) -> None:
    """Forget wordings that no copy holds any more."""
    seen = sa.exists().where(spans.c.entry == entries.c.id)
    connection.execute(entries.delete().where(entries.c.list == list_id, ~seen))


def _outcome(
    copy: ListCopy,
    rows: dict[tuple[str, str], dict[str, Any]],
    keys: dict[int, tuple[str, str]],
    was: set[int],
    before: Snapshot | None,
    *,
    replaced: bool,
) -> Loaded:
    old = {keys[i] for i in was}
    old_ids = {entry_id for entry_id, _ in old}
    new_ids = {entry_id for entry_id, _ in rows}
    changed = {entry_id for entry_id, hash_ in rows if entry_id in old_ids and (entry_id, hash_) not in old}
    return Loaded(
        copy.list,
        copy.data_date,
        len(rows),
        "replaced" if replaced else "loaded",
        added=len(new_ids - old_ids),
        removed=len(old_ids - new_ids),
        changed=len(changed),
        previous=before.data_date if before else None,
    )


# ---------------------------------------------------------------- spans


def _spans(connection: sa.Connection, list_id: str, *where: Any) -> list[_Span]:
    asked = sa.select(spans.c.entry, spans.c.first_seen, spans.c.gone).where(spans.c.list == list_id, *where)
    return [_Span(*row) for row in connection.execute(asked)]


def _this(span: _Span) -> dict[str, Any]:
    return {"the_entry": span.entry, "the_start": span.first_seen}


_IT = sa.and_(spans.c.entry == sa.bindparam("the_entry"), spans.c.first_seen == sa.bindparam("the_start"))


def _end(connection: sa.Connection, these: Iterable[_Span], gone: dt.date | None) -> None:
    _each(connection, spans.update().where(_IT).values(gone=gone), [_this(s) for s in these])


def _begin_at(connection: sa.Connection, these: Iterable[_Span], day: dt.date) -> None:
    _each(connection, spans.update().where(_IT).values(first_seen=day), [_this(s) for s in these])


def _delete(connection: sa.Connection, these: Iterable[_Span]) -> None:
    _each(connection, spans.delete().where(_IT), [_this(s) for s in these])


def _insert(connection: sa.Connection, list_id: str, these: Iterable[_Span]) -> None:
    _each(connection, spans.insert(), [{**s._asdict(), "list": list_id} for s in these])


def _each(connection: sa.Connection, statement: sa.Executable, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)
