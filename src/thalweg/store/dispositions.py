"""Reviewers' decisions, kept in the order they were made; none is changed or deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final, get_args

import sqlalchemy as sa

from thalweg.evidence.text import visible
from thalweg.store.model import Decision, Disposition, StoreError
from thalweg.store.tables import dispositions

_COLUMNS: Final = [dispositions.c[name] for name in Disposition.__slots__]


def instant(when: dt.datetime) -> str:
    """Return an instant in UTC, in ISO form, to the second.

    Raises:
        StoreError: if the instant has no time zone.
    """
    if when.tzinfo is None:
        raise StoreError(f"{when.isoformat()}: an instant needs its time zone")
    return when.astimezone(dt.UTC).isoformat(timespec="seconds")


def record(connection: sa.Connection, made: Disposition) -> None:
    """Add a decision.

    Raises:
        StoreError: if it is not one, or who decided and why is missing.
    """
    if made.decision not in get_args(Decision):
        raise StoreError(f"{made.decision!r}: a decision is one of {', '.join(get_args(Decision))}")
    for field, value in (("who", made.who), ("reason", made.reason), ("query", made.query), ("entry_id", made.entry_id)):
        if not value.strip():
            raise StoreError(f"{field}: is empty; a decision says who decided on what, and why")
    values = {name: visible(getattr(made, name), keep="\n\t" if name == "reason" else "") for name in Disposition.__slots__}
    connection.execute(dispositions.insert().values(values))


def decisions(
    connection: sa.Connection, *, query: str | None = None, list_id: str | None = None, entry_id: str | None = None
) -> tuple[Disposition, ...]:
    """Return decisions in the order they were made."""
    asked = sa.select(*_COLUMNS).order_by(dispositions.c.id)
    for column, value in ((dispositions.c.query, query), (dispositions.c.list, list_id), (dispositions.c.entry_id, entry_id)):
        if value is not None:
            asked = asked.where(column == value)
    return tuple(Disposition(*row) for row in connection.execute(asked))


def latest(made: Iterable[Disposition]) -> dict[tuple[str, str, str], Disposition]:
    """Return the last decision on each query, list and entry id."""
    return {(d.query, d.list, d.entry_id): d for d in made}
