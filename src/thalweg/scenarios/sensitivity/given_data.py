"""First-order indices from runs at hand: no runs of their own, so they come with every ensemble.

The variance of the means over parts of equal probability, corrected for what parts of a parameter without effect would show
(the epsilon squared of the analysis of variance; Plischke, Borgonovo and Smith, Global sensitivity measures from given data, European
Journal of Operational Research 226 (2013) 536-550, for the partition).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thalweg.evidence import BadInput
from thalweg.scenarios.study import varying

LEAST_RUNS = 50
"""Below this many runs no index is given."""


@dataclass(frozen=True, slots=True)
class GivenData:
    """First-order indices (names, targets) and, for each name, what one without effect stays under in 99 of 100 cases."""

    names: tuple[str, ...]
    first: np.ndarray
    noise: np.ndarray
    runs: int

    def ranked(self, target: int) -> list[tuple[str, float, bool]]:
        """Return name, index and whether it is above the noise, for a target, largest first."""
        order = np.argsort(-np.nan_to_num(self.first[:, target]), kind="stable")
        return [(self.names[i], float(self.first[i, target]), bool(self.first[i, target] > self.noise[i])) for i in order]


@dataclass(frozen=True, slots=True)
class Parts:
    """A parameter cut into parts of equal probability (or by its values, where these are few): order of runs, and where parts start."""

    order: np.ndarray
    starts: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """Runs in each part."""
        return np.asarray(np.diff(self.starts, append=self.order.size))

    def means(self, y: np.ndarray) -> np.ndarray:
        """Return the mean of each target over each part, (targets, parts)."""
        sums: np.ndarray = np.add.reduceat(y[:, self.order], self.starts, axis=1)
        return np.asarray(sums / self.counts)


def first_order(values: Mapping[str, np.ndarray], y: np.ndarray) -> GivenData:
    """Return the first-order index of every name that varies for every target.

    Args:
        values: (runs,) by name.
        y: (targets, runs); ranks of them, where tails are heavy.

    Raises:
        BadInput: fewer than 50 runs.

    """
    runs = y.shape[1]
    if runs < LEAST_RUNS:
        raise BadInput(f"{runs} runs: indices from given data need {LEAST_RUNS} at least")
    names = varying(values)
    y = np.asarray(y, dtype=np.float64)
    centered = y - y.mean(axis=1, keepdims=True)
    total = (centered**2).sum(axis=1)
    first = np.full((len(names), len(y)), np.nan)
    noise = np.empty(len(names))
    for i, name in enumerate(names):
        parts = cut(values[name])
        first[i], noise[i] = corrected(parts, centered, total), noise_level(parts.starts.size, runs)
    return GivenData(names, first, noise, runs)


def cut(x: np.ndarray) -> Parts:
    """Cut a parameter into about the cube root of twice the runs, at most 32 parts."""
    runs = x.size
    number = int(np.clip(round((2 * runs) ** (1 / 3)), 2, 32))
    order = np.argsort(x, kind="stable")
    ordered = x[order]
    changes = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    if changes.size < number:
        return Parts(order, np.concatenate([[0], changes]))
    return Parts(order, np.arange(number) * runs // number)


def corrected(parts: Parts, centered: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return the share of variance between parts, less what chance alone puts there."""
    between = (parts.counts * parts.means(centered) ** 2).sum(axis=1)
    m, runs = parts.starts.size, parts.order.size
    within = np.maximum(total - between, 0.0) / (runs - m)
    return np.asarray(np.divide(between - (m - 1) * within, total, out=np.full(total.shape, np.nan), where=total > 0.0))


def noise_level(parts: int, runs: int, confidence: float = 0.99) -> float:
    """Return what the corrected share of a parameter without effect stays under, from the F distribution."""
    from scipy.special import fdtri

    ratio = float(fdtri(parts - 1, runs - parts, confidence))
    return (parts - 1) * (ratio - 1) / (ratio * (parts - 1) + runs - parts)
