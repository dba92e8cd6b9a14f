"""Documents, accounts and fused events as JSON, and back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from thalweg.nouns.fused import Account, FusedEvent
from thalweg.nouns.news import Document
from thalweg.store.encode import as_json, hash_of

_HALVES: Final = re.compile("[\ud800-\udfff]")


def stated(value: Any) -> Any:
    """Return a noun as plain data, with what is at its default left out; days and instants in ISO form."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: stated(v) for f in dataclasses.fields(value) if (v := getattr(value, f.name)) != _default(f)}
    if isinstance(value, Mapping):
        return {sound(str(k)): stated(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [stated(v) for v in value]
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return sound(value) if isinstance(value, str) else value


def sound(text: str) -> str:
    """Return text with halves of characters replaced: no reader of JSON and no database takes them."""
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else dataclasses.MISSING


def account_of(body: str) -> Account:
    """Read an account back."""
    found: Account = _adapter(Account).validate_json(body)
    return found


def fused_of(data: Mapping[str, Any]) -> FusedEvent:
    """Read a fused event back."""
    found: FusedEvent = _adapter(FusedEvent).validate_python(data)
    return found


def document_of(body: str, text: bytes) -> Document:
    """Read a document back."""
    found: Document = _adapter(Document).validate_json(body)
    return dataclasses.replace(found, text=zlib.decompress(text).decode())


def document_parts(document: Document) -> tuple[str, bytes]:
    """Return a document without its text as JSON, and the text, packed."""
    body = as_json(stated(dataclasses.replace(document, text="")) | {"text": ""})
    return body, zlib.compress(sound(document.text).encode())


def document_digest(document: Document) -> str:
    """Return the hash of what a document says, however it was fetched."""
    said = (document.title, document.text, str(document.published or ""), document.url, sorted(document.facts.items()))
    return hash_of(as_json(said))


@lru_cache(maxsize=8)
def _adapter(noun: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(noun)
