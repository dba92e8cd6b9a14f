"""`thalweg simulate` and `compare` as people run them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow  # each test starts a process that runs the model


def thalweg(*args, stdin=""):
    return subprocess.run([sys.executable, "-m", "thalweg", *args], input=stdin, capture_output=True, text=True, check=False)


def test_policies_are_listed():
    done = thalweg("simulate", "--list", "--format", "json")
    assert {"status-quo", "control-camp", "cooperation-camp"} <= {row["id"] for row in json.loads(done.stdout)}


def test_a_table_names_seed_pack_hash_and_judgement_on_standard_error():
    done = thalweg("simulate", "status-quo", "--runs", "600", "--seed", "7", "--outcome", "lag")
    assert done.returncode == 0
    assert "lag" in done.stdout
    for word in ("seed 7", "pack thalweg-core", "hash ", "judgement"):
        assert word in done.stderr


def test_a_seed_that_is_chosen_is_printed_and_gives_the_same_again():
    first = thalweg("simulate", "status-quo", "--runs", "20", "--outcome", "lag", "--format", "json")
    seed = first.stderr.split("seed ")[1].split()[0]
    again = thalweg("simulate", "status-quo", "--runs", "20", "--outcome", "lag", "--format", "json", "--seed", seed)
    assert again.stdout == first.stdout


def test_csv_holds_a_row_for_each_quarter():
    done = thalweg("simulate", "status-quo", "--runs", "5", "--seed", "1", "--outcome", "lag", "--format", "csv")
    lines = done.stdout.splitlines()
    assert lines[0] == "outcome,unit,quarter,p5,p10,p25,p50,p75,p90,p95,mean"
    assert len(lines) == 45


def test_a_file_is_written_whole_and_nothing_goes_to_standard_output(tmp_path):
    out = tmp_path / "fan.parquet"
    done = thalweg("simulate", "h20-era", "--runs", "50", "--seed", "1", "--out", str(out))
    assert done.returncode == 0
    assert not done.stdout
    assert out.read_bytes()[:4] == b"PAR1"
    assert [p.name for p in tmp_path.iterdir()] == ["fan.parquet"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["simulate"], "name a policy"),
        (["simulate", "status-qou"], "did you mean 'status-quo'"),
        (["simulate", "status-quo", "--runs", "0"], "runs: 0 given"),
        (["simulate", "status-quo", "--set", "theta=2"], "outside its support"),
        (["simulate", "status-quo", "--set", "theta"], "write NAME=VALUE"),
        (["simulate", "status-quo", "--anchor", "epoc"], "did you mean 'epoch'"),
        (["simulate", "status-quo", "--out", "fan.txt"], "ends in .json, .csv, .parquet"),
        (["simulate", "status-quo", "--year", "1999"], "2022 to 2032"),
        (["compare", "status-quo"], "two policies or more"),
        (["compare", "status-quo", "open-sales", "--year", "2050"], "2022 to 2032"),
    ],
)
def test_bad_usage_ends_with_2_and_one_clear_line(arguments, said):
    done = thalweg(*arguments)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_a_bad_policy_names_file_and_line(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "id: mine\ntitle: Mine\nsummary: A policy.\nbased_on: status-quo\nstarts: 2027Q1\nlevers:\n  v: {2027Q1: 1.5}\n", encoding="utf-8"
    )
    done = thalweg("simulate", str(path))
    assert done.returncode == 2
    assert f"{path}:7: v in 2027Q1: 1.5 is outside 0 to 1" in done.stderr
    assert done.stderr.count("\n") == 1


def test_compare_lists_robust_and_fragile_findings_apart():
    done = thalweg("compare", "control-camp", "cooperation-camp", "--runs", "300", "--seed", "7", "--year", "2030")
    assert done.returncode == 0
    for word in ("difference", "regret", "robust", "confidence in sources"):
        assert word in done.stdout


def test_compare_writes_every_pair_as_rows():
    done = thalweg(
        "compare", "status-quo", "h20-era", "open-sales", "--runs", "50", "--seed", "7", "--quick", "--year", "2030", "--format", "csv"
    )
    rows = done.stdout.splitlines()
    assert len(rows) == 1 + 2 * 31
    assert rows[0].startswith("a,b,outcome,year,unit")


@pytest.mark.parametrize(
    "arguments",
    [
        ["sensitivity", "status-quo", "--method", "given", "--runs", "600", "--outcome", "lag"],
        ["discover", "status-quo", "--outcome", "lag", "--at-most", "8", "--runs", "600"],
        ["search", "--lever", "E", "--lever", "threshold", "--candidates", "16", "--population", "8", "--draws", "20", "--fresh", "20"],
    ],
)
def test_a_study_writes_a_table_json_and_a_file(arguments, tmp_path):
    shown = thalweg(*arguments, "--seed", "3")
    assert shown.returncode == 0, shown.stderr
    assert "seed 3" in shown.stderr
    told = json.loads(thalweg(*arguments, "--seed", "3", "--format", "json").stdout)
    assert told["verb"] == arguments[0]
    done = thalweg(*arguments, "--seed", "3", "--out", str(tmp_path / "study.csv"))
    assert done.returncode == 0
    assert len((tmp_path / "study.csv").read_text(encoding="utf-8").splitlines()) == 1 + len(told["table"])


def test_a_checkpoint_needs_a_seed(tmp_path):
    done = thalweg("search", "--checkpoint", str(tmp_path / "front.ckpt"))
    assert done.returncode == 2
    assert "give --seed with --checkpoint" in " ".join(done.stderr.replace("│", " ").split())
