"""Laws of the rulebook on random transactions: a few hundred in the fast suite, ten thousand under `slow`."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from thalweg.controls import decide, rulebook
from thalweg.controls.assemble import assemble
from thalweg.controls.program import Rulebook
from thalweg.controls.reading import read_transaction
from thalweg.controls.resolve import Resolver
from thalweg.controls.trace import why
from thalweg.controls.unknown import unknowns
from thalweg.evidence import OPEN_END
from thalweg.pack import load_pack
from thalweg.pack.language import walk

PACK = load_pack()
BOOK = rulebook(PACK)
FRESH = Rulebook(PACK)
PLACES = ["CN", "HK", "MO", "VN", "AE", "SA", "IL", "TW", "JP", "DE", "RU", "IQ", "KH", "MY", "IN", "BR", "US"]
CHIPS = [
    "NVIDIA H100 SXM",
    "NVIDIA H20",
    "NVIDIA H200 SXM",
    "NVIDIA L40",
    "NVIDIA RTX 4090",
    "NVIDIA L20",
    "NVIDIA A800",
    "AMD Instinct MI308X",
    "NVIDIA DGX H100",
    "HBM3 stack 6.4 Gb/s",
]
NAMES = [
    "Example Buyer",
    "G42",
    "Huawei Technologies Co., Ltd.",
    "Semiconductor Manufacturing International Corporation",
    "SKY BLUE BIRD AVIATION",
]
ECCNS = ["EAR99", "3A991", "3A992", "3B001.f.1", "3B993", "3B994", "3A101", "5A992", "3E001", "3D991"]
MEASURES = {
    "tpp": [0, 1599, 1600, 2399, 2400, 4799, 4800, 20999, 21000, 36000],
    "performance_density": [0, 1.59, 1.6, 3.19, 3.2, 5.91, 5.92, 20],
    "io_bandwidth_gb_s": [0, 149, 150, 599, 600, 1099, 1100],
    "dram_bandwidth_gb_s": [0, 600, 1399, 1400, 4800, 6499, 6500],
    "node_nm": [5, 16, 28],
    "transistors_bn": [10, 30, 34, 60],
}
STATED = [
    "subject_to_ear",
    "military_end_user",
    "supercomputer_end_use",
    "advanced_node_fab_end_use",
    "us_origin",
    "made_by_us_technology_plant",
    "third_party_us_test",
    "designer_attestation",
    "claims_rpl",
]
# The dates of coverage, and the days on either side of every change of the law.
DAYS = sorted({d + k for d in BOOK.breakpoints for k in (-1, 0) if d + k >= PACK.covers_from.toordinal()})
# One day for each stretch of the law that differs most; making the law of a day ready costs more than deciding a case.
FEW = [
    dt.date.fromisoformat(d).toordinal()
    for d in (
        "2022-09-15",
        "2023-06-01",
        "2024-01-15",
        "2024-06-01",
        "2024-12-15",
        "2025-02-01",
        "2025-06-15",
        "2025-10-15",
        "2026-02-01",
        "2026-08-01",
        "2026-11-10",
    )
]


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


def known(**values: Any) -> dict[str, Any]:
    return {k: v for k, v in values.items() if v is not None}


@st.composite
def parties(draw):
    owners = maybe(
        st.lists(
            st.builds(
                lambda n, s: {"name": n, "share": s}, st.sampled_from(["YMTC", "Example Holding"]), st.sampled_from([0.1, 0.5, None])
            ),
            max_size=2,
        )
    )
    place = maybe(st.sampled_from(PLACES))
    return known(
        role=draw(st.sampled_from(["end_user", "ultimate_consignee", "intermediate_consignee", "purchaser", "forwarder"])),
        name=draw(maybe(st.sampled_from(NAMES))),
        country=draw(place),
        headquarters=draw(place),
        ultimate_parent_headquarters=draw(place),
        owners=draw(owners),
    )


@st.composite
def circuits(draw):
    measures = {k: draw(maybe(st.sampled_from(v))) for k, v in MEASURES.items()}
    return known(
        name="Example chip",
        kind="integrated_circuit",
        datacenter=draw(maybe(st.booleans())),
        designer_headquarters=draw(maybe(st.sampled_from(PLACES))),
        **measures,
    )


@st.composite
def servers(draw):
    inside = draw(st.lists(st.one_of(st.sampled_from(CHIPS[:8]), circuits()), min_size=1, max_size=3))
    return {"name": "Example server", "kind": "computer", "contains": [{"item": i, "quantity": 1} for i in inside]}


@st.composite
def others(draw):
    kind = draw(st.sampled_from(["equipment", "software", "technology", "other", "hbm", "model_weights"]))
    return known(
        name="Example item",
        kind=kind,
        eccn=draw(maybe(st.sampled_from(ECCNS))) if kind not in ("hbm", "model_weights") else None,
        hbm_density_gb_s_mm2=draw(maybe(st.sampled_from([2.0, 2.1, 3.3]))) if kind == "hbm" else None,
        training_operations=draw(maybe(st.sampled_from([9e25, 1e26, 2e26]))) if kind == "model_weights" else None,
        weights_published=draw(maybe(st.booleans())) if kind == "model_weights" else None,
    )


@st.composite
def transactions(draw, days):
    return known(
        date=dt.date.fromordinal(draw(st.sampled_from(days))).isoformat(),
        activity=draw(st.sampled_from(["export", "export", "reexport", "transfer", "deemed_export", "remote_access"])),
        item=draw(st.one_of(st.sampled_from(CHIPS), circuits(), servers(), others())),
        to=draw(st.sampled_from(PLACES)),
        **{"from": draw(maybe(st.sampled_from(["US", "SG", "CN"])))},
        quantity=draw(maybe(st.sampled_from([1, 5000]))),
        exporter=draw(
            maybe(st.sampled_from([{"name": "NVIDIA Corporation", "country": "US"}, {"name": "Example Exporter Inc", "country": "US"}]))
        ),
        parties=draw(maybe(st.lists(parties(), min_size=1, max_size=3))),
        facts=draw(st.dictionaries(st.sampled_from(STATED), st.booleans(), max_size=2)),
    )


def said(answer):
    """What an answer decides."""
    return (
        answer.outcome,
        answer.codified_outcome,
        answer.review_policy,
        tuple(answer.classification),
        tuple(sorted(e.exception for e in answer.exceptions if e.available)),
    )


def resolved(transaction, axis="enforced"):
    return Resolver(BOOK, assemble(PACK, read_transaction(transaction)), axis, OPEN_END).resolve()


def values_of(name):
    """Return values of a fact on both sides of everything that rules name."""
    fact = PACK.facts[name]
    if fact.type == "boolean":
        return [True, False]
    if fact.type == "enum":
        return list(fact.values)
    if fact.type == "place":
        return ["CN", "MO", "VN", "SA", "DE", "JP", "TW", "SG", "US", "RU", "AE", "BR", "KH"]
    edges = {
        node[3][1]
        for rule in PACK.rules.values()
        for version in rule.versions
        for ast in (version.when, version.unless or ["const", False])
        for node in walk(ast)
        if node[0] == "cmp" and node[2] == ["fact", name] and node[3][0] == "lit"
    }
    return sorted({0.0, 1.0, *edges, *(e * 0.999 for e in edges), *(e * 1.001 for e in edges)})


def unstated(transaction):
    """Return the facts of the transaction and its item that are neither stated, derived nor presumed, as (name, ...)."""
    case = assemble(PACK, read_transaction(transaction))
    never = {
        "subject_to_ear",
        "eccn",
        "item_name",
        "kind",
        "transaction_date",
        "activity",
        "destination",
        "export_from",
        "quantity",
        "value_usd",
        "tpp",
        "throughput_tops",
        "performance_density",
    }
    return [
        f.name
        for f in PACK.facts.values()
        if f.of in ("transaction", "item")
        and f.type in ("boolean", "enum", "number", "place")
        and f.if_unstated is None
        and f.name not in never
        and f.name not in case.tx
        and f.name not in case.item
        and not case.minimum.get(("item", f.name))
        and f.name not in case.disputed
    ]


def with_fact(transaction, name, value):
    return transaction | {"facts": {**transaction.get("facts", {}), name: value}}


def a_new_fact_never_changes_a_determined_outcome(transaction, data):
    first = decide(BOOK, transaction)
    assume(first.outcome != "undetermined")
    open_facts = unstated(transaction)
    assume(open_facts)
    name = data.draw(st.sampled_from(open_facts))
    value = data.draw(st.sampled_from(values_of(name)))
    assert decide(BOOK, with_fact(transaction, name, value)).outcome == first.outcome, (name, value)


def a_fact_that_is_not_asked_for_changes_nothing(transaction, data):
    first = decide(BOOK, transaction)
    assume(not any("Too many" in q for q in first.open_questions))
    asked = {m.fact for m in first.missing_facts}
    quiet = [n for n in unstated(transaction) if PACK.facts[n].asked_as not in asked]
    assume(quiet)
    name = data.draw(st.sampled_from(quiet))
    one, two = data.draw(st.lists(st.sampled_from(values_of(name)), min_size=2, max_size=2, unique=True))
    told = [decide(BOOK, with_fact(transaction, name, v)) for v in (one, two)]
    counted = [0, 1, 2] if first.codified_outcome != "undetermined" else [0, 2]  # what only the text asks is not asked for
    assert len({tuple(said(d)[i] for i in counted) for d in (first, *told)}) == 1, (name, one, two)


def truth_only_sharpens(transaction, data):
    open_facts = unstated(transaction)
    assume(open_facts)
    name = data.draw(st.sampled_from(open_facts))
    value = data.draw(st.sampled_from(values_of(name)))
    for axis in ("enforced", "text"):
        before, after = resolved(transaction, axis).root, resolved(with_fact(transaction, name, value), axis).root
        for step in before.program.deciding():
            if before.truth[step.index] != 1 and step.rule.kind in ("classification", "presumption", "requirement", "jurisdiction"):
                assert after.truth[step.index] == before.truth[step.index], (step.rule.id, name, value)


def the_trace_agrees_with_the_closures(transaction, _):
    for axis in ("enforced", "text"):
        found = resolved(transaction, axis).root
        for step in (*found.program.deciding(), *found.program.beside):
            assert why(found.program.compiler, found.environment, step)[0] == step.test(found.environment), step.rule.id


def only_open_rules_wait_for_facts(transaction, _):
    for axis in ("enforced", "text"):
        found = resolved(transaction, axis).root
        for step in found.program.deciding():
            waits = unknowns(found.program, found.environment, [step])
            assert not waits if step.test(found.environment) != 1 else waits or step.reads, step.rule.id


def order_does_not_matter(transaction, data):
    turned = dict(transaction)
    if transaction.get("parties"):
        turned["parties"] = data.draw(st.permutations(transaction["parties"]))
    if isinstance(transaction["item"], dict) and "contains" in transaction["item"]:
        turned["item"] = {**transaction["item"], "contains": data.draw(st.permutations(transaction["item"]["contains"]))}
    assert said(decide(BOOK, transaction)) == said(decide(BOOK, turned))


def hong_kong_is_china(transaction, _):
    text = json.dumps(transaction)
    china, hong_kong = json.loads(text.replace('"HK"', '"CN"')), json.loads(text.replace('"CN"', '"HK"'))
    assert said(decide(BOOK, china)) == said(decide(BOOK, hong_kong))


def codified_equals_enforced_where_their_windows_agree(transaction, _):
    day = dt.date.fromisoformat(transaction["date"]).toordinal()
    assume(BOOK.same_law(day))
    enforced, codified = resolved(transaction, "enforced"), resolved(transaction, "text")
    assert enforced.outcome == codified.outcome
    assert {s.rule.id for s in enforced.root.program.deciding() if enforced.root.truth[s.index]} == {
        s.rule.id for s in codified.root.program.deciding() if codified.root.truth[s.index]
    }


def the_same_question_gets_the_same_bytes(transaction, _):
    again = json.loads(json.dumps(transaction, sort_keys=True))
    first, second = decide(BOOK, transaction), decide(BOOK, again)
    assert first.model_dump_json() == second.model_dump_json()
    assert first.explain() == second.explain()


def only_like_cases_share_a_tree(transaction, _):
    for compiler in FRESH._compilers.values():
        compiler.trees.clear()
    assert decide(BOOK, transaction).model_dump_json() == decide(FRESH, transaction).model_dump_json()


LAWS = [
    a_new_fact_never_changes_a_determined_outcome,
    a_fact_that_is_not_asked_for_changes_nothing,
    truth_only_sharpens,
    the_trace_agrees_with_the_closures,
    only_open_rules_wait_for_facts,
    order_does_not_matter,
    hong_kong_is_china,
    codified_equals_enforced_where_their_windows_agree,
    the_same_question_gets_the_same_bytes,
    only_like_cases_share_a_tree,
]
LAX = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(max_examples=25, suppress_health_check=LAX)
@given(transaction=transactions(FEW), data=st.data())
def test_a_law_holds(law, transaction, data):
    law(transaction, data)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(max_examples=1250, suppress_health_check=LAX)
@given(transaction=transactions(DAYS), data=st.data())
def test_a_law_holds_ten_thousand_times_over_all(law, transaction, data):
    law(transaction, data)


def test_the_days_drawn_hold_the_changes_of_the_law():
    assert len(DAYS) > 50
    assert all(a < b for a, b in pairwise(DAYS))
