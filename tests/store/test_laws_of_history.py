"""Laws: whatever the order in which copies come, the store says of every day what the copies say."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
import tempfile

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thalweg.nouns.listing import Identifier, ListCopy, ListEntry
from thalweg.store import open_store
from thalweg.store.encode import as_json, entry_of, stated
from thalweg.store.tables import entries, spans

NOW = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)
START = dt.date(2024, 1, 1)
WORDINGS = st.frozensets(st.tuples(st.sampled_from("abcd"), st.integers(0, 1)), max_size=5)
LOADS = st.lists(st.tuples(st.integers(0, 6), WORDINGS), min_size=1, max_size=9)


def copy_of(day, wordings):
    found = tuple(ListEntry("uvl", key, f"{key} {wording}", remarks=f"wording {wording}") for key, wording in sorted(wordings))
    return ListCopy("uvl", START + dt.timedelta(days=day), found, "a law", sha256=str(day))


def spans_from(copies):
    """Work the spans out from the copies in their order: the plain way."""
    found = set()
    days = sorted(copies)
    for wording in {w for c in copies.values() for w in c}:
        begun = None
        for day in days:
            there = wording in copies[day]
            if there and begun is None:
                begun = day
            elif not there and begun is not None:
                found.add((wording, begun, day))
                begun = None
        if begun is not None:
            found.add((wording, begun, None))
    return found


def check_history(where, loads):
    with open_store(where) as store:
        copies = {}
        for day, wordings in loads:
            store.load(copy_of(day, wordings), taken_at=NOW, replace=True, accept_size=True)
            copies[day] = wordings
        for day, wordings in copies.items():
            assert store.as_of("uvl", START + dt.timedelta(days=day)).copy.entries == copy_of(day, wordings).entries
        assert [(s.data_date - START).days for s in store.snapshots("uvl")] == sorted(copies)
        assert [s.rows for s in store.snapshots("uvl")] == [len(copies[d]) for d in sorted(copies)]
        with store._reading() as connection:
            asked = sa.select(entries.c.entry_id, entries.c.name, spans.c.first_seen, spans.c.gone).join(spans)
            kept = {
                ((r.entry_id, int(r.name[-1])), (r.first_seen - START).days, r.gone and (r.gone - START).days)
                for r in connection.execute(asked)
            }
            wordings_kept = connection.scalar(sa.select(sa.func.count()).select_from(entries))
        assert kept == spans_from(copies)
        assert wordings_kept == len({w for c in copies.values() for w in c})
        days = sorted(copies)
        for first, second in itertools.pairwise(days):
            check_diff(store, (first, copies[first]), (second, copies[second]))


def check_diff(store, before, after):
    diff = store.diff("uvl", *(START + dt.timedelta(days=d) for d, _ in (before, after)))
    old, new = before[1] - after[1], after[1] - before[1]
    left = [e.entry_id for e in diff.removed] + [c.entry_id for c in diff.changed] + [r.before.entry_id for r in diff.renamed]
    right = [e.entry_id for e in diff.added] + [c.entry_id for c in diff.changed] + [r.after.entry_id for r in diff.renamed]
    assert sorted(left) == sorted(key for key, _ in old)
    assert sorted(right) == sorted(key for key, _ in new)


@given(loads=LOADS)
@settings(max_examples=40)
def test_copies_in_any_order_with_replacements_give_the_spans_of_the_plain_way(empty, loads):
    with tempfile.TemporaryDirectory() as folder:
        check_history(shutil.copy(empty, folder), loads)


@pytest.mark.slow
@given(LOADS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_postgres_gives_the_same(database, loads):
    with open_store(database) as store, store._engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE list_snapshots, list_entries, list_spans"))
    check_history(database, loads)


TEXT = st.text(max_size=12)
NAMES = st.lists(TEXT, max_size=3).map(tuple)
DAYS = st.none() | st.dates()


@given(
    st.builds(
        ListEntry,
        list=st.just("sdn"),
        entry_id=TEXT,
        name=TEXT,
        aliases=NAMES,
        weak_aliases=NAMES,
        type=st.sampled_from(["individual", "vessel", ""]),
        countries=NAMES,
        addresses=NAMES,
        address_only=st.booleans(),
        birth_dates=NAMES,
        identifiers=st.lists(st.builds(Identifier, st.sampled_from(["lei", "imo"]), TEXT, TEXT), max_size=2).map(tuple),
        programs=NAMES,
        footnotes=NAMES,
        notices=NAMES,
        listed_on=DAYS,
        listed_basis=st.sampled_from(["list", "notice", ""]),
        ends_on=DAYS,
        linked_to=NAMES,
        remarks=st.text(st.characters()),
        note=TEXT,
        url=TEXT,
    )
)
def test_an_entry_comes_back_as_it_went_in(entry):
    body = as_json(stated(entry))
    body.encode()
    assert entry_of("sdn", body) == entry
