"""What was observed stands on the charts with its published error, and is what history is drawn from."""

from __future__ import annotations

import re

import numpy as np
import pytest

from thalweg.desk.simulate import simulate
from thalweg.desk.simulate_charts import charts
from thalweg.desk.simulate_compare import compare
from thalweg.desk.simulate_seen import counted_until, observed_until, seen_points
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios.quarters import LABELS

ESTIMATES = load_estimates()
SEEN = seen_points(ESTIMATES)
FLOWS = ("flow_world", "flow_legal", "flow_grey", "flow_domestic")


@pytest.fixture(scope="module")
def answer():
    return simulate("status-quo", runs=4000, seed=5, outcomes=[*FLOWS, "premium", "lag", "revenue"])


@pytest.mark.parametrize("name", FLOWS)
def test_history_is_the_points_with_their_error(answer, name):
    fan = answer.outcomes[name]
    assert list(SEEN[name])[-1] == fan.observed_until
    for label, point in SEEN[name].items():
        row = fan.quarters[label]
        assert row["p50"] == pytest.approx(point.value, rel=0.04, abs=1e-9), label
        if point.p5 is not None:
            assert (row["p5"], row["p95"]) == pytest.approx((point.p5, point.p95), rel=0.12), label


def test_a_reported_zero_has_no_error_and_a_bound_has_a_wide_one():
    legal = SEEN["flow_legal"]
    assert (legal["2026Q1"].value, legal["2026Q1"].p5) == (0.0, None)
    assert legal["2026Q2"].p95 / legal["2026Q2"].p5 > 50
    assert legal["2026Q3"].p95 / legal["2026Q3"].p5 > 10


def test_the_middle_and_the_bounds_in_the_table_are_those_that_are_drawn():
    table = {p.period: p for p in ESTIMATES.history["legal"].points}
    for label in ("2026Q2", "2026Q3"):
        drawn, row = SEEN["flow_legal"][label], table[label]
        assert (row.p05, row.p95) == pytest.approx((drawn.p5, drawn.p95), rel=0.1)


def test_the_premium_has_its_reported_range_and_the_lag_its_release_noise():
    assert set(SEEN["premium"]) == {"2024", "2025Q2", "2026Q2"}
    assert (SEEN["premium"]["2024"].p5, SEEN["premium"]["2024"].p95) == (1.2, 1.9)
    lag = SEEN["lag"]["2026Q3"]
    assert lag.p95 - lag.p5 == pytest.approx(2 * 1.645 * ESTIMATES["lag_noise_sd"].value.quantiles[1], rel=1e-3)
    assert "2023Q2" not in SEEN["lag"]  # one that is not scored


def test_a_quarter_that_a_source_has_not_finished_is_no_point():
    assert "2026Q2" not in SEEN["flow_world"]
    assert observed_until(ESTIMATES)["flow_world"] == "2025Q4"


def titles(svg):
    return re.findall(r"<circle[^>]*><title>([^<]*)</title>", svg)


def test_the_fans_of_a_policy_plot_every_observed_point(answer):
    named = (re.search(r'aria-label="[^"]*?\. (\w+);', svg) for svg in charts(answer))
    drawn = dict(zip((found[1] for found in named if found), map(titles, charts(answer)), strict=True))
    for name in (*FLOWS, "premium", "lag"):
        told = drawn[name]
        assert [t.split(":")[0] for t in told] == list(SEEN[name]), name
    assert re.match(r"2026Q2: 2[.,]52\S* \(\S+ to \S+\)$", drawn["flow_legal"][-2])
    assert drawn["revenue"] == []


def test_a_comparison_plots_them_and_a_difference_does_not():
    found = compare(["control-camp", "status-quo"], runs=300, seed=5, outcomes=["flow_legal"], years=[2030], variants=False)
    both, difference, *_ = charts(found)
    assert [t.split(":")[0] for t in titles(both)] == list(SEEN["flow_legal"])
    assert "history, with its error" in both
    assert titles(difference) == []


def test_a_preset_moves_the_fan_and_not_the_points():
    other = simulate("status-quo", runs=300, seed=5, outcomes=["flow_legal"], anchor="ai-2040").outcomes["flow_legal"]
    assert other.observed == SEEN["flow_legal"]
    assert other.quarters["2025Q1"]["p50"] > 1.4 * other.observed["2025Q1"].value


def test_how_often_the_budget_is_overspent_is_said_with_and_without_the_form_in_which_it_is_open():
    both = simulate("status-quo", runs=2000, seed=5, outcomes=["lag", "overspent"])
    rows = both.array("overspent").mean(axis=1)
    assert both.overspent == pytest.approx(rows.max(), rel=1e-5)
    assert both.overspent_in == LABELS[int(rows.argmax())]
    assert both.overspent_closed < 0.05 < both.overspent
    assert f"({both.overspent_in}); in at most {both.overspent_closed:.1%} of those in which its budget closes" in both.explain()
    opened = simulate("status-quo", runs=300, seed=5, outcomes=["lag"], set={"sw_budget": "open"})
    assert opened.overspent_closed is None
    assert opened.explain().rstrip().endswith(f"({opened.overspent_in})")


def test_what_is_past_is_not_overspent_where_every_channel_was_observed():
    rows = simulate("status-quo", runs=1000, seed=5, outcomes=["overspent"]).array("overspent")
    assert not np.any(rows[: LABELS.index("2026Q1")])


def test_what_is_counted_reported_bounded_and_judged_is_told_apart():
    how = {quarter: x.how for quarter, x in SEEN["flow_legal"].items()}
    assert {how[q] for q in how if q <= "2025Q4"} == {"counted"}
    assert (how["2026Q1"], how["2026Q2"], how["2026Q3"]) == ("reported", "bound", "judgement")
    assert {x.how for x in SEEN["flow_world"].values()} == {"counted"}
    assert {x.how for x in SEEN["premium"].values()} == {"reported"}


def test_a_history_is_counted_no_further_than_it_was():
    until = counted_until(ESTIMATES)
    assert until["flow_legal"] == "2026Q1"
    assert observed_until(ESTIMATES)["flow_legal"] == "2026Q3"
    assert until["flow_grey"] == observed_until(ESTIMATES)["flow_grey"]
