"""Laws that hold under a condition, and how often their unconditioned forms fail in full runs: findings to be shown.

More enforcement raises the premium, and a legal channel lowers grey volume, as long as the other paths are held. In full runs less grey
or more legal compute changes China's shortage, hence its domestic capacity, hence the demand for smuggled chips years later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from thalweg.scenarios.history import History
from thalweg.scenarios.inputs import Inputs
from thalweg.scenarios.levers import LeverPath, lever_path
from thalweg.scenarios.quarters import LABELS, index
from thalweg.scenarios.simulate import Plan, run

TOLERANCE = {np.dtype(np.float64): 1e-9, np.dtype(np.float32): 1e-4}


@dataclass(frozen=True, slots=True)
class Failure:
    """In what share of draws a law's unconditioned form fails in some quarter, and by how much in the worst one."""

    law: str
    runs: int
    share: float
    worst: float


def failures(blocks: Sequence[Inputs], base: LeverPath, *, start: str = "2026Q4", quarters: int = 8) -> tuple[Failure, ...]:
    """Return the share of draws in which each unconditioned law fails in full runs.

    Args:
        blocks: inputs of the draws.
        base: levers against which one is changed.
        start: first quarter of the change.
        quarters: after how many quarters the change is withdrawn again, for the third law.

    """
    back = LABELS[index(start) + quarters]
    more = {start: 4.0 * float(base.values["E"][index(start)])}
    raised = lever_path(base, E=more)
    withdrawn = lever_path(base, E={**more, back: float(base.values["E"][index(back)])})
    closed = lever_path(base, legal={start: 0.0})
    opened = lever_path(base, legal={start: 1.0})
    return (
        _fails("four times the enforcement budget never lowers the premium", _changes(blocks, base, raised, "premium"), falls=True),
        _fails("nor where it is withdrawn again", _changes(blocks, base, withdrawn, "premium"), falls=True),
        _fails("a legal channel never raises grey volume", _changes(blocks, closed, opened, "flow_grey"), falls=False),
    )


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing the legal channel in 2025Q2 does to smuggling in that quarter, in H100e, beside what was published."""

    runs: int
    rises: float
    low: float
    middle: float
    high: float
    published: float


H20_SEEN = 76.4e3
"""Epoch AI: smuggled flow of 2025Q2 less that of 2025Q1, medians, in H100e."""

HIDDEN = ("legal", "smuggled", "throttled")


def without_h20(history: History) -> History:
    """Return the history without what followed the letters of April 2025, so that both branches are simulated."""
    return history.hidden_from(index("2025Q2"), *HIDDEN)


def closing_h20(blocks: Iterable[Inputs], base: LeverPath) -> Closing:
    """Compare 2025Q2 with the legal channel closed and open; the blocks' history ends before it (:func:`without_h20`).

    The published rise holds all that changed between the two quarters; the model's is the channel alone.
    """
    start, t = "2025Q2", index("2025Q2")
    paths = [lever_path(base, legal={start: legal}, license={start: 0}) for legal in (0.0, 1.0)]
    parts = []
    for given in blocks:
        closed, opened = (np.asarray(run(given, Plan(path), outcomes=("flow_grey",))["flow_grey"][t]) for path in paths)
        parts.append(closed - opened)
    change = np.concatenate(parts)
    low, middle, high = (float(x) for x in np.quantile(change, [0.05, 0.5, 0.95]))
    return Closing(change.size, float((change >= 0).mean()), low, middle, high, H20_SEEN)


def premium_rises_everywhere(gK: np.ndarray, eps: np.ndarray, eta: np.ndarray) -> np.ndarray:
    """Whether the network reacts slowly enough for the law on the premium to be exact: 1.34*gK < eps + eta."""
    return np.asarray(1.34 * gK < eps + eta)


def _changes(blocks: Iterable[Inputs], before: LeverPath, after: LeverPath, outcome: str) -> np.ndarray:
    """Return the relative change of an outcome by quarter, (44, runs)."""
    parts = []
    for given in blocks:
        low, high = (np.stack(run(given, Plan(path), outcomes=(outcome,))[outcome]) for path in (before, after))
        parts.append(np.where(high == low, 0.0, high / np.where(low == 0.0, 1.0, low) - 1.0))
    return np.concatenate(parts, axis=1)


def _fails(law: str, change: np.ndarray, *, falls: bool) -> Failure:
    against = -change if falls else change
    worst = against.max(axis=0)
    broken = worst > TOLERANCE[change.dtype]
    return Failure(law, change.shape[1], float(broken.mean()), float(worst.max()) if broken.any() else 0.0)
