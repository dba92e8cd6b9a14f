"""States over time: lawful changes with their days, refusals with a reason, whatever the order."""

from __future__ import annotations

import datetime as dt
import importlib.util
import itertools
import random
from pathlib import Path
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from thalweg.nouns.news import Status
from thalweg.watch.follow import followed, moves_another
from thalweg.watch.fuse import fuse
from thalweg.watch.states import MAY_FOLLOW, Claim, claims, history

SPEC = importlib.util.spec_from_file_location("told", Path(__file__).parent / "told.py")
told_by = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(told_by)
account = told_by.account


def said(state, on, *, printed=False, by="a", near=0):
    return Claim(state, on, printed, by, near, "")


def test_a_rule_goes_from_proposed_over_announced_and_published_to_in_force():
    dates = {"announced": "2026-01-05", "published": "2026-01-10", "effective": "2026-03-01"}
    proposed = account("p", status="proposed", published="2025-06-01", dates={"event": "2025-06-01"})
    rule = account("r", kind="official", dates=dates, status="in_force", published="2026-03-01")
    states, refused = history([*claims(proposed, 3), *claims(rule, 0)])
    assert [(s.state, s.on) for s in states] == [
        ("proposed", "2025-06-01"),
        ("announced", "2026-01-05"),
        ("published", "2026-01-10"),
        ("in_force", "2026-03-01"),
    ]
    assert refused == ()


def test_a_rule_that_is_in_force_on_filing_is_not_moved_by_its_later_printing():
    rule = account(
        "r", kind="official", dates={"effective": "2025-09-29", "published": "2025-09-30"}, status="in_force", published="2025-09-30"
    )
    states, refused = history(claims(rule, 0))
    assert ([(s.state, s.on) for s in states], refused) == ([("in_force", "2025-09-29")], ())


def test_what_has_ended_does_not_come_back_and_the_refusal_says_why():
    states, refused = history([said("in_force", "2025-01-01"), said("ended", "2025-06-01"), said("in_force", "2025-09-01")])
    assert [s.state for s in states] == ["in_force", "ended"]
    assert refused[0].because == "in force cannot follow ended (since 2025-06-01)"


def test_a_stay_ends_by_the_return_of_the_rule():
    stay = account(
        "s", measure_type="suspension", status="stayed", dates={"effective": "2025-11-10", "expiry": "2026-11-09"}, published="2025-11-11"
    )
    states, _ = history(claims(stay, 4))
    assert [(s.state, s.on, s.printed) for s in states] == [("stayed", "2025-11-10", False), ("in_force", "2026-11-09", True)]


def test_of_two_days_for_one_change_that_of_the_nearer_account_is_taken():
    states, _ = history([said("announced", "2025-01-14", by="press", near=3), said("announced", "2025-01-13", by="bis", near=0)])
    assert [(s.on, s.by) for s in states] == [("2025-01-13", "bis")]


def test_a_day_that_is_only_printed_is_not_entered_before_it():
    (found,) = fuse([account("r", kind="official", dates={"announced": "2026-03-01", "effective": "2026-06-01"}, published="2026-03-01")])
    assert found.state_on(dt.date(2026, 5, 31)) == "announced"
    assert found.state_on(dt.date(2026, 6, 1)) == "in_force"
    assert found.states[-1].printed


def test_a_printed_year_is_entered_when_it_is_over_and_not_on_its_first_day():
    (found,) = fuse([account("r", dates={"announced": "2025-11-10", "expiry": "2026"}, status="in_force", published="2025-11-10")])
    assert found.state_on(dt.date(2026, 6, 1)) == "in_force"
    assert found.state_on(dt.date(2026, 12, 31)) == "ended"


def test_the_day_that_a_medium_was_printed_on_is_not_the_day_that_the_rule_was_published():
    states, _ = history(claims(account("p", dates={"published": "2026-03-03"}, status="announced", published="2026-03-03"), 3))
    assert "published" not in [s.state for s in states]


def test_a_later_stay_is_told_on_the_rule_that_it_stays():
    (rule,) = fuse(
        [account("r", "Affiliates rule", kind="official", dates={"effective": "2025-09-29"}, status="in_force", published="2025-09-30")]
    )
    (stay,) = fuse([account("s", "BIS suspends the rule", measure_type="suspension", status="stayed", published="2025-11-11")])
    assert moves_another(stay)
    assert not moves_another(rule)
    made, mover = followed(stay, [rule])
    assert made.state_on(dt.date(2025, 12, 1)) == "stayed"
    assert mover.follows == rule.id
    assert followed(stay, [made])[0] == made
    assert followed(stay, []) is None


CLAIMS = st.lists(
    st.builds(
        said,
        st.sampled_from(get_args(Status)),
        st.sampled_from(["2025", "2025-03", "2025-03-01", "2025-03-20", "2025-08-01", "2026-01-01"]),
        printed=st.booleans(),
        by=st.sampled_from("abc"),
        near=st.integers(0, 5),
    ),
    max_size=8,
)


@given(CLAIMS, st.randoms(use_true_random=False))
def test_every_change_is_lawful_and_the_order_of_claims_does_not_matter(told, draw: random.Random):
    states, refused = history(told)
    for before, after in itertools.pairwise(states):
        assert after.state in MAY_FOLLOW[before.state]
    assert all(r.because for r in refused)
    mixed = list(told)
    draw.shuffle(mixed)
    assert history(mixed) == (states, refused)
