"""Makes the briefing of a portfolio."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from thalweg.briefs.licenses import Ledger
from thalweg.briefs.model import Briefing, Cell, Change, Coming, DealRow, DraftRow, FactToCollect, HeatRow, Verdict
from thalweg.briefs.portfolio import Deal, Portfolio, Product, read_portfolio
from thalweg.controls import Determination, Rulebook, decide, diff, rulebook, to_local_buyer
from thalweg.evidence import BadInput
from thalweg.pack.model import Pack
from thalweg.pack.overlay import drafts, overlay


def brief(
    portfolio: Portfolio | str | Path, *, pack: Pack, date: dt.date, since: dt.date | None = None, overlays: Sequence[str | Path] = ()
) -> Briefing:
    """Brief a portfolio on a date.

    Args:
        portfolio: a portfolio, or where it lies.
        pack: the knowledge, without the portfolio's own overlays.
        date: the day of the verdicts; deals that name a date are decided on it.
        since: the start of the window of changes; a year before ``date`` if left out.
        overlays: laid after those of the portfolio.

    Raises:
        BadInput: if the portfolio or an overlay cannot be read.
    """
    held = portfolio if isinstance(portfolio, Portfolio) else read_portfolio(portfolio)
    return _Brief(held, pack, date, since or _years(date, -1), overlays).make()


def _years(date: dt.date, by: int) -> dt.date:
    return dt.date(date.year + by, date.month, min(date.day, 28) if date.month == 2 else date.day)


class _Brief:
    """Decides each deal and cell once and gathers what the pages show."""

    def __init__(self, held: Portfolio, pack: Pack, date: dt.date, since: dt.date, overlays: Sequence[str | Path]) -> None:
        self.held, self.pack, self.date, self.since = held, pack, date, since
        names = [*held.overlays, *overlays]
        self.laid = overlay(pack, *names) if names else pack
        self.plain: Rulebook = rulebook(pack)
        self.book: Rulebook = rulebook(self.laid) if names else self.plain
        self.products = {p.id: p for p in held.products}
        self.customers = {c.id: c for c in held.customers}
        self.errors = list(held.errors)
        self.unknowns: set[str] = set()

    def make(self) -> Briefing:
        matrix = self._matrix()
        decided = self._decided()
        rows = self._deals(decided)
        headline = dict.fromkeys(("no_license_required", "license_exception", "license_required", "prohibited", "undetermined"), 0.0)
        for row in rows:
            headline[row.verdict.outcome] = headline.get(row.verdict.outcome, 0.0) + row.value_usd
        months, heat = self._heat(matrix)
        return Briefing(
            firm=self.held.firm.name,
            date=self.date.isoformat(),
            since=self.since.isoformat(),
            headline=headline,
            matrix=matrix,
            deals=rows,
            changed=self._changed(matrix, decided),
            coming=self._coming(),
            drafts=self._drafts(decided),
            months=months,
            heat=heat,
            facts=_facts(decided),
            unknowns=sorted(self.unknowns),
            overlays=[{k: str(o.get(k, "")) for k in ("id", "title", "kind", "reason", "author", "decided")} for o in self.laid.overlays],
            errors=self.errors,
            stamp=self.laid.stamp.as_dict(),
        )

    def _item(self, product: Product) -> Any:
        return product.item if product.item is not None else {"name": product.id, **(product.specification or {})}

    def _verdict(self, transaction: dict[str, Any]) -> tuple[Determination, Verdict]:
        found = decide(self.book, transaction)
        by = None
        if self.book is not self.plain:
            bare = decide(self.plain, transaction)
            if (bare.outcome, bare.review_policy) != (found.outcome, found.review_policy):
                laid = sorted({r.overlay for r in (*found.requirements, *found.review_rules) if r.overlay})
                by = f"{', '.join(laid) or 'an overlay'}; without it: {bare.outcome}" + (
                    f" ({bare.review_policy})" if bare.review_policy else ""
                )
        usable = [e for e in found.exceptions if e.available]
        cited = [c for r in (*found.requirements, *found.review_rules) for c in r.citations] + [c for e in usable for c in e.citations]
        self.unknowns.update(found.open_questions, (a.assumption for a in found.assumptions))
        if found.beyond_verified:
            self.unknowns.add(f"Verdicts after {self.laid.stamp.verified_through} lie beyond the day up to which the pack is verified.")
        return found, Verdict(
            outcome=found.outcome,
            codified_outcome=found.codified_outcome,
            policy=found.review_policy,
            exceptions=[e.exception for e in usable],
            why=[r.title for r in found.requirements] or ["no requirement of the pack applies"],
            citations=list(dict.fromkeys(c.citation or c.title for c in cited)),
            obligations=list(dict.fromkeys(o.obligation for o in found.obligations)),
            changed_by_overlay=by,
        )

    def _matrix(self) -> list[Cell]:
        cells = []
        for product in self.held.products:
            for place in self.held.destinations:
                try:
                    _, verdict = self._verdict(to_local_buyer(self._item(product), place.place, self.date))
                except BadInput as error:
                    self.errors.append(f"product {product.id!r} to {place.place!r}: {error}")
                    continue
                cells.append(Cell(product=product.id, place=place.place, verdict=verdict))
        return cells

    def _transaction(self, deal: Deal) -> dict[str, Any]:
        customer = self.customers[deal.customer]
        party = customer.model_dump(exclude={"id"}, exclude_none=True)
        firm = self.held.firm
        return {
            "id": deal.id,
            "date": deal.date or self.date,
            "activity": deal.activity,
            "item": self._item(self.products[deal.product]),
            "quantity": deal.quantity,
            "value_usd": deal.value_usd,
            "from": deal.export_from,
            "to": deal.to or customer.country,
            "exporter": {"name": firm.exporter or firm.name, "country": firm.country},
            "parties": [party],
            "facts": deal.facts,
        }

    def _decided(self) -> list[tuple[Deal, dict[str, Any], Determination, Verdict]]:
        found = []
        for deal in sorted(self.held.deals, key=lambda d: (d.date or self.date, d.id)):
            transaction = self._transaction(deal)
            try:
                found.append((deal, transaction, *self._verdict(transaction)))
            except BadInput as error:
                self.errors.append(f"deal {deal.id!r}: {error}")
        return found

    def _deals(self, decided: list[tuple[Deal, dict[str, Any], Determination, Verdict]]) -> list[DealRow]:
        ledger = Ledger(self.held.licenses)
        return [
            DealRow(
                id=deal.id,
                product=deal.product,
                customer=self.customers[deal.customer].name,
                to=t["to"],
                date=t["date"].isoformat(),
                value_usd=deal.value_usd,
                verdict=verdict,
                missing=[m.question for m in found.missing_facts],
                red_flags=[f.flag for f in found.red_flags],
                covers=ledger.draw(deal, t["to"], t["date"]) if found.outcome in {"license_required", "undetermined"} else [],
                trace=found.explain(),
            )
            for deal, t, found, verdict in decided
        ]

    def _changed(self, matrix: list[Cell], decided: list[tuple[Deal, dict[str, Any], Determination, Verdict]]) -> list[Change]:
        asked = [
            to_local_buyer(self._item(self.products[c.product]), c.place, self.date, {"id": f"{c.product} to {c.place}"}) for c in matrix
        ]
        asked += [t for _, t, _, _ in decided]
        rows = diff(self.book, self.book, asked, before_date=max(self.since, self.pack.covers_from), after_date=self.date).changed
        return [
            Change(
                what=r.id,
                before=_with_policy(r.before, r.before_policy),
                after=_with_policy(r.after, r.after_policy),
                rules=[f"{t.change}: {t.title} [{'; '.join(c.citation for c in t.citations)}]" for t in (*r.starts, *r.ends)],
            )
            for r in rows
        ]

    def _coming(self) -> list[Coming]:
        found = []
        for event in self.pack.events:
            switch = event.get("switch") or {}
            on = str(switch.get("on") or event.get("ended") or "")
            if not self.date.isoformat() <= on <= _years(self.date, 1).isoformat():
                continue
            cited = [str(s.get("citation", "")) for s in event.get("sources", ())]
            found.append(
                Coming(
                    on=on,
                    title=str(event["title"]),
                    printed=str(switch.get("printed", "ends as printed")),
                    expected=str(switch.get("expected", "")),
                    citations=cited,
                )
            )
        return sorted(found, key=lambda c: (c.on, c.title))

    def _drafts(self, decided: list[tuple[Deal, dict[str, Any], Determination, Verdict]]) -> list[DraftRow]:
        found = []
        for name in self.held.watch:
            if name not in drafts():
                self.errors.append(f"watch: there is no draft {name!r}; the drafts are {', '.join(drafts())}")
                continue
            laid = overlay(self.laid, name)
            head = laid.overlays[-1]
            on = max(self.date, dt.date.fromisoformat(str(head.get("assumed_from") or self.date)))
            rows = diff(self.book, rulebook(laid), [t for _, t, _, _ in decided], before_date=on, after_date=on)
            found.append(
                DraftRow(
                    draft=name,
                    title=str(head["title"]),
                    on=on.isoformat(),
                    deals=[r.id for r in rows.changed],
                    value_usd=rows.value_changed_usd,
                    citations=[str(s.get("citation", "")) for s in head.get("sources", ())],
                    not_expressed=[str(x) for x in head.get("not_expressed", ())],
                )
            )
        return found

    def _heat(self, matrix: list[Cell]) -> tuple[list[str], list[HeatRow]]:
        """Decide on the first of each month, again only where the law moved since the month before."""
        days = [dt.date(y, m, 1) for y in range(2022, self.date.year + 2) for m in range(1, 13)]
        days = [d for d in days if max(self.pack.covers_from, dt.date(2022, 10, 1)) <= d <= _years(self.date, 1)]
        turns = {d + 1 for d in (v.toordinal() for v in self.pack.verified_through.values())} | set(self.book.breakpoints)
        moved = [True, *(any(a.toordinal() < t <= b.toordinal() for t in turns) for a, b in itertools.pairwise(days))]
        rows = []
        for cell in matrix:
            outcomes: list[str] = []
            for day, fresh in zip(days, moved, strict=True):
                if fresh:
                    now = decide(self.book, to_local_buyer(self._item(self.products[cell.product]), cell.place, day)).outcome
                    outcomes.append(now)
                else:
                    outcomes.append(outcomes[-1])
            rows.append(HeatRow(product=cell.product, place=cell.place, outcomes=outcomes))
        return [d.strftime("%Y-%m") for d in days], rows


def _with_policy(outcome: str, policy: str | None) -> str:
    return f"{outcome} ({policy})" if policy else outcome


def _facts(decided: list[tuple[Deal, dict[str, Any], Determination, Verdict]]) -> list[FactToCollect]:
    """Return the facts to collect, those first that decide the most value."""
    asked: dict[str, list[Deal]] = {}
    for deal, _, found, _ in decided:
        for question in {m.question for m in found.missing_facts if "outcome" in m.decides or "review_policy" in m.decides}:
            asked.setdefault(question, []).append(deal)
    rows = [FactToCollect(question=q, deals=[d.id for d in ds], value_usd=sum(d.value_usd for d in ds)) for q, ds in asked.items()]
    return sorted(rows, key=lambda r: (-r.value_usd, r.question))
