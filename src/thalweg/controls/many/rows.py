"""One row of a frame as a transaction: dotted columns, nested columns and JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from thalweg.evidence import BadInput, nearest

ROLES: Final = ("end_user", "ultimate_consignee", "intermediate_consignee", "purchaser", "payer", "forwarder", "designer")
PLAIN: Final = ("id", "date", "activity", "item", "quantity", "value_usd", "from", "to")
_NESTED: Final = ("exporter", "parties", "facts")
_PARTY: Final = ("name", "country", "headquarters", "ultimate_parent_headquarters", "owners")
_JSON: Final = frozenset(("throughput", "contains", "owners"))


def check_columns(columns: Iterable[str]) -> None:
    """Refuse a frame with a column that says nothing to the rules, or without date or to.

    Raises:
        BadInput: naming the column.
    """
    columns = list(columns)
    known = {*PLAIN, *_NESTED, "exporter.name", "exporter.country", *(f"{r}.{f}" for r in ROLES for f in _PARTY)}
    for name in columns:
        if name not in known and not name.startswith(("facts.", "item.")) and name.partition(".")[0] not in ROLES:
            message = f"unknown column {name!r}{nearest(name, known)} (columns of facts start with facts., of specifications with item.)"
            raise BadInput(message)
    if missing := [c for c in ("date", "to") if c not in columns]:
        message = f"the column {missing[0]!r} is missing"
        raise BadInput(message)


def from_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a row into a transaction; null and empty text are not stated.

    Raises:
        BadInput: if a cell that should hold JSON does not.
    """
    stated = {k: v for k, v in ((k, _bare(v)) for k, v in row.items()) if v is not None}
    transaction: dict[str, Any] = {k: _nested(stated[k], k) for k in (*PLAIN, *_NESTED) if k in stated}
    item: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    exporter: dict[str, Any] = {}
    parties: dict[str, dict[str, Any]] = {}
    for name, value in stated.items():
        head, dot, tail = name.partition(".")
        if not dot:
            continue
        given = _cell(value, name) if tail in _JSON else value
        if head == "item":
            item[tail] = _boolean(given)
        elif head == "facts":
            facts[tail] = given
        elif head == "exporter":
            exporter[tail] = given
        else:
            parties.setdefault(head, {"role": head})[tail] = given
    if item:
        _merge_item(transaction, item)
    for key, found in (("facts", facts), ("exporter", exporter)):
        if found:
            transaction[key] = {**transaction.get(key, {}), **found}
    if parties:
        transaction["parties"] = [*transaction.get("parties", ()), *parties.values()]
    return transaction


def _merge_item(transaction: dict[str, Any], item: dict[str, Any]) -> None:
    given = transaction.get("item", "item")
    transaction["item"] = {**given, **item} if isinstance(given, dict) else {"name": given, **item}


def _bare(value: Any) -> Any:
    """Drop what is not stated: nulls inside structs and lists, empty text, NaN."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, float):
        return value if value == value else None  # noqa: PLR0124  (NaN is the one number unequal to itself)
    if isinstance(value, dict):
        kept = {k: v for k, v in ((k, _bare(v)) for k, v in value.items()) if v is not None}
        return kept or None
    if isinstance(value, list):
        return [v for v in map(_bare, value) if v is not None]
    return value


def _nested(value: Any, name: str) -> Any:
    if name in _NESTED and isinstance(value, str):
        return _cell(value, name)
    if name == "item" and isinstance(value, str) and value.startswith("{"):
        return _cell(value, name)
    return value


def _boolean(value: Any) -> Any:
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value


def _cell(value: Any, name: str) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        message = f"{name}: the cell should hold JSON"
        raise BadInput(message) from None
