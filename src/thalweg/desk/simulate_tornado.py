"""How far an outcome swings with each number: its median where the number is near its 5 and its 95 percent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from thalweg.scenarios.outcomes import EVERYTHING, HEADLINE
from thalweg.scenarios.study import Study

TAIL: Final = 0.1
"""Share of runs at either end, around the 5 and the 95 percent."""
LEAST: Final = 20
"""Runs that an end must hold for its median to be shown."""


def tornadoes(study: Study, rows: Sequence[Mapping[str, Any]], runs: int, seed: int) -> list[dict[str, Any]]:
    """Return for each headline outcome and year the swing of the estimates that its rows name.

    Args:
        study: what is simulated.
        rows: of a sensitivity: outcome, year, name, whether it is judgement, and its index in ``total`` or ``first``.
        runs: of the ensemble whose ends are read off.
        seed: of its draws.
    """
    if TAIL * runs < LEAST:
        return []
    values, y = study.ensemble(runs, seed)
    found = []
    for target, outcomes in zip(study.targets, y, strict=True):
        named = [r for r in rows if (r["outcome"], r["year"]) == (target.outcome, target.year)]
        if target.outcome in HEADLINE and named:
            unit, by = EVERYTHING[target.outcome].unit, EVERYTHING[target.outcome].reduce
            found.append(
                {
                    "outcome": target.outcome,
                    "year": target.year,
                    "unit": unit.replace("/quarter", "/year") if by == "sum" else unit,
                    "middle": _six(float(np.median(outcomes))),
                    "bars": list(_bars(named, values, outcomes)),
                }
            )
    return found


def _bars(rows: Sequence[Mapping[str, Any]], values: Mapping[str, np.ndarray], y: np.ndarray) -> Iterator[dict[str, Any]]:
    for row in rows:
        members = [name for name in str(row["name"]).split(" + ") if name in values]
        if not members:
            continue
        low, high = ends(together([np.asarray(values[name]) for name in members]))
        if min(low.size, high.size) >= LEAST:
            share = row.get("total", row.get("first"))
            name = members[0] if len(members) == 1 else f"{members[0]} and {len(members) - 1} more"
            bar = {"name": name, "low": _six(float(np.median(y[low]))), "high": _six(float(np.median(y[high])))}
            yield bar | {"judgement": bool(row["judgement"]), "share": share}


def together(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Return one number for estimates that move together: itself, or the sum of their ranks."""
    if len(rows) == 1:
        return rows[0]
    return np.asarray(sum(np.argsort(np.argsort(x, kind="stable"), kind="stable") for x in rows))


def ends(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the runs at the low and at the high end of a number; those of its first and last value where it has few."""
    known = np.unique(x)
    if known.size * LEAST <= x.size and known.size <= 1 / TAIL:
        return np.flatnonzero(x == known[0]), np.flatnonzero(x == known[-1])
    order = np.argsort(x, kind="stable")
    count = max(1, int(TAIL * x.size))
    return order[:count], order[-count:]


def _six(x: float) -> float:
    return float(f"{x:.6g}")
