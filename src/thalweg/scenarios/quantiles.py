"""Quantiles of outcomes by one sort."""

from __future__ import annotations

import numpy as np

from thalweg.scenarios.namespace import Array, library_of, on_host

LEVELS = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
NAMES = ("p5", "p10", "p25", "p50", "p75", "p90", "p95", "mean")


def quantiles(values: Array) -> np.ndarray:
    """Return the levels and the mean over runs, (times, 8), of values (times, runs) of any array library.

    Linear between order statistics, as ``numpy.quantile``; one sort serves all levels. What lies on an accelerator is sorted there.
    """
    ordered = library_of(values).sort(values, axis=1)
    runs = values.shape[1]
    columns = []
    for level in LEVELS:
        place = level * (runs - 1)
        low = int(place)
        high = min(low + 1, runs - 1)
        columns.append(on_host(ordered[:, low] + (ordered[:, high] - ordered[:, low]) * (place - low)))
    mean = values.mean(axis=1, dtype=np.float64) if isinstance(values, np.ndarray) else on_host(library_of(values).mean(values, axis=1))
    return np.stack([*columns, mean.astype(columns[0].dtype)], axis=1)
