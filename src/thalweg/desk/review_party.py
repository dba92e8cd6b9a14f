"""The party that a reviewer decides on: read from what is stated, and compared with how it was described before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from thalweg.desk.list_taking import lookups
from thalweg.desk.packs import the_pack
from thalweg.parties.query import Query, party
from thalweg.parties.text import clean

Asked = Mapping[str, Any] | Query | str
"""A party that is asked about: its fields, the query read from them, or its name alone."""


def reader(pack: str | Path | None) -> Callable[[Asked], Query]:
    """Return what reads parties; the pack is opened when the first country has to be read."""

    def country(text: str) -> str | None:
        return lookups(the_pack(pack)).country(text)

    def read(asked: Asked) -> Query:
        if isinstance(asked, Query):
            return asked
        return party({"name": asked} if isinstance(asked, str) else asked, country)

    return read


def described(query: Query) -> dict[str, Any]:
    """Return a party as a person reads it: what is stated of it, without the day of the question."""
    fields: dict[str, Any] = {"names": [clean(n) for n in query.names], "type": query.type, "country": query.country}
    fields |= {"birth_date": query.birth_date, "address": query.address, **dict(query.identifiers)}
    return {name: value for name, value in fields.items() if value}


def hash_of(query: Query) -> str:
    """Return the hash of what identifies a party: spaces, letter case and the order of its names do not count."""
    from thalweg.store import query_hash

    return query_hash(_folded(described(query)))


def shares_name(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two parties, as described, have a name in common."""
    return not set(_folded(one)["names"]).isdisjoint(_folded(other)["names"])


def changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Return what of a party was described otherwise, field by field; empty where nothing that counts was."""
    before, after = _folded(was), _folded(now)
    fields = [f for f in dict.fromkeys((*before, *after)) if before.get(f) != after.get(f)]
    return "; ".join(f"{f} was {_said(was.get(f))}, is {_said(now.get(f))}" for f in fields)


def _folded(fields: Mapping[str, Any]) -> dict[str, Any]:
    folded = {k: v.casefold() if isinstance(v, str) else v for k, v in fields.items()}
    return folded | {"names": sorted({str(n).casefold() for n in fields.get("names", ())})}


def _said(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value) if value else "not stated"
