"""What the Federal Register is about to publish."""

from __future__ import annotations

import pytest

from thalweg.evidence import BadInput

pytestmark = pytest.mark.loopback


def item(replay, number, **more):
    return {
        "agencies": [replay.COMMERCE, replay.BIS],
        "docket_numbers": ["Docket No. 250924-0156"],
        "document_number": number,
        "editorial_note": None,
        "filed_at": "2026-11-25T08:45:00.000-05:00",
        "filing_type": "special",
        "html_url": f"https://www.federalregister.gov/public-inspection/{number}/x",
        "num_pages": 12,
        "publication_date": "2026-11-30",
        "title": "Additions to the Entity List",
        "toc_subject": "Export Administration Regulations:",
        "toc_doc": "Additions to the Entity List",
        "type": "Rule",
    } | more


@pytest.fixture
def desk(source):
    return source("federal_register_inspection", "/api/v1")


def test_a_document_on_the_desk_has_its_day_of_filing_and_the_number_it_keeps(server, replay, desk, pulled):
    other = item(replay, "2026-20002", agencies=[{"raw_name": "NEW OFFICE", "name": "New Office"}])
    server.answer = lambda *_: replay.as_json({"count": 2, "results": [item(replay, "2026-20001"), other]})
    (found,), _ = pulled(desk)
    assert (found.id, found.published.isoformat(), found.title) == ("test:2026-20001", "2026-11-25", "Additions to the Entity List")
    assert (found.facts["number"], found.facts["publication_date"], found.facts["filing_type"]) == ("2026-20001", "2026-11-30", "special")
    assert "withdrawn" not in found.facts


def test_one_that_was_withdrawn_before_publication_says_so(server, replay, desk, pulled):
    note = "This document was withdrawn from public inspection at the request of the agency."
    server.answer = lambda *_: replay.as_json({"count": 1, "results": [item(replay, "2026-20001", editorial_note=note)]})
    (found,), _ = pulled(desk)
    assert found.facts["withdrawn"] == "yes"


def test_an_empty_desk_is_no_fault_but_a_desk_that_gives_other_than_it_counts_is(server, replay, desk, pulled):
    server.answer = lambda *_: replay.as_json({"count": 0})
    assert pulled(desk)[0] == []
    server.answer = lambda *_: replay.as_json({"count": 3, "results": [item(replay, "2026-20001")]})
    with pytest.raises(BadInput, match="counts 3 documents and gives others"):
        pulled(desk)


def test_an_unchanged_desk_is_read_from_what_was_kept(server, replay, desk, pulled):
    reply = replay.as_json({"count": 1, "results": [item(replay, "2026-20001")]}, ETag='"1"')
    server.answer = lambda _path, _query, headers: replay.Reply(304) if headers.get("if-none-match") == '"1"' else reply
    first, fresh = pulled(desk)
    second, again = pulled(desk)
    assert first == second
    assert ([b.fresh for b in fresh], [b.fresh for b in again]) == ([True], [False])
