"""A measure of a component is tried at every threshold of the classification rules, also where the rule does not fit the item itself."""

from __future__ import annotations

from typing import Any

from thalweg.controls.decide import decide, rulebook
from thalweg.pack import load_pack

BOOK = rulebook(load_pack())


def server(**chip: Any) -> dict[str, Any]:
    contained = {"kind": "integrated_circuit", "datacenter": True, "performance_density": 3.1968, **chip}
    return {
        "date": "2025-11-09",
        "from": "US",
        "to": "CN",
        "item": {"kind": "computer", "datacenter": True, "contains": [{"item": contained}]},
    }


def outcome(**chip: Any) -> str:
    return decide(BOOK, server(**chip)).outcome


def test_an_unknown_performance_of_a_chip_leaves_its_server_open() -> None:
    assert outcome(tpp=1500, io_bandwidth_gb_s=10) != outcome(tpp=5000)
    assert outcome() == "undetermined"


def test_the_performance_of_the_chip_is_asked_for() -> None:
    missing = decide(BOOK, server()).missing_facts
    assert ("tpp", "component") in {(m.fact, m.of) for m in missing}
