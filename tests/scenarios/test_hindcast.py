"""The hindcast end to end, on the pack's own estimates and history, and its page."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from thalweg.evidence import BadInput
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import hindcast_page
from thalweg.scenarios.hindcast import hindcast
from thalweg.scenarios.hindcast_data import as_data, panel_rows
from thalweg.scenarios.hindcast_ensemble import run_through
from thalweg.scenarios.hindcast_observe import reporter
from thalweg.scenarios.hindcast_rows import points_of
from thalweg.scenarios.protocol import load_protocol

E = load_estimates()
P = load_protocol()
DOCS = Path(__file__).resolve().parents[2] / "docs" / "explanation"
RUNS = 10_000
AGAIN = "run `python -m thalweg.scenarios.hindcast_page --write docs/explanation`"


@pytest.fixture(scope="module")
def small():
    return hindcast(E, P, runs=RUNS)


@pytest.fixture(scope="module")
def stored():
    return json.loads((DOCS / "hindcast.json").read_text(encoding="utf-8"))


def test_every_row_of_the_protocol_is_scored_and_failures_stand_first(small):
    assert {r.row.id for r in small.rows} == {r.id for r in P.rows}
    failed = [r.failed for r in small.rows]
    assert failed == sorted(failed, reverse=True)


def test_the_smuggled_chips_of_2025_lie_in_the_band_and_above_its_middle(small):
    panel = next(p for p in small.panels if p.row.id == "smuggled")
    point = next(p for p in panel.points if p.point.label == "2025")
    assert point.bands[0] < 480.0 < point.bands[4]
    assert 480.0 / 2.5 < point.bands[2] < 480.0
    before, after = small.smuggled
    assert np.median(after) == pytest.approx(point.bands[2] * 1e3, rel=0.1)
    assert 1.2 < np.median(after / before) < 1.9


def test_a_share_that_is_held_widens_its_row_and_no_other(small):
    """Cambricon at the ratio of one year carries the spread of persistence, 0.2 in logs a quarter; what is fitted does not."""
    known = hindcast(E, dataclasses.replace(P, held=0.0), runs=RUNS)
    for mine, other in zip(small.panels, known.panels, strict=True):
        for a, b in zip(mine.points, other.points, strict=True):
            if mine.row.id in {"nvidia", "cambricon"} and a.point.use == "tested":
                assert a.bands[4] / a.bands[0] > 1.05 * b.bands[4] / b.bands[0]
                assert a.bands[2] == pytest.approx(b.bands[2], rel=0.05)
            else:
                assert a.bands == b.bands


def test_bands_are_ordered_and_tested_points_have_those_of_a_baseline(small):
    for panel in small.panels:
        for p in panel.points:
            assert list(p.bands) == sorted(p.bands)
            assert (p.baseline is None) == (p.point.use == "fitted")


def test_the_coverage_is_the_share_of_points_that_the_panels_show_inside(small):
    tested = [p for panel in small.panels for p in panel.points if p.point.use == "tested"]
    inside = sum(p.bands[0] <= p.point.value <= p.bands[4] for p in tested)
    assert small.coverage.points == len(tested) == 31
    assert small.coverage.share90 == pytest.approx(inside / len(tested))


def test_the_same_seed_gives_the_same_hindcast():
    assert as_data(hindcast(E, P, runs=2_000, seed=5)) == as_data(hindcast(E, P, runs=2_000, seed=5))


def test_another_protocol_is_said_on_the_result():
    changed = dataclasses.replace(P, sha256="0" * 64)
    assert hindcast(E, changed, runs=2_000).protocol.startswith("CHANGED PROTOCOL")


def test_nothing_after_the_fit_moves_the_fit_or_the_forecast(small):
    """Hidden data changed a thousandfold: bands and weights stay as they are, and only scores change."""
    history = {}
    for name, series in E.history.items():
        points = tuple(p if p.end <= dt.date(2024, 12, 31) else dataclasses.replace(p, value=p.value * 1000.0) for p in series.points)
        history[name] = dataclasses.replace(series, points=points)
    history["throttled"] = E.history["throttled"]
    hidden = hindcast(dataclasses.replace(E, history=history), P, runs=RUNS)
    assert hidden.fit == small.fit
    for mine, other in zip(small.panels, hidden.panels, strict=True):
        for a, b in zip(mine.points, other.points, strict=True):
            if mine.row.id != "premium":  # its own published error widens the band at the point
                assert a.bands == b.bands


def test_an_estimate_about_later_times_without_a_vintage_is_refused():
    late = dataclasses.replace(E["theta"], vintages=())
    changed = dataclasses.replace(E, estimates={**E.estimates, "theta": late})
    with pytest.raises(BadInput, match=r"theta.*2025-12-31.*no value of that vintage"):
        hindcast(changed, P, runs=10)


def test_an_unknown_trial_is_refused_with_a_proposal():
    with pytest.raises(BadInput, match="no trial 'h1'; there are H1, H2"):
        hindcast(E, P, trial="h1")


@pytest.mark.parametrize("runs", [0, -1])
def test_no_runs_are_refused(runs):
    with pytest.raises(BadInput, match="runs"):
        hindcast(E, P, runs=runs)


def test_one_run_that_is_off_does_not_survive_and_one_that_is_near_is_all_there_is():
    with pytest.raises(BadInput, match=r"of 1 lawful runs none"):
        hindcast(E, P, runs=1, seed=1)
    lone = next(found for found in map(_one_run, range(2, 60)) if found)
    assert (lone.fit.runs, lone.fit.kept, lone.fit.effective) == (1, 1, pytest.approx(1.0))
    assert lone.fit.needed == pytest.approx(0.005)


def _one_run(seed):
    with contextlib.suppress(BadInput):
        return hindcast(E, P, runs=1, seed=seed)
    return None


def test_a_history_that_no_run_can_reach_is_said():
    series = E.history["smuggled_year"]
    absurd = dataclasses.replace(series, points=tuple(dataclasses.replace(p, value=p.value * 1e6) for p in series.points))
    with pytest.raises(BadInput, match=r"no run survives history matching.*smuggled rules out most"):
        hindcast(dataclasses.replace(E, history={**E.history, "smuggled_year": absurd}), P, runs=500)


def test_beijing_told_sells_fewer_legal_chips(small):
    told = hindcast(E, P, runs=RUNS, beijing_known=True)
    at = {which: next(p for p in r.panels if p.row.id == "legal").points[-1].bands[2] for which, r in (("told", told), ("not", small))}
    assert at["told"] < 0.7 * at["not"]


def test_half_years_of_chinese_production_do_not_enter_the_second_trial():
    trial = P.trials["H2"]
    ensemble = run_through(
        E, P.acts, fitted_to=trial.fitted_to, tested_to=trial.tested_to, vintage=trial.fitted_to, runs=50, seed=1, block=50
    )
    assert np.ptp(ensemble.forecast["flow_domestic"][12]) > 0.0
    seen = ensemble.draws["err_huawei"] * 45_028 + ensemble.draws["err_cambricon"] * 142
    np.testing.assert_allclose(ensemble.forecast["flow_domestic"][8], seen, rtol=1e-9)  # 2024Q1 as drawn
    assert np.abs(ensemble.forecast["flow_domestic"][12] / (ensemble.draws["err_huawei"] * 131_964) - 1.0).min() > 1e-6


def test_reports_undo_the_level_error_that_drew_the_history():
    trial = P.trials["H1"]
    ensemble = run_through(
        E, P.acts, fitted_to=trial.fitted_to, tested_to=trial.tested_to, vintage=trial.fitted_to, runs=50, seed=1, block=50
    )
    reports = reporter(E, P, trial, ensemble)
    row = P.row("world")
    last = tuple(p for p in points_of(row, E, trial) if p.label in {"2024Q1", "2024Q2", "2024Q3", "2024Q4"})
    total = reports.signal(row, last).sum(axis=0)
    np.testing.assert_allclose(total, sum(p.value for p in last), rtol=1e-9)


def test_panels_are_rows_for_a_picture(small):
    rows = panel_rows(small)
    assert {"series", "period", "use", "observed", "p5", "p50", "p95", "baseline_p50"} <= rows[0].keys()
    assert json.loads(json.dumps(rows)) == rows


def test_the_page_is_written_from_the_stored_results(stored):
    page = hindcast_page.page(stored, P, hindcast_page.reasons_of(), hindcast_page.earlier_runs())
    assert (DOCS / "hindcast.md").read_text(encoding="utf-8") == page, AGAIN
    assert hindcast_page.stored(stored) == (DOCS / "hindcast.json").read_text(encoding="utf-8"), AGAIN


def test_the_stored_results_are_of_this_protocol_and_these_estimates(stored):
    assert stored["protocol"] == P.sha256, AGAIN
    assert stored["estimates"] == E.sha256, AGAIN


def test_a_small_run_of_the_code_agrees_with_the_stored_results(stored, small):
    first = stored["cases"][0]
    assert (first["trial"]["id"], first["beijing_known"], first["fit"]["runs"]) == ("H1", False, 100_000)
    assert small.coverage.share90 == pytest.approx(first["coverage"]["share90"], abs=2.5 / 31), AGAIN
    for name, value in small.targets.items():
        assert value == pytest.approx(first["targets"][name], abs=0.06), AGAIN
    for mine, theirs in zip(small.panels, first["panels"], strict=True):
        for a, b in zip(mine.points, theirs["points"], strict=True):
            if a.point.use == "tested" and mine.row.id != "lag":
                assert a.bands[2] == pytest.approx(b["bands"][2], rel=0.15), (mine.row.id, a.point.label, AGAIN)


def test_the_page_says_what_a_reported_zero_would_do_that_is_not_among_the_points(stored):
    told = hindcast_page.page(stored, P).partition("## A zero that is not among the points\n")[2].partition("\n## ")[0]
    lines = [line for line in told.splitlines() if line.startswith("- ")]
    assert len(lines) == len(stored["cases"])
    for line, case in zip(lines, stored["cases"], strict=True):
        points = case["coverage"]["points"]
        inside = sum(row["in90"] for row in case["rows"])
        assert f": {inside} of {points + 1}, " in line
        assert line.endswith("would not pass.") == (case["passed"] and inside / (points + 1) < P.cover90)


def test_what_was_changed_after_a_run_stands_on_the_page(stored):
    page = hindcast_page.page(stored, P, earlier=hindcast_page.earlier_runs())
    assert "third run under protocol 79585ede8d83" in page
    assert "no score can change by it" in page.replace("\n", " ")


def test_the_page_says_when_an_ensemble_is_not_calibrated_and_when_the_protocol_was_changed(stored):
    first = json.loads(json.dumps(stored))
    first["cases"][0]["fit"]["calibrated"] = False
    first["cases"][0]["protocol"] = "CHANGED PROTOCOL: it is."
    text = hindcast_page.page(first, P)
    assert "**Not calibrated**" in text
    assert "CHANGED PROTOCOL" in text
