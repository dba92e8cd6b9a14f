"""What sales to China are worth at home, and what is lost elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from thalweg.scenarios.levers import Lever
from thalweg.scenarios.namespace import Array, Xp, is_off
from thalweg.scenarios.parameters import Parameters

if TYPE_CHECKING:
    from thalweg.scenarios.inputs import Constants


ROUNDING = 1.0 + 1e-6
"""A budget that is spent to the last dollar leaves no surplus of chips that is only rounding."""


class Revenue(NamedTuple):
    """Money of the legal channel in $ per quarter: gross, to the government, to the firm, of it incremental, and with systems."""

    gross: Array
    fee: Array
    net: Array
    incremental: Array
    with_systems: Array


def revenue(x: Parameters, lever: Lever, price_legal: Array, legal: Array, displaced: Array) -> Revenue:
    """(22) Revenue from China.

    Formula:
        Rev = pL*(1 + pt*fee)*L; Gov = fee*pL*L; net = Rev - Gov
        incremental = net*(1 - displaced/L), which is (1 - chi)*net without the lever priority
        with systems and networking, Rev*(1 + mk)
    Units:
        $ per quarter.
    Source:
        Nvidia filings and Epoch AI units ($12,000 for an H20); pt, mk are judgement.
    """
    before_fee = price_legal * legal
    unit = price_legal
    if is_off(lever.fee):
        gross, fee, net = before_fee, 0.0 * before_fee, before_fee
    else:
        gross, fee = before_fee * (1.0 + x.pt * lever.fee), before_fee * lever.fee
        net = gross - fee
        unit = unit * (1.0 + x.pt * lever.fee - lever.fee)
    return Revenue(gross, fee, net, net - unit * displaced, gross * (1.0 + x.mk))


def rd_change(x: Parameters, incremental: Array, lost: Array) -> Array:
    """(23) Change of research spending at home against no sales to China.

    Formula:
        dRnD = rd*4*(incremental - lost), lost as in (24)
    Units:
        $ per year.
    Source:
        Nvidia (8% of revenue) to ITIF (18%) for rd.
    """
    return x.rd * 4.0 * (incremental - lost)


def innovation(xp: Xp, x: Parameters, ln_n: Array, change: Array) -> Array:
    """(23) Innovation index, in logs, against its path without sales to China.

    Formula:
        ln n_{t+1} = ln n + gN/4*[max(1 + dRnD/RnD_base, 0.01)^bRD - 1]
    Units:
        log; n = 1 in observed quarters.
    Source:
        Scenario model, equation (23); bRD after Bloom et al., judgement.

    Note:
        Sales lost abroad may pass what research of RnD_base is paid from; research then stops short of nothing, at a hundredth.
    """
    left = xp.maximum(1.0 + change / x.RnD_base, 0.01)
    return ln_n + x.gN * 0.25 * (xp.exp(x.bRD * xp.log(left)) - 1.0)


def exported(xp: Xp, x: Parameters, domestic: Array, budget: Array, spent_abroad: Array, price_domestic: Array) -> Array:
    """(24) Chinese chips sold abroad.

    Formula:
        DomExport = xD*max(0, Dom - own demand), own demand = max(0, (1 + 1e-6)*B - spending on foreign chips)/pD
    Units:
        H100e per quarter.
    Source:
        Bernstein: local supply passes the market in 2028; xD is judgement.
    """
    own = xp.maximum(budget * ROUNDING - spent_abroad, 0.0) / price_domestic
    return x.xD * xp.maximum(domestic - own, 0.0)


def lost_sales(x: Parameters, export: Array, price: Array) -> Array:
    """(24) US sales lost abroad to Chinese chips.

    Formula:
        lost = p*om*DomExport
    Units:
        $ per quarter.
    Source:
        Scenario model, equation (24); om is judgement.
    """
    return price * x.om * export


def gained(x: Parameters, lost: Array) -> dict[str, Array]:
    """(24) Who gains what US firms lose where a market closes to them.

    Formula:
        gain = lost*(itif_kr, itif_eu, itif_tw, itif_jp, itif_cn, itif_other)
    Units:
        as lost: $ of lost sales, by Korea, European Union, Taiwan, Japan, China, others.
    Source:
        ITIF 2025: $21, 15, 14, 12, 9 and 5 billion of 76.
    """
    shares = {"kr": x.itif_kr, "eu": x.itif_eu, "tw": x.itif_tw, "jp": x.itif_jp, "cn": x.itif_cn, "other": x.itif_other}
    return {name: lost * share for name, share in shares.items()}


def lost_installed(x: Parameters, k: Constants, lost: Array, export: Array) -> Array:
    """(24) Installed base abroad that US firms have lost.

    Formula:
        Lost_{t+1} = 0.98*Lost + om*(1 - delta)^(1/4)*DomExport
    Units:
        H100e.
    Source:
        Scenario model, equation (24).
    """
    return 0.98 * lost + x.om * k.survive * export


def allied_burden(x: Parameters, lever: Lever) -> Array:
    """(24) Sales of tools and memory to China that allies forgo.

    Formula:
        burden = ally_sales/4*a*s
    Units:
        $ per quarter.
    Source:
        Annual reports of tool and memory makers for ally_sales; that it scales with both levers is judgement.
    """
    return x.ally_sales * (0.25 * lever.a * lever.s)
