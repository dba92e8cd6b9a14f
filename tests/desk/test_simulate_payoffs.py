"""Policies against strategies of others: the table, the worst replies, minimax and minimax regret, and what the runs leave open."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from thalweg.desk.scenarios_asked import asked
from thalweg.desk.simulate_charts import charts, payoffs_chart
from thalweg.desk.simulate_compare import compare
from thalweg.desk.simulate_compare_text import tables
from thalweg.desk.simulate_payoffs import ASKED_FOR, MOST_RUNS, _choices, _first, _scores
from thalweg.desk.simulate_payoffs_model import Payoffs, Reply
from thalweg.desk.simulate_payoffs_text import reply_of, reply_words, sentences

CAMPS = ["control-camp", "cooperation-camp"]
ANSWER = compare(CAMPS, runs=300, seed=7, years=[2030], variants=False, responses=True)
FOUND = ANSWER.payoffs


def test_every_policy_meets_every_pair_of_strategies():
    wanted = {(p, b.id, a.id, o) for p in CAMPS for b in FOUND.beijing for a in FOUND.allies for o in ASKED_FOR}
    assert {(c.policy, c.beijing, c.allies, c.outcome) for c in FOUND.cells} == wanted
    assert len(FOUND.cells) == len(wanted)


def test_the_column_that_chooses_nothing_is_the_comparison_itself():
    for d in ANSWER.pairs[0].differences:
        if d.outcome in ASKED_FOR:
            one, other = (FOUND.cell(p, d.outcome, 2030) for p in CAMPS)
            assert one.mean == pytest.approx(d.a.mean, rel=1e-4)
            assert other.mean == pytest.approx(d.b.mean, rel=1e-4)
            assert (one.p5, one.p50, one.p95) == pytest.approx((d.a.p5, d.a.p50, d.a.p95), rel=1e-4)


def test_the_worst_reply_is_the_worst_cell_of_its_row():
    for r in FOUND.replies:
        cells = [FOUND.cell(r.policy, r.outcome, r.year, x.id).mean for x in FOUND.beijing]
        assert r.mean == pytest.approx(min(cells) if FOUND.better[r.outcome] == "higher" else max(cells))
        assert r.behind >= 0
        assert 0 <= r.stands <= 1


def test_minimax_and_minimax_regret_are_those_of_the_table():
    for c in FOUND.choices:
        if c.allies != "as-asked":
            continue
        sign = 1.0 if FOUND.better[c.outcome] == "higher" else -1.0
        table = np.array([[sign * FOUND.cell(p, c.outcome, c.year, x.id).mean for x in FOUND.beijing] for p in CAMPS])
        if c.rule == "minimax":
            assert c.policy == CAMPS[int(table.min(axis=1).argmax())]
            assert c.value == pytest.approx(sign * table.min(axis=1).max(), rel=1e-4)
        else:
            regret = (table.max(axis=0) - table).max(axis=1)
            assert c.policy == CAMPS[int(regret.argmin())]
            assert c.value == pytest.approx(regret.min(), rel=1e-3, abs=1e-6)


def test_over_more_strategies_the_worst_is_never_better():
    by = {(c.outcome, c.rule, c.allies): c for c in FOUND.choices}
    for outcome in FOUND.outcomes:
        one, every = by[outcome, "minimax", "as-asked"], by[outcome, "minimax", "any"]
        assert (every.value <= one.value) if FOUND.better[outcome] == "higher" else (every.value >= one.value)


@given(arrays(np.float64, (3, 5), elements=st.floats(-1e6, 1e6)))
def test_the_laws_of_both_rules(table):
    regret = _scores(table, regret=True)
    assert (regret >= 0).all()
    assert (regret.min(axis=0) == 0).all()  # in each column some policy is not behind
    np.testing.assert_array_equal(_scores(table, regret=False), -table)
    ahead = np.vstack([table, table.max(axis=0) + 1.0])  # one that is best everywhere is picked by both
    assert _scores(ahead, regret=True).max(axis=1).argmin() == 3
    assert _scores(ahead, regret=False).max(axis=1).argmin() == 3


def test_two_textbook_tables_are_decided_as_in_the_textbook():
    """Savage's rule picks another row than Wald's where one row is safe and the other loses little."""
    table = np.array([[0.0, 100.0], [1.0, 1.0]])
    assert _scores(table, regret=False).max(axis=1).argmin() == 1
    assert _scores(table, regret=True).max(axis=1).argmin() == 0


def picks(table, again):
    means, redone = np.asarray(table, dtype=float), np.asarray(again, dtype=float)
    choices = _choices(
        means[None, :, :, None], redone[None, :, :, None], [("lag", 2030)], ["one", "two"], (["x", "y"], ["as-asked"]), np.ones(1)
    )
    return {(c.rule, c.allies): c for c in choices}


def test_a_choice_that_resamples_do_not_make_again_is_too_close_to_call():
    table = [[1.0, 2.0], [1.01, 1.9]]
    again = np.stack([table] * 60 + [[[1.02, 2.0], [1.01, 1.9]]] * 40, axis=-1)
    found = picks(table, again)["minimax", "as-asked"]
    assert (found.policy, found.stands, found.settled) == ("two", 0.6, False)
    sure = picks(table, np.stack([table] * 100, axis=-1))["minimax", "as-asked"]
    assert (sure.stands, sure.settled) == (1.0, True)


def test_policies_that_are_alike_leave_nothing_to_choose():
    table = [[1.0, 2.0], [1.0, 2.0]]
    found = picks(table, np.stack([table] * 20, axis=-1))
    assert all(c.same for c in found.values())
    assert found["minimax regret", "any"].worst == ""


def test_a_twin_differs_under_no_strategy(tmp_path):
    paths = [tmp_path / "twin.yaml", tmp_path / "same.yaml"]
    for path in paths:
        text = f"id: {path.stem}\ntitle: {path.stem}\nsummary: The same again.\nbased_on: status-quo\nstarts: 2027Q1\n"
        path.write_text(text, encoding="utf-8")
    answer = compare(paths, runs=60, seed=1, years=[2030], variants=False, responses=True)
    assert all(c.same for c in answer.payoffs.choices)
    text = " ".join(sentences(answer.payoffs, 2030, titles={"twin": "T", "same": "S"}, called={n: n for n in answer.payoffs.outcomes}))
    assert "every policy gives the same under every strategy of Beijing" in text


def test_a_reply_that_the_runs_cannot_tell_from_the_next_names_both():
    given = {"policy": "p", "outcome": "lag", "year": 2030, "beijing": "x", "mean": 1.0, "runner_up": "y", "stands": 0.6}
    assert reply_words(Reply(**given, behind=0.1, error=0.1)) == "x or y, too close to call"
    assert reply_words(Reply(**given, behind=0.3, error=0.1)) == "x"
    assert reply_words(Reply(**given | {"runner_up": ""}, behind=0.0, error=0.0)) == "none: all alike"


def test_the_sentences_name_both_rules_the_reply_and_its_payoff():
    told = list(sentences(FOUND, 2030, titles={p: p for p in CAMPS}, called={n: n for n in FOUND.outcomes}))
    assert len(told) == len(FOUND.outcomes)
    for text in told:
        assert "minimax" in text
        assert "worst reply to" in text


def test_a_table_of_the_terminal_has_a_row_for_each_outcome_and_policy_and_a_column_for_each_strategy():
    found = dict(tables(ANSWER))
    rows = next(v for k, v in found.items() if k.startswith("payoffs in 2030"))
    assert [(r["outcome"].split(",")[0], r["policy"]) for r in rows] == [(o, p) for o in ASKED_FOR for p in CAMPS]
    assert {x.id for x in FOUND.beijing} <= set(rows[0])
    assert {"allies free-ride", "allies backfill", "worst reply"} <= set(rows[0])


def test_json_holds_the_table_whole():
    back = Payoffs.model_validate(json.loads(ANSWER.model_dump_json())["payoffs"])
    assert back == FOUND


def test_the_picture_frames_the_worst_reply_and_names_every_strategy():
    (drawn,) = payoffs_chart(ANSWER)
    assert drawn in charts(ANSWER)
    for x in FOUND.beijing:
        assert f">{x.id}<" in drawn
    assert "seed 7, 300 runs" in drawn
    assert drawn.count("\N{BLACK DIAMOND}") == len(ASKED_FOR)


def test_the_same_question_has_the_same_table():
    again = compare(CAMPS, runs=300, seed=7, years=[2030], variants=False, responses=True)
    assert again.payoffs == FOUND


def test_left_out_there_is_no_table_and_another_hash():
    plain = compare(CAMPS, runs=300, seed=7, years=[2030], variants=False)
    assert plain.payoffs is None
    assert plain.hash != ANSWER.hash
    assert plain.pairs == ANSWER.pairs


def test_outcomes_without_a_better_side_are_not_played_for():
    assert compare(CAMPS, runs=20, seed=1, outcomes=["premium"], variants=False, responses=True).payoffs is None


def test_another_side_turns_the_worst_reply():
    turned = compare(CAMPS, runs=100, seed=7, years=[2030], outcomes=["lag"], variants=False, responses=True, better={"lag": "lower"})
    plain = compare(CAMPS, runs=100, seed=7, years=[2030], outcomes=["lag"], variants=False, responses=True)
    for policy in CAMPS:
        assert reply_of(turned.payoffs, policy, "lag", 2030).mean >= reply_of(plain.payoffs, policy, "lag", 2030).mean


def test_a_number_that_is_held_is_raised_by_no_strategy():
    held = compare(CAMPS, runs=20, seed=1, years=[2030], outcomes=["lag"], variants=False, responses=True, set={"theta": 0.3})
    (smuggle,) = (x for x in held.payoffs.beijing if x.id == "smuggle")
    assert set(smuggle.raised) == {"gK"}


def test_of_many_runs_the_first_are_those_of_fewer():
    many = asked(runs=MOST_RUNS + 500, seed=3).draws()
    first = _first(many, 100)
    assert first.runs == 100
    assert all(len(v) == 100 for v in first.draws.values())
    np.testing.assert_array_equal(next(iter(first)).x.theta, many.draws["theta"][:100])
    assert _first(first, 100) is first


def test_one_run_has_payoffs_and_no_error():
    found = compare(CAMPS, runs=1, seed=2, years=[2030], variants=False, responses=True).payoffs
    assert all(c.error == 0.0 for c in found.cells)
    assert all(np.isfinite(c.mean) for c in found.cells)
