"""The points of the protocol's series: what was observed, when, and whether a point is fitted or tested."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from thalweg.pack.estimates_history import period_days
from thalweg.pack.estimates_model import Estimates, Observation
from thalweg.scenarios.hindcast_path import fiscal_from_calendar
from thalweg.scenarios.history import DESIGNERS
from thalweg.scenarios.protocol import Row, Trial

SCALE = {"thousand": 1e-3, "billion": 1e-9}
Z95 = 1.6448536269514722
Use = Literal["fitted", "tested", "neither"]


@dataclass(frozen=True, slots=True)
class Point:
    """One observation, in the unit of its row, with the log standard deviation of its own error (0 where its level error is all)."""

    label: str
    start: dt.date
    end: dt.date
    value: float
    own_error: float
    use: Use
    low: float = math.nan
    high: float = math.nan

    @property
    def place(self) -> float:
        """The middle of the period, in quarters of 365.25/4 days since 2022."""
        middle = (self.start.toordinal() + self.end.toordinal() + 1) / 2.0
        return (middle - dt.date(2022, 1, 1).toordinal()) / 91.3125


def points_of(row: Row, estimates: Estimates, trial: Trial) -> tuple[Point, ...]:
    """Return the scored points of a row that had ended by the last tested day, in order."""
    found = (_point(row, o, trial) for o in _observations(row, estimates))
    return tuple(p for p in found if p.end <= trial.tested_to)


def use_of(start: dt.date, end: dt.date, trial: Trial) -> Use:
    """Say what a period is to a trial: fitted if all of it is, tested if it ends in the test and more than half its days lie there."""
    if end <= trial.fitted_to:
        return "fitted"
    after = (end - max(start, trial.fitted_to + dt.timedelta(days=1))).days + 1
    return "tested" if end <= trial.tested_to and 2 * after > (end - start).days + 1 else "neither"


def _observations(row: Row, estimates: Estimates) -> list[Observation]:
    if row.series == "world":
        return _all_designers(estimates)
    points = [p for p in estimates.history[row.series].points if p.complete and p.scored]
    if row.series == "legal_units":
        fiscal = fiscal_from_calendar([p.period for p in points], [p.value for p in points])
        return [Observation(name, *period_days(name), value, None, None, True, True, "") for name, value in fiscal.items()]
    return points


def _all_designers(estimates: Estimates) -> list[Observation]:
    """Sum the designers where those that sell at all are scored: to the last quarter that all of them are."""
    parts = [[p for p in estimates.history[name].points if p.complete and p.scored] for name in DESIGNERS]
    last = min(rows[-1].end for rows in parts)
    total: dict[str, Observation] = {}
    for rows in parts:
        for p in rows:
            if p.end <= last:
                so_far = total[p.period].value if p.period in total else 0.0
                total[p.period] = Observation(p.period, p.start, p.end, so_far + p.value, None, None, True, True, "")
    return sorted(total.values(), key=lambda p: p.end)


def _point(row: Row, o: Observation, trial: Trial) -> Point:
    # A lag is measured at a quarter's end: the day itself, not the quarter, is what is fitted or tested.
    start = o.end if row.series == "eci_lag" else o.start
    scale = scale_of(row.unit)
    own = math.log(o.p95 / o.p05) / (2.0 * Z95) if o.p05 and o.p95 and row.series == "premium" else 0.0
    low, high = (math.nan if x is None else x * scale for x in (o.p05, o.p95))
    return Point(o.period, start, o.end, o.value * scale, own, use_of(start, o.end, trial), low, high)


def scale_of(unit: str) -> float:
    """Return the factor from plain units to the unit of a row."""
    return SCALE.get(unit.split(maxsplit=1)[0], 1.0)


def values(points: tuple[Point, ...]) -> np.ndarray:
    """Return the observed values (points,)."""
    return np.array([p.value for p in points], dtype=np.float64)


def spans(points: tuple[Point, ...]) -> list[tuple[dt.date, dt.date]]:
    """Return first and last day of each point."""
    return [(p.start, p.end) for p in points]
