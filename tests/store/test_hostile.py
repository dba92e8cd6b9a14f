"""A kill, a full disk, a damaged file, a folder without rights, and two writers at once."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from thalweg.store import StoreError, open_store

pytestmark = pytest.mark.slow  # processes are killed, and disks filled

IMPORT = """
import datetime as dt, sys
import sqlalchemy as sa
from thalweg.nouns.listing import ListCopy, ListEntry
from thalweg.store import open_store

path, date, rows, stop = sys.argv[1], dt.date.fromisoformat(sys.argv[2]), int(sys.argv[3]), sys.argv[4]

@sa.event.listens_for(sa.Engine, "after_cursor_execute")
def halt(connection, cursor, statement, parameters, context, many):
    if stop and stop in statement:
        print("there", flush=True)
        sys.stdin.read()

entries = tuple(ListEntry("sdn", str(i), f"Party {i} of {date}", remarks="x" * 200) for i in range(rows))
try:
    with open_store(path) as store:
        store.load(ListCopy("sdn", date, entries, "a test"), taken_at=dt.datetime.now(dt.UTC), accept_size=True)
except Exception as error:
    print(type(error).__name__, error)
    sys.exit(2)
print("loaded")
"""


def begin(path, date, rows, *, stop="", **options):
    call = [sys.executable, "-c", IMPORT, str(path), date, str(rows), stop]
    return subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def finish(process):
    out, err = process.communicate(timeout=90)
    return process.returncode, out, err


def held(path):
    """Return the copies and the number of entries that stand, after a check of the file."""
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with open_store(path, create=False) as store:
        copies = store.snapshots("sdn")
        return [(str(s.data_date), s.rows, len(store.as_of("sdn", s.data_date).copy.entries)) for s in copies]


@pytest.fixture
def path(empty, tmp_path):
    """A store with one copy of fifty entries."""
    place = shutil.copy(empty, tmp_path)
    assert finish(begin(place, "2024-01-01", 50))[0] == 0
    return place


STEPS = ["INSERT INTO list_entries", "UPDATE list_spans", "INSERT INTO list_spans", "INSERT INTO list_snapshots", "INSERT INTO list_loads"]


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_in_the_middle_of_an_import_leaves_the_copy_before_whole(path, step):
    running = begin(path, "2024-02-01", 5_000, stop=step)
    assert running.stdout.readline() == "there\n"
    running.send_signal(signal.SIGKILL)
    assert finish(running)[0] == -signal.SIGKILL
    assert held(path) == [("2024-01-01", 50, 50)]
    assert finish(begin(path, "2024-02-01", 5_000))[0] == 0
    assert held(path) == [("2024-01-01", 50, 50), ("2024-02-01", 5_000, 5_000)]


def test_a_kill_while_the_first_store_is_made_leaves_nothing_in_the_way(tmp_path):
    path = tmp_path / "store.db"
    running = begin(path, "2024-01-01", 10, stop="CREATE TABLE list_spans")
    assert running.stdout.readline() == "there\n"
    running.kill()
    finish(running)
    assert finish(begin(path, "2024-01-01", 10))[1] == "loaded\n"
    assert held(path) == [("2024-01-01", 10, 10)]


def test_readers_see_the_copy_before_while_another_is_written(path):
    running = begin(path, "2024-02-01", 2_000, stop="INSERT INTO list_loads")
    assert running.stdout.readline() == "there\n"
    with open_store(path, create=False) as store:
        assert [s.rows for s in store.snapshots()] == [50]
    running.stdin.close()
    running.stdin = None
    assert finish(running)[0] == 0
    assert held(path)[-1] == ("2024-02-01", 2_000, 2_000)


def test_two_imports_at_once_are_both_kept(path):
    first = begin(path, "2024-02-01", 2_000, stop="INSERT INTO list_spans")
    assert first.stdout.readline() == "there\n"
    second = begin(path, "2024-03-01", 3_000)
    first.stdin.close()
    first.stdin = None
    assert [finish(p)[0] for p in (first, second)] == [0, 0]
    assert held(path) == [("2024-01-01", 50, 50), ("2024-02-01", 2_000, 2_000), ("2024-03-01", 3_000, 3_000)]


def test_a_writer_that_waited_too_long_says_so(path, monkeypatch):
    monkeypatch.setattr("thalweg.store.opening.WAIT_SECONDS", 0.1)
    running = begin(path, "2024-02-01", 10, stop="INSERT INTO list_spans")
    assert running.stdout.readline() == "there\n"
    with (
        open_store(path) as store,
        pytest.raises(StoreError, match=r"store.db: another program is writing to it; try again when that has ended"),
        store._writing(),
    ):
        pytest.fail("two writers at once")
    running.kill()
    finish(running)


def limit_files(size):
    import resource

    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_where_no_more_can_be_written_one_line_says_so_and_the_copy_before_stays(path):
    code, out, err = finish(begin(path, "2024-02-01", 20_000, preexec_fn=limit_files(1_000_000)))
    assert (code, err) == (2, "")
    assert out.startswith(f"StoreError {path}: ")
    assert "disk" in out
    assert out.count("\n") == 1
    assert held(path) == [("2024-01-01", 50, 50)]


def test_on_a_full_disk_one_line_says_so_and_the_copy_before_stays(empty, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False).returncode:  # noqa: S607
        pytest.skip("a file system cannot be mounted here")
    try:
        path = shutil.copy(empty, disk)
        assert finish(begin(path, "2024-01-01", 50))[0] == 0
        code, out, err = finish(begin(path, "2024-02-01", 20_000))
        assert (code, err) == (2, "")
        assert "the disk is full" in out
        assert held(path) == [("2024-01-01", 50, 50)]
    finally:
        subprocess.run(["umount", disk], check=True)  # noqa: S607


@pytest.mark.parametrize("at", [100, 5_000, 20_000])
def test_a_damaged_file_is_an_error_of_one_line(path, at):
    with open(path, "r+b") as file:  # noqa: PTH123  (a path as text)
        file.seek(at)
        file.write(b"\xff" * 8_000)
    with pytest.raises(StoreError, match=r"store.db: is damaged, or not a store .*; move it away and put back a copy"):
        held_or_raise(path)


def held_or_raise(path):
    with open_store(path) as store:
        for copy in store.snapshots():
            store.as_of(copy.list, copy.data_date)
            store.history(copy.list)


def test_a_file_cut_short_is_an_error_of_one_line(path):
    os.truncate(path, os.path.getsize(path) // 2)  # noqa: PTH202  (a path as text)
    with pytest.raises(StoreError, match="is damaged, or not a store"):
        held_or_raise(path)


@pytest.fixture
def without_rights():
    """The start of a command that runs without the rights of root."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("rights cannot be given up here")
    return ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"]  # root that is bound by modes and can read the interpreter


def test_a_folder_that_may_not_be_written_to_is_an_error_of_one_line(path, tmp_path, without_rights):
    for place in (tmp_path, *tmp_path.parents):
        if place.stat().st_uid == os.geteuid() and place.name and str(place).startswith("/tmp/"):  # noqa: S108
            place.chmod(0o755)
    os.chmod(path, 0o444)  # noqa: PTH101  (a path as text)
    tmp_path.chmod(0o555)
    call = [*without_rights, sys.executable, "-c", IMPORT, path, "2024-02-01", "10", ""]
    done = subprocess.run(call, capture_output=True, text=True, check=False, cwd="/")
    tmp_path.chmod(0o755)
    os.chmod(path, 0o644)  # noqa: PTH101  (a path as text)
    if "Permission denied" in done.stderr:
        pytest.skip("the interpreter cannot be run without rights here")
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.startswith(f"StoreError {path}: cannot be ")
    assert "rights" in done.stdout or "right to write" in done.stdout
    assert held(path) == [("2024-01-01", 50, 50)]
