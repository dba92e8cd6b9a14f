"""Parties, and pairs of names, from files: each line with its answer, a bad one with what is wrong."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from thalweg.desk.records import Line, kind_of, read_records
from thalweg.desk.screen import compare_names, screen_records
from thalweg.evidence import BadInput
from thalweg.parties.query import FIELDS

if TYPE_CHECKING:
    from thalweg.parties.model import Hits, NameMatch

_PARTY: Final = "a party is an object with a name and what else is known of it"
_COLUMNS: Final = tuple(f for f in FIELDS if f != "names")
_PAIR: Final = ("name1", "name2", "schema")


def answers(source: TextIO, path: str, **options: Any) -> Iterator[tuple[Line, Hits | None, str]]:
    """Yield each line of a file of parties with its hits, or with what was wrong; see :func:`thalweg.desk.screen.screen_records`.

    Raises:
        BadInput: if the file as a whole, an option or a list cannot be read.
        StoreError: if no files of lists are named and there is no store.
    """
    yield from _answered(read_records(source, kind_of(path), known=_COLUMNS, needed=("name",), what=_PARTY), options)


def table_answers(path: str | Path, **options: Any) -> Iterator[tuple[Line, Hits | None, str]]:
    """Yield each row of a Parquet file of parties with its hits, or with what was wrong; as :func:`answers`, with rows counted from 1.

    Raises:
        BadInput: if the file cannot be read as Parquet, has a column that is not one of a party, an option is wrong, or a list is.
        StoreError: if no files of lists are named and there is no store.
    """
    yield from _answered(_rows(Path(path)), options)


def _rows(path: Path) -> Iterator[Line]:
    import polars as pl

    from thalweg.parties.many import check_columns

    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadInput(f"is not a Parquet file that can be read: {str(error).splitlines()[0][:200]}") from None
    check_columns(frame.columns)
    for number, row in enumerate(frame.iter_rows(named=True), 1):
        yield Line(number, {c: v.isoformat() if isinstance(v, dt.date) else v for c, v in row.items() if v not in (None, "")})


def _answered(found: Iterator[Line], options: dict[str, Any]) -> Iterator[tuple[Line, Hits | None, str]]:
    lines: deque[Line] = deque()

    def records() -> Iterator[dict[str, Any]]:
        for line in found:
            lines.append(line)
            yield {} if line.record is None else line.record

    for asked, hits in screen_records(records(), **options):
        line = lines.popleft()
        yield line, hits, line.error or asked.error


def compared(source: TextIO, *, pack: str | Path | None = None) -> Iterator[tuple[Line, NameMatch | None, str]]:
    """Yield each row of a CSV file of pairs with its comparison, or with what was wrong.

    Raises:
        BadInput: if the file as a whole cannot be read.
    """
    for line in read_records(source, "csv", known=_PAIR, needed=_PAIR[:2], what=""):
        if line.record is None:
            yield line, None, line.error
            continue
        try:
            row = line.record
            yield line, compare_names(row.get("name1", ""), row.get("name2", ""), kind=row.get("schema", ""), pack=pack), ""
        except BadInput as error:
            yield line, None, str(error)
