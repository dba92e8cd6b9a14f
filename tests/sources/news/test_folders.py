"""A folder of files as a source."""

from __future__ import annotations

import pytest

from thalweg.evidence import BadInput


@pytest.fixture
def folder(source, tmp_path):
    home = tmp_path / "clippings"
    (home / "deep").mkdir(parents=True)
    return home, source("folder", address=str(home))


def test_every_file_is_a_document_and_those_that_cannot_be_read_are_named(folder, pulled):
    home, source = folder
    (home / "a.txt").write_text("A title\n\nA body.")
    (home / "deep" / "b.html").write_text("<html><head><title>Page</title></head><body><p>Its body is here.</p></body></html>")
    (home / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    (home / "picture.png").write_bytes(b"\x89PNG")
    (home / ".hidden.txt").write_text("no")
    documents, batches = pulled(source)
    assert {d.id for d in documents} == {"test:a.txt", "test:deep/b.html"}
    assert batches[0].note.startswith("1 files could not be read; the first: bad.pdf")


def test_a_folder_that_is_missing_or_has_nothing_is_said(folder, pulled, source):
    with pytest.raises(BadInput, match="holds no document"):
        pulled(folder[1])
    with pytest.raises(BadInput, match="is no folder"):
        pulled(source("folder", address=str(folder[0] / "missing")))


def test_a_link_out_of_the_folder_is_not_followed(folder, pulled, tmp_path):
    home, source = folder
    (tmp_path / "secret.txt").write_text("secret\n\nsecret")
    (home / "link.txt").symlink_to(tmp_path / "secret.txt")
    (home / "a.txt").write_text("A title\n\nA body.")
    assert [d.title for d in pulled(source)[0]] == ["A title"]
