"""Read the Military End-User List: Supplement No. 7 to Part 744 as XML of the eCFR, or the extract of it in JSON."""

from __future__ import annotations

import re
from typing import Final

from thalweg.sources import ecfr, extract
from thalweg.sources.files import RawFile
from thalweg.sources.lookups import Lookups
from thalweg.sources.places import Places
from thalweg.sources.reading import Collected, Reading
from thalweg.sources.supplement import entry_of

ID: Final = "bis_meu"
LIST: Final = "meu"
COLUMNS: Final = ("Country", "Entity", "Federal Register citation")
URL: Final = "https://www.ecfr.gov/current/title-15/part-744/appendix-Supplement%20No.%207%20to%20Part%20744"
_SUBORDINATE: Final = re.compile(r"subordinate institution of (.+)", re.IGNORECASE)


def recognizes(file: RawFile) -> bool:
    """Tell whether a file holds the Military End-User List in one of its two forms."""
    return extract.is_extract(file, "bis-meu") or ecfr.holds(file, 7)


def read(file: RawFile, lookups: Lookups) -> Reading:
    """Return the entries of the Military End-User List.

    Raises:
        BadInput: naming the column or field that is missing.
    """
    places = Places(lookups)
    found = Collected()
    if not extract.is_extract(file, "bis-meu"):
        for row in ecfr.supplement_rows(file, 7, COLUMNS):
            found.add(entry_of(LIST, row, lookups, places, URL))
        return found.reading()
    taken = extract.read_extract(file, ID)
    for entity in taken.entities:
        remarks = extract.text(entity, "notes")
        above = _SUBORDINATE.match(remarks)
        found.add(extract.entry(LIST, entity, lookups, places, parents=(above[1],) if above else (), remarks=remarks, url=URL))
    return found.reading(taken.data_date)
