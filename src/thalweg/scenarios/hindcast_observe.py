"""From what the model gives by quarter to what its sources would have reported: the points of a series, run by run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.hindcast_ensemble import Ensemble, last_quarter
from thalweg.scenarios.hindcast_path import history_path, open_days, shares_of_quarters
from thalweg.scenarios.hindcast_rows import Point, points_of, scale_of, spans
from thalweg.scenarios.history import DESIGNERS
from thalweg.scenarios.protocol import Protocol, Row, Trial
from thalweg.scenarios.quarters import QUARTERS

SIMULATED_IN_FIT = frozenset(("legal", "legal_dollars", "revenue", "huawei", "cambricon"))
"""Rows whose own series enters the forecast as history, so that their fitted points are read off the runs without it."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """Everything that turns a run into reports: the ensemble, and what the fitted data say of shares and remainders."""

    ensemble: Ensemble
    points: Mapping[str, tuple[Point, ...]]
    open_by_day: np.ndarray
    per_unit: np.ndarray
    """H100e of a legal unit by quarter, (44,); that of the last fitted quarter goes on."""
    world_error: np.ndarray
    """The level error of the four designers together, (runs,)."""
    nvidia_share: float
    cambricon_ratio: float
    remainders: np.ndarray
    """Billed revenue beside legal dollars in the last fitted fiscal quarters, billion $."""

    def signal(self, row: Row, points: tuple[Point, ...]) -> np.ndarray:
        """Return what each run would have had reported at points of one use, without noise, (points, runs) in the row's unit.

        Of billed revenue it is the legal part.
        """
        if not points:
            return np.empty((0, self.ensemble.runs))
        fitted = points[0].use == "fitted"
        traces = self.ensemble.simulated if fitted and row.id in SIMULATED_IN_FIT else self.ensemble.forecast
        found: np.ndarray = self._reported(row, points, traces) * scale_of(row.unit)
        return found

    def _reported(self, row: Row, points: tuple[Point, ...], traces: Mapping[str, np.ndarray]) -> Any:
        draws = self.ensemble.draws
        until = traces["lag"].shape[0]
        even = shares_of_quarters(spans(points))[:, :until]
        if row.id in {"world", "nvidia"}:
            total = even @ traces["flow_world"] / self.world_error
            return total * self.nvidia_share if row.id == "nvidia" else total
        if row.id in {"legal", "legal_dollars", "revenue"}:
            sold = shares_of_quarters(spans(points), self.open_by_day)[:, :until]
            flow = traces["flow_legal"] / self.per_unit[:until, None] if row.id == "legal" else traces["revenue"]
            return sold @ flow / draws["err_legal"]
        if row.id == "smuggled":
            return even @ traces["flow_grey"] / draws["err_smuggled"]
        if row.id in {"huawei", "cambricon"}:
            made = even @ traces["flow_domestic"] / (1.0 + draws["oth"]) / draws["err_huawei"]
            return made * self.cambricon_ratio if row.id == "cambricon" else made
        if row.id == "premium":
            return even @ traces["premium"] / even.sum(axis=1, keepdims=True)
        return np.stack([traces["lag"][last_quarter(p.end) - 1] for p in points])

    def residuals(self, row: Row, points: tuple[Point, ...], discrepancy: float) -> np.ndarray:
        """Return standardized residuals of fitted points (points, runs): in logs over their error; of the lag, innovations of its noise."""
        observed = np.array([p.value for p in points])[:, None]
        signal = self.signal(row, points)
        if row.id == "lag":
            return self._lag_innovations(observed - signal)
        scale = np.array([spread(p, discrepancy) for p in points])[:, None]
        with np.errstate(divide="ignore"):
            found: np.ndarray = (np.log(observed) - np.log(signal)) / scale
        return found

    def _lag_innovations(self, residual: np.ndarray) -> np.ndarray:
        sd, ar = self.ensemble.draws["lag_noise_sd"], self.ensemble.draws["lag_noise_ar"]
        rest = (residual[1:] - ar * residual[:-1]) / (sd * np.sqrt(1.0 - ar**2))
        return np.concatenate([residual[:1] / sd, rest])


def spread(point: Point, discrepancy: float, held: float = 0.0) -> float:
    """Return the log scale of a point's error: the model's discrepancy, the point's own error, and that of a share that is held."""
    return float(np.sqrt(discrepancy**2 + point.own_error**2 + held**2))


def reporter(estimates: Estimates, protocol: Protocol, trial: Trial, ensemble: Ensemble) -> Reporter:
    """Return the reporter of an ensemble; only fitted data enter."""
    points = {row.id: points_of(row, estimates, trial) for row in protocol.rows}
    medians = ensemble.history.medians
    ends = last_quarter(trial.fitted_to)
    year = slice(ends - 4, ends)
    recent = {name: float(np.nansum(medians[name][year])) for name in DESIGNERS if name in medians}
    total = sum(recent.values())
    error = sum((share * ensemble.draws[DESIGNERS[name]] for name, share in recent.items()), np.zeros(ensemble.runs)) / total
    per_unit = _per_unit(estimates, ends)
    return Reporter(
        ensemble=ensemble,
        points=points,
        open_by_day=open_days(protocol.acts),
        per_unit=per_unit,
        world_error=error,
        nvidia_share=recent["nvidia"] / total,
        cambricon_ratio=_last(points["cambricon"]) / _last(points["huawei"]),
        remainders=_remainders(protocol, points, per_unit),
    )


def _last(points: tuple[Point, ...]) -> float:
    return [p.value for p in points if p.use == "fitted"][-1]


def _per_unit(estimates: Estimates, until: int) -> np.ndarray:
    """Return H100e per legal unit by quarter; the last fitted one goes on, and the first stands for what was before."""
    units = {p.period: p.value for p in estimates.history["legal_units"].points if p.complete}
    ratio = np.full(QUARTERS, np.nan)
    known = [p for p in estimates.history["legal"].points if p.complete and units.get(p.period)]
    for p in known:
        t = last_quarter(p.end) - 1
        if t < until:
            ratio[t] = p.value / units[p.period]
    at = np.flatnonzero(~np.isnan(ratio))
    held: np.ndarray = ratio[at[np.clip(np.searchsorted(at, np.arange(QUARTERS), side="right") - 1, 0, at.size - 1)]]
    return held


def _remainders(protocol: Protocol, points: Mapping[str, tuple[Point, ...]], per_unit: np.ndarray) -> np.ndarray:
    """Return billed revenue less legal dollars in the last fitted fiscal quarters that have both; less than nothing is nothing."""
    price = history_path(protocol.acts).values["pL"]
    units = {p.label: p.value for p in points["legal"] if p.use == "fitted"}
    found = []
    for p in points["revenue"]:
        if p.use == "fitted" and p.label in units:
            t = int(p.place)
            found.append(max(p.value - units[p.label] * per_unit[t] * price[t] * 1e-6, 0.0))
    return np.array(found[-protocol.baseline_quarters :] or [0.0])
