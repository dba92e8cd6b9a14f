"""What is known of an outcome, by quarter, with its error and how it is known: the points that a fan is held against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from thalweg.evidence.distribution import Z95
from thalweg.pack.estimates_model import Estimates, Observation
from thalweg.scenarios.draw import draw
from thalweg.scenarios.history import DESIGNERS, known_history, observe
from thalweg.scenarios.inputs import bounded
from thalweg.scenarios.parameters import ERRORS, Parameters
from thalweg.scenarios.quarters import LABELS

SEEN_BY: Final = {
    "flow_world": tuple(DESIGNERS),
    "flow_legal": ("legal",),
    "flow_grey": ("smuggled",),
    "flow_domestic": ("huawei", "cambricon"),
}
"""The series that an outcome is the sum of while they were observed."""
DRAWN_AS: Final = {"flow_world": "world", "flow_legal": "legal", "flow_grey": "smuggled", "flow_domestic": "domestic"}
"""Their names in the drawn history."""
DRAWN: Final = 4_000
"""Draws of the level errors that a point's 5 and 95 percent are taken from."""
How = Literal["counted", "reported", "bound", "judgement"]
"""A count or an estimate that a source publishes; what was reported without one; what a reported bound leaves open; judgement alone."""
BOUND_UNTIL: Final = "2026Q2"
"""The last quarter of legal sales for which a bound was reported: shipments under one percent of data center revenue to 2026-07-26."""
_KEPT: dict[str, dict[str, dict[str, Seen]]] = {}


class Seen(BaseModel):
    """A value with its 5 and 95 percent, where there are any, and how it is known; only what is counted is an observation with a count."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    p5: float | None = None
    p95: float | None = None
    how: How = "counted"


def observed_until(estimates: Estimates) -> dict[str, str]:
    """Return for each outcome that is history at first the last quarter in which it is."""
    history = known_history(estimates)
    ends = {name: history.until(*series) for name, series in SEEN_BY.items()}
    return {name: LABELS[end - 1] for name, end in ends.items() if end}


def counted_until(estimates: Estimates) -> dict[str, str]:
    """Return for each outcome that is history at first the last quarter that a source counts or reports."""
    points = seen_points(estimates)
    found = {}
    for name in observed_until(estimates):
        told = [period for period, x in points[name].items() if x.how in ("counted", "reported")]
        if told:
            found[name] = told[-1]
    return found


def how_known(estimates: Estimates, name: str, quarter: str) -> How:
    """Return how a quarter of an outcome's history is known.

    Legal sales are counted as long as their units are. A quarter whose units end before it does is reported to have had none; later ones
    are drawn from estimates of their own, up to ``BOUND_UNTIL`` within a reported bound and then by judgement.
    """
    units = estimates.history.get("legal_units")
    if name != "flow_legal" or units is None:
        return "counted"
    complete = {p.period: p.complete for p in units.points}
    if quarter in complete:
        return "counted" if complete[quarter] else "reported"
    return "bound" if quarter <= BOUND_UNTIL else "judgement"


def seen_points(estimates: Estimates) -> dict[str, dict[str, Seen]]:
    """Return the observed points of each outcome by quarter, or by year where a source counts no quarters.

    Flows carry the level error of their sources, legal flow of 2026 what it is drawn from; the premium its reported range, and the lag its
    release noise. Revenue has none: what companies report is by fiscal quarter.
    """
    if estimates.sha256 not in _KEPT:
        _KEPT.clear()
        _KEPT[estimates.sha256] = {**dict(_flows(estimates)), "premium": _premium(estimates), "lag": _lag(estimates)}
    return _KEPT[estimates.sha256]


def _flows(estimates: Estimates) -> Iterator[tuple[str, dict[str, Seen]]]:
    history = known_history(estimates)
    draws = draw(estimates, DRAWN, 0)
    drawn = bounded(observe(history, {name: draws[name] for name in ERRORS}), Parameters(**{n: draws[n] for n in Parameters._fields}))
    for name, series in SEEN_BY.items():
        rows = np.nansum([history.medians[s] for s in series if s in history.medians], axis=0)
        points = {}
        for t, flow in enumerate(getattr(drawn, DRAWN_AS[name])):
            if any(np.isfinite(history.medians[s][t]) for s in series):
                low, high = (None, None) if rows[t] == 0.0 else map(float, np.quantile(flow, (0.05, 0.95)))
                points[LABELS[t]] = Seen(value=float(rows[t]), p5=low, p95=high, how=how_known(estimates, name, LABELS[t]))
        yield name, points


def _premium(estimates: Estimates) -> dict[str, Seen]:
    return {p.period: Seen(value=p.value, p5=p.p05, p95=p.p95, how="reported") for p in _scored(estimates, "premium")}


def _lag(estimates: Estimates) -> dict[str, Seen]:
    noise = estimates["lag_noise_sd"].value.quantiles[1] * Z95
    return {p.period: Seen(value=p.value, p5=p.value - noise, p95=p.value + noise) for p in _scored(estimates, "eci_lag")}


def _scored(estimates: Estimates, series: str) -> Iterator[Observation]:
    held = estimates.history.get(series)
    return (p for p in (held.points if held else ()) if p.complete and p.scored)
