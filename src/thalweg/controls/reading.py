"""Reading what people and programs send: transactions, places and the values of declared facts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from thalweg.evidence import BadInput, nearest
from thalweg.nouns import Item, Transaction
from thalweg.pack import Pack


def read_transaction(data: Mapping[str, Any] | Transaction) -> Transaction:
    """Validate a transaction.

    Raises:
        BadInput: with the field and the reason, in one line.
    """
    if isinstance(data, Transaction):
        return data
    if type(data) is not dict and not isinstance(data, Mapping):
        raise BadInput(f"a transaction is an object with item, to and date, not {type(data).__name__}")
    try:
        return Transaction.model_validate(dict(data))
    except ValidationError as error:
        raise BadInput(_first(error)) from None


def _first(error: ValidationError) -> str:
    details = error.errors()
    first = min(details, key=lambda d: (d["type"] == "string_type" and d["loc"][:1] == ("item",), -len(d["loc"])))
    loc = [str(p) for p in first["loc"] if p not in ("Item", "str", "constrained-str", "function-after[_finite(), nullable[float]]")]
    where = ".".join(loc)
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        known = {*Transaction.model_fields, "from"} if len(loc) == 1 else set(Item.model_fields)
        message = f"unknown key{nearest(loc[-1], known)}"
    elif first["type"] == "missing":
        message = "is missing"
    elif first["type"].startswith("date"):
        message = f"{str(first.get('input'))[:60]!r} is not a date; write it as YYYY-MM-DD"
    elif first["type"] in (
        "literal_error",
        "greater_than_equal",
        "less_than_equal",
        "float_parsing",
        "float_type",
        "greater_than",
    ):
        given = str(first.get("input"))[:60]
        expected = first.get("ctx", {}).get("expected", "")
        message = f"{message} (given {given!r})"
        if expected:
            message += nearest(given, [e.strip().strip("'") for e in expected.replace(" or ", ",").split(",")])
    return f"{where}: {message}"


@lru_cache(maxsize=4096)
def _foldplace_code(text: str) -> str:
    return " ".join(text.casefold().replace(".", "").replace(",", " ").split())


def place_code(pack: Pack, text: str | None, where: str) -> str | None:
    """Return the place code that rules read; Hong Kong is China under the EAR."""
    if text is None:
        return None
    code = text.strip().upper()
    if code == "HK":
        return "CN"
    if code in pack.places:
        return code
    index = _place_names(pack)
    found = index.get(_foldplace_code(text))
    if found:
        return "CN" if found == "HK" else found
    names = [*pack.places, *(str(p["name"]) for p in pack.places.values())]
    message = f"{where}: {text!r} is not a place; use an ISO 3166-1 code such as CN{nearest(text, names)}"
    raise BadInput(message)


_PLACE_NAMES: dict[int, tuple[Any, dict[str, str]]] = {}


def _place_names(pack: Pack) -> dict[str, str]:
    found = _PLACE_NAMES.get(id(pack.places))
    if found is None or found[0] is not pack.places:
        index = {_foldplace_code(n): code for code, p in pack.places.items() for n in (p["name"], *p["aliases"])}
        found = _PLACE_NAMES[id(pack.places)] = (pack.places, index)
    return found[1]


def fact_value(pack: Pack, name: str, value: Any, where: str) -> Any:
    """Read the value of a declared fact.

    Raises:
        BadInput: if it does not fit the fact's type.
    """
    fact = pack.facts[name]
    if fact.type == "boolean":
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in ("true", "false", "yes", "no"):
            return value.strip().lower() in ("true", "yes")
        message = f"{where}: {value!r} should be true or false"
        raise BadInput(message)
    if fact.type == "number":
        return _number(value, where)
    if fact.type == "place":
        return place_code(pack, str(value), where)
    if fact.type == "enum":
        if value not in fact.values:
            message = f"{where}: {value!r} is not one of {', '.join(fact.values)}{nearest(str(value), fact.values)}"
            raise BadInput(message)
        return value
    if fact.type == "date":
        from thalweg.evidence import parse_date

        return parse_date(value, field=where).toordinal()
    return str(value)


def _number(value: Any, where: str) -> float:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            message = f"{where}: {value!r} is not a number"
            raise BadInput(message) from None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        message = f"{where}: {value!r} is not a number"
        raise BadInput(message)
    if not (0 <= value <= 1e32):
        message = f"{where}: {value!r} must lie between 0 and 1e32"
        raise BadInput(message)
    return float(value)
