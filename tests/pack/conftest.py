"""A small knowledge folder that each test bends in one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = """name: small
version: 1.0.0
title: A small pack
license: CC-BY-4.0
covers_from: 2022-01-01
regimes:
  us-ear: {title: EAR, verified_through: 2026-10-02}
"""
FACT = (
    "- {{name: {name}, of: {of}, type: {type}, meaning: what it says, question: 'What is it?', source: {{citation: 15 CFR 772}}{more}}}\n"
)
FACTS = "".join(
    FACT.format(name=name, of=of, type=kind, more=more)
    for name, of, kind, more in [
        ("kind", "item", "enum", ", values: [integrated_circuit, computer, hbm, model_weights, equipment, software, technology, other]"),
        ("item_name", "item", "text", ""),
        ("eccn", "item", "text", ""),
        ("tpp", "item", "number", ""),
        ("datacenter", "item", "boolean", ""),
        ("destination", "transaction", "place", ""),
        ("export_from", "transaction", "place", ""),
        ("transaction_date", "transaction", "date", ""),
        ("role", "party", "enum", ", values: [end_user, exporter, designer]"),
        ("headquarters", "party", "place", ""),
    ]
)
PLACES = "code,name,aliases,chart_row\nCN,China,PRC,China\nDE,Germany,,Germany\nNO,Norway,,Norway\n"
GROUPS = "group,place,from,to,citation,url,basis,note\nD:5,CN,,,740 Supp. 1,,primary,\nA:5,DE,,,740 Supp. 1,,primary,\n"
RULE = """id: {id}
kind: {kind}
title: A rule of the small pack
{keys}
versions:
  - text: {{from: 2023-11-17, to: }}
    when: {when}
    sources: [{{citation: 88 FR 73458}}]
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder that compiles: one class, one requirement."""
    root = tmp_path / "knowledge"
    (root / "facts").mkdir(parents=True)
    (root / "places").mkdir()
    (root / "pack.yaml").write_text(HEAD, encoding="utf-8")
    (root / "facts" / "facts.yaml").write_text(FACTS, encoding="utf-8")
    (root / "places" / "places.csv").write_text(PLACES, encoding="utf-8")
    (root / "places" / "groups.csv").write_text(GROUPS, encoding="utf-8")
    write_rule(root, "us-ear/774/3A090.a", "classification", "assigns: 3A090.a", "kind = 'integrated_circuit' AND tpp >= 4800")
    write_rule(root, "us-ear/742/6", "requirement", "reason: RS", "classified('3A090.a') AND in_group(destination, 'D:5')")
    return root


def write_rule(root: Path, identity: str, kind: str, keys: str, when: str) -> Path:
    path = root / "regimes" / f"{identity}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RULE.format(id=identity, kind=kind, keys=keys, when=f'"{when}"'), encoding="utf-8")
    return path


@pytest.fixture
def add_rule(small: Path) -> Callable[[str, str, str, str], Path]:
    """Add a rule to the small folder: id, kind, own keys, condition."""
    return lambda identity, kind, keys, when: write_rule(small, identity, kind, keys, when)
