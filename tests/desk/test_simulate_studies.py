"""Studies of the model at the desk: each asks the engine about a policy, and says what it rests on."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from thalweg.desk.policies import ready, the_policy
from thalweg.desk.simulate import simulate as run_policy
from thalweg.desk.simulate_charts import _counted, charts
from thalweg.desk.simulate_past import benchmarks, calibrate, hindcast
from thalweg.desk.simulate_search import AS_ENFORCED, CEILINGS, search, thresholds
from thalweg.desk.simulate_studies import METHODS, discover, sensitivity
from thalweg.desk.unpriced import PRICES, unpriced
from thalweg.evidence import BadInput
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import HEADLINE, Plan, ensemble, lever_path, simulate
from thalweg.scenarios.quarters import index
from thalweg.scenarios.search.objective import DEFAULT

FEW = {"seed": 3, "outcomes": ["lag", "flow_grey"]}


@pytest.mark.parametrize("method", METHODS)
def test_every_way_names_what_moves_the_lag(method):
    answer = sensitivity("control-camp", against="open-sales", method=method, base=64, runs=600, **FEW)
    assert {row["outcome"] for row in answer.rows()} == {"lag", "flow_grey"}
    assert answer.sentences
    assert json.dumps(answer.model_dump(mode="json"), allow_nan=False)


def test_the_lag_is_moved_by_diffusion_or_its_form():
    answer = sensitivity("status-quo", method="given", runs=3000, seed=3, outcomes=["lag"])
    assert {row["name"] for row in answer.rows()[:3]} & {"phi", "ga", "sw_lag"}


def test_judgement_has_its_share():
    answer = sensitivity("status-quo", by="basis", base=128, **FEW)
    assert "judgement" in {row["name"] for row in answer.rows()}


def test_learning_needs_a_choice():
    with pytest.raises(BadInput, match="name the other policy"):
        sensitivity("status-quo", method="learn", seed=1)


def test_a_way_that_there_is_not_names_the_nearest():
    with pytest.raises(BadInput, match="did you mean 'sobol'"):
        sensitivity("status-quo", method="sobl", seed=1)


def test_the_same_study_has_the_same_answer():
    one, other = (sensitivity("h20-era", method="given", runs=600, **FEW) for _ in range(2))
    assert one.model_dump_json() == other.model_dump_json()


def test_where_a_policy_fails_is_said_in_a_sentence_and_measured_again():
    answer = discover("status-quo", "lag", at_most=8.0, runs=1500, seed=3)
    assert answer.sentences[0].startswith("Where ")
    assert "On fresh draws" in answer.sentences[1]
    assert 0 < answer.details["share"] < 1
    for row in answer.rows():
        assert {"coverage", "density", "mass"} <= row.keys()
        for name in ("coverage", "density"):
            assert row[f"{name} fresh p5"] <= row[f"{name} fresh"] <= row[f"{name} fresh p95"]
    assert f"{answer.rows()[0]['density']:.0%}" in answer.sentences[1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "state either at_least or at_most"),
        ({"at_least": 1, "at_most": 2}, "state either at_least or at_most"),
        ({"at_most": 6, "year": 2050}, "2022 to 2032"),
        ({"at_most": 6, "runs": 10}, "100 at the least"),
    ],
)
def test_a_failure_that_cannot_be_is_one_clear_error(options, said):
    with pytest.raises(BadInput, match=said):
        discover("status-quo", "lag", seed=1, **options)


def test_thresholds_are_resolved_once_through_the_rulebook():
    grid = thresholds(ready(the_policy("status-quo")))
    assert grid.names == (*CEILINGS, AS_ENFORCED)
    at = index("2028Q1")
    useful = dict(zip(grid.names, np.asarray(grid.paths["qL"])[:, at] * np.asarray(grid.paths["legal"])[:, at], strict=True))
    assert useful["closed"] == 0.0
    ordered = [useful[name] for name in ("closed", "H20", "H200", "B30A", "B200", "open")]
    assert ordered == sorted(ordered)
    assert useful[AS_ENFORCED] == pytest.approx(useful["H200"])


def test_a_search_finds_paths_and_goes_on_from_its_checkpoint(tmp_path):
    small = {"levers": ["E", "threshold", "kO"], "candidates": 40, "population": 8, "draws": 30, "fresh": 60, "seed": 2}
    whole = search("status-quo", **small)
    assert whole.rows()
    assert {o["name"] for o in whole.details["objectives"]} == {"security", "innovation", "cost"}
    held = tmp_path / "front.ckpt"

    class Stop(Exception):
        """An interrupt after the second generation."""

    def stop(done, _to_do, _front):
        if done >= 16:
            raise Stop

    with pytest.raises(Stop):
        search("status-quo", checkpoint=held, progress=stop, **small)
    assert held.exists()
    assert search("status-quo", checkpoint=held, **small).rows() == whole.rows()


def held(objectives):
    return [outcome for o in objectives for outcome in o.outcomes]


def test_levers_without_a_cost_are_said_to_be_free():
    assert unpriced(["E", "v", "a", "x"], held(DEFAULT)) == ["v", "x"]
    assert unpriced(["E", "v"], held(DEFAULT[:2])) == ["E", "v"]
    answer = search("status-quo", levers=["E", "v", "kO"], candidates=40, draws=10, fresh=50, population=20, seed=1)
    assert answer.details["unpriced"] == ["v", "kO"]
    assert "No objective holds a cost of v, kO" in answer.sentences[-1]
    high = {name: sum(row[f"{name} from 2027Q1"] >= 0.75 for row in answer.rows()) for name in ("v", "kO")}
    told = ", ".join(f"{name} in {count}" for name, count in high.items())
    assert answer.sentences[-1].endswith(f"In the top quarter of its range, of {len(answer.rows())} paths: {told}.")
    assert all("no cost is held of v, kO" in chart for chart in charts(answer))
    assert search("status-quo", levers=["E", "fee"], candidates=40, draws=10, fresh=50, population=20, seed=1).details["unpriced"] == []


def test_prices_name_the_levers_that_cost_in_the_model():
    """A lever that is moved alone moves the outcomes that are named as its price."""
    base = ready(the_policy("status-quo")).plan().levers
    blocks = ensemble(load_estimates(), 50, 1)
    start = {"E": 2e8, "a": 1.0, "s": 1.0, "fee": 0.3}
    for lever, names in PRICES.items():
        if lever == "threshold":
            continue
        other = {"a": {"2027Q1": 0.5}, "s": {"2027Q1": 0.5}} if lever in "as" else {}
        one, two = (lever_path(base, **{**other, lever: {"2027Q1": v}}) for v in (0.0 if lever != "E" else 1e7, start[lever]))
        for name in names:
            low, high = (simulate(blocks, Plan(p), outcomes=(name,), quarterly=()).yearly[name][5] for p in (one, two))
            assert (high != low).any(), (lever, name)


def test_a_lever_that_is_not_searched_over_names_the_nearest():
    with pytest.raises(BadInput, match="'thresold' is not searched over"):
        search("status-quo", levers=["thresold"], seed=1)


def test_a_hindcast_puts_failures_first():
    answer = hindcast(runs=2000)
    failed = [row["failed"] for row in answer.rows()]
    assert failed == sorted(failed, reverse=True)
    assert "frozen" in answer.summary or "CHANGED" in answer.summary


def test_a_calibration_says_whether_it_is_one():
    answer = calibrate(runs=2000)
    assert "calibrated" in answer.sentences[0]
    spread = [row["spread left"] for row in answer.rows()]
    assert spread == sorted(spread)


def test_the_scoreboard_has_two_columns():
    answer = benchmarks(runs=300)
    assert {row["column"] for row in answer.rows()} == {"calculation", "model"}
    assert set(HEADLINE) >= {"flow_domestic", "flow_legal"}
    assert all(row["source"] for row in answer.rows())


def test_a_front_carries_the_judgement_that_moves_its_best_paths_on_fresh_draws():
    answer = search("status-quo", levers=["E", "v"], candidates=40, draws=10, fresh=600, population=20, seed=1)
    assert answer.details["moved"]
    for drawn in charts(answer):
        assert "Moved by judgement: " in drawn
        assert "10 draws in the search, 600 fresh draws for the front" in " ".join(re.sub(r"<[^>]+>", "", drawn).split())
        assert answer.details["moved"][0][0] in drawn
    few = search("status-quo", levers=["E"], candidates=20, draws=10, fresh=20, population=10, seed=1)
    assert all("can be told from noise at 20 runs" in drawn for drawn in charts(few))


def test_the_panels_of_a_hindcast_carry_the_judgement_that_moves_its_runs():
    (drawn,) = charts(hindcast(runs=2000))
    assert "Moved by judgement: " in drawn


def test_what_is_learned_from_few_runs_is_said_to_be_noisy():
    given = {"against": "cooperation-camp", "method": "learn", "outcomes": ["lag"], "seed": 1}
    assert "From 200 runs, fewer than 2,000, this is noisy." in sensitivity("control-camp", runs=200, **given).sentences
    assert not any("noisy" in s for s in sensitivity("control-camp", runs=2000, **given).sentences)


def test_a_search_says_in_units_how_its_draws_flattered_or_slighted_the_front():
    answer = search("status-quo", levers=["E", "v"], candidates=40, draws=10, fresh=60, population=20, seed=1)
    (said,) = (x for x in answer.sentences if x.startswith("On the draws of the search"))
    assert re.search(r"(better|worse) by [\d.]+ months of security", said)
    assert re.search(r"(better|worse) by \$[\d.]+[kMB] of cost", said)
    assert "e+" not in said
    assert "\N{MINUS SIGN}" not in said
    assert "10 draws in the search, 60 fresh draws for the front" in answer.explain()
    assert [o["unit"] for o in answer.details["objectives"]] == ["months", "index", "$"]


def test_what_grows_over_orders_of_magnitude_has_a_bent_axis_and_is_called_by_its_title():
    drawn = charts(run_policy("status-quo", runs=60, seed=3, outcomes=["flow_grey", "lag"]))
    grey, lag = (next(x for x in drawn if f">{name}; " in x) for name in ("flow_grey", "lag"))
    assert "symmetric-log axis" in grey
    assert "symmetric-log axis" not in lag
    assert ">Smuggled to China, delivered<" in grey


def test_quarters_of_history_that_nobody_counted_are_told_from_those_that_were():
    class Point:
        def __init__(self, how):
            self.how = how

    seen = {"2025Q4": Point("counted"), "2026Q1": Point("reported"), "2026Q2": Point("bound"), "2026Q3": Point("judgement")}
    assert _counted(seen, "2026Q3") == "2026Q1"
    assert _counted({"2025": Point("counted"), "2025Q4": Point("counted")}, "2026Q3") == "2026Q3"
