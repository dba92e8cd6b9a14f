"""A briefing with what is gathered of the customers: the lists of the day, and who owns them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from thalweg.evidence import BadInput
from thalweg.nouns import name_key

if TYPE_CHECKING:
    from thalweg.briefs import Briefing, Portfolio
    from thalweg.briefs.gathered import Evidence, OwnersOn
    from thalweg.briefs.model_base import Claim
    from thalweg.briefs.model_firm import FirmView
    from thalweg.briefs.model_news import NewsView
    from thalweg.briefs.model_parties import OwnersFound, RulePosture
    from thalweg.briefs.portfolio_rows import Customer, Firm
    from thalweg.desk.gather import Gathered, Gatherer
    from thalweg.desk.owners import Owned
    from thalweg.pack import Listing, Pack
    from thalweg.parties.ownership.model import Inherited

_At = tuple[str, str, str]
_STATES: Final = {
    "enforced": "it acts",
    "stayed": "it is stayed",
    "not_enforced": "it is not enforced",
    "not_in_force": "it is not in force",
    "unknown": "whether it acts is not known",
}


def briefed(
    portfolio: str | Path,
    *,
    pack: Pack,
    date: dt.date,
    since: dt.date | None = None,
    overlays: Sequence[str | Path] = (),
    gatherer: Gatherer | None = None,
    policies: Mapping[str, Any] | None = None,
    news: str | Path | None = None,
    progress: Callable[[str], object] = str,
) -> Briefing:
    """Brief a portfolio over what is gathered of its customers.

    Args:
        portfolio: where it lies.
        pack: the knowledge.
        date: the day of the verdicts.
        since: the start of the window of changes; a year before ``date`` if left out.
        overlays: laid after those of the portfolio.
        gatherer: screens the customers and says who owns them; None leaves them to what the pack holds.
        policies: the policies, runs, seed and root of :func:`thalweg.desk.firm.firm_view`, where it is asked for.
        news: a store of the watch, by path or URL, for what happened and what it means.
        progress: told what is being done, as it begins.

    Raises:
        BadInput: if the portfolio, an overlay or a policy cannot be read, or the dates do not fit the pack or the model.
    """
    from thalweg.briefs import brief, read_portfolio
    from thalweg.briefs.brief import window
    from thalweg.briefs.check import check_portfolio
    from thalweg.briefs.gathered import NOTHING

    held, laid, evidence = read_portfolio(portfolio), pack, NOTHING
    days = window(pack, date, since)
    if gatherer is not None:
        progress("Screening the customers")
        held, laid, evidence = _Gathering(gatherer, pack, date, days).portfolio(check_portfolio(held, pack, date))
    view: FirmView | None = None
    if policies is not None:
        from thalweg.desk.firm import firm_view

        progress("Simulating the policies")
        owners = {c.id: on.facts for c in held.customers if (on := evidence.on(c.id, date))}
        view = firm_view(check_portfolio(held, laid, date), pack=laid, date=date, overlays=overlays, owners=owners, **policies)
    told: NewsView | None = None
    if news is not None:
        from thalweg.desk.watch_brief import news_view

        progress("Reading the news")
        told = news_view(check_portfolio(held, laid, date), pack=pack, date=date, since=window(pack, date, since)[0], store=news)
    shared: dict[str, Any] = {"counterparties": evidence, "policies": view, "news": told, "progress": progress}
    return brief(held, pack=laid, date=date, since=since, overlays=overlays, **shared)


class _Gathering:
    """Asks for each customer on every day that counts for it, and keeps in which days each entry stands under its name."""

    def __init__(self, gatherer: Gatherer, pack: Pack, date: dt.date, days: tuple[dt.date, dt.date]) -> None:
        self.gatherer, self.pack, self.date = gatherer, pack, date
        self.first, self.last = days
        self.found: dict[_At, dict[dt.date, Listing]] = {}
        self.asked: dict[str, set[dt.date]] = {}

    def portfolio(self, held: Portfolio) -> tuple[Portfolio, Pack, Evidence]:
        """Return the portfolio without the customers that cannot be asked about, the pack over what was found, and who owns them."""
        from thalweg.briefs.gathered import Evidence

        copies = self.gatherer.screen.lists(self.date) if self.gatherer.screen else ()
        read = {c.data_date for c in copies if c.data_date and self.first < c.data_date < self.date}
        days = {c.id: {self.first, self.date, *read} for c in held.customers}
        for deal in held.deals:
            days.get(deal.customer, set()).add(deal.date or self.date)
        lists = self._exporter(held.firm, {d for of_one in days.values() for d in of_one})
        kept, errors, owners = [], list(held.errors), {}
        for customer in held.customers:
            try:
                owners[customer.id], reviewed = self._customer(customer, days[customer.id])
            except BadInput as error:
                errors.append(f"{held.where('customers', customer.id)}, column {error}")
            else:
                kept.append(customer.model_copy(update=reviewed))
        listings = [x for at, by_day in self.found.items() for x in stretches(by_day, self.asked[at[0]])]
        laid = dataclasses.replace(self.pack, listings=(*self.pack.listings, *listings), lists=lists)
        evidence = Evidence({i: steps for i, steps in owners.items() if steps}, self._rule())
        return held.model_copy(update={"customers": kept, "errors": errors}), laid, evidence

    def _exporter(self, firm: Firm, days: Iterable[dt.date]) -> Mapping[str, Mapping[str, Any]]:
        """Gather what is known of the firm, and return the lists with the copies that hold on the date."""
        asked = {"exporter": {"name": firm.exporter or firm.name, "country": firm.country}}
        try:
            lists = self._gathered(asked, self.date).lists
            for day in sorted({*days} - {self.date}):
                self._gathered(asked, day)
        except BadInput as error:
            raise BadInput(f"firm, column {error}") from None
        return lists

    def _gathered(self, transaction: Mapping[str, Any], day: dt.date) -> Gathered:
        from thalweg.desk.gather import named

        gathered = self.gatherer.gather(self.pack, [{**transaction, "date": day}])
        for party in named(transaction):
            self.asked.setdefault(name_key(party["name"]), set()).add(day)
        for x in gathered.listings:
            self.found.setdefault((x.keys[0], x.list, x.entry_id), {})[day] = x
        return gathered

    def _customer(self, customer: Customer, days: Iterable[dt.date]) -> tuple[tuple[OwnersOn, ...], dict[str, list[str]]]:
        """Gather what is known of a customer, and again on each day within the window on which that may turn.

        Returns:
            What holdings say of it, from each day on, and the entries that it is and is not, reviewers' decisions of the date included.
        """
        from thalweg.briefs.gathered import OwnersOn

        if self.gatherer.screen and not name_key(customer.name):
            raise BadInput("name: holds no letter and no digit, so that no list can be searched for it; write the name of the party")
        transaction = {"parties": [customer.party()]}
        waiting, steps = {*days, self.date}, {}
        reviewed: dict[str, list[str]] = {}
        while waiting:
            day = min(waiting)
            waiting.remove(day)
            gathered = self._gathered(transaction, day)
            known = next((k for k in gathered.parties if k.party is transaction["parties"][0]), None)
            if day == self.date:
                (judged,) = gathered.transactions[0]["parties"]
                reviewed = {k: list(judged.get(k, ())) for k in ("same_as", "not_same_as")}
            if known and known.owned:
                steps[day] = OwnersOn(day, known.owned.facts, _owners(known.owned, self.pack))
                waiting |= self._turns(known.owned) - {*steps}
        return tuple(steps[day] for day in sorted(steps)), reviewed

    def _turns(self, owned: Owned) -> set[dt.date]:
        rule = self.pack.rules.get(self.gatherer.holdings.regime.rule) if self.gatherer.holdings else None
        acts = {day for v in rule.versions for a, b, _ in v.enforced for day in (a, b)} if rule else set()
        return {dt.date.fromordinal(d) for d in {*owned.turns, *acts} if self.first.toordinal() < d <= self.last.toordinal()}

    def _rule(self) -> RulePosture | None:
        """Return whether the rule on companies that listed parties own acts on the date, and what comes next."""
        if self.gatherer.holdings is None:
            return None
        from thalweg.briefs.claims import sources
        from thalweg.briefs.model_parties import RulePosture
        from thalweg.pack.order import matches
        from thalweg.parties.ownership.regime import posture_on

        regime = self.gatherer.holdings.regime
        now = posture_on(self.pack, regime, self.date)
        then = f"from {now.until} on {_STATES[posture_on(self.pack, regime, dt.date.fromisoformat(now.until)).state]}" if now.until else ""
        since = f", since {now.since}" if now.since else ""
        events = (e for e in self.pack.events if any(matches(p, regime.rule) for p in e.get("rules") or ()))
        switch = next((e["switch"] for e in events if e.get("switch")), None)
        return RulePosture(
            title=regime.title,
            today=f"on {self.date} {_STATES[now.state]}{since}",
            next=then,
            switch=f"{switch['on']}: as printed, {switch['printed']}; as expected, {switch['expected']}" if switch else "",
            sources=sources(regime.sources),
        )


def stretches(by_day: Mapping[dt.date, Listing], asked: Iterable[dt.date]) -> list[Listing]:
    """Return an entry in the days in which it stands under a name, as far as the days asked about tell.

    What is found on a day holds until the next day asked about, on which it is found otherwise, or not at all; an entry that stood under
    the name only on some of the days is none on the others.
    """
    found: list[Listing] = []
    days = sorted({*asked, *by_day})
    for before, day, after in zip([None, *days], days, [*days[1:], None], strict=False):
        x = by_day.get(day)
        if x is None:
            continue
        start = x.start if before is None or x.start > before.toordinal() else day.toordinal()
        end = x.end if after is None else min(x.end, after.toordinal())
        last = found[-1] if found else None
        if last and last.end == start and dataclasses.replace(last, start=x.start, end=x.end, why=last.why[: len(x.why)]) == x:
            found[-1] = dataclasses.replace(last, end=end)
        elif start < end:
            seen = () if start == x.start or x.owned else (f"seen from {day} on, and not known to be so before",)
            found.append(dataclasses.replace(x, start=start, end=end, why=(*x.why, *seen)))
    return found


def _owners(owned: Owned, pack: Pack) -> OwnersFound:
    """Return what holdings say of a party, as pages show it."""
    from thalweg.briefs.claims import sources
    from thalweg.briefs.model_parties import OwnersFound

    status, party = owned.status, owned.party
    share = status.listed_share.get(party)
    inherited = status.inherits.get(party)
    here = status.status[party]
    if_acting = (status.if_in_force or {}).get(party, "")
    return OwnersFound(
        status=here,
        if_acting="" if if_acting == here else if_acting,
        low=share.min if share else 0.0,
        high=share.max if share else 0.0,
        chains=status.chains.get(party, []),
        listed_owners=inherited.listed_owners if inherited else [],
        takes_on=_taken(inherited, pack) if inherited else "",
        red_flags=[*_flags(owned, pack)],
        questions=[*dict.fromkeys(q.question for q in status.questions)],
        notes=[*dict.fromkeys(owned.notes)],
        sources=sources(inherited.citations if inherited else ()),
    )


def _taken(inherited: Inherited, pack: Pack) -> str:
    """Return what a covered party takes from the listed owners above it, in words."""
    titles = [str(pack.lists.get(code.partition(":")[0], {}).get("title", code)) for code in inherited.lists]
    said = [*dict.fromkeys(titles), *(f"footnote {n}" for n in inherited.footnotes)]
    return ", ".join([*said, *([inherited.policy.replace("_", " ")] if inherited.policy else [])])


def _flags(owned: Owned, pack: Pack) -> Iterable[Claim]:
    """Yield the red flags of a party and of those above it, each with where it is read."""
    from thalweg.briefs.claims import sources
    from thalweg.briefs.model_base import Claim

    regime = pack.ownership[owned.status.regime]
    cited = {"minority": regime.minority.sources, "unknown_share": regime.unknown_share.sources, "not_acting": regime.sources}
    for flag in owned.status.red_flags:
        yield Claim(text=flag.why, sources=sources(cited[flag.kind]))
