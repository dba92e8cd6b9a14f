"""What the section on counterparties says, in lines that every page shares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from thalweg.briefs.model_base import FactToCollect
from thalweg.briefs.model_parties import CopyUsed, Counterparties, Counterparty, EntryFound, OwnersFound, RulePosture
from thalweg.briefs.words import OPEN, counted, decides, listed, millions, plain, sentence

_HOLDS: Final = re.compile(r" -(?:([0-9]+(?:\.[0-9]+)?)|\?)-> ")
_STATUS: Final = {
    "listed": "Listed itself",
    "covered": "Covered: treated as listed",
    "not_covered": "Not covered",
    "unknown": "Not known whether covered",
}
_SETTLED: Final = {"same": "decided to be this party", "not_same": "decided not to be this party"}


def standing(e: EntryFound) -> str:
    """Return what an entry is to a customer, in a word or two."""
    if e.settled == "not_same":
        return "Set aside"
    if e.open:
        return "Possible match" if e.open == "party" else "Open"
    return "Listed owner" if e.owner else "Listed"


def found(e: EntryFound) -> str:
    """Return an entry in words: where it stands, since when, how sure it is and why, and what it asks for."""
    days = f"since {e.since}" if e.since else "since an unknown day"
    days += f" until {e.until}" if e.until else ""
    whose = f"{e.party}: " if e.owner else ""
    sure = {"exact": "the same name", "strong": "strong", "possible": "possible"}[e.level]
    sure += f", {e.score:.2f}" if e.score is not None else ""
    sure += f" ({'; '.join(e.why)})" if e.why else ""
    said = [f"{whose}{e.title}: {e.name} ({', '.join(filter(None, (e.country, e.entry_id)))}), {days}", sure]
    said += [_SETTLED[e.settled]] if e.settled else []
    said += [f"counts only {OPEN[e.open]}"] if e.open else []
    said += [f"review: {plain(e.policy)}"] if e.policy and e.settled != "not_same" else []
    return "; ".join(said) + (f". {e.note}" if e.note else "")


def owners(c: Counterparty) -> Iterator[str]:
    """Yield what is known of the owners of a customer, a line each."""
    if c.stated_owners:
        yield f"Stated: {'; '.join(c.stated_owners)}"
    if c.owners is not None:
        yield from _held(c.owners)
    elif not c.stated_owners:
        yield "Not known: no owner is stated, and no holding that was read names this party"


def _held(o: OwnersFound) -> Iterator[str]:
    acting = f"; {_STATUS[o.if_acting].partition(':')[0].lower()} if the rule acts" if o.if_acting else ""
    yield _STATUS[o.status] + acting
    low, high = (f"{x * 100:.6g}%" for x in (o.low, o.high))
    whose = f" ({', '.join(o.listed_owners)})" if o.listed_owners else ""
    yield f"Listed owners hold {low if low == high else f'{low} to {high}'}{whose}" if o.high else "No listed owner in the holdings"
    yield from (f"Chain: {chain(x)}" for x in o.chains)
    if o.takes_on:
        yield f"{'Takes on' if o.status == 'covered' else 'Would take on'}: {o.takes_on}"
    yield from (f"Noted: {x}" for x in o.notes)


def chain(text: str) -> str:
    """Return a chain of owners with the shares as people write them."""
    return _HOLDS.sub(lambda m: f" → {float(m[1]) * 100:.6g}% of " if m[1] else " → an unknown share of ", text)


def ask(f: FactToCollect) -> str:
    """Return what to ask, with what it settles and how much hangs on it."""
    asked = " ".join(map(sentence, filter(None, (f.question, f.note))))
    if not f.deals:
        return f"{asked} No deal of the portfolio hangs on it."
    hangs = f"{counted(len(f.deals), 'deal')}, {millions(f.value_usd)} ({', '.join(f.deals)})"
    return f"{asked} Settles {decides(f.decides)} for {hangs}."


def looked_at(c: Counterparties) -> Iterator[str]:
    """Yield which copies of lists were used and how old they are, and which lists of the pack names were matched against."""
    by_day: dict[str, list[CopyUsed]] = {}
    for x in c.copies:
        by_day.setdefault(x.data_date, []).append(x)
    for day, copies in by_day.items():
        age = copies[0].age_days
        old = (
            f", {counted(age, 'day')} old" if age is not None and age >= 0 else f", {counted(-age, 'day')} later" if age is not None else ""
        )
        names = listed([f"{x.title} ({x.rows:,} rows)" for x in copies])
        yield f"Screened against the copies of {day or 'an unknown day'}{old}: {names}."
    yield from dict.fromkeys(f"{x.title}: {x.note}." for x in c.copies if x.note)
    if c.beside:
        yield c.beside


def rule(r: RulePosture) -> str:
    """Return whether the rule on companies that listed parties own acts, and what comes next."""
    said = "; ".join(filter(None, [r.today, r.next]))
    return f"{r.title}: {said}." + (f" {r.switch}." if r.switch else "")
