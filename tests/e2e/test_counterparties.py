"""The section on counterparties in a browser, made by the command from the example with its invented list and holdings."""

from __future__ import annotations

import subprocess
import sys

import pytest
from playwright.sync_api import sync_playwright

pytestmark = pytest.mark.e2e
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
SECTION = "section[aria-labelledby=counterparties]"


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(root, tmp_path_factory):
    """Where the page lies that the command wrote."""
    example, out = root / "examples/server-maker", tmp_path_factory.mktemp("briefing")
    gathered = ["--lists", str(example / "lists"), "--owners", str(example / "holdings.csv")]
    command = [sys.executable, "-m", "thalweg", "brief", str(example), "-o", str(out), "--date", "2026-11-25", "--since", "2026-11-01"]
    subprocess.run([*command, *gathered], check=True, capture_output=True)
    return (out / "briefing.html").as_uri()


@pytest.fixture
def page(browser, address):
    """The page; what it complains of is kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.complaints = []
    opened.on("console", lambda message: opened.complaints.append(message.text) if message.type in {"error", "warning"} else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.goto(address)
    yield opened
    context.close()


def rows(page):
    return page.locator(f"{SECTION} tbody > tr")


def test_the_contents_lead_to_it_and_the_copies_stand_above_the_customers(page):
    page.get_by_role("link", name="Counterparties", exact=True).click()
    assert page.url.endswith("#counterparties")
    assert page.complaints == []
    looked = page.locator(f"{SECTION} ul.looked")
    assert looked.locator("li").first.inner_text() == "Screened against the copies of 2026-11-20, 5 days old: Entity List (2 rows)."
    bottom = "e => e.getBoundingClientRect().bottom <= document.querySelector('table.parties').getBoundingClientRect().top"
    assert looked.evaluate(bottom)


def test_the_possible_match_comes_first_with_its_mark_its_reason_and_what_hangs_on_it(page):
    first = rows(page).first
    assert first.locator("td").nth(0).inner_text().splitlines() == ["Red River Systems JSC", "Vietnam", "S-3"]
    assert first.locator(".tag").inner_text() == "Possible match"
    assert "another country: VN against LA" in first.locator("td").nth(2).inner_text()
    asked = first.locator("ol > li").first.inner_text()
    assert asked.startswith("Is Red River Systems JSC the same as Red River Systems Joint Stock Company")
    assert asked.endswith("for 1 deal, 2.4 million USD (S-3).")


def test_a_chain_of_owners_is_drawn_with_its_shares(page):
    owners = page.locator(f"{SECTION} tr", has_text="Tamsui Servers Co").locator("td").nth(3).inner_text()
    assert "Chain: Amber Gorge Electronics Co. Ltd. → 60% of Bamboo Ridge Holdings → 50% of Tamsui Servers Co" in owners
    assert "covered if the rule acts" in owners


def test_a_deal_leads_to_its_customer_and_back_to_nothing_hidden(page):
    page.locator("section[aria-labelledby=deals] a", has_text="Red River Systems JSC").click()
    assert page.url.endswith("#c1")
    assert page.locator("tr:target").inner_text().startswith("Red River Systems JSC")
    assert page.locator("tr:target").is_visible()


def test_red_flags_that_hang_on_a_fact_open_on_demand(page):
    flags = page.locator(f"{SECTION} tr", has_text="Chao Phraya IT Co").locator("details")
    assert not flags.locator("p").first.is_visible()
    flags.locator("summary").click()
    assert flags.locator("p").first.is_visible()
    assert "headquartered in China, which is not stated" in flags.locator("p").first.inner_text()


def test_customers_sort_by_value(page):
    page.locator(SECTION).get_by_role("button", name="USD").click()
    amounts = [float(t.replace(",", "")) for t in page.locator(f"{SECTION} tbody td:nth-child(2)").all_inner_texts()]
    assert amounts == sorted(amounts)
    assert len(amounts) == 5


@pytest.mark.parametrize("width", [320, 390, 640])
def test_a_narrow_screen_needs_no_sideways_scrolling(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = f"[...document.querySelectorAll('{SECTION} :is(td, p, li)')].filter(e => e.offsetParent"
    assert page.evaluate(f"{beyond} && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.textContent)") == []


def test_a_wide_screen_shows_the_whole_table(page):
    assert page.evaluate("(e => e.scrollWidth <= e.parentNode.clientWidth)(document.querySelector('table.parties'))")
