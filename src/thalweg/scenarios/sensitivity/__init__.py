"""Which uncertainties an outcome hangs on: elementary effects, Sobol indices, indices from runs at hand, and what to learn next."""

from __future__ import annotations

from thalweg.scenarios.sensitivity.factors import Factor, factors
from thalweg.scenarios.sensitivity.given_data import GivenData, first_order
from thalweg.scenarios.sensitivity.learn import Flip, Lesson, Lessons, learn_next
from thalweg.scenarios.sensitivity.morris import MorrisEffects, morris
from thalweg.scenarios.sensitivity.sobol import SobolIndices, sobol

__all__ = [
    "Factor",
    "Flip",
    "GivenData",
    "Lesson",
    "Lessons",
    "MorrisEffects",
    "SobolIndices",
    "factors",
    "first_order",
    "learn_next",
    "morris",
    "sobol",
]
