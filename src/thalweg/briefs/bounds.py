"""What bounds a briefing: the steps that its verdicts ask for, the stretches that nobody verified, and the lists held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from thalweg.briefs.model import Cell, DealRow, ListHeld, Step
from thalweg.briefs.model_base import Sale, Source
from thalweg.briefs.words import counted, listed
from thalweg.pack.model import Pack

_FEW: Final = 3


def steps(cells: Sequence[Cell], deals: Sequence[DealRow]) -> list[Step]:
    """Return every step and duty of care once, with the deals and sales that it comes with; what most deals need first."""
    found: dict[tuple[str, str], tuple[dict[str, Source], list[str], list[Sale]]] = {}
    for deal in deals:
        for claim in deal.verdict.obligations:
            sources, ids, _ = found.setdefault((claim.text, claim.depends), ({}, [], []))
            ids.append(deal.id)
            sources.update({s.citation: s for s in claim.sources})
    for cell in cells:
        for claim in cell.verdict.obligations:
            sources, _, sales = found.setdefault((claim.text, claim.depends), ({}, [], []))
            sales.append(Sale(product=cell.product, place=cell.place))
            sources.update({s.citation: s for s in claim.sources})
    rows = [
        Step(text=text, depends=depends, sources=list(s.values()), deals=ids, sales=sales)
        for (text, depends), (s, ids, sales) in found.items()
    ]
    return sorted(rows, key=lambda r: (bool(r.depends), -len(r.deals), -len(r.sales)))


def unverified(pack: Pack, cells: Sequence[Cell], deals: Sequence[DealRow], date: dt.date, horizon: dt.date) -> list[str]:
    """Return the stretches of days that nobody verified, in words, with what of the briefing lies in them."""
    lines = []
    for through in sorted(set(pack.verified_through.values())):
        names = " and ".join(sorted(r.upper() for r, d in pack.verified_through.items() if d == through))
        if through < horizon:
            then = f"after it, to {horizon}, the text printed on that day is taken to stand"
            lines.append(f"The rules of {names} were verified through {through}; {then}.")
    late = [d.id for d in deals if d.verdict.beyond_verified]
    if late:
        lines.append(f"Deals decided on a day past verification: {', '.join(late)}.")
    if any(c.verdict.beyond_verified for c in cells):
        lines.append(f"The table of products and destinations stands on {date}, past verification.")
    return lines


_ORDER: Final = ("copy", "part", "complete", "nothing")


def lists_held(pack: Pack) -> list[ListHeld]:
    """Return the lists of parties and how much of each is held: copies that were screened first, then parts, whole ones and empty ones."""
    return sorted(map(_held, pack.lists.values()), key=lambda r: (_ORDER.index(r.holds), -r.rows, -(r.official_rows or 0)))


def _held(head: Mapping[str, Any]) -> ListHeld:
    title, official = str(head["title"]), head.get("official_rows")
    if (copy := head.get("screened")) is not None:
        return ListHeld(title=title, holds="copy", rows=int(copy["rows"]), official_rows=official, as_of=str(copy.get("data_date") or ""))
    rows = int(head.get("rows") or 0)
    holds = _holds(rows, official, partial=bool(head.get("partial")))
    return ListHeld(title=title, holds=holds, rows=rows, official_rows=official, as_of=str(head.get("as_of") or ""))


def _holds(rows: int, official: int | None, *, partial: bool) -> Literal["complete", "part", "nothing"]:
    if not rows:
        return "nothing"
    return "complete" if not partial or (official is not None and rows >= official) else "part"


def screened(lists: Sequence[ListHeld]) -> str:
    """Return in a sentence or two against which lists names were screened, and which are held whole, in part and not at all."""
    copies, part, whole, empty = ([x for x in lists if x.holds == h] for h in _ORDER)
    shown = listed([_copy(x) for x in copies]) if len(copies) <= _FEW else f"{len(copies)} lists, among them the {_copy(copies[0])}"
    said = [f"screened in a copy: {shown}"] if copies else []
    said += [f"held whole: {listed([x.title for x in whole])}"] if whole else []
    said += [f"held in part: {listed([f'{x.title} ({_rows(x)})' for x in part])}"] if part else []
    first = empty[:1] if len(empty) > 1 else empty
    among = f", among them the {first[0].title} ({_rows(first[0])})" if first else ""
    said += [f"not held: {counted(len(empty), 'list')}{among}"] if empty else []
    return f"Of {counted(len(lists), 'list')} of parties, {'; '.join(said)}." if said else "The pack holds no list of parties."


def _copy(x: ListHeld) -> str:
    return f"{x.title} of {x.as_of or 'an unknown day'} ({x.rows:,} rows)"


def _rows(x: ListHeld) -> str:
    return f"{x.rows:,} of {x.official_rows:,}" if x.official_rows is not None else f"{x.rows:,} rows"
