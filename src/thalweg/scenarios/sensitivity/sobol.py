"""Sobol indices of every factor for every outcome at once, with intervals.

Total order by Jansen's estimator, first order by that of Saltelli and others, both as in Saltelli, Annoni, Azzini, Campolongo, Ratto and
Tarantola, Variance based sensitivity analysis of model output, Computer Physics Communications 181 (2010) 259-270. The intervals come
from resampling the base points; the sums over resamples are one product of matrices for all factors and outcomes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from thalweg.evidence import BadInput
from thalweg.scenarios.draw import stream
from thalweg.scenarios.sensitivity.factors import By, Factor, factors
from thalweg.scenarios.sensitivity.scale import Scale, scaled
from thalweg.scenarios.study import BLOCK, Study, Target, Values, varying


class Shares(NamedTuple):
    """Point estimates, bounds and standard errors of indices, each (factors, targets)."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    error: np.ndarray


@dataclass(frozen=True, slots=True)
class SobolIndices:
    """How much of the variance of each target hangs on each factor: alone (first order), and with all it interacts with (total order).

    NaN where a target does not vary. ``scale`` says on which scale of the outcome; the interval is that of ``confidence``.
    """

    factors: tuple[Factor, ...]
    targets: tuple[Target, ...]
    first: Shares
    total: Shares
    scale: Scale
    confidence: float
    base: int
    runs: int
    seed: int

    def ranked(self, outcome: str, year: int) -> list[tuple[Factor, float, float, float, float]]:
        """Return factor, total order, its bounds and first order for a target, largest total order first."""
        k = self.targets.index(Target(outcome, year))
        t = self.total
        order = np.argsort(-np.nan_to_num(t.value[:, k]), kind="stable")
        return [
            (self.factors[i], float(t.value[i, k]), float(t.low[i, k]), float(t.high[i, k]), float(self.first.value[i, k])) for i in order
        ]


def sobol(
    study: Study,
    *,
    seed: int,
    base: int = 1024,
    by: By = "estimate",
    scale: Scale = "rank",
    confidence: float = 0.9,
    resamples: int = 200,
    progress: Callable[[int, int], None] | None = None,
) -> SobolIndices:
    """Return the Sobol indices of a study.

    Args:
        study: policy, outcomes and years.
        seed: of base points, chances and resamples.
        base: points of the base sample, a power of two; a run is made for each of them, twice and once more a factor.
        by: one factor an estimate (correlated ones together), a block, or a basis.
        scale: of the outcomes, ``rank`` or ``linear``.
        confidence: of the intervals.
        resamples: of the base points, for the intervals.
        progress: called with the runs done and the runs to do.

    Raises:
        BadInput: a base that is no power of two from 2 on, or as the study's draws.
        BrokenLaw: as ``simulate``.

    """
    if base < 2 or base & (base - 1):
        raise BadInput(f"base: {base} points given; a power of two from 2 on is needed, such as {1 << max(base, 2).bit_length() - 1}")
    one, other = _pairs(study, base, seed)
    a, b = study.values(one), study.values(other)
    names = [name for name in varying({n: np.concatenate([a[n], b[n]]) for n in a}) if name in one]
    moved = factors(study.estimates, names, by)
    chances = study.chances(2 * base, seed)
    here = {name: row[:, :base] for name, row in chances.items()}
    there = {name: row[:, base:] for name, row in chances.items()}
    runs = base * (len(moved) + 2)
    y_a, y_b = study.evaluate(a, here), study.evaluate(b, there)
    y_ab = np.empty((len(y_a), len(moved), base), dtype=y_a.dtype)
    done = 0
    for chunk, values, events in _crossed(moved, a, b, here, there):
        y_ab[:, done : done + len(chunk)] = study.evaluate(values, events).reshape(len(y_a), len(chunk), base)
        done += len(chunk)
        if progress:
            progress(base * (done + 2), runs)
    reference = np.concatenate([y_a, y_b], axis=1)
    points = scaled(reference, y_a, scale), scaled(reference, y_b, scale), scaled(reference, y_ab, scale)
    first, total = indices(*points, resamples=resamples, confidence=confidence, seed=seed)
    return SobolIndices(moved, study.targets, first, total, scale, confidence, base, runs, seed)


def indices(
    a: np.ndarray, b: np.ndarray, ab: np.ndarray, *, resamples: int = 200, confidence: float = 0.9, seed: int = 0
) -> tuple[Shares, Shares]:
    """Return first and total order from model runs.

    Args:
        a: (targets, n) at the first base points.
        b: (targets, n) at the second.
        ab: (targets, factors, n) at the first, with one factor from the second.
        resamples: of the n points.
        confidence: of the intervals, from the quantiles over resamples.
        seed: of the resamples.

    Returns:
        First and total order, each (factors, targets).

    """
    targets, number, n = ab.shape
    drawn = np.random.default_rng(seed).integers(n, size=(n, resamples))
    weights = np.stack([np.bincount(column, minlength=n) for column in drawn.T], axis=1) / n  # each column sums to one
    first, total = (_empty(number, targets) for _ in range(2))
    moves = np.ptp(a, axis=1) + np.ptp(b, axis=1) + np.abs(a[:, 0] - b[:, 0]) > 0.0
    for start in range(0, targets, TOGETHER):
        k = start + np.flatnonzero(moves[start : start + TOGETHER])
        if k.size:
            _fill(first, total, k, (a[k], b[k], ab[k]), weights, confidence)
    return first, total


TOGETHER = 16
"""Targets whose resamples are summed in one product: large ones keep the processor busy, small ones fit into memory."""


def _fill(
    first: Shares, total: Shares, k: np.ndarray, runs: tuple[np.ndarray, np.ndarray, np.ndarray], weights: np.ndarray, confidence: float
) -> None:
    """Fill in the indices of some targets from their runs."""
    every = np.concatenate([runs[0][:, None], runs[1][:, None], runs[2]], axis=1).reshape(k.size, -1)
    center, spread = every.mean(axis=1)[:, None], every.std(axis=1)[:, None]
    a, b = ((row - center) / spread for row in runs[:2])
    ab = (runs[2] - center[:, None]) / spread[:, None]
    mean = 0.5 * (a + b) @ weights
    again = (0.5 * (a * a + b * b) @ weights - mean**2)[:, None]  # variance in each resample
    variance = np.concatenate([a, b], axis=1).var(axis=1)[:, None]
    change = ab - a[:, None]
    for shares, top in ((first, b[:, None] * change), (total, 0.5 * change**2)):
        sums = (top.reshape(-1, top.shape[2]) @ weights).reshape(*top.shape[:2], -1)
        samples = np.divide(sums, again, out=np.zeros_like(sums), where=again > 0.0)
        shares.value[:, k] = (top.mean(axis=2) / variance).T
        low, high = np.quantile(samples, (0.5 - confidence / 2, 0.5 + confidence / 2), axis=2)
        shares.low[:, k], shares.high[:, k] = low.T, high.T
        shares.error[:, k] = samples.std(axis=2, ddof=1).T


def _empty(number: int, targets: int) -> Shares:
    return Shares(*(np.full((number, targets), np.nan) for _ in Shares._fields))


def _pairs(study: Study, base: int, seed: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return two samples from one scrambled Sobol sequence over twice the names, so that they fill the space together."""
    from scipy.stats import qmc

    names = sorted(study.uniforms(1, seed))
    points = qmc.Sobol(2 * len(names), scramble=True, rng=stream(seed, "sobol pairs")).random_base2(base.bit_length() - 1)
    points = np.clip(points, 2.0**-54, 1 - 2.0**-53).T
    one = {name: np.ascontiguousarray(points[i]) for i, name in enumerate(names)}
    return one, {name: np.ascontiguousarray(points[len(names) + i]) for i, name in enumerate(names)}


def _crossed(
    moved: tuple[Factor, ...], a: Mapping[str, np.ndarray], b: Values, here: Values, there: Values
) -> Iterator[tuple[tuple[Factor, ...], dict[str, np.ndarray], dict[str, np.ndarray]]]:
    """Yield factors, values and chances: the first sample once a factor, with that factor from the second; several in one block."""
    base = len(next(iter(a.values())))
    size = max(1, BLOCK // base)
    still = [f for f in moved if not f.chances]
    tiled: dict[str, np.ndarray] = {}
    for start in range(0, len(still), size):
        chunk = tuple(still[start : start + size])
        if not tiled or len(tiled[next(iter(tiled))][0]) != base * len(chunk):
            tiled = {name: np.tile(row, len(chunk)) for name, row in here.items()}
        values = {n: np.concatenate([b[n] if n in f.of else row for f in chunk]) for n, row in a.items()}
        yield chunk, values, tiled
    for f in moved:
        if f.chances:
            yield (f,), dict(a), dict(there)
