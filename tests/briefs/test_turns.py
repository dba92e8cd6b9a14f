from __future__ import annotations

import datetime as dt

import pytest

from thalweg.briefs.claims import policies
from thalweg.briefs.judge import Judge
from thalweg.briefs.turns import Grounds, rests_on, states, turning_days
from thalweg.controls import decide
from thalweg.evidence import BadInput

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
    ],
    ids=["plain", "letter", "listed", "owned", "facts", "specified", "reexport"],
)  # fmt: skip
def test_a_deal_has_the_same_state_as_a_column_as_it_has_alone(pack, asked):
    judge = Judge(pack, [])
    found = states(judge, {"A": asked}, DAYS)
    for day in DAYS:
        alone = decide(judge.book, asked | {"date": day})
        usable = [e.exception for e in alone.exceptions if e.available]
        rules = rests_on(alone.outcome, [r.rule for r in alone.requirements], usable)
        assert found["A", day] == Grounds(alone.outcome, policies(alone), rules)


def test_a_deal_that_cannot_be_decided_on_a_day_is_named(pack):
    with pytest.raises(BadInput, match=r"A on 2022-11-01: .*NVIDIA H2000"):
        states(Judge(pack, []), {"A": deal(item="NVIDIA H2000")}, DAYS)


def test_the_day_on_which_a_party_is_listed_is_one_to_look_at(pack):
    judge = Judge(pack, [])
    window = (dt.date(2020, 1, 1), dt.date(2021, 1, 1))
    listed = dt.date(2020, 12, 18)
    assert listed in turning_days(judge, *window, [deal(parties=party(name=SMIC))])
    assert listed in turning_days(judge, *window, [deal(parties=party(owners=[{"name": SMIC, "share": 0.6}]))])
    assert listed not in turning_days(judge, *window, [deal()])
