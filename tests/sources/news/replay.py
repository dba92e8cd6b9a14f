"""Servers on this machine that answer as the outside sources do, traps and faults among them."""

from __future__ import annotations

import json
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit


class Reply(NamedTuple):
    """One answer; `cut` closes the connection after so many bytes of its body, `delay` waits before it."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = MappingProxyType({})
    cut: int | None = None
    delay: float = 0.0


def as_json(value, status=200, **headers):
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json; charset=utf-8", **headers})


Query = dict[str, list[str]]
Answerer = Callable[[str, Query, Mapping[str, str]], Reply]


class Replay:
    """A server whose answers are made by a function of path, query and headers; it remembers what it was asked."""

    def __init__(self, answer: Answerer | None = None) -> None:
        self.answer: Answerer = answer or (lambda *_: Reply(404))
        self.asked: list[tuple[str, Query, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                parts = urlsplit(self.path)
                query = parse_qs(parts.query, keep_blank_values=True)
                headers = {k.lower(): v for k, v in self.headers.items()}
                outer.asked.append((parts.path, query, headers))
                reply = outer.answer(parts.path, query, headers)
                time.sleep(reply.delay)
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body if reply.cut is None else reply.body[: reply.cut])
                    self.wfile.flush()
                except OSError:
                    pass
                if reply.cut is not None:
                    self.close_connection = True
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

            def log_message(self, *_):
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_):
                """A connection that was closed on purpose is no fault to print."""

        self.http = Quiet(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.host = f"127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def url(self, path: str = "") -> str:
        return f"http://{self.host}{path}"

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


@dataclass
class Faults:
    """Breaks some answers: too many requests, a fault of the server, a body that is cut, an answer that comes late."""

    share: float
    seed: int = 1
    late: float = 0.3
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311
        self._lock = threading.Lock()

    def over(self, reply: Reply) -> Reply:
        with self._lock:
            if self._random.random() >= self.share:
                return reply
            kind = self._random.choice(["429", "500", "cut", "late"])
            self.counts[kind] = self.counts.get(kind, 0) + 1
        if kind == "429":
            return Reply(429, b"Too Many Requests", {"Retry-After": "0"})
        if kind == "500":
            return as_json({"status": 500, "message": "Internal Server Error"}, 500)
        if kind == "cut":
            return reply._replace(cut=len(reply.body) // 2)
        return reply._replace(delay=self.late)


TYPES = {"Rule": "RULE", "Proposed Rule": "PRORULE", "Notice": "NOTICE", "Presidential Document": "PRESDOCU"}
BIS = {
    "raw_name": "Bureau of Industry and Security",
    "name": "Industry and Security Bureau",
    "id": 241,
    "url": "https://www.federalregister.gov/agencies/industry-and-security-bureau",
    "json_url": "https://www.federalregister.gov/api/v1/agencies/241",
    "parent_id": 54,
    "slug": "industry-and-security-bureau",
}
COMMERCE = BIS | {
    "raw_name": "DEPARTMENT OF COMMERCE",
    "name": "Commerce Department",
    "id": 54,
    "parent_id": None,
    "slug": "commerce-department",
}


def document(number: str, day: str, **more):
    """A row of the search, as the recorded ones are; real values of 2022-21658 where nothing else is given."""
    return {
        "document_number": number,
        "type": "Notice",
        "title": f"Document {number}",
        "action": "Notice.",
        "publication_date": day,
        "effective_on": None,
        "comments_close_on": None,
        "signing_date": None,
        "citation": None,
        "docket_ids": [],
        "regulation_id_numbers": [],
        "agencies": [COMMERCE, BIS],
        "cfr_references": [],
        "correction_of": None,
        "corrections": [],
        "dates": None,
        "html_url": f"https://www.federalregister.gov/documents/{day.replace('-', '/')}/{number}/x",
        "abstract": None,
    } | more


class Register:
    """The search of the Federal Register with the limits that its code has (world.md 4.1, read at commit e9c64236 of 2025-01-28)."""

    def __init__(self, rows, faults: Faults | None = None) -> None:
        self.rows = sorted(rows, key=lambda r: (r["publication_date"], r["document_number"]))
        self.faults = faults
        self.pages: list[tuple[str, str, int, int]] = []

    def __call__(self, path: str, query: Query, _: Mapping[str, str]) -> Reply:
        reply = self._search(query) if path.endswith("/documents.json") else as_json({"status": 404, "message": "Record Not Found"}, 404)
        return self.faults.over(reply) if self.faults else reply

    def _search(self, query: Query) -> Reply:
        first = query.get("conditions[publication_date][gte]", ["0000"])[0]
        last = query.get("conditions[publication_date][lte]", ["9999"])[0]
        types = query.get("conditions[type][]", [])
        agencies = query.get("conditions[agencies][]", [])
        hits = [
            r
            for r in self.rows
            if first <= r["publication_date"] <= last
            and (not types or TYPES[r["type"]] in types)
            and (not agencies or any(a.get("slug") in agencies for a in r["agencies"]))
        ]
        if not hits:
            return as_json({"count": 0, "description": "Documents"})
        per_page, page = int(query.get("per_page", ["20"])[0]), int(query.get("page", ["1"])[0])
        if not 2 <= per_page <= 2_000:
            per_page = 20
        if not 1 <= page <= 50 or page * per_page > 10_000:
            page = 1
        self.pages.append((first, last, per_page, page))
        count = min(len(hits), 10_000)
        pages = min(-(-count // per_page), 50)
        wanted = query.get("fields[]", [])
        rows = [{k: v for k, v in r.items() if not wanted or k in wanted} for r in hits[(page - 1) * per_page : page * per_page]]
        return as_json({"count": count, "description": "Documents", "total_pages": pages, "results": rows})


def year(size: int = 25_000):
    """A year of the Federal Register: 250 days of business, one of 300 documents, a number used on two days, a correction, a withdrawal."""
    import datetime as dt

    days = [d for n in range(366) if (d := dt.date(2025, 1, 1) + dt.timedelta(days=n)).year == 2025 and d.weekday() < 5][:250]
    extra = 300 - size // len(days)
    rows, number = [], 0
    for index, day in enumerate(days):
        each = size // len(days)
        each += extra if index == 100 else -1 if index <= extra else 0
        for _ in range(each):
            number += 1
            kind = list(TYPES)[number % 4 if number % 50 == 0 else 2]
            rows.append(document(f"2025-{number:05d}", day.isoformat(), type=kind))
    rows[7_000]["document_number"] = rows[1_000]["document_number"]
    rows[9_000] |= {
        "document_number": "C1-2025-00500",
        "title": "Corrections",
        "correction_of": "https://www.federalregister.gov/api/v1/documents/2025-00500.json",
    }
    rows[12_000] |= {"action": "Proposed rule; withdrawal.", "type": "Proposed Rule"}
    return rows
