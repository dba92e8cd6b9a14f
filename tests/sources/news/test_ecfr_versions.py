"""Which sections of the Export Administration Regulations were amended, and when."""

from __future__ import annotations

import pytest

from thalweg.evidence import BadInput

pytestmark = pytest.mark.loopback

TITLES = {
    "titles": [
        {"number": 14, "name": "Aeronautics", "latest_amended_on": "2026-11-20", "up_to_date_as_of": "2026-11-24", "reserved": False},
        {
            "number": 15,
            "name": "Commerce and Foreign Trade",
            "latest_amended_on": "2026-11-20",
            "latest_issue_date": "2026-11-20",
            "up_to_date_as_of": "2026-11-25",
            "reserved": False,
        },
    ],
    "meta": {"date": "2026-11-26", "import_in_progress": False},
}


def version(identifier, part, day="2026-11-20", **more):
    name = f"§ {identifier} A section." if identifier[0].isdigit() else identifier
    return {
        "date": day,
        "amendment_date": day,
        "issue_date": day,
        "identifier": identifier,
        "name": name,
        "part": part,
        "substantive": True,
        "removed": False,
        "subpart": None,
        "title": "15",
        "type": "section" if identifier[0].isdigit() else "appendix",
    } | more


def served(replay, versions, titles=TITLES, per_page=1_000):
    def answer(path, query, _):
        if path.endswith("/titles.json"):
            return replay.as_json(titles)
        if query["issue_date[lte]"][0] > "2026-11-25":
            return replay.as_json({"error": "not found"}, 404)
        page = int(query.get("page", ["1"])[0])
        pages = max(-(-len(versions) // per_page), 1)
        rows = versions[(page - 1) * per_page : page * per_page] if page <= pages else versions[:per_page]
        meta = {"title": "15", "result_count": str(len(versions)), "page": str(page), "per_page": str(per_page), "total_pages": str(pages)}
        return replay.as_json({"content_versions": rows, "meta": meta})

    return answer


@pytest.fixture
def ecfr(source):
    return source("ecfr", "/api/versioner/v1")


def test_amended_sections_are_a_document_for_each_part_and_day(server, replay, ecfr, pulled):
    versions = [
        version("744.11", "744"),
        version("744.16", "744", substantive=False),
        version("Supplement No. 4 to Part 744", "744"),
        version("734.9", "734", "2026-11-10", removed=True),
        version("922.3", "922"),
    ]
    server.answer = served(replay, versions)
    older, newer = pulled(ecfr)[0]
    assert (older.id, older.facts["sections"], older.facts["removed"]) == ("test:15-734-2026-11-10", "734.9", "734.9")
    assert newer.id == "test:15-744-2026-11-20"
    assert (newer.facts["cfr"], newer.facts["sections"], newer.facts["substantive"]) == ("15:744", "744.11 744.16", "yes")
    assert newer.facts["appendices"] == "Supplement No. 4 to Part 744"
    assert newer.published.isoformat() == newer.facts["effective_on"] == "2026-11-20"
    assert newer.title == "15 CFR part 744 amended as of 2026-11-20: § 744.11, § 744.16, Supplement No. 4 to Part 744"
    assert "§ 744.16 A section.: amended, not in substance." in newer.text


def test_today_is_not_asked_for_but_the_day_that_the_service_has(server, replay, ecfr, pulled):
    server.answer = served(replay, [version("744.11", "744")])
    _, batches = pulled(ecfr, until="2026-11-27")
    assert [b.through for b in batches] == ["2026-11-25"]


def test_numbers_of_pages_that_are_strings_are_read_and_every_page_is(server, replay, ecfr, pulled):
    versions = [version(f"744.{n}", "744") for n in range(1, 26)]
    server.answer = served(replay, versions, per_page=10)
    (found,), _ = pulled(ecfr)
    assert len(found.facts["sections"].split()) == 25
    assert [q["page"] for p, q, _ in server.asked if "versions" in p] == [["1"], ["2"], ["3"]]


def test_fewer_versions_than_counted_are_refused(server, replay, ecfr, pulled):
    answer = served(replay, [version("744.11", "744")])

    def short(path, query, headers):
        reply = answer(path, query, headers)
        return reply._replace(body=reply.body.replace(b'"result_count": "1"', b'"result_count": "7"'))

    server.answer = short
    with pytest.raises(BadInput, match="counts 7 versions and gives 1"):
        pulled(ecfr)


def test_an_import_in_progress_is_said_and_a_title_without_a_day_is_refused(server, replay, ecfr, pulled):
    server.answer = served(replay, [], TITLES | {"meta": {"import_in_progress": True}})
    assert "import is in progress" in pulled(ecfr)[1][0].note
    server.answer = served(replay, [], {"titles": [{"number": 15, "up_to_date_as_of": None}], "meta": {}})
    with pytest.raises(BadInput, match="does not say the day"):
        pulled(ecfr)
