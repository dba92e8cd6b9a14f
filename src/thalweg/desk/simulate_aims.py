"""In which direction an outcome is held to be better, and words for odds: both on one screen, so that they can be disputed.

The directions are those in which US policy is argued for. Turning one changes who beats whom, never a difference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, Literal

Better = Literal["higher", "lower"]

AIMS: Final[Mapping[str, tuple[tuple[str, Better], ...]]] = {
    "security": (
        ("compute_ratio", "higher"),
        ("china_share", "lower"),
        ("china_stock", "lower"),
        ("lag", "higher"),
        ("flow_grey", "lower"),
        ("flow_domestic", "lower"),
        ("self_sufficiency", "lower"),
        ("ratio_owned_fp8", "higher"),
        ("ratio_owned_fp4", "higher"),
        ("ratio_owned_bandwidth", "higher"),
        ("ratio_accessible_fp8", "higher"),
        ("ratio_accessible_fp4", "higher"),
        ("ratio_accessible_bandwidth", "higher"),
        ("ratio_effective", "higher"),
        ("eci_gap", "higher"),
        ("interdiction", "higher"),
        ("smuggling_rent", "lower"),
    ),
    "innovation": (
        ("flow_world", "higher"),
        ("revenue", "higher"),
        ("fee_income", "higher"),
        ("rd_change", "higher"),
        ("innovation", "higher"),
        ("lost_sales", "lower"),
    ),
    "cost": (("enforcement_cost", "lower"), ("allied_burden", "lower")),
}
"""Outcomes by what they are argued for; those that are not named here have no better side."""

BETTER: Final[dict[str, Better]] = {name: side for row in AIMS.values() for name, side in row}
AIM: Final[dict[str, str]] = {name: aim for aim, row in AIMS.items() for name, _ in row}

LIKELIHOOD: Final = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.01, "almost certain"),
)
"""Upper ends of the ranges of Intelligence Community Directive 203, 2(b), 2015."""

ADVERBS: Final = {
    "likely": "likely",
    "very likely": "very likely",
    "almost certain": "almost certainly",
    "roughly even chance": "as likely as not",
}
"""The words as they stand in a sentence on the likelier direction."""

LIKELY: Final = 0.55
"""From here on a direction is called likely, and a finding can be robust."""
MATERIAL: Final = 0.01
"""A difference whose middle is under this share of the outcome is called negligible (judgement)."""
CONFIDENCE: Final = ((1 / 3, "high"), (2 / 3, "moderate"), (1.01, "low"))
"""Confidence in the sources by the share of judgement in what moves a difference (judgement)."""


def likelihood(p: float) -> str:
    """Return the words for a probability."""
    return next(word for end, word in LIKELIHOOD if p < end)


def interval(share: float, runs: int) -> tuple[float, float]:
    """Return what a number of runs leaves open of a probability, from the share of runs that show it: Wilson's interval at 95 percent."""
    z = 1.959964
    middle = (share + z * z / (2 * runs)) / (1 + z * z / runs)
    half = z / (1 + z * z / runs) * math.sqrt(share * (1 - share) / runs + z * z / (4 * runs * runs))
    return max(0.0, middle - half), min(1.0, middle + half)


def confidence(judgement_share: float | None) -> str:
    """Return the confidence in the sources behind a difference, apart from its likelihood."""
    if judgement_share is None:
        return "not assessed"
    return next(word for end, word in CONFIDENCE if judgement_share < end)
