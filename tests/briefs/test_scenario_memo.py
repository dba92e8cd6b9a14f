"""A policy memo: its parts, its words by rules, its sources, and a page in which nothing is markup and nothing is fetched."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.briefs.scenario_memo import render_memo_html, render_memo_markdown
from thalweg.briefs.scenario_memo_model import Memo, MemoPoint, MemoSection, MemoSource, MemoTable, Said
from thalweg.briefs.scenario_sheet import stacked
from thalweg.desk import memo_past
from thalweg.desk import memo_words as words
from thalweg.desk.memo import memo_of
from thalweg.desk.memo_caveats import past_words
from thalweg.desk.memo_front import answer_words, last_past
from thalweg.desk.memo_parts import lever_value
from thalweg.desk.memo_sources import Cited
from thalweg.desk.simulate_compare import compare
from thalweg.desk.simulate_compare_model import Difference, Spread
from thalweg.desk.simulate_text import number
from thalweg.evidence import BadInput, PackError
from thalweg.scenarios.hindcast_page import earlier_runs
from thalweg.scenarios.outcomes import EVERYTHING, OUTCOMES
from thalweg.scenarios.protocol import load_protocol
from thalweg.scenarios.sensitivity import Flip, Lesson, Lessons

CAMPS = ["control-camp", "cooperation-camp"]
ANSWER = compare(CAMPS, runs=600, seed=5)
MEMO = memo_of(ANSWER, CAMPS)
PARTS = ["question", "compared", "robust", "fragile", "trade-off", "responses", "learn", "undone", "caveats"]
HOSTILE = 'a<script>alert("1")</script>&|*x*'
INF = float("inf")


def every_word(memo):
    yield memo.lead
    yield from (p.text for p in memo.points)
    for section in memo.sections:
        yield from (s.text for s in section.sentences)
        yield from (c.text for t in section.tables for r in t.rows for c in r)


def difference(p50, *, higher=0.8, lower=0.1, outcome="lag"):
    s = Spread(p5=p50 - 1, p50=p50, p95=p50 + 1, mean=p50)
    return Difference(
        outcome=outcome,
        year=2030,
        unit="months",
        a=s,
        b=s,
        difference=s,
        where_differ=s,
        higher=higher,
        lower=lower,
        same=1 - higher - lower,
        differ=higher + lower,
    )


def finding(kind, likelihood="likely"):
    return SimpleNamespace(kind=kind, likelihood=likelihood)


def table_of(part, name, memo=MEMO):
    return next(t for t in memo.section(part).tables if t.id == name)


# The memo on real policies


def test_it_has_every_part_in_order():
    assert [s.id for s in MEMO.sections] == PARTS


def test_every_citation_leads_to_a_source_and_every_source_is_cited():
    cited = {n for s in MEMO.sections for x in s.sentences for n in x.sources}
    cited |= {n for s in MEMO.sections for t in s.tables for r in t.rows for c in r for n in c.sources}
    assert cited == {s.number for s in MEMO.sources}
    assert [s.number for s in MEMO.sources] == list(range(1, len(MEMO.sources) + 1))
    assert any("303 million" in s.citation for s in MEMO.sources)


def test_rows_are_as_wide_as_their_tables():
    for section in MEMO.sections:
        for table in section.tables:
            assert {len(r) for r in table.rows} <= {len(table.columns)}


def test_robust_and_fragile_rows_are_those_of_the_comparison():
    def sentences(part):
        return [r[0].text for r in MEMO.section(part).tables[0].rows]

    found = {(f.outcome, f.kind) for f in ANSWER.findings if f.year == 2030}
    for part in ("robust", "fragile"):
        for text in sentences(part):
            name = next(n for n, w in words.NAMES.items() if text.casefold().startswith(f"{w} in 2030".casefold()))
            assert (name, part) in found


def test_beijing_smugglers_and_allies_respond_and_what_is_assumed_is_said_to_be():
    part = MEMO.section("responses")
    assert {r[0].text for r in table_of("responses", "response-rows").rows} == {"Beijing", "Smugglers", "Allies and rivals"}
    assert any("is an assumption" in s.text for s in part.sentences)


def test_policies_stand_against_strategies_with_the_error_of_each_mean():
    table = table_of("responses", "payoffs")
    found = ANSWER.payoffs
    assert [r[0].text for r in table.rows[: len(found.beijing)]] == [x.id for x in found.beijing]
    assert len(table.columns) == 1 + len(found.outcomes) * 2
    assert table.columns[1:3] == ("compute_ratio, US/China: Tight controls", "compute_ratio, US/China: Cooperation")
    for r in table.rows[:-1]:
        assert all("\N{PLUS-MINUS SIGN}" in c.text for c in r[1:])
    assert table.rows[-1][0].text == "worst reply of Beijing"
    assert {r[2].text for r in table_of("responses", "choices").rows} <= {"Tight controls", "Cooperation", "either: all alike"}
    assert [r[1].text for r in table_of("responses", "strategies").rows] == [f"{x.title} ({x.id})" for x in (*found.beijing, *found.allies)]
    assert "Payoffs against strategies" in MEMO.section("responses").charts[0].svg


def test_the_other_outcomes_stand_under_the_worst_reply():
    for r in table_of("responses", "worst-replies").rows:
        policy = {"Tight controls": "control-camp", "Cooperation": "cooperation-camp"}[r[1].text]
        lag = ANSWER.payoffs.cell(policy, "lag", 2030, r[2].text)
        assert r[4].text == f"{number(lag.mean)} months"


def test_a_memo_without_strategies_says_so():
    plain = memo_of(compare(CAMPS, runs=60, seed=5, variants=False), CAMPS)
    assert "were not played against strategies" in plain.section("responses").sentences[0].text
    assert [t.id for t in plain.section("responses").tables] == ["response-rows"]
    assert "As the model draws it" in next(p.text for p in plain.points if p.label == "Beijing")


def test_the_first_page_answers_what_a_reader_asks_first():
    told = {p.label: p.text for p in MEMO.points}
    assert list(told) == [
        *("Question", "Robust", "Fragile", "Hangs on", "Trade-off", "Beijing", "Not priced", "Observed", "Learn next", "Undone", "Trust"),
    ]
    assert MEMO.lead.startswith("In 2030, China's lag at the frontier is ")
    assert "Revenue of US firms from China" in MEMO.lead
    assert "quarters that were past on" in told["Observed"]
    legal = "legal sale of compute to China to 2025Q4, none reported in 2026Q1, within a reported bound in 2026Q2, by judgement in 2026Q3"
    assert legal in told["Observed"]
    assert "all that they change is simulated" in told["Observed"]
    assert "location verification built in (v)" in told["Not priced"]
    assert "enforcement budget" not in told["Not priced"]


@pytest.mark.parametrize(
    ("kind", "likely", "close", "said"),
    [
        ("robust", "likely", [], "is likely higher under A than under B (+2 months in the middle, +2 on average): robust"),
        ("untested", "likely", [], "untested, presets and switches were not tried"),
        ("one-sided", "unlikely", [], "is higher or the same under A, never lower (+2 months in the middle"),
        ("close", "likely", ["anchor epoch"], "whether that is robust is too close to call at 2,000 runs"),
        (
            "close",
            "roughly even chance",
            ["here"],
            "whether China's lag at the frontier is likely higher under A than under B is too close",
        ),
        ("open", "unlikely", [], "is higher or lower under A than under B is open"),
        ("negligible", "likely", [], "China's lag at the frontier hardly differs"),
        ("same", "no difference", [], "is the same under both"),
    ],
)
def test_the_lead_is_worded_by_the_kind_of_the_finding(kind, likely, close, said):
    ask = SimpleNamespace(titles=("A", "B"), answer=SimpleNamespace(asked={"runs": 2000}))
    found = SimpleNamespace(kind=kind, likelihood=likely, too_close=close, hangs_on=[])
    assert said in answer_words(ask, difference(2.0), found)


@pytest.mark.parametrize(
    ("day", "last"),
    [("2026-10-02", "2026Q3"), ("2026-09-30", "2026Q2"), ("2027-01-01", "2026Q4"), ("2026-03-31", "2025Q4"), ("2026-04-01", "2026Q1")],
)
def test_the_last_quarter_that_has_ended_on_a_day(day, last):
    assert last_past(day) == last


def test_the_first_page_says_on_which_judgement_every_likelihood_hangs():
    told = next(p.text for p in MEMO.points if p.label == "Hangs on")
    (f,) = [f for f in ANSWER.findings if (f.outcome, f.year) == ("lag", 2030)]
    assert told.startswith("Every likelihood hangs on a judgement, that what is announced is enforced: in 70% of runs")
    assert f"Where both are in force to the end of 2030, {f.in_force:.0%} of runs, China's lag at the frontier is higher in 100%" in told
    assert f"likely higher only while pi_imp is above about {f.likely_above:.2f} (above {f.likely_above_uncertain:.2f}" in told
    assert "that what is announced is enforced (pi_imp): where both are in force" in MEMO.lead
    assert "hangs on pi_imp and sw_credibility everywhere" in MEMO.section("learn").sentences[0].text


def test_a_memo_in_which_everything_acts_as_announced_hangs_on_no_enforcement():
    sure = {"sw_credibility": "as_announced"}
    memo = memo_of(compare(CAMPS, runs=60, seed=5, variants=False, set=sure), CAMPS, set=sure)
    assert "is enforced" not in memo.lead
    assert not any("Every likelihood hangs" in p.text for p in memo.points)


def test_counts_and_rows_are_of_the_same_differences():
    told = {p.label: p.text for p in MEMO.points}
    found = {f.outcome: f for f in ANSWER.findings if f.year == 2030 and f.outcome not in words.RESTATES}
    kinds = [f.kind for f in found.values()]
    fragile, close, undecided = (table_of("fragile", f"{n}-rows").rows for n in ("fragile", "close", "open"))
    assert len(table_of("robust", "robust-rows").rows) == kinds.count("robust")
    assert (len(fragile), len(close)) == (kinds.count("fragile"), kinds.count("close"))
    assert len(undecided) == kinds.count("open") + kinds.count("one-sided")
    assert told["Fragile"].startswith(f"{len(fragile)} differences in 2030 stay likely here and not everywhere")
    assert f"mostly judgement for {sum(f.confidence == 'low' for f in found.values())} of {len(found)}." in told["Hangs on"]


def test_an_outcome_that_restates_another_is_no_finding_of_its_own():
    assert {*words.RESTATES} | {*words.RESTATES.values()} <= {*OUTCOMES}
    assert "of 9 that restate another" in MEMO.section("robust").sentences[0].text
    alone = memo_of(compare(CAMPS, runs=60, seed=5, variants=False, outcomes=["eci_gap", "revenue"]), CAMPS)
    assert any("gap on the capability index" in r[0].text for t in alone.section("fragile").tables for r in t.rows)


def test_a_cost_that_is_never_lower_is_said_to_be_higher_or_the_same():
    said = next(s.text for s in MEMO.section("trade-off").sentences if s.text.startswith("Cost: "))
    assert re.search(r"The cost of enforcement is higher or the same under Tight controls, never lower \(higher in \d+% of runs\)", said)


def test_the_share_in_force_stands_by_year():
    told = next(s.text for s in MEMO.section("compared").sentences if "in force in" in s.text)
    for year, share in ANSWER.in_force["control-camp"].items():
        assert f"{share:.0%} of runs at the end of {year}" in told


def test_the_three_gaps_of_revenue_are_tied_together():
    (d,) = [d for d in ANSWER.pairs[0].differences if (d.outcome, d.year) == ("revenue", 2030)]
    told = next(s.text for s in MEMO.section("trade-off").sentences if s.text.startswith("Three gaps"))
    assert all(number(abs(x)) in told for x in (d.difference.p50, d.a.p50 - d.b.p50, d.difference.mean))


def test_without_variants_a_memo_says_untested_and_few_runs_lead_with_a_warning():
    few = memo_of(compare(CAMPS, runs=20, seed=5, variants=False), CAMPS)
    told = {p.label: p.text for p in few.points}
    assert few.lead.startswith("20 runs cannot show how sure an answer is")
    assert told["Fragile"].startswith("Untested, as no preset and no switch was tried")
    assert "not everywhere" not in told["Fragile"]
    assert "from 20 runs how much of that is judgement is not worked out" in told["Hangs on"].casefold()
    assert told["Trade-off"].startswith("Which differences are robust is untested")
    assert not any("no robust difference" in s.text for s in few.section("trade-off").sentences)
    assert not MEMO.lead.startswith("600 runs")


def test_both_channel_charts_share_a_scale():
    axes = [re.findall(r'text-anchor="end">([0-9.]+[kM]?)<', c.svg) for c in MEMO.section("compared").charts]
    assert axes[0] == axes[1]
    assert all("history, with its error" in c.svg for c in MEMO.section("compared").charts)


def test_a_response_counts_the_runs_in_which_it_came():
    (row,) = [r for r in table_of("responses", "response-rows").rows if r[1].text.startswith("retaliation")]
    assert all(re.fullmatch(r"\d+% of runs", c.text) for c in row[2:4])


def test_the_misses_of_the_hindcast_are_among_the_caveats(root):
    text = MEMO.section("caveats").sentences[0].text
    published = json.loads((root / "docs/explanation/hindcast.json").read_text(encoding="utf-8"))
    missed = [r["row"]["title"] for r in published["cases"][0]["rows"] if r["failed"]]
    assert missed
    assert all(title in text for title in missed)


def test_the_scores_that_a_memo_cites_are_the_published_ones(root):
    published = json.loads((root / "docs/explanation/hindcast.json").read_text(encoding="utf-8"))
    kept = root / "src/thalweg/knowledge/hindcast/scores.json"
    again = "run python -m thalweg.desk.memo_past --write src/thalweg/knowledge/hindcast"
    assert kept.read_text(encoding="utf-8") == memo_past.text(memo_past.scores(published)), again


def test_it_never_says_what_should_be_done():
    for text in every_word(MEMO):
        assert not re.search(r"\b(should|ought|recommend\w*|advis\w*|must)\b", text, re.IGNORECASE), text


def test_the_channels_carry_the_judgement_that_moves_them():
    for chart in MEMO.section("compared").charts:
        assert "Moved by judgement: " in chart.svg


def test_what_is_learned_from_few_runs_is_said_to_be_noisy():
    assert "From 600 runs, fewer than 2,000, this is noisy." in MEMO.section("learn").sentences[0].text


def test_the_same_comparison_gives_the_same_bytes():
    assert render_memo_html(memo_of(ANSWER, CAMPS)) == render_memo_html(MEMO)


def test_turned_around_each_policy_keeps_its_mark():
    back = [*reversed(CAMPS)]
    other = memo_of(compare(back, runs=600, seed=5), back)
    one, two = ([[c.text for c in r] for r in m.section("undone").tables[0].rows] for m in (MEMO, other))
    assert [[r[0], r[2], r[1], r[4], r[3]] for r in two] == one


def test_policies_that_do_not_differ_leave_nothing_to_choose_or_undo(tmp_path):
    path = tmp_path / "same.yaml"
    path.write_text("id: same\ntitle: Twin\nsummary: As it is.\nbased_on: status-quo\nstarts: 2027Q1\n", encoding="utf-8")
    pair = [str(path), "status-quo"]
    memo = memo_of(compare(pair, runs=100, seed=1, variants=False), pair)
    assert "not worked out" in memo.section("learn").sentences[0].text
    assert {r[1].text for r in memo.section("undone").tables[0].rows} == {"there is little to undo"}
    assert "nothing is called robust" in memo.section("robust").sentences[0].text


def test_a_policy_with_triggers_is_not_turned_from():
    pair = ["adaptive-threshold", "status-quo"]
    memo = memo_of(compare(pair, runs=60, seed=1, variants=False), pair)
    assert "by triggers" in memo.section("undone").sentences[0].text


def test_a_comparison_of_others_is_refused():
    with pytest.raises(BadInput, match="other policies"):
        memo_of(ANSWER, ["control-camp", "open-sales"])
    with pytest.raises(BadInput, match="two policies"):
        memo_of(ANSWER, [*CAMPS, "open-sales"])


# Words by rules


@pytest.mark.parametrize(
    ("kind", "likelihood", "said"),
    [
        (
            "robust",
            "almost certain",
            "China's lag at the frontier in 2030 is almost certainly higher under A than under B: in 80% of runs; where they",
        ),
        ("fragile", "likely", "is likely higher under A than under B"),
        ("negligible", "likely", "hardly differs: +2 months"),
        ("open", "roughly even chance", "may be higher or lower under A than under B"),
        ("one-sided", "unlikely", "is higher or the same under A than under B, never lower: higher in 80% of runs"),
    ],
)
def test_a_difference_is_worded_by_its_kind(kind, likelihood, said):
    assert said in words.difference_words("A", "B", difference(2.0), finding(kind, likelihood))


def test_a_difference_says_its_share_of_all_runs_and_of_those_in_which_the_two_differ():
    said = words.difference_words("A", "B", difference(2.0), finding("robust"))
    assert "in 80% of runs; where they differ, in 89%; +2 months" in said
    assert "where they differ" not in words.difference_words("A", "B", difference(2.0, higher=0.9), finding("robust"))


@pytest.mark.parametrize(
    ("security", "innovation", "said"),
    [
        (
            {"lag": "a"},
            {"revenue": "b"},
            "The two aims pull apart: the robust differences in security lie on the side of A, those in innovation on the side of B.",
        ),
        ({"lag": "b"}, {"revenue": "a"}, "in security lie on the side of B, those in innovation on the side of A"),
        ({"lag": "a"}, {"revenue": "a"}, "No trade-off shows"),
        (
            {"lag": "a", "flow_grey": "b"},
            {"revenue": "b"},
            "of 2 main robust differences in security 1 lie on the side of A and 1 on that of B",
        ),
        ({}, {"revenue": "b"}, "No difference in security is robust"),
        ({"lag": "a"}, {}, "No difference in innovation is robust"),
        ({}, {}, "No difference in security and innovation is robust"),
    ],
)
def test_the_trade_off_follows_from_who_is_ahead(security, innovation, said):
    assert said in words.trade_words("A", "B", security, innovation)


@given(st.lists(st.sampled_from("ab"), max_size=6))
def test_a_side_leads_only_where_every_finding_is_on_it(favors):
    side = words.leads(favors)
    assert (side in ("a", "b")) == (len({*favors}) == 1)
    assert (side == "none") == (not favors)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ([0.0] * 10, "the same"),
        ([1.0] * 10, "almost certainly higher (in 100% of runs)"),
        ([-1.0] * 10, "almost certainly lower (in 100% of runs)"),
        ([1.0] * 7 + [-1.0] * 3, "likely higher (in 70% of runs)"),
        ([1.0] * 5 + [-1.0] * 5, "higher in 50% of runs and lower in 50%"),
        ([1.0] * 5 + [0.0] * 5, "higher in 50% of runs and lower in 0%"),
    ],
)
def test_a_response_is_worded_by_its_odds(change, said):
    assert words.response_words(np.array(change)) == said


@pytest.mark.parametrize(
    ("first", "other", "said"),
    [
        (0.7, 0.3, "likely under A, unlikely under B"),
        (0.7, 0.6, "likely under both, more often under A"),
        (0.6, 0.7, "likely under both, more often under B"),
        (0.7, 0.7, "likely under both"),
    ],
)
def test_a_response_that_comes_or_not_is_worded_by_its_probability(first, other, said):
    assert words.ever_words("A", "B", first, other) == said


def lesson(flips=0.0, value=0.0, where=(), *, variance=0.2, above=True):
    return Lesson("theta", variance, above, flips, value, tuple(Flip("b", low, high, flips) for low, high in where))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            lesson(0.2, 1.5, [(0.4, INF)]),
            "would turn that with a probability of 20%: B is ahead where it is over 0.4; knowing it first would gain 1.5 months",
        ),
        (lesson(0.2, 1.5, [(-INF, 0.4)]), "B is ahead where it is under 0.4"),
        (lesson(0.2, 1.5, [(0.1, 0.4)]), "B is ahead where it lies between 0.1 and 0.4"),
        (lesson(0.05, 1.5, [(0.1, 0.2)]), "No single number, once known, would turn who is ahead on average"),
        (lesson(0.2, 1.5, [(0.4, INF)], above=False), "none stands out"),
        (lesson(), "would narrow the difference most (20% of its variance)"),
    ],
)
def test_what_to_learn_says_whether_it_would_turn_the_choice(found, said):
    text = words.lesson_words({"a": "A", "b": "B"}, {"theta": "Grey share"}, "lag", 2030, "months", Lessons("a", "b", 2.0, (found,)))
    assert text.startswith("On China's lag at the frontier in 2030 A is ahead on average.")
    assert said in text


def test_what_does_not_turn_who_is_ahead_may_turn_how_likely_it_is():
    told = ({"a": "A", "b": "B"}, {"theta": "Grey share"}, "lag", 2030, "months", Lessons("a", "b", 2.0, (lesson(),)))
    assert "would turn who is ahead on average (how likely that is hangs on pi_imp); " in words.lesson_words(*told, hangs=True)
    assert "pi_imp" not in words.lesson_words(*told)


@pytest.mark.parametrize(
    ("rest", "gap", "said"),
    [
        ([0.0], [5.0], "undone"),
        ([1.0], [5.0], "partly undone: 20% is left"),
        ([4.0], [5.0], "mostly not undone: 80% is left"),
        ([-2.0], [5.0], "more than undone"),
        ([0.05], [0.05], "there is little to undo"),
        ([], [], "there is little to undo"),
    ],
)
def test_what_is_left_after_a_turn_is_worded_by_its_share(rest, gap, said):
    assert words.left_words(np.array(rest), np.array(gap), 10.0) == said


def test_an_open_choice_is_named_where_it_is_worth_more_than_a_hundredth():
    levels = {"lag": 10.0, "revenue": 100.0}
    assert "under one percent" in words.open_words({"lag": (0.05, 0.0), "revenue": (0.0, 0.0)}, levels)
    assert "but China's lag" in words.open_words({"lag": (0.05, 0.2), "revenue": (0.0, 0.0)}, levels)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("cap", 1e6, "no cap"), ("m", None, "as the rulebook gives it"), ("a", 0.8, "0.8"), ("E", 160e6, "160M $ per year")],
)
def test_a_lever_has_its_unit(name, value, said):
    assert lever_value(name, value) == said


def test_every_outcome_that_is_compared_has_words():
    assert {*OUTCOMES} <= {*words.NAMES} <= {*EVERYTHING}
    assert {n for row in words.RESTS_ON.values() for n in row} <= {*OUTCOMES}


def test_a_hindcast_that_fails_says_so_and_one_of_other_estimates_too():
    case = {"passed": False, "share90": 0.6, "points": 10}
    found = {"fitted_to": "2024-12-31", "tested_to": "2026-06-30", "cases": [case], "rows": [], "estimates": "other"}
    text = past_words(found, "mine")
    assert "does not pass" in text
    assert "misses no series" in text
    assert "other estimates" in text
    assert "no blind test" not in text
    assert "scored 2 times before, 1 and 2 of the runs passing" in past_words(found | {"earlier": [1, 2]}, "mine")
    assert "scored 1 time before, 0 of the runs passing" in past_words(found | {"earlier": [0]}, "mine")
    assert "not known" in past_words(None, "mine")
    assert "which are not fitted" in text


def test_the_limits_of_the_hindcast_are_said_where_it_passes():
    text = MEMO.section("caveats").sentences[0].text
    assert "H2 with Beijing unknown and H2 with Beijing known fail at 79%." in text
    assert "the headline holds 77% and fails." in text
    kept = memo_past.past()
    aim = load_protocol().cover90
    assert aim == memo_past.AIM90
    assert [x["fails"] for x in kept["limits"]["with_zero"]] == [False, False, True, True]


def test_runs_that_were_scored_before_are_counted():
    runs = earlier_runs()
    assert memo_past.past()["earlier"] == [sum(c["passed"] == "yes" for c in r["cases"]) for r in runs]


def test_damaged_scores_are_refused(tmp_path):
    (tmp_path / "hindcast").mkdir()
    (tmp_path / "hindcast/scores.json").write_text("{", encoding="utf-8")
    with pytest.raises(PackError, match=r"hindcast/scores\.json"):
        memo_past.past(tmp_path)


def test_a_work_cited_twice_keeps_its_number():
    cited = Cited()
    one, other = {"citation": "One", "url": "https://example.org/1"}, {"citation": "Other"}
    assert cited.these([one, other]) == (1, 2)
    assert cited.these([other, one, one]) == (2, 1)
    assert [s.citation for s in cited.rows] == ["One", "Other"]


# The page


def hostile():
    table = MemoTable(id="t", title=HOSTILE, columns=("x",), rows=((Said(text=HOSTILE, sources=(1,)),),))
    section = MemoSection(id="question", title=HOSTILE, sentences=(Said(text=HOSTILE),), tables=(table,))
    source = MemoSource(number=1, citation=HOSTILE, url="javascript:alert(1)")
    return Memo(
        title=HOSTILE,
        date="2026-10-02",
        lead=HOSTILE,
        points=(MemoPoint(label=HOSTILE, text=HOSTILE),),
        sections=(section,),
        sources=(source,),
        foot=(HOSTILE,),
    )


def test_no_text_is_markup():
    page = render_memo_html(hostile())
    assert "<script" not in page
    assert 'href="javascript' not in page
    text = render_memo_markdown(hostile())
    assert "<script" not in text
    assert "javascript:" not in text


def test_the_page_fetches_nothing():
    page = render_memo_html(MEMO)
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import", page)
    assert page.count("<svg") == sum(len(s.charts) for s in MEMO.sections) == 8


def test_the_markdown_has_the_parts_and_tables_of_the_page():
    text = render_memo_markdown(MEMO)
    titles = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert titles == [*(s.title for s in MEMO.sections), "Sources"]
    assert len(re.findall(r"^\|( --- \|)+$", text, re.MULTILINE)) == sum(bool(t.rows) for s in MEMO.sections for t in s.tables)


def test_charts_stand_one_under_the_other_in_one_picture():
    charts = [c.svg for s in MEMO.sections for c in s.charts]
    sheet = stacked(charts)
    assert sheet.count("<svg") == 1 + len(charts)
    heights = [float(re.search(r'viewBox="0 0 [0-9.]+ ([0-9.]+)"', c)[1]) for c in charts]
    assert f'height="{sum(heights):g}"' in sheet.splitlines()[0]
    assert stacked(charts[:1]) == charts[0]
