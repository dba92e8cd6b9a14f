"""The holdings of a graph on a day, in whole units: parts of one owner added up, maxima cut to what the other owners leave."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from thalweg.nouns.ownership import OwnershipEdge, OwnershipGraph, Share, plain
from thalweg.nouns.ownership_units import Units

MOST_SAID: Final = 20
"""Parts of one holding that are written out."""
MORE: Final = "+..."


@dataclass(slots=True)
class Holding:
    """What one owner has of one party, in units; `said` is how the graph states it."""

    low: int
    high: int
    said: str
    unstated: bool
    parts: int = 1


@dataclass(slots=True)
class Holdings:
    """Parties by number, with who holds what of each; `owned` are the parties that the graph says are owned, on any day."""

    names: list[str]
    units: Units
    of: list[dict[int, Holding]]
    owns: list[list[int]]
    owned: list[int]
    reports: list[str] = field(default_factory=list)


def in_force(edge: OwnershipEdge, date: dt.date) -> bool:
    """Say whether a holding stands on a day."""
    return (edge.start is None or edge.start <= date) and (edge.end is None or date < edge.end)


def holdings_on(graph: OwnershipGraph, date: dt.date, units: Units) -> Holdings:
    """Gather the holdings of a graph that stand on a day."""
    numbers: dict[str, int] = {}
    for edge in graph.edges:
        numbers.setdefault(edge.owner, len(numbers))
        numbers.setdefault(edge.owned, len(numbers))
    names = list(numbers)
    found = Holdings(names, units, [{} for _ in names], [[] for _ in names], list(dict.fromkeys(numbers[e.owned] for e in graph.edges)))
    seen: dict[OwnershipEdge, int] = {}
    for edge in graph.edges:
        if edge.owner == edge.owned:
            found.reports.append(f"{edge.owner} is said to hold {edge.share} of itself; the holding is ignored")
        elif in_force(edge, date):
            seen[edge] = seen.get(edge, 0) + 1
            _add(found, numbers[edge.owner], numbers[edge.owned], edge.share)
    found.reports += [f"{e.owner} holds {e.share} of {e.owned} stands {n} times alike; each counts" for e, n in seen.items() if n > 1]
    _cut_maxima(found)
    return found


def _add(found: Holdings, owner: int, owned: int, share: Share) -> None:
    """Enter a holding; parts that one owner holds of one party are separate blocks of shares, and add up."""
    low, high = found.units.low(share), found.units.high(share)
    holding = found.of[owned].get(owner)
    if holding is None:
        found.of[owned][owner] = Holding(low, high, str(share), share.unstated)
        found.owns[owner].append(owned)
        return
    holding.low += low
    holding.high += high
    holding.unstated = holding.unstated or share.unstated
    holding.parts += 1
    if holding.parts <= MOST_SAID:
        holding.said += f"+{share}"
    elif holding.parts == MOST_SAID + 1:
        holding.said += MORE


def _cut_maxima(found: Holdings) -> None:
    """Cut what an owner can hold at most to what the least holdings of the others leave; report where these are more than all."""
    whole = found.units.whole
    for owned, holdings in enumerate(found.of):
        least = sum(h.low for h in holdings.values())
        if least > whole:
            total = plain(found.units.number(least))
            found.reports.append(f"{found.names[owned]}: its owners hold {total} of it, more than all; the shares are used as given")
        for holding in holdings.values():
            holding.high = max(holding.low, min(holding.high, whole - (least - holding.low)))
