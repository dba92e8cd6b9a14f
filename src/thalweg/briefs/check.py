"""Holds a portfolio against the pack: every item, place and fact must be one that the rules know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from thalweg.briefs.portfolio import Customer, Destination, Portfolio, Product
from thalweg.controls.assemble import assemble
from thalweg.controls.reading import read_transaction
from thalweg.evidence import BadInput
from thalweg.pack.model import Pack

_ANYTHING = {"name": "anything", "kind": "other"}


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


def _read_destination(pack: Pack, destination: Destination, date: dt.date) -> None:
    place_code(pack, destination.place, date, "place")


def _read_customer(pack: Pack, customer: Customer, date: dt.date) -> None:
    for column in ("country", "headquarters", "ultimate_parent_headquarters"):
        if place := getattr(customer, column):
            place_code(pack, place, date, column)
    party = customer.model_dump(exclude={"id"}, exclude_none=True)
    try:
        assemble(pack, read_transaction({"date": date, "item": _ANYTHING, "to": customer.country, "parties": [party]}))
    except BadInput as error:
        raise BadInput(str(error).removeprefix("parties.0.")) from None
