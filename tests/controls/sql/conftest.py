"""Transactions that the compiled rules are held to the engine on, and what the engine says of them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from thalweg.controls import decide, rulebook
from thalweg.controls.assemble import assemble
from thalweg.controls.reading import read_transaction
from thalweg.controls.resolve import Resolver
from thalweg.evidence import OPEN_END, BadInput
from thalweg.pack import load_pack

BOOK = rulebook(load_pack())
ROOT = Path(__file__).resolve().parents[3]
CASES = ROOT.parent / "shared" / "cases" / "decisions.jsonl"
AXES = ("enforced", "text")
_CODES = {None: 1, True: 2, False: 0}


def random_transactions(count: int) -> list[dict[str, Any]]:
    """Draw transactions as the laws of the rulebook are tested on, on the days around every change of the law."""
    spec = importlib.util.spec_from_file_location("laws", ROOT / "tests/controls/test_properties.py")
    laws = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(laws)
    drawn: list[dict[str, Any]] = []

    @seed(20261126)
    @settings(max_examples=count, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None)
    @given(laws.transactions(laws.DAYS))
    def draw(transaction):
        drawn.append(transaction)

    draw()
    return drawn


def readable(transactions: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return the transactions that the engine can read, each with an id."""
    found = []
    for number, transaction in enumerate(transactions):
        named = {**transaction, "id": f"{name}-{number}"}
        try:
            assemble(BOOK.pack, read_transaction(named))
        except BadInput:
            continue
        found.append(named)
    return found


def root_pass(book, transaction, axis):
    """Run the engine's first pass, before it goes through cases or readings; return its program and what it found."""
    case = assemble(book.pack, read_transaction(transaction))
    case.alternatives = ()
    return book.program(case.day, axis), Resolver(book, case, axis, OPEN_END).resolve().root


def truths_of(program, root) -> dict[str, int]:
    """Return the truth of every rule that acts: 0, 1 or 2; those that do not act are left out."""
    settled = ("classification", "presumption", "jurisdiction", "requirement")
    e = root.environment
    return {s.rule.id: root.truth[s.index] if s.rule.kind in settled else s.test(e) for s in (*program.deciding(), *program.beside)}


def assert_equal(transactions, fetch, book=BOOK) -> None:
    """Hold the two views to the engine: ``fetch(query)`` returns rows as dicts."""
    columns = {r["rule_id"]: (r["enforced_column"], r["text_column"]) for r in fetch("SELECT * FROM thalweg_rules")}
    truths = {r["transaction_id"]: r for r in fetch("SELECT * FROM thalweg_truths")}
    outcomes = {r["transaction_id"]: r for r in fetch("SELECT * FROM thalweg_outcomes")}
    assert len(columns) == len(book.pack.rules) - 1  # the chart is one rule of many rows
    for transaction in transactions:
        key = transaction["id"]
        passes = [root_pass(book, transaction, axis) for axis in AXES]
        for number, (program, root) in enumerate(passes):
            expected = dict.fromkeys(columns, 0) | truths_of(program, root)
            found = {rule: _CODES[truths[key][names[number]]] for rule, names in columns.items()}
            assert found == expected, (AXES[number], {r: (found[r], v) for r, v in expected.items() if found[r] != v}, transaction)
        assert_outcome_equal(book, transaction, outcomes[key], *passes)


def assert_outcome_equal(book, transaction, found, enforced, text) -> None:
    """Hold one row of outcomes to the first pass, and to the decision that follows from it."""
    program, root = enforced
    expected = (root.result.outcome, text[1].result.outcome, root.result.policy, list(root.result.exceptions))
    usable = [x for x in found["exceptions"].split("; ") if x]
    assert (found["outcome"], found["codified_outcome"], found["review_policy"], usable) == expected, transaction
    held = {s.rule.id for s in program.requirements if root.truth[s.index] == 2}
    held |= {program.chart.id} if root.chart.truth == 2 else set()
    assert {r for r in found["requirements"].split("; ") if r} == held, transaction
    decided = decide(book, transaction)
    assert found["outcome"] in ("undetermined", decided.outcome), transaction
    assert found["codified_outcome"] in ("undetermined", decided.codified_outcome), transaction
    assert found["beyond_verified"] == decided.beyond_verified
    assert (found["reason"] is None) == ("undetermined" not in (found["outcome"], found["codified_outcome"]))


@pytest.fixture(scope="session")
def first_passes():
    """Return the engine's first pass on each axis, with its program."""
    return lambda transaction: [root_pass(BOOK, transaction, axis) for axis in AXES]


@pytest.fixture(scope="session")
def equal_to_the_engine():
    """Hold the views of a database to the engine."""
    return assert_equal


@pytest.fixture(scope="session")
def drawn_many():
    """Two thousand random transactions."""
    return readable(random_transactions(2100), "random")[:2000]


@pytest.fixture(scope="session")
def drawn():
    """Three hundred random transactions."""
    found = readable(random_transactions(330), "random")
    assert len(found) >= 300
    return found[:300]


@pytest.fixture(scope="session")
def accepted():
    """The transactions of the acceptance cases."""
    found = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    return readable([c["transaction"] for c in found], "case")
