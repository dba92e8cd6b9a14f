"""Pages by their address, and the articles of an index."""

from __future__ import annotations

import pytest

from thalweg.evidence import BadInput
from thalweg.sources.caller import Caller
from thalweg.sources.news import pull

pytestmark = pytest.mark.loopback

NOTICE = "商务部公告2025年第70号 公布暂停实施公告"
BODY = "经国务院批准，商务部决定自即日起至2026年11月10日暂停实施2025年10月9日发布的公告。" * 3


def notice(title=NOTICE):
    return f"""<html><head><meta charset="iso-8859-1"><title>{title}</title></head><body><div class="nav"><a href="/">首页</a></div>
    <h1>{title}</h1><div class="info">发布时间：2025-11-07 17:00 来源：商务部</div><div class="content"><p>{BODY}</p></div></body></html>"""


def test_a_page_is_a_document_under_its_address(server, replay, source, pulled):
    server.answer = lambda *_: replay.Reply(200, notice().encode("gb18030"), {"Content-Type": "text/html; charset=utf-8"})
    (found,), _ = pulled(source("page", "/notice.html", publisher="MOFCOM", kind="official"))
    assert (found.id, found.kind) == (f"test:{server.url('/notice.html')}", "official")
    assert (found.title, found.language, found.published.isoformat()) == (NOTICE, "zh", "2025-11-07")
    assert "暂停实施" in found.text
    assert "首页" not in found.text


def test_the_articles_of_an_index_are_followed_by_the_shipped_pattern(server, replay, source, pulled):
    index = """<a href="/article/zcfg/202511/1234.html">one</a> <a href='/article/zcfg/202510/99.html#top'>two</a>
    <a href="/article/zcfg/202510/99.html">two</a> <a href="/about.html">about</a>
    <a href="https://elsewhere.example/article/x/202511/1.html">other host</a> <a href="javascript:x()">x</a> <a href="http://[bad">y</a>"""

    def answer(path, *_):
        return replay.Reply(200, index.encode()) if path == "/" else replay.Reply(200, notice(path[-9:]).encode())

    server.answer = answer
    documents, _ = pulled(source("mofcom", "/"))
    assert {d.url for d in documents} == {server.url("/article/zcfg/202511/1234.html"), server.url("/article/zcfg/202510/99.html")}


def test_an_index_that_links_to_nothing_known_has_changed_its_form(server, replay, source, pulled):
    server.answer = lambda *_: replay.Reply(200, b"<html><body><a href='/x'>x</a></body></html>")
    with pytest.raises(BadInput, match="links to nothing that `match` fits; has the page changed"):
        pulled(source("mofcom", "/"))


def test_articles_that_fail_are_said_and_if_all_fail_the_index_fails(server, replay, source, pulled):
    index = b"<a href='/article/a/202511/1.html'>1</a><a href='/article/a/202511/2.html'>2</a>"
    pages = {"/": replay.Reply(200, index), "/article/a/202511/1.html": replay.Reply(200, notice().encode())}
    server.answer = lambda path, *_: pages.get(path, replay.Reply(404))
    documents, batches = pulled(source("mofcom", "/"))
    assert len(documents) == 1
    assert "1 of 2 articles could not be read" in batches[0].note
    pages["/"] = replay.Reply(200, index.replace(b"/202511/", b"/202512/"))
    with pytest.raises(BadInput, match="of 2 articles none can be read"):
        pulled(source("mofcom", "/"))


def test_a_page_that_goes_on_for_ever_is_cut_and_says_so(server, replay, source, pulled, monkeypatch):
    monkeypatch.setattr("thalweg.sources.caller.MAX_BODY", 10_000)
    monkeypatch.setattr(Caller.get, "__kwdefaults__", Caller.get.__kwdefaults__ | {"max_bytes": 10_000})
    server.answer = lambda *_: replay.Reply(200, b"<html><body><p>" + b"All of it is said again. " * 10_000)
    (found,), batches = pulled(source("page", "/long"))
    assert found.cut
    assert found.facts["note"] == "the body goes on and was cut"
    assert "goes on beyond 10,000 bytes" in batches[0].note


@pytest.mark.parametrize("to", ["http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "https://[::1]/", "https://localhost/"])
def test_a_page_that_redirects_to_a_private_address_is_refused(server, replay, source, caller, to):
    import datetime as dt

    server.answer = lambda *_: replay.Reply(302, b"", {"Location": to})
    with pytest.raises(BadInput, match=r"is not an https address|is no public|is at .* no public address"):
        list(pull(source("page", "/"), dt.date(2026, 11, 1), caller))
    assert len(server.asked) == 1


def test_endless_redirects_end(server, replay, source, pulled):
    server.answer = lambda *_: replay.Reply(302, b"", {"Location": "/again"})
    with pytest.raises(BadInput, match="redirects more than 5 times"):
        pulled(source("page", "/"))
    assert len(server.asked) == 6
