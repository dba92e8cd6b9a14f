"""What an answer of a server says, whatever it writes: times, validators, and a body that may come packed."""

from __future__ import annotations

import datetime as dt
import email.utils
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from thalweg.evidence import BadInput
from thalweg.sources.addresses import shown

if TYPE_CHECKING:
    import httpx

_LONGEST: Final = 1_000
_PIECE: Final = 1 << 20
_GZIP: Final = 31
"""What zlib calls a stream with the head of gzip."""


class TryAgain(Exception):
    """An answer that may be better the next time; `wait` is what the server asked for."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


def instant(text: str) -> dt.datetime | None:
    """Return the time of a header; None where it is none."""
    try:
        when = email.utils.parsedate_to_datetime(text[:_LONGEST])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=dt.UTC)


def day(text: str) -> dt.date | None:
    """Return the day of a header; None where it is none."""
    when = instant(text)
    return when.date() if when else None


def retry_after(text: str) -> float | None:
    """Return the seconds that a `Retry-After` header asks for; None where it gives none."""
    bare = text.strip()
    if bare.isascii() and bare.isdigit():
        return float(bare[:9])
    when = instant(text)
    return max((when - dt.datetime.now(dt.UTC)).total_seconds(), 0.0) if when else None


def validator(text: str) -> str:
    """Return a validator that can be sent back; empty for one that no header may hold."""
    return text if len(text) <= _LONGEST and text.isascii() and text.isprintable() else ""


def same(one: str, other: str) -> bool:
    """Tell whether two validators may be of one file: only two that are given and differ are not."""
    return not one or not other or one.removeprefix("W/") == other.removeprefix("W/")


def packed(response: httpx.Response) -> bool:
    """Tell whether a body comes packed."""
    return response.headers.get("content-encoding", "").strip().casefold() not in ("", "identity")


def body(response: httpx.Response, url: str) -> Iterator[bytes]:
    """Yield the body in pieces. A packed one, which was not asked for, is unpacked piece by piece, so that no bomb lies in memory.

    Raises:
        TryAgain: if it is packed and broken, or broken off.
        BadInput: if it is packed in another way, or more than once.
    """
    if not packed(response):
        yield from response.iter_raw()
        return
    encoding = response.headers["content-encoding"].strip().casefold()
    if encoding not in ("gzip", "x-gzip"):
        raise BadInput(f"{shown(url)}: answered with a body packed as {encoding!r}, which is not read; nothing was fetched")
    stream, begun = zlib.decompressobj(_GZIP), False
    try:
        for raw in response.iter_raw():
            rest = raw
            while rest:
                if stream.eof:
                    stream = zlib.decompressobj(_GZIP)
                begun = True
                yield stream.decompress(rest, _PIECE)
                rest = stream.unused_data if stream.eof else stream.unconsumed_tail
    except zlib.error as error:
        raise TryAgain(f"sent a packed body that cannot be unpacked ({error})") from None
    if begun and not stream.eof:
        raise TryAgain("sent a packed body that breaks off")
