"""Compare: the same chances for all, odds that add up, and nothing called robust that does not survive every variant."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.desk.policies import the_policy
from thalweg.desk.simulate import simulate
from thalweg.desk.simulate_aims import AIM, BETTER, CONFIDENCE, LIKELIHOOD, LIKELY, confidence, interval, likelihood
from thalweg.desk.simulate_charts import charts, page
from thalweg.desk.simulate_compare import compare, direction, spread
from thalweg.desk.simulate_compare_model import Difference
from thalweg.desk.simulate_drivers import Drivers
from thalweg.desk.simulate_files import write
from thalweg.desk.simulate_findings import finding
from thalweg.evidence import BadInput
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import OUTCOMES, YEARS

SMALL = {"runs": 300, "seed": 5}
CAMPS = compare(["control-camp", "cooperation-camp"], runs=600, seed=5, years=[2030])
A, B = the_policy("control-camp"), the_policy("cooperation-camp")


def of(answer, outcome, year=2030):
    (found,) = [d for d in answer.pairs[0].differences if (d.outcome, d.year) == (outcome, year)]
    return found


def test_differences_are_those_run_by_run_under_the_same_chances():
    one, other = (simulate(p, runs=600, seed=5, outcomes=["lag"]).array("lag") for p in ("control-camp", "cooperation-camp"))
    at = 4 * (2030 - YEARS[0]) + 3
    change = one[at].astype(float) - other[at].astype(float)
    d = of(CAMPS, "lag")
    assert d.difference.p50 == pytest.approx(np.median(change), rel=1e-5)
    assert d.higher == pytest.approx((change > 0).mean(), rel=1e-5)


def test_the_odds_add_up():
    for d in CAMPS.pairs[0].differences:
        assert d.higher + d.lower + d.same == pytest.approx(1.0, abs=1e-5)


def test_a_policy_against_its_twin_differs_nowhere(tmp_path):
    path = tmp_path / "same.yaml"
    path.write_text(
        "id: same\ntitle: Nothing new\nsummary: The status quo once more.\nbased_on: status-quo\nstarts: 2027Q1\n", encoding="utf-8"
    )
    answer = compare([path, "status-quo"], **SMALL, variants=False)
    assert {f.kind for f in answer.findings} == {"same"}
    assert all(d.difference == spread(np.zeros(3)) and d.same == 1.0 for d in answer.pairs[0].differences)
    assert all(r.worst == 0.0 and r.best_in == 1.0 for r in answer.regret)


def test_turned_around_a_comparison_is_its_mirror():
    forth = compare(["control-camp", "open-sales"], **SMALL, years=[2030], variants=False)
    back = compare(["open-sales", "control-camp"], **SMALL, years=[2030], variants=False)
    for d, e in zip(forth.pairs[0].differences, back.pairs[0].differences, strict=True):
        assert (d.higher, d.lower) == (e.lower, e.higher)
        assert d.difference.p5 == pytest.approx(-e.difference.p95, rel=1e-5)


def test_every_preset_and_every_option_of_every_switch_is_tried():
    estimates = load_estimates()
    wanted = {f"anchor {a}" for a in estimates.anchors}
    wanted |= {f"{name} = {o.name}" for name, switch in estimates.switches.items() for o in switch.options}
    wanted |= {"pi_imp = 0.4", "pi_imp = 0.889", "hz_reversal = 0.036", "hz_reversal = 0.144"}
    assert {*CAMPS.variants, *CAMPS.not_run} == wanted


def test_robust_means_likely_in_every_variant():
    for f in CAMPS.findings:
        if f.kind == "robust":
            assert f.probability >= LIKELY
            assert f.weakest >= LIKELY
            assert not f.hangs_on
        if f.kind == "fragile":
            assert f.hangs_on
        if f.kind == "close":
            assert f.too_close


def test_without_variants_nothing_is_robust():
    answer = compare(["control-camp", "status-quo"], **SMALL, variants=False)
    assert "robust" not in {f.kind for f in answer.findings}


def test_regret_is_zero_for_the_best_and_never_negative():
    answer = compare(["control-camp", "cooperation-camp", "status-quo"], **SMALL, years=[2030], variants=False)
    by = {}
    for r in answer.regret:
        assert 0 <= r.mean <= r.worst
        assert r.p95 <= r.worst
        by.setdefault(r.outcome, []).append(r.best_in)
    assert set(by) == set(BETTER) & set(OUTCOMES)
    assert all(sum(shares) >= 1.0 - 1e-5 for shares in by.values())


def test_another_side_turns_who_beats_whom_and_no_difference():
    turned = compare(["control-camp", "cooperation-camp"], **SMALL, years=[2030], variants=False, better={"lag": "lower"})
    as_is = compare(["control-camp", "cooperation-camp"], **SMALL, years=[2030], variants=False)
    assert of(turned, "lag").beats == pytest.approx(1 - of(as_is, "lag").beats, abs=1e-5)
    assert of(turned, "lag").difference == of(as_is, "lag").difference
    assert turned.hash != as_is.hash


def test_the_same_question_has_the_same_answer():
    one, other = (compare(["control-camp", "status-quo"], **SMALL, years=[2028]) for _ in range(2))
    assert one.model_dump_json() == other.model_dump_json()


@pytest.mark.parametrize(
    ("policies", "options", "said"),
    [
        (["status-quo"], {}, "two policies or more"),
        (["status-quo", "status-quo"], {}, "'status-quo' stands twice"),
        (["status-quo", "statusquo"], {}, "did you mean 'status-quo'"),
        (["status-quo", "open-sales"], {"years": [2040]}, "2022 to 2032"),
        (["status-quo", "open-sales"], {"better": {"lagg": "lower"}}, "did you mean 'lag'"),
        (["status-quo", "open-sales"], {"set": {"ceiling_tpq": 1}}, "there is no estimate or switch 'ceiling_tpq'"),
        (["status-quo", "open-sales"], {"runs": 0}, "runs: 0"),
    ],
)
def test_a_comparison_that_cannot_be_is_one_clear_error(policies, options, said):
    with pytest.raises(BadInput, match=said):
        compare(policies, **(SMALL | options))


def test_a_parameter_of_one_rulebook_is_no_estimate_for_the_other():
    answer = compare(["h20-era", "status-quo"], **SMALL, years=[2030], variants=False, set={"ceiling_tpp": 1})
    assert answer.asked["set"] == {}
    assert of(answer, "flow_legal").a.p50 < of(answer, "flow_legal").b.p50


def test_one_run_can_be_compared():
    answer = compare(["control-camp", "status-quo"], runs=1, seed=2, variants=False)
    assert {f.confidence for f in answer.findings} == {"not assessed"}
    assert {f.kind for f in answer.findings} <= {"close", "same", "negligible", "open"}


@given(st.floats(0, 1))
def test_every_probability_has_one_word_of_the_directive(p):
    assert likelihood(p) in {word for _, word in LIKELIHOOD}


@pytest.mark.parametrize(
    ("p", "word"),
    [
        (0.01, "almost no chance"),
        (0.1, "very unlikely"),
        (0.3, "unlikely"),
        (0.5, "roughly even chance"),
        (0.6, "likely"),
        (0.9, "very likely"),
        (0.97, "almost certain"),
        (1.0, "almost certain"),
    ],
)
def test_words_follow_the_ranges_of_the_directive(p, word):
    assert likelihood(p) == word


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_judgement_never_raises_confidence(x, y):
    words = [word for _, word in CONFIDENCE]
    low, high = sorted((x, y))
    assert words.index(confidence(low)) <= words.index(confidence(high))


def made(a, b, outcome="lag"):
    change = np.asarray(a) - np.asarray(b)
    higher, lower = float((change > 0).mean()), float((change < 0).mean())
    where = spread(change[change != 0]) if higher + lower else None
    return Difference(
        outcome=outcome,
        year=2030,
        unit="months",
        a=spread(np.asarray(a)),
        b=spread(np.asarray(b)),
        difference=spread(change),
        where_differ=where,
        higher=higher,
        lower=lower,
        same=1 - higher - lower,
        differ=higher + lower,
    )


def told(d, odds=None, judgement=0.5, runs=1000):
    return finding(A, B, d, Drivers((("phi", 0.4, True),), judgement), {} if odds is None else odds, runs=runs)


def shares(higher, lower=0.0, runs=10_000):
    """A difference that is plain wherever there is one, of a given share of runs."""
    up, down = round(higher * runs), round(lower * runs)
    return made(10.0 + np.repeat((3.0, -3.0, 0.0), (up, down, runs - up - down)), np.full(runs, 10.0))


def test_the_interval_of_a_share_is_that_of_wilson():
    """Against the numbers of Brown, Cai and DasGupta (2001) for none of ten, and of a half of many."""
    assert interval(0.0, 10) == pytest.approx((0.0, 0.2775), abs=5e-4)
    assert interval(0.5, 10_000) == pytest.approx((0.4902, 0.5098), abs=5e-5)


@given(st.floats(0, 1), st.integers(1, 100_000))
def test_an_interval_holds_its_share_and_more_runs_narrow_it(p, runs):
    low, high = interval(p, runs)
    assert 0.0 <= low <= p + 1e-12
    assert p - 1e-12 <= high <= 1.0
    wide = interval(p, 4 * runs)
    assert wide[1] - wide[0] <= high - low + 1e-12


@pytest.mark.parametrize(
    ("share", "runs", "kind"),
    [
        (0.5, 2000, "one-sided"),
        (0.53, 2000, "close"),
        (0.55, 2000, "close"),
        (0.57, 2000, "close"),
        (0.573, 2000, "untested"),
        (0.53, 20_000, "one-sided"),
        (0.57, 20_000, "untested"),
        (0.57, 50, "close"),
        (1.0, 1, "close"),
        (1.0, 5, "untested"),
        (0.0, 2000, "same"),
    ],
)
def test_at_the_boundary_a_finding_is_too_close_to_call_at_so_many_runs(share, runs, kind):
    assert told(shares(share), runs=runs).kind == kind


def test_what_is_too_close_says_the_share_its_margin_and_the_runs():
    f = told(shares(0.545), runs=2000)
    assert f.too_close == ["here"]
    assert f.interval == pytest.approx(interval(0.545, 2000), rel=1e-5)
    assert "more often than not: higher in 55% of runs, lower in 0%" in f.sentence
    assert (
        "Whether it is likely is too close to call at 2,000 runs: 54.5% of runs, which leaves 52.3% to 56.7% open, against 55%."
        in f.sentence
    )


def test_a_variant_that_is_too_close_is_named_and_one_that_is_clear_settles_it():
    d = shares(0.8)
    near = told(d, {"good": (0.7, 0.0), "near": (0.56, 0.0), "nearer": (0.549, 0.0)}, runs=2000)
    assert (near.kind, near.too_close) == ("close", ["near", "nearer"])
    assert "under near, nearer is too close to call at 2,000 runs: nearer: 54.9% of runs" in near.sentence
    clear = told(d, {"near": (0.56, 0.0), "bad": (0.3, 0.0)}, runs=2000)
    assert (clear.kind, clear.hangs_on, clear.too_close) == ("fragile", ["bad"], [])
    assert told(d, {"near": (0.56, 0.0)}, runs=200_000).kind == "robust"


def test_a_difference_that_hardly_shows_says_on_how_many_runs_it_was_judged():
    a = np.full(1000, 10.0)
    a[:250] += 0.001
    f = told(made(a, np.full(1000, 10.0)))
    assert f.kind == "negligible"
    assert f.sentence.endswith("; judged on the 25% of runs that differ.")


def test_words_follow_from_numbers():
    rng = np.random.default_rng(1)
    b = rng.normal(10, 1, 1000)
    f = told(made(b + 1, b), {"x": (1.0, 0.0)})
    assert (f.kind, f.likelihood, f.confidence) == ("robust", "almost certain", "moderate")
    assert f.sentence.startswith("control-camp almost certainly has a higher lag in 2030 than cooperation-camp: in 100% of runs; +1 months")
    assert told(made(b - 1, b), {"x": (0.0, 1.0)}).sentence.startswith("control-camp almost certainly has a lower lag")
    assert told(made(b, b)).kind == "same"
    assert told(made(b + 0.001, b), {"x": (1.0, 0.0)}).kind == "negligible"
    assert told(made(b + rng.permutation(np.repeat((1.0, -1.0), 500)) * 3 + 0.5, b), {"x": (0.5, 0.5)}).kind == "open"


def test_a_variant_that_turns_a_finding_makes_it_fragile_and_is_named():
    b = np.full(100, 10.0)
    f = told(made(b + 1, b), {"good": (0.9, 0.1), "bad": (0.4, 0.0), "silent": (0.0, 0.0)})
    assert f.kind == "fragile"
    assert f.hangs_on == ["bad", "silent"]
    assert f.weakest == 0.0


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=30))
def test_direction_counts_all_runs(xs):
    change = np.array([xs])
    up, down = sum(x > 0 for x in xs), sum(x < 0 for x in xs)
    assert direction(change)[0] == pytest.approx((up / len(xs), down / len(xs)))


def test_a_chart_of_few_runs_still_names_the_judgement_that_moves_it():
    drawn = "".join(charts(compare(["control-camp", "cooperation-camp"], **SMALL, years=[2030], variants=False)))
    assert "Moved by judgement: " in drawn
    assert "not worked out" not in drawn


def test_likelihood_is_of_all_runs_and_both_shares_are_said():
    b = np.full(100, 10.0)
    f = told(made(b + np.repeat((1.0, -1.0, 0.0), (78, 2, 20)), b), {"x": (0.9, 0.0)})
    assert (f.kind, f.likelihood, f.probability) == ("robust", "likely", 0.78)
    assert "likely has a higher lag in 2030 than cooperation-camp: in 78% of runs; where they differ, in 98%; +1 months" in f.sentence
    rare = told(made(b + np.repeat((1.0, 0.0), (40, 60)), b), {"x": (1.0, 0.0)})
    assert rare.kind == "one-sided"
    assert "has a higher lag in 2030 than cooperation-camp or the same: higher in 40% of runs, lower in none; 0 months" in rare.sentence
    both = told(made(b + np.repeat((1.0, -1.0, 0.0), (40, 10, 50)), b), {"x": (1.0, 0.0)})
    assert both.kind == "open"
    assert "higher in 40% of runs, lower in 10%; 0 months in the middle" in both.sentence


def test_aims_name_outcomes_of_the_engine():
    assert set(AIM) <= set(OUTCOMES)
    assert set(BETTER.values()) == {"higher", "lower"}


def test_the_text_lists_robust_and_fragile_apart():
    text = compare(["control-camp", "cooperation-camp"], runs=2000, seed=7, outcomes=["lag", "revenue"], responses=False).explain()
    assert "control-camp is in force at the end of 2027 in 72%, 2028 in" in text
    assert text.index("Robust: likely") < text.index("Fragile: not likely")
    assert "Confidence in sources: " in text
    assert "moved most by judgement" in text
    assert CAMPS.hash[:16] in CAMPS.explain()


def test_bands_by_quarter_are_those_of_the_runs():
    row = CAMPS.pairs[0].by_quarter["lag"]
    one = simulate("control-camp", runs=600, seed=5, outcomes=["lag"]).outcomes["lag"].quarters
    assert row.a["p50"] == [q["p50"] for q in one.values()]
    start = 4 * (2027 - YEARS[0])
    assert row.difference["p5"][:start] == row.difference["p95"][:start] == [0.0] * start


def test_a_page_of_charts_is_offline_and_names_what_it_is_of(tmp_path):
    for answer in (CAMPS, simulate("control-camp", **SMALL)):
        write(answer, tmp_path / "charts.html")
        text = (tmp_path / "charts.html").read_text(encoding="utf-8")
        assert text.count("<svg") >= 14
        assert "seed 5" in text
        assert not re.search(r"(src|href)=[\"']https?:", text)
    assert CAMPS.policies[0]["sha256"][:12] in page(CAMPS)
