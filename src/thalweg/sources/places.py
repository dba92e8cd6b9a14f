"""Places as lists write them, read as ISO 3166-1 alpha-2."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from thalweg.sources.lookups import Lookups

_PARENTHESIS: Final = re.compile(r"\s*\([^)]*\)\s*")
# fmt: off
US_STATES: Final = frozenset([
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "GU", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME",
    "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "PR", "RI",
    "SC", "SD", "TN", "TX", "UT", "VT", "VA", "VI", "WA", "WV", "WI", "WY",
])
# fmt: on
"""Postal codes of states and territories: the Denied Persons List leaves the country of an address in them blank."""
_LONGEST: Final = 500
_NO_PLACE: Final = frozenset({"", '""', "undetermined", "unknown", "na", "n/a", "none", "stateless"})
# What no general rule makes out of what a list prints.
_PRINTED_AS: Final = {
    "russian": "Russia",
    "chinese": "China",
    "iranian": "Iran",
    "syrian": "Syria",
    "palestinian": "Palestine",
    "west bank": "Palestine",
    "region: west bank": "Palestine",
    "region: gaza": "Palestine",
    "region: northern gaza": "Palestine",
    "region: north gaza": "Palestine",
    "cote d ivoire": "Ivory Coast",
    "crimea (occupied)": "Crimea",
    "region: crimea": "Crimea",
    "region: iran": "Iran",
    "region: russia": "Russia",
    "region: china": "China",
    "region: northern mali": "Mali",
}


class Places:
    """Reads places by the lookups it is handed; what it has read once it remembers."""

    def __init__(self, lookups: Lookups) -> None:
        self._country = lookups.country
        self._read: dict[str, str | None] = {}

    def code(self, text: str) -> str | None:
        """Return the alpha-2 code of a place, or None. A region of a country gives the country."""
        if len(text) > _LONGEST:
            return None
        key = text.strip().strip(".").casefold()
        if key not in self._read:
            self._read[key] = next(
                (c.partition("-")[0] for form in _forms(text.strip().strip("."), key) if (c := self._country(form))), None
            )
        return self._read[key]

    def codes(self, written: Iterable[str]) -> tuple[tuple[str, ...], str]:
        """Return the codes of places, each once in their order, and a note of what could not be read as one."""
        codes: dict[str, None] = {}
        unread: dict[str, None] = {}
        for text in written:
            if text.strip().casefold() in _NO_PLACE:
                continue
            if code := self.code(text):
                codes[code] = None
            else:
                unread[text.strip()] = None
        return tuple(codes), f"not read as a country: {', '.join(unread)}" if unread else ""


def _forms(text: str, key: str) -> Iterable[str]:
    """Yield the forms under which a place may be known: as printed, without a parenthesis, the words behind a comma put first."""
    yield text
    if key in _PRINTED_AS:
        yield _PRINTED_AS[key]
    bare = _PARENTHESIS.sub(" ", text).strip()
    yield bare
    first, comma, rest = bare.partition(",")
    if comma:
        inverted = f"{rest.strip()} {first.strip()}"
        yield inverted
        yield inverted.removeprefix("The ").removeprefix("the ")
        yield rest.strip()
        yield first.strip()
