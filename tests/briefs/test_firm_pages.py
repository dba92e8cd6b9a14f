"""The section on policies: on every page, with all that a number must carry, and only where it was asked for."""

from __future__ import annotations

import io
import json

import pytest
from openpyxl import load_workbook

import thalweg as tw
from thalweg.briefs.firm_words import caption, result, shown
from thalweg.briefs.model_firm import FirmNumber
from thalweg.briefs.render_html import render_html
from thalweg.briefs.render_markdown import render_markdown
from thalweg.briefs.render_terminal import render_terminal
from thalweg.briefs.render_xlsx import render_xlsx
from thalweg.evidence import BadInput
from thalweg.scenarios.quantiles import NAMES

POLICIES = ["status-quo", "control-camp"]


@pytest.fixture(scope="module")
def found(root):
    return tw.brief(root / "examples/gpu-designer/portfolio.toml", date="2026-11-25", policies=POLICIES, runs=600, seed=7)


def test_every_page_has_the_section_with_seed_pack_date_hashes_and_judgement(found):
    v = found.policies
    html, markdown, terminal = render_html(found), render_markdown(found), render_terminal(found, width=1000)
    for page in (html, markdown, terminal):
        assert "Under policies" in page
        for text in ("seed 7", v.as_of, v.hash[:16], *(p.sha256[:16] for p in v.policies), "(judgement)"):
            assert text in page, text
    assert json.loads(found.model_dump_json())["policies"]["asked"]["seed"] == 7


def test_every_row_of_numbers_in_the_workbook_carries_what_it_rests_on(found):
    book = load_workbook(io.BytesIO(render_xlsx(found)))
    head, *rows = [[c.value for c in line] for line in book["Policy numbers"].iter_rows()]
    assert len(rows) == sum(len(p.numbers) for p in found.policies.policies)
    at = {name: i for i, name in enumerate(head)}
    for row in rows:
        assert isinstance(row[at["p50"]], (int, float))
        assert (row[at["Seed"]], row[at["Pack date"]]) == ("7", found.policies.as_of)
        assert row[at["Policy hash"]] in {p.sha256[:16] for p in found.policies.policies}
        assert row[at["Moved by"]]


def test_the_top_of_the_page_says_what_would_need_a_license(found):
    (point,) = [p for p in found.points if p.label == "Under policies"]
    assert "of the stated revenue that would need a license or be denied in 2028" in point.text
    assert "billion USD" in point.text


def test_the_top_of_the_page_says_for_how_much_it_is_not_known(root):
    found = tw.brief(root / "examples/server-maker", date="2026-11-25", policies=["status-quo"], runs=10, seed=7)
    (point,) = [p for p in found.points if p.label == "Under policies"]
    assert "of the value of the deals" in point.text
    assert "0%, not known for 49%" in point.text
    assert "USD" not in point.text


def test_what_is_not_known_stands_on_the_page(found):
    html, markdown = render_html(found), render_markdown(found)
    for line in found.policies.unknown:
        assert line.split(":")[0] in markdown.replace("\\", "")
        assert line.split("'")[0][:40] in html


def test_without_policies_there_is_no_section(designer):
    assert designer.policies is None
    assert "Under policies" not in render_html(designer) + render_markdown(designer) + render_terminal(designer)
    assert not [s for s in load_workbook(io.BytesIO(render_xlsx(designer))).sheetnames if s.startswith("Policy")]


def test_a_title_of_a_policy_is_text_on_the_page(found):
    p = found.policies.policies[1].model_copy(update={"title": "<script>alert(1)</script>"})
    view = found.policies.model_copy(update={"policies": [found.policies.policies[0], p]})
    page = render_html(found.model_copy(update={"policies": view}))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def levels(low, middle, high):
    return dict(zip(NAMES, (low, low, middle, middle, middle, high, high, middle), strict=True))


@pytest.mark.parametrize(
    ("unit", "at", "said"),
    [
        ("% of sales", (0, 0, 0), "0%"),
        ("% of sales", (36.1, 36.1, 36.1), "36%"),
        ("% of sales", (4.21, 19.4, 38), "19% [4.2, 38]"),
        ("USD a year", (0, 0, 0), "0 USD"),
        ("USD a year", (2e8, 1.1e9, 4.56e9), "1.1 billion USD [0.2, 4.56]"),
        ("USD a year", (0, 4.5e5, 9e5), "450,000 USD [0, 900,000]"),
    ],
)
def test_a_range_is_said_in_one_unit(unit, at, said):
    assert result(FirmNumber(measure="denied", unit=unit, year=2028, levels=levels(*at))) == said


def test_a_difference_has_its_sign_and_runs_without_a_number_are_said():
    r = FirmNumber(measure="fee_share", unit="% of sales", year=2028, levels=levels(1, 2, 3), change=levels(-0.01, 3, 12), of_runs=0.41)
    assert result(r, r.change) == "+3.0 points [0, +12]"
    assert shown(r).endswith("in the 41% of runs with sales")
    assert shown(None) == "nothing is sold in any run"


def test_the_caption_says_what_shares_are_of(found):
    assert "Shares are of the stated revenue" in caption(found.policies)
    assert "difference from As enforced at the pack's date in the same runs" in caption(found.policies)


@pytest.mark.parametrize(
    ("sales", "said"),
    [
        ("5000", "state US dollars a year by destination, as sales_usd.CN"),
        ("{ VN = -1 }", "column sales_usd.VN: input should be greater than or equal to 0"),
        ("{ VN = true }", "column sales_usd.VN: value error, should be a number"),
        ("{ Atlantis = 5 }", "column sales_usd.Atlantis: 'Atlantis' is not a place"),
        ("{ VN = 5, Vietnam = 6 }", "column sales_usd.Vietnam: is VN again"),
    ],
)
def test_sales_that_cannot_be_are_named_with_row_and_column(one_deal, sales, said):
    path = one_deal(more=f'[[products]]\nid = "other"\nitem = "NVIDIA H20"\nsales_usd = {sales}')
    errors = tw.brief(path, date="2026-11-25").errors
    assert len(errors) == 1
    assert errors[0].startswith("portfolio.toml: products row 2, column sales_usd")
    assert said in errors[0]


def test_a_firm_with_less_revenue_than_its_products_is_refused(one_deal):
    path = one_deal(more='[[products]]\nid = "other"\nitem = "NVIDIA H20"\nsales_usd = { VN = 5000 }')
    path.write_text(path.read_text("utf-8").replace('country = "US"', 'country = "US"\nrevenue_usd = 4000', 1), "utf-8")
    with pytest.raises(BadInput, match=r"column revenue_usd: 4,000 is less than the sales_usd of the products together, 5,000"):
        tw.brief(path, date="2026-11-25")


def test_sales_by_destination_are_read_alike_from_every_form(examples, folder, workbook):
    from thalweg.briefs import read_portfolio

    wanted = {p.id: p.sales_usd for p in read_portfolio(examples / "gpu-designer/portfolio.toml").products}
    assert all(wanted.values())
    for path in (folder, workbook):
        assert {p.id: p.sales_usd for p in read_portfolio(path).products} == wanted
    products = folder / "products.csv"
    products.write_text("id,item,sales_usd.CN,sales_usd.DE\nH20,NVIDIA H20,120000000,\n", "utf-8")
    assert read_portfolio(folder).products[0].sales_usd == {"CN": 120_000_000}
