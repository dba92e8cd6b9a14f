"""Fetching from a real server on this machine: what is fetched, when again, and where it goes on."""

from __future__ import annotations

import importlib.util
import json
import socket
from pathlib import Path

import pytest

from thalweg.evidence import BadInput
from thalweg.sources import Patience, fetch
from thalweg.sources.kept import beside, read_kept

SPEC = importlib.util.spec_from_file_location("served", Path(__file__).parent / "served.py")
served = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(served)

pytestmark = pytest.mark.loopback
server = served.server
BODY, STAMP, QUICK, Reply, get, ranged = served.BODY, served.STAMP, served.QUICK, served.Reply, served.get, served.ranged


# ---------------------------------------------------------------- the good case


def test_a_file_is_fetched_whole_with_its_validators(server, tmp_path):
    server.replies = [Reply(200, {"ETag": '"v1"', "Last-Modified": STAMP}, BODY)]
    found = get(server, tmp_path / "new")
    assert (found.path, found.changed, found.size) == (tmp_path / "new" / "list.csv", True, len(BODY))
    assert found.path.read_bytes() == BODY
    assert found.modified_on.isoformat() == "2026-10-07"
    assert read_kept(beside(found.path, "json")).etag == '"v1"'
    assert sorted(p.name for p in found.path.parent.iterdir()) == [".list.csv.json", ".list.csv.lock", "list.csv"]


def test_the_request_says_who_asks_and_wants_no_compression(server, tmp_path):
    server.replies = [Reply(200, {}, BODY)]
    get(server, tmp_path, contact="mailto:lists@example.com")
    asked = server.requests[0][1]
    assert asked["user-agent"] == "thalweg (+mailto:lists@example.com)"
    assert (asked["accept-encoding"], asked["host"]) == ("identity", server.host)


def test_an_unchanged_file_is_not_fetched_again(server, tmp_path):
    server.replies = [Reply(200, {"ETag": '"v1"', "Last-Modified": STAMP}, BODY), Reply(304)]
    first = get(server, tmp_path)
    before = first.path.stat().st_mtime_ns
    second = get(server, tmp_path)
    asked = server.requests[1][1]
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"v1"', STAMP)
    assert (second.changed, second.sha256, second.path.stat().st_mtime_ns) == (False, first.sha256, before)


def test_a_file_that_someone_has_changed_is_fetched_anew(server, tmp_path):
    server.replies = [Reply(200, {"ETag": '"v1"'}, BODY)]
    get(server, tmp_path).path.write_bytes(b"changed by hand")
    found = get(server, tmp_path)
    assert "if-none-match" not in server.requests[1][1]
    assert found.path.read_bytes() == BODY


def test_the_same_bytes_again_are_no_change(server, tmp_path):
    server.replies = [Reply(200, {}, BODY)]
    assert [get(server, tmp_path).changed, get(server, tmp_path).changed] == [True, False]


def test_progress_is_told_to_the_end(server, tmp_path):
    told: list[tuple[int, int | None]] = []
    server.replies = [Reply(200, {}, BODY)]
    get(server, tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (0, len(BODY))
    assert told[-1] == (len(BODY), len(BODY))
    assert [d for d, _ in told] == sorted(d for d, _ in told)


# ---------------------------------------------------------------- redirections


def test_redirections_are_followed_and_checked(server, tmp_path):
    server.replies = [Reply(302, {"Location": "/signed?key=1"}), Reply(307, {"Location": server.url("/final")}), Reply(200, {}, BODY)]
    assert get(server, tmp_path).path.read_bytes() == BODY
    assert [path for path, _ in server.requests] == ["/list.csv", "/signed?key=1", "/final"]


@pytest.mark.parametrize(
    "where", ["http://169.254.169.254/latest/meta-data", "http://127.0.0.1:1/a", "file:///etc/passwd", "https://10.0.0.1/a"]
)
def test_a_redirection_to_a_private_address_is_refused(where, server, tmp_path):
    server.replies = [Reply(302, {"Location": where})]
    with pytest.raises(BadInput, match=r"is not an https address|is no public address"):
        get(server, tmp_path)
    assert len(server.requests) == 1


def test_a_circle_of_redirections_ends(server, tmp_path):
    server.replies = [Reply(302, {"Location": "/list.csv"})]
    with pytest.raises(BadInput, match="redirects more than 5 times"):
        get(server, tmp_path)


def test_a_private_address_that_is_not_allowed_is_refused_before_it_is_asked(server, tmp_path):
    server.replies = [Reply(200, {}, BODY)]
    with pytest.raises(BadInput, match="is not an https address"):
        fetch(server.url(), tmp_path, patience=QUICK)
    with pytest.raises(BadInput, match=r"127\.0\.0\.1, which is no public address"):
        fetch(f"https://{server.host}/list.csv", tmp_path, patience=QUICK)
    assert server.requests == []


# ---------------------------------------------------------------- trying again


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(status, server, tmp_path):
    server.replies = [Reply(status, {"Retry-After": "0"}), Reply(status), Reply(200, {}, BODY)]
    assert get(server, tmp_path).path.read_bytes() == BODY
    assert len(server.requests) == 3


def test_a_lasting_failure_is_given_up_and_the_file_at_hand_stays(server, tmp_path):
    server.replies = [Reply(200, {}, BODY), Reply(503)]
    path = get(server, tmp_path).path
    with pytest.raises(BadInput, match="answered 503 Service Unavailable; given up after 4 attempts, and the file at hand stays"):
        get(server, tmp_path)
    assert path.read_bytes() == BODY


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refusal_is_not_tried_again(status, server, tmp_path):
    server.replies = [Reply(status)]
    with pytest.raises(BadInput, match=f"answered {status} .*; nothing was fetched"):
        get(server, tmp_path)
    assert len(server.requests) == 1


def test_a_server_that_is_not_there_is_said_in_one_line(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(BadInput, match=r"refused.*; given up after 4 attempts"):
        fetch(f"http://{host}/a", tmp_path, allow={host}, patience=QUICK)


def test_an_answer_that_never_comes_is_given_up(tmp_path):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(BadInput, match="timed out; given up after 2 attempts"):
            fetch(f"http://{host}/a", tmp_path, allow={host}, patience=Patience(2, 0.01, 0.02, 0.0, 0.2))


# ---------------------------------------------------------------- broken off and gone on with


def test_a_broken_download_goes_on_where_it_broke(server, tmp_path):
    server.replies = [Reply(200, {"ETag": '"v1"'}, BODY, cut=100_000), ranged(BODY)]
    assert get(server, tmp_path).path.read_bytes() == BODY
    asked = server.requests[1][1]
    assert (asked["range"], asked["if-range"]) == ("bytes=100000-", '"v1"')


def test_a_download_goes_on_in_a_later_run(server, tmp_path):
    server.replies = [Reply(200, {"ETag": '"v1"'}, BODY, cut=70_000)]
    with pytest.raises(BadInput, match="given up after 1 attempts"):
        fetch(server.url(), tmp_path, allow={server.host}, patience=Patience(1, 0.01, 0.02, 0.0, 5.0))
    assert beside(tmp_path / "list.csv", "part").stat().st_size == 70_000
    assert not (tmp_path / "list.csv").exists()
    server.replies = [ranged(BODY)]
    told: list[int] = []
    assert get(server, tmp_path, progress=lambda done, _: told.append(done)).path.read_bytes() == BODY
    assert told[0] == 70_000


def test_a_file_that_changed_in_between_is_fetched_from_the_start(server, tmp_path):
    newer = BODY.replace(b"EXAMPLE", b"CHANGED")
    server.replies = [Reply(200, {"ETag": '"v1"'}, BODY, cut=100_000), ranged(newer, '"v2"')]
    found = get(server, tmp_path)
    assert found.path.read_bytes() == newer
    assert read_kept(beside(found.path, "json")).etag == '"v2"'


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"v1"'}])
def test_a_part_without_a_strong_validator_is_not_gone_on_with(headers, server, tmp_path):
    server.replies = [Reply(200, headers, BODY, cut=100_000), Reply(200, headers, BODY)]
    assert get(server, tmp_path).path.read_bytes() == BODY
    assert "range" not in server.requests[1][1]


def test_a_wrong_part_is_thrown_away(server, tmp_path):
    wrong = Reply(206, {"ETag": '"v1"', "Content-Range": f"bytes 5-{len(BODY) - 1}/{len(BODY)}"}, BODY[5:])
    server.replies = [Reply(200, {"ETag": '"v1"'}, BODY, cut=100_000), wrong, Reply(200, {"ETag": '"v1"'}, BODY)]
    assert get(server, tmp_path).path.read_bytes() == BODY
    assert "range" not in server.requests[2][1]


def test_a_part_that_is_longer_than_the_file_is_thrown_away(server, tmp_path):
    server.replies = [Reply(200, {"ETag": '"v1"'}, BODY, cut=100_000), ranged(BODY[:50_000]), ranged(BODY[:50_000])]
    assert get(server, tmp_path).path.read_bytes() == BODY[:50_000]


def test_a_connection_reset_in_the_middle_is_tried_again(server, tmp_path):
    server.replies = [Reply(200, {"ETag": '"v1"'}, BODY, cut=0), ranged(BODY)]
    assert get(server, tmp_path).path.read_bytes() == BODY


def test_validators_that_were_tampered_with_are_not_trusted(server, tmp_path):
    server.replies = [Reply(200, {"ETag": '"v1"'}, BODY)]
    path = get(server, tmp_path).path
    for text in ("", "[]", "{", json.dumps({"url": server.url(), "etag": 1, "last_modified": "", "sha256": "", "size": 0})):
        beside(path, "json").write_text(text)
        assert get(server, tmp_path).path.read_bytes() == BODY
    assert all("if-none-match" not in asked for _, asked in server.requests)
