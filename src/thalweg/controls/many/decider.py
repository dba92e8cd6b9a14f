"""Decides chunks of rows, and keeps what rows are like and what their answers were."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
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

_WORKERS: Final = 2
_TOGETHER: Final = 4
"""Chunks whose new kinds of rows are answered together."""
_FEW: Final = 64
"""Rows that are decided one at a time: looking at what they have in common would cost more."""
_APART: Final = 0
"""The row of the table of answers that stands for rows that are decided apart."""


class _Read(NamedTuple):
    """A chunk as columns; for each row its kind, and for each kind its sums and a row that stands for it (-1 where columns hold none)."""

    columns: Columns
    kind: Codes
    sums: Hash
    stand_in: Any


class Decider:
    """Decides frames by one law.

    The threads are kept from call to call: each new one would hold memory of its own that the allocator does not give back.
    """

    def __init__(self, law: Law, single: Single) -> None:
        self.reader = law.reader
        self.likeness = Likeness(law)
        self.answers = Answers(law)
        self.single = single
        self.apart = Kinds(law.book)
        self.known: dict[tuple[int, int], int] = {}
        self.pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="thalweg-read")
        self.table = table([NO_ANSWER])
        self.refused = np.zeros(1, dtype=bool)

    def decide(self, chunks: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Yield the answers of each chunk, row for row."""
        while batch := list(islice(chunks, _TOGETHER)):
            many = [frame for frame in batch if frame.height > _FEW]
            numbers = iter(self._numbers(many, list(self.pool.map(self._read, many))))
            for frame in batch:
                if frame.height <= _FEW:
                    yield _with_ids(frame, self._apart(frame))
                    continue
                picked = next(numbers)
                yield _with_ids(frame, self._joined(frame, self.table[picked], np.nonzero(picked == _APART)[0]))

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
        new: dict[tuple[int, int], tuple[int, int]] = {}
        kinds = [keys(read.sums) for read in reads]
        for chunk, (read, of) in enumerate(zip(reads, kinds, strict=True)):
            for key, row in zip(of, read.stand_in.tolist(), strict=True):
                if row >= 0 and key not in self.known:
                    new.setdefault(key, (chunk, row))
        if new:
            self._learn(new, frames, reads)
        found: list[Any] = []
        for read, of in zip(reads, kinds, strict=True):
            numbers = np.array([self.known.get(key, _APART) for key in of], dtype=np.int64)
            found.append(np.where(read.columns.odd, _APART, numbers[read.kind]))
        return found

    def _learn(self, new: dict[tuple[int, int], tuple[int, int]], frames: list[pl.DataFrame], reads: list[_Read]) -> None:
        """Answer kinds of rows that were not met before, each by the row of the chunk that stands for it."""
        places = list(new.values())
        rows = [np.array([row for at, row in places if at == chunk], dtype=np.int64) for chunk in range(len(reads))]
        own = join(self.reader, [take(read.columns, of) for read, of in zip(reads, rows, strict=True) if len(of)])
        found = self.answers.number(own, lambda row: self.single.answers(frames[places[row][0]][[places[row][1]]])[0]) + 1
        kept = self.answers.kept[self.table.height - 1 :]
        self.table = pl.concat([self.table, table(kept)])
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
