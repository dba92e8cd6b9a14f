"""What else is known of a party beside its name: numbers, birth date, country and address, for and against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from thalweg.nouns.listing import ListEntry
from thalweg.parties.query import Query, same_number
from thalweg.parties.text import clean, words

STATE_NUMBERS: Final = frozenset(("uscc", "tax_id", "registration", "national_id"))
"""Numbers that one register gives and lists call by different names: equal values of any two are equal numbers."""
SHORTEST: Final = 5
"""A number of fewer characters proves nothing."""
SAME_ADDRESS: Final = 88
"""The share of words (0 to 100) from which two addresses are one."""
ONE_CHINA: Final = frozenset(("CN", "HK", "MO"))
"""Places that lists and people give for one another."""
TITLES: Final = {"lei": "LEI", "uscc": "USCC", "imo": "IMO number", "tax_id": "tax number", "passport": "passport number"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for (a level up) or against (a level down), and how it is told; told alone where neither."""

    raises: tuple[str, ...] = ()
    lowers: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def number_keys(kind: str, value: str) -> Iterable[tuple[str, str]]:
    """Return the keys under which a number is found."""
    value = same_number(value)
    if len(value) >= SHORTEST and not (value.isdigit() and int(value) == 0):
        yield ("state" if kind in STATE_NUMBERS else kind, value)


def weigh(query: Query, entry: ListEntry) -> Evidence:
    """Return what birth date, country, address and vessel number say of a query and an entry."""
    raises: list[str] = []
    lowers: list[str] = []
    told: list[str] = []
    if query.birth_date and entry.birth_dates:
        _birth(query.birth_date, entry.birth_dates, raises, lowers, told)
    if query.country and entry.countries:
        _country(query.country, entry.countries, lowers, told)
    if query.address and entry.addresses and (same := same_address(query.address, entry.addresses)):
        raises.append(f"same address: {same}")
    asked = {v for k, v in query.identifiers if k == "imo"}
    listed = {same_number(i.value) for i in entry.identifiers if i.kind == "imo"}
    if asked and listed and asked.isdisjoint(listed):
        lowers.append(f"another IMO number: {min(asked)} against {', '.join(sorted(listed))}")
    return Evidence(tuple(raises), tuple(lowers), tuple(told))


def _birth(asked: str, listed: tuple[str, ...], raises: list[str], lowers: list[str], told: list[str]) -> None:
    agree = [b for b in listed if _overlap(asked, b)]
    if not agree:
        lowers.append(f"another birth date: {asked} against {', '.join(listed)}")
    elif any(len(b) == 10 and b == asked for b in agree):
        raises.append(f"same birth date: {asked}")
    else:
        told.append(f"birth dates agree: {asked} and {', '.join(agree)}")


def _overlap(one: str, other: str) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _country(asked: str, listed: tuple[str, ...], lowers: list[str], told: list[str]) -> None:
    codes = {c[:2] for c in listed}
    if asked in codes:
        told.append(f"same country: {asked}")
    elif not (asked in ONE_CHINA and codes & ONE_CHINA):
        lowers.append(f"another country: {asked} against {', '.join(listed)}")


def same_address(asked: str, listed: Iterable[str]) -> str:
    """Return the listed address that an address is, empty if none is."""
    mine = " ".join(words(asked))
    for address in listed:
        theirs = " ".join(words(clean(address)))
        if min(len(mine.split()), len(theirs.split())) >= 3 and fuzz.token_sort_ratio(mine, theirs) >= SAME_ADDRESS:
            return address
    return ""
