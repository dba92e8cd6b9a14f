"""The Consolidated Screening List: 29 official columns, the extract of 13, and JSON."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import Counter

import pytest

from thalweg.evidence import BadInput
from thalweg.nouns.listing import Identifier
from thalweg.sources import read_lists
from thalweg.sources.csl.read import EXTRACT, FULL

ROWS_OF_2026 = {
    "entity_list": 3420,
    "meu": 70,
    "uvl": 222,
    "dpl": 1596,
    "sdn": 19181,
    "ssi": 286,
    "plc": 78,
    "cap": 1,
    "cmic": 68,
    "ns_mbs": 51,
    "dtc": 787,
    "isn": 161,
}
ROWS_OF_2022 = {
    "entity_list": 2001,
    "meu": 71,
    "uvl": 201,
    "dpl": 462,
    "sdn": 10026,
    "ssi": 290,
    "fse": 3,
    "plc": 78,
    "cap": 53,
    "cmic": 68,
    "ns_mbs": 17,
    "dtc": 727,
    "isn": 163,
}


@pytest.fixture(scope="module")
def of_2026(lists, lookups):
    return {copy.list: copy for copy in read_lists(lists / "csl_2026-07-31.csv", lookups)}


@pytest.fixture(scope="module")
def of_2022(lists, lookups):
    return {copy.list: copy for copy in read_lists(lists / "csl_full_schema_2022-05-16.csv", lookups)}


def full(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, FULL, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def extract(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["row", *EXTRACT], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


EL = "Entity List (EL) - Bureau of Industry and Security"
SDN = "Specially Designated Nationals (SDN) - Treasury Department"


# ---------------------------------------------------------------- the real files


@pytest.mark.needs_shared
def test_every_row_of_the_extract_is_read_into_its_list(of_2026):
    assert {i: len(copy.entries) for i, copy in of_2026.items()} == ROWS_OF_2026
    assert {copy.data_date for copy in of_2026.values()} == {dt.date(2026, 7, 31)}
    assert {copy.source for copy in of_2026.values()} == {"csl"}
    assert len({copy.sha256 for copy in of_2026.values()}) == 1


@pytest.mark.needs_shared
def test_every_row_of_the_official_columns_is_read_into_its_list(of_2022):
    assert {i: len(copy.entries) for i, copy in of_2022.items()} == ROWS_OF_2022


@pytest.mark.needs_shared
@pytest.mark.parametrize("year", ["of_2022", "of_2026"])
def test_every_entry_has_a_key_of_its_own_in_its_list(year, request):
    for copy in request.getfixturevalue(year).values():
        keys = Counter(entry.entry_id for entry in copy.entries)
        assert keys.most_common(1)[0][1] == 1, copy.list


@pytest.mark.needs_shared
def test_a_treasury_entry_keeps_the_number_of_its_issuer(of_2022):
    entry = next(e for e in of_2022["sdn"].entries if e.name == "MUTREB, Maher Abdulaziz M.")
    assert (entry.entry_id, entry.type, entry.programs, entry.countries) == ("26087", "individual", ("GLOMAG",), ("SA",))
    assert entry.birth_dates == ("1971-05-23",)
    assert entry.identifiers == (Identifier("passport", "D088677", "SA"),)
    assert (entry.listed_on, entry.note) == (None, "the list gives no date and cites no notice")


@pytest.mark.needs_shared
def test_links_of_the_remarks_are_read(of_2022):
    assert sum(bool(e.linked_to) for i in ("sdn", "ssi", "cap", "cmic") for e in of_2022[i].entries) == 3775
    entry = next(e for e in of_2022["sdn"].entries if e.name == "INTERNATIONAL UNION OF VIRTUAL MEDIA")
    assert entry.linked_to == ("ISLAMIC REVOLUTIONARY GUARD CORPS (IRGC)-QODS FORCE",)


@pytest.mark.needs_shared
def test_numbers_of_companies_and_ships_are_told_apart(of_2022):
    kinds = Counter(i.kind for e in of_2022["sdn"].entries for i in e.identifiers)
    assert kinds["imo"] == 430  # 440 vessels have a number; ten fail their check digit or belong to a company
    assert next(e for e in of_2022["cmic"].entries if e.name == "AERO ENGINE CORPORATION OF CHINA").identifiers[0] == Identifier(
        "uscc", "91110000MA005UCQ5P", "CN"
    )
    assert (
        Identifier("lei", "253400V1H6ART1UQ0N98", "RU")
        in next(e for e in of_2022["cap"].entries if e.name.startswith("VTB BANK PUBLIC")).identifiers
    )


@pytest.mark.needs_shared
def test_dates_come_from_the_list_the_notice_or_the_publication(of_2022, of_2026):
    huawei = next(e for e in of_2026["entity_list"].entries if e.name == "Huawei Device Co., Ltd.")
    assert (huawei.listed_on, huawei.listed_basis, huawei.notices[0]) == (dt.date(2019, 5, 16), "notice", "84 FR 22963")
    ymtc = next(e for e in of_2026["entity_list"].entries if e.name.startswith("Yangtze Memory Technologies Co"))
    assert (ymtc.listed_on, ymtc.listed_basis) == (dt.date(2022, 12, 16), "notice")
    assert {e.listed_basis for e in of_2022["isn"].entries} == {"list"}
    dated = Counter(e.listed_basis for e in of_2026["entity_list"].entries)
    assert dated["notice"] + dated["publication"] > 3350
    assert all(e.note for copy in of_2026.values() for e in copy.entries if e.listed_on is None)


@pytest.mark.needs_shared
def test_footnotes_of_the_entity_list_attach_as_the_facts_count_them(of_2026):
    found = Counter(f for e in of_2026["entity_list"].entries for f in e.footnotes)
    assert (found["4"], found["5"]) == (96, 16)
    by_name = {e.name: e.footnotes for e in of_2026["entity_list"].entries}
    assert by_name["Huawei Technologies Co., Ltd. (Huawei)"] == ("1",)
    assert by_name["Loongson Technology"] == ("4",)
    assert by_name["Hangzhou Hikvision Digital Technology Co., Ltd."] == ()


@pytest.mark.needs_shared
def test_entries_for_an_address_alone_are_marked(of_2026):
    marked = [e for e in of_2026["entity_list"].entries if e.address_only]
    assert len(marked) == 19
    assert {e.name for e in marked} == {f"Address {n:02d}" for n in range(1, 19)}


@pytest.mark.needs_shared
def test_a_party_of_a_listed_group_goes_by_its_own_name(of_2026):
    entry = next(e for e in of_2026["entity_list"].entries if e.name == "Hangzhou Huawei Enterprises")
    assert entry.linked_to == ("Huawei Technologies Co., Ltd. (Huawei)",)
    assert "printed as 'Huawei Technologies Co., Ltd. (Huawei). Affiliated Entity: Hangzhou Huawei Enterprises'" in entry.note


# ---------------------------------------------------------------- one row at a time


def test_json_says_what_the_columns_say(written, lookups, day):
    row = {
        "_id": "31",
        "source": SDN,
        "entity_number": "31",
        "type": "Entity",
        "programs": "NPWMD; IFSR",
        "name": "EXAMPLE SHIPPING",
        "addresses": "1 Quay Road, Tehran, IR; 5 Port Street, Dubai, AE",
        "alt_names": "EX SHIPPING; E.S.L.",
        "nationalities": "IR",
        "remarks": "(Linked To: EXAMPLE HOLDING)",
        "ids": "IR, 12345, Registration Number; IMO 9074729, Vessel Registration Identification",
        "source_list_url": "https://example.gov/list",
    }
    result = {
        "id": "31",
        "source": SDN,
        "entity_number": 31,
        "type": "Entity",
        "programs": ["NPWMD", "IFSR"],
        "name": "EXAMPLE SHIPPING",
        "addresses": [
            {"address": "1 Quay Road", "city": "Tehran", "state": None, "postal_code": None, "country": "IR"},
            {"address": "5 Port Street", "city": "Dubai", "state_or_province": None, "postal_code": None, "country": "AE"},
        ],
        "alt_names": ["EX SHIPPING", "E.S.L."],
        "nationalities": ["IR"],
        "remarks": "(Linked To: EXAMPLE HOLDING)",
        "ids": [
            {"type": "Registration Number", "number": "12345", "country": "IR"},
            {"type": "Vessel Registration Identification", "number": "IMO 9074729", "country": None},
        ],
        "source_list_url": "https://example.gov/list",
    }
    of_columns = read_lists(written("csl.csv", full(row)), lookups, data_date=day)[0].entries
    of_json = read_lists(written("csl.json", json.dumps({"total": 1, "sources": [], "results": [result]})), lookups, data_date=day)[
        0
    ].entries
    assert of_columns == of_json
    assert of_columns[0].countries == ("IR", "AE")
    assert of_columns[0].identifiers == (Identifier("registration", "12345", "IR"), Identifier("imo", "9074729"))


def test_the_publisher_s_tab_separated_form_is_read(written, lookups, day):
    text = full({"source": EL, "name": "Example, Ltd."}).replace("Example, Ltd.", "Example Ltd.").replace('"', "").replace(",", "\t")
    assert read_lists(written("csl.tsv", text), lookups, data_date=day)[0].entries[0].name == "Example Ltd."


def test_the_effective_date_goes_before_that_of_publication_and_a_later_notice_is_only_a_bound(written, lookups, day):
    rows = [
        {"source": EL, "name": "A", "federal_register_notice": "84 FR 22961", "start_date": "2019-05-21"},
        {"source": EL, "name": "B", "federal_register_notice": "84 FR 22961"},
        {"source": EL, "name": "C", "federal_register_notice": "68 F.R. 38290 6/27/03 71 F.R. 38843 7/10/06"},
        {"source": EL, "name": "D", "federal_register_notice": "84 FR 22961; 60 FR 31140"},
        {"source": EL, "name": "E"},
    ]
    a, b, c, d, e = read_lists(written("csl.csv", full(*rows)), lookups, data_date=day)[0].entries
    assert (a.listed_on, a.listed_basis) == (dt.date(2019, 5, 16), "notice")
    assert a.note == "84 FR 22961 took effect then; the list prints 2019-05-21, the day of its publication"
    assert (b.listed_on, b.listed_basis) == (dt.date(2019, 5, 16), "notice")
    assert (c.listed_on, c.listed_basis, c.notices) == (dt.date(2003, 6, 27), "publication", ("68 FR 38290", "71 FR 38843"))
    assert (d.listed_on, d.listed_basis) == (None, "")
    assert d.note == "the date of 60 FR 31140 is not known; 84 FR 22961 of 2019-05-16 finds the entry listed"
    assert (e.listed_on, e.note) == (None, "the list gives no date and cites no notice")


def test_a_changed_schema_is_refused_with_the_name_of_the_column(written, lookups, day):
    path = written("csl.csv", full({"source": EL, "name": "A"}).replace("alt_names", "aka_names"))
    with pytest.raises(BadInput, match="csl: column 'alt_names' is missing; new is 'aka_names'; the form of the list has changed"):
        read_lists(path, lookups, data_date=day)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            {"source": "Space List (SPL) - NASA", "name": "A"},
            "line 2: csl: source 'Space List .SPL. - NASA' is a list that is not known here",
        ),
        ({"source": EL, "name": "A", "type": "Robot"}, "type 'Robot' is not known"),
    ],
)
def test_an_unknown_list_or_type_is_refused_with_its_line(row, says, written, lookups, day):
    with pytest.raises(BadInput, match=says):
        read_lists(written("csl.csv", full(row)), lookups, data_date=day)


def test_a_file_that_is_cut_off_is_refused_with_its_line(written, lookups, day):
    text = extract({"source_code": "EL", "source": EL, "name": "A"}, {"source_code": "EL", "source": EL, "name": "B", "programs": "X"})
    with pytest.raises(BadInput, match="line 3: has 4 fields, the header has 13; the file may be cut off"):
        read_lists(written("csl.csv", text[: text.rindex("B") + 1]), lookups, data_date=day)


def test_control_characters_and_marks_of_direction_do_not_reach_a_name(written, lookups, day):
    path = written("csl.csv", extract({"source_code": "EL", "source": EL, "name": "Ex\u202eam\x07ple\u200f  Co.\tLtd."}))
    assert read_lists(path, lookups, data_date=day)[0].entries[0].name == "Ex am ple Co. Ltd."


def test_a_place_that_is_no_country_is_noted(written, lookups, day):
    path = written("csl.csv", extract({"source_code": "SDN", "source": SDN, "name": "A", "entity_number": "1", "countries": "SY;ATLANTIS"}))
    entry = read_lists(path, lookups, data_date=day)[0].entries[0]
    assert entry.countries == ("SY",)
    assert "not read as a country: ATLANTIS" in entry.note


# ---------------------------------------------------------------- the day of a listing


@pytest.mark.needs_shared
def test_a_start_that_is_the_day_of_publication_yields_to_the_day_on_which_the_notice_took_effect(of_2022):
    entries = {e.name: e for e in of_2022["entity_list"].entries}
    one = entries["Al-Qertas"]  # 86 FR 67317: effective two days before it was published
    assert (one.listed_on, one.listed_basis) == (dt.date(2021, 11, 24), "notice")
    assert "2021-11-26, the day of its publication" in one.note
    moved = [e for e in of_2022["entity_list"].entries if "the day of its publication" in e.note]
    assert len(moved) == 195
    assert all(e.listed_basis == "notice" for e in moved)


@pytest.mark.needs_shared
def test_a_start_later_than_the_first_notice_that_an_entry_cites_does_not_hide_the_years_before(of_2022):
    university = next(e for e in of_2022["entity_list"].entries if e.name.startswith("Beijing University of Aeronautics and Astronautics"))
    assert university.notices[:2] == ("66 FR 24266", "70 FR 54629")
    assert (university.listed_on, university.listed_basis) == (dt.date(2001, 5, 14), "publication")
    assert university.note.startswith("the list prints 2005-09-16, and the entry cites an earlier notice")


@pytest.mark.needs_shared
def test_a_year_with_two_digits_missing_is_no_day_of_a_listing(of_2022):
    slips = {e.name: (e.listed_on, e.note.partition(",")[0]) for e in of_2022["entity_list"].entries if "no day of a listing" in e.note}
    assert slips["Oriental Engineers"] == (dt.date(2017, 5, 26), "the list prints 0017-05-26")
    assert len(slips) == 3
    assert all(e.listed_on.year >= 1990 for copy in of_2022.values() for e in copy.entries if e.listed_on and copy.list != "dpl")


def test_a_date_of_the_list_s_own_stands_where_no_notice_speaks_against_it(written, lookups, day):
    rows = [
        {"source": EL, "name": "A", "federal_register_notice": "84 FR 22961", "start_date": "2019-05-16"},
        {"source": EL, "name": "B", "federal_register_notice": "84 FR 22961", "start_date": "2019-05-01"},
        {"source": EL, "name": "C", "start_date": "2020-03-16"},
        {"source": EL, "name": "D", "federal_register_notice": "84 FR 22961; 85 FR 51596", "start_date": "2020-08-20"},
    ]
    a, b, c, d = read_lists(written("csl.csv", full(*rows)), lookups, data_date=day)[0].entries
    assert [(e.listed_on.isoformat(), e.listed_basis) for e in (a, b, c, d)] == [
        ("2019-05-16", "list"),
        ("2019-05-01", "list"),
        ("2020-03-16", "list"),
        ("2019-05-16", "notice"),
    ]
