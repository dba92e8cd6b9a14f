"""What an event means for somebody: which of their products, places, customers and drafts it touches, in points and words."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Final

from thalweg.nouns.fused import EventHead, FusedEvent
from thalweg.watch.link import FOR_ALL
from thalweg.watch.model import Interests, Mark, Touch

POINTS: Final = {"party": 6.0, "chip": 4.0, "eccn": 3.0, "draft": 3.0, "place": 1.0}
"""What one thing touched adds, by its kind; declared, no source gives them. Each further one of a kind adds half of the one before."""
SURENESS: Final = {
    "official_final": 1.0,
    "official_announced": 0.95,
    "passed_one_chamber": 0.8,
    "admitted_plea": 0.8,
    "settled": 0.8,
    "company_filing": 0.8,
    "alleged_charged": 0.7,
    "company_claim": 0.6,
    "analyst_estimate": 0.5,
    "reported_anonymous": 0.45,
    "contradicted": 0.2,
}
"""How much an event counts by its certainty; declared. They order lines of a digest and mean nothing else."""
_HOME: Final = 1.0


def touch(event: FusedEvent | EventHead, marked: Collection[Mark], mine: Interests) -> Touch:
    """Return what an event means for somebody; 0 points where it touches nothing of theirs.

    A place alone counts only for a measure on items or destinations; see :data:`thalweg.watch.link.FOR_ALL`.
    """
    points, why = 0.0, []
    named: set[str] = set()
    for kind, held, said in (
        ("party", mine.parties, "names {}"),
        ("chip", mine.chips, "is about {}"),
        ("eccn", mine.eccns, "is about {} of {}"),
        ("draft", mine.drafts, "moves a draft watched: {}"),
        ("place", mine.places, "goes to {}"),
    ):
        found = sorted({v for k, v in marked if k == kind} & held.keys())
        if kind == "chip":
            named = {mine.chips[v] for v in found}
        if kind == "eccn":  # a product that is named says what its class would, and a paragraph what its entry would
            found = [v for v in found if mine.eccns[v] not in named and not any(other.startswith(f"{v}.") for other in found)]
        if kind == "place":
            aims = {*event.countries.destination, *event.countries.transit}
            found = sorted(aims & held.keys()) if points or event.measure_type in FOR_ALL else []
        points += sum(POINTS[kind] * 0.5**n for n in range(len(found)))
        why += [said.format(v, held[v]) if kind == "eccn" else said.format(held[v]) for v in found]
    if points and mine.home in event.countries.imposer:
        points += _HOME
    return Touch(event, round(points * SURENESS.get(event.certainty, 0.5), 3), tuple(why))


def by_weight(found: Collection[Touch]) -> list[Touch]:
    """Return what touches something, the weightiest first, then the latest, then by id."""
    told = [t for t in found if t.points > 0]
    return sorted(told, key=lambda t: (-t.points, _backwards(t.event.day), t.event.id))


def _backwards(day: str) -> float:
    digits = day.replace("-", "").ljust(8, "0")
    return -int(digits) if digits.isdigit() else math.inf
