"""Classes of an item on a day, what they were read from, and what stays open."""

from __future__ import annotations

import datetime as dt

from thalweg.controls import classify, rulebook
from thalweg.pack import load_pack

BOOK = rulebook(load_pack())
DAY = dt.date(2024, 6, 1)


def test_the_measures_and_the_rule_are_shown():
    found = classify(BOOK, "NVIDIA H100 SXM", DAY)
    assert found.classification == ["3A090.a"]
    assert found.possible == []
    assert found.measures["tpp"] == 15832
    rule = next(r for r in found.rules if r["rule"] == "us-ear/774/3A090.a")
    assert rule["truth"] == "true"
    assert any("tpp >= 4,800" in clause and "15,832" in clause for clause in rule["clauses"])
    assert "88 FR 73458" in " ".join(rule["citations"])
    assert found.sources


def test_a_near_miss_says_which_clause_was_missed():
    found = classify(BOOK, "NVIDIA L20", DAY)
    near = next(r for r in found.rules if r["rule"] == "us-ear/774/3A090.b")
    assert near["truth"] == "false"
    assert any("performance_density >= 3.2" in c for c in near["clauses"])


def test_what_is_open_is_listed_as_possible_with_the_fact_that_decides():
    found = classify(BOOK, {"name": "Example chip", "kind": "integrated_circuit", "tpp": 3000, "io_bandwidth_gb_s": 700}, DAY)
    assert "3A090.a" in found.possible
    assert "3A090.b" in found.possible
    assert {"performance_density", "datacenter"} <= {m.fact for m in found.missing_facts}


def test_facts_may_be_given_beside_the_item():
    assert classify(BOOK, "NVIDIA RTX A6000", DAY, facts={"datacenter": True}).classification == ["3A090.b"]
    assert "3A090.b" not in classify(BOOK, "NVIDIA RTX A6000", DAY, facts={"datacenter": False}).classification


def test_a_stated_entry_stands_beside_the_computed_one():
    chip = {
        "name": "Example chip",
        "kind": "integrated_circuit",
        "eccn": "3A991",
        "tpp": 6000,
        "performance_density": 8,
        "datacenter": True,
    }
    assert classify(BOOK, chip, DAY).classification == ["3A090.a", "3A991"]


def test_a_conflict_between_sources_is_shown():
    found = classify(BOOK, "AMD Instinct MI308X", DAY)
    assert found.conflict is not None
    assert {r["tpp"] for r in found.conflict["readings"]} == {3312, 5505}


def test_the_class_is_that_of_the_day():
    assert classify(BOOK, "NVIDIA A800", dt.date(2023, 11, 16)).classification == ["3A991.p"]
    assert classify(BOOK, "NVIDIA A800", dt.date(2023, 11, 17)).classification == ["3A090.a"]
    assert classify(BOOK, "NVIDIA A800", dt.date(2026, 11, 1)).beyond_verified is True


def test_the_answer_in_words_shows_the_clauses():
    assert "✓ tpp >= 4,800" in classify(BOOK, "NVIDIA H100 SXM", DAY).explain()


def test_a_measure_of_which_only_a_part_was_published_is_a_lower_bound():
    answer = classify(BOOK, "AMD Instinct MI430X", dt.date(2026, 11, 1))
    assert answer.classification == ["3A090.a"]
    assert "tpp" not in answer.measures
    assert answer.at_least["tpp"] == 18432
    assert "tpp >= 18432 (a lower bound" in answer.explain()
