"""Which of the forms of ownership data a file has, told by its content, and the graph that is in it."""

from __future__ import annotations

import codecs
import io
import itertools
import json
from collections.abc import Iterable, Iterator
from typing import IO, Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns.ownership import OwnedParty, OwnershipGraph
from thalweg.sources.ownership import bods, ftm, gleif
from thalweg.sources.ownership.records import Record, records

HEAD: Final = 65_536
"""Bytes by which a file is told at most."""
KINDS: Final = ("contract", "csv", "parquet", "gleif", "gleif-entities", "gleif-exceptions", "bods", "ftm")
"""What a file may be; XML and JSON of the same source are one kind."""

_XML: Final = {"RelationshipData": "gleif", "LEIData": "gleif-entities", "ReportingExceptionData": "gleif-exceptions"}
_ARCHIVES: Final = {
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip file",
    b"\xfd7zXZ": "an xz file",
    b"BZh": "a bzip2 file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"7z\xbc\xaf": "a 7z archive",
}


def kind_of(head: bytes) -> str:
    """Return what a file is by its first bytes.

    Raises:
        BadInput: it is empty, packed, or none of what is read.
    """
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise BadInput("is empty")
    for magic, what in _ARCHIVES.items():
        if head.startswith(magic):
            raise BadInput(f"is {what}; unpack it first")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadInput("is UTF-16 text; save it as UTF-8")
    if head.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"<"):
        for root, kind in _XML.items():
            if root.encode() in start:
                return kind
        raise BadInput(f"is XML, and none of {', '.join(_XML)}")
    if start[:1] in (b"{", b"["):
        return _json_kind(start)
    if b"\x00" in head:
        raise BadInput("is neither text nor Parquet")
    return "csv"


def begun(source: IO[bytes]) -> tuple[bytes, IO[bytes]]:
    """Return the beginning of a file, enough to tell what it is by, and the file from its start.

    From a pipe no more is read than that takes: a program that writes slowly, or a line at a time, is waited for.
    """
    if source.seekable():
        at = source.tell()
        head = source.read(HEAD)
        source.seek(at)
        return head, source
    head = b""
    while not _told(head) and len(head) < HEAD and (more := _some(source, HEAD)):
        head += more
    return head, io.BufferedReader(_Rewound(head, source))


def _told(head: bytes) -> bool:
    """Say whether a beginning is enough to tell what the file is by."""
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if len(head) < 4 or not start:
        return False
    if start.startswith(b"<"):
        return any(root.encode() in start for root in _XML)
    if start[:1] in (b"{", b"["):
        try:
            json.JSONDecoder().raw_decode(start.decode("utf-8", errors="replace").lstrip("[ \t\r\n"))
        except (ValueError, RecursionError):
            return False
        return True
    return b"\n" in start or head.startswith((b"PAR1", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, *_ARCHIVES))


class _Rewound(io.RawIOBase):
    """A stream that gives back what was read of it first."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self.head = head
        self.rest = rest

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give what was read first, then the rest as it comes."""
        size = len(buffer)
        piece, self.head = (self.head[:size], self.head[size:]) if self.head else (_some(self.rest, size), b"")
        buffer[: len(piece)] = piece
        return len(piece)


def _some(source: IO[bytes], size: int) -> bytes:
    found: bytes = source.read1(size) if hasattr(source, "read1") else source.read(size)
    return found


def _json_kind(start: bytes) -> str:
    """Tell JSON apart by the keys that only one of its forms has."""
    found = _keys(start.decode("utf-8", errors="replace"))
    for keys, kind in (
        ({"owns"}, "contract"),
        ({"Relationship"}, "gleif"),
        ({"RelationshipRecord"}, "gleif"),
        ({"ExceptionCategory"}, "gleif-exceptions"),
        ({"LEI", "Entity"}, "gleif-entities"),
        ({"statementType"}, "bods"),
        ({"recordType", "recordDetails"}, "bods"),
        ({"schema", "properties"}, "ftm"),
    ):
        if keys <= found:
            return kind
    return "contract"


def _keys(text: str) -> set[str]:
    """Return the keys of the first record, or all keys at its start where it is not whole."""
    body = text.lstrip("[ \t\r\n")
    try:
        data, _ = json.JSONDecoder().raw_decode(body)
    except (ValueError, RecursionError):
        data = None
    if isinstance(data, dict):
        inner = [v[0] for v in data.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        return {*data, *(inner[0] if len(data) == 1 and inner else ())}
    pieces = body.split('"')
    return {key for key, after in itertools.pairwise(pieces) if after.lstrip().startswith(":")}


def read_graph(source: IO[bytes], kind: str) -> OwnershipGraph:
    """Read the graph of a register's file; ``kind`` is one of gleif, bods and ftm.

    Raises:
        BadInput: the file cannot be read.
    """
    reader = {"gleif": gleif.graph_of, "bods": bods.graph_of, "ftm": ftm.graph_of}[kind]
    return reader(_records(source, "RelationshipRecord"))


def read_parties(source: IO[bytes]) -> dict[str, OwnedParty]:
    """Read names and countries from level 1 data, by LEI.

    Raises:
        BadInput: the file cannot be read.
    """
    return gleif.entities_of(_records(source, "LEIRecord"))


def _records(source: IO[bytes], tag: str) -> Iterator[Record]:
    """Yield the records of an XML or JSON file, those of a JSON object from the one list in it."""
    head = source.peek(HEAD) if hasattr(source, "peek") else b""  # type: ignore[attr-defined,unused-ignore]
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        yield from gleif.xml_records(source, tag)
        return
    for record in records(source):
        yield from _unpacked(record)


def _unpacked(record: Record) -> Iterable[Record]:
    data: Any = record.data
    if isinstance(data, dict) and len(data) == 1 and isinstance(members := next(iter(data.values())), list):
        return (Record(i, member) for i, member in enumerate(members, 1))
    return (record,)
