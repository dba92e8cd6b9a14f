"""What bounds a briefing: the steps that its verdicts ask for, the stretches that nobody verified, and the lists held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from thalweg.briefs.model import Cell, DealRow, ListHeld, Sale, Source, Step
from thalweg.briefs.words import counted, listed
from thalweg.pack.model import Pack


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


def lists_held(pack: Pack) -> list[ListHeld]:
    """Return the lists of parties and how much of each the pack holds: those in part first, then whole ones, then empty ones."""
    rows = [
        ListHeld(
            title=str(h["title"]),
            holds=_holds(int(h.get("rows") or 0), h.get("official_rows"), partial=bool(h.get("partial"))),
            rows=int(h.get("rows") or 0),
            official_rows=h.get("official_rows"),
            as_of=str(h.get("as_of") or ""),
        )
        for h in pack.lists.values()
    ]
    return sorted(rows, key=lambda r: (("part", "complete", "nothing").index(r.holds), -r.rows, -(r.official_rows or 0)))


def _holds(rows: int, official: int | None, *, partial: bool) -> Literal["complete", "part", "nothing"]:
    if not rows:
        return "nothing"
    return "complete" if not partial or (official is not None and rows >= official) else "part"


def screened(lists: Sequence[ListHeld]) -> str:
    """Return in a sentence or two which lists are held whole, in part and not at all."""
    whole, part, empty = ([x for x in lists if x.holds == h] for h in ("complete", "part", "nothing"))
    said = [f"held whole: {listed([x.title for x in whole])}"] if whole else []
    said += [f"held in part: {listed([f'{x.title} ({_rows(x)})' for x in part])}"] if part else []
    first = empty[:1] if len(empty) > 1 else empty
    among = f", among them the {first[0].title} ({_rows(first[0])})" if first else ""
    said += [f"not held: {counted(len(empty), 'list')}{among}"] if empty else []
    return f"Of {counted(len(lists), 'list')} of parties, {'; '.join(said)}." if said else "The pack holds no list of parties."


def _rows(x: ListHeld) -> str:
    return f"{x.rows:,} of {x.official_rows:,}" if x.official_rows is not None else f"{x.rows:,} rows"
