"""Dates of birth as lists write them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from thalweg.sources import cells

_RANGE: Final = re.compile(r"(\d{4})\s*(?:to|-|–|and)\s*(\d{4})$", re.IGNORECASE | re.ASCII)
_ABOUT: Final = re.compile(r"(?:circa|c\.|approximately|approx\.?|about)\s*(.+)$", re.IGNORECASE)
_MOST_YEARS: Final = 20


@lru_cache(maxsize=32_768)
def birth_dates(cell: str, separator: str = "; ") -> tuple[tuple[str, ...], str]:
    """Return dates of birth as ISO at their precision, and a note of what is not exact.

    A range gives each of its years (20 at most). A date marked as approximate is no date to compare with, so it is only noted.
    """
    dates: list[str] = []
    notes: list[str] = []
    for text in cells.parts(cell, separator):
        if exact := cells.iso_date(text):
            dates.append(exact)
        elif (span := _RANGE.match(text)) and 0 <= int(span[2]) - int(span[1]) <= _MOST_YEARS:
            dates.extend(str(year) for year in range(int(span[1]), int(span[2]) + 1))
        elif about := _ABOUT.match(text):
            notes.append(f"born about {about[1]}")
        else:
            notes.append(f"date of birth not read: {text}")
    return tuple(dict.fromkeys(dates)), "; ".join(notes)
