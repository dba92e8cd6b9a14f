"""Laws that every decision obeys, on random transactions."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.controls import decide, rulebook
from thalweg.controls.assemble import assemble
from thalweg.controls.reading import read_transaction
from thalweg.controls.resolve import Resolver
from thalweg.controls.trace import why
from thalweg.evidence import OPEN_END
from thalweg.pack import load_pack

PACK = load_pack()
BOOK = rulebook(PACK)
PLACES = st.sampled_from(["CN", "HK", "MO", "VN", "AE", "SA", "IL", "TW", "JP", "DE", "RU", "KP", "IR", "KH", "MY", "US"])
CHIPS = [
    "NVIDIA H100 SXM",
    "NVIDIA H20",
    "NVIDIA L40",
    "NVIDIA RTX 4090",
    "NVIDIA L20",
    "AMD Instinct MI308X",
    "NVIDIA DGX H100",
    "NVIDIA A800",
]
DATES = st.dates(PACK.covers_from, PACK.covers_from.replace(year=2027))


@st.composite
def parties(draw):
    party = {
        "role": draw(st.sampled_from(["end_user", "ultimate_consignee", "purchaser"])),
        "name": draw(st.sampled_from(["Example Buyer", "G42", "Huawei Technologies Co., Ltd."])),
    }
    for key in ("country", "headquarters", "ultimate_parent_headquarters"):
        if draw(st.booleans()):
            party[key] = draw(PLACES)
    return party


@st.composite
def described(draw):
    edges = [1599, 1600, 2399, 2400, 4799, 4800, 20999, 21000]
    item = {"name": "Example chip", "kind": "integrated_circuit"}
    for key, values in {
        "tpp": edges,
        "performance_density": [1.59, 1.6, 3.2, 5.92],
        "io_bandwidth_gb_s": [599, 600, 1100],
        "dram_bandwidth_gb_s": [1399, 1400, 6500],
    }.items():
        if draw(st.booleans()):
            item[key] = draw(st.sampled_from(values))
    if draw(st.booleans()):
        item["datacenter"] = draw(st.booleans())
    return item


@st.composite
def transactions(draw):
    return {
        "date": draw(DATES),
        "activity": draw(st.sampled_from(["export", "reexport", "transfer", "deemed_export", "remote_access"])),
        "item": draw(st.one_of(st.sampled_from(CHIPS), described())),
        "to": draw(PLACES),
        "from": draw(st.sampled_from(["US", "SG"])),
        "parties": draw(st.lists(parties(), min_size=1, max_size=3)),
    }


def same(a, b):
    keep = ("outcome", "codified_outcome", "classification", "review_policy")
    return all(getattr(a, k) == getattr(b, k) for k in keep)


def with_places(transaction, old, new):
    return json.loads(json.dumps(transaction, default=str).replace(f'"{old}"', f'"{new}"'))


@settings(max_examples=60)
@given(transactions())
def test_hong_kong_is_china(transaction):
    assert same(decide(BOOK, with_places(transaction, "CN", "HK")), decide(BOOK, with_places(transaction, "HK", "CN")))


@settings(max_examples=60)
@given(transactions())
def test_the_order_of_parties_does_not_matter(transaction):
    turned = transaction | {"parties": list(reversed(transaction["parties"]))}
    assert same(decide(BOOK, transaction), decide(BOOK, turned))


@settings(max_examples=40)
@given(transactions())
def test_the_same_transaction_gives_the_same_bytes(transaction):
    assert decide(BOOK, transaction).model_dump_json() == decide(BOOK, transaction).model_dump_json()


@settings(max_examples=60)
@given(transactions(), st.sampled_from(["headquarters", "ultimate_parent_headquarters"]), PLACES)
def test_a_fact_that_was_unknown_never_changes_a_determined_outcome(transaction, key, place):
    first = decide(BOOK, transaction)
    told = transaction | {"parties": [{**p, key: p.get(key, place)} for p in transaction["parties"]]}
    if first.outcome != "undetermined":
        assert decide(BOOK, told).outcome == first.outcome


@settings(max_examples=60)
@given(transactions())
def test_the_trace_agrees_with_the_closures(transaction):
    case = assemble(PACK, read_transaction(transaction))
    for axis in ("enforced", "text"):
        found = Resolver(BOOK, case, axis, OPEN_END).resolve().root
        for step in found.program.deciding():
            assert why(found.program.compiler, found.environment, step)[0] == step.test(found.environment), step.rule.id


def test_an_empty_overlay_changes_nothing(tmp_path):
    from thalweg.pack.overlay import overlay

    (tmp_path / "overlay.yaml").write_text("id: empty\ntitle: Nothing at all\nkind: what_if\n", encoding="utf-8")
    laid = rulebook(overlay(PACK, tmp_path))
    for chip in CHIPS:
        transaction = {"date": "2025-06-01", "item": chip, "to": "CN"}
        assert same(decide(BOOK, transaction), decide(laid, transaction))
