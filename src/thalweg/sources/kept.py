"""What is kept beside a downloaded file: where it came from and how to ask whether it has changed."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO


@dataclass(frozen=True, slots=True)
class Kept:
    """The validators of a download, complete or not, as its server sent them."""

    url: str
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    size: int = 0

    @property
    def validator(self) -> str:
        """What `If-Range` may hold: a strong ETag, else the time of the last change; empty where a part cannot be continued safely."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


def beside(path: Path, suffix: str) -> Path:
    """Return the hidden file that belongs to a file."""
    return path.with_name(f".{path.name}.{suffix}")


def open_own(path: Path, mode: str) -> IO[bytes]:
    """Open a file of the downloads for writing; a link that someone put in its place is not followed.

    Raises:
        OSError: if it cannot be opened, or is a link.
    """
    return open(path, mode, opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NOFOLLOW", 0), 0o666))


def read_kept(path: Path) -> Kept | None:
    """Read what is kept; None where nothing usable is."""
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    names = {f.name for f in fields(Kept)}
    if not isinstance(data, dict) or data.keys() != names or not isinstance(data["size"], int):
        return None
    if not all(isinstance(data[n], str) for n in names - {"size"}):
        return None
    return Kept(**data)


def write_kept(path: Path, kept: Kept) -> None:
    """Write what is kept, whole or not at all."""
    blob = json.dumps(asdict(kept), indent=1).encode()
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".kept-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(blob)
        Path(scratch).replace(path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
