"""`thalweg watch` as people run it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import pytest
from icalendar import Calendar

H20 = """Title: US requires a license for exports of Nvidia H20 chips to China
Date: 2026-11-26
Publisher: Reuters
URL: https://example.com/h20

The Commerce Department said on Thursday that exports of Nvidia H20 chips to China now require a licence.
Nvidia expects a charge of about $5.5 billion.
"""
AGAIN = """Title: Nvidia H20 chips: US now requires a license for exports to China
Date: 2026-11-27
Publisher: Example Daily
URL: https://example.com/daily

Exports of Nvidia H20 chips to China now require a licence, the Commerce Department said. Nvidia expects a charge of about $4.5 billion.
"""
OTHER = """Title: Weather in Oslo
Date: 2026-11-26
Publisher: Example Daily

It rained.
"""
RULES = """
rules:
  - name: our-chips
    products: [NVIDIA H20]
    destinations: [CN]
    send: [terminal, file]
outlets:
  file: {jsonl: alerts.jsonl}
"""


@pytest.fixture
def watch(tmp_path):
    """Run `thalweg watch` with a store, settings and sources of its own."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (tmp_path / "sources.yaml").write_text("sources:\n  desk: {folder: docs, title: The desk}\n", encoding="utf-8")
    (tmp_path / "alerts.yaml").write_text(RULES, encoding="utf-8")

    def run(*args, **options):
        settings = {
            "THALWEG_STORE": str(tmp_path / "store.db"),
            "THALWEG_SOURCES": str(tmp_path / "sources.yaml"),
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "COLUMNS": "200",
        }
        call = [sys.executable, "-m", "thalweg", "watch", *map(str, args)]
        return subprocess.run(
            call, capture_output=True, text=True, check=False, env=os.environ | settings | options.pop("env", {}), **options
        )

    run.docs = docs
    return run


def lines(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_document_is_extracted_without_a_store(watch, tmp_path):
    (watch.docs / "a.txt").write_text(H20, encoding="utf-8")
    found = json.loads(watch("extract", watch.docs / "a.txt", "--format", "json").stdout)
    assert (found[0]["event_type"], found[0]["measure_type"]) == ("regulation", "licence_requirement")
    assert found[0]["countries"]["destination"] == ["CN"]
    assert "require a licence" in str(found[0]["evidence"])
    assert json.loads(watch("extract", "-", input=OTHER).stdout) == []
    assert not (tmp_path / "store.db").exists()


def test_what_cannot_be_read_is_one_line_and_exit_2(watch, tmp_path):
    for args in (
        ["extract", "none.txt"],
        ["events"],
        ["alerts"],
        ["digest"],
        ["import", "none.txt"],
        ["run", "--every", "soon"],
        ["extract", "-", "--model", "m", "--endpoint", "http://127.0.0.1:1/v1"],
        ["pull", "nobody"],
        ["calendar", "--date", "9999-12-31"],
        ["digest", "--date", "0001-01-01"],
        ["mute", "--lift", "3"],
    ):
        done = watch(*args)
        assert done.returncode == 2, args
        assert "Traceback" not in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert not (tmp_path / "store.db").exists() or watch("events").stdout


def test_numbers_beyond_bounds_are_bad_usage(watch):
    for args in (
        ["mute", "--lift", "9" * 30],
        ["events", "--limit", "9" * 30],
        ["alerts", "--limit", "0"],
        ["digest", "--limit", "9" * 30],
    ):
        done = watch(*args)
        assert done.returncode == 2, args
        assert "Traceback" not in done.stderr


def test_documents_come_in_and_their_event_comes_out_once_in_every_format(watch):
    for name, text in (("a", H20), ("b", AGAIN), ("c", OTHER)):
        (watch.docs / f"{name}.txt").write_text(text, encoding="utf-8")
    done = watch("import", watch.docs, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "3 documents, 3 new, 0 changed" in done.stderr
    (found,) = lines(watch("events", "--format", "jsonl", "--type", "regulation"))
    assert [a["publisher"] for a in found["accounts"]] == ["Reuters", "Example Daily"]
    assert found["accounts"][1]["why"][0].endswith("5 needed")
    assert found["conflicts"][0]["field"].startswith("amount in USD")
    (row,) = csv.DictReader(io.StringIO(watch("events", "--type", "regulation", "--format", "csv").stdout))
    assert "Reuters (a wire agency)" in row["accounts"]
    detail = watch("events", "--event", found["id"]).stdout
    assert "accounts, the nearest to the original first" in detail
    assert "where accounts differ" in detail
    assert watch("events", "--find", "nothing like it").stdout.strip() == "no event"
    assert watch("events", "--type", "weather").returncode == 2


def test_a_digest_and_a_calendar_for_a_portfolio(watch, root, tmp_path):
    (watch.docs / "a.txt").write_text(H20, encoding="utf-8")
    watch("import", watch.docs)
    portfolio = root / "examples/gpu-designer/portfolio.toml"
    text = watch("digest", portfolio, "--date", "2026-11-27").stdout
    assert "for you: is about NVIDIA H20" in text
    assert "[Reuters, 2026-11-26 https://example.com/h20]" in text
    whole = json.loads(watch("digest", portfolio, "--date", "2026-11-27", "--format", "json").stdout)
    assert whole["lines"][0]["sources"] == [{"citation": "Reuters, 2026-11-26", "url": "https://example.com/h20"}]
    done = watch("calendar", portfolio, "--date", "2026-11-27", "--ics", tmp_path / "out" / "x.ics", "--format", "jsonl")
    entries = lines(done)
    assert all(e["touches"] or e["kind"] == "license" for e in entries)
    assert len(Calendar.from_ical((tmp_path / "out" / "x.ics").read_bytes()).walk("VEVENT")) == len(entries)


def test_rules_are_tried_alerts_are_sent_once_and_muted_with_a_reason(watch, tmp_path):
    rules = tmp_path / "alerts.yaml"
    (watch.docs / "a.txt").write_text(H20, encoding="utf-8")
    watch("import", watch.docs)
    (tried,) = lines(watch("alerts", "--rules", rules, "--try", "--since", "2026-01-01", "--format", "jsonl"))
    assert tried["why"] == ["about NVIDIA H20", "goes to CN"]
    assert watch("alerts", "--rules", rules, "--try").returncode == 2
    assert watch("alerts").stdout.strip() == "no alert"
    fresh = watch("run", "desk", "--rules", rules, "--rounds", "1", "--every", "1s")  # the clock of the program says what is history
    assert fresh.returncode == 0, fresh.stderr
    made = lines(watch("alerts", "--format", "jsonl"))
    assert watch("run", "desk", "--rules", rules, "--rounds", "1", "--every", "1s").stdout == ""
    assert lines(watch("alerts", "--format", "jsonl")) == made
    assert watch("mute", "--rule", "our-chips").returncode == 2
    assert watch("mute", "--rule", "our-chips", "--reason", "known").returncode == 0
    assert lines(watch("mute", "--format", "jsonl"))[0]["reason"] == "known"
    assert watch("mute", "--lift", 1).returncode == 0
    assert watch("mute", "--lift", 1).returncode == 2


def test_nothing_is_read_otherwise_by_the_version_that_read_it(watch):
    (watch.docs / "a.txt").write_text(H20, encoding="utf-8")
    watch("pull", "desk")
    for more in ([], ["--raw"]):
        done = watch("reread", *more)
        assert (done.returncode, done.stdout.strip()) == (0, "nothing is read otherwise"), done.stderr


def test_the_state_of_each_source_is_shown_and_can_fail_a_script(watch):
    (watch.docs / "a.txt").write_text(H20, encoding="utf-8")
    assert watch("pull", "desk").returncode == 0
    found = {s["source"]: s for s in lines(watch("status", "--format", "jsonl"))}
    assert (found["desk"]["state"], found["federal_register"]["state"]) == ("fresh", "never pulled")
    assert watch("status", "--fail-on", "silent").returncode == 0
    watch.docs.rename(watch.docs.with_name("gone"))
    failed = watch("pull", "desk")
    assert failed.returncode == 2
    assert "desk" in failed.stderr
    assert watch("status", "--fail-on", "failing").returncode == 1
    assert watch("status", "--fail-on", "gone").returncode == 2
