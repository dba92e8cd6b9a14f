"""`thalweg screen` and `thalweg compare-names`, as people and scripts call them: a small list of made-up entries, and the real one."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest

HEADER = (
    "row,source_code,source,name,alt_names,type,countries,entity_number,programs,license_requirement,license_policy,"
    "federal_register_notice,source_list_url"
)
ROWS = [
    (
        '0,EL,Entity List (EL) - Bureau of Industry and Security,"Blue Heron Semiconductor Co., Ltd.",蓝鹭半导体有限公司 | BHS,,CN,,,'
        '"For all items subject to the EAR. (See §744.11 of the EAR)",Presumption of denial,88 FR 71991,'
    ),
    '1,SDN,Specially Designated Nationals (SDN) - Treasury Department,"PETROV, Ivan Sergeyevich",,Individual,RU,90001,RUSSIA-EO14024,,,,',
    "2,SDN,Specially Designated Nationals (SDN) - Treasury Department,Institute of Marsh Physics No. 13,,Entity,RU,90002,RUSSIA,,,,",
]


def thalweg(*args: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program."""
    command = [sys.executable, "-m", "thalweg", *args]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", input=stdin, check=False, timeout=180)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A list of three made-up entries."""
    file = tmp_path_factory.mktemp("lists") / "csl_2026-07-31.csv"
    file.write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    return str(file)


def answers(done: subprocess.CompletedProcess[str]) -> list[dict]:
    """Read JSON Lines."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_file_gives_a_line_of_hits_for_each_party_and_an_error_record_for_a_bad_one(lists):
    text = (
        '{"id": "a", "name": "Blue Heron Semiconductor"}\n{"id": "b", "name": ""}\nnot json\n{"id": "c", "name": "Green Meadow Bakery"}\n'
    )
    done = thalweg("screen", "-", "--lists", lists, stdin=text)
    first, second, third, last = answers(done)
    assert done.returncode == 3
    assert (first["id"], first["query"]) == ("a", "Blue Heron Semiconductor")
    (hit,) = first["hits"]
    assert hit.keys() >= {"list", "entry_id", "name", "matched_name", "score", "level", "why", "countries", "listed_on", "citations"}
    assert (hit["list"], hit["level"], hit["countries"]) == ("entity_list", "strong", ["CN"])
    assert 0 <= hit["score"] <= 1
    assert hit["why"]
    assert (second["id"], second["line"]) == ("b", 2)
    assert "name" in second["error"]
    assert third["line"] == 3
    assert last["hits"] == []
    assert {x["id"]: (x["data_date"], x["rows"]) for x in last["lists"]} == {"entity_list": ("2026-07-31", 1), "sdn": ("2026-07-31", 2)}
    assert "2 bad lines" in done.stderr


def test_chinese_and_an_alias_lead_to_the_entry(lists):
    text = '{"name": "蓝鹭半导体"}\n{"name": "藍鷺半導體有限公司"}\n'
    for answer in answers(thalweg("screen", "-", "--lists", lists, stdin=text)):
        assert [h["list"] for h in answer["hits"]] == ["entity_list"]


def test_a_csv_file_has_columns_for_what_else_is_known(lists, tmp_path):
    file = tmp_path / "parties.csv"
    file.write_text("id,name,type,country\n1,Ivan Petrov,individual,RU\n2,Ivan Petrov,vessel,\n", encoding="utf-8")
    first, second = answers(thalweg("screen", str(file), "--lists", lists, "--min-level", "weak"))
    assert first["hits"][0]["list"] == "sdn"
    assert second["hits"] == []


def test_no_hit_is_said_to_be_no_match_never_clear(lists):
    done = thalweg("screen", "--name", "Green Meadow Bakery", "--lists", lists)
    assert done.returncode == 0
    assert "no match in entity_list of 2026-07-31, 1 rows; sdn of 2026-07-31, 2 rows" in done.stdout
    assert "clear" not in done.stdout.casefold()


def test_a_hit_by_hand_says_why(lists):
    done = thalweg("screen", "--name", "Institute of Marsh Physics No. 14", "--known", "country=RU", "--lists", lists)
    assert "another number" in done.stdout
    assert "strong" not in done.stdout


def test_a_table_for_a_spreadsheet_is_neutral_and_has_a_row_for_no_match(lists):
    done = thalweg(
        "screen", "-", "--lists", lists, "--format", "csv", stdin='{"id": "=1+1", "name": "Blue Heron Semiconductor"}\n{"name": "Zzyzx"}\n'
    )
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert rows[0]["id"] != "=1+1"
    assert rows[0]["level"] == "strong"
    assert rows[1]["name"].startswith("no match in")


def test_a_script_can_ask_to_be_told(lists):
    asked = ("screen", "--name", "Blue Heron Semiconductor", "--lists", lists)
    assert thalweg(*asked, "--fail-on", "strong").returncode == 1
    assert thalweg(*asked, "--fail-on", "possible").returncode == 0


@pytest.mark.slow
def test_processes_that_share_the_work_give_the_same_answers(lists):
    text = "".join(
        json.dumps({"id": str(i), "name": name}) + "\n" for i, name in enumerate(["Blue Heron Semi", "Petrov Ivan", "Zzyzx"] * 5)
    )
    one, two = (thalweg("screen", "-", "--lists", lists, "--jobs", jobs, stdin=text) for jobs in ("1", "2"))
    assert one.returncode == two.returncode == 0, two.stderr
    assert one.stdout == two.stdout


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--name", "X", "--lists", "absent.csv"], "absent.csv"),
        (["--name", "", "--lists", "LIST"], "name: is empty"),
        (["--name", "X", "--lists", "LIST", "--min-level", "loud"], "loud"),
        (["--name", "X", "--lists", "LIST", "--limit", "0"], "limit"),
        (["--name", "X", "--known", "colour=red", "--lists", "LIST"], "colour"),
        (["--name", "X", "--known", "country=Atlantis", "--lists", "LIST"], "Atlantis"),
        (["--name", "X", "--lists", "LIST", "--date", "yesterday"], "yesterday"),
        (["--lists", "LIST"], "name a FILE"),
        (["absent.jsonl", "--lists", "LIST"], "absent.jsonl"),
    ],
)
def test_what_cannot_be_screened_is_said_in_one_line(args, says, lists):
    done = thalweg("screen", *[lists if a == "LIST" else a for a in args])
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "name", ["X", "x" * 10_000, "\u202eevil\u202c name", "B\u0430nk R\u043essiya", "\x00\x01 Blue Heron", "🏦🏦🏦", "—", "𝔅𝔩𝔲𝔢 ℌ𝔢𝔯𝔬𝔫"]
)
def test_hostile_names_get_an_answer_or_an_error_record(name, lists):
    done = thalweg("screen", "-", "--lists", lists, stdin=json.dumps({"id": "h", "name": name}) + "\n")
    (answer,) = answers(done)
    assert done.returncode == (3 if "error" in answer else 0)
    assert "Traceback" not in done.stderr


def test_two_names_are_compared_and_a_file_of_pairs_gives_a_line_each(tmp_path):
    done = thalweg("compare-names", "Huawei Technologies", "华为技术有限公司", "--format", "json")
    found = json.loads(done.stdout)
    assert found.keys() == {"score", "level", "why"}
    assert found["level"] == "strong"
    file = tmp_path / "pairs.csv"
    file.write_text("name1,name2,schema\nAcme Ltd,Acme Limited,Company\nAcme Ltd,Zebra Inc,Company\n,x,Person\n", encoding="utf-8")
    done = thalweg("compare-names", "--file", str(file))
    same, other, bad = answers(done)
    assert done.returncode == 3
    assert same["level"] == "strong"
    assert other["level"] is None
    assert bad["line"] == 4


@pytest.mark.needs_shared
@pytest.mark.slow
def test_the_whole_list_as_of_a_day(shared):
    lists = str(shared / "data/lists/csl_2026-07-31.csv")
    text = "".join(
        json.dumps({"id": day, "name": "Yangtze Memory Technologies", "date": day}) + "\n" for day in ("2022-12-01", "2023-02-01")
    )
    before, after = answers(thalweg("screen", "-", "--lists", lists, stdin=text))
    assert after["hits"][0]["name"] == "Yangtze Memory Technologies Co., Ltd."
    assert after["hits"][0]["listed_on"] == "2022-12-16"
    assert "Yangtze Memory Technologies Co., Ltd." not in [h["name"] for h in before["hits"]]


MARKS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u2028"


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "table"])
def test_no_mark_of_direction_reaches_a_terminal(form, lists):
    name = f"Blue {MARKS}Heron Semiconductor"
    by_hand = thalweg("screen", "--name", name, "--lists", lists, "--format", form)
    assert by_hand.returncode == 0, by_hand.stderr
    assert not set(MARKS) & set(by_hand.stdout)
    if form in {"json", "jsonl"}:
        assert json.loads(by_hand.stdout)["query"] == name  # the escapes are those of JSON, so that nothing is lost
        assert "\\u202e" in by_hand.stdout


def test_a_parquet_file_is_screened_as_a_table_is(lists, tmp_path):
    import datetime as dt

    import polars as pl

    rows = {
        "id": ["a", "b", "c"],
        "name": ["Blue Heron Semiconductor", None, "Quiet Water Trading"],
        "country": ["CN", "CN", None],
        "date": [dt.date(2024, 1, 5), None, None],
    }
    pl.DataFrame(rows).write_parquet(tmp_path / "parties.parquet")
    pl.DataFrame(rows).write_csv(tmp_path / "parties.csv")
    table, text = (thalweg("screen", str(tmp_path / f"parties.{kind}"), "--lists", lists) for kind in ("parquet", "csv"))
    assert (table.returncode, text.returncode) == (3, 3)
    found, other = answers(table), answers(text)
    assert [a.get("hits") for a in found] == [a.get("hits") for a in other]
    assert found[1] == {"id": "b", "line": 2, "error": "name: is empty; give the name of a party"}


@pytest.mark.parametrize(
    ("columns", "says"), [({"name": ["A"], "colour": ["x"]}, "unknown column 'colour'"), ({"country": ["CN"]}, "column 'name' is missing")]
)
def test_a_parquet_file_with_other_columns_is_refused_by_name(columns, says, lists, tmp_path):
    import polars as pl

    pl.DataFrame(columns).write_parquet(tmp_path / "p.parquet")
    done = thalweg("screen", str(tmp_path / "p.parquet"), "--lists", lists)
    assert done.returncode == 2
    assert says in done.stderr
    assert "p.parquet" in done.stderr


def test_a_file_that_is_only_called_parquet_is_refused_in_one_line(lists, tmp_path):
    (tmp_path / "p.parquet").write_text("name\nA\n", encoding="utf-8")
    done = thalweg("screen", str(tmp_path / "p.parquet"), "--lists", lists)
    assert done.returncode == 2
    assert "is not a Parquet file" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_number_of_thousands_of_digits_is_refused_without_advice_for_programmers(lists):
    done = thalweg("screen", "-", "--lists", lists, stdin='{"name": "A", "id": ' + "9" * 5_000 + "}\n")
    assert done.returncode == 3
    (answer,) = answers(done)
    assert answer["error"] == "not JSON: a number has more digits than any number here"
