"""The compiled pack is used where it is fresh, remade where it is not, and never half written."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from thalweg.evidence import PackError
from thalweg.pack import load_pack
from thalweg.pack.build import COMPILED, build_pack, content_hash
from thalweg.pack.files import write_atomically, write_together
from thalweg.pack.load import compiled, pack_from_data


@pytest.fixture(autouse=True)
def cache(tmp_path, small, monkeypatch):
    monkeypatch.setattr("thalweg.pack.load.EMBEDDED", small)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "thalweg"


def title_of(root):
    return compiled(root)["rules"]["us-ear/742/6"]["title"]


def change(root):
    path = root / "regimes" / "us-ear" / "742" / "6.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("A rule of the small pack", "Another title"), encoding="utf-8")


def test_the_first_load_writes_the_compiled_pack(small):
    data = compiled(small)
    stored = json.loads((small / COMPILED).read_bytes())
    assert stored == json.loads(json.dumps(data))
    assert stored["sha256"] == content_hash(small)


def test_the_compiled_pack_is_read_back_without_the_parser(small, monkeypatch):
    before = compiled(small)
    monkeypatch.setattr("thalweg.pack.check.checked", lambda _: pytest.fail("the knowledge files were parsed again"))
    assert compiled(small) == json.loads(json.dumps(before))


def test_a_stale_compiled_pack_is_remade(small):
    assert title_of(small) == "A rule of the small pack"
    change(small)
    assert title_of(small) == "Another title"
    assert json.loads((small / COMPILED).read_bytes())["rules"]["us-ear/742/6"]["title"] == "Another title"


def test_a_new_file_makes_the_compiled_pack_stale(small, add_rule):
    compiled(small)
    add_rule("us-ear/742/7", "requirement", "reason: NS", "TRUE")
    assert "us-ear/742/7" in compiled(small)["rules"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\x00\xff\xfe", b"[]", b"null", b'"text"', b'{"sha256": "x"}'],
    ids=["empty", "cut", "binary", "list", "null", "string", "other"],
)
def test_a_broken_compiled_pack_is_remade(small, content):
    whole = compiled(small)
    (small / COMPILED).write_bytes(content)
    assert compiled(small)["rules"].keys() == whole["rules"].keys()
    assert json.loads((small / COMPILED).read_bytes())["sha256"] == content_hash(small)


def test_a_compiled_pack_cut_off_anywhere_is_remade(small):
    compiled(small)
    blob = (small / COMPILED).read_bytes()
    for at in range(0, len(blob), 997):
        (small / COMPILED).write_bytes(blob[:at])
        assert compiled(small)["name"] == "small"


def test_a_folder_that_cannot_be_written_is_served_from_the_cache(small, cache, monkeypatch):
    def refuse(path, content):
        if path.parent == small:
            raise PermissionError(13, "Permission denied")
        write_atomically(path, content)

    monkeypatch.setattr("thalweg.pack.load.write_atomically", refuse)
    compiled(small)
    assert not (small / COMPILED).exists()
    assert [p.name for p in cache.iterdir()] == [f"{content_hash(small)}.json"]
    monkeypatch.setattr("thalweg.pack.check.checked", lambda _: pytest.fail("the cache was not used"))
    assert compiled(small)["name"] == "small"


def test_nothing_writable_is_no_error(small, monkeypatch):
    def refuse(_path, _content):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("thalweg.pack.load.write_atomically", refuse)
    assert compiled(small)["name"] == "small"


def test_the_name_of_a_file_is_part_of_the_hash(small):
    before = content_hash(small)
    path = small / "facts" / "facts.yaml"
    path.rename(path.with_name("other.yaml"))
    assert content_hash(small) != before


def test_a_folder_that_is_no_pack_is_an_error(tmp_path):
    with pytest.raises(PackError, match=r"holds no pack\.yaml"):
        load_pack(tmp_path / "nowhere")


def test_a_broken_pack_is_not_stored(small):
    (small / "regimes" / "us-ear" / "742" / "6.yaml").write_text("id: x\n", encoding="utf-8")
    with pytest.raises(PackError):
        compiled(small)
    assert not (small / COMPILED).exists()


def test_build_pack_writes_where_it_is_told(small, tmp_path):
    out = tmp_path / "out" / "pack.json"
    build_pack(small, out)
    assert pack_from_data(json.loads(out.read_bytes())).stamp.name == "small"


def test_a_pack_is_the_same_from_the_files_and_from_the_compiled_form(small):
    fresh = pack_from_data(json.loads(json.dumps(build_pack(small))))
    compiled(small)
    again = pack_from_data(compiled(small))
    assert fresh.rules == again.rules
    assert fresh.stamp == again.stamp
    assert fresh.in_group("CN", "D:5", 738_000)
    assert not fresh.in_group("DE", "D:5", 738_000)


KILLED = """
import os, sys
from pathlib import Path
from thalweg.pack import files
os.fsync = lambda _: os._exit(9)
files.write_atomically(Path(sys.argv[1]), b"new" * 100_000)
"""


def test_a_writer_killed_in_the_middle_leaves_the_old_content(tmp_path):
    target = tmp_path / "pack.json"
    target.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False, timeout=60)
    assert done.returncode == 9
    assert target.read_bytes() == b"old"


def test_a_writer_that_fails_leaves_the_old_content_and_no_leavings(tmp_path, monkeypatch):
    target = tmp_path / "pack.json"
    target.write_bytes(b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(target, b"new")
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["pack.json"]
    assert target.read_bytes() == b"old"


def test_a_file_written_atomically_keeps_its_mode_and_gets_its_content(tmp_path):
    target = tmp_path / "deep" / "pack.json"
    write_atomically(target, b"one")
    target.chmod(0o640)
    write_atomically(target, b"two")
    assert target.read_bytes() == b"two"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_compiled_pack_that_came_with_a_folder_is_not_believed(small, cache, tmp_path, monkeypatch):
    monkeypatch.setattr("thalweg.pack.load.EMBEDDED", tmp_path / "elsewhere")
    forged = build_pack(small, small / COMPILED)
    forged["rules"]["us-ear/742/6"]["title"] = "Forged"
    (small / COMPILED).write_text(json.dumps(forged), encoding="utf-8")
    assert title_of(small) == "A rule of the small pack"
    assert [p.name for p in cache.iterdir()] == [f"{content_hash(small)}.json"]


def test_of_files_written_together_none_changes_where_one_cannot_be_written(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(IsADirectoryError):
        write_together({tmp_path / "a": b"new", tmp_path / "b": b"new"})
    assert (tmp_path / "a").read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


def test_a_pack_compiles_to_the_same_bytes_whatever_the_order_of_sets():
    code = (
        "import hashlib, json; from thalweg.pack.build import compile_pack; from thalweg.pack.load import EMBEDDED; "
        "print(hashlib.sha256(json.dumps(compile_pack(EMBEDDED)[0], default=str).encode()).hexdigest())"
    )
    made = {
        subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


def test_a_pipe_or_a_device_is_written_to_and_never_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_together({pipe: b"all of it", tmp_path / "file": b"this"})
        assert os.read(reader, 100) == b"all of it"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert (tmp_path / "file").read_bytes() == b"this"
