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
