"""A subject of the European Union's list, as either of its forms gives it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from thalweg.nouns.listing import Identifier, IdentifierKind, ListedBasis, ListEntry, PartyType
from thalweg.sources import cells
from thalweg.sources.births import birth_dates
from thalweg.sources.identifiers import identifier, unique_identifiers
from thalweg.sources.places import Places
from thalweg.sources.reading import joined, note

_TYPES: Final[dict[str, PartyType]] = {"person": "individual", "p": "individual", "enterprise": "entity", "e": "entity"}
_DOCUMENTS: Final[dict[str, IdentifierKind]] = {
    "passport": "passport",
    "diplomatpassport": "passport",
    "id": "national_id",
    "ssn": "national_id",
    "taxid": "tax_id",
    "fiscalcode": "tax_id",
    "regnumber": "registration",
    "imo": "imo",
}
URL: Final = "https://data.europa.eu/data/datasets/consolidated-list-of-persons-groups-and-entities-subject-to-eu-financial-sanctions"


@dataclass(slots=True)
class Subject:
    """What the list says of one subject, collected from its elements or rows; each value stands once, in its order."""

    logical_id: str
    reference: str = ""
    kinds: dict[str, None] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    weak_names: dict[str, None] = field(default_factory=dict)
    addresses: dict[str, None] = field(default_factory=dict)
    places: dict[str, None] = field(default_factory=dict)
    births: dict[str, None] = field(default_factory=dict)
    documents: dict[tuple[str, str, str], None] = field(default_factory=dict)
    programs: dict[str, None] = field(default_factory=dict)
    regulations: dict[str, None] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)
    designated: str = ""
    published: set[dt.date] = field(default_factory=set)
    url: str = ""

    def entry(self, places: Places) -> ListEntry | None:
        """Make the entry; none for a subject without a name."""
        names = [*self.names] or [*self.weak_names]
        if not names:
            return None
        countries, unread = places.codes(self.places)
        births, born = birth_dates("; ".join(self.births))
        listed_on, basis, dated = self._listing()
        kind: PartyType = next((k for code in self.kinds if (k := _TYPES.get(code.casefold()))), "")
        return ListEntry(
            list="eu",
            entry_id=self.reference or self.logical_id,
            name=names[0],
            aliases=tuple(n for n in names[1:]) if self.names else (),
            weak_aliases=tuple(n for n in self.weak_names if n not in names),
            type=kind,
            countries=countries,
            addresses=tuple(self.addresses),
            birth_dates=births,
            identifiers=unique_identifiers(self._identifier(d, places) for d in self.documents),
            programs=tuple(self.programs),
            notices=tuple(self.regulations),
            listed_on=listed_on,
            listed_basis=basis,
            remarks=joined(self.remarks, "; "),
            note=note(dated, unread, born),
            url=self.url or URL,
        )

    def _listing(self) -> tuple[dt.date | None, ListedBasis, str]:
        """Return the date of designation, else the first publication of a regulation that the entry cites, which may be an amendment."""
        if own := cells.full_date(self.designated):
            return own, "list", ""
        if self.published:
            return (
                min(self.published),
                "publication",
                "the date is that on which the cited regulation was published; it may be an amendment",
            )
        return None, "", cells.NO_DATE

    @staticmethod
    def _identifier(document: tuple[str, str, str], places: Places) -> Identifier:
        kind, number, country = document
        return identifier(_DOCUMENTS.get(kind.casefold(), "other"), number, (places.code(country) or "") if country else "")


def take(values: dict[str, None], *texts: str | None) -> None:
    """Take texts that say something."""
    for text in texts:
        if text and (clean := cells.clean(text)):
            values[clean] = None


def birth(date: str, year: str, month: str, day: str, first: str, last: str, circa: str) -> str:
    """Return a date of birth in the words that `birth_dates` reads: what is exact, a range, or `circa`."""
    text = date
    if not text and year:
        whole = all(len(part) <= 4 and part.isascii() and part.isdigit() for part in (year, month, day))
        text = f"{int(year):04d}-{int(month):02d}-{int(day):02d}" if whole else year
    if not text and first and last:
        text = f"{first} to {last}"
    if not text and (first or last):
        text = f"circa {'after' if first else 'before'} {first or last}"
    return f"circa {text}" if text and circa.casefold() == "true" and not text.startswith("circa") else text
