"""The levers of a policy, and their paths by quarter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from thalweg.evidence import BadInput, nearest
from thalweg.scenarios.namespace import Array
from thalweg.scenarios.quarters import LABELS, QUARTERS, index

UNCAPPED = 1e6
"""A volume cap at or above this many times the US-customer flow is no cap."""


class Lever(NamedTuple):
    """The levers in one quarter: floats, or arrays over runs where runs differ."""

    legal: Array
    m: Array
    qL: Array
    pL: Array
    fp4L: Array
    bwL: Array
    cap: Array
    license: Array
    processing: Array
    closing: Array
    fee: Array
    E: Array
    v: Array
    a: Array
    x: Array
    r: Array
    w: Array
    s: Array
    rsec: Array
    kJ: Array
    kO: Array
    kV: Array
    kC: Array
    supply: Array
    priority: Array


@dataclass(frozen=True, slots=True)
class LeverRow:
    """What a lever is, and where it stands when a policy says nothing of it."""

    unit: str
    default: float
    low: float
    high: float
    meaning: str


LEVERS: dict[str, LeverRow] = {
    "legal": LeverRow("share of the quarter's days", 0.0, 0.0, 1.0, "an AI chip worth buying may be sold to China"),
    "m": LeverRow("share of the US-customer flow", 0.0, 0.0, 1.0, "H100e of the flow that the rulebook allows, from the catalogue"),
    "qL": LeverRow("ratio to H100", 0.4228, 1e-3, 1e3, "usefulness of the best legal chip: geometric mean of 8-bit rate and bandwidth"),
    "pL": LeverRow("$ per H100e", 0.0, 0.0, 1e7, "list price of the best legal chip; 0 is the price of the frontier"),
    "fp4L": LeverRow("ratio", 1.0, 0.0, 100.0, "4-bit H100e per 8-bit H100e of the best legal chip"),
    "bwL": LeverRow("ratio", 1.0, 0.0, 100.0, "bandwidth H100e per 8-bit H100e of the best legal chip"),
    "cap": LeverRow("share of US-customer volume", UNCAPPED, 0.0, UNCAPPED, f"cap on the volume sold to China; {UNCAPPED:.0e} is none"),
    "license": LeverRow("share of the quarter's days", 0.0, 0.0, 1.0, "each sale needs a license, so that license throughput binds"),
    "processing": LeverRow("factor", 1.0, 0.0, 1e3, "license throughput against that of 2025"),
    "closing": LeverRow("share of the quarter's days", 0.0, 0.0, 1.0, "a closing rule is announced and not yet in force"),
    "fee": LeverRow("share of the price", 0.0, 0.0, 1.0, "fee or tariff on legal sales"),
    "E": LeverRow("$ per year", 55e6, 1e3, 1e12, "enforcement budget"),
    "v": LeverRow("share of new chips", 0.0, 0.0, 1.0, "location verification built in"),
    "a": LeverRow("0 to 1", 0.0, 0.0, 1.0, "alignment of allies beyond that of 2024"),
    "x": LeverRow("0 to 1", 0.0, 0.0, 1.0, "reach to affiliates and subsidiaries"),
    "r": LeverRow("0 to 1", 0.0, 0.0, 1.0, "rule on remote access"),
    "w": LeverRow("0 to 1", 0.0, 0.0, 1.0, "whistleblower award"),
    "s": LeverRow("0 to 1", 0.0, 0.0, 1.0, "HBM and tool controls beyond those of 2025"),
    "rsec": LeverRow("0 to 1", 0.0, 0.0, 1.0, "security of laboratories and interfaces against distillation"),
    "kJ": LeverRow("0 to 1", 0.0, 0.0, 1.0, "joint research"),
    "kO": LeverRow("0 to 1", 0.0, 0.0, 1.0, "open exchange"),
    "kV": LeverRow("0 to 1", 0.0, 0.0, 1.0, "verification deal"),
    "kC": LeverRow("0 to 1", 0.0, 0.0, 1.0, "mutual caps on growth"),
    "supply": LeverRow("share of the world flow", 0.0, -0.9, 10.0, "what domestic supply measures add to the flow outside China"),
    "priority": LeverRow("0 to 1", 0.0, 0.0, 1.0, "US buyers first: share of displacing exports that is withheld"),
}


@dataclass(frozen=True, slots=True)
class LeverPath:
    """Every lever by quarter; a lever is an array (44,), or (44, runs) where runs differ."""

    values: Mapping[str, np.ndarray]

    def at(self, t: int, dtype: Any = None) -> Lever:
        """Return the levers of a quarter, floats where all runs share them."""
        return Lever(
            **{name: float(path[t]) if path.ndim == 1 else path[t].astype(dtype or path.dtype) for name, path in self.values.items()}
        )

    def differs_from(self, other: LeverPath) -> int:
        """Return the first quarter in which a lever differs, or 44."""
        first = QUARTERS
        for name, path in self.values.items():
            there = other.values[name]
            unlike = path != there if path.ndim == there.ndim else np.any(path.reshape(QUARTERS, -1) != there.reshape(QUARTERS, -1), axis=1)
            quarters = np.flatnonzero(unlike.reshape(QUARTERS, -1).any(axis=1))
            first = min(first, int(quarters[0]) if quarters.size else QUARTERS)
        return first


def lever_path(base: LeverPath | None = None, **settings: Any) -> LeverPath:
    """Return a path: a base (or the defaults) with some levers set.

    A setting is a number for all quarters, a mapping from quarter to the value from then on, or an array (44,) or (44, runs).

    Raises:
        BadInput: an unknown lever, a quarter outside the model, a value outside the lever's range, or an array of another shape.

    """
    values = dict(base.values) if base else {name: np.full(QUARTERS, row.default) for name, row in LEVERS.items()}
    for name, setting in settings.items():
        if name not in LEVERS:
            message = f"no lever {name!r}{nearest(name, LEVERS)}"
            raise BadInput(message)
        values[name] = _path(name, setting, values[name])
    return LeverPath(values)


def _path(name: str, setting: Any, before: np.ndarray) -> np.ndarray:
    if isinstance(setting, Mapping):
        path = np.array(before, dtype=np.float64)
        for label in sorted(setting, key=index):
            path[index(label) :] = setting[label]
    else:
        path = np.array(setting, dtype=np.float64)
        path = np.full(QUARTERS, path) if path.ndim == 0 else path
    if path.ndim > 2 or path.shape[0] != QUARTERS:
        message = f"lever {name}: {path.shape[0]} values where {QUARTERS} quarters are needed"
        raise BadInput(message)
    row = LEVERS[name]
    wrong = ~((path >= row.low) & (path <= row.high))
    if wrong.any():
        t = int(np.argwhere(wrong)[0][0])
        message = f"lever {name} in {LABELS[t]}: {path[wrong].flat[0]:g} is outside {row.low:g} to {row.high:g} ({row.unit})"
        raise BadInput(message)
    path.setflags(write=False)
    return path
