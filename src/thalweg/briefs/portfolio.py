"""Reads a portfolio: one TOML file, a folder of CSV files, or one workbook."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import json
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from thalweg.briefs.portfolio_rows import Customer, Deal, Destination, Firm, License, Portfolio, Product, Row
from thalweg.evidence import BadInput
from thalweg.evidence.errors import nearest

TABLES: Final = ("products", "destinations", "customers", "deals", "licenses")
LISTS: Final = ("products", "customers", "destinations", "watch", "overlays", "same_as", "not_same_as")
OBJECTS: Final = ("facts", "specification", "owners", "sales_usd")
TEXTS: Final = ("name", "notes", "label")
EXTRA: Final = "(more cells than columns)"
MAX_UNPACKED: Final = 100 * 1_048_576
MAX_ROWS: Final = 1_048_576
MAX_COLUMNS: Final = 256
_MODELS: Final[dict[str, type[Row]]] = {
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
    places: dict[str, str] = {}
    found: dict[str, list[Any]] = {t: list(_rows(t, raw.get(t, []), errors, places)) for t in TABLES}
    _drop_unknown(found, errors, places)
    overlays = [str(inside(home, str(o))) for o in head["overlays"]]
    return Portfolio(firm=firm, **found, watch=head["watch"], overlays=overlays, errors=errors, rows=places)


def inside(home: Path, name: str) -> Path:
    """Return a path inside the portfolio's folder.

    Raises:
        BadInput: if it leaves the folder.
    """
    try:
        path = (home / name).resolve()
    except (OSError, ValueError) as error:
        raise BadInput(f"overlays: {name!r} is not a path: {getattr(error, 'strerror', None) or error}") from None
    if not path.is_relative_to(home.resolve()):
        raise BadInput(f"overlays: {name!r} lies outside the portfolio's folder; move the overlay into {home}")
    return path


_Raw = dict[str, list[tuple[str, dict[str, Any]]]]


def _from_toml(path: Path) -> _Raw:
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
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
            try:
                with path.open(encoding="utf-8-sig", newline="") as file:
                    raw[table] = _table(path.name, csv.reader(file))
            except UnicodeDecodeError as error:
                raise BadInput(f"{path.name}: not UTF-8 text; save it as CSV in UTF-8") from error
            except csv.Error as error:
                raise BadInput(f"{path.name}: not a CSV file: {error}") from error
    return raw


def _from_workbook(path: Path) -> _Raw:
    from openpyxl import load_workbook

    raw: _Raw = {}
    try:
        _refuse_bomb(path)
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=False)
            for table in ("firm", *TABLES):
                if table not in book.sheetnames:
                    continue
                sheet = book[table]
                if not hasattr(sheet, "iter_rows"):
                    raise BadInput(f"{path.name}: sheet {table}: holds a chart, not cells; rename it")
                rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
                raw[table] = _table(f"{path.name}: sheet {table}", rows)
    except BadInput:
        raise
    except Exception as error:  # whatever a broken part makes the reader raise, the workbook cannot be read
        raise BadInput(f"{path.name}: not a workbook: {error}; save it anew as .xlsx") from error
    return raw


def _refuse_bomb(path: Path) -> None:
    """Refuse a workbook that unpacks to far more than a portfolio is, or that declares a document type, as no spreadsheet does.

    Raises:
        BadInput: saying which.
    """
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise BadInput(
                f"{path.name}: unpacks to {unpacked:,} bytes; {MAX_UNPACKED:,} at most, so keep only the sheets of the portfolio"
            )
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(name):
                raise BadInput(f"{path.name}: {name} declares a document type, as no spreadsheet does; save the workbook anew")


def _table(name: str, rows: Iterable[Sequence[Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows under a header, each with where it stands; cells past the last column are kept, so that they can be refused."""
    lines = iter(rows)
    columns = [str(c).strip() if c is not None else "" for c in next(lines, ())]
    if twice := [c for c in columns if c and columns.count(c) > 1]:
        raise BadInput(f"{name} row 1: the column {twice[0]!r} stands twice; keep one")
    found = []
    for number, line in enumerate(lines, 2):
        if not any(v not in (None, "") for v in line):
            continue
        cells = {c: _cell(v) for c, v in zip(columns, line, strict=False) if c}
        more = [v for c, v in itertools.zip_longest(columns, line) if not c and v not in (None, "")]
        found.append((f"{name} row {number}", cells | ({EXTRA: more} if more else {})))
    return found


def _cell(value: Any) -> Any:
    return value.date() if isinstance(value, dt.datetime) else value


def _head(raw: _Raw, source: Path) -> tuple[Firm, dict[str, list[str]]]:
    rows = raw.get("firm")
    if not rows:
        raise BadInput(f"{source.name}: names no firm; add a table or sheet `firm` with a name")
    where, row = rows[0]
    try:
        cells = _parsed(row)
        head = {k: _names(k, cells.pop(k, None)) for k in ("watch", "overlays")}
        return Firm(**cells), head
    except ValidationError as error:
        raise BadInput(f"{where}, {_first(error, Firm)}") from error
    except ValueError as error:
        raise BadInput(f"{where}, {error}") from error


def _names(key: str, value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ValueError(f'{key}: should be a list of names, such as {key} = ["one", "other"]')
    return value


def _rows(table: str, rows: list[tuple[str, dict[str, Any]]], errors: list[str], places: dict[str, str]) -> Iterator[Row]:
    model = _MODELS[table]
    for where, row in rows:
        try:
            cells = _parsed(row)
            if not cells:
                continue
            found = model(**cells)
        except ValidationError as error:
            errors.append(f"{where}, {_first(error, model)}")
            continue
        except ValueError as error:
            errors.append(f"{where}, {error}")
            continue
        identity = str(getattr(found, "id", None) or getattr(found, "place", ""))
        key = f"{table}/{identity}"
        if key in places:
            errors.append(f"{where}, column {'id' if hasattr(found, 'id') else 'place'}: {identity!r} stands twice; give each row its own")
            continue
        if isinstance(found, Product) and (found.item is None) == (found.specification is None):
            errors.append(f"{where}, column item: give a catalogue name or a specification, one of the two")
            continue
        places[key] = where
        yield found


def _parsed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filled cells of a row; lists and objects are read from text, and `facts.NAME` columns are gathered."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if isinstance(value, str) and name not in TEXTS and value.lstrip().startswith("="):
            raise ValueError(f"column {name}: formulas are not evaluated; paste the value")
        head, dot, tail = name.partition(".")
        if dot and head in OBJECTS:
            if not isinstance(found.setdefault(head, {}), dict):
                raise ValueError(f"column {name}: {head} is stated whole in another column; give one of the two")
            found[head][tail] = _plain(value)
        elif name in OBJECTS and isinstance(value, str):
            try:
                found[name] = json.loads(value)
            except (ValueError, RecursionError) as error:
                raise ValueError(f"column {name}: not JSON ({error}); correct the cell") from error
        elif name in LISTS and isinstance(value, str):
            found[name] = [v.strip() for v in value.split(";") if v.strip()]
        else:
            found[name] = value
    return found


def _plain(value: Any) -> Any:
    """Return the cell of a fact as a truth value, a number or text."""
    if not isinstance(value, str):
        return value
    word = value.strip()
    if word.casefold() in {"true", "false"}:
        return word.casefold() == "true"
    try:
        return float(word)
    except ValueError:
        return word


def _drop_unknown(found: dict[str, list[Any]], errors: list[str], places: dict[str, str]) -> None:
    """Leave out deals and licenses that name a product or customer that is not there."""
    known = {t: [r.id for r in found[t]] for t in ("products", "customers")}
    for table in ("deals", "licenses"):
        kept = []
        for row in found[table]:
            names = {"products": [row.product], "customers": [row.customer]} if table == "deals" else row.model_dump()
            bad = [
                f"{places[f'{table}/{row.id}']}, column {t[:-1] if table == 'deals' else t}: there is no {t[:-1]} {n!r} in this portfolio"
                f"{nearest(n, known[t]) or f'; add it to {t} or correct the cell'}"
                for t in known
                for n in names[t]
                if n not in known[t]
            ]
            errors.extend(bad)
            if not bad:
                kept.append(row)
        found[table] = kept


def _first(error: ValidationError, model: type[BaseModel]) -> str:
    """Return the first fault of a row: its column, what is wrong, and what to do."""
    first = error.errors()[0]
    column = str(first["loc"][0]) if first["loc"] else "(row)"
    if column == "sales_usd" and len(first["loc"]) > 1:
        column = f"{column}.{first['loc'][1]}"
    elif column == "sales_usd":
        return "column sales_usd: state US dollars a year by destination, as sales_usd.CN"
    if first["type"] == "extra_forbidden":
        if column == EXTRA:
            return "has more cells than the header has columns; quote cells that hold a comma"
        return f"column {column}: there is no such column{nearest(column, model.model_fields) or '; take it out'}"
    if first["type"] == "missing":
        return f"column {column}: is empty; fill it in"
    shown = str(first["input"])[:60]
    return f"column {column}: {first['msg'][:1].lower()}{first['msg'][1:]}, not {shown!r}; correct the cell"
