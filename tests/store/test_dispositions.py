"""Reviewers' decisions: kept in order, never changed, and lapsed when either side changes."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from thalweg.store import StoreError, content_hash, query_hash
from thalweg.store.tables import dispositions

NOON = dt.datetime(2026, 8, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))
QUERY = {"name": "Sugon Trading", "country": "DE", "birth_date": None, "aliases": []}


@pytest.fixture
def decide(store, entry):
    """Record a decision on the query and an entry of the Entity List."""

    def record(decision="cleared", listed=None, query=QUERY, **options):
        listed = listed or entry("Sugon", "e1")
        given = {"reason": "another address", "who": "A. Reviewer", "when": NOON} | options
        return store.dispose(
            query="customer 7",
            query_hash=query_hash(query),
            list_id=listed.list,
            entry_id=listed.entry_id,
            entry_hash=content_hash(listed),
            decision=decision,
            **given,
        )

    return record


def test_a_decision_says_who_when_and_why_and_holds_while_both_sides_stay(store, entry, decide):
    decide()
    (made,) = store.dispositions(query="customer 7")
    assert (made.decision, made.who, made.reason, made.at) == ("cleared", "A. Reviewer", "another address", "2026-08-01T10:00:00+00:00")
    assert made.lapsed(query_hash(QUERY), content_hash(entry("Sugon", "e1"))) == ""


@pytest.mark.parametrize(
    ("query", "remarks", "why"),
    [
        ({**QUERY, "country": "CN"}, "", "the query changed since"),
        (QUERY, "new address", "the entry changed since"),
        ({**QUERY, "country": "CN"}, "new address", "the query and the entry changed since"),
    ],
)
def test_it_lapses_when_either_side_changes(entry, decide, query, remarks, why):
    assert decide().lapsed(query_hash(query), content_hash(entry("Sugon", "e1", remarks=remarks))) == why


def test_it_lapses_when_the_entry_is_gone(decide):
    assert decide().lapsed(query_hash(QUERY), None) == "the entry is no longer on the list"


def test_it_does_not_lapse_when_only_the_reader_s_own_words_change(entry, decide):
    listed = entry("Sugon", "e1", note="no listing date", url="https://old")
    again = entry("Sugon", "e1", listed_on=dt.date(2019, 6, 24), listed_basis="notice", url="https://new")
    assert decide(listed=listed).lapsed(query_hash(QUERY), content_hash(again)) == ""


def test_unstated_fields_and_their_order_do_not_count_in_a_query():
    assert query_hash(QUERY) == query_hash({"country": "DE", "name": "Sugon Trading", "address": ""})
    assert query_hash(QUERY) != query_hash({**QUERY, "name": "Sugon"})


def test_the_last_decision_stands_and_all_are_kept(store, entry, decide):
    decide()
    decide("confirmed", reason="the same address after all")
    decide("withdrawn", reason="to be looked at again")
    assert [d.decision for d in store.dispositions(list_id="entity_list", entry_id="e1")] == ["cleared", "confirmed", "withdrawn"]
    last = store.standing_dispositions()["customer 7", "entity_list", "e1"]
    assert last.lapsed(query_hash(QUERY), content_hash(entry("Sugon", "e1"))) == "withdrawn"


@pytest.mark.parametrize("change", [sa.update(dispositions).values(decision="confirmed"), sa.delete(dispositions)])
def test_no_decision_can_be_changed_or_deleted(store, decide, change):
    decide()
    with pytest.raises(StoreError, match="can be added to and not changed"), store._writing() as connection:
        connection.execute(change)
    assert [d.decision for d in store.dispositions()] == ["cleared"]


@pytest.mark.parametrize("gap", [{"who": " "}, {"reason": ""}, {"decision": "maybe"}, {"when": dt.datetime(2026, 1, 1)}])  # noqa: DTZ001
def test_a_decision_without_who_why_what_or_when_is_refused(store, decide, gap):
    with pytest.raises(StoreError):
        decide(**gap)
    assert store.dispositions() == ()
