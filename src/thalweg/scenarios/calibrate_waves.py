"""Waves of calibration: draws are moved to where the last wave found plausible runs, and weigh less for having been drawn there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thalweg.evidence.quantile_table import normal_cdf, normal_ppf
from thalweg.scenarios.draw import stream

FROM_PRIOR = 0.3
"""Share of the runs of a wave that is drawn from the prior: no weight can pass 1/0.3 times that of the likelihood."""

WIDER = 1.5
"""Factor on the covariance of the last wave, so that its tails are not cut."""

MOST_NAMES = 25
RUNS_A_NAME = 4
"""Effective runs that each name of a proposal needs: fewer say nothing of how names hang together."""

_LEAST, _MOST = 2.0**-54, 1.0 - 2.0**-53


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where the runs of a wave are drawn, in standard normal scores of the uniforms of some names; the others stay as in the prior."""

    names: tuple[str, ...]
    mean: np.ndarray
    root: np.ndarray
    """Lower Cholesky factor of the covariance."""

    def draw(self, u: Mapping[str, np.ndarray], seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return uniforms (runs,) moved to the proposal, and the log density of the prior over that of the mixture, (runs,)."""
        z = np.stack([normal_ppf(u[name]) for name in self.names])
        moved = self.mean[:, None] + self.root @ z
        stays = stream(seed, "calibration wave").random(z.shape[1]) < FROM_PRIOR
        z = np.where(stays, z, moved)
        found: dict[str, np.ndarray] = dict(u) | {
            name: np.clip(normal_cdf(row), _LEAST, _MOST) for name, row in zip(self.names, z, strict=True)
        }
        prior: np.ndarray = -np.log(FROM_PRIOR + (1.0 - FROM_PRIOR) * np.exp(self._log_ratio(z)))
        return found, prior

    def _log_ratio(self, z: np.ndarray) -> np.ndarray:
        """Return the log density of the proposal over that of the prior, (runs,)."""
        scores = np.linalg.solve(self.root, z - self.mean[:, None])
        logs: np.ndarray = 0.5 * (np.square(z).sum(axis=0) - np.square(scores).sum(axis=0)) - np.log(np.diag(self.root)).sum()
        return np.asarray(np.clip(logs, -700.0, 700.0))


def proposal(u: Mapping[str, np.ndarray], weights: np.ndarray, names: Sequence[str]) -> Proposal:
    """Return where to draw next, from the weighted scores of a wave: of the names that moved or narrowed most.

    The covariance is shrunk to the prior's by the share of one over the effective sample, so that few runs do not make it singular.
    """
    z = np.stack([normal_ppf(u[name]) for name in names])
    mean = z @ weights
    spread = np.sqrt(np.square(z - mean[:, None]) @ weights)
    learned = np.square(mean) + np.square(np.log(np.maximum(spread, 1e-3)))
    effective = float(1.0 / np.square(weights).sum())
    kept = np.sort(np.argsort(-learned)[: min(MOST_NAMES, max(1, int(effective / RUNS_A_NAME)))])
    z, mean = z[kept], mean[kept]
    shrink = kept.size / (kept.size + effective)
    covariance = (1.0 - shrink) * WIDER * (((z - mean[:, None]) * weights) @ (z - mean[:, None]).T) + shrink * np.eye(kept.size)
    return Proposal(tuple(names[i] for i in kept), (1.0 - shrink) * mean, np.linalg.cholesky(covariance))
