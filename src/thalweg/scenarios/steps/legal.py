"""The legal channel: what Washington allows, what Beijing accepts, what buyers can pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from thalweg.scenarios.levers import UNCAPPED, Lever
from thalweg.scenarios.namespace import Array, Xp, is_off
from thalweg.scenarios.parameters import Parameters, Switches

if TYPE_CHECKING:
    from thalweg.scenarios.inputs import Constants

NO_LIMIT = 1e15
"""More H100e than any quarter holds."""


class Supply(NamedTuple):
    """The flow of the makers outside China, and what Chinese users rent of it; H100e per quarter."""

    world: Array
    rented: Array


class Beijing(NamedTuple):
    """What Beijing looks at: self-sufficiency, its reference, its own best chip, and whether imports are throttled."""

    sigma: Array
    sigma_ref: Array
    kappa: Array
    throttled: Array


def regime(xp: Xp, x: Parameters, throttled: Array, u: Array) -> Array:
    """(4) Whether Beijing throttles imports: observed until the last event, then a Markov chain.

    Formula:
        throttled_t = 1 - throttled_{t-1} if u < (hz_reopen if throttled_{t-1} else hz_throttle), else throttled_{t-1}
    Units:
        0 or 1; hazards per quarter; u is u_regime, uniform, one a run and quarter.
    Source:
        Beijing's acts of August to November 2025 and the shipments of 2026 (press); hazards are judgement.
    """
    turns = u < xp.where(throttled > 0.0, x.hz_reopen, x.hz_throttle)
    return xp.where(turns, 1.0 - throttled, throttled)


def acceptance(xp: Xp, x: Parameters, k: Constants, sw: Switches, lever: Lever, view: Beijing) -> Array:
    """(4) Share of legal demand that Beijing accepts.

    Formula:
        logit beta = logit(beta0_open) - b1*(sigma_{t-1} - sigma_ref) + b2*[ln(qL/qH20) - ln(kappa/kappa_2026)] + b3*kO
        beta is multiplied by kappaB while throttled; under sw_beijing = 1 the level is beta0 and there are no regimes
    Units:
        share; sigma is the self-sufficiency of a quarter, lagged, and sigma_ref its mean over 2025 (in 2025 and before, over the last four
        quarters).
    Source:
        Record of 2025 and 2026 (H20, H200); b1, b2, b3, kappaB are judgement.

    Note:
        ln(kappa/kappa_2026) is how domestic chips have gained since 2025, so that the bracket is the quality lead less its value of 2025.
    """
    lead = xp.log(lever.qL / x.qH20) - xp.log(view.kappa / x.kappa_2026)
    push = x.b2 * lead - x.b1 * (view.sigma - view.sigma_ref)
    if not is_off(lever.kO):
        push = push + x.b3 * lever.kO
    if type(sw.sw_beijing) is int:
        level = k.logit_beta0 if sw.sw_beijing else k.logit_beta0_open
    else:
        level = xp.where(sw.sw_beijing > 0, k.logit_beta0, k.logit_beta0_open)
    beta = 1.0 / (1.0 + xp.exp(-(level + push)))
    if type(sw.sw_beijing) is int and sw.sw_beijing:
        return beta
    return beta * xp.where((view.throttled > 0.0) & (sw.sw_beijing < 1), x.kappaB, 1.0)


def legal_price(xp: Xp, lever: Lever, price: Array) -> Array:
    """(2) List price of the best legal chip.

    Formula:
        pL_t from the catalogue; p_t where the frontier itself is legal (pL = 0)
    Units:
        $ per H100e.
    Source:
        Hardware catalogue, Epoch AI prices: an H20 costs about $80,000 per H100e where the frontier costs $15,700.
    """
    return xp.where(lever.pL > 0.0, lever.pL, price)


def most_sold(x: Parameters, flows: Supply) -> Array:
    """(3) Most that the makers can sell to China.

    Formula:
        makers = (1 - zeta)*W - M
    Units:
        H100e per quarter.
    Source:
        Chips shipped are no more than chips made: zeta*W is the ceiling of smuggling in (9), M the capacity rented in (6).
    """
    return (1.0 - x.zeta) * flows.world - flows.rented


def legal_flow(xp: Xp, x: Parameters, lever: Lever, beta: Array, budget: Array, price: Array, flows: Supply) -> Array:
    """(3) Legal sales to China: the least of what the rule, the license office, the buyers and the makers allow.

    Formula:
        L = legal*min(cap*m*sh_us*W if capped, proc*processing/license if licensed, buyers, makers)
        buyers = u*min(legal_share_max, alphaL*(qL/qH20)^om_q)*beta*B/(pL*(1 + pt*fee)), u = 1 + f_ant*closing
    Units:
        H100e per quarter.
    Source:
        H20 took $11.5B of $27.6B in 2024 (Epoch AI, Bernstein); cap and fee as in the rule of January 2026; om_q, f_ant are judgement.

    Note:
        What smuggling takes at most (9) and what Chinese users rent (6) is not there to be sold, so that chi*L + Smg + M is never more than
        W. The limit of the makers binds where the frontier is sold without a cap and the Chinese budget outgrows the world's chips;
        `sold_out` shows how near it is.
    """
    share = x.alphaL * xp.exp(x.om_q * xp.log(lever.qL / x.qH20))
    share = xp.minimum(share, x.legal_share_max)
    if not is_off(lever.closing):
        share = share * (1.0 + x.f_ant * lever.closing)
    flow = share * beta * budget / (price * (1.0 + x.pt * lever.fee))
    flow = xp.minimum(flow, most_sold(x, flows))
    if not is_off(lever.license):
        queue = x.proc * lever.processing / xp.maximum(lever.license, 1e-3)
        flow = xp.minimum(flow, xp.where(lever.license > 0.0, queue, NO_LIMIT))
    if not (type(lever.cap) is float and lever.cap >= UNCAPPED):
        capped = (lever.cap * lever.m) * x.sh_us * flows.world
        flow = xp.minimum(flow, xp.where(lever.cap < UNCAPPED, capped, NO_LIMIT))
    return flow * lever.legal


def withheld(x: Parameters, lever: Lever, flow: Array) -> tuple[Array, Array]:
    """(5) What US buyers forgo for exports, and what the lever priority holds back for them.

    Formula:
        L = L - priority*chi*L; displaced = (1 - priority)*chi*L, with the L of (3) on the right
    Units:
        H100e per quarter.
    Source:
        Scenario model, equation (5); priority as in bills that put US buyers first.
    """
    if is_off(lever.priority):
        return flow, x.chi * flow
    kept = x.chi * flow * lever.priority
    return flow - kept, x.chi * flow - kept
