"""Runs through history: what the model gives where only the flow outside China is observed, and what it gives from all that is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.evidence import BadInput
from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.draw import draw, draw_chances
from thalweg.scenarios.hindcast_path import by_day, calendar, history_path
from thalweg.scenarios.history import DESIGNERS, History, known_history
from thalweg.scenarios.inputs import Inputs, prepare
from thalweg.scenarios.outcomes import EVERYTHING
from thalweg.scenarios.protocol import Act
from thalweg.scenarios.quarters import QUARTERS
from thalweg.scenarios.simulate import Plan, quarters

TRACED = ("flow_world", "flow_legal", "revenue", "flow_grey", "flow_domestic", "premium", "lag")
BY_YEAR = ("huawei", "cambricon")
"""Series that are known for whole years only."""


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Draws of all runs and what they give by quarter, each outcome (quarters, runs) in plain units."""

    draws: Mapping[str, np.ndarray]
    simulated: Mapping[str, np.ndarray]
    """With only the four designers observed, to the fit's end."""
    forecast: Mapping[str, np.ndarray]
    """From the drawn history of the designers, legal sales and whole years of Chinese production, to the test's end."""
    lawful: np.ndarray
    history: History

    @property
    def runs(self) -> int:
        """The number of runs."""
        return int(self.lawful.size)


def last_quarter(day: dt.date) -> int:
    """Return the index after the last quarter that has ended by a day."""
    days, quarter = calendar()
    ended = np.flatnonzero(days == day.toordinal())
    if not ended.size:
        raise BadInput(f"{day} is outside the model's quarters")
    at = int(quarter[ended[0]])
    return at + 1 if days[quarter == at][-1] == day.toordinal() else at


def run_through(
    estimates: Estimates,
    acts: Sequence[Act],
    *,
    fitted_to: dt.date,
    tested_to: dt.date,
    vintage: dt.date | None,
    runs: int,
    seed: int,
    block: int,
    beijing: Sequence[Act] = (),
    fixed: Mapping[str, Any] | None = None,
    draws: Mapping[str, np.ndarray] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Ensemble:
    """Return an ensemble that is simulated through the fitted quarters and on to the end of the test.

    Args:
        estimates: with overlays already laid.
        acts: the levers as they were, by date.
        fitted_to: the last day whose data may enter.
        tested_to: the last day that is simulated.
        vintage: the day by which values of estimates must have been known; None takes them as they are.
        runs: at least one.
        seed: of the draws and of the events.
        block: runs that are simulated at a time.
        beijing: acts of Beijing that are told beyond the fit.
        fixed: values by name that are not drawn, as :func:`draw` takes them.
        draws: values (runs,) by name that are taken as they are, in place of a draw.
        progress: called with the runs done after each block.

    Raises:
        BadInput: an estimate has no value of the vintage, or a number of runs or a seed that cannot be.
    """
    drawn = dict(draws) if draws is not None else draw(estimates, runs, seed, vintage=vintage, fixed=fixed)
    history = known_history(estimates, until=fitted_to)
    throttled = _throttled(history, beijing, tested_to)
    designers = History({name: row for name, row in history.medians.items() if name in DESIGNERS} | throttled)
    whole = {name: row if name not in BY_YEAR else _whole_years(row) for name, row in history.medians.items() if name != "smuggled"}
    known = History(whole | throttled)
    plan = Plan(history_path(acts))
    fit_end, end = last_quarter(fitted_to), last_quarter(tested_to)
    simulated: list[dict[str, np.ndarray]] = []
    forecast: list[dict[str, np.ndarray]] = []
    lawful = np.empty(runs, dtype=bool)
    for number, start in enumerate(range(0, runs, block)):
        part = {name: values[start : start + block] for name, values in drawn.items()}
        size = min(block, runs - start)
        chances = draw_chances(estimates, size, seed * 1_000_003 + number)
        for past, until, into in ((designers, fit_end, simulated), (known, end, forecast)):
            traced, held = _trace(prepare(part, chances, past), plan, until)
            into.append(traced)
            lawful[start : start + size] = held if into is simulated else lawful[start : start + size] & held
        if progress:
            progress(start + size)
    return Ensemble(drawn, _joined(simulated), _joined(forecast), lawful, history)


def _trace(given: Inputs, plan: Plan, until: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the traced outcomes up to a quarter, and which runs hold to the laws that :func:`simulate` asserts for all."""
    size = np.asarray(given.one).size
    rows: dict[str, list[np.ndarray]] = {name: [] for name in TRACED}
    lawful = np.ones(size, dtype=bool)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        for record in quarters(given, plan):
            if record.t >= until:
                break
            for name in TRACED:
                rows[name].append(np.broadcast_to(np.asarray(EVERYTHING[name].of(given, record)), (size,)))
            lawful &= np.asarray(record.flows.us) >= 0.0
    stacked = {name: np.stack(row) for name, row in rows.items()}
    for values in stacked.values():
        lawful &= np.isfinite(values).all(axis=0)
    return stacked, lawful


def _joined(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([part[name] for part in parts], axis=1) for name in TRACED}


def _whole_years(row: np.ndarray) -> np.ndarray:
    by_year = row.reshape(-1, 4)
    return np.where(np.isnan(by_year).any(axis=1, keepdims=True), np.nan, by_year).reshape(-1)


def _throttled(history: History, beijing: Sequence[Act], tested_to: dt.date) -> dict[str, np.ndarray]:
    """Return Beijing's regime as far as it is told: to the fit's end, or with its later acts to the end of the test."""
    if not beijing:
        return {name: row for name, row in history.medians.items() if name == "throttled"}
    _, quarter = calendar()
    at_end = by_day(beijing, "throttled", 0.0)[np.cumsum(np.bincount(quarter, minlength=QUARTERS)) - 1]
    return {"throttled": np.where(np.arange(QUARTERS) < last_quarter(tested_to), at_end, np.nan)}
