"""Ownership in FollowTheMoney entities, as OpenSanctions publishes them (https://followthemoney.tech/explorer/schemata/Ownership/).

An `Ownership` entity links owners to assets; its percentage is free text. Directorships and other links are no ownership.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.ownership import UNKNOWN_SHARE, OwnershipEdge, OwnershipGraph, Share
from thalweg.sources.ownership.build import Builder, as_list, text_of
from thalweg.sources.ownership.days import day_after, first_day
from thalweg.sources.ownership.records import Record
from thalweg.sources.ownership.shares import percentage

_MOST_PAIRS: Final = 1_000
"""Owners times assets of one ownership: some bytes could stand for millions of holdings."""
_COUNTRIES: Final = ("jurisdiction", "mainCountry", "country")
_LINKS: Final = frozenset(
    ["Directorship", "Membership", "Associate", "Family", "UnknownLink", "Representation", "Employment", "Succession"]
)


def graph_of(found: Iterable[Record]) -> OwnershipGraph:
    """Return the graph of a file of entities."""
    built = Builder()
    for record in found:
        if record.error or not isinstance(record.data, Mapping):
            built.left_out["entities that cannot be read"] += 1
            continue
        schema, identity = text_of(record.data.get("schema")), text_of(record.data.get("id"))
        properties = record.data.get("properties")
        properties = properties if isinstance(properties, Mapping) else {}
        if schema == "Ownership":
            built.edges.extend(_edges(properties, built))
        elif schema in _LINKS:
            built.left_out[f"{schema} links, which are no ownership"] += 1
        elif identity:
            if name := text_of(record.data.get("caption")) or _first(properties, "name"):
                built.names[identity] = name
            if country := next(filter(None, (_first(properties, key) for key in _COUNTRIES)), ""):
                built.countries[identity] = country.upper()
    return built.graph()


def _edges(properties: Mapping[str, Any], built: Builder) -> Iterator[OwnershipEdge]:
    owners, assets = (list(dict.fromkeys(filter(None, map(_identity, as_list(properties.get(k)))))) for k in ("owner", "asset"))
    if not owners or not assets:
        built.left_out["ownerships without both an owner and an asset"] += 1
    several = (pairs := len(owners) * len(assets)) > 1
    if pairs > _MOST_PAIRS:
        raise BadInput(f"an ownership of {len(owners):,} owners and {len(assets):,} assets; {_MOST_PAIRS:,} pairs at most")
    share = UNKNOWN_SHARE if several else _share(properties, built)
    if several:
        built.left_out["ownerships of several parties at once, whose shares are unknown"] += 1
    start = min(filter(None, map(first_day, as_list(properties.get("startDate")))), default=None)
    ends = [day_after(text) for text in as_list(properties.get("endDate"))]
    end = max(filter(None, ends), default=None)
    if start and end and start >= end:
        start = None
    for owner in owners:
        for asset in assets:
            yield OwnershipEdge(owner, asset, share, start, end)


def _share(properties: Mapping[str, Any], built: Builder) -> Share:
    texts = [t for t in map(text_of, as_list(properties.get("percentage"))) if t]
    found = {_percentage(text) for text in texts}
    if not texts:
        return UNKNOWN_SHARE
    if None in found:
        built.left_out["percentages that say no share, or say it in two ways, taken as unknown"] += 1
        return UNKNOWN_SHARE
    if len(found) > 1:
        built.left_out["ownerships with several percentages, taken from the least to the most"] += 1
    kept = [share for share in found if share is not None]
    low, high = min(kept, key=lambda s: (s.low, s.low_open)), max(kept, key=lambda s: (s.high, not s.high_open))
    return Share(low.low, high.high, low.low_open, high.high_open)


def _percentage(text: str) -> Share | None:
    try:
        return percentage(text)
    except BadInput:
        return None


def _first(properties: Mapping[str, Any], key: str) -> str:
    return next(filter(None, map(text_of, as_list(properties.get(key)))), "")


def _identity(value: Any) -> str:
    """Return the identifier of an entity, which nested forms of the data give in full."""
    return text_of(value.get("id")) if isinstance(value, Mapping) else text_of(value)
