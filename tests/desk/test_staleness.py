"""A rule that may be stale is said on every answer that rests on it, in each form in which answers are given."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import thalweg as tw
from thalweg.controls.decide import rulebook, summarize
from thalweg.controls.many import decide_many
from thalweg.controls.many.rows import from_columns
from thalweg.controls.resting import notices
from thalweg.desk.staleness import noted
from thalweg.hardware import catalogue
from thalweg.pack import load_pack
from thalweg.store import StaleRule, open_store

AT = "2026-11-27T12:00:00+00:00"
AMENDED = "2026-11-20"
RULE = "us-ear/774/3A090.a"
SAID = f"{RULE} may be stale: reviewed on 2026-10-02, amended on {AMENDED} [91 FR 60009]"
PORTFOLIO = """
[firm]
name = "Example Silicon"
country = "US"
[[products]]
id = "H100"
item = "NVIDIA H100 SXM"
[[customers]]
id = "c1"
name = "Example Lab"
country = "CN"
[[deals]]
id = "d1"
product = "H100"
customer = "c1"
value_usd = 1000
"""


@pytest.fixture
def stale(tmp_path, monkeypatch):
    """A store that knows of one amended rule, named by the environment."""
    where = tmp_path / "store.db"
    with open_store(where) as store, store.watch(write=True) as room:
        room.events.note_stale([StaleRule(RULE, "fr:1", AMENDED, "2026-10-02", "section", "91 FR 60009")], at=AT)
    monkeypatch.setenv("THALWEG_STORE", str(where))
    return where


def rows(*days, item="NVIDIA H100 SXM"):
    return [{"id": str(n), "date": day, "item": item, "to": "CN", "quantity": 1.0} for n, day in enumerate(days)]


@pytest.mark.usefixtures("stale")
def test_a_decision_has_it_from_the_day_of_the_amendment_on_and_where_it_was_known():
    before, after = (tw.decide(row) for row in rows("2026-11-19", AMENDED))
    assert (before.may_be_stale, after.may_be_stale) == ([], [SAID])
    assert SAID in after.open_questions
    assert SAID in after.explain()
    assert not any("stale" in q for q in before.open_questions)
    assert tw.decide(rows("2026-11-25")[0], known_on="2026-11-19").may_be_stale == []
    assert tw.decide(rows("2026-11-25", item="NVIDIA H20")[0]).may_be_stale == []
    assert after.outcome == before.outcome


@pytest.mark.usefixtures("stale")
@pytest.mark.parametrize("height", [1, 80])
@pytest.mark.parametrize("as_text", [True, False])
def test_a_frame_has_it_in_a_column_row_for_row(height, as_text):
    frame = pl.DataFrame(
        rows(*["2026-11-19", AMENDED, "no day", "2027-01-01"] * height) if as_text else rows(*[AMENDED, "2026-11-19"] * height)
    )
    frame = frame if as_text else frame.with_columns(pl.col("date").str.to_date())
    found = tw.decide_many(frame)["may_be_stale"].to_list()
    assert found == ([[], [SAID], None, [SAID]] if as_text else [[SAID], []]) * height


@pytest.mark.usefixtures("stale")
def test_a_file_of_answers_has_it(tmp_path):
    for name in ("in.csv", "in.parquet"):
        frame = pl.DataFrame(rows("2026-11-19", "2026-11-25"))
        frame.write_csv(tmp_path / name) if name.endswith("csv") else frame.write_parquet(tmp_path / name)
        tw.decide_file(tmp_path / name, tmp_path / "out.parquet")
        assert pl.read_parquet(tmp_path / "out.parquet")["may_be_stale"].to_list() == [[], [SAID]]


@pytest.mark.usefixtures("stale")
def test_what_is_asked_beyond_yes_or_no_has_it():
    over_time = tw.timeline("NVIDIA H100 SXM", to="CN", start="2026-11-01", end="2026-12-01")
    assert [(s.start, s.may_be_stale) for s in over_time.segments] == [("2026-11-01", []), (AMENDED, [SAID])]
    assert SAID in over_time.explain()
    changes = tw.diff(rows("2026-01-01"), before="2026-11-01", after="2026-11-25")
    assert changes.rows[0].may_be_stale == [SAID]
    assert tw.diff(rows("2026-01-01"), before="2026-11-01", after="2026-11-02").rows[0].may_be_stale == []
    for answer in (tw.headroom("NVIDIA H100 SXM", to="CN", date="2026-11-25"), tw.classify("NVIDIA H100 SXM", "2026-11-25")):
        assert answer.may_be_stale == [SAID]
        assert SAID in answer.explain()


@pytest.mark.usefixtures("stale")
def test_a_briefing_has_it_at_the_deal_and_among_the_open_questions(tmp_path):
    (tmp_path / "portfolio.toml").write_text(PORTFOLIO, encoding="utf-8")
    found = tw.brief(tmp_path / "portfolio.toml", date="2026-11-25")
    assert SAID in found.open_questions
    assert [d.verdict.may_be_stale for d in found.deals] == [[SAID]]
    from thalweg.briefs import write_briefing

    for path in write_briefing(found, tmp_path / "out"):
        if path.suffix in (".html", ".md", ".json"):
            assert SAID.partition(":")[0] in path.read_text(encoding="utf-8"), path


@pytest.mark.usefixtures("stale")
def test_every_form_of_the_command_has_it(tmp_path, capsys):
    from thalweg.cli.decide import decide
    from thalweg.cli.output import Format

    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows("2026-11-25"))), encoding="utf-8")
    for form in Format:
        if form is not Format.xlsx:
            decide(
                tmp_path / "in.jsonl",
                form=form,
                **dict.fromkeys(("output", "item", "to", "date", "exporter", "end_user"), None),
                trace=False,
            )
            assert "may be stale" in " ".join(capsys.readouterr().out.split()), form


def test_the_same_notices_give_the_same_pack_and_none_give_the_pack_itself(stale, monkeypatch, tmp_path):
    pack = load_pack()
    assert noted(pack, stale) is noted(pack)
    assert noted(pack, tmp_path / "none.db") is pack
    monkeypatch.setenv("THALWEG_STORE", str(tmp_path / "none.db"))
    assert noted(pack) is pack


PACK = load_pack()
EVERY = rulebook(
    dataclasses.replace(
        PACK, stale={i: ((d, f"{i} since {d}"),) for i, d in zip(PACK.rules, ["2023-06-01", "2025-06-01"] * 999, strict=False)}
    )
)
cases = st.fixed_dictionaries(
    {
        "date": st.dates(dt.date(2022, 10, 7), dt.date(2026, 12, 31)),
        "to": st.sampled_from(["CN", "HK", "AE", "TW", "GB", "RU", "VN"]),
        "item": st.sampled_from(sorted(catalogue(PACK).names())),
    },
    optional={
        "quantity": st.sampled_from([1.0, 1701.0]),
        "end_user.name": st.sampled_from(["Example", "Huawei Technologies Co., Ltd.", "Inspur Group"]),
        "end_user.headquarters": st.sampled_from(["CN", "US", "VN"]),
        "end_user.ultimate_parent_headquarters": st.sampled_from(["CN", "US", "VN"]),
    },
)


@given(st.lists(cases, min_size=70, max_size=90))
@settings(max_examples=5)
def test_a_table_rests_on_the_rules_on_which_single_decisions_rest(given):
    frame = pl.DataFrame(given, infer_schema_length=None)
    for row, found in zip(frame.iter_rows(named=True), decide_many(EVERY, frame).iter_rows(named=True), strict=True):
        assert found["may_be_stale"] == notices(EVERY.pack, summarize(EVERY, from_columns(row))[-1], row["date"])
        assert found["may_be_stale"] or row["date"] < dt.date(2025, 6, 1)
