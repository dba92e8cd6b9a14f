"""Zero, one and few runs: refused or said to be too few, in every verb; never an empty answer."""

from __future__ import annotations

import pytest

from thalweg.desk.few_runs import LEAST_EFFECTIVE, counted_runs, few_draws, few_effective, few_words, refuse_few
from thalweg.desk.simulate import simulate
from thalweg.desk.simulate_compare import compare
from thalweg.desk.simulate_past import benchmarks, calibrate
from thalweg.desk.simulate_search import search
from thalweg.desk.simulate_studies import discover, sensitivity
from thalweg.evidence import BadInput
from thalweg.scenarios.sensitivity.given_data import LEAST_RUNS

VERBS = {
    "simulate": lambda runs: simulate("status-quo", runs=runs, outcomes=["lag"]),
    "compare": lambda runs: compare(["status-quo", "control-camp"], runs=runs, outcomes=["lag"], variants=False),
    "given": lambda runs: sensitivity("status-quo", method="given", runs=runs, outcomes=["lag"]),
    "learn": lambda runs: sensitivity("status-quo", method="learn", against="control-camp", runs=runs, outcomes=["lag"]),
    "discover": lambda runs: discover("status-quo", "lag", at_most=6, runs=runs),
    "draws": lambda runs: search("status-quo", levers=["E"], candidates=20, population=20, draws=runs),
    "fresh": lambda runs: search("status-quo", levers=["E"], candidates=20, population=20, draws=5, fresh=runs),
}


@pytest.mark.parametrize("runs", [0, -1, True, 2.5, "many"])
@pytest.mark.parametrize("verb", VERBS)
def test_what_is_no_number_of_runs_is_refused(verb, runs):
    with pytest.raises(BadInput, match=r"(runs|draws|fresh): .* given; a whole number from 1 on is needed"):
        VERBS[verb](runs)


@pytest.mark.parametrize(("verb", "least"), [("given", LEAST_RUNS), ("learn", LEAST_RUNS), ("discover", 100)])
def test_a_study_that_cannot_be_made_of_one_run_says_how_many_it_needs(verb, least):
    with pytest.raises(BadInput, match=f"runs: 1 run given; .* needs {least} at the least"):
        VERBS[verb](1)


@pytest.mark.parametrize("verb", ["simulate", "compare"])
def test_one_run_is_answered_and_said_to_be_too_few(verb):
    text = VERBS[verb](1).explain()
    assert "1 run cannot show how sure an answer is: every quantile is that run" in text
    assert "cannot show how sure" not in VERBS[verb](LEAST_RUNS).explain()


def test_a_search_on_one_draw_says_that_its_front_is_chance():
    answer = search("status-quo", levers=["E", "fee"], candidates=20, population=20, draws=1, fresh=1, seed=1)
    assert "With 1 draw and 1 fresh draw the front is mostly that of chance" in " ".join(answer.sentences)


def test_benchmarks_of_one_run_say_so():
    assert "1 run cannot show how sure" in benchmarks(runs=1).sentences[0]


def test_a_fit_to_a_handful_of_runs_is_not_called_calibrated():
    answer = calibrate(runs=400, waves=1)
    assert answer.sentences[0].endswith(f"{LEAST_EFFECTIVE} are needed: not calibrated.")
    assert "too small" in answer.sentences[1]


def test_few_runs_leave_no_tornado_and_say_so():
    answer = sensitivity("status-quo", method="given", runs=100, outcomes=["lag"])
    assert answer.details["tornado"] == []
    assert "no tornado is drawn" in answer.sentences[-1]


def test_morris_needs_two_base_points():
    with pytest.raises(BadInput, match="base: 0 given"):
        sensitivity("status-quo", method="morris", base=0, outcomes=["lag"])


def test_the_words_follow_from_the_numbers():
    assert (counted_runs(1), counted_runs(2000), counted_runs(1, "draw")) == ("1 run", "2,000 runs", "1 draw")
    assert few_words(LEAST_RUNS) == []
    assert few_draws(200, 2000) == []
    assert few_effective(float(LEAST_EFFECTIVE), 1000) == []
    refuse_few(LEAST_RUNS, "anything")
