"""Levers of whose own cost no estimate was found: a search takes them as free, and the costs of a comparison leave them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from thalweg.pack.policies_model import Policy
from thalweg.scenarios.levers import LEVERS

PRICES: Final[dict[str, tuple[str, ...]]] = {
    "E": ("enforcement_cost",),
    "a": ("allied_burden",),
    "s": ("allied_burden",),
    "fee": ("fee_income",),
    "threshold": ("fee_income",),
}
"""Outcomes in which a lever itself costs or brings money; of the other levers no estimate of a cost was found."""
SALES: Final = ("legal", "m", "qL", "pL", "fp4L", "bwL", "cap", "license", "processing", "closing")
"""Levers of which nothing is spent but sales, which are outcomes of their own."""
WHY: Final = "what exporters, agencies and partners would spend on them has no estimate here"
HIGH: Final = 0.75
"""From this share of its range on, a lever is called high (judgement)."""


def unpriced(names: Iterable[str], held: Iterable[str]) -> list[str]:
    """Return the levers whose own cost is in none of the outcomes that are held."""
    known = {*held}
    return [name for name in names if known.isdisjoint(PRICES.get(name, ()))]


def unpriced_of(policy: Policy) -> list[str]:
    """Return the levers that a policy itself moves off their default and of whose cost no estimate was found."""
    moved = [n for n, steps in policy.own.items() if any(s.value is not None and s.value != LEVERS[n].default for s in steps)]
    return [name for name in moved if name not in PRICES and name not in SALES]


def lever_words(name: str) -> str:
    """Return what a lever is, with its name."""
    return f"{LEVERS[name].meaning.partition(';')[0]} ({name})" if name in LEVERS else name


def set_high(rows: Sequence[Mapping[str, Any]], free: Sequence[str], ranges: Mapping[str, tuple[float, float]]) -> dict[str, int]:
    """Return in how many paths of a front each free lever is high in some phase.

    Args:
        rows: of the front, settings under names such as ``v from 2027Q1``.
        free: the levers.
        ranges: the ends of the grid of each.
    """
    found = {}
    for name in free:
        low, high = ranges[name]
        level = low + HIGH * (high - low)
        found[name] = sum(any(k.startswith(f"{name} from ") and v >= level for k, v in row.items()) for row in rows)
    return found
