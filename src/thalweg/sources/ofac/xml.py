"""Read OFAC's XML of the SDN List and of the consolidated non-SDN list.

The form is that of sdnList.xsd, namespace https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from thalweg.evidence import BadInput
from thalweg.nouns.listing import Identifier, ListEntry, PartyType
from thalweg.sources import cells
from thalweg.sources.births import birth_dates
from thalweg.sources.files import RawFile, child_text, xml_root
from thalweg.sources.identifiers import identifier, kind_of, unique_identifiers
from thalweg.sources.lookups import Lookups
from thalweg.sources.ofac.delimited import CONSOLIDATED_URL, SDN_URL
from thalweg.sources.ofac.lists import is_consolidated, lists_of
from thalweg.sources.places import Places
from thalweg.sources.reading import Collected, Reading, joined, note

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TYPES: Final[dict[str, PartyType]] = {"individual": "individual", "entity": "entity", "vessel": "vessel", "aircraft": "aircraft"}
_ADDRESS: Final = ("address1", "address2", "address3", "city", "stateOrProvince", "postalCode", "country")


def recognizes(file: RawFile) -> bool:
    """Tell whether a file is OFAC's XML."""
    return "<sdnList" in file.head()


def read(file: RawFile, lookups: Lookups) -> Reading:
    """Return the entries of the file, and the day on which it was published.

    Raises:
        BadInput: if an entry has no number, name or known type, or the count of the file says that entries are missing.
    """
    root = xml_root(file)
    entries = root.findall("sdnEntry")
    consolidated = is_consolidated([_programs(e) for e in entries])
    places = Places(lookups)
    found = Collected()
    for number, element in enumerate(entries, 1):
        entry = _entry(element, consolidated, places, f"{file.name}: entry {number:,}")
        said = " ".join((entry.remarks, *(child_text(i, "idType") for i in element.findall("idList/id"))))
        for list_id in lists_of(entry.programs, said) if consolidated else ("sdn",):
            found.add(replace(entry, list=list_id))
    information = root.find("publshInformation")
    count = child_text(information, "Record_Count") if information is not None else ""
    if count and count.lstrip("0") != str(len(entries)):
        raise BadInput(f"{file.name}: holds {len(entries):,} entries and says that it has {count[:40]}; it may be cut off")
    return found.reading(cells.full_date(child_text(information, "Publish_Date")) if information is not None else None)


def _entry(element: Element, consolidated: bool, places: Places, where: str) -> ListEntry:
    number, name, kind = child_text(element, "uid"), _name(element), child_text(element, "sdnType").casefold()
    if not number or not name:
        raise BadInput(f"{where}: ofac: 'uid' or 'lastName' is missing; the form of the list has changed, so it is not read")
    if kind not in _TYPES:
        raise BadInput(f"{where}: ofac: sdnType {kind!r} is not known; known are {', '.join(_TYPES)}")
    programs = _programs(element)
    akas = [(_name(a), child_text(a, "category").casefold() == "weak") for a in element.findall("akaList/aka")]
    addresses = element.findall("addressList/address")
    nationals = (*element.findall("nationalityList/nationality"), *element.findall("citizenshipList/citizenship"))
    countries, unread = places.codes([child_text(e, "country") for e in (*addresses, *nationals)])
    births, born = birth_dates("; ".join(child_text(b, "dateOfBirth") for b in element.findall("dateOfBirthList/dateOfBirthItem")))
    remarks = child_text(element, "remarks")
    numbers = [(child_text(i, "idType"), child_text(i, "idNumber"), child_text(i, "idCountry")) for i in element.findall("idList/id")]
    listed_on = next((cells.full_date(n) for t, n, _ in numbers if t.startswith("Listing Date (CMIC)")), None)
    vessel = element.find("vesselInfo")
    flag = child_text(vessel, "vesselFlag") if vessel is not None else ""
    return ListEntry(
        list="sdn",
        entry_id=number,
        name=name,
        aliases=cells.unique(a for a, weak in akas if not weak and a != name),
        weak_aliases=cells.unique(a for a, weak in akas if weak),
        type=_TYPES[kind],
        countries=countries,
        addresses=cells.unique(joined(child_text(a, tag) for tag in _ADDRESS) for a in addresses),
        birth_dates=births,
        identifiers=unique_identifiers(_identifier(t, n, places.code(c) or "" if c else "") for t, n, c in numbers),
        programs=programs,
        listed_on=listed_on,
        listed_basis="list" if listed_on else "",
        linked_to=cells.linked_to(remarks),
        remarks=joined((child_text(element, "title"), f"flag: {flag}" if flag else "", remarks), "; "),
        note=note("" if listed_on else cells.NO_DATE, unread, born),
        url=CONSOLIDATED_URL if consolidated else SDN_URL,
    )


def _programs(element: Element) -> tuple[str, ...]:
    return cells.unique(" ".join((p.text or "").split()) for p in element.findall("programList/program"))


def _name(element: Element) -> str:
    """Return a name as the delimited files write it: surname, comma, given names."""
    return cells.clean(joined((child_text(element, "lastName"), child_text(element, "firstName"))))


def _identifier(title: str, number: str, country: str) -> Identifier | None:
    kind = kind_of(title)
    return identifier(kind, number, country) if kind and number else None
