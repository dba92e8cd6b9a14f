"""The outcomes: 31 raw ones, never an index, and what else can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from thalweg.scenarios import blocks
from thalweg.scenarios.blocks import Definition
from thalweg.scenarios.inputs import Inputs
from thalweg.scenarios.namespace import Array
from thalweg.scenarios.quarter import Quarter
from thalweg.scenarios.steps import capability, firm, grey, legal, stocks

Reduce = Literal["end", "sum", "mean"]
"""How quarters make a year: the value at its end, the sum of its quarters, their mean."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an outcome is, and how it is read off a quarter."""

    unit: str
    meaning: str
    reduce: Reduce
    of: Callable[[Inputs, Quarter], Array]


def _ratio(who: Literal["owned", "accessible"], measure: Literal["fp8", "fp4", "bandwidth"]) -> Callable[[Inputs, Quarter], Array]:
    definition = Definition(who, measure)

    def of(given: Inputs, q: Quarter) -> Array:
        held = blocks.held(given, q.state.stocks, q.state.fp4, q.state.bandwidth, definition)
        return held.us / held.china

    return of


def _share(_: Inputs, q: Quarter) -> Array:
    held = q.standing.held
    return held.china / (held.us + held.row + held.china)


def _effective(given: Inputs, q: Quarter) -> Array:
    us = stocks.users(given.x, stocks.owners(q.state.stocks), q.state.stocks.remote).us
    return us / stocks.effective(given.x, q.state.stocks)


def _gained(place: str) -> Callable[[Inputs, Quarter], Array]:
    return lambda given, q: firm.gained(given.x, q.lost_sales)[place]


PLACES = {"kr": "Korea", "eu": "the European Union", "tw": "Taiwan", "jp": "Japan", "cn": "China", "other": "others"}

HEADLINE: dict[str, Outcome] = {
    "compute_ratio": Outcome(
        "US/China",
        "compute of the US over that of China, under the definition",
        "end",
        lambda _, q: q.standing.held.us / q.standing.held.china,
    ),
    "china_share": Outcome("share", "China's share of the world's compute, under the definition", "end", _share),
    "china_stock": Outcome("H100e", "China's installed compute, under the definition", "end", lambda _, q: q.standing.held.china),
    "lag": Outcome("months", "how far China's frontier is behind that of the US", "end", lambda _, q: q.standing.lag),
    "flow_world": Outcome("H100e/quarter", "compute made by the non-Chinese designers", "sum", lambda _, q: q.trade.total),
    "flow_legal": Outcome("H100e/quarter", "legal sales to China", "sum", lambda _, q: q.trade.sold),
    "flow_grey": Outcome("H100e/quarter", "smuggled to China, delivered", "sum", lambda _, q: q.grey.market.flow),
    "flow_remote": Outcome("H100e/quarter", "capacity added abroad for users in China", "sum", lambda _, q: q.trade.rented),
    "flow_domestic": Outcome("H100e/quarter", "made in China", "sum", lambda _, q: q.made.flow),
    "premium": Outcome("multiple of the US price", "price in the grey market", "mean", lambda _, q: q.grey.market.premium),
    "self_sufficiency": Outcome("share", "domestic share of China's new compute", "end", lambda _, q: q.sigma),
    "revenue": Outcome("$/quarter", "US firms' revenue from chips sold to China", "sum", lambda _, q: q.revenue.gross),
    "fee_income": Outcome("$/quarter", "fees and tariffs on these sales", "sum", lambda _, q: q.revenue.fee),
    "rd_change": Outcome("$/year", "research spending against no sales to China", "mean", lambda _, q: q.rd_change),
}
"""Kept for every quarter."""

OTHERS: dict[str, Outcome] = {
    "ratio_owned_fp8": Outcome("US/China", "compute by owner, 8-bit", "end", _ratio("owned", "fp8")),
    "ratio_owned_fp4": Outcome("US/China", "compute by owner, 4-bit", "end", _ratio("owned", "fp4")),
    "ratio_owned_bandwidth": Outcome("US/China", "memory bandwidth by owner", "end", _ratio("owned", "bandwidth")),
    "ratio_accessible_fp8": Outcome("US/China", "compute by user, 8-bit", "end", _ratio("accessible", "fp8")),
    "ratio_accessible_fp4": Outcome("US/China", "compute by user, 4-bit", "end", _ratio("accessible", "fp4")),
    "ratio_accessible_bandwidth": Outcome("US/China", "memory bandwidth by user", "end", _ratio("accessible", "bandwidth")),
    "ratio_effective": Outcome("US/China", "compute by user, weighed by how it can be used", "end", _effective),
    "lag_observed": Outcome("months", "the lag with release noise", "end", lambda given, q: q.standing.lag + given.noise[q.t]),
    "eci_gap": Outcome(
        "ECI points",
        "how far China's frontier is behind on the capability index",
        "end",
        lambda given, q: capability.index_gap(given.x, q.standing.lag),
    ),
    "shortage": Outcome("share", "share of China's demand that no foreign chip meets", "mean", lambda _, q: q.shortage),
    "interdiction": Outcome("share", "share of smuggled shipments that is stopped", "mean", lambda _, q: q.grey.h),
    "smuggling_rent": Outcome(
        "$/quarter",
        "what smugglers earn over the US price",
        "sum",
        lambda _, q: grey.rent(q.grey.market.flow, q.price, q.grey.market.premium),
    ),
    "acceptance": Outcome("share", "share of legal demand that Beijing accepts", "mean", lambda _, q: q.trade.acceptance),
    "innovation": Outcome("index", "innovation in the US against no sales to China", "end", lambda given, q: given.xp.exp(q.state.ln_n)),
    "lost_sales": Outcome("$/quarter", "US sales lost abroad to Chinese chips", "sum", lambda _, q: q.lost_sales),
    "enforcement_cost": Outcome("$/quarter", "enforcement budget", "sum", lambda given, q: 0.25 * q.lever.E * given.one),
    "allied_burden": Outcome(
        "$/quarter", "sales of tools and memory that allies forgo", "sum", lambda given, q: firm.allied_burden(given.x, q.lever) * given.one
    ),
}
"""Kept by year."""

CHECKS: dict[str, Outcome] = {
    "spending": Outcome("share of the budget", "what China spends on all channels", "mean", lambda _, q: q.spent / q.budget),
    "overspent": Outcome(
        "0 or 1",
        "spending passes the budget and its slack",
        "mean",
        lambda given, q: grey.overspent(given.xp, given.x, q.spent, q.budget),
    ),
    "shipped": Outcome("share of chips made", "legal and smuggled chips that arrive in China", "mean", lambda _, q: _shipped(q)),
    "sold_out": Outcome(
        "share",
        "legal sales over the most that makers could sell to China",
        "mean",
        lambda given, q: q.trade.sold / legal.most_sold(given.x, legal.Supply(q.trade.world, q.trade.rented)),
    ),
    "unbalanced": Outcome("share of chips made", "owners' flows less what was made", "mean", lambda _, q: _unbalanced(q)),
    "seized": Outcome("H100e/quarter", "smuggled chips that are stopped", "sum", lambda _, q: grey.seized(q.grey.market.flow, q.grey.h)),
    "network": Outcome("chips/quarter", "capacity of the grey network", "end", lambda given, q: given.xp.exp(q.state.ln_K)),
    "net_revenue": Outcome("$/quarter", "revenue after fees that US buyers did not forgo", "sum", lambda _, q: q.revenue.incremental),
    "system_revenue": Outcome("$/quarter", "revenue with systems and networking", "sum", lambda _, q: q.revenue.with_systems),
    "lost_installed": Outcome("H100e", "installed base abroad lost to Chinese chips", "end", lambda _, q: q.state.lost),
    "exported": Outcome("H100e/quarter", "Chinese chips sold abroad", "sum", lambda _, q: q.export),
    "retaliation": Outcome(
        "0 or 1", "retaliation is active", "mean", lambda given, q: given.xp.where(q.players.left > 0.0, given.one, 0.0 * given.one)
    ),
    "alignment": Outcome("0 to 1", "how far allies go along, as the lever acts", "mean", lambda given, q: q.lever.a * given.one),
    "throttled": Outcome("0 or 1", "Beijing throttles imports", "mean", lambda _, q: q.players.throttled),
    "us_stock": Outcome("H100e", "installed compute of the US, under the definition", "end", lambda _, q: q.standing.held.us),
    "remote_stock": Outcome("H100e", "capacity abroad for users in China", "end", lambda _, q: q.state.stocks.remote),
    "wafers": Outcome("wafers/month", "logic wafers for AI chips in China", "end", lambda _, q: q.state.wafers),
    "hbm_wafers": Outcome("wafers/month", "HBM wafers in China", "end", lambda _, q: q.state.hbm_wafers),
    "packages": Outcome("packages/quarter", "AI chips packaged in China", "sum", lambda _, q: q.made.packages),
    **{f"gained_{place}": Outcome("$/quarter", f"of the lost sales, to {name}", "sum", _gained(place)) for place, name in PLACES.items()},
}
"""Checks and intermediate quantities, kept when asked for."""

OUTCOMES: dict[str, Outcome] = {**HEADLINE, **OTHERS}
"""The raw outcomes."""

OTHER_MEASURES = frozenset(name for name in OUTCOMES if name.endswith(("_fp4", "_bandwidth")))
"""Outcomes that need more than 8-bit compute."""

EVERYTHING: dict[str, Outcome] = {**OUTCOMES, **CHECKS}


def _shipped(q: Quarter) -> Array:
    return (q.trade.sold + q.grey.market.flow) / q.trade.total


def _unbalanced(q: Quarter) -> Array:
    f = q.flows
    return (f.us + f.row + f.legal + f.smuggled + f.domestic) / (q.trade.total + q.made.flow) - 1.0
