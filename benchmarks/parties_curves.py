"""Curves of screening: how well names are told apart at every threshold, and how long one query takes on lists up to a million names.

`OPENBLAS_NUM_THREADS=1 python -m benchmarks.parties_curves --data ../shared/data --write docs/assets` measures, writes the numbers as
CSV and draws them; `--only pairs`, `margin` or `latency` does a part, `--redraw` draws again from the CSV. Threads slow down the many
small products of the fit. Name an interpreter that has nomenklatura in THALWEG_PEER_PYTHON for the curve of logic-v2 (see
`benchmarks/parties_peer.py`).

Each pair and each unlisted name is scored by a model fitted on the other half, for each of some splits. Lists longer than the real one
hold made names beside it, see `made_names`.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import parties_data as pd
from benchmarks import parties_fit
from benchmarks.parties_fit import Data, Floats, Mask, best, calibrated, fit, gather, logits
from benchmarks.parties_pictures import ALARMS, DRAWN, LATENCY, LEVELS, MARGIN, PAIRS, picture, tables
from benchmarks.parties_quality import peer_scores, wilson
from thalweg.nouns.listing import ListEntry
from thalweg.parties.text import clean, words

ALONE = "possible, fitted on pairs alone"
GRID = np.round(np.arange(0.01, 1.0, 0.01), 2)
WHOLE = 0
"""Stands for the list as it is."""
SIZES = (1_000, 10_000, WHOLE, 100_000, 300_000, 1_000_000)


# ---------------------------------------------------------------- thresholds


class Held:
    """Scores of pairs and of unlisted names by models fitted on other halves: a row a split, and what reached each level there."""

    def __init__(self, data: Data, splits: int) -> None:
        """Fit on each half of each split, as :func:`benchmarks.parties_quality.splits` does."""
        rows = {"pairs": data.pairs.rows, **{k: u.rows for k, u in data.unlisted.items()}}
        size = {"pairs": len(data.pairs.match), **{k: len(u.names) for k, u in data.unlisted.items()}}
        self.scores = {k: np.zeros((splits, n)) for k, n in size.items()}
        self.reached = {level: {k: np.zeros((splits, n), np.bool_) for k, n in size.items()} for level in LEVELS}
        self.cuts: dict[str, list[float]] = {level: [] for level in LEVELS}
        for seed in range(splits):
            for fitted_on in _halves(data, seed):
                fitted = fit(data, fitted_on["pairs"], {k: fitted_on[k] for k in data.unlisted})
                slope, shift = calibrated(fitted, data, fitted_on["pairs"])
                for kind, own in fitted_on.items():
                    values = best(rows[kind], logits(rows[kind], fitted), size[kind])[~own]
                    self.scores[kind][seed, ~own] = _probability(slope * values + shift)
                    for level in LEVELS:
                        self.reached[level][kind][seed, ~own] = values >= getattr(fitted, level)
                for level in LEVELS:
                    self.cuts[level].append(float(_probability(np.array(slope * getattr(fitted, level) + shift))))


def _halves(data: Data, seed: int) -> Iterator[dict[str, Mask]]:
    draw = np.random.default_rng(seed)

    def half(size: int) -> Mask:
        return draw.permutation(np.arange(size) % 2 == 0)

    one = {"pairs": half(int(data.pairs.group.max()) + 1)[data.pairs.group]}
    one |= {k: half(len(u.names)) for k, u in data.unlisted.items()}
    yield one
    yield {k: ~m for k, m in one.items()}


def _probability(logit: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-np.clip(logit, -50, 50)))
    return found


def told_apart(truth: Mask, said: Mask) -> tuple[float, float]:
    """Return precision and recall, means over the rows of what was said; precision is 1 where nothing was."""
    hits = (said & truth).sum(axis=1)
    calls = said.sum(axis=1)
    return float(np.where(calls > 0, hits / np.maximum(calls, 1), 1).mean()), float((hits / truth.sum()).mean())


def pair_rows(data: Data, held: Held, peer: Floats | None) -> Iterator[dict[str, object]]:
    def row(who: str, level: str, threshold: float, said: Mask) -> dict[str, object]:
        precision, recall = told_apart(data.pairs.match, said)
        found = {"threshold": threshold, "precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)}
        return {"who": who, "pairs": len(data.pairs.match), "level": level, **found}

    for who, scores in (("thalweg", held.scores["pairs"]), *([] if peer is None else [("logic-v2", peer[None])])):
        for threshold in GRID:
            yield row(who, "", threshold, scores >= threshold)
    for level in LEVELS:
        yield row("thalweg", level, float(np.mean(held.cuts[level])), held.reached[level]["pairs"])


@contextmanager
def _pairs_alone() -> Iterator[None]:
    """Fit on labelled pairs alone, and cut where these are told apart best."""
    kept = {name: vars(parties_fit)[name] for name in ("SHARE", "FALSE_ALARMS")}
    vars(parties_fit).update(SHARE=dict.fromkeys(parties_fit.SHARE, 0.0), FALSE_ALARMS=dict.fromkeys(parties_fit.FALSE_ALARMS, 1.0))
    try:
        yield
    finally:
        vars(parties_fit).update(kept)


def alarm_rows(data: Data, held: Held, alone: Held) -> Iterator[dict[str, object]]:
    for kind, unlisted in data.unlisted.items():
        size = len(unlisted.names)

        def row(level: str, threshold: float, said: Mask, kind: str = kind, size: int = size) -> dict[str, object]:
            share = float(said.mean())
            low, high = wilson(share, size)
            return {"kind": kind, "names": size, "level": level, "threshold": threshold, "share": share, "low": max(low, 0), "high": high}

        for threshold in GRID:
            yield row("", threshold, held.scores[kind] >= threshold)
        for level in LEVELS:
            yield row(level, float(np.mean(held.cuts[level])), held.reached[level][kind])
        yield row(ALONE, float(np.mean(alone.cuts["possible"])), alone.reached["possible"][kind])


# ---------------------------------------------------------------- latency


def made_names(listed: Sequence[ListEntry], seed: int) -> Iterator[tuple[str, str]]:
    """Yield made names with their type: as many words as a listed name drawn at random, each from listed names of that type.

    A word is drawn from those that stand first, last or between, as often as it stands there. Now and then it is new: the
    beginning of one such word and the end of another. How often follows from how the words of the list grow with its names, and
    what is drawn counts as standing there from then on.
    """
    draw = random.Random(seed)  # noqa: S311  (names for a benchmark)
    shapes: list[tuple[str, int]] = []
    pools: dict[tuple[str, int], list[str]] = {}
    for entry in listed:
        for name in (entry.name, *entry.aliases):
            found = words(clean(name))
            if len(found) > 1:
                shapes.append((entry.type, len(found)))
                for place, word in enumerate(found):
                    pools.setdefault((entry.type, _place(place, len(found))), []).append(word)
    known = {word for pool in pools.values() for word in pool}
    power = _growth(listed, draw)
    said = sum(map(len, pools.values()))
    while True:
        kind, size = draw.choice(shapes)
        made: list[str] = []
        for place in range(size):
            pool = pools[kind, _place(place, size)]
            word = draw.choice(pool)
            if draw.random() < power * len(known) / said:
                other = draw.choice(pool)
                word = word[: max(2, len(word) // 2)] + other[len(other) // 2 :]
            pool.append(word)
            known.add(word)
            said += 1
            made.append(word)
        yield " ".join(made), kind


def _growth(listed: Sequence[ListEntry], draw: random.Random) -> float:
    """Return the power of the number of names by which their words grow, from half of the list to all of it."""
    names = [set(words(clean(name))) for entry in listed for name in (entry.name, *entry.aliases)]
    draw.shuffle(names)
    return math.log2(len(set[str]().union(*names)) / len(set[str]().union(*names[: len(names) // 2])))


def _place(place: int, size: int) -> int:
    return 0 if place == 0 else 2 if place == size - 1 else 1


def lengthened(listed: Sequence[ListEntry], size: int, seed: int = 6) -> list[ListEntry]:
    """Return entries with about so many names: some of the list, drawn at random, or the list and made names beside it."""
    if size == WHOLE:
        return list(listed)
    held: list[ListEntry] = []
    names = 0
    for entry in random.Random(seed).sample(listed, len(listed)):  # noqa: S311  (a sample, not a secret)
        if names >= size:
            return held
        held.append(entry)
        names += 1 + len(entry.aliases) + len(entry.weak_aliases)
    held = list(listed)
    for number, (name, kind) in zip(range(size - names), made_names(listed, seed), strict=False):
        held.append(ListEntry(list="made", entry_id=str(number), name=name, type=kind))  # type: ignore[arg-type]
    return held


def measured(data: Path, size: int, queries: int) -> dict[str, float]:
    """Return the times of one query on a list of so many names, how long its index took, and peak memory of this process."""
    from benchmarks.parties import queries as drawn
    from thalweg.parties.index import build
    from thalweg.parties.levels import model
    from thalweg.parties.query import Query
    from thalweg.parties.screen import screen

    entries = lengthened(pd.entries(data), size)
    read = pd.reader(dict(model().words))
    started = time.perf_counter()
    known = build(entries, read)
    built = time.perf_counter() - started
    for name in drawn(data, known, 20, seed=7):  # what is loaded with the first query
        screen(known, Query((name,)), model())
    times = []
    for name in drawn(data, known, queries):
        started, spent = time.perf_counter(), time.process_time()
        screen(known, Query((name,)), model())
        times.append(((time.perf_counter() - started) * 1000, (time.process_time() - spent) * 1000))
    (p50, cpu50), (p99, cpu99) = np.quantile(times, [0.5, 0.99], axis=0).tolist()
    return {
        "names": len(known.names),
        "entries": len(entries),
        "words": len(known.tokens),
        "p50_ms": round(p50, 3),
        "p99_ms": round(p99, 3),
        "p50_cpu_ms": round(cpu50, 3),
        "p99_cpu_ms": round(cpu99, 3),
        "build_s": round(built, 2),
        "memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10),
    }


def latency_rows(data: Path, sizes: Iterable[int], queries: int) -> Iterator[dict[str, object]]:
    """Measure each size in a process of its own."""
    for size in sizes:
        command = [
            sys.executable,
            "-m",
            "benchmarks.parties_curves",
            "--data",
            str(data),
            "--measure",
            str(size),
            "--queries",
            str(queries),
        ]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        found: dict[str, object] = {"list": "whole" if size == WHOLE else size, **json.loads(done.stdout)}
        print(found, flush=True)
        yield found


# ---------------------------------------------------------------- margin


def margin_rows(data: Path, queries: int, margins: Sequence[float] = (0, 0.5, 1, 1.5, 2, 3)) -> Iterator[dict[str, object]]:
    """Return for margins of the estimate how many names are looked at closely for a query, and the share of hits that are missed."""
    from benchmarks.parties import queries as drawn
    from thalweg.parties import screen as screening
    from thalweg.parties.levels import model
    from thalweg.parties.query import Query

    known = pd.index(pd.entries(data), dict(model().words))
    names = drawn(data, known, queries)
    compare, kept = vars(screening)["compare"], screening.MARGIN
    looks = 0

    def counted(*given: Any, **options: Any) -> Any:
        nonlocal looks
        looks += 1
        return compare(*given, **options)

    def hits(margin: float) -> set[tuple[int, str, str]]:
        nonlocal looks
        looks = 0
        vars(screening).update(MARGIN=margin)
        return {(n, h.list, h.entry_id) for n, name in enumerate(names) for h in screening.screen(known, Query((name,)), model())}

    vars(screening).update(compare=counted)
    try:
        every = hits(1000.0)
        yield {"margin": "all", "names_looked_at": looks / queries, "hits": len(every), "missed": 0.0}
        for margin in margins:
            found = hits(margin)
            yield {
                "margin": f"{margin:g}",
                "names_looked_at": looks / queries,
                "hits": len(found),
                "missed": len(every - found) / len(every),
            }
    finally:
        vars(screening).update(compare=compare, MARGIN=kept)


# ---------------------------------------------------------------- files


def save(folder: Path, name: str, rows: Iterable[Mapping[str, object]]) -> None:
    found = [{k: f"{v:.4f}".rstrip("0").rstrip(".") if isinstance(v, float) else v for k, v in row.items()} for row in rows]
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--write", type=Path, help="the folder of the CSV files and pictures")
    parser.add_argument("--only", choices=("pairs", "latency", "margin"))
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="names of the lists; 0 is the whole list")
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--redraw", action="store_true", help="draw the CSV files that are there")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure is not None:
        print(json.dumps(measured(options.data, options.measure, options.queries)))
        return
    if options.write is None:
        parser.error("name a folder to write to: --write docs/assets")
    parts = () if options.redraw else (options.only,) if options.only else ("pairs", "margin", "latency")
    if "pairs" in parts:
        data = gather(options.data)
        held = Held(data, options.splits)
        save(options.write, PAIRS, pair_rows(data, held, peer_scores(options.data)))
        with _pairs_alone():
            alone = Held(data, options.splits)
        save(options.write, ALARMS, alarm_rows(data, held, alone))
    if "margin" in parts:
        save(options.write, MARGIN, margin_rows(options.data, 4 * options.queries))
    if "latency" in parts:
        save(options.write, LATENCY, latency_rows(options.data, options.sizes, options.queries))
    for name in DRAWN:
        if (options.write / f"{name}.csv").exists():
            picture(options.write, name)
    if all((options.write / f"{name}.csv").exists() for name in (*DRAWN, MARGIN)):
        print(tables(options.write))


if __name__ == "__main__":
    main()
