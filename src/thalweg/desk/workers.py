"""Processes that share the work of screening many parties: this one, and others beside it."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from thalweg.desk.lasting import lasting

if TYPE_CHECKING:
    from thalweg.parties.index import Index
    from thalweg.parties.model import Hits, Level
    from thalweg.parties.query import Query

PART: Final = 1_000
"""Queries that a process answers at a time."""


class Workers:
    """This process and some beside it, each with the index; those are started when they are first needed and stopped at the end."""

    def __init__(self, count: int) -> None:
        """Plan for so many processes in all.

        Args:
            count: two or more.
        """
        self.count = count
        self._of: Index | None = None
        self._pool: ProcessPoolExecutor | None = None
        self._folder: TemporaryDirectory[str] | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def screen_each(
        self, index: Index, queries: Sequence[Query], dates: Sequence[dt.date | None], min_level: Level, limit: int
    ) -> Iterator[Hits]:
        """Yield the answers in order. The others take parts from the front; this process takes from the back what none has begun."""
        if self._of is not index or self._pool is None:
            self._stop()
            self._folder = TemporaryDirectory(prefix="thalweg-")  # for the user's eyes alone
            packed = Path(self._folder.name) / "index"
            with packed.open("wb") as file:
                pickle.dump(index, file, pickle.HIGHEST_PROTOCOL)
            # started anew rather than forked: a fork beside the threads of other libraries may hang
            self._pool = ProcessPoolExecutor(self.count - 1, get_context("spawn"), _begin, (str(packed),))
            self._of = index
        parts = [slice(s, s + PART) for s in range(0, len(queries), PART)]
        jobs = [self._pool.submit(_screen, queries[p], dates[p], min_level, limit) for p in parts]
        own: dict[int, list[Hits]] = {}
        for place in reversed(range(len(parts))):
            if not jobs[place].cancel():
                break
            own[place] = _answers(index, queries[parts[place]], dates[parts[place]], min_level, limit)
        for place, job in enumerate(jobs):
            yield from own.pop(place) if place in own else job.result()


_INDEX: list[Index] = []


def _begin(packed: str) -> None:
    with lasting(), Path(packed).open("rb") as file:
        _INDEX[:] = [pickle.load(file)]  # noqa: S301  (written by the process that started this one, where nobody else may write)


def _screen(queries: Sequence[Query], dates: Sequence[dt.date | None], min_level: Level, limit: int) -> list[Hits]:
    return _answers(_INDEX[0], queries, dates, min_level, limit)


def _answers(index: Index, queries: Sequence[Query], dates: Sequence[dt.date | None], min_level: Level, limit: int) -> list[Hits]:
    from thalweg.parties.levels import model
    from thalweg.parties.screen import screen_each

    return list(screen_each(index, queries, model(), dates=dates, min_level=min_level, limit=limit))
