"""The store in a database of a PostgreSQL server: the same answers, one writer at a time, decisions that stay."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from thalweg.store import Review, ReviewRefused, SizeRefused, StoreError, open_store, query_hash
from thalweg.store.tables import VERSION_TABLE, dispositions, metadata

pytestmark = pytest.mark.slow
NOW = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)


@pytest.fixture
def base(database):
    """A new store in a database."""
    with open_store(database) as opened:
        yield opened


def test_copies_are_kept_compared_and_refused_as_in_a_file(base, entry, load, names):
    load(base, "2024-03-01", *[entry(f"Party {i}") for i in range(100)])
    load(base, "2024-01-01", entry("Old", notices=("84 FR 1",)), *[entry(f"Party {i}") for i in range(90)])
    assert len(names(base, "2024-03-01")) == 100
    assert base.as_of("entity_list", dt.date(2024, 2, 1)).coverage.unknown == 10
    diff = base.diff("entity_list")
    assert ([e.name for e in diff.removed], len(diff.added)) == (["Old"], 10)
    with pytest.raises(SizeRefused):
        load(base, "2024-03-02", entry("Alone"))
    assert load(base, "2024-03-01", *[entry(f"Party {i}") for i in range(99)], replace=True).outcome == "replaced"
    assert len(names(base, "2024-03-01")) == 99


def test_names_that_no_column_of_text_takes_come_back_as_they_were(base, entry, load, names):
    load(base, "2024-01-01", entry("A\x00B", "1"), entry("\ud800", "2"), entry("华为", "3"))
    assert set(names(base, "2024-01-01")) == {"A\x00B", "\ud800", "华为"}


def test_the_migrations_give_the_tables_that_the_program_uses(base):
    with base._reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def review(decision, who, **options):
    party = {"names": ["曙光" * 500]}  # in full longer than what an index takes
    return Review(party, query_hash(party), "entity_list", "e1", decision, "another", who, **options)


def test_decisions_stand_lapse_and_are_replaced_as_in_a_file(base, entry, load):
    load(base, "2024-01-01", entry("Sugon", "e1"))
    done = base.dispose_all([review("cleared", "A"), review("confirmed", "B"), review("confirmed", "B", replace=True)], now=NOW)
    assert [isinstance(d, ReviewRefused) for d in done] == [False, True, False]
    assert [(j.state, j.why) for j in base.dispositions()] == [("replaced", "confirmed by B on 2026-08-01"), ("standing", "")]
    load(base, "2024-02-01", entry("Sugon", "e1", remarks="moved"))
    assert base.standing_dispositions([done[0].made.query_hash]) == {}
    assert len(base.standing_dispositions([done[0].made.query_hash], date=dt.date(2024, 1, 15))) == 1


def test_no_decision_can_be_changed_or_deleted(base, entry, load):
    load(base, "2024-01-01", entry("Sugon", "e1"))
    base.dispose(review("cleared", "A"), now=NOW)
    for change in (sa.update(dispositions).values(who="B"), sa.delete(dispositions), sa.text("TRUNCATE dispositions")):
        with pytest.raises(StoreError, match="can be added to and not changed"), base._writing() as connection:
            connection.execute(change)
    assert [j.made.who for j in base.dispositions()] == ["A"]


def test_many_programs_that_make_and_fill_the_store_at_once_all_succeed(database):
    code = """
import datetime as dt, sys
from thalweg.nouns.listing import ListCopy, ListEntry
from thalweg.store import open_store
month = int(sys.argv[2])
with open_store(sys.argv[1]) as store:
    entries = tuple(ListEntry("sdn", str(i), f"Party {i} {month}") for i in range(500))
    store.load(ListCopy("sdn", dt.date(2024, month, 1), entries, "x"), taken_at=dt.datetime.now(dt.UTC))
"""
    running = [subprocess.Popen([sys.executable, "-c", code, database, str(m)], stderr=subprocess.PIPE, text=True) for m in (1, 2, 3, 4)]
    assert [(p.communicate(timeout=90)[1], p.returncode) for p in running] == [("", 0)] * 4
    with open_store(database) as store:
        assert [(s.data_date.month, s.rows) for s in store.snapshots("sdn")] == [(1, 500), (2, 500), (3, 500), (4, 500)]
        assert all(len(store.as_of("sdn", dt.date(2024, m, 1)).copy.entries) == 500 for m in (1, 2, 3, 4))


def delete_and_be_cut_off(connection):
    connection.execute(sa.text("DELETE FROM list_spans"))
    connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_a_server_that_lets_go_in_the_middle_leaves_the_copy_before(base, entry, load, names):
    load(base, "2024-01-01", entry("A"))
    with pytest.raises(StoreError, match="terminating connection"), base._writing() as connection:
        delete_and_be_cut_off(connection)
    assert names(base, "2024-01-01") == ["A"]


def test_a_server_that_is_not_there_is_an_error_of_one_line(tmp_path):
    with pytest.raises(StoreError) as refusal:
        open_store(f"postgresql://tester@/lists?host={tmp_path}")
    assert "\n" not in str(refusal.value)
    assert "connection" in str(refusal.value)


def test_without_leave_to_make_one_an_empty_database_is_an_error(database):
    with pytest.raises(StoreError, match="there is no store here"):
        open_store(database, create=False)
