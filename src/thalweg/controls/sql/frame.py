"""Transactions as the three tables that the compiled rules read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from thalweg.controls.assemble import assemble
from thalweg.controls.case import Case
from thalweg.controls.program import Rulebook
from thalweg.controls.reading import read_transaction
from thalweg.controls.resolve import list_policies
from thalweg.controls.sql.inputs import CONTENTS_KNOWN, DATE, ECCN_PRESUMED, KEY, LIST_POLICY, NAME_KEY, columns
from thalweg.controls.sql.names import COMPONENTS, PARTIES, TRANSACTIONS
from thalweg.evidence import BadInput
from thalweg.nouns import Transaction
from thalweg.pack import Pack

if TYPE_CHECKING:
    import polars as pl

_CHUNK: Final = 20_000
Row = dict[str, Any]


class Tables(NamedTuple):
    """The frames ``transactions``, ``parties`` and ``components``; a fact that is not known is null."""

    transactions: pl.DataFrame
    parties: pl.DataFrame
    components: pl.DataFrame


def facts_frame(
    book: Rulebook,
    transactions: Iterable[Mapping[str, Any] | Transaction],
    *,
    refused: Callable[[BadInput], None] | None = None,
) -> Tables:
    """Gather the facts of transactions as the engine does, into the tables that the compiled rules read.

    What is presumed is left null: the script fills it in.

    Args:
        book: the rulebook of a pack.
        transactions: transactions, or mappings in their shape; one without an id gets its number, from 1.
        refused: told of each transaction that is left out, right after it is read; without it the first one is raised.

    Raises:
        BadInput: if a transaction cannot be read, or two have the same id.
    """
    import polars as pl

    schemas = _schemas(book.pack)
    rows: dict[str, list[Row]] = {name: [] for name in schemas}
    parts: dict[str, list[pl.DataFrame]] = {name: [] for name in schemas}

    def flush() -> None:
        for name, found in rows.items():
            parts[name].append(pl.DataFrame(found, schema=schemas[name], orient="row"))
            rows[name] = []

    seen: set[str] = set()
    for number, transaction in enumerate(transactions, 1):
        try:
            case = assemble(book.pack, read_transaction(transaction))
            key = _key(case, number, seen)
        except BadInput as error:
            if refused is None:
                raise
            refused(error)
            continue
        rows[TRANSACTIONS].append(_transaction(book.pack, case, key))
        rows[PARTIES].extend(_party(book.pack, case, i, party) | {KEY: key} for i, party in enumerate(case.parties))
        rows[COMPONENTS].extend(_item(book.pack, part) | {KEY: key} for part in case.components or ())
        if len(seen) % _CHUNK == 0:
            flush()
    flush()
    return Tables(*(pl.concat(parts[name]) for name in (TRANSACTIONS, PARTIES, COMPONENTS)))


def _key(case: Case, number: int, seen: set[str]) -> str:
    key = str(number) if case.id is None else case.id
    if key in seen:
        message = f"id: {key!r} stands for two transactions; give each its own"
        raise BadInput(message)
    seen.add(key)
    return key


def _schemas(pack: Pack) -> dict[str, dict[str, Any]]:
    import polars as pl

    types = {"text": pl.String, "double": pl.Float64, "boolean": pl.Boolean, "date": pl.Date}
    return {table: {name: types[kind] for name, kind in found.items()} for table, found in columns(pack).items()}


def _transaction(pack: Pack, case: Case, key: str) -> Row:
    item = {k: v for k, v in case.item.items() if ("item", k) not in case.presumed}
    return {
        **_item(pack, item),
        **_facts(pack, case.stated),
        KEY: key,
        DATE: case.date,
        CONTENTS_KNOWN: case.components is not None,
        LIST_POLICY: list_policies(case).get("policy"),
    }


def _item(pack: Pack, item: Row) -> Row:
    return {**_facts(pack, item), ECCN_PRESUMED: bool(item.get("#eccn_presumed"))}


def _party(pack: Pack, case: Case, index: int, party: Row) -> Row:
    stated = {k: v for k, v in party.items() if (f"party:{index}", k) not in case.presumed}
    return {**_facts(pack, stated), NAME_KEY: party.get("#key")}


def _facts(pack: Pack, values: Mapping[str, Any]) -> Row:
    """Return declared facts with dates as dates and numbers as floats."""
    found: Row = {}
    for name, value in values.items():
        fact = pack.facts.get(name)
        if fact is not None and value is not None:
            found[name] = dt.date.fromordinal(value) if fact.type == "date" else float(value) if fact.type == "number" else value
    return found
