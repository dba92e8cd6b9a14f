"""Read the Entity List: Supplement No. 4 to Part 744 as XML of the eCFR, or the extract of it in JSON."""

from __future__ import annotations

from typing import Final

from thalweg.nouns.listing import ListEntry
from thalweg.sources import cells, ecfr, extract
from thalweg.sources.files import RawFile
from thalweg.sources.keys import entry_key
from thalweg.sources.lookups import Lookups
from thalweg.sources.places import Places
from thalweg.sources.reading import Collected, Reading, note

ID: Final = "bis_entity_list"
LIST: Final = "entity_list"
COLUMNS: Final = ("Country", "Entity", "License requirement", "License review policy", "Federal Register citation")
URL: Final = "https://www.ecfr.gov/current/title-15/part-744/appendix-Supplement%20No.%204%20to%20Part%20744"


def recognizes(file: RawFile) -> bool:
    """Tell whether a file holds the Entity List in one of its two forms."""
    return extract.is_extract(file, "bis-entity-list") or ecfr.holds(file, 4)


def read(file: RawFile, lookups: Lookups) -> Reading:
    """Return the entries of the Entity List.

    Raises:
        BadInput: naming the column or field that is missing.
    """
    places = Places(lookups)
    found = Collected()
    if extract.is_extract(file, "bis-entity-list"):
        taken = extract.read_extract(file, ID)
        for entity in taken.entities:
            found.add(_from_extract(entity, lookups, places))
        return found.reading(taken.data_date)
    for cell in ecfr.supplement_rows(file, 4, COLUMNS):
        found.add(_from_row(cell, lookups, places))
    return found.reading()


def _from_extract(entity: dict[str, object], lookups: Lookups, places: Places) -> ListEntry:
    requirement = extract.text(entity, "notes")
    return extract.entry(
        LIST,
        entity,
        lookups,
        places,
        address_only=cells.is_address(extract.text(entity, "name")),
        footnotes=cells.footnotes(requirement),
        license_requirement=requirement,
        url=URL,
    )


def _from_row(row: tuple[list[str], ...], lookups: Lookups, places: Places) -> ListEntry:
    country, entity, required, reviewed, cited_in = (" ".join(row[0]), row[1], " ".join(row[2]), " ".join(row[3]), " ".join(row[4]))
    party = ecfr.party(entity)
    countries, unread = places.codes([country])
    cited = cells.notices(cited_in)
    listed_on, basis, dated = cells.listing_date(None, cited, lookups)
    return ListEntry(
        list=LIST,
        entry_id=entry_key(LIST, party.printed.name, countries),
        name=party.printed.name,
        aliases=tuple(a for a in (*party.printed.aliases, *party.aliases) if a != party.printed.name),
        countries=cells.unique((*countries, *extract.address_countries(party.addresses, places))),
        addresses=party.addresses,
        address_only=cells.is_address(party.printed.name),
        footnotes=cells.footnotes(required),
        license_requirement=required,
        license_policy=reviewed,
        notices=tuple(n.citation for n in cited),
        listed_on=listed_on,
        listed_basis=basis,
        linked_to=party.printed.parents,
        note=note(dated, unread, party.printed.note),
        url=URL,
    )
