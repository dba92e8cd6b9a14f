"""Elementary effects (Morris) of every factor on every outcome at once: a cheap screen before Sobol indices.

Trajectories in the space of probabilities: each estimate steps between the middles of the parts of its distribution, so that an effect is
what half of a distribution does to an outcome. Factors of several names move together, as the grouped trajectories of Campolongo,
Cariboni and Saltelli, An effective screening design for sensitivity analysis of large models, Environmental Modelling and Software 22
(2007) 1509-1518.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from thalweg.evidence import BadInput
from thalweg.scenarios.draw import stream
from thalweg.scenarios.sensitivity.factors import By, Factor, factors
from thalweg.scenarios.sensitivity.scale import Scale, scaled
from thalweg.scenarios.study import BLOCK, Study, Target, blocks, varying

LEVELS = 4
"""Levels of the grid; a step goes over half of them."""


class Effects(NamedTuple):
    """Mean effect, mean of its size with bounds, and standard deviation, each (factors, targets), per unit of probability.

    ``mean`` and ``spread`` are NaN for a factor of several names: its members move either way.
    """

    mean: np.ndarray
    size: np.ndarray
    low: np.ndarray
    high: np.ndarray
    spread: np.ndarray


@dataclass(frozen=True, slots=True)
class MorrisEffects:
    """Elementary effects of a study; ``scale`` says on which scale of the outcome."""

    factors: tuple[Factor, ...]
    targets: tuple[Target, ...]
    effects: Effects
    scale: Scale
    confidence: float
    trajectories: int
    runs: int
    seed: int

    def ranked(self, outcome: str, year: int) -> list[tuple[Factor, float, float, float, float, float]]:
        """Return factor, size, its bounds, mean and standard deviation of the effects on a target, largest size first."""
        k = self.targets.index(Target(outcome, year))
        e = self.effects
        columns = [row[:, k] for row in (e.size, e.low, e.high, e.mean, e.spread)]
        return [(self.factors[i], *(float(c[i]) for c in columns)) for i in np.argsort(-columns[0], kind="stable")]


def morris(
    study: Study,
    *,
    seed: int,
    trajectories: int = 50,
    by: By = "estimate",
    scale: Scale = "rank",
    confidence: float = 0.9,
    progress: Callable[[int, int], None] | None = None,
) -> MorrisEffects:
    """Return the elementary effects of a study.

    Args:
        study: policy, outcomes and years.
        seed: of trajectories, chances and resamples.
        trajectories: at least two; each takes one run more than there are factors.
        by: as for :func:`sobol`.
        scale: of the outcomes.
        confidence: of the bounds of the size.
        progress: called with the runs done and the runs to do.

    Raises:
        BadInput: fewer than two trajectories, or as the study's draws.
        BrokenLaw: as ``simulate``.

    """
    if trajectories < 2:
        raise BadInput(f"trajectories: {trajectories} given; at least two are needed")
    drawn = study.values(study.uniforms(64, seed))
    names = [name for name in varying(drawn) if name in study.uniforms(1, seed)]
    moved = factors(study.estimates, names, by)
    points, order, ups = design(stream(seed, "morris"), [f.of for f in moved], names, trajectories)
    steps = len(moved) + 1
    y = _run(study, {name: points[:, :, i] for i, name in enumerate(names)}, has_moved(order, len(moved) - 1), seed, progress)
    y = scaled(y, y, scale).reshape(-1, trajectories, steps)
    effects = elementary(y, order, ups, 0.5, confidence=confidence, seed=seed)
    several = np.array([len(f.of) > 1 or f.chances for f in moved])
    for row in (effects.mean, effects.spread):
        row[several] = np.nan
    return MorrisEffects(moved, study.targets, effects, scale, confidence, trajectories, trajectories * steps, seed)


def design(
    numbers: np.random.Generator, members: list[tuple[str, ...]], names: list[str], trajectories: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return points (trajectories, factors + 1, names), the order in which factors move, and the direction of each, ±1.

    Order and direction are (trajectories, factors): ``order[r, j]`` is the step at which factor j moves, ``ups[r, j]`` the direction of
    its first name.
    """
    d, k = len(members), len(names)
    order = np.argsort(numbers.random((trajectories, d)), axis=1)
    start = (numbers.integers(LEVELS // 2, size=(trajectories, k)) + 0.5) / LEVELS
    up = np.where(numbers.random((trajectories, k)) < 0.5, 1.0, -1.0)
    of = np.full(k, d, dtype=np.intp)
    for j, group in enumerate(members):
        of[[names.index(name) for name in group]] = j
    late = np.stack([has_moved(order, int(j)) if j < d else np.zeros((trajectories, d + 1), dtype=bool) for j in of], axis=2)
    points = start[:, None, :] + 0.5 * np.where(up[:, None, :] > 0, late, ~late)
    first = np.array([names.index(group[0]) if group else -1 for group in members])
    return points, order, np.where(first >= 0, up[:, first], 1.0)


def has_moved(order: np.ndarray, factor: int) -> np.ndarray:
    """Say at which points of each trajectory a factor has moved, (trajectories, factors + 1)."""
    return np.asarray(np.arange(order.shape[1] + 1) > order[:, factor, None])


def elementary(y: np.ndarray, order: np.ndarray, ups: np.ndarray, step: float, *, confidence: float = 0.9, seed: int = 0) -> Effects:
    """Return effects from the runs along trajectories.

    Args:
        y: (targets, trajectories, factors + 1).
        order: (trajectories, factors), the step at which each factor moves.
        ups: (trajectories, factors), its direction, ±1.
        step: how far a factor moves.
        confidence: of the bounds, from resampled trajectories.
        seed: of the resamples.

    """
    change = np.diff(y, axis=2)
    effect = np.take_along_axis(change, order[None], axis=2) * ups / step  # (targets, trajectories, factors)
    size = np.abs(effect)
    r = y.shape[1]
    drawn = np.random.default_rng(seed).integers(r, size=(r, 500))
    weights = np.stack([np.bincount(column, minlength=r) for column in drawn.T]) / r
    again = np.einsum("br,krf->bkf", weights, size, optimize=True)
    low, high = np.quantile(again, (0.5 - confidence / 2, 0.5 + confidence / 2), axis=0)
    spread = effect.std(axis=1, ddof=1) if r > 1 else np.full(effect[:, 0].shape, np.nan)
    return Effects(effect.mean(axis=1).T, size.mean(axis=1).T, low.T, high.T, spread.T)


def _run(
    study: Study, points: dict[str, np.ndarray], other_chances: np.ndarray, seed: int, progress: Callable[[int, int], None] | None
) -> np.ndarray:
    """Simulate all points; each trajectory has its own chances, and others from the point on at which the chances have moved."""
    trajectories, steps = other_chances.shape
    chances = study.chances(2 * trajectories, seed)
    idle = {name: np.full((trajectories, steps), 0.5) for name in study.uniforms(1, seed)}
    parts = []
    for cut in blocks(trajectories, max(1, BLOCK // steps)):
        values = study.values({name: row[cut].ravel() for name, row in (idle | points).items()})
        late = other_chances[cut].ravel()
        pair = {n: (np.repeat(row[:, :trajectories][:, cut], steps, axis=1), row[:, trajectories:][:, cut]) for n, row in chances.items()}
        parts.append(study.evaluate(values, {n: np.where(late, np.repeat(b, steps, axis=1), a) for n, (a, b) in pair.items()}))
        if progress:
            progress(min(cut.stop, trajectories) * steps, trajectories * steps)
    return np.concatenate(parts, axis=1)
