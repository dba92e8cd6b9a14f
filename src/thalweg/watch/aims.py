"""What a measure is aimed at: authority, place and thing, or authority and party. Events that share one may be of one matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from thalweg.nouns.fused import FusedEvent
from thalweg.nouns.names import name_key

ANY: Final = "*"
"""Stands for the place where one is not asked for."""
_RULES: Final = frozenset({"regulation", "licence", "de_escalation"})
_AUTHORITIES: Final = frozenset({"imposer", "official", "enforcer", "legislature"})
_NAME: Final = re.compile(r"[A-Z][\w&.-]*(?: [A-Z][\w&.-]*){1,4}")
_OF_STATES: Final = frozenset(
    ["entity", "list", "department", "commerce", "bureau", "industry", "security", "export", "us", "states", "ministry", "chinese"]
)
_MOST: Final = 40


def aims(event: FusedEvent) -> frozenset[str]:
    """Return what an event is aimed at, each as words in a line: `US CN nvidia h20`, `US * nvidia h20`, `US listing huawei`."""
    return frozenset(sorted(_aims(event))[:_MOST])


def _aims(event: FusedEvent) -> Iterator[str]:
    if event.event_type in _RULES:
        things = {x for i in event.items if (x := (i.chip or i.eccn).casefold())}
        for imposer in event.countries.imposer:
            yield from (f"{imposer} {place} {thing}" for thing in things for place in (ANY, *event.countries.destination))
    elif event.event_type == "listing":
        named = {k for a in event.actors if a.role not in _AUTHORITIES and (k := name_key(a.name))} | set(_named(event))
        for imposer in event.countries.imposer:
            yield from (f"{imposer} listing {name}" for name in named)


def _named(event: FusedEvent) -> Iterator[str]:
    """Yield the names of two and more words in the sentences of a listing, those of authorities left out."""
    for text in dict.fromkeys([event.headline, *(s for group in event.evidence.values() for s in group)]):
        for m in _NAME.finditer(text):
            key = name_key(m[0])
            if key and not {*key.split()} & _OF_STATES:
                yield key
