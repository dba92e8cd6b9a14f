"""Mail as it is saved (EML): subject, sender, date, and the body as text."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from typing import Final

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.answers import day
from thalweg.sources.documents.charset import decode
from thalweg.sources.documents.days import day_of
from thalweg.sources.documents.html import MAX_MARKUP, page_text
from thalweg.sources.documents.origin import Origin, document

_HEADER: Final = re.compile(rb"^(?:[!-9;-~]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}", re.IGNORECASE)
_MAIL: Final = re.compile(rb"^(?:message-id|received|mime-version|return-path|delivered-to|x-mailer)\s*:", re.IGNORECASE | re.MULTILINE)
_FROM_SUBJECT: Final = re.compile(rb"^from\s*:[^\n]*@", re.IGNORECASE | re.MULTILINE)
_PARTS: Final = 200
_BOUNDARY: Final = re.compile(rb"\n--")
_MOST_BOUNDARIES: Final = 1_000
_CONTENT: Final = re.compile(rb"^content-(?:type|disposition)\s*:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_LONG: Final = 2_000
"""Characters of a header that are read; the parser of the standard library takes minutes over some that are longer."""


def is_mail(head: bytes) -> bool:
    """Tell whether bytes begin with the header of a mail."""
    found = _HEADER.match(head.lstrip().replace(b"\r\n", b"\n"))
    return found is not None and bool(_MAIL.search(found[0]) or _FROM_SUBJECT.search(found[0]))


def read_mail(data: bytes, origin: Origin) -> list[Document]:
    """Return the document that a mail is; attachments are named in the fact `attachments` and not opened.

    Raises:
        BadInput: if it holds no text.
    """
    try:
        message = email.message_from_bytes(_bounded(data))  # by the older rules, which fail on no header
        parts = [p for _, p in zip(range(_PARTS + 1), message.walk(), strict=False)]
        text, markup, attached = _bodies(parts[:_PARTS])
        headers = {name: _header(message, name) for name in ("subject", "from", "date", "message-id", "content-language")}
    except RecursionError:
        raise BadInput(f"{origin.name or 'mail'}: is nested deeper than a mail is; it is not read") from None
    cut = len(parts) > _PARTS or len(_BOUNDARY.findall(data)) >= _MOST_BOUNDARIES
    if not text and markup:
        text, cut = page_text(markup), cut or len(markup) > MAX_MARKUP
    if not text.strip() and not headers["subject"]:
        raise BadInput(f"{origin.name or 'mail'}: holds no text")
    return [
        document(
            replace(origin, cut=origin.cut or cut),
            title=headers["subject"],
            text=text,
            published=day(headers["date"]) or day_of(headers["date"]),
            key=headers["message-id"].strip("<> "),
            publisher=headers["from"].partition("<")[0].strip(' "') or headers["from"].strip("<> "),
            language=headers["content-language"],
            facts={"attachments": "; ".join(attached)} if attached else None,
        )
    ]


def _bounded(data: bytes) -> bytes:
    """Return a mail whose parts and headers are no more and no longer than those of mails are."""
    marks = [m.start() for _, m in zip(range(_MOST_BOUNDARIES), _BOUNDARY.finditer(data), strict=False)]
    whole = data[: marks[-1]] if len(marks) == _MOST_BOUNDARIES else data
    return _CONTENT.sub(lambda m: m[0][:_LONG].rstrip(b"\r\n"), whole)


def _bodies(parts: list[Message]) -> tuple[str, str, list[str]]:
    """Return the plain text, the markup, and the names of what is attached."""
    plain: list[str] = []
    markup: list[str] = []
    attached: list[str] = []
    for part in parts:
        kind = part.get_content_type()
        if part.is_multipart():
            continue
        name = _filename(part)
        if name or kind not in ("text/plain", "text/html"):
            attached.append(name or kind)
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            where = plain if kind == "text/plain" else markup
            where.append(decode(payload, declared=part.get_content_charset() or "", markup=kind == "text/html"))
    return "\n\n".join(plain), "\n".join(markup), attached


def _filename(part: Message) -> str:
    try:
        return str(part.get_filename() or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return "unnamed"


def _header(message: Message, name: str) -> str:
    """Return a header as text, as much of it as can be read."""
    raw = str(message.get(name, ""))[:_LONG]
    try:
        parts = decode_header(raw)
    except (HeaderParseError, ValueError, LookupError):
        return " ".join(raw.split())
    texts = [decode(part, declared=label or "") if isinstance(part, bytes) else part for part, label in parts]
    return " ".join("".join(texts).split())
