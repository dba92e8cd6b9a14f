"""The timeline: fused events of the store, each once, from all accounts of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from thalweg.desk.watch_answers import EventAnswer, Told
from thalweg.desk.watch_calendar import today
from thalweg.evidence import BadInput, parse_date
from thalweg.store import open_store

if TYPE_CHECKING:
    from thalweg.nouns.fused import FusedEvent
    from thalweg.store import KeptEvent

Where = str | Path | None


def vocabulary(key: str) -> tuple[str, ...]:
    """Return the values that a field of an event (`event_type`, `certainty`) may have."""
    from thalweg.nouns import news

    found: tuple[str, ...] = get_args({"event_type": news.EventType, "certainty": news.Certainty}[key])
    return found


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
            found = sorted(room.events.get(ids).values(), key=lambda k: (k.known_on(day.isoformat()), k.event.id), reverse=True)
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


def standing(event: FusedEvent) -> str:
    """Return who says so: how near the nearest account stands to the original, and that no official one is there where none is."""
    from thalweg.watch.nearness import WORDS

    nearest = min(event.accounts, key=lambda t: t.nearness, default=None)
    if nearest is None:
        return "no account"
    who = WORDS[nearest.nearness]
    return who if event.official else f"{who}; no official source among the accounts"


def answer(kept: KeptEvent, day: dt.date) -> EventAnswer:
    """Return an event of the store as people and programs receive it, in its state on a day."""
    from thalweg.store.news import stated
    from thalweg.watch.nearness import WORDS

    e = kept.event
    return EventAnswer(
        id=e.id,
        day=e.day,
        dated=kept.dated(day.isoformat()),
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
