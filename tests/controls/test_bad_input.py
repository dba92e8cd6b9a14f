"""Absurd and contradictory input: refused in one line that names the field, the value and the remedy."""

from __future__ import annotations

import json
import math

import pytest

from thalweg.controls import decide, rulebook
from thalweg.controls.items import _ITEM_FIELDS
from thalweg.evidence import BadInput
from thalweg.nouns import Item
from thalweg.pack import load_pack

PACK = load_pack()
BOOK = rulebook(PACK)
BASE = {"date": "2024-06-01", "item": "NVIDIA H100 SXM", "to": "CN"}
CHIP = {"name": "Example chip", "kind": "integrated_circuit"}
NUMBERS = [n for n in _ITEM_FIELDS if PACK.facts[n].type == "number"]


def refused(change, *says):
    with pytest.raises(BadInput) as caught:
        decide(BOOK, BASE | change)
    text = str(caught.value)
    assert "\n" not in text
    assert all(s in text for s in says), text


@pytest.mark.parametrize("field", NUMBERS)
@pytest.mark.parametrize("value", [-1, -0.001, math.nan, math.inf, -math.inf, 1e300, 10**40, True, False, "many", [1], {}], ids=repr)
def test_a_measure_that_is_no_measure_is_refused_by_its_name(field, value):
    assert field in Item.model_fields
    refused({"item": {**CHIP, field: value}}, field)


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, 1e300, True], ids=repr)
def test_a_quantity_that_is_no_quantity_is_refused(value):
    refused({"quantity": value}, "quantity")
    refused({"item": {"name": "s", "kind": "computer", "contains": [{"item": "NVIDIA L20", "quantity": value}]}}, "quantity")


@pytest.mark.parametrize("bits", [0, -8, 129, math.nan, True], ids=repr)
def test_a_bit_length_that_is_none_is_refused(bits):
    refused({"item": {**CHIP, "throughput": [{"bits": bits, "dense_tops": 600}]}}, "bits")


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, True, "half"], ids=repr)
def test_a_share_that_is_no_share_is_refused(value):
    refused({"parties": [{"role": "end_user", "owners": [{"name": "YMTC", "share": value}]}]}, "share")


@pytest.mark.parametrize(
    "name",
    sorted(f.name for f in PACK.facts.values() if f.type == "number" and f.of == "transaction" and f.name not in ("quantity", "value_usd")),
)
@pytest.mark.parametrize("value", [-1, math.nan, 1e300, True, "x"], ids=repr)
def test_a_stated_number_that_is_no_number_is_refused(name, value):
    refused({"facts": {name: value}}, f"facts.{name}")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        # names
        ({"item": "NVIDA H100 SXM"}, ("item 'NVIDA H100 SXM' is not in the catalogue", "'NVIDIA H100 SXM'")),
        ({"item": "H100"}, ("fits several entries", "NVIDIA H100 PCIe")),
        ({"item": {**CHIP, "kind": "chip"}}, ("kind", "'chip'")),
        ({"item": {**CHIP, "tppp": 1}}, ("tppp: unknown key", "'tpp'")),
        ({"item": {**CHIP, "eccn": "3Z999"}}, ("eccn", "'3Z999'")),
        ({"item": {"name": "s", "kind": "computer", "contains": [{"item": "NVIDIA L200", "quantity": 1}]}}, ("'NVIDIA L20'",)),
        ({"to": "Chian"}, ("to: 'Chian' is not a place", "'China'")),
        ({"to": "XX"}, ("to: 'XX' is not a place",)),
        ({"from": "Germny"}, ("from: 'Germny' is not a place", "'Germany'")),
        ({"activity": "re-export"}, ("activity", "'re-export'", "reexport")),
        ({"facts": {"datacentre": True}}, ("facts.datacentre: is not a declared fact", "'datacenter'")),
        ({"facts": {"exporter_role": "foundry"}}, ("facts.exporter_role: 'foundry' is not one of front_end_fabricator",)),
        ({"facts": {"datacenter": "perhaps"}}, ("facts.datacenter: 'perhaps' should be true or false",)),
        ({"facts": {"designer_headquarters": "Narnia"}}, ("facts.designer_headquarters: 'Narnia' is not a place",)),
        ({"facts": {"destination": "DE"}}, ("facts.destination: state it as a key of the transaction",)),
        ({"parties": [{"role": "enduser"}]}, ("role", "'enduser'")),
        ({"parties": [{"role": "end_user", "headquarter": "CN"}]}, ("parties.0.headquarter: unknown key", "'headquarters'")),
        ({"parties": [{"role": "end_user", "country": "Chian"}]}, ("parties.0.country: 'Chian' is not a place",)),
        ({"parties": [{"role": "end_user", "owners": [{"share": 1}]}]}, ("name",)),
        ({"partys": []}, ("partys: unknown key", "'parties'")),
        # dates
        ({"date": "2021-12-31"}, ("date: 2021-12-31 is before 2022-01-01",)),
        ({"date": "2024-02-30"}, ("date",)),
        ({"date": "01/06/2024"}, ("date",)),
        ({"date": None}, ("date",)),
        # contradictions
        (
            {"item": {**CHIP, "tpp": 5000, "throughput": [{"bits": 8, "dense_tops": 500}]}},
            ("item.tpp: 5000 is stated, but the throughput gives 4000",),
        ),
        (
            {"item": {**CHIP, "tpp": 4800, "die_area_mm2": 800, "performance_density": 5}},
            ("performance_density: 5 is stated, but TPP over die_area_mm2 gives 6",),
        ),
        ({"item": {**CHIP, "tpp": 4800}, "facts": {"tpp": 2400}}, ("facts.tpp: 2400 contradicts 4800",)),
        ({"item": {**CHIP, "planar": True}, "facts": {"planar": False}}, ("facts.planar", "contradicts")),
        # shapes
        ({"item": None}, ("item",)),
        ({"item": 5}, ("item",)),
        ({"item": []}, ("item",)),
        ({"facts": []}, ("facts",)),
        ({"parties": {"role": "end_user"}}, ("parties",)),
        ({"item": {**CHIP, "name": "x" * 401}}, ("name",)),
    ],
    ids=lambda v: json.dumps(v, default=repr)[:60] if isinstance(v, dict) else None,
)
def test_a_transaction_that_cannot_be_read_is_refused(change, says):
    refused(change, *says)


@pytest.mark.parametrize("whole", [None, [], "x", 3])
def test_a_transaction_is_an_object(whole):
    with pytest.raises(BadInput, match="a transaction is an object with item, to and date"):
        decide(BOOK, whole)


@pytest.mark.parametrize("left_out", ["date", "item", "to"])
def test_what_a_transaction_needs_is_said(left_out):
    with pytest.raises(BadInput, match=f"{left_out}: is missing"):
        decide(BOOK, {k: v for k, v in BASE.items() if k != left_out})


def test_items_nested_without_end_are_refused():
    item = {"name": "rack", "kind": "computer", "contains": [{"item": "NVIDIA L20"}]}
    for _ in range(12):
        item = {"name": "rack", "kind": "computer", "contains": [{"item": item}]}
    refused({"item": item}, "nested deeper than 8 levels")


def test_a_stated_value_within_rounding_of_the_computed_one_is_no_contradiction():
    chip = {
        **CHIP,
        "tpp": 4992,
        "throughput": [{"bits": 8, "dense_tops": 623.9}],
        "die_area_mm2": 826,
        "performance_density": 6.04,
        "datacenter": True,
    }
    assert decide(BOOK, BASE | {"item": chip}).classification == ["3A090.a"]


def test_a_market_stated_against_the_catalogue_is_taken_and_noted():
    answer = decide(BOOK, BASE | {"item": "NVIDIA L40", "facts": {"datacenter": False}})
    assert answer.outcome == "no_license_required"
    assert any("datacenter" in n and "catalogue" in n for n in answer.notes)


@pytest.mark.parametrize("said", ["China", "china", "PRC", "cn", " CN ", "Hong Kong", "HK"])
def test_a_place_may_be_named_in_words(said):
    party = {"role": "end_user", "country": said, "headquarters": said, "ultimate_parent_headquarters": said}
    assert decide(BOOK, BASE | {"to": said, "parties": [party]}).outcome == "license_required"


@pytest.mark.parametrize(
    "value", [0, 1_746_057_600, "1746057600", True, 1e300, "tomorrow", "2025-02-30", "２０２５-０１-０１", [], {}], ids=repr
)
def test_a_day_that_is_none_is_refused_with_how_to_write_it(value):
    refused({"date": value}, "date: ", "is not a date; write it as YYYY-MM-DD")
