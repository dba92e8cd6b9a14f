"""A firm's sales under the rules of a policy: how each product stands at each destination, by quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from thalweg.briefs.check import item_of, place_code
from thalweg.briefs.model_base import Sale
from thalweg.briefs.model_firm import Basis, MatchedProduct, SalesUnder, Standing, StandingSpan
from thalweg.controls.buyer import to_local_buyer
from thalweg.controls.decide import rulebook
from thalweg.controls.timeline import timeline
from thalweg.desk.policies import Rules
from thalweg.desk.threshold import FREE, GRANTED, H100_RATE, LAST, start_of, windows
from thalweg.evidence import BadInput
from thalweg.hardware.catalogue import Catalogue
from thalweg.pack.overlay import overlay
from thalweg.scenarios.quarters import LABELS, QUARTERS

if TYPE_CHECKING:
    from thalweg.briefs.portfolio_rows import Portfolio, Product
    from thalweg.controls.program import Rulebook
    from thalweg.pack.model import Pack
    from thalweg.pack.policies_model import Grant, Laid, Threshold

STANDINGS: Final[tuple[Standing, ...]] = ("free", "licensed", "unnamed", "denied", "unknown")
FREE_AT, LICENSED_AT, UNNAMED_AT, DENIED_AT, UNKNOWN_AT = range(len(STANDINGS))
CHINA: Final = ("CN", "HK", "MO")
DENIAL: Final = ("presumption_of_denial", "policy_of_denial")


@dataclass(frozen=True, slots=True)
class FirmSale:
    """A product at a destination, with its weight among the sales and the transaction that is decided, day by day.

    ``market``: it is in the market of the model, data center products in China.
    """

    product: str
    place: str
    item: Any
    weight: float
    market: bool
    asked: Mapping[str, Any]


def basis_of(held: Portfolio) -> Basis:
    """Return what the shares of a portfolio are shares of."""
    if any(v for p in held.products for v in p.sales_usd.values()):
        return "revenue"
    products, customers = {p.id for p in held.products}, {c.id for c in held.customers}
    return "deals" if any(d.value_usd and d.product in products and d.customer in customers for d in held.deals) else "count"


def sales_of(
    held: Portfolio, pack: Pack, date: dt.date, matched: Sequence[MatchedProduct], owners: Mapping[str, Mapping[str, Any]]
) -> list[FirmSale]:
    """Return the sales of a portfolio with their weights, which are dollars where revenue or deals state them.

    Args:
        held: the portfolio.
        pack: the knowledge.
        date: the day on which places are read.
        matched: its products.
        owners: what is known of who owns the customers, by their id, for the deals.

    Raises:
        BadInput: if the portfolio has no product or no destination.
    """
    products = {p.id: p for p in held.products}
    made = {m.product: m.datacenter for m in matched}
    exporter = {"name": held.firm.exporter or held.firm.name, "country": held.firm.country}
    basis = basis_of(held)

    def sale(product: str, place: str, weight: float, asked: Mapping[str, Any] | None = None) -> FirmSale:
        code, item = place_code(pack, place, date), item_of(products[product])
        local = to_local_buyer(item, code, date) if asked is None else asked
        return FirmSale(product, code, item, weight, bool(made[product]) and code in CHINA, {**local, "exporter": exporter})

    if basis == "revenue":
        found = [sale(p.id, place, value) for p in held.products for place, value in p.sales_usd.items() if value]
    elif basis == "deals":
        found = [sale(*row) for row in _deals(held, products, owners)]
    else:
        found = [sale(p.id, d.place, 1.0) for p in held.products for d in held.destinations]
    if not found:
        raise BadInput("policies: the portfolio names no product or no destination, so that no policy can bear on it")
    return found


def _deals(
    held: Portfolio, products: Mapping[str, Product], owners: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str, float, Mapping[str, Any]]]:
    """Yield product, destination, value and transaction of each deal with a value, to the customer as the portfolio describes it."""
    customers = {c.id: c for c in held.customers}
    for deal in held.deals:
        customer = customers.get(deal.customer)
        if not deal.value_usd or deal.product not in products or customer is None:
            continue
        to = deal.to or customer.country
        party = {**owners.get(customer.id, {}), **customer.party()}
        asked = {"activity": deal.activity, "item": item_of(products[deal.product]), "from": deal.export_from, "to": to}
        more = {"quantity": deal.quantity, "value_usd": deal.value_usd, "parties": [party], "facts": deal.facts}
        yield deal.product, to, deal.value_usd, asked | more


def matched_products(held: Portfolio, pack: Pack) -> list[MatchedProduct]:
    """Return the products as the hardware catalogue knows them."""
    catalogue = Catalogue(pack.hardware)
    return [_matched(p, catalogue) for p in held.products]


def _matched(product: Product, catalogue: Catalogue) -> MatchedProduct:
    sold = sum(product.sales_usd.values())
    pieces = sold / product.price_usd if sold and product.price_usd else None
    if product.item is None:
        made = (product.specification or {}).get("datacenter")
        return MatchedProduct(product=product.id, item="", h100e=None, datacenter=made if isinstance(made, bool) else None, pieces=pieces)
    row = catalogue.row(product.item)
    count = float(row["contains_quantity"] or 1) if "contains_item" in row else 1.0
    chip = catalogue.row(row["contains_item"]) if row.get("contains_item") else row
    rates = [float(chip[name]) for name in ("dense_8bit_int", "dense_8bit_float") if chip.get(name)]
    made = {"yes": True, "no": False}.get(row.get("datacenter") or "")
    rate = float(f"{max(rates) / H100_RATE * count:.4g}") if rates else None
    return MatchedProduct(product=product.id, item=row["name"], h100e=rate, datacenter=made, pieces=pieces)


class Standings:
    """Decides each sale under the rules of policies; what was decided under the same rules is kept."""

    def __init__(self, pack: Pack, threshold: Threshold, first: int) -> None:
        """Take the pack with counsel's readings laid, what sellers are taken to meet, and the first quarter that counts."""
        self.pack, self.threshold, self.first = pack, threshold, first
        self._books: dict[str, Rulebook] = {}
        self._kept: dict[str, np.ndarray] = {}
        self._catalogue = Catalogue(pack.hardware)

    def under(self, sales: Sequence[FirmSale], rules: Rules, grants: Sequence[Grant]) -> np.ndarray:
        """Return the share of the days of each quarter in which each sale stands in each way, (sales, 5, 44)."""
        cut = windows(rules.laid, rules.cap)
        return np.stack([self._one(sale, cut, grants) for sale in sales])

    def _one(self, sale: FirmSale, cut: Sequence[Any], grants: Sequence[Grant]) -> np.ndarray:
        key = repr((sale.asked, [(a, b, share, _name(laid)) for a, b, share, laid in cut], grants))
        if key in self._kept:
            return self._kept[key]
        days = np.zeros((len(STANDINGS), QUARTERS))
        first = start_of(self.first)
        for begins, end, share, laid in cut:
            start = max(begins, first)
            if start < end:
                for a, b, at in self._spans(sale, start, end, share, laid, grants):
                    _count(days[at], a, b)
        lengths = np.array([start_of(t + 1) - start_of(t) for t in range(QUARTERS)])
        self._kept[key] = days / lengths
        return self._kept[key]

    def _spans(
        self, sale: FirmSale, start: int, end: int, share: float, laid: tuple[Laid, ...], grants: Sequence[Grant]
    ) -> list[tuple[int, int, int]]:
        facts = {**self.threshold.met_conditions, "china_volume_share": share, **sale.asked.get("facts", {})}
        start_day, end_day = dt.date.fromordinal(start), dt.date.fromordinal(end)
        asked = {**sale.asked, "date": start_day, "facts": facts}
        over = timeline(self._book(laid), sale.item, str(sale.asked["to"]), start=start_day, end=end_day, transaction=asked)
        granted = [
            (g.start.toordinal(), (g.end or LAST).toordinal()) for g in grants if sale.place in CHINA and self._is(sale.item, g.items)
        ]
        found: list[tuple[int, int, int]] = []
        for s in over.segments:
            a, b = dt.date.fromisoformat(s.start).toordinal(), dt.date.fromisoformat(str(s.end)).toordinal()
            at = standing(s.outcome, s.review_policy)
            open_ = [(max(a, x), min(b, y)) for x, y in granted if max(a, x) < min(b, y)] if at == UNNAMED_AT else []
            found += [(x, y, LICENSED_AT) for x, y in open_]
            found += [(x, y, at) for x, y in _without(a, b, open_)]
        return found

    def _book(self, laid: tuple[Laid, ...]) -> Rulebook:
        key = _name(laid)
        if key not in self._books:
            values = {k: v for x in laid for k, v in x.parameters.items()}
            pack = overlay(self.pack, *(x.overlay for x in laid), parameters=values) if laid else self.pack
            self._books[key] = rulebook(pack)
        return self._books[key]

    def _is(self, item: Any, names: Sequence[str]) -> bool:
        return isinstance(item, str) and self._catalogue.row(item)["name"] in names


def standing(outcome: str, policy: str | None) -> int:
    """Return how a sale stands with an outcome and a review policy, as an index of :data:`STANDINGS`."""
    if outcome in FREE:
        return FREE_AT
    if outcome == "prohibited" or (outcome == "license_required" and policy in DENIAL):
        return DENIED_AT
    if outcome == "license_required":
        return LICENSED_AT if policy in GRANTED else UNNAMED_AT
    return UNKNOWN_AT


def sales_under(sales: Sequence[FirmSale], found: np.ndarray, first: int) -> list[SalesUnder]:
    """Return sales that stand in the same ways from a quarter on together, the largest part first."""
    total = sum(s.weight for s in sales)
    groups: dict[tuple[tuple[int, int, int], ...], list[FirmSale]] = {}
    for sale, days in zip(sales, found, strict=True):
        most = days[:, first:].argmax(axis=0)
        spans: list[tuple[int, int, int]] = []
        for at, run in groupby(range(most.size), key=lambda i, most=most: int(most[i])):  # type: ignore[misc]
            quarters = list(run)
            spans.append((first + quarters[0], first + quarters[-1], at))
        groups.setdefault(tuple(spans), []).append(sale)
    rows = [
        SalesUnder(
            sales=list({(s.product, s.place): Sale(product=s.product, place=s.place) for s in group}.values()),
            share=float(f"{sum(s.weight for s in group) / total:.6g}"),
            spans=[StandingSpan(first=LABELS[a], last=LABELS[b], standing=STANDINGS[at]) for a, b, at in spans],
        )
        for spans, group in groups.items()
    ]
    return sorted(rows, key=lambda r: -r.share)


def _name(laid: tuple[Laid, ...]) -> str:
    return repr([(str(x.overlay), sorted(x.parameters.items())) for x in laid])


def _count(days: np.ndarray, a: int, b: int) -> None:
    """Add the days from ``a`` up to ``b`` to their quarters."""
    for t in range(QUARTERS):
        both = min(b, start_of(t + 1)) - max(a, start_of(t))
        if both > 0:
            days[t] += both


def _without(a: int, b: int, holes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return what is left of a stretch of days without others, which lie within it."""
    left: list[tuple[int, int]] = []
    for x, y in sorted(holes):
        if a < x:
            left.append((a, x))
        a = max(a, y)
    return [*left, *([(a, b)] if a < b else [])]
