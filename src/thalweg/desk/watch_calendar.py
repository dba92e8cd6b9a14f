"""What is coming, from the pack and from the news, for a portfolio or for all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from thalweg.desk.watch_answers import ComingLine
from thalweg.evidence import BadInput, parse_date
from thalweg.store import open_store

if TYPE_CHECKING:
    from thalweg.pack import Pack
    from thalweg.store import KeptEvent, WatchRoom
    from thalweg.watch.model import CalendarEntry, Interests

Where = str | Path | None
AHEAD: Final = 90
"""Days that the calendar looks ahead where nothing is said."""


def today() -> dt.date:
    """Return the user's own calendar day."""
    return dt.date.today()  # noqa: DTZ011  (a calendar day, not an instant)


def days_from(day: dt.date, days: int) -> dt.date:
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
    last = days_from(day, days)
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
    wanted = None if mine is None else mine.marks()
    return room.events.get(room.events.stating(day.isoformat(), last.isoformat(), wanted=wanted, limit=most))


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
