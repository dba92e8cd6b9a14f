"""What is coming: days on which something starts or ends, comment periods, switches, truces and talks, with where each is read."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from thalweg.evidence import BadInput
from thalweg.nouns.fused import FusedEvent, first_day
from thalweg.pack import Pack
from thalweg.watch.model import CalendarEntry, Interests, Mark

Kind = Literal["starts", "ends", "deadline", "comment", "switch", "truce", "talks", "license"]
_TRUCE: Final = re.compile(r"\b(truce|suspension|arrangement|stay|pause)\b", re.IGNORECASE)
_TALKS: Final = re.compile(r"\b(talks|summit|round of|meeting|negotiat)", re.IGNORECASE)
_UNTIL: Final = re.compile(r"\b(?:to|until|through|by)\s+(20\d\d-\d\d-\d\d)\b")
_BETWEEN_STATES: Final = ("switch", "truce", "talks")
"""What concerns all who deal with a state, whatever it names."""
_FIELDS: Final[tuple[tuple[str, Kind], ...]] = (("effective", "starts"), ("compliance", "deadline"), ("ended", "ends"))


def from_pack(pack: Pack, first: dt.date, last: dt.date) -> list[CalendarEntry]:
    """Return the days of the pack's events that lie in a stretch of days, ends included.

    A switch stands once, with its branches; a day that a text names as the end of a truce or stay counts too.
    """
    found = [entry for event in pack.events for entry in _of_event(event, pack) if first.isoformat() <= entry.on <= last.isoformat()]
    switched = {(e.on, r) for e in found if e.kind == "switch" for r in e.rules}
    return [e for e in found if e.kind == "switch" or not e.rules or not {(e.on, r) for r in e.rules} <= switched]


def _of_event(event: Mapping[str, Any], pack: Pack) -> Iterator[CalendarEntry]:
    place = str(event.get("jurisdiction") or "")
    shared: dict[str, Any] = {
        "title": str(event["title"]),
        "text": str(event.get("effect") or ""),
        "jurisdiction": str(pack.places.get(place, {}).get("name", place)),
        "sources": tuple((str(s.get("citation") or s.get("title") or ""), str(s.get("url") or "")) for s in event.get("sources") or ()),
        "rules": tuple(str(r) for r in event.get("rules") or ()),
        "certainty": str(event.get("status") or ""),
        "marks": frozenset({("imposer", place), *(("rule", str(r)) for r in event.get("rules") or ())}),
    }
    identity = str(event["id"])
    if switch := event.get("switch"):
        branches = (f"as printed: {switch['printed']}", f"as expected: {switch['expected']}")
        kind: Kind = "truce" if _TRUCE.search(shared["title"]) else "switch"
        yield _entry(f"{identity}/switch", str(switch["on"]), kind, branches=branches, **shared)
        return
    for name, of in _FIELDS:
        if event.get(name):
            yield _entry(f"{identity}/{name}", str(event[name]), _talks(of, shared["title"]), **shared)
    for on in sorted(set(_UNTIL.findall(f"{shared['title']} {shared['text']}"))):
        if _TRUCE.search(f"{shared['title']} {shared['text']}") and on != str(event.get("ended") or ""):
            yield _entry(f"{identity}/until-{on}", on, "truce", **shared)


def _talks(kind: Kind, title: str) -> Kind:
    return "talks" if kind == "starts" and _TALKS.search(title) else kind


def from_events(
    events: Iterable[tuple[FusedEvent, frozenset[Mark], Mapping[str, str]]], first: dt.date, last: dt.date
) -> list[CalendarEntry]:
    """Return the days that fused events state and that lie in a stretch of days, ends included.

    Args:
        events: each with what it touches, and what its source states beside the text (`comments_close_on`).
        first: the first day.
        last: the last day.
    """
    found: list[CalendarEntry] = []
    for event, touched, facts in events:
        lead = event.accounts[0]
        cited = (f"{lead.publisher or lead.source}, {lead.published}".rstrip(", "), lead.url)
        shared: dict[str, Any] = {
            "title": event.headline,
            "text": next((s for group in event.evidence.values() for s in group), ""),
            "jurisdiction": ", ".join(event.countries.imposer),
            "sources": (cited,),
            "certainty": event.certainty,
            "marks": touched,
        }
        stay = event.measure_type == "suspension" or event.status == "stayed"
        kinds: dict[str, Kind] = {"effective": "starts", "expiry": "truce" if stay else "ends", "expected": "deadline"}
        if _TALKS.search(event.headline):
            kinds |= {"event": "talks", "expected": "talks"}
        stated = {**event.dates, "comments": facts.get("comments_close_on", "")}
        for key, kind in {**kinds, "comments": "comment"}.items():
            on = stated.get(key, "")
            if on and first.isoformat() <= first_day(on) <= last.isoformat():
                found.append(_entry(f"{event.id}/{key}", on, kind, **shared))
    return found


def _entry(identity: str, stated: str, kind: Kind, **shared: Any) -> CalendarEntry:
    precision: Literal["day", "month", "year"] = "day" if len(stated) == 10 else "month" if len(stated) == 7 else "year"
    return CalendarEntry(identity, first_day(stated), precision, kind, **shared)


def in_order(entries: Iterable[CalendarEntry]) -> list[CalendarEntry]:
    """Return entries by day, kind and title, each id once."""
    return sorted({e.id: e for e in entries}.values(), key=lambda e: (e.on, e.kind, e.title, e.id))


def for_interests(entries: Sequence[CalendarEntry], mine: Interests, rules: frozenset[str]) -> list[CalendarEntry]:
    """Return the entries that touch what somebody deals with, each with what of it.

    An entry touches it by a mark it shares, or by a rule of the pack that acts on their products; ends of their own licenses always do.
    """
    wanted = mine.marks()
    names = {**{("chip", k): v for k, v in mine.chips.items()}, **{("eccn", k): f"{k} of {v}" for k, v in mine.eccns.items()}}
    names |= {("aim", k): v for k, v in mine.places.items()} | {("party", k): v for k, v in mine.parties.items()}
    names |= {("draft", k): v for k, v in mine.drafts.items()}
    found: list[CalendarEntry] = []
    for e in entries:
        why = [names[m] for m in sorted(e.marks & wanted)]
        why += [f"rule {r}" for r in e.rules if any(r.rstrip("*") == i or (r.endswith("*") and i.startswith(r[:-1])) for i in rules)]
        if e.kind in _BETWEEN_STATES:
            acting = {v for k, v in e.marks if k == "imposer"}
            why += [f"{mine.places[c]}, where you sell" for c in sorted(acting & mine.places.keys())]
            why += ["your own authority"] if mine.home in acting else []
        if why or e.kind == "license":
            found.append(dataclasses.replace(e, touches=tuple(dict.fromkeys(why))))
    return found


def icalendar(entries: Sequence[CalendarEntry], *, now: dt.datetime, name: str = "Thalweg watch") -> bytes:
    """Return entries as an iCalendar file (RFC 5545): whole days, with ids that stay when the file is made anew.

    Raises:
        BadInput: if the library for it is not installed.
    """
    try:
        from icalendar import Calendar, Event, vText
    except ImportError:
        raise BadInput("icalendar is not installed: writing a calendar needs it. Run: pip install 'thalweg[watch]'") from None

    calendar = Calendar()
    calendar.add("prodid", "-//thalweg//watch//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(name))
    for e in entries:
        event = Event()
        on = dt.date.fromisoformat(e.on)
        event.add("uid", f"{e.id}@thalweg")
        event.add("dtstamp", now.astimezone(dt.UTC))
        event.add("dtstart", on)
        event.add("dtend", on + dt.timedelta(1))
        event.add("summary", e.title if e.precision == "day" else f"{e.title} (some day of the {e.precision})")
        lines = [e.text, *e.branches, *(f"Touches: {t}" for t in e.touches), *(f"{c} {u}".strip() for c, u in e.sources)]
        event.add("description", "\n".join(line for line in lines if line))
        event.add("categories", [e.kind])
        if url := next((u for _, u in e.sources if u.startswith(("https://", "http://"))), ""):
            event.add("url", url)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
