"""Read the consolidated list of the United Nations Security Council in XML.

The form is that of https://www.un.org/sc/resources/sc-sanctions.xsd.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from thalweg.evidence import BadInput
from thalweg.nouns.listing import Identifier, ListEntry, PartyType
from thalweg.sources import cells
from thalweg.sources.births import birth_dates
from thalweg.sources.files import RawFile, child_text, xml_root
from thalweg.sources.identifiers import identifier, unique_identifiers
from thalweg.sources.lookups import Lookups
from thalweg.sources.places import Places
from thalweg.sources.reading import Collected, Reading, joined, note

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ID: Final = "un"
URL: Final = "https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list"
_NAMES: Final = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_ADDRESS: Final = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY", "NOTE")
_PASSPORT: Final = re.compile(r"pass?e?port|pasaporte", re.IGNORECASE)


def recognizes(file: RawFile) -> bool:
    """Tell whether a file is the consolidated list."""
    return "<CONSOLIDATED_LIST" in file.head()


def read(file: RawFile, lookups: Lookups) -> Reading:
    """Return the entries of the list, and the day on which the file was made.

    Raises:
        BadInput: if an entry has no reference number or no name.
    """
    root = xml_root(file)
    places = Places(lookups)
    found = Collected()
    kinds: tuple[tuple[str, PartyType], ...] = (("INDIVIDUAL", "individual"), ("ENTITY", "entity"))
    for tag, kind in kinds:
        for number, element in enumerate(root.iter(tag), 1):
            found.add(_entry(element, tag, kind, places, f"{file.name}: {tag} {number:,}"))
    return found.reading(cells.full_date((root.get("dateGenerated") or "")[:10]))


def _entry(element: Element, tag: str, kind: PartyType, places: Places, where: str) -> ListEntry:
    number = child_text(element, "REFERENCE_NUMBER")
    first, *also = (cells.clean(n) for n in joined((child_text(element, n) for n in _NAMES), " ").split(" ; "))
    if not number or not first:
        raise BadInput(f"{where}: {ID}: 'REFERENCE_NUMBER' or 'FIRST_NAME' is missing; the form of the list has changed, so it is not read")
    aliases = [(child_text(a, "QUALITY"), child_text(a, "ALIAS_NAME")) for a in element.findall(f"{tag}_ALIAS")]
    addresses = element.findall(f"{tag}_ADDRESS")
    nationals = ["" if v.text is None else v.text for v in element.findall("NATIONALITY/VALUE")]
    countries, unread = places.codes([*nationals, *(child_text(a, "COUNTRY") for a in addresses)])
    births, born = _births(element)
    listed_on = cells.full_date(child_text(element, "LISTED_ON")[:10])
    titles = [" ".join((v.text or "").split()) for v in (*element.findall("TITLE/VALUE"), *element.findall("DESIGNATION/VALUE"))]
    return ListEntry(
        list="un",
        entry_id=number,
        name=first,
        aliases=tuple(
            a
            for a in cells.unique((*also, child_text(element, "NAME_ORIGINAL_SCRIPT"), *(a for q, a in aliases if q != "Low")))
            if a != first
        ),
        weak_aliases=cells.unique(a for q, a in aliases if q == "Low"),
        type=kind,
        countries=countries,
        addresses=cells.unique(joined(child_text(a, part) for part in _ADDRESS) for a in addresses),
        birth_dates=births,
        identifiers=unique_identifiers(_document(d, places) for d in element.findall("INDIVIDUAL_DOCUMENT")),
        programs=cells.unique([child_text(element, "UN_LIST_TYPE")]),
        listed_on=listed_on,
        listed_basis="list" if listed_on else "",
        remarks=joined((*titles, child_text(element, "COMMENTS1")), "; "),
        note=note("" if listed_on else cells.NO_DATE, unread, born),
        url=URL,
    )


def _births(element: Element) -> tuple[tuple[str, ...], str]:
    """Return dates of birth; one marked as approximate is noted only."""
    dates: list[str] = []
    notes: list[str] = []
    for birth in element.findall("INDIVIDUAL_DATE_OF_BIRTH"):
        date, year = child_text(birth, "DATE")[:10], child_text(birth, "YEAR")
        first, last = child_text(birth, "FROM_YEAR"), child_text(birth, "TO_YEAR")
        text = date or year or (f"{first} to {last}" if first and last else "")
        if not text:
            continue
        if child_text(birth, "TYPE_OF_DATE") == "APPROXIMATELY":
            text = f"circa {text}"
        read, said = birth_dates(text)
        dates += read
        notes += [said] if said else []
    return cells.unique(dates), "; ".join(cells.unique(notes))


def _document(element: Element, places: Places) -> Identifier | None:
    number = child_text(element, "NUMBER")
    if not number:
        return None
    title = joined((child_text(element, "TYPE_OF_DOCUMENT"), child_text(element, "TYPE_OF_DOCUMENT2")), " ")
    written = child_text(element, "ISSUING_COUNTRY") or child_text(element, "COUNTRY_OF_ISSUE")
    country = (places.code(written) or "") if written else ""
    if _PASSPORT.search(title):
        return identifier("passport", number, country)
    return identifier("national_id" if "ident" in title.casefold() else "other", number, country)
