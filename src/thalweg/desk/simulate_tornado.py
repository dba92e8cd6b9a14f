"""How far an outcome swings with each number: its median where the number is near its 5 and its 95 percent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from thalweg.desk.simulate_titles import estimate_title
from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.outcomes import EVERYTHING, HEADLINE
from thalweg.scenarios.sensitivity.factors import CHANCES
from thalweg.scenarios.study import Study

TAIL: Final = 0.1
"""Share of runs at either end, around the 5 and the 95 percent."""
LEAST: Final = 20
"""Runs that an end must hold for its median to be shown."""
FALLS: Final = 100
"""How often the chances fall anew, each time for as many draws of the estimates, for the bar of the chances."""


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
    by_chance = _medians_by_chance(study, seed) if any(r["name"] == CHANCES for r in rows) else [None] * len(study.targets)
    found = []
    for target, outcomes, fallen in zip(study.targets, y, by_chance, strict=True):
        named = [r for r in rows if (r["outcome"], r["year"]) == (target.outcome, target.year)]
        if target.outcome in HEADLINE and named:
            unit, by = EVERYTHING[target.outcome].unit, EVERYTHING[target.outcome].reduce
            found.append(
                {
                    "outcome": target.outcome,
                    "year": target.year,
                    "unit": unit.replace("/quarter", "/year") if by == "sum" else unit,
                    "middle": _six(float(np.median(outcomes))),
                    "bars": [*_bars(study.estimates, named, values, outcomes), *_chance_bar(named, fallen)],
                }
            )
    return found


def _medians_by_chance(study: Study, seed: int) -> np.ndarray:
    """Return the median over the same draws of the estimates for each fall of the chances, (targets, falls)."""
    values, chances = study.values(study.uniforms(FALLS, seed)), study.chances(FALLS, seed)
    medians = []
    for falls in np.split(np.arange(FALLS), 4):
        drawn = {name: np.tile(np.asarray(row), falls.size) for name, row in values.items()}
        fallen = {name: np.repeat(np.asarray(row)[:, falls], FALLS, axis=1) for name, row in chances.items()}
        medians.append(np.median(study.evaluate(drawn, fallen).reshape(-1, falls.size, FALLS), axis=2))
    return np.concatenate(medians, axis=1)


def _chance_bar(rows: Sequence[Mapping[str, Any]], medians: np.ndarray | None) -> Iterator[dict[str, Any]]:
    """Yield the bar of the chances where a row names them: the 5 and 95 percent of the outcome over how they fall."""
    for row in rows:
        if row["name"] == CHANCES and medians is not None:
            low, high = (_six(float(x)) for x in np.quantile(medians, (0.05, 0.95)))
            bar = {"name": CHANCES, "title": "Chances, quarter by quarter", "low": low, "high": high, "chance": True}
            yield bar | {"judgement": False, "share": row.get("total", row.get("first"))}


def _bars(
    estimates: Estimates, rows: Sequence[Mapping[str, Any]], values: Mapping[str, np.ndarray], y: np.ndarray
) -> Iterator[dict[str, Any]]:
    for row in rows:
        members = [name for name in str(row["name"]).split(" + ") if name in values]
        if not members:
            continue
        low, high = ends(together([np.asarray(values[name]) for name in members]))
        if min(low.size, high.size) >= LEAST:
            share = row.get("total", row.get("first"))
            name = members[0] if len(members) == 1 else f"{members[0]} and {len(members) - 1} more"
            title = estimate_title(estimates, members[0])
            title = title if len(members) == 1 else f"{title} and {len(members) - 1} more"
            bar = {"name": name, "title": title, "low": _six(float(np.median(y[low]))), "high": _six(float(np.median(y[high])))}
            yield bar | {"judgement": bool(row["judgement"]), "share": share, "chance": False}


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
