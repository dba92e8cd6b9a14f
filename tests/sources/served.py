"""A server on this machine that answers as it is told: well, badly, late, or not to the end."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import NamedTuple

import pytest

from thalweg.sources import Patience, fetch

QUICK = Patience(attempts=4, wait_initial=0.01, wait_max=0.02, jitter=0.0, timeout=5.0)
BODY = b"ent_num,name\n" + b"".join(b"%d,EXAMPLE\n" % n for n in range(20_000))
STAMP = "Wed, 07 Oct 2026 10:00:00 GMT"


class Reply(NamedTuple):
    """One answer: status, headers, body; `cut` closes the connection after so many bytes of it."""

    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    cut: int | None = None
    length: bool = True


class Server:
    """Plays answers in turn, the last one for ever, and remembers the requests."""

    def __init__(self) -> None:
        self.replies: list[Reply | Callable[[dict[str, str]], Reply]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.peers: list[tuple[str, int]] = []
        self.asked_through: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                asked = {k.lower(): v for k, v in self.headers.items()}
                outer.requests.append((self.path, asked))
                outer.peers.append(self.client_address)
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

            def do_CONNECT(self):
                outer.asked_through.append(self.path)
                self.send_response(502)
                self.send_header("Content-Length", "0")
                self.end_headers()

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
