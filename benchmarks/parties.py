"""Screening beside its aims: how well names are told apart, what errors do to recall, and how fast it is.

`python -m benchmarks.parties --data ../shared/data --cases ../shared/cases`. The peer: logic-v2 of nomenklatura, which needs ICU and other
versions of some libraries: make an environment of its own (`python -m venv peer && peer/bin/pip install nomenklatura`) and name its
interpreter in THALWEG_PEER_PYTHON. Without it the rows that compare say so.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import parties_data as pd
from benchmarks.parties_fit import gather
from benchmarks.parties_noise import letters, noisy
from benchmarks.parties_quality import ask_peer, bootstrap, chinese, peer_scores, splits, wilson
from thalweg.desk.lasting import lasting
from thalweg.desk.screen import index_of, screen_records
from thalweg.desk.workers import PART, Workers
from thalweg.parties.index import WEAK_ALIAS, Index
from thalweg.parties.levels import model
from thalweg.parties.many import read_rows
from thalweg.parties.query import Query
from thalweg.parties.recall import candidates
from thalweg.parties.screen import LIMIT, screen, screen_each

Row = tuple[str, str, str, bool | None]
"""What, aim, measured, and whether the aim is met; None where there is no aim."""


def quality(data: Path, cases: Path, known: Index, count: int) -> list[Row]:
    found = gather(data)
    peer = peer_scores(data)
    halves = splits(found, peer, count)
    ours = float(np.mean(halves.ours))
    rows: list[Row] = [(f"F1 on labelled pairs, mean of {count} two-fold splits", ">= 0.84", f"{ours:.3f}", ours >= 0.84)]
    if peer is None:
        rows.append(("the same, logic-v2", "", "peer not installed", None))
    else:
        low, high = bootstrap(found, halves)
        rows.append(("the same, logic-v2", "", f"{np.mean(halves.peers):.3f}", None))
        rows.append(("difference, 95% of a paired bootstrap", "above 0", f"{low:+.3f} to {high:+.3f}", low > 0))
    for kind, aim in (("persons", 0.04), ("companies", 0.02)):
        name = next(k for k in halves.alarms if kind[:4] in k or k.endswith(kind))
        share, held = float(np.mean(halves.alarms[name])), halves.held[name]
        low, high = wilson(share, held)
        shown = f"{share:.1%} ({low:.1%} to {high:.1%}, {held} names)"
        rows.append((f"false alarms, {name}, each name on the half not fitted on", f"< {aim:.0%}", shown, share < aim))
    for label, aliases in (("with the alias table", True), ("without it", False)):
        first, wrong = chinese(cases / "chinese_names.csv", known, aliases=aliases)
        met = (first >= 0.9 and not wrong) if aliases else None
        rows.append(
            (f"Chinese names, accepted entry first, {label}", ">= 90%" if aliases else "", f"{first:.0%}; unlisted hit: {len(wrong)}", met)
        )
    return rows


def recall(known: Index, sample: int | None, seed: int = 3) -> list[Row]:
    """Ask for listed names with errors in them; names that the issuer calls weak are left out."""
    draw = random.Random(seed)  # noqa: S311  (a sample, not a secret)
    numbers = [n for n in range(len(known.names)) if known.standing[n] != WEAK_ALIAS and not known.vias.get(n)]
    if sample:
        numbers = draw.sample(numbers, min(sample, len(numbers)))
    found = {True: [0, 0], False: [0, 0]}
    for number in numbers:
        name = known.name(number)
        text, done = noisy(name, draw)
        if not done:
            continue
        entry = known.entries[known.entry_of[number]]
        hits = screen(known, Query((text,), type=entry.type), model(), min_level="weak", limit=10)
        counts = found[letters(name) >= 9]
        counts[0] += any((h.list.partition(":")[0], h.entry_id) == (entry.list, entry.entry_id) for h in hits)
        counts[1] += 1
    (hit, asked), (short_hit, short_asked) = found[True], found[False]
    return [
        (
            f"in the top 10 with one or two errors, {asked:,} names of 9 letters or more",
            ">= 99.5%",
            f"{hit / asked:.2%}",
            hit / asked >= 0.995,
        ),
        (f"the same, {short_asked:,} shorter names", "", f"{short_hit / max(short_asked, 1):.2%}", None),
    ]


def queries(data: Path, known: Index, count: int, seed: int = 4) -> list[str]:
    """Return names, half of them listed with errors, half unlisted."""
    draw = random.Random(seed)  # noqa: S311  (a sample, not a secret)
    listed = [noisy(known.name(n), draw)[0] for n in draw.sample(range(len(known.names)), count // 2)]
    unlisted = pd.persons(data) + pd.companies(data)
    both = listed + [draw.choice(unlisted) for _ in range(count - len(listed))]
    draw.shuffle(both)
    return both


def speed(data: Path, known: Index, count: int) -> list[Row]:
    names = queries(data, known, count)
    times = []
    for name in names[: min(count, 2000)]:
        started = time.perf_counter()
        screen(known, Query((name,)), model())
        times.append((time.perf_counter() - started) * 1000)
    p50, p99 = np.quantile(times, [0.5, 0.99])
    lists = [data / pd.LIST]
    list(screen_records([{"name": n} for n in names[:4]], lists=lists))  # the index is built before the clock starts
    started = time.perf_counter()
    answered = sum(1 for _ in screen_records(({"name": n} for n in names), lists=lists, workers=2))
    whole = answered / (time.perf_counter() - started)
    after = _after_start(known, names)
    return [
        ("one query with its explanation, median", "<= 2 ms", f"{p50:.2f} ms", p50 <= 2),
        ("one query with its explanation, 99th percentile", "<= 5 ms", f"{p99:.2f} ms", p99 <= 5),
        (f"batch of {len(names):,} names on two processes", ">= 3,000/s", f"{after:,.0f}/s", after >= 3000),
        ("the same, the start of the second process included", "", f"{whole:,.0f}/s", None),
        _against_peer(known, names[:500]),
    ]


def _after_start(known: Index, names: Sequence[str]) -> float:
    """Return names a second on two processes, from names as text to hits, once both have the index."""
    known.expanded.clear()
    known.expanded_joins.clear()
    with Workers(2) as pool:
        few = [Query((n,)) for n in ("Acme Trading", "Jane Doe") * PART]
        list(pool.screen_each(known, few, [None] * len(few), "possible", LIMIT))
        started = time.perf_counter()
        asked = [a.query for a in read_rows({"name": n} for n in names) if a.query is not None]
        list(pool.screen_each(known, asked, [None] * len(asked), "possible", LIMIT))
        return len(names) / (time.perf_counter() - started)


def _against_peer(known: Index, names: Sequence[str]) -> Row:
    """Score the same candidates of the same names, each on one process: ours with recall and explanation, the peer's the scores alone."""
    pairs: list[object] = []
    for name in names:
        for reading in islice(known.reader.read(name), 1):
            pairs.extend(["LegalEntity", name, known.names[n]] for n in candidates(known, reading)[0].tolist()[:50])
    asked = ask_peer(pairs)
    if asked is None:
        return ("batch against logic-v2 on the same candidates", ">= 20 times", "peer not installed", None)
    ours = []
    for _ in range(5):
        known.expanded.clear()
        known.expanded_joins.clear()
        started = time.perf_counter()
        list(screen_each(known, [Query((name,)) for name in names], model(), dates=[None] * len(names)))
        ours.append(time.perf_counter() - started)
    times = asked[1] / float(np.median(ours))
    return (f"batch against logic-v2 on the same {len(pairs):,} pairs, a process each", ">= 20 times", f"{times:,.1f} times", times >= 20)


def speed_alone(data: Path, count: int) -> list[Row]:
    """Return the rows of :func:`speed`, measured in a process that holds the index and nothing else, as a screening service does."""
    command = [sys.executable, "-m", "benchmarks.parties", "--speed", str(data), "--names", str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return [(what, aim, measured, met) for what, aim, measured, met in json.loads(done.stdout)]


def _speed(data: Path, count: int) -> None:
    with lasting():
        known = pd.index(pd.entries(data), dict(model().words))
    rows = speed(data, known, count)
    print(json.dumps([(what, aim, measured, None if met is None else bool(met)) for what, aim, measured, met in rows]))


def build_alone(data: Path) -> tuple[float, float]:
    """Return seconds to build the index and peak memory in MiB, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.parties", "--build", str(data)], check=True, capture_output=True, text=True)  # noqa: S603
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)


def _build(data: Path) -> None:
    from thalweg.desk.list_taking import lookups
    from thalweg.desk.packs import the_pack
    from thalweg.desk.screen import reader
    from thalweg.sources import read_lists

    copies = [(c, "") for c in read_lists(data / pd.LIST, lookups(the_pack()))]
    reader()
    started = time.perf_counter()
    index_of(copies)
    print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.parties", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cases", type=Path, default=Path("../shared/cases"))
    parser.add_argument("--sample", type=int, help="so many names for recall; all of the list if left out")
    parser.add_argument("--names", type=int, default=50_000, help="names of the batch")
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--speed", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        _build(options.build)
        return 0
    if options.speed:
        _speed(options.speed, options.names)
        return 0
    listed = pd.entries(options.data)
    known = pd.index(listed, dict(model().words))
    seconds, memory = build_alone(options.data)
    rows = quality(options.data, options.cases, known, options.splits)
    rows += recall(known, options.sample)
    rows += speed_alone(options.data, options.names)
    rows.append((f"index of {len(listed):,} entries, {len(known.names):,} names", "<= 3 s", f"{seconds:.2f} s", seconds <= 3))
    rows.append(("peak memory, the reading of the list included", "<= 400 MiB", f"{memory:.0f} MiB", memory <= 400))
    table = Table("what", "aim", "measured", "")
    for what, aim, measured, met in rows:
        table.add_row(what, aim, measured, "" if met is None else "pass" if met else "fail")
    Console(width=150).print(table)
    return 0 if all(met is not False for *_, met in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
