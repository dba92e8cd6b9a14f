"""Legal sales of quarters that are past: what was reported of them, and that the future starts from there."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import LABELS, Plan, lever_path, simulate
from thalweg.scenarios.draw import draw as draw_estimates
from thalweg.scenarios.quarters import index
from thalweg.scenarios.simulate import quarters

RUNS = 2_000
BOUND = 0.01 * 89.023e9
"""NVIDIA 10-Q for the quarter to 2026-07-26: shipments to China were under one percent of data center revenue."""
Q = {label: index(label) for label in ("2025Q2", "2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4")}


@pytest.fixture(scope="module")
def here(ready):
    return ready(RUNS, switches=True)


@pytest.fixture(scope="module")
def records(here, enforced):
    return list(quarters(here, Plan(enforced)))


def test_nothing_was_sold_in_the_two_quarters_of_which_that_was_reported(records):
    for label in ("2025Q4", "2026Q1"):
        assert not np.any(records[Q[label]].trade.sold)
        assert not np.any(records[Q[label]].revenue.gross)
        assert not np.any(records[Q[label]].trade.acceptance)


def test_the_quarter_to_july_stays_below_its_reported_bound_in_every_run(here, records):
    assert records[Q["2026Q2"]].trade.price_legal == pytest.approx(25_000)
    assert (here.x.h200_sold * 25_000 < BOUND).all()
    assert np.array_equal(records[Q["2026Q2"]].trade.sold, here.x.h200_by_june * here.x.h200_sold)
    np.testing.assert_allclose(
        records[Q["2026Q2"]].trade.sold + records[Q["2026Q3"]].trade.sold, here.x.h200_sold + here.x.h200_after, rtol=1e-12
    )


def test_a_policy_cannot_change_what_was_sold(here, enforced):
    other = lever_path(enforced, legal={"2026Q1": 1.0}, cap={"2026Q1": 1e6}, license={"2026Q1": 0.0})
    paths = [simulate(here, Plan(p), outcomes=("flow_legal",)).quarterly["flow_legal"] for p in (enforced, other)]
    assert np.array_equal(paths[0][: Q["2026Q4"]], paths[1][: Q["2026Q4"]])
    assert paths[1][Q["2026Q4"]].mean() > paths[0][Q["2026Q4"]].mean()


def test_where_beijing_goes_on_holding_back_sales_go_on_as_they_were(records):
    """A jump to what the rules and the licenses allow was the fault: ten times what was seen."""
    last, after = records[Q["2026Q3"]], records[Q["2026Q4"]]
    held = after.players.throttled > 0
    assert 0.8 < held.mean() < 0.95
    ratio = after.trade.sold[held] / last.trade.sold[held]
    assert 0.9 < np.median(ratio) < 1.4
    assert np.quantile(ratio, 0.95) < 2.0
    assert np.array_equal(after.trade.let_in[held], last.trade.let_in[held])


def test_acceptance_of_the_last_quarter_gives_back_what_was_sold(here, records):
    """The factor of the throttle is solved for: buyers times acceptance is what was drawn."""
    from thalweg.scenarios.steps import legal

    last = records[Q["2026Q3"]]
    wanted = legal.buyers(here.xp, here.x, last.lever, last.trade.acceptance, here.paths.budget[Q["2026Q3"]], last.trade.price_legal)
    inside = last.trade.acceptance < 1.0
    assert inside.mean() > 0.995
    level = last.budget / here.paths.budget[Q["2026Q3"]]  # the budget goes on at the level that paid for 2025
    np.testing.assert_allclose((wanted * level)[inside], last.trade.sold[inside], rtol=1e-9)


def test_where_beijing_opens_sales_rise_over_the_quarters_of_an_opening(here, records):
    last, after = records[Q["2026Q3"]], records[Q["2026Q4"]]
    regime = (np.asarray(here.sw.sw_beijing) == 0) & (after.players.throttled == 0)
    assert regime.sum() > 50
    assert np.median(after.trade.sold[regime] / last.trade.sold[regime]) > 2.0
    room = (after.trade.sold - last.trade.sold)[regime] * here.x.open_quarters[regime]
    most = np.minimum(here.x.proc, after.lever.cap * after.lever.m * here.x.sh_us * after.trade.world)[regime]
    assert (room <= most * (1 + 1e-9)).all()


def test_a_later_throttle_is_no_longer_the_one_that_was_seen(here, records):
    regime = np.asarray(here.sw.sw_beijing) == 0
    opened = np.zeros(RUNS, dtype=bool)
    for record in records[Q["2026Q4"] :]:
        again = regime & opened & (record.players.throttled > 0)
        assert np.array_equal(record.trade.let_in[again], here.x.kappaB[again])
        opened |= record.players.throttled == 0
    assert again.any()


def test_without_regimes_the_record_stays(here, records):
    logistic = np.asarray(here.sw.sw_beijing) == 1
    assert np.array_equal(records[-1].trade.let_in[logistic], records[Q["2026Q3"]].trade.let_in[logistic])


def test_a_trial_that_ends_before_reads_none_of_it(ready, enforced, history):
    """Values of the vintage leave the forecast from 2024 as it was: no rise, and a throttle of which nothing was seen."""
    drawn = draw_estimates(load_estimates(), 50, 1, vintage=dt.date(2024, 12, 31))
    assert {name: set(drawn[name]) for name in ("h200_sold", "h200_by_june", "h200_after", "open_quarters")} == {
        "h200_sold": {0.0},
        "h200_by_june": {0.0},
        "h200_after": {0.0},
        "open_quarters": {1.0},
    }
    past = ready(50, past=history.hidden_from(index("2025Q1")), open_quarters=1.0)
    again = ready(50, past=history.hidden_from(index("2025Q1")), open_quarters=1.0, h200_sold=9e4, h200_after=9e4)
    one, two = (list(quarters(x, Plan(enforced))) for x in (past, again))
    assert all(np.array_equal(a.trade.sold, b.trade.sold) for a, b in zip(one, two, strict=True))
    assert all(np.array_equal(r.trade.let_in, past.x.kappaB) for r in one)


def test_history_hidden_from_a_quarter_on_hides_the_bound_too(ready, history):
    assert len(ready(5, past=history.hidden_from(Q["2026Q2"])).observed.legal) == Q["2026Q2"]
    assert len(ready(5).observed.legal) == Q["2026Q4"]
    assert LABELS[Q["2026Q4"]] == "2026Q4"
