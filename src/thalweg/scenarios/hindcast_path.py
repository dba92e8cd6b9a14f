"""Dated acts as levers by quarter, and flows by quarter as flows of other periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from thalweg.pack.estimates_history import period_days
from thalweg.scenarios.levers import LEVERS, LeverPath, lever_path
from thalweg.scenarios.protocol import Act
from thalweg.scenarios.quarters import LABELS, QUARTERS

AT_THE_CHANNEL = frozenset(("qL", "pL", "bwL", "fp4L", "fee"))
"""Levers of what is sold: they are weighted by the days on which the channel is open."""

LAST_IN_FORCE = frozenset(("cap", "m"))
"""Levers for which a mean has no sense: the value of the quarter's last day stands."""


@lru_cache(maxsize=1)
def calendar() -> tuple[np.ndarray, np.ndarray]:
    """Return the ordinal of every day of the model and the index of its quarter."""
    spans = [period_days(label) for label in LABELS]
    days = np.arange(spans[0][0].toordinal(), spans[-1][1].toordinal() + 1)
    ends = np.array([last.toordinal() for _, last in spans])
    return days, np.searchsorted(ends, days)


def by_day(acts: Sequence[Act], lever: str, default: float) -> np.ndarray:
    """Return a lever's value on every day of the model."""
    days, _ = calendar()
    values = np.full(days.size, default)
    for act in sorted((a for a in acts if a.lever == lever), key=lambda a: a.day):
        values[days >= act.day.toordinal()] = act.value
    return values


def open_days(acts: Sequence[Act]) -> np.ndarray:
    """Return for every day of the model the share of the legal channel that is open, 0 or 1 where acts say so."""
    return by_day(acts, "legal", LEVERS["legal"].default)


def history_path(acts: Sequence[Act]) -> LeverPath:
    """Return the levers by quarter of dated acts, weighted by days in force."""
    _, quarter = calendar()
    weight = open_days(acts)
    names = dict.fromkeys(act.lever for act in acts)
    settings: dict[str, Any] = {name: _by_quarter(by_day(acts, name, LEVERS[name].default), name, quarter, weight) for name in names}
    return lever_path(**settings)


def _by_quarter(values: np.ndarray, name: str, quarter: np.ndarray, weight: np.ndarray) -> np.ndarray:
    days = np.bincount(quarter, minlength=QUARTERS)
    mean: np.ndarray = np.bincount(quarter, values, QUARTERS) / days
    if name in LAST_IN_FORCE:
        last: np.ndarray = values[np.cumsum(days) - 1]
        return last
    if name in AT_THE_CHANNEL:
        opened = np.bincount(quarter, weight, QUARTERS)
        sold = np.bincount(quarter, values * weight, QUARTERS) / np.maximum(opened, 1.0)
        return np.where(opened > 0.0, sold, mean)
    return mean


def shares_of_quarters(spans: Sequence[tuple[dt.date, dt.date]], weight: np.ndarray | None = None) -> np.ndarray:
    """Return what part of each quarter's flow lies in each period, (periods, 44): by days, or by days on which the channel is open.

    Where the channel is shut for a whole quarter its flow (there is none but the drawn history's) lies evenly over its days.
    """
    days, quarter = calendar()
    even = np.ones(days.size)
    each = even if weight is None else np.where(np.bincount(quarter, weight, QUARTERS)[quarter] > 0.0, weight, even)
    total = np.bincount(quarter, each, QUARTERS)
    rows = []
    for start, end in spans:
        inside = (days >= start.toordinal()) & (days <= end.toordinal())
        rows.append(np.bincount(quarter[inside], each[inside], QUARTERS) / total)
    return np.array(rows).reshape(len(rows), QUARTERS)


def open_share(spans: Sequence[tuple[dt.date, dt.date]], weight: np.ndarray) -> np.ndarray:
    """Return on which share of the days of each period the channel is open."""
    days, _ = calendar()
    return np.array([float(weight[(days >= a.toordinal()) & (days <= b.toordinal())].mean()) for a, b in spans])


def fiscal_from_calendar(labels: Sequence[str], values: Sequence[float]) -> dict[str, float]:
    """Return fiscal quarters from calendar quarters over which they were spread by days; the inverse of that spreading.

    Each calendar quarter touches two fiscal ones, so that the second follows from the first. The rate before the first quarter is taken as
    that of the quarter itself; what this is off by falls by half at each step. What comes out below zero is zero.
    """
    rates: dict[str, float] = {}
    whole: dict[str, float] = {}
    for label, value in zip(labels, values, strict=True):
        start, end = period_days(label)
        touched = [(f, *_overlap(f, start, end)) for f in _fiscal(start, end)]
        rate = value / sum(days for _, days, _ in touched)
        first, days_first, _ = touched[0]
        rates.setdefault(first, rate)
        name, days, length = touched[-1]
        if name != first:
            rates[name] = max(value - rates[first] * days_first, 0.0) / days
            whole[name] = rates[name] * length
    return whole


def _fiscal(start: dt.date, end: dt.date) -> list[str]:
    names = [f"FY{year - 2000:02d}Q{k}" for year in range(start.year, end.year + 3) for k in (1, 2, 3, 4)]
    return [name for name in names if period_days(name)[0] <= end and period_days(name)[1] >= start]


def _overlap(name: str, start: dt.date, end: dt.date) -> tuple[int, int]:
    first, last = period_days(name)
    return (min(last, end) - max(first, start)).days + 1, (last - first).days + 1
