"""The protocol: its hash, its dated acts, and what is fitted and what tested."""

from __future__ import annotations

import datetime as dt
import shutil

import numpy as np
import pytest
import yaml

from thalweg.controls.decide import rulebook
from thalweg.controls.timeline import timeline
from thalweg.evidence import BadInput, PackError
from thalweg.pack import load_pack
from thalweg.pack.estimates import load_estimates
from thalweg.pack.load import EMBEDDED
from thalweg.scenarios.hindcast_path import fiscal_from_calendar, history_path, open_days, open_share, shares_of_quarters
from thalweg.scenarios.hindcast_rows import points_of
from thalweg.scenarios.protocol import load_protocol
from thalweg.scenarios.quarters import LABELS, index

E = load_estimates()
P = load_protocol()
H1, H2 = P.trials["H1"], P.trials["H2"]


@pytest.fixture
def copy(tmp_path):
    """A knowledge folder with the protocol alone, to be changed."""
    shutil.copytree(EMBEDDED / "hindcast", tmp_path / "hindcast")
    return tmp_path


def test_the_protocol_is_the_one_that_was_frozen():
    assert P.is_frozen
    assert P.sha256 == P.frozen[-1][0]
    assert len(P.lines) == 10


@pytest.mark.parametrize(
    ("file", "old", "new"), [("protocol.yaml", "skilled: 3", "skilled: 1"), ("history.yaml", "value: 0.15", "value: 0.2")]
)
def test_a_changed_protocol_says_so(copy, file, old, new):
    path = copy / "hindcast" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    changed = load_protocol(copy)
    assert not changed.is_frozen
    assert changed.standing.startswith("CHANGED PROTOCOL")


def test_a_comment_does_not_change_the_hash(copy):
    path = copy / "hindcast" / "protocol.yaml"
    path.write_text("# more words\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_protocol(copy).is_frozen


@pytest.mark.parametrize("broken", ["lines: []\n", "- 1\n", "trials: {H1: 3}\n", ""])
def test_what_is_no_protocol_is_refused_with_its_file(copy, broken):
    (copy / "hindcast" / "protocol.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(PackError, match=r"protocol\.yaml"):
        load_protocol(copy)


@pytest.mark.parametrize("trial", [H1, H2], ids=["H1", "H2"])
def test_every_estimate_has_a_value_that_could_be_held_at_the_end_of_the_fit(trial):
    for estimate in E.estimates.values():
        value = estimate.known_by(trial.fitted_to)
        assert value.period_end is None or value.period_end <= trial.fitted_to, estimate.id


VINTAGES = {
    "growth_flow_2025": {"lognormal": (1.5, 4.5)},
    "eta": {"lognormal": (0.3, 4.0)},
    "K0": {"lognormal": (10e3, 200e3)},
    "hw_2026": {"lognormal": (1e3, 40e3)},
}


@pytest.mark.parametrize("name", VINTAGES)
def test_the_vintage_values_are_those_that_the_protocol_names(name):
    low, high = VINTAGES[name]["lognormal"]
    five, _, ninety_five = E[name].known_by(H1.fitted_to).quantiles
    assert (five, ninety_five) == pytest.approx((low, high), rel=1e-3)


@pytest.mark.parametrize("name", ["theta", "phi"])
def test_shares_are_wide_at_the_vintage(name):
    assert E[name].known_by(H1.fitted_to).quantiles == pytest.approx((0.0976, 0.3857, 0.7514), abs=1e-3)  # beta(2, 3)


def test_what_is_not_to_be_scored_is_not():
    for row in P.rows:
        for p in points_of(row, E, H1):
            assert not (row.id == "premium" and p.label == "2026Q1")
            assert p.end <= H1.tested_to
    assert {row.series for row in P.rows}.isdisjoint({"china_revenue_restated", "smuggled", "huawei", "cambricon", "legal"})


@pytest.mark.parametrize("row", P.rows, ids=lambda r: r.id)
def test_no_fitted_point_ends_after_the_fit_and_no_tested_one_before(row):
    for trial in (H1, H2):
        for p in points_of(row, E, trial):
            assert (p.use == "fitted") == (p.end <= trial.fitted_to)
            assert p.use != "tested" or trial.fitted_to < p.end <= trial.tested_to


def test_the_headline_has_the_points_that_the_design_counts():
    tested = {row.id: sum(p.use == "tested" for p in points_of(row, E, H1)) for row in P.rows}
    once = sum(count for name, count in tested.items() if not P.row(name).restates)
    assert once == 24
    assert tested["world"] == 4  # to 2025Q4, where all four designers are counted


def test_fiscal_units_come_back_from_calendar_quarters():
    points = [p for p in E.history["legal_units"].points if p.complete]
    fiscal = fiscal_from_calendar([p.period for p in points], [p.value for p in points])
    # NVIDIA: 4.6 billion dollars of H20 in the first quarter of fiscal 2026, at 12,000 dollars; then a charge, and none at the year's end.
    assert fiscal["FY26Q1"] * 12_000 == pytest.approx(4.6e9, rel=0.03)
    assert fiscal["FY26Q3"] == pytest.approx(0.0, abs=1.0)
    assert fiscal["FY24Q4"] < 100.0  # between the letter of October 2023 and the H20


def test_spreading_fiscal_quarters_by_days_and_reading_them_back_is_the_identity():
    from thalweg.pack.estimates_history import period_days

    units = {f"FY{year}Q{k}": 100.0 + 7.0 * year + k for year in range(22, 28) for k in (1, 2, 3, 4)}
    spread = []
    for label in LABELS[:16]:
        start, end = period_days(label)
        total = 0.0
        for name, value in units.items():
            a, b = period_days(name)
            days = (min(b, end) - max(a, start)).days + 1
            total += value * max(days, 0) / ((b - a).days + 1)
        spread.append(total)
    back = fiscal_from_calendar(LABELS[:16], spread)
    for name in ("FY25Q2", "FY25Q3", "FY26Q1"):
        assert back[name] == pytest.approx(units[name], rel=1e-3)


def test_flows_by_quarter_are_shared_out_whole():
    from thalweg.pack.estimates_history import period_days

    years = [period_days(str(year)) for year in range(2022, 2033)]
    assert shares_of_quarters(years).sum(axis=0) == pytest.approx(1.0)
    fiscal = [period_days(f"FY{y}Q{k}") for y in range(23, 27) for k in (1, 2, 3, 4)]
    inside = shares_of_quarters(fiscal, open_days(P.acts)).sum(axis=0)[1:16]
    assert inside == pytest.approx(1.0)


def test_sales_of_a_quarter_in_which_a_rule_closes_the_channel_lie_before_it():
    early, late = (dt.date(2025, 4, 1), dt.date(2025, 4, 8)), (dt.date(2025, 4, 9), dt.date(2025, 6, 30))
    shares = shares_of_quarters([early, late], open_days(P.acts))
    assert shares[:, index("2025Q2")] == pytest.approx([1.0, 0.0])
    assert open_share([late], open_days(P.acts))[0] == 0.0


def test_levers_are_weighted_by_days_in_force():
    path = history_path(P.acts).values
    assert path["legal"][index("2025Q2")] == pytest.approx(8 / 91)
    assert path["legal"][index("2025Q3")] == pytest.approx(78 / 92)
    assert path["legal"][index("2024Q4")] == 1.0
    assert path["pL"][index("2024Q1")] == pytest.approx(80_000)  # January had nothing to sell
    assert path["cap"][index("2025Q4")] >= 1e6
    assert path["cap"][index("2026Q1")] == 0.5


@pytest.fixture(scope="module")
def book():
    return rulebook(load_pack())


@pytest.mark.parametrize(("chip", "lever_day"), [("NVIDIA A800", dt.date(2023, 10, 23)), ("NVIDIA H20", dt.date(2025, 4, 9))])
def test_the_channel_closes_on_the_day_on_which_the_rulebook_first_asks_for_a_license(book, chip, lever_day):
    found = timeline(book, chip, "CN", start=dt.date(2022, 1, 1), end=dt.date(2026, 7, 1))
    first = next(s for s in found.segments if s.outcome == "license_required")
    assert first.start == lever_day.isoformat()
    assert any(a.lever == "legal" and a.value == 0.0 and a.day == lever_day for a in P.acts)


def test_every_act_names_an_event_of_the_pack_or_none():
    events = {
        e["id"] for path in (EMBEDDED / "events").glob("*.yaml") for e in yaml.safe_load(path.read_text(encoding="utf-8")) if "id" in e
    }
    assert {a.event for a in (*P.acts, *P.beijing) if a.event} <= events


def test_beijing_is_told_as_the_observed_regime_has_it():
    from thalweg.scenarios.hindcast_ensemble import _throttled
    from thalweg.scenarios.history import known_history

    history = known_history(E)
    told = _throttled(history, P.beijing, H1.tested_to)["throttled"]
    np.testing.assert_array_equal(told[:18], history.medians["throttled"][:18])
    assert np.isnan(told[18:]).all()


def test_a_day_outside_the_model_is_refused():
    from thalweg.scenarios.hindcast_ensemble import last_quarter

    assert last_quarter(dt.date(2024, 12, 31)) == index("2025Q1")
    assert last_quarter(dt.date(2024, 12, 30)) == index("2024Q4")
    with pytest.raises(BadInput, match="outside"):
        last_quarter(dt.date(2050, 1, 1))
