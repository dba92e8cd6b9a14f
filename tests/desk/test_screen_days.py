"""Screening as of a day: from when an entry stands, and what is said of one without a date."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.desk.screen import first_day, screen
from thalweg.pack import load_pack

PACK = load_pack()


@pytest.fixture(scope="module")
def csl_2022(shared):
    return shared / "data/lists/csl_full_schema_2022-05-16.csv"


@pytest.fixture(scope="module")
def csl_2026(shared):
    return shared / "data/lists/csl_2026-07-31.csv"


@pytest.mark.needs_shared
@pytest.mark.parametrize(("day", "found"), [("2021-11-23", False), ("2021-11-24", True), ("2021-11-25", True)])
def test_a_party_is_found_from_the_day_on_which_its_notice_took_effect(day, found, csl_2022):
    hits = screen("Al-Qertas", date=day, lists=[csl_2022])
    assert [h.list for h in hits if h.level == "strong"] == (["entity_list"] if found else [])


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("name", "list_id", "before", "after"),
    [
        ("AEROCARIBBEAN AIRLINES", "sdn", "1950-11-30", "1990-01-01"),
        ("SBERBANK OF RUSSIA", "ssi", "2014-03-19", "2014-03-20"),
        ("China Telecom Corporation Limited", "cmic", "2020-11-11", "2020-11-12"),
        ("BANK OF KUNLUN CO LTD", "cap", "2010-08-15", "2015-01-01"),
        ("Mohammed ABU TEIR", "plc", "2006-04-11", "2006-04-12"),
    ],
)
def test_an_entry_without_a_date_is_not_found_before_its_list_had_any(name, list_id, before, after, csl_2026):
    early, late = (screen(name, date=day, lists=[csl_2026]) for day in (before, after))
    assert not [h for h in early if h.list == list_id]
    assert next(s.note for s in early.lists if s.id == list_id).endswith(PACK.lists[list_id]["first_because"])
    hit = next(h for h in late if h.list == list_id)
    assert hit.note.startswith(f"nothing says whether it was listed on {after}; it was on 2026-07-31; it cannot have been before ")
    assert PACK.lists[list_id]["first_because"] in hit.note


def test_every_first_day_says_what_it_rests_on():
    stated = {i: head for i, head in PACK.lists.items() if head["first_day"]}
    assert {"sdn", "ssi", "cmic", "fse", "plc", "cap", "ns_mbs", "uvl", "meu", "entity_list"} <= stated.keys()
    for head in stated.values():
        assert first_day(head)[0] < dt.date(2021, 1, 1)
        assert head["first_because"]
        assert all(s["citation"] and s["url"] for s in head["sources"])


@pytest.mark.needs_shared
def test_no_real_entry_with_a_date_stood_before_the_first_day_of_its_list(csl_2022, csl_2026):
    from thalweg.desk.list_taking import lookups
    from thalweg.sources import read_lists

    for file in (csl_2022, csl_2026):
        for copy in read_lists(file, lookups(PACK)):
            first, _ = first_day(PACK.lists[copy.list])
            if first is not None:
                assert [e.name for e in copy.entries if e.listed_on and e.listed_on < first] == []
