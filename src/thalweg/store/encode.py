"""An entry as text, and back; hashes of what was said."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any, Final

from thalweg.nouns.listing import Identifier, ListEntry

_DEFAULTS: Final = {f.name: None if f.default is MISSING else f.default for f in fields(ListEntry) if f.name != "list"}
_DATES: Final = ("listed_on", "ends_on")
_KINDS: Final = {name: list if default == () else bool if default is False else str for name, default in _DEFAULTS.items()}
_TEXTS: Final = frozenset({str})
OWN: Final = ("note", "url", "listed_on", "listed_basis")
"""Fields that the reader of a file works out; a reviewer's decision does not lapse when they change."""


def stated(entry: ListEntry) -> dict[str, Any]:
    """Return what an entry states, ready for JSON: fields in the order of the noun, those at their default left out."""
    data: dict[str, Any] = {}
    for name, default in _DEFAULTS.items():
        value = getattr(entry, name)
        if value != default:
            data[name] = value
    for name in _DATES:
        if name in data:
            data[name] = data[name].isoformat()
    if entry.identifiers:
        data["identifiers"] = [(i.kind, i.value, i.country) for i in entry.identifiers]
    return data


def as_json(data: Any) -> str:
    """Return compact JSON that every database takes."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # halves of characters, which JSON lets in as escapes and no database takes
        return json.dumps(data, separators=(",", ":"))
    return text


def entry_of(list_id: str, body: str) -> ListEntry:
    """Read an entry back; a field of a later program that this one does not know is left aside.

    Raises:
        TypeError or ValueError: if a field is not what the store writes.
    """
    data = json.loads(body)
    for name, value in data.items():
        kind = type(value)
        if kind is not _KINDS.get(name, kind):
            raise TypeError(f"the field {name} of an entry holds {kind.__name__}")
        if kind is list:
            parts = value if name != "identifiers" else itertools.chain.from_iterable(i if type(i) is list else (None,) for i in value)
            if not _TEXTS.issuperset(map(type, parts)):
                raise TypeError(f"the field {name} of an entry holds what is no text")
            data[name] = tuple(value) if name != "identifiers" else tuple(Identifier(sort, number, place) for sort, number, place in value)
    for name in _DATES:
        if name in data:
            data[name] = dt.date.fromisoformat(data[name])
    if not data.keys() <= _DEFAULTS.keys():
        data = {k: v for k, v in data.items() if k in _DEFAULTS}
    return ListEntry(list=list_id, **data)


def hash_of(text: str) -> str:
    """Return 128 bits of BLAKE2b as hexadecimal digits."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def digest_of(keys: Iterable[tuple[str, str]]) -> str:
    """Return the hash of a set of entries, given as pairs of entry id and hash, whatever their order."""
    return hash_of(as_json(sorted(keys)))


def content_hash(entry: ListEntry) -> str:
    """Return the hash of what the issuer says of a party, in whatever order: all but the fields that the reader of the file works out."""
    said = {name: value for name, value in stated(entry).items() if name not in OWN}
    return hash_of(as_json({name: sorted(value) if isinstance(value, (list, tuple)) else value for name, value in said.items()}))


def wording_hash(found: Iterable[ListEntry]) -> str:
    """Return the hash of what an issuer says under one entry id: that of the entry, or of all where a list repeats the id."""
    hashes = sorted({content_hash(entry) for entry in found})
    return hashes[0] if len(hashes) == 1 else hash_of(as_json(hashes))


def query_hash(query: Mapping[str, Any]) -> str:
    """Return the hash of a party asked about (names, type, country, birth date, address, identifiers); unstated fields do not count."""
    stated = {k: v for k, v in query.items() if v not in (None, "", [], (), {})}
    return hash_of(json.dumps(stated, sort_keys=True, default=str))
