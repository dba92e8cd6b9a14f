"""Export controls: classify, decide, and say what would change the answer."""

from __future__ import annotations

from thalweg.controls.buyer import LOCAL_BUYER, to_local_buyer
from thalweg.controls.classify import classify
from thalweg.controls.decide import decide, rulebook
from thalweg.controls.determination import Determination
from thalweg.controls.diff import diff
from thalweg.controls.headroom import headroom
from thalweg.controls.model import Classification, Diff, DiffRow, Distance, Headroom, Segment, Timeline, Turn
from thalweg.controls.program import Rulebook
from thalweg.controls.timeline import timeline

__all__ = [
    "LOCAL_BUYER",
    "Classification",
    "Determination",
    "Diff",
    "DiffRow",
    "Distance",
    "Headroom",
    "Rulebook",
    "Segment",
    "Timeline",
    "Turn",
    "classify",
    "decide",
    "diff",
    "headroom",
    "rulebook",
    "timeline",
    "to_local_buyer",
]
