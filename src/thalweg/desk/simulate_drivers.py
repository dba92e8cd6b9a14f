"""Which uncertain numbers move an outcome, and how much of that is judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.sensitivity.factors import judged
from thalweg.scenarios.sensitivity.given_data import LEAST_RUNS, first_order
from thalweg.scenarios.sensitivity.scale import scaled
from thalweg.scenarios.study import varying

WEIGHED_RUNS = 500
"""Below this many runs, what stands out of the noise is too little to weigh judgement against the rest."""


@dataclass(frozen=True, slots=True)
class Drivers:
    """The numbers that move an outcome, the strongest first, with their share of its variance in ranks."""

    ranked: tuple[tuple[str, float, bool], ...]
    """Name, share of the variance that it explains alone, and whether it is judgement."""
    judgement: float | None
    """Share of judgement in what the named ones explain; ``None`` where nothing stands out."""

    def words(self, most: int = 3) -> str:
        """Return the strongest in a line, judgement marked."""
        return ", ".join(f"{n}{' (judgement)' if j else ''}" for n, _, j in self.ranked[:most]) or "none stands out"


NONE = Drivers((), None)


def drivers(estimates: Estimates, values: Mapping[str, np.ndarray], y: np.ndarray) -> list[Drivers]:
    """Return the drivers of each row of outcomes (targets, runs), from the draws that made it.

    First-order indices from given data on ranks; those within the noise are left out. Below 50 runs none can be told from noise, and below
    500 the share of judgement is not weighed.
    """
    if y.shape[1] < LEAST_RUNS:
        return [NONE] * len(y)
    moving = {name: np.asarray(values[name]) for name in varying(values) if name in estimates.estimates or name in estimates.switches}
    y = np.asarray(y, dtype=np.float64)
    differs = [bool(np.ptp(row) > 0) for row in y]
    ranks = scaled(y, y, "rank")
    ranks[~np.array(differs)] = 0.0
    found = first_order(moving, ranks)
    return [_told(estimates, found.ranked(i), weighed=y.shape[1] >= WEIGHED_RUNS) if differs[i] else NONE for i in range(len(y))]


def _told(estimates: Estimates, ranked: Sequence[tuple[str, float, bool]], *, weighed: bool) -> Drivers:
    stands_out = tuple((name, float(f"{x:.3g}"), judged(estimates, name)) for name, x, above in ranked if above and x > 0)
    total = sum(x for _, x, _ in stands_out)
    share = float(f"{sum(x for _, x, j in stands_out if j) / total:.3g}") if total > 0 and weighed else None
    return Drivers(stands_out, share)


def strongest(found: Sequence[Drivers], most: int = 4) -> list[tuple[str, float]]:
    """Return the judgement that moves several outcomes, the strongest first, each with its largest share of the variance of one of them."""
    shares: dict[str, float] = {}
    for told in found:
        for name, share, is_judged in told.ranked:
            if is_judged:
                shares[name] = max(share, shares.get(name, 0.0))
    return sorted(shares.items(), key=lambda row: (-row[1], row[0]))[:most]
