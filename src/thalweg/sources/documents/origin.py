"""What is known of a document before its text is read, and what every reader makes of text and origin."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document, DocumentKind
from thalweg.sources.documents.language import language_of

READER: Final = "documents-1"
"""Raised when the readers of this package take other text from the same bytes."""
MAX_TEXT: Final = 2_000_000
"""Characters of a text that are kept; no article or rule is longer."""
_TITLE: Final = 500
_SPACES: Final = re.compile(r"[^\S\n]+")
_BLANKS: Final = re.compile(r"\n{3,}")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document comes from.

    `name` is of the file, `key` the source's own key of the document, and each fact what the source states beside the text.
    """

    source: str = "file"
    name: str = ""
    key: str = ""
    url: str = ""
    publisher: str = ""
    kind: DocumentKind = "file"
    language: str = ""
    published: dt.date | None = None
    title: str = ""
    media_type: str = ""
    charset: str = ""
    fetched_at: dt.datetime | None = None
    sha256: str = ""
    cut: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)

    def of(self, data: bytes) -> Origin:
        """Return it with the hash of the bytes that are read."""
        return self if self.sha256 else replace(self, sha256=hashlib.sha256(data).hexdigest())


def document(
    origin: Origin,
    *,
    title: str,
    text: str,
    by: str = "",
    published: dt.date | None = None,
    key: str = "",
    url: str = "",
    publisher: str = "",
    language: str = "",
    facts: Mapping[str, str] | None = None,
) -> Document:
    """Make a document of a text and its origin; what the text itself states stands before what the origin states, but for the title.

    A day of publication that is later than the day of fetching is kept and marked by the fact `published_in_future`.
    """
    body = clean(text)
    stated = dict(origin.facts) | dict(facts or {})
    day = origin.published or published
    today = (origin.fetched_at or dt.datetime.now(dt.UTC)).date()
    if day is not None and day > today + dt.timedelta(days=1):  # a day ahead is the other side of the date line
        stated["published_in_future"] = day.isoformat()
    cut = origin.cut or len(body) > MAX_TEXT
    if cut:
        stated.setdefault("note", "the body goes on and was cut")
    head = one_line(origin.title or title)[:_TITLE]
    at = _address(origin.url or url)
    own = _CONTROLS.sub("", origin.key or key or at or origin.name or origin.sha256[:16])
    return Document(
        id=f"{origin.source}:{own}",
        source=origin.source,
        url=at,
        title=head,
        text=body[:MAX_TEXT],
        published=day,
        publisher=one_line(origin.publisher or publisher)[:_TITLE],
        kind=origin.kind,
        language=language_of(f"{head}\n{body[:20_000]}", stated=origin.language or language),
        fetched_at=origin.fetched_at,
        sha256=origin.sha256,
        reader=READER + (f" {by}" if by else ""),
        cut=cut,
        facts=stated,
    )


def _address(url: str) -> str:
    """Return a stated address as browsers take it, without line ends and controls; empty for one that no browser should open."""
    plain = _CONTROLS.sub("", "".join(url.split("\n"))).replace("\t", "").strip().replace(" ", "%20")
    return plain if plain.lower().startswith(("http://", "https://")) else ""


def clean(text: str) -> str:
    """Return a text without control and direction marks, with single spaces and at most one empty line in a row."""
    plain = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n"))
    lines = (_SPACES.sub(" ", line).strip() for line in plain.split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(_CONTROLS.sub("", text).split())


def library(name: str) -> Any:
    """Import a library of the extra `watch`.

    Raises:
        BadInput: with the command that installs it, where it is missing.
    """
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise BadInput(f"{name} is not installed: reading this needs it. Run: pip install 'thalweg[watch]'") from error


def version(name: str) -> str:
    """Return a library with its version, as `trafilatura-2.3.1`: another version may take other text from the same bytes."""
    from importlib.metadata import version as installed

    return f"{name}-{installed(name)}"
