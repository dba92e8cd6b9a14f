"""A tornado: an outcome's median where a number is near its ends."""

from __future__ import annotations

import numpy as np
import pytest

from thalweg.desk.simulate_charts import charts
from thalweg.desk.simulate_studies import sensitivity
from thalweg.desk.simulate_tornado import ends, together

X = np.random.default_rng(1).permutation(np.linspace(0.0, 1.0, 1000))


def test_ends_lie_around_the_5_and_the_95_percent():
    low, high = ends(X)
    assert np.median(X[low]) == pytest.approx(0.05, abs=0.002)
    assert np.median(X[high]) == pytest.approx(0.95, abs=0.002)


def test_a_switch_has_its_first_and_its_last_option_as_ends():
    options = np.repeat([0, 1, 2], 100)
    low, high = ends(options)
    assert {*options[low]} == {0}
    assert {*options[high]} == {2}
    assert low.size == high.size == 100


def test_numbers_that_move_together_have_common_ends():
    low, high = ends(together([X, 3.0 * X]))
    assert {*low} == {*ends(X)[0]}
    assert {*high} == {*ends(X)[1]}


def test_what_moves_the_lag_moves_it_both_ways_around_its_middle():
    (row,) = sensitivity("status-quo", method="given", runs=2000, seed=3, outcomes=["lag"]).details["tornado"]
    assert row["unit"] == "months"
    widest = max(row["bars"], key=lambda b: abs(b["high"] - b["low"]))
    assert min(widest["low"], widest["high"]) < row["middle"] < max(widest["low"], widest["high"])


def test_too_few_runs_draw_none():
    assert sensitivity("status-quo", method="given", runs=100, seed=3, outcomes=["lag"]).details["tornado"] == []


def test_the_chances_have_their_bar_and_share_where_they_are_among_what_moves_an_outcome():
    answer = sensitivity("control-camp", against="cooperation-camp", base=64, runs=1000, seed=7, outcomes=["lag"])
    (row,) = answer.details["tornado"]
    (bar,) = (b for b in row["bars"] if b["name"] == "chances")
    (told,) = (r for r in answer.table if r["name"] == "chances")
    assert bar["share"] == told["total"] > 0.3
    assert bar["low"] < row["middle"] < bar["high"]
    assert not bar["judgement"]
    assert {b["name"].split(" and ")[0] for b in row["bars"]} >= {r["name"].split(" + ")[0] for r in answer.table}
    (drawn,) = charts(answer)
    assert "Chances, quarter by quarter" in drawn
    assert "How far China&#x27;s frontier is behind that of the US, 2030: Tight controls less" in drawn
    assert "Announced and enforced levers *" in drawn
    assert "no judgement." in drawn
