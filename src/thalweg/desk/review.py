"""Reviewers' decisions on matches: recorded in the store, listed with what became of them, and those that hold for a party."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from thalweg.desk.records import Line
from thalweg.desk.review_answers import STATES, Reviewed, Reviews, ReviewTaken, StandingDecision, party_of
from thalweg.desk.review_lines import list_of, read_review
from thalweg.desk.review_party import Asked, changes, described, hash_of, reader, shares_name
from thalweg.evidence import BadInput, parse_date
from thalweg.nouns.listing import LIST_IDS
from thalweg.parties.query import Query

if TYPE_CHECKING:
    from thalweg.store import Judged, NoEntry, Review, Store

__all__ = [
    "STATES",
    "ReviewTaken",
    "Reviewed",
    "Reviews",
    "StandingDecision",
    "review",
    "review_lines",
    "reviews",
    "standing_for",
    "standing_for_many",
]

Where: TypeAlias = "Store | str | Path | None"
"""A store: open, or by path or URL; the store of the user if left out."""
_PARCEL: Final = 500
"""Decisions of a file that are recorded in one transaction."""
_ALIKE: Final = 75
"""Likeness of two texts, of 100, from which an entry is named as the one that may have been meant."""


def review(
    query: Asked,
    list_id: str,
    entry_id: str,
    decision: str,
    *,
    reason: str,
    who: str,
    when: str | dt.datetime | None = None,
    date: str | dt.date | None = None,
    replace: bool = False,
    store: Where = None,
    pack: str | Path | None = None,
) -> ReviewTaken:
    """Record a reviewer's decision on a party and an entry of a list.

    It holds while the party is described alike (spaces, letter case and the day of the question aside) and the entry is worded alike.

    Args:
        query: the party as it is described where it is screened: name, and what of type, country, birth date, address and numbers is known.
        list_id: the list of the entry, as a hit names it.
        entry_id: the key of the entry on it.
        decision: ``cleared`` (the party is not the entry), ``confirmed`` (it is), or ``withdrawn`` to take back the one before.
        reason: in the reviewer's words.
        who: the reviewer.
        when: the instant of the decision, with its time zone; now if left out.
        date: the day whose wording of the entry was looked at; that of the query or of ``when`` if left out, else the last copy's.
        replace: overturn a decision that stands.
        store: where it is recorded.
        pack: a knowledge folder for names of places; the embedded pack if left out.

    Raises:
        BadInput: if the party, the list, the decision or a day cannot be read.
        StoreError: if there is no store, it holds no such entry, or another decision stands.
    """
    from thalweg.store import NoEntry

    read = reader(pack)
    record = dict(query) if isinstance(query, Mapping) else {}
    record |= {"list": list_id, "entry_id": entry_id, "decision": decision, "reason": reason, "who": who, "when": when}
    known: Query | None = None if isinstance(query, Mapping) else read(query)
    made = read_review(record, lambda fields: known or read(fields), date=date, replace=replace)
    with _opened(store) as held:
        try:
            return ReviewTaken.of(held.dispose(made, now=dt.datetime.now(dt.UTC)))
        except NoEntry as error:
            raise NoEntry(_Nearest(held).told(made, error)) from None


def review_lines(
    lines: Iterable[Line], *, who: str | None = None, replace: bool = False, store: Where = None, pack: str | Path | None = None
) -> Iterator[tuple[Line, ReviewTaken | str]]:
    """Record the decisions of a file; yield each line with what became of it, or what was wrong.

    What is on record already is not recorded again, so that a file whose reading broke off can be given anew.

    Args:
        lines: see :func:`thalweg.desk.review_lines.read_lines`.
        who: the reviewer of lines that name none.
        replace: overturn decisions that stand.
        store: where they are recorded.
        pack: as for :func:`review`.

    Raises:
        BadInput: if the file as a whole cannot be read.
        StoreError: if there is no store, or it cannot be written.
    """
    from thalweg.store import NoEntry, Recorded, Review

    read = reader(pack)

    def of(line: Line) -> Review | str:
        try:
            return line.error if line.record is None else read_review(line.record, read, who=who, replace=replace)
        except BadInput as error:
            return str(error)

    with _opened(store) as held:
        near = _Nearest(held)
        left = iter(lines)
        while some := list(islice(left, _PARCEL)):
            made = [of(line) for line in some]
            done = iter(held.dispose_all([m for m in made if isinstance(m, Review)], now=dt.datetime.now(dt.UTC)))
            for line, one in zip(some, made, strict=True):
                result = one if isinstance(one, str) else next(done)
                if isinstance(one, Review) and isinstance(result, NoEntry):
                    result = near.told(one, result)
                yield line, ReviewTaken.of(result) if isinstance(result, Recorded) else str(result)


def reviews(
    query: Asked | None = None,
    list_id: str | None = None,
    entry_id: str | None = None,
    *,
    date: str | dt.date | None = None,
    store: Where = None,
    pack: str | Path | None = None,
) -> Reviews:
    """Return decisions in the order in which they were recorded, with what became of each.

    Args:
        query: keep decisions on parties that have a name of this one; those on another description of it have lapsed for it.
        list_id: keep this list.
        entry_id: keep this entry.
        date: the day for which they should hold; the last copy of each list if left out.
        store: where they are recorded.
        pack: as for :func:`review`.

    Raises:
        BadInput: if the party, the list or the day cannot be read.
        StoreError: if there is no store, or it cannot be read.
    """
    day = None if date is None else parse_date(date)
    asked = None if query is None else reader(pack)(query)
    wanted = None if list_id is None else list_of(list_id)
    with _opened(store) as held:
        found = held.dispositions(list_id=wanted, entry_id=entry_id, date=day)
        where = held.where
    lines = map(Reviewed.of, found) if asked is None else _for(asked, found)
    return Reviews(store=where, reviews=tuple(lines))


def _for(query: Query, found: Iterable[Judged]) -> Iterator[Reviewed]:
    """Yield the decisions on a party of this name, as they hold for it as it is described now."""
    now, key = described(query), hash_of(query)
    for one in found:
        was = party_of(one.made)
        if one.made.query_hash == key:
            yield Reviewed.of(one)
        elif shares_name(was, now):
            yield Reviewed.of(one, f"the party is described otherwise: {changes(was, now)}")


def standing_for(
    query: Asked, store: Where = None, *, date: dt.date | None = None, pack: str | Path | None = None
) -> dict[tuple[str, str], StandingDecision]:
    """Return the decisions that hold for a party, by list and entry id; see :func:`standing_for_many`."""
    return standing_for_many([query], store, date=date, pack=pack)[0]


def standing_for_many(
    queries: Sequence[Asked], store: Where = None, *, date: dt.date | None = None, pack: str | Path | None = None
) -> list[dict[tuple[str, str], StandingDecision]]:
    """Return the decisions that hold for each of many parties, by list and entry id; the store is read once for all of them.

    Args:
        queries: the parties, each as for :func:`review`.
        store: where decisions are recorded; where there is no store, nothing was decided.
        date: the day that names are screened for: an entry counts as it was worded then. The last copy of each list if left out.
        pack: as for :func:`review`.

    Raises:
        BadInput: if a party cannot be read.
        StoreError: if there is a store and it cannot be read.
    """
    from thalweg.store import NoStore

    read = reader(pack)
    keys = [hash_of(read(q)) for q in queries]
    try:
        with _opened(store) as held:
            found = held.standing_dispositions(set(keys), date=date)
    except NoStore:
        found = {}
    by_query: dict[str, dict[tuple[str, str], StandingDecision]] = {}
    for (key, list_id, entry_id), made in found.items():
        by_query.setdefault(key, {})[list_id, entry_id] = StandingDecision.of(made)
    return [dict(by_query.get(key, {})) for key in keys]


@contextmanager
def _opened(store: Where) -> Iterator[Store]:
    """Open a store that is there; one that is open already stays open."""
    from thalweg.store import Store, open_store

    if isinstance(store, Store):
        yield store
        return
    with open_store(store, create=False) as held:
        yield held


@dataclass(slots=True)
class _Nearest:
    """Names the entries that may have been meant by one that the store does not hold."""

    held: Store
    _known: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)

    def told(self, made: Review, error: NoEntry) -> str:
        """Return what was wrong, with what may have been meant."""
        if not any(s.list == made.list for s in self.held.snapshots(made.list)):
            return f"{made.list}: the store holds no copy of this list; import or pull one"
        if made.list not in self._known:
            entries = self.held.as_of(made.list, dt.date.max).copy.entries
            self._known[made.list] = ([e.entry_id for e in entries], [e.name for e in entries])
        ids, names = self._known[made.list]
        if made.entry_id in ids or self.held.history(made.list, made.entry_id):
            return str(error)
        found = dict.fromkeys((*_alike(made.entry_id, ids, words=False), *_alike(made.entry_id, names, words=True)))
        meant = [f"{ids[i]!r} ({names[i]})" for i in list(found)[:3]]
        others = [i for i in LIST_IDS if i != made.list and self.held.history(i, made.entry_id)]
        told = f"; did you mean {', '.join(meant)}?" if meant else "; `thalweg lists show LIST --find TEXT` finds entries by name"
        return str(error) + (f"; {', '.join(others)} holds one of this id" if others else told)


def _alike(text: str, known: Sequence[str], *, words: bool) -> list[int]:
    """Return the places of the texts that are spelt alike, or, as names, share their words."""
    from rapidfuzz import fuzz, process, utils

    scorer = fuzz.token_set_ratio if words else fuzz.ratio
    found = process.extract(text, known, scorer=scorer, processor=utils.default_process, score_cutoff=_ALIKE, limit=3)
    return [index for _, _, index in found]
