"""Scores against closed forms, and naive forecasts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.scenarios.skill import bands, block_bootstrap, crps, interval_score, random_walk, skill, walk_on

RNG = np.random.default_rng(3)


def test_the_crps_of_a_normal_forecast_is_the_closed_form():
    samples = RNG.standard_normal((1, 200_000))
    # Gneiting and Raftery (2007), at the mean of a standard normal: 2*density(0) - 1/sqrt(pi).
    assert crps(samples, np.array([0.0]))[0] == pytest.approx(2 / math.sqrt(2 * math.pi) - 1 / math.sqrt(math.pi), abs=2e-3)


def test_the_crps_of_a_certain_forecast_is_its_distance():
    assert crps(np.full((2, 50), 3.0), np.array([1.0, 3.5])) == pytest.approx([2.0, 0.5])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=2, max_size=40), st.floats(-50, 50))
def test_the_crps_is_the_mean_over_pairs(values, observed):
    x = np.array(values)
    pairs = np.abs(x[:, None] - x[None, :]).mean()
    assert crps(x[None], np.array([observed]))[0] == pytest.approx(np.abs(x - observed).mean() - pairs / 2, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.floats(-5, 5), st.floats(0.1, 10))
def test_the_crps_moves_with_its_unit(shift, scale):
    samples, y = RNG.standard_normal((1, 400)), np.array([0.3])
    assert crps(samples * scale + shift, y * scale + shift) == pytest.approx(scale * crps(samples, y))


def test_an_observation_outside_costs_forty_times_in_width_at_ninety_percent():
    at = bands(np.linspace(0.0, 1.0, 10_001)[None].repeat(2, axis=0), np.array([0.5, 1.05]))
    assert interval_score(at) == pytest.approx([0.9, 0.9 + 20 * 0.1], abs=1e-6)
    assert at.inside(90).tolist() == [True, False]


def test_skill_is_none_against_a_forecast_that_is_never_wrong():
    assert math.isnan(skill([0.1], [0.0]))
    assert skill([1.0, 1.0], [2.0, 2.0]) == 0.5


def test_a_walk_finds_the_growth_of_a_series_and_its_floor():
    walk = random_walk(np.arange(9.0), 100.0 * 1.3 ** np.arange(9.0), most=8, floor=0.2, least_freedom=3)
    assert walk.drift == pytest.approx(math.log(1.3))
    assert (walk.spread, walk.freedom, walk.changes) == (0.2, 7.0, 8)


def test_a_walk_leaves_out_quarters_without_sales_and_bridges_them():
    walk = random_walk(np.arange(4.0), np.array([1.0, 0.0, 4.0, 8.0]), most=8, floor=0.1, least_freedom=3)
    assert walk.drift == pytest.approx(math.log(8) / 3)


def test_one_point_has_no_drift():
    walk = random_walk(np.array([2.0]), np.array([7.0]), most=8, floor=0.2, least_freedom=3)
    assert (walk.last, walk.drift, walk.spread, walk.changes) == (pytest.approx(7.0), 0.0, 0.2, 0)


def test_a_walk_widens_with_the_root_of_time_and_persistence_stays_where_it_is():
    walk = random_walk(np.arange(9.0), 1.1 ** np.arange(9.0), most=8, floor=0.2, least_freedom=3)
    far = np.log(walk_on(walk, np.array([1.0, 4.0]), np.random.default_rng(1), 200_000, drift=False))
    low, high = np.quantile(far, (0.25, 0.75), axis=1)
    assert (high - low)[1] / (high - low)[0] == pytest.approx(2.0, rel=0.03)
    assert np.median(far, axis=1) == pytest.approx([math.log(walk.last)] * 2, abs=0.01)


def test_the_bootstrap_draws_whole_series():
    low, high = block_bootstrap([np.ones(9, dtype=bool), np.zeros(1, dtype=bool)], np.random.default_rng(1))
    assert (low, high) == (0.0, 1.0)
    assert all(math.isnan(x) for x in block_bootstrap([], np.random.default_rng(1)))
