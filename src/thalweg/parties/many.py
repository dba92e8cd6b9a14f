"""Screening many parties: a frame of names in, a frame of hits out; and after lists change, only what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.listing import ListEntry
from thalweg.parties.index import Index, build
from thalweg.parties.levels import Model
from thalweg.parties.model import Hit, Hits, Level
from thalweg.parties.name import Reader
from thalweg.parties.query import FIELDS, Query, day_of, party
from thalweg.parties.screen import LIMIT, screen_each

if TYPE_CHECKING:
    import polars as pl

Country = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One row: its number, its id, the query and its day, or what was wrong."""

    row: int
    id: str | None
    name: str
    query: Query | None
    date: dt.date | None = None
    error: str = ""


def read_rows(rows: Iterable[Mapping[str, Any]], *, date: dt.date | None = None, country: Country | None = None) -> Iterator[Asked]:
    """Read rows as queries; a row that cannot be read says why."""
    for number, row in enumerate(rows):
        stated = {k: v for k, v in row.items() if v is not None and v != ""}
        own = stated.get("id")
        identity = None if own is None else str(own)
        name = str(stated.get("name") or "")
        try:
            yield Asked(number, identity, name, party(stated, country), day_of(stated, date))
        except BadInput as error:
            yield Asked(number, identity, name, None, error=str(error))


def screen_many(
    index: Index,
    frame: pl.DataFrame,
    model: Model,
    *,
    date: dt.date | None = None,
    min_level: Level = "possible",
    limit: int = LIMIT,
    country: Country | None = None,
) -> pl.DataFrame:
    """Screen a frame of parties.

    Args:
        index: the listed names.
        frame: a row a party, with the columns of a query (`name` and what else is known).
        model: weights and cuts.
        date: the day for rows that state none.
        min_level: leave out hits below it.
        limit: at most so many hits a row.
        country: gives the code of a country by its name.

    Returns:
        A row a hit, in the order of the rows of the frame (`row`, from 0); a row with `error` for one that could not be read.

    Raises:
        BadInput: if the frame has no column `name`, or one that is not known.
    """
    check_columns(frame.columns)
    asked = list(read_rows(frame.iter_rows(named=True), date=date, country=country))
    good = [a for a in asked if a.query is not None]
    queries, dates = [a.query for a in good if a.query is not None], [a.date for a in good]
    found = screen_each(index, queries, model, dates=dates, min_level=min_level, limit=limit)
    return hits_frame((a, None if a.query is None else next(found)) for a in asked)


def hits_frame(answers: Iterable[tuple[Asked, Hits | None]]) -> pl.DataFrame:
    """Return answers as a frame: a row a hit, and a row with `error` for what could not be read."""
    rows: list[dict[str, Any]] = []
    for one, hits in answers:
        if hits is None:
            rows.append({"row": one.row, "id": one.id, "query": one.name, "error": one.error})
        else:
            rows.extend(_row(one, hit) for hit in hits)
    return _frame(rows)


def check_columns(columns: Sequence[str]) -> None:
    """Refuse a table that names are not to be read from.

    Raises:
        BadInput: with the column and those that are known.
    """
    if unknown := [c for c in columns if c not in FIELDS]:
        raise BadInput(f"unknown column {unknown[0]!r}; known are {', '.join(FIELDS)}")
    if "name" not in columns and "names" not in columns:
        raise BadInput("the column 'name' is missing")


def _row(one: Asked, hit: Hit) -> dict[str, Any]:
    return {
        "row": one.row,
        "id": one.id,
        "query": one.name,
        "list": hit.list,
        "entry_id": hit.entry_id,
        "name": hit.name,
        "matched_name": hit.matched_name,
        "score": hit.score,
        "level": hit.level,
        "why": hit.why,
        "countries": hit.countries,
        "listed_on": hit.listed_on,
    }


def _frame(rows: Sequence[Mapping[str, Any]], *, change: bool = False) -> pl.DataFrame:
    import polars as pl

    text = pl.String()
    schema: dict[str, Any] = {
        "row": pl.Int64(),
        "id": text,
        "query": text,
        **({"change": text} if change else {}),
        "list": text,
        "entry_id": text,
        "name": text,
        "matched_name": text,
        "score": pl.Float64(),
        "level": text,
        "why": pl.List(text),
        "countries": pl.List(text),
        "listed_on": pl.Date(),
        "error": text,
    }
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)


# ---------------------------------------------------------------- after lists changed


def rescreen_many(
    before: Iterable[ListEntry],
    after: Iterable[ListEntry],
    frame: pl.DataFrame,
    reader: Reader,
    model: Model,
    *,
    min_level: Level = "possible",
    country: Country | None = None,
) -> pl.DataFrame:
    """Screen a frame of parties against what changed between two states of lists alone.

    A score depends on the query and the entry and on nothing else, so that entries which did not change cannot have other hits.

    Returns:
        The frame of :func:`screen_many` with a column `change`: `new` for a hit that was none before, `cleared` for one that is none any
        more, `changed` for one of another level. Scores and reasons are those of the state after, and for cleared hits of the state before.
    """
    check_columns(frame.columns)
    gone, come = changed_entries(before, after)
    asked = list(read_rows(frame.iter_rows(named=True), country=country))
    good = [a for a in asked if a.query is not None]
    queries, dates = [a.query for a in good if a.query is not None], [a.date for a in good]
    rows: list[dict[str, Any]] = [{"row": a.row, "id": a.id, "query": a.name, "error": a.error} for a in asked if a.query is None]
    pairs = [screen_each(build(entries, reader), queries, model, dates=dates, min_level=min_level, limit=EVERY) for entries in (gone, come)]
    for one, was, now in zip(good, *pairs, strict=True):
        rows.extend({**_row(one, hit), "change": change} for change, hit in _changes(was, now))
    rows.sort(key=lambda r: r["row"])
    return _frame(rows, change=True)


EVERY: Final = 1_000_000
"""No limit: a hit that a limit left out would read as cleared."""


def changed_entries(before: Iterable[ListEntry], after: Iterable[ListEntry]) -> tuple[list[ListEntry], list[ListEntry]]:
    """Return the entries that are not in both states as they stand: those of the state before, and those of the state after."""
    old = {(e.list, e.entry_id): e for e in before}
    new = {(e.list, e.entry_id): e for e in after}
    return [e for k, e in old.items() if new.get(k) != e], [e for k, e in new.items() if old.get(k) != e]


def _changes(was: Hits, now: Hits) -> Iterator[tuple[str, Hit]]:
    old = {(h.list, h.entry_id): h for h in was}
    for hit in now:
        before = old.pop((hit.list, hit.entry_id), None)
        if before is None:
            yield "new", hit
        elif before.level != hit.level:
            yield "changed", hit
    for hit in old.values():
        yield "cleared", hit
