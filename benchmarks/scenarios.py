"""Time the scenario model: `python -m benchmarks.scenarios`.

Two thousand runs of all quarters with the quantiles of every headline outcome, after start-up, in 32 and 64 bits; a hundred thousand runs
in blocks with draws, simulation and quantiles, and their peak memory, in a process of its own. Then the same equations one run at a time:
over plain Python floats under EMA Workbench (its sequential evaluator), over floats without it, and over arrays of one run. All start from
the levers as enforced, and EMA is handed the draws of the ensemble, so that each way of running can be held against the others. Medians of
several rounds; other work on the machine slows all of them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import HEADLINE, Inputs, Plan, ensemble, lever_path, prepare, simulate
from thalweg.scenarios.draw import draw, draw_chances
from thalweg.scenarios.history import known_history
from thalweg.scenarios.parameters import FIXED
from thalweg.scenarios.simulate import run

AS_ENFORCED = Path(__file__).parents[1] / "tests" / "scenarios" / "as_enforced.yaml"
NAMES = tuple(HEADLINE)
AIMS = {"float32": 60.0, "float64": 100.0}
SECONDS, MEGABYTES, TIMES = 3.0, 500.0, 50.0
Row = tuple[str, float | None, float, str, bool]
"""What, target if there is one, measured, unit, and whether less is better."""


def policy() -> Plan:
    """Return the levers as enforced."""
    return Plan(lever_path(**yaml.safe_load(AS_ENFORCED.read_text(encoding="utf-8"))))


def quantile_round(given: Inputs, plan: Plan) -> np.ndarray:
    """Simulate a block and take all quantiles; return those of the last outcome."""
    result = simulate(given, plan, outcomes=NAMES)
    return [result.quantiles(name) for name in NAMES][-1]


def middle(action: Callable[[], Any], rounds: int) -> float:
    """Return the median time of an action in seconds, after one round that is not counted."""
    action()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def ensembles(runs: int, rounds: int) -> list[Row]:
    """Time an ensemble of all quarters with its quantiles, once it is drawn."""
    estimates, plan = load_estimates(), policy()
    rows: list[Row] = []
    for name, aim in AIMS.items():
        (given,) = ensemble(estimates, runs, 1, dtype=np.dtype(name).type, size=runs)
        spent = 1e3 * middle(partial(quantile_round, given, plan), rounds)
        rows.append((f"{runs:,} runs of 44 quarters, {len(NAMES)} outcomes with quantiles, {name}", aim, spent, "ms", True))
    spent = 1e3 * middle(lambda: list(ensemble(estimates, runs, 1, size=runs)), rounds)
    rows.append((f"drawing {runs:,} runs, float32", None, spent, "ms", True))
    return rows


def large(runs: int) -> list[Row]:
    """Time many runs in blocks, in a process of its own for its peak memory."""
    command = [sys.executable, "-m", "benchmarks.scenarios", "--alone", str(runs)]
    found = [json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(3)]  # noqa: S603
    seconds = {part: statistics.median(f[part] for f in found) for part in ("draw", "simulate", "quantiles", "together")}
    parts = ", ".join(f"{part} {spent:.2f} s" for part, spent in seconds.items() if part != "together")
    print(f"{runs:,} runs in blocks, float32: {parts}")
    return [
        (f"{runs:,} runs in blocks, draws to quantiles, float32", SECONDS, seconds["together"], "s", True),
        (f"{runs:,} runs in blocks, peak memory of the process", MEGABYTES, max(f["megabytes"] for f in found), "MB", True),
    ]


def alone(runs: int) -> dict[str, float]:
    """Return how long each part of a large ensemble takes, and the peak memory of this process."""
    estimates, plan = load_estimates(), policy()
    simulate(ensemble(estimates, 100, 1), plan, outcomes=NAMES)
    marks = [time.perf_counter()]
    blocks = ensemble(estimates, runs, 1)
    marks.append(time.perf_counter())
    result = simulate(blocks, plan, outcomes=NAMES)
    marks.append(time.perf_counter())
    for name in NAMES:
        result.quantiles(name)
    marks.append(time.perf_counter())
    spent = dict(zip(("draw", "simulate", "quantiles"), np.diff(marks).tolist(), strict=True))
    return {**spent, "together": marks[-1] - marks[0], "megabytes": _peak()}


def _peak() -> float:
    """Return the peak memory of this process in MB; the usage that the kernel counts begins with that of the process that started it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class OneRun:
    """The model as a function of one run: draws by name and the number of the run, whose chances are held ready."""

    def __init__(self, runs: int, *, scalar: bool) -> None:
        estimates = load_estimates()
        self.plan, self.history = policy(), known_history(estimates)
        self.draws = draw(estimates, runs, 1)
        self.chances = draw_chances(estimates, runs, 1)
        self.to_array = float if scalar else None

    def __call__(self, number: int, values: dict[str, float] | None = None) -> dict[str, list[Any]]:
        """Return the headline outcomes by quarter; values of a run where they are given, else those drawn."""
        draws = {name: row[number : number + 1] for name, row in self.draws.items()}
        if values:
            draws.update({name: np.array([value]) for name, value in values.items()})
        events = {name: rows[:, number : number + 1] for name, rows in self.chances.items()}
        given = prepare(draws, events, self.history, to_array=self.to_array)
        return run(given, self.plan, outcomes=NAMES)


def one_at_a_time(fast: float, runs: int) -> list[Row]:
    """Time single runs in three ways against the ensemble, given in runs a second."""
    scalar, arrays = OneRun(runs, scalar=True), OneRun(runs, scalar=False)
    under_ema, last = _ema(scalar, runs)
    bare = runs / middle(lambda: [scalar(i) for i in range(runs)], 3)
    single = runs / middle(lambda: [arrays(i) for i in range(runs)], 3)
    for way in (scalar, arrays):
        np.testing.assert_allclose([float(np.asarray(v).item()) for v in way(runs - 1)["compute_ratio"]], last, rtol=1e-9)
    peer = "EMA Workbench on a scalar Python version of the same equations"
    return [
        (f"against {peer} ({under_ema:,.0f} runs/s)", TIMES, fast / under_ema, "times", False),
        (f"against that scalar version without EMA ({bare:,.0f} runs/s)", None, fast / bare, "times", False),
        (f"against this source over arrays of one run ({single:,.0f} runs/s)", None, fast / single, "times", False),
    ]


def _ema(model: OneRun, runs: int) -> tuple[float, list[float]]:
    """Return the runs a second of EMA Workbench, and the last run's compute ratio."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench import ArrayOutcome, IntegerParameter, Model, RealParameter, Scenario, SequentialEvaluator

    uncertain = [name for name, row in model.draws.items() if name not in FIXED and row.min() < row.max()]
    peer = Model("scenarios", function=lambda number, **values: model(int(number), values))
    peer.uncertainties = [IntegerParameter("number", 0, max(runs, 2))]
    peer.uncertainties += [RealParameter(name, float(row.min()), float(row.max())) for name in uncertain for row in (model.draws[name],)]
    peer.outcomes = [ArrayOutcome(name) for name in NAMES]
    cases = [Scenario(str(i), number=i, **{name: float(model.draws[name][i]) for name in uncertain}) for i in range(runs)]
    rates, last = [], []
    for _ in range(3):
        started = time.perf_counter()
        with SequentialEvaluator(peer) as evaluator:
            _, outcomes = evaluator.perform_experiments(cases, log_progress=True)
        rates.append(runs / (time.perf_counter() - started))
        last = outcomes["compute_ratio"][-1].tolist()
    return statistics.median(rates), last


def measure(runs: int = 2_000, many: int = 100_000, single: int = 300) -> list[Row]:
    """Return how fast the model runs: as an ensemble, in blocks, and one run at a time beside its peers."""
    rows = ensembles(runs, 15)
    fast = runs / rows[1][2] * 1e3  # in 64 bits, as the peers
    return rows + large(many) + one_at_a_time(fast, single)


def table(rows: list[Row]) -> list[str]:
    """Print what was measured; return what missed its target."""
    missed = []
    for what, aim, found, unit, less in rows:
        good = aim is None or (found <= aim if less else found >= aim)
        missed += [] if good else [what]
        stated = "" if aim is None else f" (at {'most' if less else 'least'} {aim:g})"
        print(f"{'   ' if good else '!! '}{what}: {found:,.3g} {unit}{stated}")
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.scenarios", description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--single", type=int, default=300, help="single runs a round, for the peer")
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--smoke", action="store_true", help="no failure for a missed target")
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(alone(options.alone)))
        return 0
    return 1 if table(measure(options.runs, options.large, options.single)) and not options.smoke else 0


if __name__ == "__main__":
    sys.exit(main())
