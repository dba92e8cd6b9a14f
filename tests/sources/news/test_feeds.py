"""Feeds of anyone, as they are found."""

from __future__ import annotations

import pytest

from thalweg.evidence import BadInput

pytestmark = pytest.mark.loopback

RSS = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Trade News &amp; Views</title><language>en-us</language>
<item><guid isPermaLink="false">n-1</guid><title>BIS adds firms to the Entity List</title><link>HOST/one</link>
<pubDate>Wed, 25 Nov 2026 23:30:00 -0500</pubDate>
<description>&lt;p&gt;Two &lt;b&gt;firms&lt;/b&gt; were added.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</description></item>
<item><guid isPermaLink="false">n-2</guid><title>Another</title><link>HOST/two</link><description>Short.</description></item>
</channel></rss>"""


@pytest.fixture
def feed(source):
    def make(**more):
        return source("feed", "/rss.xml", **more)

    return make


def told(server, replay, body=RSS, **headers):
    server.answer = lambda *_: replay.Reply(200, body.replace(b"HOST", server.url().encode()), headers)


def test_each_entry_is_a_document_under_its_own_id_and_address(server, replay, feed, pulled):
    told(server, replay)
    one, two = pulled(feed())[0]
    assert (one.id, one.url, one.publisher, one.kind) == ("test:n-1", server.url("/one"), "Trade News & Views", "media")
    assert (one.title, one.text) == ("BIS adds firms to the Entity List", "Two firms were added.")
    assert one.published.isoformat() == "2026-11-26"  # in UTC
    assert (two.id, two.published) == ("test:n-2", None)
    assert one.facts["feed"] == server.url("/rss.xml")


def test_a_feed_that_is_broken_off_gives_the_entries_it_has_and_says_so(server, replay, feed, pulled):
    told(server, replay, RSS[: RSS.index(b"n-2") - len(b'<item><guid isPermaLink="false">')] + b"<item><title>cut & ")
    documents, batches = pulled(feed())
    assert documents[0].title == "BIS adds firms to the Entity List"
    assert "XML of the feed is broken" in batches[0].note


@pytest.mark.parametrize("body", [b"", b"<html><body>Sign in</body></html>", b"Service unavailable", b'{"error": 1}'])
def test_what_is_no_feed_is_a_failure_and_not_an_empty_feed(server, replay, feed, pulled, body):
    told(server, replay, body)
    with pytest.raises(BadInput, match="given up after 6 attempts"):
        pulled(feed())


def test_entities_of_a_document_type_are_not_expanded(server, replay, feed, pulled):
    bomb = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    told(server, replay, bomb + b"<rss version='2.0'><channel><item><title>T &b; &x;</title><guid>1</guid></item></channel></rss>")
    (found,), _ = pulled(feed())
    assert "aaaaaaaaaa" not in found.title
    assert "root:" not in found.title


def test_the_declared_encoding_may_be_wrong(server, replay, feed, pulled):
    body = RSS.replace(b"Two", "出口管制".encode()).replace(b'encoding="utf-8"', b'encoding="iso-8859-1"')
    told(server, replay, body, **{"Content-Type": "application/rss+xml; charset=iso-8859-1"})
    assert "出口管制" in pulled(feed())[0][0].text


def test_atom_and_json_feed_are_feeds_too(server, replay, feed, pulled):
    told(
        server,
        replay,
        b"<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title><entry><id>urn:1</id><title>T</title>"
        b"<updated>2026-11-20T00:00:00Z</updated><content type='html'>&lt;p&gt;x&lt;/p&gt;</content></entry></feed>",
    )
    (atom,), _ = pulled(feed())
    assert (atom.id, atom.published.isoformat(), atom.text) == ("test:urn:1", "2026-11-20", "x")
    item = {"id": "7", "url": "https://a.example/7", "title": "T", "content_html": "<p>Hello</p>", "date_published": "2026-11-20T10:00:00Z"}
    server.answer = lambda *_: replay.as_json({"version": "https://jsonfeed.org/version/1.1", "items": [item]})
    (found,), _ = pulled(feed())
    assert (found.id, found.url, found.text, found.published.isoformat()) == ("test:7", "https://a.example/7", "Hello", "2026-11-20")


def test_the_articles_are_fetched_where_the_source_says_so(server, replay, feed, pulled):
    long = b"<html><body><article><p>" + b"The whole article tells more than the entry does. " * 10 + b"</p></article></body></html>"

    def answer(path, *_):
        if path == "/one":
            return replay.Reply(200, long)
        return replay.Reply(200, RSS.replace(b"HOST", server.url().encode())) if path == "/rss.xml" else replay.Reply(404)

    server.answer = answer
    one, two = pulled(feed(options={"articles": True}))[0]
    assert one.text.startswith("The whole article")
    assert (two.text, "answered 404" in two.facts["text_note"]) == ("Short.", True)


def test_an_article_that_was_had_is_not_lost_when_it_cannot_be_fetched_later(server, replay, feed, pulled, caller):
    import datetime as dt

    body = RSS.replace(b"HOST", server.url().encode())
    article = replay.Reply(200, b"<html><body><article><p>" + b"The whole article tells more. " * 10 + b"</p></article></body></html>")
    server.answer = lambda path, *_: replay.Reply(200, body) if path == "/rss.xml" else article
    first, _ = pulled(feed(options={"articles": True}))
    server.answer = lambda path, *_: replay.Reply(200, body) if path == "/rss.xml" else replay.Reply(500)
    now = caller.clock()
    caller.clock = lambda: now + dt.timedelta(days=3)
    second, _ = pulled(feed(options={"articles": True}))
    assert [(d.text, d.facts) for d in first] == [(d.text, d.facts) for d in second]


def test_a_note_on_the_feed_is_no_fact_of_its_entries(server, replay, feed, pulled):
    told(server, replay)
    whole, _ = pulled(feed())
    told(server, replay, RSS + b"<item><title>cut & ")
    broken, batches = pulled(feed())
    assert batches[0].note
    assert (whole[0].facts, whole[0].text) == (broken[0].facts, broken[0].text)


def test_an_article_at_a_private_address_is_not_fetched(server, replay, feed, pulled):
    told(server, replay, RSS.replace(b"HOST/one", b"http://169.254.169.254/latest").replace(b"HOST/two", b"https://localhost/"))
    one, two = pulled(feed(options={"articles": True}))[0]
    assert "no public address" in one.facts["text_note"]
    assert "no public" in two.facts["text_note"]
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"<rss version='2.0'><channel><title>Quiet</title></channel></rss>", b'{"version": "1.1", "items": []}'])
def test_a_feed_without_entries_is_no_failure(server, replay, feed, pulled, body):
    told(server, replay, body)
    assert pulled(feed())[0] == []


def test_an_entry_dated_in_the_future_is_kept_and_marked(server, replay, feed, pulled):
    told(server, replay, RSS.replace(b"25 Nov 2026", b"25 Nov 2031"))
    found = pulled(feed())[0][0]
    assert found.facts["published_in_future"] == found.published.isoformat() == "2031-11-26"


def test_an_unchanged_feed_is_not_sent_again_and_its_documents_are_the_same(server, replay, feed, pulled):
    body = RSS.replace(b"HOST", server.url().encode())
    server.answer = lambda _p, _q, h: replay.Reply(304) if h.get("if-none-match") == '"v"' else replay.Reply(200, body, {"ETag": '"v"'})
    first, _ = pulled(feed())
    second, batches = pulled(feed())
    assert first == second
    assert not batches[0].fresh


def test_a_feed_whose_entries_are_all_new_may_have_missed_some(server, replay, feed, pulled):
    told(server, replay)
    assert pulled(feed())[1][0].note == ""
    told(server, replay, RSS.replace(b"n-1", b"n-8").replace(b"n-2", b"n-9"))
    assert "some may have come and gone" in pulled(feed())[1][0].note
    told(server, replay, RSS.replace(b"n-1", b"n-9").replace(b"n-2", b"n-10"))
    assert pulled(feed())[1][0].note == ""


def test_a_changed_entry_keeps_its_id(server, replay, feed, pulled):
    told(server, replay)
    first = pulled(feed())[0][0]
    told(server, replay, RSS.replace(b"Two", b"Three"))
    second = pulled(feed())[0][0]
    assert first.id == second.id
    assert (first.text, second.text) == ("Two firms were added.", "Three firms were added.")
    assert first.sha256 != second.sha256


HOSTILE = {
    "nested elements": b"<rss version='2.0'><channel>" + b"<a>" * 500_000,
    "a tag of 200,000 attributes": b"<rss version='2.0'><channel><item "
    + b" ".join(b"a%d='1'" % n for n in range(200_000))
    + b"><title>x</title>",
    "60,000 entries": b"<rss version='2.0'><channel>" + b"<item><title>x</title><guid>urn:1</guid></item>" * 60_000 + b"</channel></rss>",
    "open document types": b"<rss version='2.0'><channel><item><title>x</title>" + b"<!DOCTYPE [" * 100_000,
    "document types before": b"<!DOCTYPE [" * 100_000 + b"<rss version='2.0'><channel><item><title>x</title>",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_feed_is_read_or_refused(body):
    from thalweg.sources.documents import read_document

    try:
        found = read_document(body)
    except BadInput as error:
        assert "nested deeper" in str(error) or "no feed" in str(error)  # noqa: PT017  (either is right)
    else:
        assert len(found) <= 2_000


def test_a_feed_of_more_entries_than_are_read_says_so():
    from thalweg.sources.documents import read_document

    items = b"".join(b"<item><title>T%d</title><guid>urn:%d</guid></item>" % (n, n) for n in range(2_500))
    found = read_document(b"<rss version='2.0'><channel><title>F</title>" + items + b"</channel></rss>")
    assert len(found) == 2_000
    assert {d.facts["feed_note"] for d in found} == {"the feed goes on and was cut"}
