"""From accounts of what happened to what happened: each event once, as the account nearest to the original tells it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Final

from thalweg.nouns.fused import Account, FusedEvent, Told, last_day
from thalweg.nouns.news import EventCountries
from thalweg.watch.conflicts import conflicts_of
from thalweg.watch.features import DAYS_APART, SAME, Likeness, Sketch, likeness
from thalweg.watch.identify import identifiers
from thalweg.watch.nearness import as_the_file_says, nearness
from thalweg.watch.states import claims, history, overruled

_FILLED: Final = ("actors", "items", "amounts", "quantities")
_ROLES: Final = ("imposer", "source", "transit", "destination", "other")
_CROWD: Final = 400
"""Accounts under one handle beyond which it tells nothing apart and is not used."""


def fuse(accounts: Iterable[Account]) -> tuple[FusedEvent, ...]:
    """Return the events that accounts tell of, each once, by day and id.

    Accounts are compared where they are of one family of events and share a handle: a number of an authority, a party, an item, or
    measure and countries, within some days of each other. Two that score enough are of one event, and so are those that each shares an
    event with, unless two of them cannot be (another authority, or parties of whom none is the same). The order of the accounts does not
    matter.
    """
    sketches = {a.event.key: Sketch(a) for a in sorted(accounts, key=lambda a: (a.event.key, a.url, a.title))}
    pairs = _alike(sketches)
    found = [_fused([sketches[k].account for k in keys], pairs) for keys in _clusters(sketches, pairs)]
    return tuple(sorted(found, key=lambda f: (f.day, f.id)))


def _alike(sketches: Mapping[str, Sketch]) -> dict[tuple[str, str], Likeness]:
    """Return the pairs that score enough, by their keys in order."""
    found: dict[tuple[str, str], Likeness] = {}
    seen: set[tuple[str, str]] = set()
    for keys, by_number in _blocks(sketches):
        for one, other in combinations(keys, 2):
            if (one, other) in seen:
                continue
            a, b = sketches[one], sketches[other]
            if a.family != b.family or a.account.event.document == b.account.event.document:
                continue  # a document that tells of two events tells of two
            if not by_number and a.day and b.day and abs(a.day - b.day) > DAYS_APART:
                continue
            seen.add((one, other))
            alike = likeness(a, b)
            if alike.points >= SAME:
                found[one, other] = alike
    return found


def _blocks(sketches: Mapping[str, Sketch]) -> Iterator[tuple[list[str], bool]]:
    """Yield the keys under each handle, in order, and whether the handle is a number, which holds whatever the days between."""
    under: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, s in sketches.items():
        for handle in handles(s):
            under[handle].append(key)
    for handle, keys in under.items():
        if 1 < len(keys) <= _CROWD:
            yield keys, handle[0] == "number"


def handles(s: Sketch) -> Iterator[tuple[str, ...]]:
    """Yield what an account is found by: its numbers, and in its stretch of days its parties, items, and its measure and countries."""
    for number in s.numbers:
        yield "number", number
    countries = s.event.countries
    named: list[tuple[str, ...]] = []
    named += [("party", p) for p in s.subjects | s.makers]
    named += [("item", t) for t in s.things]
    named += [("aim", s.event.measure_type, i, d) for i in countries.imposer or ("",) for d in countries.destination or ("",)]
    for part in (s.day // DAYS_APART, s.day // DAYS_APART + 1) if s.day else (0,):
        yield from ((kind, s.family, str(part), *what) for kind, *what in named)


def _clusters(sketches: Mapping[str, Sketch], pairs: Mapping[tuple[str, str], Likeness]) -> list[list[str]]:
    """Join the pairs, the surest first, where no two accounts that would come together exclude each other."""
    of = {key: [key] for key in sketches}
    for one, other in sorted(pairs, key=lambda p: (-pairs[p].points, p)):
        left, right = of[one], of[other]
        if left is right or any(_excluded(sketches[a], sketches[b]) for a in left for b in right):
            continue
        joined = sorted([*left, *right])
        for key in joined:
            of[key] = joined
    return list({id(group): group for group in of.values()}.values())


def _excluded(a: Sketch, b: Sketch) -> bool:
    """Say whether two accounts cannot be of one event: other authorities, or one document; other parties and no number in common."""
    if a.account.event.document == b.account.event.document:
        return True
    one, other = a.event.countries.imposer, b.event.countries.imposer
    return bool(one and other and not {*one} & {*other})


def _fused(accounts: Sequence[Account], pairs: Mapping[tuple[str, str], Likeness]) -> FusedEvent:
    ordered = sorted(accounts, key=order)
    lead, event = ordered[0], ordered[0].event
    fields, filled = _fill(ordered)
    conflicts, doubted = conflicts_of(ordered)
    ranks = {a.event.key: nearness(a) for a in ordered}
    denied = bool(event.contradicts)
    heard = [a for a in ordered if not (denied and a.event.key in doubted)]
    said, gainsaid = overruled([c for a in heard for c in claims(a, ranks[a.event.key])])
    states, refused = history(said)
    told = tuple(
        Told(
            key=a.event.key,
            document=a.event.document,
            source=a.source,
            publisher=a.publisher,
            url=a.url,
            title=a.title,
            published=a.published.isoformat() if a.published else "",
            nearness=ranks[a.event.key],
            certainty="contradicted" if a.event.key in doubted or a.event.contradicts else a.event.certainty,
            why=(*(("the publisher is as the file says",) if as_the_file_says(a) else ()), *_why(a.event.key, lead.event.key, pairs)),
        )
        for a in ordered
    )
    return FusedEvent(
        id=f"ev-{hashlib.sha256(min(a.event.key for a in ordered).encode()).hexdigest()[:16]}",
        lead=event.key,
        headline=event.headline or lead.title,
        day=_day(ordered),
        event_type=event.event_type,
        measure_type=event.measure_type,
        certainty="contradicted" if denied or event.key in doubted else event.certainty,
        status=event.status,
        accounts=told,
        countries=_countries(ordered),
        dates=_dates(ordered),
        filled=filled,
        conflicts=conflicts,
        states=states,
        refused=(*refused, *gainsaid),
        identifiers=tuple(sorted({i for a in ordered for i in identifiers(a)})),
        evidence=event.evidence,
        **fields,
    )


def order(account: Account) -> tuple[int, str, str, str]:
    """The order of accounts of one event: the nearest to the original first, then the earlier, then by key."""
    return nearness(account), account.published.isoformat() if account.published else "9999", account.event.document, account.event.key


def _why(key: str, lead: str, pairs: Mapping[tuple[str, str], Likeness]) -> tuple[str, ...]:
    """Return why an account is of the event: how it is like the lead, or like the account by which it came in."""
    if key == lead:
        return ()
    direct = pairs.get((min(key, lead), max(key, lead)))
    if direct:
        return (f"{direct.points:.1f} points against the lead, {SAME:.0f} needed", *direct.why)
    near = max(((p, x) for p, x in pairs.items() if key in p), key=lambda e: (e[1].points, e[0]), default=None)
    if near is None:
        return ()
    through = next(k for k in near[0] if k != key)
    return (f"{near[1].points:.1f} points against {through}, {SAME:.0f} needed", *near[1].why)


def _fill(ordered: Sequence[Account]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields of the nearest account, and from which account those come that it leaves out."""
    fields: dict[str, Any] = {}
    filled: dict[str, str] = {}
    for name in _FILLED:
        giver = next((a for a in ordered if getattr(a.event, name)), ordered[0])
        fields[name] = getattr(giver.event, name)
        if giver is not ordered[0]:
            filled[name] = giver.event.key
    return fields, filled


def _countries(ordered: Sequence[Account]) -> EventCountries:
    return EventCountries(
        **{role: next((v for a in ordered if (v := getattr(a.event.countries, role))), ()) for role in _ROLES},
    )


def _dates(ordered: Sequence[Account]) -> dict[str, str]:
    """Return the dates by what they date, each from the nearest account that states it; the day that a medium was printed on is none."""
    keys = sorted({k for a in ordered for k in a.event.dates})
    found = {
        k: next((a.event.dates[k] for a in ordered if k in a.event.dates and (k != "published" or nearness(a) <= 1)), "") for k in keys
    }
    return {k: v for k, v in found.items() if v}


def _day(ordered: Sequence[Account]) -> str:
    """Return the day of the event: that stated by the nearest account, else the earliest day of a document."""
    for key in ("event", "announced", "published", "effective"):
        for a in ordered:
            stated = a.event.dates.get(key, "")
            if stated and (key != "published" or nearness(a) <= 1) and (key != "effective" or not _ahead(stated, a)):
                return stated
    days = [a.published.isoformat() for a in ordered if a.published]
    return min(days, default=next((s for a in ordered for s in a.event.dates.values()), ""))


def _ahead(stated: str, account: Account) -> bool:
    return account.published is not None and last_day(stated) > account.published.isoformat()
