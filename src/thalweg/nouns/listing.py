"""An entry of a list of parties, as its issuer publishes it, and one day's copy of a list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

PartyType = Literal["individual", "entity", "vessel", "aircraft", ""]
IdentifierKind = Literal["lei", "uscc", "imo", "tax_id", "passport", "national_id", "registration", "other"]
ListedBasis = Literal["list", "notice", "publication", ""]

PARTY_TYPES: Final[dict[str, PartyType]] = {
    **dict.fromkeys(("individual", "person", "natural person", "people"), "individual"),
    **dict.fromkeys(("entity", "company", "organization", "organisation", "legal entity", "firm", "bank", "university"), "entity"),
    **dict.fromkeys(("vessel", "ship"), "vessel"),
    **dict.fromkeys(("aircraft", "airplane", "plane"), "aircraft"),
}
"""What people call each type of party, in lower case."""

LIST_IDS: Final[dict[str, str]] = {
    "entity_list": "Entity List",
    "meu": "Military End-User List",
    "uvl": "Unverified List",
    "dpl": "Denied Persons List",
    "sdn": "Specially Designated Nationals and Blocked Persons List",
    "ssi": "Sectoral Sanctions Identifications List",
    "fse": "Foreign Sanctions Evaders List",
    "plc": "Palestinian Legislative Council List",
    "cap": "List of Foreign Financial Institutions Subject to Correspondent Account or Payable-Through Account Sanctions",
    "cmic": "Non-SDN Chinese Military-Industrial Complex Companies List",
    "ns_mbs": "Non-SDN Menu-Based Sanctions List",
    "dtc": "AECA Debarred List",
    "isn": "Nonproliferation Sanctions",
    "dod_1260h": "Chinese military companies under section 1260H",
    "un": "United Nations Security Council Consolidated List",
    "eu": "European Union consolidated list of financial sanctions",
    "uk": "UK Sanctions List",
}
"""Each list by the id that answers carry, with the title that its issuer gives it."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that an authority gave a party; compared without spaces and punctuation."""

    kind: IdentifierKind
    value: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One party on one list.

    Countries are ISO 3166-1 alpha-2; a place that cannot be read as one stays out of `countries` and in `note`.
    Dates of birth are ISO, at the precision that the list gives: 1973, 1973-03 or 1973-03-25. `programs` and
    `footnotes` are the issuer's own codes. `listed_on` is None where nothing says it, and `note` then says so.
    """

    list: str
    entry_id: str
    name: str
    aliases: tuple[str, ...] = ()
    weak_aliases: tuple[str, ...] = ()
    type: PartyType = ""
    countries: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    address_only: bool = False
    birth_dates: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    programs: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
    license_requirement: str = ""
    license_policy: str = ""
    notices: tuple[str, ...] = ()
    listed_on: dt.date | None = None
    listed_basis: ListedBasis = ""
    ends_on: dt.date | None = None
    linked_to: tuple[str, ...] = ()
    remarks: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ListCopy:
    """What one list held on one day.

    `data_date` is the day the issuer's text is of; `file` and `sha256` name the bytes it was read from.
    """

    list: str
    data_date: dt.date
    entries: tuple[ListEntry, ...]
    source: str
    file: str = ""
    sha256: str = ""
