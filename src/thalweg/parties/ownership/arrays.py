"""The arithmetic of ownership over arrays: the same sums, maxima and least fixed points as for one graph, for millions of holdings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from thalweg.nouns.ownership import EdgeTable
from thalweg.parties.ownership.spread import NEVER

_FEW: Final = 512
_ROUNDS: Final = 64
"""After so many rounds those of few parties are gone through by hand, which costs less for each but more to begin with."""

_MOST_UNITS: Final = 2.0**62

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(slots=True)
class Network:
    """The holdings of a day, one for each owner and party, in the order of owners; ``first[i]`` to ``first[i + 1]`` are those of owner i.

    `row` leads from a holding to its first row in the table, of which there are `parts`; `order` is the order of the rows.
    """

    first: Ints
    owner: Ints
    owned: Ints
    low: Ints
    high: Ints
    unstated: Flags
    row: Ints
    parts: Ints
    order: Ints
    total: Ints
    itself: Ints

    @property
    def exact(self) -> bool:
        """Whether every share is one number."""
        return bool((self.low == self.high).all())


def fits(table: EdgeTable) -> bool:
    """Say whether all sums of a table fit into 64 bits."""
    if not len(table):
        return True
    held = np.bincount(table.owned, weights=table.high.astype(np.float64), minlength=len(table.names))
    return float(held.max()) + 2.0 * table.units.whole < _MOST_UNITS


def network(table: EdgeTable, date: dt.date) -> Network:
    """Gather the holdings of a table that stand on a day: parts of one owner added up, maxima cut to what the other owners leave."""
    day = date.toordinal()
    kept = np.ones(len(table), dtype=bool)
    if table.start is not None:
        kept &= table.start <= day
    if table.end is not None:
        kept &= day < table.end
    itself = np.flatnonzero(table.owner == table.owned)
    kept[itself] = False
    rows = np.flatnonzero(kept)
    count = np.int64(len(table.names))
    key = table.owner[rows] * count + table.owned[rows]
    by_key = np.argsort(key, kind="stable")
    order, key = rows[by_key], key[by_key]
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1]))) if len(key) else np.zeros(0, dtype=np.int64)
    owner, owned = table.owner[order[starts]], table.owned[order[starts]]
    low, high = (_summed(column[order], starts) for column in (table.low, table.high))
    total = np.zeros(len(table.names), dtype=np.int64)
    np.add.at(total, owned, low)
    left = table.units.whole - (total[owned] - low)
    high = np.maximum(low, np.minimum(high, left))
    return Network(
        first=np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(table.names))))),
        owner=owner,
        owned=owned,
        low=low,
        high=high,
        unstated=np.logical_or.reduceat(table.unstated[order], starts) if len(starts) else np.zeros(0, dtype=bool),
        row=starts,
        parts=np.diff(np.concatenate((starts, [len(order)]))),
        order=order,
        total=total,
        itself=itself,
    )


def _summed(values: Ints, starts: Ints) -> Ints:
    if len(starts) == len(values):
        return values
    return np.add.reduceat(values, starts)


@dataclass(slots=True)
class Spread:
    """In which round each party was marked (-1 for never), and what marked owners hold of it, in units."""

    round: Ints
    held: Ints


def spread_arrays(net: Network, weight: Ints, listed: Ints, threshold: int, outside: Flags) -> Spread:
    """Mark by rounds until nothing changes: whole rounds over arrays, small ones by hand."""
    found = Spread(np.full(len(net.total), NEVER, dtype=np.int64), np.zeros(len(net.total), dtype=np.int64))
    frontier = np.unique(listed)
    found.round[frontier] = 0
    turn = 0
    while len(frontier) and (turn < _ROUNDS or len(frontier) >= _FEW):
        turn += 1
        edges = _edges_of(net.first, frontier)
        reached = net.owned[edges]
        np.add.at(found.held, reached, weight[edges])
        new = reached[(found.held[reached] >= threshold) & (found.round[reached] == NEVER) & ~outside[reached]]
        found.round[new] = turn
        frontier = np.unique(new)
    if len(frontier):
        _by_hand(net, weight, frontier.tolist(), turn, threshold, outside, found)
    return found


def _edges_of(first: Ints, owners: Ints) -> Ints:
    """Return the places of all holdings of some owners."""
    begins = first[owners]
    lengths = first[owners + 1] - begins
    ends = np.cumsum(lengths)
    places: Ints = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(begins - (ends - lengths), lengths)
    return places


def _by_hand(net: Network, weight: Ints, frontier: list[int], turn: int, threshold: int, outside: Flags, found: Spread) -> None:
    """Go on with plain numbers: a chain of a hundred thousand has as many rounds, each of one party."""
    rounds, held = found.round.tolist(), found.held.tolist()
    first, owned, weights, beyond = net.first.tolist(), net.owned.tolist(), weight.tolist(), outside.tolist()
    while frontier:
        turn += 1
        reached: list[int] = []
        for owner in frontier:
            for edge in range(first[owner], first[owner + 1]):
                party = owned[edge]
                before = held[party]
                held[party] = after = before + weights[edge]
                if before < threshold <= after and rounds[party] == NEVER and not beyond[party]:
                    reached.append(party)
        for party in reached:
            rounds[party] = turn
        frontier = reached
    found.round[:] = rounds
    found.held[:] = held
