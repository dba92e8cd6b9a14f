"""Registers of ownership: GLEIF level 2 and level 1, Open Ownership statements, FollowTheMoney entities."""

from __future__ import annotations

import io
import json

import pytest

from thalweg.evidence import BadInput
from thalweg.sources.ownership import kind_of, read_graph, read_known


def graph(data, kind=None):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return read_graph(io.BufferedReader(io.BytesIO(raw)), kind or kind_of(raw))


def edges(found):
    return [(e.owner, e.owned, str(e.share), str(e.start or ""), str(e.end or "")) for e in found.edges]


# ---------------------------------------------------------------- GLEIF


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", ["rr-data.json", "rr-data.xml"])
def test_consolidation_in_real_records_is_an_unknown_share(shared, name):
    with (shared / "data/ownership" / name).open("rb") as source:
        assert kind_of(source.peek(65_536)) == "gleif"
        found = read_graph(source, "gleif")
    assert edges(found) == [
        ("ZZG38T0MDR3QY1ETUA76", "010CMKZ3VON21WF2ZD45", "?", "2018-02-06", ""),
        ("3C7474T6CDKPR9K6YT90", "010CMKZ3VON21WF2ZD45", "?", "2018-02-06", ""),
    ]
    assert found.notes == (
        "IS_FUND-MANAGED_BY records, which are no ownership: 5",
        "IS_SUBFUND_OF records, which are no ownership: 3",
        "records used although their registration has lapsed: 2",
        "consolidations without a percentage, whose share is unknown since consolidation is not ownership: 2",
    )


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", ["lei-data.json", "lei-data.xml"])
def test_real_entities_have_names_and_jurisdictions(shared, name):
    with (shared / "data/ownership" / name).open("rb") as source:
        assert kind_of(source.peek(65_536)) == "gleif-entities"
        found = read_known(source)
    assert len(found) == 13
    assert found["00TR8NKAEL48RGTZEW89"].name == "ESG DOMESTIC OPPORTUNITY OFFSHORE FUND LTD."
    assert found["00TR8NKAEL48RGTZEW89"].country == "KY"
    assert found["001GPB6A9XPE8XJICC14"].country == "US-MA"


@pytest.mark.needs_shared
def test_real_reporting_exceptions_are_told_apart(shared):
    assert kind_of((shared / "data/ownership/repex-data.json").read_bytes()[:65_536]) == "gleif-exceptions"


def relation(
    kind="IS_DIRECTLY_CONSOLIDATED_BY", owned="CHILD", owner="PARENT", amount=None, status="ACTIVE", registration="PUBLISHED", end=None
):
    """A relationship record in the form of the golden copy's JSON, with the elements of RR-CDF 2.1 (gleif.org)."""
    period = {"StartDate": {"$": "2020-02-01T00:00:00Z"}, "PeriodType": {"$": "RELATIONSHIP_PERIOD"}}
    accounts = {
        "StartDate": {"$": "2019-01-01T00:00:00Z"},
        "EndDate": {"$": "2019-12-31T00:00:00Z"},
        "PeriodType": {"$": "ACCOUNTING_PERIOD"},
    }
    if end:
        period["EndDate"] = {"$": end}
    found = {
        "StartNode": {"NodeID": {"$": owned}, "NodeIDType": {"$": "LEI"}},
        "EndNode": {"NodeID": {"$": owner}, "NodeIDType": {"$": "LEI"}},
        "RelationshipType": {"$": kind},
        "RelationshipPeriods": {"RelationshipPeriod": [accounts, period]},
        "RelationshipStatus": {"$": status},
    }
    if amount is not None:
        quantifier = {
            "MeasurementMethod": {"$": "ACCOUNTING_CONSOLIDATION"},
            "QuantifierAmount": {"$": amount},
            "QuantifierUnits": {"$": "PERCENTAGE"},
        }
        found["RelationshipQuantifiers"] = {"RelationshipQuantifier": quantifier}
    return {"RelationshipRecord": {"Relationship": found, "Registration": {"RegistrationStatus": {"$": registration}}}}


@pytest.mark.parametrize(
    ("amount", "share"), [("51.5", "0.515"), ("100", "1"), ("1.00", "1"), ("0.51", "?"), ("0", "?"), ("120", "?"), ("x", "?"), (None, "?")]
)
def test_a_percentage_is_taken_where_it_can_be_read_in_one_way(amount, share):
    found = graph({"relations": [relation(amount=amount)]})
    assert edges(found) == [("PARENT", "CHILD", share, "2020-02-01", "")]
    assert bool(found.notes) == (share == "?")


def test_an_ultimate_parent_is_no_second_owner_beside_itself_and_its_percentage_no_share():
    ultimate = "IS_ULTIMATELY_CONSOLIDATED_BY"
    found = graph([relation(amount="60"), relation(ultimate, amount="60"), relation(ultimate, owner="TOP", amount="80")])
    assert edges(found) == [("PARENT", "CHILD", "0.6", "2020-02-01", ""), ("TOP", "CHILD", "?", "2020-02-01", "")]
    assert "percentages of ultimate parents, which are no direct share: 2" in found.notes


def test_a_branch_is_part_of_its_head_office():
    assert edges(graph([relation("IS_INTERNATIONAL_BRANCH_OF")]))[0][2] == "1"


def test_records_that_do_not_hold_any_more_are_left_out_or_end():
    records = [
        relation(registration="ANNULLED"),
        relation(status="INACTIVE"),
        relation(status="INACTIVE", end="2024-05-01T00:00:00Z", owner="PAST"),
        relation("IS_FEEDER_TO"),
        {"Relationship": {}},
    ]
    found = graph(records)
    assert edges(found) == [("PAST", "CHILD", "?", "2020-02-01", "2024-05-01")]
    assert found.notes[:4] == (
        "records whose registration is ANNULLED: 1",
        "inactive relationships without an end date: 1",
        "IS_FEEDER_TO records, which are no ownership: 1",
        "records without both parties and a type: 1",
    )


HEAD = b'<?xml version="1.0"?>\n'
ENTITY = HEAD + b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n<RelationshipData>&e;</RelationshipData>'
BOMB = HEAD + b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<RelationshipData>&b;</RelationshipData>'


@pytest.mark.parametrize("raw", [ENTITY, BOMB, HEAD + b"<RelationshipData><RelationshipRecord>"], ids=["external", "bomb", "cut off"])
def test_xml_with_entities_or_without_an_end_is_refused(raw):
    with pytest.raises(BadInput, match=r"^not XML that can be read: "):
        graph(raw, "gleif")


# ---------------------------------------------------------------- Open Ownership (BODS)

PUBLISHED = {"publicationDate": "2018-02-13", "publisher": {"name": "A register"}}


def old_style(version, **share):
    """Statements with the keys of the standard's own example 1-single-direct.json and of the fixtures of its validator, 0.2 and 0.3."""
    details = {**PUBLISHED, "bodsVersion": version}
    level = "interestLevel" if version == "0.2" else "directOrIndirect"
    interest = {"type": "shareholding", level: "direct", "startDate": "2016-04-06", "share": share}
    return [
        {"statementID": "e-1", "statementType": "entityStatement", "name": "OWNED LTD", "publicationDetails": details,
         "incorporatedInJurisdiction": {"name": "United Kingdom", "code": "GB"}},
        {"statementID": "p-1", "statementType": "personStatement", "names": [{"type": "individual", "fullName": "A Person"}],
         "publicationDetails": details},
        {"statementID": "o-1", "statementType": "ownershipOrControlStatement", "subject": {"describedByEntityStatement": "e-1"},
         "interestedParty": {"describedByPersonStatement": "p-1"}, "interests": [interest], "publicationDetails": details},
    ]  # fmt: skip


OLD = [
    ("0.2", {"exact": 100, "minimum": 100, "maximum": 100}, "1"),
    ("0.2", {"minimum": 25, "maximum": 50}, "0.25..<0.5"),
    ("0.2", {"minimum": 25, "maximum": 50, "exclusiveMinimum": True, "exclusiveMaximum": False}, ">0.25..0.5"),
    ("0.2", {"minimum": 75, "maximum": 100}, "0.75..1"),
    ("0.3", {"minimum": 25, "maximum": 50}, "0.25..0.5"),
    ("0.3", {"exact": 12.5}, "0.125"),
    ("0.3", {}, "?"),
    ("0.3", {"exact": 120}, "?"),
]


@pytest.mark.parametrize(("version", "share", "expected"), OLD)
def test_statements_up_to_0_3_are_read(version, share, expected):
    found = graph(old_style(version, **share))
    assert edges(found) == [("A Person", "OWNED LTD", expected, "2016-04-06", "")]
    assert found.parties["OWNED LTD"].country == "GB"
    assert found.ids == {"p-1": "A Person", "e-1": "OWNED LTD"}


def test_a_statement_that_another_replaces_does_not_hold():
    statements = old_style("0.3", exact=100)
    newer = {**statements[0], "statementID": "e-2", "replacesStatements": ["e-1"], "name": "RENAMED LTD"}
    second = {
        **statements[2],
        "statementID": "o-2",
        "replacesStatements": ["o-1"],
        "interests": [{"type": "shareholding", "share": {"exact": 40}}],
    }
    assert [e[:3] for e in edges(graph([*statements, newer, second]))] == [("A Person", "RENAMED LTD", "0.4")]


def new_style(identity, kind, status="new", date="2024-06-06", **details):
    """A statement with the keys of version 0.4, as in the fixtures of the standard's validator and of its GLEIF pipeline."""
    return {
        "statementId": f"s-{identity}-{date}",
        "recordId": identity,
        "recordType": kind,
        "recordStatus": status,
        "statementDate": date,
        "declarationSubject": "A",
        "publicationDetails": {**PUBLISHED, "bodsVersion": "0.4"},
        "recordDetails": {"isComponent": False, **details},
    }


def company(identity, name, code="CN"):
    return new_style(identity, "entity", name=name, entityType={"type": "registeredEntity"}, jurisdiction={"name": "-", "code": code})


def owns(identity, owner, owned, **more):
    interests = more.pop("interests", [{"type": "shareholding", "directOrIndirect": "direct", "share": more.pop("share", {})}])
    return new_style(identity, "relationship", subject=owned, interestedParty=owner, interests=interests, **more)


NEW = [
    ({"exact": 50}, "0.5"),
    ({"exclusiveMinimum": 50, "maximum": 75}, ">0.5..0.75"),
    ({"minimum": 25, "exclusiveMaximum": 50}, "0.25..<0.5"),
]


@pytest.mark.parametrize(("share", "expected"), NEW)
def test_statements_of_0_4_are_read(share, expected):
    found = graph([company("A", "甲公司"), company("B", "B Ltd", "US-DE"), owns("r", "A", "B", share=share)])
    assert edges(found) == [("甲公司", "B Ltd", expected, "", "")]
    assert found.parties["B Ltd"].country == "US-DE"


def test_the_last_statement_of_a_record_holds_unless_it_closes_it():
    base = [company("A", "A Ltd"), company("B", "B Ltd")]
    first, later = owns("r", "A", "B", share={"exact": 60}), owns("r", "A", "B", share={"exact": 30}, date="2025-01-01", status="updated")
    closed = owns("r", "A", "B", date="2025-02-01", status="closed")
    assert [e[2] for e in edges(graph([*base, later, first]))] == ["0.3"]
    assert edges(graph([*base, first, later, closed])) == []


def test_control_without_shares_is_no_ownership_and_components_stand_for_the_whole():
    found = graph(
        [
            company("A", "A Ltd"),
            company("B", "B Ltd"),
            company("C", "C Ltd"),
            owns("votes", "A", "B", interests=[{"type": "votingRights", "share": {"exact": 90}}]),
            owns("part-1", "A", "B", share={"exact": 60}, isComponent=True),
            owns("part-2", "B", "C", share={"exact": 70}, isComponent=True),
            owns("whole", "A", "C", share={"exact": 42}, componentRecords=["part-1", "part-2"]),
            owns("far", "A", "C", interests=[{"type": "shareholding", "directOrIndirect": "indirect", "share": {"exact": 10}}]),
            owns("bare", "A", "C", interests=[]),
            new_style("none", "relationship", subject="B", interestedParty={"reason": "unknown"}),
        ]
    )
    assert [e[:3] for e in edges(found)] == [
        ("A Ltd", "B Ltd", "0.6"),
        ("B Ltd", "C Ltd", "0.7"),
        ("A Ltd", "C Ltd", "?"),
        ("A Ltd", "C Ltd", "?"),
    ]
    assert set(found.notes) == {
        "relationships of control without shares, which are no ownership: 1",
        "indirect relationships whose components are stated, which say who holds what: 1",
        "indirect interests without components, whose share of the direct owners is unknown: 1",
        "relationships without an interest, whose share is unknown: 1",
        "relationships whose owner or party is not specified: 1",
    }


def test_two_companies_of_one_name_are_not_taken_for_one():
    found = graph([company("A", "Same Ltd"), company("B", "Same Ltd"), owns("r", "A", "B", share={"exact": 60})])
    assert [e[:2] for e in edges(found)] == [("Same Ltd (A)", "Same Ltd (B)")]


def test_statements_one_a_line_are_read_too():
    lines = "\n".join(json.dumps(s) for s in [company("A", "A Ltd"), company("B", "B Ltd"), owns("r", "A", "B", share={"exact": 60})])
    assert [e[2] for e in edges(graph(lines.encode()))] == ["0.6"]


# ---------------------------------------------------------------- FollowTheMoney


def entity(identity, schema="Company", **properties):
    """An entity with the keys that followthemoney.tech documents; `Ownership` has owner, asset, percentage, startDate and endDate."""
    return {"id": identity, "schema": schema, "properties": {k: v if isinstance(v, list) else [v] for k, v in properties.items()}}


def owned_by(*percentages, **more):
    base = [entity("P", "Person", name="Kim"), entity("C", name="C Ltd", jurisdiction="ky")]
    return [*base, entity("O", "Ownership", **{"owner": "P", "asset": "C", "percentage": list(percentages), **more})]


PERCENT = [
    ("51", "0.51"),
    ("51%", "0.51"),
    ("51.00 %", "0.51"),
    ("50,5%", "0.505"),
    ("100.0", "1"),
    ("0.5%", "0.005"),
    ("0.5", "?"),
    ("1", "?"),
    ("0", "0"),
    ("25-50%", "0.25..0.5"),
    ("25 to 50 percent", "0.25..0.5"),
    ("more than 25%", ">0.25..1"),
    ("> 50", ">0.5..1"),
    ("at least 75%", "0.75..1"),
    ("<10%", "0..<0.1"),
    ("majority", "?"),
    ("120%", "?"),
    ("60-40%", "?"),
]


@pytest.mark.parametrize(("text", "share"), PERCENT)
def test_the_free_text_of_a_percentage_is_a_share_where_it_says_one(text, share):
    found = graph(owned_by(text))
    assert edges(found) == [("Kim", "C Ltd", share, "", "")]
    assert found.parties["C Ltd"].country == "KY"
    assert bool(found.notes) == (share == "?")


def test_several_percentages_are_a_range_and_none_is_unknown():
    assert edges(graph(owned_by("40", "55%")))[0][2] == "0.4..0.55"
    assert edges(graph(owned_by()))[0][2] == "?"


def test_dates_of_which_only_the_year_is_known_are_read_as_long_as_they_may_last():
    assert edges(graph(owned_by("51", startDate="2019", endDate="2021")))[0][3:] == ("2019-01-01", "2022-01-01")
    assert edges(graph(owned_by("51", startDate="2019-03", endDate="2021-02")))[0][3:] == ("2019-03-01", "2021-03-01")


def test_links_that_are_no_ownership_are_left_out_and_nested_parties_read():
    data = owned_by("51", owner=[{"id": "P", "schema": "Person"}])
    found = graph([*data, entity("D", "Directorship", director="P", organization="C"), entity("X", "Ownership", owner="P")])
    assert [e[:2] for e in edges(found)] == [("Kim", "C Ltd")]
    assert found.notes == ("Directorship links, which are no ownership: 1", "ownerships without both an owner and an asset: 1")


def test_lines_that_are_no_entities_are_counted():
    lines = "\n".join(json.dumps(e) for e in owned_by("51")) + "\nnot json\n[1]\n"
    found = graph(lines.encode())
    assert [e[2] for e in edges(found)] == ["0.51"]
    assert found.notes == ("entities that cannot be read: 2",)
