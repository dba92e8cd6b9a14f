"""The calendar of the model: 44 quarters, 2022Q1 to 2032Q4."""

from __future__ import annotations

from thalweg.evidence import BadInput

FIRST_YEAR = 2022
LAST_YEAR = 2032
YEARS = tuple(range(FIRST_YEAR, LAST_YEAR + 1))
QUARTERS = 4 * len(YEARS)
LABELS = tuple(f"{year}Q{k}" for year in YEARS for k in (1, 2, 3, 4))


def year(t: int) -> int:
    """Return the calendar year of a quarter's index."""
    return FIRST_YEAR + t // 4


def middle(t: int) -> float:
    """Return the middle of a quarter in calendar years: 2022Q1 is 2022.125."""
    return FIRST_YEAR + 0.125 + t / 4


def end(t: int) -> float:
    """Return the end of a quarter in calendar years."""
    return FIRST_YEAR + 0.25 + t / 4


def index(label: str) -> int:
    """Return the index of a quarter such as ``2026Q4``; the quarter after the last is allowed, as an end.

    Raises:
        BadInput: the text is no quarter of the model.

    """
    try:
        named_year, quarter = label.upper().split("Q")
        t = 4 * (int(named_year) - FIRST_YEAR) + int(quarter) - 1
        if int(quarter) in range(1, 5) and 0 <= t <= QUARTERS:
            return t
    except ValueError:
        pass
    message = f"{label!r} is not a quarter of the model: write {LABELS[0]} to {LABELS[-1]}"
    raise BadInput(message)
