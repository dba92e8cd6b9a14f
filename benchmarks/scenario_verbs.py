"""Time sensitivity, discovery and search beside their aims and peers: `python -m benchmarks.scenario_verbs`.

Sobol indices of every factor for all raw outcomes with intervals, against SALib on the same runs; elementary effects; indices from runs at
hand; PRIM against that of EMA Workbench on the same table; discovery from draws to sentence; NSGA-II over lever paths with its front held
against fresh draws; the EMA adapter one run at a time and all at once. All start from the levers as enforced. Each is timed once after a
small round that is not counted; other work on the machine slows all of them. Exit 1 if an aim is missed (not under --smoke).
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import io
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.scenarios import policy
from thalweg.desk.policies import ready, the_policy
from thalweg.desk.simulate_search import LEVERS
from thalweg.desk.simulate_search import thresholds as resolved
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import OUTCOMES
from thalweg.scenarios.discover import Failure, cart, discover, prim
from thalweg.scenarios.history import known_history
from thalweg.scenarios.search import Front, Space, search
from thalweg.scenarios.sensitivity import first_order, morris, sobol
from thalweg.scenarios.sensitivity.scale import scaled
from thalweg.scenarios.sensitivity.sobol import indices
from thalweg.scenarios.simulate import Plan
from thalweg.scenarios.study import Study

Row = tuple[str, float | None, float, str]
"""What, most it should be if there is an aim, measured, and unit."""


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Return the time of an action in seconds, and what it gave."""
    started = time.perf_counter()
    found = action()
    return time.perf_counter() - started, found


def the_study(**settings: Any) -> Study:
    """Return a study of the levers as enforced."""
    estimates = load_estimates()
    return Study(estimates, policy(), history=known_history(estimates), **settings)


def sensitivity(base: int) -> list[Row]:
    study = the_study()
    sobol(study, seed=1, base=16)
    spent, found = timed(lambda: sobol(study, seed=7, base=base))
    label = f"Sobol indices, {len(found.factors)} factors, {len(OUTCOMES)} outcomes, intervals, {found.runs:,} runs"
    rows: list[Row] = [(label, 5.0, spent, "s")]
    spent, found = timed(lambda: morris(study, seed=7))
    rows.append((f"elementary effects, {len(found.factors)} factors, {found.runs:,} runs", None, spent, "s"))
    values, y = study.ensemble(2_000, 7)
    first_order(values, y[:1])
    spent, _ = timed(lambda: first_order(values, scaled(y, y, "rank")))
    rows.append((f"indices from 2,000 runs at hand, {len(OUTCOMES)} outcomes", None, spent, "s"))
    return rows


def salib(base: int, outcomes: int = 3) -> list[Row]:
    """Hold the estimator against SALib on the same values: indices equal, and the time for each outcome."""
    from SALib.analyze import sobol as peer

    rng = np.random.default_rng(1)
    factors = 128
    a, b = rng.normal(size=(2, outcomes, base))
    ab = a[:, None, :] + 0.1 * rng.normal(size=(outcomes, factors, base))
    ours, (first, total) = timed(lambda: indices(a, b, ab, resamples=200, seed=5))
    problem = {"num_vars": factors, "names": [str(i) for i in range(factors)], "bounds": [[0, 1]] * factors}
    spent = 0.0
    for k in range(outcomes):
        y = np.concatenate([a[k][None], ab[k], b[k][None]]).T.ravel()
        used, theirs = timed(lambda y=y: peer.analyze(problem, y, calc_second_order=False, num_resamples=200, seed=5))
        spent += used
        assert np.allclose(theirs["ST"], total.value[:, k], atol=1e-12)
        assert np.allclose(theirs["S1"], first.value[:, k], atol=1e-12)
        assert np.allclose(theirs["ST_conf"], 1.959963984540054 * total.error[:, k], atol=1e-10)
    label = f"indices and intervals from {base:,} x {factors + 2} runs, for each outcome"
    return [(label, None, ours / outcomes * 1e3, "ms"), ("the same by SALib, equal to 1e-10", None, spent / outcomes * 1e3, "ms")]


def boxes(runs: int, columns: int = 20) -> list[Row]:
    rng = np.random.default_rng(2)
    x = {f"x{i}": rng.random(runs) for i in range(columns)}
    cases = (x["x0"] > 0.6) & (x["x1"] < 0.5) ^ (rng.random(runs) < 0.05)
    prim({"x0": x["x0"]}, cases)
    ours, found = timed(lambda: prim(x, cases))
    tree, _ = timed(lambda: cart(x, cases))
    rows: list[Row] = [(f"PRIM, {runs:,} runs by {columns}", None, ours, "s")]
    with warnings.catch_warnings(), contextlib.suppress(ImportError):
        warnings.simplefilter("ignore")
        from ema_workbench.analysis.prim import Prim
        from pandas import DataFrame

        theirs, box = timed(lambda: Prim(DataFrame(x), cases, threshold=0.5).find_box())
        same = np.allclose(box.peeling_trajectory["density"], [b.fit.density for b in found.boxes])
        rows.append((f"the same by EMA Workbench, {'the same trajectory' if same else 'ANOTHER TRAJECTORY'}", None, theirs, "s"))
    rows.append((f"a tree, {runs:,} runs by {columns}", None, tree, "s"))
    study = the_study()
    spent, answer = timed(lambda: discover(study, Failure("lag", 2030, at_most=6.0), seed=7))
    print(f"discovered: {answer.sentence}")
    fit, fresh = answer.box.fit, answer.fresh
    print(f"density {fit.density:.2f} and coverage {fit.coverage:.2f}; on fresh draws {fresh.density:.2f} and {fresh.coverage:.2f}")
    return [*rows, (f"discovery, 2 x {answer.runs:,} runs, from draws to sentence", None, spent, "s")]


def paths(candidates: int, draws: int) -> list[Row]:
    """Search as `thalweg search` does: thresholds are decided once through rules and catalogue, and every lever of the command is open."""
    study = the_study(outcomes=("lag",))
    base = ready(the_policy("status-quo"))
    decided, thresholds = timed(lambda: resolved(base))
    enforced = base.plan().levers
    space = Space(enforced, tuple(LEVERS.values()), thresholds, ("2027Q1", "2029Q1"))
    study = dataclasses.replace(study, plan=Plan(enforced, enforced))
    told: list[float] = []

    def progress(done: int, of: int, size: int) -> None:
        told.append(done)
        if done == of or done % max(candidates // 5, 1) == 0:
            print(f"  {done:,} of {of:,} candidates, {size} on the front", flush=True)

    spent, front = timed(lambda: search(study, space, seed=7, candidates=candidates, draws=draws, progress=progress))
    assert len(told) >= candidates // 100
    _print_front(front)
    return [
        (f"{len(thresholds.names)} thresholds, decided for every quarter or read from the cache", None, decided, "s"),
        (
            f"NSGA-II, {candidates:,} candidates by {draws} draws, {len(space.sizes)} places, front on {front.fresh:,} fresh",
            120.0,
            spent,
            "s",
        ),
    ]


def _print_front(front: Front) -> None:
    stand = sum(c.stands for c in front.candidates)
    print(f"  front of {front.size}; of {len(front.candidates)} kept {stand} stand on fresh draws; flattered by")
    for objective, bias in zip(front.objectives, front.optimism, strict=True):
        print(f"    {objective.name}: {bias:.4g}")


def workbench(runs: int) -> list[Row]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from ema_workbench import perform_experiments

            from thalweg.scenarios.ema import BlockEvaluator, ema_model
        except ImportError:
            print("the EMA Workbench is not installed: its rows are left out")
            return []
        model = ema_model(the_study(dtype=np.float64))
        with contextlib.redirect_stderr(io.StringIO()):  # its progress bar
            perform_experiments(model, scenarios=2)
            one, _ = timed(lambda: perform_experiments(model, scenarios=min(runs, 200)))
            many, _ = timed(lambda: perform_experiments(model, scenarios=runs, evaluator=BlockEvaluator(model)))
    return [
        ("EMA Workbench, its own evaluator, one run at a time", None, one / min(runs, 200) * 1e3, "ms/run"),
        (f"EMA Workbench, {runs:,} runs at once", None, many / runs * 1e3, "ms/run"),
    ]


def measure(*, smoke: bool) -> list[Row]:
    """Return what each verb takes."""
    rows = sensitivity(32 if smoke else 1024)
    rows += salib(32 if smoke else 1024)
    rows += boxes(400 if smoke else 10_000)
    rows += workbench(20 if smoke else 2_000)
    return rows + paths(200 if smoke else 10_000, 20 if smoke else 200)


def table(rows: list[Row]) -> bool:
    """Print the rows and say whether every aim is met."""
    print(f"\n{'what':<104}{'aim':>10}{'measured':>14}")
    met = True
    for what, aim, found, unit in rows:
        met = met and (aim is None or found <= aim)
        verdict = "" if aim is None else "  met" if found <= aim else "  MISSED"
        print(f"{what:<104}{'' if aim is None else f'{aim:g} {unit}':>10}{f'{found:,.3g} {unit}':>14}{verdict}")
    return met


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.scenario_verbs", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="few runs, and no failure for a missed aim")
    smoke = parser.parse_args().smoke
    return 0 if table(measure(smoke=smoke)) or smoke else 1


if __name__ == "__main__":
    sys.exit(main())
