"""Read documents: which form a file or an answer has is told by its bytes, not by its name."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.documents.charset import decode
from thalweg.sources.documents.feed import feed_root, read_feed
from thalweg.sources.documents.html import read_html
from thalweg.sources.documents.items import read_items
from thalweg.sources.documents.mail import is_mail, read_mail
from thalweg.sources.documents.origin import Origin
from thalweg.sources.documents.pdf import read_pdf
from thalweg.sources.documents.text import read_text

Form = Literal["text", "html", "mail", "pdf", "feed", "items"]

MAX_BODY: Final = 32 << 20
"""Bytes of one document that are read; what goes on is cut."""
SUFFIXES: Final = frozenset(
    {".txt", ".md", ".html", ".htm", ".xhtml", ".eml", ".pdf", ".json", ".jsonl", ".ndjson", ".xml", ".rss", ".atom"}
)
MAX_FILES: Final = 50_000
_HEAD: Final = 65_536
_READERS: Final[dict[Form, Callable[[bytes, Origin], list[Document]]]] = {
    "text": read_text,
    "html": read_html,
    "mail": read_mail,
    "pdf": read_pdf,
    "feed": read_feed,
    "items": read_items,
}
_MARKUP: Final = (
    "<!doctype html",
    "<html",
    "<head",
    "<body",
    "<article",
    "<div",
    "<p>",
    "<p ",
    "<h1",
    "<section",
    "<main",
    "<table",
    "<meta",
    "<title",
)


def read_document(what: Path | str | bytes, origin: Origin | None = None) -> list[Document]:
    """Return the documents that a file, or bytes at hand, hold: one for a text, page, mail or PDF, one for each entry of a feed or item.

    Args:
        what: a path, or the bytes.
        origin: what is known beside the text; a file's documents are of the source `file` where it is left out.

    Raises:
        BadInput: with the name and the reason, where nothing can be read.
    """
    known = origin or Origin()
    if isinstance(what, bytes):
        data, cut = what[:MAX_BODY], len(what) > MAX_BODY
    else:
        path = Path(what)
        data, cut = _bytes(path)
        known = replace(known, name=known.name or path.name)
    known = replace(known.of(data), cut=known.cut or cut)
    name = known.name or known.url or "the document"
    if not data.strip():
        raise BadInput(f"{name}: is empty")
    form = form_of(data)
    if form is None:
        raise BadInput(f"{name}: is neither text, HTML, mail, PDF, a feed nor JSON items; save it as one of these")
    found = [d for d in _READERS[form](data, known) if d.title or d.text]
    if not found:
        raise BadInput(f"{name}: holds no text")
    return found


def form_of(data: bytes) -> Form | None:
    """Return the form of a document by its first bytes; None for what is not text."""
    head = data[:_HEAD]
    if b"%PDF-" in head[:1_024]:
        return "pdf"
    utf16 = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not utf16 and (
        head.count(b"\x00") > max(len(head) // 100, 8)
        or head[:4] in (b"PK\x03\x04", b"\x89PNG", b"\xd0\xcf\x11\xe0")
        or head[:2] == b"\x1f\x8b"
    ):
        return None
    text = decode(head, markup=True).lstrip("\ufeff \t\r\n")
    if text[:1] in ("{", "["):
        return "items" if text[:1] == "{" or text[1:].lstrip()[:1] in ("{", "]") else "text"
    if text[:1] == "<":
        if feed_root(text):
            return "feed"
        if text[:5].casefold() == "<?xml" or any(tag in text.casefold() for tag in _MARKUP):
            return "html"
    elif is_mail(head):
        return "mail"
    return "text"


def read_folder(folder: Path, origin: Origin | None = None) -> Iterator[tuple[Path, list[Document] | BadInput]]:
    """Yield each file of a folder and of those in it, by path, with its documents, or with the reason why it cannot be read.

    Hidden files, links, and files of other suffixes are left out. The key of a document is the path within the folder.

    Raises:
        BadInput: if the folder cannot be read, or holds no file of such a suffix.
    """
    known = origin or Origin()
    for count, path in enumerate(_files(folder)):
        if count >= MAX_FILES:
            raise BadInput(f"{folder}: holds more than {MAX_FILES:,} files; name a folder in it")
        within = path.relative_to(folder).as_posix()
        try:
            yield path, read_document(path, replace(known, name=within, sha256=""))
        except BadInput as error:
            yield path, error


def _files(folder: Path) -> list[Path]:
    try:
        found = sorted(
            p
            for p in folder.rglob("*")
            if p.suffix.casefold() in SUFFIXES
            and not any(part.startswith(".") for part in p.relative_to(folder).parts)
            and not p.is_symlink()
            and p.is_file()
        )
    except OSError as error:
        raise BadInput(f"{error.filename or folder}: cannot be read: {error.strerror or error}") from None
    if not folder.is_dir():
        raise BadInput(f"{folder}: is no folder")
    if not found:
        raise BadInput(f"{folder}: holds no document ({', '.join(sorted(SUFFIXES))})")
    return found


def _bytes(path: Path) -> tuple[bytes, bool]:
    try:
        kind = path.stat()
        if stat.S_ISDIR(kind.st_mode):
            raise BadInput(f"{path}: is a folder; name a file")
        if not (stat.S_ISREG(kind.st_mode) or stat.S_ISFIFO(kind.st_mode)):
            raise BadInput(f"{path}: is no file")
        with path.open("rb") as file:
            data = file.read(MAX_BODY + 1)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from error
    return data[:MAX_BODY], len(data) > MAX_BODY
