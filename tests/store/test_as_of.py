"""A list as of a day: from the copy before it, the copy after it, and the listing dates."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.store import StoreError


def day(text):
    return dt.date.fromisoformat(text)


def listed(entry, name, date, **fields):
    return entry(name, listed_on=day(date), listed_basis="list", **fields)


@pytest.fixture
def two_copies(store, entry, load):
    """The Entity List of two days: what stayed, what went, what came with and without a date."""
    load(store, "2022-05-16", listed(entry, "Stays", "2019-05-16"), listed(entry, "Goes", "2020-01-01"))
    load(
        store,
        "2026-07-31",
        listed(entry, "Stays", "2019-05-16"),
        listed(entry, "Came in 2023", "2023-10-17"),
        listed(entry, "Came in 2025", "2025-03-25"),
        entry("Came without a date"),
    )
    return store


def test_on_the_day_of_a_copy_it_is_that_copy(two_copies, names):
    assert names(two_copies, "2022-05-16") == ["Goes", "Stays"]
    assert two_copies.as_of("entity_list", day("2022-05-16")).coverage.note == ""


def test_between_two_copies_what_the_later_one_dates_before_the_day_is_included(two_copies, names):
    found = two_copies.as_of("entity_list", day("2024-06-01"))
    assert names(two_copies, "2024-06-01") == ["Came in 2023", "Came without a date", "Goes", "Stays"]
    assert found.unknown == {"Came without a date"}
    assert [e.name for e in found.known().entries] == ["Came in 2023", "Goes", "Stays"]
    cover = found.coverage
    assert (cover.data_date, cover.next_date, cover.rows) == (day("2022-05-16"), day("2026-07-31"), 4)
    assert (cover.from_next, cover.unknown, cover.removed_by_next) == (1, 1, 1)
    assert "lies between the copies of 2022-05-16 and 2026-07-31" in cover.note
    assert "may have been removed by then: 1 entry" in cover.note
    assert not cover.before_first
    assert not cover.beyond_last


def test_before_the_first_copy_listing_dates_decide_and_the_note_says_what_cannot_be_seen(two_copies, names):
    found = two_copies.as_of("entity_list", day("2019-12-31"))
    assert names(two_copies, "2019-12-31") == ["Stays"]
    assert found.coverage.before_first
    assert "what was removed before it cannot be seen" in found.coverage.note


def test_before_the_first_copy_an_entry_without_a_date_is_neither_listed_nor_not(store, entry, load):
    load(store, "2024-01-01", entry("Undated"), listed(entry, "Later", "2023-06-01"))
    found = store.as_of("entity_list", day("2020-01-01"))
    assert [e.name for e in found.copy.entries] == ["Undated"]
    assert found.unknown == {"Undated"}
    assert "nothing says whether they stood: 1 entry" in found.coverage.note


def test_after_the_last_copy_the_note_says_how_old_it_is(two_copies, names):
    found = two_copies.as_of("entity_list", day("2026-08-10"))
    assert names(two_copies, "2026-08-10") == ["Came in 2023", "Came in 2025", "Came without a date", "Stays"]
    assert found.coverage.beyond_last
    assert "the last copy is of 2026-07-31, 10 days before 2026-08-10" in found.coverage.note


def test_an_entry_listed_after_the_day_is_left_out(store, entry, load, names):
    load(store, "2024-01-01", entry("Stands"), listed(entry, "Announced", "2024-03-01"))
    assert names(store, "2024-02-01") == ["Stands"]
    assert names(store, "2024-03-01") == ["Announced", "Stands"]
    assert store.as_of("entity_list", day("2024-02-01")).coverage.not_yet == 1


def test_an_order_that_ran_out_after_the_copy_is_left_out_and_counted(store, entry, load, names):
    load(store, "2024-01-01", entry("For good"), entry("Denied to June", ends_on=day("2024-06-30")))
    assert names(store, "2024-06-30") == ["Denied to June", "For good"]
    found = store.as_of("entity_list", day("2024-07-01"))
    assert [e.name for e in found.copy.entries] == ["For good"]
    assert found.coverage.ended == 1
    assert "ran out after the copy and before 2024-07-01: 1 entry" in found.coverage.note


def test_an_order_that_the_issuer_still_shows_after_its_end_stands(store, entry, load, names):
    load(store, "2024-08-01", entry("Denied to June", ends_on=day("2024-06-30")))
    assert names(store, "2024-09-01") == ["Denied to June"]


def test_an_entry_whose_key_changes_stands_once_in_between(store, entry, load, names):
    load(store, "2024-01-01", listed(entry, "Sugon Ltd", "2019-06-24", aliases=("Dawning Information Industry",)))
    load(store, "2024-03-01", listed(entry, "Dawning Information Industry", "2019-06-24"))
    assert names(store, "2024-02-01") == ["Sugon Ltd"]
    assert store.as_of("entity_list", day("2024-02-01")).coverage.removed_by_next == 0


def test_an_entry_that_went_and_came_back_stands_only_while_it_was_seen(store, entry, load, names):
    load(store, "2024-01-01", entry("Anchor"), listed(entry, "Back", "2020-01-01"))
    load(store, "2024-02-01", entry("Anchor"))
    load(store, "2024-03-01", entry("Anchor"), listed(entry, "Back", "2024-03-01"))
    assert [names(store, f"2024-0{m}-01") for m in (1, 2, 3)] == [["Anchor", "Back"], ["Anchor"], ["Anchor", "Back"]]
    assert names(store, "2024-02-15") == ["Anchor"]


def test_the_copy_carries_the_file_it_was_read_from(two_copies):
    copy = two_copies.as_of("entity_list", day("2024-06-01")).copy
    assert (copy.data_date, copy.file, copy.sha256, copy.source) == (day("2022-05-16"), "2022-05-16.csv", "2022-05-16", "a test")


def test_a_list_without_a_copy_is_an_error_that_says_what_to_do(store):
    with pytest.raises(StoreError, match="uvl: the store holds no copy of this list; import or pull one"):
        store.as_of("uvl", day("2024-01-01"))
