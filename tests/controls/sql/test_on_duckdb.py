"""The compiled rules on DuckDB say of every rule what the engine says, and never contradict a decision."""

from __future__ import annotations

import datetime as dt
import json

import duckdb
import pytest

from thalweg.controls import rulebook
from thalweg.controls.sql import compile_sql, facts_frame
from thalweg.pack import load_pack
from thalweg.pack.overlay import overlay

pytestmark = pytest.mark.slow  # whole rulebooks run on a database

BOOK = rulebook(load_pack())
SCRIPT = compile_sql(BOOK, "duckdb")


class Base:
    """A database that holds compiled rules and the facts of some transactions."""

    def __init__(self, book, script, transactions):
        self.connection = duckdb.connect()
        self.connection.execute(script)
        for name, table in facts_frame(book, transactions)._asdict().items():
            self.connection.register("loading", table.to_arrow())
            self.connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM loading")  # noqa: S608
            self.connection.unregister("loading")

    def fetch(self, query):
        found = self.connection.execute(query)
        names = [d[0] for d in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def outcomes(transactions, book=BOOK, script=SCRIPT):
    base = Base(book, script, transactions)
    return {r["transaction_id"]: r for r in base.fetch("SELECT * FROM thalweg_outcomes")}


def test_random_transactions_have_the_truths_and_outcomes_of_the_engine(drawn, equal_to_the_engine):
    equal_to_the_engine(drawn, Base(BOOK, SCRIPT, drawn).fetch)


@pytest.mark.needs_shared
def test_acceptance_cases_have_the_truths_and_outcomes_of_the_engine(accepted, equal_to_the_engine):
    equal_to_the_engine(accepted, Base(BOOK, SCRIPT, accepted).fetch)


def test_two_thousand_more_random_transactions(drawn_many, equal_to_the_engine):
    equal_to_the_engine(drawn_many, Base(BOOK, SCRIPT, drawn_many).fetch)


def test_every_entry_of_the_control_list_reads_the_chart_as_the_engine_does(first_passes):
    places = ["CN", "RU", "DE", "US", "PK", "KP", "MO", "IQ", "AE", "VE", "CA", "AQ", "IN"]
    rows = [(entry, row) for entry, found in BOOK.pack.reasons.items() for row in found]
    named = {s.lstrip("!") for _, row in rows for s in row.scope if row.scope_kind in ("only", "except") and len(s) > 5}
    eccns = sorted({*BOOK.pack.reasons, *named, *(f"{n}.x" for n in named)})
    subjects = [None, *BOOK.pack.facts["technology_for"].values]
    transactions = [
        {
            "id": eccn,
            "date": "2026-02-01",
            "item": {"name": "Item", "kind": ("other", "technology")[number % 2], "eccn": eccn},
            "from": "US",
            "to": places[number % len(places)],
            "facts": {"technology_for": subjects[number % len(subjects)]},
        }
        for number, eccn in enumerate(eccns)
    ]
    found = outcomes(transactions)
    assert len(found) > 900
    assert {f["outcome"] for f in found.values()} >= {"license_required", "no_license_required", "not_modeled", "undetermined"}
    for transaction in transactions:
        (_, enforced), (_, text) = first_passes(transaction)
        row = found[transaction["id"]]
        assert (row["outcome"], row["codified_outcome"]) == (enforced.result.outcome, text.result.outcome), transaction


SALE = {
    "date": "2025-06-15",
    "item": "NVIDIA H100 SXM",
    "from": "US",
    "to": "CN",
    "parties": [{"role": "end_user", "name": "Example Buyer", "country": "CN", "headquarters": "CN", "ultimate_parent_headquarters": "CN"}],
}


def test_a_second_run_of_the_script_replaces_the_views_and_keeps_the_input():
    base = Base(BOOK, SCRIPT, [{**SALE, "id": "a"}])
    before = base.fetch("SELECT * FROM thalweg_outcomes")
    base.connection.execute(SCRIPT)
    assert base.fetch("SELECT * FROM thalweg_outcomes") == before != []


def test_names_with_quotes_and_other_scripts_pass_unharmed():
    buyer = {**SALE["parties"][0], "name": 'O\'Brien "Ltd"; DROP TABLE parties; -- 华为'}
    base = Base(BOOK, SCRIPT, [{**SALE, "id": "it's", "parties": [buyer]}])
    assert [r["transaction_id"] for r in base.fetch("SELECT * FROM thalweg_outcomes")] == ["it's"]
    assert buyer["name"] in {r["name"] for r in base.fetch("SELECT name FROM parties")}


def test_a_listed_name_is_looked_up_on_its_days():
    listing = next(x for x in BOOK.pack.listings if x.list == "entity_list" and x.start > BOOK.pack.covers_from.toordinal())
    named = {"item": {"name": "Desk", "kind": "other", "eccn": "EAR99"}, "from": "US", "to": "DE"}
    named["parties"] = [{"role": "end_user", "name": listing.name, "country": "DE"}]
    days = {name: dt.date.fromordinal(listing.start + more).isoformat() for name, more in (("before", -1), ("on", 0))}
    found = outcomes([{**named, "id": name, "date": date} for name, date in days.items()])
    assert (found["before"]["outcome"], found["on"]["outcome"]) == ("no_license_required", "license_required")


def test_a_day_before_coverage_has_no_outcome_and_says_why():
    base = Base(BOOK, SCRIPT, [{**SALE, "id": "a"}])
    base.connection.execute("UPDATE transactions SET transaction_date = DATE '2001-01-01'")
    [found] = base.fetch("SELECT * FROM thalweg_outcomes")
    assert found["outcome"] is None
    assert found["codified_outcome"] is None
    assert str(BOOK.pack.covers_from) in found["reason"]


HARD = {
    "places-and-parties": """any_party(role = 'end_user'
        AND (headquarters <> destination OR (classified('3A090') AND NOT in_group(country, 'D:5'))))""",
    "all-parties": "all_parties(NOT (role = 'end_user' AND (country = 'CN' OR datacenter)) OR us_origin)",
    "neither": "any_party(NOT (listed(party, 'entity_list') OR NOT classified('3A090')))",
    "quotient": "tpp / performance_density > :ratio AND quantity * 2 - 1 <= 9",
    "days": "transaction_date IN (DATE '2026-02-01', DATE '2025-06-15') OR transaction_date >= DATE '2026-08-01'",
    "inside": "any_component(stated('3A090') OR (tpp > 4800 AND in_group(designer_headquarters, 'A:1')) OR activity = 'transfer')",
    "quoted": "item_name = 'O''Brien''s \\ \"board\"' OR any_party(name IN ('O''Brien', 'Other'))",
}


@pytest.fixture
def hard_book(tmp_path):
    """Rules that read what no rule of the pack reads together."""
    head = {"id": "hard", "title": "Hard to compile", "kind": "house_rule", "author": "Tests", "reason": "Tests", "decided": "2026-01-01"}
    (tmp_path / "overlay.yaml").write_text(json.dumps({**head, "parameters": {"ratio": 100}}), encoding="utf-8")
    for name, when in HARD.items():
        version = {"text": {"from": "2022-01-01"}, "when": when, "sources": [{"title": "Tests", "citation": "Tests", "basis": "derived"}]}
        version["reviewed"] = "2026-01-01"
        rule = {"id": f"hard/{name}", "kind": "requirement", "title": name, "reason": "test", "effect": "license"}
        text = json.dumps({**rule, "versions": [version]})
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return rulebook(overlay(load_pack(), tmp_path))


def test_conditions_that_mix_parties_items_and_transactions_have_the_truth_of_the_engine(hard_book, drawn, equal_to_the_engine):
    more = [{**t, "quantity": [2, 1, 5, None][n % 4]} for n, t in enumerate(drawn[:120])]
    more += [{**SALE, "id": "quoted", "item": {"name": "O'Brien's \\ \"board\"", "kind": "other"}, "quantity": 1}]
    base = Base(hard_book, compile_sql(hard_book, "duckdb"), more)
    equal_to_the_engine(more, base.fetch, hard_book)
    found = {r["transaction_id"]: r["requirements"] for r in base.fetch("SELECT * FROM thalweg_outcomes")}
    for name in HARD:
        assert any(f"hard/{name}" in held for held in found.values()), name
