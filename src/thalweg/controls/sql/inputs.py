"""The three input tables: their columns and types, for the script that declares them and the frames that fill them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from thalweg.controls.sql.names import COMPONENTS, PARTIES, TRANSACTIONS
from thalweg.pack import Pack

TYPES: Final[Mapping[str, str]] = {"number": "double", "boolean": "boolean", "date": "date"}
"""The SQL type of each type of fact; the others are text."""
KEY: Final = "transaction_id"
DATE: Final = "transaction_date"
ECCN_PRESUMED: Final = "eccn_presumed"
CONTENTS_KNOWN: Final = "contents_known"
LIST_POLICY: Final = "list_policy"
NAME_KEY: Final = "name_key"


def columns(pack: Pack) -> dict[str, dict[str, str]]:
    """Return the columns of each input table with their SQL types, in order."""
    facts: dict[str, dict[str, str]] = {"transaction": {}, "item": {}, "party": {}}
    for fact in pack.facts.values():
        facts[fact.of][fact.name] = TYPES.get(fact.type, "text")
    facts["transaction"].pop(DATE, None)
    return {
        TRANSACTIONS: {
            KEY: "text",
            DATE: "date",
            **facts["transaction"],
            **facts["item"],
            ECCN_PRESUMED: "boolean",
            CONTENTS_KNOWN: "boolean",
            LIST_POLICY: "text",
        },
        PARTIES: {KEY: "text", NAME_KEY: "text", **facts["party"]},
        COMPONENTS: {KEY: "text", **facts["item"], ECCN_PRESUMED: "boolean"},
    }


def presumed(pack: Pack, of: str) -> dict[str, Any]:
    """Return the value that each fact of transactions, items or parties is presumed to have where nothing is said."""
    return {f.name: f.if_unstated["value"] for f in pack.facts.values() if f.of == of and f.if_unstated is not None}
