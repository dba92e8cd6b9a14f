"""Items as JSON or JSON lines: an object, a list of them, or a JSON Feed; each with a title, a text, or both."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document, DocumentKind
from thalweg.sources.documents.charset import decode
from thalweg.sources.documents.days import day_of
from thalweg.sources.documents.html import page_text
from thalweg.sources.documents.origin import Origin, document

MAX_ITEMS: Final = 200_000
_TEXTS: Final = ("text", "body", "content_text", "summary", "description")
_DAYS: Final = ("date", "published", "date_published", "publication_date")
_GRADES: Final[dict[str, DocumentKind]] = {"official": "official", "filing": "filing"}


def read_items(data: bytes, origin: Origin) -> list[Document]:
    """Return a document for each item.

    Keys: `title`, `summary` or `text`, `date`, `publisher`, `url`, `id`, `language`; those of a JSON Feed (https://jsonfeed.org) too.
    Others are left out.

    Raises:
        BadInput: with the line or the number of the item that cannot be read.
    """
    name = origin.name or "the file"
    text = decode(data, declared=origin.charset)
    found: list[tuple[str, Any]]
    try:
        whole = json.loads(text)
    except RecursionError:
        raise BadInput(f"{name}: is nested deeper than an item is; it is not read") from None
    except ValueError as error:
        found = list(_lines(text, name, str(error)))
    else:
        if isinstance(whole, dict) and isinstance(whole.get("items"), list):
            whole = whole["items"]
        found = [(f"item {n}", item) for n, item in enumerate(whole, 1)] if isinstance(whole, list) else [("the item", whole)]
    if len(found) > MAX_ITEMS:
        raise BadInput(f"{name}: holds {len(found):,} items; {MAX_ITEMS:,} at most are read, so split it")
    return [_document(item, f"{name}: {where}", origin) for where, item in found]


def _lines(text: str, name: str, why: str) -> Any:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 2 or not lines[0][1].lstrip().startswith("{") or not lines[0][1].rstrip().endswith("}"):
        raise BadInput(f"{name}: is not valid JSON ({why}); it may be cut off")
    for number, line in lines:
        try:
            yield f"line {number}", json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{name}: line {number}: is not valid JSON ({error}); it may be cut off") from None


def _document(item: Any, where: str, origin: Origin) -> Document:
    if not isinstance(item, dict):
        raise BadInput(f"{where}: is {type(item).__name__}, not an object with a title and a text")
    title, url, publisher, key, language, grade = (
        _text(item, k, where) for k in ("title", "url", "publisher", "id", "language", "copy_grade")
    )
    body = next((t for k in _TEXTS if (t := _text(item, k, where))), "") or page_text(_text(item, "content_html", where))
    if not title and not body:
        raise BadInput(f"{where}: has neither a title nor a text; give `title` and `summary` (or `text`)")
    stated = next((t for k in _DAYS if (t := _text(item, k, where))), "")
    day = day_of(stated)
    facts = {"date_as_stated": stated} if stated and day is None else {}  # 2025-09 and the like are no day
    kind = _GRADES.get(grade, "media" if grade else origin.kind) if origin.kind == "file" else origin.kind
    if origin.source != "file" and kind != "media":
        kind = origin.kind  # what a file in a watched folder says of itself makes it no authority
    return document(
        replace(origin, name="", kind=kind),
        title=title,
        text=body,
        published=day,
        key=key,
        url=url,
        publisher=publisher,
        language=language,
        facts=facts,
    )


def _text(item: dict[str, Any], key: str, where: str) -> str:
    value = item.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise BadInput(f"{where}: {key} is {type(value).__name__}, not text")
    return str(value)
