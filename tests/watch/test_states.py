"""States over time: lawful changes with their days, refusals with a reason, whatever the order."""

from __future__ import annotations

import datetime as dt
import importlib.util
import itertools
import random
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.desk.watch_take import account_of
from thalweg.nouns.news import Document, Status
from thalweg.watch.aims import aims
from thalweg.watch.extract import extract, load_lexicon
from thalweg.watch.follow import denies, followed, moves_another, without
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


RULE = {"kind": "official", "source": "federal_register", "publisher": "Federal Register"}


@pytest.mark.parametrize(
    "facts",
    [
        {"type": "Proposed Rule"},
        {"type": "PRORULE"},
        {"type": "Rule", "action": "Proposed rule; request for comments."},
        {"type": "Proposed Rule", "action": "Advance notice of proposed rulemaking."},
    ],
)
def test_what_the_register_prints_as_proposed_is_proposed_whatever_its_text_is_read_as(facts):
    dates = {"announced": "2026-11-10", "published": "2026-11-10", "effective": "2027-01-09"}
    printed = account("r", dates=dates, status="announced", published="2026-11-10", facts=facts, **RULE)
    assert [(c.state, c.on, c.printed) for c in claims(printed, 0)] == [("proposed", "2026-11-10", False)]


def test_a_final_rule_that_takes_comments_is_in_force_from_its_effect_and_not_from_their_end():
    facts = {"type": "Rule", "action": "Interim final rule; request for comments.", "comments_close_on": "2027-01-09"}
    said = {"status": "proposed", "published": "2026-11-10", **RULE}
    rule = account("r", dates={"published": "2026-11-10", "effective": "2026-11-20"}, facts=facts, **said)
    assert [(c.state, c.on) for c in claims(rule, 0) if c.state == "in_force"] == [("in_force", "2026-11-20")]
    wrong = account("r", dates={"published": "2026-11-10", "effective": "2027-01-09"}, facts=facts, **said)
    assert "in_force" not in [c.state for c in claims(wrong, 0)]
    both = account("r", dates={"effective": "2027-01-09"}, facts=facts | {"effective_on": "2027-01-09"}, **said)
    assert "in_force" in [c.state for c in claims(both, 0)]


BODY = (
    "AGENCY: Bureau of Industry and Security, Department of Commerce.\n\nACTION: {action}\n\nSUMMARY: BIS {does} the EAR to require a "
    "license for exports of advanced AI chips to Malaysia.\n\nDATES: {dates}"
)
COMMENTS = "Comments must be received by BIS no later than January 9, 2027."


@pytest.mark.parametrize(
    ("title", "text", "facts", "state"),
    [
        (
            "Controls on Chips to Malaysia",
            BODY.format(action="Proposed rule; request for comments.", does="proposes to amend", dates=COMMENTS),
            {"type": "Proposed Rule", "comments_close_on": "2027-01-09"},
            "proposed",
        ),
        ("Controls on Chips to Malaysia", BODY.format(action="Proposed rule.", does="proposes to amend", dates=COMMENTS), {}, "proposed"),
        (
            "Controls on Chips to Malaysia",
            BODY.format(action="Final rule.", does="amends", dates="This rule is effective November 10, 2026."),
            {"type": "Rule", "effective_on": "2026-11-10"},
            "in_force",
        ),
        (
            "BIS proposes rule on exports of AI chips to Malaysia",
            "BIS proposed a license for exports of AI chips to Malaysia.",
            {},
            "proposed",
        ),
        ("US proposes license requirement for Nvidia H20 chips to China", "The Commerce Department proposed it.", {}, "proposed"),
        (
            "BIS finalizes proposed rule on exports of AI chips to China",
            "BIS issued a final rule that requires a license for exports of AI chips to China, effective immediately.",
            {},
            "in_force",
        ),
    ],
)
def test_a_proposal_is_read_as_one_and_shown_as_one_until_a_rule_is_made(title, text, facts, state):
    document = Document("d", "news", "", title, text, dt.date(2026, 11, 10), "Example Daily", "official" if facts else "media", facts=facts)
    event = extract(document, load_lexicon())[0]
    (found,) = fuse([account_of(event, document)])
    assert found.state_on(dt.date(2027, 6, 1)) == state
    assert (found.status == "proposed") == (state == "proposed")
    assert "2027-01-09" not in event.dates.values()


def test_a_medium_that_tells_of_a_proposed_rule_as_of_a_rule_does_not_make_it_one():
    facts = {"type": "Proposed Rule", "number": "2026-22222"}
    printed = account("r", "Rule on chips", published="2026-11-10", facts=facts, **RULE)
    medium = account("m", "Rule on chips (FR 2026-22222)", status="in_force", published="2026-11-11", dates={"announced": "2026-11-11"})
    (found,) = fuse([medium, printed])
    assert [s.state for s in found.states] == ["proposed"]
    assert {r.state for r in found.refused} == {"announced", "in_force"}
    assert "the authority itself says proposed" in found.refused[0].because


H20 = {"items": [("H20", "NVIDIA H20")], "measure_type": "licence_requirement"}


def told_in_order():
    proposed = account("p", "US proposes a license for H20", status="proposed", published="2026-09-01", **H20)
    rule = account("r", "US requires a license for H20", dates={"effective": "2026-10-15"}, published="2026-10-01", **H20)
    stay = account(
        "s", "US suspends it", status="stayed", published="2026-11-01", certainty="official_final", **H20 | {"measure_type": "suspension"}
    )
    return [next(iter(fuse([a]))) for a in (proposed, rule, stay)]


def test_what_media_tell_of_one_item_and_place_is_set_against_what_was_told_before():
    proposed, rule, stay = told_in_order()
    before, decided = followed(rule, [proposed, stay])
    assert decided.follows == proposed.id
    assert before.state_on(dt.date(2026, 12, 1)) == "proposed"
    assert before.conflicts[0].field == "later report"
    assert rule.id in before.conflicts[0].values[0][0]
    made, mover = followed(stay, [proposed, rule])
    assert (mover.follows, made.state_on(dt.date(2026, 12, 1))) == (rule.id, "stayed")
    assert "says stayed on 2026-11-01" in made.conflicts[0].values[0][0]
    assert followed(stay, [proposed, made])[0] == made
    assert without(stay, made) == rule


@pytest.mark.parametrize("other", [{"items": [("H200", "NVIDIA H200 SXM")]}, {"imposer": ["NL"]}])
def test_a_stay_has_no_aim_in_common_with_a_rule_on_another_item_or_of_another_authority(other):
    stay = told_in_order()[2]
    (rule,) = fuse([account("r", "US requires a license", published="2026-10-01", **H20 | other)])
    assert aims(rule)
    assert not aims(rule) & aims(stay)


@pytest.mark.parametrize("other", [{"destination": ["VN"]}, {"published": "2023-10-01"}, {"status": "proposed"}])
def test_a_stay_is_not_told_on_a_rule_for_another_place_one_long_before_or_a_proposal(other):
    stay = told_in_order()[2]
    (rule,) = fuse([account("r", "US requires a license", **{"published": "2026-10-01"} | H20 | other)])
    assert followed(stay, [rule]) is None


def test_of_two_rules_on_one_item_neither_is_moved_by_a_report_that_names_none():
    _, rule, stay = told_in_order()
    (second,) = fuse([account("t", "US sets a condition for H20", published="2026-10-20", **H20 | {"measure_type": "licence_condition"})])
    made, _ = followed(stay, [rule, second])
    assert (made.id, made.states) == (second.id, second.states)
    assert made.conflicts[0].field == "later report"


def test_a_denial_is_set_against_the_report_that_it_denies_and_not_against_another():
    listed = {"event_type": "listing", "measure_type": "entity_listing", "status": "in_force", "certainty": "official_final"}
    (report,) = fuse([account("r", "US adds firms", evidence="It added Alpha Semi to the list.", published="2026-11-20", **listed)])
    (other,) = fuse([account("o", "US adds others", evidence="It added Pars Drone to the list.", published="2026-11-20", **listed)])
    title = "Commerce denies report that it added Alpha Semi to Entity List"
    (denial,) = fuse([account("d", title, published="2026-11-21", contradicts=[title], **listed)])
    assert denies(denial)
    assert moves_another(denial)
    made, mover = followed(denial, [report, other])
    assert (made.id, made.certainty, mover.follows) == (report.id, "contradicted", report.id)
    assert made.conflicts[0].values[0][0] == title
    assert without(denial, made) == report
    assert followed(denial, [other]) is None
    (official,) = fuse([account("r", "US adds firms", kind="official", evidence="It added Alpha Semi.", published="2026-11-20", **listed)])
    assert followed(denial, [official])[0].certainty == "official_final"


@pytest.mark.parametrize(
    ("title", "denied"),
    [
        ("Commerce denies report that it added Alpha Semi to Entity List", True),
        ("BIS denies license for exports of Nvidia H20 chips to China", False),
        ("US adds Alpha Semi to Entity List over policy of denial", False),
    ],
)
def test_a_denial_of_a_report_is_read_as_one_and_a_denied_license_is_none(title, denied):
    document = Document("d", "news", "", title, f"{title}.", dt.date(2026, 11, 21), "Example Daily", "media")
    events = extract(document, load_lexicon())
    assert [bool(e.contradicts) for e in events[:1]] == [denied]
    assert not denied or events[0].status != "in_force"


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
