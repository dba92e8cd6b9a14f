"""Read the Denied Persons List: the delimited file of the Bureau of Industry and Security, or the extract of it in JSON.

The delimited file has twelve columns, tabs between them and their names in the first row (Instructions for Delimited File Download,
https://webarchive.library.unt.edu/eot2008/20080916025709/http:/www.bis.doc.gov/dpl/delimiteddplinstructions.html).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from thalweg.nouns.listing import ListEntry
from thalweg.sources import cells, extract
from thalweg.sources.files import RawFile, rows
from thalweg.sources.keys import entry_key
from thalweg.sources.lookups import Lookups
from thalweg.sources.names import printed_name
from thalweg.sources.places import US_STATES, Places
from thalweg.sources.reading import Collected, Reading, joined, note

ID: Final = "bis_dpl"
LIST: Final = "dpl"
COLUMNS: Final = [
    "Name",
    "Street_Address",
    "City",
    "State",
    "Country",
    "Postal_Code",
    "Effective_Date",
    "Expiration_Date",
    "Standard_Order",
    "Last_Update",
    "Action",
    "FR_Citation",
]
URL: Final = "https://www.bis.gov/licensing/end-user-guidance/denied-persons-list-dpl"
_EXPIRES: Final = re.compile(r"Expires: (\d{4}-\d{2}-\d{2})")


def recognizes(file: RawFile) -> bool:
    """Tell whether a file holds the Denied Persons List in one of its two forms."""
    header = file.head().partition("\n")[0].replace('"', "").casefold()
    return extract.is_extract(file, "bis-dpl") or ("standard_order" in header and "fr_citation" in header)


def read(file: RawFile, lookups: Lookups) -> Reading:
    """Return the entries of the Denied Persons List: a row for each address of a person.

    The date of listing is that of the order in force; an earlier order against the same person does not show.

    Raises:
        BadInput: naming the column or field that is missing.
    """
    places = Places(lookups)
    found = Collected()
    if extract.is_extract(file, "bis-dpl"):
        taken = extract.read_extract(file, ID)
        for entity in taken.entities:
            remarks = extract.text(entity, "notes")
            expires = _EXPIRES.search(remarks)
            own = cells.full_date(extract.text(entity, "effective_date"))
            end = cells.full_date(expires[1]) if expires else None
            found.add(extract.entry(LIST, entity, lookups, places, own=own, ends_on=end, remarks=remarks, url=URL))
        return found.reading(taken.data_date)
    delimiter = "\t" if "\t" in file.head().partition("\n")[0] else ","
    for _, row in rows(file, ID, COLUMNS, delimiter=delimiter, fallback="cp1252"):
        found.add(_entry(row, lookups, places))
    return found.reading()


def _entry(row: Mapping[str, str], lookups: Lookups, places: Places) -> ListEntry:
    printed = printed_name(row["Name"])
    country = row["Country"].strip() or ("US" if row["State"].strip().upper() in US_STATES else "")
    countries, unread = places.codes([country])
    cited = cells.notices(row["FR_Citation"])
    listed_on, basis, dated = cells.listing_date(cells.full_date(row["Effective_Date"]), cited, lookups)
    address = joined(cells.clean(v) for v in (row["Street_Address"], row["City"], row["State"], row["Postal_Code"], country))
    return ListEntry(
        list=LIST,
        entry_id=entry_key(LIST, row["Name"], countries),
        name=printed.name,
        aliases=printed.aliases,
        countries=countries,
        addresses=(address,) if address else (),
        notices=tuple(n.citation for n in cited),
        listed_on=listed_on,
        listed_basis=basis,
        ends_on=cells.full_date(row["Expiration_Date"]),
        remarks=note(
            f"standard order: {row['Standard_Order'].strip()}" if row["Standard_Order"].strip() else "", cells.clean(row["Action"])
        ),
        note=note(dated, unread, printed.note),
        url=URL,
    )
