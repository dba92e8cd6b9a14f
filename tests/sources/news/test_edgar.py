"""Filings at EDGAR: found by full-text search, read whole, asked for with a contact."""

from __future__ import annotations

import datetime as dt

import pytest

from thalweg.evidence import BadInput
from thalweg.sources.caller import Caller
from thalweg.sources.news import pull

pytestmark = pytest.mark.loopback


def hit(number, day="2026-11-19", **more):
    filing = f"0001045810-26-{number:06d}"
    told = {
        "ciks": ["0001045810"],
        "display_names": ["NVIDIA CORP  (NVDA)  (CIK 0001045810)"],
        "form": "8-K",
        "root_forms": ["8-K"],
        "file_date": day,
        "adsh": filing,
        "file_type": "8-K",
        "items": ["2.02", "9.01"],
        "period_ending": day,
    }
    return {"_id": f"{filing}:nvda-20261119.htm", "_source": told | more}


def served(replay, hits, cap=10_000):
    def answer(path, query, _):
        if "/Archives/" in path:
            return replay.Reply(200, b"<html><body><p>We could not ship H20 to China without a license.</p></body></html>")
        found = [h for h in hits if query["startdt"][0] <= h["_source"]["file_date"] <= query["enddt"][0]]
        total = {"value": min(len(found), cap), "relation": "gte" if len(found) > cap else "eq"}
        start = int(query["from"][0])
        return replay.as_json({"hits": {"total": total, "hits": found[start : start + 100]}})

    return answer


@pytest.fixture
def edgar(source, server):
    def make(**options):
        base = {"query": '"export controls" "H20"', "forms": ["8-K", "10-Q"], "files": server.url("/Archives/edgar/data")}
        return source("edgar", "/LATEST/search-index", options=base | options)

    return make


def test_a_filing_is_a_document_with_its_firm_form_and_text(server, replay, edgar, pulled):
    server.answer = served(replay, [hit(1)])
    (found,), _ = pulled(edgar(full_text=True))
    assert (found.id, found.kind, found.publisher) == ("test:0001045810-26-000001:nvda-20261119.htm", "filing", "NVIDIA CORP")
    assert found.url.endswith("/Archives/edgar/data/1045810/000104581026000001/nvda-20261119.htm")
    assert (found.published.isoformat(), found.facts["form"], found.facts["items"]) == ("2026-11-19", "8-K", "2.02 9.01")
    assert found.text == "We could not ship H20 to China without a license."
    assert server.asked[0][1]["forms"] == ["8-K,10-Q"]


def test_of_a_long_filing_the_passages_that_are_asked_for_stand(server, replay, edgar, pulled):
    search = served(replay, [hit(1)])
    filing = (
        "<html><body>"
        + "<p>Our leases are described in a note on property.</p>" * 50
        + "<p>New export controls apply to H20.</p></body></html>"
    )
    server.answer = lambda p, q, h: replay.Reply(200, filing.encode()) if "/Archives/" in p else search(p, q, h)
    (found,), _ = pulled(edgar(full_text=True, passages="export control"))
    assert found.text == "New export controls apply to H20."
    assert found.facts["passages"].startswith("1 of ")


def test_a_filing_that_was_fetched_is_not_fetched_again(server, replay, edgar, pulled):
    server.answer = served(replay, [hit(1)])
    first, _ = pulled(edgar(full_text=True))
    second, _ = pulled(edgar(full_text=True))
    assert first == second
    assert sum("/Archives/" in p for p, *_ in server.asked) == 1


def test_every_page_is_read_and_days_over_the_cap_are_halved(server, replay, edgar, pulled):
    hits = [hit(n, f"2026-11-{n % 20 + 1:02d}") for n in range(450)]
    server.answer = served(replay, hits, cap=200)
    assert {d.id for d in pulled(edgar())[0]} == {f"test:{h['_id']}" for h in hits}


def test_without_an_address_of_mail_nothing_is_asked(server, edgar):
    with Caller("test", allow={server.host}) as caller, pytest.raises(BadInput, match=r"give --contact 'Name mail@example\.com'"):
        list(pull(edgar(), dt.date(2026, 11, 1), caller, until=dt.date(2026, 11, 27)))
    assert server.asked == []


def test_the_contact_is_in_every_request(server, replay, edgar, pulled):
    server.answer = served(replay, [hit(1)])
    pulled(edgar(full_text=True))
    assert {h["user-agent"] for *_, h in server.asked} == {"thalweg (+Test test@example.com)"}


def test_a_search_that_gives_fewer_than_it_counts_is_refused(server, replay, edgar, pulled):
    server.answer = lambda *_: replay.as_json({"hits": {"total": {"value": 9, "relation": "eq"}, "hits": [hit(1)]}})
    with pytest.raises(BadInput, match="counts 9 filings and gives 1"):
        pulled(edgar())
