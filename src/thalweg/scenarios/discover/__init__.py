"""Where a policy fails: the few conditions on uncertainties under which an outcome passes a limit, found by PRIM and by a tree."""

from __future__ import annotations

from thalweg.scenarios.discover.box import Between, Box, Condition, Fit, OneOf
from thalweg.scenarios.discover.cart import cart
from thalweg.scenarios.discover.discover import Discovery, Failure, discover
from thalweg.scenarios.discover.prim import Trajectory, prim, pruned
from thalweg.scenarios.discover.sentence import Words, sentence

__all__ = [
    "Between",
    "Box",
    "Condition",
    "Discovery",
    "Failure",
    "Fit",
    "OneOf",
    "Trajectory",
    "Words",
    "cart",
    "discover",
    "prim",
    "pruned",
    "sentence",
]
