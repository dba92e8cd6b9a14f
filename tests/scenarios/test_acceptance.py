"""The stated numbers are met, or the board says why not."""

from __future__ import annotations

import numpy as np
import pytest

from thalweg.pack.estimates import load_estimates
from thalweg.scenarios.acceptance import REASONS, acceptance

ESTIMATES = load_estimates()
NOT_ASKED = {"effective", "hindcast-2025"}


@pytest.fixture(scope="module")
def rows(enforced):
    return {row.id: row for row in acceptance(ESTIMATES, enforced)}


def test_every_number_is_met_or_says_why_not(rows):
    assert [row.id for row in rows.values() if not row.met and not row.reason] == []
    assert all(row.what and row.unit and row.stated for row in rows.values())


def test_those_that_are_not_met_are_those_that_are_known(rows):
    assert {row.id for row in rows.values() if row.met is False} == set()
    assert {row.id for row in rows.values() if row.met is None} == NOT_ASKED
    assert "page of the hindcast" in rows["hindcast-2025"].reason


def test_a_number_that_is_met_needs_no_reason(rows):
    assert all(not row.reason and row.found for row in rows.values() if row.met)


def test_draws_of_a_fit_take_the_place_of_the_estimates(enforced):
    """A grey market whose demand and capacity fit the premiums that were seen."""
    fit = {"theta": 0.6, "K0": 35e3, "err_smuggled": 1.0}
    rows = {row.id: row for row in acceptance(ESTIMATES, enforced, runs=500, fit=fit, effective=900.0)}
    assert rows["premium-2025Q2"].met
    assert rows["premium-2026Q2"].met
    assert not rows["smuggled-2025-band"].met
    assert rows["smuggled-2025-band"].reason.startswith("Met by the estimates as they stand (")
    assert rows["effective"].met
    few = {row.id: row for row in acceptance(ESTIMATES, enforced, runs=500, fit={"hw_2026": 4e3, "hbm_stock_2025": 6e6})}["domestic-2026"]
    assert few.reason == REASONS["domestic-2026-high"]
    assert not {row.id: row for row in acceptance(ESTIMATES, enforced, runs=50, effective=499.0)}["effective"].met


@pytest.mark.parametrize(("after", "met"), [(1.0, True), (0.5, False), (2.2, False)])
def test_a_forecast_is_held_against_the_year_it_did_not_see(enforced, after, met):
    numbers = np.random.default_rng(1)
    samples = np.exp(numbers.normal(0, 0.45, (2, 4_000))) * np.array([[200e3], [after * 440e3]])
    rows = {row.id: row for row in acceptance(ESTIMATES, enforced, runs=50, hindcast_2025=samples)}
    assert rows["hindcast-2025"].met is met
    assert len(rows["hindcast-2025"].found) == 4
    assert bool(rows["hindcast-2025"].reason) is not met
