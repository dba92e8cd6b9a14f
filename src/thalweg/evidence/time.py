"""Days as ordinals; windows are half open, ``start <= day < end``."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from thalweg.evidence.errors import BadInput

OPEN_START: Final = 0
OPEN_END: Final = 9_999_999

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}$")


def day(value: dt.date | None, *, default: int) -> int:
    """Return the proleptic ordinal of a date, or ``default`` for ``None``."""
    return default if value is None else value.toordinal()


def iso(ordinal: int) -> str | None:
    """Return the ISO form of an ordinal; ``None`` for an open end."""
    if ordinal in (OPEN_START, OPEN_END):
        return None
    return dt.date.fromordinal(ordinal).isoformat()


def parse_date(text: object, *, field: str = "date") -> dt.date:
    """Read ``YYYY-MM-DD``.

    Raises:
        BadInput: if the value is not such a date.
    """
    if isinstance(text, dt.datetime):
        return text.date()
    if isinstance(text, dt.date):
        return text
    if isinstance(text, str) and _ISO.match(text.strip()):
        try:
            return dt.date.fromisoformat(text.strip())
        except ValueError:
            pass
    message = f"{field}: {text!r} is not a date; write it as YYYY-MM-DD"
    raise BadInput(message)
