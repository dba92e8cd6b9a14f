"""Time the store on the screening list of the shared folder: `python -m benchmarks.lists [URL]`.

Reads the copies of two years, stores them, asks for every list as of two days and compares the Entity List; a store in a new file, or
in an empty database of PostgreSQL at URL.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thalweg.desk.lists import lookups
from thalweg.desk.packs import the_pack
from thalweg.sources import read_lists
from thalweg.store import open_store

FILES = Path(__file__).resolve().parents[2] / "shared" / "data" / "lists"
COPIES = ("csl_full_schema_2022-05-16.csv", "csl_2026-07-31.csv")


@contextmanager
def timed(what: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    print(f"{what:58} {time.perf_counter() - start:7.2f} s")


def main(where: str | Path) -> None:
    asked = lookups(the_pack())
    with timed("make the store"):
        open_store(where).close()
    with timed("open it again"):
        store = open_store(where)
    with store:
        for name in COPIES:
            with timed(f"read {name}"):
                copies = read_lists(FILES / name, asked)
            rows = sum(len(c.entries) for c in copies)
            with timed(f"store {rows:,} entries of {len(copies)} lists"):
                for copy in copies:
                    store.load(copy, taken_at=dt.datetime.now(dt.UTC), accept_size=True)
        with timed("store them once more (nothing changes)"):
            for copy in copies:
                store.load(copy, taken_at=dt.datetime.now(dt.UTC), accept_size=True)
        for day in (dt.date(2024, 6, 1), dt.date(2026, 8, 1)):
            with timed(f"every list as of {day}"):
                found = [store.as_of(i, day) for i in {s.list for s in store.snapshots()}]
            print(f"{'':4}{sum(len(a.copy.entries) for a in found):,} entries, {sum(a.coverage.unknown for a in found):,} of them unknown")
        with timed("compare the two copies of the Entity List"):
            diff = store.diff("entity_list")
        print(
            f"{'':4}{len(diff.added):,} added, {len(diff.removed):,} removed, {len(diff.renamed):,} renamed, {len(diff.changed):,} changed"
        )
    if isinstance(where, Path):
        print(
            f"{where.stat().st_size / 1e6:.1f} MB in the file; {sum((FILES / c).stat().st_size for c in COPIES) / 1e6:.1f} MB in the lists"
        )
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB at most in memory")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(sys.argv[1] if len(sys.argv) > 1 else Path(folder) / "store.db")
