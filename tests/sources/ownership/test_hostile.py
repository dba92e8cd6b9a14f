"""Ownership data made to break its readers: each file ends in a graph, or in one clear line, within bounds."""

from __future__ import annotations

import io
import json

import polars as pl
import pytest

from thalweg.evidence import BadInput
from thalweg.sources.ownership import asked, kind_of, read_graph, read_listed, records, tables
from thalweg.sources.ownership.contract import MOST_CHARACTERS
from thalweg.sources.ownership.tables import read_table


def buffered(raw):
    return io.BufferedReader(io.BytesIO(raw.encode() if isinstance(raw, str) else raw))


def graph(data, kind):
    return read_graph(buffered(data if isinstance(data, (str, bytes)) else json.dumps(data)), kind)


def shares(found):
    return [str(e.share) for e in found.edges]


def refused(call, says):
    with pytest.raises(BadInput) as caught:
        call()
    told = str(caught.value)
    assert says in told
    assert "\n" not in told
    assert len(told) < 500


# ---------------------------------------------------------------- JSON

LONG = "k" * 100_000
FAULTS = [
    (f'{{"{LONG}": 1, "{LONG}": 2}}', "the key 'kkkkk"),
    ('{"a": ' + "9" * 5_000 + "}", "a number of 5,000 digits is too large"),
    ('{"a": 1e99999999999999999999}', "1e99999999999999999999 is too large or too small for a number"),
    ('{"a": NaN}', "NaN is not a number of JSON"),
    ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "is nested deeper than a record is"),
    ('{"a": ' * 100_000, "is nested deeper than a record is"),
]


@pytest.mark.parametrize(("line", "says"), FAULTS, ids=["key", "digits", "exponent", "nan", "arrays", "objects"])
def test_a_line_that_is_no_record_has_a_short_fault_and_the_others_are_read(line, says):
    first, second, third = records(buffered('{"a": 1}\n' + line + '\n{"a": 2}\n'))
    assert (first.data, third.data) == ({"a": 1}, {"a": 2})
    assert says in second.error
    assert len(second.error) < 500


@pytest.mark.parametrize(("element", "says"), FAULTS, ids=["key", "digits", "exponent", "nan", "arrays", "objects"])
def test_an_element_that_is_no_record_refuses_its_list_in_a_short_line(element, says):
    refused(lambda: list(records(buffered('[{"a": 1}, ' + element + "]"))), says)


def test_a_share_far_beyond_every_number_is_refused_where_it_stands():
    (record,) = records(buffered('{"owns": [{"owner": "L", "owned": "A", "share": 1e400}]}'))
    refused(lambda: asked(record.data), "owns[0].share: 1.000000E+400 is more than 1, the whole")


def test_an_object_of_very_many_keys_is_refused():
    refused(lambda: asked({"owns": [], **{f"k{i}": 1 for i in range(1_000)}}), "a graph: has 1,001 keys; known are id, regime")
    refused(lambda: asked({"owns": [{f"k{i}": 1 for i in range(1_000)}]}), "owns[0]: has 1,000 keys")


# ---------------------------------------------------------------- what a file is


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("owner,owned,share\n".encode("utf-16"), "is UTF-16 text; save it as UTF-8"),
        (b"\x28\xb5\x2f\xfd" + b"\x00" * 20, "is a Zstandard file; unpack it first"),
        (b"7z\xbc\xaf\x27\x1c", "is a 7z archive; unpack it first"),
        (b"BZh91AY", "is a bzip2 file; unpack it first"),
    ],
)
def test_what_has_to_be_made_readable_first_is_said(head, says):
    refused(lambda: kind_of(head), says)


# ---------------------------------------------------------------- tables


def test_numbers_are_those_of_people_and_not_of_a_programming_language():
    table = read_table(io.BytesIO("owner,owned,share\nL,A,0.٦\nL,B,0_1\nL,C,0.5_0\nL,D,.٦\n".encode()), "csv")
    assert table.low.tolist() == [table.units.whole * 6 // 10, 0, 0, table.units.whole * 6 // 10]
    assert [(line, told[:36]) for line, told in table.problems] == [
        (3, "share: '0_1' is not a share; write 0"),
        (4, "share: '0.5_0' is not a share; write"),
    ]


def test_null_characters_are_part_of_a_name_and_of_no_share():
    table = read_table(io.BytesIO(b"owner,owned,share\nL\x00,A,0.1\x00\nL,A,0.1\n"), "csv")
    assert set(table.names.to_list()) == {"L\x00", "L", "A"}
    assert [line for line, _ in table.problems] == [2]


def parquet(**columns):
    out = io.BytesIO()
    pl.DataFrame(columns).write_parquet(out)
    return io.BytesIO(out.getvalue())


def test_columns_that_are_not_read_take_no_memory(monkeypatch):
    read = []
    original = pl.read_parquet
    monkeypatch.setattr(pl, "read_parquet", lambda source, columns: read.extend(columns) or original(source, columns=columns))
    assert len(read_table(parquet(Owner=["L"], owned=["A"], share=[0.5], junk=["x" * 100]), "parquet")) == 1
    assert read == ["Owner", "owned", "share"]


def test_a_table_of_far_too_much_text_is_refused(monkeypatch):
    refused(
        lambda: read_table(parquet(owner=["L" * 1_001], owned=["A"], share=["1"]), "parquet"), "the column 'owner' has a name of 1,001 char"
    )
    assert len(read_table(parquet(owner=["名" * 1_000], owned=["A"], share=["1"]), "parquet")) == 1
    monkeypatch.setattr(tables, "_MOST_TEXT", 100)
    refused(lambda: read_table(parquet(owner=["L"] * 9, owned=["A"] * 9, share=["0." + "1" * 9] * 9), "parquet"), "more than 100 bytes of")


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (
            {"ownr": ["L"], "owned": ["A"], "share": [1]},
            "lacks the column 'owner'; it has ownr, owned, share; did you mean 'ownr', 'owned'?",
        ),
        ({"owner": ["L"], "owned": ["A"], "part": [1]}, "lacks the column 'share' (or min and max)"),
        ({"owner": ["L"], "owned": [["A"]], "share": [1]}, "the column 'owned' holds List(String), which is no text, number or date"),
    ],
)
def test_a_parquet_file_without_what_is_needed_is_refused(columns, says):
    refused(lambda: read_table(parquet(**columns), "parquet"), says)


def test_very_many_listings_of_one_party_are_read_in_time():
    assert len(read_listed(buffered("party,list\n" + "L,entity_list\n" * 60_000))["L"]) == 60_000


# ---------------------------------------------------------------- GLEIF


def relation(owned="C", owner="L", amount="51"):
    return (
        f"<RelationshipRecord><Relationship><StartNode><NodeID>{owned}</NodeID></StartNode><EndNode><NodeID>{owner}</NodeID></EndNode>"
        "<RelationshipType>IS_DIRECTLY_CONSOLIDATED_BY</RelationshipType><RelationshipQuantifiers><RelationshipQuantifier>"
        f"<QuantifierUnits>PERCENTAGE</QuantifierUnits><QuantifierAmount>{amount}</QuantifierAmount>"
        "</RelationshipQuantifier></RelationshipQuantifiers></Relationship></RelationshipRecord>"
    )


def gleif(*found):
    return graph(f"<RelationshipData>{''.join(found)}</RelationshipData>", "gleif")


@pytest.mark.parametrize("amount", ["1e400", "1e99999999999999999999", "NaN", "sNaN", "Infinity", "-0", "5_1", "1e-400", "9" * 100_000])
def test_an_amount_that_is_no_percentage_is_an_unknown_share(amount):
    found = gleif(relation(amount=amount))
    assert shares(found) == ["?"]
    assert "percentages below 1 or above 100, which can be read in two ways or none: 1" in found.notes


def test_records_inside_records_are_one_and_deep_ones_are_counted():
    nested = "<RelationshipRecord>" * 300 + "<a/>" * 2_000 + "</RelationshipRecord>" * 300
    deep = "<RelationshipRecord>" + "<a>" * 20_000 + "</a>" * 20_000 + "</RelationshipRecord>"
    found = gleif(nested, deep, relation())
    assert shares(found) == ["0.51"]
    assert found.notes == ("records without both parties and a type: 1", "records that cannot be read: 1")


@pytest.mark.parametrize("record", ["x", [1], None, {"Relationship": "x"}, {"Relationship": {"StartNode": [1], "EndNode": 5}}])
def test_records_of_another_shape_are_counted(record):
    found = graph([{"RelationshipRecord": record}], "gleif")
    assert (found.edges, found.notes) == ((), ("records without both parties and a type: 1",))


def test_a_party_of_a_number_far_too_long_is_refused():
    refused(lambda: gleif(relation(owned="C" * (MOST_CHARACTERS + 1))), "a party's name or number 'CCCC")


# ---------------------------------------------------------------- Open Ownership, FollowTheMoney


def statement(number, **more):
    return {"statementID": f"o{number}", "statementType": "ownershipOrControlStatement", "interests": [
        {"type": "shareholding", "share": {"exact": 60}}], "interestedParty": {"describedByPersonStatement": "L"}, **more}  # fmt: skip


def entities(count, before):
    return [
        {"statementID": f"e{i}", "statementType": "entityStatement", "replacesStatements": [f"e{before(i)}"]} for i in range(1, count + 1)
    ]


@pytest.mark.parametrize("circle", [False, True], ids=["chain", "circle"])
def test_statements_that_replace_one_another_lead_to_one_party_however_many_there_are(circle):
    count = 5_000
    replaced = entities(count, lambda i: (i - 1) or (count if circle else 0))
    holdings = [statement(i, subject={"describedByEntityStatement": f"e{i}"}) for i in range(1, count + 1)]
    found = graph([*replaced, *holdings], "bods")
    assert len(found.edges) == count
    assert len({e.owned for e in found.edges}) == 1


@pytest.mark.parametrize("share", ["1e400", "-5", "9" * 4_000, "1e-400", '"60"', "[60]", "true", "null"])
def test_a_share_of_a_statement_that_is_no_percentage_is_unknown(share):
    data = json.dumps([statement(1, subject={"describedByEntityStatement": "A"})]).replace("60", share)
    assert shares(graph(data, "bods")) == ["?"]


def test_an_ownership_of_very_many_parties_at_once_is_refused():
    many = {"schema": "Ownership", "properties": {"owner": [f"O{i}" for i in range(2_000)], "asset": [f"A{i}" for i in range(2_000)]}}
    refused(lambda: graph([many], "ftm"), "an ownership of 2,000 owners and 2,000 assets; 1,000 pairs at most")


@pytest.mark.parametrize(
    "text",
    ["1e400", "NaN", "9" * 100_000, "5_1", "51" + " " * 100_000 + "x", "1" * 50_000 + "-" + "1" * 50_000, "1." * 50_000, "%" * 50_000],
)
def test_a_percentage_of_an_ownership_that_is_none_is_an_unknown_share(text):
    owned = {"schema": "Ownership", "properties": {"owner": ["L"], "asset": ["A"], "percentage": [text]}}
    assert shares(graph([owned], "ftm")) == ["?"]
