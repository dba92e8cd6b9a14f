"""Simulate: a policy, a seed and a pack give the same bytes, and every number in the answer can be traced."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from thalweg.desk import simulate_files as files
from thalweg.desk.policies import WORDS, ready, the_policy
from thalweg.desk.scenarios_asked import asked, policy_of, run_policy
from thalweg.desk.simulate import simulate
from thalweg.desk.simulate_charts import charts
from thalweg.evidence import BadInput, PackError
from thalweg.pack.policies import policy_files
from thalweg.scenarios import HEADLINE, LABELS, OUTCOMES, Plan, lever_path
from thalweg.scenarios import simulate as engine
from thalweg.scenarios.quantiles import NAMES

ROOT = Path(__file__).resolve().parents[2]

SMALL = {"runs": 200, "seed": 7}
SHIPPED = tuple(policy_files())


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_policy_runs(name):
    answer = simulate(name, runs=300, seed=3)
    assert set(answer.outcomes) == set(OUTCOMES)
    assert all(np.isfinite(list(row.values())).all() for fan in answer.outcomes.values() for row in fan.quarters.values())


def test_each_outcome_and_quarter_has_its_quantiles_in_order():
    answer = simulate("status-quo", **SMALL)
    for fan in answer.outcomes.values():
        assert tuple(fan.quarters) == LABELS
        for row in fan.quarters.values():
            assert tuple(row) == NAMES
            levels = [row[k] for k in NAMES[:-1]]
            assert levels == sorted(levels)


def test_the_numbers_are_those_of_the_engine():
    policy = ready(the_policy("control-camp"))
    question = asked(**SMALL)
    draws = question.draws()
    plan = policy.plan(draws.draws)
    there = engine(draws, plan, outcomes=("lag",), quarterly=("lag",)).quarterly["lag"]
    here = simulate("control-camp", **SMALL)
    assert np.array_equal(here.array("lag"), there)
    assert here.outcomes["lag"].quarters["2030Q4"]["p50"] == pytest.approx(np.median(there[LABELS.index("2030Q4")]), rel=1e-5)


def test_numbers_have_six_significant_digits():
    answer = simulate("status-quo", **SMALL)
    numbers = [x for fan in answer.outcomes.values() for row in fan.quarters.values() for x in row.values()]
    assert all(float(f"{x:.6g}") == x for x in numbers)


@pytest.mark.parametrize("ending", [".json", ".csv", ".parquet"])
def test_the_same_hash_gives_the_same_bytes(tmp_path, ending):
    one, other = (simulate("h20-era", **SMALL) for _ in range(2))
    files.write(one, tmp_path / f"one{ending}")
    files.write(other, tmp_path / f"other{ending}")
    assert one.hash == other.hash
    assert (tmp_path / f"one{ending}").read_bytes() == (tmp_path / f"other{ending}").read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 8},
        {"runs": 201},
        {"dtype": "float64"},
        {"anchor": "ai-2040"},
        {"definition": "accessible-fp8"},
        {"set": {"chi": 0.5}},
        {"outcomes": ["lag"]},
        {"method": "sobol"},
    ],
)
def test_whatever_is_asked_otherwise_has_another_hash(change):
    assert simulate("status-quo", **(SMALL | change)).hash != simulate("status-quo", **SMALL).hash


def test_another_parameter_of_a_rulebook_has_another_hash():
    one, other = (simulate("h20-era", **SMALL, outcomes=["lag"], set={"ceiling_tpp": x}) for x in (2400, 2401))
    assert one.hash != other.hash
    assert one.array("lag").tobytes() == other.array("lag").tobytes()  # no chip between the two


def test_a_policy_that_changes_nothing_differs_by_exactly_zero(tmp_path):
    path = tmp_path / "same.yaml"
    path.write_text(
        "id: same\ntitle: Nothing new\nsummary: The status quo once more.\nbased_on: status-quo\nstarts: 2027Q1\n", encoding="utf-8"
    )
    one, other = (simulate(p, **SMALL) for p in (path, "status-quo"))
    assert all(np.array_equal(one.array(name), other.array(name)) for name in OUTCOMES)


@pytest.mark.parametrize("name", [n for n in SHIPPED if n != "status-quo"])
def test_no_policy_changes_what_was_before_it(name):
    start = LABELS.index(the_policy(name).starts)
    one, other = (simulate(p, **SMALL) for p in (name, "status-quo"))
    for outcome in OUTCOMES:
        assert np.array_equal(one.array(outcome)[:start], other.array(outcome)[:start])


def test_blocks_and_passes_change_nothing(monkeypatch):
    whole = simulate("cooperation-camp", runs=500, seed=2)
    monkeypatch.setattr("thalweg.desk.simulate.AT_ONCE", 44 * 500 * 3)
    assert simulate("cooperation-camp", runs=500, seed=2).model_dump() == whole.model_dump()


def test_runs_in_blocks_meet_their_own_draws():
    """How a generation fades is a lever that differs by run: each block must be given its own part."""
    policy, _ = policy_of("cooperation-camp")
    question = asked(runs=9000, seed=1)
    draws = question.draws()
    assert len(draws) > 1
    capped = lever_path(policy.plan().levers, cap={"2027Q1": 0.5})
    path = policy.plan(draws.draws).levers.values["m"]
    result = run_policy(question, policy, outcomes=("flow_legal",))
    assert result.quarterly["flow_legal"].shape == (44, 9000)
    assert path.ndim == 1  # without a cap the share does not matter
    assert capped.values["cap"][-1] == 0.5


def test_the_levers_that_the_tests_of_the_model_start_from_are_those_of_the_status_quo():
    given = yaml.safe_load((ROOT / "tests/scenarios/as_enforced.yaml").read_text(encoding="utf-8"))
    written, decided = lever_path(**given).values, ready(the_policy("status-quo")).plan().levers.values
    for name, path in written.items():
        capped = written["cap"] < 1e6 if name == "m" else slice(None)
        np.testing.assert_allclose(path[capped], decided[name][capped], rtol=1e-3, err_msg=name)


def test_one_run_is_enough():
    answer = simulate("status-quo", runs=1, seed=1)
    row = answer.outcomes["lag"].quarters["2030Q4"]
    assert row["p5"] == row["p50"] == row["p95"] == row["mean"]


def test_a_seed_that_is_left_out_is_chosen_and_stands_in_the_answer():
    answer = simulate("status-quo", runs=10)
    again = simulate("status-quo", runs=10, seed=answer.asked["seed"])
    assert answer.model_dump() == again.model_dump()


def test_float32_stays_float32_and_is_near_float64():
    narrow, wide = (simulate("status-quo", **SMALL, dtype=d) for d in ("float32", "float64"))
    assert {narrow.array(n).dtype for n in OUTCOMES} == {np.dtype(np.float32)}
    assert {wide.array(n).dtype for n in OUTCOMES} == {np.dtype(np.float64)}
    for name in HEADLINE:
        a, b = (x.outcomes[name].quarters["2030Q4"]["p50"] for x in (narrow, wide))
        assert a == pytest.approx(b, rel=1e-2, abs=1e-6)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"runs": 0}, "runs: 0 given"),
        ({"runs": -1}, "runs: -1"),
        ({"runs": 2.5}, "runs: 2.5"),
        ({"runs": True}, "runs: True"),
        ({"seed": -1}, "seed: -1"),
        ({"dtype": "float16"}, "there are float32, float64"),
        ({"anchor": "epohc"}, "did you mean 'epoch'"),
        ({"definition": "owned"}, "owned-fp8"),
        ({"outcomes": ["lagg"]}, "did you mean 'lag'"),
        ({"set": {"thetta": 0.4}}, "did you mean 'theta'"),
        ({"set": {"theta": 1.4}}, "outside its support"),
        ({"set": {"theta": "much"}}, "theta should be a number"),
        ({"set": {"sw_lag": "linear"}}, "it has lookback, constant"),
        ({"overlays": ["nowhere"]}, "neither a folder"),
        ({"method": "grid"}, "there are lhs, sobol, mc"),
    ],
)
def test_an_option_that_cannot_be_is_one_clear_error(options, said):
    with pytest.raises(BadInput, match=said):
        simulate("status-quo", **(SMALL | options))


def test_a_number_held_moves_what_it_should():
    low, high = (simulate("status-quo", **SMALL, set={"theta": x}).outcomes["flow_grey"].quarters["2030Q4"]["p50"] for x in (0.1, 0.9))
    assert low < high


def test_a_switch_is_held_by_the_name_of_its_option():
    one, other = (simulate("status-quo", **SMALL, set={"sw_lag": x}) for x in ("lookback", "constant"))
    assert not np.array_equal(one.array("lag"), other.array("lag"))
    assert np.array_equal(one.array("flow_grey"), other.array("flow_grey"))


def test_an_overlay_with_an_inverted_range_names_file_and_line(tmp_path):
    (tmp_path / "mine" / "estimates").mkdir(parents=True)
    (tmp_path / "mine" / "overlay.yaml").write_text("id: mine\ntitle: Numbers of our own\nkind: what_if\n", encoding="utf-8")
    (tmp_path / "mine" / "estimates" / "grey.yaml").write_text(
        "- {id: theta, unit: share, distribution: {uniform: {min: 0.6, max: 0.4}}, basis: judgement, sources: [judgement]}\n",
        encoding="utf-8",
    )
    with pytest.raises(PackError, match=r"mine/estimates/grey.yaml:1"):
        simulate("status-quo", **SMALL, overlays=[tmp_path / "mine"])


def test_numbers_of_an_overlay_are_in_the_hash_and_in_the_answer(tmp_path):
    (tmp_path / "mine" / "estimates").mkdir(parents=True)
    (tmp_path / "mine" / "overlay.yaml").write_text("id: mine\ntitle: Numbers of our own\nkind: what_if\n", encoding="utf-8")
    (tmp_path / "mine" / "estimates" / "grey.yaml").write_text(
        "- {id: theta, unit: share, distribution: {uniform: {min: 0.1, max: 0.2}}, basis: judgement, sources: [judgement]}\n",
        encoding="utf-8",
    )
    answer = simulate("status-quo", **SMALL, overlays=[tmp_path / "mine"])
    assert [x["id"] for x in answer.asked["estimates_overlays"]] == ["mine"]
    assert answer.hash != simulate("status-quo", **SMALL).hash


def test_a_chart_carries_the_policy_and_what_was_asked_otherwise():
    base = simulate("control-camp", **SMALL, outcomes=["lag"])
    held = simulate("control-camp", **SMALL, outcomes=["lag"], anchor="ai-2040", set={"phi": 0.3})
    policy = base.policy_content["sha256"][:12]
    assert f"control-camp {policy};" in charts(base)[0]
    assert f"control-camp {policy};" in charts(held)[0]
    assert "owned-fp8, anchor ai-2040, phi = 0.3." in charts(held)[0]


def test_a_chart_of_300_runs_names_the_judgement_that_moves_it():
    drawn = "".join(charts(simulate("status-quo", runs=300, seed=7)))
    assert "Moved by judgement: " in drawn
    assert "can be told from noise" not in drawn


def test_history_is_said_to_be_history():
    answer = simulate("status-quo", **SMALL)
    assert answer.outcomes["flow_legal"].observed_until == "2026Q3"
    assert answer.outcomes["lag"].observed_until is None


def test_the_chip_that_the_rules_let_through_stands_in_the_answer():
    chips = simulate("h20-era", **SMALL).best_legal_chip
    assert chips["2026Q1"] == "NVIDIA H200 SXM"
    assert chips["2027Q1"] == "NVIDIA H20"


def test_judgement_that_moves_an_outcome_is_named():
    answer = simulate("status-quo", runs=2000, seed=7)
    names = [d.name for d in answer.outcomes["lag"].drivers]
    assert {"phi", "ga"} & set(names)
    assert 0 <= answer.outcomes["lag"].judgement_share <= 1
    text = answer.explain()
    assert "moved most by judgement" in text
    assert answer.hash[:16] in text
    assert "seed 7" in text


def test_parquet_holds_the_rows_of_the_csv(tmp_path):
    answer = simulate("status-quo", **SMALL, outcomes=["lag", "premium"])
    for ending in (".csv", ".parquet", ".json"):
        files.write(answer, tmp_path / f"out{ending}")
    csv, parquet = pl.read_csv(tmp_path / "out.csv"), pl.read_parquet(tmp_path / "out.parquet")
    assert csv.equals(parquet)
    assert csv.shape == (88, 11)
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["outcomes"]["lag"]["quarters"]["2030Q4"]["p50"] == csv.filter(
        (pl.col("outcome") == "lag") & (pl.col("quarter") == "2030Q4")
    ).item(0, "p50")


def test_a_file_of_another_kind_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(BadInput, match=r"ends in .json, .csv, .parquet"):
        files.refuse(tmp_path / "out.txt")
    with pytest.raises(BadInput, match="there is no folder"):
        files.refuse(tmp_path / "nowhere" / "out.csv")


ADAPTIVE = """id: turning
title: Turning
summary: A policy that turns.
based_on: status-quo
starts: 2027Q1
levers: {v: {2027Q1: 0.1}}
triggers:
  - {id: one, because: At once, outcome: lag, at_least: 0, levers: {E: {2027Q1: 200000000}}}
  - {id: two, because: Then, outcome: lag, at_least: 0, after: one, levers: {w: {2027Q1: 1}}}
"""


def test_a_trigger_waits_for_the_one_that_it_follows(tmp_path):
    path = tmp_path / "turning.yaml"
    path.write_text(ADAPTIVE, encoding="utf-8")
    answer = simulate(path, **SMALL, outcomes=["enforcement_cost", "interdiction"])
    cost = answer.array("enforcement_cost")
    first = LABELS.index("2027Q2")
    assert (cost[first - 1] < 20e6).all()
    assert (cost[first] == 50e6).all()  # one fired in 2027Q1
    assert (cost[first + 1] == 50e6).all()  # two stands on one, in 2027Q3
    one, two = ready(the_policy(path)).plan().branches
    assert (one[0].after, two[0].after) == (None, 0)
    assert two[1].values["w"][-1] == 1.0
    assert two[1].values["E"][-1] == 200e6
    hazard = answer.array("interdiction")
    assert (hazard[first + 1] > hazard[first]).all()


def test_every_outcome_of_the_engine_can_be_asked_for():
    answer = simulate("status-quo", **SMALL, outcomes=list(WORDS.outcomes))
    assert set(answer.outcomes) == set(WORDS.outcomes)


def test_plan_without_draws_is_the_one_of_the_medians():
    plan = ready(the_policy("status-quo")).plan()
    assert isinstance(plan, Plan)
    assert all(path.ndim == 1 for path in plan.levers.values.values())
