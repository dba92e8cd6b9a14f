"""What is left of the licenses held after each deal, in the order of the deals' dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from thalweg.briefs.model import Cover, LicenseRow
from thalweg.briefs.portfolio_rows import Deal, License


class Ledger:
    """Draws deals from the licenses held; ``code`` turns a place as written into the code under which the rules know it."""

    def __init__(self, licenses: list[License], code: Callable[[str], str]) -> None:
        self._licenses = licenses
        self._code = code
        self._places = {x.id: {code(p) for p in x.destinations} for x in licenses}
        self._value = {x.id: None if x.value_usd is None else x.value_usd - x.value_used_usd for x in licenses}
        self._quantity = {x.id: None if x.quantity is None else x.quantity - x.quantity_used for x in licenses}
        self._left = {x.id: (self._value[x.id], self._quantity[x.id]) for x in licenses}
        self._drawn: dict[str, list[str]] = {x.id: [] for x in licenses}

    def draw(self, deal: Deal, to: str, date: dt.date) -> list[Cover]:
        """Return the licenses that name a deal; the first that suffices is drawn down.

        A license counted in pieces does not suffice for a deal without a quantity. A license is good through the day on which it ends.
        """
        covers: list[Cover] = []
        drawn = False
        for held in self._licenses:
            if deal.product not in held.products or deal.customer not in held.customers or self._code(to) not in self._places[held.id]:
                continue
            value, quantity = self._value[held.id], self._quantity[held.id]
            left = None if value is None else value - deal.value_usd
            pieces = None if quantity is None or deal.quantity is None else quantity - deal.quantity
            counted = quantity is None or deal.quantity is not None
            late = held.ends is not None and held.ends < date
            enough = counted and (left is None or left >= 0) and (pieces is None or pieces >= 0) and not late
            covers.append(
                Cover(
                    license=held.number or held.id,
                    value_left_usd=left,
                    quantity_left=pieces,
                    counted=counted,
                    enough=enough,
                    ends=held.ends.isoformat() if held.ends else None,
                    ends_before=late,
                )
            )
            if enough and not drawn:
                self._value[held.id], self._quantity[held.id], drawn = left, pieces, True
                self._drawn[held.id].append(deal.id)
        return covers

    def rows(self, date: dt.date, names: Mapping[str, str]) -> list[LicenseRow]:
        """Return each license as it stands on a day and after the deals drawn so far, by its end; ``names`` are the customers by id."""
        rows = [
            LicenseRow(
                license=x.number or x.id,
                products=x.products,
                customers=[names.get(c, c) for c in x.customers],
                destinations=x.destinations,
                value_usd=x.value_usd,
                left_usd=self._left[x.id][0],
                left_after_usd=self._value[x.id],
                quantity=x.quantity,
                left=self._left[x.id][1],
                left_after=self._quantity[x.id],
                ends=x.ends.isoformat() if x.ends else None,
                ended=x.ends is not None and x.ends < date,
                deals=self._drawn[x.id],
            )
            for x in self._licenses
        ]
        return sorted(rows, key=lambda r: (r.ends or "9999", r.license))
