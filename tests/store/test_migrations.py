"""Stores of earlier versions, with lists, decisions and pulls in them, brought to the schema of today: all or nothing of it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from thalweg.nouns.listing import ListCopy, ListEntry
from thalweg.store import Pull, Review, StoreError, Watermark, location, open_store, query_hash
from thalweg.store.opening import _file_engine, _migrate, _server_engine
from thalweg.store.store import Store
from thalweg.store.tables import HEAD, VERSION_TABLE, dispositions, metadata, pulls

NOW = dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC)
PARTY = {"names": ["曙光" * 500]}


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.slow)])
def where(request, tmp_path):
    """Where a store may be made: a new file, or an empty database of PostgreSQL."""
    return tmp_path / "store.db" if request.param == "file" else request.getfixturevalue("database")


@contextmanager
def of_version(where, version):
    """Open a new store in the schema of an earlier version, as the program of that version left it."""
    place = location(where)
    engine, shown = _server_engine(place) if isinstance(place, str) else _file_engine(place, create=True)
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        _migrate(connection, version)
    yield Store(engine, shown)
    engine.dispose()


def entry(name, **fields):
    return ListEntry("entity_list", name, name, **fields)


def fill(store):
    """Two copies of a list, a decision that lapsed and one that stands."""
    for day, remarks in (("2024-01-01", ""), ("2024-02-01", "moved")):
        entries = (
            entry("Sugon", remarks=remarks),
            ListEntry("entity_list", "odd", "Party\x00 \ud800 华为"),
            *[entry(f"Party {n}") for n in range(50)],
        )
        store.load(ListCopy("entity_list", dt.date.fromisoformat(day), entries, "a test", f"{day}.csv", day), taken_at=NOW)
        store.dispose(Review(PARTY, query_hash(PARTY), "entity_list", "Sugon", "cleared", "another", "A", replace=bool(remarks)), now=NOW)


def held(store):
    day = dt.date(2024, 2, 1)
    return (
        store.snapshots(),
        {d: store.as_of("entity_list", d) for d in (dt.date(2024, 1, 15), day)},
        store.history("entity_list"),
        store.dispositions(),
        store.standing_dispositions([query_hash(PARTY)]),
        store.diff("entity_list"),
    )


def test_lists_and_decisions_of_the_second_version_are_as_they_were_and_the_watch_finds_its_room(where):
    with of_version(where, "0002") as store:
        fill(store)
        before = held(store)
    with open_store(where, create=False) as store:
        assert held(store) == before
        assert len(before[3]) == 2
        with store._reading() as connection:
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
            assert (context.get_current_revision(), compare_metadata(context, metadata)) == (HEAD, [])
        with pytest.raises(StoreError, match="can be added to and not changed"), store._writing() as connection:
            connection.execute(sa.delete(dispositions))
        with store.watch(write=True) as room:
            room.documents.pulled(Pull("fr", "2026-11-25T00:00:00+00:00", good=True, through="2026-11-25"))
    with open_store(where, create=False) as store, store.watch() as room:
        assert [m.through for m in room.documents.watermarks()] == ["2026-11-25"]


def test_watermarks_are_made_from_the_log_of_pulls_and_go_on_from_there(where):
    log = [
        ("fr", "2026-11-24", False, "", 0, "no network"),
        ("fr", "2026-11-25", True, "2026-11-25", 2, ""),
        ("gdelt", "2026-11-25", True, "", 0, ""),
        ("fr", "2026-11-26", True, "2026-11-20", 0, "older"),
        ("fr", "2026-11-27", False, "", 0, "429"),
    ]
    with of_version(where, "0003") as store, store._writing() as connection:
        for source, at, good, through, fresh, note in log:
            row = {"source": source, "at": at, "good": good, "through": through, "documents": fresh, "fresh": fresh, "note": note}
            connection.execute(pulls.insert(), row)
    made = Watermark("fr", "2026-11-26", "2026-11-25", "2026-11-25", "2026-11-27", 1, "429", "2026-11-24")
    with open_store(where, create=False) as store:
        with store.watch(write=True) as room:
            assert room.documents.watermarks() == (made, Watermark("gdelt", "2026-11-25", "", "", "2026-11-25", 0, "", "2026-11-25"))
            room.documents.pulled(Pull("fr", "2026-11-28", good=False, note="again"))
        with store.watch() as room:
            assert [m.failures for m in room.documents.watermarks()] == [2, 0]


def test_a_migration_that_cannot_be_done_leaves_the_store_as_it_was(where):
    with of_version(where, "0002") as store:
        fill(store)
        before = held(store)
        with store._writing() as connection:
            connection.execute(sa.text("CREATE TABLE watch_mutes (other INTEGER)"))  # in the way of what comes last
    with pytest.raises(StoreError, match="watch_mutes"):
        open_store(where)
    place = location(where)
    engine, shown = _server_engine(place) if isinstance(place, str) else _file_engine(place, create=False)
    store = Store(engine, shown)
    assert held(store) == before
    assert sa.inspect(engine).get_table_names().count("watch_documents") == 0
    with store._writing() as connection:
        connection.execute(sa.text("DROP TABLE watch_mutes"))
    store.close()
    with open_store(where) as opened:
        assert held(opened) == before


@pytest.mark.slow
def test_programs_that_open_an_earlier_store_at_once_migrate_it_once(where):
    with of_version(where, "0002") as store:
        fill(store)
    code = "import sys; from thalweg.store import open_store; s = open_store(sys.argv[1]); print(len(s.dispositions())); s.close()"
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(where)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [(*p.communicate(timeout=90), p.returncode) for p in running] == [("2\n", "", 0)] * 4
