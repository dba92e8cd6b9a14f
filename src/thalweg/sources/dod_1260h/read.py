"""Read the list of Chinese military companies under section 1260H: the extract of its Federal Register notice in JSON."""

from __future__ import annotations

from typing import Final

from thalweg.sources import cells, extract
from thalweg.sources.files import RawFile
from thalweg.sources.lookups import Lookups
from thalweg.sources.places import Places
from thalweg.sources.reading import Collected, Reading

ID: Final = "dod_1260h"
LIST: Final = "dod_1260h"
URL: Final = "https://www.federalregister.gov/documents/search?conditions%5Bterm%5D=1260H"


def recognizes(file: RawFile) -> bool:
    """Tell whether a file is the extract of the list."""
    return extract.is_extract(file, "dow-1260h") or extract.is_extract(file, "dod-1260h")


def read(file: RawFile, lookups: Lookups) -> Reading:
    """Return the entries of the list. A notice states the whole list anew, so a company that an earlier notice named was listed before.

    Raises:
        BadInput: naming the field that is missing.
    """
    places = Places(lookups)
    found = Collected()
    taken = extract.read_extract(file, ID)
    for entity in taken.entities:
        own = cells.full_date(extract.text(entity, "effective_date"))
        dated = (
            f"the notice of {own.isoformat()} states the whole list anew; an earlier notice may have named the company before"
            if own
            else ""
        )
        remarks = extract.text(entity, "notes")
        found.add(extract.entry(LIST, entity, lookups, places, own=own, dated=dated, remarks=remarks, url=URL))
    return found.reading(taken.data_date)
