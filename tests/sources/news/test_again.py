"""Raw bytes read again by a later reader, without a request."""

from __future__ import annotations

import pytest

from thalweg.evidence import BadInput
from thalweg.sources.news import read_again

pytestmark = pytest.mark.loopback


def test_a_feed_with_its_articles_is_read_again_out_of_the_archive(server, replay, source, pulled, archive):
    entry = f"<rss version='2.0'><channel><item><guid>1</guid><title>T</title><link>{server.url('/one')}</link></item></channel></rss>"
    pages = {"/rss": replay.Reply(200, entry.encode()), "/one": replay.Reply(200, b"<html><body><p>The article is long.</p></body></html>")}
    server.answer = lambda path, *_: pages[path]
    feed = source("feed", "/rss", options={"articles": True})
    pulled_now, _ = pulled(feed)
    asked = len(server.asked)
    assert list(read_again(feed, archive)) == pulled_now
    assert len(server.asked) == asked


def test_of_an_address_the_last_content_is_read(server, replay, source, pulled, archive):
    page = source("page", "/p")
    for text in (b"<html><body><p>The first wording.</p></body></html>", b"<html><body><p>The second wording.</p></body></html>"):
        server.answer = lambda *_, body=text: replay.Reply(200, body)
        last, _ = pulled(page)
    assert [d.text for d in read_again(page, archive)] == [last[0].text]
    assert len(list(archive.all("test"))) == 2


def test_the_register_is_read_again_with_full_texts(server, replay, source, pulled, archive):
    register = replay.Register([replay.document("2026-00001", "2026-11-02", raw_text_url=server.url("/text/1.txt"))])
    server.answer = lambda p, q, h: replay.Reply(200, b"The whole rule.") if p.startswith("/text") else register(p, q, h)
    made = source("federal_register", "/api/v1", options={"searches": [{}], "full_text": "whole"})
    assert list(read_again(made, archive)) == []
    found, _ = pulled(made)
    assert list(read_again(made, archive)) == found
    assert found[0].text == "The whole rule."


def test_bytes_that_are_damaged_on_disk_are_said(server, replay, source, pulled, archive):
    page = source("page", "/p")
    server.answer = lambda *_: replay.Reply(200, b"<html><body><p>A wording.</p></body></html>")
    pulled(page)
    (kept,) = archive.folder.glob("raw/*/*.gz")
    kept.write_bytes(kept.read_bytes()[:-4])
    (error,) = read_again(page, archive)
    assert isinstance(error, BadInput)
    assert "fetch it again" in str(error)
