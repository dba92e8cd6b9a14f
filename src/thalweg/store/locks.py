"""A lock on a long piece of work over a store: held by one program, and let go however that program ends."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from thalweg.store.model import StoreError
from thalweg.store.refusals import clear_errors


@contextmanager
def one_at_a_time(engine: sa.Engine, shown: str, what: str) -> Iterator[None]:
    """Hold the lock on a piece of work: of a file beside a store in a file, else of the database.

    Raises:
        StoreError: if another program holds it, or it cannot be made.
    """
    busy = StoreError(f"{shown}: another program is doing this already ({what}); end that one first, or name another store")
    if engine.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(f"thalweg {what}".encode()).digest()[:7])
        with clear_errors(shown), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar():
                raise busy
            try:
                yield  # the lock goes with the connection, if the program ends otherwise
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))
        return
    path = Path(f"{engine.url.database}.{what}.lock")
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError(f"{path}: the lock cannot be made: {error.strerror or error}") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise busy from None
        yield
    finally:
        os.close(handle)
