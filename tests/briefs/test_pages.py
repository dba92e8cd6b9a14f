from __future__ import annotations

import datetime as dt
import html
import io
import itertools
import json
import re
from html.parser import HTMLParser

import pytest
from openpyxl import load_workbook

from thalweg.briefs import brief, write_briefing
from thalweg.briefs.captions import captions
from thalweg.briefs.glossary import _all, terms
from thalweg.briefs.heatmap import days, heatmap
from thalweg.briefs.model_base import Sale
from thalweg.briefs.portfolio import Customer, Deal, Destination, Firm, License, Portfolio, Product
from thalweg.briefs.render_html import render_html
from thalweg.briefs.render_markdown import render_markdown
from thalweg.briefs.render_terminal import render_terminal
from thalweg.briefs.render_xlsx import neutral, render_xlsx
from thalweg.briefs.tables import tables
from thalweg.briefs.words import drawn, names

DATE = dt.date(2026, 11, 25)
SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK(\\"https://example.org\\", \\"x\\")'


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.ids, self.links, self.text = [], [], [], [], ""
        self.feed(text)
        self.headings = [html.unescape(h) for h in re.findall(r"<h2[^>]*>(.*?)(?:: .*)?</h2>", text)]

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, k, v) for k, v in attrs]
        self.ids += [v for k, v in attrs if k == "id"]
        self.links += [v for k, v in attrs if k == "href"]

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def page(designer):
    return Page(render_html(designer))


def test_the_page_fetches_nothing(page):
    assert not {"link", "img", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert not [a for a in page.attributes if a[1] in {"src", "srcset", "action", "background"} or a[1].startswith("on")]
    assert any(a == ("meta", "content", v) and "default-src 'none'" in v for a in page.attributes for v in [a[2] or ""])


def test_every_link_within_the_page_leads_somewhere_and_every_other_to_the_web(page):
    for link in page.links:
        assert link.removeprefix("#") in page.ids if link.startswith("#") else link.startswith(("https://", "http://")), link


def test_no_id_stands_twice(page):
    assert len(page.ids) == len(set(page.ids))


def test_the_page_says_what_the_briefing_says(designer, page):
    for line in (
        designer.lead,
        *(p.text for p in designer.points),
        *(d.customer for d in designer.deals),
        *(f.question for f in designer.facts),
    ):
        assert line in page.text
    assert page.text.count("Not legal advice.") == 1
    for text in ("Trade compliance, Meander Silicon", "Outside counsel to Meander Silicon", "2026-08-15", designer.stamp["sha256"]):
        assert text in page.text


def test_hostile_names_are_text_on_every_page(one_deal, pack):
    path = one_deal(customer=SCRIPT, more='[[products]]\nid = "<img src=x onerror=alert(2)>"\nitem = "NVIDIA H20"')
    found = brief(path, pack=pack, date=DATE)
    assert found.errors == []
    text, markdown = render_html(found), render_markdown(found)
    assert SCRIPT not in text
    assert "<img" not in text
    assert SCRIPT in Page(text).text
    assert Page(text).tags.count("script") == 1
    assert "<script" not in markdown
    assert SCRIPT in render_terminal(found, width=200)
    assert json.loads(found.model_dump_json())["deals"][0]["customer"] == SCRIPT


def test_a_name_cannot_make_a_link_or_a_table_cell_in_markdown(one_deal, pack):
    text = render_markdown(brief(one_deal(customer="[x](javascript:alert) | `y`"), pack=pack, date=DATE))
    assert "[x](" not in text
    assert "\\[x\\](javascript:alert) \\| \\`y\\`" in text


def test_a_formula_in_a_name_is_text_in_the_workbook(one_deal, pack):
    found = brief(one_deal(customer=FORMULA), pack=pack, date=DATE)
    assert found.deals[0].customer.startswith("=HYPERLINK(")
    book = load_workbook(io.BytesIO(render_xlsx(found)))
    cells = [c for sheet in book for line in sheet.iter_rows() for c in line if c.value is not None]
    assert not [c.coordinate for c in cells if c.data_type == "f" or str(c.value).startswith(("=", "+", "@", "\t", "\r"))]
    assert book["Deals"]["D2"].value.startswith("'=HYPERLINK(")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_could_start_a_formula_gets_an_apostrophe(text):
    assert neutral(text) == f"'{text}"


def test_plain_cells_stay_as_they_are():
    assert [neutral(v) for v in ("SMIC", 5.0, None, "a=b")] == ["SMIC", 5.0, None, "a=b"]


def test_the_workbook_has_a_sheet_for_each_table_with_a_frozen_header_and_a_filter(designer):
    book = load_workbook(io.BytesIO(render_xlsx(designer)))
    found = tables(designer)
    assert book.sheetnames == ["Summary", *(t.name for t in found)]
    for table in found:
        sheet = book[table.name]
        assert [c.value for c in sheet[1]] == table.columns
        assert sheet.max_row == 1 + len(table.rows)
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
    assert book["Deals"].max_row == 1 + len(designer.deals)
    assert sum(line[6].value for line in book["Deals"].iter_rows(min_row=2)) == sum(designer.headline.values())
    assert {line[0].value: line[2].value for line in book["Lists"].iter_rows(min_row=2)}["Entity List"] == 473


def test_markdown_and_the_workbook_hold_the_sections_of_the_page(designer, page):
    markdown, sheets = render_markdown(designer), [t.title for t in tables(designer)]
    headings = {line.removeprefix("## ") for line in markdown.splitlines() if line.startswith("## ")}
    assert len(page.headings) == 14
    for title in page.headings:
        assert any(t.partition(":")[0] == title or t == title for t in sheets), title
        assert any(h.partition(":")[0] == title or h == title for h in headings), title
    assert set(sheets) == headings


def test_the_same_portfolio_date_and_pack_give_the_same_bytes(examples, pack, tmp_path):
    written = []
    for name in ("one", "two"):
        found = brief(examples / "server-maker", pack=pack, date=DATE)
        written.append([p.read_bytes() for p in write_briefing(found, tmp_path / name)])
    assert written[0] == written[1]
    assert len(written[0]) == 4


def test_the_full_trace_of_every_deal_is_in_the_page(designer, page):
    for deal in designer.deals:
        assert deal.trace in page.text
    assert page.tags.count("pre") == len(designer.deals)


def test_markdown_says_what_stands_on_the_page(designer):
    text = render_markdown(designer)
    assert "Trade compliance, Meander Silicon, 2026-06-01. By law: Undetermined." in text
    assert "Outside counsel to Meander Silicon, 2026-08-15. Without it: No license required." in text
    assert text.count("Not legal advice.") == 1
    for deal in designer.deals:
        assert f"### {deal.id.replace('_', ' ')}: " in text


def test_every_page_carries_the_captions(designer, page):
    markdown, terminal = render_markdown(designer), " ".join(render_terminal(designer, width=1000).split())
    summary = {line[0].value: line[1].value for line in load_workbook(io.BytesIO(render_xlsx(designer)))["Summary"].iter_rows()}
    found = captions(designer)
    assert "to a local buyer with a local parent, on no list" in found["matrix"]
    assert "Parts 744 and 746 remain" in found["matrix"]
    for name in ("matrix", "deals", "changed", "drafts", "time", "facts", "licenses", "steps", "lists", "taken"):
        assert found[name] in page.text
        assert found[name] in markdown
        assert found[name] in summary.values()
    for name in ("matrix", "deals", "changed", "licenses", "lists"):
        assert found[name] in terminal


def test_no_license_is_never_called_free(designer, page):
    for text in (page.text, render_markdown(designer), render_terminal(designer)):
        assert not re.search(r"\bfree\b(?! of)", text, re.IGNORECASE)
    assert "No license" in page.text


def test_every_row_of_a_markdown_table_has_the_cells_of_its_header(designer):
    width = 0
    for line in render_markdown(designer).splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not width or not cells or cells == width, line
        width = cells


def test_the_heatmap_joins_destinations_with_the_same_history_and_covers_every_day(designer):
    found = heatmap(designer)
    assert list(found.lines) == list(designer.products)
    for product, lines in found.lines.items():
        assert sorted(p for line in lines for p in line.places) == sorted(
            designer.places[r.place] for r in designer.heat if r.product == product
        )
        for line in lines:
            assert sum(days(s.first, s.last) for s in line.spans) == days("2022-10-01", "2027-11-25")
            assert all((x.outcome, x.policies, x.held) != (y.outcome, y.policies, y.held) for x, y in itertools.pairwise(line.spans))
    assert found.verified < found.today


def test_every_run_of_the_heatmap_is_read_out_and_marked(page, designer):
    spans = [s for lines in heatmap(designer).lines.values() for line in lines for s in line.spans]
    asks = [c for c in designer.counterparties.rows if c.ask]
    assert page.tags.count("ol") == sum(len(lines) for lines in heatmap(designer).lines.values()) + len(asks)
    for span in spans:
        assert f"{drawn(span.outcome, span.policies, held=span.held)}, {span.first} to {span.last}" in page.text
    assert "Held by the firm; by law: No license required, 2026-06-01 to 2027-11-25" in page.text


def test_terms_are_explained_where_they_occur_and_not_where_they_do_not(designer, maker):
    said = {term for term, _ in terms(designer)}
    assert {"Presumption of denial", "NAC", "ECCN", "Counsel", "House rule", "Ultimate parent", "Country Group D"} <= said
    assert {"Held by the firm", "Review not settled", "No license required"} <= said
    assert not {"Counsel", "House rule", "Held by the firm", "Policy of denial"} & {term for term, _ in terms(maker)}


def test_the_exceptions_are_explained_as_the_regulations_bound_them():
    meanings = {term: meaning.text for term, _, meaning in _all()}
    assert "nor to an entity that is headquartered there or whose ultimate parent is" in meanings["ACA"]
    assert "Transfers within Macau and D:5 use it" in meanings["ACA"]
    assert "exported or reexported" in meanings["NAC"]
    assert "with an ultimate parent there" in meanings["NAC"]


def test_a_term_has_one_pattern_and_one_meaning():
    found = _all()
    assert len({term for term, _, _ in found}) == len(found) > 25
    assert all(meaning.text.endswith(".") for _, _, meaning in found)


def test_sales_to_every_destination_of_the_portfolio_are_said_so(designer):
    sales = [Sale(product=p, place=c.place) for p in ("H200", "B200") for c in designer.matrix if c.product == p]
    assert names(sales, designer) == ["H200, B200 to every destination"]
    assert names([*sales[:2], sales[10]], designer) == ["H200 to China, Vietnam", "B200 to China"]


def test_the_terminal_summarizes_what_the_pages_hold(designer):
    text = render_terminal(designer, width=500)
    for line in (designer.lead, *(p.text for p in designer.points), *(d.id for d in designer.deals), *designer.unverified):
        assert line in text
    assert all(c.on in text for c in (*designer.changed, *designer.coming))
    assert all(d.title in text for d in designer.drafts)
    assert all(f.question in text for f in designer.facts[:3])
    assert designer.facts[3].question not in text


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a | b", "two\nlines", "`x` **y** [z](javascript:alert)", "&amp; <b>"]
)
def test_a_hostile_name_of_a_customer_a_product_or_a_license_is_text_everywhere(portfolio_with, pack, name):
    found = brief(portfolio_with(name), pack=pack, date=DATE, since=dt.date(2026, 11, 1))
    assert found.deals[0].customer == name.strip()
    page, markdown = Page(render_html(found)), render_markdown(found)
    assert page.tags.count("script") == 1
    assert name in page.text
    assert not re.search(r"<(?!br>)", markdown)
    assert not re.search(r"(?<!\\)\]\(", markdown)
    width = 0
    for line in markdown.splitlines():
        assert not line.startswith("lines")
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not width or not cells or cells == width, line
        width = cells
    for sheet in load_workbook(io.BytesIO(render_xlsx(found))):
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert json.loads(found.model_dump_json())["licenses"][0]["license"] == name


def test_a_name_cannot_command_the_terminal(portfolio_with, pack):
    text = render_terminal(brief(portfolio_with("clear \x1b[2J \x9b1m all"), pack=pack, date=DATE, since=dt.date(2026, 11, 1)), width=300)
    assert "clear \N{REPLACEMENT CHARACTER}[2J \N{REPLACEMENT CHARACTER}1m all" in text
    assert not [c for c in text if ord(c) < 32 and c != "\n"]


@pytest.fixture
def portfolio_with():
    """A portfolio in which everything that may be named is named so."""

    def made(name):
        return Portfolio(
            firm=Firm(name=name, role=name),
            products=[Product(id=name, item="NVIDIA L40S")],
            destinations=[Destination(place="VN", label=name)],
            customers=[Customer(id="c", name=name, country="VN", headquarters="VN", ultimate_parent_headquarters="VN")],
            deals=[Deal(id=name, product=name, customer="c", value_usd=5, quantity=1)],
            licenses=[License(id="L", number=name, products=[name], customers=["c"], destinations=["VN"], value_usd=9)],
            errors=[name],
        )

    return made
