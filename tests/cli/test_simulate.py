"""`thalweg simulate` and `compare` as people run them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

from thalweg.cli.scenarios_studies import _going_on

pytestmark = pytest.mark.slow  # each test starts a process that runs the model


CAMPS = ["control-camp", "cooperation-camp"]
EVERY_VERB = [
    ["simulate", "status-quo"],
    ["compare", *CAMPS],
    ["sensitivity", "--method", "given"],
    ["discover", "status-quo", "--outcome", "lag", "--at-most", "6"],
    ["search"],
    ["hindcast"],
    ["calibrate"],
    ["benchmarks"],
]


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


def test_compare_shows_payoffs_and_what_minimax_picks():
    done = thalweg("compare", *CAMPS, "--runs", "100", "--seed", "7", "--outcome", "lag", "--outcome", "revenue")
    assert done.returncode == 0, done.stderr
    for word in ("payoffs in 2030", "throttle", "allies free-ride", "worst reply", "what minimax picks", "minimax regret", "of resamples"):
        assert word in " ".join(done.stdout.split())
    assert "ahead, of the runs that differ" in " ".join(done.stdout.split())


def test_json_of_a_comparison_holds_the_payoffs_and_quick_leaves_them_out():
    arguments = ["compare", *CAMPS, "--runs", "50", "--seed", "7", "--year", "2030", "--outcome", "lag", "--format", "json"]
    found = json.loads(thalweg(*arguments).stdout)["payoffs"]
    assert found["since"] == "2027Q1"
    assert {c["rule"] for c in found["choices"]} == {"minimax", "minimax regret"}
    assert {c["policy"] for c in found["cells"]} == set(CAMPS)
    assert json.loads(thalweg(*arguments, "--quick").stdout)["payoffs"] is None


def test_a_page_of_a_comparison_draws_the_payoffs(tmp_path):
    out = tmp_path / "compared.html"
    done = thalweg("compare", *CAMPS, "--runs", "50", "--seed", "7", "--outcome", "lag", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "Payoffs against strategies of Beijing and of allies, 2030" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", EVERY_VERB, ids=lambda a: a[0])
def test_no_run_is_one_clear_line_in_every_verb(arguments):
    option = "--draws" if arguments[0] == "search" else "--runs"
    done = thalweg(*arguments, option, "0")
    assert done.returncode == 2
    assert f"{option.strip('-')}: 0 given; a whole number from 1" in done.stderr
    assert not done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("form", ["table", "json", "csv"])
@pytest.mark.parametrize("arguments", [["simulate", "status-quo"], ["compare", *CAMPS, "--quick"]], ids=lambda a: a[0])
def test_one_run_is_answered_with_a_warning_in_every_format(arguments, form):
    done = thalweg(*arguments, "--runs", "1", "--seed", "7", "--outcome", "lag", "--format", form)
    assert done.returncode == 0, done.stderr
    assert "1 run cannot show how sure an answer is" in done.stderr
    assert "1 runs" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "least"),
    [
        (["sensitivity", "--method", "given"], 50),
        (["sensitivity", "--method", "learn", "--against", "control-camp"], 50),
        (["discover", "status-quo", "--outcome", "lag", "--at-most", "6"], 100),
    ],
)
def test_a_study_of_one_run_is_refused_with_the_number_that_it_needs(arguments, least):
    done = thalweg(*arguments, "--runs", "1")
    assert done.returncode == 2
    assert f"needs {least} at the least" in done.stderr
    assert not done.stdout


def test_a_front_shows_its_levers_in_one_column_and_files_hold_each_apart():
    small = ["--lever", "E", "--lever", "v", "--candidates", "16", "--population", "8", "--draws", "60", "--fresh", "60", "--seed", "3"]
    shown = thalweg("search", *small)
    assert shown.returncode == 0, shown.stderr
    text = " ".join(shown.stdout.split())
    assert "levers" in text
    assert "from 2027Q1: E " in text
    assert "No objective holds a cost of v" in text
    csv_ = thalweg("search", *small, "--format", "csv").stdout.splitlines()
    assert csv_[0].endswith("stands,E from 2027Q1,v from 2027Q1")


def test_a_fit_to_one_run_is_refused():
    for verb in ("hindcast", "calibrate"):
        done = thalweg(verb, "--runs", "1")
        assert done.returncode == 2
        assert "no run survives history matching" in done.stderr


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


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
def test_a_search_that_is_stopped_says_how_it_goes_on(tmp_path):
    checkpoint = tmp_path / "front.ckpt"
    levers = ["--lever", "E", "--lever", "v", "--lever", "a"]
    arguments = ["search", *levers, "--candidates", "20000", "--population", "8", "--seed", "3", "--checkpoint", str(checkpoint)]
    with subprocess.Popen([sys.executable, "-m", "thalweg", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not checkpoint.exists():
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=60)[1].decode()
    assert running.returncode == 130
    assert "Traceback" not in said
    assert f"To go on: thalweg {' '.join(arguments)}" in said


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_a_search_that_keeps_nothing_or_nothing_yet_says_so_when_it_is_stopped(tmp_path, capsys, stop):
    for checkpoint in (None, tmp_path / "none.ckpt"):
        with pytest.raises(stop), _going_on(checkpoint):
            raise stop
    said = capsys.readouterr().err
    assert "nothing was kept. With --checkpoint FILE and --seed N" in said
    assert "stopped before the first generation" in said
