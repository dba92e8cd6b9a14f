"""What changes between two dates, or between today's rules and a draft laid over them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from thalweg.controls.buyer import item_label
from thalweg.controls.decide import decide
from thalweg.controls.model import Diff, DiffRow
from thalweg.controls.program import Rulebook
from thalweg.controls.timeline import turns
from thalweg.evidence import BadInput


def diff(
    before: Rulebook,
    after: Rulebook,
    transactions: Iterable[Mapping[str, Any]],
    *,
    before_date: dt.date,
    after_date: dt.date,
) -> Diff:
    """Decide every transaction on both sides and return what changes, with the value that changes state.

    Raises:
        BadInput: with the number of the first transaction that cannot be read.
    """
    rows: list[DiffRow] = []
    for number, transaction in enumerate(transactions, 1):
        try:
            old = decide(before, dict(transaction) | {"date": before_date})
            new = decide(after, dict(transaction) | {"date": after_date})
        except BadInput as error:
            raise BadInput(f"transaction {number}: {error}") from None
        moved = turns(old, new)
        value = transaction.get("value_usd")
        rows.append(
            DiffRow(
                id=str(transaction.get("id") or number),
                item=item_label(transaction["item"]),
                to=str(transaction["to"]),
                value_usd=None if value is None else float(value),
                before=old.outcome,
                after=new.outcome,
                before_policy=old.review_policy,
                after_policy=new.review_policy,
                changed=(old.outcome, old.review_policy) != (new.outcome, new.review_policy),
                starts=[t for t in moved if t.change == "starts"],
                ends=[t for t in moved if t.change == "ends"],
                may_be_stale=list(dict.fromkeys((*old.may_be_stale, *new.may_be_stale))),
            )
        )
    return Diff(
        before={"date": before_date.isoformat(), "pack": before.pack.stamp.as_dict()},
        after={"date": after_date.isoformat(), "pack": after.pack.stamp.as_dict()},
        rows=rows,
        value_changed_usd=sum(r.value_usd or 0.0 for r in rows if r.changed),
        not_expressed=[text for o in after.pack.overlays for text in o.get("not_expressed", ())],
        acts_from=_acts_from(after, after_date),
    )


def _acts_from(book: Rulebook, date: dt.date) -> str | None:
    """Return the first day of the rules that overlays add, if it is after a date."""
    added = [v for r in book.pack.rules.values() if r.overlay for v in r.versions]
    first = min([start for v in added for start, _, _ in v.enforced], default=0)
    return dt.date.fromordinal(first).isoformat() if first > date.toordinal() else None
