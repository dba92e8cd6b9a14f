"""Transactions to time: every catalogue item over dates, places and buyers, one in ten with a fact left out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl

from thalweg.controls.program import Rulebook
from thalweg.hardware import catalogue

PLACES = ("CN", "HK", "AE", "SA", "TW", "GB", "IN", "MY", "KR", "DE", "RU", "SG")


def frame(book: Rulebook, height: int, seed: int = 7) -> pl.DataFrame:
    """Return random transactions of 2022 to 2027; quantities, values and buyers' names seldom repeat."""
    draw = np.random.default_rng(seed)
    items = sorted(catalogue(book.pack).names())
    start = max(book.pack.covers_from, dt.date(2022, 1, 1)).toordinal()
    days = draw.integers(start, dt.date(2027, 12, 31).toordinal(), height) - dt.date(1970, 1, 1).toordinal()
    to = draw.choice(PLACES, height)
    parent = np.where(draw.random(height) < 0.7, to, draw.choice(PLACES, height))
    columns = {
        "date": pl.Series(days.astype(np.int32)).cast(pl.Date),
        "item": draw.choice(items, height),
        "quantity": draw.integers(1, 5000, height).astype(np.float64),
        "value_usd": draw.integers(1, 50_000_000, height).astype(np.float64),
        "to": to,
        "end_user.name": [f"Buyer {n}" for n in draw.integers(0, height, height)],
        "end_user.country": to,
        "end_user.headquarters": parent,
        "end_user.ultimate_parent_headquarters": parent,
    }
    left_out = pl.Series(draw.random(height) < 0.1)
    hidden = pl.when(left_out).then(None).otherwise(pl.col("end_user.ultimate_parent_headquarters"))
    return pl.DataFrame(columns).with_columns(hidden.alias("end_user.ultimate_parent_headquarters"))


def transactions(book: Rulebook, count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Return such rows as transactions."""
    from thalweg.controls.many.rows import from_columns

    return [from_columns(row) for row in frame(book, count, seed).iter_rows(named=True)]
