"""Attribute ownership in a table of holdings: arrays find who is marked, and what an answer says is written for those alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from thalweg.nouns.ownership import EdgeTable, ListedAs, Share
from thalweg.nouns.ownership_units import Units
from thalweg.pack import Pack
from thalweg.pack.ownership import OwnershipRegime
from thalweg.parties.ownership.arrays import Flags, Ints, Network, Spread, network, spread_arrays
from thalweg.parties.ownership.attribute import answer
from thalweg.parties.ownership.case import Case, Counted, acted, chains, counted, inherits, red_flags, unused
from thalweg.parties.ownership.holdings import MORE, MOST_SAID, Holding, Holdings
from thalweg.parties.ownership.model import STATUSES, OwnershipStatus, Posture, Status
from thalweg.parties.ownership.regime import outside, posture_on
from thalweg.parties.ownership.related import related
from thalweg.parties.ownership.spread import NEVER, Marks

if TYPE_CHECKING:
    import polars as pl

MOST_REPORTED: Final = 200
"""Faults of one kind in the data that are reported one by one; the rest are counted."""


@dataclass
class Attributed:
    """The answer to a table of holdings.

    ``codes`` holds for every party of ``table.names`` the place of its arithmetic status in STATUSES; ``touched`` are the parties of
    the ``case``, which holds what an answer speaks of.
    """

    table: EdgeTable
    regime: OwnershipRegime
    date: dt.date
    pack: Pack
    listed: Mapping[str, Sequence[ListedAs]]
    posture: Posture
    net: Network
    least: Spread
    most: Spread
    codes: Ints
    case: Case
    touched: Ints

    @cached_property
    def owned(self) -> Ints:
        """The parties that the table says are owned, in the order in which it names them first."""
        first = _first_rows(self.table)
        places = np.flatnonzero(first < len(self.table))
        return places[np.argsort(first[places])]

    @cached_property
    def chains(self) -> dict[str, list[str]]:
        """The chains of every party that is covered, would be, or may be."""
        return chains(self.case)

    def statuses(self, *, in_force: bool = False) -> pl.Series:
        """Return the status of every owned party on the day, or what it is if the rule acts."""
        import polars as pl

        names = [name if in_force else acted(name, self.posture) for name in STATUSES]
        return pl.Series("status", names).gather(self.codes[self.owned])

    def answer(self) -> OwnershipStatus:
        """Return the whole answer, as for one graph."""
        names = self.table.names.gather(self.owned).to_list()
        found: dict[str, Status] = dict(zip(names, self.statuses(in_force=True).to_list(), strict=True))
        reports = [*self.table.notes, *self._reports()]
        return answer(self.case, found, self.date, self.pack, identity=None, reports=reports, parties=self.table.parties)

    def holdings(self) -> list[tuple[str, str, str]]:
        """Return owner, party and share of every holding in the parties that the answer speaks of, those of unlisted owners too."""
        spoken = np.zeros(len(self.table.names), dtype=bool)
        spoken[self.touched] = True
        edges = np.flatnonzero(spoken[self.net.owned])
        owners, parties = (self.table.names.gather(column[edges]).to_list() for column in (self.net.owner, self.net.owned))
        return list(zip(owners, parties, _said(self.table, self.net, edges), strict=True))

    def frame(self) -> pl.DataFrame:
        """Return a row for each owned party: status, what listed and covered owners hold, chains, what it inherits, red flags."""
        import polars as pl

        owned, whole = self.owned, self.table.units.whole
        taken = inherits(self.case)
        flags: dict[str, list[str]] = {}
        for flag in red_flags(self.case):
            flags.setdefault(flag.party, []).append(flag.brief)
        case_names = self.case.holdings.names
        said = {
            "chains": ["; ".join(self.chains.get(n, ())) for n in case_names],
            "lists": ["; ".join(taken[n].lists) if n in taken else "" for n in case_names],
            "footnotes": ["; ".join(taken[n].footnotes) if n in taken else "" for n in case_names],
            "policy": [taken[n].policy or "" if n in taken else "" for n in case_names],
            "red_flags": ["; ".join(flags.get(n, ())) for n in case_names],
        }
        at = np.full(len(self.table.names), len(case_names), dtype=np.int64)
        at[self.touched] = np.arange(len(case_names))
        columns = {
            "party": self.table.names.gather(owned),
            "status": self.statuses(),
            "listed_min": np.round(self.least.held[owned] / whole, 9),
            "listed_max": np.round(self.most.held[owned] / whole, 9),
        }
        found = pl.DataFrame(columns | {name: pl.Series([*texts, ""]).gather(at[owned]) for name, texts in said.items()})
        spoken = set(case_names)
        if rest := {party: "; ".join(briefs) for party, briefs in flags.items() if party not in spoken}:
            told = pl.col("party").replace_strict(rest, default=pl.col("red_flags"), return_dtype=pl.String)
            found = found.with_columns(red_flags=told)
        return found

    def _reports(self) -> list[str]:
        names = self.table.names
        alone = [f"{names[int(self.table.owner[r])]} is said to hold a part of itself; the holding is ignored" for r in self.net.itself]
        over = np.flatnonzero(self.net.total > self.table.units.whole)
        sums = [
            f"{names[int(p)]}: its owners hold {self.table.units.text(int(self.net.total[p]))} of it, more than all; "
            "the shares are used as given"
            for p in over[:MOST_REPORTED]
        ]
        held = set(names.filter(names.is_in(list(self.listed))).to_list()) if self.listed else set()
        return [
            *_some(alone, len(alone), "holdings of parties of themselves"),
            *_some(sums, len(over), "parties of which the owners hold more than all"),
            *unused(self.regime, self.listed, held, self.date),
        ]


def _some(said: list[str], count: int, what: str) -> list[str]:
    return said if count <= MOST_REPORTED else [*said[:MOST_REPORTED], f"{count - MOST_REPORTED:,} more {what}"]


def attribute_table(
    table: EdgeTable, listed: Mapping[str, Sequence[ListedAs]], regime: OwnershipRegime, date: dt.date, pack: Pack
) -> Attributed:
    """Attribute ownership in a table under a regime on a day. Countries are place codes; see :func:`attribute_ownership`."""
    names = [*listed, *table.parties]
    places = _places(table, names)
    listings = counted(regime, {n: e for n, e in listed.items() if n in places}, date)
    beyond = np.zeros(len(table.names), dtype=bool)
    beyond[[places[n] for n, known in table.parties.items() if n in places and outside(regime, known)]] = True
    net = network(table, date)
    perhaps = np.array([places[n] for n in listings.entries], dtype=np.int64)
    surely = np.array([places[n] for n in listings.entries if n in listings.surely], dtype=np.int64)
    threshold = table.units.of(regime.threshold)
    least = spread_arrays(net, net.low, surely, threshold, beyond)
    same = net.exact and len(perhaps) == len(surely) and not beyond.any()
    # whether a party in an excluded place passes on what it does not take itself is open: at most it does
    most = least if same else spread_arrays(net, net.high, perhaps, threshold, np.zeros(len(beyond), dtype=bool))
    posture = posture_on(pack, regime, date)
    case, touched = _touched(table, net, least, most, listings, beyond, regime, posture)
    if regime.related is not None:
        case.related = _related(table, net, surely, most, threshold)
    return Attributed(table, regime, date, pack, listed, posture, net, least, most, _codes(least, most, surely, beyond), case, touched)


def _related(
    table: EdgeTable, net: Network, listed: Ints, most: Spread, threshold: int
) -> list[tuple[str, Literal["parent", "sister"], str, str]]:
    """Return parents and sisters of listed parties, as for one graph; the holdings of the few parties that are met are looked up."""
    by_owned = np.argsort(net.owned, kind="stable")
    starts = np.searchsorted(net.owned[by_owned], np.arange(len(table.names) + 1))
    enough = net.low >= threshold
    upward = enough | net.unstated

    def by_name(parties: Ints) -> list[int]:
        found: list[int] = parties.tolist()
        return [n for _, n in sorted(zip(table.names.gather(parties).to_list(), found, strict=True))] if len(found) > 1 else found

    def above(party: int) -> list[int]:
        edges = by_owned[starts[party] : starts[party + 1]]
        return by_name(net.owner[edges[upward[edges]]])

    def below(owner: int) -> list[int]:
        edges = slice(net.first[owner], net.first[owner + 1])
        return by_name(net.owned[edges][enough[edges]])

    found = related(by_name(listed), above, below, lambda party: bool(most.round[party] != NEVER))
    numbers = np.array([n for r in found for n in (r.party, r.listed, r.parent)], dtype=np.int64)
    names = iter(table.names.gather(numbers).to_list())
    return [(party, r.kind, head, parent) for r, (party, head, parent) in zip(found, zip(names, names, names, strict=True), strict=True)]


def _places(table: EdgeTable, names: Sequence[str]) -> dict[str, int]:
    """Return where the names stand in the table, for those that do."""
    import polars as pl

    if not names:
        return {}
    at = table.names.to_frame("name").with_row_index("at").filter(pl.col("name").is_in(list(dict.fromkeys(names))))
    return dict(zip(at["name"].to_list(), at["at"].to_list(), strict=True))


def _codes(least: Spread, most: Spread, surely: Ints, beyond: Flags) -> Ints:
    codes = np.full(len(least.round), STATUSES.index("not_covered"), dtype=np.int64)
    codes[most.round != NEVER] = STATUSES.index("unknown")
    codes[least.round != NEVER] = STATUSES.index("covered")
    codes[beyond & (most.round > 0)] = STATUSES.index("not_covered")
    codes[surely] = STATUSES.index("listed")
    return codes


def _touched(
    table: EdgeTable,
    net: Network,
    least: Spread,
    most: Spread,
    listings: Counted,
    beyond: Flags,
    regime: OwnershipRegime,
    posture: Posture,
) -> tuple[Case, Ints]:
    """Take out the part of the network that an answer speaks of, and say which parties it has.

    It has the holdings of owners that are listed, covered, or may be.
    """
    edges = np.flatnonzero(most.round[net.owner] != NEVER)
    in_order = edges[np.argsort(net.order[net.row[edges]], kind="stable")]  # as the table names them
    parties = _first_seen(np.stack((net.owner[in_order], net.owned[in_order]), axis=1).ravel())
    place = np.full(len(table.names), -1, dtype=np.int64)
    place[parties] = np.arange(len(parties))
    owned_by = np.unique(net.owned[in_order])
    holdings = Holdings(
        table.names.gather(parties).to_list(),
        table.units,
        [{} for _ in parties],
        [[] for _ in parties],
        place[owned_by[np.argsort(_first_rows(table)[owned_by])]].tolist(),
    )
    said = _said(table, net, in_order)
    columns = (place[net.owner[in_order]], place[net.owned[in_order]], net.low[in_order], net.high[in_order], net.unstated[in_order])
    for owner, owned, low, high, unstated, text in zip(*(c.tolist() for c in columns), said, strict=True):
        holdings.of[owned][owner] = Holding(low, high, text, unstated)
        holdings.owns[owner].append(owned)
    marks = [Marks(s.round[parties].tolist(), s.held[parties].tolist()) for s in ((least,) if most is least else (least, most))]
    names = holdings.names
    listed = frozenset(i for i in np.flatnonzero(least.round[parties] == 0).tolist() if names[i] in listings.surely)
    away = frozenset(np.flatnonzero(beyond[parties]).tolist())
    return Case(regime, posture, holdings, listings.entries, listed, marks[0], marks[-1], away), parties


def _first_rows(table: EdgeTable) -> Ints:
    """Return for each party the first row in which it is owned; the length of the table where there is none."""
    first = np.full(len(table.names), len(table), dtype=np.int64)
    first[table.owned[::-1]] = np.arange(len(table))[::-1]
    return first


def _first_seen(values: Ints) -> Ints:
    """Return the different values in the order in which they come."""
    found, first = np.unique(values, return_index=True)
    return found[np.argsort(first)]


def _said(table: EdgeTable, net: Network, edges: Ints) -> list[str]:
    """Return each holding as the table states it, its parts joined by plus signs."""
    known: dict[tuple[int, int, bool], str] = {}
    rows = net.order[net.row[edges]]
    columns = (table.low[rows], table.high[rows], table.unstated[rows], net.parts[edges], net.row[edges])
    found = []
    for low, high, unstated, parts, row in zip(*(c.tolist() for c in columns), strict=True):
        if parts > 1:
            pieces = net.order[row : row + min(parts, MOST_SAID)]
            each = zip(table.low[pieces].tolist(), table.high[pieces].tolist(), table.unstated[pieces].tolist(), strict=True)
            found.append("+".join(_one(known, table.units, piece) for piece in each) + (MORE if parts > MOST_SAID else ""))
        else:
            found.append(_one(known, table.units, (low, high, unstated)))
    return found


def _one(known: dict[tuple[int, int, bool], str], units: Units, share: tuple[int, int, bool]) -> str:
    if share not in known:
        low, high, unstated = share
        if low == high:
            known[share] = units.text(low)
        else:
            bounds = (units.number(low), units.number(high), low % units.grain != 0, high % units.grain != 0)
            known[share] = "?" if unstated else str(Share(*bounds))
    return known[share]
