"""Links of an event to the pack, and rules that an official document amends after their review."""

from __future__ import annotations

import datetime as dt
import importlib.util
from pathlib import Path

import pytest

from thalweg.nouns.news import Document
from thalweg.watch.fuse import fuse
from thalweg.watch.link import link, marks
from thalweg.watch.stale import stale

SPEC = importlib.util.spec_from_file_location("told", Path(__file__).parent / "told.py")
told_by = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(told_by)
account = told_by.account


def links(told, looked_up):
    (event,) = fuse([told])
    return event, link(event, (told,), looked_up)


def ids(found, kind):
    return [x.id for x in found if x.kind == kind]


def test_a_number_of_the_federal_register_leads_to_the_rules_and_the_event_of_the_pack(looked_up):
    told = account("a", "BIS stays the affiliates rule (90 FR 50857)", measure_type="suspension", status="stayed")
    _, found = links(told, looked_up)
    assert "us-ear/744/16-affiliates" in ids(found, "rule")
    assert "us-2025-11-10-affiliates-stay" in ids(found, "event")
    assert all(x.why for x in found)


def test_a_section_and_a_class_that_are_named_lead_to_their_rules(looked_up):
    told = account("a", "Changes to section 744.23 and ECCN 3A090 take effect")
    _, found = links(told, looked_up)
    assert {"us-ear/744/23-a-1", "us-ear/774/3A090.a"} <= set(ids(found, "rule"))


def test_news_of_the_same_authority_within_days_in_the_same_words_is_the_known_event(looked_up):
    told = account(
        "a",
        "Malaysia to require permits for exports of high-performance US AI chips",
        measure_type="licence_requirement",
        imposer=["MY"],
        destination=[],
        published="2025-07-15",
    )
    _, found = links(told, looked_up)
    assert len(ids(found, "event")) == 1


def test_a_bill_leads_to_its_draft(looked_up):
    told = account(
        "a", "House passes the Remote Access Security Act", event_type="legislation", measure_type="legislation", status="pending"
    )
    assert ids(links(told, looked_up)[1], "draft") == ["remote-access-security-act"]
    by_number = account("b", "Committee takes up S. 1705", event_type="legislation", measure_type="legislation", status="pending")
    assert ids(links(by_number, looked_up)[1], "draft") == ["chip-security-act"]


def test_parties_lead_to_their_entries_and_everything_becomes_a_mark(looked_up):
    told = account(
        "a",
        "Huawei and H200",
        event_type="listing",
        actors=[("Huawei Technologies Co., Ltd.", "listed_party")],
        items=[("H200", "NVIDIA H200 SXM", "")],
        destination=["CN"],
    )
    event, found = links(told, looked_up)
    assert ids(found, "party")[0].startswith("entity_list/")
    marked = marks(event, found)
    assert {("chip", "nvidia h200 sxm"), ("eccn", "3A090.a"), ("eccn", "3A090"), ("place", "CN"), ("imposer", "US")} <= marked
    assert ("party", "huawei technologies") in marked


def test_an_event_about_nothing_of_the_pack_has_no_link(looked_up):
    assert links(account("a", "Weather in Oslo", imposer=[], destination=[]), looked_up)[1] == ()


# ---------------------------------------------------------------- stale


def rule(text="", **facts):
    stated = {
        "number": "2026-20001",
        "type": "Rule",
        "action": "Final rule.",
        "effective_on": "2026-11-20",
        "citation": "91 FR 60001",
    } | facts
    return Document(
        "fr:2026-20001",
        "federal_register",
        "https://www.federalregister.gov/d/2026-20001",
        "Changes",
        text,
        dt.date(2026, 11, 20),
        kind="official",
        facts=stated,
    )


def test_a_section_amended_after_its_review_makes_its_rules_stale_and_no_others(looked_up, pack):
    found = stale(rule("4. Section 744.23 is amended by revising paragraph (a)(2).", cfr="15:744"), looked_up)
    assert {a.level for a in found} == {"section"}
    assert all(a.rule.startswith("us-ear/744/23") for a in found)
    assert (found[0].reviewed, found[0].amended_on) == (max(v.reviewed for v in pack.rules[found[0].rule].versions), "2026-11-20")
    assert found[0].citation == "91 FR 60001"


def test_sections_that_the_source_states_count_and_a_part_alone_is_said_to_be_unsure(looked_up):
    (ecfr,) = {a.level for a in stale(rule(type="", action="", sections="744.23", number="", cfr=""), looked_up)}
    assert ecfr == "section"
    by_part = stale(rule("Corrections of grammar.", cfr="15:740"), looked_up)
    assert {a.level for a in by_part} == {"part"}
    assert all(a.rule.startswith("us-ear/740/") for a in by_part)


def test_supplements_that_the_source_states_count_with_the_entries_that_the_text_names(looked_up):
    facts = {"sections": "740.8", "appendices": "Supplement No. 1 to Part 774", "cfr": "15:740 15:774"}
    found = {
        a.rule
        for a in stale(rule("In supplement no. 1 to part 774, ECCN 3A090 is amended by adding a note.", **facts), looked_up)
        if a.level == "section"
    }
    assert {"us-ear/774/3A090.a", "us-ear/740/8-NAC"} <= found
    assert not any("5A992" in r for r in found)


def test_an_entry_of_the_control_list_that_is_amended_makes_its_classification_stale(looked_up):
    found = stale(rule("Supplement No. 1 to part 774 is amended; ECCN 3A090 is amended by adding a note.", cfr="15:774"), looked_up)
    assert "us-ear/774/3A090.a" in {a.rule for a in found if a.level == "section"}
    assert not any("5A992" in a.rule for a in found)


@pytest.mark.parametrize(
    "facts",
    [
        {"effective_on": "2026-09-01"},  # before the review
        {"type": "Proposed Rule", "action": "Proposed rule."},
        {"type": "Notice", "action": "Notice."},
        {"substantive": "no"},
        {"withdrawn": "yes"},
    ],
)
def test_what_came_before_the_review_is_proposed_or_amends_nothing_makes_no_rule_stale(looked_up, facts):
    assert stale(rule("Section 744.23 is amended by revising paragraph (a).", cfr="15:744", **facts), looked_up) == ()


def test_a_rule_that_was_written_from_the_document_is_not_stale_by_it(looked_up):
    later = rule("Section 744.23 is amended by", cfr="15:744", number="2024-28270", citation="89 FR 96790", effective_on="2026-11-20")
    assert "us-ear/744/23-a-2-iii" not in {a.rule for a in stale(later, looked_up)}


def test_a_medium_that_reports_an_amendment_makes_no_rule_stale(looked_up):
    told = Document("n:1", "news", "", "News", "Section 744.23 is amended by", dt.date(2026, 11, 20), kind="media", facts={"cfr": "15:744"})
    assert stale(told, looked_up) == ()
