"""Verdicts over time: the days on which verdicts turn, and the spans between them.

All deals, and all products at all destinations, are decided as one frame, in which rows that no rule can tell apart are decided once.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, Final

from thalweg.briefs.claims import acting, claim, open_policies, settled
from thalweg.briefs.judge import RANK, Judge
from thalweg.briefs.model import HELD, Change, RuleTurn, Span
from thalweg.briefs.model_base import Sale
from thalweg.briefs.words import HOUSE
from thalweg.controls import Rulebook, decide
from thalweg.evidence import BadInput
from thalweg.nouns import name_key

FIRST_DAY: Final = dt.date(2022, 10, 1)
Key = str | Sale  # the id of a deal, or a local sale
_EVIDENCE: Final = ("type", "address", "birth_date", "lei", "uscc", "imo", "tax_id", "passport")


@dataclasses.dataclass(frozen=True, slots=True)
class OverTime:
    """A transaction as it is asked on any day; ``steps`` holds the facts of its party that holdings give, each from a day on."""

    asked: dict[str, Any]
    steps: Sequence[tuple[dt.date, Mapping[str, Any]]] = ()

    def on(self, day: dt.date) -> dict[str, Any]:
        """Return the transaction as it is asked on a day."""
        if not self.steps:
            return {**self.asked, "date": day}
        facts = next((f for since, f in reversed(self.steps) if since <= day), self.steps[0][1])
        given = {k for _, f in self.steps for k in f}
        parties = [{**{k: v for k, v in p.items() if k not in given}, **facts} for p in self.asked["parties"]]
        return {**self.asked, "date": day, "parties": parties}

    def turns(self) -> list[dt.date]:
        """Return the days from which other facts are given."""
        return [day for (_, old), (day, new) in pairwise(self.steps) if old != new]


Asked = dict[Key, OverTime]


@dataclasses.dataclass(frozen=True, slots=True)
class Grounds:
    """What the law says of a deal or sale on a day and what that rests on, and the house rules that act on it."""

    outcome: str
    policies: tuple[str, ...]
    rules: tuple[str, ...]
    held: bool = False
    house: tuple[str, ...] = ()

    @property
    def law(self) -> tuple[Any, ...]:
        """What would be without the house rules."""
        return self.outcome, self.policies, self.rules


def turning_days(judge: Judge, start: dt.date, end: dt.date, transactions: Iterable[OverTime] = ()) -> list[dt.date]:
    """Return the days after ``start`` up to ``end`` on which the law, a house rule, the listing of a named party or its owners change."""
    days = set(judge.firm.breakpoints) | {d.toordinal() + 1 for d in judge.pack.verified_through.values()}
    for t in transactions:
        days.update(day.toordinal() for day in t.turns())
        for party in t.asked.get("parties") or ():
            for name in (party.get("name"), *(o.get("name") for o in party.get("owners") or ())):
                for listing in judge.pack.listed_by_key.get(name_key(name), ()) if name else ():
                    days.update((listing.start, listing.end, *listing.footnotes.values()))
    return [dt.date.fromordinal(d) for d in sorted(days) if start.toordinal() < d <= end.toordinal()]


def states(judge: Judge, asked: Asked, days: Iterable[dt.date]) -> dict[tuple[Key, dt.date], Grounds]:
    """Return the grounds of each deal or sale on each day, decided as columns.

    Raises:
        BadInput: if one cannot be decided on one of the days.
    """
    law = _decided(judge.book, asked, days)
    if judge.firm is judge.book:
        return law
    own = {i for i, r in judge.pack.rules.items() if judge.kinds.get(r.overlay) == HOUSE}
    found = {}
    for at, firm in _decided(judge.firm, asked, days).items():
        stricter = RANK[firm.outcome] - RANK[law[at].outcome]
        house = tuple(sorted(own & set(firm.rules))) if stricter >= 0 else ()
        found[at] = dataclasses.replace(law[at], held=stricter > 0, house=house)
    return found


def _decided(book: Rulebook, asked: Asked, days: Iterable[dt.date]) -> dict[tuple[Key, dt.date], Grounds]:
    import polars as pl

    from thalweg.controls.many import decide_many

    keys = [(key, day) for key in asked for day in sorted(set(days))]
    if not keys:
        return {}
    rows = [_columns(asked[key].on(day)) for key, day in keys]
    answers = decide_many(book, pl.DataFrame(rows, infer_schema_length=None))
    if bad := [(key, day, error) for (key, day), error in zip(keys, answers["error"].to_list(), strict=True) if error]:
        key, day, error = bad[0]
        raise BadInput(f"{key} on {day}: {error}")
    columns = [answers[c].to_list() for c in ("outcome", "review_policy", "possible_policies", "requirements", "exceptions")]
    found = [
        Grounds(outcome, settled(policy, possible or ()), rests_on(outcome, required or (), usable or ()))
        for outcome, policy, possible, required, usable in zip(*columns, strict=True)
    ]
    return dict(zip(keys, found, strict=True))


def rests_on(outcome: str, requirements: Iterable[str], exceptions: Iterable[str]) -> tuple[str, ...]:
    """Return the rules that require a license, and the exceptions where they decide."""
    return (*requirements, *(sorted(set(exceptions)) if outcome == "license_exception" else ()))


def _columns(transaction: Mapping[str, Any]) -> dict[str, Any]:
    """Return a transaction with one party as the columns of a frame.

    A party of whom a fact is stated as not known, or of whom it is said which entry is its own, goes in whole: a column holds neither.
    """
    item, (party,) = transaction["item"], transaction["parties"]
    party = {k: v for k, v in party.items() if k not in _EVIDENCE}
    whole = any(v is None or (isinstance(v, list) and k != "owners") for k, v in party.items())
    return {
        **{k: transaction[k] for k in ("date", "activity", "from", "to", "quantity", "value_usd") if transaction.get(k) is not None},
        "item": item if isinstance(item, str) else json.dumps(item, sort_keys=True),
        **{f"exporter.{k}": v for k, v in transaction["exporter"].items()},
        **({"parties": json.dumps([party])} if whole else _dotted(party)),
        **({"facts": json.dumps(transaction["facts"], default=str)} if transaction.get("facts") else {}),
    }


def _dotted(party: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{party['role']}.{k}": json.dumps(v) if k == "owners" else v for k, v in party.items() if k != "role"}


def spans(key: Key, found: Mapping[tuple[Key, dt.date], Grounds], days: list[dt.date], end: dt.date) -> list[Span]:
    """Return the spans between the days on which what is shown turns; ``days`` are all on which it may, the first of them included."""
    seen = [(day, (g.outcome, g.policies, g.held)) for day in days for g in (found[key, day],)]
    starts = [(next(group)[0], shown) for shown, group in groupby(seen, key=lambda s: s[1])]
    lasts = [*(day - dt.timedelta(1) for day, _ in starts[1:]), end]
    return [
        Span(first=day.isoformat(), last=last.isoformat(), outcome=outcome, policies=list(policies), held=held)
        for (day, (outcome, policies, held)), last in zip(starts, lasts, strict=True)
    ]


def changes(judge: Judge, asked: Asked, found: Mapping[tuple[Key, dt.date], Grounds], days: list[dt.date]) -> list[Change]:
    """Return where a verdict or its grounds differ between a day and the day before, with the rules that turn it; same rules, one line.

    A verdict turns where its outcome does; where only the review policies, the requirements or the exceptions differ, its grounds turn.
    What a house rule does is a change of its own. ``found`` holds the grounds on each of the days and on the day before each.
    """
    grouped: dict[tuple[Any, ...], list[Key]] = {}
    rules: dict[tuple[Any, ...], list[RuleTurn]] = {}

    def note(key: Key, day: dt.date, kind: str, states: tuple[Any, ...], turned: list[RuleTurn]) -> None:
        kept = [t for t in turned if (judge.kinds.get(t.rule.overlay) == HOUSE) == (kind == "house")]
        group = (day, kind, *states, tuple((t.change, t.rule.text) for t in kept))
        grouped.setdefault(group, []).append(key)
        rules[group] = kept

    for day in days:
        eve = day - dt.timedelta(1)
        for key, transaction in asked.items():
            before, after = found.get((key, eve)), found.get((key, day))
            if before is None or after is None or before == after:
                continue
            if before.law != after.law:
                kind = "grounds" if before.outcome == after.outcome else "verdict"
                law = (before.outcome, before.policies, after.outcome, after.policies)
                note(key, day, kind, law, _turned(judge, judge.book, transaction, eve, day))
            if (before.held, before.house) != (after.held, after.house):
                note(key, day, "house", (HELD, (), HELD, ()), _turned(judge, judge.firm, transaction, eve, day))
    rows = [
        Change(
            on=day.isoformat(),
            kind=kind,
            by=_by(judge, rules[group]),
            before=before,
            before_policies=list(old),
            after=after,
            after_policies=list(new),
            deals=[k for k in keys if isinstance(k, str)],
            sales=[k for k in keys if isinstance(k, Sale)],
            value_usd=sum(float(asked[k].asked.get("value_usd") or 0) for k in keys if isinstance(k, str)),
            rules=rules[group],
        )
        for group, keys in grouped.items()
        for day, kind, before, old, after, new, _ in (group,)
    ]
    return sorted(rows, key=lambda c: (c.on, ("verdict", "grounds", "house").index(c.kind), -c.value_usd))


def _by(judge: Judge, turned: Iterable[RuleTurn]) -> str:
    """Return the kind of the overlays whose rules alone turned; none where the law had a part."""
    kinds = {judge.kinds.get(t.rule.overlay, "") for t in turned}
    return kinds.pop() if len(kinds) == 1 else ""


def _turned(judge: Judge, book: Rulebook, transaction: OverTime, eve: dt.date, day: dt.date) -> list[RuleTurn]:
    """Return the rules that act, or may act, on one of two days and not on the other."""
    old, new = (decide(book, transaction.on(d)) for d in (eve, day))
    before, after = ({i: claim(r) for i, r in acting(x).items()} for x in (old, new))
    was, may = ({c.text: c for c in open_policies(x, judge.pack)} if x.possible_policies else {} for x in (old, new))
    starts = [RuleTurn(change="starts", rule=c) for i, c in after.items() if i not in before]
    opens = [RuleTurn(change="may act", rule=c) for text, c in may.items() if text not in was]
    ends = [RuleTurn(change="ends", rule=c) for i, c in before.items() if i not in after and c.text not in may]
    started = {t.rule.text for t in starts}
    closes = [RuleTurn(change="can no longer act", rule=c) for text, c in was.items() if text not in may and text not in started]
    return [*starts, *opens, *ends, *closes]
