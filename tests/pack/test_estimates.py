"""The estimates of the pack: each with unit, basis and source, none from after a hindcast, and a file and line for what is wrong."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.evidence import BASES, BadInput, PackError
from thalweg.evidence.distribution import LogNormal
from thalweg.pack.check import validate
from thalweg.pack.estimates import ESTIMATES, load_estimates
from thalweg.pack.estimates_build import build_estimates, compile_estimates
from thalweg.pack.estimates_checks import cholesky, components, gaussian
from thalweg.pack.estimates_history import by_quarter, period_days
from thalweg.pack.estimates_overlay import diff_estimates, lay_estimates
from thalweg.pack.estimates_page import estimates_page
from thalweg.pack.load import EMBEDDED
from thalweg.pack.reader import read_yaml

ROOT = Path(__file__).resolve().parents[2]
ALL = load_estimates()
H1 = dt.date(2024, 12, 31)
SOURCES = "guess: {citation: A guess, basis: judgement, accessed: 2026-11-23}\n"
THETA = """- id: theta
  title: Grey share
  meaning: Share of unmet demand.
  unit: share
  distribution: {beta: {a: 4, b: 6}}
  support: share
  basis: judgement
  period_end: 2025-12-31
  sources: [guess]
"""
ETA = """- id: eta
  title: Supply elasticity
  meaning: Percent for a percent.
  unit: elasticity
  distribution: {lognormal: {p05: 0.5, p95: 3.0}}
  support: positive
  basis: judgement
  period_end: timeless
  sources: [guess]
"""
OVERLAY = "id: mine\ntitle: Numbers of our own\nkind: what_if\n"
CHANGE = (
    "- {id: theta, unit: share, distribution: {beta: {a: 3, b: 5}}, basis: judgement, sources: [{citation: a panel, basis: judgement}]}\n"
)


@pytest.fixture
def folder(small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A small pack with two estimates."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (small / "estimates").mkdir()
    put(small, "sources.yaml", SOURCES)
    put(small, "grey.yaml", THETA + ETA)
    return small


@pytest.fixture
def mine(tmp_path: Path):
    """Write an overlay folder with files under estimates/."""

    def write(name: str = "mine", **files: str) -> Path:
        root = tmp_path / name
        (root / "estimates").mkdir(parents=True)
        (root / "overlay.yaml").write_text(OVERLAY.replace("mine", name, 1), encoding="utf-8")
        for stem, text in files.items():
            (root / "estimates" / f"{stem}.yaml").write_text(text, encoding="utf-8")
        return root

    return write


def put(root: Path, name: str, text: str) -> None:
    (root / "estimates" / name).write_text(text, encoding="utf-8")


def problems(root: Path) -> str:
    return "\n".join(str(p) for p in compile_estimates(root)[1])


def quantiles(name: str) -> tuple[float, float, float]:
    return ALL[name].value.quantiles


# ---------------------------------------------------------------- what the pack holds


def test_every_number_has_a_unit_a_basis_a_source_and_the_day_it_was_read():
    for e in ALL.estimates.values():
        for v in (e.value, *e.rivals, *e.vintages):
            assert e.unit
            assert v.basis in BASES
            assert v.sources
            assert all(s.get("citation") or s.get("url") for s in v.sources), e.id
            assert v.read is not None, e.id


def test_judgement_is_called_judgement():
    bare = [e.id for e in ALL.estimates.values() if e.basis != "judgement" and all(s["basis"] == "judgement" for s in e.value.sources)]
    assert bare == []
    unsaid = [e.id for e in ALL.estimates.values() if e.basis == "judgement" and not e.value.judged]
    assert unsaid == []


def test_every_uncertain_number_can_be_drawn_as_it_was_known_at_the_end_of_2024():
    for e in ALL.estimates.values():
        known = e.known_by(H1)
        assert known.period_end is None or known.period_end <= H1, e.id


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("growth_flow_2025", 1.5, 4.5), ("eta", 0.3, 4), ("K0", 10e3, 200e3), ("hw_2026", 1e3, 40e3)],
)
def test_the_hindcast_draws_priors_that_had_not_seen_the_test(name, low, high):
    assert ALL[name].known_by(H1).distribution == LogNormal.between(low, high)


@pytest.mark.parametrize(("name", "a", "b"), [("theta", 2, 3), ("phi", 2, 3), ("beta0", 8, 2)])
def test_the_hindcast_draws_shares_that_had_not_seen_the_test(name, a, b):
    vintage = ALL[name].known_by(H1).distribution
    assert (vintage.a, vintage.b) == (a, b)
    assert ALL[name].value.period_end > H1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("beta0", (0.053, 0.228, 0.521)),
        ("hw_2026", (2.35e3, 9.88e3, 38.2e3)),
        ("ga", (1.8, 3.09, 5.3)),
        ("world_flow_2025", (11.2e6, 13.05e6, 15.2e6)),
        ("sh_us", (0.78, 0.85, 0.88)),
        ("y0", (0.17, 0.297, 0.45)),
        ("rho_2024", (0.051 / 1.4, 0.051, 0.051 * 1.4)),
        ("rho_2025", (0.034 / 1.4, 0.034, 0.034 * 1.4)),
        ("rho_2026", (0.012, 0.0205, 0.035)),
        ("theta", (0.17, 0.393, 0.655)),
        ("err_smuggled", (63.917 / 158.675, 1, 416.836 / 158.675)),
    ],
)
def test_stated_quantiles_are_those_of_the_distribution(name, expected):
    np.testing.assert_allclose(quantiles(name), expected, rtol=0.011)


def test_every_estimate_has_its_stated_quantiles_within_a_millionth():
    for document, entries in blocks():
        for entry in entries:
            (kind, given_), *_ = entry["distribution"].items()
            if kind in ("lognormal", "quantiles"):
                wanted = [given_[k] for k in ("p05", "p50", "p95") if k in given_]
                found = [q for q, k in zip(quantiles(entry["id"]), ("p05", "p50", "p95"), strict=True) if k in given_]
                np.testing.assert_allclose(found, wanted, rtol=1e-6, err_msg=f"{document}: {entry['id']}")


def blocks():
    for path in sorted((EMBEDDED / "estimates").glob("*.yaml")):
        data = read_yaml(path).data
        if isinstance(data, list) and "distribution" in data[0]:
            yield path.name, data


def test_what_doubles_with_the_world_is_marked():
    volumes = ("H100e", "H100e per", "USD per year", "chips per quarter", "wafers per month", "dies", "stacks")
    for e in ALL.estimates.values():
        is_volume = any(e.unit == v or (v.endswith("per") and e.unit.startswith(v + " ")) for v in volumes) and " per chip" not in e.unit
        is_volume = is_volume or e.unit in ("dies per quarter", "stacks per quarter")
        exempt = e.unit in ("H100e per package", "H100e per chip") or e.id == "E_ref"
        assert e.extensive == (is_volume and not exempt), e.id


def test_the_equations_find_every_name_that_they_read():
    from thalweg.scenarios.parameters import ERRORS, UNIFORMS, Parameters, Switches

    assert set(ALL.estimates) == {*Parameters._fields, *ERRORS}
    assert set(ALL.switches) == set(Switches._fields)
    assert set(ALL.chances) == set(UNIFORMS)


def test_each_anchor_sets_something():
    set_by = Counter(r.anchor for e in ALL.estimates.values() for r in e.rivals)
    assert {a for a in ALL.anchors if set_by[a]} == set(ALL.anchors) == {*set_by} - {""}
    assert set_by["ai-2040"] > 15


def test_the_hbm_build_up_of_ai_2040_gives_its_published_output():
    at = {e.id: e.of("ai-2040").quantiles[1] for e in ALL.estimates.values()}
    for years, published in ((0, 1.1e6), (1, 2.3e6), (2, 5.0e6)):
        wafers, stacks = at["hw_2026"] * at["gH"] ** years, at["stk_2026"] * at["stk_growth"] ** years
        output = wafers * 12 * stacks / 8 * at["kappa_2026"] * at["kappa_growth"] ** years * (1 + at["oth"])
        assert abs(output / published - 1) < 0.12


def test_the_mixture_note_and_the_record_agree_on_legal_acceptance():
    open_times_throttle = quantiles("beta0_open")[1] * quantiles("kappaB")[1]
    low, _, high = quantiles("beta0")
    assert low < open_times_throttle < high


@pytest.mark.needs_shared
def test_each_row_of_the_parameter_table_is_an_estimate_or_left_out_for_a_reason():
    text = (ROOT.parent / "shared/facts/scenarios.md").read_text(encoding="utf-8")
    table = text.partition("### 1.9 Parameter table")[2].partition("\n## ")[0]
    rows = [cell.split("|")[1].strip().split(" ")[0] for cell in table.splitlines() if cell.startswith("| ")][1:]
    renamed = {
        "growth_flow_2029+": "growth_flow_2029",
        "us_share_non_china": "sh_us",
        "beijing_accept": "beta0",
        "grey_theta": "theta",
        "grey_eps": "eps",
        "grey_eta": "eta",
        "grey_cap0": "K0",
        "grey_growth": "gK",
        "interdiction0": "e0",
        "e_budget": "eB",
        "e_location_verif": "eV",
        "e_ally": "eA",
        "rental_share": "rho_2026",
        "rental_cut_max": "cutR",
        "smic_ai_wpm_2025": "wa_2025",
        "smic_growth": "gW",
        "yield0": "y0",
        "yield_wright_b": "b_wright",
        "cxmt_hbm_wpm_2026": "hw_2026",
        "cxmt_growth": "gH",
        "stacks_per_wafer_2026": "stk_2026",
        "h100e_per_package": "kappa_2026",
        "package_growth": "kappa_growth",
        "indigenisation_gain": "ind",
        "sme_control_effect": "sme",
        "attrition": "delta",
        "usable_domestic": "uD",
        "usable_smuggled": "uB",
        "g_compute": "g_c",
        "g_algo": "ga",
        "rd_intensity": "rd",
        "beta_RD": "bRD",
        "bis_enforcement_budget": "E_ref",
        "hbm_stock_2025": "hbm_stock_2025",
    }
    levers = {"licence_cap", "fee_tau", "bis_budget"}
    observed = {"premium_2024", "premium_2025Q2", "premium_2026Q2", "smuggled_2024", "smuggled_2025"}
    unused = {"public_detection", "h100e_tops"}
    missing = [r for r in rows if r not in levers | observed | unused and renamed.get(r, r) not in ALL.estimates]
    assert missing == []
    assert len(rows) > 50


# ---------------------------------------------------------------- correlations


@given(st.floats(-0.99, 0.99))
def test_a_pair_of_any_correlation_holds_together(rank):
    (_, second) = cholesky(("a", "b"), {frozenset("ab"): rank})
    assert second[0] == pytest.approx(gaussian(rank))
    assert second[0] ** 2 + second[1] ** 2 == pytest.approx(1)


def test_estimates_that_hang_together_are_one_group():
    assert components([("c", "a"), ("x", "y"), ("b", "c")]) == [["a", "b", "c"], ["x", "y"]]


def test_three_that_cannot_all_oppose_each_other_are_refused():
    pairs = {frozenset(p): -0.9 for p in ("ab", "bc", "ac")}
    with pytest.raises(ValueError, match="a, b, c cannot hold together"):
        cholesky(("a", "b", "c"), pairs)


def test_the_declared_correlations_hold_together():
    pairs = {frozenset(c.of): c.rank for c in ALL.correlations}
    for names in components([c.of for c in ALL.correlations]):
        matrix = np.array([[1.0 if a == b else gaussian(pairs.get(frozenset((a, b)), 0)) for b in names] for a in names])
        lower = np.array(cholesky(names, pairs))
        np.testing.assert_allclose(lower @ lower.T, matrix, atol=1e-12)
        assert np.linalg.eigvalsh(matrix).min() > 0


# ---------------------------------------------------------------- history


def test_the_calendar_of_nvidia_ends_on_the_last_sunday_of_january():
    days = {label: tuple(d.isoformat() for d in period_days(label)) for label in ("FY23Q1", "FY26Q4", "FY27Q2", "2025Q4", "2024")}
    assert days == {
        "FY23Q1": ("2022-01-31", "2022-05-01"),
        "FY26Q4": ("2025-10-27", "2026-01-25"),
        "FY27Q2": ("2026-04-27", "2026-07-26"),
        "2025Q4": ("2025-10-01", "2025-12-31"),
        "2024": ("2024-01-01", "2024-12-31"),
    }


@given(st.integers(20, 40))
def test_fiscal_quarters_follow_each_other_without_a_gap(year):
    days = [period_days(f"FY{year}Q{q}") for q in (1, 2, 3, 4)] + [period_days(f"FY{year + 1}Q1")]
    for (_, end), (start, _) in itertools.pairwise(days):
        assert (start - end).days == 1


@pytest.mark.parametrize("label", ["2025Q5", "FY26", "25Q1", "", "2025-01"])
def test_what_is_no_period_is_refused(label):
    with pytest.raises(ValueError, match="is no period"):
        period_days(label)


def test_world_flow_of_2024_and_2025_is_what_epoch_counts():
    quarters = {y: [f"{y}Q{q}" for q in (1, 2, 3, 4)] for y in (2024, 2025)}
    flows = {y: sum(sum(by_quarter(ALL.history[s], qs)) for s in ("nvidia", "tpu", "trainium", "amd")) for y, qs in quarters.items()}
    assert flows[2024] == pytest.approx(4.93e6, rel=0.002)
    assert flows[2025] == pytest.approx(13.06e6, rel=0.002)


def test_smuggled_quarters_sum_to_the_median_of_the_year_and_not_to_differences_of_medians():
    quarters = [f"2025Q{q}" for q in (1, 2, 3, 4)]
    year = {p.period: p for p in ALL.history["smuggled_year"].points}
    assert sum(by_quarter(ALL.history["smuggled"], quarters)) == pytest.approx(480e3, abs=2)
    assert (year["2025"].p05, year["2025"].value, year["2025"].p95) == (189e3, 480e3, 1285e3)
    assert ALL.history["smuggled"].not_scored


def test_an_incomplete_quarter_is_not_known():
    (flow,) = by_quarter(ALL.history["tpu"], ["2026Q2"])
    assert np.isnan(flow)
    assert ALL.history["tpu"].points[-1].value == 321423


def test_a_hindcast_sees_no_quarter_that_had_not_ended():
    seen = by_quarter(ALL.history["nvidia"], ["2024Q4", "2025Q1"], until=H1)
    assert seen[0] == 1241346
    assert np.isnan(seen[1])


def test_yearly_totals_are_the_sums_of_quarters():
    for name in ("huawei", "cambricon", "smuggled"):
        for point in ALL.history[f"{name}_year"].points:
            parts = sum(by_quarter(ALL.history[name], [f"{point.period}Q{q}" for q in (1, 2, 3, 4)]))
            assert parts == pytest.approx(point.value, rel=1e-4)


@pytest.mark.needs_shared
def test_the_series_are_those_of_the_calibration_table():
    columns = {
        "nvidia": "nvidia_world_h100e",
        "tpu": "google_tpu_h100e",
        "trainium": "amazon_trainium_h100e",
        "amd": "amd_h100e",
        "legal": "china_legal_nvidia_h100e",
        "legal_units": "china_legal_nvidia_units",
        "huawei": "huawei_h100e",
        "cambricon": "cambricon_h100e",
    }
    table = (ROOT.parent / "shared/data/estimates/scenarios_calibration.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    for name, column in columns.items():
        later = {"2026Q2", "2026Q3"} if name == "legal" else set()  # a bound that was reported since, and no count of the table
        held = {p.period: p.value for p in ALL.history[name].points if p.period not in later}
        assert held == {r["quarter"]: float(r[column]) for r in rows if r[column]}, name


def test_epoch_is_credited():
    notice = " ".join((ROOT / "NOTICE").read_text(encoding="utf-8").split())
    assert "AI chip sales" in notice
    assert "estimates/history.csv" in notice


# ---------------------------------------------------------------- reading and refusing


def test_a_pack_without_estimates_has_none(small, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert load_estimates(small).estimates == {}


def test_a_small_pack_loads_and_a_change_is_seen(folder):
    before = load_estimates(folder)
    assert list(before.estimates) == ["theta", "eta"]
    changed = shutil.copytree(folder, folder.with_name("changed"))
    put(changed, "grey.yaml", THETA.replace("a: 4", "a: 5") + ETA)
    after = load_estimates(changed)
    assert after.sha256 == ESTIMATES.sha256(changed) != before.sha256
    (difference,) = diff_estimates(before, after)
    assert (difference.id, difference.before, difference.after) == ("theta", "beta(4, 6)", "beta(5, 6)")


def test_the_embedded_estimates_compile_without_a_problem_and_are_part_of_validation(folder):
    assert compile_estimates(EMBEDDED)[1] == []
    assert validate(folder)[1] == []
    put(folder, "grey.yaml", THETA + THETA)
    assert "the id 'theta' stands twice (first in estimates/grey.yaml:1)" in str(validate(folder)[1][-1])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("{beta: {a: 4, b: 6}}", "{uniform: {min: 0.6, max: 0.1}}"), "grey.yaml:5: distribution: the range is inverted or empty"),
        (("{beta: {a: 4, b: 6}}", "{normal: {mean: 0.4, sd: -0.1}}"), "sd is -0.1 and has to be above zero"),
        (("{beta: {a: 4, b: 6}}", "{normal: {mean: 0.4, sd: 0.3}}"), "outside its support, 0 to 1"),
        (("{beta: {a: 4, b: 6}}", "{beta: {a: 4, b: 6}, point: 1}"), "2 are given"),
        (("{beta: {a: 4, b: 6}}", "{}"), "0 are given"),
        (("{beta: {a: 4, b: 6}}", "{cauchy: {a: 4}}"), "cauchy"),
        (("{beta: {a: 4, b: 6}}", "{point: 1e6}"), "write an exponent as 1.0e6"),
        (("{beta: {a: 4, b: 6}}", "{point: true}"), "should be a number, not true"),
        (("{beta: {a: 4, b: 6}}", "{lognormal: {p05: 0.1, log_sd: 2}}"), "a lognormal is given by p05 and p95"),
        (("{beta: {a: 4, b: 6}}", "{lognormal: {median: 0, log_sd: 2}}"), "above zero"),
        (("{beta: {a: 4, b: 6}}", "{discrete: {values: [0, 1], weights: [0.5, 0.6]}}"), "sum to 1.1"),
        (("{beta: {a: 4, b: 6}}", "[1, 2]"), "grey.yaml:5"),
        (("basis: judgement\n  period_end: 2025", "basis: certain\n  period_end: 2025"), "basis"),
        (("period_end: 2025-12-31", "period_end: later"), "period_end"),
        (("  period_end: 2025-12-31\n", ""), "period_end"),
        (("sources: [guess]", "sources: []"), "sources"),
        (("sources: [guess]", "sources: [gues page 3]"), "'gues' is no id of sources.yaml; did you mean 'guess'?"),
        (("unit: share", "units: share"), "unit"),
        (("id: theta", "id: the ta"), "id"),
        (("support: share", "support: {min: 2, max: 1}"), "outside its support"),
        (("support: share", "support: sometimes"), "support"),
        (("- id: theta", "- &a\n  id: theta"), "anchors and aliases are not allowed"),
        (("title: Grey share", "title: !!python/object:os.system x"), "tag"),
        (("- id: theta", "theta:\n  id: theta"), "grey.yaml"),
    ],
)
def test_hostile_estimates_are_refused_with_file_and_line(folder, change, says):
    text = THETA.replace(*change)
    assert text != THETA
    put(folder, "grey.yaml", text)
    found = problems(folder)
    assert says in found
    assert re.search(r"^estimates/grey\.yaml:\d+: ", found, re.MULTILINE)


def test_a_vintage_may_not_rest_on_what_came_after(folder):
    late = (
        "  vintages:\n    - {until: 2024-12-31, period_end: 2025-06-30, distribution: {point: 0.4}, basis: judgement, sources: [guess]}\n"
    )
    put(folder, "grey.yaml", THETA + late)
    assert "a vintage of 2024-12-31 needs a period_end of that day or before" in problems(folder)


def test_a_rival_of_an_anchor_that_is_not_declared_is_refused(folder):
    value = "period_end: timeless, distribution: {point: 0.4}, basis: derived, sources: [guess]"
    rival = f"  rivals:\n    - {{by: Epoch AI, anchor: epoch, {value}}}\n"
    put(folder, "grey.yaml", THETA + rival)
    assert "anchor 'epoch' is not declared in anchors.yaml" in problems(folder)
    put(folder, "anchors.yaml", "- {id: epoch, title: Epoch AI, sources: [guess]}\n- {id: other, title: Other, sources: [guess]}\n")
    assert problems(folder) == "estimates/anchors.yaml:2: no estimate has a rival for the anchor 'other'"
    put(folder, "anchors.yaml", "- {id: epoch, title: Epoch AI, sources: [guess], switches: {sw_x: a}}\n")
    assert "there is no switch 'sw_x'" in problems(folder)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- {of: [theta, eta], rank: 1.5, because: so it is, basis: judgement, sources: [guess]}\n", "rank"),
        ("- {of: [theta, zeta], rank: 0.5, because: so it is, basis: judgement, sources: [guess]}\n", "there is no estimate 'zeta'"),
        ("- {of: [theta, theta], rank: 0.5, because: so it is, basis: judgement, sources: [guess]}\n", "two estimates are needed"),
        ("- {of: [theta, eta], rank: 0.5, because: so it is, basis: judgement, sources: [guess]}\n" * 2, "stand twice"),
    ],
)
def test_hostile_correlations_are_refused(folder, text, says):
    put(folder, "correlations.yaml", text)
    assert says in problems(folder)
    assert "estimates/correlations.yaml:" in problems(folder)


def test_correlations_that_cannot_hold_together_are_refused(folder):
    put(folder, "more.yaml", ETA.replace("id: eta", "id: xi"))
    pair = "- {{of: [{0}, {1}], rank: -0.9, because: so it is, basis: judgement, sources: [guess]}}\n"
    put(folder, "correlations.yaml", "".join(pair.format(*p) for p in (("theta", "eta"), ("eta", "xi"), ("theta", "xi"))))
    assert problems(folder).startswith("estimates/correlations.yaml:3: the rank correlations between eta, theta, xi cannot hold together")


SERIES = "- {id: flow, title: A flow, meaning: What flows., unit: H100e, period: quarter, basis: published, sources: [guess]}\n"
HEADER = "series,period,value,p05,p95,complete,scored,note\n"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("flow,2025Q1,5,7,9,yes,yes,", "history.csv:2: the range is inverted: p05 7, value 5, p95 9"),
        ("flow,2025Q1,5,,9,yes,yes,", "p05 and p95 stand together"),
        ("flow,2025Q1,-5,,,yes,yes,", "below zero"),
        ("flow,2025Q1,nan,,,yes,yes,", "not finite"),
        ("flow,2025Q1,much,,,yes,yes,", "'much' is not a number"),
        ("flow,2025Q1,,,,yes,yes,", "value is needed"),
        ("flow,2025,5,,,yes,yes,", "'2025' is a year, and the series is by quarter"),
        ("flow,2025Q7,5,,,yes,yes,", "is no period"),
        ("flow,2025Q1,5,,,maybe,yes,", "complete: should be 'yes' or 'no'"),
        ("flwo,2025Q1,5,,,yes,yes,", "'flwo' is not declared in history.yaml; did you mean 'flow'?"),
        ("flow,2025Q1,5,,,yes,yes,\nflow,2025Q1,6,,,yes,yes,", "history.csv:3: flow 2025Q1 stands twice"),
        ("flow,2025Q1,5,,,yes,no,", "has no scored point and does not say why"),
        ("flow,2025Q1,5", "has 3 fields"),
    ],
)
def test_hostile_history_is_refused_with_file_and_line(folder, row, says):
    put(folder, "history.yaml", SERIES)
    put(folder, "history.csv", HEADER + row + "\n")
    assert says in problems(folder)


def test_a_series_without_points_or_with_an_unknown_error_is_refused(folder):
    put(folder, "history.yaml", SERIES.replace("sources:", "level_error: err_x, sources:"))
    assert "has no points in history.csv" in problems(folder)
    assert "level_error: there is no estimate 'err_x'" in problems(folder)


def test_a_stray_table_and_a_link_out_of_the_folder_are_refused(folder, tmp_path):
    put(folder, "numbers.csv", "a\n1\n")
    assert "estimates/numbers.csv:1: there is no such table" in problems(folder)
    (folder / "estimates" / "numbers.csv").unlink()
    outside = tmp_path / "outside.yaml"
    outside.write_text(THETA, encoding="utf-8")
    (folder / "estimates" / "link.yaml").symlink_to(outside)
    assert "links out of the knowledge folder" in problems(folder)


def test_building_needs_neither_numpy_nor_scipy(tmp_path):
    """The wheel is built where neither is installed."""
    code = (
        "import sys\nsys.modules['numpy'] = sys.modules['scipy'] = None\n"
        "from pathlib import Path\nfrom thalweg.pack.estimates_build import build_estimates\n"
        f"build_estimates(Path({str(EMBEDDED)!r}), Path({str(tmp_path / 'estimates.json')!r}))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert json.loads((tmp_path / "estimates.json").read_bytes())["sha256"] == ALL.sha256


def test_a_decision_reads_no_estimates():
    code = (
        "import sys\nimport thalweg as tw\n"
        "tw.decide({'item': 'NVIDIA H20', 'to': 'CN', 'date': '2025-05-01'})\n"
        "print([m for m in sys.modules if 'estimate' in m or m.startswith('scipy')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_the_first_problem_stops_a_build(folder):
    put(folder, "grey.yaml", THETA.replace("{beta: {a: 4, b: 6}}", "{uniform: {min: 0.6, max: 0.1}}"))
    with pytest.raises(PackError, match=r"estimates/grey\.yaml:5"):
        build_estimates(folder)


# ---------------------------------------------------------------- overlays


def test_an_overlay_sets_a_number_and_keeps_the_old_one_beside_it(mine):
    laid = lay_estimates(ALL, mine(grey=CHANGE))
    theta = laid["theta"]
    assert (theta.value.distribution.a, theta.overlay, theta.value.by) == (3, "mine", "mine")
    assert any(r.by == "the pack" and r.distribution == ALL["theta"].value.distribution for r in theta.rivals)
    assert laid.sha256 != ALL.sha256
    assert [name for name, _ in laid.overlays] == ["mine"]
    assert {d.id for d in diff_estimates(ALL, laid)} == {"theta"}


def test_an_overlay_without_estimates_changes_nothing(mine):
    root = mine()
    (root / "estimates").rmdir()
    assert lay_estimates(ALL, root) is ALL


def test_an_overlay_changes_the_probabilities_of_a_switch_and_a_correlation(mine):
    switches = "- {id: sw_lag, probabilities: {lookback: 0, constant: 1}, basis: judgement, sources: [{citation: a panel}]}\n"
    pair = "- {of: [rho_2024, rho_2025], rank: 0, because: We think so., basis: judgement, sources: [{citation: a panel}]}\n"
    laid = lay_estimates(ALL, mine(switches=switches, correlations=pair))
    assert [o.probability for o in laid.switches["sw_lag"].options] == [0, 1]
    assert next(c.rank for c in laid.correlations if c.of == ("rho_2024", "rho_2025")) == 0
    assert {(d.what, d.after) for d in diff_estimates(ALL, laid)} == {
        ("probabilities", "lookback 0, constant 1"),
        ("rank correlation", "0"),
    }


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (
            {"grey": CHANGE.replace("id: theta", "id: thetta")},
            "mine/estimates/grey.yaml:1: there is no estimate 'thetta'; did you mean 'theta'",
        ),
        ({"grey": CHANGE.replace("unit: share", "unit: percent")}, "unit: theta is in 'share', not in 'percent'"),
        ({"grey": CHANGE.replace("beta: {a: 3, b: 5}", "uniform: {min: 0.5, max: 0.2}")}, "inverted"),
        ({"grey": CHANGE.replace("beta: {a: 3, b: 5}", "normal: {mean: 0.4, sd: -1}")}, "sd is -1"),
        ({"grey": CHANGE.replace("beta: {a: 3, b: 5}", "point: 40")}, "outside its support, 0 to 1"),
        ({"grey": CHANGE * 2}, "mine/estimates/grey.yaml:2: theta stands twice in the overlay 'mine'"),
        ({"grey": CHANGE.replace("[{citation: a panel, basis: judgement}]", "[panel]")}, "'panel' is no id of sources.yaml"),
        ({"grey": CHANGE.replace("- {", "- {extensive: true, ")}, "extensive"),
        ({"grey": "theta: 4\n"}, "should be a list of entries"),
        ({"history": SERIES}, "an overlay cannot change history"),
        (
            {"switches": "- {id: sw_lag, probabilities: {lookback: 0.5, constant: 0.6}, basis: judgement, sources: [{citation: x}]}\n"},
            "sum to one",
        ),
        (
            {"switches": "- {id: sw_lag, probabilities: {lookback: 1}, basis: judgement, sources: [{citation: x}]}\n"},
            "give each its probability",
        ),
        ({"switches": "- {id: sw_x, probabilities: {a: 1}, basis: judgement, sources: [{citation: x}]}\n"}, "there is no switch 'sw_x'"),
        (
            {"correlations": "- {of: [theta, qH20], rank: 0.5, because: so it is, basis: judgement, sources: [{citation: x}]}\n"},
            "'qH20' is fixed",
        ),
        (
            {"correlations": "- {of: [err_legal, err_nvidia], rank: -0.9, because: So it is., basis: derived, sources: [{citation: x}]}\n"},
            "cannot hold together",
        ),
    ],
)
def test_a_hostile_overlay_is_refused_with_file_and_line(mine, files, says):
    with pytest.raises(PackError) as caught:
        lay_estimates(ALL, mine(**files))
    assert says in str(caught.value)
    assert re.match(r"mine/estimates/\w+\.yaml:\d+: ", str(caught.value))


def test_two_overlays_may_not_set_the_same_number(mine):
    first, second = mine(grey=CHANGE), mine("yours", grey=CHANGE)
    with pytest.raises(PackError, match="theta was changed by the overlay 'mine' before"):
        lay_estimates(ALL, first, second)


def test_an_overlay_holds_no_tables_and_no_folders_of_numbers(mine):
    root = mine(grey=CHANGE)
    (root / "estimates" / "deep").mkdir()
    (root / "estimates" / "deep" / "more.yaml").write_text(CHANGE, encoding="utf-8")
    with pytest.raises(PackError, match="and no folders there"):
        lay_estimates(ALL, root)


def test_a_rule_overlay_with_numbers_leaves_decisions_as_they_are(mine):
    import thalweg as tw

    sale = {"item": "NVIDIA H20", "to": "CN", "date": "2025-05-01"}
    assert tw.decide(sale, overlays=[mine(grey=CHANGE)]).outcome == tw.decide(sale).outcome


def test_an_unknown_estimate_suggests_the_nearest():
    with pytest.raises(BadInput, match="did you mean 'theta'"):
        ALL["thetta"]


# ---------------------------------------------------------------- the page


def test_the_reference_page_is_written_from_the_pack():
    written = (ROOT / "docs/reference/estimates.md").read_text(encoding="utf-8")
    assert written == estimates_page(ALL), "run: python -m thalweg.pack.estimates_page --write docs/reference/estimates.md"


def test_the_page_names_every_estimate_switch_series_and_work():
    page = estimates_page(ALL)
    missing = [n for n in (*ALL.estimates, *ALL.switches, *ALL.chances, *ALL.anchors, *ALL.history, *ALL.sources) if f"`{n}`" not in page]
    assert missing == []
