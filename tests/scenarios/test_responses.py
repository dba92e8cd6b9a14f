"""Strategies of other players: the past stays as it was, each does what it says, and nothing is ever worked out twice."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.desk.policies import ready, the_policy
from thalweg.evidence import BadInput
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import ensemble
from thalweg.scenarios.outcomes import EVERYTHING
from thalweg.scenarios.quarters import LABELS, index
from thalweg.scenarios.responses import Answer, Response
from thalweg.scenarios.simulate import simulate

SINCE = index("2027Q1")
DRAWS = ensemble(load_estimates(), 60, 3)
NAMES = ("throttled", "retaliation", "alignment", "flow_legal", "flow_world", "wafers", "flow_grey", "lag", "acceptance", "flow_domestic")


def played(policy, *responses, since=SINCE):
    plan = ready(the_policy(policy)).plan(DRAWS.draws)
    if responses:
        plan = dataclasses.replace(plan, answer=Answer(since, responses))
    return simulate(DRAWS, plan, outcomes=NAMES, quarterly=NAMES).quarterly


BASE = {name: played(name) for name in ("control-camp", "cooperation-camp")}
EACH = {
    "open": Response(imports="open"),
    "throttled": Response(imports="throttled"),
    "retaliate": Response(retaliation="always"),
    "peace": Response(retaliation="never"),
    "broken": Response(deals="broken"),
    "ahead": Response(imports="open", buys_ahead=4),
    "build": Response(at_least={"gW": 2.5, "gH": 2.5}),
    "smuggle": Response(at_least={"theta": 0.9}),
    "alone": Response(factors={"a": 0.0}),
}


@pytest.mark.parametrize("name", EACH)
@pytest.mark.parametrize("policy", BASE)
def test_what_was_before_a_strategy_stays_as_it_was(policy, name):
    found = played(policy, EACH[name])
    for outcome in NAMES:
        np.testing.assert_array_equal(found[outcome][:SINCE], BASE[policy][outcome][:SINCE])


def test_a_strategy_that_chooses_nothing_changes_nothing():
    found = played("cooperation-camp", Response())
    for outcome in NAMES:
        np.testing.assert_array_equal(found[outcome], BASE["cooperation-camp"][outcome])


def test_imports_are_throttled_or_open_in_every_run():
    assert (played("cooperation-camp", EACH["throttled"])["throttled"][SINCE:] == 1).all()
    assert (played("cooperation-camp", EACH["open"])["throttled"][SINCE:] == 0).all()


def test_a_throttle_lets_in_less_than_an_open_door():
    shut, wide = (played("cooperation-camp", EACH[name])["flow_legal"][SINCE:].sum(axis=0) for name in ("throttled", "open"))
    assert (shut <= wide * (1 + 1e-5)).mean() > 0.9  # without regimes two levels are drawn apart
    assert shut.mean() < 0.7 * wide.mean()


def test_retaliation_lasts_or_never_begins_and_costs_the_world_chips():
    always, never = (played("control-camp", EACH[name]) for name in ("retaliate", "peace"))
    assert (always["retaliation"][SINCE:] == 1).all()
    assert (never["retaliation"][SINCE + 6 :] == 0).all()  # what had begun before runs off
    assert always["flow_world"][SINCE:].sum() < never["flow_world"][SINCE:].sum()


def test_a_broken_deal_frees_what_it_held_back():
    kept, broken = (played("cooperation-camp", Response(deals=d)) for d in ("kept", "broken"))
    assert broken["wafers"][-1].mean() > kept["wafers"][-1].mean()
    assert (broken["wafers"][-1] >= kept["wafers"][-1] * 0.99).all()  # less shortage may slow growth a little later


def test_buyers_who_stock_up_buy_more_at_first():
    ahead, open_ = (played("cooperation-camp", EACH[name])["flow_legal"] for name in ("ahead", "open"))
    np.testing.assert_array_less(open_[SINCE].mean(), ahead[SINCE].mean())


def test_numbers_that_are_raised_are_never_lowered():
    low = played("control-camp", Response(at_least={"gW": 0.0}))
    np.testing.assert_array_equal(low["wafers"], BASE["control-camp"]["wafers"])
    assert (played("control-camp", EACH["build"])["wafers"][-1] >= BASE["control-camp"]["wafers"][-1] * (1 - 1e-4)).all()


def test_allies_who_stand_aside_do_not_align():
    assert not played("control-camp", EACH["alone"])["alignment"][SINCE:].any()
    assert BASE["control-camp"]["alignment"][SINCE:].any()


def test_the_later_of_two_strategies_holds_where_both_set_the_same():
    found = played("control-camp", EACH["open"], EACH["throttled"])
    assert (found["throttled"][SINCE:] == 1).all()


@given(start=st.integers(index("2026Q3"), len(LABELS) - 1))
def test_a_strategy_begins_in_its_quarter(start):
    found = played("control-camp", EACH["throttled"], since=start)["throttled"]
    assert (found[start:] == 1).all()
    np.testing.assert_array_equal(found[:start], BASE["control-camp"]["throttled"][:start])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"at_least": {"gw": 1.0}}, "did you mean 'gW'?"),
        ({"at_least": {"S0_us": 1.0}}, "cannot be raised from a quarter on"),
        ({"factors": {"aa": 0.5}}, "there is no lever 'aa'"),
        ({"factors": {"a": 1.5}}, "a number from 0 to 1 is needed"),
        ({"factors": {"a": float("nan")}}, "a number from 0 to 1 is needed"),
    ],
)
def test_what_a_strategy_cannot_be_is_one_clear_error(given, said):
    with pytest.raises(BadInput, match=r".") as error:
        Response(**given)
    assert said in str(error.value)


def test_every_outcome_that_is_looked_at_exists():
    assert set(NAMES) <= set(EVERYTHING)
