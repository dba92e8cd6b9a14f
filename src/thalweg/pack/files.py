"""Writing files so that a reader sees the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file through a temporary neighbor and a rename."""
    write_together({path: content})


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write files through temporary neighbors; none is renamed before all of them are whole, so that a full disk leaves the old ones."""
    staged: dict[Path, Path] = {}
    special = {p: c for p, c in files.items() if p.exists() and not p.is_file() and not p.is_dir()}
    regular = {p: c for p, c in files.items() if p not in special}
    try:
        for path, content in regular.items():
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            staged[path] = Path(temporary)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            staged[path].chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        for path, temporary_path in staged.items():
            temporary_path.replace(path)
        for path, content in special.items():  # a device or a pipe, as /dev/stdout, is written to, never replaced
            with path.open("wb") as file:
                file.write(content)
    finally:
        for temporary_path in staged.values():
            with contextlib.suppress(OSError):
                temporary_path.unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
