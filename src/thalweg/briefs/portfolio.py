"""Reads a portfolio: one TOML file, a folder of CSV files, or one workbook."""

from __future__ import annotations

import csv
import datetime as dt
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from thalweg.evidence import BadInput
from thalweg.evidence.errors import nearest

TABLES: Final = ("products", "destinations", "customers", "deals", "licenses")
LISTS: Final = ("products", "customers", "destinations", "watch", "overlays")
OBJECTS: Final = ("facts", "specification", "owners")


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True)


class Firm(_Row):
    """Whose portfolio it is."""

    name: str
    country: str = "US"
    role: str = ""
    exporter: str | None = None


class Product(_Row):
    """A product: a catalogue name or a specification."""

    id: str
    item: str | None = None
    specification: dict[str, Any] | None = None
    revenue_usd: float = Field(0, ge=0)
    notes: str = ""


class Destination(_Row):
    """A place the firm sells to."""

    place: str
    label: str = ""


class Customer(_Row):
    """A party that buys, receives or handles."""

    id: str
    name: str
    country: str
    headquarters: str | None = None
    ultimate_parent_headquarters: str | None = None
    owners: list[dict[str, Any]] | None = None
    role: str = "end_user"


class Deal(_Row):
    """A shipment, planned or made."""

    id: str
    product: str
    customer: str
    to: str | None = None
    export_from: str = Field("US", alias="from")
    activity: str = "export"
    quantity: float | None = Field(None, gt=0)
    value_usd: float = Field(0, ge=0)
    date: dt.date | None = None
    facts: dict[str, Any] = Field(default_factory=dict)


class License(_Row):
    """A license held; an empty list of products, customers or destinations covers none of them."""

    id: str
    number: str = ""
    products: list[str] = Field(default_factory=list)
    customers: list[str] = Field(default_factory=list)
    destinations: list[str] = Field(default_factory=list)
    value_usd: float | None = Field(None, ge=0)
    value_used_usd: float = Field(0, ge=0)
    quantity: float | None = Field(None, ge=0)
    quantity_used: float = Field(0, ge=0)
    ends: dt.date | None = None


class Portfolio(_Row):
    """A firm's products, places, customers, deals and licenses, with the rows that could not be read."""

    firm: Firm
    products: list[Product] = []
    destinations: list[Destination] = []
    customers: list[Customer] = []
    deals: list[Deal] = []
    licenses: list[License] = []
    watch: list[str] = []
    overlays: list[str] = []
    errors: list[str] = []


_MODELS: Final[dict[str, type[_Row]]] = {
    "products": Product,
    "destinations": Destination,
    "customers": Customer,
    "deals": Deal,
    "licenses": License,
}


def read_portfolio(path: str | Path) -> Portfolio:
    """Read a portfolio; rows that cannot be read are named in ``errors`` and left out.

    Raises:
        BadInput: if the file cannot be read at all, or names no firm.
    """
    source = Path(path)
    if source.is_dir():
        raw, home = _from_folder(source), source
    elif source.suffix.lower() == ".toml" and source.is_file():
        raw, home = _from_toml(source), source.parent
    elif source.suffix.lower() == ".xlsx" and source.is_file():
        raw, home = _from_workbook(source), source.parent
    else:
        raise BadInput(f"{source}: not a portfolio; give a .toml file, a folder of CSV files, or an .xlsx workbook")
    errors: list[str] = []
    firm, head = _head(raw, source)
    found: dict[str, list[Any]] = {t: list(_rows(t, raw.get(t, []), errors)) for t in TABLES}
    _drop_unknown(found, errors)
    overlays = [str(inside(home, str(o))) for o in head["overlays"]]
    return Portfolio(firm=firm, **found, watch=head["watch"], overlays=overlays, errors=errors)


def inside(home: Path, name: str) -> Path:
    """Return a path inside the portfolio's folder.

    Raises:
        BadInput: if it leaves the folder.
    """
    path = (home / name).resolve()
    if not path.is_relative_to(home.resolve()):
        raise BadInput(f"overlays: {name!r} lies outside the portfolio's folder; move the overlay into {home}")
    return path


_Raw = dict[str, list[tuple[str, dict[str, Any]]]]


def _from_toml(path: Path) -> _Raw:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name}: not TOML: {error}") from error
    for name in data:
        if name not in (*TABLES, "firm", "watch", "overlays"):
            raise BadInput(f"{path.name}: unknown table {name!r}{nearest(name, (*TABLES, 'firm', 'watch', 'overlays'))}")
    raw: _Raw = {}
    for table in TABLES:
        rows = data.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            raise BadInput(f"{path.name}: {table} must be an array of tables; write [[{table}]]")
        raw[table] = [(f"{path.name}: {table} row {i}", dict(r)) for i, r in enumerate(rows, 1)]
    firm = data.get("firm")
    if isinstance(firm, dict):
        raw["firm"] = [(f"{path.name}: firm", firm | {k: data[k] for k in ("watch", "overlays") if k in data})]
    return raw


def _from_folder(folder: Path) -> _Raw:
    raw: _Raw = {}
    for table in ("firm", *TABLES):
        path = folder / f"{table}.csv"
        if path.is_file():
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.DictReader(file, restkey="(more cells than columns)")
                raw[table] = [(f"{path.name}: row {i}", dict(r)) for i, r in enumerate(rows, 2)]
    return raw


def _from_workbook(path: Path) -> _Raw:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=False)
    except Exception as error:
        raise BadInput(f"{path.name}: not a workbook: {error}") from error
    raw: _Raw = {}
    for table in ("firm", *TABLES):
        if table not in book.sheetnames:
            continue
        rows = book[table].iter_rows(values_only=True)
        columns = [str(c) if c is not None else "" for c in next(rows, ())]
        raw[table] = []
        for i, row in enumerate(rows, 2):
            if any(v is not None for v in row):
                raw[table].append((f"{path.name}: sheet {table} row {i}", {c: _cell(v) for c, v in zip(columns, row, strict=False) if c}))
    book.close()
    return raw


def _cell(value: Any) -> Any:
    return value.date() if isinstance(value, dt.datetime) else value


def _head(raw: _Raw, source: Path) -> tuple[Firm, dict[str, list[str]]]:
    rows = raw.get("firm")
    if not rows:
        raise BadInput(f"{source.name}: names no firm; add a table or sheet `firm` with a name")
    where, row = rows[0]
    row = _parsed(row)
    head = {k: [str(v) for v in row.pop(k, None) or ()] for k in ("watch", "overlays")}
    try:
        return Firm(**row), head
    except ValidationError as error:
        raise BadInput(f"{where}: {_first(error)}") from error


def _rows(table: str, rows: list[tuple[str, dict[str, Any]]], errors: list[str]) -> Iterator[_Row]:
    seen: set[str] = set()
    for where, row in rows:
        try:
            found = _MODELS[table](**_parsed(row))
        except ValidationError as error:
            errors.append(f"{where}, column {_first(error)}; correct the cell")
            continue
        except (ValueError, TypeError) as error:
            errors.append(f"{where}: {error}")
            continue
        key = str(getattr(found, "id", None) or getattr(found, "place", ""))
        if key in seen:
            errors.append(f"{where}: {key!r} stands twice in {table}; give each row its own id")
            continue
        if isinstance(found, Product) and (found.item is None) == (found.specification is None):
            errors.append(f"{where}, column item: give a catalogue name or a specification, one of the two")
            continue
        seen.add(key)
        yield found


def _parsed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filled cells of a row, with lists and objects read from text."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if value is None or value == "":
            continue
        if isinstance(value, str) and name not in {"name", "notes", "label"} and value.startswith("="):
            raise ValueError(f"column {name}: formulas are not evaluated; paste the value")
        if name in OBJECTS and isinstance(value, str):
            try:
                found[name] = json.loads(value)
            except ValueError as error:
                raise ValueError(f"column {name}: not JSON: {error}") from error
        elif name in LISTS and isinstance(value, str):
            found[name] = [v.strip() for v in value.split(";") if v.strip()]
        else:
            found[name] = value
    return found


def _drop_unknown(found: dict[str, list[Any]], errors: list[str]) -> None:
    """Leave out deals and licenses that name a product or customer that is not there."""
    known = {t: [r.id for r in found[t]] for t in ("products", "customers")}
    for table in ("deals", "licenses"):
        kept = []
        for row in found[table]:
            names = {"products": [row.product], "customers": [row.customer]} if table == "deals" else row.model_dump()
            bad = [
                f"{table} {row.id!r}: there is no {t[:-1]} {n!r}{nearest(n, known[t])}"
                for t in known
                for n in names[t]
                if n not in known[t]
            ]
            errors.extend(bad)
            if not bad:
                kept.append(row)
        found[table] = kept


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}"
