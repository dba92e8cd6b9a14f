"""Where the store is, and opening it: a file of SQLite or a database of PostgreSQL, brought to the schema of this program."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from thalweg.store.model import NoStore, StoreError
from thalweg.store.refusals import clear_errors, damaged, said
from thalweg.store.store import Store
from thalweg.store.tables import HEAD, KNOWN, VERSION_TABLE

APPLICATION_ID: Final = 0x5468_616C
"""What SQLite keeps in the head of the file: "Thal"."""
WAIT_SECONDS: Final = 60
_ENV: Final = "THALWEG_STORE"
_QUIET: Final = logging.NullHandler()
_ALMOST_URL: Final = re.compile(r"(?:sqlite|postgres(?:ql)?)(?:\+\w+)?:", re.IGNORECASE)
_NONE: Final = (
    "there is no store here; `thalweg lists import FILE` or `thalweg lists pull` makes one with lists, "
    "`thalweg watch pull` or `thalweg watch import FILE` one with news"
)
_OPEN: Final = frozenset({"host", "port", "dbname", "sslmode"})
"""What may be shown of the options of a URL; others, such as `password`, are secret or may be."""


def location(where: str | Path | None = None) -> str | Path:
    """Return the store's URL or path: the one given, else that of THALWEG_STORE, else a file in the user's data directory.

    Raises:
        StoreError: if it is a URL of neither SQLite nor PostgreSQL, or there is no home folder.
    """
    if where is None:
        where = os.environ.get(_ENV) or None
    if where is None:
        home = os.environ.get("XDG_DATA_HOME", "")
        folder = Path(home) if Path(home).is_absolute() else _at_home("~/.local/share")
        return folder / "thalweg" / "store.db"
    text = str(where)
    scheme, sign, rest = text.partition("://")
    if not sign and not _ALMOST_URL.match(text):
        return _at_home(text)
    if scheme == "sqlite" and len(rest) > 1:
        return _at_home(rest[1:])
    kind, _, driver = scheme.partition("+")
    if kind not in ("postgresql", "postgres") or driver not in ("", "psycopg"):
        raise StoreError(f"{scheme.partition(':')[0]}://: a store is a path, or a URL that starts with sqlite:/// or postgresql://")
    return f"postgresql+psycopg://{rest}"


def _at_home(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise StoreError(f"{path}: there is no such home folder; name a file for the store with --store or {_ENV}") from None


def shown_as(place: str | Path) -> str:
    """Return a place as it may be shown: a URL without its password."""
    return str(place) if isinstance(place, Path) else _shown(_parsed(place))


def open_store(where: str | Path | None = None, *, create: bool = True) -> Store:
    """Open the store and bring it to the schema of this program; several programs may do so at once.

    Args:
        where: a path, or a URL of SQLite or PostgreSQL; see :func:`location`.
        create: make the store where there is none.

    Raises:
        StoreError: if there is none, it cannot be read or written, is damaged, not a store, or of a later version of the program.
    """
    place = location(where)
    logging.getLogger("sqlalchemy").addHandler(_QUIET)  # or a stop while a connection is closed is a traceback on standard error
    engine, shown = _file_engine(place, create=create) if isinstance(place, Path) else _server_engine(place)
    try:
        with clear_errors(shown):
            _prepare(engine, shown, create=create)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, shown)


def _file_engine(path: Path, *, create: bool) -> tuple[sa.Engine, str]:
    if path.is_dir():
        raise StoreError(f"{path}: is a folder; name a file in it for the store")
    if not path.exists():
        if not create:
            raise NoStore(f"{path}: {_NONE}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path}: the folder of the store cannot be made: {error.strerror or error}") from None
        with contextlib.suppress(OSError):  # only its owner reads it at first: decisions name whom a firm deals with
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    url = sa.URL.create("sqlite", database=str(path.absolute()))
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool, connect_args={"timeout": WAIT_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where the program says so, definitions of tables included
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # what was committed outlasts a loss of power

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine, str(path)


def _server_engine(url: str) -> tuple[sa.Engine, str]:
    parsed = _parsed(url)
    shown = _shown(parsed)
    try:
        return sa.create_engine(parsed), shown
    except ModuleNotFoundError:
        raise StoreError(f"{shown}: a store in PostgreSQL needs its driver; pip install 'thalweg[postgres]'") from None


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise StoreError("the URL of the store cannot be read; write postgresql://USER@HOST/DATABASE") from None
    if "@" in (parsed.host or ""):  # what stands before it is the end of a password
        raise StoreError("the URL of the store cannot be read; write an @ in a password as %40")
    return parsed


def _shown(url: sa.URL) -> str:
    told = url.set(query={name: value for name, value in url.query.items() if name in _OPEN})
    return told.render_as_string(hide_password=True).replace("+psycopg", "", 1)


def _prepare(engine: sa.Engine, shown: str, *, create: bool) -> None:
    """Bring the schema to its head. One program does so, the others wait and find it done."""
    with engine.connect() as connection:
        found = _version(connection, shown)
    if found == HEAD:
        return
    if found is None and not create:
        raise NoStore(f"{shown}: {_NONE}")
    if engine.dialect.name == "sqlite":
        _write_ahead(Path(str(engine.url.database)))
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        else:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(APPLICATION_ID)))
        if _version(connection, shown) != HEAD:
            _migrate(connection)


def _version(connection: sa.Connection, shown: str) -> str | None:
    """Return the version of the schema, None where there is none yet."""
    there = sa.inspect(connection)
    if not there.has_table(VERSION_TABLE):
        if connection.dialect.name == "sqlite" and there.get_table_names():
            raise StoreError(f"{shown}: is a database of another program; name another file for the store")
        return None
    found = connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  (the name is a constant)
    if found is None:
        raise StoreError(damaged(shown, "it does not say of which version its schema is"))
    if found not in KNOWN:
        raise StoreError(
            f"{shown}: was written by a later version of thalweg (schema {found}; this one knows up to {KNOWN[-1]}): "
            "update thalweg, or name another store with --store"
        )
    return str(found)


def _migrate(connection: sa.Connection, to: str = "head") -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    command.upgrade(config, to)


def _write_ahead(path: Path) -> None:
    """Let readers and one writer work side by side. SQLite does not wait for a lock here, so that it is tried again until it has one."""
    import stamina

    logging.getLogger("stamina").addHandler(logging.NullHandler())  # or each new attempt is a line on standard error
    try:
        for attempt in stamina.retry_context(on=_busy, attempts=None, timeout=WAIT_SECONDS, wait_initial=0.05, wait_max=0.5):
            with attempt, closing(sqlite3.connect(path, timeout=WAIT_SECONDS)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {said(str(error), str(path))}") from None


def _busy(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
