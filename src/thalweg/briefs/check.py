"""Holds a portfolio against the pack: every item, place and fact must be one that the rules know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from thalweg.briefs.portfolio_rows import Customer, Destination, Portfolio, Product
from thalweg.controls.assemble import assemble
from thalweg.controls.reading import read_transaction
from thalweg.evidence import BadInput, nearest
from thalweg.nouns import LIST_IDS, Party
from thalweg.pack.model import Pack

_ANYTHING = {"name": "anything", "kind": "other"}
_COLUMNS = frozenset(Party.model_fields) | {"id"}


def check_portfolio(held: Portfolio, pack: Pack, date: dt.date) -> Portfolio:
    """Return the portfolio without the rows that the pack cannot read, each named in ``errors`` with file, row and column."""
    errors = list(held.errors)

    def sound(table: str, identity: str, read: Callable[[Pack, Any, dt.date], object], row: Any) -> bool:
        try:
            read(pack, row, date)
        except BadInput as error:
            errors.append(f"{held.where(table, identity)}, column {error}")
            return False
        return True

    products = [p for p in held.products if sound("products", p.id, _read_item, p)]
    destinations = [d for d in held.destinations if sound("destinations", d.place, _read_destination, d)]
    customers = [c for c in held.customers if sound("customers", c.id, _read_customer, c)]
    place_code(pack, held.firm.country, date, "firm: column country")
    stated = sum(v for p in products for v in p.sales_usd.values())
    if held.firm.revenue_usd is not None and stated > held.firm.revenue_usd * (1 + 1e-9):
        raise BadInput(
            f"firm: column revenue_usd: {held.firm.revenue_usd:,.0f} is less than the sales_usd of the products together, {stated:,.0f}"
        )
    return held.model_copy(update={"products": products, "destinations": destinations, "customers": customers, "errors": errors})


def item_of(product: Product) -> Any:
    """Return a product as the item of a transaction."""
    return product.item if product.item is not None else {"name": product.id, **(product.specification or {})}


def place_code(pack: Pack, place: str, date: dt.date, column: str = "to") -> str:
    """Return the code under which the rules know a place.

    Raises:
        BadInput: if it is none, with the column.
    """
    try:
        case = assemble(pack, read_transaction({"date": date, "item": _ANYTHING, "to": place}))
    except BadInput as error:
        raise BadInput(f"{column}: {str(error).partition(': ')[2]}") from None
    return str(case.tx["destination"])


def _read_item(pack: Pack, product: Product, date: dt.date) -> None:
    column = "item" if product.item is not None else "specification"
    try:
        assemble(pack, read_transaction({"date": date, "item": item_of(product), "to": "US"}))
    except BadInput as error:
        raise BadInput(f"{column}: {error}") from None
    codes: dict[str, str] = {}
    for place in product.sales_usd:
        code = place_code(pack, place, date, f"sales_usd.{place}")
        if code in codes:
            raise BadInput(f"sales_usd.{place}: is {codes[code]} again; state each destination once")
        codes[code] = place


def _read_destination(pack: Pack, destination: Destination, date: dt.date) -> None:
    place_code(pack, destination.place, date, "place")


def _read_customer(pack: Pack, customer: Customer, date: dt.date) -> None:
    for column in ("country", "headquarters", "ultimate_parent_headquarters"):
        if place := getattr(customer, column):
            place_code(pack, place, date, column)
    _check_entries(pack, customer)
    if own := [k for k in customer.facts if k in _COLUMNS]:
        raise BadInput(f"facts.{own[0]}: is a column of its own; state it in the column {own[0]}")
    try:
        assemble(pack, read_transaction({"date": date, "item": _ANYTHING, "to": customer.country, "parties": [customer.party()]}))
    except BadInput as error:
        said = str(error).removeprefix("parties.0.")
        raise BadInput(f"facts.{said}" if said.partition(":")[0] in customer.facts else said) from None


def _check_entries(pack: Pack, customer: Customer) -> None:
    """Refuse what does not name an entry of a list, and an entry that the customer is said to be and not to be.

    Raises:
        BadInput: with the column.
    """
    known = {**LIST_IDS, **pack.lists}
    for column in ("same_as", "not_same_as"):
        for said in getattr(customer, column):
            list_id, _, entry = said.partition(":")
            if list_id not in known or not entry.strip():
                near = "" if list_id in known else nearest(list_id, known)
                raise BadInput(f"{column}: {said!r} names no entry; write the list and the number of the entry, as entity_list:123{near}")
    if both := [said for said in customer.same_as if said in customer.not_same_as]:
        raise BadInput(f"not_same_as: {both[0]!r} stands in same_as as well; keep one")
