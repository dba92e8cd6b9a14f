"""Scales on which outcomes are compared: ranks by default, because variances of heavy tails hang on a few runs."""

from __future__ import annotations

from typing import Literal

import numpy as np

from thalweg.evidence import BadInput

Scale = Literal["rank", "linear"]


def scaled(reference: np.ndarray, values: np.ndarray, scale: Scale) -> np.ndarray:
    """Return values on a scale: their share of a reference sample that lies below them (ties by half), or as they are.

    Args:
        reference: (targets, runs), a sample of each target.
        values: (targets, ...), to be placed in it.
        scale: ``rank`` or ``linear``.

    Raises:
        BadInput: for another scale.

    """
    if scale not in ("rank", "linear"):
        raise BadInput(f"scale {scale!r}: there are rank and linear")
    if scale == "linear":
        return np.asarray(values, dtype=np.float64)
    found = np.empty(values.shape, dtype=np.float64)
    for i, row in enumerate(np.sort(reference, axis=1)):
        needles = np.ascontiguousarray(values[i])
        below = np.searchsorted(row, needles, "left")
        below += np.searchsorted(row, needles, "right")
        found[i] = below / (2.0 * row.size)
    return found
