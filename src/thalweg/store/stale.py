"""A quick look at the rules that may be stale: no migration, no lock, and nothing at all where there is no store."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

from thalweg.store.model import NoStore, StoreError
from thalweg.store.tables import KNOWN, VERSION_TABLE
from thalweg.store.watch_model import StaleRule

_ASKED: Final = "SELECT rule, document, amended_on, reviewed, level, noted_at, body FROM watch_stale ORDER BY rule, amended_on"
_BEFORE_THE_WATCH: Final = ("0001", "0002")
"""Schemas without notices."""
_SEEN: dict[Path, tuple[tuple[tuple[int, int] | None, ...], tuple[StaleRule, ...]]] = {}


_TROUBLE: dict[str, str] = {}
"""By place, why it could not be looked up there."""


def stale_trouble(where: str | Path | None = None) -> str:
    """Return why the notices of a store could not be read when they were last asked for; empty where they were, or there is no store."""
    from thalweg.store.opening import location

    try:
        return _TROUBLE.get(str(location(where)), "")
    except StoreError as error:
        return str(error)


def stale_notices(where: str | Path | None = None) -> tuple[StaleRule, ...]:
    """Return the notices that rules may be stale which a store holds; none where there is no store, or it cannot be read.

    In the latter case :func:`stale_trouble` says why.

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
        _TROUBLE.pop(str(path), None)
        return ()
    seen = _SEEN.get(path)
    if seen is None or seen[0] != state:
        found: tuple[StaleRule, ...] = ()
        _TROUBLE.pop(str(path), None)
        try:
            found = _read(path)
        except (sqlite3.Error, ValueError, TypeError, StoreError) as error:
            _TROUBLE[str(path)] = f"{path}: {' '.join(str(error).split())[:300] or type(error).__name__}"
        seen = _SEEN[path] = (state, found)
    return seen[1]


def _stamp(path: Path) -> tuple[int, int] | None:
    with contextlib.suppress(OSError):
        found = path.stat()
        return found.st_mtime_ns, found.st_size
    return None


def _read(path: Path) -> tuple[StaleRule, ...]:
    with contextlib.closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=2)) as connection:
        version = _version(connection)
        if version in _BEFORE_THE_WATCH:
            return ()
        if version not in KNOWN:
            raise StoreError(f"was written by another version of thalweg (schema {version or 'not stated'}); update thalweg")
        return tuple(
            StaleRule(rule, document, amended, reviewed, level, noted_at=noted, **json.loads(body))
            for rule, document, amended, reviewed, level, noted, body in connection.execute(_ASKED)
        )


def _version(connection: sqlite3.Connection) -> str | None:
    """Return the version of the schema; the first one where a file holds no table at all yet."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return KNOWN[0]
    if VERSION_TABLE not in tables:
        raise StoreError("is a database of another program; name another file for the store")
    row = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()  # noqa: S608  (the name is a constant)
    return str(row[0]) if row else None


_SERVED: dict[str, tuple[StaleRule, ...]] = {}


def _on_server(place: str) -> tuple[StaleRule, ...]:
    from thalweg.store.opening import open_store

    if place not in _SERVED:
        found: tuple[StaleRule, ...] = ()
        try:
            with open_store(place, create=False) as opened, opened.watch() as room:
                found = room.events.stale()
        except NoStore:
            pass
        except StoreError as error:
            _TROUBLE[str(place)] = str(error)
        _SERVED[place] = found
    return _SERVED[place]
