"""Raw bytes by their hash, with where and when they were fetched."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.evidence import BadInput
from thalweg.sources.archive import Archive

DAY = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)


@given(st.binary(max_size=2_000))
def test_what_is_kept_is_read_back(tmp_path_factory, data):
    archive = Archive(tmp_path_factory.mktemp("archive"))
    raw = archive.keep(data, source="a", url="https://a.example/", at=DAY)
    assert raw.sha256 == hashlib.sha256(data).hexdigest()
    assert archive.read(raw.sha256) == data


def test_the_same_content_again_is_one_line_with_a_later_time(tmp_path):
    archive = Archive(tmp_path)
    for hour in (12, 14, 13):
        archive.keep(b"x", source="a", url="u", at=DAY.replace(hour=hour), etag=f'"{hour}"')
    (raw,) = archive.all()
    assert (raw.first_at[11:13], raw.last_at[11:13]) == ("12", "14")
    assert len(list(tmp_path.glob("raw/*/*"))) == 1


def test_of_an_address_the_content_seen_last_is_the_last(tmp_path):
    archive = Archive(tmp_path)
    for hour, data in ((12, b"a"), (13, b"b"), (14, b"a")):
        archive.keep(data, source="a", url="u", at=DAY.replace(hour=hour))
    assert archive.read(archive.last("a", "u").sha256) == b"a"
    assert archive.last("b", "u") is None
    assert Archive(tmp_path / "none").last("a", "u") is None


def test_several_threads_keep_at_once(tmp_path):
    archive = Archive(tmp_path)

    def keep(n):
        for m in range(10):
            archive.keep(f"{n} {m % 5}".encode(), source=f"s{n}", url=f"u{m}", at=DAY)

    threads = [threading.Thread(target=keep, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(archive.all())) == 60
    assert not list(tmp_path.glob("raw/*/.raw-*"))


def test_bytes_that_are_missing_or_damaged_are_said(tmp_path):
    archive = Archive(tmp_path)
    raw = archive.keep(b"x", source="a", url="u", at=DAY)
    path = next(tmp_path.glob("raw/*/*.gz"))
    other = archive.keep(b"y", source="a", url="v", at=DAY)
    path.write_bytes((tmp_path / "raw" / other.sha256[:2] / f"{other.sha256}.gz").read_bytes())
    with pytest.raises(BadInput, match="is damaged"):
        archive.read(raw.sha256)
    path.unlink()
    with pytest.raises(BadInput, match="cannot be read"):
        archive.read(raw.sha256)


def test_bytes_that_are_damaged_are_written_anew_when_they_come_again(tmp_path):
    archive = Archive(tmp_path)
    raw = archive.keep(b"x" * 100, source="a", url="u", at=DAY)
    next(tmp_path.glob("raw/*/*.gz")).write_bytes(b"half")
    archive.keep(b"x" * 100, source="a", url="u", at=DAY)
    assert archive.read(raw.sha256) == b"x" * 100


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="what is fetched cannot be kept there"):
        Archive(tmp_path / "file" / "in").keep(b"x", source="a", url="u", at=DAY)


def test_a_full_disk_is_said_and_leaves_nothing_half_written(tmp_path, monkeypatch):
    import errno

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    archive = Archive(tmp_path)
    archive.keep(b"before", source="a", url="u", at=DAY)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BadInput, match="cannot be kept there: No space left on device"):
        archive.keep(b"x", source="a", url="u", at=DAY)
    assert len(list(tmp_path.glob("raw/*/*"))) == 1
    assert archive.read(archive.last("a", "u").sha256) == b"before"


def test_an_index_that_is_no_database_is_said(tmp_path):
    (tmp_path / "fetched.db").write_bytes(b"not a database" * 100)
    with pytest.raises(BadInput, match="what is fetched cannot be kept there: file is not a database"):
        Archive(tmp_path).keep(b"x", source="a", url="u", at=DAY)
