"""Who a customer is: numbers, birth, address, entries that it is or is not, and facts, read from every form of a portfolio."""

from __future__ import annotations

import datetime as dt

import pytest
from openpyxl import load_workbook

from thalweg.briefs import brief, read_portfolio
from thalweg.briefs.check import check_portfolio

DATE = dt.date(2026, 11, 25)
STATED = {
    "type": "individual",
    "address": "12 Any Street, Hanoi",
    "birth_date": "1970-03-25",
    "lei": "529900T8BM49AURSDO55",
    "uscc": "91310000132278363P",
    "imo": "9176187",
    "tax_id": "0100109106",
    "passport": "C0012345",
    "same_as": ["entity_list:E1", "uvl:7"],
    "not_same_as": ["sdn:123"],
    "facts": {"uae_government_agency": True, "listed_owner_share": 0.25},
}
TOML = """
type = "individual"
address = "12 Any Street, Hanoi"
birth_date = 1970-03-25
lei = "529900T8BM49AURSDO55"
uscc = "91310000132278363P"
imo = 9176187
tax_id = "0100109106"
passport = "C0012345"
same_as = ["entity_list:E1", "uvl:7"]
not_same_as = ["sdn:123"]
facts = { uae_government_agency = true, listed_owner_share = 0.25 }
"""
HEADER = "id,name,country,type,address,birth_date,lei,uscc,imo,tax_id,passport,same_as,not_same_as,"
LINE = (
    'lotus,Lotus Cloud JSC,VN,individual,"12 Any Street, Hanoi",1970-03-25,529900T8BM49AURSDO55,91310000132278363P,9176187,0100109106,'
    "C0012345,entity_list:E1; uvl:7,sdn:123,"
)


def customers(tmp_path, text):
    (tmp_path / "firm.csv").write_text("name\nMeander Silicon\n", encoding="utf-8")
    (tmp_path / "customers.csv").write_text(text, encoding="utf-8")
    return tmp_path


def stated(portfolio):
    (found,) = portfolio.customers
    return {k: getattr(found, k) for k in STATED}


def test_a_toml_file_states_it(one_deal):
    path = one_deal()
    text = path.read_text("utf-8").replace('ultimate_parent_headquarters = "VN"\n', f'ultimate_parent_headquarters = "VN"{TOML}')
    path.write_text(text, encoding="utf-8")
    portfolio = read_portfolio(path)
    assert portfolio.errors == []
    assert stated(portfolio) == STATED


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("facts", '"{""uae_government_agency"": true, ""listed_owner_share"": 0.25}"'),
        ("facts.uae_government_agency,facts.listed_owner_share", "true,0.25"),
    ],
    ids=["facts as JSON", "a column for each fact"],
)
def test_a_csv_file_states_it(tmp_path, header, cells):
    portfolio = read_portfolio(customers(tmp_path, f"{HEADER}{header}\n{LINE}{cells}\n"))
    assert portfolio.errors == []
    assert stated(portfolio) == STATED


@pytest.mark.parametrize("by_column", [False, True], ids=["facts as JSON", "a column for each fact"])
def test_a_workbook_states_it_with_dates_and_numbers_as_a_spreadsheet_holds_them(workbook, by_column):
    book = load_workbook(workbook)
    for name in ("deals", "licenses", "customers"):
        del book[name]
    sheet = book.create_sheet("customers")
    facts = {"facts.uae_government_agency": True, "facts.listed_owner_share": 0.25}
    row = {"id": "lotus", "name": "Lotus Cloud JSC", "country": "VN", **STATED}
    row |= {"birth_date": dt.datetime(1970, 3, 25), "imo": 9176187.0, "same_as": "entity_list:E1;uvl:7", "not_same_as": "sdn:123"}  # noqa: DTZ001
    del row["facts"]
    row |= facts if by_column else {"facts": '{"uae_government_agency": true, "listed_owner_share": 0.25}'}
    sheet.append(list(row))
    sheet.append(list(row.values()))
    book.save(workbook)
    portfolio = read_portfolio(workbook)
    assert portfolio.errors == []
    assert stated(portfolio) == STATED


def test_it_reaches_the_rules_as_a_party_of_a_transaction(tmp_path):
    (customer,) = read_portfolio(customers(tmp_path, f"{HEADER}facts.uae_government_agency\n{LINE}true\n")).customers
    party = customer.party()
    assert party["uae_government_agency"] is True
    assert "facts" not in party
    assert "id" not in party
    assert "owners" not in party
    assert (party["role"], party["same_as"], party["lei"]) == ("end_user", ["entity_list:E1", "uvl:7"], "529900T8BM49AURSDO55")


def test_a_fact_of_the_customer_decides_its_deals(one_deal, pack):
    """A company that listed parties own by half needs a license while the affiliates rule acts."""
    path = one_deal()
    text = path.read_text("utf-8").replace("date = 2026-12-01", "date = 2025-10-15").replace("NVIDIA L40S", "NVIDIA RTX 4080")
    path.write_text(text, encoding="utf-8")
    assert brief(path, pack=pack, date=DATE).deals[0].verdict.outcome == "no_license_required"
    owned = text.replace('name = "Lotus Cloud JSC"\n', 'name = "Lotus Cloud JSC"\nfacts = { listed_owner_share = 0.5 }\n')
    path.write_text(owned, encoding="utf-8")
    verdict = brief(path, pack=pack, date=DATE).deals[0].verdict
    assert verdict.outcome == "license_required"
    assert any("744.11" in s.citation for c in verdict.why for s in c.sources)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("1970-03-25", "25.3.1970", "column birth_date: value error, should be a date, as YYYY, YYYY-MM or YYYY-MM-DD, not '25.3.1970'"),
        ("1970-03-25", "1970-02-30", "column birth_date: "),
        ("individual", "person", "column type: "),
        ("529900T8BM49AURSDO55", "5" * 61, "column lei: "),
        ("uvl:7", "uvl", "column same_as: 'uvl' names no entry; write the list and the number of the entry, as entity_list:123"),
        ("uvl:7", "entiti_list:7", "column same_as: 'entiti_list:7' names no entry; write the list and the number of the entry, as"),
        ("sdn:123", "sdn:", "column not_same_as: 'sdn:' names no entry"),
        ("sdn:123", "uvl:7", "column not_same_as: 'uvl:7' stands in same_as as well; keep one"),
        ("same_as,not_same_as", "same_at,not_same_as", "column same_at: there is no such column; did you mean 'same_as'"),
        (
            "facts.uae_government_agency",
            "facts.uae_goverment_agency",
            "column facts.uae_goverment_agency: unknown key; did you mean 'uae_government_agency'",
        ),
        ("facts.uae_government_agency", "facts.headquarters", "column facts.headquarters: is a column of its own; state it in the column"),
        ("true", "perhaps", "column facts.uae_government_agency: "),
        ("C0012345", "=1+1", "column passport: formulas are not evaluated; paste the value"),
        ("Lotus Cloud JSC", "L" * 401, "column name: "),
    ],
)
def test_a_bad_cell_is_named_by_its_place(tmp_path, pack, old, new, error):
    text = f"{HEADER}facts.uae_government_agency\n{LINE}true\n"
    assert old in text
    portfolio = check_portfolio(read_portfolio(customers(tmp_path, text.replace(old, new))), pack, DATE)
    assert portfolio.customers == []
    assert portfolio.errors[0].startswith(f"customers.csv row 2, {error}")
