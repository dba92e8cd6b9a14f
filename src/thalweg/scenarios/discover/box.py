"""Boxes: a few conditions on uncertainties, and how well they single out the runs of interest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thalweg.evidence import BadInput
from thalweg.evidence.distribution import Z95


@dataclass(frozen=True, slots=True)
class Between:
    """A condition on a number: from ``low`` to ``high``, both included; infinite where there is no bound."""

    low: float = -np.inf
    high: float = np.inf

    def holds(self, x: np.ndarray) -> np.ndarray:
        """Say in which runs the condition holds."""
        return np.asarray((x >= self.low) & (x <= self.high))


@dataclass(frozen=True, slots=True)
class OneOf:
    """A condition on a switch: one of these options."""

    values: tuple[float, ...]

    def holds(self, x: np.ndarray) -> np.ndarray:
        """Say in which runs the condition holds."""
        return np.isin(x, self.values)


Condition = Between | OneOf


@dataclass(frozen=True, slots=True)
class Fit:
    """How a box fits: share of the cases inside (coverage), share of cases in it (density), share of runs inside (mass)."""

    coverage: float
    density: float
    mass: float
    elsewhere: float
    """Share of cases among the runs outside."""
    runs: int

    @property
    def share(self) -> float:
        """Share of cases among all runs, which is the density of no box at all."""
        return self.mass * self.density + (1.0 - self.mass) * self.elsewhere

    @property
    def density_interval(self) -> tuple[float, float]:
        """The 90 percent interval of the density, from how many runs lie inside."""
        return wilson(self.density, self.mass * self.runs)

    @property
    def coverage_interval(self) -> tuple[float, float]:
        """The 90 percent interval of the coverage, from how many cases there are."""
        return wilson(self.coverage, self.share * self.runs)


@dataclass(frozen=True, slots=True)
class Box:
    """Conditions by name, how they fit, and for each the probability that chance alone would do as well without it (quasi p-value)."""

    conditions: Mapping[str, Condition]
    fit: Fit
    quasi_p: Mapping[str, float]

    def inside(self, x: Mapping[str, np.ndarray], runs: int) -> np.ndarray:
        """Say which runs meet all conditions."""
        found = np.ones(runs, dtype=bool)
        for name, condition in self.conditions.items():
            found &= condition.holds(x[name])
        return found


def measured(conditions: Mapping[str, Condition], x: Mapping[str, np.ndarray], cases: np.ndarray) -> Box:
    """Return a box with its fit on some runs."""
    inside = {name: condition.holds(x[name]) for name, condition in conditions.items()}
    every = np.logical_and.reduce(list(inside.values())) if inside else np.ones(cases.size, dtype=bool)
    return Box(dict(conditions), fit_of(every, cases), {name: _quasi_p(name, inside, every, cases) for name in conditions})


def fit_of(inside: np.ndarray, cases: np.ndarray) -> Fit:
    """Return how well runs inside a box match the cases."""
    n, k, all_cases = int(inside.sum()), int(cases[inside].sum()), int(cases.sum())
    outside = cases.size - n
    return Fit(
        coverage=k / all_cases if all_cases else 0.0,
        density=k / n if n else 0.0,
        mass=n / cases.size,
        elsewhere=(all_cases - k) / outside if outside else 0.0,
        runs=cases.size,
    )


def wilson(share: float, of: float) -> tuple[float, float]:
    """Return the 90 percent interval of a share that was counted among so many; all of 0 to 1 where there are none.

    Wilson, Journal of the American Statistical Association 22 (1927) 209-212.
    """
    if of <= 0.0:
        return 0.0, 1.0
    z2 = Z95 * Z95 / of
    middle, half = share + z2 / 2.0, Z95 * math.sqrt(share * (1.0 - share) / of + z2 / (4.0 * of))
    return max(0.0, (middle - half) / (1.0 + z2)), min(1.0, (middle + half) / (1.0 + z2))


def _quasi_p(name: str, inside: Mapping[str, np.ndarray], every: np.ndarray, cases: np.ndarray) -> float:
    """Return the one-sided binomial probability of the box's cases at the density without one condition.

    Bryant and Lempert, Thinking inside the box, Technological Forecasting and Social Change 77 (2010) 34-49.
    """
    from scipy.special import bdtrc

    without = np.logical_and.reduce([row for other, row in inside.items() if other != name]) if len(inside) > 1 else np.ones_like(every)
    n, k = int(every.sum()), int(cases[every].sum())
    density = float(cases[without].mean())
    return float(bdtrc(k - 1, n, density)) if n else 1.0


def refuse(x: Mapping[str, np.ndarray], cases: np.ndarray) -> None:
    """Refuse runs that do not fit together.

    Raises:
        BadInput: cases that are no truth values, or a column of another length.

    """
    if cases.dtype != bool or cases.ndim != 1:
        raise BadInput("cases: one truth value a run is needed")
    for name, row in x.items():
        if row.shape != cases.shape:
            raise BadInput(f"{name}: {row.shape[0] if row.ndim else 1} values for {cases.size} runs")
