from __future__ import annotations

import datetime as dt

import pytest
from openpyxl import load_workbook

from thalweg.briefs import brief, read_portfolio
from thalweg.evidence import BadInput

DATE = dt.date(2026, 11, 25)
LATELY = dt.date(2026, 11, 1)  # a short window of changes


def spoil(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_folder_of_csv_files_gives_the_briefing_of_the_toml_file(designer, pack, folder):
    assert brief(folder, pack=pack, date=DATE) == designer


def test_a_workbook_gives_the_briefing_of_the_toml_file(designer, pack, workbook):
    assert brief(workbook, pack=pack, date=DATE) == designer


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new", "error"),
    [
        ("deals.csv", "24000000", "24 million", "deals.csv row 2, column value_usd: input should be a valid number"),
        ("deals.csv", "24000000", "inf", "deals.csv row 2, column value_usd: input should be"),
        ("deals.csv", "2026-12-10", "10.12.2026", "deals.csv row 2, column date: input should be a valid date"),
        ("deals.csv", "D-2,H200", "D-2,H2000", "deals.csv row 3, column product: there is no product 'H2000' in this portfolio; did"),
        ("deals.csv", "D-2,H200,yangtze", "D-2,H200,yangtse", "deals.csv row 3, column customer: there is no customer 'yangtse'"),
        ("deals.csv", "D-2,", "D-1,", "deals.csv row 3, column id: 'D-1' stands twice"),
        ("deals.csv", "24000000", "=SUM(A1)", "deals.csv row 2, column value_usd: formulas are not evaluated; paste the value"),
        ("deals.csv", "D-2,", ",", "deals.csv row 3, column id: is empty; fill it in"),
        ("deals.csv", "2026-12-10", "2026-12-10,and more", "deals.csv row 2, has more cells than the header has columns"),
        ("customers.csv", "Dune Compute LLC,AE", "Dune Compute LLC,Duneland", "customers.csv row 3, column country: 'Duneland'"),
        ("products.csv", "H20,NVIDIA H20,", "H20,NVIDA H20,", "products.csv row 2, column item: item 'NVIDA H20' is not in the"),
        ("destinations.csv", "VN", "ZZ", "destinations.csv row 3, column place: 'ZZ' is not a place"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_with_file_row_and_column_and_the_rest_is_briefed(folder, pack, file, old, new, error):
    spoil(folder / file, old, new)
    (folder / "destinations.csv").write_text("\n".join((folder / "destinations.csv").read_text("utf-8").split()[:3]), encoding="utf-8")
    found = brief(folder, pack=pack, date=DATE, since=LATELY)
    assert found.errors[0].startswith(error)
    assert {"D-4", "D-7"} <= {d.id for d in found.deals}


def test_a_column_that_does_not_exist_suggests_the_nearest(folder):
    spoil(folder / "deals.csv", "value_usd", "value_us")
    errors = read_portfolio(folder).errors
    assert errors[0].startswith("deals.csv row 2, column value_us: there is no such column; did you mean 'value_usd'")


def test_an_error_in_a_workbook_names_the_sheet_and_the_row(workbook):
    book = load_workbook(workbook)
    book["deals"]["E3"] = "much"
    book.save(workbook)
    assert (
        read_portfolio(workbook).errors[0].startswith("portfolio.xlsx: sheet deals row 3, column value_usd: input should be a valid number")
    )


def test_a_deal_whose_product_could_not_be_read_says_so(folder, pack):
    spoil(folder / "products.csv", "H20,NVIDIA H20,", "H20,no such chip,")
    errors = brief(folder, pack=pack, date=DATE, since=LATELY).errors
    assert "deals.csv row 2: left out with 'H20', which could not be read" in errors


def test_facts_may_stand_in_columns_of_their_own(folder):
    deals = folder / "deals.csv"
    lines = deals.read_text("utf-8").splitlines()
    deals.write_text("\n".join([lines[0] + ",facts.third_party_us_test,facts.china_volume_share", lines[1] + ",true,0.2", lines[2] + ",,"]))
    first, second = read_portfolio(folder).deals
    assert first.facts == {"third_party_us_test": True, "china_volume_share": 0.2}
    assert second.facts == {}


def test_blank_lines_do_not_shift_the_rows_that_errors_name(folder):
    deals = folder / "deals.csv"
    spoil(deals, "\nD-2", "\n\nD-2")
    spoil(deals, "16000000", "lots")
    assert read_portfolio(folder).errors[0].startswith("deals.csv row 4, ")


@pytest.mark.parametrize("name", ["../gpu-designer/house", "/etc", "house/../../other", ".."])
def test_an_overlay_outside_the_folder_of_the_portfolio_is_refused(one_deal, name):
    path = one_deal(head=f'overlays = ["{name}"]')
    with pytest.raises(BadInput, match="lies outside the portfolio's folder; move the overlay into"):
        read_portfolio(path)


def test_a_link_that_leads_outside_is_refused(one_deal, examples):
    path = one_deal(head='overlays = ["inside"]')
    (path.parent / "inside").symlink_to(examples / "gpu-designer" / "house", target_is_directory=True)
    with pytest.raises(BadInput, match="lies outside"):
        read_portfolio(path)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("p.toml", b"firm = ", "p.toml: not TOML"),
        ("p.toml", b"deal = []", "p.toml: unknown table 'deal'; did you mean 'deals'"),
        ("p.toml", b"products = []", "p.toml: names no firm"),
        ("p.toml", b"[firm]\nname = 'A'\n[products]\nid = 'x'", "products must be an array of tables"),
        ("p.xlsx", b"PK no", "p.xlsx: not a workbook"),
        ("p.docx", b"", "not a portfolio"),
    ],
)
def test_a_file_that_is_no_portfolio_is_refused_in_one_line(tmp_path, name, content, error):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput, match=error) as refused:
        read_portfolio(path)
    assert "\n" not in str(refused.value)


def test_a_draft_that_does_not_exist_is_named_and_the_rest_is_briefed(one_deal, pack):
    found = brief(one_deal(head='watch = ["gain-ai"]'), pack=pack, date=DATE)
    assert found.errors == ["watch: there is no draft 'gain-ai'; did you mean 'gain-ai-act'?"]
    assert len(found.deals) == 1


def test_a_window_that_ends_before_it_starts_is_refused(one_deal, pack):
    with pytest.raises(BadInput, match="give a later date or an earlier start"):
        brief(one_deal(), pack=pack, date=DATE, since=DATE + dt.timedelta(1))
