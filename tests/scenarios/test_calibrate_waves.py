"""Waves move where runs are drawn and leave the posterior where it is."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from thalweg.evidence import BadInput
from thalweg.evidence.quantile_table import normal_ppf
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios.calibrate import calibrate
from thalweg.scenarios.calibrate_waves import FROM_PRIOR, proposal
from thalweg.scenarios.history_matching import Evidence, weigh

NAMES = ("a", "b", "c")


def uniform(runs, seed):
    rng = np.random.default_rng(seed)
    return {name: rng.random(runs) for name in NAMES}


def fit(u, prior=None):
    """A normal likelihood on a + b = 3 with a standard deviation of 0.3; c is not seen."""
    z = {name: normal_ppf(values) for name, values in u.items()}
    residual = (z["a"] + z["b"] - 3.0)[None] / 0.3
    return z, weigh([Evidence("sum", residual, 1.0)], np.ones(residual.size, dtype=bool), freedom=1e6, cut=50.0, prior=prior)


def second_wave(runs=40_000):
    u = uniform(runs, 1)
    _, first = fit(u)
    moved, prior = proposal(u, first.weights, NAMES).draw(uniform(runs, 2), seed=2)
    return first, fit(moved, prior), prior


def test_the_posterior_of_a_wave_is_the_exact_one():
    _, (z, found), _ = second_wave()
    mean = 3.0 / (2.0 + 0.09)
    assert [float(z[name] @ found.weights) for name in NAMES] == pytest.approx([mean, mean, 0.0], abs=0.03)
    spread = np.square(z["a"] + z["b"]) @ found.weights - (2 * mean) ** 2
    assert spread == pytest.approx(2.0 * 0.09 / 2.09, rel=0.1)


def test_a_wave_finds_more_runs_than_the_prior_does():
    first, (_, found), _ = second_wave()
    assert found.effective > 4 * first.effective


def test_the_weights_of_the_prior_are_bounded_and_mean_one():
    _, _, prior = second_wave()
    assert np.exp(prior).max() <= 1.0 / FROM_PRIOR + 1e-9
    assert np.exp(prior).mean() == pytest.approx(1.0, abs=0.03)


def test_one_plausible_run_is_enough_for_a_proposal():
    u = uniform(50, 3)
    weights = np.zeros(50)
    weights[7] = 1.0
    found = proposal(u, weights, NAMES)
    assert np.isfinite(found.root).all()
    moved, prior = found.draw(uniform(50, 4), seed=1)
    assert np.isfinite(prior).all()
    assert all(((v > 0.0) & (v < 1.0)).all() for v in moved.values())


@pytest.fixture(scope="module")
def waved():
    return calibrate(load_estimates(), runs=5_000, waves=2)


def test_all_data_to_mid_2026_need_a_second_wave(waved):
    assert len(waved.waves) == 2
    assert waved.waves[0] < waved.fit.needed
    assert waved.fit.effective == max(waved.waves)


def test_the_prior_beside_a_posterior_is_that_of_the_estimate(waved):
    end = dt.date(2024, 12, 31)
    shift = next(s for s in waved.fit.shifts if s.name == "alphaL")
    assert shift.prior == pytest.approx(load_estimates()["alphaL"].known_by(end).quantiles, rel=0.02)


def test_no_waves_are_refused():
    with pytest.raises(BadInput, match="waves: 0"):
        calibrate(load_estimates(), runs=10, waves=0)
