"""Events as documents tell them, as they were fused, and the rules that may be stale."""

from __future__ import annotations

import heapq
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from thalweg.nouns.fused import Account, EventHead, FusedEvent, first_day
from thalweg.nouns.news import EventCountries
from thalweg.store.encode import as_json
from thalweg.store.news import account_of, fused_of, stated
from thalweg.store.tables import events, fused_events, marks, stale_rules, states
from thalweg.store.watch_model import KeptEvent, Mark, StaleRule
from thalweg.store.wordings import chunks

_MANY_ROWS: Final = 5_000
_MARKS: Final = 20_000
"""Marks that one statement asks for."""


class EventShelf:
    """Accounts by the fused event they belong to, fused events with what they touch, and stale rules."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # ---------------------------------------------------------------- accounts

    def replace(self, document: str, told: Sequence[tuple[Account, str, int]]) -> list[str]:
        """Let accounts stand in the place of those that a document told before; return the ids of the fused events of the latter.

        `told` gives each account with its family and its day as an ordinal, by which it is looked up.
        """
        before = [*self._connection.execute(sa.select(events.c.fused).where(events.c.document == document)).scalars()]
        self._connection.execute(events.delete().where(events.c.document == document))
        self.add(told)
        return [f for f in dict.fromkeys(before) if f]

    def add(self, told: Iterable[tuple[Account, str, int]]) -> None:
        """Keep accounts that are not of any fused event yet."""
        rows = [
            {"key": a.event.key, "document": a.event.document, "family": family, "day": day, "fused": "", "body": as_json(stated(a))}
            for a, family, day in told
        ]
        if rows:
            self._connection.execute(events.insert(), rows)

    def near(self, family: str, first: int, last: int) -> dict[str, tuple[Account, str]]:
        """Return the accounts of a family in days, given as ordinals, and those without a day, by key, each with its fused event."""
        when = sa.or_(events.c.day.between(first, last), events.c.day == 0)
        return self._accounts(sa.and_(events.c.family == family, when))

    def members(self, fused: Iterable[str]) -> dict[str, tuple[Account, str]]:
        """Return the accounts of fused events, by key, each with its fused event."""
        found: dict[str, tuple[Account, str]] = {}
        for some in chunks(fused):
            found |= self._accounts(events.c.fused.in_(some))
        return found

    def told_by(self, documents: Iterable[str]) -> dict[str, tuple[Account, str]]:
        """Return the accounts that documents tell, by key, each with its fused event."""
        found: dict[str, tuple[Account, str]] = {}
        for some in chunks(documents):
            found |= self._accounts(events.c.document.in_(some))
        return found

    def belong(self, fused: Mapping[str, Collection[str]]) -> None:
        """Note to which fused event accounts belong: keys of accounts by the id of the event."""
        for identity, keys in fused.items():
            for some in chunks(keys):
                self._connection.execute(events.update().where(events.c.key.in_(some)).values(fused=identity))

    def _accounts(self, where: sa.ColumnElement[bool]) -> dict[str, tuple[Account, str]]:
        asked = sa.select(events.c.key, events.c.body, events.c.fused).where(where)
        return {key: (account_of(body), fused) for key, body, fused in self._connection.execute(asked)}

    # ---------------------------------------------------------------- fused events

    def put(self, kept: Iterable[tuple[FusedEvent, Mapping[str, Any], Collection[Mark]]], *, at: str) -> None:
        """Keep fused events with what they touch, in the place of what stood under their ids."""
        made = list(kept)
        firsts = self._firsts(e.id for e, _, _ in made)
        self.drop(e.id for e, _, _ in made)
        for start in range(0, len(made), _MANY_ROWS):
            self._insert(made[start : start + _MANY_ROWS], firsts, at)

    def _insert(self, made: Sequence[tuple[FusedEvent, Mapping[str, Any], Collection[Mark]]], firsts: Mapping[str, str], at: str) -> None:
        rows = [
            {
                "id": e.id,
                "day": first_day(e.day) if e.day else "",
                "event_type": e.event_type,
                "measure_type": e.measure_type,
                "certainty": e.certainty,
                "first_at": firsts.get(e.id, at),
                "changed_at": at,
                "body": as_json({"event": stated(e), "links": stated(links)}),
            }
            for e, links, _ in made
        ]
        if not rows:
            return
        self._connection.execute(fused_events.insert(), rows)
        entered = [
            {"fused": e.id, "position": n, "state": s.state, "starts": s.entered, "printed": s.printed}
            for e, _, _ in made
            for n, s in enumerate(e.states)
        ]
        touched = [
            {"kind": k, "value": v, "day": first_day(e.day) if e.day else "", "fused": e.id} for e, _, some in made for k, v in sorted(some)
        ]
        if entered:
            self._connection.execute(states.insert(), entered)
        if touched:
            self._connection.execute(marks.insert(), touched)

    def drop(self, ids: Iterable[str]) -> None:
        """Let go of fused events."""
        for some in chunks(ids):
            self._connection.execute(fused_events.delete().where(fused_events.c.id.in_(some)))
            self._connection.execute(states.delete().where(states.c.fused.in_(some)))
            self._connection.execute(marks.delete().where(marks.c.fused.in_(some)))

    def get(self, ids: Iterable[str]) -> dict[str, KeptEvent]:
        """Return fused events by id."""
        found: dict[str, KeptEvent] = {}
        for some in chunks(ids):
            for kept in self._kept(sa.select(fused_events).where(fused_events.c.id.in_(some))):
                found[kept.event.id] = kept
        return found

    def between(self, first: str = "", last: str = "9999", *, types: Collection[str] = (), limit: int | None = None) -> Iterator[KeptEvent]:
        """Yield fused events of days, the latest first; those without a day, or with one after the last, by the day of first reading."""
        asked = sa.select(fused_events).where(fused_events.c.event_type.in_(types)) if types else sa.select(fused_events)
        asked = asked.order_by(fused_events.c.day.desc(), fused_events.c.id).limit(limit)
        plain = self._kept(asked.where(fused_events.c.day.between(first, last)))
        odd = [*self._kept(asked.where(_read_in(first, last)))]
        if not odd:
            yield from plain
            return
        found = sorted([*plain, *odd], key=lambda k: k.event.id)
        yield from sorted(found, key=lambda k: k.known_on(last), reverse=True)[:limit]

    def touching(self, wanted: Collection[Mark], first: str = "", last: str = "9999") -> dict[str, set[Mark]]:
        """Return the ids of fused events of days that touch something, each with what it touches of it."""
        found: dict[str, set[Mark]] = {}
        by_kind: dict[str, list[str]] = {}
        for kind, value in wanted:
            by_kind.setdefault(kind, []).append(value)
        for kind, values in by_kind.items():
            for some in chunks(values):
                asked = sa.select(marks.c.value, marks.c.fused).where(
                    marks.c.kind == kind, marks.c.value.in_(some), marks.c.day.between(first, last)
                )
                for value, fused in self._connection.execute(asked):
                    found.setdefault(fused, set()).add((kind, value))
        for fused, touched in self.marked(self._odd(first, last), set(wanted)).items():
            found.setdefault(fused, set()).update(touched)
        return found

    def _odd(self, first: str, last: str) -> list[str]:
        """Return the ids of the events that are of days by their first reading only."""
        return [*self._connection.execute(sa.select(fused_events.c.id).where(_read_in(first, last))).scalars()]

    def heaviest(self, wanted: Mapping[Mark, float], first: str, last: str, most: int) -> tuple[dict[str, set[Mark]], int]:
        """Return the events of days whose marks weigh most in sum, each with its marks, and how many events have a mark at all.

        `wanted` gives each mark with its weight. Of events that weigh the same, those with the later ids are taken.
        """
        weights: dict[str, float] = {}
        odd = self._odd(first, last)
        batches = [sorted(wanted)[n : n + _MARKS] for n in range(0, len(wanted), _MARKS)]
        for some in batches:
            weighed = sa.union_all(*self._weighing(some, wanted, first, last, odd=bool(odd))).subquery()
            total = sa.func.sum(weighed.c.weight).label("total")
            asked = sa.select(weighed.c.fused, total, sa.func.count().over()).group_by(weighed.c.fused)
            if len(batches) == 1:
                rows = self._connection.execute(asked.order_by(total.desc(), weighed.c.fused.desc()).limit(most)).all()
                return self.marked([r[0] for r in rows], wanted), int(rows[0][2]) if rows else 0
            for fused, weight, _ in self._connection.execute(asked):
                weights[fused] = weights.get(fused, 0.0) + weight
        chosen = heapq.nlargest(most, weights, key=lambda i: (weights[i], i))
        return self.marked(chosen, wanted), len(weights)

    def _weighing(
        self, some: Sequence[Mark], wanted: Mapping[Mark, float], first: str, last: str, *, odd: bool
    ) -> Iterator[sa.Select[Any]]:
        """Yield a question for each kind and weight of marks: which events have them, as often as they do."""
        groups: dict[tuple[str, float], list[str]] = {}
        for kind, value in some:
            groups.setdefault((kind, wanted[kind, value]), []).append(value)
        for (kind, weight), values in groups.items():
            these = (marks.c.kind == kind) & marks.c.value.in_(values)
            asked = sa.select(marks.c.fused, sa.literal(weight).label("weight")).where(these)
            yield asked.where(marks.c.day.between(first, last))
            if odd:  # asked apart, so that the days of the others are found by their index
                yield asked.where(marks.c.fused.in_(sa.select(fused_events.c.id).where(_read_in(first, last))))

    def marked(self, ids: Iterable[str], wanted: Collection[Mark]) -> dict[str, set[Mark]]:
        """Return the marks of events that are among those wanted, by id."""
        found: dict[str, set[Mark]] = {}
        for some in chunks(ids):  # by the event alone: a kind in the question would lead SQLite over all marks of the kind
            asked = sa.select(marks.c.fused, marks.c.kind, marks.c.value).where(marks.c.fused.in_(some))
            for fused, kind, value in self._connection.execute(asked):
                if (kind, value) in wanted:
                    found.setdefault(fused, set()).add((kind, value))
        return found

    def heads(self, ids: Iterable[str], last: str = "9999") -> Iterator[EventHead]:
        """Yield what events are weighed by; the day of first reading for one that has none, or one after the last."""
        for some in chunks(ids):
            yield from self._heads(sa.select(fused_events).where(fused_events.c.id.in_(some)), last)

    def latest(self, first: str, last: str, limit: int) -> Iterator[EventHead]:
        """Yield what the latest events of days are weighed by."""
        asked = sa.select(fused_events).order_by(fused_events.c.day.desc(), fused_events.c.id).limit(limit)
        plain = self._heads(asked.where(fused_events.c.day.between(first, last)), last)
        odd = self._heads(asked.where(_read_in(first, last)), last)
        yield from sorted([*odd, *plain], key=lambda h: h.day, reverse=True)[:limit]

    def _heads(self, asked: sa.Select[Any], last: str) -> Iterator[EventHead]:
        for row in self._connection.execute(asked).all():
            event = json.loads(row.body)["event"]
            countries = EventCountries(**{role: tuple(codes) for role, codes in event.get("countries", {}).items()})
            day = event["day"] if row.day and row.day <= last else row.first_at[:10]
            yield EventHead(row.id, day, row.measure_type, row.certainty, countries)

    def turning(self, after: str, through: str) -> list[str]:
        """Return the ids of fused events that enter a state on a day after one and through another."""
        asked = sa.select(states.c.fused).distinct().where(states.c.starts > after, states.c.starts <= through)
        return sorted(self._connection.execute(asked).scalars())

    def ahead(self, after: str, through: str) -> list[tuple[str, str, str]]:
        """Return the id, the state and the day of states entered after a day and through another, in the order of the days."""
        asked = sa.select(states.c.fused, states.c.state, states.c.starts).where(states.c.starts > after, states.c.starts <= through)
        return [(f, s, d) for f, s, d in self._connection.execute(asked.order_by(states.c.starts, states.c.fused))]

    def stating(self, first: str, last: str, *, wanted: Collection[Mark] | None = None, limit: int | None = None) -> list[str]:
        """Return the ids of fused events that state a day (effective, expiry, expected, end of comments) in a stretch, by day.

        `wanted` leaves those that have one of these marks.
        """
        asked = sa.select(marks.c.fused).where(marks.c.kind == "date", marks.c.value.between(first, last)).group_by(marks.c.fused)
        asked = asked.order_by(sa.func.min(marks.c.value), marks.c.fused)
        if wanted is None:
            return [*self._connection.execute(asked.limit(limit)).scalars()]
        found: list[str] = []
        for some in chunks(self._connection.execute(asked).scalars().all()):
            having = self.marked(some, wanted)
            found += [i for i in some if i in having]
            if limit is not None and len(found) >= limit:
                break
        return found[:limit]

    def count(self, first: str = "", last: str = "9999") -> int:
        """Return the number of fused events of days; see :meth:`between`."""
        asked = sa.select(sa.func.count()).select_from(fused_events)
        return sum(
            int(self._connection.execute(asked.where(when)).scalar_one())
            for when in (fused_events.c.day.between(first, last), _read_in(first, last))
        )

    def _firsts(self, ids: Iterable[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in chunks(ids):
            asked = sa.select(fused_events.c.id, fused_events.c.first_at).where(fused_events.c.id.in_(some))
            found |= {row.id: row.first_at for row in self._connection.execute(asked)}
        return found

    def _kept(self, asked: sa.Select[Any]) -> Iterator[KeptEvent]:
        rows = self._connection.execute(asked).all()
        for start in range(0, len(rows), _MANY_ROWS):
            some = rows[start : start + _MANY_ROWS]
            touched: dict[str, set[Mark]] = {}
            for ids in chunks(r.id for r in some):
                for kind, value, fused in self._connection.execute(
                    sa.select(marks.c.kind, marks.c.value, marks.c.fused).where(marks.c.fused.in_(ids))
                ):
                    touched.setdefault(fused, set()).add((kind, value))
            for row in some:
                data = json.loads(row.body)
                yield KeptEvent(fused_of(data["event"]), data["links"], frozenset(touched.get(row.id, ())), row.first_at, row.changed_at)

    # ---------------------------------------------------------------- stale rules

    def note_stale(self, found: Iterable[StaleRule], *, at: str) -> list[StaleRule]:
        """Keep notices that rules may be stale, each once; return those that are new."""
        new: list[StaleRule] = []
        for s in dict.fromkeys(found):
            same = (stale_rules.c.rule == s.rule) & (stale_rules.c.document == s.document)
            if self._connection.execute(sa.select(stale_rules.c.rule).where(same)).first():
                continue
            body = as_json({"citation": s.citation, "url": s.url, "title": s.title})
            row = {"rule": s.rule, "document": s.document, "amended_on": s.amended_on, "reviewed": s.reviewed, "level": s.level}
            self._connection.execute(stale_rules.insert(), row | {"noted_at": at, "body": body})
            new.append(s)
        return new

    def stale(self) -> tuple[StaleRule, ...]:
        """Return every notice that a rule may be stale, by rule and day."""
        rows = self._connection.execute(sa.select(stale_rules).order_by(stale_rules.c.rule, stale_rules.c.amended_on))
        return tuple(
            StaleRule(r.rule, r.document, r.amended_on, r.reviewed, r.level, noted_at=r.noted_at, **json.loads(r.body)) for r in rows
        )


def _read_in(first: str, last: str) -> sa.ColumnElement[bool]:
    """Return what holds for events that are of days by their first reading only: they have no day, or one after the last.

    Without a first day those that have none are found with the others.
    """
    own = fused_events.c.day
    other = own > last if not first else sa.or_(own == "", own > last)
    return sa.and_(other, fused_events.c.first_at >= first, sa.func.substr(fused_events.c.first_at, 1, 10) <= last)
