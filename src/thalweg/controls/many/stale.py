"""Which rules that may be stale rows rest on, and the notices of their days in their place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from thalweg.controls.resting import notices
from thalweg.pack import Pack

if TYPE_CHECKING:
    from thalweg.controls.many.assess import Assessed
    from thalweg.controls.many.columns import Mask
    from thalweg.controls.many.law import Ruled

_COLUMN = "may_be_stale"


def resting(a: Assessed) -> dict[str, Mask]:
    """Return by rule that may be stale, in the order of their ids, the rows of a pass that rest on it; as of single decisions."""
    law = a.law
    watched = [r for r in (*law.rules, *filter(None, [law.chart])) if r.id in law.pack.stale]
    return {r.id: _rests(a, r) for r in sorted(watched, key=lambda r: r.id)}


def _rests(a: Assessed, ruled: Ruled) -> Mask:
    nowhere: Mask = a.none > 0
    match ruled.rule.kind:
        case "classification":
            name = ruled.keys["assigns"]
            had = [a.sheet.classes[name] > 0] if name in a.sheet.classes else []
            parts = zip(a.columns.items.components, a.sheet.component_classes, strict=True)
            had += [held[a.columns.item] & (c[name] > 0) for (held, _), c in parts if name in c]
            return _any(had, nowhere) & _acts(a, ruled)
        case "country_chart":
            return _any([cells != 0 for cells in a.charted.values()], nowhere)
        case "exception":
            return _any([a.touched(ruled, a.asked)], nowhere) & _acts(a, ruled)
        case "gate":
            return _any([a.touched(ruled, a.asked)], nowhere) & (a.of(ruled) > 0)
        case "review_policy":
            return _any([t == 2 for n in ruled.touches if (t := a.remaining[n]) is not None], nowhere) & (a.of(ruled) > 0)
    return a.of(ruled) > 0


def _any(found: Iterable[Any], nowhere: Mask) -> Mask:
    held: Mask = np.logical_or.reduce([f for f in found if f is not None] or [nowhere])
    return held


def _acts(a: Assessed, ruled: Ruled) -> Mask:
    held: Mask = np.maximum.reduce([v.guards[a.axis][a.epochs] for v in ruled.versions]) > 0
    return held


def said(pack: Pack, dates: pl.Series, answers: pl.DataFrame, known_on: int) -> pl.DataFrame:
    """Put the notices of each row's day in the place of the rules that it rests on.

    Rows that rest on the same rules, with the same amendments before their day, share a list; it is made once.
    """
    rests = answers[_COLUMN]
    if not pack.stale or not (rests.list.len() > 0).any():
        return answers
    turns = sorted({on for found in pack.stale.values() for on, _ in found})
    days = [dt.date.fromisoformat(on) for on in turns]
    given = dates if dates.dtype.is_temporal() else dates.cast(pl.String).str.strip_chars().str.to_date("%Y-%m-%d", strict=False)
    since = np.searchsorted(np.array(days, dtype="datetime64[D]"), given.cast(pl.Date).fill_null(dt.date.min).to_numpy(), side="right")
    kinds = rests.list.join("\n").rank("dense").fill_null(0).to_numpy().astype(np.int64)
    _, first, group = np.unique(kinds * (len(days) + 1) + since, return_index=True, return_inverse=True)
    made = [_of(pack, rests[row], days[n - 1] if (n := int(since[row])) else None, known_on) for row in first.tolist()]
    lists = pl.Series(_COLUMN, made, dtype=pl.List(pl.String))
    return answers.with_columns(lists[group.reshape(-1).tolist()].alias(_COLUMN))


def _of(pack: Pack, rules: pl.Series | None, day: dt.date | None, known_on: int) -> list[str] | None:
    if rules is None:
        return None
    return notices(pack, rules.to_list(), day, known_on) if day else []
