"""Time a million holdings from a file to statuses and chains.

Run ``python -m benchmarks.ownership``; ``--edges`` takes another number, ``--format parquet`` another file. The graph is drawn at random
with a fixed seed and made-up names: groups of companies below a top, joint ventures, cross-holdings that close circles, shares that are
not stated or known as a range, and as many listed parties as the Entity List has.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from thalweg.nouns.ownership import ListedAs
from thalweg.pack import load_pack
from thalweg.parties.ownership.many import Attributed, attribute_table
from thalweg.sources.ownership.tables import read_table

TARGET = 3.0
DAY = dt.date(2025, 10, 15)
LISTED = 3_400
FIRST = ("Aurora", "Beacon", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Keystone", "Lantern")
SECOND = ("Trading", "Holdings", "Electronics", "Logistics", "Capital", "Materials", "Precision", "Systems", "Investment", "Marine")
FORM = ("Ltd", "GmbH", "Co., Ltd.", "SA", "Pte Ltd", "LLC", "有限公司")


def names(count: int) -> pl.Series:
    """Return made-up names, all different."""
    i = np.arange(count)
    parts = [pl.Series(list(words)).gather(i // step % len(words)) for words, step in ((FIRST, 1), (SECOND, 12), (FORM, 120))]
    frame = pl.DataFrame({"a": parts[0], "b": parts[1], "i": i, "c": parts[2]})
    return frame.select(pl.concat_str(pl.all(), separator=" ")).to_series()


def edges(count: int, seed: int = 7) -> tuple[pl.DataFrame, pl.Series]:
    """Return holdings with owner, owned and share, and the listed parties."""
    draw = np.random.default_rng(seed)
    owners_each = draw.choice([1, 2, 3, 4, 6], size=count, p=[0.62, 0.22, 0.09, 0.05, 0.02])
    owned_count = int(np.searchsorted(np.cumsum(owners_each), count)) + 1
    owners_each = owners_each[:owned_count]
    tops = owned_count // 6
    owned = np.repeat(np.arange(tops, tops + owned_count), owners_each)[:count]
    near = owned - draw.geometric(0.002, count)
    anywhere = (draw.random(count) ** 2 * owned).astype(np.int64)
    owner = np.where((draw.random(count) < 0.5) & (near >= 0), near, anywhere)
    back = draw.random(count) < 0.01
    owner = np.where(back, np.minimum(owned + draw.integers(1, 2_000, count), tops + owned_count - 1), owner)
    share = _shares(draw, owners_each, count)
    called = names(tops + owned_count)
    frame = pl.DataFrame({"owner": called.gather(owner), "owned": called.gather(owned), "share": share})
    listed = np.concatenate([draw.choice(many, min(many, LISTED // 2), replace=False) for many in (tops, tops + owned_count)])
    return frame.filter(pl.col("owner") != pl.col("owned")), called.gather(np.unique(listed))


def _shares(draw: np.random.Generator, owners_each: np.ndarray, count: int) -> pl.Series:
    """Split each party among its owners in hundredths, one in ten in ten-thousandths; leave some out, give some as a range."""
    starts = np.concatenate(([0], np.cumsum(owners_each)))[:-1]
    parts = draw.exponential(1.0, int(owners_each.sum()))
    whole = np.repeat(np.add.reduceat(parts, starts), owners_each)
    grain = np.repeat(np.where(draw.random(len(owners_each)) < 0.1, 10_000, 100), owners_each)
    units = np.floor(parts / whole * grain)[:count]
    text = pl.Series(units / grain[:count]).cast(pl.String)
    kind = draw.random(count)
    low = np.floor(units / grain[:count] * 100 / 25) * 25
    ranged = pl.select(
        pl.concat_str(pl.Series(low).cast(pl.Int64), pl.lit("-"), pl.Series(np.minimum(low + 25, 100)).cast(pl.Int64), pl.lit("%"))
    )
    return (
        pl.select(pl.when(pl.Series(kind < 0.03)).then(None).when(pl.Series(kind < 0.05)).then(ranged.to_series()).otherwise(text))
        .to_series()
        .alias("share")
    )


def attribute(path: Path, kind: str, listed: dict[str, tuple[ListedAs, ...]]) -> tuple[Attributed, dict[str, float]]:
    """Return the answer to a file, and how long each step took in seconds."""
    pack = load_pack()
    marks = [time.perf_counter()]
    table = read_table(path, kind)
    marks.append(time.perf_counter())
    found = attribute_table(table, listed, pack.ownership["bis_affiliates"], DAY, pack)
    found.statuses()
    marks.append(time.perf_counter())
    _ = found.chains
    marks.append(time.perf_counter())
    steps = dict(zip(("file to arrays", "statuses", "chains"), np.diff(marks).tolist(), strict=True))
    return found, steps


def measure(count: int = 1_000_000, kind: str = "csv", repeats: int = 5) -> tuple[Attributed, list[dict[str, float]]]:
    """Time a file of so many holdings several times."""
    frame, listed = edges(count)
    entries = {name: (ListedAs("entity_list", footnotes=("4",), policy="presumption_of_denial"),) for name in listed}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"edges.{kind}"
        frame.write_csv(path) if kind == "csv" else frame.write_parquet(path)
        runs = [attribute(path, kind, entries) for _ in range(repeats)]
    return runs[-1][0], [steps for _, steps in runs]


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.ownership", description=__doc__)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--smoke", action="store_true", help="no failure for a missed target")
    options = parser.parse_args()
    found, runs = measure(options.edges, options.format)
    counts = dict(found.statuses().value_counts().iter_rows())
    print(f"{len(found.table):,} holdings of {len(found.table.names):,} parties, {options.format}; {counts}")
    print(f"{len(found.chains):,} parties with chains, {max(found.case.most.round)} rounds")
    for steps in runs:
        print(", ".join(f"{name} {seconds:.2f} s" for name, seconds in steps.items()) + f"; together {sum(steps.values()):.2f} s")
    best, middle = min(sum(s.values()) for s in runs), sorted(sum(s.values()) for s in runs)[len(runs) // 2]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"best {best:.2f} s, median {middle:.2f} s (target {TARGET:.0f} s); peak memory {peak:.2f} GiB, the making of the graph included")
    return 0 if best <= TARGET or options.smoke else 1


if __name__ == "__main__":
    sys.exit(main())
