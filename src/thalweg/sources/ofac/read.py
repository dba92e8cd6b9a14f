"""Read the lists of OFAC: the delimited files, the XML, the enhanced XML, or the extract of the NS-CMIC List in JSON."""

from __future__ import annotations

import re
from typing import Final

from thalweg.evidence import BadInput
from thalweg.nouns.listing import ListEntry
from thalweg.sources import cells, extract
from thalweg.sources.files import RawFile
from thalweg.sources.identifiers import identifier
from thalweg.sources.lookups import Lookups
from thalweg.sources.ofac import delimited, enhanced, xml
from thalweg.sources.places import Places
from thalweg.sources.reading import Collected, Reading

ID: Final = "ofac"
_FIELD: Final = re.compile(
    r"(Target Type|Listing Date \(CMIC\)|USCC|Program|Linked To): (.*?)(?=; (?:Target Type|Listing Date|USCC|Program|Linked To)\b|$)"
)
_NUMBER: Final = re.compile(r"(\S+)(?: \(([^)]+)\))?$")


def recognizes(file: RawFile) -> bool:
    """Tell whether a file is a list of OFAC in one of its forms."""
    return (
        xml.recognizes(file)
        or enhanced.recognizes(file)
        or _is_advanced(file)
        or delimited.recognizes(file)
        or extract.is_extract(file, "ofac-nscmic")
    )


def read(file: RawFile, lookups: Lookups) -> Reading:
    """Return the entries of the file by list id.

    Raises:
        BadInput: with the file and what is wrong with it.
    """
    if xml.recognizes(file):
        return xml.read(file, lookups)
    if enhanced.recognizes(file):
        return enhanced.read(file, lookups)
    if _is_advanced(file):
        raise BadInput(
            f"{file.name}: is OFAC's advanced XML, which is not read; its enhanced XML (SDN_ENHANCED.XML) holds the same parties"
        )
    if extract.is_extract(file, "ofac-nscmic"):
        return _extract(file, lookups)
    return delimited.read(file, lookups)


def _is_advanced(file: RawFile) -> bool:
    head = file.head()
    return "<Sanctions" in head and ("ADVANCED_XML" in head or "www.un.org/sanctions" in head)


def _extract(file: RawFile, lookups: Lookups) -> Reading:
    places = Places(lookups)
    found = Collected()
    taken = extract.read_extract(file, ID)
    for entity in taken.entities:
        found.add(_cmic(entity, lookups, places))
    return found.reading(taken.data_date)


def _cmic(entity: dict[str, object], lookups: Lookups, places: Places) -> ListEntry:
    remarks = extract.text(entity, "notes")
    said = {mark[1]: mark[2].strip() for mark in _FIELD.finditer(remarks)}
    number = _NUMBER.match(said.get("USCC", ""))
    return extract.entry(
        "cmic",
        entity,
        lookups,
        places,
        type="entity",
        own=cells.full_date(said.get("Listing Date (CMIC)", "")),
        identifiers=(identifier("uscc", number[1], places.code(number[2] or "") or ""),) if number else (),
        programs=(said["Program"],) if "Program" in said else (),
        parents=(said["Linked To"],) if "Linked To" in said else (),
        remarks=remarks,
        url=delimited.CONSOLIDATED_URL,
    )
