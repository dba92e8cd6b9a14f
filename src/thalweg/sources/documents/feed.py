"""Feeds as they are found: RSS, Atom and RDF, broken XML among them; each entry is a document."""

from __future__ import annotations

import calendar
import datetime as dt
import io
import re
from dataclasses import replace
from typing import Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.documents.charset import decode
from thalweg.sources.documents.html import bounded, page_text
from thalweg.sources.documents.origin import Origin, document, library, one_line, version

MAX_ENTRIES: Final = 2_000
MAX_FEED: Final = 3_000_000
"""Characters of a feed that are read."""
_ROOT: Final = re.compile(r"<\s*(?:\w+:)?(rss|feed|RDF|item|entry)[\s>/]", re.IGNORECASE)
_OPEN: Final = re.compile(r"<\w")
_DEEPEST: Final = 50_000
"""Elements that are left open; the parser takes minutes over more of them."""
_ENTRY: Final = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_BEFORE: Final = re.compile(
    r"\s+|<\?[^>]{0,2000}>|<!--.{0,20000}?-->|<!DOCTYPE(?:[^\[>]{0,500}\[.{0,1000000}?\]\s*>|[^>]{0,1000}>)", re.IGNORECASE | re.DOTALL
)


def feed_root(text: str) -> str:
    """Return the first element of a text, if it is one of a feed: rss, feed, rdf, item, entry; else empty."""
    root = _ROOT.match(text, _begin(text))
    return root[1].casefold() if root else ""


def _begin(text: str) -> int:
    """Return where the first element begins: behind declarations, comments and document types, whose entities no feed needs."""
    at = 0
    for _ in range(50):
        found = _BEFORE.match(text, at)
        if found is None or found.end() == at:
            break
        at = found.end()
    return at


def read_feed(data: bytes, origin: Origin) -> list[Document]:
    """Return the documents of a feed, as many as it holds whole where its XML is broken; an entry alone is read too.

    Raises:
        BadInput: if it is broken and no entry can be read.
    """
    feedparser = library("feedparser")
    text = decode(data, declared=origin.charset, markup=True)
    root = feed_root(text)
    if len(_OPEN.findall(text)) - text.count("</") - text.count("/>") > _DEEPEST:
        raise BadInput(f"{origin.name or origin.url or 'the feed'}: is nested deeper than a feed is; it is not read")
    text, cut = _held(bounded(text[_begin(text) :]), root)
    if root == "item":
        text = f"<rss version='2.0'><channel>{text}</channel></rss>"
    elif root == "entry":
        text = f"<feed xmlns='http://www.w3.org/2005/Atom'>{text}</feed>"
    headers = {"content-type": "application/xml; charset=utf-8"} | ({"content-location": origin.url} if origin.url else {})
    where = origin.name or origin.url or "the feed"
    try:
        found = feedparser.parse(io.BytesIO(text.encode("utf-8", errors="replace")), response_headers=headers, sanitize_html=False)
    except Exception as error:  # noqa: BLE001  (what is no XML at all ends the library in errors of every kind)
        raise BadInput(f"{where}: is no feed that can be read ({type(error).__name__})") from None
    entries = found.entries[:MAX_ENTRIES]
    broken = bool(found.bozo) and not isinstance(found.get("bozo_exception"), feedparser.CharacterEncodingOverride)
    if not entries and (broken or not found.get("version")):
        why = " ".join(str(found.get("bozo_exception", "no entry")).split())[:200]
        raise BadInput(f"{where}: is no feed that can be read ({why})")
    notes = ["the feed goes on and was cut"] if cut else ["the XML of the feed is broken; entries may be missing"] if broken else []
    made = [_document(entry, found.feed, origin, "; ".join(notes)) for entry in entries]
    return [d for d in made if d.title or d.text]


def _held(text: str, root: str) -> tuple[str, bool]:
    """Return a feed that is held to the bounds, closed behind its last whole entry, and whether it was cut."""
    starts = [m.start() for _, m in zip(range(MAX_ENTRIES + 1), _ENTRY.finditer(text), strict=False)]
    inside = [s for s in starts if s < MAX_FEED]
    if len(text) <= MAX_FEED and len(starts) <= MAX_ENTRIES:
        return text, False
    end = inside[-1] if len(inside) > 1 else MAX_FEED
    return text[:end] + ("</feed>" if root == "feed" else "</rdf:RDF>" if root == "rdf" else "</channel></rss>"), True


def _document(entry: Any, feed: Any, origin: Origin, note: str) -> Document:
    """Make a document of an entry; the address and the key are its own, not those of the feed."""
    bodies = [str(c.get("value") or "") for c in entry.get("content", ())] + [str(entry.get("summary") or "")]
    text = max((page_text(body) for body in bodies), key=len)
    link = str(entry.get("link") or "")
    facts = {"feed": origin.url} if origin.url else {}
    if updated := _day(entry, "updated_parsed"):
        facts["updated"] = updated.isoformat()
    if note:
        facts["feed_note"] = note
    publisher = (entry.get("source") or {}).get("title") or feed.get("title") or ""
    return document(
        replace(origin, url="", name="", facts=dict(origin.facts) | facts),
        title=page_text(str(entry.get("title") or "")),
        text=text,
        by=version("feedparser"),
        published=_day(entry, "published_parsed") or updated,
        key=one_line(str(entry.get("id") or link or entry.get("title") or ""))[:500],
        url=link if link.startswith(("http://", "https://")) else "",
        publisher=page_text(str(publisher)),
        language=str(feed.get("language") or ""),
    )


def _day(entry: Any, name: str) -> dt.date | None:
    """Return a day of an entry, in UTC."""
    parsed = entry.get(name) if name in entry.keys() else None  # noqa: SIM118  (`get` and `in` give another day, with a warning)
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC).date() if parsed else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None
