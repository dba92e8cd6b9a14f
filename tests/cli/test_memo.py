"""`thalweg compare --memo` and pictures of the simulator as people ask for them."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest
from defusedxml import ElementTree

pytestmark = pytest.mark.slow  # each test starts a process that runs the model

SMALL = ["--runs", "60", "--seed", "7", "--quick"]
SVG = "{http://www.w3.org/2000/svg}svg"


def thalweg(*args):
    return subprocess.run([sys.executable, "-m", "thalweg", *map(str, args)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("name", "starts"), [("memo.html", "<!doctype html>"), ("memo.md", "# Policy memo: Tight controls against Cooperation")]
)
def test_a_memo_is_written_whole_and_nothing_goes_to_standard_output(tmp_path, name, starts):
    out = tmp_path / name
    done = thalweg("compare", "control-camp", "cooperation-camp", *SMALL, "--memo", out)
    assert done.returncode == 0, done.stderr
    assert not done.stdout
    assert f"{out}: hash " in done.stderr
    text = out.read_text(encoding="utf-8").lstrip()
    assert text.startswith(starts)
    for part in (
        "What is robust",
        "What is fragile",
        "How Beijing and allies may respond",
        "What to learn next",
        "cannot be undone",
        "Caveats",
        "Sources",
    ):
        assert part in text
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_memo_and_a_file_of_the_comparison_share_their_hash(tmp_path):
    done = thalweg("compare", "open-sales", "status-quo", *SMALL, "--memo", tmp_path / "m.md", "--out", tmp_path / "c.json")
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert found["hash"][:16] in (tmp_path / "m.md").read_text(encoding="utf-8")


def test_the_same_seed_gives_the_same_memo(tmp_path):
    for name in ("one.html", "two.html"):
        assert thalweg("compare", "h20-era", "status-quo", *SMALL, "--memo", tmp_path / name).returncode == 0
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "status-quo", "open-sales", "--memo", "memo.pdf"], "ends in .html or .md"),
        (["compare", "status-quo", "open-sales", "h20-era", "--memo", "memo.html"], "on two policies"),
        (["compare", "status-quo", "open-sales", "--memo", "nowhere/memo.html"], "there is no folder nowhere"),
        (["discover", "status-quo", "--outcome", "lag", "--at-most", "6", "--out", "x.pdf"], "ends in .json, .csv, .parquet, .html"),
        (["sensitivity", "--by", "block", "--out", "x.png"], "ends in .json, .csv, .parquet, .html"),
        (["benchmarks", "--out", "x.svg"], "ends in .json, .csv, .parquet, .html"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_worked_out(arguments, said):
    done = thalweg(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "charts"),
    [
        (["simulate", "control-camp", "--runs", "60", "--outcome", "lag"], 1),
        (["compare", "control-camp", "open-sales", "--runs", "60", "--quick", "--outcome", "lag", "--outcome", "revenue"], 5),
        (["sensitivity", "status-quo", "--method", "given", "--runs", "600", "--outcome", "lag"], 1),
        (["sensitivity", "control-camp", "--against", "open-sales", "--method", "learn", "--runs", "300", "--outcome", "revenue"], 1),
        (["discover", "status-quo", "--outcome", "flow_domestic", "--year", "2027", "--at-least", "1e6", "--runs", "600"], 1),
        (["calibrate", "--runs", "4000", "--waves", "1"], 1),
    ],
)
def test_a_picture_holds_every_chart(tmp_path, arguments, charts):
    out = tmp_path / "picture.svg"
    done = thalweg(*arguments, "--seed", "3", "--out", out)
    assert done.returncode == 0, done.stderr
    found = list(ElementTree.parse(out).getroot().iter(SVG))
    assert len(found) == (charts if charts == 1 else charts + 1)


@pytest.mark.skipif(importlib.util.find_spec("resvg_py") is None, reason="the extra `pictures` is not installed")
def test_a_picture_can_be_a_png(tmp_path):
    out = tmp_path / "lag.png"
    done = thalweg("simulate", "status-quo", "--runs", "20", "--seed", "3", "--outcome", "lag", "--out", out)
    assert done.returncode == 0, done.stderr
    assert out.read_bytes().startswith(b"\x89PNG")


def test_a_tornado_stands_on_the_page_of_a_sensitivity(tmp_path):
    out = tmp_path / "moves.html"
    done = thalweg("sensitivity", "control-camp", "--method", "given", "--runs", "600", "--seed", "3", "--outcome", "lag", "--out", out)
    assert done.returncode == 0, done.stderr
    page = out.read_text(encoding="utf-8")
    assert page.count("<svg") == 1
    assert "where each number is at its 5 and 95 percent" in page


def test_a_chart_says_where_the_runs_are_too_few_to_tell_what_moves_it(tmp_path):
    out = tmp_path / "lag.svg"
    thalweg("simulate", "status-quo", "--runs", "20", "--seed", "3", "--outcome", "lag", "--out", out)
    assert "none can be told from noise at 20 runs" in out.read_text(encoding="utf-8")
