"""From compute to capability: how many months China is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.scenarios.levers import Lever
from thalweg.scenarios.namespace import Array, Xp, is_off
from thalweg.scenarios.parameters import Parameters, Switches
from thalweg.scenarios.quarters import end

if TYPE_CHECKING:
    from thalweg.scenarios.inputs import Constants

LOOK_BACK = 8
"""Quarters of growth that are kept; beyond them the oldest goes on."""


def diffusion(xp: Xp, x: Parameters, lever: Lever) -> Array:
    """(20) Share of the gap that papers, models and distillation close.

    Formula:
        phi_t = clip(phi + phiD*(kJ + kO) - phiS*rsec, 0, 0.95)
    Units:
        share.
    Source:
        Epoch AI ECI lag identifies only (1 - phi)/(ln g + ln ga) as one multiplier; phiD and phiS are judgement.
    """
    share = x.phi
    if not (is_off(lever.kJ) and is_off(lever.kO)):
        share = share + x.phiD * (lever.kJ + lever.kO)
    if not is_off(lever.rsec):
        share = share - x.phiS * lever.rsec
    return xp.minimum(xp.maximum(share, 0.0), 0.95)


def algorithmic_growth(xp: Xp, x: Parameters, k: Constants, lever: Lever) -> Array:
    """(25) Algorithmic progress of the US in a quarter; joint research and open exchange add to it.

    Formula:
        ga_us = ga*(1 + jU*(kJ + kO)); growth = ln(ga_us)/4
    Units:
        log per quarter.
    Source:
        arXiv 2403.05812 for ga; jU is judgement.
    """
    if is_off(lever.kJ) and is_off(lever.kO):
        return k.ln_ga * 0.25
    return (k.ln_ga + xp.log(1.0 + x.jU * (lever.kJ + lever.kO))) * 0.25


def effective_growth(xp: Xp, us_after: Array, us_before: Array, algorithms: Array) -> Array:
    """(19) Growth of effective US compute in a quarter.

    Formula:
        E(t) = ln C_us(t) + yr*ln ga_us; E(t) - E(t-1) = max(0.001, ln(C_us(t)/C_us(t-1)) + ln(ga_us)/4)
    Units:
        log per quarter; ga_us as in (25).
    Source:
        Scenario model, equation (19).

    Note:
        The floor keeps E rising, so that it can be looked back along.
    """
    return xp.maximum(xp.log(us_after / us_before) + algorithms, 1e-3)


def gap(xp: Xp, k: Constants, us: Array, china: Array, phi: Array) -> Array:
    """(19) Gap in effective compute that diffusion leaves.

    Formula:
        G = (1 - phi)*[ln(C_us/C_cn) + ln(conc)]
    Units:
        log.
    Source:
        Scenario model, equations (19) and (20); conc = 1 in the base.
    """
    return (1.0 - phi) * (xp.log(us / china) + k.ln_conc)


def look_back(xp: Xp, sw: Switches, k: Constants, behind: Array, growth: tuple[Array, ...]) -> Array:
    """(19) Months since the US was where China is.

    Formula:
        Lag* = 12*(yr - Einv(E(t) - G)), E linear within quarters and, before the oldest kept quarter, going on as in it
        under sw_lag = 1, Lag* = 12*G/(ln g_c + ln ga)
    Units:
        months; negative where China leads, at the growth of the last quarter.
    Source:
        Scenario model, equation (19); the constant form decides its own trend and is a structural switch.
    """

    def back() -> Array:
        ahead = xp.minimum(behind, 0.0)
        rest = behind - ahead
        quarters = ahead / growth[0]
        for step in growth[:-1]:
            taken = xp.minimum(rest, step)
            quarters = quarters + taken / step
            rest = rest - taken
        return 3.0 * (quarters + rest / growth[-1])

    def constant() -> Array:
        return 12.0 * behind / (k.ln_g_c + k.ln_ga)

    if type(sw.sw_lag) is int:
        return constant() if sw.sw_lag else back()
    return xp.where(sw.sw_lag > 0, constant(), back())


def adjust(lag: Array, target: Array) -> Array:
    """(19) Capability follows compute with a delay of two to three quarters.

    Formula:
        Lag_{t+1} = Lag + 0.35*(Lag* - Lag)
    Units:
        months.
    Source:
        Scenario model, equation (19).
    """
    return lag + (target - lag) * 0.35


def index_us(x: Parameters, t: int) -> Array:
    """(21) Capability index of the US frontier at a quarter's end.

    Formula:
        X_us = eci_2026 + eci_slope*(yr - 2026.75)
    Units:
        points of the Epoch Capabilities Index.
    Source:
        Epoch AI ECI to August 2026.
    """
    return x.eci_2026 + x.eci_slope * (end(t) - 2026.75)


def index_gap(x: Parameters, lag: Array) -> Array:
    """(21) Points by which China is behind.

    Formula:
        X_us(t) - X_us(t - Lag) = eci_slope*Lag/12
    Units:
        points of the Epoch Capabilities Index.
    Source:
        Epoch AI ECI.
    """
    return lag * (x.eci_slope / 12.0)
