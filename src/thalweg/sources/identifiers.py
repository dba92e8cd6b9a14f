"""Numbers of parties: what each is called on lists, and the check digits of those that have one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from thalweg.nouns.listing import Identifier, IdentifierKind

_KINDS: Final[dict[IdentifierKind, tuple[str, ...]]] = {
    "lei": ("LEI", "Legal Entity Identifier", "Legal Entity Number"),
    "uscc": ("USCC", "Unified Social Credit Code", "Unified Social Credit Code (USCC)", "United Social Credit Code Certificate (USCCC)"),
    "imo": ("IMO", "IMO number", "Vessel Registration Identification"),
    "passport": ("Passport", "Diplomatic Passport", "Passport number", "Stateless Person Passport"),
    "tax_id": (
        "Tax ID No.",
        "Tax ID",
        "NIT #",
        "R.F.C.",
        "RFC",
        "RUC #",
        "V.A.T. Number",
        "Italian Fiscal Code",
        "US FEIN",
        "C.U.I.T.",
        "C.I.F.",
        "RIF #",
        "RTN",
        "Numero Unico de Identificacao Tributaria (NUIT)",
        "C.N.P.J.",
        "Tax Identification Number",
        "Tax Registration Number",
    ),
    "national_id": (
        "National ID No.",
        "National Identification Number",
        "National identification number",
        "National Identification",
        "Cedula No.",
        "C.U.R.P.",
        "C.U.I.P.",
        "C.U.I.",
        "D.N.I.",
        "SSN",
        "Personal ID Card",
        "Citizen's Card Number",
        "National Foreign ID Number",
        "Turkish Identification Number",
        "Kenyan ID No.",
        "Numero de Identidad",
        "Tazkira National ID Card",
        "Electoral Registry No.",
        "Credencial electoral",
        "I.F.E.",
        "Birth Certificate Number",
        "Residency Number",
        "LE Number",
    ),
    "registration": (
        "Registration Number",
        "Registration ID",
        "Company Number",
        "UK Company Number",
        "Commercial Registry Number",
        "C.R. No.",
        "Business Registration Number",
        "Business Registration Document #",
        "Business Number",
        "Government Gazette Number",
        "Folio Mercantil No.",
        "Matricula Mercantil No",
        "Trade License No.",
        "License",
        "Public Registration Number",
        "Chamber of Commerce Number",
        "Dubai Chamber of Commerce Membership No.",
        "Enterprise Number",
        "Certificate of Incorporation Number",
        "Registered Charity No.",
        "Branch Unit Number",
        "Central Registration System Number",
        "File Number",
    ),
    "other": (
        "Identification Number",
        "SWIFT/BIC",
        "ISIN",
        "Equity Ticker",
        "D-U-N-S Number",
        "BIK (RU)",
        "MMSI",
        "Aircraft Tail Number",
        "Previous Aircraft Tail Number",
        "Aircraft Manufacturer's Serial Number (MSN)",
        "Aircraft Construction Number (also called L/N or S/N or F/N)",
        "Aircraft Serial Identification",
        "Aircraft Mode S Transponder Code",
        "Driver's License No.",
        "Travel Document Number",
        "Chinese Commercial Code",
        "Phone Number",
        "Email Address",
        "Website",
    ),
}
_KIND_OF: Final[dict[str, IdentifierKind]] = {title.casefold(): kind for kind, titles in _KINDS.items() for title in titles}
TITLES: Final = tuple(title for titles in _KINDS.values() for title in titles)
"""What lists call the numbers that are read here."""
_NOT_NUMBERS: Final = frozenset({"phone number", "email address", "website"})
_IMO: Final = re.compile(r"(?:IMO\s*(?:No\.?|number)?[:\s]*)?(\d{7})$", re.IGNORECASE)
_USCC: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}$")
_LEI: Final = re.compile(r"[0-9A-Z]{18}[0-9]{2}$")


def kind_of(title: str) -> IdentifierKind | None:
    """Return the kind of a number by what a list calls it; None for what is no number of a party (a gender, a web site)."""
    folded = title.casefold().strip().rstrip(":")
    if folded in _NOT_NUMBERS:
        return None
    if folded.startswith("digital currency address"):
        return "other"
    return _KIND_OF.get(folded)


def valid_imo(number: str) -> bool:
    """Tell whether seven digits are the number of a ship: the last is the last digit of the sum of the others times 7, 6, 5, 4, 3, 2."""
    return (
        len(number) == 7
        and number.isdigit()
        and sum(int(d) * w for d, w in zip(number, range(7, 1, -1), strict=False)) % 10 == int(number[6])
    )


def valid_lei(number: str) -> bool:
    """Tell whether twenty characters are a Legal Entity Identifier, by ISO 7064 mod 97-10."""
    return _LEI.match(number) is not None and int("".join(str(int(c, 36)) for c in number)) % 97 == 1


@lru_cache(maxsize=65_536)
def identifier(kind: IdentifierKind, value: str, country: str = "") -> Identifier:
    """Return an identifier of the kind that its value bears out: what fails its check digits or its form is `registration` or `other`."""
    compact = re.sub(r"[\s.\-]", "", value).upper()
    if kind == "lei":
        return Identifier("lei", compact, country) if valid_lei(compact) else Identifier("registration", value, country)
    if kind == "uscc" and not _USCC.match(compact):
        return Identifier("registration", value, country)
    if (
        kind in ("imo", "registration", "other")
        and (mark := _IMO.match(value.strip()))
        and (kind == "imo" or value.upper().startswith("IMO"))
    ):
        return Identifier("imo" if kind == "imo" and valid_imo(mark[1]) else "other", mark[1] if kind == "imo" else value, country)
    if kind == "registration" and valid_lei(compact):
        return Identifier("lei", compact, country)
    return Identifier("other" if kind == "imo" else kind, value, country)


def unique_identifiers(values: Iterable[Identifier | None]) -> tuple[Identifier, ...]:
    """Return identifiers, each once, in their order."""
    return tuple(dict.fromkeys(v for v in values if v is not None))
