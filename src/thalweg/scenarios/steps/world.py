"""What the designers outside China make, and what a chip costs."""

from __future__ import annotations

from thalweg.scenarios.namespace import Array, Xp, is_off
from thalweg.scenarios.parameters import Parameters
from thalweg.scenarios.quarters import FIRST_YEAR, QUARTERS, middle, year


def world_path(xp: Xp, x: Parameters, seen: tuple[Array, ...]) -> tuple[Array, ...]:
    """(1) Flow of the four non-Chinese designers before any effect of policy.

    Formula:
        A_y = A_{y-1}*g_y, with g_y of growth_flow_2025, growth_flow_2026, growth_flow_2027, growth_flow_2028, then growth_flow_2029
        W_t = A_y*r^k/(1 + r + r^2 + r^3), r = (g_y*g_{y+1})^(1/8), k = quarter of the year, 0 to 3
        in a year observed in part, W_t = W_{t-1}*r; in observed quarters, W_t is the drawn observation
        where nothing was observed, A_2025 = world_flow_2025
    Units:
        H100e per quarter; A_y in H100e per year; g_y a factor per year.
    Source:
        Epoch AI chip sales for the levels to 2025; AI-2040 compute supplement for the growth, shaded; growth from 2029 is judgement.

    Note:
        The quarters of a year sum to A_y whatever the growth within it.
    """
    growth: dict[int, Array] = {y: x.growth_flow_2025 if y < 2026 else x.growth_flow_2029 for y in range(FIRST_YEAR, year(QUARTERS) + 1)}
    growth.update({2026: x.growth_flow_2026, 2027: x.growth_flow_2027, 2028: x.growth_flow_2028})
    rows = list(seen)
    for t in range(len(rows), QUARTERS):
        r = xp.exp((xp.log(growth[year(t)]) + xp.log(growth[year(t) + 1])) * 0.125)
        if t % 4:
            rows.append(rows[-1] * r)
            continue
        if t:
            annual = (rows[-4] + rows[-3] + rows[-2] + rows[-1]) * growth[year(t)]
        else:
            annual = x.world_flow_2025 / (growth[2023] * growth[2024] * growth[2025])
        rows.append(annual / (1.0 + r * (1.0 + r * (1.0 + r))))
    return tuple(rows)


def world_flow(xp: Xp, x: Parameters, base: Array, ln_n: Array, left: Array, held: Array, supply: Array) -> Array:
    """(1) Flow of the non-Chinese designers, less what exports add to it.

    Formula:
        W = W_t*n^gamma*held*(1 + supply)*(1 - xi if retaliation is active else 1)
    Units:
        H100e per quarter; n is the innovation index of (23), lagged a quarter; held is the factor of mutual caps of (26).
    Source:
        Scenario model, equations (1) and (27); gamma and xi are judgement.
    """
    w = base * xp.exp(x.gamma * ln_n) * held * xp.where(left > 0.0, 1.0 - x.xi, 1.0)
    return w if is_off(supply) else w * (1.0 + supply)


def frontier_price(xp: Xp, x: Parameters, t: int) -> Array:
    """(2) Price of frontier compute.

    Formula:
        p_t = price_2025*price_decline^-(yr - 2025.5)
    Units:
        $ per H100e; yr is the middle of the quarter.
    Source:
        Epoch AI chip prices for the level; AI-2040 for the decline.
    """
    return x.price_2025 * xp.exp((2025.5 - middle(t)) * xp.log(x.price_decline))


def domestic_price(xp: Xp, x: Parameters, t: int) -> Array:
    """(2) Price of Chinese compute.

    Formula:
        pD_t = pD_2025*price_decline^-(yr - 2025.5)
    Units:
        $ per H100e.
    Source:
        Epoch AI: $20,000 for an Ascend 910C of 0.76 H100e in 2025; that it falls as the frontier does is judgement.
    """
    return x.pD_2025 * xp.exp((2025.5 - middle(t)) * xp.log(x.price_decline))


def china_budget(xp: Xp, x: Parameters, t: int) -> Array:
    """(2) What China spends on accelerators.

    Formula:
        B_t = china_budget_2025*china_budget_growth^(yr - 2025.5)/4; D_t = B_t/p_t
    Units:
        $ per quarter; D_t in H100e per quarter.
    Source:
        Bernstein, China accelerator market 2025 to 2028.
    """
    return x.china_budget_2025 * xp.exp((middle(t) - 2025.5) * xp.log(x.china_budget_growth)) * 0.25


def budget_level(xp: Xp, bills: list[Array], budgets: list[Array]) -> Array:
    """(2) Level of the Chinese budget over its draw, in a year in which every channel was observed.

    Formula:
        level = max(1, sum of spend/sum of B over the year), smuggled chips at the US price; after the last such year its level goes on
        in an observed quarter B_t is no less than what was spent, premium included
    Units:
        factor; spend as in (7).
    Source:
        Identity: what was bought was paid for. The market that Bernstein counts may leave out smuggled and rented compute.
    """
    return xp.maximum(_sum(bills) / _sum(budgets), 1.0)


def _sum(values: list[Array]) -> Array:
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total


def total_flow(w: Array, legal: Array, displaced: Array) -> Array:
    """(5) Chips made by the non-Chinese designers, exports to China included.

    Formula:
        Wtot = W + L - displaced; displaced = chi*L without the lever priority
    Units:
        H100e per quarter; chi is US chips forgone per chip exported.
    Source:
        Scenario model, equation (5); chi between slack supply and CNAS 2026 (towards 1).
    """
    return w + (legal - displaced)


def without_exports(x: Parameters, total: Array, legal: Array) -> Array:
    """(5) The same read backwards, for quarters in which the total was observed.

    Formula:
        W = Wtot - (1 - chi)*L
    Units:
        H100e per quarter.
    Source:
        Scenario model, equation (5).
    """
    return total - (1.0 - x.chi) * legal
