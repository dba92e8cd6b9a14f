"""Bad input gets one clear error that says where and what to do."""

from __future__ import annotations

import pytest

from thalweg.controls import decide, rulebook
from thalweg.evidence import BadInput
from thalweg.pack import load_pack

BASE = {"date": "2024-06-01", "item": "NVIDIA H100 SXM", "to": "CN"}
CHIP = {"name": "X", "kind": "integrated_circuit"}

REFUSED = [
    ({"item": "NVIDIA H1000 SXM"}, "NVIDIA H100 SXM"),
    ({"to": "Chinaa"}, "China"),
    ({"activity": "exprot"}, "export"),
    ({"facts": {"datacentre": True}}, "datacenter"),
    ({"facts": {"datacenter": "maybe"}}, "true or false"),
    ({"date": "1900-01-01"}, "2022-01-01"),
    ({"date": "soon"}, "date"),
    ({"item": {**CHIP, "tpp": -1}}, "tpp"),
    ({"item": {**CHIP, "tpp": float("nan")}}, "tpp"),
    ({"item": {**CHIP, "tpp": 1e300}}, "tpp"),
    ({"item": {**CHIP, "tpp": True}}, "tpp"),
    ({"item": {**CHIP, "tpp": 5000, "throughput": [{"bits": 8, "dense_tops": 600}]}}, "4800"),
    ({"item": {**CHIP, "eccn": "3A9999"}}, "eccn"),
    ({"item": {"name": "X", "kind": "gpu"}}, "kind"),
    ({"quantity": 0}, "quantity"),
    ({"parties": [{"role": "buyer"}]}, "role"),
    ({"parties": [{"role": "end_user", "hq": "CN"}]}, "hq"),
    ({"itme": "x"}, "item"),
]


@pytest.mark.parametrize(("change", "says"), REFUSED, ids=[str(next(iter(c.items())))[:50] for c, _ in REFUSED])
def test_bad_input_is_refused_with_the_place_and_the_remedy(change, says):
    with pytest.raises(BadInput) as caught:
        decide(rulebook(load_pack()), BASE | change)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_null_is_not_stated():
    answer = decide(rulebook(load_pack()), BASE | {"quantity": None, "value_usd": None, "item": {**CHIP, "tpp": None, "datacenter": None}})
    assert answer.outcome == "undetermined"
