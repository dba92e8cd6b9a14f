"""Run the scenario model on other array libraries, on an accelerator where there is one: `python -m benchmarks.scenarios_arrays`.

The same source runs on each library. First two thousand runs in 64 bits are held against NumPy, value by value. Then many runs in 32
bits are timed, from inputs that lie in the library's memory to the quantiles of every headline outcome, beside NumPy in blocks in the
same process. Medians of several rounds. Needs `array-api-compat`; a library that is missing is said to be missing.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.scenarios import NAMES, policy
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import Inputs, Plan, ensemble, simulate
from thalweg.scenarios.namespace import library_of
from thalweg.scenarios.quantiles import quantiles
from thalweg.scenarios.simulate import run

TOLERANCE = 1e-6
"""Most that a value in 64 bits may differ from NumPy's, of the largest value of its outcome."""


def cupy() -> tuple[Callable[[np.ndarray], Any], str]:
    """Return how an array gets into CuPy, and the device."""
    import cupy as library

    return library.asarray, library.cuda.runtime.getDeviceProperties(0)["name"].decode()


def torch() -> tuple[Callable[[np.ndarray], Any], str]:
    """Return how an array gets into Torch, and the device."""
    import torch as library

    device = "cuda" if library.cuda.is_available() else "cpu"
    return lambda a: library.tensor(a, device=device), library.cuda.get_device_name() if device == "cuda" else "CPU"


def jax() -> tuple[Callable[[np.ndarray], Any], str]:
    """Return how an array gets into JAX, and the device."""
    import jax as library

    library.config.update("jax_enable_x64", True)
    return library.numpy.asarray, str(library.devices()[0].device_kind)


LIBRARIES: dict[str, Callable[[], tuple[Callable[[np.ndarray], Any], str]]] = {"cupy": cupy, "torch": torch, "jax": jax}


def ready(runs: int, dtype: Any, to_array: Any = None) -> Inputs:
    """Return one block of runs in a library's memory."""
    (given,) = ensemble(load_estimates(), runs, 1, dtype=dtype, size=runs, to_array=to_array)
    return given


def summary(given: Inputs, plan: Plan) -> dict[str, np.ndarray]:
    """Simulate a block and return the quantiles of every headline outcome, on the host."""
    rows = run(given, plan, outcomes=NAMES)
    stack = library_of(given.one).stack
    return {name: quantiles(stack(rows.pop(name))) for name in NAMES}


def farthest(to_array: Any, plan: Plan, runs: int) -> float:
    """Return the largest difference from NumPy in 64 bits, of the largest value of the outcome."""
    here, there = (simulate(ready(runs, np.float64, way), plan, outcomes=NAMES) for way in (None, to_array))
    return max(float(np.max(np.abs(there.quarterly[n] - here.quarterly[n])) / np.max(np.abs(here.quarterly[n]))) for n in NAMES)


def timed(action: Callable[[], Any], rounds: int) -> list[float]:
    """Return the seconds of each round, after one that is not counted."""
    action()
    spent = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        spent.append(time.perf_counter() - started)
    return spent


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.scenarios_arrays", description=__doc__)
    parser.add_argument("libraries", nargs="*", choices=list(LIBRARIES), default=list(LIBRARIES))
    parser.add_argument("--runs", type=int, default=1_000_000, help="runs that are timed")
    parser.add_argument("--host-runs", type=int, default=100_000, help="runs that NumPy is timed on, in blocks")
    parser.add_argument("--check", type=int, default=2_000, help="runs that are held against NumPy")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    plan = policy()
    blocks = list(ensemble(load_estimates(), options.host_runs, 1))
    host = statistics.median(timed(lambda: [summary(given, plan) for given in blocks], 3))
    rate = options.host_runs / host
    print(f"numpy: {options.host_runs:,} runs in blocks of {blocks[0].runs:,} in {host:.2f} s, {rate:,.0f} runs/s")
    bad = False
    for name in options.libraries:
        try:
            to_array, device = LIBRARIES[name]()
        except ImportError:
            print(f"{name}: is not installed")
            continue
        off = farthest(to_array, plan, options.check)
        bad |= not off <= TOLERANCE
        given = ready(options.runs, np.float32, to_array)
        spent = timed(lambda given=given: summary(given, plan), options.rounds)  # type: ignore[misc]
        middle = statistics.median(spent)
        print(
            f"{name} on {device}: {options.runs:,} runs in {middle:.3f} s ({min(spent):.3f} to {max(spent):.3f}), "
            f"{options.runs / middle:,.0f} runs/s, {options.runs / middle / rate:.0f} times numpy; "
            f"{options.check:,} runs in 64 bits differ from numpy by at most {off:.1g} of an outcome's largest value"
        )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
