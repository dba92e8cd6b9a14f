"""Single steps against numbers worked out by hand or published."""

from __future__ import annotations

import numpy as np
import pytest

from thalweg.pack.estimates import load_estimates
from thalweg.scenarios.levers import LEVERS, Lever
from thalweg.scenarios.namespace import ScalarOps, ops_of
from thalweg.scenarios.normal import inverse_normal, lag_noise
from thalweg.scenarios.parameters import Parameters, Switches
from thalweg.scenarios.steps import capability, deals, domestic, firm, grey, legal, offshore, stocks, world

XP = ScalarOps()
WORLD = legal.Supply(1e6, 2e4)
BASE = Switches(*(0 for _ in Switches._fields))


class Only:
    """A few constants or parameters by name."""

    def __init__(self, **values):
        self.__dict__.update(values)


@pytest.fixture(scope="module")
def middle():
    """The parameters of one run at the middle of every distribution."""
    central = {name: float(e.value.distribution.ppf(np.array([0.5]))[0]) for name, e in load_estimates().estimates.items()}
    return Parameters(**{name: central[name] for name in Parameters._fields})


def levers(**changed):
    return Lever(**{**{name: row.default for name, row in LEVERS.items()}, **changed})


class TestWorld:
    def test_quarters_of_a_year_sum_to_its_flow_and_years_grow_as_stated(self, middle):
        seen = (785e3, 991e3, 1267e3, 1887e3, 2442e3, 2800e3, 3590e3, 4229e3)
        path = world.world_path(XP, middle, ((0.0,) * 8 + seen))
        years = [sum(path[4 * y : 4 * y + 4]) for y in range(11)]
        assert years[3] == pytest.approx(13.061e6)
        growth = [years[y + 1] / years[y] for y in range(3, 10)]
        named = [middle.growth_flow_2026, middle.growth_flow_2027, middle.growth_flow_2028, *[middle.growth_flow_2029] * 4]
        assert growth == pytest.approx(named, rel=1e-12)

    def test_2026_is_twice_2025_as_published(self, middle):
        x = middle._replace(growth_flow_2026=2.1)
        path = world.world_path(XP, x, (0.0,) * 12 + (2442e3, 2800e3, 3590e3, 4229e3))
        assert sum(path[16:20]) == pytest.approx(2.1 * 13.061e6, rel=1e-12)

    def test_a_year_seen_in_part_goes_on_from_its_last_quarter(self, middle):
        path = world.world_path(XP, middle, (0.0,) * 8 + (785e3, 991e3, 1267e3, 1887e3, 2442e3, 2800e3))
        assert path[14] > 2800e3
        assert path[15] / path[14] == pytest.approx(path[14] / 2800e3)

    def test_nothing_seen_at_all_still_gives_2025(self, middle):
        assert sum(world.world_path(XP, middle, ())[12:16]) == pytest.approx(middle.world_flow_2025)

    def test_prices_and_budget_are_those_of_mid_2025(self, middle):
        paths = (world.frontier_price, world.domestic_price, world.china_budget)
        at_middle = [(f(XP, middle, 13) * f(XP, middle, 14)) ** 0.5 for f in paths]
        assert at_middle == pytest.approx([middle.price_2025, middle.pD_2025, middle.china_budget_2025 / 4])

    def test_exports_add_what_they_do_not_displace(self):
        assert world.total_flow(100.0, 10.0, 4.0) == 106.0
        assert world.without_exports(Only(chi=0.4), 106.0, 10.0) == 100.0


class TestLegal:
    def test_h20_buyers_spend_the_share_of_2024(self, middle):
        lever = levers(legal=1.0, qL=middle.qH20, pL=80e3)
        wanted = legal.buyers(XP, middle._replace(alphaL=0.42), lever, 1.0, 27.6e9 / 4, 80e3)
        assert wanted * 80e3 == pytest.approx(0.42 * 27.6e9 / 4)
        assert legal.legal_flow(XP, middle, lever, wanted, WORLD) == wanted

    def test_a_volume_cap_binds_only_where_there_is_one(self, middle):
        free, capped = levers(legal=1.0, m=0.1), levers(legal=1.0, m=0.1, cap=0.5)
        assert legal.legal_flow(XP, middle, capped, 8e4, WORLD) == pytest.approx(0.05 * middle.sh_us * 1e6)
        assert legal.legal_flow(XP, middle, free, 8e4, WORLD) == 8e4

    def test_no_more_is_sold_than_makers_can_spare(self, middle):
        """China's wish for the frontier may pass what is made: smuggling and rental keep their part of it."""
        most = legal.most_sold(middle, WORLD)
        assert most == pytest.approx((1 - middle.zeta) * 1e6 - 2e4)
        assert legal.legal_flow(XP, middle, levers(legal=1.0), 1e9, WORLD) == most

    def test_licenses_bind_by_throughput(self, middle):
        slow = levers(legal=1.0, license=1.0)
        assert legal.legal_flow(XP, middle._replace(proc=10.0), slow, 1e5, WORLD) == 10.0
        assert legal.legal_flow(XP, middle._replace(proc=10.0), slow._replace(processing=3.0), 1e5, WORLD) == 30.0

    def test_nothing_is_sold_where_nothing_is_legal(self, middle):
        assert legal.legal_flow(XP, middle, levers(), 1e5, WORLD) == 0.0

    def test_an_announced_closing_brings_sales_forward(self, middle):
        before, announced = (levers(legal=1.0, closing=c) for c in (0.0, 1.0))
        ratio = legal.buyers(XP, middle, announced, 0.9, 9e9, 25e3) / legal.buyers(XP, middle, before, 0.9, 9e9, 25e3)
        assert ratio == pytest.approx(1 + middle.f_ant)

    def test_acceptance_is_the_prior_where_nothing_has_changed(self, middle):
        k = Only(logit_beta0=np.log(0.2 / 0.8), logit_beta0_open=np.log(0.8 / 0.2))
        same = legal.Beijing(0.4, 0.4, middle.kappa_2026, 0.0, legal.opening_let_in(XP, middle, BASE))
        lever = levers(qL=middle.qH20)
        assert legal.acceptance(XP, middle, k, BASE, lever, same) == pytest.approx(0.8)
        assert legal.acceptance(XP, middle, k, BASE, lever, same._replace(throttled=1.0)) == pytest.approx(0.8 * middle.kappaB)
        logistic, unseen = BASE._replace(sw_beijing=1), same._replace(throttled=1.0, let_in=1.0)
        assert legal.acceptance(XP, middle, k, logistic, lever, unseen) == pytest.approx(0.2)

    def test_self_sufficiency_lowers_acceptance_and_a_better_chip_raises_it(self, middle):
        k = Only(logit_beta0=0.0, logit_beta0_open=0.0)
        here = legal.Beijing(0.4, 0.4, middle.kappa_2026, 0.0, middle.kappaB)
        lever = levers(qL=middle.qH20)
        base = legal.acceptance(XP, middle, k, BASE, lever, here)
        assert legal.acceptance(XP, middle, k, BASE, lever, here._replace(sigma=0.8)) < base
        assert legal.acceptance(XP, middle, k, BASE, lever._replace(qL=1.2), here) > base
        assert legal.acceptance(XP, middle, k, BASE, lever, here._replace(kappa=2 * middle.kappa_2026)) < base

    def test_a_bound_of_a_fiscal_quarter_is_spread_over_the_calendar_and_no_more_is_sold_by_july(self, middle):
        flows = legal.reported(middle._replace(h200_sold=1000.0, h200_by_june=0.3, h200_after=50.0))
        assert flows == {17: pytest.approx(300.0), 18: pytest.approx(750.0)}

    def test_a_throttle_goes_on_as_it_was_last_seen(self, middle):
        assert legal.seen_let_in(XP, 0.2, 5.0, 100.0, 1.0) == 0.05
        assert legal.seen_let_in(XP, 0.2, 0.0, 100.0, 1.0) == 0.0
        assert legal.kept_let_in(XP, middle, BASE, 0.05, 1.0) == 0.05

    def test_acceptance_is_never_more_than_all_where_the_record_lies_above_the_level_that_was_drawn(self, middle):
        assert legal.seen_let_in(XP, 0.2, 500.0, 100.0, 1.0) == 5.0
        k, view = Only(logit_beta0=0.0, logit_beta0_open=0.0), legal.Beijing(0.4, 0.4, middle.kappa_2026, 1.0, 5.0)
        assert legal.acceptance(XP, middle, k, BASE, levers(qL=middle.qH20), view) == 1.0

    def test_what_was_sold_while_nothing_was_throttled_or_legal_says_nothing_of_a_throttle(self):
        assert legal.seen_let_in(XP, 0.2, 5.0, 100.0, 0.0) == 0.2
        assert legal.seen_let_in(XP, 0.2, 0.0, 0.0, 1.0) == 0.2

    def test_a_later_throttle_is_that_of_the_estimate_and_without_regimes_the_record_stays(self, middle):
        assert legal.kept_let_in(XP, middle, BASE, 0.05, 0.0) == middle.kappaB
        assert legal.kept_let_in(XP, middle, BASE._replace(sw_beijing=1), 0.05, 0.0) == 0.05

    def test_options_of_beijing_drawn_by_run_are_those_of_the_option_alone(self, middle):
        ops = ops_of(np.ones(2))
        both, one = BASE._replace(sw_beijing=np.array([0.0, 1.0])), np.ones(2)
        view = legal.Beijing(0.4, 0.4, middle.kappa_2026, one, legal.opening_let_in(ops, middle, both))
        k, lever = Only(logit_beta0=0.0, logit_beta0_open=0.0), levers(qL=middle.qH20)
        found = legal.acceptance(ops, middle, k, both, lever, view)
        np.testing.assert_allclose(found, [0.5 * middle.kappaB, 0.5])
        np.testing.assert_allclose(legal.kept_let_in(ops, middle, both, 0.01 * one, 0 * one), [middle.kappaB, 0.01])

    def test_sales_rise_over_the_quarters_of_an_opening_and_fall_at_once(self, middle):
        x, sold = middle._replace(open_quarters=4.0), [0.0]
        for _ in range(5):
            sold.append(legal.ramped(XP, x, 100.0, sold[-1]))
        assert sold == [0.0, 25.0, 50.0, 75.0, 100.0, 100.0]
        assert legal.ramped(XP, x, 10.0, 100.0) == 10.0
        assert legal.ramped(XP, middle._replace(open_quarters=1.0), 100.0, 0.0) == 100.0

    def test_us_buyers_first_withholds_what_would_displace(self):
        kept, displaced = legal.withheld(Only(chi=0.5), levers(priority=1.0), 100.0)
        assert (kept, displaced) == (50.0, 0.0)


class TestOffshore:
    def test_a_full_rule_with_all_allies_cuts_the_most(self, middle):
        assert offshore.remote_flow(middle, levers(r=1.0, a=1.0), 1e6, 20) == pytest.approx(middle.rho_2026 * 1e6 * (1 - middle.cutR))
        assert offshore.remote_flow(middle, levers(), 1e6, 8) == pytest.approx(middle.rho_2024 * 1e6)

    def test_users_abroad_keep_half_of_what_owners_there_have(self, middle):
        x = middle._replace(sh_us=0.85, S0_us=85.0, S0_row=9.0)
        assert offshore.remote_opening(XP, x._replace(Srem0=10.0)) == 10.0
        assert offshore.remote_opening(XP, x._replace(Srem0=1e9)) == pytest.approx(9.0 / 0.3)
        assert offshore.remote_opening(XP, x._replace(Srem0=1e9, S0_row=1e9)) == pytest.approx(50.0)

    def test_a_rule_needs_allies_to_reach_its_full_bite(self, middle):
        x = middle._replace(rho_2026=0.02, cutR=0.6, sub=0.4)
        assert offshore.remote_flow(x, levers(), 100.0, 20) == pytest.approx(2.0)
        assert offshore.remote_flow(x, levers(r=1.0), 100.0, 20) == pytest.approx(2.0 * (1 - 0.6 * 0.4))
        assert offshore.remote_flow(x, levers(r=1.0, a=1.0, x=1.0), 100.0, 20) == pytest.approx(2.0 * 0.4 * 0.6)


class TestGrey:
    @pytest.mark.parametrize(("unmet", "capacity"), [(1e6, 1e5), (1e6, 1e7), (5e5, 2e4), (1e4, 1e4)])
    def test_the_two_curves_meet(self, middle, unmet, capacity):
        k = _grey_constants(middle)
        got = grey.clear(XP, middle, k, grey.Demand(unmet, unmet), np.log(capacity).item(), 1e9)
        demand = min(middle.theta * unmet * got.premium**-middle.eps, unmet / got.premium)
        supply = capacity * got.premium**middle.eta
        assert got.flow == pytest.approx(demand)
        assert got.premium == pytest.approx(1.0) or supply == pytest.approx(demand)
        assert supply >= demand * (1 - 1e-12)

    def test_no_more_is_smuggled_than_can_be(self, middle):
        got = grey.clear(XP, middle, _grey_constants(middle), grey.Demand(1e6, 1e6), np.log(1e6).item(), 1e5)
        assert got.flow == pytest.approx(middle.zeta * 1e5)
        assert got.premium == pytest.approx(min((middle.theta * 1e6 / got.flow) ** (1 / middle.eps), 1e6 / got.flow))

    @pytest.mark.parametrize("capacity", [1e3, 1e4, 1e5, 1e6])
    def test_what_is_left_of_the_budget_pays_for_what_is_smuggled(self, middle, capacity):
        """At less than is wished for, smuggling costs what is left and no more, and the premium is lower for it."""
        wished = grey.clear(XP, middle, _grey_constants(middle), grey.Demand(1e6, 1e6), np.log(capacity).item(), 1e9)
        paid = grey.clear(XP, middle, _grey_constants(middle), grey.Demand(1e6, 2e4), np.log(capacity).item(), 1e9)
        assert paid.flow * paid.premium <= 2e4 * (1 + 1e-12)
        assert paid.premium <= wished.premium
        assert paid.flow <= wished.flow

    def test_legal_and_domestic_chips_and_rented_compute_leave_less_for_smuggled_ones(self, middle):
        bought = grey.Bought(4e8, 2e8, 1e8, 0.0, 0.0, 0.0)
        left = (1e9 - 6e8 - middle.rent_share * 1e8) / 1e4
        assert grey.payable(XP, middle, BASE, 1e6, 1e9, 1e4, bought) == pytest.approx(left)
        assert grey.payable(XP, middle, BASE, 100.0, 1e9, 1e4, bought) == 100.0
        assert grey.payable(XP, middle, BASE._replace(sw_budget=1), 1e6, 1e9, 1e4, bought) == 1e6
        assert grey.payable(XP, middle, BASE, 1e6, 1e9, 1e4, bought._replace(on_legal=2e9)) == pytest.approx(0.02 * 1e9 / 1e4)

    def test_hazard_is_that_of_2024_at_its_budget(self, middle):
        assert grey.hazard(XP, middle, levers(), middle.E_ref, 0.0) == middle.e0
        assert grey.hazard(XP, middle, levers(), 2 * middle.E_ref, 0.0) == pytest.approx(middle.e0 + middle.eB * np.log(2))
        assert grey.hazard(XP, middle, levers(), 1e-3 * middle.E_ref, 0.0) == 0.0

    def test_what_is_seized_comes_on_top_of_what_is_delivered(self):
        assert grey.seized(90.0, 0.1) == pytest.approx(10.0)

    def test_the_network_grows_only_where_smuggling_pays(self, middle):
        assert grey.network(XP, middle, 10.0, 3.0, 0.05, 0.0) > 10.0
        assert grey.network(XP, middle, 10.0, 1.0, 0.05, 0.0) < 10.0
        assert grey.network(XP, middle, 10.0, 1.0, 0.9, 10.0) == 10.0

    def test_smuggled_chips_are_those_of_their_year(self, middle):
        assert [grey.per_chip(middle, t) for t in (8, 12, 13)] == [1.0, middle.nS_2025Q1, middle.nS_after]

    def test_verification_spreads_with_new_chips(self):
        assert grey.deploy_verification(XP, 0.0, levers(v=1.0), 25.0, 100.0) == 0.25
        assert grey.deploy_verification(XP, 0.5, levers(v=1.0), 25.0, 100.0) == pytest.approx(0.625)

    def test_unmet_demand_never_vanishes(self, middle):
        bought = grey.Bought(9e9, 9e9, 9e9, 0.0, 0.0, 0.0)
        assert grey.unmet_demand(XP, middle, BASE, levers(), 1e9, 1e4, bought) == pytest.approx(0.02 * 1e9 / 1e4)

    def test_what_was_seen_is_taken_as_it_is_unless_it_passes_half_of_what_was_left(self):
        assert grey.as_seen(XP, 40.0, 100.0) == 40.0
        assert grey.as_seen(XP, 60.0, 100.0) == 50.0


def _grey_constants(x):
    return Only(
        ln_theta=np.log(x.theta).item(),
        ln_zeta=np.log(x.zeta).item(),
        over_eps=1 / x.eps,
        over_eps_eta=1 / (x.eps + x.eta),
        over_one_eta=1 / (1 + x.eta),
    )


class TestDomestic:
    @pytest.mark.parametrize(
        ("wafers", "stacks", "kappa", "others", "published"),
        [(30e3, 22, 0.80, 0.30, 1.1e6), (55e3, 27, 0.82, 0.25, 2.3e6), (100e3, 33, 0.85, 0.20, 5.0e6)],
    )
    def test_memory_allows_what_ai_2040_builds_up(self, middle, wafers, stacks, kappa, others, published):
        x = middle._replace(smgHBM=0.0, oth=others, y_pack=1.0)
        lines = domestic.Lines(logic=1e6, yield_=1.0, memory=wafers, stacks=float(stacks), kappa=kappa)
        made = domestic.produce(XP, x, lines, 0.0, domestic.Made(0.0, 0.0, 1.0, 0.0, 0.0), 0.0, None)
        assert 4 * made.flow == pytest.approx(published, rel=0.08)

    def test_logic_allows_what_morgan_stanley_counts(self, middle):
        x = middle._replace(oth=0.0, y_pack=1.0)
        lines = domestic.Lines(logic=7e3, yield_=0.30, memory=1e9, stacks=1.0, kappa=1.0)
        made = domestic.produce(XP, x, lines, 0.0, domestic.Made(0.0, 0.0, 1.0, 0.0, 0.0), 0.0, None)
        assert 4 * made.packages == pytest.approx(0.98e6, rel=0.05)

    def test_thirteen_million_stacks_are_one_point_six_million_packages(self, middle):
        lines = domestic.Lines(logic=1e9, yield_=1.0, memory=0.0, stacks=1.0, kappa=1.0)
        x = middle._replace(smgHBM=0.0)
        made = domestic.produce(XP, x, lines, 0.0, domestic.Made(0.0, 0.0, 1.0, 0.0, 13e6), 13e6, None)
        assert made.packages == pytest.approx(1.6e6, rel=0.05)
        assert made.hbm_bank == 0.0

    def test_stocks_of_parts_fall_by_what_is_used_of_them(self, middle):
        lines = domestic.Lines(logic=10e3, yield_=0.5, memory=10e3, stacks=20.0, kappa=0.8)
        made = domestic.produce(XP, middle, lines, 0.0, domestic.Made(0.0, 0.0, 1.0, 1e6, 1e6), 5e5, None)
        own = 3 * middle.dies * 10e3 * 0.5
        assert 1e6 - made.die_bank == pytest.approx(max(0.0, 2 * made.packages - own))

    def test_yield_starts_at_its_opening_and_learns_towards_its_ceiling(self, middle):
        k = Only(ln_Q_0=np.log(middle.Q_0).item())
        y = [domestic.yield_of(XP, middle, k, middle.Q_0 * n) for n in (1, 10, 1000, 1e9)]
        assert y[0] == pytest.approx(middle.y0)
        assert y == sorted(y)
        assert y[-1] < middle.y_max

    def test_wafers_stop_at_their_ceiling(self, middle):
        fab = domestic.Fab(1e5, 0.5, 1e5)
        assert domestic.wafers(XP, middle, BASE, fab, 0.0, 1.0, 0.0) == pytest.approx(1e5)

    def test_wafers_grow_at_their_rate_far_from_the_ceiling(self, middle):
        fab = domestic.Fab(1.0, np.log(1.55).item(), 1e12)
        assert domestic.wafers(XP, middle, BASE, fab, 0.0, 0.0, 0.0) == pytest.approx(1.55**0.25)
        assert domestic.wafers(XP, middle, BASE, fab, 0.4, 0.0, 0.0) == pytest.approx(1.55 ** (0.25 * 0.6))
        assert domestic.wafers(XP, middle, BASE._replace(sw_sme=1), fab, 0.4, 0.0, 0.0) == pytest.approx(1.55**0.25)

    def test_shortage_lies_between_none_and_all(self):
        assert domestic.shortage(XP, 0.0, 0.0, 0.0, 1.0) == 1.0
        assert domestic.shortage(XP, 2.0, 0.0, 0.0, 1.0) == 0.0


class TestStocks:
    def test_the_published_ratio_algebra_holds(self):
        """China adds 1 and the US 31 without exports; with E exported and a share displaced, (31 - chi*E)/(1 + E)."""
        x = Only(sh_us=1.0)
        for chi, exported, ratio in ((0.0, 6.75, 4.0), (1.0, 5.4, 4.0), (0.0, 30.0, 1.0), (1.0, 15.0, 1.0)):
            total = world.total_flow(31.0, exported, chi * exported)
            flows = stocks.owners_flows(x, total, exported, 0.0, 1.0, 0.0)
            assert flows.us / (flows.legal + flows.domestic) == pytest.approx(ratio, abs=0.01)

    def test_what_is_left_abroad_is_what_was_made_less_what_china_gets(self):
        flows = stocks.owners_flows(Only(sh_us=0.85), 100.0, 10.0, 5.0, 3.0, 2.0)
        assert stocks.unsold(flows) == pytest.approx(100.0 - 10.0 - 5.0 - 2.0)

    def test_users_hold_what_owners_hold(self):
        owned = stocks.Held(100.0, 20.0, 10.0)
        used = stocks.users(Only(sh_us=0.85), owned, 4.0)
        assert sum(used) == pytest.approx(sum(owned))
        assert used.china == 14.0


class TestCapability:
    def test_a_ratio_of_ten_is_eleven_months_and_seven_after_diffusion(self):
        k = Only(ln_g_c=np.log(4.1), ln_ga=np.log(3.0), ln_conc=0.0)
        constant = BASE._replace(sw_lag=1)
        assert capability.look_back(XP, constant, k, capability.gap(XP, k, 10.0, 1.0, 0.0), (1.0,)) == pytest.approx(11.0, abs=0.05)
        assert capability.look_back(XP, constant, k, capability.gap(XP, k, 10.0, 1.0, 0.36), (1.0,)) == pytest.approx(7.0, abs=0.05)

    def test_looking_back_finds_the_time_at_which_the_us_was_there(self):
        rng = np.random.default_rng(3)
        for _ in range(200):
            growth = rng.uniform(0.1, 0.6, 8)
            level = np.concatenate(([0.0], -np.cumsum(growth), [-growth.sum() - 100 * growth[-1]]))
            when = np.concatenate((np.arange(9.0), [108.0]))
            behind = rng.uniform(0.0, 6.0)
            found = capability.look_back(XP, BASE, Only(), float(behind), tuple(map(float, growth)))
            assert found == pytest.approx(3.0 * np.interp(-behind, level[::-1], when[::-1]))

    def test_a_china_ahead_has_a_negative_lag(self):
        assert capability.look_back(XP, BASE, Only(), -0.3, (0.3,) * 8) == pytest.approx(-3.0)

    def test_the_quick_form_is_within_a_third_of_a_month(self):
        """12 times the gap over a year's growth, where growth changes slowly."""
        growth = tuple(0.45 * 1.02**-j for j in range(8))
        for behind in (0.4, 0.9, 1.4):
            quick = 12 * behind / sum(growth[:4])
            assert capability.look_back(XP, BASE, Only(), behind, growth) == pytest.approx(quick, abs=0.3)

    def test_security_and_exchange_move_diffusion_within_its_bounds(self, middle):
        assert capability.diffusion(XP, middle, levers(kJ=1.0, kO=1.0)) == pytest.approx(middle.phi + 2 * middle.phiD)
        assert capability.diffusion(XP, middle._replace(phi=0.01, phiS=0.15), levers(rsec=1.0)) == 0.0
        assert capability.diffusion(XP, middle._replace(phi=0.99), levers()) == 0.95


class TestFirm:
    def test_revenue_splits_into_fee_and_net(self, middle):
        money = firm.revenue(middle._replace(pt=0.5, mk=0.2), levers(fee=0.25), 100.0, 10.0, 5.0)
        assert money.gross == pytest.approx(1125.0)
        assert money.fee == pytest.approx(250.0)
        assert money.net == pytest.approx(875.0)
        assert money.incremental == pytest.approx(437.5)
        assert money.with_systems == pytest.approx(1350.0)

    def test_research_follows_sales_as_itif_has_it(self, middle):
        """$77 billion of sales lost at 18% are 13.9 billion of research; published: 14."""
        assert firm.rd_change(middle._replace(rd=0.18), 0.0, 77e9 / 4) == pytest.approx(-14e9, abs=0.5e9)

    def test_others_gain_what_is_lost(self, middle):
        assert sum(firm.gained(middle, 76.0).values()) == pytest.approx(76.0, rel=1e-3)

    def test_research_never_falls_below_a_hundredth(self, middle):
        floor = firm.innovation(XP, middle, 0.0, -0.99 * middle.RnD_base)
        assert firm.innovation(XP, middle, 0.0, -50 * middle.RnD_base) == pytest.approx(floor)

    def test_innovation_stands_still_without_a_change(self, middle):
        assert firm.innovation(XP, middle, 0.0, 0.0) == 0.0
        assert firm.innovation(XP, middle, 0.0, 1e9) > 0.0 > firm.innovation(XP, middle, 0.0, -1e9)


class TestDeals:
    def test_a_breach_ends_a_deal_for_good(self):
        assert deals.deal_kept(XP, 1.0, 1.0, 0.1, 0.05) == 0.0
        assert deals.deal_kept(XP, 0.0, 1.0, 0.1, 0.5) == 0.0
        assert deals.deal_kept(XP, 0.0, 0.0, 0.1, 0.05) == 1.0

    def test_a_throttle_is_lifted_by_caps_that_are_kept_and_no_longer(self, middle):
        half, x = levers(kC=0.5), middle._replace(reopen_kc=0.4)
        assert deals.throttle_lifted(XP, x, 0.0, half, 1.0, 0.19) == 1.0
        assert deals.throttle_lifted(XP, x, 0.0, half, 1.0, 0.21) == 0.0
        assert deals.throttle_lifted(XP, x, 1.0, half, 1.0, 0.99) == 1.0
        assert deals.throttle_lifted(XP, x, 1.0, half, 0.0, 0.01) == 0.0
        assert deals.throttle_lifted(XP, x, 1.0, levers(), 1.0, 0.01) == 0.0
        assert legal.throttle(1.0, 1.0, half) == legal.throttle(0.0, 0.0, half) == 0.0
        assert legal.throttle(1.0, 0.0, half) == legal.throttle(1.0, 1.0, levers()) == 1.0

    def test_full_caps_stop_growth_and_leave_a_fall_alone(self):
        assert deals.damped_flow(XP, 200.0, 100.0, 1.0, levers(kC=1.0)) == pytest.approx(100.0)
        assert deals.damped_flow(XP, 200.0, 100.0, 0.0, levers(kC=1.0)) == 200.0
        assert deals.damped_flow(XP, 50.0, 100.0, 1.0, levers(kC=1.0)) == 50.0
        assert deals.damped_flow(XP, 400.0, 100.0, 1.0, levers(kC=0.5)) == pytest.approx(200.0)
        assert deals.damped_flow(XP, 400.0, 1e-310, 1.0, levers(kC=0.5)) == pytest.approx(2e-154)
        assert deals.held_back(XP, 1.0, 1.0, levers(kC=1.0), 200.0, 100.0) == pytest.approx(0.5)

    def test_retaliation_lasts_its_quarters(self, middle):
        x = middle._replace(ret_quarters=3.0, ret0=0.05)
        left = [deals.retaliation(XP, x, levers(), 0.0, 1e-9)]
        for _ in range(3):
            left.append(deals.retaliation(XP, x, levers(), left[-1], 0.999))
        assert left == [3.0, 2.0, 1.0, 0.0]

    def test_a_policy_acts_after_its_lag_if_enforced_and_until_reversed(self, middle):
        x = middle._replace(act_lag=2.0, pi_imp=0.6, hz_reversal=0.1)
        assert deals.in_force(XP, x, BASE, 0.0, 21, 20, 0.1, 0.9) == 0.0
        assert deals.in_force(XP, x, BASE, 0.0, 22, 20, 0.1, 0.9) == 1.0
        assert deals.in_force(XP, x, BASE, 0.0, 22, 20, 0.7, 0.9) == 0.0
        assert deals.in_force(XP, x, BASE, 1.0, 23, 20, 0.1, 0.05) == 0.0
        assert deals.in_force(XP, x, BASE._replace(sw_credibility=1), 0.0, 20, 20, 0.9, 0.0) == 1.0


class TestNoise:
    def test_quantiles_are_normal(self):
        from statistics import NormalDist

        u = np.linspace(1e-7, 1 - 1e-7, 999)
        assert inverse_normal(u) == pytest.approx([NormalDist().inv_cdf(p) for p in u], abs=2e-5)

    def test_noise_has_the_stated_spread_and_persistence(self):
        noise = lag_noise(np.random.default_rng(5).random((44, 20_000)), 3.0, 0.5)
        assert noise.std(axis=1) == pytest.approx(np.full(44, 3.0), rel=0.03)
        assert np.corrcoef(noise[20], noise[21])[0, 1] == pytest.approx(0.5, abs=0.03)
