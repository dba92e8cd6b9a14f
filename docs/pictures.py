"""Draws the pictures of the documents from the pages that the program writes: run ``python docs/pictures.py`` with Chromium installed."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from pathlib import Path

from thalweg.briefs import brief, write_briefing
from thalweg.pack import load_pack

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "docs" / "assets"
DATE = dt.date(2026, 11, 25)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]


def main() -> None:
    """Write briefing.png (the top of a page) and heatmap.png (its verdicts over time)."""
    from playwright.sync_api import sync_playwright

    found = brief(ROOT / "examples" / "gpu-designer" / "portfolio.toml", pack=load_pack(), date=DATE)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1240, "height": 1180})
        page.goto(write_briefing(found, folder)[0].as_uri())
        page.screenshot(path=ASSETS / "briefing.png")
        page.locator("section[aria-labelledby=time]").screenshot(path=ASSETS / "heatmap.png")
        browser.close()


if __name__ == "__main__":
    main()
