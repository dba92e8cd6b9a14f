"""Records from files, one a line: CSV with a header, or JSON Lines. A bad line becomes an error with its number."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from thalweg.evidence import BadInput, nearest
from thalweg.evidence.text import json_fault

MAX_LINE: Final = 100_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file, and what it states or what was wrong."""

    number: int
    record: dict[str, Any] | None
    error: str = ""

    @property
    def id(self) -> str | None:
        """The line's own id, where it states one."""
        stated = (self.record or {}).get("id")
        return None if stated in (None, "") else str(stated)


def kind_of(path: str) -> str:
    """Return the kind that a file's name says; JSON Lines where it says nothing."""
    return "csv" if Path(path).suffix.lower() == ".csv" else "jsonl"


def read_records(source: TextIO, kind: str, *, known: Sequence[str], needed: Sequence[str], what: str) -> Iterator[Line]:
    """Yield every line of a file of kind ``jsonl`` or ``csv``.

    Args:
        source: the text.
        kind: how it is written.
        known: the columns that a CSV file may have.
        needed: those that it must have.
        what: says what a line holds, for one that holds something else.

    Raises:
        BadInput: if a CSV file has no header that names these columns.
    """
    yield from _from_csv(source, known, needed) if kind == "csv" else _from_json_lines(source, what)


def _from_json_lines(source: TextIO, what: str) -> Iterator[Line]:
    for number, text in enumerate(source, 1):
        if not text.strip():
            continue
        if len(text) > MAX_LINE:
            yield Line(number, None, f"the line has {len(text):,} characters; {MAX_LINE:,} at most")
            continue
        try:
            data = json.loads(text, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            yield Line(number, None, f"not JSON: {json_fault(error)}")
            continue
        if isinstance(data, dict):
            yield Line(number, data)
        else:
            yield Line(number, None, f"{what}, not {type(data).__name__}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Gather an object whose keys differ: of two values under one key, neither is to be taken silently."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(n for n in names if names.count(n) > 1)!r} stands twice; give it once")
    return found


def _from_csv(source: TextIO, known: Sequence[str], needed: Sequence[str]) -> Iterator[Line]:
    reader = csv.reader(source, strict=True)
    try:
        header = [h.strip().lstrip("\ufeff") for h in next(reader, [])]
    except csv.Error as error:
        raise BadInput(f"line 1: not CSV: {error}") from None
    _check_header(header, known, needed)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(reader.line_num, None, f"not CSV: {error}")
            continue
        if len(row) == len(header):
            yield Line(reader.line_num, {name: cell.strip() for name, cell in zip(header, row, strict=True) if cell.strip()})
        elif row:
            yield Line(reader.line_num, None, f"has {len(row)} fields; the header has {len(header)}")


def _check_header(header: list[str], known: Sequence[str], needed: Sequence[str]) -> None:
    for name in header:
        if name not in known:
            raise BadInput(f"line 1: unknown column {name!r}{nearest(name, known)} (known are {', '.join(known)})")
    if twice := [h for h in header if header.count(h) > 1]:
        raise BadInput(f"line 1: the column {twice[0]!r} stands twice; keep one")
    if missing := [c for c in needed if c not in header]:
        raise BadInput(f"line 1: the column {missing[0]!r} is missing")
