"""Screening: who a party may be on the lists of a day, from list files or from the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from thalweg.desk.lasting import lasting
from thalweg.desk.packs import Overlays, the_pack
from thalweg.evidence import BadInput, parse_date

if TYPE_CHECKING:
    import polars as pl

    from thalweg.desk.workers import Workers
    from thalweg.nouns.listing import ListCopy
    from thalweg.pack import Pack
    from thalweg.parties.index import Index
    from thalweg.parties.many import Asked
    from thalweg.parties.model import Hits, NameMatch
    from thalweg.parties.name import Reader
    from thalweg.parties.query import Query

Level = Literal["strong", "possible", "weak"]
Where = str | Path
Paths = Where | Sequence[Where]
TOGETHER: Final = 2_000
"""Queries that one process answers at a time."""
SHARED_OUT: Final = 50_000
"""Queries that are shared out to processes at a time."""
KEPT: Final = 4
"""Indexes that are held at a time: one for each set of copies of lists."""


def screen(
    name: str | Mapping[str, Any],
    *,
    date: str | dt.date | None = None,
    lists: Paths = (),
    store: Where | None = None,
    min_level: Level = "possible",
    limit: int = 25,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    **known: Any,
) -> Hits:
    """Return the entries of lists that a party may be, best first.

    Args:
        name: a name, or an object with a name and what else is known of the party.
        date: the day; the lists as they stand if left out.
        lists: files or folders of lists; no store is opened.
        store: a path or a URL of a store of lists; the store of the user if neither it nor files are named.
        min_level: leave out hits below it.
        limit: at most so many hits.
        pack: a knowledge folder; the embedded pack if left out.
        overlays: drafts by id, or overlay folders, laid in order.
        known: what is known beside the name: type, country, birth_date, address, lei, uscc, imo, tax_id, passport.

    Raises:
        BadInput: if the party, an option or a list file cannot be read.
        StoreError: if no files are named and there is no store.
    """
    from thalweg.parties.levels import model
    from thalweg.parties.query import day_of, party
    from thalweg.parties.screen import screen as look

    check_options(min_level, limit)
    record = {**({"name": name} if isinstance(name, str) else name), **known}
    knowledge = the_pack(pack, overlays)
    query = party(record, countries(knowledge))
    day = day_of(record, None if date is None else parse_date(date))
    index = Lists(lists, store, knowledge, pack).index(day)
    return look(index, query, model(), date=day, min_level=min_level, limit=limit)


def screen_many(
    frame: pl.DataFrame,
    *,
    date: str | dt.date | None = None,
    lists: Paths = (),
    store: Where | None = None,
    min_level: Level = "possible",
    limit: int = 25,
    workers: int = 1,
    pack: str | Path | None = None,
    overlays: Overlays = (),
) -> pl.DataFrame:
    """Screen a Polars frame of parties: a row a party in (`name` and what else is known), a row a hit out.

    Args:
        frame: with the columns of a query.
        date: the day for rows that state none.
        lists: files or folders of lists; no store is opened.
        store: a path or a URL of a store of lists; the store of the user if neither it nor files are named.
        min_level: leave out hits below it.
        limit: at most so many hits a row.
        workers: processes that share the work; more than one only in a program that can be imported without running it again.
        pack: a knowledge folder; the embedded pack if left out.
        overlays: drafts by id, or overlay folders, laid in order.

    Raises:
        BadInput: if the frame, an option or a list file cannot be read; a row that cannot be read has its reason in `error`.
        StoreError: if no files are named and there is no store.
    """
    from thalweg.parties.many import check_columns, hits_frame

    check_options(min_level, limit)
    check_columns(frame.columns)
    answers = screen_records(
        frame.iter_rows(named=True), date=date, lists=lists, store=store, min_level=min_level, limit=limit, workers=workers, pack=pack,
        overlays=overlays,
    )  # fmt: skip
    return hits_frame(answers)


def screen_records(
    records: Iterable[Mapping[str, Any]],
    *,
    date: str | dt.date | None = None,
    lists: Paths = (),
    store: Where | None = None,
    min_level: Level = "possible",
    limit: int = 25,
    workers: int = 1,
    pack: str | Path | None = None,
    overlays: Overlays = (),
) -> Iterator[tuple[Asked, Hits | None]]:
    """Yield the answer to each record in order, None for one that could not be read; see :func:`screen_many`."""
    from thalweg.parties.many import read_rows

    knowledge = the_pack(pack, overlays)
    held = Lists(lists, store, knowledge, pack)
    asked = read_rows(records, date=None if date is None else parse_date(date), country=countries(knowledge))
    answer = partial(_answer, held, min_level=min_level, limit=limit)
    with _workers(workers) as pool:
        while part := list(islice(asked, TOGETHER if pool is None else SHARED_OUT)):
            answers = iter(answer([a for a in part if a.query is not None], pool=pool))
            yield from ((a, None if a.query is None else next(answers)) for a in part)


def _answer(held: Lists, asked: Sequence[Asked], *, min_level: Level, limit: int, pool: Workers | None) -> list[Hits]:
    """Answer queries, those of one set of copies together, in their order."""
    from thalweg.parties.levels import model
    from thalweg.parties.screen import screen_each

    found: dict[int, Hits] = {}
    together: dict[int, tuple[Index, list[int]]] = {}
    for place, one in enumerate(asked):
        index = held.index(one.date)
        together.setdefault(id(index), (index, []))[1].append(place)
    for index, places in together.values():
        queries: list[Query] = [q for p in places if (q := asked[p].query) is not None]
        dates = [asked[p].date for p in places]
        if pool is None:
            answers: Iterable[Hits] = screen_each(index, queries, model(), dates=dates, min_level=min_level, limit=limit)
        else:
            answers = pool.screen_each(index, queries, dates, min_level, limit)
        found.update(zip(places, answers, strict=True))
    return [found[p] for p in range(len(asked))]


def _workers(count: int) -> Any:
    from contextlib import nullcontext

    if count < 2:
        return nullcontext()
    from thalweg.desk.workers import Workers

    return Workers(count)


def rescreen_many(
    frame: pl.DataFrame,
    *,
    before: Paths | str | dt.date,
    lists: Paths = (),
    store: Where | None = None,
    date: str | dt.date | None = None,
    min_level: Level = "possible",
    pack: str | Path | None = None,
    overlays: Overlays = (),
) -> pl.DataFrame:
    """Screen a frame again after lists changed and return only what changed: new hits, cleared hits, hits of another level.

    Args:
        frame: with the columns of a query.
        before: the lists as they were: files, where `lists` names files; else a day, for which the store knows them.
        lists: files or folders of the lists as they are.
        store: a store of lists, where no files are named.
        date: the day of the lists as they are; the last copies if left out.
        min_level: leave out hits below it.
        pack: a knowledge folder; the embedded pack if left out.
        overlays: drafts by id, or overlay folders, laid in order.

    Raises:
        BadInput: if the frame, an option or a list file cannot be read.
        StoreError: if no files are named and there is no store.
    """
    from thalweg.parties.levels import model
    from thalweg.parties.many import rescreen_many as look

    check_options(min_level, 1)
    knowledge = the_pack(pack, overlays)
    day = None if date is None else parse_date(date)
    now = Lists(lists, store, knowledge, pack).copies(day)
    if lists:
        old = Lists(before if not isinstance(before, dt.date) else (), None, knowledge, pack).copies(day)
    else:
        old = Lists((), store, knowledge, pack).copies(parse_date(before, field="before"))
    were, are = ([e for copy, _ in copies for e in copy.entries] for copies in (old, now))
    return look(were, are, frame, reader(pack), model(), min_level=min_level, country=countries(knowledge))


def compare_names(name1: str, name2: str, *, kind: str = "", pack: str | Path | None = None) -> NameMatch:
    """Score one name against another as screening would.

    Args:
        name1: the name that is asked about.
        name2: the name it is held against.
        kind: what both are of, as individual or entity, or a schema as Person or Company; by their words if left out.
        pack: a knowledge folder; the embedded pack if left out.

    Raises:
        BadInput: if a name is empty or far too long, or the kind is not known.
    """
    from thalweg.parties.levels import model
    from thalweg.parties.pair import compare_names as compare

    return compare(name1, name2, reader(pack), model(), kind=kind)


def check_options(min_level: str, limit: int) -> None:
    """Refuse options with which nothing can be screened.

    Raises:
        BadInput: with what they may be.
    """
    if min_level not in ("strong", "possible", "weak"):
        raise BadInput(f"min_level: {min_level!r} is not a level; use strong, possible or weak")
    if limit < 1:
        raise BadInput(f"limit: should be 1 or more, not {limit}")


def countries(pack: Pack) -> Callable[[str], str | None]:
    """Return what gives the code of a country by its name or code."""
    from thalweg.desk.list_taking import lookups

    return lookups(pack).country


@lru_cache(maxsize=KEPT)
def reader(pack: str | Path | None = None) -> Reader:
    """Return what reads names, with the name tables of a pack."""
    from thalweg.pack.names import load_names
    from thalweg.parties.levels import model
    from thalweg.parties.lexicon import lexicon
    from thalweg.parties.name import Reader

    return Reader(lexicon(load_names(pack)), model().words)


# ---------------------------------------------------------------- lists

Noted = tuple["ListCopy", str]
"""A copy of a list and what is to be said of it."""


class Lists:
    """Where parties are looked for: the copies of lists that hold for a day, from files or from a store."""

    def __init__(self, paths: Paths, store: Where | None, pack: Pack, knowledge: str | Path | None = None) -> None:
        """Take files, or else a store.

        Raises:
            BadInput: if both are named.
        """
        self.paths: tuple[Where, ...] = (paths,) if isinstance(paths, (str, Path)) else tuple(paths)
        if self.paths and store is not None:
            raise BadInput("parties are screened against files or against a store: give lists or a store")
        self.store = store
        self.pack = pack
        self.knowledge = knowledge
        self._by_day: dict[dt.date | None, Index] = {}

    def index(self, date: dt.date | None) -> Index:
        """Return the index of the copies that hold for a day."""
        found = self._by_day.get(date)
        if found is None:
            found = self._by_day[date] = index_of(self.copies(date), self.knowledge)
        return found

    def copies(self, date: dt.date | None) -> tuple[Noted, ...]:
        """Return a copy of each list: of files the last up to the day, else the first after it."""
        if not self.paths:
            from thalweg.desk.lists import copies_as_of

            day = dt.date.today() if date is None else date  # noqa: DTZ011  (the user's own calendar day)
            return tuple((found.copy, found.coverage.note) for found in copies_as_of(day, store=self.store))
        held: dict[str, ListCopy] = {}
        for path in self.paths:
            for copy in _read(str(path), stamp(path), self.knowledge):
                if copy.list not in held or _fitter(copy, held[copy.list], date):
                    held[copy.list] = copy
        return tuple((copy, "") for copy in held.values())


def _fitter(copy: ListCopy, other: ListCopy, date: dt.date | None) -> bool:
    if date is None or (copy.data_date <= date and other.data_date <= date):
        return (copy.data_date, len(copy.entries)) > (other.data_date, len(other.entries))
    if copy.data_date <= date or other.data_date <= date:
        return copy.data_date <= date
    return copy.data_date < other.data_date


@lru_cache(maxsize=KEPT)
def _read(path: str, _stamp: tuple[Any, ...], pack: str | Path | None) -> tuple[ListCopy, ...]:
    from thalweg.desk.list_taking import lookups
    from thalweg.sources import read_lists

    return read_lists(path, lookups(the_pack(pack)))


def stamp(path: Where) -> tuple[Any, ...]:
    """Return what changes when a file or a folder does, so that it is read again.

    Raises:
        BadInput: if it cannot be looked at.
    """
    place = Path(path)
    try:
        files = place.iterdir() if place.is_dir() else [place]
        return tuple(sorted((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in files))
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}") from None


def first_day(head: Mapping[str, Any]) -> tuple[dt.date | None, str]:
    """Return the day before which no entry of a list can have stood, and why, as the pack has them."""
    stated = head.get("first_day")
    return (dt.date.fromisoformat(stated), str(head.get("first_because") or "")) if stated else (None, "")


_INDEXES: dict[tuple[Any, ...], Index] = {}


def index_of(copies: Sequence[Noted], pack: str | Path | None = None) -> Index:
    """Return the index of copies of lists; those of the same content share one."""
    from thalweg.parties.index import ListStamp, build

    read = reader(pack)
    heads = the_pack(pack).lists
    stamps = [ListStamp(c.list, c.data_date, len(c.entries), note, *first_day(heads.get(c.list, {}))) for c, note in copies]
    at = (read.lexicon.sha256, *((stamp, c.sha256 or hash(c.entries)) for stamp, (c, _) in zip(stamps, copies, strict=True)))
    known = _INDEXES.get(at)
    if known is None:
        while len(_INDEXES) >= KEPT:
            _INDEXES.pop(next(iter(_INDEXES)))
        with lasting():
            known = _INDEXES[at] = build((e for c, _ in copies for e in c.entries), read, stamps)
    return known
