"""What has been observed: medians by quarter, drawn with their published error.

A series is known from 2022Q1 up to its last observed quarter and simulated from there on. A hindcast hides quarters by an earlier end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from thalweg.evidence import BadInput
from thalweg.pack.estimates_history import by_quarter
from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.namespace import Array
from thalweg.scenarios.quarters import LABELS, QUARTERS

DESIGNERS = {"nvidia": "err_nvidia", "tpu": "err_tpu", "trainium": "err_trainium", "amd": "err_amd"}
OTHERS = {"legal": "err_legal", "smuggled": "err_smuggled", "huawei": "err_huawei", "cambricon": "err_cambricon"}
SERIES = (*DESIGNERS, *OTHERS, "throttled")


@dataclass(frozen=True, slots=True)
class History:
    """Medians by quarter (44,), NaN where nothing was observed; flows in H100e per quarter, ``throttled`` 0 or 1 (Beijing's regime)."""

    medians: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        for name, row in self.medians.items():
            if name not in SERIES or np.shape(row) != (QUARTERS,):
                message = f"history: {name!r} with {np.shape(row)} values; known are {', '.join(SERIES)}, each by {QUARTERS} quarters"
                raise BadInput(message)
            if np.any(np.asarray(row) < 0):
                message = f"history: {name!r} is negative in {LABELS[int(np.flatnonzero(np.asarray(row) < 0)[0])]}"
                raise BadInput(message)

    def until(self, *names: str) -> int:
        """Return the first quarter in which one of the series is not known; gaps before a series begins count as nothing sold."""
        ends = []
        for name in names:
            known = np.flatnonzero(~np.isnan(self.medians[name])) if name in self.medians else np.empty(0)
            ends.append(int(known[-1]) + 1 if known.size else 0)
        return min(ends)

    def hidden_from(self, t: int, *names: str) -> History:
        """Return the history as it was known before a quarter; all series, or those named."""
        kept = {k: np.where(np.arange(QUARTERS) < t, v, np.nan) if not names or k in names else v for k, v in self.medians.items()}
        return replace(self, medians=kept)


NOTHING = History({})


class Observed(NamedTuple):
    """Drawn history: for each flow its values by quarter, as long as it was observed."""

    world: tuple[Array, ...] = ()
    legal: tuple[Array, ...] = ()
    remote: tuple[Array, ...] = ()
    smuggled: tuple[Array, ...] = ()
    domestic: tuple[Array, ...] = ()
    throttled: tuple[float, ...] = ()


def observe(history: History, errors: Mapping[str, Array]) -> Observed:
    """Draw the history: each median times the run's level error of its source."""

    def total(parts: Mapping[str, str]) -> tuple[Array, ...]:
        known = history.until(*parts)
        rows = {name: np.nan_to_num(history.medians[name]) for name in parts if known}
        return tuple(_sum(float(rows[name][t]) * errors[error] for name, error in parts.items()) for t in range(known))

    throttled = history.until("throttled")
    regime = np.nan_to_num(history.medians["throttled"]) if throttled else np.empty(0)
    return Observed(
        world=total(DESIGNERS),
        legal=total({"legal": "err_legal"}),
        smuggled=total({"smuggled": "err_smuggled"}),
        domestic=total({"huawei": "err_huawei", "cambricon": "err_cambricon"}),
        throttled=tuple(float(x) for x in regime[:throttled]),
    )


def _sum(values: Any) -> Array:
    first, *rest = values
    for value in rest:
        first = first + value
    return first


def known_history(estimates: Estimates, *, until: dt.date | None = None) -> History:
    """Return the observed series of a pack's estimates, as they were known on a day."""
    known = {name: estimates.history[name] for name in SERIES if name in estimates.history}
    return History({name: np.array(by_quarter(series, LABELS, until=until)) for name, series in known.items()})
