"""Total processing performance and performance density, from dense throughput and die area.

Source of the definitions: 88 FR 73458 (2023-23055), Technical Notes to ECCN 3A090; 87 FR 62186 (2022-21658) for the 2022 test.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

TOLERANCE: Final = 0.005
"""Relative difference allowed between a stated and a computed value (data sheets round to three or four digits)."""


def total_processing_performance(throughput: Iterable[tuple[float, float | None]]) -> float | None:
    """Return the largest product of bit length and dense TOPS, or None if no dense value is known.

    Args:
        throughput: pairs of bit length and dense tera operations a second (two operations a multiply-accumulate).
    """
    products = [bits * tops for bits, tops in throughput if tops is not None]
    return max(products, default=None)


def largest_throughput(throughput: Iterable[tuple[float, float | None]]) -> float | None:
    """Return the largest dense TOPS over bit lengths, or None if none is known."""
    return max((tops for _, tops in throughput if tops is not None), default=None)


def performance_density(tpp: float | None, nonplanar_area_mm2: float | None) -> float | None:
    """Return TPP over the area in mm2 of all non-planar logic dies, or None where either is unknown or the area is zero."""
    if tpp is None or not nonplanar_area_mm2:
        return None
    return tpp / nonplanar_area_mm2


def contradicts(stated: float, computed: float) -> bool:
    """Say whether a stated value differs from a computed one by more than the tolerance."""
    return abs(stated - computed) > TOLERANCE * max(abs(stated), abs(computed))
