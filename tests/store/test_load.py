"""Taking copies in: once, in any order, whole or not at all."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from thalweg.nouns.listing import ListCopy, ListEntry
from thalweg.store import CopyConflict, CopyRefused, SizeRefused, StoreError
from thalweg.store.tables import entries, loads


def count(store, table):
    with store._reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table))


def test_a_copy_says_what_it_changed_against_the_one_before(store, entry, load):
    first = load(store, "2024-01-01", entry("A"), entry("B"), entry("C"))
    second = load(store, "2024-02-01", entry("A"), entry("B", remarks="moved"), entry("D"))
    assert (first.outcome, first.added, first.previous) == ("loaded", 3, None)
    assert (second.added, second.removed, second.changed, second.previous) == (1, 1, 1, dt.date(2024, 1, 1))


def test_the_same_copy_twice_changes_nothing(store, entry, load):
    load(store, "2024-01-01", entry("A"))
    again = load(store, "2024-01-01", entry("A"), file="the same under another name.csv")
    assert again.outcome == "same"
    assert len(store.snapshots()) == count(store, loads) == 1


def test_a_later_copy_with_the_same_entries_costs_no_wording(store, entry, load):
    load(store, "2024-01-01", entry("A"), entry("B"))
    load(store, "2024-02-01", entry("A"), entry("B"))
    assert count(store, entries) == 2
    assert [s.data_date.month for s in store.snapshots("entity_list")] == [1, 2]


def test_an_older_copy_after_a_newer_one_sets_first_and_last_seen_right(store, entry, load):
    load(store, "2024-03-01", entry("A"), entry("C"))
    load(store, "2024-01-01", entry("A"), entry("B"))
    load(store, "2024-02-01", entry("B"), entry("C"))
    seen = {(s.entry.name, s.first.month, s.last.month, s.gone and s.gone.month) for s in store.history("entity_list")}
    assert seen == {("A", 1, 1, 2), ("A", 3, 3, None), ("B", 1, 2, 3), ("C", 2, 3, None)}
    assert {k: (a.month, b.month) for k, (a, b) in store.seen("entity_list").items()} == {"A": (1, 3), "B": (1, 2), "C": (2, 3)}


def test_another_copy_of_a_day_is_refused_until_it_is_to_replace(store, entry, load, names):
    load(store, "2024-01-01", entry("A"), file="first.csv")
    with pytest.raises(CopyConflict, match=r"another copy of 2024-01-01 \(1 rows from first.csv\); say --replace") as refusal:
        load(store, "2024-01-01", entry("B"), file="second.csv", sha256="other")
    assert "second.csv" in str(refusal.value)
    assert names(store, "2024-01-01") == ["A"]
    assert load(store, "2024-01-01", entry("B"), sha256="other", replace=True).outcome == "replaced"
    assert names(store, "2024-01-01") == ["B"]
    assert count(store, entries) == 1
    assert count(store, loads) == 2


def test_a_file_that_is_read_otherwise_now_is_named_as_such(store, entry, load):
    load(store, "2024-01-01", entry("A"))
    with pytest.raises(CopyConflict, match="same file by another version of the program"):
        load(store, "2024-01-01", entry("A", note="read better"))


def test_two_entries_under_one_id_are_both_kept(store, entry, load, names):
    load(store, "2024-01-01", entry("A", "1"), entry("B", "1"), entry("B", "1"))
    assert names(store, "2024-01-01") == ["A", "B"]


@pytest.mark.parametrize("bad", ["", "a\x00b", "\ud800"])
def test_an_id_that_cannot_be_stored_is_refused_before_anything_is(store, load, bad):
    with pytest.raises(StoreError, match="cannot be stored"):
        load(store, "2024-01-01", ListEntry("entity_list", "A", "A"), ListEntry("entity_list", bad, "B"))
    assert store.snapshots() == ()


def test_names_with_control_characters_and_halves_of_characters_come_back_as_they_were(store, entry, load, names):
    load(store, "2024-01-01", entry("A\x00\x1b[31m", "1"), entry("\ud800 half", "2"), entry("华为\u202etxt", "3"))
    assert set(names(store, "2024-01-01")) == {"A\x00\x1b[31m", "\ud800 half", "华为\u202etxt"}


def test_an_instant_without_a_time_zone_is_refused(store):
    with pytest.raises(StoreError, match="time zone"):
        store.load(ListCopy("uvl", dt.date(2024, 1, 1), (), "x"), taken_at=dt.datetime(2024, 1, 1))  # noqa: DTZ001


def test_a_copy_of_a_day_still_to_come_is_refused(store, entry, load):
    with pytest.raises(CopyRefused, match="is of 2062-08-01, a day that is still to come"):
        load(store, "2062-08-01", entry("A"))
    assert load(store, "2026-08-02", entry("A")).outcome == "loaded"


# ---------------------------------------------------------------- size


def many(entry, count, start=0):
    return [entry(f"Party {i}") for i in range(start, start + count)]


def test_a_list_that_lost_most_of_its_rows_in_a_day_is_refused_and_the_last_good_one_stays(store, entry, load, names):
    load(store, "2024-01-01", *many(entry, 1_000))
    with pytest.raises(SizeRefused, match=r"entity_list: 200 rows, 80% fewer than the 1,000 of 2024-01-01 \(15% .*--accept-size"):
        load(store, "2024-01-02", *many(entry, 200))
    assert [s.rows for s in store.snapshots()] == [1_000]
    assert len(names(store, "2024-06-01")) == 1_000


def test_it_is_taken_where_the_person_says_so(store, entry, load, names):
    load(store, "2024-01-01", *many(entry, 1_000))
    assert load(store, "2024-01-02", *many(entry, 200), accept_size=True).removed == 800
    assert len(names(store, "2024-01-02")) == 200


def test_a_list_that_grew_too_much_is_refused(store, entry, load):
    load(store, "2024-01-01", *many(entry, 1_000))
    with pytest.raises(SizeRefused, match="20% more than the 1,000"):
        load(store, "2024-01-02", *many(entry, 1_200))


def test_over_years_a_list_may_grow(store, entry, load):
    load(store, "2020-01-01", *many(entry, 1_000))
    assert load(store, "2024-01-01", *many(entry, 3_000)).outcome == "loaded"


def test_however_long_ago_a_list_does_not_lose_nearly_all(store, entry, load):
    load(store, "2010-01-01", *many(entry, 1_000))
    with pytest.raises(SizeRefused, match=r"70% fewer .* \(60% is allowed"):
        load(store, "2024-01-01", *many(entry, 300))


def test_an_older_copy_is_held_against_the_copy_after_it(store, entry, load):
    load(store, "2024-01-02", *many(entry, 1_000))
    with pytest.raises(SizeRefused, match="90% fewer than the 1,000 of 2024-01-02"):
        load(store, "2024-01-01", *many(entry, 100))


def test_a_replacement_is_not_held_against_what_it_replaces(store, entry, load):
    load(store, "2024-01-01", *many(entry, 100))
    load(store, "2024-01-02", *many(entry, 500), accept_size=True)
    assert load(store, "2024-01-02", *many(entry, 101), replace=True).outcome == "replaced"


def test_a_short_list_may_change_by_a_few_rows(store, entry, load):
    load(store, "2024-01-01", *many(entry, 3))
    assert load(store, "2024-01-02", *many(entry, 20)).outcome == "loaded"


@pytest.mark.parametrize("before", [0, 5])
def test_an_empty_copy_is_never_taken_by_itself(store, entry, load, before):
    if before:
        load(store, "2024-01-01", *many(entry, before))
    with pytest.raises(SizeRefused, match="--accept-size"):
        load(store, "2024-01-02")
    assert load(store, "2024-01-02", accept_size=True).rows == 0
