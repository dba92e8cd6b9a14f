"""The pages on transactions, determinations and rule files name every key, field and kind there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from thalweg.controls import determination
from thalweg.nouns import transaction
from thalweg.pack import schema

ROOT = Path(__file__).resolve().parent.parent
PAGES = {name: (ROOT / f"docs/reference/{name}.md").read_text(encoding="utf-8") for name in ("transaction", "determination", "rule-files")}
ANSWERS = [m for m in vars(determination).values() if isinstance(m, type) and issubclass(m, determination._Frozen) and m.model_fields]
SENT = [transaction.Transaction, transaction.Item, transaction.Party]
SHIPPED = re.findall(r'--8<-- "([^":]+)', PAGES["rule-files"])


def in_tables(page):
    """The names in the first column of every table of a page."""
    cells = re.findall(r"^\| ([^|]*) \|", page, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize("model", ANSWERS, ids=lambda m: m.__name__)
def test_every_field_of_an_answer_is_in_a_table(model):
    assert model.model_fields.keys() <= in_tables(PAGES["determination"])


def test_no_table_names_a_field_that_answers_do_not_have():
    top = PAGES["determination"].partition("## Fields")[2].partition("### ")[0]
    assert in_tables(top) == set(determination.Determination.model_fields)


@pytest.mark.parametrize("model", SENT, ids=lambda m: m.__name__)
def test_every_key_of_a_transaction_is_in_a_table(model):
    before_facts = PAGES["transaction"].partition("## Declared facts")[0]
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert keys <= in_tables(before_facts)


@pytest.mark.parametrize("values", [transaction.Activity, transaction.Kind, transaction.Role], ids=["activity", "kind", "role"])
def test_every_value_of_a_key_is_named(values):
    for value in get_args(values):
        assert f"`{value}`" in PAGES["transaction"]


def test_every_kind_of_rule_has_an_example_from_the_pack():
    kinds = {yaml.load((ROOT / path).read_text(encoding="utf-8"), yaml.CSafeLoader)["kind"] for path in SHIPPED}
    assert kinds == set(get_args(schema.RuleKind))


def test_every_treatment_and_scope_in_the_table_of_reasons_is_explained():
    rows = (ROOT / "src/thalweg/knowledge/regimes/us-ear/774/ccl_reasons.csv").read_text(encoding="utf-8").splitlines()
    columns = rows[0].split(",")
    named = in_tables(PAGES["rule-files"].partition("## Reasons for control")[2])
    used = {row.split(",")[columns.index("treatment")] for row in rows[1:]}
    scopes = {row.split(",")[columns.index("scope_kind")] for row in rows[1:]}
    assert {*columns, *used, *scopes} <= named
