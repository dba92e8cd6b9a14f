"""This model under the inputs of a source: its preset, its rules as levers, and the structure at its base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.draw import base_switches
from thalweg.scenarios.ensemble import Ensemble, ensemble
from thalweg.scenarios.history import History, known_history
from thalweg.scenarios.levers import UNCAPPED, LeverPath, lever_path
from thalweg.scenarios.quarters import LABELS, QUARTERS, YEARS, index
from thalweg.scenarios.simulate import Plan, Result, simulate

FLOWS = ("flow_domestic", "flow_legal", "flow_remote", "flow_grey", "flow_world")
FROM = "2026Q1"
ALL_LET_IN = 0.999
"""Acceptance where Beijing holds nothing back."""


def ai_2040_levers(given: Mapping[str, Any], levers: LeverPath, us_share: float) -> LeverPath:
    """Return the rules of AI 2040 as levers: legal chips are one percent of world flow, and offshore capacity is not curbed."""
    cap = given["legal_share"] / us_share
    return lever_path(levers, legal={FROM: 1}, license={FROM: 0}, m={FROM: 1}, cap={FROM: cap}, pL={FROM: 0}, fee={FROM: 0}, x=0, r=0)


def unsold(history: History) -> History:
    """Return the history without the legal sales of 2026 and what Beijing had let in before: a source's rules act in their place."""
    begins = np.arange(QUARTERS) >= index(FROM)
    medians = history.hidden_from(index(FROM), "legal").medians
    return History({**medians, "throttled": medians["throttled"] * begins})


def model(estimates: Estimates, inputs: Mapping[str, Any], levers: LeverPath, runs: int, seed: int) -> dict[str, float]:
    """Return medians of the model under each source's inputs, by the id of the result."""
    seen = known_history(estimates)
    assumed = unsold(seen)

    def drawn(anchor: str | None, history: History = seen, **fixed: Any) -> Ensemble:
        held = {**base_switches(estimates), **fixed}
        return ensemble(estimates, runs, seed, anchor=anchor, fixed=held, history=history, dtype=np.float64)

    given = inputs["ai_2040"]
    us_share = estimates["sh_us"].of("ai-2040").quantiles[1]
    rules = Plan(ai_2040_levers(given, levers, us_share))
    found = {}
    # Beijing's restraint is in its one percent, which is sold from the first quarter on; channels add up without a budget over them.
    result = simulate(drawn("ai-2040", assumed, kappaB=1.0, open_quarters=1.0, sw_budget=1), rules, outcomes=FLOWS)
    for name in FLOWS:
        for year in (2026, 2027, 2028):
            found[f"model-{name}-{year}"] = _median(result, name, year)
    official = simulate(drawn("official-chinese"), Plan(levers), outcomes=("china_stock",))
    found["model-miit-stock"] = float(np.median(official.quarterly["china_stock"][LABELS.index("2026Q2")]))
    base = simulate(drawn(None), Plan(levers), outcomes=FLOWS)
    owned = sum(base.by_year(name)[YEARS.index(2026)] for name in ("flow_domestic", "flow_legal", "flow_grey"))
    found["model-grunewald-total"] = float(np.median(owned))
    bought = drawn(None, assumed, beta0_open=ALL_LET_IN, b1=0.0, b2=0.0, kappaB=1.0, open_quarters=1.0)
    found.update(_ifp(drawn(None, assumed, open_quarters=1.0), bought, inputs["ifp"], levers))
    found["model-bernstein-supply-2028"] = _local_supply(drawn("bernstein"), levers, 2028)
    return found


def _ifp(base: Ensemble, bought: Ensemble, given: Mapping[str, Any], levers: LeverPath) -> dict[str, float]:
    """Return medians of US over Chinese additions in 2026 without exports, and with each chip sold freely."""
    freely = {"legal": {FROM: 1}, "license": {FROM: 0}, "m": {FROM: 1}, "cap": {FROM: UNCAPPED}, "fee": {FROM: 0}}
    sold = {name: lever_path(levers, **freely, **{k: {FROM: v} for k, v in given[name].items()}) for name in ("b30a", "h200")}
    cases = {
        "none": (base, lever_path(levers, legal={FROM: 0})),
        "b30a": (base, sold["b30a"]),
        "b30a-bought": (bought, sold["b30a"]),
        "hopper": (bought, sold["h200"]),
    }
    return {f"model-ifp-{name}": _lead_added(blocks, path, 2026) for name, (blocks, path) in cases.items()}


def _lead_added(blocks: Ensemble, levers: LeverPath, year: int) -> float:
    """Return the median of what US owners add in a year over what Chinese ones do."""
    names = ("flow_world", "flow_legal", "flow_grey", "flow_domestic")
    result = simulate(blocks, Plan(levers), outcomes=names)
    world, legal, smuggled, domestic = (result.by_year(name)[YEARS.index(year)] for name in names)
    return float(np.median(blocks.draws["sh_us"] * (world - legal - smuggled) / (legal + smuggled + domestic)))


def _median(result: Result, name: str, year: int) -> float:
    return float(np.median(result.by_year(name)[YEARS.index(year)]))


def _local_supply(blocks: Ensemble, levers: LeverPath, year: int) -> float:
    """Return the median value of chips made in China in a year, $."""
    flows = simulate(blocks, Plan(levers), outcomes=("flow_domestic",)).quarterly["flow_domestic"]
    start = index(f"{year}Q1")
    prices = np.concatenate([np.stack(block.paths.price_domestic[start : start + 4]) for block in blocks], axis=1)
    return float(np.median((flows[start : start + 4] * prices).sum(axis=0)))
