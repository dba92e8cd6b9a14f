"""A quick look at the rules that may be stale: no migration, no lock, and nothing at all where there is no store."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

from thalweg.store.model import StoreError
from thalweg.store.watch_model import StaleRule

_ASKED: Final = "SELECT rule, document, amended_on, reviewed, level, noted_at, body FROM watch_stale ORDER BY rule, amended_on"
_SEEN: dict[Path, tuple[tuple[tuple[int, int] | None, ...], tuple[StaleRule, ...]]] = {}


def stale_notices(where: str | Path | None = None) -> tuple[StaleRule, ...]:
    """Return the notices that rules may be stale which a store holds; none where there is no store, or it cannot be read.

    A file is looked at again only when it has changed. A database of a server is asked once a process for each address.
    """
    from thalweg.store.opening import location

    try:
        place = location(where)
    except StoreError:
        return ()
    return _in_file(place) if isinstance(place, Path) else _on_server(place)


def _in_file(path: Path) -> tuple[StaleRule, ...]:
    state = tuple(_stamp(p) for p in (path, path.with_name(f"{path.name}-wal")))
    if state[0] is None:
        return ()
    seen = _SEEN.get(path)
    if seen is None or seen[0] != state:
        found: tuple[StaleRule, ...] = ()
        with contextlib.suppress(sqlite3.Error, ValueError, TypeError):
            found = _read(path)
        seen = _SEEN[path] = (state, found)
    return seen[1]


def _stamp(path: Path) -> tuple[int, int] | None:
    with contextlib.suppress(OSError):
        found = path.stat()
        return found.st_mtime_ns, found.st_size
    return None


def _read(path: Path) -> tuple[StaleRule, ...]:
    with contextlib.closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=2)) as connection:
        return tuple(
            StaleRule(rule, document, amended, reviewed, level, noted_at=noted, **json.loads(body))
            for rule, document, amended, reviewed, level, noted, body in connection.execute(_ASKED)
        )


_SERVED: dict[str, tuple[StaleRule, ...]] = {}


def _on_server(place: str) -> tuple[StaleRule, ...]:
    from thalweg.store.opening import open_store

    if place not in _SERVED:
        found: tuple[StaleRule, ...] = ()
        with contextlib.suppress(StoreError), open_store(place, create=False) as opened, opened.watch() as room:
            found = room.events.stale()
        _SERVED[place] = found
    return _SERVED[place]
