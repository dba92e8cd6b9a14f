"""Records of a JSON file, one at a time: JSON Lines, a list, or one object. Numbers are kept as the decimals that they are written as."""

from __future__ import annotations

import codecs
import io
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import IO, Any, Final, NoReturn

from thalweg.evidence import BadInput

MOST_BYTES: Final = 32 * 1_048_576
"""The longest line, or element of a list, that is read."""

_CHUNK: Final = 1_048_576
_SPACE: Final = re.compile(r"\s*")
_TRIED: Final = 1_000
"""Lines that are tried before a file whose first line is no JSON is taken for one that is broken as a whole."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record with its line, or its place in the list; ``error`` says why there is none."""

    number: int
    data: Any
    error: str = ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        message = f"the key {twice!r} stands twice; give it once"
        raise ValueError(message)
    return found


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        message = f"{text[:40]} is too large or too small for a number"
        raise ValueError(message) from None


def _no_number(text: str) -> NoReturn:
    message = f"{text} is not a number of JSON"
    raise ValueError(message)


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_once, parse_float=_decimal, parse_constant=_no_number)


def records(source: IO[bytes]) -> Iterator[Record]:
    """Yield the records of a file: each line of JSON Lines, each element of a list, or the one object.

    Raises:
        BadInput: the file as a whole is no JSON.
    """
    number, head = 0, b""
    for number, head in enumerate(_lines(source), 1):
        if number == 1:
            head = head.removeprefix(codecs.BOM_UTF8)  # noqa: PLW2901  (the mark is no part of the line)
        if head.strip():
            break
    if head.lstrip()[:1] == b"[":
        yield from _elements(head, source)
        return
    first = _decoded(head, number)
    rest: Iterator[bytes] = _lines(source)
    if first.error and head.strip():
        more = source.read(MOST_BYTES)
        whole = _decoded(head + more, number)
        if not whole.error:
            yield whole
            return
        if not any(isinstance(_decoded(line, 0).data, dict) for line in more.splitlines()[:_TRIED]):
            raise BadInput(whole.error)
        rest = itertools.chain(_lines(io.BytesIO(more + source.readline(MOST_BYTES))), rest)
    if head.strip():
        yield first
    for place, line in enumerate(rest, number + 1):
        if line.strip():
            yield _decoded(line, place)


def _lines(source: IO[bytes]) -> Iterator[bytes]:
    """Yield lines; of one that is too long no more than shows that it is."""
    while line := source.readline(MOST_BYTES):
        yield line
        while len(line) >= MOST_BYTES and not line.endswith(b"\n"):
            line = source.readline(MOST_BYTES)


def _decoded(text: bytes, number: int) -> Record:
    if len(text) >= MOST_BYTES:
        return Record(number, None, f"is longer than {MOST_BYTES:,} bytes; split it, or give the holdings as a table")
    try:
        return Record(number, _DECODER.decode(text.decode("utf-8")))
    except UnicodeDecodeError as error:
        return Record(number, None, f"is not UTF-8 at byte {error.start}")
    except (ValueError, RecursionError) as error:
        return Record(number, None, f"not JSON: {error}")


def _elements(head: bytes, source: IO[bytes]) -> Iterator[Record]:
    """Yield the elements of a list, holding no more of it than one."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    number, ended, at = 0, False, 0
    try:
        text = decoder.decode(head).lstrip()[1:]
        while True:
            at = _after_space(text, at)
            if text.startswith("]", at):
                if text[at + 1 :].strip() or decoder.decode(source.read(_CHUNK), final=True).strip():
                    raise BadInput("not JSON: something stands after the end of the list")
                return
            data, end, fault = _next(text, at, first=not number)
            if end and (ended or end < len(text)):
                number += 1
                yield Record(number, data)
                at = end
            elif ended:
                raise BadInput(f"not JSON: element {number + 1}: {fault}")
            elif len(text) - at > MOST_BYTES:
                raise BadInput(f"element {number + 1} is longer than {MOST_BYTES:,} bytes, or not JSON: {fault}")
            else:
                # More is read as long as an element is not whole; twice as much each time, so that a long one is not tried too often.
                text, at = text[at:], 0
                chunk = source.read(max(_CHUNK, len(text)))
                ended = not chunk
                text += decoder.decode(chunk, final=ended)
    except UnicodeDecodeError as error:
        raise BadInput(f"is not UTF-8: {error.reason}") from None


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _next(text: str, start: int, *, first: bool) -> tuple[Any, int, str]:
    """Return the next element of a list with the place after it; place 0 and a fault where there is none, or not all of it."""
    if start >= len(text):
        return None, 0, "the list has no end"
    if not first:
        if text[start] != ",":
            return None, 0, "expected a comma"
        start = _after_space(text, start + 1)
    try:
        data, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        return None, 0, str(error)
    return data, end, ""
