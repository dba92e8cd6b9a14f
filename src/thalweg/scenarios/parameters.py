"""The uncertainties of the model, by name.

Values, distributions and sources stand in ``knowledge/estimates``; here are only the names that the equations use, with unit and meaning.
All volumes are plain H100e, chips, dies, stacks or wafers, money is plain $, shares are fractions, wafers are per month, growth is a factor
per year.
"""

from __future__ import annotations

from typing import NamedTuple

from thalweg.scenarios.namespace import Array


class Parameters(NamedTuple):
    """One value a run of every uncertainty (the X of XLRM); a parameter that is fixed may be a plain float."""

    # world
    world_flow_2025: Array  # H100e per year; A_2025: flow of the four US designers in 2025
    growth_flow_2025: Array  # factor per year; g_2025, read only where 2025 is not observed
    growth_flow_2026: Array  # factor per year; g_2026 = A_2026/A_2025
    growth_flow_2027: Array  # factor per year; g_2027
    growth_flow_2028: Array  # factor per year; g_2028
    growth_flow_2029: Array  # factor per year; g for each of 2029..2032 (one draw)
    gamma: Array  # exponent; elasticity of world flow to the innovation index n_t
    sh_us: Array  # share; US-customer share of flow to non-Chinese owners
    price_2025: Array  # $ per H100e; p_2025 frontier chip price
    price_decline: Array  # factor per year; fall of prices
    pD_2025: Array  # $ per H100e; domestic chip price in 2025 (falls with price_decline)
    china_budget_2025: Array  # $ per year; Bud_2025
    china_budget_growth: Array  # factor per year

    # legal
    alphaL: Array  # share; budget share taken by the best legal chip of H20 usefulness
    om_q: Array  # exponent; exponent of usefulness qL/qH20
    qH20: Array  # ratio to H100; usefulness of H20: geometric mean of FP8 and bandwidth relative to H100
    legal_share_max: Array  # share; ceiling of the legal share of the budget
    proc: Array  # H100e per quarter; license throughput where a license is required
    h200_sold: Array  # H100e; sold to China under the rule of January 2026 by 2026-07-26
    h200_by_june: Array  # share; of h200_sold, by 2026-06-30
    h200_after: Array  # H100e; sold to China from 2026-07-27 to 2026-09-30
    open_quarters: Array  # quarters; in which sales rise from none to all that is allowed and wanted
    f_ant: Array  # share; stockpiling factor between announcement and force of a closing rule
    beta0: Array  # share; Beijing acceptance under sw_beijing = logistic (no regime)
    beta0_open: Array  # share; acceptance in the OPEN regime under sw_beijing = regime; times kappaB when throttled
    b1: Array  # logit per share; effect of self-sufficiency
    b2: Array  # logit per log ratio; effect of quality lead ln(qL/qD)
    b3: Array  # logit per lever; effect of open exchange kO
    kappaB: Array  # factor; acceptance multiplier in a throttle of which nothing was seen
    hz_throttle: Array  # per quarter; hazard open -> throttled
    hz_reopen: Array  # per quarter; hazard throttled -> open
    reopen_kc: Array  # per quarter and lever; chance that Beijing throttles no more while mutual caps are kept
    m_decay: Array  # per year; rate at which a superseded chip generation's share of US flow decays (m = m0*exp(-m_decay*age))
    chi: Array  # chips per chip; US chips forgone per chip exported (displacement)

    # offshore
    rho_2024: Array  # share of W; capacity added offshore for Chinese users, 2024 and before
    rho_2025: Array  # share of W; 2025
    rho_2026: Array  # share of W; 2026 on
    cutR: Array  # share; largest cut by a remote-access rule
    sub: Array  # share; share of offshore capacity that was subsidiary-owned (lever x)
    roll: Array  # per quarter; contracts that roll off a quarter at full r and a
    rent_share: Array  # share; p_rent = rent_share * p_t per H100e of capacity added

    # grey
    theta: Array  # share; share of unmet budget that turns to the grey market
    eps: Array  # elasticity; demand elasticity to the premium
    eta: Array  # elasticity; supply elasticity
    sL: Array  # $ per $; displacement by legal chips
    sD: Array  # $ per $; displacement by domestic chips
    sR: Array  # $ per $; displacement by rental
    K0: Array  # chips per quarter; grey network capacity 2024Q1 at premium 1
    Kmin: Array  # chips per quarter; floor of capacity
    nS_2024: Array  # H100e per chip; nS before 2025
    nS_2025Q1: Array  # H100e per smuggled chip
    nS_after: Array  # H100e per chip; from 2025Q2
    gK: Array  # per quarter; growth of capacity at a high margin
    cS: Array  # premium; smugglers' cost margin
    fine_ratio: Array  # fine per price
    zeta: Array  # share of W; most of world flow that can be smuggled
    e0: Array  # hazard; at the budget of E_ref
    eB: Array  # hazard per ln budget; staff
    eV: Array  # hazard; at full location verification
    spoof: Array  # factor; what is left of eV after spoofing
    eA: Array  # hazard; allies
    eX: Array  # hazard; affiliates scope
    eW: Array  # hazard; whistleblower award
    E_ref: Array  # $ per year; enforcement budget 2024

    # domestic
    wa_2025: Array  # wafers per month; SMIC <=7nm wafers for AI chips, 2025 mean (mid-2025)
    gW: Array  # factor per year; growth of logic wafers without shortage
    wa_max: Array  # wafers per month
    sme: Array  # share; cut of growth at full allied tool control
    ind: Array  # log growth per shortage; indigenisation gain
    dies: Array  # dies per wafer; gross 910B-class dies
    y0: Array  # share; yield at Q_0
    y_max: Array  # share; ceiling of the yield
    b_wright: Array  # exponent; b of (14)
    Q_0: Array  # dies; domestic dies made to 2023Q4
    die_bank: Array  # dies; TSMC-made dies acquired (whole bank before any use)
    die_bank_left_2025: Array  # share; of die_bank on 1 Jan 2025
    hbm_stock_2025: Array  # stacks; HBM stacks in hand on 1 Jan 2025
    rD: Array  # dies per quarter; most dies released a quarter
    rH: Array  # stacks per quarter; most stacks bought a quarter while they were freely sold, to 2024
    hbm_quarters: Array  # quarters; over which the stacks in hand on 1 Jan 2025 are used up
    dies_per_package: Array  # dies
    stacks_per_package: Array  # stacks
    hw_2026: Array  # wafers per month; CXMT HBM wafer starts, 2026 mean (mid-2026)
    gH: Array  # factor per year; growth of HBM wafers without shortage
    hw_max_share: Array  # share; hw_max = hw_max_share * DRAM capacity
    dram_2026: Array  # wafers per month; CXMT DRAM capacity 2026
    dram_growth: Array  # factor per year; growth of DRAM capacity
    stk_2026: Array  # stacks per wafer; good HBM stacks per wafer 2026
    stk_growth: Array  # factor per year; growth of good stacks per wafer
    stk_max: Array  # stacks per wafer; ceiling
    smgHBM: Array  # stacks per quarter; smuggled HBM before interdiction
    y_pack: Array  # share; packaging success
    kappa_2026: Array  # H100e per package; kappa_t in 2026 (910C 0.76)
    kappa_growth: Array  # factor per year; Ascend roadmap
    roadmap_delay: Array  # years; slip of the Ascend roadmap (growth of kappa starts after 2026 + delay)
    oth: Array  # share; other Chinese designers on top of Huawei

    # stocks and definitions
    g_us_before: Array  # factor per year; growth of US compute before 2022, where the lag looks back past the first quarter
    delta: Array  # per year; attrition
    S0_us: Array  # H100e; opening stock 1 Jan 2022, US owners
    S0_row: Array  # H100e; opening stock 1 Jan 2022, rest of world
    S0_cn: Array  # H100e; opening stock 1 Jan 2022, Chinese owners (legal)
    Srem0: Array  # H100e; offshore capacity installed for Chinese users, 1 Jan 2022
    S0_dom: Array  # H100e; domestic chips installed on 1 Jan 2024 (no domestic series before 2024)
    fp4_world: Array  # ratio; FP4 H100e per FP8 H100e of the flow (H100 has no FP4: counts 1)
    fp4_smg: Array  # ratio; the same, smuggled
    fp4_dom: Array  # ratio; the same, domestic
    bw_world: Array  # ratio; bandwidth H100e per FP8 H100e of the flow (legal chips: from the catalogue)
    bw_smg: Array  # ratio; the same, smuggled
    bw_dom: Array  # ratio; the same, domestic
    uL: Array  # share; usable legal compute
    uB: Array  # share; smuggled
    uD: Array  # share; domestic
    uR: Array  # share; rental

    # capability
    g_c: Array  # factor per year; frontier training compute growth; only under sw_lag = constant
    ga: Array  # factor per year; algorithmic progress
    phi: Array  # share; share of the log gap closed by diffusion and distillation
    phiD: Array  # share per lever; what joint research and exchange add to phi
    phiS: Array  # share per lever; lab and API security
    conc: Array  # ratio; leading-lab concentration US over CN
    lag_noise_sd: Array  # months; release noise of the ECI lag
    lag_noise_ar: Array  # per quarter; its AR(1) coefficient
    eci_2026: Array  # ECI; US frontier ECI at 2026Q3
    eci_slope: Array  # ECI per year; slope of the US frontier

    # firm
    mk: Array  # share; systems and networking sold with a chip, over its price
    pt: Array  # share; fee pass-through
    rd: Array  # $ per $; R&D per $ of net revenue
    RnD_base: Array  # $ per year
    gN: Array  # log per year; innovation trend
    bRD: Array  # elasticity
    om: Array  # sale per unit; US sales lost per H100e exported by China
    xD: Array  # share; share of domestic surplus exported
    ally_sales: Array  # $ per year; tool and HBM sales of allies to China at stake under full alignment
    slack: Array  # share; of the budget that spending may pass before a run counts as overspent
    itif_kr: Array  # share; who takes lost US sales
    itif_eu: Array  # share; who takes lost US sales
    itif_tw: Array  # share; who takes lost US sales
    itif_jp: Array  # share; who takes lost US sales
    itif_cn: Array  # share; who takes lost US sales
    itif_other: Array  # share; who takes lost US sales

    # cooperation, retaliation, credibility
    jU: Array  # share per lever; what joint research and exchange add to ga
    vK: Array  # share; verified share at full verification deal
    breach_kv: Array  # per quarter; chance that a verification deal is broken
    breach_kc: Array  # per quarter; chance that mutual caps are broken
    ret0: Array  # per quarter; hazard of retaliation without intensity
    rc: Array  # log hazard per intensity of controls
    rk: Array  # log hazard per lever; what open exchange takes off
    xi: Array  # share of W; loss while retaliation lasts
    ret_quarters: Array  # quarters; that retaliation lasts
    act_lag: Array  # quarters; between announcement and force
    pi_imp: Array  # probability; announced lever is enforced
    hz_reversal: Array  # per quarter


ERRORS = ("err_nvidia", "err_tpu", "err_trainium", "err_amd", "err_legal", "err_smuggled", "err_huawei", "err_cambricon")
"""Level errors of the observed series: factors with median 1, one correlated draw a run."""

UNIFORMS = ("u_regime", "u_retaliation", "u_breach_kv", "u_breach_kc", "u_reopen_kc", "u_reversal", "u_imp", "u_lag_noise")
"""Random events: a uniform number for each run and quarter, the same for every policy."""


class Switches(NamedTuple):
    """Structural choices: an option's number for all runs, or one a run where the choice itself is sampled. Option 0 is the base."""

    sw_lag: Array  # 0 look-back, 1 constant growth (19)
    sw_demand: Array  # 0 unmet demand in dollars, 1 in H100e (7)
    sw_capacity: Array  # 0 grey capacity in chips, 1 in H100e (8)
    sw_budget: Array  # 0 smuggled chips are paid from what the budget leaves, 1 from all that is not displaced (8)
    sw_sme: Array  # 0 tool controls cut growth, 1 the level at once (12)
    sw_beijing: Array  # 0 open and throttled regimes, 1 a logistic share (4)
    sw_credibility: Array  # 0 enforced with a probability and reversed with a hazard, 1 as announced (28)


FIXED = frozenset(
    (
        *(
            "qH20",
            "legal_share_max",
            "nS_2024",
            "E_ref",
            "dies",
            "dies_per_package",
            "stacks_per_package",
            "stk_max",
            "uL",
            "conc",
            "slack",
        ),
        *(
            "lag_noise_sd",
            "lag_noise_ar",
            "eci_2026",
            "eci_slope",
            "itif_kr",
            "itif_eu",
            "itif_tw",
            "itif_jp",
            "itif_cn",
            "itif_other",
            "act_lag",
        ),
    )
)
"""Parameters that are points: where all runs share the value, it enters as a float."""
