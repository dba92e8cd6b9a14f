"""Every document of the Federal Register once, whatever the limits of its search and the faults of the network."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.evidence import BadInput

pytestmark = pytest.mark.loopback

REAL = {
    "document_number": "2022-21658",
    "type": "Rule",
    "title": "Implementation of Additional Export Controls: Certain Advanced Computing and Semiconductor Manufacturing Items; "
    "Supercomputer and Semiconductor End Use; Entity List Modification",
    "action": "Interim final rule; request for comments.",
    "publication_date": "2022-10-13",
    "effective_on": "2022-10-07",
    "citation": "87 FR 62186",
    "docket_ids": ["Docket No. 220930-0204"],
    "regulation_id_numbers": ["0694-AI94"],
    "cfr_references": [{"title": 15, "part": 734, "chapter": None, "citation_url": None}, {"title": 15, "part": 744}],
    "abstract": "The Bureau of Industry and Security is amending the Export Administration Regulations.",
}


@pytest.fixture
def register(source):
    return source("federal_register", "/api/v1", options={"searches": [{}]})


def keys(documents):
    return Counter(d.id.removeprefix("test:") for d in documents)


def due(rows):
    return Counter(f"{r['document_number']}:{r['publication_date']}" for r in rows)


def test_a_rule_is_a_document_with_what_the_register_states(server, replay, register, pulled):
    server.answer = replay.Register([replay.document("2022-21658", "2022-10-13", **REAL)])
    (rule,), _ = pulled(register, "2022-10-01", "2022-10-31")
    assert (rule.id, rule.kind, rule.published.isoformat(), rule.language) == ("test:2022-21658:2022-10-13", "official", "2022-10-13", "en")
    assert rule.publisher == "Industry and Security Bureau; Commerce Department"
    assert rule.title == REAL["title"]
    assert rule.text.startswith("Interim final rule; request for comments.\n\nThe Bureau")
    assert rule.facts["cfr"] == "15:734 15:744"
    assert (rule.facts["number"], rule.facts["effective_on"], rule.facts["citation"]) == ("2022-21658", "2022-10-07", "87 FR 62186")
    assert (rule.facts["docket"], rule.facts["rin"]) == ("Docket No. 220930-0204", "0694-AI94")
    assert "withdrawn" not in rule.facts
    assert "corrects" not in rule.facts


def test_a_search_without_hits_has_no_results_and_is_read_all_the_same(server, replay, register, pulled):
    server.answer = replay.Register([])
    documents, batches = pulled(register)
    assert documents == []
    assert [b.through for b in batches] == ["2026-11-27"]


@pytest.mark.parametrize("per_page", [20, 1_000])
def test_a_day_of_300_documents_is_read_page_by_page_or_at_once(server, replay, source, pulled, per_page):
    rows = [replay.document(f"2026-{n:05d}", "2026-11-02") for n in range(300)]
    server.answer = replay.Register(rows)
    documents, _ = pulled(source("federal_register", "/api/v1", options={"searches": [{}], "per_page": per_page}))
    assert keys(documents) == due(rows)


@pytest.mark.slow
def test_more_documents_than_the_cap_are_found_by_halving_the_days(server, replay, register, pulled):
    rows = [replay.document(f"2026-{n:05d}", f"2026-11-{n % 20 + 1:02d}") for n in range(11_000)]
    server.answer = register_ = replay.Register(rows)
    documents, _ = pulled(register)
    assert keys(documents) == due(rows)
    assert all(page == 1 for *_, page in register_.pages)


def test_a_day_over_the_cap_is_read_by_type(server, replay, register, pulled):
    kinds = list(replay.TYPES)
    rows = [replay.document(f"2026-{n:05d}", "2026-11-02", type=kinds[n % 4]) for n in range(10_400)]
    server.answer = replay.Register(rows)
    documents, _ = pulled(register, "2026-11-02", "2026-11-02")
    assert keys(documents) == due(rows)


def test_a_search_that_gives_fewer_than_it_counts_is_refused_and_no_day_is_called_read(server, replay, register, pulled):
    rows = [replay.document(f"2026-{n:05d}", "2026-11-02") for n in range(30)]

    def answer(*_):
        return replay.as_json({"count": 40, "description": "", "total_pages": 1, "results": rows})

    server.answer = answer
    with pytest.raises(BadInput, match=r"Federal Register of 2026-11-02: the search counts 40 documents and gives 30"):
        pulled(register, "2026-11-02", "2026-11-02")


def test_a_server_that_gives_page_one_for_ever_is_not_asked_for_ever(server, replay, register, pulled):
    rows = [replay.document(f"2026-{n:05d}", "2026-11-02") for n in range(20)]
    server.answer = lambda *_: replay.as_json({"count": 900, "results": rows})
    with pytest.raises(BadInput, match="counts 900 documents and gives 20"):
        pulled(register, "2026-11-02", "2026-11-02")
    assert len(server.asked) < 50


def test_a_number_that_was_used_twice_is_two_documents(server, replay, register, pulled):
    rows = [replay.document("2015-00001", day) for day in ("2015-01-05", "2015-01-06")]
    server.answer = replay.Register(rows)
    documents, _ = pulled(register, "2015-01-01", "2015-01-31")
    assert keys(documents) == due(rows)


def test_corrections_and_withdrawals_are_states(server, replay, register, pulled):
    address = "https://www.federalregister.gov/api/v1/documents/2026-00001.json"
    rows = [
        replay.document("2026-00001", "2026-11-02", corrections=["https://www.federalregister.gov/api/v1/documents/C1-2026-00001.json"]),
        replay.document("C1-2026-00001", "2026-11-09", correction_of=address),
        replay.document("C2-2026-00001", "2026-11-10"),
        replay.document("2026-00004", "2026-11-11", action="Proposed rule; withdrawal.", type="Proposed Rule"),
    ]
    server.answer = replay.Register(rows)
    facts = {d.facts["number"]: d.facts for d in pulled(register)[0]}
    assert facts["2026-00001"]["corrected_by"] == "C1-2026-00001"
    assert facts["C1-2026-00001"]["corrects"] == facts["C2-2026-00001"]["corrects"] == "2026-00001"
    assert facts["2026-00004"]["withdrawn"] == "yes"
    assert "withdrawn" not in facts["2026-00001"]


def test_the_full_text_stands_in_the_place_of_the_abstract_and_where_it_fails_the_abstract_stays(server, replay, source, pulled):
    rows = [
        replay.document("2026-00001", "2026-11-02", abstract="Short.", raw_text_url=server.url("/text/1.txt")),
        replay.document("2026-00002", "2026-11-02", abstract="Short.", raw_text_url=server.url("/text/2.txt")),
    ]
    register = replay.Register(rows)

    def answer(path, query, headers):
        if path == "/text/1.txt":
            return replay.Reply(
                200, b"<html><head><title>x</title></head><body><pre>\nThe whole text of the rule is here.\n</pre></body></html>"
            )
        return replay.Reply(404) if path.startswith("/text") else register(path, query, headers)

    server.answer = answer
    one, two = pulled(source("federal_register", "/api/v1", options={"searches": [{}], "full_text": "whole"}))[0]
    assert one.text == "The whole text of the rule is here."
    assert "abstract_only" not in one.facts
    assert two.text.endswith("Short.")
    assert two.facts["abstract_only"] == "yes"
    assert "answered 404" in two.facts["text_note"]


NOTICE = """<html>
<head><title>Federal Register, Volume 85 Issue 154</title></head>
<body><pre>
[Federal Register Volume 85, Number 154 (Monday, August 10, 2020)]
From the Federal Register Online via the Government Publishing Office [<a href="http://www.gpo.gov">www.gpo.gov</a>]

\x00========================================================================
\x00Rules and Regulations

\x00\x00Federal Register / Vol. 85, No. 154 / Monday, August 10, 2020 / Rules
and Regulations\x00\x00

AGENCY: Bureau of Industry and Security, Commerce.

SUMMARY: In this rule, BIS amends the Export Administration Regulations (EAR) by
adding semi-
conductor items to the ``Entity List'' &#8220;as amended&#8221;.

[[Page 48097]]

DATES: This rule is effective on August 10, 2020.
ADDRESSES: Send comments to the portal.
    (a) A first paragraph that runs over
two lines.
    (1) A second one.
</pre></body></html>"""


def test_the_lines_of_a_full_text_are_joined_to_paragraphs():
    from thalweg.sources.news.federal_register.full_text import full_text

    lines = full_text(NOTICE).split("\n")
    summary = "SUMMARY: In this rule, BIS amends the Export Administration Regulations (EAR) by adding semi-conductor items"
    assert f"{summary} to the “Entity List” “as amended”." in lines
    assert "(a) A first paragraph that runs over two lines." in lines
    assert "DATES: This rule is effective on August 10, 2020." in lines
    assert not any(mark in "\n".join(lines) for mark in ("[[Page", "====", "Vol. 85, No. 154 / Monday", "<", "\x00"))


def test_the_sections_that_a_rule_amends_are_read_from_its_instructions(server, replay, source, pulled):
    text = """<pre>
    The exception in Sec. 740.2 is not changed, and 744.99 is only mentioned.
PART 744--CONTROL POLICY
0
3. Section 744.11 is amended by revising paragraph (a) and adding
paragraph (b)(1) to Sec.  744.23 to read as follows:


Sec.  744.16  Entity List.

0
4. Supplement No. 4 to part 744 is amended under CHINA by removing 36.5 entries.

0
5. In Supplement No. 1 to part 774, Category 3, revise ECCNs 3A090 and 3B001. See 3A001.
</pre>"""
    more = {
        "abstract": "Short.",
        "cfr_references": [{"title": 15, "part": 744}, {"title": 15, "part": 774}],
        "raw_text_url": server.url("/1.txt"),
    }
    register = replay.Register([replay.document("2026-00001", "2026-11-02", **more)])
    server.answer = lambda p, q, h: replay.Reply(200, text.encode()) if p == "/1.txt" else register(p, q, h)
    (rule,), _ = pulled(source("federal_register", "/api/v1"))
    assert rule.facts["sections"] == "744.11 744.23 744.16"
    assert rule.facts["appendices"] == "Supplement No. 4 to Part 744; Supplement No. 1 to Part 774"
    assert rule.facts["eccns"].startswith("3A090 3B001")
    assert rule.text.endswith("Short.")


def test_several_searches_give_a_document_once(server, replay, source, pulled):
    rows = [replay.document("2026-00001", "2026-11-02", type="Presidential Document"), replay.document("2026-00002", "2026-11-03")]
    server.answer = replay.Register(rows)
    shipped = {"searches": [{"agencies": ["industry-and-security-bureau"]}, {"type": ["PRESDOCU"]}]}
    documents, _ = pulled(source("federal_register", "/api/v1", options=shipped))
    assert keys(documents) == due(rows)


def test_what_cannot_be_asked_is_said_with_the_words_of_the_server(server, replay, register, pulled):
    server.answer = lambda *_: replay.as_json({"errors": {"agencies": "bad"}}, 400)
    with pytest.raises(BadInput, match=r'answered 400 .*"agencies": "bad"'):
        pulled(register)


DAYS = [dt.date(2026, 11, 1) + dt.timedelta(days=n) for n in range(16)]


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 40) | st.integers(150, 260), min_size=1, max_size=len(DAYS)),
    st.integers(2, 60),
    st.randoms(use_true_random=False),
)
def test_any_year_is_harvested_once_under_any_size_of_page_or_refused(sizes, per_page, pick):
    from thalweg.sources.news.federal_register import client

    cap = 200
    rows = [
        {"document_number": f"{n}-{i}", "publication_date": day.isoformat(), "type": pick.choice(client.TYPES)}
        for day, size in zip(DAYS, sizes, strict=False)
        for i, n in enumerate(range(size))
    ]

    def ask(first, last, page, types):
        hits = [r for r in rows if first.isoformat() <= r["publication_date"] <= last.isoformat() and types in ("", r["type"])]
        page = page if page * per_page <= cap else 1
        return min(len(hits), cap), hits[(page - 1) * per_page : page * per_page], None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "CAP", cap)
        found = client._slice(ask, DAYS[0], DAYS[-1], per_page, "", by_type=True)
        try:
            got = Counter(client._key(row) for row, _ in found)
        except BadInput as error:  # a type of one day is over what the search gives
            assert "nothing of these days is taken" in str(error)  # noqa: PT017
            assert max(Counter((r["publication_date"], r["type"]) for r in rows).values()) >= cap - cap % per_page
            return
    assert got == Counter(map(client._key, rows))


@pytest.mark.slow
@pytest.mark.parametrize(("per_page", "seed"), [(1_000, 1), (100, 3)])
def test_a_year_of_25_000_documents_with_faults_is_harvested_once(server, replay, source, pulled, per_page, seed):
    rows = replay.year()
    faults = replay.Faults(0.05, seed=seed, late=0.1)
    server.answer = replay.Register(rows, faults)
    assert len(rows) == 25_000
    assert max(Counter(r["publication_date"] for r in rows).values()) == 300
    register = source("federal_register", "/api/v1", options={"searches": [{}], "per_page": per_page})
    documents, _ = pulled(register, "2025-01-01", "2025-12-31")
    assert keys(documents) == due(rows)
    assert len({r["document_number"] for r in rows}) == 24_999
    assert [d.facts["number"] for d in documents if "corrects" in d.facts] == ["C1-2025-00500"]
    assert sum("withdrawn" in d.facts for d in documents) == 1
    assert sum(faults.counts.values()) > 0
