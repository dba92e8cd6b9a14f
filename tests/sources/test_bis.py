"""Lists of the Bureau of Industry and Security: XML of the eCFR, extracts in JSON, the delimited Denied Persons List.

`samples/part-744.xml` is made in the form of https://www.ecfr.gov/api/versioner/v1/full/{date}/title-15.xml?part=744: a `DIV9` for each
supplement, tables of TABLE, TR, TH and TD in a DIV of the class gpotbl_div (https://www.ecfr.gov/reader-aids/ecfr-developer-resources,
https://github.com/usgpo/bulk-data/blob/main/ECFR-XML-User-Guide.md). Columns, blank country cells and reserved rows are those of the
supplements; the parties are invented.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pytest

from thalweg.evidence import BadInput
from thalweg.sources import read_lists
from thalweg.sources.ecfr import split_address

PART_744 = (Path(__file__).parent / "samples" / "part-744.xml").read_text(encoding="utf-8")

DPL = (
    '"Name"\t"Street_Address"\t"City"\t"State"\t"Country"\t"Postal_Code"\t"Effective_Date"\t"Expiration_Date"\t"Standard_Order"'
    '\t"Last_Update"\t"Action"\t"FR_Citation"\n'
    '"EXAMPLE PERSON (AKA: ANOTHER NAME)"\t"1 MAIN STREET"\t"EL PASO"\t"TX"\t""\t"79905"\t"08/24/2022"\t"01/14/2026"\t"Y"\t"2022-08-29"'
    '\t"F.R. NOTICE ADDED"\t"87 F.R. 52741 8/29/2022"\n'
    '"EXAMPLE AIRLINES"\t"P.O. BOX 1"\t"DUBAI"\t""\t"AE"\t""\t"10/31/2023"\t""\t"Y"\t"2023-11-02"\t"TDO RENEWAL"\t"80 F.R. 30435 5/28/15"\n'
    '"EXAMPLE AIRLINES"\t"P.O. BOX 2"\t"DUBAI"\t""\t"AE"\t""\t"10/31/2023"\t""\t"Y"\t"2023-11-02"\t"TDO RENEWAL"\t"80 F.R. 30435 5/28/15"\n'
)


@pytest.fixture
def part(written, lookups, day):
    copies = read_lists(written("part-744.xml", PART_744), lookups, data_date=day)
    return {copy.list: copy.entries for copy in copies}


# ---------------------------------------------------------------- XML of the eCFR


def test_one_part_of_the_cfr_gives_three_lists(part):
    assert {i: len(entries) for i, entries in part.items()} == {"entity_list": 4, "meu": 1, "uvl": 1}


def test_an_entity_cell_is_taken_apart(part):
    entry = part["entity_list"][0]
    assert entry.name == "Example Construction Company (ECC)"
    assert entry.aliases == ("Ejemplo Road Construction Company", "Example and Sons Company")
    assert entry.addresses == ("1 Kolola Street, Kabul, Afghanistan", "2 Market, Paktiya, Afghanistan")
    assert (entry.countries, entry.license_policy) == (("AF",), "Presumption of denial")
    assert (entry.listed_on, entry.listed_basis) == (dt.date(2014, 8, 1), "publication")


def test_a_footnote_a_requirement_and_an_effective_date_are_read(part):
    entry = part["entity_list"][1]
    assert (entry.name, entry.aliases, entry.countries) == ("Example Chip Technology Co., Ltd.", ("例芯",), ("CN",))
    assert entry.footnotes == ("4",)
    assert entry.notices == ("84 FR 22963", "87 FR 62202")
    assert (entry.listed_on, entry.listed_basis) == (dt.date(2019, 5, 16), "notice")


def test_a_blank_country_cell_stands_for_the_country_above(part):
    address, trader = part["entity_list"][2:]
    assert (address.name, address.address_only, address.countries) == ("Address 01", True, ("CN", "HK"))
    assert (trader.name, trader.addresses) == ("Sole Trader Limited", ("Room 5, Example Building, Shenzhen, China",))


def test_supplements_of_three_columns_are_read(part):
    assert (part["uvl"][0].name, part["uvl"][0].listed_on) == ("Example Laser Inc.", dt.date(2022, 2, 8))
    assert (part["meu"][0].name, part["meu"][0].countries) == ("Example Aero Engine Co. Ltd.", ("CN",))


def test_a_changed_table_is_refused_with_the_name_of_its_column(written, lookups, day):
    path = written("part-744.xml", PART_744.replace("License review policy", "Policy"))
    with pytest.raises(BadInput, match="column 'License review policy' is missing"):
        read_lists(path, lookups, data_date=day)


def test_a_row_of_another_width_is_refused(written, lookups, day):
    path = written("part-744.xml", PART_744.replace("<TD>Case by case</TD>", ""))
    with pytest.raises(BadInput, match="row 6 has 4 cells where 5 are due"):
        read_lists(path, lookups, data_date=day)


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("Abdul Satar, 501, 5th Floor, Kabul", "Abdul Satar", "501, 5th Floor, Kabul"),
        ("Example Co., Ltd., No. 1 Road", "Example Co., Ltd.", "No. 1 Road"),
        ("A. Leib Ltd.; HA'Assif 19, Haifa", "A. Leib Ltd.", "HA'Assif 19, Haifa"),
        ("Example Institute", "Example Institute", ""),
        ("Kalinin Machine Plant, JSC, 18 Prospekt", "Kalinin Machine Plant, JSC", "18 Prospekt"),
    ],
)
def test_a_name_ends_at_the_first_comma_that_no_legal_form_follows(text, name, rest):
    assert split_address(text) == (name, rest)


# ---------------------------------------------------------------- the extracts in JSON


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("file", "list_id", "rows", "date"),
    [
        ("bis_entity_list.json", "entity_list", 3409, "2026-07-09"),
        ("bis_meu.json", "meu", 70, "2026-07-09"),
        ("bis_dpl.json", "dpl", 564, "2026-04-14"),
        ("dow_1260h.json", "dod_1260h", 80, "2026-07-09"),
        ("ofac_nscmic.json", "cmic", 68, "2026-07-09"),
    ],
)
def test_an_extract_is_read_whole(file, list_id, rows, date, lists, lookups):
    (copy,) = read_lists(lists / file, lookups)
    assert (copy.list, len(copy.entries), copy.data_date.isoformat()) == (list_id, rows, date)
    assert len({e.entry_id for e in copy.entries}) == rows
    assert all(e.countries for e in copy.entries)


@pytest.mark.needs_shared
def test_the_entity_list_has_the_footnotes_that_the_facts_count(lists, lookups):
    (copy,) = read_lists(lists / "bis_entity_list.json", lookups)
    found = Counter(f for e in copy.entries for f in e.footnotes)
    assert (found["1"], found["5"]) == (130, 16)
    assert sum(e.address_only for e in copy.entries) == 19
    assert all(e.listed_on for e in copy.entries)


@pytest.mark.needs_shared
def test_a_misplaced_entry_has_the_country_of_its_address_too(lists, lookups):
    (copy,) = read_lists(lists / "bis_entity_list.json", lookups)
    entry = next(e for e in copy.entries if e.countries == ("TH", "TW"))
    assert entry.name == "Shanghai Fudan Microelectronics (HK) Co., Ltd."
    assert "printed under Thailand, no address there" in entry.note


@pytest.mark.needs_shared
def test_a_denial_order_has_its_date_and_its_end(lists, lookups):
    (copy,) = read_lists(lists / "bis_dpl.json", lookups)
    entry = next(e for e in copy.entries if e.name == "FUYI SUN")
    assert (entry.listed_on, entry.ends_on, entry.aliases) == (dt.date(2018, 6, 13), dt.date(2027, 8, 31), ("FRANK SUN",))


@pytest.mark.needs_shared
def test_a_cmic_entry_has_its_listing_date_number_and_parent(lists, lookups):
    (copy,) = read_lists(lists / "ofac_nscmic.json", lookups)
    assert Counter(i.kind for e in copy.entries for i in e.identifiers) == {"uscc": 58}
    assert Counter(bool(e.linked_to) for e in copy.entries)[True] == 9
    entry = next(e for e in copy.entries if e.name == "Yitu Limited")
    assert (entry.listed_on, entry.aliases, entry.countries) == (dt.date(2021, 12, 16), ("依图科技有限公司",), ("KY",))


@pytest.mark.needs_shared
def test_the_1260h_notice_says_that_it_may_not_be_the_first(lists, lookups):
    (copy,) = read_lists(lists / "dow_1260h.json", lookups)
    assert {e.listed_on for e in copy.entries} == {dt.date(2026, 6, 10)}
    assert all("an earlier notice may have named the company" in e.note for e in copy.entries)


def test_an_extract_with_fewer_entities_than_it_counts_is_refused(written, lookups):
    entity = {
        "name": "A",
        "aliases": [],
        "country": "China",
        "address": None,
        "effective_date": None,
        "federal_register": None,
        "notes": None,
    }
    data = {"list_id": "bis-meu", "extracted": "2026-07-09", "count": 2, "entities": [entity]}
    with pytest.raises(BadInput, match="holds 1 entities and says that it has 2; it may be cut off"):
        read_lists(written("meu.json", json.dumps(data)), lookups)


def test_an_extract_without_a_field_is_refused_with_its_name(written, lookups):
    data = {"list_id": "bis-meu", "extracted": "2026-07-09", "entities": [{"name": "A", "aliases": []}]}
    with pytest.raises(BadInput, match="entity 1: bis_meu: field 'country', 'address'"):
        read_lists(written("meu.json", json.dumps(data)), lookups)


# ---------------------------------------------------------------- the delimited Denied Persons List


def test_the_delimited_file_of_denied_persons_is_read(written, lookups):
    (copy,) = read_lists(written("dpl_04142026.txt", DPL), lookups)
    person, first, second = copy.entries
    assert copy.data_date == dt.date(2026, 4, 14)
    assert (person.name, person.aliases, person.countries) == ("EXAMPLE PERSON", ("ANOTHER NAME",), ("US",))
    assert (person.listed_on, person.ends_on) == (dt.date(2022, 8, 24), dt.date(2026, 1, 14))
    assert first.entry_id != second.entry_id
    assert second.entry_id.startswith(first.entry_id) or first.entry_id.startswith(second.entry_id)


def test_a_lost_column_of_denied_persons_is_named(written, lookups, day):
    with pytest.raises(BadInput, match="bis_dpl: column 'Expiration_Date' is missing; new is 'Ends'"):
        read_lists(written("dpl.txt", DPL.replace("Expiration_Date", "Ends")), lookups, data_date=day)
