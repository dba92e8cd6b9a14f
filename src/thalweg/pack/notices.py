"""Notices of the Federal Register by citation: when each took effect and when it was published."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from thalweg.evidence import BASES, PackError

FILE: Final = "parties/notices.csv"
COLUMNS: Final = ("citation", "effective_date", "published", "url", "source", "basis", "note")
_CITATION: Final = re.compile(r"(?P<volume>[1-9]\d{1,2}) FR (?P<page>[1-9]\d{0,5})$")
_FIRST_VOLUME: Final = 1935  # volume 1 of the Federal Register is of 1936
_MOST_APART: Final = 60

Dates = tuple[str | None, str | None]


def compile_notices(rows: Iterable[Mapping[str, str]], problems: list[PackError]) -> dict[str, Dates]:
    """Return effective and publication date by citation; rows that do not hold to the form are problems, with their line."""
    found: dict[str, Dates] = {}
    for row in rows:
        try:
            citation, dates = _compile(row)
            if citation in found:
                raise ValueError(f"the notice {citation!r} stands twice")
        except ValueError as error:
            problems.append(PackError(str(error), file=FILE, line=int(row["#"])))
            continue
        found[citation] = dates
    return found


def _compile(row: Mapping[str, str]) -> tuple[str, Dates]:
    """Hold one row to its form: a citation, a date at least, dates that fit the volume and each other, a source and how it was read."""
    mark = _CITATION.match(row["citation"])
    if mark is None:
        raise ValueError(f"citation: {row['citation']!r} is not in the form '84 FR 22963'")
    effective, published = (_date(row, column) for column in ("effective_date", "published"))
    if effective is None and published is None:
        raise ValueError("has neither an effective date nor a date of publication")
    if published is not None and published.year != int(mark["volume"]) + _FIRST_VOLUME:
        raise ValueError(f"published: volume {mark['volume']} is of {int(mark['volume']) + _FIRST_VOLUME}, not {published.year}")
    if effective is not None and published is not None and abs((effective - published).days) > _MOST_APART:
        raise ValueError(
            f"the effective date is {abs((effective - published).days)} days from the publication; at most {_MOST_APART} are taken for true"
        )
    if not row["source"]:
        raise ValueError("has no source")
    if row["basis"] not in BASES:
        raise ValueError(f"basis: {row['basis']!r} is not one of {', '.join(BASES)}")
    return row["citation"], (effective.isoformat() if effective else None, published.isoformat() if published else None)


def _date(row: Mapping[str, str], column: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(row[column]) if row[column] else None
    except ValueError as error:
        raise ValueError(f"{column}: {row[column]!r} is not a date; write it as YYYY-MM-DD") from error


def notice_dates(data: Mapping[str, Any], which: int) -> dict[str, dt.date]:
    """Return the effective dates (0) or the dates of publication (1) of compiled notices, where known."""
    return {citation: dt.date.fromisoformat(dates[which]) for citation, dates in data.items() if dates[which]}
