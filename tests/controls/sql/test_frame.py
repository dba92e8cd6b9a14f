from __future__ import annotations

import datetime as dt

import pytest

from thalweg.controls import rulebook
from thalweg.controls.sql import facts_frame
from thalweg.evidence import BadInput
from thalweg.nouns import name_key
from thalweg.pack import load_pack

BOOK = rulebook(load_pack())
SALE = {"date": "2025-06-15", "item": "NVIDIA H100 SXM", "from": "US", "to": "Hong Kong", "exporter": {"name": "Example Exporter Inc"}}


def rows(table, **wanted):
    return [r for r in table.iter_rows(named=True) if all(r[k] == v for k, v in wanted.items())]


def test_facts_stand_as_the_engine_reads_them():
    tables = facts_frame(BOOK, [{**SALE, "facts": {"claims_gov": True}}])
    [found] = tables.transactions.iter_rows(named=True)
    assert (found["transaction_date"], found["destination"], found["claims_gov"]) == (dt.date(2025, 6, 15), "CN", True)
    assert found["tpp"] > 4800
    assert found["contents_known"] is True


def test_what_is_presumed_is_left_to_the_script():
    [found] = facts_frame(BOOK, [SALE]).transactions.iter_rows(named=True)
    presumed = [f.name for f in BOOK.pack.facts.values() if f.if_unstated is not None and f.of == "transaction"]
    assert presumed
    assert [found[name] for name in presumed] == [None] * len(presumed)


def test_every_party_has_its_row_with_the_key_of_its_name():
    tables = facts_frame(BOOK, [{**SALE, "parties": [{"role": "end_user", "name": "O'Brien Ltd"}, {"role": "purchaser"}]}])
    assert {r["role"] for r in rows(tables.parties)} == {"end_user", "purchaser", "exporter", "designer"}
    assert rows(tables.parties, role="end_user")[0]["name_key"] == name_key("O'Brien Ltd")
    assert rows(tables.parties, role="purchaser")[0]["name_key"] is None


def test_a_server_has_a_row_for_what_it_contains():
    tables = facts_frame(BOOK, [{**SALE, "item": "NVIDIA DGX H100"}])
    assert {"integrated_circuit"} <= {r["kind"] for r in rows(tables.components)}


def test_a_transaction_without_an_id_gets_its_number():
    assert facts_frame(BOOK, [{**SALE, "id": "a"}, SALE]).transactions["transaction_id"].to_list() == ["a", "2"]


def test_an_id_stands_for_one_transaction():
    with pytest.raises(BadInput, match="id: 'a' stands for two transactions; give each its own"):
        facts_frame(BOOK, [{**SALE, "id": "a"}, {**SALE, "id": "a"}])


def test_what_is_refused_is_told_and_left_out():
    refused = []
    tables = facts_frame(BOOK, [SALE, {**SALE, "item": "NVIDIA H2O"}], refused=refused.append)
    assert tables.transactions.height == 1
    assert "NVIDIA H2O" in str(refused[0])


def test_no_transactions_are_three_empty_tables():
    assert [t.height for t in facts_frame(BOOK, [])] == [0, 0, 0]
