"""Where the store is, how it is opened, and what is refused."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from thalweg.store import StoreError, location, open_store
from thalweg.store.tables import HEAD, KNOWN, VERSION_TABLE, metadata


def test_the_place_is_the_one_given_then_the_variable_then_the_data_directory(monkeypatch, tmp_path):
    monkeypatch.setenv("THALWEG_STORE", "/srv/lists.db")
    assert location("here.db") == Path("here.db")
    assert location() == Path("/srv/lists.db")
    monkeypatch.setenv("THALWEG_STORE", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert location() == tmp_path / "thalweg" / "store.db"
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    monkeypatch.setenv("HOME", "/home/someone")
    assert location() == Path("/home/someone/.local/share/thalweg/store.db")


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("sqlite:////srv/lists.db", Path("/srv/lists.db")),
        ("sqlite:///lists.db", Path("lists.db")),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
    ],
)
def test_a_url_names_a_file_or_a_database(given, place):
    assert location(given) == place


@pytest.mark.parametrize("given", ["mysql://u@h/d", "postgresql+asyncpg://u@h/d", "https://example.org/store.db", "sqlite://"])
def test_a_url_of_another_kind_is_refused(given):
    with pytest.raises(StoreError, match="a store is a path, or a URL that starts with sqlite:/// or postgresql://"):
        location(given)


def test_a_store_is_made_with_its_folders_and_opened_again(tmp_path, entry, load, names):
    path = tmp_path / "a" / "b" / "store.db"
    with open_store(path) as store:
        load(store, "2024-01-01", entry("A"))
    with open_store(path, create=False) as store:
        assert names(store, "2024-01-01") == ["A"]
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert file.execute("PRAGMA application_id").fetchone() == (int.from_bytes(b"Thal"),)


def test_without_leave_to_make_one_a_missing_store_is_an_error_and_stays_missing(tmp_path):
    with pytest.raises(StoreError, match="there is no store here"):
        open_store(tmp_path / "none.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_the_migrations_give_the_tables_that_the_program_uses(store):
    with store._reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_known_versions_are_those_of_the_migrations():
    import thalweg.store

    scripts = ScriptDirectory(str(Path(thalweg.store.__file__).parent / "migrations"))
    assert [s.revision for s in scripts.walk_revisions()][::-1] == list(KNOWN)
    assert scripts.get_current_head() == HEAD


def test_a_store_of_a_later_version_is_refused_and_left_as_it_is(store, tmp_path):
    store.close()
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(f"UPDATE {VERSION_TABLE} SET version_num = '0999'")  # noqa: S608  (a constant)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"store.db: was written by a later version of thalweg \(schema 0999; .* update thalweg"):
        open_store(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "history.sqlite"
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE urls (url TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is a database of another program"):
        open_store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"id,name\n1,A\n" * 100, b"\x00" * 4096, bytes(range(256)) * 20])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path, content):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"list.csv: is damaged, or not a store .* move it away"):
        open_store(path)
    assert path.read_bytes() == content


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(StoreError, match="is a folder; name a file in it"):
        open_store(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(StoreError, match="the folder of the store cannot be made"):
        open_store(tmp_path / "taken" / "store.db")


@pytest.mark.slow
def test_many_programs_that_make_the_store_at_once_find_one_store(tmp_path):
    path = tmp_path / "store.db"
    code = "import sys; from thalweg.store import open_store; s = open_store(sys.argv[1]); print(len(s.snapshots())); s.close()"
    running = [
        subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(6)
    ]
    results = [(p.communicate(timeout=60), p.returncode) for p in running]
    assert [(out, err, code) for (out, err), code in results] == [("0\n", "", 0)] * 6
    assert sa.inspect(sa.create_engine(f"sqlite:///{path}")).has_table("list_spans")


def test_without_the_driver_a_postgres_url_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'thalweg\[postgres\]'"):
        open_store("postgresql://someone:secret@nowhere/lists")


def test_a_password_is_never_shown(tmp_path):
    with pytest.raises(StoreError) as refusal:
        open_store(f"postgresql://someone:secret@/lists?host={tmp_path}")
    assert "secret" not in str(refusal.value)
    assert "someone" in str(refusal.value)
