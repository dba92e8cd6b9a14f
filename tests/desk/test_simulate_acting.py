"""Whether policies act, and from which probability of enforcement on a direction is likely."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.desk.scenarios_asked import asked, policy_of
from thalweg.desk.simulate_acting import GRID, Acting, acting, judged_at, odds_by_enforcement, tips
from thalweg.desk.simulate_aims import LIKELY
from thalweg.desk.simulate_compare import compare
from thalweg.scenarios.simulate import quarters

CAMPS = ["control-camp", "cooperation-camp"]
PLAIN = {"responses": False, "outcomes": ["lag", "enforcement_cost"], "years": [2030]}


def pair_of(begins, announced=20, other=None):
    force = np.broadcast_to(begins, (44, begins.size))
    return Acting(force, begins, announced), Acting(force if other is None else other, begins, announced)


def test_a_policy_acts_where_the_engine_lets_it_act():
    question = asked(runs=200, seed=3)
    seen = dict.fromkeys(("control-camp", "h20-era"), 0)
    for name in ("control-camp", "h20-era"):
        ready = policy_of(name)[0]
        told, start = acting(ready, question.draws()), 0
        for block in question.draws():
            plan, stop = ready.plan(question.draws().draws, runs=slice(start, start + block.runs)), start + block.runs
            for record in quarters(block, plan):
                own, before = (np.broadcast_to(path.at(record.t, block.dtype).E, block.runs) for path in (plan.levers, plan.before))
                differs = own != before
                ruled = np.broadcast_to(record.lever.E, block.runs)
                np.testing.assert_array_equal(told.force[record.t, start:stop][differs], (ruled == own)[differs])
                seen[name] += int(differs.sum())
            start = stop
    assert seen["control-camp"] > 0
    assert acting(policy_of("status-quo")[0], question.draws()).announced is None


def test_a_policy_is_in_force_less_and_less_and_always_as_announced():
    answer = compare(CAMPS, runs=400, seed=3, variants=False, **PLAIN)
    shares = [*answer.in_force["control-camp"].values()]
    assert [*answer.in_force["control-camp"]] == [str(y) for y in range(2027, 2033)]
    assert shares == sorted(shares, reverse=True)
    assert 0.6 < shares[0] < 0.8
    sure = compare(CAMPS, runs=100, seed=3, variants=False, set={"sw_credibility": "as_announced"}, **PLAIN)
    assert {*sure.in_force["control-camp"].values()} == {1.0}
    assert {f.likely_above for f in sure.findings} == {None}
    assert [f.if_in_force for f in sure.findings] == [f.probability for f in sure.findings]


@pytest.mark.parametrize("credibility", [None, "uncertain"])
def test_at_the_value_where_it_tips_a_direction_has_the_odds_of_likely(credibility):
    answer = compare(CAMPS, runs=4000, seed=3, variants=False, **PLAIN)
    (f,) = [f for f in answer.findings if f.outcome == "lag"]
    at = f.likely_above if credibility is None else f.likely_above_uncertain
    held = {"pi_imp": at} | ({} if credibility is None else {"sw_credibility": credibility})
    again = compare(CAMPS, runs=4000, seed=3, variants=False, set=held, **PLAIN)
    (g,) = [g for g in again.findings if g.outcome == "lag"]
    assert g.probability == pytest.approx(LIKELY, abs=0.025)


def test_both_numbers_on_enforcement_are_tried_at_their_ends_unless_they_are_held():
    tried = judged_at(asked(runs=10, seed=1))
    assert [name for name, _ in tried.values()] == ["pi_imp", "pi_imp", "hz_reversal", "hz_reversal"]
    assert tried["pi_imp = 0.4"][1] == pytest.approx(0.4, abs=0.005)
    left = judged_at(asked(runs=10, seed=1, set={"pi_imp": 0.5}))
    assert {name for name, _ in left.values()} == {"hz_reversal"}
    two = compare(CAMPS, runs=60, seed=3, **PLAIN)
    assert {*tried} <= {*two.variants}
    assert all("pi_imp" not in v for v in compare(CAMPS, runs=60, seed=3, set={"pi_imp": 0.5}, **PLAIN).variants)


def test_what_happens_where_a_policy_begins_is_as_probable_as_its_enforcement():
    begins = np.arange(1000) % 3 > 0
    one, other = odds_by_enforcement(begins, pair_of(begins), np.ones(1000, dtype=bool))
    np.testing.assert_allclose(one, GRID)
    np.testing.assert_allclose(other, GRID)
    uncertain = np.arange(1000) < 600
    mixed, _ = odds_by_enforcement(begins | ~uncertain, pair_of(begins), uncertain)
    np.testing.assert_allclose(mixed, 0.6 * GRID + 0.4)


def test_two_announcements_are_each_followed_or_not():
    one, other = (np.arange(1000) % 2 > 0), (np.arange(1000) // 2 % 2 > 0)
    told = (Acting(one[None], one, 20), Acting(other[None], other, 22))
    found, _ = odds_by_enforcement(one & other, told, np.ones(1000, dtype=bool))
    np.testing.assert_allclose(found, GRID**2)


def test_nothing_is_weighed_where_nothing_is_announced_or_too_few_runs_show_it():
    begins = np.ones(100, dtype=bool)
    every = np.ones(100, dtype=bool)
    assert odds_by_enforcement(begins, (Acting(begins[None], begins, None),) * 2, every) is None
    assert odds_by_enforcement(begins, pair_of(begins), every) is None
    assert odds_by_enforcement(begins, pair_of(begins), ~every) is None


@given(st.floats(0, 1), st.floats(0, 1))
def test_above_the_tipping_value_an_event_is_likely(at_none, at_all):
    odds = at_none + (at_all - at_none) * GRID
    found = tips(odds)
    if found is None:
        assert odds[-1] < LIKELY
    else:
        assert (odds[found <= GRID] >= LIKELY - 1e-9).all()
        assert found == 0.0 or odds[found > GRID].max() < LIKELY + 1e-9
