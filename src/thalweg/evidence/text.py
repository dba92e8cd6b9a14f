"""Text from outside, made fit to show: nothing in it can command a terminal, forge a line or reorder what stands beside it."""

from __future__ import annotations

import re
from typing import Final

_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_MOST: Final = 2_000
_TAIL: Final = 500


def visible(text: str, *, keep: str = "") -> str:
    """Return text with control characters, marks of direction and halves of characters written as escapes, save those to keep."""
    return _UNSEEN.sub(lambda m: m[0] if m[0] in keep else m[0].encode("unicode_escape").decode(), text)


def json_fault(error: Exception) -> str:
    """Return what is wrong with a text that is no JSON, without what only concerns the program that reads it."""
    text = str(error)
    return "a number has more digits than any number here" if "integer string conversion" in text else text


def one_line(text: str) -> str:
    """Return text as one visible line of bounded length: what is too long loses its middle, so that what to do at its end stays."""
    line = visible(" ".join(text.splitlines()) if "\n" in text else text)
    return line if len(line) <= _MOST else f"{line[: _MOST - _TAIL]} ... {line[-_TAIL:]}"
