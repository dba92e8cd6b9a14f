"""Transactions from files, one a line: JSON Lines, a JSON list, or CSV with dotted columns. A bad line becomes an error record."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from thalweg.evidence import BadInput, nearest
from thalweg.evidence.text import json_fault

ROLES: Final = ("end_user", "ultimate_consignee", "intermediate_consignee", "purchaser", "payer", "forwarder")
_PARTY: Final = ("name", "country", "headquarters", "ultimate_parent_headquarters", "owners")
_PLAIN: Final = ("id", "date", "activity", "item", "quantity", "value_usd", "from", "to")
MAX_LINE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file, and the transaction or what was wrong."""

    number: int
    transaction: dict[str, Any] | None
    error: str = ""


def read_lines(source: TextIO, kind: str) -> Iterator[Line]:
    """Yield every line of a file of kind ``jsonl``, ``json`` or ``csv``.

    Raises:
        BadInput: if the file as a whole cannot be read (no header, not a list).
    """
    if kind == "csv":
        yield from _from_csv(source)
    elif kind == "json":
        yield from _from_list(source)
    else:
        yield from _from_json_lines(source)


def kind_of(path: str) -> str:
    """Return the kind that a file's name says; JSON Lines where it says nothing."""
    return {".csv": "csv", ".json": "json"}.get(Path(path).suffix.lower(), "jsonl")


def _from_json_lines(source: Iterable[str]) -> Iterator[Line]:
    for number, text in enumerate(source, 1):
        if not text.strip():
            continue
        if len(text) > MAX_LINE:
            yield Line(number, None, f"the line has {len(text):,} characters; {MAX_LINE:,} at most")
            continue
        try:
            data = json.loads(text, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            yield Line(number, None, f"not JSON: {json_fault(error)}")
            continue
        yield _line(number, data)


def _from_list(source: TextIO) -> Iterator[Line]:
    try:
        data = json.load(source, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        message = f"not JSON: {json_fault(error)}"
        raise BadInput(message) from None
    if isinstance(data, dict):
        data = [data]
    if not isinstance(data, list):
        message = "the file should hold a transaction or a list of transactions"
        raise BadInput(message)
    for number, item in enumerate(data, 1):
        yield _line(number, item)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Gather an object whose keys differ: of two values under one key, neither is to be taken silently."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(n for n in names if names.count(n) > 1)
        message = f"the key {twice!r} stands twice; give it once"
        raise ValueError(message)
    return found


def _line(number: int, data: Any) -> Line:
    if not isinstance(data, dict):
        return Line(number, None, f"a transaction is an object with item, to and date, not {type(data).__name__}")
    transaction = data.get("transaction", data)
    return Line(number, transaction) if isinstance(transaction, dict) else Line(number, None, "transaction: should be an object")


def _from_csv(source: TextIO) -> Iterator[Line]:
    reader = csv.reader(source, strict=True)
    try:
        header = [h.strip().lstrip("\ufeff") for h in next(reader, [])]
    except csv.Error as error:
        message = f"line 1: not CSV: {error}"
        raise BadInput(message) from None
    _check_header(header)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(reader.line_num, None, f"not CSV: {error}")
            continue
        if not row:
            continue
        if len(row) != len(header):
            yield Line(reader.line_num, None, f"has {len(row)} fields; the header has {len(header)}")
            continue
        try:
            yield Line(reader.line_num, from_row(dict(zip(header, row, strict=True))))
        except BadInput as error:
            yield Line(reader.line_num, None, str(error))


def _check_header(header: list[str]) -> None:
    known = {*_PLAIN, "exporter.name", "exporter.country", *(f"{r}.{f}" for r in ROLES for f in _PARTY)}
    for name in header:
        if name not in known and not name.startswith(("facts.", "item.")):
            message = (
                f"line 1: unknown column {name!r}{nearest(name, known)} (columns of facts start with facts., of specifications with item.)"
            )
            raise BadInput(message)
    if twice := [h for h in header if header.count(h) > 1]:
        message = f"line 1: the column {twice[0]!r} stands twice; keep one"
        raise BadInput(message)
    if missing := [c for c in ("date", "to") if c not in header]:
        message = f"line 1: the column {missing[0]!r} is missing"
        raise BadInput(message)


def from_row(row: dict[str, str]) -> dict[str, Any]:
    """Turn a row with dotted column names into a transaction; an empty cell is not stated.

    Raises:
        BadInput: if a cell that should hold JSON does not.
    """
    stated = {k: v.strip() for k, v in row.items() if v.strip()}
    transaction: dict[str, Any] = {k: stated[k] for k in _PLAIN if k in stated}
    item: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    exporter: dict[str, str] = {}
    parties: dict[str, dict[str, Any]] = {}
    for name, value in stated.items():
        head, dot, tail = name.partition(".")
        if not dot:
            continue
        if head == "item":
            item[tail] = _cell(value, name) if tail in ("throughput", "contains") else _boolean(value)
        elif head == "facts":
            facts[tail] = value
        elif head == "exporter":
            exporter[tail] = value
        else:
            parties.setdefault(head, {"role": head})[tail] = _cell(value, name) if tail == "owners" else value
    if item:
        transaction["item"] = {"name": transaction.get("item", "item"), **item}
    elif transaction.get("item", "").startswith("{"):
        transaction["item"] = _cell(transaction["item"], "item")
    gathered = {"facts": facts, "exporter": exporter, "parties": list(parties.values())}
    transaction |= {name: found for name, found in gathered.items() if found}
    return transaction


def _boolean(value: str) -> Any:
    return {"true": True, "false": False}.get(value.lower(), value)


def _cell(value: str, name: str) -> Any:
    try:
        return json.loads(value, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        message = f"{name}: the cell should hold JSON"
        raise BadInput(message) from None
