"""Processes that share the work of screening many parties."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from thalweg.parties.index import Index
    from thalweg.parties.model import Hits, Level
    from thalweg.parties.query import Query

PART: Final = 500
"""Queries that a process answers at a time."""


class Workers:
    """Some processes, each with the index; started when they are first needed and stopped at the end."""

    def __init__(self, count: int) -> None:
        """Plan for so many processes."""
        self.count = count
        self._of: Index | None = None
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def screen_each(
        self, index: Index, queries: Sequence[Query], dates: Sequence[dt.date | None], min_level: Level, limit: int
    ) -> Iterator[Hits]:
        """Yield the answers in order."""
        if self._of is not index or self._pool is None:
            self._stop()
            # started anew rather than forked: a fork beside the threads of other libraries may hang
            self._pool = ProcessPoolExecutor(self.count, get_context("spawn"), _begin, (pickle.dumps(index, pickle.HIGHEST_PROTOCOL),))
            self._of = index
        parts = range(0, len(queries), PART)
        jobs = [self._pool.submit(_screen, queries[s : s + PART], dates[s : s + PART], min_level, limit) for s in parts]
        for job in jobs:
            yield from job.result()


_INDEX: list[Index] = []


def _begin(packed: bytes) -> None:
    _INDEX[:] = [pickle.loads(packed)]  # noqa: S301  (it comes from the process that started this one)


def _screen(queries: Sequence[Query], dates: Sequence[dt.date | None], min_level: Level, limit: int) -> list[Hits]:
    from thalweg.parties.levels import model
    from thalweg.parties.screen import screen_each

    return list(screen_each(_INDEX[0], queries, model(), dates=dates, min_level=min_level, limit=limit))
