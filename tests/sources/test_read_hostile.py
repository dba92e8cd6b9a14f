"""Files made to break the reader: each ends in lists or in one clear line, soon and within bounds."""

from __future__ import annotations

import csv
import io
import json
import random
import warnings
import zipfile

import pytest

from thalweg.evidence import BadInput
from thalweg.sources import files, read_lists
from thalweg.sources.csl.read import EXTRACT, FULL
from thalweg.sources.eu.read import COLUMNS as EU
from thalweg.sources.ofac.remarks import read_remarks
from thalweg.sources.whole import defect

ROW = {"source_code": "EL", "source": "Entity List (EL) - Bureau of Industry and Security", "name": "Example Co.", "countries": "CN"}
ENTITY = {"name": "A", "aliases": [], "country": "CN", "address": "", "effective_date": "", "federal_register": "", "notes": ""}
SDN = (
    "<sdnList><publshInformation><Record_Count>{}</Record_Count></publshInformation>"
    "<sdnEntry><uid>1</uid><lastName>A</lastName><sdnType>Entity</sdnType></sdnEntry></sdnList>"
)
SUPPLEMENT = (
    '<ECFR><DIV9 N="Supplement No. 4 to Part 744"><TABLE><TR><TH>Country</TH><TH>Entity</TH><TH>License requirement</TH>'
    "<TH>License review policy</TH><TH>Federal Register citation</TH></TR>"
    "<TR><TD>China</TD><TD>{}</TD><TD/><TD/><TD/></TR></TABLE></DIV9></ECFR>"
)
LONG = 250_000


def table(columns, **cells):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerow(ROW | cells if columns is EXTRACT else {"source": ROW["source"], "name": ROW["name"]} | cells)
    return out.getvalue()


def results(**fields):
    return json.dumps({"results": [{"source": ROW["source"], "name": "A"} | fields]})


def extract(*, top=None, **fields):
    return json.dumps({"list_id": "bis-meu", "entities": [ENTITY | fields]} | (top or {}))


def zipped(*members, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def read(written, lookups, day):
    def read(content, name="list.any"):
        return read_lists(written(name, content), lookups, data_date=day)

    return read


# ---------------------------------------------------------------- values of the wrong kind


@pytest.mark.parametrize("field", ["addresses", "ids"])
@pytest.mark.parametrize("value", [5, "x", {"a": 1}])
def test_a_field_of_json_that_should_be_a_list_is_named(field, value, read):
    with pytest.raises(BadInput, match=f"list.any: result 1: csl: '{field}' is no list; the form of the list has changed"):
        read(results(**{field: value}))


def test_numbers_in_the_place_of_texts_are_read_and_what_is_neither_says_nothing(read):
    entry = read(results(addresses=[{"city": "Xi'an", "postal_code": 710000, "country": "CN"}, {"city": ["a"]}]))[0].entries[0]
    assert (entry.addresses[0], entry.countries) == ("Xi'an, 710000, CN", ("CN",))
    assert read(results(ids=[{"type": "Passport", "number": 5}]))[0].entries[0].identifiers[0].value == "5"


@pytest.mark.parametrize("content", [results(name=None), results(name=""), table(EXTRACT, name=" ")])
def test_an_entry_without_a_name_is_refused(content, read):
    with pytest.raises(BadInput, match=r"list\.any: line \d: entry 1 .*: has no name"):
        read(content)


@pytest.mark.parametrize("count", [[1], "5", 1.5, {}, True])
def test_a_count_of_any_kind_that_is_not_that_of_the_entities_is_refused(count, read):
    if count is True:
        assert read(extract(top={"count": count}))
        return
    with pytest.raises(BadInput, match="holds 1 entities and says that it has"):
        read(extract(top={"count": count}))


@pytest.mark.parametrize("count", ["²", "1" * 5_000, "٢"])
def test_a_count_of_xml_in_other_digits_is_refused(count, read):
    with pytest.raises(BadInput, match="holds 1 entries and says that it has"):
        read(SDN.format(count))
    assert read(SDN.format("1"))


def test_dates_in_other_digits_are_not_read(read):
    assert read(table(FULL, start_date="٢٠٢٤-٠١-٠١"))[0].entries[0].listed_on is None
    assert read(extract(effective_date="٢٠٢٤-٠١-٠١", top={"extracted": "٢٠٢٤-٠١-٠١"}))


@pytest.mark.parametrize("year", ["²", "1" * 5_000, "١٩٧٠"])
def test_years_of_birth_in_other_digits_are_noted(year, read):
    cells = dict.fromkeys(EU, "") | {"Entity_LogicalId": "1", "NameAlias_WholeName": "A", "BirthDate_Year": year, "BirthDate_Month": "1"}
    cells["BirthDate_Day"] = "1"
    entry = read(";".join(EU) + "\n" + ";".join(cells.values()) + "\n")[0].entries[0]
    assert (entry.birth_dates, entry.note[:22]) == ((), "the list gives no date")


# ---------------------------------------------------------------- depth


@pytest.mark.parametrize(
    "content", ['{"results":' + "[" * 200_000, '{"list_id":"bis-meu","entities":' + "[" * 200_000, extract()[:-1] + ',"a":' + "[" * 9_000]
)
def test_json_that_is_nested_too_deeply_is_refused(content, read):
    with pytest.raises(BadInput, match="is nested deeper than a list is"):
        read(content)


def test_xml_that_is_nested_too_deeply_is_refused(read):
    with pytest.raises(BadInput, match="row 2 is nested deeper than a list is"):
        read(SUPPLEMENT.format("<I>" * 50_000 + "x" + "</I>" * 50_000))


# ---------------------------------------------------------------- bounds


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<sdnList>" + "<a/>" * 400 + "</sdnList>", "more parts than any list"),
        ("<sdnList>" + "<a b='1'/>" * 200 + "</sdnList>", "more parts than any list"),
        ('{"results":[' + "[]," * 400 + "[]]}", "more parts than any list"),
        (",".join(EXTRACT) + "\n" + "EL,E,A,,,,,,,,,\n" * 400, "more than 300 rows"),
        (results()[:-2] + ("," + results()[len('{"results": [') : -2]) * 150 + "]}", "more than 100 entries"),
    ],
)
def test_a_file_of_far_more_than_a_list_holds_is_refused(content, says, read, monkeypatch):
    monkeypatch.setattr(files, "MAX_MARKS", 400 if "parts" in says else 100_000)
    monkeypatch.setattr(files, "MAX_ROWS", 300)
    monkeypatch.setattr("thalweg.sources.reading.MAX_ROWS", 100 if "entries" in says else 100_000)
    with pytest.raises(BadInput, match=says):
        read(content)


def test_a_file_over_the_bound_is_not_read_to_its_end(read, tmp_path, lookups, monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 1_000)
    with pytest.raises(BadInput, match="is larger than 1,000 bytes, which no list is"):
        read("x" * 1_001)
    with pytest.raises(BadInput, match=r"/dev/zero: is no file"):
        read_lists("/dev/zero", lookups)
    monkeypatch.setattr(files, "MAX_TOGETHER", 1_500)
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("x" * 900, encoding="utf-8")
    (tmp_path / "list.any").unlink()
    with pytest.raises(BadInput, match="more than 1,500 bytes together; give them one by one"):
        read_lists(tmp_path, lookups)


@pytest.mark.parametrize(
    "content",
    [
        table(EXTRACT, federal_register_notice="84" + " " * LONG + "x"),
        table(EXTRACT, countries="(" * LONG),
        table(EXTRACT, countries="a" + " " * LONG + "b"),
        table(FULL, remarks="(Linked To: x" * (LONG // 13)),
        table(EXTRACT, license_requirement="734.9(e) " * (LONG // 9)),
        extract(address="(see " * (LONG // 5)),
        SUPPLEMENT.format("A<BR/>- " + "the following " * 300),
    ],
    ids=["notice", "brackets", "blanks", "links", "footnotes", "references", "announcements"],
)
def test_a_cell_made_to_be_searched_over_and_over_is_read_in_time(content, read):
    assert len(read(content)[0].entries) == 1


@pytest.mark.parametrize("name", ["(parent organization:", "x (a.k.a. y)", "(see also ", "a.k.a. ", "(A individual "])
def test_a_name_of_far_too_many_characters_is_refused(name, read):
    for content in (table(EXTRACT, name=name * 10_000), extract(aliases=[name * 10_000])):
        with pytest.raises(BadInput, match=r"list\.any: .*: a name of [\d,]+ characters; the form of the list has changed"):
            read(content)


@pytest.mark.parametrize("place", ["<lastName>A</lastName>", "<akaList><aka><lastName>A</lastName></aka></akaList>"])
def test_a_name_that_is_not_taken_apart_has_the_same_bound(place, read):
    long = place.replace(">A<", f">{'x' * 6_000}<")
    entry = f"<uid>1</uid><lastName>A</lastName><sdnType>Entity</sdnType>{long if 'aka' in place else ''}"
    with pytest.raises(BadInput, match=r"list\.any: entry 1 \(1\): a name of 6,000 characters; the form of the list has changed"):
        read(f"<sdnList><sdnEntry>{entry if 'aka' in place else entry.replace(place, long)}</sdnEntry></sdnList>")


@pytest.mark.parametrize("line", ["the following aliases ", "the following ", "A, co", "A."])
def test_a_line_of_a_supplement_of_far_too_many_characters_is_refused(line, read):
    with pytest.raises(BadInput, match=r"row 2 has a line of [\d,]+ characters"):
        read(SUPPLEMENT.format(line * 20_000))


def test_remarks_of_very_many_parts_are_read_in_time():
    assert len(read_remarks("Passport X1;" * 20_000 + ";" * 200_000).identifiers) == 20_000


# ---------------------------------------------------------------- archives


def test_an_archive_that_holds_a_name_twice_is_refused(read):
    lists = [("a/csl.csv", table(EXTRACT)), ("b/CSL.csv", table(EXTRACT, name="Other"))]
    with pytest.raises(BadInput, match=r"holds CSL\.csv twice; which of the two is the list"):
        read(zipped(*lists))


@pytest.mark.parametrize("compression", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_archive_packed_in_an_unusual_way_is_refused(compression, read):
    with pytest.raises(BadInput, match="packed in a way that is not read"):
        read(zipped(("csl.csv", table(EXTRACT)), compression=compression))


def test_no_damage_of_an_archive_is_more_than_one_line(read, tmp_path):
    chance = random.Random(2)  # noqa: S311  (damage, not a secret)
    whole = zipped(("csl.csv", table(EXTRACT, name="".join(chance.choices("abcdefgh", k=4_000)))))
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 5)):
            damaged[chance.choice([chance.randrange(len(whole)), chance.randrange(60), -1 - chance.randrange(90)])] = chance.randrange(256)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that stand twice in what is left of its directory
            try:
                read(bytes(damaged))
            except BadInput as error:
                assert "\n" not in str(error)  # noqa: PT017  (either end is good)
            defect(tmp_path / "list.any")


def test_xml_is_looked_through_for_defects_without_being_held(tmp_path):
    path = tmp_path / "list.xml"
    for content, says in (
        ("<a>" + "<b/>" * 300_000 + "</a>", ""),
        ("<a><b></a>", "it is no well-formed XML"),
        ('<!DOCTYPE a [<!ENTITY e "1">]><a>&e;</a>', "it declares a document type or entities"),
        ('<?xml version="1.0" encoding="nonsense"?><a/>', "it is no well-formed XML"),
    ):
        path.write_text(content, encoding="utf-8")
        assert defect(path).startswith(says)
        assert bool(defect(path)) == bool(says)


def test_a_number_of_thousands_of_digits_is_refused_without_advice_for_programmers(written, lookups, day):
    text = '{"results": [{"source": "x", "name": "A", "federal_register_notice": ' + "9" * 5_000 + "}]}"
    with pytest.raises(BadInput) as refused:
        read_lists(written("csl.json", text), lookups, data_date=day)
    assert "a number has more digits than any number here" in str(refused.value)
    assert "set_int_max_str_digits" not in str(refused.value)
