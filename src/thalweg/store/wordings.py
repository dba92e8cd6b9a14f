"""How entries were worded on a day, looked up by their keys, and what became of those that are gone."""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from thalweg.nouns.listing import ListEntry
from thalweg.store.as_of import only_in
from thalweg.store.diff import compare, field_changes, not_stated
from thalweg.store.encode import OWN, content_hash, entry_of
from thalweg.store.load import snapshots_of
from thalweg.store.model import Renamed
from thalweg.store.tables import entries, snapshots, spans

Key = tuple[str, str]
"""A list and an entry id."""
MANY: Final = 500
"""Values that are asked for in one statement; SQLite once took 999 at most."""


@dataclass(frozen=True, slots=True)
class Span:
    """One wording of an entry, as JSON, and the data dates of the first copy with it and of the first one after without it."""

    list: str
    body: str
    first: dt.date
    gone: dt.date | None

    def entry(self) -> ListEntry:
        """Return the entry as it was worded."""
        return entry_of(self.list, self.body)


@dataclass(frozen=True, slots=True)
class Wordings:
    """All wordings of the entries asked for, and how many entries state each field in each copy of their lists, by its day."""

    of: dict[Key, list[Span]]
    copies: dict[str, dict[dt.date, dict[str, int]]]

    def on(self, key: Key, date: dt.date | None) -> list[Span]:
        """Return the wordings under a key on a day, in the last copy without one: mostly one, none where the entry did not stand.

        As for a list as of a day, an entry that is new in the next copy counts for the days between the two.
        """
        found, days = self.of.get(key, []), list(self.copies.get(key[0], ()))
        if date is None:
            return [s for s in found if s.gone is None]
        later = bisect.bisect_right(days, date)
        stood = [s for s in found if later and s.first <= days[later - 1] and (s.gone is None or s.gone > days[later - 1])]
        if not stood and later < len(days) and not (later and days[later - 1] == date):
            stood = [s for s in found if s.first == days[later]]
        return stood

    def last(self, key: Key) -> list[Span]:
        """Return the wordings under a key that were there last, on the list or gone from it."""
        found = self.of.get(key, [])
        end = max((s.gone or dt.date.max for s in found), default=None)
        return [s for s in found if (s.gone or dt.date.max) == end]

    def gone(self, key: Key) -> dt.date | None:
        """Return the day of the first copy without an entry; None while the last copy has it."""
        ends = [s.gone for s in self.of.get(key, [])]
        return None if None in ends else max((e for e in ends if e is not None), default=None)

    def worded(self, key: Key, hash_: str) -> Span | None:
        """Return the wording with a hash, where the store still has it."""
        return next((s for s in self.of.get(key, []) if content_hash(s.entry()) == hash_), None)

    def changes(self, was: Span, now: Span) -> list[str]:
        """Return the fields that the issuer words otherwise; not those that one of the two copies has for no entry."""
        copies = self.copies[was.list]
        unstated = not_stated(copies.get(was.first, {}), copies.get(now.first, {}))
        return [c.field for c in field_changes(was.entry(), now.entry(), leave_out=unstated) if c.field not in OWN]


def wordings(connection: sa.Connection, keys: Collection[Key]) -> Wordings:
    """Return all wordings of entries, by list and entry id."""
    of: dict[Key, list[Span]] = {}
    copies: dict[str, dict[dt.date, dict[str, int]]] = {}
    columns = (entries.c.entry_id, entries.c.body, spans.c.first_seen, spans.c.gone)
    for list_id, group in itertools.groupby(sorted(set(keys)), key=lambda k: k[0]):
        dated = sa.select(snapshots.c.data_date, snapshots.c.fields).where(snapshots.c.list == list_id).order_by(snapshots.c.data_date)
        copies[list_id] = {day: json.loads(fields) for day, fields in connection.execute(dated)}
        asked = sa.select(*columns).join(spans, spans.c.entry == entries.c.id).where(entries.c.list == list_id)
        for some in chunks(entry_id for _, entry_id in group):
            for entry_id, body, first, gone in connection.execute(asked.where(entries.c.entry_id.in_(some))):
                of.setdefault((list_id, entry_id), []).append(Span(list_id, body, first, gone))
    return Wordings(of, copies)


def chunks(values: Iterable[str]) -> Iterable[list[str]]:
    """Yield values in lists that one statement takes."""
    left = iter(values)
    while some := list(itertools.islice(left, MANY)):
        yield some


@dataclass(frozen=True, slots=True)
class Renames:
    """Finds the entries that took the place of those that are gone; each pair of copies is compared once."""

    connection: sa.Connection
    _found: dict[tuple[str, dt.date], dict[str, Renamed]] = field(default_factory=dict)

    def of(self, key: Key, gone: dt.date) -> Renamed | None:
        """Return what the entry became in the first copy without it, where something shows that it is the same party."""
        list_id, entry_id = key
        known = self._found.get((list_id, gone))
        if known is None:
            known = self._found[list_id, gone] = {r.before.entry_id: r for r in self._between(list_id, gone)}
        return known.get(entry_id)

    def _between(self, list_id: str, gone: dt.date) -> tuple[Renamed, ...]:
        held = snapshots_of(self.connection, list_id)
        at = next((i for i, s in enumerate(held) if s.data_date == gone), 0)
        if at == 0:
            return ()
        old, new = held[at - 1], held[at]
        left = only_in(self.connection, list_id, old.data_date, new.data_date)
        right = only_in(self.connection, list_id, new.data_date, old.data_date)
        return compare((old, left), (new, right)).renamed
