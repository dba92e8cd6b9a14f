"""Alerts: raised once, muted, tried on history, and sent to a terminal, a file, a feed, by mail and to a webhook."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import json
import socket
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree.ElementTree import fromstring

import pytest
from aiosmtpd.controller import Controller

from thalweg.desk.watch import states_of
from thalweg.desk.watch_alerts import alerts, mute, mutes, raise_due, try_rules, unmute, waiting
from thalweg.desk.watch_rules import read_rules
from thalweg.desk.watch_run import Watching
from thalweg.desk.watch_send import send_due
from thalweg.desk.watch_take import take_documents
from thalweg.evidence import BadInput
from thalweg.nouns.news import Document, Event, EventCountries, EventItem
from thalweg.pack import load_pack
from thalweg.store import Pull, StoreError, open_store

pytestmark = pytest.mark.loopback
PACK = load_pack()
NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
DUTCH = EventCountries(imposer=("NL",), destination=("CN",))
"""Of another authority, so that it is another event."""


@pytest.fixture
def where(tmp_path):
    return tmp_path / "store.db"


@pytest.fixture
def store(where):
    with open_store(where) as opened:
        yield opened


@pytest.fixture
def rules(tmp_path):
    """Read a file of alert rules of one rule and one outlet."""

    def read(outlet=None, **keys):
        rule = {"name": "r", "send": ["out" if outlet else "terminal"]} | keys
        data = {"rules": [rule], "outlets": {"out": outlet} if outlet else {}}
        path = tmp_path / "alerts.yaml"
        path.write_text(json.dumps(data), encoding="utf-8")
        return read_rules(path, PACK, TODAY)

    return read


def told(n=1, day="2026-11-26", **said):
    document = Document(
        f"d{n}", "news", f"https://example.com/{n}", f"Rule {n} on H20 <b>&", "", dt.date.fromisoformat(day), "Example Daily", "media"
    )
    base = Event(
        f"k{n}", f"d{n}", f"Rule {n} on H20 <b>& for China", "regulation", "licence_requirement", "official_announced", "announced"
    )
    where = EventCountries(imposer=("US",), destination=("CN",))
    more = {"countries": where, "items": (EventItem("H20", "NVIDIA H20", "3A090"),), "evidence": {"event_type": (f"Sentence {n}.",)}}
    return document, replace(base, **more | said)


def take(store, rules, *pairs, now=NOW):
    of = {d.id: (e,) for d, e in pairs}
    return take_documents(store, [d for d, _ in pairs], pack=PACK, now=now, rules=rules, extract=lambda d: of[d.id], extractor="t")


def sent(store, rules, now=NOW, **environment):
    lines = []
    arrived, failed = send_due(store, rules.outlets, now=now, tell=lines.append, environment=environment)
    return arrived, failed, lines


# ---------------------------------------------------------------- raising


def test_an_alert_says_why_it_fired_and_comes_once_whatever_is_read_again(store, rules, where):
    read = rules(products=["NVIDIA H20"], destinations=["CN"])
    assert len(take(store, read, told()).alerts) == 1
    arrived, _, lines = sent(store, read)
    assert arrived == 1
    assert "announced. Says: the press; no official source among the accounts. Why: about" in lines[0]
    assert "Why: about NVIDIA H20; goes to CN [Example Daily https://example.com/1]" in lines[0]
    take(store, read, told())
    take(store, read, (replace(told()[0], id="d2", publisher="Reuters"), replace(told()[1], key="k2", document="d2")))
    with store.watch(write=True) as room:
        assert raise_due(room, read, now=NOW) == []
    assert sent(store, read) == (0, [], [])
    (only,) = alerts(store=where)
    assert only.why == ["about NVIDIA H20", "goes to CN"]


def test_a_new_state_of_the_event_is_told_again_when_its_printed_day_comes(store, rules):
    read = rules()
    take(store, read, told(dates={"announced": "2026-11-26", "effective": "2026-12-10"}))
    assert [line.split(". Says")[0].rpartition(", ")[2] for line in sent(store, read)[2]] == ["announced"]
    later = dt.datetime(2026, 12, 10, 8, tzinfo=dt.UTC)
    with store.watch(write=True) as room:
        assert len(raise_due(room, read, now=later)) == 1
    assert [line.split(". Says")[0].rpartition(", ")[2] for line in sent(store, read, now=later)[2]] == ["in force"]


def test_what_is_history_when_it_is_first_read_raises_nothing(store, rules, where):
    take(store, rules(), told(day="2026-01-05"))
    assert alerts(store=where) == []


@pytest.mark.parametrize("taken_with_rules", [True, False])
def test_an_event_without_a_day_is_told_by_the_day_on_which_it_was_first_read(store, rules, where, tmp_path, taken_with_rules):
    document, event = told()
    read = rules()
    take(store, read if taken_with_rules else None, (replace(document, published=None), event))
    with store.watch(write=True) as room:
        raise_due(room, read, now=NOW)
    (line,) = sent(store, read)[2]
    assert line.startswith("undated, first read on 2026-11-27 r: ")
    (only,) = alerts(store=where)
    assert (only.day, only.dated) == ("", "undated, first read on 2026-11-27")
    assert [a.at for a in try_rules(tmp_path / "alerts.yaml", since="2026-11-01", store=where, now=NOW)] == ["2026-11-27"]
    with store.watch(write=True) as room:
        assert raise_due(room, rules(name="later"), now=NOW + dt.timedelta(31)) == []


def test_an_event_that_is_dated_ahead_is_told_now_and_said_to_lie_ahead(store, rules):
    read = rules()
    take(store, read, told(day="2031-01-05"))
    assert sent(store, read)[2][0].startswith("2031-01-05, which lies ahead; first read on 2026-11-27 r: ")


def test_what_is_not_there_cannot_be_muted_or_asked_for(store, rules, where):
    read = rules()
    take(store, read, told())
    for call in (lambda: mute(rule="rr", reason="x", who="A", store=where), lambda: alerts(rule="rr", store=where)):
        with pytest.raises(BadInput, match=r"there is no rule 'rr'.*did you mean 'r'"):
            call()
    with pytest.raises(BadInput, match="there is no such event in the store"):
        mute(event="ev-nosuch", reason="x", who="A", store=where)
    with pytest.raises(BadInput, match=r"no source 'federal_registr'; did you mean 'federal_register'"):
        mute(event="silence:federal_registr", reason="x", who="A", store=where)
    assert mutes(store=where) == []
    assert mute(event=alerts(store=where)[0].event, rule="r", reason="x", who="A", store=where)


def test_events_that_were_taken_without_rules_are_raised_when_there_are_some(store, rules):
    take(store, None, told())
    with store.watch(write=True) as room:
        assert len(raise_due(room, rules(), now=NOW)) == 1


def test_a_muted_alert_is_recorded_with_the_reason_and_never_sent(store, rules, where):
    with pytest.raises(BadInput, match="give a reason"):
        mute(rule="r", reason=" ", who="A", store=where)
    read = rules()
    number = mute(rule="r", reason="Known since May", who="A. Analyst", store=where, rules=read.path, now=NOW)
    take(store, read, told())
    assert sent(store, read)[0] == 0
    assert alerts(store=where)[0].muted == "Known since May"
    unmute(number, store=where, now=NOW)
    assert mutes(store=where)[0].lifted_at
    assert sent(store, read)[0] == 0
    take(store, read, told(2, countries=DUTCH))
    assert sent(store, read)[0] == 1


def test_rules_are_tried_on_history_and_nothing_is_kept(store, rules, where, tmp_path):
    take(store, None, told(day="2026-02-05"), told(2, day="2026-03-05", measure_type="guidance"))
    rules(measures=["licence_requirement"])
    found = try_rules(tmp_path / "alerts.yaml", since="2026-01-01", store=where, now=NOW)
    assert [(a.at, a.state, a.why) for a in found] == [("2026-02-05", "announced", ["measure is licence requirement"])]
    assert (alerts(store=where), waiting(store=where)) == ([], [])


# ---------------------------------------------------------------- outlets


def test_a_file_of_lines_holds_an_alert_once_also_where_it_was_written_and_not_marked(store, rules, tmp_path):
    read = rules({"jsonl": "alerts.jsonl"})
    take(store, read, told(), told(2, countries=DUTCH))
    with store.watch() as room:
        due = room.alerts.due(NOW.isoformat())
    path = tmp_path / "alerts.jsonl"
    path.write_text(json.dumps(due[0].alert.body) + "\n" + '{"id": "broken off', encoding="utf-8")
    assert sent(store, read)[0] == 2
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines if line.endswith("}")] == [d.alert.id for d in due]


def test_a_feed_is_well_formed_whatever_the_headline_and_keeps_its_ids(store, rules, tmp_path):
    read = rules({"rss": "alerts.xml"})
    take(store, read, told(), told(2, headline="\x1b[31m & <script>", countries=DUTCH))
    assert sent(store, read)[0] == 2
    items = fromstring((tmp_path / "alerts.xml").read_bytes()).findall("channel/item")  # noqa: S314  (written by the program itself)
    assert {i.findtext("link") for i in items} == {"https://example.com/1", "https://example.com/2"}
    assert "Rule 1 on H20 <b>& for China" in {i.findtext("title") for i in items}
    assert len({i.findtext("guid") for i in items}) == 2


class Mailbox:
    def __init__(self):
        self.messages = []
        self.refuse = 0

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  (the name that the server calls)
        if self.refuse:
            self.refuse -= 1
            return "451 try again later"
        self.messages.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def mailbox():
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


def test_mail_arrives_with_why_and_sources_and_is_tried_again_where_the_server_does_not_take_it(store, rules, mailbox, where):
    outlet = {
        "email": {"to": ["desk@example.com"], "from": "watch@example.com", "host": "127.0.0.1", "port": mailbox.port, "security": "none"}
    }
    read = rules(outlet, destinations=["CN"])
    take(store, read, told(headline="Line\r\nBcc: everybody@example.com"))
    mailbox.refuse = 1
    arrived, failed, _ = sent(store, read)
    assert (arrived, len(failed)) == (0, 1)
    assert (waiting(store=where)[0].tries, waiting(store=where)[0].next_at) == (1, "2026-11-27T12:01:00+00:00")
    assert sent(store, read)[0] == 0
    assert sent(store, read, now=NOW + dt.timedelta(minutes=1))[0] == 1
    ((to, text),) = mailbox.messages
    head = text.partition("\r\n\r\n")[0]
    assert (to, "Bcc:" in head.replace("Line Bcc:", "").replace("Line  Bcc:", "")) == (["desk@example.com"], False)
    assert "- goes to CN" in text
    assert "https://example.com/1" in text
    assert f"Message-ID: <{alerts(store=where)[0].id}@thalweg>" in text


@pytest.fixture
def hook():
    """A server that remembers what is posted to it, and answers as it is told."""
    got, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            status = answers.pop(0) if answers else 204
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.got, server.answers, server.at = got, answers, f"127.0.0.1:{server.server_address[1]}"
    yield server
    server.shutdown()
    server.server_close()


def to(hook, **more):
    return {"webhook": {"url": f"http://{hook.at}/in", "secret_env": "HOOK", "allow": [hook.at]} | more}


def test_a_webhook_is_signed_over_its_time_and_body_and_retried_under_one_id(store, rules, hook):
    read = rules(to(hook))
    take(store, read, told())
    hook.answers += [503, 429]
    assert sent(store, read, HOOK="s3cret")[0] == 1
    assert len(hook.got) == 3
    path, headers, body = hook.got[-1]
    signed = hmac.new(b"s3cret", headers["Thalweg-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert (path, headers["Thalweg-Signature"]) == ("/in", f"sha256={signed}")
    assert len({h["Thalweg-Delivery"] for _, h, _ in hook.got}) == 1
    assert json.loads(body)["why"] == ["every event"]


def test_a_webhook_that_refuses_waits_longer_each_time_and_is_not_lost(store, rules, hook, where):
    read = rules(to(hook))
    take(store, read, told())
    now, seen = NOW, []
    for _ in range(7):
        hook.answers += [400]
        assert sent(store, read, now=now, HOOK="s")[0] == 0
        after = dt.datetime.fromisoformat(waiting(store=where)[0].next_at)
        seen.append(int((after - now).total_seconds()))
        now = after
    assert seen == [60, 300, 1_800, 7_200, 21_600, 21_600, 21_600]
    assert "400" in waiting(store=where)[0].error
    assert sent(store, read, now=now, HOOK="s")[0] == 1


def test_a_webhook_does_not_follow_a_redirection(store, rules, hook):
    read = rules(to(hook))
    take(store, read, told())
    hook.answers += [302]
    _, (failed,), _ = sent(store, read, HOOK="s")
    assert "302" in failed
    assert [p for p, _, _ in hook.got] == ["/in"]


@pytest.mark.parametrize("url", ["https://127.0.0.1/in", "https://169.254.169.254/latest", "https://[::1]/in", "http://example.com/in"])
def test_a_webhook_at_a_private_address_or_without_tls_is_refused(store, rules, hook, url):
    read = rules(to(hook, url=url))
    take(store, read, told())
    _, (failed,), _ = sent(store, read, HOOK="s")
    assert "no public address" in failed or "is not an https address" in failed
    assert hook.got == []


def test_a_secret_that_is_not_set_is_said_and_the_alert_waits(store, rules, hook, where):
    read = rules(to(hook))
    take(store, read, told())
    assert "HOOK holds no secret" in sent(store, read)[1][0]
    assert len(waiting(store=where)) == 1


# ---------------------------------------------------------------- the file of rules


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: [{name: r, products: [NVIDIA H2O], send: [terminal]}]", "rule r: item 'NVIDIA H2O' is not in the catalogue"),
        ("rules: [{name: r, destinations: [ZZ], send: [terminal]}]", "ZZ is no place of the pack"),
        ("rules: [{name: r, portfolio: none.toml, send: [terminal]}]", "none.toml"),
        ("rules:\n- {name: r, send: [terminal]\n- x", "alerts.yaml:3: not YAML"),
        ("a: &a [x]\nb: *a", "an alias"),
        ("!!python/object/apply:os.system [echo]", "not YAML that can be read"),
        ("rules: [{name: r, sned: [terminal]}]", "rules.1.sned: is no key; did you mean 'send'"),
        ("rules: [{name: r, send: [terminal], kind: loud}]", "rules.1.kind: should be event, silence, stale or any, not 'loud'"),
        ("", "the file is empty"),
    ],
)
def test_a_file_of_rules_that_does_not_hold_to_its_form_is_refused_in_a_line(tmp_path, text, said):
    path = tmp_path / "alerts.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_rules(path, PACK, TODAY)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_norway_is_a_place_and_no_answer_of_yes_or_no(tmp_path):
    path = tmp_path / "alerts.yaml"
    path.write_text("rules:\n  - name: r\n    destinations: [NO, CN]\n    send: [terminal]\n", encoding="utf-8")
    assert read_rules(path, PACK, TODAY).rules[0].rule.destinations == ["NO", "CN"]


# ---------------------------------------------------------------- what others do


def test_whatever_is_wrong_with_one_sending_those_behind_it_arrive(store, tmp_path, where):
    mail = {"to": ["desk@example.com"], "from": "watch@example.com", "host": "x" * 70 + ".example", "security": "none"}
    data = {"rules": [{"name": "r", "send": ["bad", "good"]}], "outlets": {"bad": {"email": mail}, "good": {"jsonl": "a.jsonl"}}}
    (tmp_path / "alerts.yaml").write_text(json.dumps(data), encoding="utf-8")
    read = read_rules(tmp_path / "alerts.yaml", PACK, TODAY)
    take(store, read, told())
    arrived, (failed,), _ = sent(store, read)
    assert arrived == 1
    assert failed.startswith("bad: Unicode")
    assert [w.outlet for w in waiting(store=where)] == ["bad"]


def test_two_programs_do_not_send_the_same(store, rules, where):
    read = rules()
    take(store, read, told())
    with open_store(where) as other, other.alone("send"), pytest.raises(StoreError, match="another program is doing this already"):
        sent(store, read)
    assert sent(store, read)[0] == 1


@pytest.mark.parametrize("status", [400, 302, None])
def test_what_is_said_of_a_webhook_holds_neither_its_path_nor_its_secret(store, rules, hook, where, status):
    at = hook.at if status else "127.0.0.1:1"
    read = rules({"webhook": {"url": f"http://{at}/T0KEN?key=T0KEN", "secret_env": "HOOK", "allow": [at]}})
    take(store, read, told())
    hook.answers += [status]
    _, (failed,), _ = sent(store, read, HOOK="s3cret")
    assert failed.startswith(f"out: {at}: ")
    assert not {"T0KEN", "s3cret"} & {w for said in (failed, waiting(store=where)[0].error) for w in ("T0KEN", "s3cret") if w in said}


@pytest.mark.parametrize("url", ["http://example.com/T0KEN", "https://us:T0KEN@example.com/", "https://[T0KEN/"])
def test_an_address_that_is_refused_is_not_told_in_full(store, rules, url):
    read = rules({"webhook": {"url": url, "secret_env": "HOOK"}})
    take(store, read, told())
    assert "T0KEN" not in sent(store, read, HOOK="s")[1][0]


def test_the_answer_of_a_webhook_is_not_read_and_may_be_endless(store, rules):
    class Endless(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):
                while True:
                    self.wfile.write(b"x" * 65_536)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    at = f"127.0.0.1:{server.server_address[1]}"
    read = rules({"webhook": {"url": f"http://{at}/", "secret_env": "HOOK", "allow": [at]}})
    take(store, read, told())
    try:
        assert sent(store, read, HOOK="s")[0] == 1
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("keys", "said"),
    [({"user": "u", "password_env": "P", "security": "none"}, "sends the password in clear"), ({"user": "u"}, "needs password_env")],
)
def test_a_password_is_not_sent_in_clear_and_must_have_a_place(rules, keys, said):
    with pytest.raises(BadInput, match=said):
        rules({"email": {"to": ["a@example.com"], "from": "b@example.com", "host": "mail.example.com"} | keys})


@pytest.mark.parametrize("good", [True, False])
def test_a_source_that_never_gave_anything_falls_silent_and_is_told_once(store, rules, where, good):
    first = "2026-10-01T00:00:00+00:00"
    watching = Watching(log=str, tell=str)
    watching._last_rules = rules(kind="silence")
    for at in (first, "2026-11-26T00:00:00+00:00", "2026-11-27T00:00:00+00:00"):
        with store.watch(write=True) as room:
            room.documents.pulled(Pull("federal_register", at, good=good))
        watching._raise(store, NOW)
    state = next(s for s in states_of(store, NOW) if s.source == "federal_register")
    assert (state.state, state.silent_since) == ("silent" if good else "failing", first)
    (alert,) = alerts(store=where)
    assert f"nothing new since {first}" in alert.headline
