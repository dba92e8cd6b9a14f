"""A hindcast as plain data: for a file, a page or a picture, at six significant digits."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from thalweg.scenarios.calibrate import Calibration
from thalweg.scenarios.hindcast_model import Hindcast


def as_data(result: Hindcast) -> dict[str, Any]:
    """Return a hindcast as JSON values; what is no number is null."""
    found: dict[str, Any] = plain(dataclasses.replace(result, smuggled=np.empty(0), draws={}, ends=np.empty(0)))
    for name in ("smuggled", "draws", "ends"):
        del found[name]
    found["passed"] = result.passed
    found["fit"]["calibrated"] = result.fit.calibrated
    for row, score in zip(found["rows"], result.rows, strict=True):
        row |= {"judged": plain(score.judged), "too_wide": score.too_wide, "failed": score.failed}
    return found


def calibration_data(result: Calibration) -> dict[str, Any]:
    """Return a calibration as JSON values: prior and posterior of every estimate, and how the fit went, without its draws."""
    found: dict[str, Any] = {
        name: plain(getattr(result, name)) for name in ("fitted_to", "vintage", "protocol", "estimates", "seed", "waves", "fit")
    }
    found["fit"]["calibrated"] = result.fit.calibrated
    return found


def panel_rows(result: Hindcast) -> list[dict[str, Any]]:
    """Return a row for every point of every series: observed, the bands of the model, and those of its baseline."""
    names = ("p5", "p25", "p50", "p75", "p95")
    return [
        {"series": panel.row.id, "title": panel.row.title, "unit": panel.row.unit, "period": p.point.label, "use": p.point.use}
        | {"start": p.point.start.isoformat(), "end": p.point.end.isoformat(), "observed": plain(p.point.value)}
        | {name: plain(value) for name, value in zip(names, p.bands, strict=True)}
        | {f"baseline_{name}": plain(value) for name, value in zip(names, p.baseline or (math.nan,) * 5, strict=True)}
        for panel in result.panels
        for p in panel.points
    ]


def plain(value: Any) -> Any:
    """Return JSON values of anything that a result holds."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(v) for v in value]
    return value
