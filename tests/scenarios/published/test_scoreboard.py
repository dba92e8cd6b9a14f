"""Published results are reproduced within their tolerance, and the scoreboard says where they are not."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from thalweg.pack.estimates import load_estimates
from thalweg.scenarios.published import scoreboard
from thalweg.scenarios.published.arithmetic import _exports, _lead
from thalweg.scenarios.published.rows import held_against, read
from thalweg.scenarios.published.smuggling import Draws, cnas, log_range

INPUTS, RESULTS = read()


@pytest.fixture(scope="module")
def rows(enforced):
    return {row.id: row for row in scoreboard(load_estimates(), enforced, runs=1_000)}


def test_there_is_a_row_for_every_result_and_each_id_is_used_once(rows):
    assert len({r.id for r in RESULTS}) == len(RESULTS)
    assert list(rows) == [r.id for r in RESULTS]
    assert all(r.source and r.where and r.what and r.unit for r in RESULTS)


@pytest.mark.parametrize("result", [r for r in RESULTS if r.column == "calculation" and r.published is not None], ids=lambda r: r.id)
def test_every_published_calculation_is_reproduced_within_its_tolerance(rows, result):
    assert rows[result.id].status == "within", rows[result.id]


@pytest.mark.parametrize("result", [r for r in RESULTS if r.column == "model" and r.tolerance], ids=lambda r: r.id)
def test_the_model_under_the_inputs_of_a_source_comes_within_its_tolerance(rows, result):
    assert rows[result.id].status == "within", rows[result.id]


def test_every_result_is_worked_out(rows):
    assert [r.id for r in rows.values() if r.status == "not done"] == []


@pytest.mark.parametrize(("before", "after"), [(31.0, 4.0), (31.0, 1.0), (21.0, 6.7), (49.0, 1.2)])
@pytest.mark.parametrize("chi", [0.0, 0.5, 1.0])
def test_the_exports_behind_a_published_lead_are_those_of_the_algebra(before, after, chi):
    """One adds one by itself: (before - chi*E)/(1 + E) = after."""
    assert _exports(before, after, chi) == pytest.approx((before - after) / (after + chi), rel=1e-9)
    assert _lead(before, _exports(before, after, chi), chi) == pytest.approx(after, rel=1e-9)


def test_selling_better_chips_freely_never_widens_the_lead_of_the_us(rows):
    none, sold, bought = (rows[f"model-ifp-{name}"].found for name in ("none", "b30a", "b30a-bought"))
    assert none > sold > bought > 1.0


def test_results_without_a_tolerance_are_reported_and_not_judged(rows):
    reported = [r for r in rows.values() if r.status == "reported"]
    assert {r.column for r in reported} == {"model"}
    assert all(r.found is not None and not r.tolerance for r in reported)


def test_the_preset_is_what_brings_the_model_near_its_source(rows, enforced):
    """Under the pack's own estimates the same channels are elsewhere: the second column is no sum of typed numbers."""
    from thalweg.scenarios import Plan, ensemble, simulate

    base = simulate(ensemble(load_estimates(), 1_000, 1), Plan(enforced), outcomes=("flow_domestic", "flow_remote"))
    for name in ("flow_domestic", "flow_remote"):
        own = np.median(base.by_year(name)[6])
        assert own < 0.75 * rows[f"model-{name}-2028"].published


def test_without_levers_there_is_only_the_first_column():
    assert {r.column for r in scoreboard(draws=20_000)} == {"calculation"}


def test_the_same_seed_gives_the_same_board():
    assert scoreboard(draws=5_000, seed=3) == scoreboard(draws=5_000, seed=3)
    assert scoreboard(draws=5_000, seed=3) != scoreboard(draws=5_000, seed=4)


@pytest.mark.parametrize(
    ("tolerance", "found", "status"),
    [
        ({"relative": 0.05}, 104.9, "within"),
        ({"relative": 0.05}, 105.1, "outside"),
        ({"relative": 0.05}, -100.0, "outside"),
        ({"absolute": 2}, 98.1, "within"),
        ({"absolute": 2}, 97.9, "outside"),
        ({"above": True}, 100.1, "within"),
        ({"above": True}, 100.0, "outside"),
        ({"below": True}, 99.9, "within"),
        ({"below": True}, 100.0, "outside"),
        ({"between": [90, 130]}, 130.0, "within"),
        ({"between": [90, 130]}, 131.0, "outside"),
        ({"relative": 0.05}, float("nan"), "outside"),
        ({}, 1.0, "reported"),
        ({"relative": 0.05}, None, "not done"),
    ],
)
def test_a_number_is_judged_by_the_tolerance_of_its_result(tolerance, found, status):
    result = dataclasses.replace(RESULTS[0], published=100.0, tolerance=tolerance)
    assert held_against(result, found).status == status


def test_a_volume_for_each_vendor_would_contradict_cnas():
    """Why one volume is shared: with one for each vendor the 5th percentile is 97,000, where the range begins at 10,000."""
    given = INPUTS["cnas"]
    of = Draws("vendors apart", 20_000, 1)
    counts = np.round(of.lognormal(*given["vendors"])).astype(int)
    middle, spread = log_range(*given["chips_per_vendor_month"], 0.9)
    apart = np.array([12 * np.exp(middle + spread * of.numbers.standard_normal(n)).sum() for n in counts])
    assert np.quantile(apart, 0.05) > 8 * 10e3
    shared = cnas(given, 100_000, 1)
    assert np.median(apart) > 1.5 * shared["cnas-median"]


def test_a_range_is_what_its_lognormal_covers():
    of = Draws("a range", 200_000, 1)
    assert np.quantile(of.lognormal(204, 12_000, 0.95), [0.025, 0.975]) == pytest.approx([204, 12_000], rel=0.02)
