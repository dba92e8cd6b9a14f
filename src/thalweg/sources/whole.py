"""Whether a file is whole: what its form alone can tell."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path
from typing import Final

from thalweg.sources.files import BROKEN_ZIP, MAX_BYTES, MAX_RATIO

_CHUNK: Final = 1 << 20


def defect(path: Path) -> str:
    """Return what is wrong with a ZIP, gzip, XML or JSON file, by its first bytes; empty for one that is whole, and for other forms."""
    with path.open("rb") as file:
        head = file.read(512)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        return "it is empty"
    if start[:14].lower() == b"<!doctype html" or start[:5].lower() == b"<html":
        return "it is a web page, not a list"
    if head[:4] == b"PK\x03\x04":
        return _zip_defect(path)
    if head[:2] == b"\x1f\x8b":
        return _gzip_defect(path)
    if start[:1] == b"<":
        return _xml_defect(path)
    if start[:1] in (b"{", b"["):
        return _json_defect(path, start[:1])
    return ""


def _zip_defect(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            total = sum(m.file_size for m in archive.infolist())
            if total > MAX_BYTES or total > MAX_RATIO * path.stat().st_size:
                return f"its archive unpacks to {total:,} bytes, over what is read"
            broken = archive.testzip()
    except BROKEN_ZIP as error:
        return f"it is no whole ZIP archive ({error})"
    return f"{broken} in its archive is damaged" if broken else ""


def _gzip_defect(path: Path) -> str:
    size, unpacked = path.stat().st_size, 0
    try:
        with gzip.open(path) as stream:
            while chunk := stream.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > MAX_BYTES or unpacked > MAX_RATIO * size + _CHUNK:
                    return "it unpacks to more than is read"
    except (OSError, EOFError, zlib.error) as error:
        return f"it is no whole gzip file ({error})"
    return ""


class _Declares(Exception):
    """The file declares a document type."""


def _xml_defect(path: Path) -> str:
    """Read the file through, keeping nothing of it."""
    from xml.parsers.expat import ExpatError, ParserCreate

    def refuse(*_: object) -> None:
        raise _Declares

    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except _Declares:
        return "it declares a document type or entities, which no list does"
    except (ExpatError, ValueError, LookupError) as error:
        return f"it is no well-formed XML ({error})"
    return ""


def _json_defect(path: Path, opened: bytes) -> str:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 64, 0), io.SEEK_SET)
        end = file.read().rstrip()
    return "" if end.endswith(b"}" if opened == b"{" else b"]") else "its JSON has no end"
