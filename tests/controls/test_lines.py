"""The one-line case table: item, place and date in; outcome, review policy and class out."""

from __future__ import annotations

from pathlib import Path

import pytest

from thalweg.controls import decide, rulebook
from thalweg.pack import load_pack
from thalweg.pack.reader import read_yaml

LINES = read_yaml(Path(__file__).parent / "lines.yaml").data


@pytest.fixture(scope="module")
def book():
    return rulebook(load_pack())


@pytest.mark.parametrize("line", LINES, ids=[line[0] for line in LINES])
def test_the_table_holds(book, line):
    _, date, item, to, headquarters, parent, outcome, policy, classes, why = line
    party = {
        "role": "end_user",
        "name": "Example Buyer",
        "country": to,
        "headquarters": headquarters,
        "ultimate_parent_headquarters": parent,
    }
    answer = decide(book, {"date": date, "item": item, "from": "US", "to": to, "parties": [party]})
    assert answer.outcome == outcome, f"{why}\n{answer.explain()}"
    if policy:
        assert answer.review_policy == policy, why
    assert set(classes) <= set(answer.classification), why
    if not classes:
        assert not [c for c in answer.classification if c.startswith(("3A090", "4A090"))], why
    for requirement in answer.requirements:
        assert any(c.citation or c.url for c in requirement.citations), f"{requirement.rule} is not cited"
