"""The verdict over all dates, with the rules that turned it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from thalweg.controls.buyer import ASSUMPTION, item_label, to_local_buyer
from thalweg.controls.decide import decide
from thalweg.controls.determination import Determination, RuleModel
from thalweg.controls.model import Segment, Timeline, Turn
from thalweg.controls.program import Rulebook
from thalweg.evidence import BadInput


def timeline(
    book: Rulebook,
    item: Any,
    to: str,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
    transaction: Mapping[str, Any] | None = None,
) -> Timeline:
    """Return the verdict on an item and destination from ``start`` up to, not including, ``end``.

    Args:
        book: the rulebook of a pack.
        item: a catalogue name or a described item.
        to: the destination.
        start: the first day; the first day that the pack covers if left out.
        end: the day after the last; a year past the day up to which the pack is verified if left out.
        transaction: everything else of the transaction; the default buyer if left out.
    """
    first = max(start or book.pack.covers_from, book.pack.covers_from)
    last = end or _a_year_after(max(book.pack.verified_through.values()))
    if first >= last:
        message = f"the timeline starts on {first} and ends on {last}; it must end later than it starts"
        raise BadInput(message)
    base = dict(transaction) if transaction else to_local_buyer(item, to, first)
    base |= {"item": item, "to": to}
    segments: list[Segment] = []
    previous: Determination | None = None
    for day in [first.toordinal(), *(d for d in _days(book, base) if first.toordinal() < d < last.toordinal())]:
        date = dt.date.fromordinal(day)
        answer = decide(book, base | {"date": date})
        if previous is None or _state(answer) != _state(previous):
            if segments:
                segments[-1] = segments[-1].model_copy(update={"end": date.isoformat()})
            segments.append(_segment(answer, previous))
            previous = answer
    segments[-1] = segments[-1].model_copy(update={"end": last.isoformat()})
    return Timeline(
        item=item_label(item),
        to=to,
        as_of=first.isoformat(),
        segments=segments,
        assumptions=[] if transaction else [ASSUMPTION],
        pack=book.pack.stamp.as_dict(),
    )


def _a_year_after(date: dt.date) -> dt.date:
    return dt.date(date.year + 1, date.month, 28 if (date.month, date.day) == (2, 29) else date.day)


def _days(book: Rulebook, base: Mapping[str, Any]) -> list[int]:
    """Return the days on which the law changes, those on which a named party's listing does, and the day after verification."""
    from thalweg.nouns import name_key

    days = set(book.breakpoints)
    names = [p.get("name") for p in base.get("parties") or () if isinstance(p, Mapping)]
    owners = [o.get("name") for p in base.get("parties") or () if isinstance(p, Mapping) for o in p.get("owners") or ()]
    for name in filter(None, [*names, *owners]):
        for listing in book.pack.listed_by_key.get(name_key(name), ()):
            days.update((listing.start, listing.end, *listing.footnotes.values()))
    days.update(d.toordinal() + 1 for d in book.pack.verified_through.values())
    days.update(dt.date.fromisoformat(on).toordinal() for found in book.pack.stale.values() for on, _ in found)
    return sorted(days)


def _state(a: Determination) -> tuple[Any, ...]:
    return (
        a.outcome,
        a.codified_outcome,
        a.review_policy,
        tuple(a.classification),
        _usable(a),
        tuple(r.rule for r in a.requirements),
        a.beyond_verified,
        tuple(a.may_be_stale),
    )


def _usable(a: Determination) -> tuple[str, ...]:
    return tuple(e.exception for e in a.exceptions if e.available)


def _segment(a: Determination, before: Determination | None) -> Segment:
    return Segment(
        start=a.as_of,
        end=None,
        outcome=a.outcome,
        codified_outcome=a.codified_outcome,
        review_policy=a.review_policy,
        classification=a.classification,
        requirements=[r.rule for r in a.requirements],
        exceptions=list(_usable(a)),
        beyond_verified=a.beyond_verified,
        turned_by=turns(before, a) if before else [],
        may_be_stale=a.may_be_stale,
    )


def turns(before: Determination, after: Determination) -> list[Turn]:
    """Return the rules that act in one of two answers and not in the other."""
    old, new = _acting(before), _acting(after)
    starts = [Turn(rule=i, title=r.title, change="starts", citations=r.citations) for i, r in new.items() if i not in old]
    ends = [Turn(rule=i, title=r.title, change="ends", citations=r.citations) for i, r in old.items() if i not in new]
    return [*starts, *ends]


def _acting(a: Determination) -> dict[str, RuleModel]:
    found = {r.rule: r for r in (*a.requirements, *a.review_rules)}
    for e in a.exceptions:
        if e.available:
            found[e.rule] = RuleModel(rule=e.rule, title=f"License Exception {e.exception}", citations=e.citations)
    return found
