"""Decide the rows of a frame: encode each column, find the distinct rows, decide those, and gather."""

from __future__ import annotations

import datetime as dt
import gc
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl

from thalweg.controls.decide import summarize
from thalweg.controls.many.columns import Mask
from thalweg.controls.many.kinds import Kinds
from thalweg.controls.many.rows import check_columns, from_columns
from thalweg.controls.many.signature import Hash, Signer
from thalweg.controls.program import Rulebook
from thalweg.evidence import OPEN_END, BadInput

Codes = np.ndarray[Any, np.dtype[np.int64]]
_CHUNK: Final = 131_072
_WORKERS: Final = 2
_NO_OVERFLOW: Final = 2**62
ANSWER_SCHEMA: Final[dict[str, Any]] = {
    "id": pl.String,
    "outcome": pl.String,
    "codified_outcome": pl.String,
    "classification": pl.List(pl.String),
    "review_policy": pl.String,
    "possible_policies": pl.List(pl.String),
    "exceptions": pl.List(pl.String),
    "requirements": pl.List(pl.String),
    "missing_facts": pl.List(pl.String),
    "error": pl.String,
}
_SIGNERS: WeakKeyDictionary[Rulebook, dict[int, Signed]] = WeakKeyDictionary()
_KINDS: WeakKeyDictionary[Rulebook, Kinds] = WeakKeyDictionary()
Answer = tuple[Any, ...]


def decide_many(book: Rulebook, frame: pl.DataFrame, *, known_on: dt.date | None = None, chunk: int = _CHUNK) -> pl.DataFrame:
    """Decide every row; a bad row gets its error and null answers.

    Args:
        book: the rulebook of a pack.
        frame: one transaction a row (docs/reference/batch-columns.md).
        known_on: leave out what was published after this day.
        chunk: how many rows are encoded at a time.

    Raises:
        BadInput: if a column is unknown, or date or to is missing.
    """
    check_columns(frame.columns)
    frame = _within_calendar(frame)
    kinds = _KINDS.get(book)
    if kinds is None:
        kinds = _KINDS[book] = Kinds(book)
    seen = OPEN_END if known_on is None else known_on.toordinal()
    signer = _SIGNERS.setdefault(book, {}).get(seen)
    if signer is None:
        signer = _SIGNERS[book][seen] = Signed(Signer(book, seen))
    slices = list(frame.iter_slices(chunk))
    with _without_collection():
        read = signer.pool.map(lambda part: _read(signer.signer, part), slices)
        parts = [_answered(book, kinds, signer, *signed, known_on) for signed in read]
    return pl.concat(parts) if parts else pl.DataFrame(schema=ANSWER_SCHEMA)


def _within_calendar(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn columns with days that no calendar has into text, so that the rows that hold them are refused by name."""
    for name, kind in frame.schema.items():
        if kind in (pl.Date, pl.Datetime):
            days = frame[name].cast(pl.Date)
            if not days.drop_nulls().is_between(dt.date.min, dt.date.max).all():
                frame = frame.with_columns(pl.col(name).cast(pl.String))
    return frame


@contextmanager
def _without_collection() -> Iterator[None]:
    """Pause the search for reference cycles: answers leave none behind, and it would walk over every answer kept."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read(signer: Signer, frame: pl.DataFrame) -> tuple[pl.DataFrame, Mask, Hash]:
    """Return a chunk, the rows that columns cannot hold, and the signatures of all rows."""
    columns = signer.reader.read(frame)
    sums = signer.sign(columns)
    return frame, columns.odd, sums


class Signed:
    """A signer, the threads that sign, and the answers found so far by signature.

    The threads are kept from call to call: each new one would hold memory of its own that the allocator does not give back.
    """

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self.pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="thalweg-sign")
        self.answers: dict[tuple[int, int], int] = {}
        self.table = _table([(None,) * 9])
        """One answer a row; the first is that of rows that are decided apart."""
        self.refused = np.zeros(1, dtype=bool)

    def learn(self, answers: list[Answer]) -> None:
        """Add answers below those that are known."""
        self.table = pl.concat([self.table, _table(answers)])
        self.refused = np.append(self.refused, [a[-1] is not None for a in answers])


def _answered(
    book: Rulebook, kinds: Kinds, signed: Signed, frame: pl.DataFrame, unread: Mask, sums: Hash, known_on: dt.date | None
) -> pl.DataFrame:
    """Decide one row of each signature; rows that columns cannot hold are decided by their own values."""
    _, first, group = np.unique(sums[:, 0] ^ (sums[:, 1] << np.uint64(1)), return_index=True, return_inverse=True)
    apart = (sums[first][group] != sums).any(axis=1)
    odd = unread | apart
    asked = frame.drop("id", strict=False)
    needed = first[np.bincount(group[~odd], minlength=len(first)) > 0] if (~odd).any() else first[:0]
    number = np.zeros(len(first), dtype=np.int64)
    missing: list[int] = []
    for at in needed.tolist():
        key = (int(sums[at, 0]), int(sums[at, 1]))
        known = signed.answers.get(key)
        if known is None:
            missing.append(at)
        else:
            number[group[at]] = known
    good = np.nonzero(~odd)[0]
    stand_in = dict(zip(group[good][::-1].tolist(), good[::-1].tolist(), strict=True))
    standing = [stand_in[int(group[at])] for at in missing]
    if standing:
        for place, at in enumerate(standing, signed.table.height):
            signed.answers[int(sums[at, 0]), int(sums[at, 1])] = number[group[at]] = place
        signed.learn([_answer(book, values, known_on) for values in _rows(asked[standing])])
    picked = number[group]
    odd |= signed.refused[picked]
    found = signed.table[picked]
    if odd.any():
        at = np.nonzero(odd)[0]
        alone = _decide_chunk(book, kinds, asked[at.tolist()], known_on).drop("id")
        order = np.arange(frame.height)
        order[at] = frame.height + np.arange(len(at))
        found = pl.concat([found, alone])[order.tolist()]
    ids = frame["id"].cast(pl.String) if "id" in frame.columns else pl.Series("id", [None] * frame.height, dtype=pl.String)
    answered: pl.DataFrame = found.select(ids, pl.all())
    return answered


def _decide_chunk(book: Rulebook, kinds: Kinds, frame: pl.DataFrame, known_on: dt.date | None) -> pl.DataFrame:
    asked = frame.drop("id", strict=False)
    first, group = _distinct([_encode(kinds, column) for column in asked], frame.height)
    rows = list(_rows(asked[first.tolist()]))
    answers = [_answer(book, row, known_on) for row in rows]
    bad = np.array([a[-1] is not None for a in answers], dtype=bool)
    found = _table(answers)[group.tolist()]
    if bad.any():
        found = _each_alone(book, asked, found, np.nonzero(bad[group])[0], known_on)
    ids = frame["id"].cast(pl.String) if "id" in frame.columns else pl.Series("id", [None] * frame.height, dtype=pl.String)
    answered: pl.DataFrame = found.select(ids, pl.all())
    return answered


def _each_alone(book: Rulebook, asked: pl.DataFrame, found: pl.DataFrame, at: Codes, known_on: dt.date | None) -> pl.DataFrame:
    """Decide rows by their own values where the row that stood for them was refused, so that each error names what it should."""
    alone = _table([_answer(book, row, known_on) for row in _rows(asked[at.tolist()])])
    order = np.arange(found.height)
    order[at] = found.height + np.arange(len(at))
    return pl.concat([found, alone])[order.tolist()]


def _rows(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    yield from frame.iter_rows(named=True)


def _table(answers: list[Answer]) -> pl.DataFrame:
    schema = {k: v for k, v in ANSWER_SCHEMA.items() if k != "id"}
    return pl.DataFrame(answers, schema=schema, orient="row")


def _answer(book: Rulebook, row: dict[str, Any], known_on: dt.date | None) -> Answer:
    try:
        return (*summarize(book, from_columns(row), known_on=known_on), None)
    except BadInput as error:
        return (None,) * 8 + (str(error),)


def _encode(kinds: Kinds, column: pl.Series) -> Codes:
    """Number the values of a column so that values with the same number cannot lead to different answers."""
    head, _, tail = column.name.partition(".")
    if column.name == "date" and column.dtype == pl.Date:
        days = column.cast(pl.Int64).fill_null(-1_000_000).to_numpy() + dt.date(1970, 1, 1).toordinal()
        codes: Codes = np.searchsorted(np.array(kinds.days), days, side="right").astype(np.int64) * 2
        dated: Codes = codes + column.is_null().to_numpy()
        return dated
    fact = tail if head == "facts" else column.name
    if fact in kinds.numbers and column.dtype.is_numeric():
        return _cells(kinds, column, kinds.numbers[fact])
    distinct = column.unique(maintain_order=True)
    values = distinct.to_list()
    reduced = [_reduce(kinds, head, tail, v) for v in values]
    numbers: dict[str, int] = {}
    known = np.array([numbers.setdefault(r, len(numbers)) for r in reduced], dtype=np.int64)
    if not distinct.dtype.is_nested():
        keyed = pl.DataFrame({"v": distinct, "c": known})
        found = column.to_frame("v").join(keyed, on="v", how="left", nulls_equal=True, maintain_order="left")["c"]
        return found.to_numpy().astype(np.int64)
    return np.array([numbers[_reduce(kinds, head, tail, v)] for v in column.to_list()], dtype=np.int64)


def _cells(kinds: Kinds, column: pl.Series, edges: list[float]) -> Codes:
    """Return the cell of each number: below, at or between the thresholds; numbers that may be refused keep to themselves."""
    values = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    known = np.array(edges, dtype=np.float64)
    low, high = np.searchsorted(known, values, side="left"), np.searchsorted(known, values, side="right")
    cells = (low + high).astype(np.int64) + 1
    cells[np.isnan(values)] = 0
    odd = (values <= 0) | (values > kinds.ceiling())
    if odd.any():
        _, codes = np.unique(values[odd], return_inverse=True)
        cells[odd] = 2 * len(edges) + 2 + codes
    return cells


def _reduce(kinds: Kinds, head: str, tail: str, value: Any) -> str:
    if tail == "name" and head != "item":
        value = kinds.name(value)
    elif head in ("parties", "exporter") or tail == "owners":
        parsed = value
        if isinstance(value, str):
            try:
                parsed = json.loads(value)
            except (ValueError, RecursionError):
                return repr(value)
        value = kinds.nested(parsed) if not tail or tail == "owners" else parsed
    return repr(value)


def _distinct(columns: list[Codes], height: int) -> tuple[Codes, Codes]:
    """Return the first row of each group of equal rows, and the group of every row."""
    key, card = np.zeros(height, dtype=np.int64), 1
    for codes in columns:
        size = int(codes.max(initial=0)) + 1
        if card * size >= _NO_OVERFLOW:
            _, key = np.unique(key, return_inverse=True)
            card = int(key.max(initial=0)) + 1
        key, card = key * size + codes, card * size
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    return first, group
