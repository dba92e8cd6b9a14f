"""A firm's portfolio under policies: shares from the rulebook, amounts from the market of the model, and nothing that is not stated."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import thalweg as tw
from thalweg.briefs import read_portfolio
from thalweg.briefs.model_firm import FirmView
from thalweg.desk.firm import firm_view
from thalweg.desk.firm_runs import BEFORE, BRANCH, OWN, market, part_of_market
from thalweg.desk.firm_sales import DENIED_AT, FREE_AT, LICENSED_AT, UNKNOWN_AT, UNNAMED_AT, standing
from thalweg.desk.scenarios_asked import asked, policy_of
from thalweg.evidence import BadInput
from thalweg.pack import load_pack
from thalweg.scenarios.quarters import LABELS, index
from thalweg.scenarios.simulate import quarters

DATE = dt.date(2026, 11, 25)
SHARES = ("license_risk", "denied", "not_known")
AMOUNTS = ("at_stake", "china_sales", "fee", "research")
POLICIES = ("status-quo", "control-camp", "cooperation-camp")


@pytest.fixture(scope="module")
def pack():
    return load_pack()


def viewed(held, pack, policies=POLICIES, **more):
    return firm_view(held, pack=pack, date=DATE, policies=policies, **{"runs": 600, "seed": 7, **more})


@pytest.fixture(scope="module")
def designer(root, pack):
    return viewed(read_portfolio(root / "examples/gpu-designer/portfolio.toml"), pack)


@pytest.fixture(scope="module")
def maker(root, pack):
    return viewed(read_portfolio(root / "examples/server-maker"), pack)


def number(view, policy, measure, year=2028):
    (found,) = [p for p in view.policies if p.id == policy]
    return next((r for r in found.numbers if (r.measure, r.year) == (measure, year)), None)


@pytest.mark.parametrize("name", ["control-camp", "cooperation-camp", "adaptive-threshold", "status-quo"])
def test_the_rules_of_a_run_are_those_whose_levers_the_engine_pulls(name):
    question = asked(runs=80, seed=5)
    policy, _ = policy_of(name)
    rules = market(question, policy).rules
    (block,) = question.draws()
    plan = policy.plan(question.draws().draws)
    paths = {BEFORE: plan.before or plan.levers, OWN: plan.levers, **{BRANCH + i: path for i, (_, path) in enumerate(plan.branches)}}
    for q in quarters(block, plan):
        for lever in ("fee", "v", "kO", "qL", "cap", "E"):
            pulled = np.broadcast_to(np.asarray(getattr(q.lever, lever)), rules[q.t].shape)
            at = {k: np.broadcast_to(np.asarray(getattr(path.at(q.t, block.dtype), lever)), rules[q.t].shape) for k, path in paths.items()}
            wanted = np.array([at[int(k)][i] for i, k in enumerate(rules[q.t])])
            assert np.allclose(pulled, wanted, rtol=1e-5), (LABELS[q.t], lever)
    if policy.before:
        assert {BEFORE, OWN} <= set(np.unique(rules[index("2030Q1")]))


def test_where_nothing_may_go_to_china_nothing_is_sold_and_no_research_is_paid(designer):
    for policy in POLICIES:
        for year in designer.years:
            assert number(designer, policy, "china_sales", year).levels["p95"] > 0
    tight = number(designer, "control-camp", "china_sales", 2028)
    assert tight.levels["p5"] == 0
    assert number(designer, "control-camp", "fee", 2028).levels["p5"] == 0
    assert number(designer, "control-camp", "research", 2028).levels["p5"] == 0
    assert tight.change["p50"] <= 0
    assert number(designer, "control-camp", "fee_share", 2028).of_runs < 1


def test_revenue_at_stake_is_the_share_times_what_is_stated(designer):
    assert designer.basis == "revenue"
    for p in designer.policies:
        for r in (x for x in p.numbers if x.measure == "at_stake"):
            share = number(designer, p.id, "license_risk", r.year)
            assert r.levels["p50"] == pytest.approx(designer.stated_usd * share.levels["p50"] / 100, rel=1e-4)


def test_the_share_that_needs_a_license_is_that_of_the_briefing_table(designer, root):
    """Under the rules as enforced: the value of the cells that need a license or are denied, from the table of the briefing itself."""
    path = root / "examples/gpu-designer/portfolio.toml"
    found = tw.brief(path, date=DATE)
    outcome = {(c.product, c.place): c.verdict.outcome for c in found.matrix}
    held = read_portfolio(path)
    sold = {(p.id, place): value for p in held.products for place, value in p.sales_usd.items()}
    stopped = sum(v for k, v in sold.items() if outcome[k] in {"license_required", "prohibited"})
    levels = number(designer, "status-quo", "license_risk").levels
    assert levels["p5"] == levels["p95"] == pytest.approx(100 * stopped / sum(sold.values()), rel=1e-5)


def test_tight_controls_deny_more_and_cooperation_asks_for_fewer_licenses(designer):
    status, tight, open_ = (number(designer, p, "denied").levels for p in POLICIES)
    assert tight["p95"] > status["p95"]
    assert tight["p5"] >= status["p5"] - 1e-9
    assert number(designer, "cooperation-camp", "license_risk").change["p95"] <= 0
    assert open_["p95"] <= status["p95"] + 1e-9


def test_parts_of_a_share_stay_within_it_and_levels_are_in_order(designer, maker):
    for view in (designer, maker):
        for p in view.policies:
            for r in p.numbers:
                levels = [r.levels[k] for k in ("p5", "p25", "p50", "p75", "p95")]
                assert levels == sorted(levels)
                assert not r.unit.startswith("%") or (levels[0] >= 0 and levels[-1] <= 100 + 1e-6)
            for year in view.years:
                risk, denied = (number(view, p.id, m, year).levels for m in ("license_risk", "denied"))
                assert denied["p95"] <= risk["p95"] + 1e-6
            assert set(p.by_quarter) == set(LABELS[index("2026Q4") :])
            assert sum(row.share for row in p.sales) == pytest.approx(1, abs=1e-5)


def test_a_portfolio_without_revenue_gives_shares_and_no_amount_of_its_own(maker):
    assert maker.basis == "deals"
    assert maker.stated_usd is None
    assert maker.china_usd is None
    given = {r.measure for p in maker.policies for r in p.numbers}
    assert set(SHARES) <= given
    assert not set(AMOUNTS) & given
    assert any("states no sales_usd" in x for x in maker.unknown)


def test_deals_that_hang_on_missing_facts_are_not_known(maker, root):
    """The same deals as those that the briefing leaves undetermined, whose parents nobody has stated."""
    headline = tw.brief(root / "examples/server-maker", date=DATE).headline
    share = 100 * headline["undetermined"] / sum(headline.values())
    found = number(maker, "status-quo", "not_known").levels
    assert found["p5"] == found["p95"] == pytest.approx(share, rel=1e-5)
    assert number(maker, "control-camp", "not_known").levels["p95"] > share


def test_owners_that_holdings_know_bear_on_the_deals(root):
    folder = root / "examples/server-maker"
    more = {"lists": [folder / "lists"], "holdings": folder / "holdings.csv"}
    alone, known = (tw.brief(folder, date=DATE, policies=["status-quo"], runs=10, seed=1, **x).policies for x in ({}, more))
    assert number(known, "status-quo", "not_known").levels["p50"] > number(alone, "status-quo", "not_known").levels["p50"]


def test_a_budget_for_research_that_is_not_stated_is_said_to_be_unknown(maker):
    assert any("states no rd_usd" in x for x in maker.unknown)


def test_a_portfolio_without_deals_counts_each_sale_once(root, pack):
    held = read_portfolio(root / "examples/server-maker")
    view = viewed(held.model_copy(update={"deals": []}), pack, ["status-quo"], runs=1)
    assert view.basis == "count"
    assert sum(len(row.sales) for row in view.policies[0].sales) == len(held.products) * len(held.destinations)
    assert any("counts once" in x for x in view.unknown)


def test_every_number_says_what_moves_it_and_judgement_is_marked(designer):
    moved = number(designer, "control-camp", "denied")
    assert any(m.judgement for m in moved.movers)
    assert moved.judgement_share > 0
    assert designer.asked["seed"] == 7
    assert designer.as_of == tw.simulate("status-quo", runs=1, seed=1).as_of
    assert all(len(p.sha256) == 64 for p in designer.policies)


def test_the_first_policy_has_no_change_and_its_twin_would_have_none(root, pack):
    held = read_portfolio(root / "examples/gpu-designer/portfolio.toml")
    view = viewed(held, pack, ["control-camp", "full-decoupling"], runs=200)
    assert all(r.change is None for r in view.policies[0].numbers)
    assert all(r.change for r in view.policies[1].numbers if r.of_runs == 1)


def test_the_same_portfolio_policies_seed_and_pack_give_the_same_bytes(root, pack):
    held = read_portfolio(root / "examples/gpu-designer/portfolio.toml")
    one, two = (viewed(held, pack, ["status-quo", "control-camp"], runs=100).model_dump_json() for _ in range(2))
    assert one == two
    assert FirmView.model_validate_json(one).hash == FirmView.model_validate_json(two).hash
    other = viewed(held, pack, ["status-quo", "control-camp"], runs=100, seed=8)
    assert other.hash != FirmView.model_validate_json(one).hash


def test_a_hash_hangs_on_what_the_portfolio_states(root, pack):
    held = read_portfolio(root / "examples/gpu-designer/portfolio.toml")
    richer = held.model_copy(update={"firm": held.firm.model_copy(update={"rd_usd": 1e9})})
    one, two = (viewed(h, pack, ["status-quo"], runs=50) for h in (held, richer))
    assert one.hash != two.hash
    ratio = number(two, "status-quo", "research").levels["p50"] / number(one, "status-quo", "research").levels["p50"]
    assert ratio == pytest.approx(1e9 / held.firm.rd_usd, rel=1e-4)


def test_products_are_matched_to_the_catalogue(designer):
    found = {m.product: m for m in designer.products}
    assert found["H200"].item == "NVIDIA H200 SXM"
    assert found["H200"].h100e == pytest.approx(1, abs=0.01)
    assert found["H20"].pieces == pytest.approx(12_500)
    assert found["L40S"].pieces is None
    assert (found["B200"].datacenter, found["RTX 4090"].datacenter) == (True, False)


@pytest.mark.parametrize(
    ("outcome", "policy", "at"),
    [
        ("no_license_required", None, FREE_AT),
        ("license_exception", None, FREE_AT),
        ("license_required", "case_by_case", LICENSED_AT),
        ("license_required", "presumption_of_approval", LICENSED_AT),
        ("license_required", None, UNNAMED_AT),
        ("license_required", "presumption_of_denial", DENIED_AT),
        ("prohibited", None, DENIED_AT),
        ("undetermined", None, UNKNOWN_AT),
        ("not_modeled", None, UNKNOWN_AT),
    ],
)
def test_how_a_sale_stands_follows_from_outcome_and_review(outcome, policy, at):
    assert standing(outcome, policy) == at


def test_a_part_of_the_market_is_at_most_all_of_it():
    part, more = part_of_market(2.0, np.array([0.0, 1.0, 2.0, 4.0]))
    assert part.tolist() == [1.0, 1.0, 1.0, 0.5]
    assert more == 0.5


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ([], "name at least one"),
        ("status-quo", "in a list"),
        (["status-quo", "status-quo"], "stands twice"),
        (["control-cmap"], "did you mean 'control-camp'"),
    ],
)
def test_policies_that_cannot_be_are_refused(root, pack, policies, said):
    with pytest.raises(BadInput, match=said):
        viewed(read_portfolio(root / "examples/server-maker"), pack, policies)


@pytest.mark.parametrize("day", [dt.date(2022, 12, 1), dt.date(2032, 1, 1)])
def test_a_day_at_the_ends_of_the_model_is_refused(root, pack, day):
    with pytest.raises(BadInput, match="the model, which runs from 2022 to 2032"):
        firm_view(read_portfolio(root / "examples/server-maker"), pack=pack, date=day, policies=["status-quo"], runs=10, seed=1)


def test_a_portfolio_without_sales_is_refused(root, pack):
    held = read_portfolio(root / "examples/server-maker").model_copy(update={"deals": [], "destinations": []})
    with pytest.raises(BadInput, match="names no product or no destination"):
        viewed(held, pack, ["status-quo"])
