"""Review policies: what is settled, and what is still possible where it is not."""

from __future__ import annotations

import polars as pl

from thalweg.controls import decide, rulebook
from thalweg.controls.many import decide_many
from thalweg.pack import load_pack

BOOK = rulebook(load_pack())
BUYER = {"role": "end_user", "name": "Example Buyer", "country": "VN"}
H200 = {"date": "2026-02-01", "item": "NVIDIA H200 SXM", "to": "CN", "from": "US", "exporter": {"name": "Maker", "country": "US"}}
LOCAL = {"country": "CN", "headquarters": "CN", "ultimate_parent_headquarters": "CN"}
SHOWN = [
    "commercially_available_us",
    "us_supply_sufficient",
    "no_foundry_diversion",
    "recipient_kyc",
    "recipient_physical_security",
    "iaas_controls",
    "no_military_end_use",
    "third_party_us_test",
]
CERTIFIED = {**dict.fromkeys(SHOWN, True), "china_volume_share": 0.2}


def test_the_default_stands_and_the_other_is_said_to_be_possible_where_certifications_are_open():
    answer = decide(BOOK, H200 | {"parties": [{**BUYER, **LOCAL}]})
    assert answer.review_policy == "presumption_of_denial"
    assert answer.possible_policies == ["case_by_case", "presumption_of_denial"]


def test_nothing_else_is_possible_once_every_certification_is_given():
    answer = decide(BOOK, H200 | {"parties": [{**BUYER, **LOCAL}], "facts": CERTIFIED})
    assert (answer.review_policy, answer.possible_policies) == ("case_by_case", [])


def test_an_unknown_headquarters_leaves_a_stricter_policy_possible():
    answer = decide(BOOK, H200 | {"to": "VN", "parties": [BUYER]})
    assert answer.outcome == "license_required"
    assert "presumption_of_denial" in answer.possible_policies
    told = decide(BOOK, H200 | {"to": "VN", "parties": [{**BUYER, "headquarters": "CN", "ultimate_parent_headquarters": "CN"}]})
    assert told.review_policy in answer.possible_policies


def test_a_frame_holds_the_possible_policies_too():
    rows = pl.DataFrame({"date": ["2026-02-01"], "item": ["NVIDIA H200 SXM"], "to": ["CN"], "from": ["US"], "end_user.country": ["CN"]})
    assert decide_many(BOOK, rows)["possible_policies"].to_list() == [["case_by_case", "presumption_of_denial"]]


def test_an_exception_says_how_many_days_of_notice_it_takes():
    answer = decide(BOOK, H200 | {"item": "NVIDIA RTX 4090", "parties": [{**BUYER, **LOCAL}]})
    assert [(e.exception, e.notice_days) for e in answer.exceptions if e.available] == [("NAC", 25)]


def test_an_exception_that_lifts_a_part_only_is_not_available_and_says_what_stands():
    listed = {**BUYER, **LOCAL, "name": "Semiconductor Manufacturing International Corporation"}
    answer = decide(BOOK, H200 | {"item": "NVIDIA RTX 4090", "parties": [listed]})
    nac = next(e for e in answer.exceptions if e.exception == "NAC")
    assert nac.available is False
    assert "a license is required all the same" in nac.why
    assert not any(r.lifted_by for r in answer.requirements)
