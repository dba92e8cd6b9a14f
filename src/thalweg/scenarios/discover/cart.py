"""CART: a small tree that cuts runs in two again and again, as a second opinion beside PRIM.

Breiman, Friedman, Olshen and Stone, Classification and Regression Trees (1984), with Gini impurity; of equal cuts the first name's.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from thalweg.evidence import BadInput
from thalweg.scenarios.discover.box import Between, Box, Condition, measured, refuse


def cart(x: Mapping[str, np.ndarray], cases: np.ndarray, *, depth: int = 3, least_mass: float = 0.05) -> tuple[Box, ...]:
    """Return the leaves of a tree as boxes, the densest first.

    Args:
        x: (runs,) by name.
        cases: (runs,) truth values, the runs of interest.
        depth: cuts one after the other, at most.
        least_mass: share of all runs that a leaf must hold.

    Raises:
        BadInput: columns that do not fit together, or a depth below one.

    """
    refuse(x, cases)
    if depth < 1:
        raise BadInput(f"depth: {depth} given; at least one cut is needed")
    names = list(x)
    table = np.stack([np.asarray(x[name], dtype=np.float64) for name in names])
    order = np.argsort(table, axis=1, kind="stable")
    least = max(1, int(np.ceil(least_mass * cases.size)))
    leaves: list[dict[str, Condition]] = []

    def grow(conditions: dict[str, Condition], inside: np.ndarray, left: int) -> None:
        cut = _best_cut(table, order, cases, inside, least) if left else None
        if cut is None:
            leaves.append(conditions)
            return
        i, limit = cut
        name = names[i]
        old = _bounds(conditions, name)
        below = table[i] <= limit
        grow(conditions | {name: Between(old.low, limit)}, inside & below, left - 1)
        grow(conditions | {name: Between(float(np.nextafter(limit, np.inf)), old.high)}, inside & ~below, left - 1)

    grow({}, np.ones(cases.size, dtype=bool), depth)
    boxes = [measured(conditions, x, cases) for conditions in leaves]
    return tuple(sorted(boxes, key=lambda b: -b.fit.density))


def _bounds(conditions: Mapping[str, Condition], name: str) -> Between:
    """Return the bounds of a number; a tree cuts switches by the numbers of their options."""
    held = conditions.get(name)
    return held if isinstance(held, Between) else Between()


def _best_cut(table: np.ndarray, order: np.ndarray, cases: np.ndarray, inside: np.ndarray, least: int) -> tuple[int, float] | None:
    """Return the column and the limit of the cut that lowers impurity most, or none that lowers it."""
    n, k = int(inside.sum()), int(cases[inside].sum())
    if n < 2 * least or k in (0, n) or not len(table):
        return None
    chosen = inside[order]
    shape = (len(table), n)
    values = np.take_along_axis(table, order, axis=1)[chosen].reshape(shape)
    left_hits = np.cumsum(cases[order][chosen].reshape(shape), axis=1)[:, :-1].astype(np.float64)
    left = np.arange(1, n, dtype=np.float64)
    right, right_hits = n - left, k - left_hits
    impurity = left_hits * (left - left_hits) / left + right_hits * (right - right_hits) / right
    barred = (values[:, 1:] == values[:, :-1]) | (left < least) | (right < least)
    impurity[barred] = np.inf
    i, j = np.unravel_index(int(np.argmin(impurity)), impurity.shape)
    if not impurity[i, j] < k * (n - k) / n * (1 - 1e-12):
        return None
    limit = 0.5 * (values[i, j] + values[i, j + 1])
    return int(i), float(limit if limit < values[i, j + 1] else values[i, j])
