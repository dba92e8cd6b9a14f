"""A study: which policy is simulated, against which other, and which outcomes of which years are read off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from thalweg.evidence import BadInput, nearest
from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.blocks import OWNED, Definition
from thalweg.scenarios.draw import draw_chances, uniforms, values_at
from thalweg.scenarios.history import NOTHING, History
from thalweg.scenarios.inputs import prepare
from thalweg.scenarios.outcomes import EVERYTHING, OUTCOMES
from thalweg.scenarios.quarters import YEARS
from thalweg.scenarios.simulate import Plan, simulate

BLOCK = 4096
"""Runs that are simulated at once: few enough to stay near the processor, many enough that the interpreter does not count."""

Values = Mapping[str, np.ndarray]


Planned = Callable[[Values], Plan]
"""What gives the plan of some runs from their values."""


class Target(NamedTuple):
    """An outcome of a year, reduced over its quarters as the table of outcomes says."""

    outcome: str
    year: int


@dataclass(frozen=True, slots=True)
class Study:
    """What a verb asks about: a policy, or what it changes against another one, and the outcomes that are looked at.

    A plan may be a function of the values of the estimates, where what a lever lets through is itself uncertain. ``against`` makes every
    outcome a difference, run by run under the same chances. ``fixed`` and ``anchor`` are as in ``draw``.
    """

    estimates: Estimates
    plan: Plan | Planned
    against: Plan | Planned | None = None
    outcomes: tuple[str, ...] = tuple(OUTCOMES)
    years: tuple[int, ...] = (2028,)
    history: History = NOTHING
    definition: Definition = OWNED
    anchor: str | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    dtype: Any = np.float32

    def __post_init__(self) -> None:
        for name in self.outcomes:
            if name not in EVERYTHING:
                raise BadInput(f"no outcome {name!r}{nearest(name, EVERYTHING)}")
        for year in self.years:
            if year not in YEARS:
                raise BadInput(f"year {year}: the model runs from {YEARS[0]} to {YEARS[-1]}")
        if not self.outcomes or not self.years:
            raise BadInput("at least one outcome and one year are needed")

    @property
    def targets(self) -> tuple[Target, ...]:
        """The outcomes of the years, the years of an outcome together."""
        return tuple(Target(name, year) for name in self.outcomes for year in self.years)

    def uniforms(self, runs: int, seed: int) -> dict[str, np.ndarray]:
        """Return stratified uniform numbers (runs,) of every estimate and switch."""
        return uniforms(self.estimates, runs, seed)

    def chances(self, runs: int, seed: int) -> dict[str, np.ndarray]:
        """Return the uniform numbers (44, runs) of every chance."""
        return draw_chances(self.estimates, runs, seed)

    def values(self, u: Values) -> dict[str, np.ndarray]:
        """Return the values of every estimate and switch at uniform numbers."""
        return values_at(self.estimates, u, anchor=self.anchor, fixed=self.fixed)

    def evaluate(self, values: Values, chances: Values) -> np.ndarray:
        """Return the targets (targets, runs) of one block of runs.

        Raises:
            BrokenLaw: as ``simulate``.
        """
        given = prepare(values, chances, self.history, dtype=self.dtype)
        found = self._targets(given, plan_at(self.plan, values))
        return found if self.against is None else found - self._targets(given, plan_at(self.against, values))

    def _targets(self, given: Any, plan: Plan) -> np.ndarray:
        result = simulate(given, plan, outcomes=self.outcomes, quarterly=(), definition=self.definition)
        rows = [year - YEARS[0] for year in self.years]
        return np.concatenate([result.yearly[name][rows] for name in self.outcomes])

    def ensemble(self, runs: int, seed: int, progress: Callable[[int], None] | None = None) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Draw and simulate: the values by name, each (runs,), and the targets (targets, runs)."""
        values = self.values(self.uniforms(runs, seed))
        chances = self.chances(runs, seed)
        parts = []
        for cut in blocks(runs):
            parts.append(self.evaluate({k: v[cut] for k, v in values.items()}, {k: v[:, cut] for k, v in chances.items()}))
            if progress:
                progress(min(cut.stop, runs))
        return values, np.concatenate(parts, axis=1)


def plan_at(plan: Plan | Planned, values: Values) -> Plan:
    """Return the plan of runs with these values."""
    return plan if isinstance(plan, Plan) else plan(values)


def blocks(runs: int, size: int = BLOCK) -> Iterator[slice]:
    """Yield the cuts of runs into blocks."""
    for start in range(0, runs, size):
        yield slice(start, min(start + size, runs))


def varying(values: Values) -> tuple[str, ...]:
    """Return the names whose values differ between runs, in their order."""
    return tuple(name for name, row in values.items() if np.any(row != row[0]))
