"""Published arithmetic, worked out again by the equations of this model where these are the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

from thalweg.scenarios.namespace import ScalarOps
from thalweg.scenarios.parameters import Parameters
from thalweg.scenarios.steps import domestic, firm, stocks, world

XP = ScalarOps()
PLENTY = 1e12
"""So many wafers that they do not bind."""


def ai_2040(given: Mapping[str, Any]) -> dict[str, float]:
    """Return stocks, shares of the world, and domestic chips from HBM wafers, as AI 2040 adds them up."""
    found, stock = {}, given["opening"]
    channels = given["channels"].values()
    for i, year in enumerate(given["years"]):
        stock = stock * (1 - given["attrition"]) + sum(row[i] for row in channels)
        found[f"ai-2040-stock-{year}"] = stock
        if i:
            found[f"ai-2040-share-{year}"] = stock / given["world"][i - 1]
    for year, (wafers, stacks, kappa, others) in zip(given["years"][2:], given["build_up"], strict=True):
        found[f"ai-2040-hbm-{year}"] = 4 * _made(logic=PLENTY, memory=wafers, stacks=stacks, kappa=kappa, oth=others).flow
    return found


def supply(given: Mapping[str, Any]) -> dict[str, float]:
    """Return identities of dies, stacks and packages."""
    logic = 4 * _made(logic=given["wafers"], yield_=given["yield"], dies=given["dies"], memory=PLENTY).packages
    of_2025 = min(given["logic_2025"], given["made_2025"])
    of_2026 = _made(logic=PLENTY, memory=0.0, bank=given["stacks_2026"]).packages
    return {
        "supply-stacks": _made(logic=PLENTY, memory=0.0, bank=given["stacks"]).packages,
        "supply-stacks-2026": of_2026,
        "supply-logic": logic,
        "supply-unlimited": given["unlimited"] / logic * given["wafers"] * given["yield"] / given["yield_long_run"],
        "supply-2026-over-2025": of_2026 / of_2025,
    }


def ifp(given: Mapping[str, Any]) -> dict[str, float]:
    """Return the lead of the US in compute added, the exports that bring it to a published number, and the rates of half a B300.

    Exports count in units of what China adds by itself. Where the lead with exports is published, the exports are solved for by halving.
    """
    found = {name: _lead(us, exports, chi) for name, (us, chi, exports) in given["exports"].items()}
    for name, (before, after) in given["ratios"].items():
        for chi in (0, 1):
            found[f"{name}-{chi}"] = _exports(before, after, float(chi))
    chip = given["chip"]
    rate = chip["part"] * chip["b300_4bit"] * chip["bits"]
    return {**found, "ifp-tpp-h20": rate / chip["h20_tpp"], "ifp-tpp-threshold": rate / chip["threshold"]}


def _lead(us: float, exports: float, chi: float) -> float:
    """Return the ratio of additions of the US to those of China, which adds one by itself, by (5) and (17)."""
    x = _parameters(sh_us=1.0)
    total = world.total_flow(us, exports, chi * exports)
    flows = stocks.owners_flows(x, total, exports, 0.0, 1.0, 0.0)
    return float(flows.us / (flows.legal + flows.domestic))


def _exports(before: float, after: float, chi: float) -> float:
    """Return the exports that bring a lead down; the lead falls all the way to those that leave the US nothing."""
    low, high = 0.0, before / chi if chi else before / after
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _lead(before, middle, chi) > after else (low, middle)
    return (low + high) / 2


def itif(given: Mapping[str, Any]) -> dict[str, float]:
    """Return the research lost with sales to China, $ a year."""
    x = _parameters(rd=given["rd"])
    found = {f"itif-{share * 100:.0f}": firm.rd_change(x, 0.0, share * given["china"] / 4) for share in given["shares"]}
    return {**found, "itif-share": found["itif-100"] / (given["rd"] * given["sales"])}


def bernstein(given: Mapping[str, Any]) -> dict[str, float]:
    """Return local supply over the market."""
    _, before, after = (supplied / market for supplied, market in zip(given["supply"], given["market"], strict=True))
    return {"bernstein-surplus-2027": before, "bernstein-surplus-2028": after}


def grunewald(given: Mapping[str, Any]) -> dict[str, float]:
    """Return the legal chips of 2026 as a share of the total."""
    return {"grunewald-legal": given["total"] * given["legal_share"]}


def _made(
    *,
    logic: float,
    memory: float,
    stacks: float = 1.0,
    kappa: float = 1.0,
    oth: float = 0.0,
    yield_: float = 1.0,
    dies: float = 1.0,
    bank: float = 0.0,
) -> domestic.Made:
    """Return a quarter of production by (15) and (16), with nothing smuggled and every package good."""
    x = _parameters(dies=dies, dies_per_package=2.0, stacks_per_package=8.0, smgHBM=0.0, rD=0.0, y_pack=1.0, oth=oth)
    lines = domestic.Lines(logic, yield_, memory, stacks, kappa)
    return domestic.produce(XP, x, lines, 0.0, domestic.Made(0.0, 0.0, 1.0, 0.0, bank), bank, None)


def _parameters(**values: float) -> Parameters:
    """Return the few parameters that a step reads."""
    return cast("Parameters", SimpleNamespace(**values))
