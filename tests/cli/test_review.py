"""`thalweg review` as people run it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from thalweg.desk.lists import entries_as_of, import_lists

pytestmark = pytest.mark.slow  # each step is a process of its own

HEADER = (
    "row,source_code,source,name,alt_names,type,countries,entity_number,programs,"
    "license_requirement,license_policy,federal_register_notice,source_list_url"
)
TITLE = "Entity List (EL) - Bureau of Industry and Security"
ALPHA = ("--list", "entity_list", "--entry")


@pytest.fixture
def thalweg(tmp_path):
    """Run `thalweg` with a store of its own."""

    def run(*args, **options):
        settings = os.environ | {"THALWEG_STORE": str(tmp_path / "store.db"), "COLUMNS": "240"}
        call = [sys.executable, "-m", "thalweg", *map(str, args)]
        return subprocess.run(call, capture_output=True, check=False, env=settings | options.pop("env", {}), **{"text": True} | options)

    return run


def take_into(place, date, parties):
    rows = [f'{i},EL,{TITLE},"{name}",,,CN,,,,{policy},84 FR 22961,' for i, (name, policy) in enumerate(parties.items())]
    path = place.parent / f"csl_{date}.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    import_lists(path, store=place, accept_size=True)
    return {e.name: e.entry_id for e in entries_as_of("entity_list", date, store=place).entries}


@pytest.fixture
def taken(tmp_path):
    """Take a copy of the Entity List of a day, with parties and their policies; return the ids of its entries."""
    return lambda date, **parties: take_into(tmp_path / "store.db", date, parties)


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """A store with one entry, for commands that are refused and change nothing."""
    place = tmp_path_factory.mktemp("held") / "store.db"
    take_into(place, "2024-01-01", {"Alpha": "Denial"})
    return {"THALWEG_STORE": str(place)}


@pytest.fixture
def add(thalweg):
    """Record a decision."""

    def record(name, entry_id, decision="cleared", *more, who="A. Reviewer", reason="another address"):
        given = ("--list", "entity_list", "--entry", entry_id, "--decision", decision, "--reason", reason, "--who", who)
        return thalweg("review", "add", name, *given, *more)

    return record


def rows_of(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def refused(done, *words):
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert all(w in done.stderr for w in words), done.stderr


def test_a_decision_is_recorded_shown_and_lapses_with_the_next_list(thalweg, taken, add):
    ids = taken("2024-01-01", Alpha="Denial", Beta="Denial")
    done = add("Alpha Trading", ids["Alpha"], "cleared", "--country", "Germany")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf"Alpha Trading is not Alpha \(entity_list:{ids['Alpha']}\), by A. Reviewer on \d{{4}}-\d\d-\d\d\n", done.stdout)
    (line,) = rows_of(thalweg("review", "list", "--format", "jsonl"))
    assert (line["state"], line["party"], line["entry"]) == ("standing", {"names": ["Alpha Trading"], "country": "DE"}, "Alpha")

    taken("2024-02-01", Alpha="Case by case", Beta="Denial")
    (line,) = rows_of(thalweg("review", "list", "--format", "jsonl"))
    assert (line["state"], line["why"]) == ("lapsed", "the entry changed since: license_policy")
    assert rows_of(thalweg("review", "list", "--date", "2024-01-15", "--format", "jsonl"))[0]["state"] == "standing"
    assert "the entry changed since: license_policy" in thalweg("review", "list").stdout


def test_a_name_with_what_is_known_of_the_party_shows_what_holds_for_it(thalweg, taken, add):
    ids = taken("2024-01-01", Alpha="Denial", Beta="Denial")
    add("Alpha Trading", ids["Alpha"], "cleared", "--country", "DE")
    add("Beta Trading", ids["Beta"])
    held = rows_of(thalweg("review", "list", "alpha  trading", "--country", "DE", "--format", "jsonl"))
    assert [(r["query"], r["state"]) for r in held] == [("Alpha Trading", "standing")]
    other = rows_of(thalweg("review", "list", "Alpha Trading", "--country", "CN", "--format", "jsonl"))
    assert [r["why"] for r in other] == ["the party is described otherwise: country was DE, is CN"]
    assert [r["query"] for r in rows_of(thalweg("review", "list", "--entry", ids["Beta"], "--format", "jsonl"))] == ["Beta Trading"]


def test_one_decision_takes_the_place_of_another_where_that_is_said(thalweg, taken, add):
    ids = taken("2024-01-01", Alpha="Denial")
    add("Alpha Trading", ids["Alpha"], "confirmed")
    refused(add("Alpha Trading", ids["Alpha"], who="B"), "another decision stands, confirmed by A. Reviewer", "say --replace")
    assert add("Alpha Trading", ids["Alpha"], "cleared", "--replace", who="B").returncode == 0
    assert add("Alpha Trading", ids["Alpha"], "withdrawn", who="C").returncode == 0
    assert [r["state"] for r in rows_of(thalweg("review", "list", "--format", "jsonl"))] == ["replaced", "withdrawn", "withdrawn"]
    assert [r["decision"] for r in rows_of(thalweg("review", "list", "--state", "replaced", "--format", "jsonl"))] == ["confirmed"]
    refused(add("Alpha Trading", ids["Alpha"], "withdrawn"), "there is no decision on this party and this entry to withdraw")


def test_a_decision_that_holds_for_earlier_days_only_says_so(taken, add):
    ids = taken("2024-01-01", Alpha="Denial")
    taken("2024-02-01", Alpha="Case by case")
    done = add("Alpha Trading", ids["Alpha"], "cleared", "--date", "2024-01-10")
    assert done.returncode == 0
    assert done.stderr == "it holds for earlier days only: the entry changed since: license_policy\n"


def test_a_script_is_told_of_decisions_that_lapsed(thalweg, taken, add):
    ids = taken("2024-01-01", Alpha="Denial")
    add("Alpha Trading", ids["Alpha"])
    assert thalweg("review", "list", "--fail-on", "lapsed").returncode == 0
    taken("2024-02-01", Gamma="Denial")
    done = thalweg("review", "list", "--fail-on", "lapsed", "--format", "jsonl")
    assert done.returncode == 1
    assert "no longer on the list (gone from the copy of 2024-02-01)" in rows_of(done)[0]["why"]


def test_no_cell_is_a_formula_and_nothing_commands_a_terminal(thalweg, taken, add):
    ids = taken("2024-01-01", **{"=HYPERLINK(1)": "Denial"})
    done = add('=cmd|"/c calc"', ids["=HYPERLINK(1)"], reason="+1\x1b[2J\nsecond line", who="@admin\u202e")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    (row,) = csv.DictReader(io.StringIO(thalweg("review", "list", "--format", "csv").stdout))
    assert (row["query"], row["entry"], row["who"]) == ('\'=cmd|"/c calc"', "'=HYPERLINK(1)", "'@admin\\u202e")
    assert row["reason"] == "'+1\\x1b[2J\nsecond line"
    book = load_workbook(io.BytesIO(thalweg("review", "list", "--format", "xlsx", text=False).stdout))
    head, cells = [[c.value for c in r] for r in book.active.iter_rows()]
    assert dict(zip(head, cells, strict=True))["query"] == '\'=cmd|"/c calc"'
    assert all(c.data_type != "f" for r in book.active.iter_rows() for c in r)
    assert "\x1b" not in thalweg("review", "list").stdout
    whole = json.loads(thalweg("review", "list", "--format", "json").stdout)
    assert whole["reviews"][0]["party"]["names"] == ['=cmd|"/c calc"']


def test_a_file_of_decisions_is_recorded_and_its_bad_lines_are_named(thalweg, taken, tmp_path):
    ids = taken("2024-01-01", Alpha="Denial", Beta="Denial")
    path = tmp_path / "decisions.csv"
    lines = [
        f"7,Alpha Handel,DE,{ids['Alpha']},cleared,A",
        f"8,Beta Handel,DE,{ids['Beta']},maybe,A",
        f"9,Beta Handel,DE,{ids['Beta']},confirmed,",
    ]
    rows = [",".join([*line.split(","), "entity_list", "seen"]) for line in lines]
    path.write_text("\n".join(["id,name,country,entry_id,decision,who,list,reason", *rows]) + "\n", encoding="utf-8")
    done = thalweg("review", "import", path, "--who", "B")
    assert done.returncode == 3
    assert done.stderr == "1 line refused; each has an error record with its number\n"
    records = rows_of(done)
    assert [(r["id"], r["line"], r.get("outcome"), r.get("who")) for r in records] == [
        ("7", 2, "recorded", "A"),
        ("8", 3, None, None),
        ("9", 4, "recorded", "B"),
    ]
    assert records[1]["error"] == "decision: 'maybe' is none; use cleared, confirmed, withdrawn"
    again = thalweg("review", "import", path, "--who", "B", "--format", "csv")
    assert [r["outcome"] for r in csv.DictReader(io.StringIO(again.stdout))] == ["same", "", "same"]
    assert len(rows_of(thalweg("review", "list", "--format", "jsonl"))) == 2


def test_decisions_come_in_on_standard_input_too(thalweg, taken):
    ids = taken("2024-01-01", Alpha="Denial")
    line = {"name": "Alpha 贸易", "list": "entity_list", "entry_id": ids["Alpha"], "decision": "cleared", "reason": "r", "who": "w"}
    done = thalweg("review", "import", "-", input=json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert rows_of(done)[0]["query"] == "Alpha 贸易"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("add", "A1", *ALPHA, "alpa", "--decision", "cleared", "--reason", "r", "--who", "w"), ("holds no entry 'alpa'", "(Alpha)")),
        (
            ("add", "A1", "--list", "sdn", "--entry", "x", "--decision", "cleared", "--reason", "r", "--who", "w"),
            ("sdn: the store holds no copy",),
        ),
        (("add", "A1", "--list", "el", "--entry", "x", "--decision", "cleared", "--reason", "r", "--who", "w"), ("'el' is no list",)),
        (("add", "A1", *ALPHA, "x", "--decision", "cleared", "--reason", " ", "--who", "w"), ("reason: is not stated",)),
        (("add", "A1", *ALPHA, "x", "--decision", "ok", "--reason", "r", "--who", "w"), ("decision: 'ok' is none",)),
        (("add", "...", *ALPHA, "x", "--decision", "cleared", "--reason", "r", "--who", "w"), ("holds no letter and no digit",)),
        (("list", "--list", "entitylist"), ("did you mean 'entity_list'",)),
        (("list", "--date", "soon"), ("'soon' is not a date",)),
        (("list", "--store", "nowhere.db"), ("there is no store here", "thalweg lists import FILE")),
        (("import", "nowhere.csv"), ("nowhere.csv: No such file",)),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_one_line(thalweg, held, args, words):
    refused(thalweg("review", *args, env=held), *words)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("list", "--state", "stands"), "there is no state 'stands'"),
        (("list", "--fail-on", "laps"), "did you mean 'lapsed'"),
        (("list", "--country", "DE"), "name the party that is described"),
        (("add", "A1"), "Missing option '--list'"),
    ],
)
def test_bad_usage_ends_with_2(thalweg, args, words):
    done = thalweg("review", *args)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())


def test_a_header_that_is_another_is_named_with_its_file(thalweg, held, tmp_path):
    (tmp_path / "d.csv").write_text("name,list\n", encoding="utf-8")
    refused(thalweg("review", "import", tmp_path / "d.csv", env=held), "d.csv: line 1: the column 'entry_id' is missing")


@pytest.mark.parametrize(
    ("typed", "words"), [("list --list ent", "entity_list"), ("add A1 --decision cl", "cleared"), ("list --state l", "lapsed")]
)
def test_lists_decisions_and_states_are_completed(typed, words):
    asked = f"thalweg review {typed}"
    settings = os.environ | {"_THALWEG_COMPLETE": "complete_bash", "COMP_WORDS": asked, "COMP_CWORD": str(len(asked.split()) - 1)}
    done = subprocess.run([str(Path(sys.executable).parent / "thalweg")], capture_output=True, text=True, check=False, env=settings)
    assert words in done.stdout
