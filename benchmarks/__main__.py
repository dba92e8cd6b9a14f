"""Print a table of what was measured against its target; exit 1 if a target is missed (not under --smoke)."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import duck, harvest, news, ownership, pages, scenario_verbs, scenarios, watch
from benchmarks.big import measure
from benchmarks.rows import frame, transactions
from thalweg.controls.decide import decide, rulebook
from thalweg.controls.many import decide_many
from thalweg.controls.program import Rulebook
from thalweg.pack import load_pack

Row = tuple[str, float | None, float, str, bool]
"""What, target if there is one, measured, unit, and whether less is better."""

H100 = ("--item", "NVIDIA H100 SXM", "--to", "CN", "--date", "2024-01-05")


def one_decision(book: Rulebook, count: int) -> list[Row]:
    """Time single decisions with their trace: of new transactions, after as many others, and of the same again."""
    for row in transactions(book, 2 * count, seed=1):
        decide(book, row)
    rows = transactions(book, count)
    (new, slow), (again, slow_again) = _timed(book, rows), _timed(book, rows)
    return [
        ("one decision with its trace, median", 1.0, again, "ms", True),
        ("one decision with its trace, 99th percentile", 3.0, slow_again, "ms", True),
        (f"one decision not met among {2 * count:,} others, median", None, new, "ms", True),
        (f"one decision not met among {2 * count:,} others, 99th percentile", None, slow, "ms", True),
    ]


def _timed(book: Rulebook, rows: list[dict[str, Any]]) -> tuple[float, float]:
    """Return median and 99th percentile in milliseconds."""
    times = []
    for row in rows:
        started = time.perf_counter()
        _ = decide(book, row).trace
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.99)]


def batch(book: Rulebook, height: int) -> list[Row]:
    """Time a frame twice: as it comes, and with its signatures known, as a second day of like rows finds them."""
    from benchmarks.zen_peer import rows_per_second

    rows = frame(book, height)
    rates = []
    for _ in range(2):
        started = time.perf_counter()
        answers = decide_many(book, rows)
        rates.append(height / (time.perf_counter() - started))
    assert answers["error"].null_count() == height
    peer, expressions = rows_per_second(book, transactions(book, 40))
    return [
        (f"batch of {height:,} rows, both outcomes, first time", None, rates[0], "rows/s", False),
        (f"batch of {height:,} rows, both outcomes, again", 150_000.0, rates[1], "rows/s", False),
        (f"the same again, against zen-engine ({expressions} expressions a row)", 50.0, rates[1] / peer, "times", False),
    ]


def in_duckdb(book: Rulebook, height: int) -> list[Row]:
    """Time the batch beside DuckDB on the compiled rules; they are equal wherever SQL determines an outcome."""
    found = duck.measure(book, height)
    print(f"DuckDB on the compiled rules: {found.duckdb:,.0f} rows/s of facts already gathered, the batch again: {found.batch:,.0f} rows/s")
    print(f"SQL determines both outcomes of {found.determined:.1%} of the rows, each as the engine does")
    return [
        ("the same again, against DuckDB on the compiled rules", 1.0, found.batch / found.duckdb, "times", False),
        ("the first time, against DuckDB on the compiled rules", None, found.first / found.duckdb, "times", False),
    ]


def big(rows: int) -> list[Row]:
    rate, memory = measure(rows)
    return [
        (f"{rows:,} rows, Parquet to Parquet, first time", 150_000.0, rate, "rows/s", False),
        (f"{rows:,} rows, Parquet to Parquet, peak memory", 2.0, memory, "GiB", True),
    ]


def owners(edges: int) -> list[Row]:
    """Time a file of holdings to the status of every party and the chains of those that are reached."""
    _, runs = ownership.measure(edges, repeats=3)
    return [(f"ownership of {edges:,} holdings, CSV to statuses and chains", 3.0, min(sum(r.values()) for r in runs), "s", True)]


def simulator(*, smoke: bool) -> list[Row]:
    """Time the scenario model and the studies on it."""
    model = scenarios.measure(200, 2_000, 20) if smoke else scenarios.measure()
    return model + [(*row, True) for row in scenario_verbs.measure(smoke=smoke)]


def watched(*, smoke: bool) -> list[Row]:
    """Time the watch: events out of clean text and of pages, a year of an official feed, and a store of many events."""
    from thalweg.watch.extract import load_lexicon

    items = [row for path in sorted(news.OWN.glob("*.jsonl")) for row in news.read_cases(path)]
    short, long = news.speed(items, load_lexicon(), 0.1 if smoke else 2.0)
    _, both, size, words = pages.measure(3 if smoke else pages.PAGES)
    year = harvest.measure(13_000 if smoke else harvest.SIZE)
    count = 300 if smoke else 100_000
    times = watch.measure(count)
    days = f"digest for a portfolio, {watch.DAYS:,} days back"
    wanted = len(year.ids) + year.missing
    return [
        ("short items, events extracted, one core", 200.0, short, "a second", False),
        ("articles of 1,000 words, events extracted, one core", 20.0, long, "a second", False),
        (f"pages of {size:.0f} kB and {words:,.0f} words, read and extracted, one core", 10.0, both, "a second", False),
        (
            "a year of the Federal Register, 5% of answers broken: documents once",
            float(wanted),
            float(len(year.ids) - year.twice),
            "",
            False,
        ),
        ("a year of the Federal Register, 5% of answers broken: time", None, year.seconds, "s", True),
        (f"digest of {count:,} events for a portfolio, 30 days back", 1.0, times["digest for a portfolio, 30 days back, again"], "s", True),
        (f"digest of {count:,} events for a portfolio, 5 years back, first", 1.0, times[f"{days}, first"], "s", True),
        (f"digest of {count:,} events for a portfolio, 5 years back, again", 1.0, times[f"{days}, again"], "s", True),
        ("calendar for a portfolio, 90 days", None, times["calendar for a portfolio, 90 days"], "s", True),
        (f"1,000 documents taken in, beside {count:,} events", None, times["take in 1,000 documents, an event each"], "s", True),
        (
            f"how far each source was read, after {count:,} pulls",
            None,
            times["how far each source was read, after as many pulls"],
            "s",
            True,
        ),
    ]


def command(label: str, target: float, *arguments: str) -> Row:
    times = []
    for _ in range(7):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "thalweg", *arguments], check=True, capture_output=True)  # noqa: S603
        times.append((time.perf_counter() - started) * 1000)
    return (label, target, statistics.median(times), "ms", True)


def table(rules: int, rows: list[Row]) -> bool:
    """Print the rows and say whether every target is met."""
    shown = Table("what", "target", "measured", "target met by", "", title=f"{rules} rules")
    met = True
    for label, target, measured, unit, less in rows:
        if target is None:
            shown.add_row(label, "", f"{measured:,.2f} {unit}")
            continue
        ratio = target / measured if less else measured / target
        met = met and ratio >= 1
        sign = "<=" if less else ">="
        verdict = "pass" if ratio >= 1 else "fail"
        shown.add_row(label, f"{sign} {target:,.0f} {unit}", f"{measured:,.2f} {unit}", f"{ratio:.2f} x", verdict)
    Console(width=130).print(shown)
    return met


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="few rows, and no failure for a missed target")
    parser.add_argument("--decisions", action="store_true", help="only single decisions, and the batch with its peers")
    parser.add_argument("--watch", action="store_true", help="only the watch: news, pages, a harvest, and a store of events")
    given = parser.parse_args()
    smoke = given.smoke
    if given.watch:
        return 0 if table(len(load_pack().rules), watched(smoke=smoke)) or smoke else 1
    book = rulebook(load_pack())
    rows = one_decision(book, 100 if smoke else 2000)
    rows.extend(batch(book, 2_000 if smoke else 500_000))
    rows.extend(in_duckdb(book, 2_000 if smoke else 500_000))
    if given.decisions:
        return 0 if table(len(book.pack.rules), rows) or smoke else 1
    rows.extend(big(5_000 if smoke else 10_000_000))
    rows.extend(owners(2_000 if smoke else 1_000_000))
    rows.extend(simulator(smoke=smoke))
    rows.extend(watched(smoke=smoke))
    rows.append(command("thalweg --help", 400.0, "--help"))
    rows.append(command("thalweg decide, cold", 800.0, "decide", *H100))
    met = table(len(book.pack.rules), rows)
    return 0 if met or smoke else 1


if __name__ == "__main__":
    sys.exit(main())
