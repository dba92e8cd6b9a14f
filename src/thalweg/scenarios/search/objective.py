"""Objectives: sums of raw outcomes over years, reduced over draws. No index is among them unless the user weighs one up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from thalweg.evidence import BadInput, nearest
from thalweg.scenarios.outcomes import EVERYTHING
from thalweg.scenarios.quarters import YEARS


@dataclass(frozen=True, slots=True)
class Objective:
    """What is made high or low: weighted outcomes, summed over years, at a quantile over draws or at their mean.

    ``at`` is a probability such as 0.1 (the tenth worst of a hundred draws, where higher is better), or None for the mean.
    """

    name: str
    outcomes: Mapping[str, float]
    years: tuple[int, ...]
    better: Literal["higher", "lower"]
    at: float | None = None

    def __post_init__(self) -> None:
        for name in self.outcomes:
            if name not in EVERYTHING:
                raise BadInput(f"objective {self.name}: no outcome {name!r}{nearest(name, EVERYTHING)}")
        if not self.outcomes or not self.years or any(year not in YEARS for year in self.years):
            raise BadInput(f"objective {self.name}: outcomes and years from {YEARS[0]} to {YEARS[-1]} are needed")
        if self.better not in ("higher", "lower"):
            raise BadInput(f"objective {self.name}: better is {self.better!r}; there are higher and lower")
        if self.at is not None and not 0.0 < self.at < 1.0:
            raise BadInput(f"objective {self.name}: at is {self.at}; a probability between 0 and 1 is needed, or none for the mean")

    def of(self, yearly: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the objective in every run, (runs,), from outcomes (11, runs)."""
        rows = [year - YEARS[0] for year in self.years]
        return np.asarray(sum(weight * yearly[name][rows].sum(axis=0, dtype=np.float64) for name, weight in self.outcomes.items()))

    def over_draws(self, values: np.ndarray) -> np.ndarray:
        """Reduce values (candidates, draws) to one for each candidate."""
        return np.asarray(values.mean(axis=1) if self.at is None else np.quantile(values, self.at, axis=1))

    @property
    def sign(self) -> float:
        """1 where lower is better, -1 where higher is: searches make things small."""
        return 1.0 if self.better == "lower" else -1.0


SECURITY = Objective("security", {"lag": 1.0}, (2030,), "higher", at=0.5)
"""Months by which China's frontier is behind at the end of 2030, at the median."""
INNOVATION = Objective("innovation", {"innovation": 1.0}, (2032,), "higher")
"""Innovation in the US at the end of 2032 against no sales to China, on average."""
COST = Objective("cost", {"enforcement_cost": 1.0, "allied_burden": 1.0, "fee_income": -1.0}, tuple(range(2027, 2033)), "lower")
"""Dollars of 2027 to 2032: enforcement and what allies forgo, less fees, on average."""

DEFAULT: Sequence[Objective] = (SECURITY, INNOVATION, COST)
"""The three objectives of a search where the user names none."""
