"""A firm's portfolio under policies, on the simulator: license risk, revenue at stake, fees and research as ranges over runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from thalweg.briefs.model_firm import FirmNumber, FirmPolicy, FirmView, MatchedProduct, Measure, Mover
from thalweg.desk.firm_runs import Market, market, part_of_market
from thalweg.desk.firm_sales import (
    DENIED_AT,
    FREE_AT,
    LICENSED_AT,
    UNKNOWN_AT,
    UNNAMED_AT,
    FirmSale,
    Standings,
    basis_of,
    matched_products,
    sales_of,
    sales_under,
)
from thalweg.desk.packs import Overlays
from thalweg.desk.policies import Ready, rules_of
from thalweg.desk.scenarios_asked import Asked, asked, content_hash, policy_of
from thalweg.desk.simulate import significant
from thalweg.desk.simulate_drivers import NONE as NOTHING
from thalweg.desk.simulate_drivers import Drivers, drivers
from thalweg.evidence import BadInput
from thalweg.scenarios.quantiles import NAMES, quantiles
from thalweg.scenarios.quarters import FIRST_YEAR, LABELS, LAST_YEAR, QUARTERS

if TYPE_CHECKING:
    from thalweg.briefs.portfolio_rows import Firm, Portfolio
    from thalweg.pack.model import Pack

AHEAD: Final = (1, 2, 4)
"""Years after the year of the briefing for which results are given."""
PERCENT: Final = "% of sales"
OF_SALES_THERE: Final = "% of sales in China"
USD: Final = "USD a year"
UNITS: Final[dict[Measure, str]] = {
    "license_risk": PERCENT,
    "denied": PERCENT,
    "not_known": PERCENT,
    "at_stake": USD,
    "china_market": USD,
    "fee_share": OF_SALES_THERE,
    "china_sales": USD,
    "fee": USD,
    "research": USD,
}


def firm_view(
    held: Portfolio,
    *,
    pack: Pack,
    date: dt.date,
    policies: Sequence[str | Path],
    runs: int = 2000,
    seed: int | None = None,
    root: str | Path | None = None,
    overlays: Overlays = (),
    owners: Mapping[str, Mapping[str, Any]] | None = None,
) -> FirmView:
    """Return a portfolio under policies.

    Args:
        held: the portfolio, held against the pack.
        pack: the knowledge.
        date: the day of the briefing; its revenue is that of a year as of this day.
        policies: by id or path; the others are held against the first in the same runs.
        runs: how many draws of the estimates.
        seed: of the draws; one is chosen if left out.
        root: the folder of the pack; the embedded pack if left out.
        overlays: laid over the market's rules as well; those of the portfolio bear on the firm's own sales only.
        owners: facts on who owns the customers, by their id, where holdings were read.

    Raises:
        BadInput: for a policy that is not there or stands twice, a date outside the model, or a portfolio without sales.
        PackError: if a policy or an overlay does not hold to its format.
    """
    from thalweg.pack.overlay import overlay

    years = _years(date)
    laws, own = _laws(overlays), _laws([*held.overlays, *overlays])
    found = _policies(policies, root, laws)
    question = asked(runs=runs, seed=seed, pack=root, overlays=laws)
    law = overlay(pack, *own) if own else pack
    matched = matched_products(held, law)
    sales = sales_of(held, law, date, matched, owners or {})
    return _View(held, law, date, years, found, question, matched, sales).make()


def _years(date: dt.date) -> list[int]:
    if not FIRST_YEAR < date.year < LAST_YEAR:
        within = f"brief on a day from {FIRST_YEAR + 1} to {LAST_YEAR - 1}"
        raise BadInput(f"policies: {date} is too near the ends of the model, which runs from {FIRST_YEAR} to {LAST_YEAR}; {within}")
    return [date.year + n for n in AHEAD if date.year + n <= LAST_YEAR]


def _laws(overlays: Overlays) -> list[str | Path]:
    """Return the overlays without house rules, which are no law."""
    from thalweg.briefs.words import HOUSE
    from thalweg.pack.overlay import find_overlay
    from thalweg.pack.reader import read_yaml

    return [o for o in overlays if read_yaml(find_overlay(o) / "overlay.yaml").data.get("kind") != HOUSE]


def _policies(names: Sequence[str | Path], root: str | Path | None, overlays: Overlays) -> list[Ready]:
    if isinstance(names, str) or not names:
        raise BadInput("policies: name at least one, in a list")
    found = [policy_of(name, pack=root, overlays=overlays)[0] for name in names]
    ids = [p.policy.id for p in found]
    if twice := [i for i in ids if ids.count(i) > 1]:
        raise BadInput(f"policies: {twice[0]!r} stands twice; keep one")
    return found


@dataclass(frozen=True, slots=True)
class _Result:
    """A result over runs in one year; runs without such a number hold NaN."""

    measure: Measure
    year: int
    values: np.ndarray


class _View:
    """Works out what each policy means for the firm."""

    def __init__(
        self,
        held: Portfolio,
        law: Pack,
        date: dt.date,
        years: list[int],
        found: list[Ready],
        question: Asked,
        matched: list[MatchedProduct],
        sales: list[FirmSale],
    ) -> None:
        self.held, self.law, self.date, self.years, self.found, self.question = held, law, date, years, found, question
        self.matched, self.sales = matched, sales
        self.now = 4 * (date.year - FIRST_YEAR) + (date.month - 1) // 3
        self.basis = basis_of(held)
        self.standings = Standings(self.law, found[0].threshold, self.now)
        self.weights = np.array([s.weight for s in self.sales])
        self.stated = float(self.weights.sum()) if self.basis == "revenue" else None
        there = sum(s.weight for s in self.sales if s.market)
        self.there: float | None = there if self.basis == "revenue" else None
        self.sells_there = any(s.market for s in self.sales)
        self.more = 0.0
        self._bases: dict[str, Market] = {}

    def make(self) -> FirmView:
        from thalweg.briefs.firm_words import assumed, unknown

        first: dict[tuple[Measure, int], np.ndarray] = {}
        rows = [self._policy(policy, first) for policy in self.found]
        names = sorted({"firm", *UNITS})
        return FirmView(
            basis=self.basis,
            stated_usd=self.stated,
            china_usd=self.there,
            years=self.years,
            base=f"{LABELS[self.now - 4]} to {LABELS[self.now - 1]}",
            products=self.matched,
            policies=rows,
            assumes=assumed(self.held.firm, self.basis, sells_there=self.sells_there),
            unknown=unknown(self.held, self.matched, self.basis, sold={s.product for s in self.sales}, beyond=self.more),
            as_of=str(self.question.stamp["verified_through"]),
            asked=self.question.as_dict(),
            hash=content_hash(self.question, self.found, names, firm=self._content()),
        )

    def _content(self) -> dict[str, Any]:
        """Return what of the portfolio the results rest on, for the hash."""
        firm = self.held.firm
        rows = [[s.product, s.place, s.item, s.weight, s.asked] for s in self.sales]
        return {
            "date": self.date.isoformat(),
            "law": self.law.stamp.as_dict(),
            "basis": self.basis,
            "sales": rows,
            "revenue_usd": firm.revenue_usd,
            "rd_usd": firm.rd_usd,
        }

    def _policy(self, policy: Ready, first: dict[tuple[Measure, int], np.ndarray]) -> FirmPolicy:
        p = policy.policy
        seen = market(self.question, policy)
        standing, own = self._standing(policy)
        share = np.einsum("s,rsct->rct", self.weights / self.weights.sum(), standing)
        run = np.arange(QUARTERS)[:, None]
        by_class = np.moveaxis(share, 1, 2)[seen.rules, run]  # (44, runs, 5): under the rules in which each run stands
        risk = by_class[..., [LICENSED_AT, UNNAMED_AT, DENIED_AT]].sum(axis=-1)
        results = list(self._shares(by_class, risk))
        if self.sells_there:
            results += self._market(seen, standing, policy)
        if not first:
            numbers = self._numbers(results, {})
            first |= {(r.measure, r.year): r.values for r in results}
        else:
            numbers = self._numbers(results, first)
        return FirmPolicy(
            id=p.id,
            title=p.title,
            summary=p.summary,
            starts=p.starts,
            sha256=p.sha256,
            assumes=[*p.assumes],
            not_expressed=[*p.not_expressed],
            numbers=numbers,
            by_quarter={LABELS[t]: levels(100.0 * risk[t]) for t in range(self.now, QUARTERS)},
            sales=sales_under(self.sales, own, self.now),
        )

    def _standing(self, policy: Ready) -> tuple[np.ndarray, np.ndarray]:
        """Return how the sales stand under the rules before the policy, its own and those of its triggers, and under its own alone."""
        before = policy.before or policy
        stacks = [(before.policy, None), (policy.policy, None), *((policy.policy, b.rule) for b in policy.branches)]
        found = [self.standings.under(self.sales, rules_of(p, trigger), p.grants) for p, trigger in stacks]
        return np.stack(found), found[1]

    def _shares(self, by_class: np.ndarray, risk: np.ndarray) -> Sequence[_Result]:
        rows = []
        for year in self.years:
            at = _quarters(year)
            rows.append(_Result("license_risk", year, 100.0 * risk[at].mean(axis=0)))
            rows.append(_Result("denied", year, 100.0 * by_class[at, :, DENIED_AT].mean(axis=0)))
            rows.append(_Result("not_known", year, 100.0 * by_class[at, :, UNKNOWN_AT].mean(axis=0)))
            if self.stated is not None:
                rows.append(_Result("at_stake", year, self.stated * risk[at].mean(axis=0)))
        return rows

    def _market(self, seen: Market, standing: np.ndarray, policy: Ready) -> list[_Result]:
        """Return the market in China, and the firm's part of it at the part that it has today."""
        rows = []
        for year in self.years:
            at = _quarters(year)
            gross, fee = seen.gross[at].sum(axis=0), seen.fee[at].sum(axis=0)
            rows.append(_Result("china_market", year, gross))
            rows.append(_Result("fee_share", year, np.divide(100.0 * fee, gross, out=np.full_like(gross, np.nan), where=gross > 0)))
        if not self.there:
            return rows
        base = self._base(policy)
        part, more = part_of_market(self.there, base.gross[self.now - 4 : self.now].sum(axis=0))
        self.more = max(self.more, more)
        goes = self._goes(standing)[seen.rules, np.arange(QUARTERS)[:, None]]
        spent = self._research_share()
        for year in self.years:
            at = _quarters(year)
            for measure, money in (("china_sales", seen.gross), ("fee", seen.fee)):
                rows.append(_Result(measure, year, part * (money[at] * goes[at]).sum(axis=0)))  # type: ignore[arg-type]
            rows.append(_Result("research", year, spent * part * (seen.net[at] * goes[at]).sum(axis=0)))
        return rows

    def _base(self, policy: Ready) -> Market:
        """Return the market under the rules before a policy."""
        before = policy.before or policy
        if before.policy.sha256 not in self._bases:
            self._bases[before.policy.sha256] = market(self.question, before)
        return self._bases[before.policy.sha256]

    def _goes(self, standing: np.ndarray) -> np.ndarray:
        """Return which share of the firm's sales in the market may go on some day of a quarter, (rules, 44)."""
        there = np.array([s.weight if s.market else 0.0 for s in self.sales])
        may = standing[:, :, [FREE_AT, LICENSED_AT]].sum(axis=2) > 0
        return np.asarray(np.einsum("s,rst->rt", there / there.sum(), may))

    def _research_share(self) -> Any:
        """Return which share of revenue goes to research: the firm's own where it states both, else as drawn, (runs,)."""
        own = research_share(self.held.firm)
        return self.question.draws().draws["rd"] if own is None else own

    def _moved(self, results: Sequence[_Result]) -> list[Drivers]:
        """Return what moves each result, from the runs in which there is one."""
        found = [NOTHING] * len(results)
        masks = [np.isfinite(r.values) for r in results]
        for mask in {m.tobytes(): m for m in masks}.values():
            at = [i for i, m in enumerate(masks) if m.tobytes() == mask.tobytes()]
            if mask.any():
                draws = {name: values[mask] for name, values in self.question.draws().draws.items()}
                told = drivers(self.question.estimates, draws, np.stack([results[i].values[mask] for i in at]))
                for i, one in zip(at, told, strict=True):
                    found[i] = one
        return found

    def _numbers(self, results: Sequence[_Result], first: Mapping[tuple[Measure, int], np.ndarray]) -> list[FirmNumber]:
        moved = self._moved(results)
        return [
            FirmNumber(
                measure=r.measure,
                unit=UNITS[r.measure],
                year=r.year,
                levels=levels(r.values),
                change=_change(r, first.get((r.measure, r.year))),
                of_runs=significant(float(np.isfinite(r.values).mean())),
                movers=[Mover(name=n, share=x, judgement=j) for n, x, j in told.ranked[:5]],
                judgement_share=told.judgement,
            )
            for r, told in zip(results, moved, strict=True)
            if np.isfinite(r.values).any()
        ]


def research_share(firm: Firm) -> float | None:
    """Return which share of its revenue a firm spends on research, where it states both."""
    return firm.rd_usd / firm.revenue_usd if firm.rd_usd is not None and firm.revenue_usd else None


def levels(values: np.ndarray) -> dict[str, float]:
    """Return the quantiles and the mean of a result over the runs that have one, at six significant digits."""
    known = values[np.isfinite(values)]
    return {name: significant(float(x)) for name, x in zip(NAMES, quantiles(known[None, :])[0], strict=True)}


def _change(r: _Result, first: np.ndarray | None) -> dict[str, float] | None:
    """Return the difference from the first policy, over the runs in which both have a number."""
    if first is None or not np.isfinite(r.values - first).any():
        return None
    return levels(r.values - first)


def _quarters(year: int) -> slice:
    return slice(4 * (year - FIRST_YEAR), 4 * (year - FIRST_YEAR) + 4)


__all__ = ["firm_view", "levels", "research_share"]
