"""How outcomes are called, marked and colored on every page."""

from __future__ import annotations

from typing import Final

# word, mark, color (Okabe and Ito's palette, told apart by color-blind readers; the mark tells them apart in print)
OUTCOMES: Final[dict[str, tuple[str, str, str]]] = {
    "no_license_required": ("No license required", "✓", "#009e73"),
    "license_exception": ("License exception", "◐", "#56b4e9"),
    "license_required": ("License required", "■", "#e69f00"),
    "prohibited": ("Prohibited", "✕", "#d55e00"),
    "undetermined": ("Undetermined", "?", "#999999"),
}


def word(outcome: str) -> str:
    """Return an outcome in words."""
    return OUTCOMES.get(outcome, (outcome.replace("_", " "), "", ""))[0]


def mark(outcome: str) -> str:
    """Return the mark of an outcome."""
    return OUTCOMES.get(outcome, ("", "•", ""))[1]


def color(outcome: str) -> str:
    """Return the color of an outcome."""
    return OUTCOMES.get(outcome, ("", "", "#cccccc"))[2]


def usd(value: float | None) -> str:
    """Return dollars in words."""
    return "not stated" if value is None else f"{value:,.0f} USD"
