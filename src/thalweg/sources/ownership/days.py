"""Days as sources write them: whole dates, timestamps, and dates of which only the year or the month is known."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any, Final

_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ].*)?")


def first_day(text: Any) -> dt.date | None:
    """Return the first day that a date may mean; None where it is none."""
    found = _parts(text)
    if found is None:
        return None
    year, month, day = found
    return _date(year, month or 1, day or 1)


def day_after(text: Any) -> dt.date | None:
    """Return the day after the last that a date may mean, a whole date as it stands: on that day the holding has ended."""
    found = _parts(text)
    if found is None:
        return None
    year, month, day = found
    if day:
        return _date(year, month, day)
    last = _date(year, month or 12, calendar.monthrange(year, month or 12)[1] if 1 <= (month or 12) <= 12 and year else 1)
    return None if last is None or last == dt.date.max else last + dt.timedelta(days=1)


def _parts(text: Any) -> tuple[int, int, int] | None:
    found = _DATE.fullmatch(text.strip()) if isinstance(text, str) else None
    return None if found is None else (int(found[1]), int(found[2] or 0), int(found[3] or 0))


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
