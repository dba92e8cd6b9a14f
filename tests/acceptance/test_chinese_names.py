"""Chinese names of listed and unlisted companies against the whole screening list."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from thalweg import screen

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def cases(request: pytest.FixtureRequest) -> list[dict[str, str]]:
    """The rows of the case file."""
    shared: Path = request.getfixturevalue("shared")
    with (shared / "cases/chinese_names.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def hits(shared: Path, name: str, level: str) -> Any:
    """Screen a company."""
    return screen(name, type="entity", lists=[shared / "data/lists/csl_2026-07-31.csv"], min_level=level)


def test_an_accepted_entry_comes_first_for_nine_in_ten(cases, shared):
    listed = [c for c in cases if c["listed"] == "1"]
    missed = []
    for case in listed:
        accepted = [a.strip().casefold() for a in case["accepted"].split("|")]
        first = hits(shared, case["query"], "weak")[:1]
        if not first or not any(a in f"{first[0].name} {first[0].matched_name}".casefold() for a in accepted):
            missed.append((case["query"], [h.name for h in first]))
    assert len(missed) <= len(listed) / 10, missed


def test_no_unlisted_company_is_a_strong_or_possible_hit(cases, shared):
    found = {c["query"]: [h.name for h in hits(shared, c["query"], "possible")] for c in cases if c["listed"] == "0"}
    assert {query: names for query, names in found.items() if names} == {}
