"""Who owns the parties of a transaction, from a graph of holdings, as the rules on companies owned by listed parties ask for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from thalweg.evidence import OPEN_END, BadInput
from thalweg.nouns import name_key
from thalweg.nouns.ownership import ListedAs, OwnershipEdge, OwnershipGraph
from thalweg.pack import Listing, Pack
from thalweg.pack.ownership import OwnershipRegime
from thalweg.parties.ownership import OwnershipStatus, attribute_ownership
from thalweg.parties.ownership.model import Inherited
from thalweg.parties.ownership.regime import regime_of

REGIME: Final = "bis_affiliates"
BLOCKING: Final = "ofac_50"
_SHARE: Final = "listed_owner_share"
_SDN: Final = "listed_owner_is_sdn"
_BLOCKED: Final = "blocked_owner_share"
_FLAG: Final = "flag_owner_on_entity_or_meu_list"
_FLAGGED: Final = ("entity_list", "meu")

Standings = Callable[[str, dt.date], Sequence[tuple[Listing, bool]]]
"""The entries that an owner of a name stands under on a day, each with whether that is sure."""


@dataclass(frozen=True)
class Owned:
    """What holdings say of one party on one day.

    ``facts`` are facts of the party for the transaction, null where they are not known; ``listing`` is what reaches the party through its
    owners, None if nothing does; ``status`` is the answer it comes from, in which the party is called ``party``; ``turns`` holds days on
    which it may turn, as ordinals.
    """

    facts: Mapping[str, Any]
    listing: Listing | None
    status: OwnershipStatus
    notes: tuple[str, ...] = ()
    party: str = ""
    turns: frozenset[int] = frozenset()


class Holdings:
    """A graph of holdings, asked party by party; the part above a party is all that is looked at."""

    def __init__(self, graph: OwnershipGraph, pack: Pack) -> None:
        self.graph = graph
        self.pack = pack
        self.regime = regime_of(pack, REGIME)
        self.blocking = pack.ownership.get(BLOCKING)

    @cached_property
    def _above(self) -> dict[str, list[OwnershipEdge]]:
        above: dict[str, list[OwnershipEdge]] = {}
        for edge in self.graph.edges:
            above.setdefault(edge.owned, []).append(edge)
        return above

    @cached_property
    def _called(self) -> dict[str, str]:
        """The parties of the graph by the keys of their names."""
        called: dict[str, str] = {}
        for party in dict.fromkeys(n for e in self.graph.edges for n in (e.owned, e.owner)):
            known = self.graph.parties.get(party)
            for name in (party, known.name if known else ""):
                if key := name_key(name):
                    called.setdefault(key, party)
        return called

    def party(self, name: str, numbers: Iterable[str] = ()) -> str | None:
        """Return the party of the graph that a name, or a number in a register, is of; None if it is in no holding."""
        for number in numbers:
            if (found := self.graph.ids.get(number, number)) in self._above:
                return found
        found_by_name = self._called.get(name_key(name))
        return found_by_name if found_by_name in self._above else None

    def of(self, party: str, date: dt.date, standings: Standings) -> Owned:
        """Attribute the ownership of a party of the graph on a day.

        Args:
            party: as the graph calls it.
            date: the day.
            standings: what owners stand under.
        """
        edges = self._part_above(party)
        turns = {d.toordinal() for e in edges for d in (e.start, e.end) if d}

        def noted(name: str, day: dt.date) -> Sequence[tuple[Listing, bool]]:
            found = standings(name, day)
            turns.update(d for x, _ in found for d in (x.start, x.end))
            return found

        sure, perhaps = self._listed(edges, date, noted)
        status = self._attributed(edges, sure, date)
        share = _bounds(status, party)
        if perhaps:
            most = _bounds(self._attributed(edges, {**sure, **{n: (*sure.get(n, ()), *e) for n, e in perhaps.items()}}, date), party)
            share = (share[0], max(share[1], most[1]))
        inherited = status.inherits.get(party)
        lists = {code.split(":")[0] for code in inherited.lists} if inherited else set()
        facts: dict[str, Any] = {_SHARE: _share(*share)}
        if "sdn" in lists:
            facts[_SDN] = True
        facts |= self._blocked(edges, sure, date, party)
        if any(e.list in _FLAGGED for entries in sure.values() for e in entries) and _FLAG in self.pack.facts:
            facts[_FLAG] = True
        notes = [f"{n} may be listed; whether it is decides who owns {party}" for n in perhaps]
        return Owned(facts, self._listing(party, status), status, (*notes, *status.reports), party, frozenset(turns))

    def _part_above(self, party: str) -> list[OwnershipEdge]:
        found: list[OwnershipEdge] = []
        waiting, seen = [party], {party}
        while waiting:
            for edge in self._above.get(waiting.pop(), ()):
                found.append(edge)
                if edge.owner not in seen:
                    seen.add(edge.owner)
                    waiting.append(edge.owner)
        return found

    def _listed(
        self, edges: Sequence[OwnershipEdge], date: dt.date, standings: Standings
    ) -> tuple[dict[str, tuple[ListedAs, ...]], dict[str, tuple[ListedAs, ...]]]:
        sure: dict[str, tuple[ListedAs, ...]] = {}
        perhaps: dict[str, tuple[ListedAs, ...]] = {}
        for owner in dict.fromkeys(e.owner for e in edges):
            stated = self.graph.listed.get(owner, ())
            known = self.graph.parties.get(owner)
            found = standings(known.name if known and known.name else owner, date)
            certain = (*stated, *(e for x, is_sure in found if is_sure for e in _as_listed(x)))
            doubtful = tuple(e for x, is_sure in found if not is_sure for e in _as_listed(x))
            if certain:
                sure[owner] = certain
            if doubtful:
                perhaps[owner] = doubtful
        return sure, perhaps

    def _blocked(
        self, edges: Sequence[OwnershipEdge], listed: Mapping[str, tuple[ListedAs, ...]], date: dt.date, party: str
    ) -> dict[str, float]:
        """Return what blocked persons hold of a party at least, where they hold anything."""
        if self.blocking is None or _BLOCKED not in self.pack.facts:
            return {}
        held = _bounds(self._attributed(edges, listed, date, self.blocking), party)[0]
        return {_BLOCKED: held} if held else {}

    def _attributed(
        self,
        edges: Sequence[OwnershipEdge],
        listed: Mapping[str, tuple[ListedAs, ...]],
        date: dt.date,
        regime: OwnershipRegime | None = None,
    ) -> OwnershipStatus:
        graph = replace(self.graph, edges=tuple(edges), listed=listed, notes=())
        return attribute_ownership(graph, regime or self.regime, date, self.pack)

    def _listing(self, party: str, status: OwnershipStatus) -> Listing | None:
        """Return what reaches a party through listed owners; its footnotes only while the rule acts."""
        inherited = status.inherits.get(party)
        if inherited is None:
            return None
        acting = status.status.get(party) == "covered"
        perhaps = status.posture.state == "unknown" and bool(inherited.footnotes)
        source = next(iter(inherited.citations), {})
        return Listing(
            list="entity_list",
            entry_id=f"owners of {party}",
            name=", ".join(inherited.listed_owners[:3]),
            aliases=(),
            keys=(),
            country="",
            start=0,
            end=OPEN_END,
            citation=str(source.get("citation", "")),
            url=str(source.get("url", "")),
            footnotes=dict.fromkeys(inherited.footnotes, 0) if acting or perhaps else {},
            policy=inherited.policy or "" if acting or perhaps else "",
            requirement="",
            basis="derived",
            note=" ".join(filter(None, (_footnotes(inherited), status.posture.because if perhaps else "", inherited.note))),
            level="strong",
            why=tuple(status.chains.get(party, ())),
            owned=True,
            doubt="posture" if perhaps else "",
        )


def _footnotes(inherited: Inherited) -> str:
    """Say whose footnotes are taken on."""
    return " ".join(f"Footnote {n}: {', '.join(inherited.footnotes_of.get(n, ()))}." for n in inherited.footnotes)


def read_holdings(path: str | Path, pack: Pack) -> Holdings:
    """Read a file of holdings: one graph, a table of edges, or a register.

    Raises:
        BadInput: it cannot be read, or holds several graphs.
    """
    from thalweg.desk.ownership import one_graph

    try:
        with Path(path).open("rb") as source:
            return Holdings(one_graph(source, pack), pack)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}") from None
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from None


def _as_listed(entry: Listing) -> list[ListedAs]:
    """Return an entry as ownership rules read it: once for each program of a list that has programs."""
    base = ListedAs(
        list=entry.list,
        address_only=entry.doubt == "address",
        footnotes=() if entry.list == "sdn" else tuple(entry.footnotes),
        policy=entry.policy,
        citation=entry.citation,
        url=entry.url,
    )
    return [replace(base, program=p) for p in entry.footnotes] if entry.list == "sdn" and entry.footnotes else [base]


def _bounds(status: OwnershipStatus, party: str) -> tuple[float, float]:
    found = status.listed_share.get(party)
    return (found.min, found.max) if found else (0.0, 0.0)


def _share(low: float, high: float) -> float | None:
    """Return the share that rules are asked with; None where what is not known may carry it over a half, or over nothing."""
    if low == high or low >= 0.5:
        return low
    return high if low > 0 and high < 0.5 else None
