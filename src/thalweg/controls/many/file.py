"""Files of transactions, decided in chunks: Parquet or CSV in, Parquet out, in bounded memory."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import polars as pl

from thalweg.controls.many.frame import decide_many
from thalweg.controls.many.single import ANSWER_SCHEMA
from thalweg.controls.program import Rulebook
from thalweg.evidence import BadInput

ROWS: Final = 524_288
"""Rows that are held at a time."""


def decide_file(
    book: Rulebook,
    source: str | Path,
    sink: str | Path,
    *,
    known_on: dt.date | None = None,
    progress: Callable[[int], None] | None = None,
    rows: int = ROWS,
) -> tuple[int, int]:
    """Decide every row of a Parquet or CSV file into a Parquet file, row for row; the sink appears when it is whole.

    Args:
        book: the rulebook of a pack.
        source: a ``.parquet`` or ``.csv`` file with the batch columns.
        sink: the Parquet file to write.
        known_on: leave out what was published after this day.
        progress: called with the number of rows done so far.
        rows: how many rows are held at a time.

    Returns:
        the number of rows, and how many of them were refused (their ``error`` says why).

    Raises:
        BadInput: if the source cannot be read, a column is unknown, or the sink is the source or cannot be written.
    """
    target = Path(sink)
    if target.is_dir() or (target.exists() and target.samefile(source)):
        message = f"{target}: {'is a folder' if target.is_dir() else 'is the file to decide'}; name another file for the answers"
        raise BadInput(message)
    done, refused = 0, 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
            parts: list[Path] = []  # each is written before the next is decided, so that answers never queue up
            for frame in _frames(Path(source), rows):
                answers = decide_many(book, frame, known_on=known_on)
                done += answers.height
                refused += answers.height - answers["error"].null_count()
                parts.append(Path(folder) / f"{len(parts):06}.parquet")
                answers.write_parquet(parts[-1])
                if progress is not None:
                    progress(done)
            whole = Path(folder) / "answers.parquet"
            answered = pl.scan_parquet(parts) if parts else pl.LazyFrame(schema=ANSWER_SCHEMA)
            answered.sink_parquet(whole)
            whole.replace(target)
    except (OSError, pl.exceptions.PolarsError) as error:
        message = f"{target}: cannot be written: {getattr(error, 'strerror', None) or str(error).splitlines()[0]}"
        raise BadInput(message) from None
    return done, refused


def _frames(source: Path, rows: int) -> Iterator[pl.DataFrame]:
    """Yield a file in frames of bounded height.

    Raises:
        BadInput: if it cannot be read.
    """
    if not source.is_file():
        message = f"{source}: there is no such file; a table is decided from a .parquet or .csv file"
        raise BadInput(message)
    try:
        if source.suffix.lower() == ".csv":
            yield from pl.scan_csv(source, infer_schema=False).collect_batches(chunk_size=rows, maintain_order=True)
        else:
            table = pl.scan_parquet(source)  # a slice at a time: batches would be read ahead of the answers
            for start in range(0, table.select(pl.len()).collect().item(), rows):
                yield table.slice(start, rows).collect()
    except pl.exceptions.PolarsError as error:
        message = f"{source}: {str(error).splitlines()[0]}"
        raise BadInput(message) from None
