"""What tests of the store share: stores, entries that are quick to write, and a database of PostgreSQL."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
import subprocess

import pytest

from thalweg.nouns.listing import ListCopy, ListEntry
from thalweg.store import open_store

NOW = dt.datetime(2026, 8, 1, 12, tzinfo=dt.UTC)
_numbers = itertools.count()


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    """A store without copies, made once, since the migrations cost more than most tests."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    open_store(path).close()
    return path


@pytest.fixture
def store(empty, tmp_path):
    """A new store in a file."""
    with open_store(shutil.copy(empty, tmp_path)) as opened:
        yield opened


@pytest.fixture
def database(postgres):
    """The URL of an empty database of a running PostgreSQL server."""
    name = f"store_{next(_numbers)}"
    call = ["psql", "--no-psqlrc", "--quiet", "--host", str(postgres), "--username", "tester", "--dbname", "postgres"]
    subprocess.run([*call, "--command", f"CREATE DATABASE {name}"], check=True)
    return f"postgresql://tester@/{name}?host={postgres}"


@pytest.fixture
def entry():
    """Write an entry of the Entity List in a line."""

    def write(name, entry_id=None, **fields):
        return ListEntry("entity_list", entry_id or name, name, **fields)

    return write


@pytest.fixture
def load():
    """Load entries into a store as the Entity List of a day."""

    def put(store, date, *entries, list_id="entity_list", **options):
        day = dt.date.fromisoformat(date)
        copy = ListCopy(list_id, day, entries, "a test", options.pop("file", f"{date}.csv"), options.pop("sha256", date))
        return store.load(copy, taken_at=NOW, **options)

    return put


@pytest.fixture
def names():
    """The names of the entries of a list that stood on a day."""

    def of(store, date, list_id="entity_list"):
        return sorted(e.name for e in store.as_of(list_id, dt.date.fromisoformat(date)).copy.entries)

    return of
