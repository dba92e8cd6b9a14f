"""The desk: gathers what a question needs, asks the engines, and answers."""

from __future__ import annotations

from thalweg.desk.answer import brief, check_options, classify, decide, decide_file, decide_many, diff, headroom, timeline, validate
from thalweg.desk.compile import compile_rules, facts_frame

__all__ = [
    "brief",
    "check_options",
    "classify",
    "compile_rules",
    "decide",
    "decide_file",
    "decide_many",
    "diff",
    "facts_frame",
    "headroom",
    "timeline",
    "validate",
]
