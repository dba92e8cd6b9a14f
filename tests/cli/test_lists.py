"""`thalweg lists` as people run it."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each step is a process of its own

HEADER = (
    "row,source_code,source,name,alt_names,type,countries,entity_number,programs,"
    "license_requirement,license_policy,federal_register_notice,source_list_url"
)


@pytest.fixture
def lists(tmp_path):
    """Run `thalweg lists` with a store of its own."""

    def run(*args, **options):
        settings = os.environ | {"THALWEG_STORE": str(tmp_path / "store.db"), "XDG_CACHE_HOME": str(tmp_path / "cache"), "COLUMNS": "200"}
        settings |= options.pop("env", {})
        call = [sys.executable, "-m", "thalweg", "lists", *map(str, args)]
        return subprocess.run(call, capture_output=True, text=True, check=False, env=settings, **options)

    return run


@pytest.fixture
def extract(tmp_path):
    """Write a screening list of a day with parties of the Entity List."""

    def write(date, *names):
        title = "Entity List (EL) - Bureau of Industry and Security"
        lines = [f'{i},EL,{title},"{name}",,,CN,,,,,84 FR 22961,' for i, name in enumerate(names)]
        path = tmp_path / f"csl_{date}.csv"
        path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        return path

    return write


def json_lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_file_goes_in_and_its_entries_come_out(lists, extract):
    done = lists("import", extract("2024-01-01", "Alpha", "Beta"), "--accept-size", "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    assert next(r for r in json_lines(done) if r["list"] == "entity_list")["outcome"] == "loaded"
    shown = lists("show", "entity_list", "--date", "2024-01-01", "--format", "jsonl")
    assert [(r["name"], r["first_seen"], r["last_seen"]) for r in json_lines(shown)] == [
        ("Alpha", "2024-01-01", "2024-01-01"),
        ("Beta", "2024-01-01", "2024-01-01"),
    ]
    assert "2 entries stood" in shown.stderr


def test_a_difference_is_shown_in_every_format(lists, extract):
    lists("import", extract("2024-01-01", "Alpha", "Beta Works Chengdu Ltd"), "--accept-size")
    lists("import", extract("2024-02-01", "Gamma", "Beta Works Ltd"), "--accept-size")
    rows = json_lines(lists("diff", "entity_list", "--format", "jsonl"))
    assert [(r["change"], r["name"]) for r in rows] == [("added", "Gamma"), ("removed", "Alpha"), ("renamed", "Beta Works Ltd")]
    assert rows[2]["was"]["name"] == "Beta Works Chengdu Ltd"
    whole = json.loads(lists("diff", "entity_list", "--format", "json").stdout)
    assert (whole["before"], whole["after"], len(whole["renamed"])) == ("2024-01-01", "2024-02-01", 1)
    table = list(csv.DictReader(io.StringIO(lists("diff", "entity_list", "--format", "csv").stdout)))
    assert [r["change"] for r in table] == ["added", "removed", "renamed"]
    assert "notice in common: 84 FR 22961" in table[2]["because"]
    shown = lists("diff", "entity_list")
    assert "1 added, 1 removed, 1 renamed, 0 changed" in shown.stderr
    assert "Beta Works Chengdu Ltd" in shown.stdout


def test_a_copy_that_is_not_believable_ends_with_2_and_the_last_one_stays(lists, extract):
    lists("import", extract("2024-01-01", *[f"Party {i}" for i in range(300)]), "--accept-size")
    done = lists("import", extract("2024-01-02", "Party 1"))
    assert done.returncode == 2
    assert "refused" in done.stdout
    assert "--accept-size" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(json_lines(lists("show", "entity_list", "--date", "2024-02-01", "--format", "jsonl"))) == 300


def test_one_bad_file_among_good_ones_ends_with_3(lists, extract, tmp_path):
    (tmp_path / "other.csv").write_text("a,b\n", encoding="utf-8")
    done = lists("import", extract("2024-01-01", "Alpha"), tmp_path / "other.csv", "--accept-size")
    assert done.returncode == 3
    assert "other.csv" in done.stderr


def test_a_file_that_is_not_there_ends_with_2_and_one_line(lists):
    done = lists("import", "nowhere.csv")
    assert done.returncode == 2
    assert done.stderr.startswith("thalweg: nowhere.csv")
    assert done.stderr.count("\n") == 1


def test_status_names_what_is_absent_and_stale_and_fails_where_asked(lists, extract):
    lists("import", extract("2024-01-01", "Alpha"), "--accept-size")
    states = {r["list"]: r["state"] for r in json_lines(lists("status", "--date", "2024-01-01", "--format", "jsonl"))}
    assert states["entity_list"] == "fresh"
    assert states["un"] == "absent"
    assert lists("status", "entity_list", "--date", "2024-01-01", "--fail-on", "stale").returncode == 0
    assert lists("status", "entity_list", "--date", "2024-06-01", "--fail-on", "stale").returncode == 1
    assert lists("status", "--fail-on", "old").returncode == 2
    assert "age days" in lists("status", "entity_list").stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("show", "entitylist"), "did you mean 'entity_list'"),
        (("diff", "uvl", "--from", "yesterday"), "before: 'yesterday' is not a date"),
        (("show", "uvl", "--date", "2024-01-01"), "the store holds no copy of this list"),
        (("pull", "dod_1260h"), "has no address to fetch from"),
        (("show", "uvl", "--store", "mysql://u@h/d"), "a store is a path, or a URL"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_one_line(lists, extract, args, words):
    lists("import", extract("2024-01-01", "Alpha"), "--accept-size")
    done = lists(*args)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_damaged_store_ends_with_2_and_one_line(lists, extract, tmp_path):
    lists("import", extract("2024-01-01", "Alpha"), "--accept-size")
    (tmp_path / "store.db").write_bytes(b"\xff" * 10_000)
    done = lists("status")
    assert done.returncode == 2
    assert "is damaged, or not a store" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_store_can_be_named_and_is_else_in_the_data_directory(lists, extract, tmp_path):
    path = extract("2024-01-01", "Alpha")
    lists("import", path, "--accept-size", "--store", tmp_path / "named.db")
    assert (tmp_path / "named.db").is_file()
    lists("import", path, "--accept-size", env={"THALWEG_STORE": "", "XDG_DATA_HOME": str(tmp_path / "data")})
    assert (tmp_path / "data" / "thalweg" / "store.db").is_file()


def test_names_from_a_list_command_no_terminal_and_no_spreadsheet(lists, extract):
    lists("import", extract("2024-01-01", "\x1b[31mRed", "=HYPERLINK(1)"), "--accept-size")
    assert "\x1b" not in lists("show", "entity_list", "--date", "2024-01-01").stdout
    assert "'=HYPERLINK(1)" in lists("show", "entity_list", "--date", "2024-01-01", "--format", "csv").stdout


@pytest.mark.parametrize(("typed", "offered"), [("show ent", ["entity_list"]), ("diff cm", ["cmic"]), ("pull of", ["ofac"])])
def test_ids_of_lists_and_sources_are_completed(typed, offered):
    settings = os.environ | {"_THALWEG_COMPLETE": "complete_bash", "COMP_WORDS": f"thalweg lists {typed}", "COMP_CWORD": "3"}
    program = Path(sys.executable).parent / "thalweg"
    done = subprocess.run([program], capture_output=True, text=True, check=False, env=settings)
    assert done.stdout.split() == offered


def test_help_says_what_each_command_does(lists):
    assert all(name in lists("--help").stdout for name in ("pull", "import", "status", "diff", "show"))
    assert "Exit codes" in lists("import", "--help").stdout


@pytest.mark.needs_shared
def test_a_kill_in_the_middle_of_an_import_leaves_each_list_as_it_was_or_whole(lists, shared, tmp_path):
    files = shared / "data" / "lists"
    assert lists("import", files / "csl_full_schema_2022-05-16.csv").returncode == 0
    rows = {r["list"]: (r["data_date"], r["rows"]) for r in json_lines(lists("status", "--format", "jsonl"))}
    log = tmp_path / "store.db-wal"
    call = [sys.executable, "-m", "thalweg", "lists", "import", str(files / "csl_2026-07-31.csv")]
    running = subprocess.Popen(call, env=os.environ | {"THALWEG_STORE": str(tmp_path / "store.db")}, stdout=subprocess.DEVNULL)
    while running.poll() is None and not (log.exists() and log.stat().st_size > 3_000_000):
        time.sleep(0.002)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    after = {r["list"]: (r["data_date"], r["rows"]) for r in json_lines(lists("status", "--format", "jsonl"))}
    assert {k for k in rows if after[k] != rows[k]} < {"entity_list", "meu", "uvl", "dpl", "sdn"}
    assert after["isn"] == rows["isn"] == ("2022-05-16", 163)
    whole = lists("show", "sdn", "--date", "2027-01-01", "--format", "jsonl")
    assert len(whole.stdout.splitlines()) == after["sdn"][1]
    assert lists("import", files / "csl_2026-07-31.csv").returncode == 3


@pytest.mark.needs_shared
def test_real_files_end_to_end(lists, shared):
    files = shared / "data" / "lists"
    done = lists("import", files / "csl_full_schema_2022-05-16.csv", files / "csl_2026-07-31.csv", "--format", "jsonl")
    assert done.returncode == 3
    assert "cap: 1 rows" in done.stderr
    found = {(r["list"], r["data_date"]): r["outcome"] for r in json_lines(done)}
    assert (found["sdn", "2026-07-31"], found["cap", "2026-07-31"]) == ("loaded", "refused")
    biren = [lists("show", "entity_list", "--date", day, "--find", "biren", "--format", "jsonl") for day in ("2023-10-01", "2024-06-01")]
    assert [len(json_lines(b)) > 0 for b in biren] == [False, True]
    assert "lies between the copies of 2022-05-16 and 2026-07-31" in biren[1].stderr
    changes = json_lines(lists("diff", "entity_list", "--format", "jsonl"))
    assert any(c["change"] == "renamed" and "Huawei" in c["name"] for c in changes)


def test_a_team_keeps_its_lists_in_postgres(lists, extract, postgres):
    psql = ["psql", "--no-psqlrc", "--quiet", "--host", str(postgres), "--username", "tester", "--dbname", "postgres"]
    subprocess.run([*psql, "--command", "CREATE DATABASE team_lists"], check=True)
    url = f"postgresql://tester@/team_lists?host={postgres}"
    assert lists("import", extract("2024-01-01", "Alpha", "Beta"), "--accept-size", "--store", url).returncode == 0
    shown = lists("show", "entity_list", "--date", "2024-01-01", "--format", "jsonl", env={"THALWEG_STORE": url})
    assert [r["name"] for r in json_lines(shown)] == ["Alpha", "Beta"]
