"""GDELT: an answer is told from the notice to wait, from a refusal and from broken JSON, whatever its status says."""

from __future__ import annotations

import pytest

from thalweg.evidence import BadInput

pytestmark = pytest.mark.loopback

NOTICE = b"Please limit requests to one every 5 seconds or contact kalev.leetaru5@gmail.com for larger queries."


def article(number, seen="20261120T200000Z", **more):
    url = f"https://news.example/{number}"
    return {
        "url": url,
        "url_mobile": "",
        "title": f"Chip story {number}",
        "seendate": seen,
        "domain": "news.example",
        "language": "English",
        "sourcecountry": "United States",
    } | more


@pytest.fixture
def gdelt(source, monkeypatch):
    monkeypatch.setattr("thalweg.sources.news.gdelt.client._NOTICE_WAIT", 0.001)
    return source("gdelt", "/api/v2/doc/doc")


def test_articles_are_titles_with_their_address(server, replay, gdelt, pulled):
    server.answer = lambda *_: replay.as_json({"articles": [article(1), article(2, language="Chinese", title="芯片出口管制新闻")]})
    one, two = pulled(gdelt)[0]
    assert (one.id, one.url, one.publisher) == ("test:https://news.example/1", "https://news.example/1", "news.example")
    assert (one.published.isoformat(), one.kind, one.text, one.facts["title_only"]) == ("2026-11-20", "media", "", "yes")
    assert two.language == "zh"


def test_the_notice_to_wait_that_comes_with_status_200_is_waited_for(server, replay, gdelt, pulled):
    replies = [replay.Reply(200, NOTICE, {"Content-Type": "text/plain"}), replay.as_json({"articles": [article(1)]})]
    server.answer = lambda *_: replies.pop(0)
    assert len(pulled(gdelt)[0]) == 1


def test_a_notice_that_does_not_end_is_a_failure_and_not_an_empty_answer(server, replay, gdelt, pulled):
    server.answer = lambda *_: replay.Reply(200, NOTICE, {"Content-Type": "text/html"})
    with pytest.raises(BadInput, match="asks for fewer requests, with status 200; given up after 6 attempts"):
        pulled(gdelt)


def test_no_hits_are_an_empty_object(server, replay, gdelt, pulled):
    server.answer = lambda *_: replay.as_json({})
    assert pulled(gdelt)[0] == []


def test_a_query_that_is_refused_with_status_200_is_said(server, replay, gdelt, pulled):
    server.answer = lambda *_: replay.Reply(200, b"<p>Your query contained a term that is too short.</p>", {"Content-Type": "text/html"})
    with pytest.raises(BadInput, match="refuses the query: 'Your query contained a term that is too short"):
        pulled(gdelt)
    assert len(server.asked) == 1


def test_illegal_characters_in_json_are_borne(server, replay, gdelt, pulled):
    body = b'{"articles": [{"url": "https://news.example/1", "title": "A tab\tand\x01 more", "seendate": "20261120T200000Z"}]}'
    server.answer = lambda *_: replay.Reply(200, body, {"Content-Type": "application/json"})
    assert pulled(gdelt)[0][0].title == "A tab and more"


def test_a_full_answer_is_halved_until_every_article_is_had(server, replay, gdelt, pulled):
    stories = [article(n, f"202611{n % 20 + 1:02d}T{n % 24:02d}0000Z") for n in range(900)]

    def answer(_path, query, _headers):
        first, last = (query[k][0] for k in ("startdatetime", "enddatetime"))
        hits = [s for s in stories if first <= s["seendate"].replace("T", "").replace("Z", "") <= last]
        return replay.as_json({"articles": hits[:250]} if hits else {})

    server.answer = answer
    documents, batches = pulled(gdelt)
    assert {d.url for d in documents} == {s["url"] for s in stories}
    assert batches[0].note == ""


def test_days_before_the_three_months_are_said_to_be_missing(server, replay, gdelt, pulled):
    server.answer = lambda *_: replay.as_json({})
    assert "2026-01-01 to" in pulled(gdelt, since="2026-01-01")[1][0].note
