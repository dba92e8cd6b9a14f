"""The text of a PDF file, page by page."""

from __future__ import annotations

import datetime as dt
import io
import logging
import re
import time
from typing import Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.documents.origin import MAX_TEXT, Origin, clean, library, version
from thalweg.sources.documents.text import text_document

MAX_PAGES: Final = 1_000
_LONGEST: Final = 60.0
"""Seconds after which the pages that are left are not read."""
_HYPHEN: Final = re.compile(r"(?<=[a-z])-\n(?=[a-z])")


def read_pdf(data: bytes, origin: Origin) -> list[Document]:
    """Return the document that a PDF file is; the title and day of its own metadata are taken where it states them.

    Raises:
        BadInput: if it cannot be read, is locked, or holds no text (pages that are pictures).
    """
    from dataclasses import replace

    pypdf = library("pypdf")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    name = origin.name or "the PDF file"
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadInput(f"{name}: is locked with a password; it is not read")
        text, cut, pages = _pages(reader)
        title, made = _metadata(reader)
    except BadInput:
        raise
    except Exception as error:  # noqa: BLE001  (a damaged file ends the library in errors of every kind)
        raise BadInput(f"{name}: is no PDF file that can be read ({_said(error)})") from None
    if not text.strip():
        raise BadInput(f"{name}: holds no text in {pages} pages: they are pictures. Recognize the text first, e.g. with ocrmypdf")
    facts = dict(origin.facts) | {"pages": str(pages)} | ({"made_on": made.isoformat()} if made else {})
    found = text_document(_HYPHEN.sub("", text), replace(origin, title=origin.title or title, cut=origin.cut or cut, facts=facts))
    return [replace(found, reader=f"{found.reader} {version('pypdf')}")]


def _pages(reader: Any) -> tuple[str, bool, int]:
    """Return the text of the pages, whether some were left out, and how many there are."""
    texts: list[str] = []
    size, until, pages = 0, time.monotonic() + _LONGEST, len(reader.pages)
    for number in range(min(pages, MAX_PAGES)):
        try:
            texts.append(reader.pages[number].extract_text() or "")
        except Exception:  # noqa: BLE001  (one damaged page does not hide the others)
            texts.append("")
        size += len(texts[-1])
        if size > MAX_TEXT or time.monotonic() > until:
            return "\n\n".join(texts), True, pages
    return "\n\n".join(texts), pages > MAX_PAGES, pages


def _metadata(reader: Any) -> tuple[str, dt.date | None]:
    try:
        info = reader.metadata
        title = clean(str((info and info.title) or ""))
        made = info.creation_date if info else None
    except Exception:  # noqa: BLE001  (as for the pages)
        return "", None
    useful = len(title) > 10 and " " in title and not title.casefold().startswith(("microsoft word", "untitled"))
    return title if useful else "", made.date() if isinstance(made, dt.datetime) else None


def _said(error: Exception) -> str:
    return " ".join((str(error) or type(error).__name__).split())[:200]
