"""Makes the briefing of a portfolio."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from thalweg.briefs.ahead import coming, watched
from thalweg.briefs.bounds import lists_held, steps, unverified
from thalweg.briefs.check import check_portfolio, item_of, place_code
from thalweg.briefs.claims import sources
from thalweg.briefs.counterparties import counterparties as counterparties_of
from thalweg.briefs.counterparties import stood
from thalweg.briefs.facts import Decided, to_collect
from thalweg.briefs.firm_words import under
from thalweg.briefs.gathered import NOTHING, Evidence
from thalweg.briefs.judge import Judge, years
from thalweg.briefs.licenses import Ledger
from thalweg.briefs.model import Briefing, Cell, Change, DealRow, HeatRow, LicenseRow, Notice, Question
from thalweg.briefs.model_base import Hit, Sale
from thalweg.briefs.model_firm import FirmView
from thalweg.briefs.model_news import NewsView
from thalweg.briefs.owners import owners_to_ask
from thalweg.briefs.portfolio import read_portfolio
from thalweg.briefs.portfolio_rows import Deal, Portfolio
from thalweg.briefs.summary import lead, points, totals
from thalweg.briefs.turns import FIRST_DAY, Asked, OverTime, changes, spans, states, turning_days
from thalweg.briefs.words import OPEN
from thalweg.controls import decide, to_local_buyer
from thalweg.evidence import BadInput
from thalweg.pack.model import Pack


def brief(
    portfolio: Portfolio | str | Path,
    *,
    pack: Pack,
    date: dt.date,
    since: dt.date | None = None,
    overlays: Sequence[str | Path] = (),
    counterparties: Evidence = NOTHING,
    policies: FirmView | None = None,
    news: NewsView | None = None,
    progress: Callable[[str], object] = str,
) -> Briefing:
    """Brief a portfolio on a date.

    Args:
        portfolio: a portfolio, or where it lies.
        pack: the knowledge, without the portfolio's own overlays; entries of lists that were found stand under the names of the customers.
        date: the day of the verdicts; deals that name a date are decided on it.
        since: the start of the window of changes; a year before ``date`` if left out.
        overlays: laid after those of the portfolio.
        counterparties: who owns the customers, where holdings were read.
        policies: what policies would mean for the portfolio, where they were asked about.
        news: what happened and what it means for it, where a store of the watch was named.
        progress: told what is being done, as it begins.

    Raises:
        BadInput: if the portfolio or an overlay cannot be read, or the dates do not fit the pack.
    """
    start, _ = window(pack, date, since)
    held = portfolio if isinstance(portfolio, Portfolio) else read_portfolio(portfolio)
    return _Brief(held, Judge(pack, [*held.overlays, *overlays]), date, start, counterparties, progress).make(policies, news)


def window(pack: Pack, date: dt.date, since: dt.date | None = None) -> tuple[dt.date, dt.date]:
    """Return the first day of the window of changes and the last day of what is coming.

    Raises:
        BadInput: if the window does not start before the date.
    """
    start = max(since or years(date, -1), pack.covers_from)
    if date <= start:
        raise BadInput(f"the briefing is for {date} and its window starts on {start}; give a later date or an earlier start")
    return start, years(date, 1)


class _Brief:
    """Decides each deal and cell once and gathers what the pages show."""

    def __init__(
        self, held: Portfolio, judge: Judge, date: dt.date, since: dt.date, evidence: Evidence, progress: Callable[[str], object]
    ) -> None:
        self.judge, self.date, self.since, self.evidence, self.progress = judge, date, since, evidence, progress
        self.horizon = years(date, 1)
        self.held = check_portfolio(held, judge.pack, date)
        self.products = {p.id: p for p in self.held.products}
        self.customers = {c.id: c for c in self.held.customers}
        self.errors = list(self.held.errors)
        self.exporter = {"name": held.firm.exporter or held.firm.name, "country": held.firm.country}

    def make(self, policies: FirmView | None, news: NewsView | None) -> Briefing:
        self.progress("Deciding each product at each destination")
        local = self._local()
        cells = self._matrix(local)
        self.progress("Deciding the deals")
        decided = self._decided()
        ledger = Ledger(self.held.licenses, lambda place: place_code(self.judge.pack, place, self.date))
        deals = self._deals(decided, ledger)
        licenses = ledger.rows(self.date, {c.id: c.name for c in self.held.customers})
        self.progress("Following the verdicts over time")
        heat, changed, turning = self._over_time(local, decided)
        self.progress("Laying the drafts")
        drafts, unwatched = watched(self.judge, self.held.watch, [d.asked for d in decided], self.date)
        owners = list(owners_to_ask(self.judge, decided))
        facts = to_collect(decided, owners, self.held.firm.name)
        laid = self.judge.pack
        ahead = coming(laid, licenses, self.date, self.horizon)
        lists = lists_held(laid)
        parties = counterparties_of(self.judge.law, self.held.customers, decided, owners, self.evidence, lists, self.date)
        return Briefing(
            firm=self.held.firm.name,
            role=self.held.firm.role,
            date=self.date.isoformat(),
            since=self.since.isoformat(),
            lead=lead(deals),
            points=[*points(deals, cells, changed, ahead, drafts, facts, lists, self.since), *under(policies)],
            headline=totals(deals),
            products={p.id: p.item or "described by its specifications" for p in self.held.products},
            places=self._places(deals, licenses),
            matrix=cells,
            deals=deals,
            counterparties=parties,
            licenses=licenses,
            changed=changed,
            turning=turning,
            horizon=self.horizon.isoformat(),
            coming=ahead,
            drafts=drafts,
            policies=policies,
            news=news,
            heat=heat,
            facts=facts,
            steps=steps(cells, deals),
            unverified=unverified(laid, cells, deals, self.date, self.horizon),
            lists=lists,
            open_questions=sorted(self.judge.open_questions),
            taken=self.judge.taken(),
            verdicts=self.judge.verdicts,
            overlays=[{k: str(o.get(k) or "") for k in ("id", "title", "kind", "reason", "author", "decided")} for o in laid.overlays],
            errors=[*self.errors, *unwatched, *self._loosened()],
            stamp=laid.stamp.as_dict(),
        )

    def _local(self) -> dict[Sale, dict[str, Any]]:
        """Return the sale of each product to a local buyer at each destination, by the firm."""
        return {
            Sale(product=p.id, place=d.place): to_local_buyer(item_of(p), d.place, self.date, {"exporter": self.exporter})
            for p in self.held.products
            for d in self.held.destinations
        }

    def _matrix(self, local: Mapping[Sale, dict[str, Any]]) -> list[Cell]:
        return [Cell(product=sale.product, place=sale.place, verdict=self.judge.verdict(asked)[1]) for sale, asked in local.items()]

    def _places(self, deals: Sequence[DealRow], licenses: Sequence[LicenseRow]) -> dict[str, str]:
        """Return what each place is called: as the portfolio labels it, or as the pack does."""
        known = self.judge.pack.places
        used = [*(d.place for d in self.held.destinations), *(d.to for d in deals), *(p for x in licenses for p in x.destinations)]
        labels = {d.place: d.label for d in self.held.destinations if d.label}
        return {p: labels.get(p) or str(known.get(p.upper(), {}).get("name", p)) for p in dict.fromkeys(used)}

    def _transaction(self, deal: Deal) -> dict[str, Any]:
        customer = self.customers[deal.customer]
        day = deal.date or self.date
        owners = self.evidence.on(customer.id, day)
        return {
            "id": deal.id,
            "date": day,
            "activity": deal.activity,
            "item": item_of(self.products[deal.product]),
            "quantity": deal.quantity,
            "value_usd": deal.value_usd,
            "from": deal.export_from,
            "to": deal.to or customer.country,
            "exporter": self.exporter,
            "parties": [{**(owners.facts if owners else {}), **customer.party()}],
            "facts": deal.facts,
        }

    def _decided(self) -> list[Decided]:
        found = []
        for deal in sorted(self.held.deals, key=lambda d: (d.date or self.date, d.id)):
            missing = [n for n, known in ((deal.product, self.products), (deal.customer, self.customers)) if n not in known]
            if missing:
                self.errors.append(f"{self.held.where('deals', deal.id)}: left out with {missing[0]!r}, which could not be read")
                continue
            asked = self._transaction(deal)
            try:
                on = self.evidence.on(deal.customer, asked["date"])
                held = on.found if on else None
                found.append(Decided(deal, self.customers[deal.customer], asked, *self.judge.verdict(asked), held))
            except BadInput as error:
                self.errors.append(f"{self.held.where('deals', deal.id)}, column {error}")
        return found

    def _deals(self, decided: list[Decided], ledger: Ledger) -> list[DealRow]:
        pack = self.judge.pack
        return [
            DealRow(
                id=d.deal.id,
                product=d.deal.product,
                customer=self.customers[d.deal.customer].name,
                to=d.asked["to"],
                date=d.asked["date"].isoformat(),
                value_usd=d.deal.value_usd,
                quantity=d.deal.quantity,
                verdict=d.verdict,
                missing=[Question(fact=m.fact, question=m.question, of=m.of, decides=m.decides) for m in d.found.missing_facts],
                listed=[_hit(h, pack) for h in d.found.screening],
                covers=ledger.draw(d.deal, d.asked["to"], d.asked["date"])
                if d.verdict.shown in {"license_required", "undetermined"}
                else [],
                notice=self._notice(d),
                trace=self._trace(d),
            )
            for d in decided
        ]

    def _notice(self, d: Decided) -> Notice | None:
        """Return the notice of the exception on which a deal hangs, with the last day for it and what follows if that has passed."""
        if d.verdict.notice_days is None:
            return None
        by = d.asked["date"] - dt.timedelta(d.verdict.notice_days)
        earliest = self.date + dt.timedelta(d.verdict.notice_days) if by < self.date else None
        names = dict.fromkeys(e.exception for e in d.found.exceptions if e.available is not False and e.notice_days)
        return Notice(
            exception=" or ".join(names),
            days=d.verdict.notice_days,
            by=by.isoformat(),
            earliest=earliest.isoformat() if earliest else "",
        )

    def _trace(self, d: Decided) -> str:
        """Return the trace by law, and where the firm's own rules act that with them."""
        if not d.verdict.house:
            return d.found.explain()
        return f"{d.found.explain()}\n\nWith the firm's own rules\n{decide(self.judge.firm, d.asked).explain()}"

    def _loosened(self) -> list[str]:
        return [f"overlay {i!r}: a house rule cannot loosen the law; not applied where it would" for i in sorted(self.judge.loosened)]

    def _over_time(self, local: dict[Sale, dict[str, Any]], decided: list[Decided]) -> tuple[list[HeatRow], list[Change], list[Change]]:
        """Return the verdicts over time, what turned within the window (latest first) and what turns within a year."""
        deals: Asked = {d.deal.id: OverTime(d.asked, self._steps(d)) for d in decided}
        sales: Asked = {sale: OverTime(asked) for sale, asked in local.items()}
        first = max(self.judge.pack.covers_from, FIRST_DAY)
        whole = [first, *turning_days(self.judge, first, self.horizon)]
        days = turning_days(self.judge, self.since, self.horizon, deals.values())
        eves = [d - dt.timedelta(1) for d in days]
        found = states(self.judge, sales, [*whole, *days, *eves]) | states(self.judge, deals, [*days, *eves])
        heat = [HeatRow(product=s.product, place=s.place, spans=spans(s, found, whole, self.horizon)) for s in local]
        past, ahead = [d for d in days if d <= self.date], [d for d in days if d > self.date]
        changed, turning = (changes(self.judge, deals | sales, found, part) for part in (past, ahead))
        return heat, sorted(changed, key=lambda c: c.on, reverse=True), turning

    def _steps(self, d: Decided) -> list[tuple[dt.date, Mapping[str, Any]]]:
        """Return the facts that holdings give of the customer of a deal, each from its day on, without those that the portfolio states."""
        stated = d.customer.party()
        return [(s.day, {k: v for k, v in s.facts.items() if k not in stated}) for s in self.evidence.owners.get(d.customer.id, ())]


def _hit(hit: dict[str, Any], pack: Pack) -> Hit:
    title = pack.lists.get(hit["list"], {}).get("title", hit["list"])
    party, doubt = str(hit["party"]), str(hit.get("open") or "")
    day = "" if hit.get("through") else stood(pack, party, hit["list"], hit["entry_id"])[0]
    since = f" since {day}" if day else ""
    why = f" ({'; '.join(hit['why'])})" if hit.get("why") else ""
    through = hit.get("through") == "owners"
    text = f"{party} is owned by parties on the {title}: {hit['name']}" if through else f"{party} is on the {title} as {hit['name']}{since}"
    return Hit(
        text=text + why,
        sources=sources(hit.get("citations") or ()),
        depends=OPEN.get(doubt, ""),
        party=party,
        standing="open" if doubt else "owner" if through or hit.get("role") == "owner" else "listed",
    )
