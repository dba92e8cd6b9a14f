"""Reviewers' decisions, kept in the order they were made; none is changed or deleted.

A decision is on a party as it was described and an entry as it was worded: it stands until a later one on the same two takes its place
or takes it back, and lapses when the entry goes or is worded otherwise. A party described otherwise is another query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, get_args

import sqlalchemy as sa

from thalweg.evidence.text import visible
from thalweg.store.encode import as_json, wording_hash
from thalweg.store.model import Decision, Disposition, Judged, NoEntry, Recorded, Review, ReviewRefused, StoreError
from thalweg.store.tables import dispositions
from thalweg.store.wordings import MANY, Key, Renames, Span, Wordings, chunks, wordings

_COLUMNS: Final = [dispositions.c["id" if name == "number" else name] for name in Disposition.__slots__]
_LONGEST: Final = {"who": 200, "reason": 10_000}
"""Characters at most."""


def instant(when: dt.datetime) -> str:
    """Return an instant in UTC, in ISO form, to the second.

    Raises:
        StoreError: if the instant has no time zone.
    """
    if when.tzinfo is None:
        raise StoreError(f"{when.isoformat()}: an instant needs its time zone")
    return when.astimezone(dt.UTC).isoformat(timespec="seconds")


def record(connection: sa.Connection, review: Review, now: str) -> Recorded:
    """Add a decision, in the transaction of the one writer, so that none slips in between what is looked at and what is written.

    Raises:
        NoEntry: if the store does not hold the entry, or not on the day.
        ReviewRefused: if who decided and why is missing, another decision stands, a later one is on record, or none is to be withdrawn.
    """
    who, reason = _stated("who", review.who), _stated("reason", review.reason)
    if review.decision not in get_args(Decision):
        raise ReviewRefused(f"{review.decision!r}: a decision is one of {', '.join(get_args(Decision))}")
    at = _instant(review.when)
    if at is not None and at > now:
        raise ReviewRefused(f"when: {at} lies in the future")
    held = wordings(connection, [(review.list, review.entry_id)])
    seen = _seen(held, review)
    entry, entry_hash = seen[0].entry(), _hash(seen)
    past = decisions(connection, query_hashes=[review.query_hash], list_id=review.list, entry_id=review.entry_id)
    for made in past if at is not None else past[-1:]:
        same = (made.decision, made.who, made.reason, made.entry_hash) == (review.decision, who, reason, entry_hash)
        if same and at in (None, made.at):
            return Recorded(made, entry, new=False)
    _check(review, past, at, held, seen)
    values: dict[str, Any] = {
        "query": as_json(review.query),
        "query_hash": review.query_hash,
        "list": review.list,
        "entry_id": review.entry_id,
        "entry_hash": entry_hash,
        "decision": review.decision,
        "reason": reason,
        "who": who,
        "at": at or max([now, *(p.at for p in past)]),  # of two machines, one's clock may be behind
    }
    number = connection.execute(dispositions.insert().values(values)).inserted_primary_key
    assert number is not None  # noqa: S101  (every dialect of the store returns it)
    made = Disposition(number=number[0], **values)
    return Recorded(made, entry, new=True, note=_only_earlier(connection, made, held))


def _only_earlier(connection: sa.Connection, made: Disposition, held: Wordings) -> str:
    """Return why a decision does not hold for the last copy of the list, as it is on an earlier wording of the entry."""
    key = (made.list, made.entry_id)
    now = held.on(key, None)
    why = "" if made.decision == "withdrawn" else _lapsed(made, held, now)
    why += _became(key, held, Renames(connection), None) if why and not now else ""
    return f"it holds for earlier days only: {why}" if why else ""


def _instant(when: dt.datetime | None) -> str | None:
    if when is not None and when.tzinfo is None:
        raise ReviewRefused(f"when: {when.isoformat()} needs its time zone, as in 2026-08-01T10:00:00+02:00")
    return None if when is None else instant(when)


def _stated(field: str, text: str) -> str:
    shown = visible(text.strip(), keep="\n\t" if field == "reason" else "")
    if not shown:
        raise ReviewRefused(f"{field}: is empty; a decision says who decided, and why")
    if len(shown) > _LONGEST[field]:
        raise ReviewRefused(f"{field}: has {len(shown):,} characters; {_LONGEST[field]:,} at most")
    return shown


def _seen(held: Wordings, review: Review) -> list[Span]:
    """Return the entry as the reviewer saw it: on the day named, else on that of the decision, else as worded last."""
    key = (review.list, review.entry_id)
    if key not in held.of:
        raise NoEntry(f"{review.list}: the store holds no entry {review.entry_id!r}")
    day = review.date or (review.when.date() if review.when else None)
    found = held.last(key) if day is None else held.on(key, day)
    if not found and review.decision == "withdrawn":
        found = held.last(key)
    if not found:
        days = list(held.copies[review.list])
        told = f"; there are copies of {days[0]} to {days[-1]}"
        raise NoEntry(f"{review.list}: the entry {review.entry_id!r} did not stand on {day} as far as the store knows{told}")
    return found


def _check(review: Review, past: Sequence[Disposition], at: str | None, held: Wordings, seen: Sequence[Span]) -> None:
    """Refuse a decision that the ones before it do not let stand."""
    last = past[-1] if past else None
    if review.decision == "withdrawn" and (last is None or last.decision == "withdrawn"):
        raise ReviewRefused("there is no decision on this party and this entry to withdraw; `thalweg review list` shows those there are")
    if last is None:
        return
    if at is not None and at < last.at:
        raise ReviewRefused(f"when: {at} is before the last decision on the two, {said(last)}; decisions are recorded in their order")
    if not _lapsed(last, held, seen) and review.decision not in ("withdrawn", last.decision) and not review.replace:
        raise ReviewRefused(f"another decision stands, {said(last)} ({last.reason!r}). To overturn it, say --replace")


def said(made: Disposition) -> str:
    """Return who decided what when."""
    return f"{made.decision} by {made.who} on {made.at[:10]}"


def decisions(
    connection: sa.Connection,
    *,
    query_hashes: Collection[str] | None = None,
    list_id: str | None = None,
    entry_id: str | None = None,
) -> tuple[Disposition, ...]:
    """Return decisions in the order they were made."""
    asked = sa.select(*_COLUMNS).order_by(dispositions.c.id)
    for column, value in ((dispositions.c.list, list_id), (dispositions.c.entry_id, entry_id)):
        if value is not None:
            asked = asked.where(column == value)
    if query_hashes is None:
        rows = list(connection.execute(asked))
    elif len(wanted := set(query_hashes)) > _WHOLE:
        rows = [row for row in connection.execute(asked) if row.query_hash in wanted]
    else:
        rows = [row for some in chunks(sorted(wanted)) for row in connection.execute(asked.where(dispositions.c.query_hash.in_(some)))]
    return tuple(Disposition(*row) for row in rows)


_WHOLE: Final = 10 * MANY
"""Parties from which all decisions are read at once; there are far fewer of them than of parties that are screened."""


def standing(connection: sa.Connection, query_hashes: Collection[str], date: dt.date | None) -> dict[tuple[str, str, str], Disposition]:
    """Return the decisions that hold on a day, by query hash, list and entry id; those that were taken back or have lapsed are left out."""
    latest = latest_of(decisions(connection, query_hashes=query_hashes))
    held = wordings(connection, {(m.list, m.entry_id) for m in latest.values()})
    return {at: made for at, made in latest.items() if not _lapsed(made, held, held.on((made.list, made.entry_id), date))}


def latest_of(made: Iterable[Disposition]) -> dict[tuple[str, str, str], Disposition]:
    """Return the last decision on each query hash, list and entry id."""
    return {(d.query_hash, d.list, d.entry_id): d for d in made}


def judged(connection: sa.Connection, made: Sequence[Disposition], date: dt.date | None) -> tuple[Judged, ...]:
    """Say of decisions, given in their order and whole for each query and entry, what became of them up to a day."""
    held = wordings(connection, {(m.list, m.entry_id) for m in made})
    renames = Renames(connection)
    after: dict[tuple[str, str, str], Disposition] = {}
    found: list[Judged] = []
    for one in reversed(made):
        at, key = (one.query_hash, one.list, one.entry_id), (one.list, one.entry_id)
        later = after.get(at)
        after[at] = one
        now = held.on(key, date)
        shown = now or held.last(key)
        entry = shown[0].entry() if shown else None
        if one.decision == "withdrawn":
            found.append(Judged(one, "withdrawn", "", entry))
        elif later is not None:
            state = "withdrawn" if later.decision == "withdrawn" else "replaced"
            found.append(Judged(one, state, said(later), entry))  # type: ignore[arg-type]
        else:
            why = _lapsed(one, held, now)
            why += _became(key, held, renames, date) if not now else ""
            found.append(Judged(one, "lapsed" if why else "standing", why, entry))
    return tuple(reversed(found))


def _lapsed(made: Disposition, held: Wordings, now: Sequence[Span]) -> str:
    """Return why a decision no longer holds for an entry as it is worded now, or nothing where it does."""
    if made.decision == "withdrawn":
        return "withdrawn"
    if not now:
        return "the entry is no longer on the list"
    if _hash(now) == made.entry_hash:
        return ""
    was = held.worded((made.list, made.entry_id), made.entry_hash)
    if was is None or len(now) > 1:
        return "the entry changed since"
    fields = held.changes(was, now[0])
    return f"the entry changed since: {', '.join(fields)}" if fields else ""


def _became(key: Key, held: Wordings, renames: Renames, date: dt.date | None) -> str:
    """Return since when an entry is gone, and what took its place where something shows that it is the same party."""
    gone = held.gone(key)
    if gone is None or (date is not None and date < gone):
        return ""
    became = renames.of(key, gone)
    place = f"; it is now {became.after.name!r} ({became.after.entry_id}): {became.because}" if became else ""
    return f" (gone from the copy of {gone}){place}"


def _hash(found: Iterable[Span]) -> str:
    return wording_hash(s.entry() for s in found)
