"""Asking interfaces: one answer, tried again with patience, at a pace, kept, and never half of one."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib.util
import socket
import threading
import time
from pathlib import Path

import pytest

from thalweg.evidence import BadInput
from thalweg.sources import Patience, fetch
from thalweg.sources.answers import TryAgain
from thalweg.sources.archive import Archive
from thalweg.sources.caller import Caller, Pace

SPEC = importlib.util.spec_from_file_location("served", Path(__file__).parent / "served.py")
served = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(served)
server, Reply = served.server, served.Reply

pytestmark = pytest.mark.loopback
QUICK = Patience(attempts=4, wait_initial=0.001, wait_max=0.002, jitter=0.0, timeout=2.0, longest=2.0)
NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)


@pytest.fixture
def call(server, tmp_path):
    with Caller(
        "test", archive=Archive(tmp_path), allow={server.host}, patience=QUICK, contact="Firm a@b.example", clock=lambda: NOW
    ) as made:
        yield made


def test_an_answer_is_its_bytes_with_hash_and_time_and_lies_in_the_archive(server, call, tmp_path):
    server.replies = [Reply(200, {"Content-Type": "application/json; charset=utf-8"}, b'{"a": 1}')]
    answer = call.get(server.url("/api"), {"x": "1 2", "fields[]": ["a", "b"], "n": 3})
    assert server.requests[0][0] == "/api?x=1+2&fields%5B%5D=a&fields%5B%5D=b&n=3"
    assert (answer.json(), answer.at, answer.charset, answer.cut) == ({"a": 1}, NOW, "utf-8", False)
    (raw,) = Archive(tmp_path).all()
    assert (raw.sha256, raw.source, raw.url, raw.first_at) == (answer.sha256, "test", answer.url, "2026-11-27T12:00:00+00:00")
    assert Archive(tmp_path).read(raw.sha256) == b'{"a": 1}'


def test_a_server_that_sends_the_head_of_its_answer_byte_by_byte_is_given_up(tmp_path):
    def drip(listening):
        with contextlib.suppress(OSError), listening.accept()[0] as connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"X: y\r\n")
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        for _ in range(4):
            threading.Thread(target=drip, args=(listening,), daemon=True).start()
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        hurried = Patience(attempts=2, wait_initial=0.001, wait_max=0.002, jitter=0.0, timeout=2.0, longest=0.2)
        start = time.monotonic()
        said = "did not end within 1.2 seconds; given up after 2 attempts"
        with Caller("test", archive=Archive(tmp_path), allow={host}, patience=hurried) as made, pytest.raises(BadInput, match=said):
            made.get(f"http://{host}/")
        with pytest.raises(BadInput, match=said):
            fetch(f"http://{host}/list.csv", tmp_path, allow={host}, patience=hurried)
        assert time.monotonic() - start < 20


def test_the_request_says_who_asks(server, call):
    server.replies = [Reply(200, {}, b"x")]
    call.get(server.url("/"))
    assert server.requests[0][1]["user-agent"] == "thalweg (+Firm a@b.example)"


def test_a_contact_that_no_header_can_hold_is_refused():
    with pytest.raises(BadInput, match="write it in ASCII letters on one line"):
        Caller("test", contact="Firm\r\nX-Injected: 1")


@pytest.mark.parametrize(
    "bad", [Reply(429, {"Retry-After": "0"}), Reply(500), Reply(503), Reply(200, {}, b"x" * 5_000, 100), Reply(200, {}, b"x", 0)]
)
def test_a_fault_is_tried_again(server, call, bad):
    server.replies = [bad, bad, Reply(200, {}, b"good")]
    assert call.get(server.url("/")).data == b"good"


def test_a_fault_that_stays_is_raised_with_the_address(server, call):
    server.replies = [Reply(500)]
    with pytest.raises(BadInput, match=r"/path: answered 500 .*given up after 4 attempts"):
        call.get(server.url("/path"))
    assert len(server.requests) == 4


def test_retry_after_is_waited_for(server, call):
    server.replies = [Reply(429, {"Retry-After": "1"}), Reply(200, {}, b"good")]
    start = time.monotonic()
    call.get(server.url("/"))
    assert time.monotonic() - start >= 1


def test_a_check_that_refuses_an_answer_is_a_fault(server, call):
    def check(answer):
        if answer.data == b"wait":
            raise TryAgain("asks to wait", 0.001)

    server.replies = [Reply(200, {}, b"wait"), Reply(200, {}, b"good")]
    assert call.get(server.url("/"), check=check).data == b"good"


def test_what_is_missing_is_raised_or_returned_as_asked(server, call):
    server.replies = [Reply(404)]
    with pytest.raises(BadInput, match="answered 404"):
        call.get(server.url("/"))
    assert call.get(server.url("/"), missing=True).status == 404


def test_json_that_is_none_is_a_fault_with_its_beginning(server, call):
    server.replies = [Reply(200, {}, b"<html>down for maintenance</html>")]
    with pytest.raises(BadInput, match=r"what is no JSON .*down for maintenance"):
        call.get(server.url("/"), check=lambda a: a.json())
    server.replies = [Reply(200, {}, b"[" * 100_000)]
    with pytest.raises(BadInput, match="what is no JSON"):
        call.get(server.url("/"), check=lambda a: a.json())


def test_a_body_beyond_the_bound_is_cut_and_a_cut_one_is_not_asked_for_by_its_validator(server, call):
    server.replies = [Reply(200, {"ETag": '"1"'}, b"x" * 50_000)]
    answer = call.get(server.url("/"), max_bytes=1_000)
    assert (len(answer.data), answer.cut) == (1_000, True)
    call.get(server.url("/"), again=True)
    assert "if-none-match" not in server.requests[1][1]


def test_an_unchanged_answer_comes_out_of_the_archive(server, call):
    server.replies = [Reply(200, {"ETag": '"1"', "Content-Type": "text/plain"}, b"first"), Reply(304)]
    first = call.get(server.url("/"), again=True)
    second = call.get(server.url("/"), again=True)
    assert server.requests[1][1]["if-none-match"] == '"1"'
    assert (second.data, second.unchanged, second.sha256, second.media_type) == (b"first", True, first.sha256, "text/plain")


def test_an_answer_that_is_fresh_is_not_asked_for_and_a_damaged_one_is(server, call, tmp_path):
    server.replies = [Reply(200, {}, b"first")]
    day = dt.timedelta(days=1)
    call.get(server.url("/"), again=True, fresh_for=day)
    assert call.get(server.url("/"), again=True, fresh_for=day).unchanged
    assert len(server.requests) == 1
    next(tmp_path.glob("raw/*/*.gz")).write_bytes(b"damaged")
    assert call.get(server.url("/"), again=True, fresh_for=day).data == b"first"
    call.clock = lambda: NOW + day
    call.get(server.url("/"), again=True, fresh_for=day)
    assert len(server.requests) == 3


def test_what_is_damaged_on_disk_is_not_asked_for_by_its_validator(server, call, tmp_path):
    server.replies = [Reply(200, {"ETag": '"1"'}, b"first")]
    call.get(server.url("/"), again=True)
    next(tmp_path.glob("raw/*/*.gz")).unlink()
    assert call.get(server.url("/"), again=True).data == b"first"
    assert "if-none-match" not in server.requests[1][1]
    call.get(server.url("/"), again=True)
    assert server.requests[2][1]["if-none-match"] == '"1"'


def test_a_304_that_was_not_asked_for_is_no_answer(server, call):
    server.replies = [Reply(304)]
    with pytest.raises(BadInput, match="answered 304"):
        call.get(server.url("/"))


def test_a_packed_bomb_is_cut(server, call):
    import gzip

    server.replies = [Reply(200, {"Content-Encoding": "gzip"}, gzip.compress(b"\0" * 50_000_000))]
    answer = call.get(server.url("/"), max_bytes=100_000)
    assert (len(answer.data), answer.cut) == (100_000, True)


def test_a_server_that_is_not_on_the_list_is_not_spoken_to(server):
    with Caller("test", patience=QUICK) as call, pytest.raises(BadInput, match="is not an https address"):
        call.get(server.url("/"))
    assert server.requests == []


def test_requests_to_one_host_keep_apart_and_no_more_run_at_once_than_may(server):
    running: list[int] = []
    most: list[int] = []
    lock = threading.Lock()

    def answer(_):
        with lock:
            running.append(1)
            most.append(len(running))
        time.sleep(0.05)
        with lock:
            running.pop()
        return Reply(200, {}, b"x")

    server.replies = [answer]
    pace = Pace(2)

    def ask():
        with Caller("test", allow={server.host}, patience=QUICK, pace=pace, pause=0.01) as call:
            call.get(server.url("/"))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) <= 2
    assert time.monotonic() - start >= 0.05
    assert len(server.requests) == 6
