"""The remarks of OFAC's delimited files: dates of birth, nationalities, weak names, numbers and links, one after another."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from thalweg.nouns.listing import Identifier
from thalweg.sources import cells
from thalweg.sources.births import birth_dates
from thalweg.sources.identifiers import TITLES, identifier, kind_of

_WEAK: Final = re.compile(r"[afn]\.k\.a\. '(.+)'$")
_LINKED: Final = re.compile(r"\(?Linked To: (.+?)\)?$")
_NUMBER: Final = re.compile(r"(?P<number>.+?)(?:\s+\((?P<country>[^()]+)\))?(?:\s+issued\b.*|\s+expires\b.*)?$")
_TITLE: Final = re.compile(f"({'|'.join(map(re.escape, sorted(TITLES, key=len, reverse=True)))}) (?=.)")


@dataclass(slots=True)
class Remarks:
    """What one remark says, sorted."""

    weak_aliases: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    birth_dates: list[str] = field(default_factory=list)
    identifiers: list[tuple[str, str, str]] = field(default_factory=list)
    linked_to: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    listed_on: str = ""


def read_remarks(text: str) -> Remarks:
    """Sort the parts of a remark; what is none of the parts looked for stays in the remark alone."""
    found = Remarks()
    for raw in text.split(";"):
        part = raw.strip().removesuffix(".").strip().removeprefix("alt. ")
        if part.startswith("DOB "):
            dates, note = birth_dates(part[4:])
            found.birth_dates += dates
            found.notes += [note] if note else []
        elif part.startswith(("nationality ", "citizen ")):
            found.places.append(part.partition(" ")[2])
        elif mark := _WEAK.match(part):
            found.weak_aliases.append(mark[1])
        elif mark := _LINKED.match(part):
            found.linked_to.append(mark[1].rstrip("."))
        elif part.startswith("Listing Date (CMIC)"):
            found.listed_on = part.partition(")")[2].strip(" :")
        elif number := _number(part):
            found.identifiers.append(number)
    return found


def _number(part: str) -> tuple[str, str, str] | None:
    """Return what a number is called, the number and its country: `Tax ID No. 7801233338 (Russia)`."""
    if (title := _TITLE.match(part)) and (mark := _NUMBER.match(part[title.end() :])):
        return title[1], mark["number"], mark["country"] or ""
    return None


def to_identifier(title: str, number: str, country: str) -> Identifier | None:
    """Return the identifier of a number by what it is called."""
    kind = kind_of(title)
    return identifier(kind, cells.clean(number), country) if kind else None
