"""Chips made in China: wafers, yield, memory, packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from thalweg.scenarios.levers import Lever
from thalweg.scenarios.namespace import Array, Xp, is_off
from thalweg.scenarios.parameters import Parameters, Switches
from thalweg.scenarios.quarters import index, middle
from thalweg.scenarios.steps.offshore import reach

if TYPE_CHECKING:
    from thalweg.scenarios.inputs import Constants

LOGIC_ANCHORED = index("2026Q1")
"""Logic wafers follow the anchor of mid-2025 before this quarter, and (12) from then on."""

HBM_BEGINS, HBM_ANCHORED = index("2026Q1"), index("2026Q3")
"""There is no Chinese HBM before the first; its wafers follow the anchor of mid-2026 before the second, and (12b) from then on."""


class Made(NamedTuple):
    """A quarter of Chinese production: packages, H100e, and what is left of the stocks of dies and memory."""

    packages: Array
    flow: Array
    dies_made: Array
    die_bank: Array
    hbm_bank: Array


class Fab(NamedTuple):
    """Wafers a month, their growth in logs a year without shortage, and their ceiling."""

    wafers: Array
    ln_growth: Array
    ceiling: Array


class Lines(NamedTuple):
    """What runs in a quarter: logic and memory wafers, yield, stacks per wafer, H100e per package."""

    logic: Array
    yield_: Array
    memory: Array
    stacks: Array
    kappa: Array


def wafers_anchored(xp: Xp, x: Parameters, t: int) -> Array:
    """(12) Logic wafers for AI chips up to 2025.

    Formula:
        wa_t = wa_2025*gW^(yr - 2025.5)
    Units:
        wafers per month.
    Source:
        Morgan Stanley (7,000 a month in 2025), AI-2040 (8,000).
    """
    return x.wa_2025 * xp.exp((middle(t) - 2025.5) * xp.log(x.gW))


def hbm_anchored(xp: Xp, x: Parameters, t: int) -> Array:
    """(12b) HBM wafers up to mid-2026.

    Formula:
        hw_t = hw_2026*gH^(yr - 2026.5); 0 before 2026
    Units:
        wafers per month.
    Source:
        SemiAnalysis (about 8,000 a month in 2026), AI-2040 (30,000), as a mixture.
    """
    return x.hw_2026 * xp.exp((middle(t) - 2026.5) * xp.log(x.gH)) if t >= HBM_BEGINS else 0.0 * x.hw_2026


def hbm_ceiling(xp: Xp, x: Parameters, t: int) -> Array:
    """(12b) Most HBM wafers that the DRAM capacity carries.

    Formula:
        hw_max = hw_max_share*dram_2026*dram_growth^(yr - 2026.5)
    Units:
        wafers per month.
    Source:
        CXMT capacity of 257,000 wafers a month in 2026 (SemiAnalysis, press); 20% of it to HBM3 claimed in February 2026.
    """
    return x.hw_max_share * x.dram_2026 * xp.exp((middle(t) - 2026.5) * xp.log(x.dram_growth))


def stacks_per_wafer(xp: Xp, x: Parameters, t: int) -> Array:
    """(12b) Good HBM stacks of a wafer.

    Formula:
        stk = min(stk_max, stk_2026*stk_growth^(yr - 2026.5))
    Units:
        stacks per wafer.
    Source:
        AI-2040: 22 in 2026, 33 in 2028.
    """
    return xp.minimum(x.stk_2026 * xp.exp((middle(t) - 2026.5) * xp.log(x.stk_growth)), x.stk_max)


def compute_per_package(xp: Xp, x: Parameters, t: int) -> Array:
    """(16) Compute of a Chinese package, after the Ascend roadmap and its delay.

    Formula:
        kappa_t = kappa_2026*kappa_growth^max(0, yr - 2026.5 - roadmap_delay)
    Units:
        H100e per package.
    Source:
        Epoch AI (0.76 for a 910C); Huawei Connect 2025 for the roadmap.
    """
    return x.kappa_2026 * xp.exp(xp.maximum(middle(t) - 2026.5 - x.roadmap_delay, 0.0) * xp.log(x.kappa_growth))


def tool_cut(x: Parameters, lever: Lever) -> Array:
    """(12) What tool controls take from the growth of capacity, or from its level under sw_sme = 1.

    Formula:
        cut = sme*s*(0.4 + 0.6*a)
    Units:
        share.
    Source:
        SemiAnalysis on the lag of tool controls; the size is judgement.
    """
    return 0.0 if is_off(lever.s) else x.sme * reach(lever, lever.s)


def wafers(xp: Xp, x: Parameters, sw: Switches, fab: Fab, cut: Array, short: Array, damped: Array) -> Array:
    """(12) Wafers of the next quarter, for logic with gW and wa_max and (12b) for memory with gH and hw_max.

    Formula:
        ln wa_{t+1} = ln wa + [ln gW*(1 - cut) + ind*Shortbar]/4*(1 - wa/wa_max)*(1 - kC while mutual caps are kept)
        Shortbar = mean of Short over t-4 to t-7; under sw_sme = 1 the growth is not cut
    Units:
        wafers per month.
    Source:
        Morgan Stanley and AI-2040 for growth; SemiAnalysis for ceilings; ind is judgement.
    """
    if type(sw.sw_sme) is int:
        base = fab.ln_growth if sw.sw_sme else fab.ln_growth * (1.0 - cut)
    else:
        base = xp.where(sw.sw_sme > 0, fab.ln_growth, fab.ln_growth * (1.0 - cut))
    rise = (base + x.ind * short) * (0.25 - 0.25 * fab.wafers / fab.ceiling)
    if not is_off(damped):
        rise = xp.where(rise > 0.0, rise * (1.0 - damped), rise)
    return fab.wafers * xp.exp(rise)


def installed(xp: Xp, sw: Switches, wafers_now: Array, cut: Array) -> Array:
    """(12) Wafers that run, where tool controls cut the level.

    Formula:
        wa*(1 - cut) under sw_sme = 1, else wa
    Units:
        wafers per month.
    Source:
        Structural switch of the scenario model.
    """
    if is_off(cut):
        return wafers_now
    if type(sw.sw_sme) is int:
        return wafers_now * (1.0 - cut) if sw.sw_sme else wafers_now
    return wafers_now * xp.where(sw.sw_sme > 0, 1.0 - cut, 1.0 + 0.0 * cut)


def shortage(xp: Xp, legal: Array, smuggled: Array, remote: Array, demand: Array) -> Array:
    """(13) Share of China's demand that no foreign chip meets.

    Formula:
        Short = clip(1 - (L + Smg + M)/D, 0, 1)
    Units:
        share.
    Source:
        Scenario model, equation (13).
    """
    return xp.minimum(xp.maximum(1.0 - (legal + smuggled + remote) / demand, 0.0), 1.0)


def yield_of(xp: Xp, x: Parameters, k: Constants, dies_made: Array) -> Array:
    """(14) Yield learns with the dies made.

    Formula:
        y = y_max - (y_max - y0)*(Q/Q_0)^-b_wright
    Units:
        share of good dies; Q in good dies made since Q_0, the dies made to 2023Q4.
    Source:
        AI-2040 for the exponent (Wright); Morgan Stanley, CSIS and SemiAnalysis for yields.
    """
    return x.y_max - (x.y_max - x.y0) * xp.exp(x.b_wright * (k.ln_Q_0 - xp.log(dies_made)))


def produce(xp: Xp, x: Parameters, lines: Lines, h: Array, before: Made, release: Array, seen: Array | None) -> Made:
    """(15) Packages are as many as logic and memory allow, then (16) compute.

    Formula:
        n = min{(3*wa*dies*y + min(B_die, rD))/dies_per_package, (3*hw*stk + smgHBM*(1 - h) + min(B_hbm, rH_t))/stacks_per_package}
        rH_t = rH to 2024, while stacks were freely sold; then hbm_stock_2025/hbm_quarters, the stock used up over hbm_quarters
        B_die falls by max(0, dies_per_package*n - logic flow), B_hbm by max(0, stacks_per_package*n - HBM flow)
        Dom = n*y_pack*kappa*(1 + oth); Q_{t+1} = Q + 3*wa*dies*y
        where Dom was observed, n = Dom/(y_pack*kappa*(1 + oth)) and the stocks fall to no less than 0
    Units:
        packages per quarter; Dom in H100e per quarter; B_die in dies and B_hbm in stacks.
    Source:
        SemiAnalysis and CNAS for dies of TSMC, memory in stock and its use; Morgan Stanley for dies per wafer; smgHBM, rD, rH judgement.
        The rule on HBM of 2 December 2024 (in force on 31 December) for the date from which there is a stock and no supply.
    """
    good = 3.0 * x.dies * lines.logic * lines.yield_
    memory = 3.0 * lines.memory * lines.stacks + x.smgHBM * (1.0 - h)
    per_package = x.y_pack * lines.kappa * (1.0 + x.oth)
    if seen is None:
        logic = (good + xp.minimum(before.die_bank, x.rD)) / x.dies_per_package
        n = xp.minimum(logic, (memory + xp.minimum(before.hbm_bank, release)) / x.stacks_per_package)
        flow = n * per_package
    else:
        n, flow = seen / per_package, seen
    die_bank = before.die_bank - xp.maximum(x.dies_per_package * n - good, 0.0)
    hbm_bank = before.hbm_bank - xp.maximum(x.stacks_per_package * n - memory, 0.0)
    return Made(n, flow, before.dies_made + good, xp.maximum(die_bank, 0.0), xp.maximum(hbm_bank, 0.0))


def self_sufficiency(domestic: Array, legal: Array, smuggled: Array) -> Array:
    """(4) Share of China's new compute that it makes itself.

    Formula:
        sigma = Dom/(Dom + L + Smg)
    Units:
        share.
    Source:
        Scenario model, equation (4).
    """
    return domestic / (domestic + legal + smuggled)
