"""Graphs of the contract, files of records, and the listings beside them."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import pytest

from thalweg.evidence import BadInput
from thalweg.sources.ownership import asked, kind_of, read_known, read_listed, records
from thalweg.sources.ownership.records import MOST_BYTES, Record

GRAPH = {"owns": [{"owner": "L", "owned": "A", "share": 0.5}]}


def buffered(raw):
    return io.BufferedReader(io.BytesIO(raw.encode() if isinstance(raw, str) else raw))


def bent(**changes):
    return {"owns": [{**GRAPH["owns"][0], **changes}]}


REFUSED = [
    ([], "a graph is an object with owns, not list"),
    ({}, "owns: is missing; it lists the holdings, each with owner, owned and share"),
    ({"owners": []}, "owners: unknown key; did you mean 'owns'?"),
    ({**GRAPH, "lists": {}}, "lists: unknown key; did you mean 'listed'?"),
    ({"owns": {}}, "owns: should be a list of holdings, not dict"),
    ({"owns": [1]}, "owns[0]: a holding is an object with owner, owned and share, not int"),
    (bent(shares=1), "owns[0].shares: unknown key; did you mean 'share'?"),
    (bent(owner=""), "owns[0].owner: should name a party"),
    (bent(owned=7), "owns[0].owned: should name a party"),
    (bent(owner="x" * 1_001), "owns[0].owner: a name of 1,001 characters; 1,000 at most"),
    (bent(share="51%"), "owns[0].share: '51%' is text; write it as a number, such as 0.51"),
    (bent(share="half"), "owns[0].share: 'half' is text; write it as a number from 0 to 1"),
    (bent(share=True), "owns[0].share: 'True' is not a number from 0 to 1"),
    (bent(share=float("nan")), "owns[0].share: NaN is not a number from 0 to 1"),
    (bent(share=-0.2), "owns[0].share: -0.2 is below 0"),
    (bent(share=51), "owns[0].share: 51 is more than 1, the whole; for 51 percent write 0.51"),
    (bent(share=Decimal("1E-90")), "owns[0].share: a share of 90 decimals; 60 at most"),
    (bent(share=Decimal("1E+90")), "owns[0].share: 1.000000E+90 is more than 1, the whole"),
    (bent(share={"min": 0.6, "max": 0.5}), "owns[0].share: the range from 0.6 to 0.5 holds no number"),
    (bent(share={"above": 0.5, "max": 0.5}), "owns[0].share: the range from 0.5 to 0.5 holds no number"),
    (bent(share={"min": 0.1, "above": 0.1}), "owns[0].share: give one of min and above, and one of max and below"),
    (bent(share={"least": 0.1}), "owns[0].share: a range has min and max, not 'least'"),
    (bent(share=[0.1, 0.2]), "owns[0].share: '[0.1, 0.2]' is not a number from 0 to 1"),
    (bent(**{"from": "soon"}), "owns[0].from: 'soon' is not a date; write it as YYYY-MM-DD"),
    (
        bent(**{"from": "2025-01-02", "to": "2025-01-02"}),
        "owns[0]: starts on 2025-01-02 and ends on 2025-01-02; it must end later than it starts",
    ),
    ({**GRAPH, "date": "2025-02-30"}, "date: '2025-02-30' is not a date; write it as YYYY-MM-DD"),
    ({**GRAPH, "regime": 5}, "regime: should be the name of one, not int"),
    ({**GRAPH, "listed": ["L"]}, "listed: should give the lists of each party by its name, not list"),
    ({**GRAPH, "listed": {"L": 1}}, 'listed.L: should be a list of lists, such as ["entity_list"], not int'),
    ({**GRAPH, "listed": {"L": ["enity_list"]}}, "listed.L[0]: there is no list 'enity_list'; did you mean 'entity_list'?; the lists are"),
    ({**GRAPH, "listed": {"L": [None]}}, "listed.L[0]: an entry is the code of a list or an object with list, not NoneType"),
    ({**GRAPH, "listed": {"L": ["sdn:A:B"]}}, "listed.L[0]: 'sdn:A:B' has two programs; give one entry for each"),
    ({**GRAPH, "parties": {"A": "US"}}, 'parties.A: should be an object, such as {"country": "JP"}'),
    ({**GRAPH, "parties": {"A": {"county": "US"}}}, "parties.A.county: unknown key; did you mean 'country'?"),
]


@pytest.mark.parametrize(("data", "says"), REFUSED, ids=[s[:50] for _, s in REFUSED])
def test_a_graph_that_is_bent_is_refused_where_it_is_bent(data, says):
    with pytest.raises(BadInput) as caught:
        asked(data)
    assert str(caught.value).startswith(says)


def test_shares_are_the_decimals_that_they_are_written_as():
    data = next(records(buffered('{"owns": [{"owner": "L", "owned": "A", "share": 0.03}]}'))).data
    assert asked(data).graph.edges[0].share.low == Decimal("0.03") == asked(bent(share=0.03)).graph.edges[0].share.low


def test_comments_beside_a_graph_are_let_be():
    found = asked({**GRAPH, "id": 7, "expect": {}, "why": "", "source": "", "anything else": 1, "listed": {"L": "sdn:SDGT"}})
    assert found.graph.id == "7"
    assert [e.code for e in found.graph.listed["L"]] == ["sdn:SDGT"]


def test_an_entry_may_say_more_than_its_list():
    entry = {"list": "entity_list", "from": "2020-01-01", "footnotes": [1, "4"], "policy": "case_by_case", "citation": "85 FR 1"}
    found = asked({**GRAPH, "listed": {"L": [entry, "sdn:NPWMD:address_only"]}}).graph.listed["L"]
    assert (found[0].footnotes, found[0].policy, found[0].start.isoformat()) == (("1", "4"), "case_by_case", "2020-01-01")
    assert (found[1].code, found[1].address_only) == ("sdn:NPWMD:address_only", True)


# ---------------------------------------------------------------- records


def read(raw):
    return list(records(buffered(raw)))


def test_lines_a_list_and_one_object_are_read_alike():
    one, two = {"a": 1}, {"b": [2, {"c": "]},["}]}
    assert [r.data for r in read(json.dumps(one) + "\n\n" + json.dumps(two))] == [one, two]
    assert [r.data for r in read(json.dumps([one, two]))] == [one, two]
    assert [r.data for r in read("\ufeff\n" + json.dumps([one, two], indent=3))] == [one, two]
    assert [r.data for r in read(json.dumps(two, indent=2))] == [two]
    assert read("[]") == []


def test_a_bad_line_has_its_number_and_the_others_are_read():
    found = read('{"a": 1}\nnope\n{"a": 1, "a": 2}\n\n{"a": NaN}\n{"a": 2}\n')
    assert [r.number for r in found] == [1, 2, 3, 5, 6]
    assert [r.error for r in found][1:4] == [
        "not JSON: Expecting value: line 1 column 1 (char 0)",
        "not JSON: the key 'a' stands twice; give it once",
        "not JSON: NaN is not a number of JSON",
    ]
    assert found[-1] == Record(6, {"a": 2})


def test_a_bad_first_line_does_not_hide_the_rest():
    found = read('nope\n{"a": 1}\n{"a": 2}')
    assert [(r.number, bool(r.error)) for r in found] == [(1, True), (2, False), (3, False)]


BROKEN = [
    ('{"a": \n 1,\n "b": }', "not JSON: "),
    ("[1, 2", "not JSON: element 3: the list has no end"),
    ("[1 2]", "not JSON: element 2: expected a comma"),
    ("[1, 2] 3", "not JSON: something stands after the end of the list"),
    ("[1, nope]", "not JSON: element 2: "),
    (b'["\xff"]', "is not UTF-8"),
]


@pytest.mark.parametrize(("raw", "says"), BROKEN)
def test_a_file_that_is_broken_as_a_whole_is_refused(raw, says):
    with pytest.raises(BadInput) as caught:
        read(raw)
    assert str(caught.value).startswith(says)


def test_a_line_that_is_nested_too_deep_is_an_error_of_that_line():
    deep = '{"a":' + "[" * 100_000 + "]" * 100_000 + "}"
    found = read('{"a": 1}\n' + deep + '\n{"a": 2}\n')
    assert [bool(r.error) for r in found] == [False, True, False]


def test_a_long_element_is_read_over_several_pieces():
    long = {"a": "x" * 3_000_000}
    assert [r.data for r in read(json.dumps([long, {"b": 1}]))] == [long, {"b": 1}]
    assert MOST_BYTES > 3_000_000


KINDS = [
    (b"PAR1....", "parquet"),
    (b"owner,owned,share\n", "csv"),
    (b'{"id": "x", "owns": []}', "contract"),
    (b'[{"owns": []}]', "contract"),
    (b'{"id": "x", "owns": [{"owner": "L", "ow', "contract"),
    (b'{"statementType": "entityStatement"}', "bods"),
    (b'{"recordType": "entity", "recordDetails": {}}', "bods"),
    (b'{"id": "x", "schema": "Person", "properties": {}}', "ftm"),
    (b'[{"Relationship": {}}]', "gleif"),
    (b'{"relations": [{"RelationshipRecord": {}}]}', "gleif"),
    (b'<?xml version="1.0"?><rr:RelationshipData xmlns:rr="x">', "gleif"),
    (b"<lei:LEIData>", "gleif-entities"),
    (b"<repex:ReportingExceptionData>", "gleif-exceptions"),
]


@pytest.mark.parametrize(("head", "kind"), KINDS)
def test_a_file_is_told_by_its_content(head, kind):
    assert kind_of(head) == kind


UNKNOWN = [
    (b"", "is empty"),
    (b"  \n", "is empty"),
    (b"PK\x03\x04zip", "is a ZIP archive; unpack it first"),
    (b"\x1f\x8bgz", "is a gzip file; unpack it first"),
    (b"<html>", "is XML, and none of RelationshipData, LEIData, ReportingExceptionData"),
    (b"MZ\x00\x00", "is neither text nor Parquet"),
]


@pytest.mark.parametrize(("head", "says"), UNKNOWN)
def test_what_is_none_of_the_forms_is_refused(head, says):
    with pytest.raises(BadInput, match=says):
        kind_of(head)


# ---------------------------------------------------------------- listings beside a file


def test_listings_are_read_from_csv_and_from_json():
    text = "party,list,footnotes,policy,from\nL,entity_list,1;4,presumption_of_denial,2020-01-01\nL,sdn:NPWMD,,,\n"
    found = read_listed(buffered(text))
    assert [e.code for e in found["L"]] == ["entity_list", "sdn:NPWMD"]
    assert (found["L"][0].footnotes, found["L"][0].policy) == (("1", "4"), "presumption_of_denial")
    for data in ({"L": ["entity_list"]}, {"listed": {"L": "entity_list"}}):
        assert [e.code for e in read_listed(buffered(json.dumps(data)))["L"]] == ["entity_list"]


BAD_LISTINGS = [
    ("party,lists\nL,meu\n", "lacks the column 'list'; it has party, lists; did you mean 'lists'?"),
    ("party,list,county\n", "unknown column 'county'"),
    ("party,list\nL,meuu\n", "line 2: list.list: there is no list 'meuu'"),
    ("party,list\nL\n", "line 2: has 1 fields; the header has 2"),
    ("party,list\n,meu\n", "line 2: party: should name a party"),
    (b"party,list\n\xff,meu\n", "is not UTF-8"),
    ("[1]", "should hold one object that gives the lists of each party"),
    ("{", "not JSON"),
]


@pytest.mark.parametrize(("raw", "says"), BAD_LISTINGS)
def test_listings_that_cannot_be_read_are_refused_with_their_line(raw, says):
    with pytest.raises(BadInput) as caught:
        read_listed(buffered(raw))
    assert says in str(caught.value)


def test_what_is_known_of_parties_is_read():
    found = read_known(buffered("party,country,name\nL,CN,Listed Group\nA,,\n"))
    assert (found["L"].country, found["L"].name, found["A"].country) == ("CN", "Listed Group", "")
