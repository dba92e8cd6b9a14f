"""Lists through the desk: real files into one store, as of days, compared, and fetched from a server."""

from __future__ import annotations

import datetime as dt
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from thalweg.desk.lists import copies_as_of, diff_lists, entries_as_of, import_lists, list_ids, list_status, lookups, pull_lists, source_ids
from thalweg.evidence import BadInput
from thalweg.pack import load_pack
from thalweg.sources import Patience
from thalweg.sources.catalogue import Download, sources
from thalweg.store import StoreError, open_store

pytestmark = pytest.mark.slow  # whole lists are read

NOW = dt.datetime(2026, 8, 1, 9, tzinfo=dt.UTC)
EXTRACT = (
    "row,source_code,source,name,alt_names,type,countries,entity_number,programs,"
    "license_requirement,license_policy,federal_register_notice,source_list_url"
)
TITLES = {"EL": "Entity List (EL) - Bureau of Industry and Security", "UVL": "Unverified List (UVL) - Bureau of Industry and Security"}


@pytest.fixture
def extract(tmp_path):
    """Write a screening list of a day with a few parties."""

    def write(date, *parties, name="csl"):
        lines = [f"{i},{code},{TITLES[code]},{party},,,CN,,,,,84 FR 22961," for i, (code, party) in enumerate(parties)]
        path = tmp_path / f"{name}_{date}.csv"
        path.write_text("\n".join([EXTRACT, *lines]) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def place(tmp_path):
    """The path of a store that does not exist yet."""
    return tmp_path / "lists" / "store.db"


def by_list(found):
    return {c.list: c for c in found.copies}


# ---------------------------------------------------------------- real files


@pytest.fixture(scope="module")
def real(shared, tmp_path_factory):
    """A store with the screening list of two years, the Entity List text and the list of the Security Council, newest first."""
    if not shared.is_dir():
        pytest.skip("the shared folder is not beside this one")
    place = tmp_path_factory.mktemp("real") / "store.db"
    files = ["csl_2026-07-31.csv", "csl_full_schema_2022-05-16.csv", "bis_entity_list.json", "un_consolidated_2026-02-27.xml"]
    done = import_lists([shared / "data" / "lists" / f for f in files], store=place, now=NOW)
    return place, done


@pytest.mark.needs_shared
def test_the_files_go_into_one_store_with_the_rows_they_hold(real):
    _, done = real
    rows = {(c.list, c.data_date): c.rows for c in done.copies if c.outcome == "loaded"}
    assert rows["entity_list", "2022-05-16"] == 2_001
    assert rows["sdn", "2022-05-16"] == 10_026
    assert rows["sdn", "2026-07-31"] == 19_181
    assert rows["entity_list", "2026-07-31"] == 3_420
    assert rows["entity_list", "2026-07-09"] == 3_409
    assert 700 <= rows["un", "2026-02-27"] <= 1_003


@pytest.mark.needs_shared
def test_a_list_that_shrank_to_one_row_is_refused_and_the_one_without_rows_is_named(real, shared):
    place, _ = real
    with open_store(place) as store:
        assert [s.data_date.year for s in store.snapshots("cap")] != []
    files = shared / "data" / "lists"
    fresh = place.parent / "in-order.db"
    import_lists(files / "csl_full_schema_2022-05-16.csv", store=fresh, now=NOW)
    found = by_list(import_lists(files / "csl_2026-07-31.csv", store=fresh, now=NOW))
    assert found["cap"].outcome == "refused"
    assert "1 rows, 98% fewer than the 53 of 2022-05-16" in found["cap"].note
    assert found["cap"].note.endswith("say --accept-size")
    assert found["fse"].outcome == "empty"
    assert "the copy of 2022-05-16 with 3 rows stays" in found["fse"].note
    status = {s.list: s for s in list_status(store=fresh, date="2026-08-01").lists}
    assert (status["cap"].rows, status["cap"].state) == (53, "stale")
    assert (status["sdn"].rows, status["sdn"].state) == (19_181, "fresh")


@pytest.mark.needs_shared
def test_the_same_files_again_change_nothing(real, shared):
    place, _ = real
    before = place.read_bytes()
    done = import_lists(shared / "data" / "lists" / "csl_2026-07-31.csv", store=place, now=NOW)
    assert {c.outcome for c in done.copies if c.list != "fse"} == {"same"}
    assert place.read_bytes() == before


@pytest.mark.needs_shared
def test_who_stood_on_a_day_follows_copies_and_listing_dates(real):
    place, _ = real

    def named(text, date):
        return [e.name for e in entries_as_of("entity_list", date, find=text, store=place).entries]

    assert named("huawei technologies co., ltd", "2019-05-01") == []
    assert "Huawei Technologies Co., Ltd. (Huawei)" in named("huawei technologies co., ltd", "2019-06-01")
    assert named("biren", "2023-10-01") == []
    assert any("Biren" in name for name in named("biren", "2024-06-01"))
    assert any("Biren" in name for name in named("biren", "2026-09-01"))


@pytest.mark.needs_shared
def test_between_the_copies_counts_lie_between_theirs_and_the_answer_says_what_it_rests_on(real):
    place, _ = real
    found = entries_as_of("entity_list", "2024-06-01", store=place)
    assert 2_001 < len(found.entries) < 3_420
    assert (found.coverage.data_date, found.coverage.next_date) == ("2022-05-16", "2026-07-09")
    assert found.coverage.from_next > 500
    assert "lies between the copies" in found.coverage.note
    before = entries_as_of("sdn", "2015-01-01", store=place).coverage
    assert before.before_first
    assert "what was removed before it cannot be seen" in before.note


@pytest.mark.needs_shared
def test_the_difference_of_four_years_reports_renamed_entries_once(real):
    place, _ = real
    found = diff_lists("entity_list", "2022-05-16", "2026-07-31", store=place)
    assert (found.rows_before, found.rows_after) == (2_001, 3_420)
    renamed = {r.was.name: r.name for r in found.renamed}
    assert renamed["Chengdu Huawei High-Tech Investment Co., Ltd., Chengdu, Sichuan"] == "Chengdu Huawei High-Tech Investment Co., Ltd."
    ids = [e.entry_id for e in (*found.added, *found.changed, *found.renamed)]
    assert len(ids) == len(set(ids))
    gone = {e.entry_id for e in found.removed}
    assert not gone & {r.was.entry_id for r in found.renamed}
    assert found.rows_before + len(found.added) - len(found.removed) == found.rows_after
    assert "addresses" in found.not_compared
    assert len([line for line in found.explain().splitlines() if line.startswith("~ ")]) == len(found.renamed)


@pytest.mark.needs_shared
def test_people_with_one_nickname_are_not_renamed_into_each_other(real):
    place, _ = real
    names = {r.was.name for r in diff_lists("sdn", store=place).renamed}
    assert "MORENO GONZALEZ, Nazario" not in names


@pytest.mark.needs_shared
def test_every_list_as_of_a_day_is_there_for_screening(real):
    place, _ = real
    found = {a.coverage.list: a for a in copies_as_of("2026-08-01", store=place)}
    assert set(found) >= {"entity_list", "sdn", "dpl", "un"}
    assert sum(len(a.copy.entries) for a in found.values()) > 25_000
    assert [a.coverage.list for a in copies_as_of("2026-08-01", lists=["un"], store=place)] == ["un"]


# ---------------------------------------------------------------- small files


def test_several_files_are_read_and_a_bad_one_keeps_nothing_else_out(extract, place, tmp_path):
    good = extract("2024-01-01", ("EL", "Alpha"), ("UVL", "Beta"))
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done = import_lists([tmp_path / "notes.csv", good], store=place, accept_size=True, now=NOW)
    assert [(c.list, c.outcome) for c in done.copies if c.outcome != "missing"] == [
        ("", "failed"),
        ("entity_list", "loaded"),
        ("uvl", "loaded"),
    ]
    assert [c.file for c in done.bad] == ["notes.csv"]
    assert "notes.csv: failed" in done.explain()


def test_a_single_file_that_cannot_be_read_is_an_error(tmp_path, place):
    with pytest.raises(BadInput, match=r"none\.csv"):
        import_lists(tmp_path / "none.csv", store=place)


def test_fewer_rows_than_a_list_can_have_are_refused_until_accepted(extract, place):
    path = extract("2024-01-01", ("EL", "Alpha"))
    refused = by_list(import_lists(path, store=place, now=NOW))["entity_list"]
    assert refused.outcome == "refused"
    assert "1 rows" in refused.note
    assert "--accept-size" in refused.note
    assert by_list(import_lists(path, store=place, accept_size=True, now=NOW))["entity_list"].outcome == "loaded"


def test_one_list_of_a_file_is_taken_alone_and_a_day_can_be_given(extract, place):
    path = extract("undated", ("EL", "Alpha"), ("UVL", "Beta"))
    with pytest.raises(BadInput, match="--data-date"):
        import_lists(path, store=place, list_id="uvl")
    done = import_lists(path, store=place, list_id="uvl", data_date="2024-01-05", accept_size=True, now=NOW)
    assert [(c.list, c.data_date) for c in done.copies] == [("uvl", "2024-01-05")]
    with pytest.raises(BadInput, match=r"'uvt' is no list; .* did you mean 'uvl'"):
        import_lists(path, store=place, list_id="uvt")


def test_another_copy_of_a_day_needs_leave_to_replace(extract, place):
    import_lists(extract("2024-01-01", ("EL", "Alpha")), store=place, accept_size=True, now=NOW)
    other = extract("2024-01-01", ("EL", "Beta"), name="other")
    refused = by_list(import_lists(other, store=place, accept_size=True, now=NOW))["entity_list"]
    assert (refused.outcome, refused.rows) == ("refused", 1)
    assert "--replace" in refused.note
    assert by_list(import_lists(other, store=place, accept_size=True, replace=True, now=NOW))["entity_list"].outcome == "replaced"


@pytest.mark.parametrize(("day", "state"), [("2024-01-01", "fresh"), ("2024-01-03", "due"), ("2024-03-01", "stale")])
def test_freshness_follows_the_cadence_of_the_source_of_the_last_copy(extract, place, day, state):
    import_lists(extract("2024-01-01", ("EL", "Alpha")), store=place, accept_size=True, now=NOW)
    (entity_list,) = list_status(["entity_list"], store=place, date=day).lists
    assert (entity_list.state, entity_list.expected_days, entity_list.copies) == (state, 1, 1)
    assert entity_list.taken_at == "2026-08-01T09:00:00+00:00"


def test_without_a_store_every_list_is_absent_and_no_store_is_made(place):
    found = list_status(store=place)
    assert {s.state for s in found.lists} == {"absent"}
    assert [s.list for s in found.lists] == list(list_ids())
    assert not place.parent.exists()
    with pytest.raises(StoreError, match="there is no store here"):
        entries_as_of("sdn", store=place)


def test_places_are_read_by_name_alias_and_code():
    country = lookups(load_pack()).country
    assert [country(n) for n in ("China", "cn", " U.A.E. ", "阿联酋", "Atlantis")] == ["CN", "CN", "AE", "AE", None]


# ---------------------------------------------------------------- fetching


class Issuer:
    """A server with one file that can change or fail."""

    def __init__(self):
        self.body, self.modified, self.status, self.requests = b"", "Mon, 01 Jan 2024 06:00:00 GMT", 200, []
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.requests.append(dict(self.headers))
                unchanged = self.headers.get("If-Modified-Since") == issuer.modified
                self.send_response(304 if unchanged and issuer.status == 200 else issuer.status)
                self.send_header("Last-Modified", issuer.modified)
                body = b"" if unchanged else issuer.body
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Keep the test's output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def issuer(monkeypatch):
    """A server in the place of the publisher of the screening list; nobody else has an address."""
    served = Issuer()
    address = Download.model_construct(url=f"http://{served.host}/consolidated.csv", file="consolidated.csv")
    known = {i: s.model_copy(update={"downloads": (address,) if i == "csl" else ()}) for i, s in sources().items()}
    monkeypatch.setattr("thalweg.sources.catalogue.sources", lambda: known)
    yield served
    served.close()


@pytest.fixture
def fetch(issuer, place, tmp_path):
    """Fetch from that server."""

    def pull(*what, **options):
        patience = Patience(attempts=2, wait_initial=0.01, wait_max=0.02, jitter=0.0, timeout=5.0)
        given = {"accept_size": True, "now": NOW} | options
        return pull_lists(what, store=place, folder=tmp_path / "kept", allow=[issuer.host], patience=patience, **given)

    return pull


@pytest.mark.loopback
def test_a_list_is_fetched_dated_by_the_server_and_left_alone_while_it_does_not_change(issuer, fetch, extract):
    issuer.body = extract("a", ("EL", "Alpha"), ("UVL", "Beta")).read_bytes()
    first = by_list(fetch("entity_list", "uvl"))
    assert {(c.outcome, c.data_date) for c in first.values()} == {("loaded", "2024-01-01")}
    assert [c.outcome for c in fetch("entity_list", "uvl").copies] == ["unchanged", "unchanged"]
    assert [("If-Modified-Since" in r) for r in issuer.requests] == [False, True]


@pytest.mark.loopback
def test_a_later_file_of_the_same_day_and_source_takes_the_place_of_the_earlier(issuer, fetch, extract):
    issuer.body = extract("a", ("EL", "Alpha")).read_bytes()
    fetch("entity_list")
    issuer.body, issuer.modified = extract("b", ("EL", "Alpha"), ("EL", "Gamma")).read_bytes(), "Mon, 01 Jan 2024 18:00:00 GMT"
    (again,) = fetch("entity_list").copies
    assert (again.outcome, again.rows, again.data_date) == ("replaced", 2, "2024-01-01")


@pytest.mark.loopback
def test_a_copy_from_another_source_of_the_same_day_is_not_written_over(issuer, fetch, extract, place):
    path = extract("2024-01-01", ("EL", "Alpha"))
    with open_store(place) as store:
        from thalweg.nouns.listing import ListCopy, ListEntry

        store.load(ListCopy("entity_list", dt.date(2024, 1, 1), (ListEntry("entity_list", "x", "X"),), "bis_entity_list"), taken_at=NOW)
    issuer.body = path.read_bytes()
    (refused,) = fetch("entity_list").copies
    assert refused.outcome == "refused"
    assert "--replace" in refused.note
    assert fetch("entity_list", replace=True).copies[0].outcome == "replaced"


@pytest.mark.loopback
def test_a_server_that_fails_is_reported_and_what_is_held_stays(issuer, fetch, extract, place):
    issuer.body = extract("a", ("EL", "Alpha")).read_bytes()
    fetch("entity_list")
    issuer.status = 503
    (failed,) = fetch("entity_list").copies
    assert failed.outcome == "failed"
    assert "503" in failed.note
    assert [e.name for e in entries_as_of("entity_list", "2024-01-01", store=place).entries] == ["Alpha"]


@pytest.mark.loopback
def test_a_file_that_lost_its_rows_is_refused(issuer, fetch, extract, place):
    issuer.body = extract("a", *[("EL", f"Party {i}") for i in range(200)]).read_bytes()
    fetch("entity_list")
    issuer.body, issuer.modified = extract("b", ("EL", "Party 1")).read_bytes(), "Tue, 02 Jan 2024 06:00:00 GMT"
    (refused,) = fetch("entity_list", accept_size=False).copies
    assert refused.outcome == "refused"
    assert len(entries_as_of("entity_list", "2024-01-02", store=place).entries) == 200


@pytest.mark.loopback
def test_all_lists_of_a_source_are_fetched_by_its_id_and_those_without_rows_are_named(issuer, fetch, extract):
    issuer.body = extract("a", ("EL", "Alpha")).read_bytes()
    found = by_list(fetch("csl"))
    assert found["entity_list"].outcome == "loaded"
    assert (found["sdn"].outcome, found["sdn"].previous) == ("missing", None)


@pytest.mark.loopback
def test_a_list_that_was_there_and_is_gone_from_the_file_is_bad_news_and_its_last_copy_stays(issuer, fetch, extract, place):
    issuer.body = extract("a", ("EL", "Alpha"), ("UVL", "Beta")).read_bytes()
    assert fetch("csl").bad == ()
    issuer.body, issuer.modified = extract("b", ("EL", "Alpha")).read_bytes(), "Tue, 02 Jan 2024 06:00:00 GMT"
    (gone,) = fetch("csl").bad
    assert (gone.list, gone.outcome, gone.previous) == ("uvl", "missing", "2024-01-01")
    assert [e.name for e in entries_as_of("uvl", "2024-01-02", store=place).entries] == ["Beta"]


@pytest.mark.loopback
def test_without_a_name_everything_that_has_an_address_is_fetched(issuer, fetch, extract):
    issuer.body = extract("a", ("EL", "Alpha"), ("UVL", "Beta")).read_bytes()
    assert {"entity_list", "uvl"} <= set(by_list(fetch()))
    assert len(issuer.requests) == 1


def test_what_is_no_list_or_has_no_address_is_refused_before_anything_is_fetched(place):
    with pytest.raises(BadInput, match=r"'sdm' is neither a list nor a source; .* did you mean 'sdn'"):
        pull_lists(["sdm"], store=place)
    with pytest.raises(BadInput, match="dod_1260h: has no address to fetch from"):
        pull_lists(["dod_1260h"], store=place)
    assert not place.exists()


def test_each_list_comes_from_its_issuer_where_that_has_an_address():
    from thalweg.desk.list_taking import _giver

    assert [_giver(i).id for i in ("sdn", "dpl", "dtc", "entity_list", "un")] == ["ofac", "csl", "csl", "bis_entity_list", "un"]
    assert "csl" in source_ids()
    assert "dod_1260h" not in source_ids()
