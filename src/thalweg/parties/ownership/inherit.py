"""What covered parties take from the listed owners above them: every footnote, and the strictest review policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from thalweg.nouns.ownership import ListedAs
from thalweg.pack.ownership import OwnershipRegime
from thalweg.parties.ownership.model import Inherited
from thalweg.parties.ownership.regime import policy_of, strictest

MOST_NAMED: Final = 50
"""Listed owners that an answer names for one party at most; all of them count."""


def reach(listed: Sequence[int], owns: Sequence[Sequence[int]], takes: Sequence[bool]) -> list[int]:
    """Return for each party the set of listed parties above it, as bits by their place in ``listed``.

    Sets flow from owner to owned where the owned party ``takes``: where it is covered, or listed and covered as well.
    """
    above = [0] * len(owns)
    for bit, party in enumerate(listed):
        above[party] |= 1 << bit
    waiting = dict.fromkeys(listed)
    while waiting:
        turn, waiting = waiting, {}
        for owner in turn:
            for owned in owns[owner]:
                if takes[owned] and above[owned] | above[owner] != above[owned]:
                    above[owned] |= above[owner]
                    waiting[owned] = None
    return above


def members(bits: int) -> Iterable[int]:
    """Yield the places of the bits of a set."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def inherited(regime: OwnershipRegime, owners: Sequence[str], listings: Mapping[str, Sequence[ListedAs]]) -> Inherited:
    """Return what is taken from these listed owners together."""
    entries = [(owner, entry) for owner in owners for entry in listings[owner]]
    policies = {policy_of(regime, entry) for _, entry in entries}
    silent = sorted({owner for owner, entry in entries if not policy_of(regime, entry)})
    down = regime.passes_down
    marked: dict[str, dict[str, None]] = {}
    for owner, entry in entries if "footnotes" in down else ():
        for footnote in entry.footnotes:
            marked.setdefault(footnote, {})[owner] = None
    notes = []
    if "policy" in down and silent:
        notes.append(f"No review policy is stated for the entry of {_few(silent)}; the strictest of those stated is given.")
    if len(owners) > MOST_NAMED:
        notes.append(f"{len(owners):,} listed owners; the first {MOST_NAMED} are named.")
    return Inherited(
        lists=sorted({entry.code for _, entry in entries}),
        footnotes=sorted(marked),
        footnotes_of={footnote: sorted(marked[footnote])[:MOST_NAMED] for footnote in sorted(marked)},
        policy=strictest(policies) if "policy" in down else None,
        listed_owners=sorted(owners)[:MOST_NAMED],
        citations=_cited(regime, [entry for _, entry in entries]),
        note=" ".join(notes),
    )


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def _cited(regime: OwnershipRegime, entries: Sequence[ListedAs]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry.citation or entry.url:
            source = {"citation": entry.citation, "url": entry.url, "title": entry.code}
            found.setdefault(entry.citation or entry.url, {k: v for k, v in source.items() if v})
        for rule_source in regime.counts[entry.list].sources:
            found.setdefault(str(rule_source.get("citation")), dict(rule_source))
    return list(found.values())
