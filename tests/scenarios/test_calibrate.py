"""Calibration of the model to its history."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from thalweg.evidence import BadInput
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios.calibrate import calibrate
from thalweg.scenarios.draw import draw

E = load_estimates()
END = dt.date(2024, 12, 31)


@pytest.fixture(scope="module")
def fitted():
    return calibrate(E, fitted_to=END, runs=10_000)


def test_prior_and_posterior_stand_side_by_side_and_the_most_narrowed_first(fitted):
    left = [s.spread_left for s in fitted.fit.shifts]
    assert left == sorted(left)
    assert left[0] < 0.95
    for shift in fitted.fit.shifts:
        assert list(shift.prior) == sorted(shift.prior)
        assert list(shift.posterior) == sorted(shift.posterior)


def test_what_no_data_touch_is_not_learned(fitted):
    by_name = {s.name: s for s in fitted.fit.shifts}
    assert by_name["breach_kv"].spread_left == pytest.approx(1.0, abs=0.2)


def test_the_effective_sample_is_reported_with_what_is_needed(fitted):
    assert 0 < fitted.fit.effective <= fitted.fit.kept <= fitted.fit.runs == 10_000
    assert fitted.fit.needed == pytest.approx(50.0)
    assert fitted.fit.calibrated == (fitted.fit.effective >= fitted.fit.needed)


def test_the_posterior_can_be_simulated_from(fitted):
    drawn = fitted.posterior(500)
    again = draw(E, 500, 1, vintage=END, fixed={name: drawn[name] for name in E.estimates})
    np.testing.assert_array_equal(again["theta"], drawn["theta"])
    assert set(np.unique(drawn["theta"])) <= set(np.unique(fitted.draws["theta"]))


def test_smuggling_of_2024_is_fitted_within_its_error():
    """The acceptance number of the model: median of 159 thousand within a tenth, before the level error of the source."""
    from thalweg.scenarios.hindcast import hindcast

    panel = next(p for p in hindcast(E, runs=10_000).panels if p.row.id == "smuggled")
    at = next(p for p in panel.points if p.point.label == "2024")
    assert at.bands[2] == pytest.approx(158.7, rel=0.1)


def test_data_that_end_before_smuggling_is_counted_are_refused():
    with pytest.raises(BadInput, match="2023-12-31 do not reach"):
        calibrate(E, fitted_to=dt.date(2023, 12, 31), runs=10)


def test_a_vintage_that_an_estimate_has_no_value_of_is_refused():
    with pytest.raises(BadInput, match="no value of that vintage"):
        calibrate(E, fitted_to=END, vintage=dt.date(2010, 1, 1), runs=10)
