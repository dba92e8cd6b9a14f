"""Print what the scenario model is held against: `python -m benchmarks.scenarios_board`.

Published results in two columns, the numbers that it should come near under the levers as enforced, and the laws that hold under a
condition with the share of draws in which they fail without it. Ends with 1 if a published calculation is not reproduced, or if a number
is neither met nor explained.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from benchmarks.scenarios import policy
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import ensemble
from thalweg.scenarios.acceptance import Accepted, acceptance
from thalweg.scenarios.calibrate import calibrate
from thalweg.scenarios.hindcast import hindcast
from thalweg.scenarios.history import known_history
from thalweg.scenarios.laws import closing_h20, failures, premium_rises_everywhere, without_h20
from thalweg.scenarios.published import Row, scoreboard


def published(rows: tuple[Row, ...]) -> bool:
    """Print the scoreboard; say whether every published calculation was reproduced."""
    for row in rows:
        numbers = (
            "" if row.published is None or row.found is None else f": published {row.published:,.4g}, found {row.found:,.4g} {row.unit}"
        )
        print(f"{row.status:9} {row.column:11} {row.source}: {row.what}{numbers} {row.tolerance}")
    return not any(row.column == "calculation" and row.status == "outside" for row in rows)


def accepted(rows: tuple[Accepted, ...]) -> bool:
    """Print the stated numbers; say whether each is met or explained."""
    words = {True: "met", False: "not met", None: "not asked"}
    for row in rows:
        found = ", ".join(f"{x:,.4g}" for x in row.found) or "-"
        print(f"{words[row.met]:9} {row.what}: {row.stated}; found {found} ({row.unit})")
        if row.reason:
            print(f"{'':9}   {row.reason}")
    return all(row.met or row.reason for row in rows)


def laws(runs: int) -> None:
    """Print in what share of draws the unconditioned laws fail, and what closing the channel of the H20 does."""
    estimates, levers = load_estimates(), policy().levers
    blocks = ensemble(estimates, runs, 1, dtype=np.float64)
    outside = ~premium_rises_everywhere(*(blocks.draws[name] for name in ("gK", "eps", "eta")))
    print(f"{runs:,} draws, all switches drawn; {int(outside.sum())} outside 1.34*gK < eps + eta")
    for found in failures(list(blocks), levers):
        print(f"{found.share:9.1%} of draws break in some quarter, by {found.worst:.1%} at worst: {found.law}")
    hidden = ensemble(estimates, runs, 1, history=without_h20(known_history(estimates)), dtype=np.float64)
    closing = closing_h20(hidden, levers)
    print(
        f"{closing.rises:9.1%} of draws: closing the channel in 2025Q2 never lowers grey volume and raises it by {closing.middle:,.0f}"
        f" H100e ({closing.low:,.0f} to {closing.high:,.0f}); Epoch's medians rise by {closing.published:,.0f}, for all reasons"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.scenarios_board", description=__doc__)
    parser.add_argument("--runs", type=int, default=4_000)
    parser.add_argument(
        "--fit", action="store_true", help="run the fit to history and the headline of the hindcast too; a minute and a half"
    )
    options = parser.parse_args()
    estimates, levers = load_estimates(), policy().levers
    good = published(scoreboard(estimates, levers))
    print()
    if options.fit:
        fitted, seen = calibrate(estimates), hindcast(estimates)
        asked = {"effective": fitted.fit.effective, "hindcast_2025": seen.smuggled}
        good &= accepted(acceptance(estimates, levers, runs=options.runs, **asked))
        print(f"\nfitted to {fitted.fitted_to}; effective sample {fitted.fit.effective:,.0f}; the same numbers of its draws")
        accepted(acceptance(estimates, levers, runs=options.runs, fit=fitted.posterior(options.runs), **asked))
    else:
        good &= accepted(acceptance(estimates, levers, runs=options.runs))
    print()
    laws(2 * options.runs)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
