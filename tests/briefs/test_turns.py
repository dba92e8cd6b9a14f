from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from thalweg.briefs.claims import policies
from thalweg.briefs.judge import Judge
from thalweg.briefs.turns import Grounds, OverTime, rests_on, states, turning_days
from thalweg.controls import decide
from thalweg.evidence import BadInput
from thalweg.nouns import name_key
from thalweg.pack import Listing

DAYS = [dt.date(2022, 11, 1), dt.date(2023, 11, 17), dt.date(2025, 4, 20), dt.date(2026, 7, 10), dt.date(2026, 12, 1)]
SMIC = "Semiconductor Manufacturing International Corporation"


def deal(**changed):
    given = {
        "id": "A", "activity": "export", "item": "NVIDIA H20", "quantity": 8.0, "value_usd": 5.0, "from": "US", "to": "CN",
        "exporter": {"name": "Meander Silicon, Inc.", "country": "US"},
        "parties": [{"role": "end_user", "name": "Yangtze Example Cloud", "country": "CN", "headquarters": "CN"}], "facts": {},
    }  # fmt: skip
    return given | changed


def party(**changed):
    return [{"role": "end_user", "name": "Straits Data Pte", "country": "SG"} | changed]


@pytest.mark.parametrize(
    "asked",
    [
        deal(),
        deal(exporter={"name": "NVIDIA", "country": "US"}),
        deal(quantity=None, parties=party(role="ultimate_consignee", name=SMIC)),
        deal(to="SG", parties=party(owners=[{"name": SMIC, "share": 0.6}]), item="NVIDIA H200 SXM"),
        deal(item="NVIDIA H200 SXM", facts={"third_party_us_test": True, "china_volume_share": 0.2}),
        deal(item={"name": "own", "kind": "integrated_circuit", "tpp": 5000, "performance_density": 7, "datacenter": True}, to="VN"),
        deal(activity="reexport", **{"from": "SG"}),
        deal(to="SG", parties=party(headquarters="SG", ultimate_parent_headquarters="SG", listed_owner_share=None)),
        deal(to="SG", parties=party(headquarters="SG", ultimate_parent_headquarters="SG", listed_owner_share=0.5, lei="X", type="entity")),
        deal(to="SG", parties=party(address="12 Any Street", birth_date="1970", uae_government_agency=False)),
    ],
    ids=["plain", "letter", "listed", "owned", "facts", "specified", "reexport", "share not known", "share", "evidence"],
)  # fmt: skip
def test_a_deal_has_the_same_state_as_a_column_as_it_has_alone(pack, asked):
    judge = Judge(pack, [])
    found = states(judge, {"A": OverTime(asked)}, DAYS)
    for day in DAYS:
        alone = decide(judge.book, asked | {"date": day})
        usable = [e.exception for e in alone.exceptions if e.available]
        rules = rests_on(alone.outcome, [r.rule for r in alone.requirements], usable)
        assert found["A", day] == Grounds(alone.outcome, policies(alone), rules)


LISTED = Listing(
    list="entity_list",
    entry_id="E1",
    name="Straits Data Private Limited",
    aliases=(),
    keys=(name_key("Straits Data Pte"),),
    country="SG",
    start=dt.date(2025, 1, 6).toordinal(),
    end=dt.date(2026, 9, 1).toordinal(),
    citation="made for this test",
    url="",
    footnotes={},
    policy="presumption_of_denial",
    requirement="",
    basis="primary",
    note="",
    level="possible",
    score=0.7,
    why=("three of four words are equal",),
    doubt="party",
)
LOCAL = {"headquarters": "SG", "ultimate_parent_headquarters": "SG"}


def laid(pack, *entries):
    """The judge over a pack that holds these entries as well."""
    return Judge(dataclasses.replace(pack, listings=(*pack.listings, *entries)), [])


@pytest.mark.parametrize("said", [{}, {"same_as": ["entity_list:E1"]}, {"not_same_as": ["entity_list:E1"]}], ids=["open", "same", "other"])
@pytest.mark.parametrize("doubt", ["", "party", "day"])
def test_an_entry_that_was_found_turns_a_deal_as_a_column_as_it_does_alone(pack, said, doubt):
    judge = laid(pack, dataclasses.replace(LISTED, doubt=doubt))
    asked = OverTime(deal(to="SG", item="NVIDIA RTX 4080", parties=party(**LOCAL, **said)))
    days = turning_days(judge, dt.date(2024, 12, 1), dt.date(2026, 12, 1), [asked])
    assert {dt.date(2025, 1, 6), dt.date(2026, 9, 1)} <= set(days)
    found = states(judge, {"A": asked}, [dt.date(2024, 12, 1), *days])
    for (_, day), grounds in found.items():
        assert grounds.outcome == decide(judge.book, asked.on(day)).outcome
    sure, cleared = (not doubt or "same_as" in said) and "not_same_as" not in said, "not_same_as" in said
    stands = "no_license_required" if cleared else "license_required" if sure else "undetermined"
    outcomes = {day: g.outcome for (_, day), g in found.items()}
    assert outcomes[dt.date(2025, 1, 6)] == stands
    assert outcomes[dt.date(2024, 12, 1)] == outcomes[dt.date(2026, 9, 1)] == "no_license_required"


def test_what_holdings_say_of_the_owners_turns_a_deal_on_the_day_on_which_it_does(pack):
    judge = Judge(pack, [])
    first, bought = dt.date(2025, 9, 1), dt.date(2025, 10, 7)
    asked = OverTime(
        deal(to="SG", item="NVIDIA RTX 4080", parties=party(**LOCAL, listed_owner_share=0.6)),
        [(first, {"listed_owner_share": 0.2}), (bought, {"listed_owner_share": 0.6})],
    )
    days = turning_days(judge, first, dt.date(2026, 1, 1), [asked])
    assert bought in days
    found = states(judge, {"A": asked}, [first, *days])
    by_day = {day: grounds.outcome for (_, day), grounds in found.items()}
    assert by_day[bought] == "license_exception"
    assert by_day[max(d for d in by_day if d < bought)] == "no_license_required"


def test_a_deal_that_cannot_be_decided_on_a_day_is_named(pack):
    with pytest.raises(BadInput, match=r"A on 2022-11-01: .*NVIDIA H2000"):
        states(Judge(pack, []), {"A": OverTime(deal(item="NVIDIA H2000"))}, DAYS)


def test_the_day_on_which_a_party_is_listed_is_one_to_look_at(pack):
    judge = Judge(pack, [])
    window = (dt.date(2020, 1, 1), dt.date(2021, 1, 1))
    listed = dt.date(2020, 12, 18)
    assert listed in turning_days(judge, *window, [OverTime(deal(parties=party(name=SMIC)))])
    assert listed in turning_days(judge, *window, [OverTime(deal(parties=party(owners=[{"name": SMIC, "share": 0.6}])))])
    assert listed not in turning_days(judge, *window, [OverTime(deal())])
