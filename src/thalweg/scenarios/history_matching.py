"""Runs against data: how implausible a run is on each series, and what weight it has."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thalweg.evidence import BadInput


@dataclass(frozen=True, slots=True)
class Evidence:
    """A series as calibration takes it: standardized residuals (points, runs), and the data that each point counts for."""

    id: str
    residuals: np.ndarray
    power: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What is left of the runs: weights (runs,) that sum to one, and how they came about."""

    weights: np.ndarray
    effective: float
    """Kish's effective sample size."""
    runs: int
    unlawful: int
    """Runs that break a law of the model."""
    implausible: Mapping[str, int]
    """Lawful runs that each series alone rules out."""
    kept: int
    """Runs that history matching leaves."""

    def calibrated(self, least: float) -> bool:
        """Say whether the effective sample is large enough, in proportion to the runs asked for of 100,000."""
        return self.effective >= least


def implausibility(residuals: np.ndarray) -> np.ndarray:
    """Return how far each run is from a series, (runs,): the root mean square over its points of residuals over their error.

    Source:
        Vernon, Goldstein and Bower (2010), Galaxy formation: a Bayesian uncertainty analysis, section 3; 3 is their cut too.
    """
    measure: np.ndarray = np.sqrt(np.mean(np.square(residuals), axis=0))
    return measure


def log_likelihood(residuals: np.ndarray, freedom: float) -> np.ndarray:
    """Return the log density of Student-t errors, but for a constant, summed over points, (runs,)."""
    total: np.ndarray = (-0.5 * (freedom + 1.0) * np.log1p(np.square(residuals) / freedom)).sum(axis=0)
    return total


def weigh(evidence: Sequence[Evidence], lawful: np.ndarray, *, freedom: float, cut: float, prior: np.ndarray | None = None) -> Weights:
    """Return the weights of runs: none where a series rules a run out, importance weights of the likelihood elsewhere.

    Args:
        evidence: the series; without any, all lawful runs count alike.
        lawful: whether each run holds to the laws of the model.
        freedom: of the Student-t errors.
        cut: implausibility from which a run is ruled out.
        prior: log density of the prior over that from which the runs were drawn, (runs,); zero if they were drawn from the prior.

    Raises:
        BadInput: no run is left; the message names the series that rules out most.
    """
    alive = np.array(lawful, dtype=bool)
    if not alive.any():
        raise BadInput("no run survives: every one ships more chips to China than are made, or gives a value that is no number")
    ruled: dict[str, int] = {}
    logs = np.zeros(alive.size) if prior is None else np.array(prior, dtype=np.float64)
    for series in evidence:
        usable = np.isfinite(series.residuals).all(axis=0)
        residuals = np.where(usable, series.residuals, np.inf)
        plausible = usable & (implausibility(np.where(usable, series.residuals, 0.0)) < cut)
        ruled[series.id] = int((lawful & ~plausible).sum())
        alive &= plausible
        logs += series.power * log_likelihood(np.where(usable, residuals, 0.0), freedom)
    if not alive.any():
        raise BadInput(_nothing_left(ruled, int(np.sum(lawful)), cut))
    top = logs[alive].max()
    weights = np.where(alive, np.exp(np.where(alive, logs - top, -math.inf)), 0.0)
    weights /= weights.sum()
    return Weights(
        weights=weights,
        effective=float(1.0 / np.square(weights).sum()),
        runs=int(alive.size),
        unlawful=int((~np.asarray(lawful, dtype=bool)).sum()),
        implausible=ruled,
        kept=int(alive.sum()),
    )


def _nothing_left(ruled: Mapping[str, int], lawful: int, cut: float) -> str:
    worst = max(ruled, key=lambda name: ruled[name])
    counts = ", ".join(f"{name} {count:,}" for name, count in sorted(ruled.items(), key=lambda item: -item[1]) if count)
    return (
        f"no run survives history matching: of {lawful:,} lawful runs none has an implausibility under {cut:g} on every series "
        f"(ruled out by {counts}); {worst} rules out most. Draw more runs, widen its priors, or look for an error in its data or equations"
    )


def resample(weights: np.ndarray, size: int, numbers: np.random.Generator) -> np.ndarray:
    """Return indices (size,) of runs, as often as they weigh, by systematic resampling in random order."""
    places = (numbers.random() + np.arange(size)) / size
    picked: np.ndarray = np.minimum(np.searchsorted(np.cumsum(weights), places), weights.size - 1)
    return numbers.permutation(picked)
