"""Shares as sources write them: numbers, ranges, and the free text of percentages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from thalweg.evidence import BadInput, nearest
from thalweg.nouns.ownership import UNKNOWN_SHARE, Share

MOST_DECIMALS: Final = 60
_ALL: Final = Decimal(1)
_HUNDRED: Final = Decimal(100)
_RANGE_KEYS: Final = ("min", "max", "above", "below")
_NUMBER: Final = r"(\d+(?:[.,]\d+)?|[.,]\d+)"
_PLAIN: Final = re.compile(rf"{_NUMBER}\s*(%|percent|per cent|pct)?\.?", re.IGNORECASE)
_BETWEEN: Final = re.compile(rf"{_NUMBER}\s*%?\s*(?:-|–|—|to|and|\.\.)\s*{_NUMBER}\s*(?:%|percent|per cent)?", re.IGNORECASE)
_ABOVE: Final = re.compile(rf"(>=|=>|≥|at least|>|over|more than|above)\s*{_NUMBER}\s*(?:%|percent|per cent)?", re.IGNORECASE)
_BELOW: Final = re.compile(rf"(<=|=<|≤|at most|up to|<|under|less than|below)\s*{_NUMBER}\s*(?:%|percent|per cent)?", re.IGNORECASE)
_CLOSED: Final = frozenset([">=", "=>", "≥", "at least", "<=", "=<", "≤", "at most", "up to"])


def decimal_of(value: Any, field: str) -> Decimal:
    """Return a number as the decimal that it is written as: 0.03 is 0.03, though no binary number is.

    Raises:
        BadInput: it is no number between 0 and 1.
    """
    if isinstance(value, str):
        hint = "; write it as a number, such as 0.51" if _PLAIN.fullmatch(value.strip()) else "; write it as a number from 0 to 1"
        raise BadInput(f"{field}: {value[:40]!r} is text{hint}")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadInput(f"{field}: {str(value)[:40]!r} is not a number from 0 to 1")
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return within(number, field)


def within(number: Decimal, field: str) -> Decimal:
    """Return a decimal that can be a share.

    Raises:
        BadInput: it is not a number, is below 0 or above 1, or has too many decimals.
    """
    if not number.is_finite():
        raise BadInput(f"{field}: {number} is not a number from 0 to 1")
    if number < 0:
        raise BadInput(f"{field}: {short(number)} is below 0")
    if number > 1:
        remedy = f"; for {short(number)} percent write {short(number / 100)}" if number <= _HUNDRED else ""
        raise BadInput(f"{field}: {short(number)} is more than 1, the whole{remedy}")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MOST_DECIMALS:
        raise BadInput(f"{field}: a share of {-exponent:,} decimals; {MOST_DECIMALS} at most")
    return number


def written(text: str) -> Decimal:
    """Return the decimal that a text is.

    Raises:
        InvalidOperation: it is none; numbers with underscores, which Python reads, are none.
    """
    if "_" in text:
        raise InvalidOperation
    return Decimal(text)


def short(number: Decimal) -> str:
    """Return a decimal in few characters."""
    return f"{number:f}" if -10 < number.adjusted() < 10 and len(number.as_tuple().digits) < 20 else f"{number:.6E}"


def share_of(value: Any, field: str = "share") -> Share:
    """Read a share of the contract: a number, null, or a range of `min` and `max`; `above` and `below` are bounds that do not count in.

    Raises:
        BadInput: it is none of these.
    """
    if value is None:
        return UNKNOWN_SHARE
    if not isinstance(value, Mapping):
        number = decimal_of(value, field)
        return Share(number, number)
    for key in value:
        if key not in _RANGE_KEYS:
            raise BadInput(f"{field}: a range has min and max, not {str(key)[:40]!r}{nearest(str(key), _RANGE_KEYS)}")
    if ("min" in value and "above" in value) or ("max" in value and "below" in value):
        raise BadInput(f"{field}: give one of min and above, and one of max and below")
    bounds = {key: decimal_of(v, f"{field}.{key}") for key, v in value.items() if v is not None}
    low, low_open = (bounds["above"], True) if "above" in bounds else (bounds.get("min", Decimal(0)), False)
    high, high_open = (bounds["below"], True) if "below" in bounds else (bounds.get("max", _ALL), False)
    return ranged(low, high, field, low_open=low_open, high_open=high_open)


def ranged(low: Decimal, high: Decimal, field: str, *, low_open: bool = False, high_open: bool = False) -> Share:
    """Return a range.

    Raises:
        BadInput: it holds no number.
    """
    if low > high or (low == high and (low_open or high_open)):
        raise BadInput(f"{field}: the range from {short(low)} to {short(high)} holds no number")
    return Share(low, high, low_open, high_open)


def percentage(text: str, field: str = "percentage") -> Share | None:
    """Read the free text of a percentage: "51", "51.5 %", "50,5%", "25-50%", "more than 25%"; None where it says nothing that can be read.

    A number of at most 1 without a sign is None as well: 0.5 may be half a percent or a half.

    Raises:
        BadInput: it reads as a number and is below 0 or above 100.
    """
    said = " ".join(text.split()).casefold()
    if found := _PLAIN.fullmatch(said):
        number = _number(found[1])
        return None if number <= 1 and not found[2] and number != 0 else _parts(number, number, field)
    if found := _BETWEEN.fullmatch(said):
        return _parts(_number(found[1]), _number(found[2]), field)
    if found := _ABOVE.fullmatch(said):
        return _parts(_number(found[2]), _HUNDRED, field, low_open=found[1] not in _CLOSED)
    if found := _BELOW.fullmatch(said):
        return _parts(Decimal(0), _number(found[2]), field, high_open=found[1] not in _CLOSED)
    return None


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _parts(low: Decimal, high: Decimal, field: str, *, low_open: bool = False, high_open: bool = False) -> Share:
    for number in (low, high):
        if number > _HUNDRED:
            raise BadInput(f"{field}: {short(number)}% is more than the whole")
    low, high = (within(number.scaleb(-2), field) for number in (low, high))
    return ranged(low, high, field, low_open=low_open and low < 1, high_open=high_open and high > 0)


def cell(text: str, field: str = "share") -> Share:
    """Read a cell of a table: empty is unknown, 0.51 is a part of 1, 51% a percentage.

    Raises:
        BadInput: it is neither.
    """
    said = text.strip()
    if not said:
        return UNKNOWN_SHARE
    if "%" in said:
        found = percentage(said, field)
        if found is not None:
            return found
        raise BadInput(f"{field}: {said[:40]!r} is not a share; write 0.51 or 51%")
    try:
        number = written(said)
    except InvalidOperation:
        raise BadInput(f"{field}: {said[:40]!r} is not a share; write 0.51 or 51%") from None
    number = within(number, field)
    return Share(number, number)
