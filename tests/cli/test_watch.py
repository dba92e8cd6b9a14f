"""`thalweg watch` as people run it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from icalendar import Calendar

from thalweg.cli import main

H20 = """Title: US requires a license for exports of Nvidia H20 chips to China
Date: 2026-11-26
Publisher: Reuters
URL: https://www.reuters.com/h20

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


class _Kept(io.BytesIO):
    """Holds what was written after the program has closed it."""

    def close(self):
        pass


@pytest.fixture
def settings(tmp_path):
    """A store, settings and sources of their own, as the environment names them."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (tmp_path / "sources.yaml").write_text("sources:\n  desk: {folder: docs, title: The desk}\n", encoding="utf-8")
    (tmp_path / "alerts.yaml").write_text(RULES, encoding="utf-8")
    return {
        "THALWEG_STORE": str(tmp_path / "store.db"),
        "THALWEG_SOURCES": str(tmp_path / "sources.yaml"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "COLUMNS": "200",
    }


@pytest.fixture
def watch(tmp_path, settings, monkeypatch):
    """Run `thalweg watch` within this process, from its arguments to its exit code."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(main, "_settle", lambda: None)  # signals and the streams of this process stay as they are

    def run(*args, stdin=""):
        kept = {name: _Kept() for name in ("stdout", "stderr")}
        with monkeypatch.context() as held:
            held.setattr(sys, "argv", ["thalweg", "watch", *map(str, args)])
            held.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
            for name, stream in kept.items():
                held.setattr(sys, name, io.TextIOWrapper(stream, encoding="utf-8", write_through=True))
            code = 0
            try:
                main.run()
            except SystemExit as ended:
                code = ended.code or 0
        return SimpleNamespace(returncode=code, **{name: stream.getvalue().decode() for name, stream in kept.items()})

    run.docs = tmp_path / "docs"
    return run


@pytest.fixture
def program(tmp_path, settings):
    """Run `thalweg watch` as a program of its own."""

    def run(*args, **options):
        call = [sys.executable, "-m", "thalweg", "watch", *map(str, args)]
        return subprocess.run(call, capture_output=True, text=True, check=False, env=os.environ | settings, **options)

    run.docs = tmp_path / "docs"
    return run


def lines(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_document_is_extracted_without_a_store(program, tmp_path):
    (program.docs / "a.txt").write_text(H20, encoding="utf-8")
    found = json.loads(program("extract", program.docs / "a.txt", "--format", "json").stdout)
    assert (found[0]["event_type"], found[0]["measure_type"]) == ("regulation", "licence_requirement")
    assert found[0]["countries"]["destination"] == ["CN"]
    assert "require a licence" in str(found[0]["evidence"])
    assert json.loads(program("extract", "-", input=OTHER).stdout) == []
    assert not (tmp_path / "store.db").exists()


@pytest.mark.loopback
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
        ["nothing"],
        ["extract"],
        ["events", "--type", "weather"],
        ["events", "--touching", "weather:CN"],
        ["alerts", "--try"],
        ["alerts", "--try", "--send"],
        ["status", "--fail-on", "gone"],
        ["events", "--nothing"],
        ["mute", "--lift", "9" * 30],
        ["events", "--limit", "9" * 30],
        ["alerts", "--limit", "0"],
        ["digest", "--limit", "many"],
    ):
        done = watch(*args)
        assert done.returncode == 2, args
        assert "Traceback" not in done.stderr
        assert done.stderr.count("\n") == 1, done.stderr
    assert not (tmp_path / "store.db").exists() or watch("events").stdout


def test_a_fault_of_the_command_line_names_the_command_and_its_help(program):
    done = program("events", "--type", "weather")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("thalweg: watch events: --type: there is no 'weather'; there are regulation")
    assert done.stderr.endswith("; `thalweg watch events --help` shows what it takes\n")
    assert program().returncode == 2
    assert program("--help").returncode == 0


LONG = "Shares of other firms were little changed on the day, and nobody said why that was so.\n" * 12_000
MAIL = "From: a@example.com\nSubject: A note\nDate: Thu, 26 Nov 2026 10:00:00 +0000\nMessage-ID: <1@example.com>\n"


def page(text):
    return f"<!DOCTYPE html><html><head><title>{text.splitlines()[0]}</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", H20 + LONG * 3),
        ("a.html", page(H20) + "<p>" + LONG * 4),
        ("a.eml", f"{MAIL}\n{LONG * 3}"),
        ("b.eml", MAIL + 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n' + "--b\n\nA part.\n" * 1_100),
    ],
)
def test_what_was_not_read_to_its_end_is_said_and_the_answer_stays_a_list(watch, name, text):
    (watch.docs / name).write_text(text, encoding="utf-8")
    done = watch("extract", watch.docs / name)
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), list)
    assert f"{name}: goes on beyond what is read" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "goes on beyond what is read" in watch("import", watch.docs / name).stderr


def test_what_was_read_to_its_end_is_not_said_to_be_cut(watch):
    (watch.docs / "a.txt").write_text(H20, encoding="utf-8")
    assert watch("extract", watch.docs / "a.txt").stderr == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "an alias (*) is not taken"),
        ("rules: " + "[" * 100_000, "is nested deeper than"),
        ("- " * 100_000, "is nested deeper than"),
        (None, "is larger than a file of alert rules can be"),
        ('rules: [{name: r, send: [terminal], "\\e[2J": 1}]', "is no key"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--since", "2026-01-01"], ["--try", "--since", "2026-01-01"], ["--send"]])
def test_rules_that_are_a_bomb_are_refused_in_a_line_however_they_are_asked_for(watch, tmp_path, content, said, more):
    path = tmp_path / "bomb.yaml"
    if content is None:
        with path.open("wb") as file:
            file.truncate(100 << 20)
    else:
        path.write_text(content, encoding="utf-8")
    done = watch("alerts", "--rules", path, *more)
    assert done.returncode == 2
    assert said in done.stderr
    assert (done.stderr.count("\n"), "\x1b" in done.stderr, len(done.stderr) < 800) == (1, False, True)


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
    assert "[Reuters, 2026-11-26 https://www.reuters.com/h20]" in text
    whole = json.loads(watch("digest", portfolio, "--date", "2026-11-27", "--format", "json").stdout)
    assert whole["lines"][0]["sources"] == [{"citation": "Reuters, 2026-11-26", "url": "https://www.reuters.com/h20"}]
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
    assert lines(watch("alerts", "--rules", rules, "--format", "jsonl")) == made
    rules.write_text(RULES.replace("our-chips", "others"), encoding="utf-8")
    assert lines(watch("alerts", "--rules", rules, "--format", "jsonl")) == []
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
