"""What the texts of entries mean to a decision: their review policy, and whether they are about every item."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.desk.standing import as_listing, covers_all_items, policy_of
from thalweg.evidence import OPEN_START
from thalweg.nouns import ListEntry

ENTRY = ListEntry(
    "entity_list",
    "E1",
    "Example Institute",
    license_requirement="For all items subject to the EAR. (See § 744.11 of the EAR)",
    license_policy="Presumption of denial",
    footnotes=("4",),
    programs=("X",),
    notices=("88 FR 71991",),
    listed_on=dt.date(2023, 10, 19),
)


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("Presumption of denial.", "presumption_of_denial"),
        ("Presumption for denial", "presumption_of_denial"),
        ("Policy of denial. See §§ 746.8(b) and 744.21(e).", "policy_of_denial"),
        (
            (
                "Policy of denial for all items subject to the EAR apart from food and medicine designated as EAR99, "
                "which will be reviewed on a case-by-case basis. See §§ 746.8(b) and 744.21(e)"
            ),
            "policy_of_denial",
        ),
        ("Case-by-case review.", "case_by_case"),
        ("Case-by-case for all items listed on the CCL. Presumption of approval for EAR99 items", ""),
        ("Case-by-case review for ECCNs 1A004.c; presumption of denial for all other items subject to the EAR", ""),
        ("See § 746.8(b)(2) of the EAR", ""),
        ("", ""),
    ],
)
def test_a_policy_is_read_where_the_entry_states_one_for_every_item(text: str, policy: str):
    assert policy_of(text) == policy


@pytest.mark.parametrize(
    ("text", "all_items"),
    [
        ("For all items subject to the EAR. (See §744.11 of the EAR).", True),
        ("For All Items Subject to the EAR (See §734.9(g), 3 §746.8(a)(3), and §744.21(b) of the EAR).", True),
        ("For all items subject to the EAR when used in projects specified in § 746.8(a)(4) of the EAR", False),
        ("For items on the CCL and listed in supplement no. 7 to part 746 of the EAR", False),
        ("", False),
    ],
)
def test_an_entry_that_is_not_about_every_item_is_told_from_one_that_is(text: str, all_items: bool):
    assert covers_all_items(ListEntry("entity_list", "E1", "X", license_requirement=text)) is all_items


def test_a_strong_match_stands_as_the_entry_and_a_possible_one_is_asked_about():
    strong = as_listing(ENTRY, "example institute", "strong", 0.99, ["the names are equal"])
    assert (strong.doubt, strong.policy, strong.start) == ("", "presumption_of_denial", dt.date(2023, 10, 19).toordinal())
    assert set(strong.footnotes) == {"4", "X"}
    assert as_listing(ENTRY, "example institute", "possible", 0.6, []).doubt == "party"


def test_an_entry_for_some_items_or_for_an_address_is_asked_about_even_if_the_name_is_equal():
    from dataclasses import replace

    assert as_listing(replace(ENTRY, license_requirement="For items on the CCL"), "k", "strong", 1.0, []).doubt == "items"
    assert as_listing(replace(ENTRY, address_only=True), "k", "strong", 1.0, []).doubt == "address"


def test_an_entry_without_a_listing_date_stands_on_every_day():
    from dataclasses import replace

    assert as_listing(replace(ENTRY, listed_on=None), "k", "strong", 1.0, []).start == OPEN_START
