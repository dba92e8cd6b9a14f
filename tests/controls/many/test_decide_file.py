"""Files are decided in chunks, row for row, and the sink appears whole or not at all."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys

import polars as pl
import pytest

from thalweg.controls import decide, rulebook
from thalweg.controls.many import decide_file
from thalweg.evidence import BadInput
from thalweg.pack import load_pack

BOOK = rulebook(load_pack())
ITEMS = ["NVIDIA H100 SXM", "NVIDIA H20", "NVIDIA L40", "NVIDIA DGX H100", "nonsense"]
PLACES = ["CN", "VN", "DE", "AE", "TW"]


@pytest.fixture
def table():
    rows = [
        {
            "id": str(n),
            "date": dt.date(2022, 11, 1) + dt.timedelta(days=11 * n),
            "item": ITEMS[n % 5],
            "to": PLACES[n // 5 % 5],
            "end_user.country": "CN",
        }
        for n in range(125)
    ]
    return pl.DataFrame(rows)


def test_a_parquet_file_is_decided_row_for_row(table, tmp_path):
    table.write_parquet(tmp_path / "in.parquet")
    done: list[int] = []
    counts = decide_file(BOOK, tmp_path / "in.parquet", tmp_path / "out.parquet", rows=40, progress=done.append)
    answers = pl.read_parquet(tmp_path / "out.parquet")
    assert counts == (125, 25)
    assert done[-1] == 125
    assert answers["id"].to_list() == table["id"].to_list()
    for asked, answer in zip(table.iter_rows(named=True), answers.iter_rows(named=True), strict=True):
        if asked["item"] == "nonsense":
            assert "nonsense" in answer["error"]
            continue
        party = {"role": "end_user", "country": "CN"}
        one = decide(BOOK, {"date": asked["date"], "item": asked["item"], "to": asked["to"], "parties": [party]})
        assert (answer["outcome"], answer["codified_outcome"], answer["review_policy"]) == (
            one.outcome,
            one.codified_outcome,
            one.review_policy,
        )


def test_a_refused_file_leaves_no_sink(table, tmp_path):
    table.rename({"item": "itme"}).write_parquet(tmp_path / "in.parquet")
    with pytest.raises(BadInput, match="itme"):
        decide_file(BOOK, tmp_path / "in.parquet", tmp_path / "out.parquet")
    assert [p.name for p in tmp_path.iterdir()] == ["in.parquet"]


def test_a_file_that_is_not_parquet_is_refused_in_one_line(tmp_path):
    (tmp_path / "in.parquet").write_bytes(b"not parquet at all")
    with pytest.raises(BadInput) as caught:
        decide_file(BOOK, tmp_path / "in.parquet", tmp_path / "out.parquet")
    assert "\n" not in str(caught.value)


def test_the_command_decides_a_csv_into_parquet(table, tmp_path):
    table.write_csv(tmp_path / "in.csv")
    done = subprocess.run(
        [sys.executable, "-m", "thalweg", "decide", str(tmp_path / "in.csv"), "--output", str(tmp_path / "out.parquet")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    answers = pl.read_parquet(tmp_path / "out.parquet")
    assert answers.height == 125
    assert json.loads(json.dumps(answers["outcome"].drop_nulls().unique().to_list()))


def test_a_day_that_no_calendar_has_is_refused_and_the_others_are_decided(tmp_path):
    days = pl.Series([10_000_000, 20_000, -10_000_000], dtype=pl.Int32).cast(pl.Date)
    pl.DataFrame({"date": days, "item": ["NVIDIA H20"] * 3, "to": ["CN"] * 3}).write_parquet(tmp_path / "in.parquet")
    assert decide_file(BOOK, tmp_path / "in.parquet", tmp_path / "out.parquet") == (3, 2)
    answers = pl.read_parquet(tmp_path / "out.parquet")
    assert [e is None for e in answers["error"]] == [False, True, False]
    assert "is not a date" in answers["error"][0]
