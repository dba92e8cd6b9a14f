"""Web pages: title, day, publisher and body, without what stands around them.

The body is taken by trafilatura. What it needs is held to bounds first: a tag of thousands of attributes keeps its parser busy for
minutes, and a page of thousands of nested elements ends it. Where it finds no body the plain text of the page stands for it.
"""

from __future__ import annotations

import datetime as dt
import html
import logging
import re
from typing import Final

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.documents.charset import decode
from thalweg.sources.documents.days import DAY_BEFORE, day_line, day_of, labeled_day
from thalweg.sources.documents.origin import Origin, clean, document, library, one_line, version
from thalweg.sources.documents.text import dated

MAX_MARKUP: Final = 3_000_000
"""Characters of a page that are read."""
_TAG: Final = (2_000, 200)
"""Characters and spaces from which a tag is cut to its name."""
_LONG_TAG: Final = 20_000
_NAME: Final = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_LANG: Final = re.compile(r"<html[^>]{0,1000}?\blang\s*=\s*[\"']?([A-Za-z-]{2,12})", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title[^>]{0,200}>([^<]{1,2000})</title", re.IGNORECASE)
_CLAIMED: Final = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_SILENT: Final = frozenset({"script", "style", "noscript", "template", "svg", "head", "iframe", "object", "textarea", "select"})
_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_SHORT: Final = 400
"""Lines of a page among which a body of one line is looked for."""
_UPPER: Final = 60
"""Lines of a page among which a date line is looked for."""


def read_html(data: bytes, origin: Origin) -> list[Document]:
    """Return the document that a web page holds.

    Raises:
        BadInput: if it holds no text.
    """
    return [html_document(decode(data, declared=origin.charset, markup=True), origin)]


def html_document(markup: str, origin: Origin) -> Document:
    """Take a page apart.

    Raises:
        BadInput: if it holds no text.
    """
    from dataclasses import replace

    if len(markup) > MAX_MARKUP:
        markup, origin = markup[:MAX_MARKUP], replace(origin, cut=True)
    held = bounded(_CLAIMED.sub("", markup).replace("\x00", ""))
    title, body, day, publisher = _main(held, origin.url)
    plain = page_text(held) if day is None or "\n" not in body else ""
    if "\n" not in body:
        body = _lines_of(body, plain) or body or plain
    if not title and (found := _TITLE.search(markup)):
        title = one_line(html.unescape(found[1]))
    if not body.strip() and not title:
        raise BadInput(
            f"{origin.url or origin.name or 'the page'}: holds no text; a page that a program writes in the browser cannot be read"
        )
    lang = _LANG.search(markup[:20_000])
    printed, byline, rest = dated(_without_title(body, origin.title or title).split("\n"))
    return document(
        origin,
        title=title,
        text="\n".join(rest),
        by=version("trafilatura"),
        published=day or printed or _printed_day(plain),
        publisher=publisher or byline,
        language=lang[1] if lang else "",
    )


def _main(markup: str, url: str) -> tuple[str, str, dt.date | None, str]:
    """Return what trafilatura finds: title, body, day and publisher; empty where its parser gives up."""
    trafilatura = library("trafilatura")
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    dates = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}  # a day to come is kept and marked
    try:
        found = trafilatura.bare_extraction(
            markup,
            url=url or None,
            fast=True,
            with_metadata=True,
            include_comments=False,
            include_tables=True,
            date_extraction_params=dates,
        )
    except Exception:  # noqa: BLE001  (hostile markup ends the library in errors of every kind; the plain text is left)
        return "", "", None, ""
    if found is None:
        return "", "", None, ""
    return one_line(found.title or ""), clean(found.text or ""), day_of(found.date or ""), one_line(found.sitename or "")


def _lines_of(body: str, plain: str) -> str:
    """Return the lines of a page that a body of one line was joined from, as it is on short pages; empty where they are not found."""
    lines = [line for line in plain.split("\n") if line]
    whole = body.replace(" ", "")
    for start in range(min(len(lines), _SHORT)):
        joined = ""
        for end in range(start, min(len(lines), start + _SHORT)):
            joined += lines[end].replace(" ", "")
            if joined == whole:
                return "\n".join(lines[start : end + 1])
            if not whole.startswith(joined):
                break
    return ""


def _printed_day(plain: str) -> dt.date | None:
    lines = [line for line in plain[:20_000].split("\n") if line][:_UPPER]
    return next((day for line in lines if (day := day_line(line))), None) or labeled_day("\n".join(lines))


def _without_title(body: str, title: str) -> str:
    """Return a body without the title and the date that it begins with, on lines of their own or, on short pages, run into its first."""
    rest = body.lstrip("# ")
    if title and rest[: len(title)].casefold() == title.casefold():
        rest = rest[len(title) :].lstrip()
    first, _, below = rest.partition("\n")
    rest = below.lstrip() if day_line(first) else DAY_BEFORE.sub("", rest, count=1)
    return rest or body


def bounded(markup: str) -> str:
    """Return markup in which no tag is longer than tags are."""
    pieces = markup.split(">")
    for number, piece in enumerate(pieces):
        if len(piece) < _TAG[0] or (start := piece.find("<")) < 0:
            continue
        size = len(piece) - start
        if size > _LONG_TAG or (size > _TAG[0] and len(piece[start:].split()) > _TAG[1]):
            name = _NAME.match(piece, start)
            if name:
                pieces[number] = piece[:start] + name[0]
    return ">".join(pieces)


def page_text(markup: str) -> str:
    """Return the text of markup with a line for each block, however broken it is: in one pass, keeping no tree."""
    found: list[str] = []
    silent = ""
    for number, piece in enumerate(markup[:MAX_MARKUP].split("<")):
        if not number:
            found.append(piece)
            continue
        name = _NAME.match("<" + piece[:40])
        if name is None:
            tag, text = ("!", piece.partition(">")[2]) if piece[:1] in "!?/" else ("", "<" + piece)
        else:
            tag, text = name[1].casefold(), piece.partition(">")[2]
        closing = piece.startswith("/")
        if silent:
            if not (closing and tag == silent):
                continue
            silent = ""
        elif tag in _SILENT and not closing and not piece.partition(">")[0].endswith("/"):
            silent = tag
            continue
        found.append(("\n" if tag in _BLOCKS else "") + text)
    return clean(html.unescape("".join(found)))
