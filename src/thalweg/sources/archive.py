"""Raw bytes as they were fetched: each content once, by its hash, with every address and time it was seen at.

In a folder: `raw/AB/HASH.gz` holds the bytes, `fetched.db` says where and when they were fetched and how to ask whether they have
changed. What was fetched can be read again by a later reader, and what a source said on a day can be shown.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import os
import sqlite3
import tempfile
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from thalweg.evidence import BadInput

_TABLE: Final = """
create table if not exists fetched (
  source text not null, url text not null, sha256 text not null, first_at text not null, last_at text not null, size integer not null,
  media_type text not null, etag text not null, last_modified text not null, cut integer not null, turn integer not null,
  primary key (source, url, sha256)
)
"""
_INDEX: Final = "create index if not exists fetched_turn on fetched (turn)"
_TURN: Final = "(select coalesce(max(turn), 0) + 1 from fetched)"
"""Counts what is kept, so that of two contents in one second the later is known."""
_COLUMNS: Final = "source, url, sha256, first_at, last_at, size, media_type, etag, last_modified, cut"
_KEEP: Final = f"""
insert into fetched ({_COLUMNS}, turn) values (?,?,?,?,?,?,?,?,?,?,{_TURN}) on conflict (source, url, sha256) do update set
  last_at = max(last_at, excluded.last_at), media_type = excluded.media_type, etag = excluded.etag,
  last_modified = excluded.last_modified, turn = excluded.turn
"""  # noqa: S608  (constants of this file)
_WAIT: Final = 60.0


@dataclass(frozen=True, slots=True)
class Raw:
    """One content of one address: when it was first and last seen, and its validators."""

    source: str
    url: str
    sha256: str
    first_at: str
    last_at: str
    size: int
    media_type: str = ""
    etag: str = ""
    last_modified: str = ""
    cut: bool = False


class Archive:
    """The folder of raw bytes; several threads and programs may write to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()

    def keep(
        self,
        data: bytes,
        *,
        source: str,
        url: str,
        at: dt.datetime,
        media_type: str = "",
        etag: str = "",
        last_modified: str = "",
        cut: bool = False,
    ) -> Raw:
        """Keep bytes and where they come from. The bytes are on disk before the line that names them.

        Raises:
            BadInput: if the folder cannot be written.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        when = at.astimezone(dt.UTC).isoformat(timespec="seconds")
        raw = Raw(source, url, sha256, when, when, len(data), media_type, etag, last_modified, cut)
        with self._said():
            self._write(sha256, data)
            with self._lock, closing(self._open()) as base, base:
                base.execute(_KEEP, (source, url, sha256, when, when, len(data), media_type, etag, last_modified, int(cut)))
        return raw

    def last(self, source: str, url: str) -> Raw | None:
        """Return what an address gave last; None if it was never fetched."""
        return next(self._raws("where source = ? and url = ? order by turn desc limit 1", (source, url)), None)

    def all(self, source: str = "") -> Iterator[Raw]:
        """Yield every content of every address, of one source or of all, in the order in which each was last fetched."""
        where, values = ("where source = ?", (source,)) if source else ("", ())
        yield from self._raws(f"{where} order by turn", values)

    def read(self, sha256: str) -> bytes:
        """Return bytes by their hash.

        Raises:
            BadInput: if they are not there, or are damaged.
        """
        path = self._path(sha256)
        try:
            data = gzip.decompress(path.read_bytes())
        except (OSError, EOFError, zlib.error) as error:
            raise BadInput(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}); fetch it again") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise BadInput(f"{path}: is damaged: its bytes have another hash; fetch it again")
        return data

    # ---------------------------------------------------------------- inside

    def _path(self, sha256: str) -> Path:
        return self.folder / "raw" / sha256[:2] / f"{sha256}.gz"

    def _write(self, sha256: str, data: bytes) -> None:
        path = self._path(sha256)
        if path.exists() and self._sound(path, sha256):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".raw-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(gzip.compress(data, compresslevel=1, mtime=0))
                file.flush()
                os.fsync(file.fileno())
            Path(scratch).replace(path)
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise

    @staticmethod
    def _sound(path: Path, sha256: str) -> bool:
        try:
            return hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest() == sha256
        except (OSError, EOFError, zlib.error):
            return False

    def _open(self) -> sqlite3.Connection:
        self.folder.mkdir(parents=True, exist_ok=True)
        base = sqlite3.connect(self.folder / "fetched.db", timeout=_WAIT)
        base.execute(_TABLE)
        base.execute(_INDEX)
        return base

    def _raws(self, where: str, values: tuple[str, ...]) -> Iterator[Raw]:
        if not (self.folder / "fetched.db").is_file():
            return
        with self._said(), self._lock, closing(self._open()) as base:
            rows = base.execute(f"select {_COLUMNS} from fetched {where}", values).fetchall()  # noqa: S608  (constants of this file)
        for row in rows:
            source, url, sha256, first_at, last_at, size, media_type, etag, last_modified, cut = row
            yield Raw(source, url, sha256, first_at, last_at, size, media_type, etag, last_modified, bool(cut))

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            said = getattr(error, "strerror", None) or str(error)
            raise BadInput(f"{self.folder}: what is fetched cannot be kept there: {said}") from error
