"""Errors for people: what was wrong, where, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from thalweg.evidence.text import one_line


class ThalwegError(Exception):
    """Anything the program refuses; its text is one clear line, whatever it quotes."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class BadInput(ThalwegError):
    """A transaction, portfolio or option that cannot be read as it stands."""


class PackError(ThalwegError):
    """A knowledge file or overlay that does not hold to its format."""

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        where = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(where + message)
        self.file = file
        self.line = line


def nearest(name: str, known: Iterable[str], *, limit: int = 3) -> str:
    """Return ``; did you mean ...?`` for the closest known names, or an empty string."""
    by_fold = {k.casefold(): k for k in known}
    close = difflib.get_close_matches(name.casefold(), by_fold, n=limit, cutoff=0.55)
    if not close:
        return ""
    return "; did you mean " + ", ".join(repr(by_fold[c]) for c in close) + "?"
