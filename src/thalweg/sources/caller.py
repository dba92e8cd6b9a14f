"""Questions to interfaces and pages: one answer at a time to a host, at the pace it asks for, cut where it is endless, and kept.

An answer that has not changed since it was last fetched comes out of the archive. Nothing is taken for an answer that is not one: a
broken body, a notice to wait, or a status of failure is tried again or raised.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from thalweg.evidence import BadInput
from thalweg.sources import answers
from thalweg.sources.addresses import shown, told
from thalweg.sources.answers import TryAgain
from thalweg.sources.archive import Archive, Raw
from thalweg.sources.documents.charset import decode, media_charset
from thalweg.sources.transport import CONTACT, Clients, Patience, attempts, opened, options

if TYPE_CHECKING:
    import httpx

MAX_BODY: Final = 32 << 20
"""Bytes of an answer that are read; what goes on is cut, and said."""
PATIENCE: Final = Patience(attempts=5, longest=180.0)
_SAID: Final = 500

Values = Mapping[str, str | int | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: its bytes, when, and whether they were cut or are those of the last time."""

    url: str
    data: bytes
    at: dt.datetime
    status: int = 200
    media_type: str = ""
    sha256: str = ""
    cut: bool = False
    unchanged: bool = False

    @property
    def charset(self) -> str:
        """The charset that the server states, which may be wrong."""
        return media_charset(self.media_type)

    def text(self) -> str:
        """Return it as text, in whatever encoding."""
        return decode(self.data, declared=self.charset)

    def json(self) -> Any:
        """Return the JSON value that it holds.

        Raises:
            TryAgain: if it holds none, as a cut body or a page of an error.
        """
        try:
            return json.loads(self.text(), strict=False)
        except (ValueError, RecursionError) as error:
            begins = " ".join(self.text()[:120].split())
            raise TryAgain(f"answered with what is no JSON ({error}): {begins!r}") from None


@dataclass(slots=True)
class Pace:
    """Keeps requests to one host apart by as many seconds as it asks for, whoever sends them, and lets only so many run at once."""

    most: int = 4
    _next: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: threading.BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        self._running = threading.BoundedSemaphore(self.most)

    def __enter__(self) -> None:
        self._running.acquire()

    def __exit__(self, *_: object) -> None:
        self._running.release()

    def wait(self, host: str, seconds: float) -> None:
        """Wait for the turn of a request to a host."""
        with self._lock:
            now = time.monotonic()
            turn = max(self._next.get(host, 0.0), now)
            self._next[host] = turn + seconds
        if turn > now:
            time.sleep(turn - now)


class Caller:
    """Asks on behalf of one source; to be closed, as a context manager.

    Args:
        source: the id under which raw bytes are kept.
        archive: where they are kept; nowhere if left out.
        allow: hosts with their port that need not be public, as a mirror inside a firm.
        contact: is sent with every request.
        pause: seconds between two requests to a host.
        pace: what callers of one program share.
        clock: gives the time that answers are stamped with.
    """

    def __init__(
        self,
        source: str,
        *,
        archive: Archive | None = None,
        allow: Collection[str] = (),
        contact: str = "",
        patience: Patience | None = None,
        pause: float = 0.0,
        pace: Pace | None = None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self.source = source
        self.contact = contact or CONTACT
        self.clock = clock
        self.requests = 0
        self._archive = archive
        self._allow = frozenset(allow)
        self._patience = patience or PATIENCE
        self._pause = pause
        self._pace = pace or Pace()
        self._clients = Clients(options(self.contact, self._patience))

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self._clients.stack.close()

    def secure(self, url: str) -> str:
        """Return an address as https, unless its host is one that may be spoken to plainly: feeds name addresses that long redirect."""
        plain = url.startswith("http://") and urlsplit(url).netloc not in self._allow
        return f"https://{url.removeprefix('http://')}" if plain else url

    def last(self, url: str) -> Answer | None:
        """Return what an address gave last, out of the archive; None if it was never fetched whole."""
        raw = self._archive.last(self.source, url) if self._archive else None
        return self._fresh(raw, dt.timedelta.max) if raw else None

    def get(
        self,
        url: str,
        values: Values | None = None,
        *,
        accept: str = "*/*",
        again: bool = False,
        fresh_for: dt.timedelta | None = None,
        or_last: bool = False,
        missing: bool = False,
        max_bytes: int = MAX_BODY,
        check: Callable[[Answer], object] | None = None,
    ) -> Answer:
        """Ask an address and return its answer.

        Args:
            url: the address.
            values: what is asked, put behind the address; a list stands for a name that is given several times.
            accept: the media types that are wanted.
            again: send the validators of the last answer, and return that one if it has not changed.
            fresh_for: return the last answer without asking where it is no older, as for texts that do not change once published.
            or_last: where the address cannot be read, return what it gave last, if it gave anything: a text that was had is not lost again.
            missing: return an answer of status 404 rather than raise.
            max_bytes: bytes after which the body is cut.
            check: raises TryAgain for an answer that is none.

        Raises:
            BadInput: with the address and the reason, when every attempt has failed, or at once where another could not help.
        """
        at = address_of(url, values)
        last = self._archive.last(self.source, at) if again and self._archive else None
        if last is not None and fresh_for and (held := self._fresh(last, fresh_for)):
            return held
        headers = {"Accept": accept}
        if last is not None and self._fresh(last, dt.timedelta.max):  # bytes that are damaged on disk are asked for anew
            headers |= {k: v for k, v in (("If-None-Match", last.etag), ("If-Modified-Since", last.last_modified)) if v}
        try:
            return self._tried(at, headers, check, missing=missing, max_bytes=max_bytes)
        except BadInput:
            if or_last and last is not None and (held := self._fresh(last, dt.timedelta.max)):
                return held
            raise

    def _tried(
        self, at: str, headers: dict[str, str], check: Callable[[Answer], object] | None, *, missing: bool, max_bytes: int
    ) -> Answer:
        """Ask until there is an answer that is one, or patience ends."""
        import httpx

        try:
            for attempt in attempts(self._patience):
                with attempt:
                    answer = self._ask(at, headers, missing=missing, max_bytes=max_bytes)
                    if check is not None:
                        check(answer)
                    return answer
        except (TryAgain, httpx.HTTPError, httpx.InvalidURL) as error:
            said = " ".join((str(error) or type(error).__name__).split())[:_SAID]
            raise BadInput(f"{shown(at)}: {told(said, at)}; given up after {self._patience.attempts} attempts") from error
        raise AssertionError("a retry ends with an answer or an error")

    def _fresh(self, last: Raw, fresh_for: dt.timedelta) -> Answer | None:
        """Return an answer out of the archive, if it is fresh and whole."""
        at = dt.datetime.fromisoformat(last.last_at)
        if last.cut or self._archive is None or not dt.timedelta(0) <= self.clock() - at < fresh_for:
            return None
        try:
            data = self._archive.read(last.sha256)
        except BadInput:  # damaged on disk: it is fetched anew
            return None
        return Answer(last.url, data, at, 200, last.media_type, last.sha256, unchanged=True)

    def _ask(self, url: str, headers: dict[str, str], *, missing: bool, max_bytes: int) -> Answer:
        with self._pace:
            self._pace.wait(urlsplit(url).netloc, self._pause)
            self.requests += 1
            with opened(self._clients, url, headers, self._allow, longest=self._patience.longest) as response:
                if response.status_code == 304 and self._archive and (last := self._archive.last(self.source, url)):
                    data = self._archive.read(last.sha256)
                    return self._kept(url, data, last.media_type, (last.etag, last.last_modified), cut=last.cut, unchanged=True)
                if response.status_code == 404 and missing:
                    return Answer(url, b"", self.clock(), 404)
                if response.status_code != 200:
                    raise BadInput(f"{shown(url)}: answered {response.status_code} {response.reason_phrase}{told(_reason(response), url)}")
                data, cut = self._body(response, url, max_bytes)
                marks = tuple(answers.validator(response.headers.get(name, "")) for name in ("etag", "last-modified"))
                return self._kept(url, data, response.headers.get("content-type", "")[:200], (marks[0], marks[1]), cut=cut)

    def _kept(self, url: str, data: bytes, media_type: str, marks: tuple[str, str], *, cut: bool, unchanged: bool = False) -> Answer:
        now = self.clock()
        if self._archive is None:
            return Answer(url, data, now, 200, media_type, hashlib.sha256(data).hexdigest(), cut, unchanged)
        raw = self._archive.keep(
            data, source=self.source, url=url, at=now, media_type=media_type, etag=marks[0], last_modified=marks[1], cut=cut
        )
        return Answer(url, data, now, 200, media_type, raw.sha256, cut, unchanged)

    def _body(self, response: httpx.Response, url: str, max_bytes: int) -> tuple[bytes, bool]:
        """Return the body, and whether it went on beyond the bound."""
        until = time.monotonic() + self._patience.longest
        pieces: list[bytes] = []
        size = 0
        for chunk in answers.body(response, url):
            pieces.append(chunk)
            size += len(chunk)
            if size > max_bytes:
                return b"".join(pieces)[:max_bytes], True
            if time.monotonic() > until:
                raise TryAgain(f"sent {size:,} bytes and did not end in {self._patience.longest:g} seconds")
        return b"".join(pieces), False


def address_of(url: str, values: Values | None) -> str:
    """Return an address with what is asked of it."""
    if not values:
        return url
    flat = [(k, str(v)) for k, given in values.items() for v in ([given] if isinstance(given, (str, int)) else given)]
    return f"{url}{'&' if '?' in url else '?'}{urlencode(flat)}"


def _reason(response: httpx.Response) -> str:
    """Return the beginning of what a server says about a refusal."""
    try:
        said = " ".join(
            b"".join(chunk for chunk, _ in zip(response.iter_raw(2_000), range(1), strict=False)).decode(errors="replace").split()
        )
    except Exception:  # noqa: BLE001  (the refusal stands whatever its body does)
        return ""
    return f": {said[:200]}" if said and not said.startswith("<") else ""
