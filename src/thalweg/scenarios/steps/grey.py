"""The grey market: a demand curve, a network of smugglers, and what enforcement does to both."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from thalweg.scenarios.levers import Lever
from thalweg.scenarios.namespace import Array, Xp, is_off
from thalweg.scenarios.parameters import Parameters, Switches
from thalweg.scenarios.quarters import index

if TYPE_CHECKING:
    from thalweg.scenarios.inputs import Constants

B200_ARRIVES, B200_RULES = index("2025Q1"), index("2025Q2")
LEAST_UNMET = 0.02
"""Share of the budget that stays unmet however much is bought."""


class Bought(NamedTuple):
    """What China gets by other channels in a quarter: $ and H100e."""

    on_legal: Array
    on_domestic: Array
    on_remote: Array
    legal: Array
    domestic: Array
    remote: Array


class Demand(NamedTuple):
    """Frontier compute at US prices: what is wished for, and what can be paid; H100e per quarter."""

    unmet: Array
    payable: Array


class Market(NamedTuple):
    """A quarter of the grey market: the premium as a multiple of the US price, and the H100e delivered."""

    premium: Array
    flow: Array


def unmet_demand(xp: Xp, x: Parameters, sw: Switches, lever: Lever, budget: Array, price: Array, bought: Bought) -> Array:
    """(7) Frontier compute that the budget would still buy at US prices.

    Formula:
        U/p = max(B - sL*pL*(1 + pt*fee)*L - sD*pD*Dom - sR*p*M, 0.02*B)/p
        under sw_demand = 1, U/p = max(B/p - sL*(qL/qH20)*L - sD*uD*Dom - sR*M, 0.02*B/p)
    Units:
        H100e per quarter; U in $ per quarter.
    Source:
        FT on demand when the H20 was legal again (for the sign of sL); sL, sD, sR are judgement.
    """

    def dollars() -> Array:
        met = x.sL * bought.on_legal + x.sD * bought.on_domestic + x.sR * bought.on_remote
        return xp.maximum(budget - met, LEAST_UNMET * budget) / price

    def volume() -> Array:
        demand = budget / price
        met = x.sL * (lever.qL / x.qH20) * bought.legal + x.sD * x.uD * bought.domestic + x.sR * bought.remote
        return xp.maximum(demand - met, LEAST_UNMET * demand)

    if type(sw.sw_demand) is int:
        return volume() if sw.sw_demand else dollars()
    return xp.where(sw.sw_demand > 0, volume(), dollars())


def payable(xp: Xp, x: Parameters, sw: Switches, unmet: Array, budget: Array, price: Array, bought: Bought) -> Array:
    """(8) Frontier compute that what is left of the budget would buy at US prices: the Chinese budget closes.

    Formula:
        G/p = min{U, max(B - pL*(1 + pt*fee)*L - pD*Dom - rent_share*p*M, 0.02*B)}/p
        under sw_budget = 1, G = U: what other channels do not displace can be spent again
    Units:
        H100e per quarter; G in $ per quarter.
    Source:
        Scenario model, section 0 (the budget closes) and equation (8), whose form with U is a structural switch.
    """

    def closed() -> Array:
        elsewhere = bought.on_legal + bought.on_domestic + x.rent_share * bought.on_remote
        return xp.minimum(unmet, xp.maximum(budget - elsewhere, LEAST_UNMET * budget) / price)

    if type(sw.sw_budget) is int:
        return unmet if sw.sw_budget else closed()
    return xp.where(sw.sw_budget > 0, unmet, closed())


def spending(x: Parameters, bought: Bought, on_grey: Array) -> Array:
    """(7) What China spends on all channels.

    Formula:
        spend = pL*(1 + pt*fee)*L + p*pi*Smg + pD*Dom + rent_share*p*M
    Units:
        $ per quarter.
    Source:
        Output check of the scenario model; rent_share is judgement.
    """
    return bought.on_legal + on_grey + bought.on_domestic + x.rent_share * bought.on_remote


def overspent(xp: Xp, x: Parameters, spent: Array, budget: Array) -> Array:
    """(7) Whether the budget does not close.

    Formula:
        1 where spend > B*(1 + slack), else 0
    Units:
        0 or 1.
    Source:
        Output check of the scenario model.
    """
    return xp.where(spent > budget * (1.0 + x.slack), 0.0 * spent + 1.0, 0.0 * spent)


def per_chip(x: Parameters, t: int) -> Array:
    """(8) Compute of a smuggled chip.

    Formula:
        nS = nS_2024 before 2025Q1, nS_2025Q1 in 2025Q1, nS_after from 2025Q2
    Units:
        H100e per chip.
    Source:
        Epoch AI smuggling model: B200 share of 12 to 22%, then 45 to 65%, at 2.527 H100e.
    """
    return x.nS_2024 if t < B200_ARRIVES else x.nS_2025Q1 if t < B200_RULES else x.nS_after


def capacity(xp: Xp, x: Parameters, sw: Switches, ln_K: Array, hazard: Array, t: int) -> Array:
    """(8) What the network delivers at a premium of one, after interdiction, in logs.

    Formula:
        ln capacity = ln K + ln nS + ln(1 - h); Qs(pi) = capacity*pi^eta; under sw_capacity = 1, nS = 1
    Units:
        log of H100e per quarter; K in chips per quarter.
    Source:
        Scenario model, equation (8).
    """
    if type(sw.sw_capacity) is int and sw.sw_capacity:
        return ln_K - hazard
    ln_nS = xp.log(per_chip(x, t))
    if type(sw.sw_capacity) is not int:
        ln_nS = xp.where(sw.sw_capacity > 0, 0.0, ln_nS + 0.0 * ln_K)
    return ln_K + ln_nS - hazard


def clear(xp: Xp, x: Parameters, k: Constants, demand: Demand, ln_capacity: Array, w: Array) -> Market:
    """(9) Premium and delivered volume at which the two curves meet.

    Formula:
        A = theta*U/p; Qd(pi) = min(A*pi^-eps, G/(p*pi)), with the G of (8); Qs(pi) = K*nS*(1 - h)*pi^eta
        pi = max(1, min[(A/(K*nS*(1 - h)))^(1/(eps + eta)), (G/(p*K*nS*(1 - h)))^(1/(1 + eta))]); Smg = Qd(pi)
        if Smg > zeta*W: Smg = zeta*W and pi = min[(A/(zeta*W))^(1/eps), G/(p*zeta*W)]
    Units:
        pi is a multiple of the US price; Smg in H100e per quarter, delivered.
    Source:
        Scenario model, equations (8) and (9); Epoch AI for volumes, CNAS, FT and Reuters for premiums; theta, eps, eta, zeta are judgement.

    Note:
        There is no upper clip on the premium.
    """
    ln_g = xp.log(demand.payable)
    ln_a = xp.log(demand.unmet) + k.ln_theta
    ln_pi = xp.minimum((ln_a - ln_capacity) * k.over_eps_eta, (ln_g - ln_capacity) * k.over_one_eta)
    ln_pi = xp.maximum(ln_pi, 0.0)
    ln_flow = xp.minimum(ln_a - x.eps * ln_pi, ln_g - ln_pi)
    ceiling = k.ln_zeta + xp.log(w)
    above = ln_flow > ceiling
    ln_pi = xp.where(above, xp.minimum((ln_a - ceiling) * k.over_eps, ln_g - ceiling), ln_pi)
    return Market(xp.exp(ln_pi), xp.exp(xp.minimum(ln_flow, ceiling)))


def as_seen(xp: Xp, drawn: Array, left: Array) -> Array:
    """(9) Smuggled volume of an observed quarter, in place of the cleared one.

    Formula:
        Smg = min(median*err_smuggled, (Wtot - L - M)/2)
    Units:
        H100e per quarter.
    Source:
        Epoch AI for median and error; that no more than half of what others could have had was smuggled is judgement.

    Note:
        The bound holds back one quarter in 30,000 drawn with the error of Epoch AI, and one in 50 with the wider one of CNAS.
    """
    return xp.minimum(drawn, 0.5 * left)


def hazard(xp: Xp, x: Parameters, lever: Lever, staff: Array, verified: Array) -> Array:
    """(10) Hazard that a shipment is stopped.

    Formula:
        H = max(0, e0 + eB*ln(Ebar/E_ref)) + eV*spoof*V + eA*a + eX*x + eW*w; h = 1 - exp(-H)
    Units:
        hazard per shipment; Ebar in $ per year; V is the share of chips with location verification.
    Source:
        CNAS 2025 for the budget of reference ($55M in 2024) and the staff; all effects are judgement.
    """
    total = xp.maximum(x.e0 + x.eB * xp.log(staff / x.E_ref), 0.0) + x.eV * x.spoof * verified
    for effect, own in ((x.eA, lever.a), (x.eX, lever.x), (x.eW, lever.w)):
        if not is_off(own):
            total = total + effect * own
    return total


def build_staff(staff: Array, budget: Array) -> Array:
    """(10) Enforcement builds up over four quarters after its budget.

    Formula:
        Ebar_{t+1} = Ebar + (E - Ebar)/4
    Units:
        $ per year.
    Source:
        Scenario model, equation (10); the four quarters are judgement.
    """
    return staff + (budget - staff) * 0.25


def deploy_verification(xp: Xp, verified: Array, lever: Lever, w: Array, of_two_years: Array) -> Array:
    """(10) Location verification spreads with new chips only.

    Formula:
        V_{t+1} = V + (v - V)*min(1, W_t/(sum of W over the last 8 quarters))
    Units:
        share of chips in use.
    Source:
        Scenario model, equation (10).
    """
    return verified + (lever.v - verified) * xp.minimum(w / of_two_years, 1.0)


def network(xp: Xp, x: Parameters, ln_K: Array, premium: Array, h: Array, ln_Kmin: Array) -> Array:
    """(11) The network grows while smuggling pays, and shrinks when it does not.

    Formula:
        ln K_{t+1} = max(ln Kmin, ln K + gK*tanh[pi*(1 - h) - 1 - cS - fine_ratio*h])
    Units:
        K in chips per quarter; the bracket is the margin per chip over its US price.
    Source:
        Scenario model, equation (11); Epoch AI 2024 to 2025 for gK; cS and fine_ratio are judgement.
    """
    margin = premium * (1.0 - h) - 1.0 - x.cS - x.fine_ratio * h
    return xp.maximum(ln_K + x.gK * xp.tanh(margin), ln_Kmin)


def seized(flow: Array, h: Array) -> Array:
    """(9) What is stopped on the way, and returns to the rest of the world.

    Formula:
        Seized = Smg*h/(1 - h)
    Units:
        H100e per quarter.
    Source:
        Scenario model, equation (9).
    """
    return flow * h / (1.0 - h)


def rent(flow: Array, price: Array, premium: Array) -> Array:
    """(9) What smugglers earn over the US price.

    Formula:
        rent = Smg*p*(pi - 1)
    Units:
        $ per quarter.
    Source:
        Scenario model, equation (9).
    """
    return flow * price * (premium - 1.0)
