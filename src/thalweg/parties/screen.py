"""Screening: one party against an index of listed names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from thalweg.nouns.listing import ListEntry
from thalweg.parties.evidence import TITLES, Evidence, number_keys, same_address, weigh
from thalweg.parties.explain import why
from thalweg.parties.index import PRIMARY, WEAK_ALIAS, Index, ListStamp
from thalweg.parties.levels import Model
from thalweg.parties.model import Hit, HitCitation, Hits, Level, ListSeen
from thalweg.parties.name import Name, is_of_person
from thalweg.parties.query import Query
from thalweg.parties.recall import candidates_of
from thalweg.parties.rules import LEVELS, Bound
from thalweg.parties.score import Comparison, compare, estimate, logit

LIMIT: Final = 25
TOGETHER: Final = 1_000
SURE: Final = 0.99
"""The score of an equal number."""
MARGIN: Final = 1.0
"""How far an estimate may fall short of a level, in logits, and still be looked at closely."""


SURELY_LESS: Final = 0.9
"""An entry with a name of this score is not compared by names that can hardly have a better one."""


@dataclass(slots=True)
class _Match:
    """An entry with its best name so far, and the equal number or the listed address where there is one."""

    entry: ListEntry
    comparison: Comparison | None = None
    name: str = ""
    score: float = 0.0
    standing: int = PRIMARY
    number: str = ""
    address: str = ""


def screen(
    index: Index, query: Query, model: Model, *, date: dt.date | None = None, min_level: Level = "possible", limit: int = LIMIT
) -> Hits:
    """Return the entries that a party may be, best first.

    Args:
        index: the listed names.
        query: the party.
        model: weights and cuts.
        date: entries listed later, or ended before, are left out; None takes the lists as they stand.
        min_level: leave out hits below it.
        limit: at most so many.
    """
    return next(screen_each(index, [query], model, dates=[date], min_level=min_level, limit=limit))


def screen_each(
    index: Index,
    queries: Sequence[Query],
    model: Model,
    *,
    dates: Sequence[dt.date | None],
    min_level: Level = "possible",
    limit: int = LIMIT,
) -> Iterator[Hits]:
    """Yield the answer to each query; what the words of all find is looked up first, some hundreds of queries at a time."""
    seen: dict[dt.date | None, tuple[ListSeen, ...]] = {}
    for start in range(0, len(queries), TOGETHER):
        part = queries[start : start + TOGETHER]
        readings = [[r for name in q.names for r in index.reader.read(name, q.type)] for q in part]
        found = iter(_promising(index, [(q, r) for q, several in zip(part, readings, strict=True) for r in several], model, min_level))
        for query, several, date in zip(part, readings, dates[start : start + TOGETHER], strict=True):
            matches = _by_number(index, query, date)
            _by_address(index, query, date, matches)
            for reading in several:
                _by_name(index, query, reading, next(found), model, date, matches)
            least = model.cuts[_least(query, min_level)]
            hits = [_hit(m, query, model, index, date) for m in matches.values() if m.number or m.address or m.score >= least]
            kept = [h for h in hits if h is not None and LEVELS.index(h.level) >= LEVELS.index(min_level)]
            kept.sort(key=lambda h: (-h.score, h.list, h.entry_id))
            if date not in seen:
                seen[date] = _seen(index, date)
            yield Hits(kept[:limit], query=query.names[0], as_of=date, lists=seen[date], left_out=max(0, len(kept) - limit))


_NO_DAYS: Final[Mapping[str, dt.date]] = {}


def _seen(index: Index, date: dt.date | None) -> tuple[ListSeen, ...]:
    """Return the lists searched; one whose copy is of a later day says what it cannot show."""
    return tuple(
        ListSeen(
            id=s.id,
            data_date=s.data_date,
            rows=s.rows,
            note="; ".join(filter(None, (s.note or _gone(s, date), _before(s, date)))),
        )
        for s in index.lists
    )


def _gone(copy: ListStamp, date: dt.date | None) -> str:
    return f"what was removed between {date} and {copy.data_date} is not seen" if _is_later(copy, date) else ""


def _before(copy: ListStamp, date: dt.date | None) -> str:
    if date is None or copy.first_day is None or date >= copy.first_day:
        return ""
    return f"there was no such list on {date}: {copy.first_because}"


def _is_later(copy: ListStamp, date: dt.date | None) -> bool:
    return date is not None and copy.data_date is not None and date < copy.data_date


def stood(entry: ListEntry, date: dt.date | None, first_days: Mapping[str, dt.date] = _NO_DAYS) -> bool:
    """Say whether an entry stood on a day, as far as its dates tell; one without a date, as far as the first day of its list does."""
    if date is None:
        return True
    if entry.listed_on is None and (first := first_days.get(entry.list)) is not None and date < first:
        return False
    return not ((entry.listed_on is not None and entry.listed_on > date) or (entry.ends_on is not None and entry.ends_on < date))


def fits(asked: str, reading: Name, entry: ListEntry) -> bool:
    """Say whether an entry can be of the type asked for: an unknown type fits all, and the alias table holds organizations alone."""
    kind = asked or ("entity" if reading.alias else "")
    return not (kind and entry.type) or entry.type == kind


def _by_number(index: Index, query: Query, date: dt.date | None) -> dict[int, _Match]:
    matches: dict[int, _Match] = {}
    for kind, value in query.identifiers:
        for key in number_keys(kind, value):
            for number in index.by_number.get(key, ()):
                if stood(index.entries[number], date, index.first_days):
                    match = matches.setdefault(number, _Match(index.entries[number], name=index.entries[number].name))
                    match.number = f"same {TITLES[kind]}: {value}"
    return matches


def _by_address(index: Index, query: Query, date: dt.date | None, matches: dict[int, _Match]) -> None:
    """Add the entries that are addresses and no parties, where the party is at one of them."""
    if not query.address:
        return
    for place in index.addresses:
        entry = index.entries[place]
        if stood(entry, date, index.first_days) and (same := same_address(query.address, entry.addresses)):
            matches.setdefault(place, _Match(entry, name=entry.name)).address = f"the address is listed: {same}"


Promising = list[tuple[int, int, bool, float]]
"""The number of a name, that of its entry, whether it is weighed as a person's, and about what its logit is."""


def _promising(index: Index, asked: Sequence[tuple[Query, Name]], model: Model, min_level: Level) -> Iterator[Promising]:
    """Yield for each reading the names that may reach a level."""
    found = list(candidates_of(index, [reading for _, reading in asked]))
    if not found:
        return
    counts = [len(f.names) for f in found]
    numbers, held, answered = (np.concatenate(c) for c in zip(*((f.names, f.held, f.answered) for f in found), strict=True))
    floors = {level: logit(cut) - MARGIN for level, cut in model.cuts.items()}
    own = [
        (
            sum([t.weight for t in reading.major]),
            sum([len(t.text) for t in reading.major]),
            is_of_person(reading, query.type),
            floors[_least(query, min_level)],
        )
        for query, reading in asked
    ]
    weight, letters, person, floor = np.repeat(np.array(own, np.float32).reshape(len(own), 4), counts, axis=0).T
    persons = index.of_person[numbers] & (person > 0)
    letters = np.minimum(letters, index.name_letters[numbers])
    may_be = estimate(held, answered, weight, index.name_weights[numbers], letters, persons, model)
    kept = may_be >= floor
    ends = np.searchsorted(np.flatnonzero(kept), np.cumsum([0, *counts])).tolist()
    numbers = numbers[kept]
    rows = list(zip(*(c.tolist() for c in (numbers, index.entry_of[numbers], persons[kept], may_be[kept])), strict=True))
    yield from (rows[a:b] for a, b in pairwise(ends))


def _least(query: Query, min_level: Level) -> Level:
    """Return the level from which a name may reach another: one lower where evidence may raise it."""
    if not (query.birth_date or query.address):
        return min_level
    return LEVELS[max(0, LEVELS.index(min_level) - 1)]


def _by_name(
    index: Index, query: Query, reading: Name, promising: Promising, model: Model, date: dt.date | None, matches: dict[int, _Match]
) -> None:
    entries, lexicon = index.entries, index.reader.lexicon
    for number, place, person, most in promising:
        entry = entries[place]
        match = matches.get(place)
        if match is not None and match.score > SURELY_LESS and logit(match.score) > most and not _tells_more(reading, index, number, match):
            continue
        if not fits(query.type, reading, entry) or not stood(entry, date, index.first_days):
            continue
        compared = compare(reading, index.name(number), person=person, lexicon=lexicon, model=model, listed_type=entry.type)
        if match is None:
            match = matches[place] = _Match(entry)
        better = match.comparison is None or compared.score > match.score
        if reading.alias and compared.exact and match.comparison is not None and match.comparison.exact:
            better = _tells_more(reading, index, number, match) or (better and match.standing != PRIMARY)
        if better:
            match.comparison, match.name = compared, index.names[number]
            match.standing = int(index.standing[number])
        match.score = max(compared.score, match.score)


def _tells_more(reading: Name, index: Index, number: int, match: _Match) -> bool:
    """Say whether a name tells a reader more of an entry than the one found so far.

    An alias of the table leads to all names of an organization, and several may be equal to names of the entry: the one that the entry is
    listed under is the one to show.
    """
    return reading.alias and match.standing != PRIMARY and int(index.standing[number]) == PRIMARY


def _hit(match: _Match, query: Query, model: Model, index: Index, date: dt.date | None) -> Hit | None:
    entry, compared = match.entry, match.comparison
    reasons = [told for told in (match.number, match.address) if told]
    score = match.score
    evidence = Evidence()
    if compared is None or model.level(score) is not None:
        evidence = weigh(query, entry)
        score = _weighed(score, compared, evidence, model, weak_alias=match.standing == WEAK_ALIAS)
    if match.address:
        score = model.at_least(score, "possible")
    if match.number:
        score = max(score, SURE)
    level = model.level(score)
    if level is None:
        return None
    if compared is not None:
        reasons += why(compared, index.reader.lexicon)
    reasons += [*evidence.raises, *evidence.told, *(f"{w} (one level lower)" for w in evidence.lowers)]
    if match.standing == WEAK_ALIAS:
        reasons.append("the name is one that the issuer calls weak")
    return Hit(
        list=entry.list + (":address_only" if entry.address_only else ""),
        entry_id=entry.entry_id,
        name=entry.name,
        matched_name=match.name,
        score=round(score, 4),
        level=level,
        why=reasons,
        countries=list(entry.countries),
        listed_on=entry.listed_on,
        citations=list(_citations(entry)),
        type=entry.type,
        programs=list(entry.programs),
        note=_note(index, entry, date),
    )


def _weighed(score: float, compared: Comparison | None, evidence: Evidence, model: Model, *, weak_alias: bool) -> float:
    """Move a score by the evidence, one level at most either way, within the bounds of the rules."""
    if compared is None:
        return score
    if evidence.lowers:
        score = model.lowered(score)
    elif evidence.raises:
        score = model.raised(score)
    held: tuple[Bound, ...] = compared.bounds
    if weak_alias:
        held = (*held, Bound("possible", ""))
    for bound in held:
        score = model.at_most(score, bound.level)
    return model.at_least(score, "possible") if compared.exact else score


def _citations(entry: ListEntry) -> Iterable[HitCitation]:
    for notice in entry.notices:
        yield HitCitation(citation=notice)
    if entry.url:
        yield HitCitation(url=entry.url)


def _note(index: Index, entry: ListEntry, date: dt.date | None) -> str:
    """Say of an entry without a date what is known of when it stood, where it is asked for a day before the copy that it is in."""
    if entry.listed_on is None:
        for stamp in index.lists:
            if stamp.id == entry.list and date is not None and _is_later(stamp, date):
                known = [f"nothing says whether it was listed on {date}", f"it was on {stamp.data_date}"]
                if stamp.first_day is not None:
                    known.append(f"it cannot have been before {stamp.first_day}: {stamp.first_because}")
                return "; ".join(filter(None, (*known, entry.note)))
    return entry.note
