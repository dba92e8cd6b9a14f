"""Alerts: raised once for each event in a state, muted with a reason, tried on history."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from thalweg.desk.watch_answers import AlertAnswer, MuteAnswer, SendingAnswer
from thalweg.desk.watch_events import standing
from thalweg.evidence import BadInput, nearest, parse_date
from thalweg.store import RaisedAlert, StaleRule, open_store

if TYPE_CHECKING:
    from thalweg.desk.watch_rules import ReadRules
    from thalweg.store import KeptEvent, Mute, WatchRoom
    from thalweg.watch.alert import Fired

FRESH_DAYS: Final = 30
"""Days after which what happened is history: a first pull of years raises no alert for them. A declared parameter."""
_SHOWN: Final = {"silence": "status", "stale": "digest"}
_NEAREST: Final = 2_000
"""Events, the latest, whose ids are compared with one that there is not."""
Where = str | Path | None


def raise_for(room: WatchRoom, rules: ReadRules, ids: Collection[str], stale: Sequence[StaleRule] = (), *, now: dt.datetime) -> list[str]:
    """Raise the alerts that events, in the state that they are in, and stale rules call for; return the ids of those that are new."""
    today = now.astimezone(dt.UTC).date()
    mutes = room.alerts.mutes()
    raised: list[str] = []
    for kept in room.events.get(ids).values():
        if _fresh(kept, today):
            fired = _fired(rules, kept, kept.event.state_on(today))
            raised += [f.id for f in fired if _raise(room, f, kept, mutes, now)]
    for notice in stale:
        raised += _special(room, rules, "stale", f"{notice.rule}/{notice.document}", notice.amended_on, notice.said(), mutes, now)
    return raised


def raise_due(room: WatchRoom, rules: ReadRules, *, now: dt.datetime) -> list[str]:
    """Raise what is due though no document came: events that were not looked at with these rules, and printed days that have come."""
    today = now.astimezone(dt.UTC).date()
    first = (today - dt.timedelta(FRESH_DAYS)).isoformat()
    ids = {k.event.id for k in room.events.between(first, today.isoformat())} | set(room.events.turning(first, today.isoformat()))
    return raise_for(room, rules, ids, [s for s in room.events.stale() if s.noted_at >= first], now=now)


def raise_silence(room: WatchRoom, rules: ReadRules, source: str, since: str, said: str, *, now: dt.datetime) -> list[str]:
    """Raise that a source fell silent, or fails, since an instant; once for each such stretch."""
    return _special(room, rules, "silence", source, since, said, room.alerts.mutes(), now)


def _special(
    room: WatchRoom, rules: ReadRules, kind: str, what: str, state: str, said: str, mutes: Sequence[Mute], now: dt.datetime
) -> list[str]:
    raised = []
    at = now.astimezone(dt.UTC).isoformat(timespec="seconds")
    for ready in rules.rules:
        rule = ready.rule
        if rule.kind not in (kind, "any") or (kind == "stale" and rule.rules and not any(_fits(p, what) for p in rule.rules)):
            continue
        identity = "al-" + hashlib.sha256(f"{rule.name}\n{kind}:{what}\n{state}".encode()).hexdigest()[:20]
        muted = next((m for m in mutes if m.holds(rule.name, f"{kind}:{what}", at[:10])), None)
        body: dict[str, Any] = {"id": identity, "rule": rule.name, "event": f"{kind}:{what}", "state": state, "headline": said}
        body |= {"day": at[:10], "certainty": "official_final" if kind == "stale" else "", "why": [f"kind is {kind}"], "sources": []}
        body |= {"muted": muted.reason if muted else "", "send": list(rule.send)}
        alert = RaisedAlert(identity, rule.name, f"{kind}:{what}", state, at, body)
        if room.alerts.raise_once(alert, {f"{kind}:{what}"}, () if muted else rule.send):
            raised.append(identity)
    return raised


def _fits(pattern: str, what: str) -> bool:
    rule = what.rpartition("/")[0] if "/" in what else what
    return what.startswith(pattern[:-1]) if pattern.endswith("*") else what.startswith(f"{pattern}/") or rule == pattern


def _fresh(kept: KeptEvent, today: dt.date) -> bool:
    """Say whether what an event tells is no history yet: it happened, or entered its state, in the last days.

    One without a day, or with one that lies ahead, is held to the day on which it was first read.
    """
    event = kept.event
    first = (today - dt.timedelta(FRESH_DAYS)).isoformat()
    entered = [s.entered for s in event.states if s.entered <= today.isoformat()]
    return kept.known_on(today.isoformat()) >= first or any(on >= first for on in entered[-1:])


def _fired(rules: ReadRules, kept: KeptEvent, state: str) -> Iterator[Fired]:
    from thalweg.watch.alert import fires

    for ready in rules.rules:
        if ready.rule.kind in ("event", "any") and (fired := fires(ready, kept.event, kept.marks, state)):
            yield fired


def _raise(room: WatchRoom, fired: Fired, kept: KeptEvent, mutes: Sequence[Mute], now: dt.datetime) -> bool:
    from thalweg.watch.alert import message

    at = now.astimezone(dt.UTC).isoformat(timespec="seconds")
    muted = next((m for m in mutes if m.holds(fired.rule, fired.event.id, at[:10])), None)
    body = (
        message(fired, kept.links.get("links", ()))
        | _said(kept, at[:10])
        | {"muted": muted.reason if muted else "", "send": list(fired.send)}
    )
    alert = RaisedAlert(fired.id, fired.rule, fired.event.id, fired.state, at, body)
    return room.alerts.raise_once(alert, {t.key for t in fired.event.accounts}, () if muted else fired.send)


def _said(kept: KeptEvent, today: str) -> dict[str, str]:
    """Return the day in words, where it has to be said how it is known, and who says so."""
    return {"dated": kept.dated(today), "standing": standing(kept.event)}


# ---------------------------------------------------------------- verbs


def rule_names(file: Path, *, pack: str | Path | None = None) -> frozenset[str]:
    """Return the names of the rules of a file.

    Raises:
        BadInput: if it cannot be read.
    """
    from thalweg.desk.packs import the_pack
    from thalweg.desk.watch_rules import read_rules

    return frozenset(r.rule.name for r in read_rules(file, the_pack(pack), dt.datetime.now(dt.UTC).date()).rules)


def alerts(
    *,
    store: Where = None,
    since: str | None = None,
    rule: str | None = None,
    names: Collection[str] | None = None,
    rules: str | Path | None = None,
    pack: str | Path | None = None,
    limit: int | None = None,
) -> list[AlertAnswer]:
    """Return the alerts that were raised, the latest first: of one rule, of the rules of some names, or of all.

    Raises:
        BadInput: if the day is not one, or there is no such rule.
        StoreError: if there is no store, or it cannot be read.
    """
    first = parse_date(since, field="since").isoformat() if since else ""
    at_hand = _rules_at_hand(rules, pack) if rule else frozenset()
    with open_store(store, create=False) as held, held.watch() as room:
        _check(room, rule or "", "", at_hand)
        found = room.alerts.alerts(since=first, rule=rule, limit=None if names is not None else limit)
        return [_answer(a) for a in found if names is None or a.rule in names][:limit]


def try_rules(
    file: Path, *, since: str, store: Where = None, pack: str | Path | None = None, now: dt.datetime | None = None
) -> list[AlertAnswer]:
    """Return what the rules of a file would have raised for the events since a day, in the order of the days; nothing is kept or sent.

    Each event is held against the rules in every state that it entered since the day.

    Raises:
        BadInput: if the file or the day cannot be read.
        StoreError: if there is no store, or it cannot be read.
    """
    from thalweg.desk.packs import the_pack
    from thalweg.desk.watch_rules import read_rules
    from thalweg.watch.alert import message

    moment = now or dt.datetime.now(dt.UTC)
    first, today = parse_date(since, field="since").isoformat(), moment.astimezone(dt.UTC).date()
    rules = read_rules(file, the_pack(pack), today)
    found: list[AlertAnswer] = []
    with open_store(store, create=False) as held, held.watch() as room:
        ids = {k.event.id for k in room.events.between(first, today.isoformat())} | set(room.events.turning(first, today.isoformat()))
        for kept in room.events.get(ids).values():
            for on, state in _entered(kept, first, today):
                for fired in _fired(rules, kept, state):
                    body = message(fired) | _said(kept, today.isoformat()) | {"muted": "", "send": list(fired.send)}
                    found.append(_answer(RaisedAlert(fired.id, fired.rule, kept.event.id, state, on, body)))
        for notice in room.events.stale():
            for ready in rules.rules:
                if ready.rule.kind in ("stale", "any") and notice.noted_at >= first:
                    body = {"headline": notice.said(), "day": notice.amended_on, "why": ["kind is stale"], "send": list(ready.rule.send)}
                    what = f"stale:{notice.rule}/{notice.document}"
                    found.append(_answer(RaisedAlert("", ready.rule.name, what, notice.amended_on, notice.noted_at, body)))
    return sorted(found, key=lambda a: (a.at, a.rule, a.event))


def _entered(kept: KeptEvent, first: str, today: dt.date) -> list[tuple[str, str]]:
    """Return the days and states that an event entered in a stretch of days, the last one of each day; else that on its own day."""
    event, on = kept.event, kept.known_on(today.isoformat())
    found = list({s.entered: str(s.state) for s in event.states if first <= s.entered <= today.isoformat()}.items())
    return found or ([(on, str(event.state_on(today)))] if on >= first else [])


def waiting(*, store: Where = None) -> list[SendingAnswer]:
    """Return what was raised and not sent yet.

    Raises:
        StoreError: if there is no store, or it cannot be read.
    """
    with open_store(store, create=False) as held, held.watch() as room:
        return [
            SendingAnswer(
                alert=s.alert.id,
                rule=s.alert.rule,
                outlet=s.outlet,
                made_at=s.made_at,
                tries=s.tries,
                next_at=s.next_at,
                error=s.error,
                on_its_way_since=s.trying_at or "",
            )
            for s in room.alerts.waiting()
        ]


def _check(room: WatchRoom, rule: str, event: str, names: Collection[str]) -> None:
    """Refuse a rule that no alert was raised by and no file names, and an event that the store does not have.

    Raises:
        BadInput: with the nearest names.
    """
    if rule:
        known = {*names, *room.alerts.rules()}
        if rule not in known:
            there = f"; there are {', '.join(sorted(known)[:20])}" if known else ""
            raise BadInput(
                f"there is no rule {rule!r}: no alert was raised by it, and no file of rules at hand names it{nearest(rule, known)}"
                f"{there}; name the file with --rules"
            )
    kind, sign, what = event.partition(":")
    if event and sign and kind in ("silence", "stale"):
        known = {s.source for s in room.documents.watermarks()} | {"sources.yaml"} | _sources()
        if kind == "stale":
            known = {f"{s.rule}/{s.document}" for s in room.events.stale()}
        if what not in known:
            there = "there is no source" if kind == "silence" else "there is no notice of a stale rule"
            raise BadInput(f"{event}: {there} {what!r}{nearest(what, known)}; `thalweg watch {_SHOWN[kind]}` lists them")
    elif event and event not in room.events.get([event]) and not room.alerts.of_event(event):
        known = {k.event.id for k in room.events.between(limit=_NEAREST)} if event.startswith("ev-") else set()
        raise BadInput(f"{event}: there is no such event in the store{nearest(event, known)}; `thalweg watch events` lists them")


def _sources() -> set[str]:
    from thalweg.desk.watch import source_ids

    with contextlib.suppress(BadInput):
        return {*source_ids()}
    return set()


def _rules_at_hand(rules: str | Path | None, pack: str | Path | None) -> frozenset[str]:
    """Return the names of the rules of the file of rules; none where there is no file, or where one that was not named cannot be read."""
    from thalweg.desk.watch_rules import rules_file

    path = rules_file(rules)
    if path is None:
        return frozenset()
    try:
        return rule_names(path, pack=pack)
    except BadInput:
        if rules is not None:
            raise
        return frozenset()


def mute(
    *,
    rule: str = "",
    event: str = "",
    reason: str,
    who: str,
    until: str | None = None,
    store: Where = None,
    rules: str | Path | None = None,
    pack: str | Path | None = None,
    now: dt.datetime | None = None,
) -> int:
    """Keep back alerts of a rule, of an event, or of a rule on an event, also those that wait to be sent; return the number of the mute.

    Raises:
        BadInput: if neither is named or there is none such, no reason is given, or the day is not one.
        StoreError: if there is no store, or it cannot be written.
    """
    if not (rule or event):
        raise BadInput("name a rule, an event, or both to mute")
    if not reason.strip():
        raise BadInput("give a reason for the mute; whoever reads the list of mutes needs it")
    end = parse_date(until, field="until").isoformat() if until else ""
    at = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).isoformat(timespec="seconds")
    names = _rules_at_hand(rules, pack) if rule else frozenset()
    with open_store(store, create=False) as held, held.watch(write=True) as room:
        _check(room, rule, event, names)
        number = room.alerts.mute(rule, event, reason=reason.strip(), who=who, at=at, until=end)
        room.alerts.keep_back(next(m for m in room.alerts.mutes() if m.number == number), at[:10])
        return number


def unmute(number: int, *, store: Where = None, now: dt.datetime | None = None) -> None:
    """Lift a mute; what it kept back is not sent afterwards.

    Raises:
        StoreError: if there is no such mute, or the store cannot be written.
    """
    at = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).isoformat(timespec="seconds")
    with open_store(store, create=False) as held, held.watch(write=True) as room:
        room.alerts.unmute(number, at)


def mutes(*, store: Where = None) -> list[MuteAnswer]:
    """Return every mute, lifted ones too.

    Raises:
        StoreError: if there is no store, or it cannot be read.
    """
    with open_store(store, create=False) as held, held.watch() as room:
        return [
            MuteAnswer(
                number=m.number, rule=m.rule, event=m.fused, reason=m.reason, who=m.who, at=m.at, until=m.until, lifted_at=m.lifted_at or ""
            )
            for m in room.alerts.mutes()
        ]


def _answer(alert: RaisedAlert) -> AlertAnswer:
    body = alert.body
    return AlertAnswer(
        id=alert.id,
        rule=alert.rule,
        event=alert.fused,
        state=alert.state,
        at=alert.at,
        headline=str(body.get("headline", "")),
        day=str(body.get("day", "")),
        dated=str(body.get("dated") or body.get("day", "")),
        standing=str(body.get("standing", "")),
        certainty=str(body.get("certainty", "")),
        why=[str(w) for w in body.get("why", ())],
        send=[str(s) for s in body.get("send", ())],
        muted=str(body.get("muted", "")),
        sources=[{k: str(v) for k, v in s.items()} for s in body.get("sources", ())],
    )
