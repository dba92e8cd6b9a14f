"""What tests of screening share: a reader with the real name tables, and lists of a few entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from thalweg.nouns.listing import ListEntry
from thalweg.pack.names import load_names
from thalweg.parties.index import Index, ListStamp, build
from thalweg.parties.levels import model
from thalweg.parties.lexicon import lexicon
from thalweg.parties.model import Hits
from thalweg.parties.name import Reader
from thalweg.parties.query import party
from thalweg.parties.screen import screen

Screening = Callable[..., Hits]


@pytest.fixture(scope="session")
def reader() -> Reader:
    """Reads names with the tables of the pack."""
    return Reader(lexicon(load_names()), model().words)


@pytest.fixture(scope="session")
def indexed(reader: Reader) -> Callable[..., Index]:
    """Makes an index of entries."""

    def make(*entries: ListEntry, data_date: dt.date = dt.date(2026, 7, 31)) -> Index:
        lists = dict.fromkeys(e.list for e in entries)
        stamps = [ListStamp(name, data_date, sum(e.list == name for e in entries)) for name in lists]
        return build(entries, reader, stamps)

    return make


@pytest.fixture
def look(indexed: Callable[..., Index]) -> Screening:
    """Screens a party, given by a name and what else is known, against entries."""

    def ask(
        entries: ListEntry | tuple[ListEntry, ...], name: str, *, date: dt.date | None = None, level: Any = "weak", **known: Any
    ) -> Hits:
        listed = entries if isinstance(entries, tuple) else (entries,)
        return screen(indexed(*listed), party({"name": name, **known}), model(), date=date, min_level=level)

    return ask


@pytest.fixture(scope="session")
def entry() -> Callable[..., ListEntry]:
    """Makes an entry of a list."""

    def make(name: str, *aliases: str, list: str = "sdn", entry_id: str = "1", **fields: Any) -> ListEntry:  # noqa: A002
        return ListEntry(list=list, entry_id=entry_id, name=name, aliases=aliases, **fields)

    return make
