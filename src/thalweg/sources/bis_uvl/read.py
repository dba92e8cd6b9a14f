"""Read the Unverified List: Supplement No. 6 to Part 744 as XML of the eCFR."""

from __future__ import annotations

from typing import Final

from thalweg.sources import ecfr
from thalweg.sources.files import RawFile
from thalweg.sources.lookups import Lookups
from thalweg.sources.places import Places
from thalweg.sources.reading import Collected, Reading
from thalweg.sources.supplement import entry_of

ID: Final = "bis_uvl"
LIST: Final = "uvl"
COLUMNS: Final = ("Country", "Listed person and address", "Federal Register citation")
URL: Final = "https://www.ecfr.gov/current/title-15/part-744/appendix-Supplement%20No.%206%20to%20Part%20744"


def recognizes(file: RawFile) -> bool:
    """Tell whether a file holds the Unverified List."""
    return ecfr.holds(file, 6)


def read(file: RawFile, lookups: Lookups) -> Reading:
    """Return the entries of the Unverified List.

    Raises:
        BadInput: naming the column that is missing.
    """
    places = Places(lookups)
    found = Collected()
    for row in ecfr.supplement_rows(file, 6, COLUMNS):
        found.add(entry_of(LIST, row, lookups, places, URL))
    return found.reading()
