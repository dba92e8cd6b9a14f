"""Receivers of alerts that are slow without end, or of which it is not known what they took: a limit, the others served, the doubt said."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import socket
import threading
import time
from dataclasses import replace

import pytest

from thalweg.desk import watch_post, watch_send
from thalweg.desk.watch_alerts import alerts, mute, waiting
from thalweg.desk.watch_rules import read_rules
from thalweg.desk.watch_send import send_due
from thalweg.desk.watch_take import take_documents
from thalweg.nouns.news import Document, Event, EventCountries
from thalweg.pack import load_pack
from thalweg.store import StoreError, open_store
from thalweg.store.watch_alerts import AlertShelf

pytestmark = pytest.mark.loopback
PACK = load_pack()
NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)


@pytest.fixture
def serve():
    """Serve each connection by a function of its own, in a thread, on a port of this machine; returns the port."""
    listening = []

    def start(conversation):
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=_quietly, args=(conversation, connection), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return server.getsockname()[1]

    yield start
    for server in listening:
        server.close()


def _quietly(conversation, connection):
    with contextlib.suppress(OSError), connection:
        conversation(connection)


def drip(connection, text=b"220-a server that never comes to an end\r\n"):
    while True:
        for byte in text:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)


def dripping_handshake(connection):
    drip(connection, b"\x16\x03\x03\x3e\x80" + bytes(16_000))  # the head of a record of TLS, and its body for ever


def dripping_headers(connection):
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    drip(connection, b"X-Header: a\r\n")


class Mail:
    """A mail server that takes what comes, and then does as it is told."""

    def __init__(self, after=lambda _: None, refuse=""):
        self.got, self.after, self.refuse = [], after, refuse

    def __call__(self, connection):
        lines = connection.makefile("rb")

        def answer(text):
            connection.sendall(text.encode() + b"\r\n")

        answer("220 here")
        for line in lines:
            command = line[:4].upper()
            if command == b"DATA":
                answer("354 go on")
                self.got.append(b"".join(iter(lines.readline, b".\r\n")).decode())
                answer("250 taken")
            elif command == b"QUIT":
                return self.after(connection) or answer("221 bye")
            else:
                answer("550 nobody of this name" if self.refuse and self.refuse.encode() in line and command == b"RCPT" else "250 ok")
        return None


def told(n, place):
    document = Document(f"d{n}", "news", f"https://example.com/{n}", f"Rule {n}", "", dt.date(2026, 11, 26), "Example Daily", "media")
    event = Event(f"k{n}", f"d{n}", f"Rule {n}", "regulation", "licence_requirement", "official_announced", "announced")
    return document, replace(event, countries=EventCountries(imposer=(place,), destination=("CN",)))


@pytest.fixture
def sending(tmp_path, monkeypatch):
    """Raise alerts to outlets, and send what is due within short limits."""
    monkeypatch.setattr(watch_post, "LONGEST", 1.0)
    monkeypatch.setattr(watch_send, "A_ROUND", 0.5)
    where = tmp_path / "store.db"
    with open_store(where) as store:

        def raised(*places, **outlets):
            data = {"rules": [{"name": "r", "send": list(outlets)}], "outlets": outlets}
            (tmp_path / "alerts.yaml").write_text(json.dumps(data), encoding="utf-8")
            rules = read_rules(tmp_path / "alerts.yaml", PACK, NOW.date())
            pairs = [told(place, place) for place in places]
            of = {d.id: (e,) for d, e in pairs}
            take_documents(store, [d for d, _ in pairs], pack=PACK, now=NOW, rules=rules, extract=lambda d: of[d.id], extractor="t")
            return rules

        def send(rules, now=NOW):
            log = []
            arrived, failed = send_due(store, rules.outlets, now=now, tell=str, log=log.append, environment={"HOOK": "s"})
            return arrived, failed, log

        send.raised, send.store, send.where = raised, store, where
        yield send


def mail(port, security="none", to=("desk@example.com",)):
    return {"email": {"to": list(to), "from": "watch@example.com", "host": "127.0.0.1", "port": port, "security": security}}


def hook(port):
    return {"webhook": {"url": f"http://127.0.0.1:{port}/in", "secret_env": "HOOK", "allow": [f"127.0.0.1:{port}"]}}


def test_a_receiver_that_sends_a_byte_now_and_then_is_given_up_and_holds_up_no_other(sending, serve, tmp_path):
    slow = {"greets": mail(serve(drip)), "encrypts": mail(serve(dripping_handshake), "tls"), "answers": hook(serve(dripping_headers))}
    outlets = slow | {"file": {"jsonl": "a.jsonl"}}
    rules = sending.raised("US", "NL", "JP", **outlets)
    start = time.monotonic()
    arrived, failed, log = sending(rules)
    took = time.monotonic() - start
    assert took < 10
    assert arrived == 3
    assert len((tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()) == 3
    assert sorted(line.partition(":")[0] for line in failed) == ["answers", "encrypts", "greets"]
    assert all("did not end within 1 seconds" in line for line in failed), failed
    assert sorted(log) == [f"{o}: is slow; 2 alerts to it wait for the next time" for o in ("answers", "encrypts", "greets")]
    assert {(w.outlet, w.tries) for w in waiting(store=sending.where)} == {
        (o, t) for o in ("answers", "encrypts", "greets") for t in (0, 1)
    }


def test_a_mail_that_was_taken_is_not_sent_again_however_slowly_the_server_takes_its_leave(sending, serve):
    server = Mail(after=drip)
    rules = sending.raised("US", out=mail(serve(server)))
    assert sending(rules)[:2] == (1, [])
    assert sending(rules)[0] == 0
    assert len(server.got) == 1


def test_a_receiver_that_the_server_refuses_while_it_takes_another_is_named(sending, serve):
    server = Mail(refuse="gone@")
    rules = sending.raised("US", out=mail(serve(server), to=("desk@example.com", "gone@example.com")))
    arrived, failed, (note,) = sending(rules)
    assert (arrived, failed) == (1, [])
    assert note.startswith("out: gone@example.com: refused (550 nobody of this name)")


def test_what_was_on_its_way_when_the_program_ended_is_said_and_comes_under_the_same_id(sending, serve, monkeypatch):
    server = Mail()
    rules = sending.raised("US", out=mail(serve(server)))
    real = watch_send._send

    def killed(*args):
        real(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(watch_send, "_send", killed)
    with pytest.raises(KeyboardInterrupt):
        sending(rules)
    monkeypatch.setattr(watch_send, "_send", real)
    (held,) = waiting(store=sending.where)
    assert (held.on_its_way_since, held.tries) == (NOW.isoformat(timespec="seconds"), 0)
    arrived, failed, (note,) = sending(rules)
    assert (arrived, failed) == (1, [])
    assert note == f"out: alert {held.alert} was on its way when the program ended at {held.on_its_way_since}; it may arrive twice"
    ids = [line for text in server.got for line in text.splitlines() if line.startswith("Message-ID")]
    assert ids == [f"Message-ID: <{held.alert}@thalweg>"] * 2


def test_an_outlet_that_is_slow_does_not_keep_the_alerts_of_others_from_their_turn(sending, serve, monkeypatch, tmp_path):
    """More than one round takes up may be due to it, before anything that is due to the others."""
    due = AlertShelf.due
    monkeypatch.setattr(AlertShelf, "due", lambda self, now: due(self, now, limit=3))
    rules = sending.raised("US", "NL", "JP", "KR", slow=mail(serve(drip)))
    sending.raised("TW", file={"jsonl": "a.jsonl"})
    outlets = rules.outlets | read_rules(tmp_path / "alerts.yaml", PACK, NOW.date()).outlets
    both = replace(rules, outlets=outlets)
    assert sending(both)[0] == 0
    assert sending(both)[0] == 1
    assert {(w.tries, w.next_at) for w in waiting(store=sending.where)} == {(t, "2026-11-27T12:01:00+00:00") for t in (0, 1)}


def test_what_waits_is_kept_back_by_a_mute_with_its_reason(sending, serve):
    server = Mail()
    rules = sending.raised("US", "NL", out=mail(serve(server)))
    mute(rule="r", reason="Under review", who="A", store=sending.where, now=NOW)
    assert sending(rules) == (0, [], [])
    assert waiting(store=sending.where) == []
    assert [a.muted for a in alerts(store=sending.where)] == ["Under review"] * 2
    assert server.got == []


def test_what_cannot_be_marked_does_not_leave(sending, serve, monkeypatch):
    server = Mail()
    rules = sending.raised("US", out=mail(serve(server)))

    def full(*_):
        raise StoreError("the disk is full; nothing was changed")

    with monkeypatch.context() as held:
        held.setattr(AlertShelf, "trying", full)
        with pytest.raises(StoreError, match="disk is full"):
            sending(rules)
    assert server.got == []
    assert sending(rules)[0] == 1
