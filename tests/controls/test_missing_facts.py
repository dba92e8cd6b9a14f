"""A fact that is asked for can change the answer: two of its values are found between which the answer differs."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from thalweg.controls import decide, rulebook
from thalweg.nouns import Item
from thalweg.pack import load_pack
from thalweg.pack.language import walk
from thalweg.pack.reader import read_yaml

FOLDER = Path(__file__).resolve().parent.parent / "cases"
PACK = load_pack()
BOOK = rulebook(PACK)
REAL = {f.asked_as: f.name for f in PACK.facts.values()}
PLACES = ["CN", "MO", "VN", "SA", "DE", "JP", "TW", "SG", "US", "RU", "AE", "BR"]
NAMES = [
    "Example Buyer",
    "G42",
    "NVIDIA Corporation",
    "Taiwan Semiconductor Manufacturing Company Limited",
    "Synopsys, Inc.",
    "UAE Armed Forces",
    "Qualcomm Incorporated",
]
ECCNS = ["EAR99", "3A090.a", "3A991", "3A101", "3A001.z.2.a", "3A001.a.5.a", "3B001.f.1", "5A980", "3E905"]
TRIES = 300
# One case for each way of not knowing; the case table holds their reasons and sources.
ASKING = [
    "classes-2022:performance-unknown-and-rate-high",
    "classes-2023:market-unknown-above-4800",
    "classes-2023:density-unknown-in-the-middle",
    "classes-2023:nothing-known",
    "memory:stack-of-unknown-area",
    "headquarters:parent-not-stated",
    "headquarters:no-party-at-all",
    "headquarters:lower-tier-parent-unknown",
    "uae:nobody-named",
    "h200:not-said-third-party-us-test",
    "h200:not-said-china-volume-share",
    "h200:bandwidth-not-known",
    "affiliates:share-not-known",
    "jurisdiction:nothing-said",
    "country-chart:eccn-not-stated",
    "country-chart:paragraph-not-stated",
    "diffusion:parent-unknown",
    "what-is-not-known:rtx-6000-ada-market",
]


def transaction_of(identity: str) -> dict[str, Any]:
    topic, _, name = identity.partition(":")
    table = read_yaml(FOLDER / f"{topic}.yaml").data
    return {**table["every"], **next(c["transaction"] for c in table["cases"] if c["id"] == name)}


def said(answer: Any) -> tuple[Any, ...]:
    usable = tuple(sorted(e.exception for e in answer.exceptions if e.available))
    return (answer.outcome, answer.codified_outcome, answer.review_policy, tuple(answer.classification), usable)


def values_of(asked: Any) -> list[Any]:
    """Return values on both sides of everything that rules name of a fact."""
    if asked.fact in ("name", "exporter"):
        return NAMES
    name = REAL.get(asked.fact, asked.fact)
    fact = PACK.facts[name]
    if name == "eccn":
        return ECCNS
    if name == "quantity":
        return [1, 100, 100_000]
    if fact.type == "boolean":
        return [True, False]
    if fact.type == "enum":
        return list(fact.values)
    if fact.type == "place":
        return PLACES
    edges = {
        node[3][1]
        for rule in PACK.rules.values()
        for version in rule.versions
        for node in walk(version.when)
        if node[0] == "cmp" and node[2] == ["fact", name] and node[3][0] == "lit" and isinstance(node[3][1], float)
    }
    return sorted({1e-9, *edges, *(e * 0.99 for e in edges), *(e * 1.01 for e in edges)})


def told(transaction: dict[str, Any], asked: Any, value: Any) -> dict[str, Any]:
    """State a fact where the answer says it is to be stated."""
    place = re.fullmatch(r"parties\[(\d+)\]\.(\w+)", asked.state_as)
    if place:
        parties = [dict(p) for p in transaction.get("parties") or [{"role": "end_user", "country": transaction["to"]}]]
        index = int(place[1])
        if index < len(parties):
            parties[index][place[2]] = value
        else:
            stated = transaction.get("exporter") or {}
            parties.append({"role": asked.of, **{k: v for k, v in stated.items() if k in ("name", "country")}, place[2]: value})
        return transaction | {"parties": parties}
    where, _, name = asked.state_as.partition(".")
    if where == "exporter":
        return transaction | {"exporter": {"name": value, "country": "US"}}
    if where == "item" and isinstance(transaction["item"], dict) and name in Item.model_fields:
        return transaction | {"item": transaction["item"] | {name: value}}
    if where in ("quantity", "from"):
        return transaction | {where: value}
    return transaction | {"facts": {**transaction.get("facts", {}), name: value}}


def differing_values(transaction: dict[str, Any], missing: list[Any], asked: Any) -> tuple[Any, Any] | None:
    """Search for a completion of the other unknown facts, all or some of them, in which two values of one fact differ."""
    chance = random.Random(asked.fact)  # noqa: S311  (a search, repeatable)
    others = [m for m in missing if m is not asked]
    for attempt in range(TRIES):
        whole = transaction
        for other in others:
            if attempt and chance.random() < 0.8:
                whole = told(whole, other, chance.choice(values_of(other)))
        found: dict[Any, Any] = {}
        for value in values_of(asked):
            found.setdefault(said(decide(BOOK, told(whole, asked, value))), value)
            if len(found) > 1:
                first, second = list(found.values())[:2]
                return first, second
    return None


@pytest.mark.parametrize("identity", ASKING)
def test_what_is_asked_for_can_change_the_answer(identity):
    transaction = transaction_of(identity)
    missing = [m for m in decide(BOOK, transaction).missing_facts if m.fact != "contains" and m.of != "component"]
    assert missing
    idle = [f"{m.fact} of {m.of}" for m in missing if differing_values(transaction, missing, m) is None]
    assert not idle, f"asked for, but no two values were found that differ: {idle}"


def test_the_facts_that_decide_the_outcome_come_first():
    answer = decide(BOOK, transaction_of("classes-2023:nothing-known"))
    decides = [("outcome" in m.decides) for m in answer.missing_facts]
    assert decides == sorted(decides, reverse=True)
    assert answer.missing_facts[0].question.endswith("?")
