"""Strict reading of knowledge files: YAML with line numbers, and CSV.

YAML here is data only: no tags, no anchors or aliases, no duplicate keys, bounded in size and depth.
Only ``true`` and ``false`` are booleans, so ``NO`` is Norway.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from thalweg.evidence import PackError

MAX_BYTES: Final = 1_048_576
MAX_DEPTH: Final = 20
MAX_DIGITS: Final = 300
MAX_CSV_BYTES: Final = 64 * 1_048_576

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$|[-+]?[0-9]+[eE][-+][0-9]+$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path_ = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """A file's data and the line on which each of its values stands."""

    file: str
    data: Any
    lines: dict[Path_, int] = field(default_factory=dict)

    def line(self, path: Path_) -> int:
        """Return the line of a value, or of its nearest parent that is known."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(path: Path, *, name: str | None = None) -> Document:
    """Read one YAML file strictly.

    Raises:
        PackError: with file and line, for anything but plain data within the bounds.
    """
    label = name or str(path)
    return parse_yaml(_read(path, label, MAX_BYTES), name=label)


def _read(path: Path, label: str, most: int) -> bytes:
    """Read a file, or one byte more than it may have: what is too large is not held in memory to say so."""
    try:
        with path.open("rb") as file:
            raw = file.read(most + 1)
            size = path.stat().st_size
    except OSError as error:
        raise PackError(f"cannot be read: {error.strerror or error}", file=label) from error
    if len(raw) > most:
        raise PackError(f"is {size:,} bytes; a knowledge file may hold {most:,} at most, so split it", file=label)
    return raw


def parse_yaml(raw: bytes, *, name: str) -> Document:
    """Read YAML text strictly; see :func:`read_yaml`."""
    if len(raw) > MAX_BYTES:
        raise PackError(f"is {len(raw):,} bytes; a knowledge file may hold {MAX_BYTES:,} at most, so split it", file=name)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PackError(f"is not UTF-8 at byte {error.start}", file=name) from error
    try:
        _refuse_indirection(text, name)
        nodes = list(yaml.compose_all(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        line = int(mark.line) + 1 if mark is not None else 1
        raise PackError(f"is not valid YAML: {error.problem}", file=name, line=line) from error
    except yaml.YAMLError as error:
        raise PackError(f"is not valid YAML: {str(error).splitlines()[0]}", file=name) from error
    if len(nodes) > 1:
        raise PackError("holds several documents; keep one a file", file=name)
    document = Document(name, None)
    if nodes:
        document.data = _convert(nodes[0], document, (), 1)
    return document


def _refuse_indirection(text: str, name: str) -> None:
    depth = 0
    events: Any = yaml.parse(text, Loader=_LOADER)
    for event in events:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise PackError("anchors and aliases are not allowed; write the value out", file=name, line=line)
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            raise PackError(f"tag {tag} is not allowed; knowledge files hold plain data", file=name, line=line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise PackError(f"is nested deeper than {MAX_DEPTH} levels", file=name, line=line)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _convert(node: Any, document: Document, path: Path_, depth: int) -> Any:
    document.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise PackError("keys must be plain words", file=document.file, line=key_node.start_mark.line + 1)
            key = str(key_node.value)
            if key in result:
                raise PackError(f"key {key!r} stands twice", file=document.file, line=key_node.start_mark.line + 1)
            result[key] = _convert(value_node, document, (*path, key), depth + 1)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_convert(child, document, (*path, i), depth + 1) for i, child in enumerate(node.value)]
    return _scalar(node, document)


def _scalar(node: Any, document: Document) -> Any:
    text = node.value
    if node.style in ("'", '"', "|", ">"):
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INT.match(text):
        if len(text) > MAX_DIGITS:
            raise PackError(f"a number of {len(text):,} digits; {MAX_DIGITS} at most", file=document.file, line=node.start_mark.line + 1)
        return int(text)
    if _FLOAT.match(text):
        number = float(text)
        if math.isinf(number):
            raise PackError(f"{text[:40]} is too large for a number", file=document.file, line=node.start_mark.line + 1)
        return number
    if _DATE.match(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError as error:
            raise PackError(f"{text!r} is not a date: {error}", file=document.file, line=node.start_mark.line + 1) from error
    return text


def read_csv(path: Path, *, name: str | None = None, required: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """Read a CSV file with a header row into one dict a row, with its line under ``"#"``.

    Raises:
        PackError: if it is not UTF-8, has a row of another width, lacks a required column, or is too large.
    """
    label = name or str(path)
    raw = _read(path, label, MAX_CSV_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PackError(f"is not UTF-8 at byte {error.start}", file=label) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[dict[str, str]] = []
    try:
        header = [h.strip() for h in next(reader, [])]
        if duplicate := {h for h in header if header.count(h) > 1}:
            raise PackError(f"column {min(duplicate)!r} stands twice", file=label, line=1)
        if missing := [c for c in required if c not in header]:
            raise PackError(f"lacks the column {missing[0]!r}; it has {', '.join(header) or 'none'}", file=label, line=1)
        for record in reader:
            if not record:
                continue
            if len(record) != len(header):
                raise PackError(f"has {len(record)} fields, the header has {len(header)}", file=label, line=reader.line_num)
            row = dict(zip(header, (v.strip() for v in record), strict=True))
            row["#"] = str(reader.line_num)
            rows.append(row)
    except csv.Error as error:
        raise PackError(f"is not valid CSV: {error}", file=label, line=reader.line_num) from error
    return rows
