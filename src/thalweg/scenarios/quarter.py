"""One quarter: the equations in the order in which they hang together."""

from __future__ import annotations

from typing import NamedTuple

from thalweg.scenarios import blocks
from thalweg.scenarios.blocks import Definition, Players, Smuggling, Standing, Trade
from thalweg.scenarios.inputs import Inputs
from thalweg.scenarios.levers import Lever
from thalweg.scenarios.namespace import Array
from thalweg.scenarios.state import DOMESTIC_OPENS, State
from thalweg.scenarios.steps import deals as deals_steps
from thalweg.scenarios.steps import domestic, firm, grey, stocks
from thalweg.scenarios.steps.domestic import Made
from thalweg.scenarios.steps.firm import Revenue
from thalweg.scenarios.steps.grey import Bought
from thalweg.scenarios.steps.stocks import Flows


class Quarter(NamedTuple):
    """All that happened in a quarter; the state is the one at its end."""

    t: int
    lever: Lever
    players: Players
    trade: Trade
    made: Made
    grey: Smuggling
    flows: Flows
    shortage: Array
    sigma: Array
    revenue: Revenue
    rd_change: Array
    lost_sales: Array
    export: Array
    standing: Standing
    state: State
    price: Array
    budget: Array
    spent: Array


def quarter(given: Inputs, t: int, lever: Lever, s: State, definition: Definition, *, every: bool = True) -> Quarter:
    """Return what happens in a quarter that starts from a state; ``every`` measure of compute is kept, or 8-bit compute alone."""
    xp, x, paths, seen = given.xp, given.x, given.paths, given.observed
    price, budget = paths.price[t], paths.budget[t]

    who = blocks.players(given, t, lever, s)
    trade = blocks.trade(given, t, lever, s, who)
    verified = deals_steps.verified_share(xp, x, lever, s.verified, who.kept_v)
    hazard = grey.hazard(xp, x, lever, s.staff, verified)
    h = 1.0 - xp.exp(-hazard)
    cut = domestic.tool_cut(x, lever)
    made = blocks.production(given, t, s, h, cut)
    on_domestic = paths.price_domestic[t] * made.flow
    bought = Bought(trade.on_legal, on_domestic, trade.on_remote, trade.sold, made.flow, trade.rented)
    market = blocks.smuggling(given, t, s, blocks.grey_demand(given, t, lever, budget, bought), hazard, h, trade)

    flows = stocks.owners_flows(x, trade.total, trade.sold, market.market.flow, made.flow, trade.rented)
    spent = grey.spending(x, bought, price * market.market.premium * market.market.flow)
    if t < len(seen.smuggled):
        budget = xp.maximum(budget, spent)  # what was bought was paid for
    short = domestic.shortage(xp, trade.sold, market.market.flow, trade.rented, budget / price)
    sigma = domestic.self_sufficiency(made.flow, trade.sold, market.market.flow) if t >= DOMESTIC_OPENS else s.sigma
    money = firm.revenue(x, lever, trade.price_legal, trade.sold, trade.displaced)
    export = firm.exported(xp, x, made.flow, budget, spent - on_domestic, paths.price_domestic[t])
    lost = firm.lost_sales(x, export, price)
    change = firm.rd_change(x, money.incremental, lost)

    fp8, fp4, bandwidth = blocks.installed(given, t, lever, s, flows, every=every)
    now = blocks.held(given, fp8, fp4, bandwidth, definition)
    standing = blocks.standing(given, t, lever, s, now, blocks.held(given, s.stocks, s.fp4, s.bandwidth, definition))
    wafers, hbm_wafers = blocks.next_wafers(given, t, s, lever, cut, who.kept_c)
    state = State(
        stocks=fp8,
        fp4=fp4,
        bandwidth=bandwidth,
        ln_K=market.ln_K,
        dies_made=made.dies_made,
        die_bank=made.die_bank,
        hbm_bank=made.hbm_bank,
        wafers=wafers,
        hbm_wafers=hbm_wafers,
        shorts=(short, *s.shorts[:-1]),
        staff=grey.build_staff(s.staff, lever.E),
        verified=grey.deploy_verification(xp, s.verified, lever, trade.world, s.two_years),
        worlds=(trade.world, *s.worlds[:-1]),
        two_years=s.two_years + (trade.world - s.worlds[-1]),
        sigma=sigma,
        sigmas=(sigma, *s.sigmas[:-1]) if t < blocks.SIGMA_REFERENCE else s.sigmas,
        throttled=who.regime,
        let_in=trade.let_in,
        legal=trade.sold,
        held=who.held,
        kept_v=who.kept_v,
        kept_c=who.kept_c,
        lifted=who.lifted,
        left=who.left,
        ln_n=s.ln_n if t < len(seen.world) else firm.innovation(xp, x, s.ln_n, change),
        lost=firm.lost_installed(x, given.k, s.lost, export),
        lag=standing.lag,
        growth=standing.growth,
    )
    return Quarter(
        t, lever, who, trade, made, market, flows, short, sigma, money, change, lost, export, standing, state, price, budget, spent
    )
