"""Rows decided one at a time, as answers of a frame."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from thalweg.controls.decide import summarize
from thalweg.controls.many.rows import from_columns
from thalweg.controls.program import Rulebook
from thalweg.evidence import BadInput

Answer = tuple[Any, ...]
"""A row of a frame of answers, without its id; the last is the error of a row that is refused.

The one before it holds ids of rules until :func:`thalweg.controls.many.stale.said` has put the notices of its day in their place.
"""
ANSWER_SCHEMA: Final[dict[str, Any]] = {
    "id": pl.String,
    "outcome": pl.String,
    "codified_outcome": pl.String,
    "classification": pl.List(pl.String),
    "review_policy": pl.String,
    "possible_policies": pl.List(pl.String),
    "exceptions": pl.List(pl.String),
    "requirements": pl.List(pl.String),
    "missing_facts": pl.List(pl.String),
    "may_be_stale": pl.List(pl.String),
    "error": pl.String,
}
NO_ANSWER: Final[Answer] = (None,) * 10


class Single:
    """Decides rows one at a time by a rulebook, as it was known on a day."""

    def __init__(self, book: Rulebook, known_on: dt.date | None) -> None:
        self.book = book
        self.known_on = known_on

    def answers(self, rows: pl.DataFrame) -> list[Answer]:
        """Return the answer of each row."""
        return [self._answer(row) for row in rows.iter_rows(named=True)]

    def _answer(self, row: dict[str, Any]) -> Answer:
        try:
            return (*summarize(self.book, from_columns(row), known_on=self.known_on), None)
        except BadInput as error:
            return (*NO_ANSWER[:-1], str(error))


def table(answers: list[Answer]) -> pl.DataFrame:
    """Return answers as a frame, without ids."""
    return pl.DataFrame(answers, schema={k: v for k, v in ANSWER_SCHEMA.items() if k != "id"}, orient="row")
