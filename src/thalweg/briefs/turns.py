"""Verdicts over time: the months of the heatmap, and the days on which verdicts turn.

All deals, and all products at all destinations, are decided as one frame, in which rows that no rule can tell apart are decided once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from thalweg.briefs.judge import Grounds, Judge, acting, claim, rests_on
from thalweg.briefs.model import Change, RuleTurn, Sale
from thalweg.controls import decide
from thalweg.evidence import BadInput
from thalweg.nouns import name_key

FIRST_MONTH: Final = dt.date(2022, 10, 1)
Key = str | Sale  # the id of a deal, or a local sale
Asked = dict[Key, dict[str, Any]]


def months(judge: Judge, last: dt.date) -> list[dt.date]:
    """Return the first of each month from October 2022, or from where the pack starts, to a day."""
    days = [dt.date(y, m, 1) for y in range(FIRST_MONTH.year, last.year + 1) for m in range(1, 13)]
    return [d for d in days if max(judge.pack.covers_from, FIRST_MONTH) <= d <= last]


def turning_days(judge: Judge, start: dt.date, end: dt.date, transactions: Iterable[Mapping[str, Any]] = ()) -> list[dt.date]:
    """Return the days after ``start`` up to ``end`` on which the law or the listing of a named party changes."""
    days = set(judge.book.breakpoints) | {d.toordinal() + 1 for d in judge.pack.verified_through.values()}
    for t in transactions:
        for party in t.get("parties") or ():
            for name in (party.get("name"), *(o.get("name") for o in party.get("owners") or ())):
                for listing in judge.pack.listed_by_key.get(name_key(name), ()) if name else ():
                    days.update((listing.start, listing.end, *listing.footnotes.values()))
    return [dt.date.fromordinal(d) for d in sorted(days) if start.toordinal() < d <= end.toordinal()]


def states(judge: Judge, asked: Asked, days: Iterable[dt.date]) -> dict[tuple[Key, dt.date], Grounds]:
    """Return outcome, review policy and grounds of each deal or sale on each day, decided as columns.

    Raises:
        BadInput: if one cannot be decided on one of the days.
    """
    import polars as pl

    from thalweg.controls.many import decide_many

    keys = [(key, day) for key in asked for day in sorted(set(days))]
    if not keys:
        return {}
    rows = [_columns(asked[key]) | {"date": day} for key, day in keys]
    answers = decide_many(judge.book, pl.DataFrame(rows, infer_schema_length=None))
    if bad := [(key, day, error) for (key, day), error in zip(keys, answers["error"].to_list(), strict=True) if error]:
        key, day, error = bad[0]
        raise BadInput(f"{key} on {day}: {error}")
    columns = [answers[c].to_list() for c in ("outcome", "review_policy", "requirements", "exceptions")]
    found = [
        (outcome, policy, rests_on(outcome, required or (), usable or ()))
        for outcome, policy, required, usable in zip(*columns, strict=True)
    ]
    return dict(zip(keys, found, strict=True))


def _columns(transaction: Mapping[str, Any]) -> dict[str, Any]:
    """Return a transaction with one party as the columns of a frame."""
    import json

    item, (party,) = transaction["item"], transaction["parties"]
    return {
        **{k: transaction[k] for k in ("activity", "from", "to", "quantity", "value_usd") if transaction.get(k) is not None},
        "item": item if isinstance(item, str) else json.dumps(item, sort_keys=True),
        **{f"exporter.{k}": v for k, v in transaction["exporter"].items()},
        **{f"{party['role']}.{k}": json.dumps(v) if k == "owners" else v for k, v in party.items() if k != "role"},
        **({"facts": json.dumps(transaction["facts"], default=str)} if transaction.get("facts") else {}),
    }


def changes(judge: Judge, asked: Asked, found: Mapping[tuple[Key, dt.date], Grounds], days: list[dt.date]) -> list[Change]:
    """Return where a verdict or its grounds differ between a day and the day before, with the rules that turn it; same rules, one line.

    A verdict turns where its outcome does; where only the review policy, the requirements or the exceptions differ, its grounds turn.
    ``found`` holds the state on each of the days and on the day before each.
    """
    grouped: dict[tuple[Any, ...], list[Key]] = {}
    rules: dict[tuple[Any, ...], list[RuleTurn]] = {}
    for day in days:
        eve = day - dt.timedelta(1)
        for key, transaction in asked.items():
            before, after = found.get((key, eve)), found.get((key, day))
            if before is None or after is None or before == after:
                continue
            turned = _turned(judge, transaction, eve, day)
            group = (day, before[:2], after[:2], tuple((t.change, t.rule.text) for t in turned))
            grouped.setdefault(group, []).append(key)
            rules[group] = turned
    rows = [
        Change(
            on=day.isoformat(),
            kind="grounds" if before[0] == after[0] else "verdict",
            before=before[0],
            before_policy=before[1],
            after=after[0],
            after_policy=after[1],
            deals=[k for k in keys if isinstance(k, str)],
            sales=[k for k in keys if isinstance(k, Sale)],
            value_usd=sum(float(asked[k].get("value_usd") or 0) for k in keys if isinstance(k, str)),
            rules=rules[day, before, after, marks],
        )
        for (day, before, after, marks), keys in grouped.items()
    ]
    return sorted(rows, key=lambda c: (c.on, c.kind == "grounds", -c.value_usd))


def _turned(judge: Judge, transaction: Mapping[str, Any], eve: dt.date, day: dt.date) -> list[RuleTurn]:
    old, new = (acting(decide(judge.book, dict(transaction) | {"date": d})) for d in (eve, day))
    starts = [RuleTurn(change="starts", rule=claim(r)) for i, r in new.items() if i not in old]
    ends = [RuleTurn(change="ends", rule=claim(r)) for i, r in old.items() if i not in new]
    return [*starts, *ends]
