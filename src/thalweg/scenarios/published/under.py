"""This model under the inputs of a source: its preset, its rules as levers, and the structure at its base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.draw import base_switches
from thalweg.scenarios.ensemble import Ensemble, ensemble
from thalweg.scenarios.levers import LeverPath, lever_path
from thalweg.scenarios.quarters import LABELS, YEARS, index
from thalweg.scenarios.simulate import Plan, Result, simulate

FLOWS = ("flow_domestic", "flow_legal", "flow_remote", "flow_grey", "flow_world")
FROM = "2026Q1"


def ai_2040_levers(given: Mapping[str, Any], levers: LeverPath, us_share: float) -> LeverPath:
    """Return the rules of AI 2040 as levers: legal chips are one percent of world flow, and offshore capacity is not curbed."""
    cap = given["legal_share"] / us_share
    return lever_path(levers, legal={FROM: 1}, license={FROM: 0}, m={FROM: 1}, cap={FROM: cap}, pL={FROM: 0}, fee={FROM: 0}, x=0, r=0)


def model(estimates: Estimates, inputs: Mapping[str, Any], levers: LeverPath, runs: int, seed: int) -> dict[str, float]:
    """Return medians of the model under each source's inputs, by the id of the result."""

    def drawn(anchor: str | None, **fixed: Any) -> Ensemble:
        return ensemble(estimates, runs, seed, anchor=anchor, fixed={**base_switches(estimates), **fixed}, dtype=np.float64)

    given = inputs["ai_2040"]
    us_share = estimates["sh_us"].of("ai-2040").quantiles[1]
    rules = Plan(ai_2040_levers(given, levers, us_share))
    found = {}
    result = simulate(drawn("ai-2040", kappaB=1.0), rules, outcomes=FLOWS)  # Beijing's restraint is in its one percent
    for name in FLOWS:
        for year in (2026, 2027, 2028):
            found[f"model-{name}-{year}"] = _median(result, name, year)
    official = simulate(drawn("official-chinese"), Plan(levers), outcomes=("china_stock",))
    found["model-miit-stock"] = float(np.median(official.quarterly["china_stock"][LABELS.index("2026Q2")]))
    base = simulate(drawn(None), Plan(levers), outcomes=FLOWS)
    owned = sum(base.by_year(name)[YEARS.index(2026)] for name in ("flow_domestic", "flow_legal", "flow_grey"))
    found["model-grunewald-total"] = float(np.median(owned))
    found["model-bernstein-supply-2028"] = _local_supply(drawn("bernstein"), levers, 2028)
    return found


def _median(result: Result, name: str, year: int) -> float:
    return float(np.median(result.by_year(name)[YEARS.index(year)]))


def _local_supply(blocks: Ensemble, levers: LeverPath, year: int) -> float:
    """Return the median value of chips made in China in a year, $."""
    flows = simulate(blocks, Plan(levers), outcomes=("flow_domestic",)).quarterly["flow_domestic"]
    start = index(f"{year}Q1")
    prices = np.concatenate([np.stack(block.paths.price_domestic[start : start + 4]) for block in blocks], axis=1)
    return float(np.median((flows[start : start + 4] * prices).sum(axis=0)))
