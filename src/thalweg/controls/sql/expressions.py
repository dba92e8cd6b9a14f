"""The few SQL expressions that the compiler is made of. Truth is BOOLEAN, and unknown is NULL.

SQL's AND, OR and NOT are those of the engine: the least, the greatest and the complement of false, unknown and true.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from sqlglot import exp

from thalweg.evidence import OPEN_END

Expr = exp.Expr

FIRST_DAY: Final = dt.date.min
LAST_DAY: Final = dt.date.max


def column(name: str, table: str | None = None) -> Expr:
    """Return a column; names are made safe where they are given (see :mod:`names`)."""
    return exp.column(name, table=table)


def literal(value: Any) -> Expr:
    """Return a text, a number or a truth value."""
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, str):
        return exp.Literal.string(value)
    return exp.Literal.number(int(value) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value)))


@cache
def day(ordinal: int) -> Expr:
    """Return a date; what is open at an end is the first or the last day that SQL knows."""
    date = dt.date.fromordinal(min(max(ordinal, 1), LAST_DAY.toordinal()))
    return exp.cast(exp.Literal.string(date.isoformat()), "date")


def unknown() -> Expr:
    """Return the unknown truth."""
    return exp.cast(exp.null(), "boolean")


def is_false(e: Expr) -> bool:
    """Say whether an expression is the constant FALSE."""
    return isinstance(e, exp.Boolean) and not e.this


def is_true(e: Expr) -> bool:
    """Say whether an expression is the constant TRUE."""
    return isinstance(e, exp.Boolean) and bool(e.this)


def all_of(parts: Iterable[Expr]) -> Expr:
    """Return the AND of truths; of none, TRUE."""
    kept = [p for p in parts if not is_true(p)]
    if any(is_false(p) for p in kept):
        return exp.false()
    return exp.and_(*kept, copy=False) if kept else exp.true()


def any_of(parts: Iterable[Expr]) -> Expr:
    """Return the OR of truths; of none, FALSE."""
    kept = [p for p in parts if not is_false(p)]
    if any(is_true(p) for p in kept):
        return exp.true()
    return exp.or_(*kept, copy=False) if kept else exp.false()


def negated(e: Expr) -> Expr:
    """Return NOT of a truth."""
    if isinstance(e, exp.Boolean):
        return exp.false() if e.this else exp.true()
    return exp.not_(e, copy=False)


def compared(sign: str, a: Expr, b: Expr) -> Expr:
    """Return a comparison."""
    kinds = {"=": exp.EQ, "<>": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
    return kinds[sign](this=a, expression=b)


def equals(a: Expr, value: Any) -> Expr:
    """Return whether an expression has a value."""
    return compared("=", a, literal(value))


def within(e: Expr, values: Iterable[Expr]) -> Expr:
    """Return whether an expression has one of some values; of none, FALSE."""
    listed = list(values)
    if not listed:
        return exp.false()
    return compared("=", e, listed[0]) if len(listed) == 1 else exp.In(this=e, expressions=listed)


def one_of(e: Expr, values: Iterable[Any]) -> Expr:
    """Return whether an expression has one of some literals; of none, FALSE."""
    return within(e, [literal(v) for v in sorted(values)])


def missing(e: Expr) -> Expr:
    """Return whether an expression is NULL."""
    return exp.Is(this=e, expression=exp.null())


def case(branches: Sequence[tuple[Expr, Expr]], default: Expr | None = None) -> Expr:
    """Return CASE WHEN ... THEN ... ELSE ... END; branches that can never be taken are left out."""
    kept: list[tuple[Expr, Expr]] = []
    for condition, value in branches:
        if is_true(condition):
            default = value
            break
        if not is_false(condition):
            kept.append((condition, value))
    if not kept:
        return default or unknown()
    ifs = [exp.If(this=c, true=v) for c, v in kept]
    return exp.Case(ifs=ifs, default=None if default is None else default)


def surely(e: Expr) -> Expr:
    """Return TRUE where a truth is true, else FALSE."""
    return e if isinstance(e, exp.Boolean) else coalesce(e, exp.false())


def possibly(e: Expr) -> Expr:
    """Return FALSE where a truth is false, else TRUE."""
    return e if isinstance(e, exp.Boolean) else coalesce(e, exp.true())


def coalesce(e: Expr, default: Expr) -> Expr:
    """Return the first of two that is not NULL."""
    return exp.Coalesce(this=e, expressions=[default])


def code(truth: Expr) -> Expr:
    """Return a truth as a number, so that MAX over rows is OR over them: 0 false, 1 unknown, 2 true."""
    if isinstance(truth, exp.Boolean):
        return literal(2 if truth.this else 0)
    doubled = exp.Mul(this=exp.cast(truth, "int"), expression=literal(2))
    return coalesce(doubled, literal(1))


def decoded(number: Expr) -> Expr:
    """Return the truth behind a number of :func:`code`; no rows at all is false."""
    return case([(equals(number, 2), exp.true()), (equals(number, 1), unknown())], exp.false())


def greatest(number: Expr) -> Expr:
    """Return MAX over the rows of a group."""
    return exp.Max(this=number)


def beginning(e: Expr, length: int) -> Expr:
    """Return the first characters of a text."""
    return exp.Left(this=e, expression=literal(length))


def between(date: Expr, start: int, end: int) -> Expr:
    """Return whether a date lies in a half-open window of ordinals."""
    parts = [compared(">=", date, day(start))] if start > 1 else []
    if end < OPEN_END:
        parts.append(compared("<", date, day(end)))
    return all_of(parts)


def in_window(date: Expr, table: str) -> Expr:
    """Return whether a date lies in the window of a row of a reference table."""
    return all_of([compared(">=", date, column("starts", table)), compared("<", date, column("ends", table))])


def joined(parts: Sequence[tuple[Expr, str]]) -> Expr:
    """Return the texts whose condition is true, joined by semicolons."""
    if not parts:
        return literal("")
    texts = [case([(surely(condition), literal(f"; {text}"))], literal("")) for condition, text in parts]
    whole = texts[0]
    for text in texts[1:]:
        whole = exp.DPipe(this=whole, expression=text, safe=True)
    return exp.Substring(this=exp.paren(whole), start=literal(3))
