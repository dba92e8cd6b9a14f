"""Bytes as they come from outside: what they are read as, and the bounds they are held to."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from thalweg.evidence import BadInput
from thalweg.evidence.text import json_fault

if TYPE_CHECKING:
    import _csv
    from xml.etree.ElementTree import Element

MAX_BYTES: Final = 256 << 20
MAX_TOGETHER: Final = 1 << 30
"""Bytes of the files of a folder, which are read together."""
MAX_RATIO: Final = 200
MAX_MEMBERS: Final = 1_000
MAX_ROWS: Final = 300_000
MAX_MARKS: Final = 10_000_000
"""Tags and attributes of an XML file, or values of a JSON file: each takes far more memory than bytes."""
BROKEN_ZIP: Final = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""What the reading of a damaged archive ends with."""
_PACKINGS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_CELL: Final = 256 << 10
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_SUFFIXES: Final = frozenset({".csv", ".tsv", ".txt", ".json", ".xml", ".zip"})


def _alone(_: str) -> RawFile | None:
    return None


@dataclass(slots=True)
class RawFile:
    """One file by name and bytes; `beside` finds another by its name, case ignored, where it came from."""

    name: str
    data: bytes
    beside: Callable[[str], RawFile | None] = _alone

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def encoding(self) -> str:
        """The Unicode encoding that its first bytes show; UTF-8 without a mark."""
        return "utf-16" if self.data[:2] in _UTF16 else "utf-8-sig"

    def head(self, size: int = 4_096) -> str:
        """Return its beginning as text, whatever it holds, to recognize it by."""
        return self.data[:size].decode(self.encoding, errors="replace")

    def text(self, *, fallback: str = "") -> str:
        """Return its text: Unicode, else in the fallback encoding that its publisher is known to use.

        Raises:
            BadInput: if it is in neither.
        """
        try:
            return self.data.decode(self.encoding)
        except UnicodeDecodeError as error:
            if not fallback:
                raise BadInput(f"{self.name}: is not {self.encoding.removesuffix('-sig').upper()} text (byte {error.start:,})") from error
            return self.data.decode(fallback, errors="replace")

    def lines(self, *, fallback: str = "") -> Iterator[str]:
        """Yield its lines as they end in it, without null characters; what is read is as for `text`, and is not held whole."""
        encoding = self.encoding
        try:
            self.text()
        except BadInput:
            if not fallback:
                raise
            encoding = fallback
        stream = io.TextIOWrapper(io.BytesIO(self.data), encoding, errors="replace", newline="")
        return (line.replace("\x00", "") for line in stream)


# ---------------------------------------------------------------- from disk


def read_file(path: Path) -> RawFile:
    """Read a file whole.

    Raises:
        BadInput: if it cannot be read, is empty, or is over the bound.
    """
    return RawFile(path.name, _bytes(path), lambda name: _sibling(path.parent, name))


def _bytes(path: Path) -> bytes:
    try:
        kind = path.stat()
        if not (stat.S_ISREG(kind.st_mode) or stat.S_ISFIFO(kind.st_mode)):
            raise BadInput(f"{path}: is no file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1) if kind.st_size <= MAX_BYTES else b""
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from error
    if kind.st_size > MAX_BYTES or len(data) > MAX_BYTES:
        raise BadInput(f"{path}: is larger than {MAX_BYTES:,} bytes, which no list is")
    if not data:
        raise BadInput(f"{path}: is empty")
    return data


def _sibling(folder: Path, name: str) -> RawFile | None:
    for path in sorted(folder.iterdir()):
        if path.name.casefold() == name.casefold() and path.is_file():
            return RawFile(path.name, _bytes(path))
    return None


def gather(path: Path) -> tuple[RawFile, ...]:
    """Return the files at a path: one file, those of a ZIP archive, or those of a folder that can be lists.

    Raises:
        BadInput: if there is nothing to read, or an archive is over the bounds.
    """
    if not path.is_dir():
        file = read_file(path)
        return _unpacked(file) if zipfile.is_zipfile(io.BytesIO(file.data)) else (file,)
    files: list[RawFile] = []
    together = 0
    for child in sorted(path.iterdir()):
        if child.is_file() and not child.name.startswith(".") and child.suffix.casefold() in _SUFFIXES:
            found = gather(child)
            together += sum(len(f.data) for f in found)
            if together > MAX_TOGETHER:
                raise BadInput(f"{path}: its files have more than {MAX_TOGETHER:,} bytes together; give them one by one")
            files += found
    if not files:
        raise BadInput(f"{path}: holds no list file ({', '.join(sorted(_SUFFIXES))})")
    return tuple(files)


def _unpacked(archive: RawFile) -> tuple[RawFile, ...]:
    """Return the files of a ZIP archive, none of them written to disk; a bomb is refused before and while it unpacks."""
    found: dict[str, RawFile] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(archive.data)) as packed:
            members = [m for m in packed.infolist() if not m.is_dir()]
            total = sum(m.file_size for m in members)
            if len(members) > MAX_MEMBERS or total > MAX_BYTES or total > MAX_RATIO * max(len(archive.data), 1):
                raise BadInput(
                    f"{archive.name}: unpacks to {total:,} bytes in {len(members):,} files from {len(archive.data):,}; "
                    f"at most {MAX_BYTES:,} bytes, {MAX_MEMBERS:,} files and {MAX_RATIO} times its size are read"
                )
            for member in members:
                name = PurePosixPath(member.filename).name
                if PurePosixPath(name).suffix.casefold() not in _SUFFIXES - {".zip"} or name.startswith("."):
                    continue
                if member.compress_type not in _PACKINGS:
                    raise BadInput(f"{archive.name}: {name} is packed in a way that is not read; pack it the usual way (deflate)")
                if name.casefold() in found:
                    raise BadInput(f"{archive.name}: holds {name} twice; which of the two is the list?")
                with packed.open(member) as stream:
                    data = stream.read(member.file_size + 1)
                if len(data) > member.file_size:
                    raise BadInput(f"{archive.name}: {name} holds more than the archive says")
                found[name.casefold()] = RawFile(name, data, lambda other: found.get(other.casefold()))
    except BROKEN_ZIP as error:
        raise BadInput(f"{archive.name}: is no ZIP archive that can be read ({error}); it may be cut off") from error
    if not found:
        raise BadInput(f"{archive.name}: holds no list file")
    return tuple(found.values())


# ---------------------------------------------------------------- tables


def rows(
    file: RawFile, source: str, columns: Sequence[str], *, delimiter: str = ",", fallback: str = "", skip: int = 0, strict: bool = True
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line and values by column of each row of a delimited file with a header, after the lines to skip.

    Not `strict` takes quotes inside values as its publisher writes them.

    Raises:
        BadInput: naming the column that is missing, or the line that has another number of fields or is cut off.
    """
    reader = _reader(file, delimiter, fallback, strict=strict)
    try:
        for _ in range(skip):
            next(reader, None)
        header = [h.strip() for h in next(reader, [])]
        _check_header(file.name, source, header, columns)
        width = len(header)
        for count, record in enumerate(reader):
            _bound_rows(file, count)
            if not record:
                continue
            if len(record) != width:
                raise BadInput(
                    f"{file.name}: line {reader.line_num}: has {len(record)} fields, the header has {width}; the file may be cut off"
                )
            yield reader.line_num, dict(zip(header, record, strict=True))
    except csv.Error as error:
        raise BadInput(f"{file.name}: line {reader.line_num}: is not valid CSV ({error}); the file may be cut off") from error


def _check_header(name: str, source: str, header: Sequence[str], columns: Sequence[str]) -> None:
    if missing := [c for c in columns if c not in header]:
        fresh = [h for h in header if h and h not in columns]
        told = f"; new is {', '.join(map(repr, fresh[:5]))}" if fresh else ""
        verb = "is" if len(missing) == 1 else "are"
        raise BadInput(
            f"{name}: {source}: column {', '.join(map(repr, missing))} {verb} missing{told}; "
            "the form of the list has changed, so it is not read"
        )


def records(file: RawFile, source: str, width: int, *, fallback: str = "") -> Iterator[tuple[int, list[str]]]:
    """Yield line and values of each record of a delimited file without a header.

    Raises:
        BadInput: for a record of another width, or one that is cut off.
    """
    reader = _reader(file, ",", fallback)
    try:
        for count, record in enumerate(reader):
            _bound_rows(file, count)
            if not record or record == ["\x1a"]:
                continue
            if len(record) != width:
                raise BadInput(
                    f"{file.name}: {source}: line {reader.line_num} has {len(record)} fields where {width} are due; the file may be cut off"
                )
            yield reader.line_num, record
    except csv.Error as error:
        raise BadInput(f"{file.name}: line {reader.line_num}: is not valid CSV ({error}); the file may be cut off") from error


def _bound_rows(file: RawFile, count: int) -> None:
    if count >= MAX_ROWS:
        raise BadInput(f"{file.name}: has more than {MAX_ROWS:,} rows, which no list has")


def _reader(file: RawFile, delimiter: str, fallback: str, *, strict: bool = True) -> _csv.Reader:
    csv.field_size_limit(_CELL)
    return csv.reader(file.lines(fallback=fallback), delimiter=delimiter, strict=strict)


# ---------------------------------------------------------------- JSON and XML


def json_value(file: RawFile) -> Any:
    """Return what a JSON file holds.

    Raises:
        BadInput: if it is no JSON, or holds more values, or deeper ones, than a list does.
    """
    _bound_marks(file, b",[{")
    try:
        return json.loads(file.text())
    except RecursionError:
        raise BadInput(f"{file.name}: is nested deeper than a list is; it is not read") from None
    except ValueError as error:
        raise BadInput(f"{file.name}: is not valid JSON ({json_fault(error)}); it may be cut off") from error


def _bound_marks(file: RawFile, marks: bytes) -> None:
    if sum(file.data.count(mark) for mark in marks) > MAX_MARKS:
        raise BadInput(f"{file.name}: has more parts than any list; it is not read")


_NAMESPACE: Final = re.compile(r"\{[^}]*\}")


def xml_root(file: RawFile) -> Element:
    """Return the root of an XML file with the namespaces of its elements taken off.

    Raises:
        BadInput: if it is not well formed, or declares entities or a document type: lists have none.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    _bound_marks(file, b"<=")
    try:
        root: Element = fromstring(file.data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise BadInput(f"{file.name}: declares a document type or entities, which no list does; it is not read") from error
    except (ParseError, ValueError, LookupError) as error:
        raise BadInput(f"{file.name}: is not well-formed XML ({error}); it may be cut off") from error
    for element in root.iter():
        if element.tag.startswith("{"):
            element.tag = _NAMESPACE.sub("", element.tag, count=1)
    return root


def xml_elements(file: RawFile, tags: Collection[str]) -> Iterator[Element]:
    """Yield elements of an XML file by their names, each whole and with namespaces taken off; what has been yielded is forgotten.

    For files of a hundred megabytes, of which no more than one element is held at a time.

    Raises:
        BadInput: if it is not well formed, or declares entities or a document type: lists have none.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    try:
        parents: list[Element] = []
        for event, element in iterparse(io.BytesIO(file.data), ("start", "end"), forbid_dtd=True):
            if event == "start":
                parents.append(element)
                continue
            parents.pop()
            element.tag = _NAMESPACE.sub("", element.tag, count=1)
            if element.tag in tags:
                yield element
                if parents:
                    parents[-1].remove(element)
    except DefusedXmlException as error:
        raise BadInput(f"{file.name}: declares a document type or entities, which no list does; it is not read") from error
    except (ParseError, ValueError, LookupError) as error:
        raise BadInput(f"{file.name}: is not well-formed XML ({error}); it may be cut off") from error


def child_text(element: Element, tag: str) -> str:
    """Return the text of a child, on one line; empty where there is none."""
    return " ".join((element.findtext(tag) or "").split())
