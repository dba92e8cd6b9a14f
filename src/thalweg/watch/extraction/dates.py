"""Dates in a sentence, at the precision that it states, those relative to the day of publication too."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from thalweg.watch.extraction.text import Sentence

_MONTHS: Final = {
    name: n
    for n, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug", "september sept sep",
            "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_DAYS: Final = {d: n for n, d in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))}
_M: Final = (
    r"(?P<{}>January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
)
_COUNTED: Final = r"[- ](?:chips?|gpus?|servers?|companies|entities|units|H\d)"
_PATTERN: Final = re.compile(
    "|".join(
        (
            r"(?P<iso>\b(?:19|20)\d\d-\d\d-\d\d\b)",
            r"(?P<hany>(?:19|20)\d\d)年(?:(?P<hanm>\d{1,2})月(?:(?P<hand>\d{1,2})日)?)?",
            r"(?P<hanyear>今年|明年|去年)(?P<hany_m>\d{1,2})月(?:(?P<hany_d>\d{1,2})日)?",
            r"(?P<hanmonth>本月|上月|下月)(?P<handay>\d{1,2})日",
            r"(?P<hanweek>本周|上周|下周|周)(?P<hanweekday>[一二三四五六日天])(?!期)",
            r"\b(?P<dot_d>\d{1,2})\.(?P<dot_m>\d{1,2})\.(?P<dot_y>20\d\d)\b",
            r"\b(?P<sl_y>20\d\d)/(?P<sl_m>\d{1,2})/(?P<sl_d>\d{1,2})\b",
            r"\b(?P<us_m>\d{1,2})/(?P<us_d>\d{1,2})/(?P<us_y>20\d\d)\b",
            r"(?P<hanm2>\d{1,2})月(?P<hand2>\d{1,2})日",
            r"(?<![\d月])(?P<handay_only>\d{1,2})日(?![内後后])",
            r"(?P<hanm3>\d{1,2})月(?:份)?",
            r"\b(?P<d1>\d{1,2})(?:st|nd|rd|th)?(?: of)? " + _M.format("m1") + r"(?:,? (?P<y1>(?:19|20)\d\d))?\b",
            r"\b" + _M.format("m2") + r" (?P<d2>\d{1,2})(?:st|nd|rd|th)?\b(?!\d|,\d{3}|\.\d|%)(?:,? (?P<y2>(?:19|20)\d\d)\b)?",
            r"\b" + _M.format("m3") + r",? (?:of )?(?P<y3>(?:19|20)\d\d)\b",
            r"\b(?P<vague>(?:early|late|mid)[- ])?" + _M.format("m4") + r"(?![\w.])",
            r"\b(?:on |last |this |next |late on )?(?P<day>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b",
            r"\b(?P<rel>today|yesterday|tomorrow|(?:last|this|next) (?:week|month|year))\b",
            r"(?P<hanrel>今日|今天|昨日|昨天|上月|本月|下月|去年|今年|明年)",
            r"\b(?P<ago_n>a|an|one|two|three|four|five|six|\d{1,2}) (?P<ago_unit>day|week)s? (?:ago|earlier)\b",
            r"\b(?P<yearend>(?:by|before|until|till|through|at) (?:the )?(?:end of (?:the|this) year|year[- ]end|this year's end))\b",
            r"\b(?P<season>spring|summer|autumn|winter|fall)(?: of)? (?P<season_y>20\d\d)\b",
            r"\b(?P<ahead>in|within|for|after) (?P<n>a|one|two|three|six|nine|twelve|\d{1,3})[- ](?P<unit>day|week|month|year)s?\b",
            r"\b(?P<q>first|second|third|fourth) quarter(?: of (?P<qy>(?:19|20)\d\d))?\b",
            r"(?<![\d.,$€£¥])(?<!(?<!mid)(?<!early)(?<!late)-)(?P<year>20[0-3]\d|199\d)(?![\d,]|\.\d|" + _COUNTED + r")\b",
        )
    )
)
_MAY: Final = re.compile(
    r"(?:\b(?:in|since|until|from|by|of|last|this|next|late|early|mid|between|and|to|for|after|before)[ -])$", re.IGNORECASE
)
_NUMBER: Final = {"a": 1, "one": 1, "two": 2, "three": 3, "six": 6, "nine": 9, "twelve": 12}


@dataclass(frozen=True, slots=True)
class Date:
    """A date at its precision (2025, 2025-09, 2025-09-30), and where it stands in the sentence."""

    value: str
    start: int
    end: int
    relative: bool = False
    span: bool = False
    """A length of time (for one year), whose end is the date."""


def dates(sentence: Sentence, published: dt.date | None) -> list[Date]:
    """Return the dates of a sentence from left to right; those that need the day of publication are left out where it is not known."""
    found: list[Date] = []
    for match in _PATTERN.finditer(sentence.plain):
        date = _read(match, sentence, published)
        if date is not None:
            found.append(date)
    return _ranged(found, sentence.text)


_RANGE: Final = re.compile(r" ?(?:and|to|through|until|-) ?")


def _ranged(found: list[Date], text: str) -> list[Date]:
    """Give the first date of a range the year of the second where it has none of its own: between April and May 2025."""
    for at, (first, second) in enumerate(pairwise(found)):
        if first.relative and not second.relative and len(first.value) > 4 and _RANGE.fullmatch(text[first.end : second.start]):
            year = int(second.value[:4]) - (first.value[5:] > second.value[5:] > "")
            found[at] = Date(f"{year}{first.value[4:]}", first.start, first.end)
    return found


def _read(match: re.Match[str], sentence: Sentence, published: dt.date | None) -> Date | None:
    g = match.groupdict()
    start, end = match.span()
    if g["iso"]:
        return _valid(g["iso"], start, end)
    if g["hany"]:
        return _made(int(g["hany"]), g["hanm"], g["hand"], start, end)
    if g["hanyear"] or g["hanmonth"] or g["hanweek"] or g["dot_y"] or g["sl_y"] or g["us_y"]:
        return _written(g, published, start, end)
    if g["handay_only"]:
        return _day_of_month(
            int(g["handay_only"]), published, start, end, ahead=_HAN_AHEAD.search(sentence.lower[:start][-12:]) is not None
        )
    if g["ago_n"] or g["yearend"] or g["season"]:
        return _told(g, published, start, end)
    if g["hanm2"] or g["hanm3"]:
        return _near(int(g["hanm2"] or g["hanm3"]), g["hand2"], published, sentence, start, end)
    if g["m1"] or g["m2"] or g["m3"] or g["m4"]:
        return _month(g, sentence, published, start, end)
    if g["day"]:
        return _weekday(match.group().lower(), sentence.text[:start], published, start, end)
    if g["rel"] or g["hanrel"]:
        return _relative(g["rel"] or _HAN_RELATIVE[g["hanrel"]], published, start, end)
    if g["ahead"]:
        return _ahead(g["ahead"].lower(), g["n"], g["unit"], published, start, end)
    return _year(int(g["year"]), sentence, start, end) if g["year"] else None


_STEP: Final = {"去年": -1, "今年": 0, "明年": 1, "上月": -1, "本月": 0, "下月": 1, "上周": -7, "本周": 0, "周": 0, "下周": 7}
_HAN_DAYS: Final = "一二三四五六日"


def _written(g: dict[str, str | None], published: dt.date | None, start: int, end: int) -> Date | None:
    """Return a date in figures alone, or one of a year, month or week beside that of the publication in Chinese."""
    if year := g["dot_y"] or g["sl_y"] or g["us_y"]:
        month, day = g["dot_m"] or g["sl_m"] or g["us_m"] or "", g["dot_d"] or g["sl_d"] or g["us_d"] or ""
        if g["us_y"] and int(month) > 12:
            month, day = day, month
        return _made(int(year), month, day, start, end)
    if published is None:
        return None
    if g["hanyear"]:
        made = _made(published.year + _STEP[g["hanyear"]], g["hany_m"], g["hany_d"], start, end)
        return replace(made, relative=True) if made else None
    if g["hanmonth"]:
        months = published.year * 12 + published.month - 1 + _STEP[g["hanmonth"]]
        made = _made(months // 12, str(months % 12 + 1), g["handay"], start, end)
        return replace(made, relative=True) if made else None
    weekday = _HAN_DAYS.index((g["hanweekday"] or "日").replace("天", "日"))
    day_of = published - dt.timedelta(days=published.weekday() - weekday) + dt.timedelta(days=_STEP[g["hanweek"] or "周"])
    if g["hanweek"] == "周" and day_of > published:
        day_of -= dt.timedelta(days=7)
    return Date(day_of.isoformat(), start, end, relative=True)


_HAN_AHEAD: Final = re.compile(r"预计|将|定于|拟")


def _day_of_month(day: int, published: dt.date | None, start: int, end: int, *, ahead: bool) -> Date | None:
    """Return a day whose month is that of the publication, or the one before or after it."""
    if published is None:
        return None
    months = published.year * 12 + published.month - 1
    near = [d for m in (months - 1, months, months + 1) if (d := _day(m // 12, m % 12 + 1, day))]
    made = [d for d in near if (d > published if ahead else d <= published + dt.timedelta(days=1))]
    return Date((min(made) if ahead else max(made)).isoformat(), start, end, relative=True) if made else None


def _told(g: dict[str, str | None], published: dt.date | None, start: int, end: int) -> Date | None:
    """Return a date told by a season, by the end of the year or by how long ago it was."""
    if g["season_y"]:
        return Date(g["season_y"], start, end)
    if published is None:
        return None
    if g["yearend"]:
        return Date(str(published.year), start, end, relative=True)
    n = {"a": 1, "an": 1, "four": 4, "five": 5, **_NUMBER}.get(g["ago_n"] or "") or int(g["ago_n"] or 0)
    back = published - dt.timedelta(days=n * (7 if g["ago_unit"] == "week" else 1))
    return Date(back.isoformat(), start, end, relative=True) if g["ago_unit"] == "day" else None


_ALSO_WORDS: Final = frozenset(("May", "March", "Mar", "Jan", "Dec", "Sep", "Jun", "Jul"))


def _month(g: dict[str, str | None], sentence: Sentence, published: dt.date | None, start: int, end: int) -> Date | None:
    """Return a date that names its month: 9 April 2025, April 9, April 2025, April."""
    name = g["m1"] or g["m2"] or g["m3"] or g["m4"] or ""
    month, day, year = _MONTHS[name.lower()], g["d1"] or g["d2"], g["y1"] or g["y2"] or g["y3"]
    if year:
        return _made(int(year), month, day, start, end)
    if g["m4"] and name in _ALSO_WORDS and not _MAY.search(sentence.text[max(0, start - 12) : start] or " "):
        return None
    return _near(month, day, published, sentence, start, end)


_HAN_RELATIVE: Final = {
    "今日": "today", "今天": "today", "昨日": "yesterday", "昨天": "yesterday",
    "上月": "last month", "本月": "this month", "下月": "next month",
    "去年": "last year", "今年": "this year", "明年": "next year",
}  # fmt: skip
_YEAR_AFTER: Final = re.compile(
    r"\b(?:in|since|from|until|by|of|during|for|between|and|through|to|late|early|mid|end of|fiscal|year|than|before|after)[ -]$",
    re.IGNORECASE,
)


def _year(year: int, sentence: Sentence, start: int, end: int) -> Date | None:
    return Date(str(year), start, end) if _YEAR_AFTER.search(sentence.text[max(0, start - 12) : start]) else None


def _valid(text: str, start: int, end: int) -> Date | None:
    try:
        return Date(dt.date.fromisoformat(text).isoformat(), start, end)
    except ValueError:
        return None


def _made(year: int, month: int | str | None, day: str | None, start: int, end: int) -> Date | None:
    if month is None:
        return Date(str(year), start, end)
    if day is None:
        return Date(f"{year}-{int(month):02d}", start, end) if 1 <= int(month) <= 12 else None
    try:
        return Date(dt.date(year, int(month), int(day)).isoformat(), start, end)
    except ValueError:
        return None


_FUTURE: Final = re.compile(
    r"\b(?:into force|in force|into effect|effect|from|until|till|by|effective|takes? effect|starting|beginning|start|begin|begins|starts|"
    r"will \w+|will be \w+|to|to \w+|next|expires?|ends?|through|due|deadline|before|as of|runs? to|apply|applies|"
    r"on or after|no later than|planned|scheduled|expected|slated|set)"
    r"(?: (?:on|in|for|at|about|around|the|date|mid|early|late|end of))*[ -]*$"
)


_FAR_BACK: Final = 270
_NEAR_AHEAD: Final = 75
"""A day without a year that lies long past in this one, and soon in the next, is the coming one."""


def _near(month: int, day: str | None, published: dt.date | None, sentence: Sentence, start: int, end: int) -> Date | None:
    """Return a date without a year: the nearest in the past, or the next where the words before it look ahead."""
    if published is None or not 1 <= month <= 12:
        return None
    ahead = _FUTURE.search(sentence.lower[max(0, start - 40) : start]) is not None or sentence.text.startswith("起", end)
    year = published.year
    if day is not None:
        made = [d for y in (year - 1, year, year + 1) if (d := _day(y, month, int(day)))]
        if not made:
            return None
        if ahead:
            chosen = min(made, key=lambda d: (abs((d - published).days) if d >= published - dt.timedelta(days=45) else 9999, d))
        else:
            chosen = max((d for d in made if d <= published + dt.timedelta(days=7)), default=made[0])
            coming = min((d for d in made if d > published), default=chosen)
            if (published - chosen).days > _FAR_BACK and (coming - published).days < _NEAR_AHEAD:
                chosen = coming
        return Date(chosen.isoformat(), start, end, relative=True)
    if ahead and month < published.month - 2:
        year += 1
    elif not ahead and month > published.month + 1:
        year -= 1
    return Date(f"{year}-{month:02d}", start, end, relative=True)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


_FROM: Final = re.compile(r"\b(?:from|starting|beginning|effective|until|by|as of|as from)(?: on)? ?$", re.IGNORECASE)
"""A weekday after these is one to come."""


def _weekday(text: str, before: str, published: dt.date | None, start: int, end: int) -> Date | None:
    if published is None:
        return None
    back = (published.weekday() - _DAYS[text.rsplit(maxsplit=1)[-1]]) % 7
    day = published - dt.timedelta(days=back)
    if text.startswith("next ") or (back and _FROM.search(before)):
        day += dt.timedelta(days=7)
    elif text.startswith("last ") and back == 0:
        day -= dt.timedelta(days=7)
    return Date(day.isoformat(), start, end, relative=True)


def _relative(text: str, published: dt.date | None, start: int, end: int) -> Date | None:
    if published is None:
        return None
    days = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if text in days:
        return Date((published + dt.timedelta(days=days[text])).isoformat(), start, end, relative=True)
    which, unit = text.split()
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit == "month":
        months = published.year * 12 + published.month - 1 + step
        return Date(f"{months // 12}-{months % 12 + 1:02d}", start, end, relative=True)
    if unit == "year":
        return Date(str(published.year + step), start, end, relative=True)
    return None


def _ahead(word: str, count: str, unit: str, published: dt.date | None, start: int, end: int) -> Date | None:
    """Return the end of a length of time that begins on the day of publication, marked as such."""
    n = _NUMBER.get(count) or (int(count) if count.isdigit() else 0)
    if published is None or not n or n > 400:
        return None
    if unit in ("day", "week"):
        value = (published + dt.timedelta(days=n * (7 if unit == "week" else 1))).isoformat()
    elif unit == "month":
        months = published.year * 12 + published.month - 1 + n
        value = f"{months // 12}-{months % 12 + 1:02d}"
    else:
        value = f"{published.year + n}"
    return Date(value, start, end, relative=True, span=word in ("for", "within", "in", "after"))
