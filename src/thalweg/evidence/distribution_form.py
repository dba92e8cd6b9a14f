"""Distributions as plain data, and in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final

from thalweg.evidence.distribution import (
    Beta,
    Discrete,
    Distribution,
    LogNormal,
    Mixture,
    Normal,
    Point,
    Quantiles,
    Triangular,
    Uniform,
)

KINDS: Final[dict[str, Callable[..., Any]]] = {
    c.kind: c for c in (Point, Uniform, Triangular, Normal, LogNormal, Beta, Quantiles, Discrete, Mixture)
}


def packed(distribution: Distribution) -> list[Any]:
    """Return a distribution as plain data, its kind first."""
    if isinstance(distribution, Mixture):
        return [distribution.kind, [packed(p) for p in distribution.parts], list(distribution.weights)]
    values = [getattr(distribution, field.name) for field in fields(distribution)]  # type: ignore[arg-type]
    return [distribution.kind, *(list(v) if isinstance(v, tuple) else v for v in values)]


def unpacked(data: list[Any]) -> Distribution:
    """Return the distribution that :func:`packed` wrote."""
    kind, *values = data
    if kind == "mixture":
        return Mixture(tuple(unpacked(p) for p in values[0]), tuple(values[1]))
    return KINDS[kind](*(tuple(v) if isinstance(v, list) else v for v in values))  # type: ignore[no-any-return]


def words(distribution: Distribution) -> str:
    """Say a distribution in a few words with its parameters."""
    d: Any = distribution
    if isinstance(d, Point):
        return f"{d.value:.6g}, fixed"
    if isinstance(d, Uniform):
        return f"uniform {d.low:.4g} to {d.high:.4g}"
    if isinstance(d, Triangular):
        return f"triangular {d.low:.4g}, {d.mode:.4g}, {d.high:.4g}"
    if isinstance(d, Normal):
        return f"normal, mean {d.mean:.4g}, sd {d.sd:.4g}"
    if isinstance(d, LogNormal):
        return f"lognormal, median {math.exp(d.log_mean):.4g}, log-sd {d.log_sd:.3g}"
    if isinstance(d, Beta):
        stretched = "" if (d.low, d.high) == (0.0, 1.0) else f" on {d.low:.4g} to {d.high:.4g}"
        return f"beta({d.a:.4g}, {d.b:.4g}){stretched}"
    if isinstance(d, Quantiles):
        return f"quantiles {d.p05:.4g}, {d.p50:.4g}, {d.p95:.4g}"
    if isinstance(d, Discrete):
        return ", ".join(f"{v:.4g} ({w:.3g})" for v, w in zip(d.values, d.weights, strict=True))
    return " or ".join(f"{w:.3g} {words(p)}" for w, p in zip(d.weights, d.parts, strict=True))
