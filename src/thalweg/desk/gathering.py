"""Opens what a question is gathered from: files of lists, or the store with its reviews, and a file of holdings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from thalweg.desk.gather import Gatherer, Match, Reviewed, Screened
from thalweg.evidence import BadInput

if TYPE_CHECKING:
    from thalweg.nouns import ListCopy, ListEntry
    from thalweg.pack import Pack
    from thalweg.parties.index import Index

Where = str | Path
Paths = Sequence[Where]


def gatherer(*, lists: Paths = (), store: Where | None = None, holdings: Where | None = None, pack: Pack) -> Gatherer | None:
    """Return what gathers from files of lists, or a store, and from holdings; None if none is named.

    Args:
        lists: files or folders of lists; names are screened against them and no store is opened.
        store: a path or a URL of a store of lists; names are screened against the copies that hold for the day.
        holdings: a file that says who owns how much of whom.
        pack: the knowledge.

    Raises:
        BadInput: if a file cannot be read, or lists and a store are both named.
        StoreError: if the store cannot be opened.
    """
    if lists and store is not None:
        raise BadInput("names are screened against files or against a store: give --lists or --store")
    if not lists and store is None and holdings is None:
        return None
    from thalweg.desk.owners import read_holdings

    screen = ListScreen(lists, store, pack) if lists or store is not None else None
    return Gatherer(screen, None if holdings is None else read_holdings(holdings, pack))


class _Held(NamedTuple):
    """A copy of a list, what is to be said of it, and the entries of which nothing says whether they stood on the day."""

    copy: ListCopy
    note: str
    undated: frozenset[str]


DATED: Final = ("sdn", "ssi", "fse", "plc", "cap", "cmic", "ns_mbs")
"""Lists whose issuer prints the date of every entry in one of its forms."""


class ListScreen:
    """Screens against the copies of lists that hold for a day."""

    def __init__(self, paths: Paths, store: Where | None, pack: Pack) -> None:
        """Open the lists.

        Raises:
            BadInput: if a file cannot be read, or holds no list.
            StoreError: if the store cannot be opened.
        """
        from thalweg.desk.screen import Lists

        self.store = store
        self.pack = pack
        self._lists = Lists(paths, store, pack)
        self._last: tuple[Index, Mapping[tuple[str, str], ListEntry]] | None = None
        self._by_day: dict[dt.date, tuple[_Held, ...]] = {}
        if not self._held(dt.date.today()):  # noqa: DTZ011  (any day would do: what cannot be read is said at once)
            raise BadInput(f"{', '.join(map(str, paths)) or store}: holds no list")

    def lists(self, date: dt.date) -> Sequence[Screened]:
        """Return the copies that names are screened against on a day."""
        return [Screened(h.copy.list, h.copy.data_date, len(h.copy.entries), h.note) for h in self._held(date)]

    def matches(self, party: Mapping[str, Any], date: dt.date) -> Sequence[Match]:
        """Return the entries that a party is or may be, best first.

        Raises:
            BadInput: if the party cannot be read.
        """
        from thalweg.desk.screen import countries, first_day, index_of
        from thalweg.parties.levels import model
        from thalweg.parties.query import party as query
        from thalweg.parties.screen import screen

        held = self._held(date)
        index = index_of([(h.copy, h.note) for h in held])
        undated = {(h.copy.list, i): h.copy for h in held for i in h.undated}
        entries = self._of(index)
        found = []
        for hit in screen(index, query(party, countries(self.pack)), model(), date=date):
            key = (hit.list.partition(":")[0], hit.entry_id)
            if (copy := undated.get(key)) is None:
                found.append(Match(entries[key], hit.level, hit.score, hit.why))
                continue
            first, because = first_day(self.pack.lists.get(copy.list, {}))
            known = _known(copy, first, because)
            found.append(Match(entries[key], hit.level, hit.score, hit.why, undated=True, known=known, since=first))
        return found

    def reviewed(self, party: Mapping[str, Any], date: dt.date) -> Reviewed:
        """Return what reviewers decided on a party; nothing where lists are files.

        Raises:
            BadInput: if the party cannot be read.
            StoreError: if the store cannot be read.
        """
        if self.store is None:
            return Reviewed()
        from thalweg.desk.review import standing_for

        decided = [(f"{list_id}:{entry}", d.decision) for (list_id, entry), d in standing_for(party, self.store, date=date).items()]
        return Reviewed(
            tuple(said for said, decision in decided if decision == "confirmed"),
            tuple(said for said, decision in decided if decision == "cleared"),
        )

    def _of(self, index: Index) -> Mapping[tuple[str, str], ListEntry]:
        if self._last is None or self._last[0] is not index:
            self._last = (index, {(e.list, e.entry_id): e for e in index.entries})
        return self._last[1]

    def _held(self, date: dt.date) -> tuple[_Held, ...]:
        found = self._by_day.get(date)
        if found is None:
            found = self._by_day[date] = self._from_store(date) if self.store is not None else self._from_files(date)
        return found

    def _from_store(self, date: dt.date) -> tuple[_Held, ...]:
        from thalweg.desk.lists import copies_as_of

        return tuple(_Held(found.copy, found.coverage.note, found.unknown) for found in copies_as_of(date, store=self.store))

    def _from_files(self, date: dt.date) -> tuple[_Held, ...]:
        """Return the copies; on a day before a copy, its entries without a date may not have stood."""
        return tuple(
            _Held(copy, note, frozenset(e.entry_id for e in copy.entries if e.listed_on is None) if date < copy.data_date else frozenset())
            for copy, note in self._lists.copies(date)
        )


def _known(copy: ListCopy, first: dt.date | None, because: str) -> str:
    """Say what is known of when an entry without a date stood, and what would tell."""
    known = [f"The copy of {copy.data_date} has it and gives no date of listing."]
    if first is not None:
        known.append(f"It cannot have stood before {first}: {because}.")
    if copy.list in DATED:
        known.append("OFAC's SDN_ENHANCED.XML and CONS_ENHANCED.XML print the day; with one of them this is settled.")
    else:
        known.append("The notice that listed it, or a copy of the list of that day, would tell.")
    return " ".join(known)
