"""What the store knows of events: the timeline, a digest for a portfolio, and the calendar."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from thalweg.desk.watch_answers import ComingLine, Digest, DigestLine, EventAnswer, Told
from thalweg.evidence import BadInput, parse_date
from thalweg.store import open_store

if TYPE_CHECKING:
    from thalweg.nouns.fused import FusedEvent
    from thalweg.pack import Pack
    from thalweg.store import KeptEvent, WatchRoom
    from thalweg.watch.model import CalendarEntry, Interests, Touch

Where = str | Path | None
DAYS: Final = 30
"""Days that a digest looks back, and"""
AHEAD: Final = 90
"""days that it and the calendar look ahead, where nothing is said."""
LINES: Final = 20
_WEIGHS: Final = {"aim": "place"}
"""Marks by the kind that they weigh as."""
_DAYS_AHEAD: Final = 60
"""Days ahead that a digest shows, the nearest; the calendar shows all."""
_WEIGHED: Final = 2_000
"""Events that are weighed in full for a digest: of all that touch the portfolio, those that touch most of it."""


def vocabulary(key: str) -> tuple[str, ...]:
    """Return the values that a field of an event (`event_type`, `certainty`) may have."""
    from thalweg.nouns import news

    found: tuple[str, ...] = get_args({"event_type": news.EventType, "certainty": news.Certainty}[key])
    return found


def today() -> dt.date:
    """Return the user's own calendar day."""
    return dt.date.today()  # noqa: DTZ011  (a calendar day, not an instant)


def _days_from(day: dt.date, days: int) -> dt.date:
    """Return the day so many days after a day, or before.

    Raises:
        BadInput: if there is none.
    """
    try:
        return day + dt.timedelta(days)
    except OverflowError:
        raise BadInput(
            f"date: there is no day {abs(days)} days {'after' if days > 0 else 'before'} {day}; give one nearer to today"
        ) from None


def events(
    *,
    store: Where = None,
    since: str | None = None,
    until: str | None = None,
    types: Sequence[str] = (),
    certainty: Sequence[str] = (),
    touching: Sequence[str] = (),
    find: str = "",
    event: str | None = None,
    date: str | None = None,
    limit: int | None = None,
) -> list[EventAnswer]:
    """Return fused events, the latest first.

    Args:
        store: a path or a URL; the store of the user if left out.
        since: the first day.
        until: the last day.
        types: only these types of event.
        certainty: only these.
        touching: `KIND:VALUE` marks, of which one must be touched: `chip:nvidia h20`, `place:CN`, `party:huawei`, `rule:us-ear/...`.
        find: only those whose headline or parties hold this text.
        event: only the one with this id.
        date: the day whose state is shown; today if left out.
        limit: at most so many.

    Raises:
        BadInput: if a day or a mark cannot be read, or there is no such event.
        StoreError: if there is no store, or it cannot be read.
    """
    day = parse_date(date) if date else today()
    first = parse_date(since, field="since").isoformat() if since else ""
    last = parse_date(until, field="until").isoformat() if until else "9999"
    with open_store(store, create=False) as held, held.watch() as room:
        if event is not None:
            kept = room.events.get([event])
            if event not in kept:
                raise BadInput(f"{event}: there is no such event in the store; `thalweg watch events` lists them")
            return [answer(kept[event], day)]
        found: Iterable[KeptEvent]
        if touching:
            ids = room.events.touching([_mark(t) for t in touching], first, last)
            found = sorted(room.events.get(ids).values(), key=lambda k: (k.event.day, k.event.id), reverse=True)
            found = [k for k in found if not types or k.event.event_type in types]
        else:
            found = room.events.between(first, last, types=types, limit=None if certainty or find else limit)
        shown = [k for k in found if (not certainty or k.event.certainty in certainty) and (not find or _holds(k.event, find))]
        return [answer(k, day) for k in shown[:limit]]


def _mark(text: str) -> tuple[str, str]:
    from thalweg.nouns.names import name_key

    kind, sign, value = text.partition(":")
    kinds = ("chip", "eccn", "place", "imposer", "party", "rule", "event", "draft", "number")
    if not (sign and value) or kind not in kinds:
        raise BadInput(f"{text!r}: write KIND:VALUE with a kind of {', '.join(kinds)}, as place:CN")
    if kind == "party":
        return kind, name_key(value)
    return kind, value.casefold() if kind == "chip" else value


def _holds(event: FusedEvent, text: str) -> bool:
    wanted = text.casefold()
    return wanted in event.headline.casefold() or any(wanted in a.name.casefold() for a in event.actors)


def answer(kept: KeptEvent, day: dt.date) -> EventAnswer:
    """Return an event of the store as people and programs receive it, in its state on a day."""
    from thalweg.store.news import stated
    from thalweg.watch.nearness import WORDS

    e = kept.event
    return EventAnswer(
        id=e.id,
        day=e.day,
        headline=e.headline,
        event_type=e.event_type,
        measure_type=e.measure_type,
        certainty=e.certainty,
        status=e.status,
        state=e.state_on(day),
        actors=[{"name": a.name, "role": a.role, "country": a.country} for a in e.actors],
        countries={r: list(getattr(e.countries, r)) for r in ("imposer", "source", "transit", "destination", "other")},
        items=[{k: v for k, v in (("text", i.text), ("chip", i.chip), ("eccn", i.eccn)) if v} for i in e.items],
        amounts=[{"value": a.value, "currency": a.currency, "what": a.what, "qualifier": a.qualifier} for a in e.amounts],
        quantities=[{"value": q.value, "unit": q.unit, "qualifier": q.qualifier} for q in e.quantities],
        dates=dict(e.dates),
        states=[{"state": s.state, "on": s.on, "printed": s.printed, "by": s.by, "why": s.why} for s in e.states],
        refused_states=[stated(r) for r in e.refused],
        conflicts=[{"field": c.field, "values": [list(v) for v in c.values], "note": c.note} for c in e.conflicts],
        accounts=[
            Told(
                publisher=t.publisher or t.source,
                standing=WORDS[t.nearness],
                certainty=t.certainty,
                title=t.title,
                url=t.url,
                published=t.published,
                document=t.document,
                why=list(t.why),
            )
            for t in e.accounts
        ],
        filled_from=dict(e.filled),
        links=[{k: str(v) for k, v in x.items()} for x in kept.links.get("links", ())],
        identifiers=list(e.identifiers),
        follows=e.follows,
        first_seen=kept.first_at,
        changed_at=kept.changed_at,
        evidence={k: list(v) for k, v in e.evidence.items()},
    )


# ---------------------------------------------------------------- digest


def digest(
    portfolio: str | Path | None = None,
    *,
    store: Where = None,
    date: str | None = None,
    since: str | None = None,
    ahead: int = AHEAD,
    limit: int = LINES,
    pack: str | Path | None = None,
) -> Digest:
    """Return what happened in a stretch of days, what it means for a portfolio, and what is coming; each line with where it is read.

    Args:
        portfolio: where it lies; without one the surest and latest events are given.
        store: a path or a URL; the store of the user if left out.
        date: the last day; today if left out.
        since: the first day; 30 days before if left out.
        ahead: days to look ahead.
        limit: lines at most.
        pack: a knowledge folder; the embedded pack if left out.

    Raises:
        BadInput: if the portfolio or a day cannot be read.
        StoreError: if there is no store, or it cannot be read.
    """
    from thalweg.desk.packs import the_pack
    from thalweg.desk.watch_pack import read_interests

    day = parse_date(date) if date else today()
    held = the_pack(pack)
    mine = read_interests(portfolio, held, day) if portfolio else None
    first = parse_date(since, field="since") if since else _days_from(day, -DAYS)
    with open_store(store, create=False) as opened, opened.watch() as room:
        return digest_of(room, held, mine, day, first, name=str(portfolio or ""), ahead=ahead, limit=limit)


def digest_of(
    room: WatchRoom,
    pack: Pack,
    mine: Interests | None,
    day: dt.date,
    since: dt.date,
    *,
    name: str = "",
    ahead: int = AHEAD,
    limit: int = LINES,
) -> Digest:
    """Return the digest of what an open store knows; see :func:`digest`.

    Raises:
        BadInput: if the first day is after the last.
    """
    if since > day:
        raise BadInput(f"the digest ends on {day} and begins on {since}; give an earlier first day")
    first, last = since.isoformat(), day.isoformat()
    touches, seen, touching = _weighed(room, mine, first, last)
    kept = room.events.get([t.event.id for t in touches[:limit]])
    lines = [_line(t, kept[t.event.id], day) for t in touches[:limit]]
    entries = coming_of(room, pack, mine, day, _days_from(day, ahead), most=_DAYS_AHEAD)
    return Digest(
        as_of=last,
        since=first,
        portfolio=name,
        lines=lines,
        seen=seen,
        touching=touching,
        coming=[coming_line(e) for e in entries[:_DAYS_AHEAD]],
        stale=[s.said() for s in room.events.stale() if s.amended_on >= first or s.noted_at[:10] >= first],
        not_known=_not_known(room, day),
        pack=pack.stamp.as_dict(),
    )


def _weighed(room: WatchRoom, mine: Interests | None, first: str, last: str) -> tuple[list[Touch], int, int]:
    """Return the events of a stretch of days by weight, how many there are, and how many touch something."""
    from thalweg.watch.model import Touch
    from thalweg.watch.touch import POINTS, SURENESS, by_weight, touch

    seen = room.events.count(first, last)
    if mine is None:
        latest = list(room.events.between(first, last, limit=_WEIGHED))
        plain = [Touch(k.event, SURENESS.get(k.event.certainty, 0.5), ()) for k in latest]
        return by_weight(plain), seen, seen
    marked = room.events.touching(mine.marks(), first, last)
    chosen: Collection[str] = marked
    if len(marked) > _WEIGHED:
        most = {i: sum(POINTS[_WEIGHS.get(k, k)] for k, _ in found) for i, found in marked.items()}
        chosen = heapq.nlargest(_WEIGHED, most, key=lambda i: (most[i], i))
    found = [touch(k.event, marked[k.event.id], mine) for k in room.events.get(chosen).values()]
    told = by_weight(found)
    return told, seen, len(marked) if len(marked) > _WEIGHED else len(told)


def _line(t: Touch, kept: KeptEvent, day: dt.date) -> DigestLine:
    e = t.event
    return DigestLine(
        event=e.id,
        day=e.day,
        headline=e.headline,
        state=e.state_on(day),
        certainty=e.certainty,
        event_type=e.event_type,
        measure_type=e.measure_type,
        points=t.points,
        meaning=list(t.why),
        conflicts=[f"{c.field}: {'; '.join(f'{v} ({who})' for v, who in c.values)}" for c in e.conflicts],
        rules=[str(x["id"]) for x in kept.links.get("links", ()) if x["kind"] == "rule"],
        sources=[{"citation": ", ".join(p for p in (s.publisher or s.source, s.published) if p), "url": s.url} for s in e.accounts],
        evidence=next((s for group in e.evidence.values() for s in group), ""),
    )


def _not_known(room: WatchRoom, day: dt.date) -> list[str]:
    """Return what a digest cannot know: sources that failed or were never read to its last day."""
    marks = room.documents.watermarks()
    if not marks:
        return ["no source has been pulled: nothing here says that nothing happened"]
    found = []
    for m in marks:
        if m.failures:
            found.append(
                f"{m.source}: the last {m.failures} pulls failed ({m.note}); what it published since {m.good_at or 'ever'} is not known"
            )
        elif m.good_at[:10] < day.isoformat():
            found.append(f"{m.source}: last read on {m.good_at[:10]}; what it published since is not known")
    return found


# ---------------------------------------------------------------- calendar


def calendar(
    portfolio: str | Path | None = None,
    *,
    store: Where = None,
    date: str | None = None,
    days: int = AHEAD,
    pack: str | Path | None = None,
) -> list[ComingLine]:
    """Return what is coming within days, from the pack and, where there is a store, from the news; for a portfolio, what touches it.

    Raises:
        BadInput: if the portfolio or the day cannot be read.
        StoreError: if the store cannot be read.
    """
    return [coming_line(e) for e in entries(portfolio, store=store, date=date, days=days, pack=pack)]


def entries(
    portfolio: str | Path | None = None, *, store: Where = None, date: str | None = None, days: int = AHEAD, pack: str | Path | None = None
) -> list[CalendarEntry]:
    """Return the entries of :func:`calendar`."""
    from thalweg.briefs import read_portfolio
    from thalweg.desk.packs import the_pack
    from thalweg.desk.watch_pack import interests
    from thalweg.store import NoStore
    from thalweg.watch.model import CalendarEntry

    day = parse_date(date) if date else today()
    last = _days_from(day, days)
    held = the_pack(pack)
    firm = read_portfolio(portfolio) if portfolio else None
    mine = interests(firm, held, day) if firm else None
    own = [
        CalendarEntry(
            f"license/{x.id}", x.ends.isoformat(), "day", "license", f"License {x.number or x.id} ends", "", "", (("The portfolio", ""),)
        )
        for x in (firm.licenses if firm else ())
        if x.ends and day <= x.ends <= last
    ]
    try:
        with open_store(store, create=False) as opened, opened.watch() as room:
            return coming_of(room, held, mine, day, last, own)
    except NoStore:
        if store is not None:
            raise
        return coming_of(None, held, mine, day, last, own)


def coming_of(
    room: WatchRoom | None,
    pack: Pack,
    mine: Interests | None,
    day: dt.date,
    last: dt.date,
    own: Sequence[CalendarEntry] = (),
    most: int | None = None,
) -> list[CalendarEntry]:
    """Return what is coming from a day to another, of the pack, of an open store, and the firm's own; what touches a portfolio, if given.

    A day of the news that the pack has too, under an event that the news was linked to, stands once, as the pack has it.
    """
    from thalweg.desk.watch_pack import rules_of
    from thalweg.watch.calendar import for_interests, from_events, from_pack, in_order

    found = [*from_pack(pack, day, last), *own]
    if room is not None:
        known = {(e.id.partition("/")[0], e.on) for e in found}
        told = _dated(room, mine, day, last, most)
        news = from_events(((k.event, k.marks, _facts(k)) for k in told.values()), day, last)
        linked = {k.event.id: {v for kind, v in k.marks if kind == "event"} for k in told.values()}
        found += [e for e in news if not any((i, e.on) in known for i in linked[e.id.partition("/")[0]])]
    entries = in_order(found)
    return entries if mine is None else for_interests(entries, mine, rules_of(mine, pack))


def _facts(kept: KeptEvent) -> Mapping[str, str]:
    return {k: str(v) for k, v in dict(kept.links.get("facts", {})).items()}


def _dated(room: WatchRoom, mine: Interests | None, day: dt.date, last: dt.date, most: int | None) -> dict[str, KeptEvent]:
    """Return the events that state a day in a stretch of days to come, and that touch a portfolio, if given; at most so many."""
    ids = room.events.stating(day.isoformat(), last.isoformat())
    if mine is not None:
        touching = room.events.touching(mine.marks())
        ids = [i for i in ids if i in touching]
    return room.events.get(ids[:most])


def coming_line(e: CalendarEntry) -> ComingLine:
    """Return an entry of the calendar as people and programs receive it."""
    return ComingLine(
        id=e.id,
        on=e.on,
        precision=e.precision,
        kind=e.kind,
        title=e.title,
        text=e.text,
        jurisdiction=e.jurisdiction,
        branches=list(e.branches),
        certainty=e.certainty,
        touches=list(e.touches),
        sources=[{"citation": c, "url": u} for c, u in e.sources],
    )


def icalendar(lines: Any, *, now: dt.datetime | None = None, name: str = "Thalweg watch") -> bytes:
    """Return entries of the calendar as an iCalendar file."""
    from thalweg.watch.calendar import icalendar as written

    return written(lines, now=now or dt.datetime.now(dt.UTC), name=name)
