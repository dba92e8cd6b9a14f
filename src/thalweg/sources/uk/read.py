"""Read the UK Sanctions List as CSV: a line with the day of the report, a header, then a row for each name and address of a designation.

The address is https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.csv. A designation has a unique ID; `Name 6` is the surname or
the whole name of an entity, `Name 1` to `Name 5` stand before it. Dates are day/month/year, with 00 for what is not known.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Final

from thalweg.evidence import BadInput
from thalweg.nouns.listing import Identifier, ListEntry, PartyType
from thalweg.sources import cells
from thalweg.sources.files import RawFile, rows
from thalweg.sources.identifiers import identifier, unique_identifiers
from thalweg.sources.lookups import Lookups
from thalweg.sources.places import Places
from thalweg.sources.reading import Collected, Reading, joined, note

ID: Final = "uk"
URL: Final = "https://www.gov.uk/government/publications/the-uk-sanctions-list"
NAMES: Final = ("Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6")
ADDRESS: Final = (*(f"Address Line {n}" for n in range(1, 7)), "Address Postal Code", "Address Country")
COLUMNS: Final = (
    "Unique ID",
    *NAMES,
    "Name type",
    "Alias strength",
    "Title",
    "Name non-latin script",
    "Regime Name",
    "Designation Type",
    "Other Information",
    *ADDRESS,
    "Date Designated",
    "D.O.B",
    "Nationality(/ies)",
    "National Identifier number",
    "Passport number",
    "Position",
    "Parent company",
    "Business registration number (s)",
    "IMO number",
)
_TYPES: Final[dict[str, PartyType]] = {"individual": "individual", "entity": "entity", "ship": "vessel"}
_NUMBERS: Final = (
    ("Passport number", "passport"),
    ("National Identifier number", "national_id"),
    ("Business registration number (s)", "registration"),
    ("IMO number", "imo"),
)
_REPORT: Final = re.compile(r"\s*\"?Report Date:\s*(\d{1,2})-([A-Za-z]{3})-(\d{4})")
_NUMBERED: Final = re.compile(r"\(\d+\)\s*")
_UK_DATE: Final = re.compile(r"(\d{1,2}|dd)/(\d{1,2}|mm)/(\d{4})$", re.IGNORECASE)


def recognizes(file: RawFile) -> bool:
    """Tell whether a file begins as the list does."""
    head = file.head()
    return "Unique ID" in head and "OFSI Group ID" in head


def read(file: RawFile, lookups: Lookups) -> Reading:
    """Return the entries of the list, and the day of its report.

    Raises:
        BadInput: naming the column that is missing, or the designation type that is not known.
    """
    report = _REPORT.match(file.head())
    designations: dict[str, list[Mapping[str, str]]] = {}
    for line, row in rows(file, ID, COLUMNS, skip=1 if report else 0):
        number = row["Unique ID"].strip()
        if not number:
            raise BadInput(f"{file.name}: line {line}: {ID}: 'Unique ID' is empty; the form of the list has changed, so it is not read")
        designations.setdefault(number, []).append(row)
    places = Places(lookups)
    found = Collected()
    for number, of in designations.items():
        found.add(_entry(number, of, places, f"{file.name}: {number}"))
    return found.reading(cells.full_date(" ".join(report.groups())) if report else None)


def _entry(number: str, of: Sequence[Mapping[str, str]], places: Places, where: str) -> ListEntry:
    kind = of[0]["Designation Type"].strip()
    if kind.casefold() not in _TYPES:
        raise BadInput(f"{where}: {ID}: designation type {kind!r} is not known; known are {', '.join(t.capitalize() for t in _TYPES)}")
    primary = next((r for r in of if r["Name type"].strip().casefold() == "primary name"), of[0])
    name = _name(primary)
    weak = [r for r in of if "low" in r["Alias strength"].casefold()]
    strong = cells.unique([*(_name(r) for r in of if r not in weak), *(cells.clean(r["Name non-latin script"]) for r in of)])
    nationals = [n for r in of for n in _values(r["Nationality(/ies)"])]
    countries, unread = places.codes([*nationals, *(r["Address Country"] for r in of)])
    births, notes = _births(of)
    listed_on = _day(primary["Date Designated"])
    return ListEntry(
        list="uk",
        entry_id=number,
        name=name,
        aliases=tuple(a for a in strong if a != name),
        weak_aliases=tuple(a for a in cells.unique(_name(r) for r in weak) if a != name),
        type=_TYPES[kind.casefold()],
        countries=countries,
        addresses=cells.unique(joined(cells.clean(r[part]) for part in ADDRESS) for r in of),
        birth_dates=births,
        identifiers=unique_identifiers(_identifiers(of)),
        programs=cells.unique(cells.clean(r["Regime Name"]) for r in of),
        listed_on=listed_on,
        listed_basis="list" if listed_on else "",
        linked_to=cells.unique(v for r in of for v in _values(r["Parent company"])),
        remarks=joined(cells.unique(cells.clean(r[c]) for c in ("Title", "Position", "Other Information") for r in of), "; "),
        note=note("" if listed_on else cells.NO_DATE, unread, notes),
        url=URL,
    )


def _name(row: Mapping[str, str]) -> str:
    return cells.clean(joined((row[part] for part in NAMES), " "))


def _values(cell: str) -> tuple[str, ...]:
    """Split `(1) Russia (2) Belarus`, or a cell of one value."""
    return cells.unique(v.strip(" ,;") for v in _NUMBERED.split(cells.clean(cell)))


def _identifiers(of: Sequence[Mapping[str, str]]) -> list[Identifier]:
    return [identifier(kind, value) for column, kind in _NUMBERS for row in of for value in _values(row[column])]


def _births(of: Sequence[Mapping[str, str]]) -> tuple[tuple[str, ...], str]:
    dates: list[str] = []
    unread: list[str] = []
    for text in cells.unique(v for r in of for v in _values(r["D.O.B"])):
        mark = _UK_DATE.match(text)
        day, month = (int(p) if p.isdigit() else 0 for p in mark.groups()[:2]) if mark else (0, 0)
        written = "-".join((mark[3], *((f"{month:02d}",) if month else ()), *((f"{day:02d}",) if month and day else ()))) if mark else text
        if exact := cells.iso_date(written):
            dates.append(exact)
        else:
            unread.append(f"date of birth not read: {text}")
    return cells.unique(dates), "; ".join(unread)


def _day(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text.strip(), "%d/%m/%Y").date()  # noqa: DTZ007  (a day, no time)
    except ValueError:
        return None
