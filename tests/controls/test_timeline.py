"""The verdict over time: segments without holes, turned by named rules, and the same as deciding each day."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from thalweg.controls import decide, rulebook, timeline, to_local_buyer
from thalweg.evidence import BadInput
from thalweg.pack import load_pack

BOOK = rulebook(load_pack())
DISTRIBUTOR = {"exporter": {"name": "Example Distributor Inc", "country": "US"}}


def date(text):
    return dt.date.fromisoformat(text)


def on(found, day):
    return next(s for s in found.segments if s.start <= day and (s.end is None or day < s.end))


def test_a800_to_china_turns_on_the_letter_and_then_on_the_rule():
    found = timeline(BOOK, "NVIDIA A800", "CN")
    assert [on(found, d).outcome for d in ("2023-10-22", "2023-10-23", "2023-11-16", "2023-11-17")] == [
        "no_license_required",
        *["license_required"] * 3,
    ]
    letter = next(s for s in found.segments if s.start == "2023-10-23")
    assert [t.rule for t in letter.turned_by if t.change == "starts"] == ["us-ear/letters/2023-10-23-immediate"]
    rule = next(s for s in found.segments if s.start == "2023-11-17")
    assert "us-ear/742/6-a-6-iii-A-2023" in [t.rule for t in rule.turned_by if t.change == "starts"]
    assert "us-ear/letters/2023-10-23-immediate" in [t.rule for t in rule.turned_by if t.change == "ends"]
    assert all(t.citations for s in found.segments for t in s.turned_by)


def test_h200_to_china_turns_case_by_case_only_with_its_certifications():
    facts = dict.fromkeys(("commercially_available_us", "us_supply_sufficient", "no_foundry_diversion", "recipient_kyc"), True)
    facts |= dict.fromkeys(("recipient_physical_security", "iaas_controls", "no_military_end_use", "third_party_us_test"), True)
    base = to_local_buyer("NVIDIA H200 SXM", "CN", date("2026-01-01"), DISTRIBUTOR | {"facts": facts | {"china_volume_share": 0.1}})
    found = timeline(BOOK, "NVIDIA H200 SXM", "CN", transaction=base)
    assert (on(found, "2026-01-14").review_policy, on(found, "2026-01-15").review_policy) == ("presumption_of_denial", "case_by_case")


@pytest.mark.parametrize(
    ("item", "to"),
    [("NVIDIA H100 SXM", "AE"), ("NVIDIA H20", "CN"), ("NVIDIA L40", "VN"), ("NVIDIA DGX H100", "KH"), ("HBM3 stack 6.4 Gb/s", "MO")],
)
def test_every_day_of_a_timeline_is_decided_as_on_that_day(item, to):
    found = timeline(BOOK, item, to)
    assert found.segments[0].start == "2022-01-01"
    for before, after in pairwise(found.segments):
        assert before.end == after.start
        assert after.turned_by or before.model_dump(exclude={"start", "end", "turned_by"}) != after.model_dump(
            exclude={"start", "end", "turned_by"}
        )
    day, last = date("2022-01-03"), date(found.segments[-1].end)
    while day < last:
        answer, segment = decide(BOOK, to_local_buyer(item, to, day)), on(found, day.isoformat())
        assert (answer.outcome, answer.codified_outcome, answer.review_policy, answer.classification) == (
            segment.outcome,
            segment.codified_outcome,
            segment.review_policy,
            segment.classification,
        ), day
        day += dt.timedelta(days=61)


def test_a_listing_turns_the_timeline_of_a_named_buyer():
    party = {"role": "end_user", "name": "YMTC", "country": "CN", "headquarters": "CN", "ultimate_parent_headquarters": "CN"}
    chair = {"name": "Office chair", "kind": "other", "eccn": "EAR99"}
    found = timeline(BOOK, chair, "CN", transaction={"date": "2022-01-01", "item": chair, "to": "CN", "parties": [party]})
    assert [(s.start, s.outcome) for s in found.segments][:2] == [("2022-01-01", "no_license_required"), ("2022-12-16", "license_required")]
    assert found.assumptions == []


def test_the_default_buyer_is_declared():
    found = timeline(BOOK, "NVIDIA L20", "DE", start=date("2024-01-01"), end=date("2024-02-01"))
    assert [(s.start, s.end, s.outcome) for s in found.segments] == [("2024-01-01", "2024-02-01", "no_license_required")]
    assert "local" in found.assumptions[0]
    assert "NVIDIA L20 to DE" in found.explain()


def test_days_past_verification_are_marked():
    found = timeline(BOOK, "NVIDIA B200", "CN")
    assert on(found, "2026-10-02").beyond_verified is False
    assert on(found, "2026-10-03").beyond_verified is True


def test_a_timeline_that_ends_before_it_starts_is_refused():
    with pytest.raises(BadInput, match="it must end later than it starts"):
        timeline(BOOK, "NVIDIA L20", "DE", start=date("2024-02-01"), end=date("2024-02-01"))


def test_a_start_before_the_pack_is_moved_to_its_first_day():
    assert timeline(BOOK, "NVIDIA L20", "DE", start=date("2000-01-01"), end=date("2022-02-01")).segments[0].start == "2022-01-01"
