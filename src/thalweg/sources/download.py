"""Fetch an official file: once, only if it has changed, going on where a download broke off, and never half a file in its place."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import urlsplit

from thalweg.evidence import BadInput
from thalweg.sources import answers
from thalweg.sources.answers import TryAgain
from thalweg.sources.kept import Kept, beside, file_hash, open_own, read_kept, write_kept
from thalweg.sources.transport import CONTACT, Clients, Patience, attempts, opened, options
from thalweg.sources.whole import defect

if TYPE_CHECKING:
    import httpx

Progress = Callable[[int, int | None], None]
"""Told the bytes so far, and how many there will be where the server says so."""

MAX_BYTES: Final = 256 << 20
_RANGE: Final = re.compile(r"bytes ([0-9]{1,15})-[0-9]{1,15}/([0-9]{1,15}|\*)$")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as it lies on disk after a fetch.

    `changed` is False where the server said that the file at hand is the newest. `modified_on` is the day of the last change as the
    server gives it, for files that state no date themselves.
    """

    path: Path
    url: str
    changed: bool
    size: int
    sha256: str
    modified_on: dt.date | None = None


def fetch(
    url: str,
    folder: Path,
    *,
    name: str = "",
    allow: Collection[str] = (),
    contact: str = CONTACT,
    max_bytes: int = MAX_BYTES,
    patience: Patience | None = None,
    progress: Progress | None = None,
) -> Fetched:
    """Bring a file into a folder and return it; a file that is there and has not changed is left alone.

    Beside the file lie its validators (`.NAME.json`) and, while a download is not finished, its part (`.NAME.part`), which the next
    fetch goes on with. `allow` names hosts with their port that need not be public (a mirror inside a firm).

    Raises:
        BadInput: with the address and the reason, when every attempt has failed, or at once where another could not help.
    """
    import httpx

    tries = patience or Patience()
    path = folder / (name or Path(urlsplit(url).path).name or "download")

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(path), Clients(options(contact, tries)) as clients:
            job = _Job(clients, url, path, frozenset(allow), max_bytes, tries.longest, progress or (lambda _done, _total: None))
            for attempt in attempts(tries):
                with attempt:
                    return job.run()
    except (TryAgain, httpx.HTTPError, httpx.InvalidURL) as error:
        raise BadInput(
            f"{url}: {str(error) or type(error).__name__}; given up after {tries.attempts} attempts, and the file at hand stays"
        ) from error
    except OSError as error:
        raise BadInput(f"{error.filename or path}: {error.strerror or error}; the file at hand stays") from error
    raise AssertionError("a retry ends with an answer or an error")


@dataclass(slots=True)
class _Job:
    """One download; each attempt begins with what the one before left."""

    clients: Clients
    url: str
    path: Path
    allow: frozenset[str]
    max_bytes: int
    longest: float
    progress: Progress

    def run(self) -> Fetched:
        """Make one attempt."""
        whole, part = self._at_hand(), self._begun()
        headers: dict[str, str] = {}
        if part is not None:
            headers = {"Range": f"bytes={part.size}-", "If-Range": part.validator}
        elif whole is not None:
            headers = {k: v for k, v in (("If-None-Match", whole.etag), ("If-Modified-Since", whole.last_modified)) if v}
        with opened(self.clients, self.url, headers, self.allow, longest=self.longest) as response:
            if response.status_code == 304 and whole is not None:
                return self._fetched(whole, changed=False)
            if response.status_code == 416 and part is not None:
                self._drop()
                raise TryAgain("the server no longer has the rest of a download that had begun")
            if response.status_code not in (200, 206):
                raise BadInput(f"{self.url}: answered {response.status_code} {response.reason_phrase}; nothing was fetched")
            kept = self._save(response, part)
        return self._place(kept)

    def _at_hand(self) -> Kept | None:
        """Return what is kept of the whole file, if the file is what was fetched from this address."""
        kept = read_kept(beside(self.path, "json"))
        if kept is None or kept.url != self.url or not self.path.is_file():
            return None
        return kept if self.path.stat().st_size == kept.size and file_hash(self.path) == kept.sha256 else None

    def _begun(self) -> Kept | None:
        """Return what is kept of a part that can be continued; any other is dropped."""
        kept = read_kept(beside(self.path, "part.json"))
        part = beside(self.path, "part")
        if kept is None or kept.url != self.url or not kept.validator or not part.is_file() or not (size := part.stat().st_size):
            self._drop()
            return None
        return replace(kept, size=size)

    def _drop(self) -> None:
        for suffix in ("part", "part.json"):
            beside(self.path, suffix).unlink(missing_ok=True)

    def _save(self, response: httpx.Response, part: Kept | None) -> Kept:
        """Write the body behind what there is of it, or anew, and return what it is."""
        start, total = self._extent(response, part)
        etag, modified = (answers.validator(response.headers.get(name, "")) for name in ("etag", "last-modified"))
        kept = part if part is not None and start else Kept(self.url, etag, modified)
        if answers.packed(response):  # a part of it is no part of what the server would go on with
            beside(self.path, "part.json").unlink(missing_ok=True)
        else:
            write_kept(beside(self.path, "part.json"), replace(kept, size=total or 0))
        done, until = start, time.monotonic() + self.longest
        with open_own(beside(self.path, "part"), "ab" if start else "wb") as file:
            self.progress(done, total)
            for chunk in answers.body(response, self.url):
                done += len(chunk)
                if done > self.max_bytes:
                    self._too_large(done)
                file.write(chunk)
                self.progress(done, total)
                if time.monotonic() > until:
                    raise TryAgain(f"sent {done:,} bytes and did not end in {self.longest:g} seconds")
            _to_disk(file)
        if total is not None and done != total:
            raise TryAgain(f"sent {done:,} of {total:,} bytes")
        return replace(kept, size=done)

    def _extent(self, response: httpx.Response, part: Kept | None) -> tuple[int, int | None]:
        """Return where the body begins in the file, and the size of the whole where the server gives it."""
        length = response.headers.get("content-length", "")
        encoded = answers.packed(response)
        total = int(length) if length.isascii() and length.isdigit() and len(length) < 16 and not encoded else None
        start = 0
        if response.status_code == 206:
            mark = _RANGE.match(response.headers.get("content-range", ""))
            if part is None or mark is None or int(mark[1]) != part.size or encoded:
                self._drop()
                raise TryAgain("answered with another part than was asked for")
            sent = (response.headers.get("etag", ""), response.headers.get("last-modified", ""))
            if not (answers.same(sent[0], part.etag) and answers.same(sent[1], part.last_modified)):
                self._drop()
                raise TryAgain("answered with a part of another file than the one that had begun")
            start = part.size
            total = int(mark[2]) if mark[2].isdigit() else None
        if total is not None and total > self.max_bytes:
            self._too_large(total)
        return start, total

    def _too_large(self, size: int) -> None:
        self._drop()
        raise BadInput(f"{self.url}: is {size:,} bytes or more; {self.max_bytes:,} at most are fetched")

    def _place(self, kept: Kept) -> Fetched:
        """Put the finished part in the place of the file, if its form shows no defect."""
        part = beside(self.path, "part")
        if wrong := defect(part):
            self._drop()
            raise TryAgain(f"sent a file that cannot be taken: {wrong}")
        whole = replace(kept, sha256=file_hash(part))
        before = read_kept(beside(self.path, "json"))
        changed = before is None or before.sha256 != whole.sha256 or not self.path.is_file()
        part.replace(self.path)
        write_kept(beside(self.path, "json"), whole)
        beside(self.path, "part.json").unlink(missing_ok=True)
        return self._fetched(whole, changed=changed)

    def _fetched(self, kept: Kept, *, changed: bool) -> Fetched:
        return Fetched(self.path, self.url, changed, kept.size, kept.sha256, answers.day(kept.last_modified))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock on a download, where the system has them, so that two do not write one part.

    Raises:
        BadInput: if another process holds it.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with open_own(beside(path, "lock"), "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BadInput(f"{path}: another process is fetching it") from error
        yield


def _to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
