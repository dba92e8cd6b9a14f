"""Read OFAC's enhanced XML: each party with its names in every script, and the day on which it was put on each list.

The form is that of ENHANCED_XML.xsd, namespace https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ENHANCED_XML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from thalweg.evidence import BadInput
from thalweg.nouns.listing import Identifier, ListEntry, PartyType
from thalweg.sources import cells
from thalweg.sources.births import birth_dates
from thalweg.sources.files import RawFile, child_text, xml_elements
from thalweg.sources.identifiers import identifier, kind_of, unique_identifiers
from thalweg.sources.lookups import Lookups
from thalweg.sources.ofac.delimited import CONSOLIDATED_URL, SDN_URL
from thalweg.sources.ofac.lists import lists_of
from thalweg.sources.places import Places
from thalweg.sources.reading import Collected, Reading, joined, note

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TYPES: Final[dict[str, PartyType]] = {"individual": "individual", "entity": "entity", "vessel": "vessel", "aircraft": "aircraft"}
# What the title of a list holds; the Consolidated List is all of the others but the first together.
_LISTS: Final = (
    ("palestinian legislative", "plc"),
    ("sectoral", "ssi"),
    ("foreign sanctions evaders", "fse"),
    ("correspondent account", "cap"),
    ("capta", "cap"),
    ("military-industrial", "cmic"),
    ("cmic", "cmic"),
    ("menu-based", "ns_mbs"),
    ("mbs", "ns_mbs"),
    ("sdn list", "sdn"),
    ("specially designated", "sdn"),
)
_PARTS: Final = ("ADDRESS1", "ADDRESS2", "ADDRESS3", "CITY", "STATE/PROVINCE", "REGION", "POSTAL CODE")
_OF_COUNTRY: Final = ("nationality", "citizenship")


def recognizes(file: RawFile) -> bool:
    """Tell whether a file is OFAC's enhanced XML."""
    return "<sanctionsData" in file.head()


def read(file: RawFile, lookups: Lookups) -> Reading:
    """Return the entries of the file, one for each list that a party is on, and the day that the file is of.

    Raises:
        BadInput: if a party has no number, name, list or known type.
    """
    places, found, day = Places(lookups), Collected(), ""
    for number, element in enumerate(xml_elements(file, ("entity", "publicationInfo")), 1):
        if element.tag == "publicationInfo":
            day = child_text(element, "dataAsOf")[:10]
            continue
        where = f"{file.name}: entity {number:,}"
        entry = _entry(element, places, where)
        for list_id, listed_on in _listed(element, entry, where).items():
            url = SDN_URL if list_id == "sdn" else CONSOLIDATED_URL
            date = cells.full_date(listed_on)
            said = note("" if date else cells.NO_DATE, entry.note)
            found.add(replace(entry, list=list_id, listed_on=date, listed_basis="list" if date else "", note=said, url=url))
    return found.reading(cells.full_date(day))


def _entry(element: Element, places: Places, where: str) -> ListEntry:
    number, kind = element.get("id", ""), child_text(element, "generalInfo/entityType").casefold()
    names = list(_names(element))
    primary = next((text for text, first, _ in names if first), "")
    if not number or not primary:
        raise BadInput(f"{where}: ofac: 'id' or the primary name is missing; the form of the list has changed, so it is not read")
    if kind not in _TYPES:
        raise BadInput(f"{where}: ofac: entityType {kind!r} is not known; known are {', '.join(_TYPES)}")
    features = [(child_text(f, "type"), child_text(f, "value")) for f in element.findall("features/feature")]
    addresses = list(_addresses(element))
    national = [value for title, value in features if title.casefold().startswith(_OF_COUNTRY)]
    countries, unread = places.codes([*(country for _, country in addresses), *national])
    births, born = birth_dates("; ".join(value for title, value in features if title == "Birthdate"))
    documents = element.findall("identityDocuments/identityDocument")
    numbers = [(child_text(d, "type"), child_text(d, "documentNumber"), child_text(d, "issuingCountry")) for d in documents]
    numbers += [(title, value, "") for title, value in features if kind_of(title) is not None]
    said = [f"{title} {value}".strip() for title, value in features if "Directive" in title or title.startswith("Vessel Flag")]
    remarks = child_text(element, "generalInfo/remarks")
    return ListEntry(
        list="sdn",
        entry_id=number,
        name=primary,
        aliases=cells.unique(text for text, _, weak in names if not weak and text != primary),
        weak_aliases=cells.unique(text for text, _, weak in names if weak and text != primary),
        type=_TYPES[kind],
        countries=countries,
        addresses=cells.unique(address for address, _ in addresses),
        birth_dates=births,
        identifiers=unique_identifiers(_identifier(t, n, places.code(c) or "" if c else "") for t, n, c in numbers),
        programs=cells.unique(" ".join((p.text or "").split()) for p in element.findall("sanctionsPrograms/sanctionsProgram")),
        linked_to=cells.unique((*cells.linked_to(remarks), *_related(element))),
        remarks=joined((child_text(element, "generalInfo/title"), *said, remarks), "; "),
        note=note(unread, born),
    )


def _names(element: Element) -> Iterator[tuple[str, bool, bool]]:
    """Yield each writing of each name: the text, whether it is the one that the party is listed under, and whether it is of low quality."""
    for name in element.findall("names/name"):
        first, weak = _true(name, "isPrimary"), _true(name, "isLowQuality")
        writings = name.findall("translations/translation")
        chief = next((w for w in writings if _true(w, "isPrimary")), writings[0] if writings else None)
        for writing in writings:
            if text := cells.clean(child_text(writing, "formattedFullName")):
                yield text, first and writing is chief, weak


def _true(element: Element, tag: str) -> bool:
    return child_text(element, tag) in ("true", "1")


def _addresses(element: Element) -> Iterator[tuple[str, str]]:
    """Yield each address as one line, and its country."""
    for address in element.findall("addresses/address"):
        country = child_text(address, "country")
        writings = address.findall("translations/translation")
        chief = next((w for w in writings if _true(w, "isPrimary")), writings[0] if writings else None)
        parts = {} if chief is None else {child_text(p, "type"): child_text(p, "value") for p in chief.findall("addressParts/addressPart")}
        yield joined((*(parts.get(p) for p in _PARTS), country)), country


def _listed(element: Element, entry: ListEntry, where: str) -> Mapping[str, str]:
    """Return the day on which a party was put on each of its lists."""
    found: dict[str, str] = {}
    together = ""
    stated = element.findall("sanctionsLists/sanctionsList")
    for item in stated:
        title, day = " ".join((item.text or "").split()).casefold(), item.get("datePublished", "")[:10]
        list_id = next((code for mark, code in _LISTS if mark in title), "")
        if list_id:
            found[list_id] = min(found.get(list_id, day), day)
        else:
            together = day
    if not stated:
        raise BadInput(f"{where}: ofac: 'sanctionsList' is missing; the form of the list has changed, so it is not read")
    # the day of the Consolidated List is that on which a list came into it, which may be later than that of the list
    return found or dict.fromkeys(lists_of(entry.programs, entry.remarks), together)


def _related(element: Element) -> Iterator[str]:
    for relation in element.findall("relationships/relationship"):
        yield cells.clean(child_text(relation, "relatedEntity"))


def _identifier(title: str, number: str, country: str) -> Identifier | None:
    kind = kind_of(title)
    return identifier(kind, number, country) if kind and number else None
