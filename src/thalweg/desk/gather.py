"""Gathers what a transaction needs from outside the pack: who its parties are on the lists of the day, and who owns them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from thalweg.controls import Rulebook
from thalweg.desk.owners import Holdings
from thalweg.desk.standing import as_listing
from thalweg.evidence import parse_date
from thalweg.nouns import LIST_IDS, ListEntry, name_key
from thalweg.pack import Listing, Pack

_EVIDENCE: Final = ("name", "country", "type", "address", "birth_date", "lei", "uscc", "imo", "tax_id", "passport")


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a party is, or may be; ``undated`` if nothing says whether the entry stood on the day."""

    entry: ListEntry
    level: Literal["strong", "possible", "weak"]
    score: float
    why: Sequence[str]
    undated: bool = False


@dataclass(frozen=True, slots=True)
class Screened:
    """A copy of a list that names were screened against."""

    list: str
    data_date: dt.date | None
    rows: int
    note: str = ""


class Screen(Protocol):
    """Finds the entries that a party is or may be on a day, against the copies of lists that hold for it."""

    def matches(self, party: Mapping[str, Any], date: dt.date) -> Sequence[Match]:
        """Return the entries that a party is or may be, best first."""
        ...

    def lists(self, date: dt.date) -> Sequence[Screened]:
        """Return the copies that names are screened against on a day."""
        ...


@dataclass
class Gatherer:
    """Screens the parties of transactions, each once for a day, and attributes who owns them.

    What is found is laid over the rules of a book: a party that an entry is of stands under it, one that it may be of leaves it open.
    """

    screen: Screen | None = None
    holdings: Holdings | None = None
    found: dict[tuple[Any, ...], tuple[Match, ...]] = field(default_factory=dict)

    def over(
        self, book: Rulebook, transactions: Iterable[Mapping[str, Any]], dates: Sequence[dt.date] = ()
    ) -> tuple[Rulebook, list[dict[str, Any]]]:
        """Return a book that knows what the named parties of transactions stand under, and the transactions with who owns the parties.

        Args:
            book: the rules.
            transactions: in the shape of transactions.
            dates: days for which names are screened beside those of the transactions; owners are those on the transaction's own day.
        """
        listings: dict[tuple[str, str, str], Listing] = {}
        days: set[dt.date] = set()
        asked: list[dict[str, Any]] = []
        for transaction in transactions:
            own = parse_date(transaction["date"])
            for day in dict.fromkeys((own, *dates)):
                days.add(day)
                for party in named(transaction):
                    for listing, _ in self._screened(book.pack, party, day):
                        at = (listing.keys[0], listing.list, listing.entry_id)
                        listings[at] = surer(listings.get(at), listing)
            parties = [self._owned(book.pack, p, own, listings) for p in transaction.get("parties") or ()]
            asked.append({**transaction, "parties": parties} if parties else dict(transaction))
        heads = dict(book.pack.lists)
        for copy in self.screen.lists(max(days)) if days and self.screen else ():
            screened = {"data_date": copy.data_date.isoformat() if copy.data_date else "", "rows": copy.rows}
            heads[copy.list] = {
                **heads.get(copy.list, {"title": LIST_IDS.get(copy.list, copy.list)}),
                "partial": False,
                "screened": screened,
            }
        return book.with_listings([*book.pack.listings, *listings.values()], heads), asked

    def _owned(self, pack: Pack, party: Any, day: dt.date, listings: dict[tuple[str, str, str], Listing]) -> Any:
        """Return a party with what holdings say of it; owners that the transaction states itself come first."""
        if self.holdings is None or not isinstance(party, Mapping) or not isinstance(party.get("name"), str) or "owners" in party:
            return party
        found = self.holdings.party(party["name"], [str(party[k]) for k in ("lei", "uscc") if party.get(k)])
        if found is None:
            return party
        owned = self.holdings.of(found, day, lambda name, date: self._standings(pack, name, date))
        if owned.listing is not None:
            key = name_key(party["name"])
            listings[key, owned.listing.list, owned.listing.entry_id] = dataclasses.replace(owned.listing, keys=(key,))
        return {**owned.facts, **party}

    def _standings(self, pack: Pack, name: str, day: dt.date) -> list[tuple[Listing, bool]]:
        number = day.toordinal()
        own = [(x, not x.doubt) for x in pack.listed_by_key.get(name_key(name), ()) if x.start <= number < x.end]
        return [*own, *((x, sure) for x, sure in self._screened(pack, {"name": name}, day) if x.start <= number < x.end)]

    def _screened(self, pack: Pack, party: Mapping[str, Any], day: dt.date) -> list[tuple[Listing, bool]]:
        """Return the entries of a party that the pack does not hold itself, each with whether it is sure."""
        key = name_key(str(party["name"]))
        held = {x.list for x in pack.listed_by_key.get(key, ())}
        found = [_listing(m, key) for m in self._matches(party, day) if m.entry.list not in held] if key else []
        return [(x, not x.doubt) for x in found]

    def _matches(self, party: Mapping[str, Any], day: dt.date) -> tuple[Match, ...]:
        if self.screen is None:
            return ()
        query = {k: party[k] for k in _EVIDENCE if party.get(k)}
        at = (day, *sorted((k, str(v)) for k, v in query.items()))
        known = self.found.get(at)
        if known is None:
            known = self.found[at] = tuple(m for m in self.screen.matches(query, day) if m.level in ("strong", "possible"))
        return known


def named(transaction: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the named parties of a transaction, the exporter, and the owners of the parties."""
    exporter = transaction.get("exporter")
    parties = [p for p in (exporter, *(transaction.get("parties") or ())) if isinstance(p, Mapping)]
    for party in (*parties, *(o for p in parties for o in p.get("owners") or () if isinstance(o, Mapping))):
        if isinstance(party.get("name"), str) and name_key(party["name"]):
            yield party


def surer(one: Listing | None, other: Listing) -> Listing:
    """Return the one of two readings of an entry that leaves less open: names are keyed alike whatever evidence stands beside them."""
    return other if one is None or (one.doubt and not other.doubt) else one


def _listing(match: Match, key: str) -> Listing:
    level: Literal["strong", "possible"] = "strong" if match.level == "strong" else "possible"
    return as_listing(match.entry, key, level, match.score, match.why, undated=match.undated)
