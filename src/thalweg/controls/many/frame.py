"""Decide the rows of a frame, chunk by chunk."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from weakref import WeakKeyDictionary

import polars as pl

from thalweg.controls.many.decider import Decider
from thalweg.controls.many.rows import check_columns
from thalweg.controls.many.single import ANSWER_SCHEMA
from thalweg.controls.many.stale import said
from thalweg.controls.program import Rulebook
from thalweg.evidence import OPEN_END

_CHUNK: Final = 131_072
_DECIDERS: WeakKeyDictionary[Rulebook, dict[int, Decider]] = WeakKeyDictionary()


def decide_many(book: Rulebook, frame: pl.DataFrame, *, known_on: dt.date | None = None, chunk: int = _CHUNK) -> pl.DataFrame:
    """Decide every row; a bad row gets its error and null answers.

    Args:
        book: the rulebook of a pack.
        frame: one transaction a row (docs/reference/batch-columns.md).
        known_on: leave out what was published after this day.
        chunk: how many rows are encoded at a time.

    Raises:
        BadInput: if a column is unknown, or date or to is missing.
    """
    check_columns(frame.columns)
    frame = _within_calendar(frame)
    seen = OPEN_END if known_on is None else known_on.toordinal()
    decider = _DECIDERS.setdefault(book, {}).get(seen)
    if decider is None:
        decider = _DECIDERS[book][seen] = Decider(book, known_on)
    with _without_collection():
        parts = list(decider.decide(iter(frame.iter_slices(chunk))))
    return said(book.pack, frame["date"], pl.concat(parts), seen) if parts else pl.DataFrame(schema=ANSWER_SCHEMA)


def _within_calendar(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn columns with days that no calendar has into text, so that the rows that hold them are refused by name."""
    for name, kind in frame.schema.items():
        if kind in (pl.Date, pl.Datetime):
            days = frame[name].cast(pl.Date)
            if not days.drop_nulls().is_between(dt.date.min, dt.date.max).all():
                frame = frame.with_columns(pl.col(name).cast(pl.String))
    return frame


@contextmanager
def _without_collection() -> Iterator[None]:
    """Pause the search for reference cycles: answers leave none behind, and it would walk over every answer kept."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
