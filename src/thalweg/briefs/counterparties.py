"""Who the customers are: the entries found under their names, who owns them, what calls for diligence, and what to ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from thalweg.briefs.claims import once, sources
from thalweg.briefs.facts import Decided, Open, to_collect
from thalweg.briefs.gathered import Evidence
from thalweg.briefs.model import ListHeld
from thalweg.briefs.model_base import Claim, FactToCollect
from thalweg.briefs.model_parties import CopyUsed, Counterparties, Counterparty, EntryFound
from thalweg.briefs.portfolio_rows import Customer
from thalweg.briefs.words import counted, listed
from thalweg.evidence import iso
from thalweg.nouns import name_key
from thalweg.pack.model import Listing, Pack

_FEW: Final = 3
_LEVELS: Final[dict[str, Literal["exact", "strong", "possible"]]] = {"": "exact", "strong": "strong", "possible": "possible"}


def counterparties(
    pack: Pack,
    customers: Sequence[Customer],
    decided: Sequence[Decided],
    more: Sequence[Open],
    evidence: Evidence,
    lists: Sequence[ListHeld],
    date: dt.date,
) -> Counterparties:
    """Return the section on counterparties: those on a list first, then those that may be, then the others as the portfolio has them.

    Args:
        pack: the law, with the entries that were found.
        customers: of the portfolio.
        decided: the deals.
        more: facts that are asked beside those of the deals.
        evidence: who owns the customers.
        lists: how much of each list is held.
        date: the day of the briefing.
    """
    copies = copies_used(pack, date)
    rows = []
    for c in customers:
        own = [d for d in decided if d.customer.id == c.id]
        days = sorted({date, *(d.asked["date"] for d in own)})
        entries = [*entries_of(pack, c, days), *owner_entries(pack, c, days)]
        on = evidence.on(c.id, date)
        rows.append(
            Counterparty(
                id=c.id,
                name=c.name,
                place=str(pack.places.get(c.country.upper(), {}).get("name", c.country)),
                deals=[d.deal.id for d in own],
                value_usd=sum(d.deal.value_usd for d in own),
                entries=entries,
                unmatched=_unmatched([e for e in entries if not e.owner], copies, lists),
                owners=on.found if on else None,
                stated_owners=[_stated(o) for o in c.owners or ()],
                red_flags=_flags(own, on.found.red_flags if on else ()),
                ask=_asks(c, own, [o for o in more if o.at.customer.id == c.id], entries, on.found.questions if on else ()),
            )
        )
    return Counterparties(copies=copies, beside=_beside(copies, lists), rule=evidence.rule, rows=sorted(rows, key=_urgency))


def copies_used(pack: Pack, date: dt.date) -> list[CopyUsed]:
    """Return the copies of lists that names were screened against, the largest first."""
    found = []
    for list_id, head in pack.lists.items():
        copy: Mapping[str, Any] | None = head.get("screened")
        if copy is None:
            continue
        data_date = str(copy.get("data_date") or "")
        age = (date - dt.date.fromisoformat(data_date)).days if data_date else None
        rows, note = int(copy["rows"]), str(copy.get("note") or "")
        found.append(CopyUsed(list_id=list_id, title=str(head["title"]), data_date=data_date, age_days=age, rows=rows, note=note))
    return sorted(found, key=lambda c: (-c.rows, c.title))


def entries_of(pack: Pack, customer: Customer, days: Iterable[dt.date]) -> list[EntryFound]:
    """Return the entries under which a customer stands, or may stand, on one of the days, without what reaches it through owners."""
    return [
        _entry(pack, x, customer.name, settled)
        for x in _active(pack, customer.name, days)
        for settled in (_settled(x, customer),)
        if not x.owned
    ]


def owner_entries(pack: Pack, customer: Customer, days: Iterable[dt.date]) -> list[EntryFound]:
    """Return the entries of the owners that the portfolio states."""
    days = tuple(days)
    names = [str(o["name"]) for o in customer.owners or () if isinstance(o.get("name"), str)]
    return [_entry(pack, x, name, "", owner=True) for name in names for x in _active(pack, name, days) if not x.owned]


def _active(pack: Pack, name: str, days: Iterable[dt.date]) -> list[Listing]:
    """Return the entries under a name on any of the days, each once: as it stands on the first of them."""
    found: dict[tuple[str, str], Listing] = {}
    for day in days:
        for x in pack.listed_by_key.get(name_key(name), ()):
            if x.start <= day.toordinal() < x.end:
                found.setdefault((x.list, x.entry_id), x)
    return sorted(found.values(), key=lambda x: (bool(x.doubt), -(x.score or 1)))


def _settled(listing: Listing, customer: Customer) -> Literal["", "same", "not_same"]:
    said = f"{listing.list}:{listing.entry_id}"
    return "not_same" if said in customer.not_same_as else "same" if said in customer.same_as else ""


def stood(pack: Pack, name: str, list_id: str, entry_id: str) -> tuple[str, str]:
    """Return from when and until when an entry stands under a name, empty where that is not known.

    An entry may stand there in several stretches of days, of which more and less is known.
    """
    found = [x for x in pack.listed_by_key.get(name_key(name), ()) if (x.list, x.entry_id) == (list_id, entry_id)]
    return (iso(min(x.start for x in found)) or "") if all(x.dated for x in found) else "", iso(max(x.end for x in found)) or ""


def _entry(pack: Pack, x: Listing, party: str, settled: Literal["", "same", "not_same"], *, owner: bool = False) -> EntryFound:
    title = str(pack.lists.get(x.list, {}).get("title", x.list))
    since, until = stood(pack, party, x.list, x.entry_id)
    return EntryFound(
        party=party,
        owner=owner,
        list_id=x.list,
        title=title,
        entry_id=x.entry_id,
        name=x.name,
        country=x.country,
        since=since,
        until=until,
        level=_LEVELS.get(x.level, "possible"),
        score=x.score,
        why=list(x.why),
        open="" if settled else x.doubt,
        settled=settled,
        policy=x.policy,
        requirement=x.requirement,
        footnotes=sorted(x.footnotes),
        sources=sources([{"citation": x.citation or title, "url": x.url, "basis": x.basis}]),
        note=x.note,
    )


def _unmatched(entries: Sequence[EntryFound], copies: Sequence[CopyUsed], lists: Sequence[ListHeld]) -> str:
    """Say against which lists a name was held without finding an entry: what was looked at, and not that the party is on none."""
    hit = {e.list_id for e in entries if e.settled != "not_same"}
    free = [c for c in copies if c.list_id not in hit]
    said = []
    if 0 < len(free) <= _FEW:
        said.append(f"No match in {listed([f'{c.title} of {_of(c)}, {c.rows:,} rows' for c in free])}.")
    elif free:
        days = sorted({c.data_date for c in free if c.data_date})
        when = f" of {' to '.join(dict.fromkeys((days[0], days[-1])))}" if days else ""
        said.append(f"No match in {'the other ' if hit else ''}{len(free)} lists{when}, {sum(c.rows for c in free):,} rows.")
    titles = {e.title for e in entries}
    exact = [x for x in lists if x.holds in {"part", "complete"} and x.title not in titles]
    if exact:
        rows = sum(x.rows for x in exact)
        where = exact[0].title if len(exact) == 1 else f"{len(exact)} {'further ' if copies else ''}lists"
        said.append(f"No entry of this very name in the {rows:,} rows that the pack holds of {where}.")
    return " ".join(said) or "Names were matched against no list."


def _of(copy: CopyUsed) -> str:
    return copy.data_date or "an unknown day"


def _beside(copies: Sequence[CopyUsed], lists: Sequence[ListHeld]) -> str:
    """Say which lists of the pack names were matched against exactly, and how many were not looked at."""
    part, whole, absent = ([x for x in lists if x.holds == h] for h in ("part", "complete", "nothing"))
    names = [f"{x.title} ({x.rows:,} of {x.official_rows or 0:,} rows, {x.as_of or 'of an unknown day'})" for x in part]
    names += [f"{x.title} (whole, {x.rows:,} rows, {x.as_of or 'of an unknown day'})" for x in whole]
    said = []
    if names:
        said.append(f"Names were {'also ' if copies else ''}matched exactly against what the pack holds of {listed(names)}.")
    if absent:
        said.append(f"Against {counted(len(absent), 'further list' if names or copies else 'list')} names were not matched at all.")
    return " ".join(said)


def _stated(owner: Mapping[str, Any]) -> str:
    share = owner.get("share")
    return f"{owner.get('name')} ({f'{float(share) * 100:.4g}%' if share is not None else 'share not known'})"


def _flags(own: Sequence[Decided], more: Iterable[Claim]) -> list[Claim]:
    """Return the red flags of the owners and of the deals; those that hang on a condition last."""
    return sorted(once([*more, *(f for d in own for f in d.verdict.red_flags)]), key=lambda f: bool(f.depends))


def _asks(
    customer: Customer, own: Sequence[Decided], more: Sequence[Open], entries: Sequence[EntryFound], questions: Iterable[str]
) -> list[FactToCollect]:
    """Return what to ask of a customer, the most decisive first; what decides no deal of the portfolio comes last."""
    bare = [replace(o, note="") for o in more]  # what is said of the rule stands once, under the facts to collect
    found = [f for f in to_collect(own, bare, "") if customer.name in f.ask]
    asked = " ".join(f"{f.question} {f.note}" for f in found)
    found += [_idle(customer, q) for q in questions if q not in asked]
    for e in entries:
        if e.open and f"{e.list_id}:{e.entry_id}" not in asked:
            found.append(_idle(customer, question(e), note=to_state(e)))
    return found


def _idle(customer: Customer, text: str, *, note: str = "") -> FactToCollect:
    return FactToCollect(question=text, of=customer.role, decides=[], deals=[], ask=[customer.name], value_usd=0, note=note)


def question(e: EntryFound) -> str:
    """Return what an open entry asks a person."""
    where = f"{e.name} ({', '.join(filter(None, (e.country, e.entry_id)))}) on the {e.title}"
    return {
        "party": f"Is {e.party} the same as {where}?",
        "address": f"Is {e.party} at the address that is listed as {where}?",
        "day": f"On which day was {where} listed? The list gives no date.",
        "items": f"Which items does the entry of {where} cover?",
        "posture": f"Does the rule on companies that listed parties own act on the day? If it does, footnotes of {e.name} count.",
    }[e.open or "party"]


def to_state(e: EntryFound) -> str:
    """Return how the answer to an open entry is stated."""
    return f"State it as same_as or not_same_as: {e.list_id}:{e.entry_id}."


def _urgency(c: Counterparty) -> int:
    """Return the place of a row: on a list, maybe on one, owned by listed parties or maybe so, with red flags, or none of these."""
    own = [e for e in c.entries if e.settled != "not_same"]
    if any(not e.open and not e.owner for e in own):
        return 0
    if own:
        return 1
    if c.owners and c.owners.status != "not_covered":
        return 2
    return 3 if any(not f.depends for f in c.red_flags) else 4
