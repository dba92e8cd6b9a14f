"""Calibration: history matching and importance weights against the observed series, prior and posterior side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from thalweg.evidence import BadInput
from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.calibrate_waves import Proposal, proposal
from thalweg.scenarios.draw import stream, uniforms, values_at
from thalweg.scenarios.hindcast_ensemble import Ensemble, run_through
from thalweg.scenarios.hindcast_model import Fitted, Shift
from thalweg.scenarios.hindcast_observe import Reporter, reporter
from thalweg.scenarios.hindcast_rows import Point
from thalweg.scenarios.history_matching import Evidence, Weights, resample, weigh
from thalweg.scenarios.protocol import Protocol, Row, Trial, load_protocol

PRIORS_BEFORE_DATA = dt.date(2024, 12, 31)
"""The vintage of the values that were set without the data of 2025 and 2026."""


@dataclass(frozen=True)
class Calibration:
    """A fit to history, and the runs that it leaves."""

    fitted_to: dt.date
    vintage: dt.date | None
    protocol: str
    estimates: str
    seed: int
    fit: Fitted
    draws: Mapping[str, np.ndarray]
    """Draws of the wave with the largest effective sample, one array (runs,) a name."""
    weights: np.ndarray
    """Weights (runs,) that sum to one."""
    waves: tuple[float, ...]
    """Effective sample after each wave."""

    def posterior(self, runs: int) -> dict[str, np.ndarray]:
        """Return draws (runs,) of the posterior by name, equally likely, as ``draw`` takes them in ``fixed``."""
        picked = resample(self.weights, runs, stream(self.seed, "posterior"))
        return {name: values[picked] for name, values in self.draws.items()}


def calibrate(
    estimates: Estimates,
    protocol: Protocol | None = None,
    *,
    fitted_to: dt.date = dt.date(2026, 6, 30),
    vintage: dt.date | None = PRIORS_BEFORE_DATA,
    runs: int | None = None,
    seed: int | None = None,
    waves: int = 6,
    progress: Callable[[int], None] | None = None,
) -> Calibration:
    """Fit the model to all data that were known by a day.

    Args:
        estimates: with overlays already laid.
        protocol: gives the series, their errors and the acts; that of the embedded pack if left out.
        fitted_to: the last day whose data enter.
        vintage: the priors: values as they could be held on a day. ``None`` takes the pack's own, some of which have seen the same data.
        runs: the protocol's number if left out.
        seed: the protocol's if left out.
        waves: most waves; a further one is run while the effective sample is too small.
        progress: called with the runs done after each block.

    Raises:
        BadInput: no run survives, with the series that rules out most; a day without data; a vintage that an estimate has no value of.
    """
    protocol = protocol or load_protocol()
    if not protocol.acts or fitted_to < PRIORS_BEFORE_DATA:
        raise BadInput(f"calibrate: the data to {fitted_to} do not reach the end of 2024, where smuggling is first counted")
    if waves < 1:
        raise BadInput(f"waves: {waves} given, at least one is needed")
    trial = Trial("fit", fitted_to, fitted_to, headline=False)
    chosen = protocol.seed if seed is None else seed
    count = protocol.runs if runs is None else runs
    effective: list[float] = []
    first: Reporter | None = None
    drawn_from: Proposal | None = None
    best: tuple[Weights, Fitted, Ensemble, dict[str, np.ndarray]] | None = None
    while best is None or not (best[1].calibrated or len(effective) == waves):
        u, prior = uniforms(estimates, count, chosen + len(effective)), None
        if drawn_from is not None:
            u, prior = drawn_from.draw(u, chosen + len(effective))
        ensemble = run_through(
            estimates,
            protocol.acts,
            fitted_to=fitted_to,
            tested_to=fitted_to,
            vintage=vintage,
            runs=count,
            seed=chosen,
            block=protocol.block,
            draws=values_at(estimates, u, vintage=vintage),
            progress=progress,
        )
        reports = reporter(estimates, protocol, trial, ensemble)
        first = first or reports
        weights, fit = fit_to(estimates, protocol, reports, prior=prior, before=first)
        effective.append(weights.effective)
        if best is None or weights.effective > best[0].effective:
            best = weights, fit, ensemble, u
        drawn_from = proposal(best[3], best[0].weights, sorted(u))
    weights, fit, ensemble, _ = best
    return Calibration(
        fitted_to=fitted_to,
        vintage=vintage,
        protocol=protocol.standing,
        estimates=estimates.sha256,
        seed=chosen,
        fit=fit,
        draws=ensemble.draws,
        weights=weights.weights,
        waves=tuple(effective),
    )


def fit_to(
    estimates: Estimates, protocol: Protocol, reports: Reporter, *, prior: np.ndarray | None = None, before: Reporter | None = None
) -> tuple[Weights, Fitted]:
    """Return the weights of an ensemble by the fitted points of the protocol's rows, and how the fit went.

    Args:
        estimates: names what may be learned.
        protocol: its rows, errors and limits.
        reports: of the ensemble.
        prior: log density of the prior over that from which the ensemble was drawn, (runs,).
        before: reports of runs drawn from the prior, if the ensemble was not.

    Raises:
        BadInput: no run survives.
    """
    evidence = [
        Evidence(row.id, reports.residuals(row, points, protocol.discrepancy), row.power)
        for row in protocol.rows
        if row.power > 0.0 and (points := fitted_points(row, reports))
    ]
    ensemble = reports.ensemble
    found = weigh(evidence, ensemble.lawful, freedom=protocol.freedom, cut=protocol.implausible, prior=prior)
    needed = protocol.effective * min(1.0, ensemble.runs / protocol.runs)
    start = (before or reports).ensemble
    names = [name for name in start.draws if name in estimates.estimates and np.ptp(start.draws[name]) > 0.0]
    shifts = sorted((_shift(name, start, ensemble.draws[name], found.weights) for name in names), key=lambda s: s.spread_left)
    return found, Fitted(found.runs, found.unlawful, found.implausible, found.kept, found.effective, needed, tuple(shifts))


def fitted_points(row: Row, reports: Reporter) -> tuple[Point, ...]:
    """Return the points that the likelihood of a row takes; of legal sales none in which the channel was shut."""
    return tuple(
        p for p in reports.points[row.id] if p.use == "fitted" and p.start >= row.fitted_from and (p.value > 0.0 or row.id == "lag")
    )


def _shift(name: str, start: Ensemble, values: np.ndarray, weights: np.ndarray) -> Shift:
    first, prior = start.draws[name], start.lawful / start.lawful.sum()
    logs = bool((first > 0.0).all() and (values > 0.0).all())
    before, after = (_moments(np.log(x) if logs else x, w) for x, w in ((first, prior), (values, weights)))
    spread = before[1] or 1.0
    return Shift(name, _three(first, prior), _three(values, weights), after[1] / spread, (after[0] - before[0]) / spread)


def _moments(values: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    mean = float(values @ weights)
    return mean, float(np.sqrt(np.maximum(np.square(values - mean) @ weights, 0.0)))


def _three(values: np.ndarray, weights: np.ndarray) -> tuple[float, float, float]:
    order = np.argsort(values)
    places = np.cumsum(weights[order])
    low, mid, high = values[order][np.minimum(np.searchsorted(places, (0.05, 0.5, 0.95)), values.size - 1)]
    return float(low), float(mid), float(high)
