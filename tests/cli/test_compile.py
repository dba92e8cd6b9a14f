"""`thalweg compile`: the script, and the tables that it reads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import thalweg

pytestmark = pytest.mark.slow  # each script is written by a process of its own

ROOT = Path(__file__).resolve().parents[2]
SHIPMENTS = ROOT / "docs/how-to/files/shipments.csv"


def run(*arguments):
    return subprocess.run([sys.executable, "-m", "thalweg", "compile", *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The script and the tables of the shipments of the how-to, as the command writes them."""
    folder = tmp_path_factory.mktemp("compiled")
    script = run("--dialect", "duckdb", "--output", str(folder / "rules.sql"))
    tables = run("--facts", str(SHIPMENTS), "--output", str(folder / "facts"))
    assert (script.returncode, script.stdout, tables.returncode) == (0, "", 0), script.stderr + tables.stderr
    assert tables.stdout.split() == [str(folder / "facts" / f"{t}.csv") for t in ("transactions", "parties", "components")]
    return folder


def test_the_tables_load_into_what_the_script_makes_and_give_the_outcomes_of_decide(written):
    base = duckdb.connect()
    base.execute((written / "rules.sql").read_text(encoding="utf-8"))
    for name in ("transactions", "parties", "components"):
        base.execute(f"COPY {name} FROM '{written}/facts/{name}.csv'")
    found = dict(base.execute("SELECT transaction_id, outcome FROM thalweg_outcomes").fetchall())
    done = subprocess.run([sys.executable, "-m", "thalweg", "decide", str(SHIPMENTS)], capture_output=True, text=True, check=True)
    decided = {a["id"]: a["outcome"] for a in map(json.loads, done.stdout.splitlines())}
    assert found.keys() == decided.keys()
    assert all(found[i] in ("undetermined", outcome) for i, outcome in decided.items())
    assert any(found[i] == outcome for i, outcome in decided.items())


def test_the_script_goes_to_standard_output_as_python_has_it(written):
    script = (written / "rules.sql").read_text(encoding="utf-8")
    assert thalweg.compile_rules("duckdb") == script
    assert run("--dialect", "DuckDB").stdout == script


def test_bad_lines_are_named_left_out_and_end_with_3(tmp_path):
    good = {"date": "2025-06-15", "item": "NVIDIA H20", "to": "CN"}
    lines = [json.dumps(good), "{", json.dumps({**good, "item": "NVIDIA H2O"}), json.dumps({**good, "id": "1"}), json.dumps(good)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = run("--facts", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out"))
    assert done.returncode == 3
    assert [e.split(":")[0] for e in done.stderr.splitlines()] == ["line 2", "line 3", "line 4"]
    rows = (tmp_path / "out/transactions.csv").read_text(encoding="utf-8").splitlines()
    assert [r.split(",")[0] for r in rows] == ["transaction_id", "1", "5"]


def test_a_draft_and_a_day_of_knowledge_are_said_at_the_head():
    head = thalweg.compile_rules("duckdb", overlays=["safe-chips-act"], known_on="2025-01-01").split("\n\n")[0]
    assert "Overlay safe-chips-act" in head
    assert "published after 2025-01-01" in head


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--dialect"),
        (("--dialect", "duckdb", "--facts", "x.csv"), "--dialect"),
        (("--facts", "x.csv"), "--output"),
        (("--dialect", "postgrs"), "did you mean 'postgres'"),
        (("--facts", "nowhere.csv", "--output", "x"), "nowhere.csv"),
        (("--dialect", "duckdb", "--output", "/proc/none/rules.sql"), "/proc/none/rules.sql"),
    ],
)
def test_bad_usage_is_one_line_and_ends_with_2(arguments, said):
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_dialects_are_completed():
    from thalweg.cli.knowledge import _dialects

    assert _dialects("s") == ["spark", "snowflake"]
    assert len(_dialects("")) == 5
