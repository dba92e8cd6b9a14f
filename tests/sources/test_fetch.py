"""Fetching from a real server on this machine that answers well, badly, late, or not to the end."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pytest

from thalweg.evidence import BadInput
from thalweg.sources import SOURCES, Patience, fetch, pull
from thalweg.sources.kept import beside, read_kept

pytestmark = pytest.mark.loopback

QUICK = Patience(attempts=4, wait_initial=0.01, wait_max=0.02, jitter=0.0, timeout=5.0)
BODY = b"ent_num,name\n" + b"".join(b"%d,EXAMPLE\n" % n for n in range(20_000))
STAMP = "Wed, 07 Oct 2026 10:00:00 GMT"


@dataclass
class Reply:
    """One answer: status, headers, body; `cut` closes the connection after so many bytes of it."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None
    length: bool = True


class Server:
    """Plays answers in turn, the last one for ever, and remembers the requests."""

    def __init__(self) -> None:
        self.replies: list[Reply | Callable[[dict[str, str]], Reply]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                asked = {k.lower(): v for k, v in self.headers.items()}
                outer.requests.append((self.path, asked))
                reply = outer.replies.pop(0) if len(outer.replies) > 1 else outer.replies[0]
                reply = reply(asked) if callable(reply) else reply
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.length:
                    self.send_header("Content-Length", str(len(reply.body)))
                else:
                    self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(reply.body if reply.cut is None else reply.body[: reply.cut])
                self.wfile.flush()
                if reply.cut is not None or not reply.length:
                    self.close_connection = True
                    if reply.cut == 0:  # reset instead of an orderly end
                        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def url(self, path="/list.csv"):
        return f"http://{self.host}{path}"


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


def ranged(body, etag='"v1"'):
    """A server that holds to Range and If-Range."""

    def answer(asked):
        headers = {"ETag": etag, "Last-Modified": STAMP, "Accept-Ranges": "bytes"}
        if "range" in asked and asked.get("if-range") == etag:
            start = int(asked["range"].removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                return Reply(416, {"Content-Range": f"bytes */{len(body)}"})
            return Reply(206, headers | {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}, body[start:])
        return Reply(200, headers, body)

    return answer


def get(server, folder, path="/list.csv", **options):
    return fetch(server.url(path), folder, allow={server.host}, patience=QUICK, **options)


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


# ---------------------------------------------------------------- what is not taken


def test_a_file_over_the_bound_is_refused_by_its_length_and_by_its_bytes(server, tmp_path):
    for reply in (Reply(200, {}, BODY), Reply(200, {}, BODY, length=False)):
        server.replies = [reply]
        with pytest.raises(BadInput, match="bytes or more; 1,000 at most are fetched"):
            get(server, tmp_path, max_bytes=1_000)
    assert [p.name for p in tmp_path.iterdir()] == [".list.csv.lock"]


def archive(**members):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # without a time, so that every run makes the same bytes
    return out.getvalue()


XML = b"<?xml version='1.0'?><sdnList>" + b"<sdnEntry/>" * 1_000 + b"</sdnList>"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (XML[:-20], "it is no well-formed XML"),
        (XML.replace(b"<sdnList>", b"<!DOCTYPE x [<!ENTITY e 'a'>]><sdnList>", 1), "it declares a document type or entities"),
        (archive(a="x" * 9_000)[:-30], "it is no whole ZIP archive"),
        (gzip.compress(BODY)[:-10], "it is no whole gzip file"),
        (archive(a="0" * 90_000_000), "over what is read"),
        (gzip.compress(b"0" * 90_000_000), "it unpacks to more than is read"),
        (b'{"results": [1, 2', "its JSON has no end"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "it is a web page, not a list"),
        (b"", "it is empty"),
    ],
)
def test_a_file_whose_form_shows_that_it_is_not_whole_never_takes_the_place_of_a_good_one(body, says, server, tmp_path):
    server.replies = [Reply(200, {"ETag": '"v1"'}, BODY), Reply(200, {"ETag": '"v2"'}, body, length=False)]
    path = get(server, tmp_path).path
    with pytest.raises(BadInput, match=f"sent a file that cannot be taken: .*{says}.*the file at hand stays"):
        get(server, tmp_path)
    assert path.read_bytes() == BODY
    assert not beside(path, "part").exists()


@pytest.mark.parametrize("body", [XML, archive(a="x" * 9_000), gzip.compress(BODY), b'{"results": []}\n', b"\xef\xbb\xbf" + XML])
def test_a_whole_file_of_each_form_is_taken(body, server, tmp_path):
    server.replies = [Reply(200, {}, body, length=False)]
    assert get(server, tmp_path).path.read_bytes() == body


def test_two_processes_do_not_write_one_part(server, tmp_path):
    fcntl = pytest.importorskip("fcntl")
    server.replies = [Reply(200, {}, BODY)]
    with beside(tmp_path / "list.csv", "lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(BadInput, match="another process is fetching it"):
            get(server, tmp_path)


# ---------------------------------------------------------------- a source as a whole


def test_a_source_is_pulled_file_by_file(server, tmp_path):
    downloads = [{"url": "https://a.example/SDN.XML", "file": "sdn.xml"}, {"url": "https://a.example/CONS.XML", "file": "consolidated.xml"}]
    source = SOURCES["ofac"].model_copy(update={"downloads": tuple(_Local(server, d) for d in downloads)})
    server.replies = [Reply(200, {}, XML)]
    found = pull(source, tmp_path, allow={server.host}, patience=QUICK)
    assert [f.path.relative_to(tmp_path).as_posix() for f in found] == ["ofac/sdn.xml", "ofac/consolidated.xml"]
    assert [path for path, _ in server.requests] == ["/SDN.XML", "/CONS.XML"]


def test_the_day_of_the_ecfr_comes_from_its_index(server, tmp_path):
    part = {"url": "https://a.example/{date}/title-15.xml", "file": "ecfr_{date}.xml"}
    source = SOURCES["bis_uvl"].model_copy(update={"downloads": (_Local(server, part),), "dated_by": server.url("/titles.json")})
    index = json.dumps(
        {"titles": [{"number": 14, "up_to_date_as_of": "2026-01-01"}, {"number": 15, "up_to_date_as_of": "2026-10-06"}]}
    ).encode()
    server.replies = [Reply(200, {}, index), Reply(200, {}, XML)]
    (found,) = pull(source, tmp_path, allow={server.host}, patience=QUICK)
    assert (found.path.name, server.requests[1][0]) == ("ecfr_2026-10-06.xml", "/2026-10-06/title-15.xml")


@pytest.mark.parametrize("index", [b"{}", b'{"titles": []}', b'{"titles": [{"number": 15, "up_to_date_as_of": "soon"}]}', b"[1]"])
def test_an_index_of_another_form_is_refused(index, server, tmp_path):
    source = SOURCES["bis_uvl"].model_copy(update={"dated_by": server.url("/titles.json")})
    server.replies = [Reply(200, {}, index)]
    with pytest.raises(BadInput, match="does not say for which day Title 15 is there"):
        pull(source, tmp_path, allow={server.host}, patience=QUICK)


def test_a_source_without_an_address_says_how_its_file_is_got(tmp_path):
    with pytest.raises(BadInput, match=r"bis_dpl: has no address to fetch from\. Take the delimited file"):
        pull(SOURCES["bis_dpl"], tmp_path)


@dataclass(frozen=True)
class _Local:
    """A download of the catalogue, at the server of the test."""

    server: Server
    of: dict[str, str]

    @property
    def url(self):
        return self.server.url(self.of["url"].removeprefix("https://a.example"))

    @property
    def file(self):
        return self.of["file"]
