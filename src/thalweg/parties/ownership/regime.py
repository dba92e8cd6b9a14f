"""What a regime says of one listing and of one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from thalweg.evidence import FALSE, OPEN_END, OPEN_START, TRUE, UNKNOWN, BadInput, iso, nearest
from thalweg.nouns.ownership import ListedAs, OwnedParty
from thalweg.pack import Pack
from thalweg.pack.ownership import OwnershipRegime
from thalweg.parties.ownership.model import Posture, PostureState

STRICTNESS: Final = ("presumption_of_approval", "case_by_case", "presumption_of_denial", "policy_of_denial")
"""Review policies of the regulations, the least strict first."""

_STATES: Final[dict[str, PostureState]] = {"enforced": "enforced", "stayed": "stayed", "not_enforced": "not_enforced", "unknown": "unknown"}


def regime_of(pack: Pack, name: str) -> OwnershipRegime:
    """Return a regime of a pack.

    Raises:
        BadInput: there is none of this name.
    """
    if name in pack.ownership:
        return pack.ownership[name]
    known = ", ".join(pack.ownership) or "none"
    raise BadInput(f"regime: there is no {name!r}; the pack has {known}{nearest(name, pack.ownership)}")


def posture_on(pack: Pack, regime: OwnershipRegime, date: dt.date) -> Posture:
    """Say whether a regime acts on a day, and from when to when that holds."""
    day = date.toordinal()
    windows = sorted(_windows(pack, regime))
    start, end = OPEN_START, OPEN_END
    for first, last, posture, because in windows:
        if first <= day < last:
            return Posture(state=_STATES[posture], since=iso(first), until=iso(last), because=because)
        start, end = max(start, last if last <= day else start), min(end, first if first > day else end)
    return Posture(state="not_in_force", since=iso(start), until=iso(end))


def _windows(pack: Pack, regime: OwnershipRegime) -> Iterable[tuple[int, int, str, str]]:
    if not regime.rule:
        return regime.enforced
    return ((start, end, posture, "") for v in pack.rules[regime.rule].versions for start, end, posture in v.enforced)


def counts(regime: OwnershipRegime, listing: ListedAs) -> int:
    """Say whether a party counts as an owner under a listing: three-valued, since an entry may leave its program open."""
    counted = regime.counts.get(listing.list)
    if listing.address_only or counted is None:
        return FALSE
    if counted.programs is None:
        return TRUE
    if not listing.program:
        return UNKNOWN
    return TRUE if listing.program.upper() in counted.programs else FALSE


def in_effect(listing: ListedAs, date: dt.date) -> bool:
    """Say whether an entry stands on its list on a day."""
    return (listing.start is None or listing.start <= date) and (listing.end is None or date < listing.end)


def policy_of(regime: OwnershipRegime, listing: ListedAs) -> str:
    """Return the review policy of an entry; empty where nothing says it."""
    return listing.policy or (regime.counts[listing.list].policy if listing.list in regime.counts else "")


def strictest(policies: Iterable[str]) -> str | None:
    """Return the strictest of the policies that the regulations name; None where there is none."""
    known = [p for p in policies if p in STRICTNESS]
    return max(known, key=STRICTNESS.index) if known else None


def outside(regime: OwnershipRegime, party: OwnedParty | None) -> bool:
    """Say whether a party is in a place whose entities the regime never covers. Its country is a code by now."""
    if party is None or not party.country:
        return False
    return party.country.partition("-")[0].upper() in regime.not_in


def duties(regime: OwnershipRegime, listings: Iterable[ListedAs]) -> bool:
    """Say whether an unknown share of an owner under these listings must be resolved before the act."""
    return any(listing.list in regime.counts and regime.counts[listing.list].duty for listing in listings)


def citations(regime: OwnershipRegime) -> list[dict[str, object]]:
    """Return the sources of a regime as an answer carries them."""
    return [dict(source) for source in regime.sources]


def place_code(text: str, places: Mapping[str, Mapping[str, object]]) -> str:
    """Return the code of a country given as a code, a part of a country (US-DE), or a name; empty for an empty text.

    Raises:
        BadInput: it is neither.
    """
    given = text.strip()
    if not given or given.partition("-")[0].upper() in places:
        return given.upper()
    folded = given.casefold()
    for code, place in places.items():
        names = (place.get("name"), *(place.get("aliases") or ()))  # type: ignore[misc]
        if any(isinstance(n, str) and n.casefold() == folded for n in names):
            return code
    raise BadInput(f"country: {given!r} is not a place; write its code, such as CN")
