"""What a policy would do to the balance of compute, and how sure that is: a model of 28 equations over many draws."""

from __future__ import annotations

from thalweg.scenarios.blocks import Definition
from thalweg.scenarios.ensemble import Ensemble, ensemble
from thalweg.scenarios.history import History
from thalweg.scenarios.inputs import Inputs, prepare
from thalweg.scenarios.levers import LEVERS, LeverPath, lever_path
from thalweg.scenarios.outcomes import CHECKS, HEADLINE, OUTCOMES, Outcome
from thalweg.scenarios.quantiles import quantiles
from thalweg.scenarios.quarters import LABELS, QUARTERS, YEARS
from thalweg.scenarios.simulate import BrokenLaw, Plan, Result, Trigger, simulate

__all__ = [
    "CHECKS",
    "HEADLINE",
    "LABELS",
    "LEVERS",
    "OUTCOMES",
    "QUARTERS",
    "YEARS",
    "BrokenLaw",
    "Definition",
    "Ensemble",
    "History",
    "Inputs",
    "LeverPath",
    "Outcome",
    "Plan",
    "Result",
    "Trigger",
    "ensemble",
    "lever_path",
    "prepare",
    "quantiles",
    "simulate",
]
