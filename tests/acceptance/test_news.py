"""The acceptance cases of news, in process and through the command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.news import read_cases, score

from thalweg.watch.extract import load_lexicon

FILE = Path(__file__).resolve().parents[3] / "shared" / "cases" / "news.jsonl"
CASES = read_cases(FILE) if FILE.exists() else []

pytestmark = [pytest.mark.acceptance, pytest.mark.needs_shared]


@pytest.fixture(scope="module")
def total():
    return score(CASES, load_lexicon())


@pytest.mark.parametrize("name", ["event_type", "measure_type", "certainty"])
def test_all_but_one_are_of_the_labelled_kind(total, name):
    assert total.exact[name] >= total.items - 1, "\n".join(total.misses)


@pytest.mark.parametrize(
    ("name", "least"),
    [("actors by name", 0.75), ("countries by role", 0.80), ("items, linked", 0.70), ("amounts and quantities", 0.90), ("dates", 0.90)],
)
def test_fields_are_read_as_labelled(total, name, least):
    assert total.sets[name].f1 >= least, "\n".join(total.misses)


def test_items_about_something_else_have_no_event(total):
    assert total.silent == total.off_topic


@pytest.mark.parametrize("case", CASES[:1] + CASES[-1:], ids=lambda c: c["id"])
def test_the_command_prints_the_labels_and_their_evidence(case, tmp_path):
    file = tmp_path / "item.txt"
    head = f"Title: {case['title']}\nPublisher: {case['publisher']}\nDate: {case['date']}\n\n"
    file.write_text(head + case["summary"] + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "thalweg", "watch", "extract", str(file), "--format", "json"], capture_output=True, text=True, check=True
    )
    events = json.loads(done.stdout)
    if case["labels"] is None:
        assert events == []
        return
    for key in ("event_type", "measure_type", "certainty"):
        assert events[0][key] == case["labels"][key]
    assert set(case["labels"]) - {"context"} | {"evidence"} == set(events[0])
