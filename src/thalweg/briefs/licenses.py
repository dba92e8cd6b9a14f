"""What is left of the licenses held after each deal, in the order of the deals' dates."""

from __future__ import annotations

import datetime as dt

from thalweg.briefs.model import Cover
from thalweg.briefs.portfolio import Deal, License


class Ledger:
    """Draws deals from the licenses held."""

    def __init__(self, licenses: list[License]) -> None:
        self._licenses = licenses
        self._value = {x.id: None if x.value_usd is None else x.value_usd - x.value_used_usd for x in licenses}
        self._quantity = {x.id: None if x.quantity is None else x.quantity - x.quantity_used for x in licenses}

    def draw(self, deal: Deal, to: str, date: dt.date) -> list[Cover]:
        """Return the licenses that cover a deal; the first that suffices is drawn down."""
        covers: list[Cover] = []
        drawn = False
        for held in self._licenses:
            if deal.product not in held.products or deal.customer not in held.customers or to not in held.destinations:
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
                    enough=enough,
                    ends=held.ends.isoformat() if held.ends else None,
                    ends_before=late,
                )
            )
            if enough and not drawn:
                self._value[held.id], self._quantity[held.id], drawn = left, pieces, True
        return covers
