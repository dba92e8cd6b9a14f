"""Plain text: an optional head of `Title:`, `Date:` and the like, else a first line that is a title, then the body."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from thalweg.nouns.news import Document
from thalweg.sources.documents.charset import decode
from thalweg.sources.documents.days import day_line, day_of
from thalweg.sources.documents.origin import Origin, clean, document

_HEADERS: Final = {
    "title": "title",
    "headline": "title",
    "subject": "title",
    "标题": "title",
    "date": "date",
    "published": "date",
    "publication date": "date",
    "发布时间": "date",
    "publisher": "publisher",
    "source": "publisher",
    "来源": "publisher",
    "url": "url",
    "link": "url",
    "id": "id",
    "language": "language",
    "lang": "language",
    "summary": "",
    "text": "",
    "body": "",
}
_HEADER: Final = re.compile(r"^\**([A-Za-z ]{2,16}|[\u4e00-\u9fff]{2,4})\**\s*[:：]\s*(.*)$")
_BYLINE: Final = re.compile(r"^(.{2,80}?)\s*(,|\||·|•|—|–|\s-)\s*(\S.{6,39})$")
_TITLE: Final = 300
_PUBLISHER: Final = 80
_UPPER: Final = 6
"""Lines at the top among which a date line is looked for."""


def read_text(data: bytes, origin: Origin) -> list[Document]:
    """Return the document that plain text holds."""
    return [text_document(decode(data, declared=origin.charset), origin)]


def text_document(text: str, origin: Origin) -> Document:
    """Take a plain text apart into head, title and body."""
    lines = clean(text).split("\n")
    head, rest = _head(lines)
    title = head.get("title", "")
    if not title and not origin.title:
        title, rest = _first_line(rest)
    elif rest and rest[0].lstrip("# ").strip() == title:
        rest = rest[1:]
    publisher = head.get("publisher", "")
    if "date" in head:
        day: dt.date | None = day_of(head["date"])
    else:
        day, printed, rest = dated(rest)
        publisher = publisher or printed
    return document(
        origin,
        title=title,
        text="\n".join(rest),
        published=day,
        key=head.get("id", ""),
        url=head.get("url", ""),
        publisher=publisher,
        language=head.get("language", ""),
    )


def _head(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return what the lines at the top state, if the first of them is such a line, and the lines below."""
    found: dict[str, str] = {}
    fence = bool(lines) and lines[0] == "---"
    for number, line in enumerate(lines):
        if fence and line == "---":
            if number and found:
                return found, lines[number + 1 :]
            continue
        mark = _HEADER.match(line)
        name = mark[1].strip().casefold() if mark else ""
        if mark is None or name not in _HEADERS:
            below = lines[number:]
            return (found, below[1:] if below and not below[0] else below) if found else ({}, lines)
        if not _HEADERS[name]:
            return found, [mark[2], *lines[number + 1 :]]
        found.setdefault(_HEADERS[name], mark[2].strip().strip("\"'"))
    return found, []


def _first_line(lines: list[str]) -> tuple[str, list[str]]:
    """Return the first line as title, where it is one: short, and with more below."""
    rest = list(lines)
    while rest and not rest[0]:
        rest = rest[1:]
    below = [line for line in rest[1:] if line]
    if not below or len(rest[0]) > _TITLE:
        return "", rest
    if day_line(rest[0]):  # a date stands above the title
        title, others = _first_line(rest[1:])
        return title, [rest[0], *others]
    return rest[0].lstrip("# ").strip(), rest[1:]


def dated(lines: list[str]) -> tuple[dt.date | None, str, list[str]]:
    """Return the day and the publisher that lines near the top state, and the lines without these.

    A short line above a date line, with nothing but the title before it, is the publisher; so is what stands before the date on its line.
    """
    seen: list[int] = []
    for number, line in enumerate(lines):
        if not line:
            continue
        if day := day_line(line):
            above = lines[seen[0]] if len(seen) == 1 else ""
            named = bool(above) and len(above) <= _PUBLISHER and above[-1] not in ".!?:;"
            gone = {number, seen[0]} if named else {number}
            return day, above if named else "", [kept for n, kept in enumerate(lines) if n not in gone]
        byline = None if seen else _BYLINE.match(line)
        if byline and (day := day_line(byline[3])):
            return day, byline[1].strip(), [kept for n, kept in enumerate(lines) if n != number]
        seen.append(number)
        if len(seen) >= _UPPER:
            break
    return None, "", lines
