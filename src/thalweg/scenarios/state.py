"""What one quarter hands to the next."""

from __future__ import annotations

from typing import NamedTuple

from thalweg.scenarios.inputs import Inputs
from thalweg.scenarios.levers import Lever
from thalweg.scenarios.namespace import Array
from thalweg.scenarios.quarters import index
from thalweg.scenarios.steps import legal, offshore
from thalweg.scenarios.steps.capability import LOOK_BACK
from thalweg.scenarios.steps.stocks import Measure, Stocks

DOMESTIC_OPENS = index("2024Q1")
"""The opening stock of domestic chips and the smuggling network are those of this quarter."""

SHORT_KEPT = 8


class State(NamedTuple):
    """Everything that a quarter starts from; arrays over runs."""

    stocks: Stocks
    fp4: Measure
    bandwidth: Measure
    ln_K: Array
    dies_made: Array
    die_bank: Array
    hbm_bank: Array
    wafers: Array
    hbm_wafers: Array
    shorts: tuple[Array, ...]
    staff: Array
    verified: Array
    worlds: tuple[Array, ...]
    two_years: Array
    sigma: Array
    sigmas: tuple[Array, ...]
    throttled: Array
    let_in: Array
    legal: Array
    held: Array
    kept_v: Array
    kept_c: Array
    lifted: Array
    left: Array
    ln_n: Array
    lost: Array
    lag: Array
    growth: tuple[Array, ...]


def opening(given: Inputs, first: Lever) -> State:
    """Return the state on 1 January 2022."""
    x, k, one = given.x, given.k, given.one
    zero = 0.0 * one
    # S0_dom is installed on 1 January 2024; held from the start, it is that much after two years of attrition.
    older = x.S0_dom / k.survive**DOMESTIC_OPENS
    stocks = Stocks(x.S0_us * one, x.S0_row * one, x.S0_cn * one, zero, older * one, offshore.remote_opening(given.xp, x) * one)
    china = stocks.legal + stocks.domestic
    growth = given.xp.log(x.g_us_before) * 0.25 + k.ln_ga * 0.25
    world = given.paths.world[0]
    return State(
        stocks=stocks,
        fp4=Measure(stocks.us, stocks.row, china, stocks.remote),
        bandwidth=Measure(
            stocks.us * x.bw_world,
            stocks.row * x.bw_world,
            stocks.legal * x.bw_world + stocks.domestic * x.bw_dom,
            stocks.remote * x.bw_world,
        ),
        ln_K=given.xp.log(x.K0) * one,
        dies_made=x.Q_0 * one,
        die_bank=x.die_bank * one,
        hbm_bank=x.hbm_stock_2025 * one,
        wafers=given.paths.wafers[0],
        hbm_wafers=given.paths.hbm_wafers[0],
        shorts=(zero,) * SHORT_KEPT,
        staff=first.E * one,
        verified=first.v * one,
        worlds=(world,) * 8,
        two_years=8.0 * world,
        sigma=zero,
        sigmas=(zero,) * 4,
        throttled=zero,
        let_in=legal.opening_let_in(given.xp, x, given.sw) * one,
        legal=zero,
        held=one,
        kept_v=one,
        kept_c=one,
        lifted=zero,
        left=zero,
        ln_n=zero,
        lost=zero,
        lag=zero,
        growth=(growth * one,) * LOOK_BACK,
    )
