"""From the name tables to one compiled file: read and check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from thalweg.evidence import PackError, nearest
from thalweg.nouns.names import name_key
from thalweg.pack.files import write_atomically
from thalweg.pack.names import NAMES
from thalweg.pack.names_rows import TABLES, UNIQUE
from thalweg.pack.reader import read_csv

RECALLED = "usual"
"""The source of names that are recalled."""
Numbered = list[tuple[int, Any]]


def build_names(root: Path, out: Path | None = None) -> dict[str, Any]:
    """Compile the name tables of a knowledge folder; write them to ``out`` if given.

    Raises:
        PackError: the first problem found, with file and line.
    """
    data, problems = compile_names(root)
    if problems:
        raise problems[0]
    if out is not None:
        write_atomically(out, NAMES.packed(data))
    return data


def compile_names(root: Path) -> tuple[dict[str, Any], list[PackError]]:
    """Compile the name tables, gathering every problem; a folder without tables compiles to empty ones."""
    problems: list[PackError] = []
    tables: dict[str, Numbered] = {}
    try:
        strange = [path for path in NAMES.files(root) if path.stem not in TABLES]
    except PackError as error:
        return {"format": NAMES.format, "sha256": "", "tables": {name: [] for name in TABLES}}, [error]
    for path in strange:
        message = f"there is no such name table{nearest(path.stem, TABLES)}; there are {', '.join(TABLES)}"
        problems += [PackError(message, file=f"{NAMES.name}/{path.name}", line=1)]
    for name in TABLES:
        try:
            tables[name] = _table(root, name, problems)
        except PackError as error:
            problems.append(error)
            tables[name] = []
    problems += [*_repeats(tables), *_undeclared_sources(tables), *_aliases(tables), *_unverified(tables)]
    compiled = {name: [list(astuple(row)) for _, row in rows] for name, rows in tables.items()}
    return {"format": NAMES.format, "sha256": NAMES.sha256(root), "tables": compiled}, problems


def _table(root: Path, name: str, problems: list[PackError]) -> Numbered:
    path = root / NAMES.name / f"{name}.csv"
    if not path.exists():
        return []
    model = TABLES[name]
    columns = tuple(f.name for f in fields(model))
    file = f"{NAMES.name}/{name}.csv"
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    rows: Numbered = []
    for record in read_csv(path, name=file, required=columns):
        line = int(record.pop("#"))
        if strange := next((c for c in record if c not in columns), None):
            raise PackError(f"unknown column {strange!r}{nearest(strange, columns)}", file=file, line=1)
        try:
            rows.append((line, adapter.validate_python(record)))
        except ValidationError as error:
            first = error.errors()[0]
            problems.append(PackError(f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}", file=file, line=line))
    return rows


def _repeats(tables: dict[str, Numbered]) -> Iterator[PackError]:
    """What stands twice: rows under one key, and values within a row."""
    for name, rows in tables.items():
        seen: dict[tuple[str, ...], int] = {}
        for line, row in rows:
            key = tuple(str(getattr(row, column)).casefold() for column in UNIQUE[name])
            if key in seen:
                yield PackError(f"{' '.join(key)!r} stands twice (first on line {seen[key]})", file=f"{NAMES.name}/{name}.csv", line=line)
            seen.setdefault(key, line)
            for column, values in zip((f.name for f in fields(row)), astuple(row), strict=True):
                if isinstance(values, tuple) and (twice := next((v for v in values if values.count(v) > 1), None)):
                    yield PackError(f"{column}: {twice!r} stands twice", file=f"{NAMES.name}/{name}.csv", line=line)


def _undeclared_sources(tables: dict[str, Numbered]) -> Iterator[PackError]:
    """A source is an id of sources.csv, with a place in the work behind it or not, or an address."""
    known = {row.id for _, row in tables["sources"]}
    for name, rows in tables.items():
        told: set[str] = set()  # an id that is missing from sources.csv is said once a table
        for line, row in rows:
            for source in getattr(row, "source", ()):
                if source in told:
                    continue
                if not source.startswith("https://") and source.split(" ", 1)[0] not in known:
                    told.add(source)
                    message = f"source: {source!r} is neither an address nor an id of sources.csv{nearest(source, known)}"
                    yield PackError(message, file=f"{NAMES.name}/{name}.csv", line=line)


def _unverified(tables: dict[str, Numbered]) -> Iterator[PackError]:
    """What is marked as unverified is a name of the row, and a row that cites recollection marks some."""
    for line, brand in tables["brands"]:
        names = {brand.canonical, *brand.zh, *brand.stem, *brand.stem_zh, *brand.aliases}
        if strange := next((n for n in brand.unverified if n not in names), None):
            yield PackError(f"unverified: {strange!r} is no name of this row", file=f"{NAMES.name}/brands.csv", line=line)
        if (RECALLED in brand.source) != bool(brand.unverified):
            message = f"unverified: names the names that no source was found for, where the source is {RECALLED!r}, and none elsewhere"
            yield PackError(message, file=f"{NAMES.name}/brands.csv", line=line)


def _aliases(tables: dict[str, Numbered]) -> Iterator[PackError]:
    """A name stands for one organization, or is declared to stand for several."""
    declared = {name_key(row.alias): set(row.brands) for _, row in tables["ambiguous"]}
    holders: dict[str, dict[str, int]] = {}
    for line, brand in tables["brands"]:
        for alias in {brand.canonical, *brand.zh, *brand.aliases}:
            holders.setdefault(name_key(alias), {}).setdefault(brand.id, line)
    for key, brands in holders.items():
        if len(brands) > 1 and set(brands) != declared.get(key):
            first, *_, last = sorted(brands.items(), key=lambda item: item[1])
            message = f"the name {key!r} stands for {first[0]!r} (line {first[1]}) too; declare it in ambiguous.csv or remove it from one"
            yield PackError(message, file=f"{NAMES.name}/brands.csv", line=last[1])
    for line, row in tables["ambiguous"]:
        missing = [b for b in row.brands if b not in holders.get(name_key(row.alias), {})]
        if missing:
            message = f"{row.alias!r} is no name of {missing[0]!r} in brands.csv"
            yield PackError(message, file=f"{NAMES.name}/ambiguous.csv", line=line)
