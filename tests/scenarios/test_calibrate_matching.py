"""History matching and importance weights against what can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.evidence import BadInput
from thalweg.scenarios.history_matching import Evidence, implausibility, log_likelihood, resample, weigh

FAR = {"freedom": 4.0, "cut": 3.0}


def test_implausibility_is_the_root_mean_square_over_the_series():
    assert implausibility(np.array([[3.0, 1.0], [4.0, 1.0]])) == pytest.approx([12.5**0.5, 1.0])


def test_a_run_on_the_data_weighs_as_much_more_as_the_t_density_says():
    found = weigh([Evidence("a", np.array([[0.0, 2.0]]), 1.0)], np.array([True, True]), **FAR)
    assert found.weights[0] / found.weights[1] == pytest.approx((1 + 4 / 4) ** 2.5)


def test_the_posterior_of_a_normal_mean_comes_out():
    rng = np.random.default_rng(1)
    prior = rng.standard_normal(200_000)
    residual = (1.0 - prior)[None] / 0.5
    found = weigh([Evidence("a", residual, 1.0)], np.ones(prior.size, dtype=bool), freedom=1e6, cut=50.0)
    assert prior @ found.weights == pytest.approx(0.8, abs=0.01)  # 1/(1 + 0.25)
    spread = (prior**2) @ found.weights - (prior @ found.weights) ** 2
    assert spread == pytest.approx(0.2, abs=0.01)


def test_without_data_every_lawful_run_counts_alike():
    found = weigh([], np.array([True, False, True]), **FAR)
    assert found.weights == pytest.approx([0.5, 0.0, 0.5])
    assert (found.effective, found.unlawful, found.kept) == (pytest.approx(2.0), 1, 2)


def test_a_run_that_breaks_a_law_never_weighs():
    found = weigh([Evidence("a", np.array([[0.0, 1.0]]), 1.0)], np.array([False, True]), **FAR)
    assert found.weights == pytest.approx([0.0, 1.0])


def test_a_residual_that_is_no_number_rules_its_run_out_alone():
    found = weigh([Evidence("a", np.array([[np.nan, 1.0, np.inf]]), 1.0)], np.ones(3, dtype=bool), **FAR)
    assert found.weights == pytest.approx([0.0, 1.0, 0.0])
    assert found.implausible == {"a": 2}


def test_no_run_left_names_the_series_that_rules_out_most():
    series = [Evidence("calm", np.array([[0.1, 9.0]]), 1.0), Evidence("storm", np.array([[8.0, 8.0]]), 1.0)]
    with pytest.raises(BadInput, match=r"no run survives history matching.*storm 2, calm 1.*storm rules out most"):
        weigh(series, np.ones(2, dtype=bool), **FAR)


def test_no_lawful_run_is_said():
    with pytest.raises(BadInput, match="no run survives: every one ships more chips"):
        weigh([], np.zeros(3, dtype=bool), **FAR)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-2.5, 2.5), min_size=2, max_size=60), st.floats(0.1, 2.0))
def test_weights_sum_to_one_and_the_effective_sample_is_no_more_than_the_runs(residuals, power):
    found = weigh([Evidence("a", np.array([residuals]), power)], np.ones(len(residuals), dtype=bool), **FAR)
    assert found.weights.sum() == pytest.approx(1.0)
    assert 1.0 - 1e-9 <= found.effective <= len(residuals) + 1e-9


@settings(max_examples=30, deadline=None)
@given(st.floats(-3, 3), st.floats(0.01, 1.0))
def test_less_power_moves_weights_less(residual, power):
    full, part = (
        weigh([Evidence("a", np.array([[0.0, residual / 1.01]]), p)], np.ones(2, dtype=bool), **FAR).weights[1] for p in (1.0, power)
    )
    assert part >= full - 1e-12


def test_the_likelihood_falls_with_the_size_of_a_residual_and_not_with_its_sign():
    values = log_likelihood(np.array([[0.0, 1.0, -1.0, 5.0]]), 4.0)
    assert values[1] == values[2]
    assert values[0] > values[1] > values[3]


def test_systematic_resampling_takes_each_run_as_often_as_it_weighs():
    weights = np.array([0.5, 0.25, 0.0, 0.25])
    counts = np.bincount(resample(weights, 1000, np.random.default_rng(0)), minlength=4)
    assert counts.tolist() == [500, 250, 0, 250]
