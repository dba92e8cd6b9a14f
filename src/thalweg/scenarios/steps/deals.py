"""Cooperation, retaliation and credibility: what players do to a policy."""

from __future__ import annotations

from thalweg.scenarios.levers import Lever
from thalweg.scenarios.namespace import Array, Xp, is_off
from thalweg.scenarios.parameters import Parameters, Switches


def deal_kept(xp: Xp, kept: Array, lever: Array, breach: Array, u: Array) -> Array:
    """(26) Whether a deal still stands: breach_kv for verification, breach_kc for mutual caps.

    Formula:
        kept_t = 0 from the first quarter in which the lever is set and u < breach_kv (breach_kc), else kept_{t-1}; 1 while the lever is 0
    Units:
        0 or 1; hazards per quarter; u is u_breach_kv or u_breach_kc, uniform, one a run and quarter.
    Source:
        Scenario model, equation (26); hazards are judgement.
    """
    if is_off(lever):
        return 0.0 * kept + 1.0
    broken = xp.where(u < breach, 0.0 * kept, kept)
    return broken if type(lever) is float else xp.where(lever > 0.0, broken, 0.0 * kept + 1.0)


def verified_share(xp: Xp, x: Parameters, lever: Lever, verified: Array, kept: Array) -> Array:
    """(26) A verification deal shows at least a share of the chips.

    Formula:
        V = max(V, vK*kV while the deal is kept)
    Units:
        share of chips in use.
    Source:
        Scenario model, equation (26); vK is judgement.
    """
    return verified if is_off(lever.kV) else xp.maximum(verified, x.vK * lever.kV * kept)


def damped_flow(xp: Xp, flow: Array, before: Array, kept: Array, lever: Lever) -> Array:
    """(26) Mutual caps slow the growth of legal sales.

    Formula:
        L = L_{t-1}*(L/L_{t-1})^(1 - kC) where L > L_{t-1} > 0 and the caps are kept
    Units:
        H100e per quarter.
    Source:
        Scenario model, equation (26).
    """
    if is_off(lever.kC):
        return flow
    grows = (kept > 0.0) & (before > 0.0) & (flow > before) & (kept * lever.kC > 0.0)
    # In logs: next to nothing sold before, a ratio would pass the largest number.
    growth = xp.log(xp.where(grows, flow, 1.0 + 0.0 * flow)) - xp.log(xp.where(grows, before, 1.0 + 0.0 * before))
    return xp.where(grows, before * xp.exp((1.0 - lever.kC) * growth), flow)


def throttle_lifted(xp: Xp, x: Parameters, lifted: Array, lever: Lever, kept: Array, u: Array) -> Array:
    """(26) Whether Beijing has given up throttling imports for as long as mutual caps are kept.

    Formula:
        lifted_t = 1 from the first quarter in which the caps are kept and u < reopen_kc*kC; 0 while kC is 0 and after a breach
    Units:
        0 or 1; reopen_kc per quarter and lever; u is u_reopen_kc, uniform, one a run and quarter.
    Source:
        Judgement, from none at all on: the truce of November 2025 and the licenses of 2026 opened nothing by themselves.

    Note:
        It suspends the regime of (4), which goes on beneath it by the same chances as without a deal: a deal never brings a throttle, and
        what it lifted comes back with a breach, as far as Beijing would throttle then. In quarters of which the regime was observed
        nothing is lifted. A policy without a deal is what it was.
    """
    if is_off(lever.kC):
        return 0.0 * lifted
    return xp.where((kept * lever.kC > 0.0) & ((lifted > 0.0) | (u < x.reopen_kc * lever.kC)), 0.0 * lifted + 1.0, 0.0 * lifted)


def held_back(xp: Xp, held: Array, kept: Array, lever: Lever, base: Array, base_before: Array) -> Array:
    """(26) Mutual caps slow the growth of the world flow outside China as they slow wafers inside (12).

    Formula:
        held_t = held_{t-1}*(W_t/W_{t-1})^-kC while the caps are kept and W grows; what was held back stays so after a breach
    Units:
        factor on the world flow.
    Source:
        Scenario model, equation (26); that both sides are slowed alike is judgement.
    """
    if is_off(lever.kC):
        return held
    grows = (kept > 0.0) & (base > base_before) & (kept * lever.kC > 0.0)
    return xp.where(grows, held * xp.exp(-lever.kC * xp.log(base / base_before)), held)


def retaliation(xp: Xp, x: Parameters, lever: Lever, left: Array, u: Array) -> Array:
    """(27) Quarters for which retaliation still lasts.

    Formula:
        hazard = ret0*exp(rc*Cint - rk*kO); Cint = mean(1 - cap, a, x, r, s), cap = legal*min(1, cap)
        left_t = ret_quarters if left_{t-1} <= 1 and u < 1 - exp(-hazard), else max(0, left_{t-1} - 1)
    Units:
        quarters; while left > 0, W falls by xi (1); u is u_retaliation.
    Source:
        Scenario model, equation (27); all parameters are judgement.
    """
    cap = lever.legal * xp.minimum(lever.cap, 1.0)
    intensity = ((1.0 - cap) + lever.a + lever.x + lever.r + lever.s) * 0.2
    hazard = x.ret0 * xp.exp(x.rc * intensity - x.rk * lever.kO)
    begins = u < 1.0 - xp.exp(-hazard)
    return xp.where(left > 1.0, left - 1.0, xp.where(begins, x.ret_quarters, 0.0 * left))


def in_force(xp: Xp, x: Parameters, sw: Switches, force: Array, t: int, announced: int, u_imp: Array, u_reversal: Array) -> Array:
    """(28) Whether an announced policy acts in a quarter.

    Formula:
        act_lag quarters after its announcement a policy begins to act if u_imp < pi_imp (u_imp of the announcement)
        in each later quarter it is reversed if u_reversal < hz_reversal
        under sw_credibility = 1 it acts as announced, from its first quarter on
    Units:
        0 or 1; a policy that does not act leaves the levers where they were before it.
    Source:
        H20: banned 9 April, back 14 July 2025; affiliates rule: 30 September to 10 November 2025; pi_imp, hz_reversal are judgement.
    """
    off, on = 0.0 * force, 0.0 * force + 1.0
    since = t - announced - x.act_lag
    begins, goes_on = xp.where(u_imp < x.pi_imp, on, off), xp.where(u_reversal < x.hz_reversal, off, force)
    acts = xp.where(since >= 1.0, goes_on, xp.where(since >= 0.0, begins, off))
    if type(sw.sw_credibility) is int:
        return on if sw.sw_credibility else acts
    return xp.where(sw.sw_credibility > 0, on, acts)
