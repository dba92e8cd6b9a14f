"""The page of a briefing in a browser, opened from the folder it was written to."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import sync_playwright

from thalweg.briefs import brief, write_briefing
from thalweg.briefs.heatmap import heatmap
from thalweg.pack import load_pack

pytestmark = pytest.mark.e2e
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def written(root, tmp_path_factory):
    found = brief(root / "examples" / "gpu-designer" / "portfolio.toml", pack=load_pack(), date=dt.date(2026, 11, 25))
    return found, write_briefing(found, tmp_path_factory.mktemp("briefing"))[0]


@pytest.fixture
def page(browser, written):
    """The page, with everything it asks for and everything it complains of; no request but for itself is let through."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.asked, opened.complaints = [], []
    address = written[1].as_uri()

    def judge(route):
        if route.request.url == address:
            route.continue_()
        else:
            opened.asked.append(route.request.url)
            route.abort()

    opened.route("**/*", judge)
    opened.on("console", lambda message: opened.complaints.append(message.text) if message.type in {"error", "warning"} else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.goto(address)
    yield opened
    context.close()


def shown(page, table, column):
    return page.locator(f"section[aria-labelledby={table}] table tbody tr td:nth-child({column})").all_inner_texts()


def test_the_page_opens_from_a_file_without_a_complaint_and_asks_for_nothing(page):
    page.wait_for_load_state("networkidle")
    assert page.asked == []
    assert page.complaints == []
    assert page.locator("p.lead").inner_text().startswith("Of 124.8 million USD in 8 deals")


def test_deals_sort_by_value_up_and_down(page, written):
    amounts = sorted(d.value_usd for d in written[0].deals)
    button = page.locator("section[aria-labelledby=deals]").get_by_role("button", name="USD")
    button.click()
    assert [float(t.replace(",", "")) for t in shown(page, "deals", 6)] == amounts
    button.click()
    assert [float(t.replace(",", "")) for t in shown(page, "deals", 6)] == amounts[::-1]
    assert page.locator("section[aria-labelledby=deals] th[aria-sort=descending]").count() == 1


def test_deals_sort_by_keyboard(page):
    page.locator("section[aria-labelledby=deals] th button").first.focus()
    page.keyboard.press("Enter")
    ids = shown(page, "deals", 1)
    assert ids == sorted(ids)


def test_every_table_sorts_by_every_column_without_losing_a_row(page):
    for table in page.locator("table.stack").all():
        rows = sorted(table.locator("tbody > tr").all_inner_texts())
        for button in table.locator("th button").all():
            button.click()
            assert sorted(table.locator("tbody > tr").all_inner_texts()) == rows
    assert page.complaints == []


def test_the_heatmap_is_visible_with_a_mark_in_every_run(page, written):
    picture = page.locator("div.heat")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box["width"] > 900
    assert box["height"] > 25 * len(written[0].products)
    runs = [s for lines in heatmap(written[0]).lines.values() for line in lines for s in line.spans]
    assert picture.locator("li").count() == picture.locator("li > i").count() == len(runs) > 10
    widths = {tuple(li.evaluate("e => [e.getBoundingClientRect().right]")) for li in picture.locator("li:last-child").all()}
    assert len(widths) == 1


def test_the_products_and_destinations_fit_a_wide_screen(page):
    assert page.evaluate("(e => e.scrollWidth <= e.parentNode.clientWidth)(document.querySelector('table.grid'))")


def test_the_trace_of_a_deal_opens(page, written):
    trace = page.locator("#d1 details.trace")
    assert not trace.locator("pre").is_visible()
    trace.locator("summary").click()
    assert trace.locator("pre").is_visible()
    assert trace.locator("pre").inner_text().startswith(written[0].deals[0].verdict.outcome)


def test_a_mark_of_the_matrix_leads_to_what_it_rests_on(page):
    page.locator("table.grid a.chip").first.click()
    target = page.url.partition("#")[2]
    assert page.locator(f"tr#{target}").is_visible()


def test_the_number_of_a_deal_leads_to_its_reasons(page, written):
    page.locator("section[aria-labelledby=deals] tbody a").first.click()
    assert page.locator("article:target h3").inner_text().startswith(f"{written[0].deals[0].id}: ")


def test_the_keyboard_skips_to_the_verdicts(page):
    page.keyboard.press("Tab")
    assert page.locator("a.skip").evaluate("e => e === document.activeElement")
    page.keyboard.press("Enter")
    assert page.url.endswith("#matrix")


@pytest.mark.parametrize("width", [320, 390, 640, 768])
def test_a_narrow_screen_needs_no_sideways_scrolling_and_cuts_nothing_off(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width <= 640:
        hidden = "[...document.querySelectorAll('td, th, p, li, h2, h3, dd')].filter(e => e.offsetParent && !e.closest('.heat')"
        assert page.evaluate(f"{hidden} && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.textContent)") == []


def test_a_narrow_screen_still_sorts(page, written):
    page.set_viewport_size({"width": 390, "height": 800})
    page.locator("section[aria-labelledby=deals]").get_by_role("button", name="USD").click()
    first = page.locator("section[aria-labelledby=deals] tbody tr").first.locator("td").first.inner_text()
    assert first == min(written[0].deals, key=lambda d: d.value_usd).id


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_in_either_scheme(page, scheme):
    page.emulate_media(color_scheme=scheme)
    dark = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert (dark < 0.05) == (scheme == "dark")
    for name in ("p.lead", ".soft", "main a", ".tag", "cite"):
        text = luminance(page.locator(name).first.evaluate("e => getComputedStyle(e).color"))
        assert (max(text, dark) + 0.05) / (min(text, dark) + 0.05) >= 4.5, name


def luminance(color):
    """The relative luminance of a CSS color, as the contrast ratio of WCAG 2 reads it."""
    parts = [int(v) / 255 for v in color.removeprefix("rgb(").rstrip(")").split(",")]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_print_opens_the_facts_and_leaves_traces_and_repeated_steps_out(page):
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("article details:not(.trace):not(.again):not([open])").count() == 0
    assert page.locator("details.trace[open]").count() == 0
    for name in ("nav", "details.trace", "details.again", ".skip"):
        assert not page.locator(name).first.is_visible(), name
    assert page.locator("section[aria-labelledby=steps] table").is_visible()


def test_the_page_prints_on_paper_of_either_sort(page):
    for paper in ("A4", "Letter"):
        assert page.pdf(format=paper).startswith(b"%PDF-")
