"""Who has the compute: owners and users, in three measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from thalweg.scenarios.levers import Lever
from thalweg.scenarios.namespace import Array
from thalweg.scenarios.parameters import Parameters
from thalweg.scenarios.quarters import index

if TYPE_CHECKING:
    from thalweg.scenarios.inputs import Constants

FP4_BEGINS, FP4_COMPLETE = index("2025Q1"), index("2026Q1")


class Flows(NamedTuple):
    """New compute of a quarter in H100e: to owners, and of it what users in China rent."""

    us: Array
    row: Array
    legal: Array
    smuggled: Array
    domestic: Array
    remote: Array


class Stocks(NamedTuple):
    """Installed compute at a quarter's start in 8-bit H100e: by owner, by channel, and what users in China rent abroad."""

    us: Array
    row: Array
    legal: Array
    smuggled: Array
    domestic: Array
    remote: Array


class Measure(NamedTuple):
    """The same in another measure, by owner."""

    us: Array
    row: Array
    china: Array
    remote: Array


class Held(NamedTuple):
    """Compute of the US, the rest of the world and China under one definition."""

    us: Array
    row: Array
    china: Array


def owners_flows(x: Parameters, total: Array, legal: Array, smuggled: Array, domestic: Array, remote: Array) -> Flows:
    """(17) New compute by owner.

    Formula:
        CN = L + Smg + Dom; US = sh_us*(Wtot - L - Smg); RoW = (1 - sh_us)*(Wtot - L - Smg)
    Units:
        H100e per quarter.
    Source:
        AI-2040 for sh_us.

    Note:
        Owners' flows sum to Wtot + Dom.
    """
    others = total - legal - smuggled
    us = x.sh_us * others
    return Flows(us, others - us, legal, smuggled, domestic, remote)


def unsold(flows: Flows) -> Array:
    """(17) New compute that is left to users outside China; a run in which it is negative ships more than is made.

    Formula:
        left = Wtot - L - Smg - M
    Units:
        H100e per quarter.
    Source:
        Law of the scenario model: it is asserted in every run and never clipped.
    """
    return flows.us + flows.row - flows.remote


def accumulate(k: Constants, stocks: Stocks, flows: Flows, remote: Array) -> Stocks:
    """(17) Installed compute of the next quarter, 8-bit.

    Formula:
        S_{t+1} = S*(1 - delta)^(1/4) + flow
    Units:
        H100e.
    Source:
        Scenario model, equation (17).
    """
    keep = k.survive
    return Stocks(
        stocks.us * keep + flows.us,
        stocks.row * keep + flows.row,
        stocks.legal * keep + flows.legal,
        stocks.smuggled * keep + flows.smuggled,
        stocks.domestic * keep + flows.domestic,
        remote,
    )


def fp4_ratios(x: Parameters, lever: Lever, t: int) -> tuple[Array, Array, Array, Array]:
    """(17) 4-bit compute of the flow, per 8-bit H100e: world, smuggled, domestic, legal.

    Formula:
        1 + (fp4_world - 1)*f, 1 + (fp4_smg - 1)*f, fp4_dom, fp4L; f is 0 before 2025 and rises to 1 in 2026Q1
    Units:
        4-bit H100e per 8-bit H100e; an H100 has no 4-bit mode and counts 1.
    Source:
        Epoch AI chip table.
    """
    f = min(1.0, max(0.0, (t - FP4_BEGINS + 1) / (FP4_COMPLETE - FP4_BEGINS + 1)))
    return 1.0 + (x.fp4_world - 1.0) * f, 1.0 + (x.fp4_smg - 1.0) * f, x.fp4_dom, lever.fp4L


def bandwidth_ratios(x: Parameters, lever: Lever) -> tuple[Array, Array, Array, Array]:
    """(17) Memory bandwidth of the flow, per 8-bit H100e: world, smuggled, domestic, legal.

    Formula:
        bw_world, bw_smg, bw_dom, bwL
    Units:
        H100s of memory bandwidth per 8-bit H100e.
    Source:
        Epoch AI chip table, hardware catalogue.
    """
    return x.bw_world, x.bw_smg, x.bw_dom, lever.bwL


def accumulate_measure(k: Constants, stock: Measure, flows: Flows, ratios: tuple[Array, ...], remote_keep: Array) -> Measure:
    """(17) Installed compute of the next quarter in another measure.

    Formula:
        S^d_{t+1} = S^d*(1 - delta)^(1/4) + kappa^d*flow
    Units:
        H100e of the measure; remote_keep is what (6) leaves of rented capacity.
    Source:
        Scenario model, equation (17).
    """
    world, smuggled, domestic, legal = ratios
    keep = k.survive
    return Measure(
        stock.us * keep + world * flows.us,
        stock.row * keep + world * flows.row,
        stock.china * keep + (legal * flows.legal + smuggled * flows.smuggled + domestic * flows.domestic),
        stock.remote * remote_keep + world * flows.remote,
    )


def owners(stocks: Stocks) -> Held:
    """(17) Compute by owner.

    Formula:
        CN = S_legal + S_smuggled + S_domestic
    Units:
        H100e.
    Source:
        Scenario model, equation (17).
    """
    return Held(stocks.us, stocks.row, stocks.legal + stocks.smuggled + stocks.domestic)


def users(x: Parameters, held: Held, remote: Array) -> Held:
    """(17) Compute by user: what China rents is taken from those who own it.

    Formula:
        CN = CN owned + Srem; US = US owned - sh_us*Srem; RoW = RoW owned - (1 - sh_us)*Srem
    Units:
        H100e.
    Source:
        Scenario model, equation (17); that rented capacity is owned as the flow is split is judgement.
    """
    us = x.sh_us * remote
    return Held(held.us - us, held.row - (remote - us), held.china + remote)


def effective(x: Parameters, stocks: Stocks) -> Array:
    """(18) Chinese compute weighed by how well each channel can be used for training.

    Formula:
        C_cn = uL*S_legal + uB*S_smuggled + uD*S_domestic + uR*S_rem
    Units:
        H100e, training-equivalent.
    Source:
        34% utilization after training on 910C (press); Nvidia on chips without support; uB, uD, uR are judgement.
    """
    return x.uL * stocks.legal + x.uB * stocks.smuggled + x.uD * stocks.domestic + x.uR * stocks.remote
