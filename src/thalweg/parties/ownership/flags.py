"""Red flags of ownership, as sentences: a significant minority, an unknown share, a rule that does not act."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal

from thalweg.nouns.ownership import plain
from thalweg.pack.ownership import OwnershipRegime
from thalweg.parties.ownership.model import Posture, RedFlag

_SAID: Final = {
    "stayed": "the rule is stayed",
    "not_enforced": "the rule is not enforced",
    "not_in_force": "the rule is not in force",
}


def percent(share: Decimal) -> str:
    """Return a share as a percentage."""
    return f"{plain(share * 100)}%"


def minority(regime: OwnershipRegime, party: str, owner: str, standing: str, share: str) -> RedFlag:
    """A listed or covered owner holds a significant part of a party, of which such owners hold less than the threshold."""
    least, threshold = percent(regime.minority.share or Decimal(0)), percent(regime.threshold)
    where = f"at least {least} where such owners hold less than {threshold}"
    why = f"{owner} ({standing}) holds {share} of {party}, {where}. {regime.minority.text}"
    return RedFlag(party=party, kind="minority", owner=owner, share=share, why=why)


def unknown_share(regime: OwnershipRegime, party: str, owner: str, standing: str, share: str, *, duty: bool) -> RedFlag:
    """A listed or covered owner holds a part of a party that is not known."""
    known = "is not known" if share == "?" else f"is known as {share} only"
    also = f" {regime.unknown_share.text}" if duty or not any(c.duty for c in regime.counts.values()) else ""
    why = f"{owner} ({standing}) owns a part of {party}, and how much {known}.{also}"
    return RedFlag(party=party, kind="unknown_share", owner=owner, share=share, why=why)


def not_acting(party: str, posture: Posture, held: Decimal) -> RedFlag:
    """A party would be covered if the rule acted on the day."""
    since = f" since {posture.since}" if posture.since else ""
    until = f" until {posture.until}" if posture.until else ""
    why = f"Listed and covered owners hold {percent(held)} of {party}: it would be covered, but {_SAID[posture.state]}{since}{until}."
    return RedFlag(party=party, kind="not_acting", why=why)


def beside(text: str, party: str, kind: Literal["parent", "sister"], listed: str, parent: str) -> RedFlag:
    """A party owns a listed one, or is owned as that is: no rule covers it for that."""
    if kind == "parent":
        why = f"{party} owns half or more of {listed}, which is listed, or may, directly or through others. {text}"
    else:
        why = f"{parent}, which owns half or more of {listed}, or may, owns half or more of {party} as well. {text}"
    return RedFlag(party=party, kind=kind, owner=listed, why=why)
