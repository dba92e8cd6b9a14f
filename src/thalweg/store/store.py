"""An open store: what can be asked of it and put into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from thalweg.nouns.listing import ListCopy
from thalweg.store import as_of as reading
from thalweg.store import dispositions as reviews
from thalweg.store.diff import compare
from thalweg.store.load import load, snapshots_of
from thalweg.store.locks import one_at_a_time
from thalweg.store.model import AsOf, Disposition, Judged, ListDiff, Loaded, Recorded, Review, ReviewRefused, Seen, Snapshot, StoreError
from thalweg.store.refusals import clear_errors
from thalweg.store.watch_room import WatchRoom

_LOCK = 0x5468_616D
"""The lock of PostgreSQL that the one writer holds; SQLite has one of its own."""


class Store:
    """A store of list copies and decisions; use it as a context manager, or close it."""

    def __init__(self, engine: sa.Engine, where: str) -> None:
        self._engine = engine
        self.where = where

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def load(self, copy: ListCopy, *, taken_at: dt.datetime, replace: bool = False, accept_size: bool = False) -> Loaded:
        """Take a copy in, whole or not at all; the same copy again changes nothing.

        Args:
            copy: of any day; copies may come in any order.
            taken_at: when it was fetched or read, with its time zone.
            replace: let it stand in the place of a different copy of the same day.
            accept_size: take it whatever its size.

        Raises:
            CopyConflict: if the store holds a different copy of the day.
            CopyRefused: if the day is still to come.
            SizeRefused: if the size is not believable beside the copy before it, else the one after it.
            StoreError: if the store cannot be written.
        """
        with self._writing() as connection:
            return load(connection, copy, taken_at=reviews.instant(taken_at), replace=replace, accept_size=accept_size)

    def snapshots(self, list_id: str | None = None) -> tuple[Snapshot, ...]:
        """Return the copies of one list, or of all, in the order of list and data date."""
        with self._reading() as connection:
            return snapshots_of(connection, list_id)

    def as_of(self, list_id: str, date: dt.date) -> AsOf:
        """Return a list as it stood on a day, with what the answer rests on.

        Raises:
            StoreError: if the store holds no copy of the list.
        """
        with self._reading() as connection:
            return reading.as_of(connection, list_id, date)

    def history(self, list_id: str, entry_id: str | None = None) -> tuple[Seen, ...]:
        """Return every wording of an entry, or of all entries, with the copies it was first and last seen in."""
        with self._reading() as connection:
            return reading.history(connection, list_id, entry_id)

    def seen(self, list_id: str) -> dict[str, tuple[dt.date, dt.date]]:
        """Return the data dates of the first and the last copy in which each entry id of a list was seen, in whatever wording."""
        with self._reading() as connection:
            return reading.seen(connection, list_id)

    def diff(self, list_id: str, before: dt.date | None = None, after: dt.date | None = None) -> ListDiff:
        """Return what changed between the last copies not later than two days; the last two copies if left out.

        Raises:
            StoreError: if there is no such copy, or the days are in the wrong order.
        """
        with self._reading() as connection:
            held = snapshots_of(connection, list_id)
            new = _copy_by(held, list_id, after)
            earlier = tuple(s for s in held if s.data_date < new.data_date)
            if before is None and not earlier:
                raise StoreError(f"{list_id}: there is no copy before the one of {new.data_date} to compare it with")
            old = _copy_by(earlier, list_id, None) if before is None else _copy_by(held, list_id, before)
            if old.data_date > new.data_date:
                raise StoreError(f"{list_id}: {before} is after {after}; give the earlier day first")
            left = reading.only_in(connection, list_id, old.data_date, new.data_date)
            right = reading.only_in(connection, list_id, new.data_date, old.data_date)
        return compare((old, left), (new, right))

    def dispose(self, review: Review, *, now: dt.datetime) -> Recorded:
        """Record a reviewer's decision on a query and an entry; a later one on the same two takes its place, and both are kept.

        Args:
            review: who decided what, on whom, and why.
            now: the instant of recording, with its time zone; that of the decision where it states none.

        Raises:
            NoEntry: if the store does not hold the entry.
            ReviewRefused: if something of it is missing, or another decision stands that it does not say to replace.
            StoreError: if the store cannot be written.
        """
        with self._writing() as connection:
            return reviews.record(connection, review, reviews.instant(now))

    def dispose_all(self, made: Iterable[Review], *, now: dt.datetime) -> list[Recorded | ReviewRefused]:
        """Record decisions in one transaction, in their order; each comes back as recorded, or with why it was refused.

        Raises:
            StoreError: if the store cannot be written; then none is recorded.
        """
        done: list[Recorded | ReviewRefused] = []
        moment = reviews.instant(now)
        with self._writing() as connection:
            for review in made:
                try:
                    done.append(reviews.record(connection, review, moment))
                except ReviewRefused as refused:
                    done.append(refused)
        return done

    def dispositions(
        self, *, query_hash: str | None = None, list_id: str | None = None, entry_id: str | None = None, date: dt.date | None = None
    ) -> tuple[Judged, ...]:
        """Return all decisions, or those on a query or an entry, in the order they were made, with what became of each.

        Args:
            query_hash: of the party asked about.
            list_id: the list.
            entry_id: the key of the entry on it.
            date: the day for which they should hold; the last copy of each list if left out.
        """
        with self._reading() as connection:
            hashes = None if query_hash is None else [query_hash]
            made = reviews.decisions(connection, query_hashes=hashes, list_id=list_id, entry_id=entry_id)
            return reviews.judged(connection, made, date)

    def standing_dispositions(
        self, query_hashes: Collection[str], *, date: dt.date | None = None
    ) -> dict[tuple[str, str, str], Disposition]:
        """Return the decisions on queries that hold, by query hash, list and entry id.

        Args:
            query_hashes: of the parties asked about.
            date: the day for which they should hold; the last copy of each list if left out.
        """
        with self._reading() as connection:
            return reviews.standing(connection, query_hashes, date)

    @contextmanager
    def watch(self, *, write: bool = False) -> Iterator[WatchRoom]:
        """Open what the watch keeps, within one transaction: all that is written stays, or nothing of it.

        Raises:
            StoreError: if the store cannot be read or written.
        """
        with self._writing() if write else self._reading() as connection:
            yield WatchRoom(connection)

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Hold a lock on a long piece of work, so that two programs do not do it at once; it goes with the program, however that ends.

        Args:
            what: names the work, in a word.

        Raises:
            StoreError: if another program holds the lock.
        """
        with one_at_a_time(self._engine, self.where, what):
            yield

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        """One view of the store for all that is read, whoever writes meanwhile."""
        engine = self._engine
        if engine.dialect.name == "postgresql":
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with clear_errors(self.where), engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """A transaction of the one writer; nothing of it stays if it does not come to its end."""
        with clear_errors(self.where), self._engine.connect().execution_options(write=True) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            yield connection


def _copy_by(held: tuple[Snapshot, ...], list_id: str, date: dt.date | None) -> Snapshot:
    """Return the last copy not later than a day, the last of all without one."""
    found = next((s for s in reversed(held) if date is None or s.data_date <= date), None)
    if found is None:
        what = f"no copy of {date} or before; the first is of {held[0].data_date}" if held else "no copy of this list; import or pull one"
        raise StoreError(f"{list_id}: the store holds {what}")
    return found
