from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.controls.decide import decide, rulebook, summarize
from thalweg.controls.many import decide_many, decider
from thalweg.controls.many.rows import from_columns
from thalweg.evidence import BadInput
from thalweg.hardware import catalogue
from thalweg.pack import load_pack
from thalweg.pack.overlay import overlay

BOOK = rulebook(load_pack())
ITEMS = [
    "NVIDIA H100 SXM",
    "NVIDIA A800",
    "NVIDIA H20",
    {"name": "described", "kind": "integrated_circuit", "tpp": 4800, "performance_density": 1.6},
    {"name": "partly described", "kind": "integrated_circuit", "tpp": 2400},
]
NAMES = [None, "Example Buyer", "Another Buyer Ltd", "Huawei Technologies Co., Ltd.", "Inspur Group"]
PLACES = ["CN", "HK", "AE", "TW", "GB", "RU"]
DAYS = sorted(
    {dt.date.fromordinal(d + more) for d in BOOK.breakpoints for more in (-1, 0) if d + more >= BOOK.pack.covers_from.toordinal()}
)


def as_columns(transactions: list[dict[str, Any]]) -> pl.DataFrame:
    rows = [{k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in t.items()} for t in transactions]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(pl.col("date").cast(pl.Date))


def assert_equal_to_single(transactions: list[dict[str, Any]]) -> None:
    for transaction, row in zip(transactions, decide_many(BOOK, as_columns(transactions)).iter_rows(named=True), strict=True):
        one = decide(BOOK, transaction)
        assert row["error"] is None
        assert (row["outcome"], row["codified_outcome"]) == (one.outcome, one.codified_outcome), transaction
        assert row["classification"] == one.classification, transaction
        assert row["review_policy"] == one.review_policy, transaction
        assert row["exceptions"] == [e.exception for e in one.exceptions if e.available], transaction
        assert row["requirements"] == [r.rule for r in one.requirements], transaction


places = st.sampled_from([None, *PLACES])
owners = st.none() | st.lists(
    st.fixed_dictionaries({"name": st.sampled_from(NAMES[1:])}, optional={"share": st.sampled_from([0.2, 0.5])}), max_size=2
)
parties = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["end_user", "ultimate_consignee", "purchaser"])},
        optional={
            "name": st.sampled_from(NAMES),
            "country": places,
            "headquarters": places,
            "ultimate_parent_headquarters": places,
            "owners": owners,
        },
    ),
    max_size=3,
)
transactions = st.fixed_dictionaries(
    {
        "date": st.sampled_from(DAYS),
        "item": st.sampled_from(ITEMS),
        "to": st.sampled_from(PLACES),
        "activity": st.sampled_from(["export", "reexport"]),
    },
    optional={
        "quantity": st.sampled_from([1.0, 50.0, 1700.0, 1701.0]),
        "value_usd": st.sampled_from([0.0, 1.0, 5000.0, 5000.5]),
        "parties": parties,
    },
)


@given(st.lists(transactions, min_size=12, max_size=12))
@settings(max_examples=25)
def test_every_row_has_the_answer_of_the_single_decision(rows: list[dict[str, Any]]) -> None:
    assert_equal_to_single(rows)


SPECIFICATIONS = {
    "item.tpp": [1600.0, 2399.0, 4800.0, 20_000.0],
    "item.performance_density": [1.59, 1.6, 5.92],
    "item.dram_bandwidth_gb_s": [1399.0, 1700.0],
    "item.datacenter": [True, False],
    "item.transistors_bn": [29.9, 30.0],
    "item.designer_headquarters": PLACES,
}
stated = {
    "quantity": [1.0, 1700.0, 1701.0],
    "end_user.name": NAMES[1:],
    "end_user.country": PLACES,
    "end_user.headquarters": PLACES,
    "end_user.ultimate_parent_headquarters": PLACES,
    "purchaser.ultimate_parent_headquarters": PLACES,
    "exporter.name": ["Example Exporter", NAMES[3]],
}
column_rows = st.fixed_dictionaries(
    {"date": st.sampled_from(DAYS), "to": st.sampled_from(PLACES), "activity": st.sampled_from(["export", "reexport"])},
    optional={name: st.sampled_from(values) for name, values in stated.items()},
)
described = st.fixed_dictionaries(
    {"item.name": st.just("described"), "item.kind": st.sampled_from(["integrated_circuit", "computer", "hbm"])},
    optional={name: st.sampled_from(values) for name, values in SPECIFICATIONS.items()},
)
named = st.fixed_dictionaries({"item": st.sampled_from(sorted(catalogue(BOOK.pack).names()))})


@given(st.lists(column_rows, min_size=80, max_size=80), st.lists(described | named, min_size=80, max_size=80))
@settings(max_examples=3)
def test_rows_that_are_decided_together_have_the_answers_of_single_decisions(rows: list[Any], items: list[Any]) -> None:
    kinds = [[r | i for r, i in zip(rows, items, strict=True) if ("item" in i) is is_named] for is_named in (True, False)]
    for of_kind in filter(None, kinds):
        assert_frame_equals_single(pl.DataFrame(of_kind * (1 + 80 // len(of_kind)), infer_schema_length=None))


def assert_frame_equals_single(frame: pl.DataFrame) -> None:
    answers = decide_many(BOOK, frame).drop("id")
    for row, answer in zip(frame.iter_rows(named=True), answers.iter_rows(), strict=True):
        assert answer == (*summarize(BOOK, from_columns(row)), None), row


@pytest.mark.slow
def test_like_rows_and_rows_of_many_kinds_are_each_answered_as_alone() -> None:
    items = sorted(catalogue(BOOK.pack).names())[::6]
    rows = [
        {"date": day, "item": item, "to": to, "end_user.country": to, "end_user.ultimate_parent_headquarters": parent, "quantity": 1701.0}
        for number, (day, item) in enumerate(itertools.product(DAYS[::9], items))
        for to, parent in ((PLACES[number % 6], None), (PLACES[number % 5], PLACES[number % 4]))
    ]
    assert_frame_equals_single(pl.DataFrame(rows, infer_schema_length=None))


def test_parties_stated_in_another_order_than_the_columns_are_each_answered_as_alone() -> None:
    base = {"date": dt.date(2024, 1, 5), "item": "NVIDIA H100 SXM", "to": "AE"}
    rows = [base | {"end_user.name": None, "purchaser.headquarters": p, "end_user.headquarters": q} for p in PLACES for q in PLACES]
    assert_frame_equals_single(pl.DataFrame(rows * 2, infer_schema_length=None))


def test_text_that_says_nothing_and_numbers_that_are_refused_are_read_as_in_a_single_decision() -> None:
    base = {"date": "2024-01-05", "item": "NVIDIA H100 SXM", "to": "CN", "quantity": "1", "end_user.name": "Example Buyer"}
    odd = [{"end_user.name": " "}, {"quantity": "0"}, {"quantity": "1e13"}, {"date": "2024-1-5"}, {"end_user.name": "x" * 401}]
    frame = pl.DataFrame([base] * 70 + [base | more for more in odd], infer_schema_length=None)
    answers = decide_many(BOOK, frame)
    assert [e is None for e in answers["error"].to_list()[70:]] == [True, False, False, False, False]
    assert answers["outcome"][70] == summarize(BOOK, from_columns(frame.row(70, named=True)))[0]


@pytest.mark.slow
@given(st.lists(transactions, min_size=50, max_size=50))
@settings(max_examples=20)
def test_a_thousand_rows_have_the_answer_of_the_single_decision(rows: list[dict[str, Any]]) -> None:
    assert_equal_to_single(rows)


@pytest.mark.needs_shared
def test_acceptance_cases_are_answered_as_expected(shared: Path) -> None:
    cases = [json.loads(line) for line in (shared / "cases" / "decisions.jsonl").read_text().splitlines()]
    given = [c["transaction"] | {"date": dt.date.fromisoformat(c["transaction"]["date"])} for c in cases]
    assert_equal_to_single(given)
    answers = decide_many(BOOK, as_columns(given)).iter_rows(named=True)
    for case, row in zip(cases, answers, strict=True):
        assert row["outcome"] == case["expect"].get("outcome", row["outcome"]), case["id"]


def test_a_bad_row_names_its_own_value_and_leaves_the_others() -> None:
    base = {"date": dt.date(2024, 1, 5), "item": "NVIDIA H100 SXM"}
    answers = decide_many(BOOK, as_columns([base | {"to": "CN"}, base | {"to": "Atlantis"}, base | {"to": "CN", "quantity": -1.0}]))
    assert answers["error"].to_list()[0] is None
    assert "Atlantis" in answers["error"][1]
    assert answers["error"][2].startswith("quantity")
    assert answers["outcome"].to_list() == ["license_required", None, None]


def test_dates_before_the_pack_starts_are_each_named() -> None:
    start = BOOK.pack.covers_from
    days = [start - dt.timedelta(days=n) for n in (1, 400)]
    answers = decide_many(BOOK, as_columns([{"date": d, "item": "NVIDIA H100 SXM", "to": "CN"} for d in days]))
    assert [str(d) in e for d, e in zip(days, answers["error"], strict=True)] == [True, True]


def test_chunks_do_not_change_the_answers() -> None:
    rows = as_columns([{"date": d, "item": i, "to": "CN"} for d in DAYS[::9] for i in ITEMS[:3]])
    assert decide_many(BOOK, rows, chunk=7).equals(decide_many(BOOK, rows))


def test_dotted_columns_say_the_same_as_nested_ones() -> None:
    party = {"role": "end_user", "name": NAMES[3], "country": "CN"}
    nested = as_columns([{"date": dt.date(2024, 1, 5), "item": "NVIDIA A800", "to": "CN", "parties": [party]}])
    dotted = nested.drop("parties").with_columns(**{"end_user.name": pl.lit(NAMES[3]), "end_user.country": pl.lit("CN")})
    assert decide_many(BOOK, dotted).equals(decide_many(BOOK, nested))


def test_an_unknown_column_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(BadInput, match="'quantity'"):
        decide_many(BOOK, pl.DataFrame({"date": [], "to": [], "quantiti": []}))


OF_COMPONENTS = """id: us-ear/742/of-components
kind: requirement
title: A condition on components that reads the transaction
reason: RS
versions:
  - text: {from: 2022-01-01, to: }
    when: any_component(tpp >= 1000 AND value_usd > 5000)
    sources: [{citation: a what-if}]
"""
CLASS_OF_QUANTITY = """id: us-ear/774/many-of-them
kind: classification
assigns: many_of_them
title: A class that reads the transaction
versions:
  - text: {from: 2022-01-01, to: }
    when: kind = 'integrated_circuit' AND quantity > 100
    sources: [{citation: a what-if}]
"""
OF_CLASS = """id: us-ear/742/of-class
kind: requirement
title: A requirement on that class
reason: RS
versions:
  - text: {from: 2022-01-01, to: }
    when: classified('many_of_them')
    sources: [{citation: a what-if}]
"""


@pytest.mark.parametrize("rules", [(OF_COMPONENTS,), (CLASS_OF_QUANTITY, OF_CLASS)])
def test_conditions_that_cannot_be_taken_apart_are_decided_row_by_row(tmp_path: Path, rules: tuple[str, ...]) -> None:
    (tmp_path / "overlay.yaml").write_text("id: test\ntitle: An overlay for a test\nkind: what_if\n", encoding="utf-8")
    for number, rule in enumerate(rules):
        (tmp_path / f"rule{number}.yaml").write_text(rule, encoding="utf-8")
    book = rulebook(overlay(BOOK.pack, tmp_path))
    chips = ["NVIDIA DGX H100", "NVIDIA L4", "NVIDIA H20"]
    rows = [
        {"date": dt.date(2023, 1, 5), "item": item, "to": to, "value_usd": value, "quantity": quantity}
        for item, to in itertools.product(chips, ["BR", "DE", "CN"])
        for value, quantity in itertools.product([None, 5000.0, 5001.0], [None, 100.0, 101.0])
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    assert frame.height > 64  # few rows are decided one at a time by any rulebook
    answers = list(decide_many(book, frame).drop("id").iter_rows())
    assert answers == [(*summarize(book, from_columns(row)), None) for row in rows]
    assert any(id_ in required for *_, required, _, _, _ in answers for id_ in ("us-ear/742/of-components", "us-ear/742/of-class"))


@pytest.mark.slow
def test_what_is_kept_is_bounded_and_the_answers_stay_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    items = sorted(catalogue(BOOK.pack).names())[::9]
    rows = [
        {"date": day, "item": item, "to": to, "end_user.ultimate_parent_headquarters": None, "quantity": 1701.0}
        for day, item, to in itertools.product(DAYS[::7], items, PLACES)
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    whole = decide_many(rulebook(BOOK.pack), frame, chunk=100)
    for bound in ("_KINDS", "_NODES"):
        monkeypatch.setattr(decider, bound, 50)
        bounded = decider.Decider(rulebook(BOOK.pack), None)
        sizes: list[int] = []
        parts = []
        for part in bounded.decide(iter(frame.iter_slices(100))):
            parts.append(part)
            sizes.append(len(bounded.known))
        assert pl.concat(parts).equals(whole)
        assert max(sizes) <= 50 + 400  # the kinds of the chunks at hand come on top
        assert any(after < before for before, after in itertools.pairwise(sizes))
        monkeypatch.undo()
