"""Attribute ownership in one graph: the status of every owned party, with its chains, red flags and what it inherits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from thalweg.nouns.ownership import OwnedParty, OwnershipGraph
from thalweg.nouns.ownership_units import units_for
from thalweg.pack import Pack
from thalweg.pack.ownership import OwnershipRegime
from thalweg.parties.ownership.case import (
    Case,
    acted,
    assumptions,
    caveats,
    chains,
    counted,
    inherits,
    questions,
    red_flags,
    shares,
    spared,
    unused,
)
from thalweg.parties.ownership.holdings import Holdings, holdings_on
from thalweg.parties.ownership.model import OwnershipStatus, Status
from thalweg.parties.ownership.regime import citations, outside, posture_on
from thalweg.parties.ownership.related import related
from thalweg.parties.ownership.spread import NEVER, Marks, spread


def attribute_ownership(graph: OwnershipGraph, regime: OwnershipRegime, date: dt.date, pack: Pack) -> OwnershipStatus:
    """Attribute ownership in a graph under a regime on a day.

    Two least fixed points are worked out, on the least and on the most that owners may hold: a party that the first marks is covered,
    one that the second does not mark is not, and any other is unknown. Shares are added exactly. Countries are place codes.
    """
    case = _work_out(graph, regime, date, pack)
    names = case.holdings.names
    found = {names[p]: case.standing(p) for p in case.holdings.owned}
    reports = [*graph.notes, *case.holdings.reports, *unused(regime, graph.listed, names, date)]
    return answer(case, found, date, pack, identity=graph.id, reports=reports, parties=graph.parties)


def answer(
    case: Case,
    found: Mapping[str, Status],
    date: dt.date,
    pack: Pack,
    *,
    identity: str | None,
    reports: list[str],
    parties: Mapping[str, OwnedParty],
) -> OwnershipStatus:
    """Return the answer to a case; ``found`` is what the arithmetic gives for every owned party."""
    return OwnershipStatus(
        id=identity,
        regime=case.regime.id,
        as_of=date.isoformat(),
        posture=case.posture,
        status={name: acted(status, case.posture) for name, status in found.items()},
        chains=chains(case),
        listed_share=shares(case),
        red_flags=red_flags(case),
        inherits=inherits(case),
        if_in_force=None if case.posture.state == "enforced" else dict(found),
        questions=questions(case),
        reports=[*reports, *spared(case)],
        assumptions=assumptions(case, parties),
        caveats=caveats(case, date, pack),
        citations=citations(case.regime),
        beyond_verified=date.isoformat() > pack.stamp.verified_through,
        pack=pack.stamp.as_dict(),
    )


def _work_out(graph: OwnershipGraph, regime: OwnershipRegime, date: dt.date, pack: Pack) -> Case:
    units = units_for((e.share for e in graph.edges), regime.threshold, regime.minority.share or regime.threshold)
    holdings = holdings_on(graph, date, units)
    numbers = {name: i for i, name in enumerate(holdings.names)}
    listings = counted(regime, {n: e for n, e in graph.listed.items() if n in numbers}, date)
    beyond = [outside(regime, graph.parties.get(name)) for name in holdings.names]
    surely = [numbers[n] for n in listings.entries if n in listings.surely]
    perhaps = [numbers[n] for n in listings.entries]
    threshold = units.of(regime.threshold)
    least = spread(surely, holdings.owns, lambda owner, owned: holdings.of[owned][owner].low, threshold, beyond)
    # whether a party in an excluded place passes on what it does not take itself is open: at most it does
    most = spread(perhaps, holdings.owns, lambda owner, owned: holdings.of[owned][owner].high, threshold, [False] * len(beyond))
    away = frozenset(i for i, out in enumerate(beyond) if out)
    found = _related(holdings, surely, most, threshold) if regime.related else ()
    return Case(regime, posture_on(pack, regime, date), holdings, listings.entries, frozenset(surely), least, most, away, found)


def _related(
    holdings: Holdings, listed: Sequence[int], most: Marks, threshold: int
) -> list[tuple[str, Literal["parent", "sister"], str, str]]:
    names = holdings.names

    def by_name(parties: Iterable[int]) -> list[int]:  # which listed party leads to another first hangs on no order of rows
        return sorted(parties, key=names.__getitem__)

    found = related(
        by_name(listed),
        lambda party: by_name(o for o, h in holdings.of[party].items() if h.low >= threshold or h.unstated),
        lambda owner: by_name(p for p in holdings.owns[owner] if holdings.of[p][owner].low >= threshold),
        lambda party: most.round[party] != NEVER,
    )
    return [(names[r.party], r.kind, names[r.listed], names[r.parent]) for r in found]
