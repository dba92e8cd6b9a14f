"""Sources, windows of time, and truth: what every answer stands on."""

from __future__ import annotations

from thalweg.evidence.errors import BadInput, PackError, ThalwegError, nearest
from thalweg.evidence.source import BASES, Basis, Source
from thalweg.evidence.time import OPEN_END, OPEN_START, day, iso, parse_date
from thalweg.evidence.truth import FALSE, TRUE, UNKNOWN, kleene_name

__all__ = [
    "BASES",
    "FALSE",
    "OPEN_END",
    "OPEN_START",
    "TRUE",
    "UNKNOWN",
    "BadInput",
    "Basis",
    "PackError",
    "Source",
    "ThalwegError",
    "day",
    "iso",
    "kleene_name",
    "nearest",
    "parse_date",
]
