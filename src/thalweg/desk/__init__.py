"""The desk: gathers what a question needs, asks the engines, and answers."""

from __future__ import annotations

from thalweg.desk.answer import brief, classify, compile_sql, decide, decide_many, diff, headroom, timeline, validate

__all__ = ["brief", "classify", "compile_sql", "decide", "decide_many", "diff", "headroom", "timeline", "validate"]
