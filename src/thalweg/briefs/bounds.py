"""What bounds a briefing: the steps that its verdicts ask for, the stretches that nobody verified, and the lists held in part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from thalweg.briefs.model import Cell, DealRow, ListHeld, Sale, Source, Step
from thalweg.pack.model import Pack


def steps(cells: Sequence[Cell], deals: Sequence[DealRow]) -> list[Step]:
    """Return every step and duty of care once, with the deals and sales that it comes with; what most deals need first."""
    found: dict[str, tuple[dict[str, Source], list[str], list[Sale]]] = {}
    for deal in deals:
        for claim in deal.verdict.obligations:
            sources, ids, _ = found.setdefault(claim.text, ({}, [], []))
            ids.append(deal.id)
            sources.update({s.citation: s for s in claim.sources})
    for cell in cells:
        for claim in cell.verdict.obligations:
            sources, _, sales = found.setdefault(claim.text, ({}, [], []))
            sales.append(Sale(product=cell.product, place=cell.place))
            sources.update({s.citation: s for s in claim.sources})
    rows = [Step(text=text, sources=list(s.values()), deals=ids, sales=sales) for text, (s, ids, sales) in found.items()]
    return sorted(rows, key=lambda r: (-len(r.deals), -len(r.sales)))


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
    """Return the lists of parties that the pack holds in part or by name only."""
    rows = [
        ListHeld(title=str(h["title"]), rows=int(h.get("rows") or 0), official_rows=h.get("official_rows"), as_of=str(h.get("as_of") or ""))
        for h in pack.lists.values()
        if h.get("partial")
    ]
    return sorted(rows, key=lambda r: -r.rows)
