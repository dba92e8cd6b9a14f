"""Compute that Chinese users rent outside China."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.scenarios.levers import Lever
from thalweg.scenarios.namespace import Array, Xp, is_off
from thalweg.scenarios.parameters import Parameters
from thalweg.scenarios.quarters import year

if TYPE_CHECKING:
    from thalweg.scenarios.inputs import Constants


def reach(lever: Lever, own: Array) -> Array:
    """(6) How far a lever bites that needs allies.

    Formula:
        reach = lever*(0.4 + 0.6*a)
    Units:
        0 to 1.
    Source:
        Scenario model, equations (6) and (12); the weights are judgement.
    """
    return own * (0.4 + 0.6 * lever.a)


def remote_opening(xp: Xp, x: Parameters) -> Array:
    """(6) Offshore capacity installed for Chinese users at the start of 2022.

    Formula:
        Srem = min(Srem0, S0_us/(2*sh_us), S0_row/(2*(1 - sh_us)))
    Units:
        H100e.
    Source:
        Srem0 is judgement, and so is that users abroad kept at least half of what owners there had: the three priors are drawn apart.
    """
    return xp.minimum(x.Srem0, 0.5 * xp.minimum(x.S0_us / x.sh_us, x.S0_row / (1.0 - x.sh_us)))


def remote_flow(x: Parameters, lever: Lever, w: Array, t: int) -> Array:
    """(6) Offshore capacity added for Chinese users.

    Formula:
        M = rho*W*[1 - cutR*r*(0.4 + 0.6*a)]*(1 - x*sub), rho = rho_2024 to 2024, rho_2025, then rho_2026
    Units:
        H100e per quarter.
    Source:
        AI-2040 for rho (5.1% of the flow in 2024, 3.4% in 2025, 2% after); cutR and sub are judgement.
    """
    m = (x.rho_2024 if year(t) < 2025 else x.rho_2025 if year(t) == 2025 else x.rho_2026) * w
    if not is_off(lever.r):
        m = m * (1.0 - x.cutR * reach(lever, lever.r))
    return m if is_off(lever.x) else m * (1.0 - x.sub * lever.x)


def remote_kept(x: Parameters, k: Constants, lever: Lever) -> Array:
    """(6) Share of offshore capacity that stays in a quarter; contracts roll off under a rule on remote access.

    Formula:
        kept = (1 - delta)^(1/4)*(1 - roll*r*(0.4 + 0.6*a))
    Units:
        share per quarter.
    Source:
        Scenario model, equation (6); roll is judgement.
    """
    return k.survive if is_off(lever.r) else k.survive * (1.0 - x.roll * reach(lever, lever.r))


def remote_stock(stock: Array, kept: Array, flow: Array) -> Array:
    """(6) Offshore capacity installed for Chinese users.

    Formula:
        Srem_{t+1} = Srem*kept + M
    Units:
        H100e.
    Source:
        Scenario model, equation (6).
    """
    return stock * kept + flow
