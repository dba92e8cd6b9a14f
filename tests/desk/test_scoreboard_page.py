"""The page of the scoreboard shows what the boards say, and is the one that was written last."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from thalweg.desk.policies import ready, the_policy
from thalweg.desk.scoreboard_page import HEAD, RUNS, page
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios.acceptance import acceptance
from thalweg.scenarios.published import scoreboard

WRITTEN = (Path(__file__).resolve().parents[2] / "docs/explanation/scoreboard.md").read_text(encoding="utf-8")
ASKED = ("effective sample of the fit", "smuggled in 2025, forecast from 2024")
"""Rows that need a fit or a forecast, which the page has and this test does not run."""


@pytest.fixture(scope="module")
def boards():
    estimates, levers = load_estimates(), ready(the_policy("status-quo")).plan().levers
    return scoreboard(estimates, levers), acceptance(estimates, levers, runs=RUNS)


def lines(text):
    return [line for line in text.splitlines() if line.startswith("| ") and not any(line.startswith(f"| {start}") for start in ASKED)]


def test_the_page_is_what_the_boards_say(boards):
    again = "run `python -m thalweg.desk.scoreboard_page --write docs/explanation`"
    assert lines(WRITTEN) == lines(page(*boards)), again
    assert WRITTEN.startswith(HEAD)


def test_all_published_calculations_are_within_their_tolerance_on_the_page():
    within, judged = map(int, re.search(r"^(\d+) of (\d+) are within", WRITTEN, re.MULTILINE).groups())
    assert within == judged >= 45


def test_what_is_not_met_says_why_on_the_page():
    missed = [line.split(" | ")[0].removeprefix("| ") for line in WRITTEN.splitlines() if line.endswith("| not met |")]
    assert missed == [what for what in missed if f"- **{what}.** " in WRITTEN]
    met, of = map(int, re.search(r"^(\d+) of (\d+) are met", WRITTEN, re.MULTILINE).groups())
    assert met + len(missed) == of == 33


def test_every_mark_of_a_note_has_its_note(boards):
    for part in page(*boards).split("## ")[2:4]:
        marks = {int(n) for n in re.findall(r" \((\d+)\) \|", part)}
        assert marks == {int(n) for n in re.findall(r"^(\d+)\. ", part, re.MULTILINE)}


def test_tolerances_that_are_not_close_are_marked_and_the_close_ones_counted():
    told = re.search(r"^47 of 47 are within their tolerance\. (\d+) of the 47 are checked to within 10%.*$", WRITTEN, re.MULTILINE)
    first = WRITTEN.split("## ")[1]
    marked = re.findall(r"\*(ordering only|a range|rounding only|a wide band)\* \|", first)
    assert int(told[1]) + len(marked) == 47
    assert {word: marked.count(word) for word in set(marked)} == {
        w: int(n) for w, n in re.findall(r"([a-z][a-z ]*) in (\d+)", told[0].split("marked, ")[1])
    }
    assert all("*" in line for line in first.splitlines() if re.search(r"\| (above|below)", line) or "±20%" in line)


def test_each_forecast_of_smuggling_says_what_it_is():
    said = " ".join(WRITTEN.split("## ")[3].split())
    held = (Path(__file__).resolve().parents[2] / "docs/explanation/hindcast.md").read_text(encoding="utf-8")
    level = re.search(r"before the level error of the source: (.*?) thousand", held)[1]
    assert f"not taken out: {level}" in said
    point = re.search(
        r"\| Smuggled chips of the year, thousand H100e \| 2025 \| 480 \| ([\d.]+) \| [\d.]+ \| ([\d.]+) \| [\d.]+ \| ([\d.]+)", held
    )
    low, middle, high = (f"{float(x):.0f}" for x in point.groups())
    assert f"every point that is scored: {middle} ({low} to {high})" in said
