"""The blocks of a quarter: which equations are used when, and what stands in for them where history was observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from thalweg.scenarios.inputs import Inputs
from thalweg.scenarios.levers import Lever, LeverPath
from thalweg.scenarios.namespace import Array, is_off
from thalweg.scenarios.quarters import QUARTERS, index
from thalweg.scenarios.state import DOMESTIC_OPENS, State
from thalweg.scenarios.steps import capability, deals, domestic, grey, legal, offshore, stocks, world
from thalweg.scenarios.steps.domestic import Fab, Lines, Made
from thalweg.scenarios.steps.grey import Market
from thalweg.scenarios.steps.legal import Beijing
from thalweg.scenarios.steps.stocks import Flows, Held, Measure, Stocks

BANKS_COUNTED = index("2025Q1")
"""Stocks of foreign dies and memory are known for the start of this quarter."""

SIGMA_REFERENCE = index("2026Q1")
"""Self-sufficiency is measured against its mean over the four quarters before this one."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What counts as a side's compute: who owns or who uses it, in which measure."""

    who: Literal["owned", "accessible"] = "owned"
    measure: Literal["fp8", "fp4", "bandwidth"] = "fp8"


OWNED = Definition()
"""By owner, in 8-bit compute."""


class Players(NamedTuple):
    """What others do to a policy in a quarter: deals that stand, retaliation that lasts, growth held back, Beijing's regime.

    ``regime`` is the throttle by Beijing's own lights, ``lifted`` whether a deal suspends it, ``throttled`` what comes of the two.
    """

    kept_v: Array
    kept_c: Array
    left: Array
    held: Array
    regime: Array
    lifted: Array
    throttled: Array


class Trade(NamedTuple):
    """Compute made outside China, and what of it goes there legally or is rented to it; H100e and $ per quarter."""

    world: Array
    total: Array
    acceptance: Array
    let_in: Array
    sold: Array
    displaced: Array
    rented: Array
    on_legal: Array
    on_remote: Array
    price_legal: Array


class Smuggling(NamedTuple):
    """The grey market of a quarter, the share of shipments stopped, and the network of the next."""

    market: Market
    hazard: Array
    h: Array
    ln_K: Array


class Standing(NamedTuple):
    """Compute at a quarter's end under the definition, and the lag that follows."""

    held: Held
    growth: tuple[Array, ...]
    lag: Array


def players(given: Inputs, t: int, lever: Lever, s: State) -> Players:
    """Return what others do; there is no retaliation but what the observed flows already hold while these last."""
    xp, x, events = given.xp, given.x, given.events
    kept_v = deals.deal_kept(xp, s.kept_v, lever.kV, x.breach_kv, events["u_breach_kv"][t])
    kept_c = deals.deal_kept(xp, s.kept_c, lever.kC, x.breach_kc, events["u_breach_kc"][t])
    past = t < len(given.observed.world)
    left = s.left if past else deals.retaliation(xp, x, lever, s.left, events["u_retaliation"][t])
    held = s.held if past else deals.held_back(xp, s.held, kept_c, lever, given.paths.world[t], given.paths.world[t - 1])
    if t < len(given.observed.throttled):
        regime = given.observed.throttled[t] * given.one
        return Players(kept_v, kept_c, left, held, regime, s.lifted, regime)
    regime = legal.regime(xp, x, s.throttled, events["u_regime"][t])
    lifted = deals.throttle_lifted(xp, x, s.lifted, lever, kept_c, events["u_reopen_kc"][t])
    return Players(kept_v, kept_c, left, held, regime, lifted, legal.throttle(regime, lifted, lever))


def trade(given: Inputs, t: int, lever: Lever, s: State, who: Players) -> Trade:
    """Return the flows outside the grey market, observed ones where there are any."""
    xp, x, k, paths, seen = given.xp, given.x, given.k, given.paths, given.observed
    price, budget = paths.price[t], paths.budget[t]
    w = world.world_flow(xp, x, paths.world[t], s.ln_n, who.left, who.held, lever.supply)
    price_legal = legal.legal_price(xp, lever, price)
    sigma_ref = (s.sigmas[0] + s.sigmas[1] + s.sigmas[2] + s.sigmas[3]) * 0.25
    view = Beijing(s.sigma, sigma_ref, paths.kappa[t], who.throttled, s.let_in)
    rented = seen.remote[t] if t < len(seen.remote) else offshore.remote_flow(x, lever, w, t)
    if t < len(seen.legal):
        sold, displaced = seen.legal[t], x.chi * seen.legal[t]
        free = legal.acceptance(xp, x, k, given.sw, lever, view._replace(let_in=given.one))
        wanted = legal.buyers(xp, x, lever, free, budget, price_legal) * lever.legal
        let_in = legal.seen_let_in(xp, s.let_in, sold, wanted, who.throttled)
        beta = legal.acceptance(xp, x, k, given.sw, lever, view._replace(let_in=let_in))
    else:
        let_in = legal.kept_let_in(xp, x, given.sw, s.let_in, who.regime)
        beta = legal.acceptance(xp, x, k, given.sw, lever, view)
        wanted = legal.buyers(xp, x, lever, beta, budget, price_legal)
        flow = legal.ramped(xp, x, legal.legal_flow(xp, x, lever, wanted, legal.Supply(w, rented)), s.legal)
        sold, displaced = legal.withheld(x, lever, deals.damped_flow(xp, flow, s.legal, who.kept_c, lever))
    if t < len(seen.world):
        total = seen.world[t]
        w = world.without_exports(x, total, sold)
        rented = seen.remote[t] if t < len(seen.remote) else offshore.remote_flow(x, lever, w, t)
    else:
        total = world.total_flow(w, sold, displaced)
    on_legal = price_legal * (1.0 + x.pt * lever.fee) * sold
    return Trade(w, total, beta, let_in, sold, displaced, rented, on_legal, price * rented, price_legal)


def production(given: Inputs, t: int, s: State, h: Array, cut: Array) -> Made:
    """Return what China makes; nothing is counted before 2024, and stocks of foreign parts are used up from 2025 on."""
    xp, x, k, paths = given.xp, given.x, given.k, given.paths
    before = Made(s.dies_made, s.dies_made, s.dies_made, s.die_bank, s.hbm_bank)
    if t == BANKS_COUNTED:
        before = before._replace(die_bank=x.die_bank * x.die_bank_left_2025 * given.one, hbm_bank=x.hbm_stock_2025 * given.one)
    seen = given.observed.domestic[t] if t < len(given.observed.domestic) else None
    if t < DOMESTIC_OPENS:
        return before._replace(packages=0.0 * s.dies_made, flow=0.0 * s.dies_made)
    lines = Lines(
        logic=domestic.installed(xp, given.sw, s.wafers, cut),
        yield_=domestic.yield_of(xp, x, k, s.dies_made),
        memory=domestic.installed(xp, given.sw, s.hbm_wafers, cut),
        stacks=paths.stacks[t],
        kappa=paths.kappa[t],
    )
    made = domestic.produce(xp, x, lines, h, before, k.hbm_release if t >= BANKS_COUNTED else x.rH, seen)
    return made if t >= BANKS_COUNTED else made._replace(die_bank=before.die_bank, hbm_bank=before.hbm_bank)


def paid_for(given: Inputs, levers: LeverPath) -> Inputs:
    """Return the inputs with a Chinese budget that pays for what was bought in each observed year, and goes on at that level."""
    xp, paths, seen = given.xp, given.paths, given.observed
    until = min(len(flows) for flows in (seen.world, seen.legal, seen.smuggled, seen.domestic)) // 4 * 4
    budget, level = list(paths.budget), given.one
    for start in range(DOMESTIC_OPENS, QUARTERS, 4):
        year = range(start, start + 4)
        if start < until:
            bills = [_bill(given, t, levers.at(t, given.dtype)) for t in year]
            level = world.budget_level(xp, bills, [paths.budget[t] for t in year])
        for t in year:
            budget[t] = budget[t] * level
    return given._replace(paths=paths._replace(budget=tuple(budget))) if until > DOMESTIC_OPENS else given


def _bill(given: Inputs, t: int, lever: Lever) -> Array:
    """Return what the observed chips of a quarter cost, smuggled ones at the US price."""
    xp, x, paths, seen = given.xp, given.x, given.paths, given.observed
    legal_chips = seen.legal[t]
    rented = (
        seen.remote[t] if t < len(seen.remote) else offshore.remote_flow(x, lever, world.without_exports(x, seen.world[t], legal_chips), t)
    )
    on_legal = legal.legal_price(xp, lever, paths.price[t]) * (1.0 + x.pt * lever.fee) * legal_chips
    bought = grey.Bought(
        on_legal, paths.price_domestic[t] * seen.domestic[t], paths.price[t] * rented, legal_chips, seen.domestic[t], rented
    )
    return grey.spending(x, bought, paths.price[t] * seen.smuggled[t])


def grey_demand(given: Inputs, t: int, lever: Lever, budget: Array, bought: grey.Bought) -> grey.Demand:
    """Return what China wishes to smuggle and what it can pay; in an observed quarter there was money for what was smuggled."""
    xp, x, sw, price = given.xp, given.x, given.sw, given.paths.price[t]
    unmet = grey.unmet_demand(xp, x, sw, lever, budget, price, bought)
    if t < len(given.observed.smuggled):
        return grey.Demand(unmet, unmet)
    return grey.Demand(unmet, grey.payable(xp, x, sw, unmet, budget, price, bought))


def smuggling(given: Inputs, t: int, s: State, demand: grey.Demand, hazard: Array, h: Array, trade: Trade) -> Smuggling:
    """Return the grey market, none before 2024; an observed volume stands in for the cleared one, premium and network stay the model's."""
    xp, x, k = given.xp, given.x, given.k
    if t < DOMESTIC_OPENS:
        return Smuggling(Market(given.one, 0.0 * given.one), hazard, h, s.ln_K)
    market = grey.clear(xp, x, k, demand, grey.capacity(xp, x, given.sw, s.ln_K, hazard, t), trade.world)
    if t < len(given.observed.smuggled):
        market = market._replace(flow=grey.as_seen(xp, given.observed.smuggled[t], trade.total - trade.sold - trade.rented))
    return Smuggling(market, hazard, h, grey.network(xp, x, s.ln_K, market.premium, h, k.ln_Kmin))


def next_wafers(given: Inputs, t: int, s: State, lever: Lever, cut: Array, kept_c: Array) -> tuple[Array, Array]:
    """Return the wafers of the next quarter, logic and memory: on their anchors first, then as they grow."""
    xp, x, k, sw, paths = given.xp, given.x, given.k, given.sw, given.paths
    logic_held, memory_held = t + 1 < domestic.LOGIC_ANCHORED, t + 1 < domestic.HBM_ANCHORED
    if logic_held and memory_held:
        return paths.wafers[t + 1], paths.hbm_wafers[t + 1]
    short = (s.shorts[3] + s.shorts[4] + s.shorts[5] + s.shorts[6]) * 0.25
    damped = 0.0 if is_off(lever.kC) else lever.kC * kept_c
    logic = domestic.wafers(xp, x, sw, Fab(s.wafers, k.ln_gW, x.wa_max), cut, short, damped)
    if memory_held:
        return logic, paths.hbm_wafers[t + 1]
    return logic, domestic.wafers(xp, x, sw, Fab(s.hbm_wafers, k.ln_gH, paths.hbm_ceiling[t]), cut, short, damped)


def installed(given: Inputs, t: int, lever: Lever, s: State, flows: Flows, *, every: bool) -> tuple[Stocks, Measure, Measure]:
    """Return the stocks at the quarter's end in the three measures; where not every one is asked for, the other two stand still."""
    x, k = given.x, given.k
    keep = offshore.remote_kept(x, k, lever)
    fp8 = stocks.accumulate(k, s.stocks, flows, offshore.remote_stock(s.stocks.remote, keep, flows.remote))
    if not every:
        return fp8, s.fp4, s.bandwidth
    return (
        fp8,
        stocks.accumulate_measure(k, s.fp4, flows, stocks.fp4_ratios(x, lever, t), keep),
        stocks.accumulate_measure(k, s.bandwidth, flows, stocks.bandwidth_ratios(x, lever), keep),
    )


def held(given: Inputs, fp8: Stocks, fp4: Measure, bandwidth: Measure, definition: Definition) -> Held:
    """Return each side's compute under a definition."""
    if definition.measure == "fp8":
        owned, remote = stocks.owners(fp8), fp8.remote
    else:
        other = fp4 if definition.measure == "fp4" else bandwidth
        owned, remote = Held(other.us, other.row, other.china), other.remote
    return stocks.users(given.x, owned, remote) if definition.who == "accessible" else owned


def standing(given: Inputs, t: int, lever: Lever, s: State, now: Held, before: Held) -> Standing:
    """Return how the two sides stand; the first quarter starts on its target."""
    xp, x, k = given.xp, given.x, given.k
    growth = capability.effective_growth(xp, now.us, before.us, capability.algorithmic_growth(xp, x, k, lever))
    rates = (growth, *s.growth[:-1])
    behind = capability.gap(xp, k, now.us, now.china, capability.diffusion(xp, x, lever))
    target = capability.look_back(xp, given.sw, k, behind, rates)
    return Standing(now, rates, target if t == 0 else capability.adjust(s.lag, target))
