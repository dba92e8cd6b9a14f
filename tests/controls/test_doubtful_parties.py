"""A party that may be on a list: the answer depends on it and says so; it never blocks and never clears in silence."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from thalweg.controls import Rulebook, decide, rulebook
from thalweg.controls.many import decide_many
from thalweg.evidence import OPEN_END
from thalweg.pack import Listing, load_pack

PACK = load_pack()
BOOK = rulebook(PACK)
DAY = "2025-06-02"


def entry(key: str, *, doubt: str, list_id: str = "entity_list", policy: str = "presumption_of_denial", number: str = "E1") -> Listing:
    """An entry of a list that stands under a stated name."""
    return Listing(
        list=list_id,
        entry_id=number,
        name="Blue Heron Semiconductor Ltd.",
        aliases=(),
        keys=(key,),
        country="MY",
        start=dt.date(2024, 1, 5).toordinal(),
        end=OPEN_END,
        citation="made for this test",
        url="",
        footnotes={},
        policy=policy,
        requirement="all items subject to the EAR",
        basis="screened",
        note="",
        level="possible",
        score=0.7,
        why=("two of three words are equal",),
        doubt=doubt,
    )


def book(*entries: Listing) -> Rulebook:
    """The rules of the pack over these entries and its own."""
    return BOOK.with_listings([*PACK.listings, *entries], PACK.lists)


def sale(name: str = "Blue Heron Semi", **party: object) -> dict[str, object]:
    """A gaming chip that goes to Malaysia without a license unless someone is listed."""
    return {
        "date": DAY,
        "item": "NVIDIA RTX 4080",
        "to": "MY",
        "parties": [
            {"role": "end_user", "name": name, "country": "MY", "headquarters": "MY", "ultimate_parent_headquarters": "MY", **party}
        ],
    }


CLEAR = decide(BOOK, sale()).outcome


def test_no_entry_leaves_the_sale_as_it_is():
    assert CLEAR == "no_license_required"


def test_a_possible_match_leaves_the_outcome_open_and_asks_who_the_party_is():
    answer = decide(book(entry("blue heron semi", doubt="party")), sale())
    assert answer.outcome == "undetermined"
    assert answer.possible_outcomes == ["license_required", "no_license_required"]
    (asked,) = [m for m in answer.missing_facts if m.fact == "party_listed"]
    assert asked.of == "end_user"
    assert "Is Blue Heron Semi the same as Blue Heron Semiconductor Ltd. (MY, E1) on the Entity List?" in asked.question
    assert "two of three words are equal" in asked.question
    assert asked.state_as.endswith("entity_list:E1")
    assert "outcome" in asked.decides


def test_a_possible_match_is_shown_with_its_level_and_why():
    (hit,) = decide(book(entry("blue heron semi", doubt="party")), sale()).screening
    assert (hit["list"], hit["entry_id"], hit["level"], hit["score"]) == ("entity_list", "E1", "possible", 0.7)
    assert hit["why"] == ["two of three words are equal"]


@pytest.mark.parametrize(
    ("doubt", "asked"),
    [
        ("address", "Is Blue Heron Semi at the address that is listed as Blue Heron Semiconductor Ltd. (MY, E1) on the Entity List?"),
        (
            "items",
            "Is the item one for which Blue Heron Semiconductor Ltd. (MY, E1) on the Entity List needs a license? The entry says: all",
        ),
    ],
)
def test_an_address_and_a_narrow_requirement_are_asked_for_in_their_own_words(doubt: str, asked: str):
    answer = decide(book(entry("blue heron semi", doubt=doubt)), sale())
    assert answer.outcome == "undetermined"
    assert any(m.question.startswith(asked) for m in answer.missing_facts)


def test_a_possible_match_raises_the_red_flag_of_a_party_that_resembles_a_listed_one():
    chip = {**sale(), "item": "NVIDIA H100 SXM"}
    raised = {f.rule for f in decide(book(entry("blue heron semi", doubt="party")), chip).red_flags}
    assert "us-ear/guidance/2025-05-13-diversion/resembles-listed-party" in raised
    assert "us-ear/guidance/2025-05-13-diversion/resembles-listed-party" not in {f.rule for f in decide(BOOK, chip).red_flags}


def test_a_sure_match_requires_a_license_under_the_policy_of_the_entry():
    answer = decide(book(entry("blue heron semi", doubt="")), sale())
    assert (answer.outcome, answer.review_policy) == ("license_required", "presumption_of_denial")


def test_said_to_be_the_same_it_counts_as_the_entry():
    answer = decide(book(entry("blue heron semi", doubt="party")), sale(same_as=["entity_list:E1"]))
    assert (answer.outcome, answer.review_policy) == ("license_required", "presumption_of_denial")
    assert not [m for m in answer.missing_facts if m.fact == "party_listed"]


@pytest.mark.parametrize("doubt", ["party", ""])
def test_said_not_to_be_the_same_it_does_not_count_and_a_note_says_so(doubt: str):
    answer = decide(book(entry("blue heron semi", doubt=doubt)), sale(not_same_as=["entity_list:E1"]))
    assert answer.outcome == CLEAR
    assert [n for n in answer.notes if "entity_list:E1" in n] or doubt


def test_where_a_license_is_required_anyway_only_the_review_may_hang_on_it():
    h100 = {**sale(), "item": "NVIDIA H100 SXM", "to": "CN"}
    h100["parties"] = [
        {"role": "end_user", "name": "Blue Heron Semi", "country": "CN", "headquarters": "CN", "ultimate_parent_headquarters": "CN"}
    ]
    answer = decide(book(entry("blue heron semi", doubt="party")), h100)
    assert answer.outcome == "license_required"
    assert not [m for m in answer.missing_facts if m.fact == "party_listed" and "outcome" in m.decides]


def test_two_possible_entries_are_asked_for_one_by_one():
    both = book(entry("blue heron semi", doubt="party"), entry("blue heron semi", doubt="party", list_id="dpl", number="D9"))
    answer = decide(both, sale())
    assert answer.outcome == "undetermined"
    assert "prohibited" in answer.possible_outcomes
    assert {m.state_as.rsplit(": ", 1)[1] for m in answer.missing_facts if m.fact == "party_listed"} == {"entity_list:E1", "dpl:D9"}


def test_the_strictest_policy_is_that_of_the_entries_that_a_branch_takes():
    entries = [
        entry("blue heron semi", doubt="", policy="case_by_case"),
        entry("blue heron semi", doubt="party", policy="policy_of_denial", number="E2"),
    ]
    answer = decide(book(*entries), sale())
    assert answer.outcome == "license_required"
    assert answer.possible_policies == ["case_by_case", "policy_of_denial"]
    assert [m.decides for m in answer.missing_facts if m.fact == "party_listed"] == [["review_policy"]]


def test_an_owner_that_may_be_listed_leaves_the_share_of_listed_owners_open():
    owned = sale("Quiet Water Trading", owners=[{"name": "Blue Heron Semi", "share": 0.6}])
    owned["date"] = "2025-10-15"
    listed = decide(book(entry("blue heron semi", doubt="")), owned)
    doubtful = decide(book(entry("blue heron semi", doubt="party")), owned)
    assert listed.outcome == "license_required"
    assert doubtful.outcome == "undetermined"


def test_before_the_entry_stood_there_is_no_doubt():
    early = {**sale(), "date": "2023-12-01"}
    assert decide(book(entry("blue heron semi", doubt="party")), early).outcome == decide(BOOK, early).outcome == "no_license_required"


def test_a_batch_says_the_same_as_one_by_one():
    names = ["Blue Heron Semi", "Blue Heron Semi", "Grey Heron", None, "Blue Heron Semi"]
    items = ["NVIDIA RTX 4080", "NVIDIA H100 SXM", "NVIDIA RTX 4080", "NVIDIA H100 SXM", "NVIDIA H20"]
    frame = pl.DataFrame({"date": [dt.date(2025, 6, 2)] * 5, "to": ["MY", "CN", "MY", "CN", "CN"], "item": items, "end_user.name": names})
    over = book(entry("blue heron semi", doubt="party"))
    many = decide_many(over, frame)
    for row, answer in zip(frame.iter_rows(named=True), many.iter_rows(named=True), strict=True):
        party = {"role": "end_user", "name": row["end_user.name"]}
        parties = {"parties": [party]} if row["end_user.name"] else {}
        one = decide(over, {"date": row["date"], "to": row["to"], "item": row["item"], **parties})
        assert (answer["outcome"], answer["codified_outcome"]) == (one.outcome, one.codified_outcome)
        assert answer["missing_facts"] == sorted({m.fact for m in one.missing_facts})
