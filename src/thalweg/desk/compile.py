"""The rules as a SQL script, and transactions as the tables that the script reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from thalweg.controls.decide import rulebook
from thalweg.desk.packs import Overlays, the_pack
from thalweg.evidence import BadInput, parse_date
from thalweg.pack.files import write_atomically

if TYPE_CHECKING:
    from thalweg.controls.sql import Tables


def compile_rules(
    dialect: str,
    *,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    parameters: Mapping[str, Any] | None = None,
    known_on: str | dt.date | None = None,
) -> str:
    """Compile the rules to one SQL script.

    Args:
        dialect: duckdb, postgres, spark, snowflake or bigquery.
        pack: a knowledge folder; the embedded pack if left out.
        overlays: drafts by id, or overlay folders, laid in order.
        parameters: values for parameters that the overlays declare.
        known_on: leave out what was published after this day.

    Raises:
        BadInput: for another dialect.
    """
    from thalweg.controls.sql import compile_sql

    seen = None if known_on is None else parse_date(known_on, field="known_on")
    return compile_sql(rulebook(the_pack(pack, overlays, parameters)), dialect, known_on=seen)


def facts_frame(
    transactions: Iterable[Mapping[str, Any]],
    *,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    parameters: Mapping[str, Any] | None = None,
) -> Tables:
    """Gather the facts of transactions into Polars frames ``transactions``, ``parties`` and ``components``, which the script reads.

    Raises:
        BadInput: if a transaction cannot be read, or two have the same id.
    """
    from thalweg.controls.sql import facts_frame as gather

    return gather(rulebook(the_pack(pack, overlays, parameters)), transactions)


def write_facts(
    source: TextIO,
    kind: str,
    folder: Path,
    *,
    pack: Path | None = None,
    overlays: Overlays = (),
    parameters: Mapping[str, Any] | None = None,
) -> tuple[list[Path], list[str]]:
    """Write the facts of a file of transactions as three CSV files; return their paths, and what was wrong with each line left out.

    An empty cell is NULL; an empty text stands in quotes. A transaction without an id gets the number of its line.

    Raises:
        BadInput: if the file as a whole cannot be read, or the folder cannot be written to.
    """
    from thalweg.controls.sql import facts_frame as gather
    from thalweg.desk.lines import read_lines

    errors: list[str] = []
    numbers: list[int] = []

    def good() -> Iterator[dict[str, Any]]:
        for line in read_lines(source, kind):
            if line.transaction is None:
                errors.append(f"line {line.number}: {line.error}")
            else:
                numbers.append(line.number)
                yield {**line.transaction, "id": line.transaction.get("id", str(line.number))}

    def refused(error: BadInput) -> None:
        errors.append(f"line {numbers[-1]}: {error}")

    written = []
    for name, table in gather(rulebook(the_pack(pack, overlays, parameters)), good(), refused=refused)._asdict().items():
        path = folder / f"{name}.csv"
        write_text(table.write_csv(), path)
        written.append(path)
    return written, errors


def write_text(text: str, path: Path) -> None:
    """Write a file so that a reader sees the old one or the new.

    Raises:
        BadInput: if the file cannot be written.
    """
    try:
        write_atomically(path, text.encode())
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}") from None


def dialects() -> tuple[str, ...]:
    """Return the dialects that rules compile to."""
    from thalweg.controls.sql.dialects import DIALECTS

    return DIALECTS
