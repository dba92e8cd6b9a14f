"""Reading documents: which form a file has is told by its bytes."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.evidence import BadInput
from thalweg.nouns.news import Document
from thalweg.sources.documents import Origin, form_of, read_document, read_folder

TITLE = "Commerce Implements New Export Controls on Advanced Computing and Semiconductor Manufacturing Items"
BODY = "BIS announces two rules limiting China's ability to obtain advanced computing chips. Foreign governments can lead to additions."
DAY = dt.date(2022, 10, 7)


def one(data: bytes | str, origin: Origin | None = None) -> Document:
    (found,) = read_document(data.encode() if isinstance(data, str) else data, origin)
    return found


# ---------------------------------------------------------------- text


@pytest.mark.parametrize(
    "text",
    [
        f"{TITLE}\n\nBIS\n2022-10-07\n\n{BODY}",
        f"{TITLE}\n\nBIS | October 7, 2022\n\n{BODY}",
        f"# {TITLE}\nBIS, 7 October 2022\n{BODY}",
        f"Title: {TITLE}\nDate: 2022-10-07\nPublisher: BIS\n\n{BODY}",
        f"---\ntitle: {TITLE}\ndate: 2022-10-07\npublisher: BIS\n---\n\n{BODY}",
        f"title: {TITLE}\ndate: 2022-10-07\nsource: BIS\nsummary: {BODY}",
        f"\ufeff{TITLE}\r\n\r\nBIS\r\nPublished: Oct. 7, 2022 at 9:30 a.m. ET\r\n\r\n{BODY}",
    ],
)
def test_a_text_has_title_publisher_day_and_body(text):
    found = one(text)
    assert (found.title, found.publisher, found.published, found.text) == (TITLE, "BIS", DAY, BODY)
    assert (found.language, found.kind, found.source) == ("en", "file", "file")


def test_a_text_of_one_line_is_all_body():
    found = one(BODY)
    assert (found.title, found.text, found.published) == ("", BODY, None)


def test_a_date_in_a_sentence_is_no_day_of_publication():
    assert one(f"{TITLE}\n\nOn October 7, 2022 the rules were published.\n\nMore follows.").published is None


def test_a_chinese_notice_has_its_day_and_language():
    found = one("商务部公告2025年第70号\n\n发布时间：2025年11月7日\n\n商务部决定暂停实施出口管制措施。")
    assert (found.title, found.published, found.language) == ("商务部公告2025年第70号", dt.date(2025, 11, 7), "zh")


@pytest.mark.parametrize("day", ["2025-02-30", "2025-13-01", "0000-01-01", "99 October 2022", "Smarch 3, 2025"])
def test_a_date_that_is_none_is_left_in_the_text(day):
    found = one(f"{TITLE}\n\n{day}\n\n{BODY}")
    assert found.published is None
    assert day in found.text


# ---------------------------------------------------------------- pages


@pytest.mark.parametrize(
    "page",
    [
        f"<html><head><title>{TITLE}</title><meta name='date' content='2022-10-07'></head><h1>{TITLE}</h1><p>{BODY}</p></html>",
        f"<!DOCTYPE html><html><article><h1>{TITLE}</h1><time datetime='2022-10-07'>October 7, 2022</time><p>{BODY}</p></article></html>",
        f"<article><h1>{TITLE}</h1><p>2022-10-07</p><p>{BODY}</p></article>",
        f"<?xml version='1.0'?><html><body><h1>{TITLE}</h1><p>Published: October 7, 2022</p><p>{BODY}</p></body></html>",
    ],
)
def test_a_page_has_title_day_and_body_without_what_stands_around(page):
    found = one(page)
    assert (found.title, found.published) == (TITLE, DAY)
    assert BODY in found.text
    assert TITLE not in found.text
    assert "trafilatura-" in found.reader


FORMS = {
    "text": f"{TITLE}\n\nThe Paper / Agency\n2022-10-07\n\n{BODY}\n",
    "page": f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1><p>The Paper / Agency</p><time>2022-10-07</time>"
    f"<p>{BODY}</p></article></body></html>",
    "feed": f"<rss version='2.0'><channel><title>The Paper / Agency</title><item><title>{TITLE}</title><pubDate>2022-10-07</pubDate>"
    f"<description>{BODY}</description></item></channel></rss>",
    "mail": f"From: The Paper / Agency <a@b.example>\nSubject: {TITLE}\nDate: Fri, 7 Oct 2022 10:00:00 +0000\nMIME-Version: 1.0\n\n{BODY}",
    "item": json.dumps({"title": TITLE, "summary": BODY, "date": "2022-10-07", "publisher": "The Paper / Agency"}),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_document_is_the_same_in_every_form(form):
    found = one(form)
    assert (found.title, found.text, found.published, found.publisher) == (TITLE, BODY, DAY, "The Paper / Agency")


def test_menus_scripts_and_footers_are_left_out():
    page = f"""<html><head><title>{TITLE}</title><script>var menu = "bought chips"</script></head><body>
    <nav><a href="/">Home</a><a href="/a">About us</a></nav><main><h1>{TITLE}</h1><p>{BODY}</p><p>{BODY.upper()}</p></main>
    <footer>All rights reserved</footer></body></html>"""
    found = one(page)
    assert all(word not in found.text for word in ("About us", "bought chips", "All rights reserved"))


def test_a_page_that_a_program_writes_in_the_browser_is_refused():
    with pytest.raises(BadInput, match="a page that a program writes in the browser"):
        one("<html><head></head><body><div id='root'></div><script>render()</script></body></html>")


# ---------------------------------------------------------------- feeds, items, mail


def test_an_entry_alone_is_read():
    found = one(
        f"<item><title>{TITLE}</title><link>https://a.example/1</link><pubDate>Fri, 07 Oct 2022 10:00:00 GMT</pubDate>"
        f"<description>{BODY}</description></item>"
    )
    assert (found.title, found.text, found.published, found.url) == (TITLE, BODY, DAY, "https://a.example/1")


def test_items_are_read_from_an_object_a_list_and_lines():
    item = {
        "id": "N01",
        "date": "2022-10-07",
        "publisher": "BIS",
        "title": TITLE,
        "summary": BODY,
        "url": "https://bis.gov/x",
        "labels": {"a": 1},
    }
    expected = (TITLE, BODY, DAY, "BIS", "https://bis.gov/x", "file:N01")
    for text in (json.dumps(item), json.dumps([item]), f"{json.dumps(item)}\n\n{json.dumps(item | {'id': 'N02'})}\n"):
        found = read_document(text.encode())[0]
        assert (found.title, found.text, found.published, found.publisher, found.url, found.id) == expected


@pytest.mark.needs_shared
def test_the_shared_cases_are_read(shared):
    found = read_document(shared / "cases" / "news.jsonl")
    rows = [json.loads(line) for line in (shared / "cases" / "news.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(d.title, d.text, str(d.published)) for d in found] == [(r["title"], r["summary"], r["date"]) for r in rows]
    assert {d.language for d in found} == {"en"}
    assert {d.kind for d in found} == {"official", "media", "file"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"title": "x"', "is not valid JSON"),
        ('{"title": "x"}\n{"title": ', r"line 2: is not valid JSON"),
        ('[{"title": "x"}, {"other": "y"}]', "item 2: has neither a title nor a text"),
        ('[{"title": ["x"]}]', "item 1: title is list, not text"),
        ('[{"title": true}]', "item 1: title is bool, not text"),
        ('{"title": "x"}\n7', "line 2: is int, not an object"),
        ("[{" * 100_000, "is nested deeper|is not valid JSON"),
    ],
)
def test_an_item_that_is_none_is_said_with_its_place(text, says):
    with pytest.raises(BadInput, match=says):
        read_document(text.encode())


def test_a_date_of_a_month_is_kept_as_it_is_stated():
    found = one('{"title": "x", "date": "2025-09"}')
    assert (found.published, found.facts["date_as_stated"]) == (None, "2025-09")


MAIL = """Return-Path: <alerts@example.com>
From: "Trade Alerts" <alerts@example.com>
Subject: =?utf-8?q?New_Export_Controls?=
Date: Fri, 07 Oct 2022 10:00:00 +0000
Message-ID: <1@example.com>
MIME-Version: 1.0
"""


def test_a_mail_has_subject_sender_day_and_its_plain_text():
    parts = "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>In HTML</p>\n"
    parts += "--b\nContent-Type: text/plain; charset=utf-8\n\n"
    found = one(
        f"{MAIL}{parts}{BODY}\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=rule.pdf\n\nx\n--b--\n"
    )
    assert (found.title, found.publisher, found.published, found.text) == ("New Export Controls", "Trade Alerts", DAY, BODY)
    assert (found.id, found.facts["attachments"]) == ("file:1@example.com", "rule.pdf")


def test_a_mail_in_html_alone_is_read_as_text():
    assert one(f"{MAIL}Content-Type: text/html\n\n<html><body><p>{BODY}</p><style>p {{}}</style></body></html>").text == BODY


def test_a_mail_whose_charset_is_wrong_is_read():
    head = MAIL.encode() + b"Content-Type: text/plain; charset=us-ascii\n\n"
    assert "出口管制" in one(head + "商务部决定实施出口管制。".encode("gb18030") * 20).text
    assert "naïve" in one(head.replace(b"us-ascii", b"no-such-charset") + "a naïve reading".encode()).text


@pytest.mark.parametrize(
    "head",
    [
        b"Subject: x\nFrom: a@b.example\nDate: not a date\n\nbody of it",
        b"From: a@b.example\nSubject: =?utf-8?b?////?=\nMessage-ID: <>\n\nbody of it",
        b'Received: by x\nFrom: <<<>>>,;:@\nTo: "\n\nbody of it',
    ],
)
def test_a_mail_with_a_broken_head_is_read(head):
    assert one(head).text == "body of it"


# ---------------------------------------------------------------- encodings


@pytest.mark.parametrize(
    ("encoding", "declared", "text"),
    [
        ("utf-8", "iso-8859-1", "Rüstungsexport “kontrolliert” – déjà vu"),
        ("utf-16", "utf-8", "Rüstungsexport"),
        ("cp1252", "iso-8859-1", "Rüstungsexport “kontrolliert”"),
        ("gb18030", "utf-8", "商务部关于对两用物项实施出口管制的公告，自公布之日起施行。"),
        ("gb18030", "iso-8859-1", "商务部关于对两用物项实施出口管制的公告，自公布之日起施行。"),
        ("big5hkscs", "big5", "經濟部公告戰略性高科技貨品輸出管制"),
        ("cp932", "shift_jis", "経済産業省は輸出管理を強化する"),
        ("cp949", "euc-kr", "산업통상자원부 전략물자 수출통제"),
    ],
)
def test_text_is_read_whatever_was_declared(encoding, declared, text):
    whole = f"Heading of it\n\n{text * 3}"
    assert text in one(whole.encode(encoding), Origin(charset=declared)).text


def test_a_character_that_was_cut_off_at_the_end_spoils_nothing():
    data = ("Heading of it\n\n" + "出口管制" * 50).encode()
    assert "出口管制" in one(data[:-1]).text
    assert "�" not in one(data[:-1]).text


@pytest.mark.parametrize("label", ["hex", "zip", "rot13", "no-such", "utf-8\x00", "x" * 40])
def test_a_label_that_names_no_encoding_of_text_is_passed_over(label):
    assert "caf" in one(b"Heading of it\n\nA caf\xe9 in a text", Origin(charset=label)).text


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "data", [b"", b"  \n ", b"PK\x03\x04rest", b"\x89PNG\r\n", b"\x00\x01\x02" * 100, b"\x1f\x8bxx", b"\xd0\xcf\x11\xe0doc"]
)
def test_what_is_no_document_is_refused(data):
    with pytest.raises(BadInput, match=r"is empty|is neither text|holds no text"):
        read_document(data)


def test_a_file_is_named_in_what_is_said(tmp_path):
    with pytest.raises(BadInput, match=r"none\.txt: cannot be read: No such file"):
        read_document(tmp_path / "none.txt")
    with pytest.raises(BadInput, match="is a folder"):
        read_document(tmp_path)
    (tmp_path / "x.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(BadInput, match=r"x\.doc: is neither"):
        read_document(tmp_path / "x.doc")


def test_a_day_in_the_future_is_kept_and_marked():
    now = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)
    found = one("A title of it\n\n2031-01-01\n\nBody.", Origin(fetched_at=now))
    assert found.facts["published_in_future"] == "2031-01-01"
    assert "published_in_future" not in one("A title of it\n\n2026-11-28\n\nBody.", Origin(fetched_at=now)).facts


def test_a_body_beyond_the_bound_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr("thalweg.sources.documents.read.MAX_BODY", 1_000)
    found = one("A title of it\n\n" + "word " * 1_000)
    assert found.cut
    assert found.facts["note"] == "the body goes on and was cut"


def test_marks_of_direction_and_control_are_taken_out():
    assert one("A title\n\nThe\u202e fir\x00m\u200b was\x07 listed.").text == "The firm was listed."


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://example.com/a\r\nBEGIN:VEVENT", "https://example.com/aBEGIN:VEVENT"),
        (" HTTPS://example.com/a b\x1b\u202e", "HTTPS://example.com/a%20b"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
    ],
)
def test_an_address_is_one_that_may_be_opened_and_holds_no_line_end(url, taken):
    (found,) = read_document(json.dumps({"id": "1\x00\ud800", "title": "A title", "text": "Its text.", "url": url}).encode())
    assert (found.url, found.id) == (taken, "file:1")


def test_a_folder_gives_each_file_with_its_documents_or_the_reason(tmp_path):
    (tmp_path / "a.txt").write_text(f"{TITLE}\n\n{BODY}")
    (tmp_path / "b.json").write_text("{")
    found = {path.name: read for path, read in read_folder(tmp_path)}
    assert found["a.txt"][0].id == "file:a.txt"
    assert isinstance(found["b.json"], BadInput)


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=300).map(str.encode)))
def test_any_bytes_are_read_or_refused(data):
    try:
        found = read_document(data)
    except BadInput:
        return
    assert all(isinstance(d, Document) and d.id and (d.title or d.text or d.url) for d in found)


@given(
    st.sampled_from(["<html>", "<rss>", "<item>", "{", "[{", "From: a@b\nSubject: x\n\n", "%PDF-1.4\n", "---\ntitle: "]),
    st.text(max_size=200),
)
def test_a_beginning_of_any_form_with_anything_behind_it_is_read_or_refused(begin, rest):
    try:
        read_document(f"{begin}{rest}".encode("utf-8", "surrogatepass"))
    except BadInput as error:
        assert str(error)  # noqa: PT017  (either is right)


def test_the_forms_are_told_by_bytes():
    forms = {
        b"<rss version='2.0'></rss>": "feed",
        b"<?xml version='1.0'?><!-- x --><feed xmlns='http://www.w3.org/2005/Atom'/>": "feed",
        b"<html><body>x</body></html>": "html",
        b"<?xml version='1.0'?><html/>": "html",
        b'{"title": "x"}': "items",
        b"[1] A footnote": "text",
        b"%PDF-1.7": "pdf",
        b"From: a@b.example\nSubject: x\n\ny": "mail",
        b"Subject: notes\nDate: today\n\ny": "text",
        b"< 5 nm chips are controlled": "text",
    }
    assert {data: form_of(data) for data in forms} == forms


def test_a_path_may_be_given_as_text(tmp_path):
    (tmp_path / "a.txt").write_text("A title\n\nBody.")
    assert read_document(str(tmp_path / "a.txt")) == read_document(Path(tmp_path / "a.txt"))


HOSTILE_MAIL = {
    "nested mails": "Content-Type: message/rfc822\n\n" * 3_000,
    "100,000 parts": "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\nContent-Type: text/plain\n\nhello\n" * 100_000,
    "encoded words": "Subject: " + "=?utf-8?q?a?= " * 100_000 + "\n\nhello",
    "a long type": "Content-Type: text/plain; " + '"' + ";" * 1_000_000 + "\n\nhello",
    "a folded type": "Content-Type: text/plain" + ";\n a=b" * 200_000 + "\n\nhello",
}


@pytest.mark.parametrize("rest", HOSTILE_MAIL.values(), ids=HOSTILE_MAIL.keys())
def test_a_hostile_mail_is_read_or_refused(rest):
    try:
        (found,) = read_document(f"From: a@b.example\nMIME-Version: 1.0\nX-Subject: x\n{rest}".encode())
    except BadInput as error:
        assert "nested deeper" in str(error) or "holds no text" in str(error)  # noqa: PT017  (either is right)
    else:
        assert "hello" in found.text
