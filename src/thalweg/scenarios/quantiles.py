"""Quantiles of outcomes by one sort."""

from __future__ import annotations

import numpy as np

LEVELS = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
NAMES = ("p5", "p10", "p25", "p50", "p75", "p90", "p95", "mean")


def quantiles(values: np.ndarray) -> np.ndarray:
    """Return the levels and the mean over runs, (times, 8), of values (times, runs).

    Linear between order statistics, as ``numpy.quantile``; one sort serves all levels.
    """
    ordered = np.sort(values, axis=1)
    runs = values.shape[1]
    out = np.empty((values.shape[0], len(NAMES)), dtype=values.dtype)
    for i, level in enumerate(LEVELS):
        place = level * (runs - 1)
        low = int(place)
        high = min(low + 1, runs - 1)
        out[:, i] = ordered[:, low] + (ordered[:, high] - ordered[:, low]) * (place - low)
    out[:, -1] = values.mean(axis=1, dtype=np.float64)
    return out
