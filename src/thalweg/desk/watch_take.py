"""Taking documents in: their events, fused with what is known, linked to the pack, and the alerts that follow, in one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from thalweg.desk.watch_answers import Reread, Taken
from thalweg.desk.watch_pack import indexed
from thalweg.nouns.fused import Account, FusedEvent, first_day
from thalweg.nouns.news import Document, Event
from thalweg.store import Pull, StaleRule

if TYPE_CHECKING:
    from thalweg.desk.watch_rules import ReadRules
    from thalweg.pack import Pack
    from thalweg.store import Store, TakenDocument, WatchRoom

_AHEAD: Final = ("effective", "expiry", "expected", "event", "comments_close_on")
"""Dates that may lie ahead, by which the calendar finds an event."""
_SHARED: Final = ("rule", "event", "number", "measure")
"""What an event that moves another shares with it."""
Extract = Callable[[Document], Sequence[Event]]
_WINDOW: Final = 45
"""Days around an account in which accounts of its family are read to be compared with it; more than the days in which they may match."""


@dataclass
class _Work:
    """What one taking gathers."""

    room: WatchRoom
    pack: Pack
    at: str
    touched: set[str] = field(default_factory=set)
    fresh: list[tuple[Account, str, int]] = field(default_factory=list)
    new_events: list[str] = field(default_factory=list)
    changed_events: list[str] = field(default_factory=list)
    stale: list[StaleRule] = field(default_factory=list)


def take_documents(
    store: Store,
    documents: Iterable[Document],
    *,
    pack: Pack,
    now: dt.datetime,
    rules: ReadRules | None = None,
    pull: Pull | None = None,
    knowledge: str | Path | None = None,
    extract: Extract | None = None,
    extractor: str = "",
) -> Taken:
    """Take documents into the store: all that follows from them stays, or nothing of it.

    Args:
        store: the open store.
        documents: as a source gave them; those that are there in the same wording change nothing.
        pack: the knowledge that events are linked to.
        now: the instant, with its time zone.
        rules: the alert rules, where there are some.
        pull: the pull that brought them, to be noted in the same transaction.
        knowledge: the folder of the pack, whose words the extractor reads with; the embedded one if left out.
        extract: what reads events from a document, for tests; the extractor of the watch if left out.
        extractor: its version.

    Raises:
        StoreError: if the store cannot be written.
    """
    from thalweg.desk.watch_alerts import raise_for

    read, version = (extract, extractor) if extract else _extractor(knowledge)
    at = instant(now)
    given = list(documents)
    problems: list[str] = []
    told = _told(store, given, read, problems)
    with store.watch(write=True) as room:
        taken = room.documents.take(given, at=at, extractor=version)
        work = _Work(room, pack, at)
        for one in taken:
            if one.outcome != "same":
                _take_in(work, one, told.get(one.document.id), read, problems)
        _refuse(work)
        changed = [*work.new_events, *work.changed_events]
        alerts = raise_for(room, rules, changed, work.stale, now=now) if rules else []
        fresh = sum(t.outcome != "same" for t in taken)
        if pull is not None:
            room.documents.pulled(replace(pull, at=at, documents=len(given), fresh=fresh))
    return Taken(
        documents=len(taken),
        new=sum(t.outcome == "new" for t in taken),
        changed=sum(t.outcome == "changed" for t in taken),
        events=work.new_events,
        changed_events=work.changed_events,
        stale=[s.said() for s in work.stale],
        alerts=alerts,
        problems=problems,
    )


def take_again(
    store: Store,
    *,
    pack: Pack,
    now: dt.datetime,
    knowledge: str | Path | None = None,
    extract: Extract | None = None,
    extractor: str = "",
) -> list[Reread]:
    """Read the documents anew that another version of the extractor read, and return where it reads them otherwise.

    Raises:
        StoreError: if the store cannot be written.
    """
    read, version = (extract, extractor) if extract else _extractor(knowledge)
    found: list[Reread] = []
    with store.watch(write=True) as room:
        work = _Work(room, pack, instant(now))
        documents = list(room.documents.newest(not_by=version))
        before = room.events.told_by(d.id for d in documents)
        of: defaultdict[str, dict[str, Event]] = defaultdict(dict)
        for account, _ in before.values():
            of[account.event.document][account.event.key] = account.event
        for document in documents:
            events = tuple(read(document))
            difference = _difference(document.id, of[document.id], {e.key: e for e in events})
            if difference is None:
                continue
            found.append(difference)
            _put(work, document, events)
        room.documents.read_by((d.id for d in documents), version)
        _refuse(work)
    return found


def instant(now: dt.datetime) -> str:
    """Return an instant in UTC in ISO form, to the second."""
    return now.astimezone(dt.UTC).isoformat(timespec="seconds")


def account_of(event: Event, document: Document) -> Account:
    """Return an event with what tells how near its document stands to the original."""
    return Account(
        event, document.source, document.publisher, document.url, document.title, document.kind, document.published, document.facts
    )


def _extractor(folder: str | Path | None) -> tuple[Extract, str]:
    """Return what reads events from a document, by the words of a knowledge folder, and its version."""
    from thalweg.watch.extract import EXTRACTOR, extract, load_lexicon

    lexicon = load_lexicon(folder)
    return (lambda document: extract(document, lexicon)), EXTRACTOR


def _told(store: Store, given: Sequence[Document], read: Extract, problems: list[str]) -> dict[str, tuple[Event, ...]]:
    """Read the events of the documents that are not known yet, before the store is held for writing."""
    with store.watch() as room:
        known = room.documents.known(given)
    return {d.id: _read(d, read, problems) for d in given if d.id not in known}


def _read(document: Document, read: Extract, problems: list[str]) -> tuple[Event, ...]:
    """Read the events of a document; one that the extractor fails on gives none and is named, the others are not held up by it."""
    try:
        return tuple(read(document))
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError, AttributeError) as error:
        problems.append(f"{document.id}: its events could not be read ({type(error).__name__}: {error}); the document is kept")
        return ()


def _take_in(work: _Work, one: TakenDocument, told: tuple[Event, ...] | None, read: Extract, problems: list[str]) -> None:
    from thalweg.watch.stale import stale

    document = one.document
    _put(work, document, _read(document, read, problems) if told is None else told)
    found = [
        StaleRule(a.rule, a.document, a.amended_on, a.reviewed, a.level, a.citation, a.url, a.title)
        for a in stale(document, indexed(work.pack))
    ]
    work.stale += work.room.events.note_stale(found, at=work.at)


def _put(work: _Work, document: Document, events: Sequence[Event]) -> None:
    from thalweg.watch.features import Sketch

    sketches = [Sketch(account_of(e, document)) for e in events]
    told = [(s.account, s.family, s.day) for s in sketches]
    work.touched |= set(work.room.events.replace(document.id, told))
    work.fresh += told


def _refuse(work: _Work) -> None:
    """Fuse the accounts that came with those near them, and put the events that changed in the place of those that stood."""
    from thalweg.watch.fuse import fuse

    around = _around(work)
    if not around and not work.touched:
        return
    new = {a.event.key for a, _, _ in work.fresh}
    held: dict[str, set[str]] = defaultdict(set)
    for key, (_, fused) in around.items():
        if fused:
            held[fused].add(key)
    made = [f for f in fuse(a for a, _ in around.values()) if _differs(f, around, held, new, work.touched)]
    named = _named(made, around, held)
    gone = {f for event in made for f in _before(event, around)} | (work.touched - set(held))
    kept_ids = {f.id for f in named}
    stood = work.room.events.get([*kept_ids])
    work.room.events.drop(gone - kept_ids)
    accounts = {key: a for key, (a, _) in around.items()}
    followed = _follow(work, named, accounts)
    work.room.events.put([_linked(f, accounts, work.pack) for f in followed.values()], at=work.at)
    work.room.events.belong({f.id: [t.key for t in f.accounts] for f in named})
    work.new_events = [f.id for f in named if f.id not in stood]
    work.changed_events = [i for i in followed if i not in work.new_events]


def _around(work: _Work) -> dict[str, tuple[Account, str]]:
    """Return the accounts that came, those of their families in the days around, those under their numbers, and all of their events."""
    from thalweg.watch.features import Sketch

    events = work.room.events
    spans: dict[str, list[int]] = {}
    for _, family, day in work.fresh:
        spans.setdefault(family, []).append(day)
    found: dict[str, tuple[Account, str]] = {}
    for family, days in spans.items():
        for first, last in _stretches(days):
            found |= events.near(family, first, last)
    numbers = {("number", n) for a, _, _ in work.fresh for n in Sketch(a).numbers}
    ids = set(events.touching(numbers)) | work.touched | {fused for _, fused in found.values() if fused}
    found |= events.members(ids)
    return found


def _stretches(days: Iterable[int]) -> list[tuple[int, int]]:
    """Return the stretches of days around the days given; those that meet are one."""
    found: list[tuple[int, int]] = []
    for day in sorted(set(days)):
        first, last = day - _WINDOW, day + _WINDOW
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _before(made: FusedEvent, around: Mapping[str, tuple[Account, str]]) -> Counter[str]:
    return Counter(fused for t in made.accounts if (fused := around[t.key][1]))


def _differs(
    made: FusedEvent, around: Mapping[str, tuple[Account, str]], held: Mapping[str, set[str]], new: set[str], touched: set[str]
) -> bool:
    """Say whether an event is other than what stands: an account came or went, or other accounts belong together."""
    keys = {t.key for t in made.accounts}
    before = _before(made, around)
    return bool(keys & new) or len(before) != 1 or any(held[f] != keys or f in touched for f in before)


def _named(made: Sequence[FusedEvent], around: Mapping[str, tuple[Account, str]], held: Mapping[str, set[str]]) -> list[FusedEvent]:
    """Let each event keep the id under which most of its accounts stood; one event only keeps an id, the others get one of their own."""
    wishes = [(n, i, event) for event in made for i, n in _before(event, around).items()]
    given: dict[str, str] = {}
    used: set[str] = set()
    for _, i, event in sorted(wishes, key=lambda w: (-w[0], w[1], w[2].lead)):
        if i not in used and event.lead not in given:
            given[event.lead] = i
            used.add(i)
    named = []
    for event in made:
        identity = given.get(event.lead) or event.id
        while event.lead not in given and (identity in used or identity in held):
            identity = "ev-" + hashlib.sha256(identity.encode()).hexdigest()[:16]
        used.add(identity)
        named.append(replace(event, id=identity))
    return named


def _linked(
    event: FusedEvent, accounts: Mapping[str, Account], pack: Pack
) -> tuple[FusedEvent, dict[str, Any], frozenset[tuple[str, str]]]:
    from thalweg.watch.follow import moves_another
    from thalweg.watch.link import link, marks

    told = tuple(accounts[t.key] for t in event.accounts if t.key in accounts)
    links = link(event, told, indexed(pack))
    facts = {k: v for a in reversed(told) for k, v in a.facts.items() if k == "comments_close_on"}
    kept = [{"kind": x.kind, "id": x.id, "title": x.title, "why": x.why} for x in links]
    stated = {**event.dates, **facts}
    dated = {("date", first_day(stated[k])) for k in _AHEAD if stated.get(k)}
    found = marks(event, links)
    moves = {("moves", v) for k, v in found if k in _SHARED} if moves_another(event) else set()
    marked = found | moves | dated | ({("follows", event.follows)} if event.follows else set())
    return event, {"links": kept, "facts": facts}, marked


def _follow(work: _Work, named: Sequence[FusedEvent], accounts: dict[str, Account]) -> dict[str, FusedEvent]:
    """Let an event that stays, ends or brings back a rule say so on the event that made the rule; return all that changed, by id.

    Looked at are the events that changed, and those known ones that move what one of them made.
    """
    from thalweg.watch.follow import followed, moves_another, without

    out = {f.id: f for f in named}
    marked = {f.id: _linked(f, accounts, work.pack)[2] for f in named}
    moved_by = {("follows", i) for i in out} | {("moves", v) for some in marked.values() for k, v in some if k in _SHARED}
    known = work.room.events.get({*work.room.events.touching(moved_by), *out})
    again = [k.event for i, k in known.items() if i not in out]
    for event in sorted([*named, *again], key=lambda e: (e.day, e.id)):
        if not moves_another(event):
            continue
        shared = {m for m in (marked[event.id] if event.id in marked else known[event.id].marks) if m[0] in _SHARED}
        candidates = work.room.events.get(set(work.room.events.touching(shared)) - {event.id})
        near = {i: k.event for i, k in candidates.items()} | {
            i: f for i, f in out.items() if i in candidates or marked.get(i, frozenset()) & shared
        }
        result = followed(event, list(near.values()))
        before = known[event.id].event.follows if event.id in known else ""
        if before and (result is None or before != result[0].id) and (old := work.room.events.get([before]).get(before)):
            out[before] = without(event, out.get(before, old.event))
        if result is not None:
            earlier, later = result
            out[earlier.id] = earlier
            if later != event or later.id in out:
                out[later.id] = later
    missing = [i for i in out if i not in marked]
    accounts.update({key: account for key, (account, _) in work.room.events.members(missing).items()})
    return out


def _difference(document: str, before: Mapping[str, Event], after: Mapping[str, Event]) -> Reread | None:
    """Return where two readings of a document differ, None where they do not."""
    import dataclasses

    changed = {
        key: [f.name for f in dataclasses.fields(Event) if getattr(before[key], f.name) != getattr(after[key], f.name)]
        for key in before.keys() & after.keys()
    }
    changed = {k: v for k, v in sorted(changed.items()) if v}
    added, removed = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    if not (added or removed or changed):
        return None
    return Reread(document=document, added=added, removed=removed, changed=changed)
