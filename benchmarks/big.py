"""A file of millions of rows, Parquet to Parquet: rows a second and peak memory, in a process of its own.

`python -m benchmarks.big make FILE ROWS` writes the transactions, `python -m benchmarks.big decide FILE SINK` decides them.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from benchmarks.rows import frame
from thalweg.controls.decide import rulebook
from thalweg.controls.many import decide_file
from thalweg.pack import load_pack

PART = 500_000


def make(file: str, rows: int) -> None:
    book = rulebook(load_pack())

    def parts(*_: object) -> Iterator[pl.DataFrame]:
        for number, start in enumerate(range(0, rows, PART)):
            yield frame(book, min(PART, rows - start), seed=100 + number)

    register_io_source(parts, schema=frame(book, 1).schema).sink_parquet(file)


def decide(source: str, sink: str) -> None:
    book = rulebook(load_pack())
    started = time.perf_counter()
    rows, refused = decide_file(book, source, sink)
    seconds = time.perf_counter() - started
    print(rows, refused, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


def measure(rows: int) -> tuple[float, float]:
    """Return rows a second and peak memory in GiB."""
    with tempfile.TemporaryDirectory() as folder:
        source, sink = Path(folder) / "in.parquet", Path(folder) / "out.parquet"
        run = [sys.executable, "-m", "benchmarks.big"]
        subprocess.run([*run, "make", str(source), str(rows)], check=True)  # noqa: S603
        done = subprocess.run([*run, "decide", str(source), str(sink)], check=True, capture_output=True, text=True)  # noqa: S603
    count, refused, seconds, memory = done.stdout.split()
    assert (int(count), int(refused)) == (rows, 0)
    return rows / float(seconds), float(memory)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]))
    else:
        decide(sys.argv[2], sys.argv[3])
