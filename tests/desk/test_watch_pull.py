"""Pulling documents from their sources: several at once, what fails said, and nothing lost that a server leaves unsaid."""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from pathlib import Path

import pytest

from thalweg.desk import watch_pull
from thalweg.desk.watch_pull import news_sources, pull_documents, raw_folder, reread_raw, sources_file
from thalweg.evidence import BadInput
from thalweg.nouns.listing import ListCopy, ListEntry
from thalweg.sources import Patience
from thalweg.store import Pull, open_store

_SPEC = importlib.util.spec_from_file_location("replay", Path(__file__).parent.parent / "sources" / "news" / "replay.py")
replay = importlib.util.module_from_spec(_SPEC)
sys.modules["replay"] = replay
_SPEC.loader.exec_module(replay)

pytestmark = pytest.mark.loopback
NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
QUICK = Patience(attempts=3, wait_initial=0.001, wait_max=0.002, jitter=0.0, timeout=5.0)
PAGE = b"<html><head><title>A page</title></head><body><p>Its body is here.</p></body></html>"


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "THALWEG_SOURCES"):
        monkeypatch.delenv(name, raising=False)
    server = replay.Replay()
    yield server
    server.close()


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "data" / "store.db") as held:
        yield held


@pytest.fixture
def own(tmp_path, server):
    def write(**ways):
        lines = ["sources:"]
        for name, way in ways.items():
            lines += [f"  {name}:", f"    {way.replace('HOST', server.url())}", "    pause: 0"]
        path = tmp_path / "sources.yaml"
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


@pytest.fixture
def pulled(store, server):
    def run(*sources, **options):
        return list(pull_documents(sources, store=store, allow={server.host}, patience=QUICK, now=NOW, **options))

    return run


def taken(store, parts):
    with store.watch(write=True) as room:
        for part in parts:
            room.documents.take(part.documents, at=NOW.isoformat(), extractor="test")
            room.documents.pulled(Pull(part.source, NOW.isoformat(), good=part.ok, through=part.through, note=part.note))


def test_sources_are_pulled_at_once_and_one_that_fails_holds_up_no_other(server, own, pulled, store):
    feed = b"<rss version='2.0'><channel><item><guid>urn:1</guid><title>T</title></item></channel></rss>"
    answers = {"/rss": replay.Reply(200, feed), "/page": replay.Reply(200, PAGE), "/bad": replay.Reply(500)}
    server.answer = lambda path, *_: answers[path]
    path = own(blog="feed: HOST/rss", notice="page: HOST/page", broken="page: HOST/bad")
    parts = {p.source: p for p in pulled("blog", "notice", "broken", own=path)}
    assert (parts["blog"].ok, [d.id for d in parts["blog"].documents], parts["blog"].through) == (True, ["blog:urn:1"], "2026-11-27")
    assert parts["notice"].documents[0].fetched_at == NOW
    assert (parts["broken"].ok, parts["broken"].documents, parts["broken"].through) == (False, (), "")
    assert "answered 500" in parts["broken"].note
    assert len(list(raw_folder(store).glob("raw/*/*.gz"))) == 2


def test_a_secret_in_an_address_is_neither_told_nor_kept_with_a_document(server, own, pulled):
    server.answer = lambda path, *_: replay.Reply(200, PAGE) if path == "/page" else replay.Reply(403, b"see HIDDEN")
    path = own(notice="page: HOST/page?id=7&api_key=HIDDEN", broken="page: HOST/bad?api_key=HIDDEN")
    parts = {p.source: p for p in pulled("notice", "broken", own=path)}
    (document,) = parts["notice"].documents
    assert document.url.endswith("/page?id=7")
    assert "HIDDEN" not in f"{document.id}{document.url}"
    assert "/bad?...: answered 403" in parts["broken"].note
    assert "api_key" not in parts["broken"].note


def test_a_feed_that_collapses_says_so(server, own, pulled):
    def feed(count):
        items = "".join(f"<item><guid>urn:{n}</guid><title>T{n}</title></item>" for n in range(count))
        return replay.Reply(200, f"<rss version='2.0'><channel>{items}</channel></rss>".encode())

    path = own(blog="feed: HOST/rss")
    server.answer = lambda *_: feed(200)
    assert [p.note for p in pulled("blog", own=path)] == [""]
    server.answer = lambda *_: feed(2)
    assert [p.note for p in pulled("blog", own=path)] == ["the feed had 200 entries and has 2 now: some may be missing"]


def test_fewer_documents_than_a_source_has_in_a_week_are_said(server, own, pulled):
    path = own(notice="page: HOST/page\n    volume: {min: 3, max: 9}")
    server.answer = lambda *_: replay.Reply(200, PAGE)
    (part,) = pulled("notice", own=path, since=NOW.date() - dt.timedelta(7))
    assert part.note == "1 document in 1.0 weeks; at least 3 a week are expected: some may be missing"


def test_a_failed_pull_does_not_move_the_watermark(server, own, pulled, store):
    server.answer = lambda *_: replay.Reply(200, PAGE)
    path = own(notice="page: HOST/page")
    taken(store, pulled("notice", own=path))
    server.answer = lambda *_: replay.Reply(503)
    taken(store, pulled("notice", own=path))
    with store.watch() as room:
        (mark,) = room.documents.watermarks()
    assert (mark.through, mark.failures) == ("2026-11-27", 1)
    assert "answered 503" in mark.note


def test_an_answer_that_no_client_foresees_is_a_failure_of_its_source(server, own, pulled):
    server.answer = lambda *_: replay.as_json(
        {"count": 1, "results": [{"document_number": "1", "publication_date": "2026-11-20", "agencies": 7}]}
    )
    path = own(register="federal_register: [{}]")
    text = path.read_text()
    assert "federal_register: [{}]" in text
    made = news_sources(path)["register"].model_copy(update={"address": server.url("/api/v1"), "pause": 0.0})
    known = dict(news_sources(path)) | {"register": made}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watch_pull, "news_sources", lambda _=None: known)
        (part,) = pulled("register")
    assert not part.ok
    assert "its answer could not be understood (TypeError" in part.note


def test_a_source_is_read_from_a_week_before_its_watermark(server, pulled, store):
    asked = []

    def answer(_path, query, _headers):
        asked.append(query["conditions[publication_date][gte]"][0])
        return replay.as_json({"count": 0})

    server.answer = answer
    known = {
        "register": news_sources()["federal_register"].model_copy(update={"id": "register", "address": server.url("/api/v1"), "pause": 0.0})
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watch_pull, "news_sources", lambda _=None: known)
        pulled("register")
        first = set(asked)
        taken(store, pulled("register"))
        asked.clear()
        pulled("register")
    assert first == {"2026-10-28"}
    assert set(asked) == {"2026-11-20"}


def test_an_unknown_source_is_said_with_the_nearest(pulled):
    with pytest.raises(BadInput, match=r"no source 'federal_registry'.*federal_register"):
        pulled("federal_registry")


def test_who_stops_reading_the_parts_ends_the_pull(server, own, store):
    import threading

    server.answer = lambda *_: replay.Reply(200, PAGE)
    path = own(**{f"p{n}": f"page: HOST/{n}" for n in range(12)})
    parts = pull_documents([f"p{n}" for n in range(12)], store=store, own=path, allow={server.host}, patience=QUICK, now=NOW)
    next(parts)
    parts.close()
    for thread in [t for t in threading.enumerate() if t.name.startswith("pull-")]:
        thread.join(5)
        assert not thread.is_alive()


def test_changes_of_lists_are_documents(store, pulled):
    def entry(number, name, **more):
        return ListEntry("entity_list", number, name, countries=("CN",), notices=("90 FR 1",), **more)

    kept = [entry(f"k{n}", f"Kept {n}") for n in range(3)]
    store.load(ListCopy("entity_list", dt.date(2026, 11, 20), (*kept, entry("1", "Old Firm")), "csl"), taken_at=NOW, accept_size=True)
    store.load(
        ListCopy("entity_list", dt.date(2026, 11, 25), (*kept, entry("2", "Chip Maker"), entry("3", "Fab Builder")), "csl"),
        taken_at=NOW,
        accept_size=True,
    )
    (part,) = pulled("list_changes")
    (found,) = part.documents
    assert (part.ok, part.through) == (True, "2026-11-25")
    assert (found.id, found.kind, found.published) == ("list_changes:entity_list:2026-11-25", "list_change", dt.date(2026, 11, 25))
    assert found.title == "Entity List: 2 added, 1 removed as of 2026-11-25"
    assert "Chip Maker (CN) was added to the Entity List, 90 FR 1." in found.text
    assert "Old Firm (CN) was removed from the Entity List, 90 FR 1." in found.text
    assert (found.facts["list"], found.facts["added"], found.facts["added_names"]) == ("entity_list", "2", "Chip Maker; Fab Builder")
    assert pulled("list_changes", since=dt.date(2026, 11, 26))[0].documents == ()


def test_without_a_list_in_the_store_changes_are_not_known(pulled):
    (part,) = pulled("list_changes")
    assert (part.ok, part.note) == (False, "the store holds no list; run `thalweg lists pull` first")


def test_a_later_reader_reports_what_it_reads_otherwise(server, own, pulled, store, monkeypatch):
    server.answer = lambda *_: replay.Reply(200, PAGE)
    path = own(notice="page: HOST/page", other="page: HOST/other")
    taken(store, pulled("notice", "other", own=path))
    assert reread_raw(store=store, own=path) == ([], [])
    monkeypatch.setattr("thalweg.sources.documents.origin.READER", "documents-2")
    assert reread_raw(store=store, own=path) == ([], [])  # another reader, the same text
    monkeypatch.setattr("thalweg.sources.documents.origin.clean", lambda text: text.strip().replace("body", "BODY"))
    found, errors = reread_raw(store=store, own=path, sources=["notice"])
    assert errors == []
    (one,) = found
    assert one.document.text == "Its BODY is here."
    assert one.reader_before.startswith("documents-1")
    assert one.differs == {"text": "Its body is here."}


def test_the_file_of_ones_own_sources_is_found_or_its_absence_said(tmp_path, monkeypatch):
    monkeypatch.delenv("THALWEG_SOURCES", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert sources_file() is None
    (tmp_path / "thalweg").mkdir()
    (tmp_path / "thalweg" / "sources.yaml").write_text("sources: {a: {feed: https://a.example}}")
    assert "a" in news_sources()
    with pytest.raises(BadInput, match="there is no such file of sources"):
        sources_file(tmp_path / "none.yaml")
