"""What changed between two copies, every entry reported once."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.nouns.listing import Identifier
from thalweg.store import StoreError


def renamed(diff):
    return [(r.before.name, r.after.name, r.because) for r in diff.renamed]


@pytest.fixture
def between(store, entry, load):
    """Compare two sets of entries as two copies."""

    def compare(before, after):
        load(store, "2024-01-01", entry("Anchor", remarks="stays"), *before)
        load(store, "2024-02-01", entry("Anchor", remarks="stays"), *after)
        return store.diff("entity_list")

    return compare


def test_added_removed_and_changed_field_by_field(between, entry):
    before = [entry("Goes"), entry("Changes", license_policy="Case by case", aliases=("A", "B"))]
    diff = between(before, [entry("Comes"), entry("Changes", license_policy="Presumption of denial", aliases=("B", "C"))])
    assert [e.name for e in diff.added] == ["Comes"]
    assert [e.name for e in diff.removed] == ["Goes"]
    (change,) = diff.changed
    assert [(f.field, f.before, f.after) for f in change.fields] == [
        ("aliases", ("A", "B"), ("B", "C")),
        ("license_policy", "Case by case", "Presumption of denial"),
    ]
    assert (diff.rows_before, diff.rows_after) == (3, 3)


def test_the_order_of_aliases_and_the_reader_s_own_notes_are_no_change(between, entry):
    diff = between([entry("A", aliases=("x", "y"), note="old", url="https://old")], [entry("A", aliases=("y", "x"), note="new")])
    assert diff.changed == ()


def test_a_listing_date_from_another_basis_is_no_change(between, entry):
    dates = dt.date(2020, 1, 1), dt.date(2020, 1, 3)
    before = [entry("A", listed_on=dates[0], listed_basis="list"), entry("B", listed_on=dates[0], listed_basis="list")]
    after = [entry("A", listed_on=dates[1], listed_basis="notice"), entry("B", listed_on=dates[1], listed_basis="list")]
    assert [c.entry_id for c in between(before, after).changed] == ["B"]


def test_a_field_that_one_form_of_the_list_lacks_is_named_and_not_compared(between, entry):
    before = [entry(f"Party {i}", addresses=("1 Road",), license_policy="x") for i in range(12)]
    after = [entry(f"Party {i}", license_policy="y" if i == 5 else "x") for i in range(12)]
    diff = between(before, after)
    assert diff.not_compared == ("addresses",)
    assert [c.entry_id for c in diff.changed] == ["Party 5"]


def test_an_identifier_in_common_makes_a_rename(between, entry):
    old = entry("Old Name", identifiers=(Identifier("uscc", "91110108 7513-5000", "CN"),))
    new = entry("Wholly Different", identifiers=(Identifier("uscc", "9111010875135000"),))
    assert renamed(between([old], [new])) == [("Old Name", "Wholly Different", "identifier in common: uscc 9111010875135000")]


def test_an_old_name_kept_as_an_alias_makes_a_rename(between, entry):
    diff = between([entry("Sugon", countries=("CN",))], [entry("Dawning Information", aliases=("Sugon",), countries=("CN",))])
    assert renamed(diff) == [("Sugon", "Dawning Information", "name in common: sugon")]
    assert [f.field for f in diff.renamed[0].fields] == ["name", "aliases"]


def test_a_notice_in_common_needs_half_of_the_words(between, entry):
    notice = {"notices": ("84 FR 22961",), "countries": ("CN",)}
    long, short = "Chengdu Huawei Technologies, Chengdu, Sichuan", "Chengdu Huawei Technologies"
    diff = between([entry(long, **notice), entry("Alpha Works", **notice)], [entry(short, **notice), entry("Beta Optics", **notice)])
    assert renamed(diff) == [(long, short, "notice in common: 84 FR 22961 (CN)")]
    assert ([e.name for e in diff.removed], [e.name for e in diff.added]) == (["Alpha Works"], ["Beta Optics"])


def test_people_who_share_a_nickname_are_not_one(between, entry):
    old = entry("MORENO GONZALEZ, Nazario", "1", aliases=("LOCO",), type="individual")
    new = entry("ESTEVEZ COLMENARES, Ricardo", "2", aliases=("LOCO",), type="individual")
    assert renamed(between([old], [new])) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"type": "vessel"}, {"type": "entity"}),
        ({"birth_dates": ("1973-03-25",)}, {"birth_dates": ("1980",)}),
        ({"identifiers": (Identifier("imo", "9187629"),)}, {"identifiers": (Identifier("imo", "9187631"),)}),
    ],
)
def test_entries_of_one_name_that_conflict_are_two(between, entry, left, right):
    assert renamed(between([entry("AURA", "1", **left)], [entry("AURA", "2", **right)])) == []


def test_each_entry_is_renamed_at_most_once_and_equal_names_first(between, entry):
    before = [entry("Avin Electronics Co.., Ltd.", "1"), entry("Avin Electronics Co., Ltd.", "2")]
    diff = between(before, [entry("Avin Electronics Co., Ltd.", "3"), entry("Avin Electronics Co.., Ltd.", "4")])
    assert [(r.before.entry_id, r.after.entry_id) for r in diff.renamed] == [("2", "3"), ("1", "4")]


def test_days_are_those_of_the_last_copies_not_later(store, entry, load):
    for month, name in ((1, "A"), (2, "B"), (3, "C")):
        load(store, f"2024-0{month}-01", entry("Anchor"), entry(f"Only {name}"))
    diff = store.diff("entity_list", dt.date(2024, 1, 20), dt.date(2024, 3, 5))
    assert (diff.before, diff.after) == (dt.date(2024, 1, 1), dt.date(2024, 3, 1))
    assert ([e.name for e in diff.removed], [e.name for e in diff.added]) == (["Only A"], ["Only C"])
    same = store.diff("entity_list", dt.date(2024, 2, 1), dt.date(2024, 2, 20))
    assert same.added == same.removed == same.changed == same.renamed == ()


def test_what_cannot_be_compared_is_an_error_that_says_why(store, entry, load):
    with pytest.raises(StoreError, match="no copy of this list"):
        store.diff("entity_list")
    load(store, "2024-01-01", entry("A"))
    with pytest.raises(StoreError, match="no copy before the one of 2024-01-01"):
        store.diff("entity_list")
    with pytest.raises(StoreError, match="no copy of 2023-01-01 or before; the first is of 2024-01-01"):
        store.diff("entity_list", dt.date(2023, 1, 1))
    load(store, "2024-02-01", entry("A"))
    with pytest.raises(StoreError, match="give the earlier day first"):
        store.diff("entity_list", dt.date(2024, 2, 1), dt.date(2024, 1, 15))


def test_a_mark_that_thousands_share_pairs_nobody_and_takes_no_time(store, entry, load):
    load(store, "2024-01-01", *[entry(f"Old {i}", aliases=("THE COMPANY OF ALL",)) for i in range(2_000)])
    load(store, "2024-02-01", *[entry(f"New {i}", aliases=("THE COMPANY OF ALL",)) for i in range(2_000)])
    diff = store.diff("entity_list")
    assert (len(diff.removed), len(diff.added), diff.renamed) == (2_000, 2_000, ())
