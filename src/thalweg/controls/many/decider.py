"""Decides chunks of rows, and keeps what rows are like and what their answers were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from threading import Lock
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from thalweg.controls.many.answers import Answers
from thalweg.controls.many.apart import decide_apart
from thalweg.controls.many.columns import Codes, Columns
from thalweg.controls.many.join import join
from thalweg.controls.many.kinds import Kinds
from thalweg.controls.many.law import Law
from thalweg.controls.many.likeness import Likeness
from thalweg.controls.many.single import NO_ANSWER, Single, table
from thalweg.controls.many.spread import take
from thalweg.controls.many.sums import Hash, distinct, keys
from thalweg.controls.program import Rulebook
from thalweg.evidence import OPEN_END

_WORKERS: Final = 2
_TOGETHER: Final = 4
"""Chunks whose new kinds of rows are answered together."""
_FEW: Final = 64
"""Rows that are decided one at a time: looking at what they have in common would cost more."""
_KINDS: Final = 2_000_000
"""Kinds of rows that are known at most, but for those of the chunks at hand; then all is forgotten."""
_NODES: Final = 1_000_000
"""Nodes, trees and answers that are kept at most, and codes of words."""
_APART: Final = 0
"""The row of the table of answers that stands for rows that are decided apart."""


class _Read(NamedTuple):
    """A chunk as columns; for each row its kind, and for each kind its sums and a row that stands for it (-1 where columns hold none)."""

    columns: Columns
    kind: Codes
    sums: Hash
    stand_in: Any


class Decider:
    """Decides frames by one rulebook, as it was known on a day.

    The threads are kept from call to call: each new one would hold memory of its own that the allocator does not give back.
    """

    def __init__(self, book: Rulebook, known_on: dt.date | None) -> None:
        self.book = book
        self.known_on = OPEN_END if known_on is None else known_on.toordinal()
        self.single = Single(book, known_on)
        self.apart = Kinds(book)
        self.pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="thalweg-read")
        self._turn = Lock()  # callers on several threads add to what is known, and forget it, one at a time
        self._start()

    def _start(self) -> None:
        """Begin with nothing known."""
        law = Law(self.book, self.known_on)
        self.reader = law.reader
        self.likeness = Likeness(law)
        self.answers = Answers(law)
        self.known: dict[tuple[int, int], int] = {}
        self.table = table([NO_ANSWER])
        self.refused = np.zeros(1, dtype=bool)

    def _full(self) -> bool:
        """Say whether more is kept than is worth its memory."""
        return len(self.known) > _KINDS or self.answers.size() > _NODES or len(self.reader.words.codes) > _NODES

    def decide(self, chunks: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Yield the answers of each chunk, row for row."""
        while batch := list(islice(chunks, _TOGETHER)):
            with self._turn:
                if self._full():
                    self._start()
                many = [frame for frame in batch if self._together(frame)]
                numbers = iter(self._numbers(many, list(self.pool.map(self._read, many))))
                held = self.table
            for frame in batch:
                if not self._together(frame):
                    yield _with_ids(frame, self._apart(frame))
                    continue
                picked = next(numbers)
                yield _with_ids(frame, self._joined(frame, held[picked], np.nonzero(picked == _APART)[0]))

    def _together(self, frame: pl.DataFrame) -> bool:
        """Say whether the rows of a chunk are decided together."""
        return self.likeness.whole and frame.height > _FEW

    def _read(self, frame: pl.DataFrame) -> _Read:
        columns = self.reader.read(frame)
        sums = self.likeness.of(columns)
        first, kind = distinct(sums)
        stand_in = np.full(len(first), -1, dtype=np.int64)
        good = np.nonzero(~columns.odd)[0]
        stand_in[kind[good]] = good
        return _Read(columns, kind, sums[first], stand_in)

    def _numbers(self, frames: list[pl.DataFrame], reads: list[_Read]) -> list[Any]:
        """Return for each row of some chunks the row of the table that holds its answer."""
        if not reads:
            return []
        sums = np.concatenate([read.sums for read in reads])
        first, group = distinct(sums)
        wanted = keys(sums[first])
        heights = [len(read.sums) for read in reads]
        chunks = np.repeat(np.arange(len(reads)), heights)
        rows = np.concatenate([read.stand_in for read in reads])
        place = np.full(len(first), -1, dtype=np.int64)
        good = np.nonzero(rows >= 0)[0][::-1]  # the first of the rows that can stand for a kind is written last
        place[group.reshape(-1)[good]] = good
        new = np.array([n for n, key in enumerate(wanted) if key not in self.known], dtype=np.int64)
        new = new[place[new] >= 0]
        new = new[np.argsort(place[new])]  # chunk after chunk, as the rows will be joined
        if len(new):
            at = place[new]
            self._learn([wanted[n] for n in new.tolist()], chunks[at], rows[at], frames, reads)
        numbers = np.array([self.known.get(key, _APART) for key in wanted], dtype=np.int64)[group.reshape(-1)]
        of_kinds = np.split(numbers, np.cumsum(heights)[:-1])
        return [np.where(read.columns.odd, _APART, of[read.kind]) for read, of in zip(reads, of_kinds, strict=True)]

    def _learn(self, new: list[tuple[int, int]], chunks: Codes, rows: Codes, frames: list[pl.DataFrame], reads: list[_Read]) -> None:
        """Answer kinds of rows that were not met before, each by the row of the chunk that stands for it; chunks come in order."""
        of_chunks = [rows[chunks == chunk] for chunk in range(len(reads))]
        own = join(self.reader, [take(read.columns, of) for read, of in zip(reads, of_chunks, strict=True) if len(of)])
        found = self.answers.number(own, lambda row: self.single.answers(frames[chunks[row]][[int(rows[row])]])[0]) + 1
        kept = self.answers.kept[self.table.height - 1 :]
        self.table = pl.concat([self.table, table(kept)], rechunk=True)
        self.refused = np.append(self.refused, [a[-1] is not None for a in kept])
        self.known.update(zip(new, np.where(self.refused[found], _APART, found).tolist(), strict=True))

    def _apart(self, frame: pl.DataFrame) -> pl.DataFrame:
        return decide_apart(self.single, self.apart, frame.drop("id", strict=False))

    def _joined(self, frame: pl.DataFrame, found: pl.DataFrame, apart: Any) -> pl.DataFrame:
        """Return answers with those of the rows that are decided apart among them."""
        if not len(apart):
            return found
        order = np.arange(frame.height)
        order[apart] = frame.height + np.arange(len(apart))
        return pl.concat([found, self._apart(frame[apart.tolist()])])[order.tolist()]


def _with_ids(frame: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    ids = frame["id"].cast(pl.String) if "id" in frame.columns else pl.Series("id", [None] * frame.height, dtype=pl.String)
    return answers.select(ids, pl.all())
