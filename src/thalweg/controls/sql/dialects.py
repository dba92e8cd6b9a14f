"""The dialects that the rulebook is written in, and what differs between them beyond the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlglot import exp

from thalweg.controls.sql.expressions import Expr
from thalweg.controls.sql.relation import Layer
from thalweg.evidence import BadInput, nearest

DIALECTS: Final = ("duckdb", "postgres", "spark", "snowflake", "bigquery")
_MATERIALIZED: Final = ("postgres",)
"""Dialects that would write each layer out again wherever a later one reads it, unless told to keep it."""


def known(dialect: str) -> str:
    """Return the name of a dialect.

    Raises:
        BadInput: if rules are not compiled to it.
    """
    name = dialect.strip().lower()
    if name not in DIALECTS:
        message = f"dialect: {dialect!r} is not one that rules compile to; use {', '.join(DIALECTS)}{nearest(name, DIALECTS)}"
        raise BadInput(message)
    return name


def view(name: str, layers: Sequence[Layer], columns: Sequence[Expr], dialect: str) -> str:
    """Return CREATE VIEW over layers, one column a line."""
    kept = "MATERIALIZED " if dialect in _MATERIALIZED else ""
    ctes = ",\n".join(f"{label} AS {kept}(\n{_select(select, dialect)}\n)" for label, select in layers)
    return f"CREATE VIEW {name} AS\nWITH {ctes}\n{_select(exp.select(*columns).from_(layers[-1][0]), dialect)}"


def _select(select: exp.Select, dialect: str) -> str:
    rest = select.copy()
    rest.set("expressions", [exp.Star()])
    columns = ",\n".join(f"  {c.sql(dialect=dialect)}" for c in select.expressions)
    return f"SELECT\n{columns}\n{rest.sql(dialect=dialect).removeprefix('SELECT * ')}"


def written(statement: Expr | str, dialect: str) -> str:
    """Return a statement as text."""
    return statement if isinstance(statement, str) else statement.sql(dialect=dialect, pretty=not isinstance(statement, exp.Insert))
