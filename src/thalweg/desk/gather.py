"""Gathers what a transaction needs from outside the pack: who its parties are on the lists of the day, and who owns them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple, Protocol

from thalweg.controls import Rulebook
from thalweg.desk.owners import Holdings, Owned
from thalweg.desk.standing import as_listing
from thalweg.evidence import parse_date
from thalweg.nouns import LIST_IDS, ListEntry, name_key
from thalweg.pack import Listing, Pack

_EVIDENCE: Final = ("name", "country", "type", "address", "birth_date", "lei", "uscc", "imo", "tax_id", "passport")


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a party is, or may be.

    ``undated`` if nothing says whether the entry stood on the day; then ``known`` is what is known of when it stood, as a sentence, and
    ``since`` the first day on which it can have.
    """

    entry: ListEntry
    level: Literal["strong", "possible", "weak"]
    score: float
    why: Sequence[str]
    undated: bool = False
    known: str = ""
    since: dt.date | None = None


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

    def reviewed(self, party: Mapping[str, Any], date: dt.date) -> Reviewed:
        """Return what reviewers decided on a party, as far as it holds for the day."""
        ...


class Reviewed(NamedTuple):
    """Entries, as ``list:entry_id``, that reviewers decided a party is, and those that it is not."""

    same_as: tuple[str, ...] = ()
    not_same_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What was gathered of one party on one day: the entries that it stands or may stand under, and what holdings say of it."""

    party: Mapping[str, Any]
    date: dt.date
    listings: tuple[Listing, ...]
    owned: Owned | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was gathered for transactions: entries of lists under the names of parties, heads of lists, and who owns whom."""

    listings: tuple[Listing, ...]
    lists: Mapping[str, Mapping[str, Any]]
    transactions: tuple[dict[str, Any], ...]
    parties: tuple[Known, ...]

    def over(self, book: Rulebook) -> Rulebook:
        """Return the rules of a book over what was gathered."""
        return book.with_listings([*book.pack.listings, *self.listings], self.lists)

    def within(self, pack: Pack) -> Pack:
        """Return a pack that holds what was gathered."""
        return dataclasses.replace(pack, listings=(*pack.listings, *self.listings), lists=self.lists)


@dataclass
class Gatherer:
    """Screens the parties of transactions, each once for a day, and attributes who owns them."""

    screen: Screen | None = None
    holdings: Holdings | None = None
    found: dict[tuple[Any, ...], tuple[Match, ...]] = field(default_factory=dict)

    def gather(self, pack: Pack, transactions: Iterable[Mapping[str, Any]], dates: Sequence[dt.date] = ()) -> Gathered:
        """Gather what is known of the named parties of transactions.

        Args:
            pack: whose own entries count beside those that are found.
            transactions: in the shape of transactions.
            dates: days for which names are screened beside those of the transactions; owners are those on the transaction's own day.

        Raises:
            BadInput: if a date or a party cannot be read.
        """
        listings: dict[tuple[str, str, str], Listing] = {}
        by_day: dict[tuple[str, str, str], dict[dt.date, Listing]] = {}
        asked_on: dict[str, set[dt.date]] = {}
        known: list[Known] = []
        days: set[dt.date] = set()
        asked: list[dict[str, Any]] = []
        for transaction in transactions:
            own = parse_date(transaction["date"])
            for day in dict.fromkeys((own, *dates)):
                days.add(day)
                for party in named(transaction):
                    found = self._screened(pack, party, day)
                    asked_on.setdefault(name_key(str(party["name"])), set()).add(day)
                    for listing in found:
                        on = by_day.setdefault((listing.keys[0], listing.list, listing.entry_id), {})
                        on[day] = surer(on.get(day), listing)
                    if day == own:
                        known.append(Known(party, own, (*_own(pack, party, own), *found)))
            parties = [self._owned(pack, self._judged(p, own), own, listings, known) for p in transaction.get("parties") or ()]
            asked.append({**transaction, "parties": parties} if parties else dict(transaction))
        screened = [x for at, on in by_day.items() for x in stretches(on, asked_on[at[0]])]
        return Gathered((*screened, *listings.values()), self._heads(pack, days), tuple(asked), tuple(known))

    def _heads(self, pack: Pack, days: set[dt.date]) -> dict[str, Mapping[str, Any]]:
        heads = dict(pack.lists)
        for copy in self.screen.lists(max(days)) if days and self.screen else ():
            screened = {"data_date": copy.data_date.isoformat() if copy.data_date else "", "rows": copy.rows, "note": copy.note}
            held = heads.get(copy.list, {"title": LIST_IDS.get(copy.list, copy.list)})
            heads[copy.list] = {**held, "partial": False, "screened": screened}
        return heads

    def _owned(self, pack: Pack, party: Any, day: dt.date, listings: dict[tuple[str, str, str], Listing], known: list[Known]) -> Any:
        """Return a party with what holdings say of it; owners that the transaction states itself come first."""
        if self.holdings is None or not isinstance(party, Mapping) or not isinstance(party.get("name"), str) or party.get("owners"):
            return party
        found = self.holdings.party(party["name"], [str(party[k]) for k in ("lei", "uscc") if party.get(k)])
        if found is None:
            return party
        owned = self.holdings.of(found, day, lambda name, date: self._standings(pack, name, date))
        known[:] = [dataclasses.replace(k, owned=owned) if k.party.get("name") == party["name"] and k.date == day else k for k in known]
        if owned.listing is not None:
            key = name_key(party["name"])
            listings[key, owned.listing.list, owned.listing.entry_id] = dataclasses.replace(owned.listing, keys=(key,))
        return {**owned.facts, **party}

    def _standings(self, pack: Pack, name: str, day: dt.date) -> list[tuple[Listing, bool]]:
        number, party = day.toordinal(), {"name": name}
        found = (*_own(pack, party, day), *self._screened(pack, party, day))
        decided = self.screen.reviewed(party, day) if self.screen else Reviewed()
        standing = [(x, f"{x.list}:{x.entry_id}") for x in found if x.start <= number < x.end]
        return [(x, not x.doubt or said in decided.same_as) for x, said in standing if said not in decided.not_same_as]

    def _judged(self, party: Any, day: dt.date) -> Any:
        """Return a party with what reviewers decided on it; what the transaction states itself comes first."""
        if self.screen is None or not isinstance(party, Mapping) or not isinstance(party.get("name"), str):
            return party
        stated = {*party.get("same_as", ()), *party.get("not_same_as", ())}
        decided = self.screen.reviewed(_query(party), day)
        found = {k: [*party.get(k, ()), *(x for x in entries if x not in stated)] for k, entries in decided._asdict().items() if entries}
        return {**party, **found} if found else party

    def _screened(self, pack: Pack, party: Mapping[str, Any], day: dt.date) -> list[Listing]:
        """Return the entries of a party on lists of which the pack itself holds none under its name."""
        key = name_key(str(party["name"]))
        held = {x.list for x in pack.listed_by_key.get(key, ())}
        return [_listing(m, key) for m in self._matches(party, day) if m.entry.list not in held] if key else []

    def _matches(self, party: Mapping[str, Any], day: dt.date) -> tuple[Match, ...]:
        if self.screen is None:
            return ()
        query = _query(party)
        at = (day, *sorted((k, str(v)) for k, v in query.items()))
        known = self.found.get(at)
        if known is None:
            known = self.found[at] = tuple(m for m in self.screen.matches(query, day) if m.level in ("strong", "possible"))
        return known


def _query(party: Mapping[str, Any]) -> dict[str, Any]:
    """Return what screening reads of a party."""
    return {k: party[k] for k in _EVIDENCE if party.get(k)}


def named(transaction: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the named parties of a transaction, the exporter, and the owners of the parties."""
    exporter = transaction.get("exporter")
    parties = [p for p in (exporter, *(transaction.get("parties") or ())) if isinstance(p, Mapping)]
    for party in (*parties, *(o for p in parties for o in p.get("owners") or () if isinstance(o, Mapping))):
        if isinstance(party.get("name"), str) and name_key(party["name"]):
            yield party


def _own(pack: Pack, party: Mapping[str, Any], day: dt.date) -> tuple[Listing, ...]:
    """Return the entries of the pack itself under a party's name on a day."""
    number = day.toordinal()
    return tuple(x for x in pack.listed_by_key.get(name_key(str(party["name"])), ()) if x.start <= number < x.end)


def surer(one: Listing | None, other: Listing) -> Listing:
    """Return the one of two readings of an entry that leaves less open: names are keyed alike whatever evidence stands beside them."""
    return other if one is None or (one.doubt and not other.doubt) else one


def stretches(found: Mapping[dt.date, Listing], asked: Iterable[dt.date]) -> Iterator[Listing]:
    """Yield an entry that was found under a name on some of the days that were asked about, each reading of it for its own days.

    What is known of an entry differs from day to day: a copy of the list may have it on one day and not on another, and on a day before
    the copy nothing may say whether it stood. A reading holds from its day until the next that was asked about; the first and the last
    reach as far as the entry does.
    """
    days = sorted(asked)
    kept: list[tuple[int, int, Listing]] = []
    for place, day in enumerate(days):
        listing = found.get(day)
        if listing is None:
            continue
        start = listing.start if place == 0 else max(listing.start, day.toordinal())
        end = listing.end if place == len(days) - 1 else min(listing.end, days[place + 1].toordinal())
        if start >= end:
            continue
        if kept and kept[-1][1] == start and kept[-1][2] == listing:
            kept[-1] = (kept[-1][0], end, listing)
        else:
            kept.append((start, end, listing))
    for start, end, listing in kept:
        yield dataclasses.replace(listing, start=start, end=end, dated=listing.dated and start == listing.start)


def _listing(match: Match, key: str) -> Listing:
    level: Literal["strong", "possible"] = "strong" if match.level == "strong" else "possible"
    return as_listing(match.entry, key, level, match.score, match.why, undated=match.undated, known=match.known, since=match.since)
