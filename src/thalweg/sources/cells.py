"""What stands in the cells of lists: names, citations of notices, dates, footnotes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from thalweg.nouns.listing import ListedBasis
from thalweg.sources.lookups import Lookups

_SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_MONTHS: Final = {m: i for i, m in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}

NO_DATE: Final = "the list gives no date and cites no notice"


def clean(text: str) -> str:
    """Return text on one line: no control characters, no marks of direction, single spaces."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACE.sub(" ", text).strip()


def parts(text: str, separator: str) -> tuple[str, ...]:
    """Split a cell of several values; empty ones and repetitions go, order stays."""
    if not text:
        return ()
    return tuple(dict.fromkeys(v for v in map(clean, text.split(separator)) if v and v != '""'))


# ---------------------------------------------------------------- notices


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that an entry cites, and the date of publication where the cell prints it."""

    citation: str
    volume: int
    page: int
    published: dt.date | None


_NOTICE: Final = re.compile(
    r"(?P<volume>\b\d{2,3})\s*\.?\s*F\.?\s*R\.?\s*,?\s*(?P<page>\d{1,6})\b|Vol\.?\s*(?P<vol>\d{2,3}),?\s*No\.?\s*(?P<number>\d{1,3})\b",
    re.IGNORECASE,
)
_DAY: Final = re.compile(r"\b(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}|\d{2})\b")
_FIRST_VOLUME: Final = 1935  # volume 1 of the Federal Register is of 1936


def citation(volume: int | str, page: int | str) -> str:
    """Return the citation of a page of the Federal Register in the one form used here: `84 FR 22963`."""
    return f"{int(volume)} FR {int(page)}"


@lru_cache(maxsize=16_384)
def notices(cell: str) -> tuple[Notice, ...]:
    """Read the notices that a cell cites, in its order, whatever way they are written.

    A printed date belongs to the notice before it. One that does not fit the volume (a volume a year) is a slip and is not used.
    """
    cell = clean(cell)
    found: dict[str, Notice] = {}
    marks = list(_NOTICE.finditer(cell))
    ends = [*(m.start() for m in marks[1:]), len(cell)]
    for mark, end in zip(marks, ends, strict=False):
        tail = cell[mark.end() : end]
        volume = int(mark["volume"] or mark["vol"])
        name = citation(volume, mark["page"]) if mark["page"] else f"Vol. {volume}, No. {int(mark['number'])}"
        published = _published(tail, volume)
        if name not in found or (published and not found[name].published):
            found[name] = Notice(name, volume, int(mark["page"] or mark["number"]), published)
    return tuple(found.values())


def _published(text: str, volume: int) -> dt.date | None:
    mark = _DAY.search(text)
    if mark is None:
        return None
    year = int(mark["year"])
    if year < 100:
        year += 2000 if year < 70 else 1900
    if year != volume + _FIRST_VOLUME:
        return None
    try:
        return dt.date(year, int(mark["month"]), int(mark["day"]))
    except ValueError:
        return None


def listing_date(
    own: dt.date | None, cited: Sequence[Notice], lookups: Lookups, *, by_notice: bool = False
) -> tuple[dt.date | None, ListedBasis, str]:
    """Return the date of listing, what it rests on, and a note where it is not known, is that of publication, or is not the list's own.

    The list's own date goes first; else the earliest notice that the entry cites: its effective date, or its publication. A later notice
    changes an entry that stood before it, so its date is only a bound, and the note says so.

    Args:
        own: the date that the list prints.
        cited: the notices that the entry cites.
        lookups: effective dates and dates of publication of notices.
        by_notice: entries of the list take effect by the notices that they cite, and the list that prints a date is a compilation of
            others. Its date then yields to the effective date of the notice whose publication it is, and to an earlier notice that the
            entry cites: a party is listed from the day on which its notice takes effect, which may be days before that is printed.
    """
    slip = f"the list prints {own.isoformat()}, which is no day of a listing" if own is not None and own < FIRST_LISTED else ""
    if slip:
        own = None
    found, basis, note = _by_notices(cited, lookups)
    if own is None:
        return found, basis, "; ".join(filter(None, (slip, note)))
    if not by_notice:
        return own, "list", ""
    for notice in cited:
        effective = lookups.notices.get(notice.citation)
        published = notice.published or lookups.published.get(notice.citation)
        if effective and own == published != effective and not (found and found < effective):
            return effective, "notice", f"{notice.citation} took effect then; the list prints {own.isoformat()}, the day of its publication"
    if found and found < own:
        said = f"the list prints {own.isoformat()}, and the entry cites an earlier notice"
        return found, basis, "; ".join(filter(None, (said, note)))
    return own, "list", ""


FIRST_LISTED: Final = dt.date(1940, 1, 1)
"""A date before this is a slip of the pen (0097 for 1997): no list that is read is as old."""


def _by_notices(cited: Sequence[Notice], lookups: Lookups) -> tuple[dt.date | None, ListedBasis, str]:
    if not cited:
        return None, "", NO_DATE
    first, *later = sorted(cited, key=lambda n: (n.volume, n.page))
    if effective := lookups.notices.get(first.citation):
        return effective, "notice", ""
    if published := first.published or lookups.published.get(first.citation):
        return published, "publication", f"the date is that on which {first.citation} was published; its effective date is not known"
    for notice in later:
        if bound := lookups.notices.get(notice.citation) or notice.published or lookups.published.get(notice.citation):
            return None, "", f"the date of {first.citation} is not known; {notice.citation} of {bound.isoformat()} finds the entry listed"
    return None, "", f"the date of {first.citation} is not known"


# ---------------------------------------------------------------- dates

_ISO: Final = re.compile(r"\d{4}(-\d{2}){0,2}$", re.ASCII)
_DAY_MONTH_YEAR: Final = re.compile(r"(?:(?P<day>\d{1,2})\s+)?(?P<month>[A-Za-z]{3,9})\.?\s+(?P<year>\d{4})$", re.ASCII)
_US: Final = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})$", re.ASCII)  # as US agencies write it, and nobody else here
_LONG: Final = re.compile(r"(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})$", re.ASCII)


@lru_cache(maxsize=65_536)
def iso_date(text: str) -> str | None:
    """Return a date as ISO at the precision it is written with: `1973`, `1973-03` or `1973-03-25`; None for anything else."""
    text = clean(text)
    if _ISO.match(text):
        return text if _exists(*(int(p) for p in text.split("-"))) else None
    for form in (_DAY_MONTH_YEAR, _US, _LONG):
        if mark := form.match(text):
            written = mark.groupdict()
            month = int(written["month"]) if written["month"].isdigit() else _MONTHS.get(written["month"][:3].lower(), 0)
            numbers = (int(written["year"]), month, *((int(written["day"]),) if written["day"] else ()))
            return "-".join((f"{numbers[0]:04d}", *(f"{n:02d}" for n in numbers[1:]))) if _exists(*numbers) else None
    return None


def _exists(year: int, month: int = 1, day: int = 1) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def full_date(text: str) -> dt.date | None:
    """Return a date written with its day; None for anything else."""
    written = iso_date(text) if text else None
    return dt.date.fromisoformat(written) if written and len(written) == 10 else None


_IN_NAME: Final = (
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})[-_.]?(?P<month>\d{2})[-_.]?(?P<day>\d{2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<month>\d{2})[-_.]?(?P<day>\d{2})[-_.]?(?P<year>20\d{2})(?!\d)"),
)


def date_in_name(name: str) -> dt.date | None:
    """Return the day in the name of a file: `csl_2026-07-31.csv`, `dpl_04142026.csv`."""
    for form in _IN_NAME:
        for mark in form.finditer(name):
            try:
                return dt.date(int(mark["year"]), int(mark["month"]), int(mark["day"]))
            except ValueError:
                continue
    return None


# ---------------------------------------------------------------- the text of entries

_LINKED: Final = re.compile(r"\(Linked To: (.{1,1000}?)\)(?=[;.,]|\s*$|\s*\()")
_ADDRESS_NAME: Final = re.compile(r"Address \d{1,3}$", re.IGNORECASE)
_FOOTNOTE_RULES: Final = (
    (re.compile(r"734\.9\(e\)\(1\)|734\.9\(e\)\s*,?\s?1\b|736\.2\(b\)\(3\)\(vi\)"), "1"),
    (re.compile(r"734\.9\(g\)"), "3"),
    (re.compile(r"734\.9\(e\)\(2\)"), "4"),
    (re.compile(r"734\.9\(e\)\(3\)"), "5"),
)
_FOOTNOTE_MARK: Final = re.compile(r"EAR\.?\)\.?\s?([1345])\b")


def linked_to(remarks: str) -> tuple[str, ...]:
    """Return the parties of every `(Linked To: X)` in a remark."""
    return tuple(dict.fromkeys(clean(x) for x in _LINKED.findall(remarks))) if "Linked To:" in remarks else ()


def is_address(name: str) -> bool:
    """Tell whether an entry of the Entity List stands for an address alone: `Address 01`."""
    return _ADDRESS_NAME.match(name) is not None


@lru_cache(maxsize=4_096)
def footnotes(requirement: str) -> tuple[str, ...]:
    """Return the footnotes of a license requirement of the Entity List that attach a foreign direct product rule.

    Read from the paragraph of 15 CFR 734.9 that the text cites ((e)(1), before 2022 736.2(b)(3)(vi): footnote 1, (g): 3, (e)(2): 4,
    (e)(3): 5) and from the mark behind `the EAR)`. The mark behind `the EAR` of Huawei entries, 2, is an explanation, not a rule, and
    is left out.
    """
    found = {number for rule, number in _FOOTNOTE_RULES if rule.search(requirement)}
    found.update(_FOOTNOTE_MARK.findall(requirement))
    return tuple(sorted(found))


def unique(values: Iterable[str | None]) -> tuple[str, ...]:
    """Return the values that are not empty, each once, in their order."""
    return tuple(dict.fromkeys(v for v in values if v))
