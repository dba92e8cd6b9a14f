"""Scores of forecasts against what was observed, and the naive forecasts that they are held against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEVELS = (0.05, 0.25, 0.50, 0.75, 0.95)
"""The edges of the 90 and 50 percent bands, and the median."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Quantiles of a forecast at points: (points, 5) at the levels of this module, with the observations (points,)."""

    quantiles: np.ndarray
    observed: np.ndarray

    def inside(self, share: int) -> np.ndarray:
        """Return for each point whether it lies in the band of 90 or 50 percent, its edges included."""
        low, high = (0, 4) if share == 90 else (1, 3)
        return (self.observed >= self.quantiles[:, low]) & (self.observed <= self.quantiles[:, high])


def bands(samples: np.ndarray, observed: np.ndarray) -> Bands:
    """Return the bands of equally likely samples (points, samples)."""
    return Bands(np.quantile(samples, LEVELS, axis=1).T, np.asarray(observed, dtype=np.float64))


def crps(samples: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return the continuous ranked probability score of each point, (points,), of samples (points, samples); less is better.

    Formula:
        mean |x - y| - mean |x - x'|/2 over the samples, the second term by their order
    Units:
        those of the samples.
    Source:
        Gneiting and Raftery (2007), Strictly proper scoring rules, equation (21).
    """
    ordered = np.sort(samples, axis=1)
    n = ordered.shape[1]
    place = 2.0 * np.arange(n) - n + 1.0
    spread = ordered @ place / n**2
    distance: np.ndarray = np.abs(ordered - np.asarray(observed)[:, None]).mean(axis=1)
    score: np.ndarray = distance - spread
    return score


def interval_score(at: Bands, share: int = 90) -> np.ndarray:
    """Return the interval score of each point: the width, and what an observation outside costs; less is better.

    Formula:
        (u - l) + (2/alpha)*(l - y if y < l) + (2/alpha)*(y - u if y > u), alpha = 1 - share
    Units:
        those of the quantiles.
    Source:
        Gneiting and Raftery (2007), equation (43).
    """
    low, high = (0, 4) if share == 90 else (1, 3)
    lower, upper, y = at.quantiles[:, low], at.quantiles[:, high], at.observed
    alpha = 1.0 - share / 100.0
    score: np.ndarray = (upper - lower) + 2.0 / alpha * (np.maximum(lower - y, 0.0) + np.maximum(y - upper, 0.0))
    return score


def skill(scores: Sequence[float] | np.ndarray, naive: Sequence[float] | np.ndarray) -> float:
    """Return 1 - mean score/mean naive score: above zero is better than the naive forecast; NaN if that is never wrong."""
    base = float(np.mean(naive))
    return 1.0 - float(np.mean(scores)) / base if base > 0.0 else math.nan


@dataclass(frozen=True, slots=True)
class Walk:
    """A random walk in logs: its last value, and drift and spread by quarter, with the degrees of freedom of its errors."""

    last: float
    drift: float
    spread: float
    freedom: float
    changes: int


def random_walk(places: np.ndarray, values: np.ndarray, *, most: int, floor: float, least_freedom: float) -> Walk:
    """Fit a log random walk with drift to positive values at places in quarters; values that are not positive are left out.

    Args:
        places: when each value was, in quarters.
        values: what was observed, in order.
        most: how many of the last changes are used.
        floor: least spread a quarter.
        least_freedom: least degrees of freedom of the errors.
    """
    sold = np.asarray(values) > 0.0
    at, logs = np.asarray(places, dtype=np.float64)[sold][-most - 1 :], np.log(np.asarray(values, dtype=np.float64)[sold][-most - 1 :])
    gaps, steps = np.diff(at), np.diff(logs)
    if gaps.size == 0:
        return Walk(float(np.exp(logs[-1])), 0.0, floor, least_freedom, 0)
    drift = float(steps.sum() / gaps.sum())
    spread = floor
    if gaps.size > 1:
        spread = max(floor, math.sqrt(float(((steps - drift * gaps) ** 2 / gaps).sum()) / (gaps.size - 1)))
    return Walk(float(np.exp(logs[-1])), drift, spread, max(least_freedom, gaps.size - 1.0), int(gaps.size))


def walk_on(walk: Walk, ahead: np.ndarray, numbers: np.random.Generator, samples: int, *, drift: bool = True) -> np.ndarray:
    """Return samples (points, samples) of a walk some quarters ahead (points,); without drift it is persistence."""
    ahead = np.maximum(np.asarray(ahead, dtype=np.float64), 0.0)
    errors = numbers.standard_t(walk.freedom, (ahead.size, samples))
    moved = (walk.drift if drift else 0.0) * ahead[:, None] + walk.spread * np.sqrt(ahead)[:, None] * errors
    # A t error has no moments; past e^20 of the last value nothing more can be missed.
    found: np.ndarray = walk.last * np.exp(np.clip(moved, -20.0, 20.0))
    return found


def block_bootstrap(blocks: Sequence[np.ndarray], numbers: np.random.Generator, times: int = 2000) -> tuple[float, float]:
    """Return the 5 and 95 percent of the mean over all points when whole blocks are drawn again."""
    if not blocks:
        return math.nan, math.nan
    sums, counts = np.array([b.sum() for b in blocks], dtype=np.float64), np.array([b.size for b in blocks], dtype=np.float64)
    picked = numbers.integers(0, len(blocks), (times, len(blocks)))
    means = sums[picked].sum(axis=1) / counts[picked].sum(axis=1)
    low, high = np.quantile(means, (0.05, 0.95))
    return float(low), float(high)
