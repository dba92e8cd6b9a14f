"""A party that is asked about, read from what a person or a file states."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from thalweg.evidence import BadInput, nearest, parse_date
from thalweg.nouns.listing import PARTY_TYPES, PartyType
from thalweg.parties.text import MOST, clean

IDENTIFIERS: Final = ("lei", "uscc", "imo", "tax_id", "passport")
FIELDS: Final = ("id", "name", "names", "type", "country", "date", "birth_date", "address", *IDENTIFIERS)
_BIRTH: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?$")


@dataclass(frozen=True, slots=True)
class Query:
    """A party that is asked about. Countries are ISO 3166-1 alpha-2; identifiers are (kind, value as compared)."""

    names: tuple[str, ...]
    type: PartyType = ""
    country: str = ""
    birth_date: str = ""
    address: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()


def same_number(value: str) -> str:
    """Return a number as it is compared: letters and digits alone, upper case."""
    return "".join(c for c in value.upper() if c.isalnum())


def party(record: Mapping[str, Any], country: Callable[[str], str | None] | None = None) -> Query:
    """Read a query.

    Args:
        record: name or names, and what of the other fields is known; empty values are not stated.
        country: gives the code of a country by its name or code.

    Raises:
        BadInput: a field is unknown or cannot be read, or there is no name.
    """
    for field in record:
        if field not in FIELDS:
            raise BadInput(f"unknown field {field!r}{nearest(str(field), FIELDS)} (known are {', '.join(FIELDS)})")
    return Query(
        names=_names(record),
        type=of_type(_text(record, "type")),
        country=_country(_text(record, "country"), country),
        birth_date=_birth(_text(record, "birth_date")),
        address=clean(_text(record, "address")),
        identifiers=tuple((k, v) for k in IDENTIFIERS if k in record and (v := same_number(_text(record, k)))),
    )


def day_of(record: Mapping[str, Any], default: dt.date | None) -> dt.date | None:
    """Return the day that a query is about: its own, else the default."""
    stated = record.get("date")
    return default if stated in (None, "") else parse_date(stated)


def _text(record: Mapping[str, Any], field: str) -> str:
    value = record.get(field)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise BadInput(f"{field}: should be text, not {type(value).__name__}")
    return str(value).strip()


def _names(record: Mapping[str, Any]) -> tuple[str, ...]:
    stated = record.get("names")
    if stated is not None and not (isinstance(stated, (list, tuple)) and all(isinstance(n, str) for n in stated)):
        raise BadInput("names: should be a list of texts")
    found = [n for n in (_text(record, "name"), *(stated or ())) if n.strip()]
    if not found:
        raise BadInput("name: is empty; give the name of a party")
    for name in found:
        named(name)
    return tuple(dict.fromkeys(found))


def named(name: str, field: str = "name") -> None:
    """Refuse what cannot be a name.

    Raises:
        BadInput: it holds no letter and no digit, or is far too long.
    """
    if len(name) > MOST:
        raise BadInput(f"{field}: has {len(name):,} characters; {MOST:,} at most")
    if not any(c.isalnum() for c in clean(name)):
        raise BadInput(
            f"{field}: {name!r} holds no letter and no digit" if name.strip() else f"{field}: is empty; give the name of a party"
        )


def of_type(text: str, known: Iterable[str] = ()) -> PartyType:
    """Return the type of party by one of its names; unknown for an empty text.

    Raises:
        BadInput: if the text names no type.
    """
    if not text:
        return ""
    found = PARTY_TYPES.get(text.casefold())
    if found is None:
        raise BadInput(f"type: {text!r} is not known{nearest(text, [*PARTY_TYPES, *known])}; use individual, entity, vessel or aircraft")
    return found


def _country(text: str, country: Callable[[str], str | None] | None) -> str:
    if not text:
        return ""
    found = country(text) if country else text.upper() if re.fullmatch(r"[A-Za-z]{2}", text) else None
    if found is None:
        raise BadInput(f"country: {text!r} is not a country that is known; use its ISO 3166-1 alpha-2 code")
    return found[:2]


def _birth(text: str) -> str:
    if text and not _BIRTH.match(text):
        raise BadInput(f"birth_date: {text!r} is not a date; write it as YYYY, YYYY-MM or YYYY-MM-DD")
    if len(text) == 10:
        parse_date(text, field="birth_date")
    return text
