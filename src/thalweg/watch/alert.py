"""Which rules an event fires, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from thalweg.nouns.fused import FusedEvent
from thalweg.nouns.names import name_key
from thalweg.watch.alert_rules import AlertRule
from thalweg.watch.model import Interests, Mark


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fires for an event in a state: `id` is the same whenever it is worked out, `why` says each key that fits and how."""

    id: str
    rule: str
    event: FusedEvent
    state: str
    why: tuple[str, ...]
    send: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readied:
    """A rule with what its names stand for: catalogue names and classes, and what its portfolio holds."""

    rule: AlertRule
    chips: Mapping[str, str] = field(default_factory=dict)
    eccns: Mapping[str, str] = field(default_factory=dict)
    portfolio: Interests | None = None


def fires(ready: Readied, event: FusedEvent, marked: Collection[Mark], state: str) -> Fired | None:
    """Return how a rule fires for an event in a state, None where it does not.

    Args:
        ready: the rule.
        event: the event.
        marked: what it touches; see :func:`thalweg.watch.link.marks`.
        state: the state that it has entered.
    """
    rule, why = ready.rule, []
    for test in (_kinds, _marks, _names):
        found = test(ready, event, marked, state)
        if found is None:
            return None
        why += found
    if ready.portfolio is not None:
        touched = _touched(ready.portfolio, event, marked)
        if not touched:
            return None
        why += touched
    identity = hashlib.sha256(f"{rule.name}\n{event.id}\n{state}".encode()).hexdigest()[:20]
    return Fired(f"al-{identity}", rule.name, event, state, tuple(why) or ("every event",), tuple(rule.send))


def _kinds(ready: Readied, event: FusedEvent, _marked: Collection[Mark], state: str) -> list[str] | None:
    rule, why = ready.rule, []
    for key, wanted, is_ in (
        ("type", rule.event_types, event.event_type),
        ("measure", rule.measures, event.measure_type),
        ("certainty", rule.certainty, event.certainty),
        ("state", rule.states, state),
    ):
        if wanted and is_ not in wanted:
            return None
        if wanted:
            why.append(f"{key} is {is_.replace('_', ' ')}")
    if rule.official_only and not event.official:
        return None
    return [*why, *(["told by the authority or a filing"] if rule.official_only else [])]


def _marks(ready: Readied, event: FusedEvent, marked: Collection[Mark], _state: str) -> list[str] | None:
    rule, why = ready.rule, []
    tests: list[tuple[bool, list[str]]] = []
    if rule.products:
        named = {ready.chips[v] for k, v in marked if k == "chip" and v in ready.chips}
        classes = sorted(v for k, v in marked if k == "eccn" and v in ready.eccns and ready.eccns[v] not in named)
        said = [f"about {name}" for name in sorted(named)]
        said += [f"about {v}" for v in classes if not any(other.startswith(f"{v}.") for other in classes)]
        tests.append((bool(said), said))
    if rule.destinations:
        aimed = [c for c in rule.destinations if c in (*event.countries.destination, *event.countries.transit)]
        tests.append((bool(aimed), [f"goes to {', '.join(aimed)}"]))
    if rule.imposers:
        acting = [c for c in rule.imposers if c in event.countries.imposer]
        tests.append((bool(acting), [f"by the authority of {', '.join(acting)}"]))
    if rule.rules:
        hit = [v for k, v in sorted(marked) if k == "rule" and any(_fits(p, v) for p in rule.rules)]
        tests.append((bool(hit), [f"touches rule {v}" for v in hit[:5]]))
    for fits, said in tests:
        if not fits:
            return None
        why += said
    return why


def _fits(pattern: str, rule: str) -> bool:
    return rule.startswith(pattern[:-1]) if pattern.endswith("*") else rule == pattern


def _names(ready: Readied, event: FusedEvent, _marked: Collection[Mark], _state: str) -> list[str] | None:
    rule, why = ready.rule, []
    if rule.customers:
        actors = {name_key(a.name): a for a in event.actors}
        named = [(c, actors[key]) for c in rule.customers if (key := name_key(c)) in actors]
        if not named:
            return None
        why += [f"names {c} as {a.role.replace('_', ' ')}" for c, a in named]
    if rule.words:
        text = "\n".join([event.headline, *(s for group in event.evidence.values() for s in group)]).casefold()
        said = [w for w in rule.words if w.casefold() in text]
        if not said:
            return None
        why += [f"says “{w}”" for w in said]
    return why


def _touched(mine: Interests, event: FusedEvent, marked: Collection[Mark]) -> list[str]:
    from thalweg.watch.touch import touch

    return [f"portfolio: {w}" for w in touch(event, marked, mine).why]


def message(fired: Fired, links: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return an alert as it is sent: what happened, how sure it is, why it fired, and where it is read."""
    event = fired.event
    return {
        "id": fired.id,
        "rule": fired.rule,
        "event": event.id,
        "state": fired.state,
        "headline": event.headline,
        "day": event.day,
        "event_type": event.event_type,
        "measure_type": event.measure_type,
        "certainty": event.certainty,
        "why": list(fired.why),
        "touches": [{"kind": x["kind"], "id": x["id"], "title": x["title"]} for x in links],
        "conflicts": [{"field": c.field, "values": [list(v) for v in c.values]} for c in event.conflicts],
        "sources": [
            {"publisher": t.publisher or t.source, "title": t.title, "url": t.url, "published": t.published} for t in event.accounts
        ],
        "evidence": [s for group in event.evidence.values() for s in group][:3],
    }
