"""A policy memo in a browser, made by the command from two shipped policies."""

from __future__ import annotations

import subprocess
import sys

import pytest
from playwright.sync_api import sync_playwright

pytestmark = pytest.mark.e2e
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
PARTS = ["Question", "What was compared", "What is robust", "What is fragile, and on what it hangs", "Security and innovation"]
PARTS += ["How Beijing and allies may respond", "What to learn next", "What stays open, and what cannot be undone", "Caveats", "Sources"]


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Where the memo lies that the command wrote."""
    out = tmp_path_factory.mktemp("memo") / "memo.html"
    command = [sys.executable, "-m", "thalweg", "compare", "control-camp", "cooperation-camp", "--runs", "500", "--seed", "7"]
    subprocess.run([*command, "--memo", str(out)], check=True, capture_output=True)
    return out.as_uri()


@pytest.fixture
def page(browser, address):
    """The page; what it complains of and what it asks for is kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.complaints, opened.asked = [], []
    opened.on("console", lambda message: opened.complaints.append(message.text) if message.type in {"error", "warning"} else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.goto(address)
    yield opened
    context.close()


def test_the_contents_lead_to_every_part(page):
    links = page.get_by_role("navigation", name="Contents").get_by_role("link")
    assert links.all_inner_texts() == PARTS
    for name in PARTS:
        page.get_by_role("navigation", name="Contents").get_by_role("link", name=name, exact=True).click()
        assert page.locator("h2:target").inner_text() == name


def test_nothing_is_asked_of_the_network_and_nothing_is_complained_of(page, address):
    page.emulate_media(media="print")
    assert page.asked == [address]
    assert page.complaints == []


def test_charts_are_drawn_with_their_words(page):
    figures = page.locator("figure")
    assert figures.count() == 8
    for i in range(figures.count()):
        box = figures.nth(i).locator("svg").bounding_box()
        assert box["width"] > 300
        assert box["height"] > 150
        assert "seed 7" in figures.nth(i).locator("svg").text_content()


def test_a_citation_leads_to_its_source(page):
    page.locator("section[aria-labelledby=compared] cite a").first.click()
    assert page.locator("li:target").is_visible()
    assert "303 million" in page.locator("li:target").inner_text()


def test_responses_stand_under_the_names_of_both_policies(page):
    heads = page.locator("#response-rows + .wide thead th").all_inner_texts()
    assert heads[2:4] == ["Tight controls", "Cooperation"]
    assert page.locator("#response-rows + .wide tbody tr").count() == 16


@pytest.mark.parametrize("width", [320, 390, 640])
def test_a_narrow_screen_needs_no_sideways_scrolling(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1200, 1280])
def test_no_table_runs_off_a_usual_screen(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    over = "[...document.querySelectorAll('.wide')].filter(w => w.scrollWidth > w.clientWidth).map(w => w.getAttribute('aria-labelledby'))"
    assert page.evaluate(over) == []
