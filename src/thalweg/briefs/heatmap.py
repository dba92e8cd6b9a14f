"""The verdicts over time as runs of days, ready to be drawn."""

from __future__ import annotations

import dataclasses
import datetime as dt

from thalweg.briefs.model import Briefing, Span


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """Destinations of a product that share their history."""

    places: list[str]
    spans: list[Span]


@dataclasses.dataclass(frozen=True, slots=True)
class Heatmap:
    """The lines of each product, with the years, today and the end of verification as parts of the width, in percent."""

    lines: dict[str, list[Line]]
    years: list[tuple[str, float]]
    today: float
    verified: float


def heatmap(briefing: Briefing) -> Heatmap | None:
    """Return the heatmap; none without a product or a destination."""
    if not briefing.heat:
        return None
    lines: dict[str, dict[str, Line]] = {}
    for row in briefing.heat:
        key = "\n".join(s.model_dump_json() for s in row.spans)
        same = lines.setdefault(row.product, {}).setdefault(key, Line([], row.spans))
        same.places.append(briefing.places.get(row.place, row.place))
    first, last = (dt.date.fromisoformat(d) for d in (briefing.heat[0].spans[0].first, briefing.heat[0].spans[-1].last))

    def part(day: dt.date) -> float:
        return round(min(max(100 * (day - first).days / days(first, last), 0), 100), 2)

    return Heatmap(
        lines={product: list(found.values()) for product, found in lines.items()},
        years=[(str(y), part(dt.date(y, 1, 1))) for y in range(first.year + 1, last.year + 1)],
        today=part(dt.date.fromisoformat(briefing.date)),
        verified=part(dt.date.fromisoformat(str(briefing.stamp["verified_through"]))),
    )


def days(first: str | dt.date, last: str | dt.date) -> int:
    """Return how many days lie between two days, both included."""
    start, end = (dt.date.fromisoformat(d) if isinstance(d, str) else d for d in (first, last))
    return (end - start).days + 1
