"""The legal channel: what Washington allows, what Beijing accepts, what buyers can pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from thalweg.scenarios.levers import UNCAPPED, Lever
from thalweg.scenarios.namespace import Array, Xp, is_off
from thalweg.scenarios.parameters import Parameters, Switches
from thalweg.scenarios.quarters import index

if TYPE_CHECKING:
    from thalweg.scenarios.inputs import Constants

NO_LIMIT = 1e15
"""More H100e than any quarter holds."""


class Supply(NamedTuple):
    """The flow of the makers outside China, and what Chinese users rent of it; H100e per quarter."""

    world: Array
    rented: Array


class Beijing(NamedTuple):
    """What Beijing looks at, whether imports are throttled, and how far.

    Its view is of self-sufficiency, its reference, and its own best chip.
    """

    sigma: Array
    sigma_ref: Array
    kappa: Array
    throttled: Array
    let_in: Array


def reported(x: Parameters) -> dict[int, Array]:
    """(3) Legal sales of quarters of which a bound and no count was published.

    Formula:
        L_2026Q2 = h200_by_june*h200_sold; L_2026Q3 = (1 - h200_by_june)*h200_sold + h200_after
    Units:
        H100e per quarter, by the index of the quarter.
    Source:
        NVIDIA 10-Q for the quarter to 2026-07-26: shipments under the licenses were under one percent of data center revenue; what was sold
        after that day was not known at the pack's date.
    """
    by_june = x.h200_by_june * x.h200_sold
    return {index("2026Q2"): by_june, index("2026Q3"): (x.h200_sold - by_june) + x.h200_after}


def regime(xp: Xp, x: Parameters, throttled: Array, u: Array) -> Array:
    """(4) Whether Beijing throttles imports where no deal keeps it from that: observed until the last event, then a Markov chain.

    Formula:
        regime_t = 1 - regime_{t-1} if u < (hz_reopen if regime_{t-1} else hz_throttle), else regime_{t-1}
    Units:
        0 or 1; hazards per quarter; u is u_regime, uniform, one a run and quarter.
    Source:
        Beijing's acts of August to November 2025 and the shipments of 2026 (press); hazards are judgement.
    """
    turns = u < xp.where(throttled > 0.0, x.hz_reopen, x.hz_throttle)
    return xp.where(turns, 1.0 - throttled, throttled)


def throttle(regime: Array, lifted: Array, lever: Lever) -> Array:
    """(4) Whether imports are throttled: Beijing's regime, where no deal that is kept suspends it.

    Formula:
        throttled = regime*(1 - lifted), with the lifted of (26); regime while kC is 0
    Units:
        0 or 1.
    Source:
        Identity.
    """
    return regime if is_off(lever.kC) else regime * (1.0 - lifted)


def acceptance(xp: Xp, x: Parameters, k: Constants, sw: Switches, lever: Lever, view: Beijing) -> Array:
    """(4) Share of legal demand that Beijing accepts.

    Formula:
        logit beta = logit(beta0_open) - b1*(sigma_{t-1} - sigma_ref) + b2*[ln(qL/qH20) - ln(kappa/kappa_2026)] + b3*kO
        beta is min(1, let_in*beta) while throttled; under sw_beijing = 1 the level is beta0, there are no regimes, and let_in stays
    Units:
        share; sigma is the self-sufficiency of a quarter, lagged, and sigma_ref its mean over 2025 (in 2025 and before, over the last four
        quarters).
    Source:
        Record of 2025 and 2026 (H20, H200); b1, b2, b3 are judgement.

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
        return xp.minimum(beta * view.let_in, 1.0)
    return xp.minimum(beta * xp.where((view.throttled > 0.0) | (sw.sw_beijing > 0), view.let_in, 1.0), 1.0)


def opening_let_in(xp: Xp, x: Parameters, sw: Switches) -> Array:
    """(4) Factor of a throttle of which nothing was seen.

    Formula:
        let_in = kappaB; 1 under sw_beijing = 1
    Units:
        factor on acceptance.
    Source:
        kappaB is judgement.
    """
    if type(sw.sw_beijing) is int:
        return 1.0 + 0.0 * x.kappaB if sw.sw_beijing else x.kappaB
    return xp.where(sw.sw_beijing > 0, 1.0 + 0.0 * x.kappaB, x.kappaB)


def seen_let_in(xp: Xp, before: Array, sold: Array, wanted: Array, throttled: Array) -> Array:
    """(4) Factor of the throttle that was observed: what came of what buyers wanted in its last observed quarter.

    Formula:
        let_in = L/buyers, with the buyers of (3) where nothing is held back, in an observed quarter that is throttled
    Units:
        factor on acceptance.
    Source:
        Identity. That it is Beijing which held back what was licensed: NVIDIA 10-Q for the quarter to 2026-07-26.

    Note:
        A quarter in which the rules let nothing be sold leaves it as it was. Without regimes it may be above one: the record then lies
        above the level that was drawn.
    """
    return xp.where((throttled > 0.0) & (wanted > 0.0), sold / xp.maximum(wanted, 1e-9), before)


def kept_let_in(xp: Xp, x: Parameters, sw: Switches, let_in: Array, throttled: Array) -> Array:
    """(4) Factor of the throttle in quarters to come: as it was last seen, until Beijing opens.

    Formula:
        let_in_{t+1} = let_in_t while throttled and under sw_beijing = 1, else kappaB
    Units:
        factor on acceptance; kappaB is that of a later throttle.
    Source:
        Judgement: a throttle that goes on is taken to go on as it was.

    Note:
        Throttled by the regime: one that a deal suspends comes back as it was last seen.
    """
    if type(sw.sw_beijing) is int and sw.sw_beijing:
        return let_in
    return xp.where((throttled > 0.0) | (sw.sw_beijing > 0), let_in, x.kappaB)


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


def buyers(xp: Xp, x: Parameters, lever: Lever, beta: Array, budget: Array, price: Array) -> Array:
    """(3) What Chinese buyers want and Beijing accepts.

    Formula:
        buyers = u*min(legal_share_max, alphaL*(qL/qH20)^om_q)*beta*B/(pL*(1 + pt*fee)), u = 1 + f_ant*closing
    Units:
        H100e per quarter.
    Source:
        H20 took $11.5B of $27.6B in 2024 (Epoch AI, Bernstein); om_q, f_ant are judgement.
    """
    share = x.alphaL * xp.exp(x.om_q * xp.log(lever.qL / x.qH20))
    share = xp.minimum(share, x.legal_share_max)
    if not is_off(lever.closing):
        share = share * (1.0 + x.f_ant * lever.closing)
    return share * beta * budget / (price * (1.0 + x.pt * lever.fee))


def legal_flow(xp: Xp, x: Parameters, lever: Lever, wanted: Array, flows: Supply) -> Array:
    """(3) Legal sales to China: the least of what the rule, the license office, the buyers and the makers allow.

    Formula:
        L = legal*min(cap*m*sh_us*W if capped, proc*processing/license if licensed, buyers, makers)
    Units:
        H100e per quarter.
    Source:
        Cap and licenses as in the rule of January 2026.

    Note:
        What smuggling takes at most (9) and what Chinese users rent (6) is not there to be sold, so that chi*L + Smg + M is never more than
        W. The limit of the makers binds where the frontier is sold without a cap and the Chinese budget outgrows the world's chips;
        `sold_out` shows how near it is.
    """
    flow = xp.minimum(wanted, most_sold(x, flows))
    if not is_off(lever.license):
        queue = x.proc * lever.processing / xp.maximum(lever.license, 1e-3)
        flow = xp.minimum(flow, xp.where(lever.license > 0.0, queue, NO_LIMIT))
    if not (type(lever.cap) is float and lever.cap >= UNCAPPED):
        capped = (lever.cap * lever.m) * x.sh_us * flows.world
        flow = xp.minimum(flow, xp.where(lever.cap < UNCAPPED, capped, NO_LIMIT))
    return flow * lever.legal


def ramped(xp: Xp, x: Parameters, flow: Array, before: Array) -> Array:
    """(3) How fast sales rise once a channel opens: licenses, inspection and production take their time.

    Formula:
        L = min(L, L_{t-1} + L/open_quarters), with the L of the least of the four on the right
    Units:
        H100e per quarter; open_quarters from none to all of what is allowed and wanted.
    Source:
        H20: 0.43 of the sales of 2024Q4 in 2024Q1 (Epoch AI). H200: rule in January, licenses from February, first shipments by July 2026.
    """
    return xp.minimum(flow, before + flow / x.open_quarters)


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
