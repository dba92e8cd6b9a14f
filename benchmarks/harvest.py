"""Harvest a year of the Federal Register from a server on this machine that has its limits and breaks one answer in twenty.

Run: python -m benchmarks.harvest
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from thalweg.sources import Patience
from thalweg.sources.archive import Archive
from thalweg.sources.caller import Caller
from thalweg.sources.news import NewsSource, pull

REPLAY = Path(__file__).parent.parent / "tests" / "sources" / "news" / "replay.py"
SIZE = 25_000
RUNS = ((1_000, 1), (1_000, 2), (100, 3))


def _replay() -> ModuleType:
    spec = importlib.util.spec_from_file_location("replay", REPLAY)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["replay"] = module
    spec.loader.exec_module(module)
    return module


class Harvested(NamedTuple):
    """What a harvest gave: documents by id, those that were missed, those that came twice, and how long it took."""

    ids: set[str]
    missing: int
    twice: int
    states: tuple[int, int]
    asked: int
    broken: int
    seconds: float
    kept: float


def measure(size: int = SIZE) -> Harvested:
    """Harvest a year of so many documents once, with the largest pages."""
    replay = _replay()
    return harvested(replay, replay.year(size), *RUNS[0])


def main() -> None:
    replay = _replay()
    rows = replay.year(SIZE)
    print(f"a year of {len(rows):,} documents under {len({r['document_number'] for r in rows}):,} numbers; one answer in twenty is broken")
    print(f"{'per page':>8} {'seed':>4} {'requests':>8} {'broken':>6} {'harvested':>9} {'missing':>7} {'twice':>5}", end=" ")
    print(f"{'corrects':>8} {'withdrawn':>9} {'s':>5} {'MB kept':>7}")
    for per_page, seed in RUNS:
        print(line(per_page, seed, harvested(replay, rows, per_page, seed)))


def line(per_page: int, seed: int, h: Harvested) -> str:
    """Return a line of the table."""
    return (
        f"{per_page:>8,} {seed:>4} {h.asked:>8,} {h.broken:>6} {len(h.ids):>9,} {h.missing:>7} {h.twice:>5} "
        f"{h.states[0]:>8} {h.states[1]:>9} {h.seconds:>5.1f} {h.kept:>7.1f}"
    )


def harvested(replay: ModuleType, rows: list[dict[str, object]], per_page: int, seed: int) -> Harvested:
    """Harvest once."""
    faults = replay.Faults(0.05, seed=seed)
    server = replay.Replay(replay.Register(rows, faults))
    source = NewsSource.model_validate(
        {"id": "register", "title": "Register", "client": "federal_register", "kind": "official", "address": server.url("/api/v1")}
        | {"cadence": "1 day", "stale_after": "5 days", "pause": 0, "options": {"per_page": per_page}}
    )
    patience = Patience(attempts=8, wait_initial=0.05, wait_max=1.0, jitter=0.0, timeout=10.0)
    with tempfile.TemporaryDirectory() as folder:
        caller = Caller("register", archive=Archive(Path(folder)), allow={server.host}, patience=patience)
        start = time.perf_counter()
        with caller:
            found = [d for b in pull(source, dt.date(2025, 1, 1), caller, until=dt.date(2025, 12, 31)) for d in b.documents]
        took = time.perf_counter() - start
        kept = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file()) / 1e6
    server.close()
    ids = {d.id for d in found}
    missing = len({f"register:{r['document_number']}:{r['publication_date']}" for r in rows} - ids)
    broken = sum(faults.counts.values())
    corrects, withdrawn = (sum(name in d.facts for d in found) for name in ("corrects", "withdrawn"))
    return Harvested(ids, missing, len(found) - len(ids), (corrects, withdrawn), len(server.asked), broken, took, kept)


if __name__ == "__main__":
    main()
