"""Items whose measures sources dispute, where every reading gives the same verdict: the answer is as full as any other."""

from __future__ import annotations

import pytest

from thalweg.controls import decide, rulebook
from thalweg.pack import load_pack

ITEMS = ["NVIDIA B300", "NVIDIA H100 NVL", "AMD Instinct MI350X", "Intel Gaudi 3 (OAM)"]


def answer_for(item):
    buyer = {"role": "end_user", "name": "Example Buyer", "country": "CN", "headquarters": "CN", "ultimate_parent_headquarters": "CN"}
    sale = {"date": "2025-06-15", "item": item, "from": "US", "to": "CN", "parties": [buyer], "facts": {"flag_residential_address": True}}
    return decide(rulebook(load_pack()), sale)


@pytest.mark.parametrize("item", ITEMS)
def test_the_verdict_is_that_of_every_reading(item):
    answer = answer_for(item)
    assert (answer.outcome, answer.review_policy, answer.classification) == ("license_required", "presumption_of_denial", ["3A090.a"])
    assert answer.conflict["agree"] is True


@pytest.mark.parametrize("item", ITEMS)
def test_a_license_that_is_required_names_its_rules(item):
    answer = answer_for(item)
    assert "us-ear/742/6-a-6-iii-A-2023" in [r.rule for r in answer.requirements]
    assert all(r.citations for r in answer.requirements)


@pytest.mark.parametrize("item", ITEMS)
def test_what_stands_beside_the_verdict_is_not_lost(item):
    answer = answer_for(item)
    assert "us-ear/guidance/2025-05-13-diversion/residential-address" in [f.rule for f in answer.red_flags]
    assert answer.obligations
