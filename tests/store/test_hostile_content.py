"""Places that are none, passwords, rights, and a database file that someone else has written."""

from __future__ import annotations

import datetime as dt
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from thalweg.store import CopyRefused, StoreError, location, open_store, shown_as

# ---------------------------------------------------------------- places


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://someone:secret@nowhere/lists",
        "postgresql://someone@nowhere/lists?password=secret",
        "postgresql://someone@nowhere/lists?options=-csecret&sslpassword=secret&host=nowhere",
        "postgres://someone:secret@nowhere:5432/lists",
    ],
)
def test_no_part_of_a_url_that_may_be_secret_is_shown(url):
    shown = shown_as(location(url))
    assert "secret" not in shown
    assert shown.startswith("postgresql://someone")


@pytest.mark.parametrize("url", ["postgresql://someone:sec@ret@nowhere/lists", "postgresql://someone:secret@nowhere:port/lists"])
def test_a_url_that_cannot_be_read_is_not_repeated(url):
    with pytest.raises(StoreError, match="the URL of the store cannot be read") as refusal:
        open_store(url)
    assert "ret" not in str(refusal.value).replace("read", "")


@pytest.mark.parametrize(
    "given", ["postgresql:/someone:secret@nowhere/lists", "postgres:lists", "sqlite:lists.db", "postgresql+psycopg:/nowhere"]
)
def test_what_is_almost_a_url_is_no_name_of_a_file(given):
    with pytest.raises(StoreError, match="a store is a path, or a URL that starts with") as refusal:
        location(given)
    assert "secret" not in str(refusal.value)


def test_a_home_folder_that_is_not_there_is_an_error_of_one_line(monkeypatch):
    with pytest.raises(StoreError, match="there is no such home folder; name a file for the store"):
        location("~no-such-user-here/store.db")

    def homeless(_):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("THALWEG_STORE", raising=False)
    monkeypatch.setattr(Path, "expanduser", homeless)
    with pytest.raises(StoreError, match="there is no such home folder"):
        location()


@pytest.mark.parametrize("name", [":memory:", "file:x?mode=memory", "a b%20c"])
def test_a_name_that_means_something_to_the_database_is_a_file_all_the_same(name, tmp_path, monkeypatch, entry, load, names):
    monkeypatch.chdir(tmp_path)
    with open_store(name) as store:
        load(store, "2024-01-01", entry("A"))
    with open_store(name, create=False) as store:
        assert names(store, "2024-01-01") == ["A"]
    assert (tmp_path / name).is_file()


def test_only_its_owner_reads_a_new_store_and_rights_given_later_stay(tmp_path):
    path = tmp_path / "store.db"
    open_store(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    open_store(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_new_store_that_another_program_holds_is_an_error_of_one_line(lock, tmp_path, monkeypatch):
    monkeypatch.setattr("thalweg.store.opening.WAIT_SECONDS", 0.1)
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"BEGIN {lock}")
        with pytest.raises(StoreError, match=r"store\.db: another program is writing to it; try again when that has ended"):
            open_store(path)


# ---------------------------------------------------------------- entries


@pytest.mark.parametrize("key", ["A\x1b[1m", "A\u202e", "\ud800"])
def test_an_entry_whose_id_cannot_be_stored_refuses_its_copy_and_no_more(key, store, entry, load, names):
    load(store, "2024-01-01", entry("A"))
    with pytest.raises(CopyRefused, match="which cannot be stored"):
        load(store, "2024-02-01", entry("A"), entry("B", entry_id=key))
    assert names(store, "2024-02-01") == ["A"]


def test_the_id_of_a_list_is_a_value_and_no_statement(store, entry, load, names):
    load(store, "2024-01-01", entry("A"))
    hostile = "x'; DROP TABLE list_entries; --"
    with pytest.raises(StoreError, match="holds no copy of this list"):
        store.as_of(hostile, dt.date(2024, 1, 1))
    load(store, "2024-01-01", entry("A"), list_id=hostile)
    assert (names(store, "2024-01-01"), names(store, "2024-01-01", list_id=hostile)) == (["A"], ["A"])
    assert store.history("entity_list", "A' OR 1=1 --") == ()


# ---------------------------------------------------------------- a file that someone else has written

BODY = '{"entry_id":"a","name":"A"%s}'


@pytest.fixture
def tampered(tmp_path, store, entry, load):
    """Change a store of two copies by a statement, and read everything out of it."""
    load(store, "2024-01-01", entry("A"), entry("B"))
    load(store, "2024-02-01", entry("A"), entry("C"))
    store.close()
    path = tmp_path / "store.db"

    def read(statement, *values):
        with closing(sqlite3.connect(path)) as file, file:
            file.execute(statement, values)
        with open_store(path) as opened:
            for copy in opened.snapshots():
                opened.as_of(copy.list, dt.date(2024, 1, 15))
                opened.history(copy.list)
                opened.seen(copy.list)
                opened.diff(copy.list)

    return read


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "5",
        "null",
        "{}",
        '{"entry_id":"a","name":' + "[" * 5_000 + "]" * 5_000 + "}",
        '{"entry_id":"a","name":5}',
        '{"entry_id":"a","name":["x"]}',
        BODY % ',"aliases":[[1]]',
        BODY % ',"aliases":"xyz"',
        BODY % ',"identifiers":[5]',
        BODY % ',"identifiers":[{"a":1,"b":2,"c":3}]',
        BODY % ',"identifiers":[["lei","x"]]',
        BODY % ',"listed_on":"x"',
        BODY % ',"listed_on":5',
        BODY % ',"address_only":1',
        b"\xff\x00",
    ],
)
def test_an_entry_that_the_store_does_not_write_is_an_error_of_one_line(body, tampered):
    with pytest.raises(StoreError, match=r"store\.db: holds what cannot be read .*; put back a copy of it that can") as refusal:
        tampered("UPDATE list_entries SET body = ?", body)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE list_spans SET first_seen = '0000'",
        "UPDATE list_spans SET gone = '2024-01-20' WHERE gone IS NOT NULL",
        "UPDATE list_snapshots SET data_date = 'nonsense' WHERE data_date = '2024-01-01'",
        "UPDATE list_snapshots SET fields = '{'",
        "UPDATE list_snapshots SET fields = '[1]'",
        """UPDATE list_snapshots SET fields = '{"name": "x"}'""",
        "UPDATE list_snapshots SET rows = 'x'",
    ],
)
def test_days_and_counts_that_are_none_are_an_error_of_one_line(statement, tampered):
    with pytest.raises(StoreError, match="holds what cannot be read") as refusal:
        tampered(statement)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("version", [None, b"\xff", 5, "\x1b[2J\nforged line", "9" * 100_000, "0002; DROP TABLE list_entries"])
def test_a_version_that_is_none_is_an_error_of_one_line_that_commands_no_terminal(version, tampered):
    statement = "DELETE FROM thalweg_version WHERE ? IS NULL" if version is None else "UPDATE thalweg_version SET version_num = ?"
    said = "it does not say of which version its schema is" if version is None else "was written by a later version"
    with pytest.raises(StoreError, match=said) as refusal:
        tampered(statement, version)
    assert not {"\x1b", "\n"} & set(str(refusal.value))
    assert len(str(refusal.value)) < 3_000


def test_a_damaged_table_of_versions_is_an_error_of_one_line(tampered):
    with pytest.raises(StoreError, match="is damaged, or not a store"):
        tampered("ALTER TABLE thalweg_version RENAME COLUMN version_num TO other")
