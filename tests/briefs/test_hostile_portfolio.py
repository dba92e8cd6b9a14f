"""Hostile portfolios: refused in one line that names the file and the place, in bounded memory."""

from __future__ import annotations

import datetime as dt
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from thalweg.briefs import brief, read_portfolio, write_briefing
from thalweg.briefs.portfolio import MAX_UNPACKED
from thalweg.evidence import BadInput

TOML = """[firm]
name = "F"
[[products]]
id = "p"
item = "NVIDIA H20"
[[customers]]
id = "c"
name = "C"
country = "CN"
[[deals]]
id = "d"
product = "p"
customer = "c"
"""


@pytest.fixture
def toml(tmp_path):
    def write(text):
        path = tmp_path / "p.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def sheets(tmp_path):
    """Write a workbook of a firm, changed as asked, and return its path."""

    def write(change=None):
        book = Workbook()
        book.active.title = "firm"
        book.active.append(["name"])
        book.active.append(["F"])
        products = book.create_sheet("products")
        products.append(["id", "item"])
        products.append(["p", "NVIDIA H20"])
        if change is not None:
            change(book)
        book.save(tmp_path / "p.xlsx")
        return tmp_path / "p.xlsx"

    return write


def refused(path, *says):
    with pytest.raises(BadInput) as caught:
        read_portfolio(path)
    text = str(caught.value)
    assert "\n" not in text
    assert all(s in text for s in says), text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = " + "[" * 20_000, "p.toml: not TOML: maximum recursion depth"),
        (TOML + "quantity = " + "9" * 6_000, "p.toml: not TOML: Exceeds the limit"),
        (b"\xff\xfe", "p.toml: not TOML"),
        ("watch = 5\n" + TOML, "p.toml: firm, watch: should be a list of names"),
        ("overlays = [1]\n" + TOML, "p.toml: firm, overlays: should be a list of names"),
        ('overlays = ["\\u0000"]\n' + TOML, "overlays: '\\x00' is not a path"),
    ],
    ids=["deep", "digits", "latin", "watch", "overlays", "nul"],
)
def test_toml_that_is_none_is_refused(toml, text, says):
    refused(toml(text), says)


def test_a_byte_order_mark_is_no_matter(toml):
    assert read_portfolio(toml(b"\xef\xbb\xbf" + TOML.encode())).firm.name == "F"


@pytest.mark.parametrize("amount", ["quantity", "value_usd"])
def test_true_is_not_one_piece_or_dollar(toml, amount):
    found = read_portfolio(toml(f"{TOML}{amount} = true\n"))
    assert found.errors == [
        f"p.toml: deals row 1, column {amount}: value error, should be a number, not true or false, not 'True'; correct the cell"
    ]
    assert not found.deals


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("specification", "[" * 50_000, "column specification: not JSON"),
        ("specification,specification.tpp", "5,7", "column specification.tpp: specification is stated whole in another column"),
    ],
    ids=["deep", "twice"],
)
def test_a_specification_that_is_none_is_an_error_of_its_row(tmp_path, column, cell, says):
    (tmp_path / "firm.csv").write_text("name\nF\n", encoding="utf-8")
    (tmp_path / "products.csv").write_text(f"id,{column}\np,{cell}\n", encoding="utf-8")
    assert says in read_portfolio(tmp_path).errors[0]


def test_a_column_that_stands_twice_is_refused(tmp_path):
    (tmp_path / "firm.csv").write_text("name\nF\n", encoding="utf-8")
    (tmp_path / "products.csv").write_text("id,item,item\np,NVIDIA H20,NVIDIA B200\n", encoding="utf-8")
    refused(tmp_path, "products.csv row 1: the column 'item' stands twice")


@pytest.mark.slow
def test_a_cell_in_the_last_corner_of_a_sheet_does_not_fill_the_memory(sheets):
    def far(book):
        book["products"]["XFD1048576"] = "x"
        book["products"]["A1000000"] = " "

    assert [p.id for p in read_portfolio(sheets(far)).products] == ["p"]


def test_a_sheet_of_a_chart_is_refused(sheets):
    def chart(book):
        del book["products"]
        book.create_chartsheet("products")

    refused(sheets(chart), "p.xlsx")


def spoiled(path, part, content):
    """Return a copy of a workbook with one part replaced."""
    copy = path.with_name("spoiled.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return copy


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread(sheets):
    bomb = spoiled(sheets(), "xl/worksheets/sheet2.xml", b" " * (MAX_UNPACKED + 1))
    assert bomb.stat().st_size < 1_000_000
    refused(bomb, "spoiled.xlsx: unpacks to", "at most")


@pytest.mark.parametrize("part", ["xl/worksheets/sheet2.xml", "xl/styles.xml", "xl/workbook.xml"])
def test_a_workbook_that_declares_entities_is_refused(sheets, part):
    text = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    refused(spoiled(sheets(), part, text), f"spoiled.xlsx: {part} declares a document type")


@pytest.mark.parametrize("content", [b"", b"<worksheet", b"\xff\x00"])
def test_a_broken_sheet_is_refused(sheets, content):
    refused(spoiled(sheets(), "xl/worksheets/sheet2.xml", content), "spoiled.xlsx: not a workbook")


@pytest.mark.parametrize("day", [dt.date.min, dt.date(1, 12, 31)])
def test_a_day_before_all_law_is_refused(toml, pack, day):
    with pytest.raises(BadInput, match="give a later date"):
        brief(toml(TOML), pack=pack, date=day)


def test_the_last_day_of_the_calendar_is_briefed(toml, pack):
    assert brief(toml(TOML), pack=pack, date=dt.date.max).horizon == "9999-12-31"


def test_a_briefing_is_written_whole_or_not_at_all(toml, pack, tmp_path):
    found = brief(toml(TOML), pack=pack, date=dt.date(2026, 6, 1))
    (tmp_path / "out" / "briefing.xlsx").mkdir(parents=True)
    with pytest.raises(BadInput, match=r"briefing\.xlsx: the briefing cannot be written: Is a directory"):
        write_briefing(found, tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["briefing.xlsx"]
    with pytest.raises(BadInput, match="the briefing cannot be written"):
        write_briefing(found, tmp_path / "p.toml")


def test_no_name_is_markup_or_a_formula_on_any_page(toml, pack, tmp_path):
    evil = "=1+1<script>alert(1)</script>[x](javascript:alert(1))`|\\u001b[2J"
    text = TOML.replace('name = "F"', f'name = "{evil}"').replace('name = "C"', f'name = "{evil}"')
    html, markdown, _, workbook = write_briefing(brief(toml(text), pack=pack, date=dt.date(2026, 6, 1)), tmp_path / "out")
    assert "<script>alert" not in html.read_text("utf-8")
    assert "[x](" not in markdown.read_text("utf-8")
    cells = [c for sheet in load_workbook(workbook) for row in sheet.iter_rows() for c in row]
    assert not [c.value for c in cells if c.data_type == "f"]
    assert any(str(c.value).startswith("'=1+1") for c in cells)
