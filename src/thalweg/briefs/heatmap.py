"""The verdicts over time as runs of months, ready to be drawn."""

from __future__ import annotations

import dataclasses
import datetime as dt
from itertools import groupby

from thalweg.briefs.model import Briefing, HeatRow


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """Months with one outcome and one review policy; ``months`` is how many, ``first`` and ``last`` are YYYY-MM."""

    outcome: str
    policy: str | None
    months: int
    first: str
    last: str


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """Destinations of a product that share their history."""

    places: list[str]
    runs: list[Run]


@dataclasses.dataclass(frozen=True, slots=True)
class Heatmap:
    """The lines of each product, with the years, today and the end of verification as parts of the width, in percent."""

    lines: dict[str, list[Line]]
    years: list[tuple[str, float]]
    today: float
    verified: float


def heatmap(briefing: Briefing) -> Heatmap | None:
    """Return the heatmap; none without a product, a destination or a month."""
    months = briefing.months
    if not months or not briefing.heat:
        return None
    lines: dict[str, dict[tuple[tuple[str, ...], tuple[str | None, ...]], tuple[list[str], HeatRow]]] = {}
    for row in briefing.heat:
        same = lines.setdefault(row.product, {}).setdefault((tuple(row.outcomes), tuple(row.policies)), ([], row))
        same[0].append(briefing.places.get(row.place, row.place))
    return Heatmap(
        lines={product: [Line(places, _runs(row, months)) for places, row in found.values()] for product, found in lines.items()},
        years=[(m[:4], 100 * i / len(months)) for i, m in enumerate(months) if m.endswith("-01")],
        today=_part(briefing.date, months),
        verified=_part(str(briefing.stamp["verified_through"]), months),
    )


def _runs(row: HeatRow, months: list[str]) -> list[Run]:
    found, at = [], 0
    for (outcome, policy), run in groupby(zip(row.outcomes, row.policies, strict=True)):
        length = len(list(run))
        found.append(Run(outcome, policy, length, months[at], months[at + length - 1]))
        at += length
    return found


def _part(date: str, months: list[str]) -> float:
    """Return how far along the months a day lies, in percent, between 0 and 100."""
    day = dt.date.fromisoformat(date)
    first = dt.date.fromisoformat(f"{months[0]}-01")
    along = (day.year - first.year) * 12 + day.month - first.month + (day.day - 1) / 31
    return round(min(max(100 * along / len(months), 0), 100), 2)
