"""The desk: gathers what a question needs, asks the engines, and answers."""

from __future__ import annotations

from thalweg.desk.answer import brief, classify, decide, decide_file, decide_many, diff, headroom, timeline, validate

__all__ = ["brief", "classify", "decide", "decide_file", "decide_many", "diff", "headroom", "timeline", "validate"]
