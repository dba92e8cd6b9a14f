"""Many transactions at once: rows that no rule can tell apart are decided once."""

from __future__ import annotations

from thalweg.controls.many.file import decide_file
from thalweg.controls.many.frame import decide_many

__all__ = ["decide_file", "decide_many"]
