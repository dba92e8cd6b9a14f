"""What happened and what it means for a portfolio, the weightiest first; what is coming, and what is not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from thalweg.desk.watch_answers import Digest, DigestLine
from thalweg.desk.watch_calendar import AHEAD, coming_line, coming_of, days_from, today
from thalweg.desk.watch_events import standing
from thalweg.evidence import BadInput, ThalwegError, parse_date
from thalweg.store import open_store

if TYPE_CHECKING:
    from thalweg.desk.watch_answers import SourceState
    from thalweg.pack import Pack
    from thalweg.store import KeptEvent, WatchRoom
    from thalweg.watch.model import Interests, Touch

Where = str | Path | None
DAYS: Final = 30
"""Days that a digest looks back where nothing is said."""
LINES: Final = 20
_WEIGHS: Final = {"aim": "place"}
"""Marks by the kind that they weigh as."""
_DAYS_AHEAD: Final = 60
"""Days ahead that a digest shows, the nearest; the calendar shows all."""
_WEIGHED: Final = 2_000
"""Events that are weighed in full for a digest: of all that touch the portfolio, those that touch most of it."""


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
    first = parse_date(since, field="since") if since else days_from(day, -DAYS)
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
    now: dt.datetime | None = None,
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
    entries = coming_of(room, pack, mine, day, days_from(day, ahead), most=_DAYS_AHEAD)
    return Digest(
        as_of=last,
        since=first,
        portfolio=name,
        lines=lines,
        seen=seen,
        touching=touching,
        coming=[coming_line(e) for e in entries[:_DAYS_AHEAD]],
        stale=[s.said() for s in room.events.stale() if s.amended_on >= first or s.noted_at[:10] >= first],
        not_known=_not_known(room, day, now or dt.datetime.now(dt.UTC)),
        pack=pack.stamp.as_dict(),
    )


def _weighed(room: WatchRoom, mine: Interests | None, first: str, last: str) -> tuple[list[Touch], int, int]:
    """Return the events of a stretch of days by weight, how many there are, and how many touch something."""
    from thalweg.watch.model import Touch
    from thalweg.watch.touch import POINTS, SURENESS, by_weight, touch

    seen = room.events.count(first, last)
    if mine is None:
        plain = [Touch(e, SURENESS.get(e.certainty, 0.5), ()) for e in room.events.latest(first, last, _WEIGHED)]
        return by_weight(plain), seen, seen
    wanted = {(kind, value): POINTS[_WEIGHS.get(kind, kind)] for kind, value in mine.marks()}
    marked, having = room.events.heaviest(wanted, first, last, _WEIGHED)
    told = by_weight([touch(e, marked[e.id], mine) for e in room.events.heads(marked, last)])
    return told, seen, having if having > _WEIGHED else len(told)


def _line(t: Touch, kept: KeptEvent, day: dt.date) -> DigestLine:
    e = kept.event
    return DigestLine(
        event=e.id,
        day=e.day,
        dated=kept.dated(day.isoformat()),
        headline=e.headline,
        state=e.state_on(day),
        certainty=e.certainty,
        standing=standing(e),
        event_type=e.event_type,
        measure_type=e.measure_type,
        points=t.points,
        meaning=list(t.why),
        conflicts=[f"{c.field}: {'; '.join(f'{v} ({who})' for v, who in c.values)}" for c in e.conflicts],
        rules=[str(x["id"]) for x in kept.links.get("links", ()) if x["kind"] == "rule"],
        sources=[{"citation": ", ".join(p for p in (s.publisher or s.source, s.published) if p), "url": s.url} for s in e.accounts],
        evidence=next((s for group in e.evidence.values() for s in group), ""),
    )


def _not_known(room: WatchRoom, day: dt.date, now: dt.datetime) -> list[str]:
    """Return what a digest cannot know: sources never pulled, failing, silent too long, not read to its last day, or read in part."""
    from thalweg.desk.watch import BY_HAND, states_in

    last = dt.datetime.combine(day, dt.time.max, dt.UTC)
    found: list[str] = []
    try:
        states = states_in(room, min(now, last))
    except ThalwegError as error:
        return [f"which sources are followed is not known: {error}"]
    read = [s for s in states if s.state != "never pulled"]
    if not any(s.source != BY_HAND for s in read):
        found.append("no source has been pulled: nothing here says that nothing happened")
    elif never := [s.source for s in states if s.state == "never pulled" and s.pulled_by_default]:
        found.append(f"never pulled, so that what they published is not known: {', '.join(never)}")
    for s in read:
        found += _of_source(s, day, by_hand=s.source == BY_HAND)
    return found


def _of_source(s: SourceState, day: dt.date, *, by_hand: bool) -> Iterator[str]:
    if s.failures:
        times = "the last pull failed" if s.failures == 1 else f"the last {s.failures:,} pulls failed"
        unknown = (
            f"what it published since {s.pulled} is not known" if s.pulled else "it was never read, and what it published is not known"
        )
        yield f"{s.source}: {times} ({s.note}); {unknown}"
        return
    if s.pulled[:10] < day.isoformat() and not by_hand:
        yield f"{s.source}: last read on {s.pulled[:10]}; what it published since is not known"
    if s.state == "silent":
        yield f"{s.source}: nothing new since {s.silent_since[:10]}, longer than its limit of {s.limit_hours:g} hours; is it still there?"
    if s.note:
        yield f"{s.source}: at the last pull: {s.note}"
