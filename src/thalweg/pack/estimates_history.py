"""Periods of history, and series by quarter."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence

from thalweg.pack.estimates_model import Series

_QUARTER = re.compile(r"(\d{4})Q([1-4])$")
_YEAR = re.compile(r"(\d{4})$")
_FISCAL = re.compile(r"FY(\d\d)Q([1-4])$")


def period_days(label: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of ``2025Q1``, ``2025`` or ``FY26Q1``.

    A fiscal quarter is NVIDIA's: thirteen weeks, or fourteen in the fourth of a long year; the year ends on the last Sunday of January
    (fiscal 2026 ended on 2026-01-25).

    Raises:
        ValueError: if the label is none of these.
    """
    if found := _QUARTER.match(label):
        year, quarter = int(found[1]), int(found[2])
        return dt.date(year, 3 * quarter - 2, 1), _day_before(dt.date(year + quarter // 4, 3 * quarter % 12 + 1, 1))
    if found := _YEAR.match(label):
        return dt.date(int(found[1]), 1, 1), dt.date(int(found[1]), 12, 31)
    if found := _FISCAL.match(label):
        year, quarter = 2000 + int(found[1]), int(found[2])
        first = _fiscal_end(year - 1) + dt.timedelta(days=1)
        start = first + dt.timedelta(weeks=13 * (quarter - 1))
        return start, _fiscal_end(year) if quarter == 4 else start + dt.timedelta(days=90)
    message = f"{label!r} is no period; write 2025Q1, 2025 or FY26Q1"
    raise ValueError(message)


def kind_of_period(label: str) -> str:
    """Return ``quarter``, ``year`` or ``fiscal_quarter``."""
    return "quarter" if _QUARTER.match(label) else "year" if _YEAR.match(label) else "fiscal_quarter"


def by_quarter(series: Series, quarters: Sequence[str], *, until: dt.date | None = None) -> list[float]:
    """Return the medians of a series at calendar quarters such as ``2025Q1``; NaN where none is known.

    Incomplete quarters are not known. With ``until``, neither are those that end after it.
    """
    known = {p.period: p.value for p in series.until(until or dt.date.max) if kind_of_period(p.period) == "quarter"}
    return [known.get(quarter, math.nan) for quarter in quarters]


def _fiscal_end(year: int) -> dt.date:
    last = dt.date(year, 1, 31)
    return last - dt.timedelta(days=(last.weekday() + 1) % 7)


def _day_before(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=1)
