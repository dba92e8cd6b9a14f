"""What an event touches: rules, parties, chips, classes, places, drafts and known events, each with why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from thalweg.nouns.fused import Account, FusedEvent
from thalweg.nouns.names import name_key
from thalweg.watch.aims import aims
from thalweg.watch.features import words
from thalweg.watch.index import ECCN, PackIndex, named_places
from thalweg.watch.model import Link, Mark

FOR_ALL: Final = frozenset(
    {"export_control_rule", "licence_requirement", "licence_condition", "suspension", "retaliation_control", "legislation"}
)
"""Measures on items or destinations, which concern all who sell there: that a party in a country was charged says little to them."""
_LISTED: Final = frozenset({"listed_party", "defendant", "alleged_violator", "target", "affected", "buyer", "licensee", "party"})
_NEAR_DAYS: Final = 3
"""Days within which an event of the pack with the same aim is taken as the one that news tells of; a declared parameter."""


def link(event: FusedEvent, accounts: tuple[Account, ...], index: PackIndex) -> tuple[Link, ...]:
    """Return what an event touches, each thing once, in the order of kinds.

    Args:
        event: the fused event.
        accounts: all accounts of it, for their words and what their sources state.
        index: the pack, looked up.
    """
    found = [*_events(event, index), *_rules(event, accounts, index), *_drafts(event, accounts, index)]
    found += [*_things(event, accounts, index), *_places(event, index), *_parties(event, index)]
    once: dict[tuple[str, str], Link] = {}
    for x in found:
        once.setdefault((x.kind, x.id), x)
    return tuple(once.values())


def marks(event: FusedEvent, links: tuple[Link, ...]) -> frozenset[Mark]:
    """Return what an event is found by: its links by kind and id, its authorities' countries, numbers, and the keys of its parties.

    `aim` are the places that a measure on items or destinations goes to, `measure` what it is aimed at by authority, place and thing.
    """
    found: set[Mark] = {(x.kind, x.id.casefold() if x.kind == "chip" else x.id) for x in links if x.kind != "party"}
    found |= {("imposer", c) for c in event.countries.imposer}
    if event.measure_type in FOR_ALL:
        found |= {("aim", c) for c in (*event.countries.destination, *event.countries.transit)}
    found |= {("measure", a) for a in aims(event)}
    found |= {("number", n) for n in event.identifiers}
    found |= {("party", k) for a in event.actors if (k := name_key(a.name))}
    found |= {("eccn", x[0:5]) for k, x in found if k == "eccn" and len(x) > 5}
    return frozenset(found)


def _said(accounts: tuple[Account, ...]) -> str:
    texts = [t for a in accounts for t in (a.title, a.event.headline, *(s for group in a.event.evidence.values() for s in group))]
    return "\n".join(dict.fromkeys(texts))


def _events(event: FusedEvent, index: PackIndex) -> Iterator[Link]:
    """Yield the events of the pack that are this one: under the same number, or of the same authority and act within days."""
    for number in event.identifiers:
        for i in index.events_by_number.get(number, ()):
            yield Link("event", i, index.title(i), f"both give {number}")
    if event.identifiers or not event.day or len(event.day) < 10:
        return
    day = dt.date.fromisoformat(event.day).toordinal()
    said = words([event.headline])
    for i, jurisdiction, days, own in index.dated:
        if jurisdiction not in event.countries.imposer or not any(abs(d - day) <= _NEAR_DAYS for d in days):
            continue
        both = said & own
        if len(both) >= 3 or (own and len(both) >= 0.5 * len(own)):
            yield Link("event", i, index.title(i), f"same authority, within days, same words ({', '.join(sorted(both)[:4])})")


def _rules(event: FusedEvent, accounts: tuple[Account, ...], index: PackIndex) -> Iterator[Link]:
    """Yield the rules that the event is about: by number, by section, by class, and those of the pack's own event."""
    rules = index.pack.rules
    for number in event.identifiers:
        for i in index.rules_by_number.get(number, ()):
            yield Link("rule", i, rules[i].title, f"rests on {number}")
    text = _said(accounts)
    stated = " ".join(a.facts.get("sections", "") for a in accounts)
    for place in sorted(named_places(text) | named_places(stated)):
        for i in index.rules_at.get(place, ()):
            yield Link("rule", i, rules[i].title, f"read from {place}, which is named")
    for eccn in sorted({m[1] for m in ECCN.finditer(text)}):
        for i in index.rules_at.get(eccn, ()):
            yield Link("rule", i, rules[i].title, f"classifies under {eccn}, which is named")
    for x in _events(event, index):
        for i in index.rules_of_event.get(x.id, ()):
            yield Link("rule", i, rules[i].title, f"made or moved by {x.id}")


def _drafts(event: FusedEvent, accounts: tuple[Account, ...], index: PackIndex) -> Iterator[Link]:
    text = _said(accounts).casefold()
    for i, (title, bills) in index.drafts.items():
        name = title.partition(" (")[0].casefold()
        if bills & set(event.identifiers) or name in text:
            yield Link("draft", i, title, f"both give {min(bills & set(event.identifiers))}" if bills & set(event.identifiers) else "named")


def _things(event: FusedEvent, accounts: tuple[Account, ...], index: PackIndex) -> Iterator[Link]:
    """Yield the catalogue names and classes of the items; a class that the text does not name is that of the day of the event."""
    day = _day(event, accounts)
    for item in event.items:
        if item.chip:
            yield Link("chip", item.chip, item.chip, f"named as {item.text}")
            for eccn in index.classes(item.chip, day) if day else ():
                yield Link("eccn", eccn, _class_title(eccn, index), f"class of {item.text} on {day}")
        elif item.eccn:
            yield Link("eccn", item.eccn, _class_title(item.eccn, index), f"named as {item.text}")


def _class_title(eccn: str, index: PackIndex) -> str:
    return str(index.pack.entries.get(eccn[:5], {}).get("title", "")) or eccn


def _day(event: FusedEvent, accounts: tuple[Account, ...]) -> dt.date | None:
    """Return the day of an event, else the first on which it was told of."""
    if event.day and len(event.day) == 10:
        return dt.date.fromisoformat(event.day)
    return min((a.published for a in accounts if a.published), default=None)


def _places(event: FusedEvent, index: PackIndex) -> Iterator[Link]:
    roles = (("destination", event.countries.destination), ("transit", event.countries.transit), ("other", event.countries.other))
    for role, codes in roles:
        for code in codes:
            yield Link("place", code, str(index.pack.places.get(code, {}).get("name", code)), f"named as {role}")


def _parties(event: FusedEvent, index: PackIndex) -> Iterator[Link]:
    """Yield the entries of the pack's lists under the name of an actor."""
    for actor in event.actors:
        if actor.party:
            yield Link("party", actor.party, actor.name, f"linked by the text, as {actor.role}")
        if actor.role not in _LISTED:
            continue
        for x in index.pack.listed_by_key.get(name_key(actor.name), ()):
            yield Link("party", f"{x.list}/{x.entry_id}", x.name, f"{actor.name} is the name of an entry of {x.list}")
