"""Days as documents print them. Only a line that is a date, or is labeled as one, is taken for the day of publication."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        [
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ],
        1,
    )
    for name in names.split()
}
_LABEL: Final = r"(?:published|publication date|posted|date|updated|released|issued|filed|发布时间|发布日期|发文日期|日期|时间|来源时间)"
_PLACE: Final = r"(?:[A-Z][\w.,' ]{1,30}?[,\-–—]\s*)?"
_TIME: Final = r"(?:[T,\s]+(?:at\s+)?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|[+-]\d{2}:?\d{2}|[A-Z]{2,4})?)?"
_WEEKDAY: Final = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
_ISO: Final = r"(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})"
_HAN: Final = r"(?P<y2>\d{4})\s*年\s*(?P<m2>\d{1,2})\s*月\s*(?P<d2>\d{1,2})\s*日"
_US: Final = r"(?P<m3>[A-Za-z]{3,9})\.?\s+(?P<d3>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y3>\d{4})"
_UK: Final = r"(?P<d4>\d{1,2})(?:st|nd|rd|th)?\s+(?P<m4>[A-Za-z]{3,9})\.?,?\s+(?P<y4>\d{4})"
_LINE: Final = re.compile(
    rf"^\W{{0,3}}(?:{_LABEL}\s*[:：]?\s*)?(?:for immediate release\W{{0,5}})?{_WEEKDAY}(?:{_ISO}|{_HAN}|{_US}|{_UK}){_TIME}\W{{0,3}}$",
    re.IGNORECASE,
)
_LABELED: Final = re.compile(rf"{_LABEL}\s*[:：]\s*{_WEEKDAY}(?:{_ISO}|{_HAN}|{_US}|{_UK})", re.IGNORECASE)
_ANY: Final = re.compile(rf"^\s*{_WEEKDAY}(?:{_ISO}|{_HAN}|{_US}|{_UK})", re.IGNORECASE)
DAY_BEFORE: Final = re.compile(rf"^(?:{_ISO}|{_HAN}|{_US}|{_UK})\s+(?=[A-Z\u4e00-\u9fff])")
"""A day that was run into the sentence behind it."""
_LONGEST: Final = 120


def day_of(text: str) -> dt.date | None:
    """Return the day that a value begins with, in ISO, English or Chinese form, or as mail and feeds write it; None where it is none."""
    from thalweg.sources.answers import day

    return _day(_ANY.match(text[:_LONGEST])) or day(text)


def day_line(line: str) -> dt.date | None:
    """Return the day of a line that holds nothing but a date, a label and a time; None for any other line."""
    return _day(_LINE.match(line)) if len(line) <= _LONGEST else None


def labeled_day(text: str) -> dt.date | None:
    """Return the first day that a label such as `Published:` or `发布时间：` stands before."""
    return _day(_LABELED.search(text))


def _day(found: re.Match[str] | None) -> dt.date | None:
    if found is None:
        return None
    for n in "1234":
        if found[f"y{n}"]:
            month = found[f"m{n}"]
            number = int(month) if month.isdigit() else _MONTHS.get(month.casefold(), 0)
            try:
                return dt.date(int(found[f"y{n}"]), number, int(found[f"d{n}"]))
            except ValueError:
                return None
    return None
