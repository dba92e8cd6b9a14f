"""Whether announced policies act, run by run, and how far odds hang on the judged probability that they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from thalweg.desk.policies import Ready
from thalweg.desk.scenarios_asked import Asked
from thalweg.desk.simulate_aims import LIKELY
from thalweg.scenarios.ensemble import Ensemble
from thalweg.scenarios.quarters import QUARTERS, YEARS, index
from thalweg.scenarios.simulate import AS_ANNOUNCED
from thalweg.scenarios.steps.deals import in_force

ENFORCED: Final = "pi_imp"
REVERSED: Final = "hz_reversal"
CREDIBILITY: Final = "sw_credibility"
JUDGED: Final = (ENFORCED, REVERSED)
"""The two judged numbers on whether what is announced acts and goes on acting; both are tried at their 5 and 95 percent."""
GRID: Final = np.linspace(0.0, 1.0, 201)
LEAST_IN_CELL: Final = 20
"""Runs of a cell below which its share says too little to be weighed anew (judgement)."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Whether a policy is in force (44, runs), whether it ever begins to be (runs,), and its announcement, none if it is law already."""

    force: np.ndarray
    begins: np.ndarray
    announced: int | None

    def at(self, year: int) -> np.ndarray:
        """Return whether it is in force at the end of a year, and so since it began to act, (runs,)."""
        return np.asarray(self.force[4 * (year - YEARS[0]) + 3])


def acting(policy: Ready, draws: Ensemble) -> Acting:
    """Return whether an announced policy acts, as equation (28) has it; what stood from the first quarter on always does."""
    parts: list[np.ndarray] = []
    begun: list[np.ndarray] = []
    announced = QUARTERS
    start = 0
    for block in draws:
        stop = min(start + draws.size, draws.runs)
        on = np.ones((QUARTERS, stop - start), dtype=bool)
        begins = np.ones(stop - start, dtype=bool)
        if policy.before is not None:
            plan = policy.plan(draws.draws, runs=slice(start, stop))
            announced = plan.levers.differs_from(plan.before) if plan.before else QUARTERS
            announced = min(announced, index(policy.policy.starts))
            if block.sw.sw_credibility is not AS_ANNOUNCED:
                force: Any = 0.0 * block.one
                events = block.events
                begins = np.broadcast_to(np.asarray(events["u_imp"][announced] < block.x.pi_imp), begins.shape)
                for t in range(announced, QUARTERS):
                    force = in_force(block.xp, block.x, block.sw, force, t, announced, events["u_imp"][announced], events["u_reversal"][t])
                    on[t] = np.asarray(force) > 0.0
        parts.append(on)
        begun.append(begins)
        start = stop
    return Acting(np.concatenate(parts, axis=1), np.concatenate(begun), None if policy.before is None else announced)


def judged_at(question: Asked) -> dict[str, tuple[str, float]]:
    """Return by label the ends of the judged numbers on acting that are left to chance: the estimate and its 5 or 95 percent."""
    found: dict[str, tuple[str, float]] = {}
    for name in JUDGED:
        held = question.estimates.estimates.get(name)
        if held is None or name in question.fixed:
            continue
        low, _, high = held.value.quantiles
        found |= {f"{name} = {x:.3g}": (name, float(x)) for x in (low, high)}
    return found


def odds_by_enforcement(happens: np.ndarray, told: Sequence[Acting], uncertain: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the probability of an event by the probability that what is announced is enforced, from runs weighed anew.

    Enforcement acts through one thing alone: whether each announcement is followed. The share of runs that show the event is taken apart by
    that, among the runs in which it is uncertain, and put together again for every probability of it.

    Args:
        happens: whether a run shows it, (runs,).
        told: the policies.
        uncertain: whether a run leaves open that what is announced acts, (runs,).

    Returns:
        The probability at each of ``GRID``: as the switch is drawn, and were it uncertain in every run; None where nothing is left open, or
        too few runs show it.
    """
    announced: dict[int, np.ndarray] = {x.announced: x.begins for x in told if x.announced is not None}
    if not announced or not uncertain.any():
        return None
    apart = [*announced.values()]
    open_odds = np.zeros_like(GRID)
    for cell in range(2 ** len(apart)):
        signs = [bool(cell >> i & 1) for i in range(len(apart))]
        here = uncertain & np.logical_and.reduce([row == sign for row, sign in zip(apart, signs, strict=True)])
        if here.sum() < LEAST_IN_CELL:
            return None
        weight = np.prod([GRID if sign else 1.0 - GRID for sign in signs], axis=0)
        open_odds += weight * float(happens[here].mean())
    share = float(uncertain.mean())
    sure = float(happens[~uncertain].mean()) if share < 1.0 else 0.0
    return share * open_odds + (1.0 - share) * sure, open_odds


def tips(odds: np.ndarray) -> float | None:
    """Return the least probability of enforcement from which on an event is likely: 0 where it always is, None where it never is."""
    under = np.flatnonzero(odds < LIKELY)
    if not under.size:
        return 0.0
    last = int(under[-1])
    if last == GRID.size - 1:
        return None
    low, high = float(odds[last]), float(odds[last + 1])
    return float(GRID[last] + (GRID[last + 1] - GRID[last]) * (LIKELY - low) / (high - low))


def uncertain_runs(draws: Mapping[str, Any], question: Asked) -> np.ndarray:
    """Return whether a run leaves open that what is announced acts, (runs,)."""
    return np.broadcast_to(np.asarray(draws[CREDIBILITY]) != AS_ANNOUNCED, (question.runs,))
