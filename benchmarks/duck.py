"""The batch against DuckDB running the compiled rules: the same rows, in one process, on two threads each.

DuckDB's tables are in memory and typed. Gathering the facts and compiling the script are not timed:
DuckDB starts from facts, the batch from names.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import duckdb
import polars as pl

from benchmarks.rows import frame
from thalweg.controls.many import decide_many
from thalweg.controls.many.rows import from_columns
from thalweg.controls.program import Rulebook
from thalweg.controls.sql import compile_sql, facts_frame

THREADS = 2
OUTCOMES = "SELECT transaction_id, outcome, codified_outcome FROM thalweg_outcomes"


class Measured(NamedTuple):
    """Rows a second of the batch the first time, of the batch again and of DuckDB (best of three), and the share that SQL determines."""

    first: float
    batch: float
    duckdb: float
    determined: float


def loaded(book: Rulebook, rows: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    """Return a database in memory that holds the compiled rules and the facts of the rows."""
    base = duckdb.connect(config={"threads": THREADS})
    base.execute(compile_sql(book, "duckdb"))
    tables = facts_frame(book, (from_columns(row) for row in rows.iter_rows(named=True)))
    for name, table in tables._asdict().items():
        base.register("loading", table.to_arrow())
        base.execute(f"INSERT INTO {name} BY NAME SELECT * FROM loading")  # noqa: S608  (a name of ours)
        base.unregister("loading")
    return base


def equal_where_determined(found: pl.DataFrame, answers: pl.DataFrame) -> tuple[int, int]:
    """Hold SQL to the engine row by row; return how many rows are determined on both axes, and how many there are."""
    found = found.sort(pl.col("transaction_id").cast(pl.Int64))
    determined = 0
    for sql, ours in zip(found.iter_rows(named=True), answers.iter_rows(named=True), strict=True):
        for axis in ("outcome", "codified_outcome"):
            assert sql[axis] in ("undetermined", ours[axis]), (sql, ours)
        determined += "undetermined" not in (sql["outcome"], sql["codified_outcome"])
    return determined, found.height


def measure(book: Rulebook, height: int) -> Measured:
    """Time both in turn, three times each, after the rows have been decided once."""
    rows = frame(book, height)
    base = loaded(book, rows)
    started = time.perf_counter()
    answers = decide_many(Rulebook(book.pack), rows)
    first = time.perf_counter() - started
    decide_many(book, rows)
    ours, theirs = [], []
    for _ in range(3):
        started = time.perf_counter()
        answers = decide_many(book, rows)
        ours.append(time.perf_counter() - started)
        started = time.perf_counter()
        found = pl.DataFrame(base.sql(OUTCOMES).to_arrow_table())
        theirs.append(time.perf_counter() - started)
    determined, total = equal_where_determined(found, answers)
    return Measured(height / first, height / min(ours), height / min(theirs), determined / total)
