"""What a database says, as one line for a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from thalweg.store.model import StoreError

_SQLITE: Final = (
    ("database is locked", "another program is writing to it; try again when that has ended"),
    ("readonly database", "cannot be written to; give the right to write to the file and its folder, or name another store with --store"),
    ("unable to open", "cannot be opened; see to the rights of the file and its folder, or name another store with --store"),
    ("disk is full", "the disk is full; nothing was changed"),
    ("disk I/O error", "cannot be written or read: the disk is full or fails; nothing was changed"),
    ("can be added to", "decisions and the log of loads can be added to and not changed"),
)
_DAMAGED: Final = ("not a database", "malformed", "file is encrypted", "unsupported file format", "no such column", "no such table")


@contextmanager
def clear_errors(shown: str) -> Iterator[None]:
    """Turn an error of the database, or of what is read from it, into one line that names the store.

    Raises:
        StoreError: for every such error.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise StoreError(f"{shown}: {said(str(error.orig), shown)}") from None
    except sa.exc.SQLAlchemyError as error:
        raise StoreError(f"{shown}: {next(iter(str(error).splitlines()), type(error).__name__)}") from None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        told = f"{type(error).__name__}: {error}"
        raise StoreError(f"{shown}: holds what cannot be read ({told[:200]}); put back a copy of it that can") from error


def said(text: str, shown: str) -> str:
    """Return what an error of a database means and what to do."""
    for part, meaning in _SQLITE:
        if part in text:
            return meaning
    if any(part in text for part in _DAMAGED):
        return damaged("", text).removeprefix(": ")
    first = next((line.strip() for line in text.splitlines() if line.strip()), "no reason given")
    return first.replace(shown, "").strip()


def damaged(shown: str, text: str) -> str:
    """Return the line on a file that is no database, or no longer one."""
    return (
        f"{shown}: is damaged, or not a store ({text}); move it away and put back a copy. Without one, import the lists again and pull or "
        "import the documents again; decisions, mutes and the record of alerts are in this file alone"
    )
