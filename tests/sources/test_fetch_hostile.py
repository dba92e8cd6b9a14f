"""Fetching from a server that is hostile or broken: nothing of it gets in, and every end is one clear line."""

from __future__ import annotations

import gzip
import importlib.util
import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from thalweg.evidence import BadInput
from thalweg.sources import Patience, fetch
from thalweg.sources.kept import beside

SPEC = importlib.util.spec_from_file_location("served", Path(__file__).parent / "served.py")
served = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(served)

pytestmark = pytest.mark.loopback
server = served.server
BODY, QUICK, Reply, get, ranged = served.BODY, served.QUICK, served.Reply, served.get, served.ranged


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


# ---------------------------------------------------------------- what an answer says of itself


@pytest.mark.parametrize(
    "where",
    [
        "https://[::1",
        "https://[x]/a",
        "https://a:99999/",
        "https://a..b/",
        "https://bücher.example/",
        "https://",
        "//",
        "\x01",
        "https://" + "a" * 70_000,
    ],
)
def test_a_redirection_to_no_address_is_one_line(where, server, tmp_path):
    server.replies = [Reply(302, {"Location": where})]
    with pytest.raises(BadInput) as caught:
        get(server, tmp_path)
    assert "\n" not in str(caught.value)


def test_a_password_in_a_redirection_is_not_repeated(server, tmp_path):
    for scheme in ("http", "https"):
        server.replies = [Reply(302, {"Location": f"{scheme}://user:secret@data.example/a"})]
        with pytest.raises(BadInput, match="a user name or password") as caught:
            get(server, tmp_path)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "after",
    [
        "Wed, 07 Oct 2026 10:00:00 -0000",
        "²",
        "Wed, 07 Oct 2026 10:00:00 +99999999999999999999",
        "Wed, 07 Oct 99999999999999999999 10:00:00 GMT",
        "x",
    ],
)
def test_a_time_to_wait_that_is_none_is_no_reason_to_fail(after, server, tmp_path):
    passed = after.replace("2026", "2020")
    server.replies = [Reply(503, {"Retry-After": passed}), Reply(200, {"Last-Modified": passed}, BODY)]
    assert get(server, tmp_path).path.read_bytes() == BODY


@pytest.mark.parametrize("tag", ['"é"', '"a\x01b"', '"' + "a" * 60_000 + '"'])
def test_a_validator_that_no_header_may_hold_is_not_sent_back(tag, server, tmp_path):
    server.replies = [Reply(200, {"ETag": tag}, BODY)]
    assert [get(server, tmp_path).size, get(server, tmp_path).size] == [len(BODY)] * 2
    assert "if-none-match" not in server.requests[1][1]


def test_a_part_of_another_file_is_not_put_behind_the_one_that_had_begun(server, tmp_path):
    newer = BODY.replace(b"EXAMPLE", b"CHANGED")
    rest = {"ETag": '"v2"', "Content-Range": f"bytes 100000-{len(BODY) - 1}/{len(BODY)}"}
    server.replies = [
        Reply(200, {"ETag": '"v1"'}, BODY, cut=100_000),
        Reply(206, rest, newer[100_000:]),
        Reply(200, {"ETag": '"v2"'}, newer),
    ]
    assert get(server, tmp_path).path.read_bytes() == newer


def test_a_range_of_absurd_numbers_is_no_range(server, tmp_path):
    absurd = Reply(206, {"ETag": '"v1"', "Content-Range": f"bytes {'9' * 5_000}-9/9"}, b"x")
    server.replies = [Reply(200, {"ETag": '"v1"'}, BODY, cut=1_000), absurd, ranged(BODY)]
    assert get(server, tmp_path).path.read_bytes() == BODY


# ---------------------------------------------------------------- bodies that come packed, or do not end


def test_a_body_that_comes_packed_unasked_is_unpacked(server, tmp_path):
    for packed in (gzip.compress(BODY), gzip.compress(BODY[:50_000]) + gzip.compress(BODY[50_000:])):
        server.replies = [Reply(200, {"Content-Encoding": "gzip"}, packed)]
        assert get(server, tmp_path).path.read_bytes() == BODY


@pytest.mark.parametrize("length", [True, False])
def test_a_packed_body_that_breaks_off_is_not_taken_for_the_whole(length, server, tmp_path):
    packed = gzip.compress(BODY)
    server.replies = [Reply(200, {"Content-Encoding": "gzip", "ETag": '"v1"'}, packed[: len(packed) // 2], length=length)]
    with pytest.raises(BadInput, match="breaks off"):
        get(server, tmp_path)
    assert not (tmp_path / "list.csv").exists()
    assert all("range" not in asked for _, asked in server.requests)


def test_a_packed_body_that_is_damaged_is_not_taken(server, tmp_path):
    packed = gzip.compress(BODY)
    server.replies = [Reply(200, {"Content-Encoding": "gzip"}, packed[:5_000] + b"damage" + packed[5_006:])]
    with pytest.raises(BadInput, match="cannot be unpacked"):
        get(server, tmp_path)


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "deflate"])
def test_a_body_packed_twice_or_otherwise_is_refused(encoding, server, tmp_path):
    server.replies = [Reply(200, {"Content-Encoding": encoding}, gzip.compress(gzip.compress(BODY)))]
    with pytest.raises(BadInput, match="which is not read; nothing was fetched"):
        get(server, tmp_path)
    assert len(server.requests) == 1


def test_a_packed_bomb_is_stopped_at_the_bound(server, tmp_path):
    server.replies = [Reply(200, {"Content-Encoding": "gzip"}, gzip.compress(b"\0" * 40_000_000))]
    with pytest.raises(BadInput, match="3,000,000 at most are fetched"):
        get(server, tmp_path, max_bytes=3_000_000)


def test_a_server_that_drips_does_not_hold_the_program_for_ever(server, tmp_path):
    hurried = Patience(attempts=2, wait_initial=0.01, wait_max=0.02, jitter=0.0, timeout=5.0, longest=0.0)
    server.replies = [Reply(200, {}, BODY)]
    with pytest.raises(BadInput, match="did not end in 0 seconds; given up after 2 attempts"):
        fetch(server.url(), tmp_path, allow={server.host}, patience=hurried)


# ---------------------------------------------------------------- this machine


def test_a_connection_is_not_kept_for_another_name_at_the_same_address(server, tmp_path):
    port = server.host.rpartition(":")[2]
    server.replies = [Reply(302, {"Location": f"http://localhost:{port}/b"}), Reply(200, {}, BODY)]
    fetch(server.url(), tmp_path, allow={server.host, f"localhost:{port}"}, patience=QUICK)
    assert [asked["host"] for _, asked in server.requests] == [server.host, f"localhost:{port}"]
    assert len(set(server.peers)) == 2


@pytest.mark.parametrize("suffix", ["part", "lock"])
def test_a_link_in_the_place_of_a_file_of_the_download_is_not_followed(suffix, server, tmp_path):
    mine = tmp_path / "mine.txt"
    mine.write_text("kept", encoding="utf-8")
    beside(tmp_path / "list.csv", suffix).symlink_to(mine)
    server.replies = [Reply(200, {}, BODY)]
    if suffix == "part":
        assert get(server, tmp_path).path.read_bytes() == BODY
    else:
        with pytest.raises(BadInput, match=r"list\.csv\.lock: .*; the file at hand stays"):
            get(server, tmp_path)
    assert mine.read_text(encoding="utf-8") == "kept"


def test_a_folder_that_cannot_be_written_is_one_line(server, tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(BadInput, match="taken"):
        get(server, tmp_path / "taken")


def test_a_file_that_cannot_grow_is_one_line_and_the_one_at_hand_stays(server, tmp_path):
    resource = pytest.importorskip("resource")
    server.replies = [Reply(200, {}, BODY[:1_000]), Reply(200, {}, BODY)]
    path = get(server, tmp_path).path
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        with pytest.raises(BadInput, match="too large; the file at hand stays"):
            get(server, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == BODY[:1_000]


@pytest.mark.parametrize(
    "proxy", ["socks5://user:secret@127.0.0.1:1", "what://user:secret@host", "http://user:secret@host:port", "http://[::1"]
)
def test_a_proxy_that_cannot_be_used_is_one_line_without_its_password(proxy, tmp_path, monkeypatch):
    monkeypatch.setenv("https_proxy", proxy)
    with pytest.raises(BadInput, match="the proxy that the environment names cannot be used") as caught:
        fetch("https://data.example/list.csv", tmp_path, patience=QUICK)
    assert "secret" not in str(caught.value)


def test_a_name_is_asked_of_the_proxy_unless_the_environment_says_that_it_goes_straight(server, tmp_path, monkeypatch):
    monkeypatch.setenv("https_proxy", f"http://{server.host}")
    monkeypatch.setenv("no_proxy", "data.example:443")  # names a port, so that it does not name the host
    with pytest.raises(BadInput, match="given up after 1 attempts"):
        fetch("https://data.example/list.csv", tmp_path, patience=Patience(attempts=1, timeout=5.0))
    assert server.asked_through == ["data.example:443"]


def test_certificates_that_are_not_there_are_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    with pytest.raises(BadInput, match="the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read"):
        fetch("https://1.1.1.1/list.csv", tmp_path, patience=QUICK)
