"""Search over lever paths: what no other path beats on security, innovation and cost, and whether it stands on fresh draws."""

from __future__ import annotations

from thalweg.scenarios.search.objective import COST, DEFAULT, INNOVATION, SECURITY, Objective
from thalweg.scenarios.search.search import Candidate, Front, search
from thalweg.scenarios.search.space import Dimension, Space, ThresholdGrid

__all__ = ["COST", "DEFAULT", "INNOVATION", "SECURITY", "Candidate", "Dimension", "Front", "Objective", "Space", "ThresholdGrid", "search"]
