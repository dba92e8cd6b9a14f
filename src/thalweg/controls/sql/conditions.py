"""Conditions of the rulebook as SQL: what the closures compute one case at a time, over the columns of a relation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from sqlglot import exp

from thalweg.controls.program import Rulebook
from thalweg.controls.sql.expressions import (
    Expr,
    all_of,
    any_of,
    beginning,
    case,
    compared,
    day,
    literal,
    missing,
    negated,
    one_of,
    surely,
    unknown,
    within,
)
from thalweg.pack.language import Ast


class Scope(Protocol):
    """Where conditions find what they read."""

    def fact(self, name: str) -> Expr:
        """Return the column of a fact."""

    def in_group(self, fact: str, group: str) -> Expr:
        """Return whether the place that a fact holds is in a group."""

    def classes(self) -> Mapping[str, Expr]:
        """Return the truth of each class of the item that is read."""

    def stated(self, names: tuple[str, ...]) -> Expr:
        """Return whether the exporter states one of some ECCNs."""

    def quantified(self, ast: Ast, conditions: Conditions) -> Expr:
        """Return the truth of a condition on any or all parties, or any component."""

    def named(self, ast: Ast) -> Expr:
        """Return whether the party that is read is on a list, or in a set."""


class Conditions:
    """Compiles conditions over one scope."""

    def __init__(self, book: Rulebook, scope: Scope) -> None:
        self.pack = book.pack
        self.assigned = book.assigned
        self.scope = scope

    def truth(self, ast: Ast) -> Expr:
        """Return the truth of a condition."""
        match ast[0]:
            case "and":
                return all_of(self.truth(a) for a in ast[1:])
            case "or":
                return self._or(ast)
            case "not":
                return negated(self.truth(ast[1]))
            case "const":
                return literal(bool(ast[1]))
            case "bool":
                return self.scope.fact(ast[1])
            case "cmp":
                return self._compared(ast)
            case "in":
                return one_of_values(self._value(ast[1], ""), self._kind(ast[1]), ast[2])
            case "isnull":
                return missing(self.scope.fact(ast[1]))
            case "in_group":
                return self.scope.in_group(ast[1], ast[2])
            case "classified":
                return self._classified(ast[1])
            case "stated":
                return self.scope.stated((ast[1],))
            case "member_of" | "listed":
                return self.scope.named(ast)
        return self.scope.quantified(ast, self)

    def _or(self, ast: Ast) -> Expr:
        """Test the entries that only a stated ECCN can name at once."""
        only = tuple(sorted({a[1] for a in ast[1:] if self._stated_only(a)}))
        parts = [self.truth(a) for a in ast[1:] if not self._stated_only(a)]
        return any_of([*parts, self.scope.stated(only)] if only else parts)

    def _stated_only(self, ast: Ast) -> bool:
        return ast[0] == "stated" or (ast[0] == "classified" and not self._under(ast[1]) and not self._computed(ast[1]))

    def _computed(self, name: str) -> bool:
        return name.split(".", maxsplit=1)[0] in self.pack.computed_entries

    def _under(self, name: str) -> list[str]:
        return sorted(c for c in self.assigned if c == name or c.startswith(name + "."))

    def _classified(self, name: str) -> Expr:
        known = self.scope.classes()
        parts = [known[c] for c in self._under(name) if c in known]
        if not self._computed(name):
            within_it = name in self.assigned
            parts.append(surely(stated_at(self.scope.fact("eccn"), (name,))) if within_it else self.scope.stated((name,)))
        return any_of(parts)

    def _kind(self, *asts: Ast) -> str:
        return next((self.pack.facts[a[1]].type for a in asts if a[0] == "fact"), "")

    def _compared(self, ast: Ast) -> Expr:
        kind = self._kind(ast[2], ast[3])
        return compared(ast[1], self._value(ast[2], kind), self._value(ast[3], kind))

    def _value(self, ast: Ast, kind: str) -> Expr:
        match ast[0]:
            case "fact":
                return self.scope.fact(ast[1])
            case "lit" | "param":
                value = ast[1] if ast[0] == "lit" else self.pack.parameters[ast[1]]
                return day(int(value)) if kind == "date" else literal(value)
        a, b = self._value(ast[2], "number"), self._value(ast[3], "number")
        return arithmetic(ast[1], a, b)


def one_of_values(value: Expr, kind: str, values: Iterable[object]) -> Expr:
    """Return whether a value is one of some literals of a fact's type."""
    if kind == "date":
        return within(value, [day(int(str(v))) for v in values])
    return one_of(value, values)


def arithmetic(sign: str, a: Expr, b: Expr) -> Expr:
    """Return ``a sign b``; division by zero is unknown."""
    if sign == "/":
        return exp.Div(this=exp.paren(a), expression=exp.Nullif(this=b, expression=literal(0)), typed=False, safe=False)
    kind = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}[sign]
    return exp.paren(kind(this=exp.paren(a), expression=exp.paren(b)))


def stated_at(eccn: Expr, names: Iterable[str]) -> Expr:
    """Return whether an ECCN is one of some names, or stands below one."""
    by_length: dict[int, list[str]] = {}
    listed = list(names)
    for name in listed:
        by_length.setdefault(len(name) + 1, []).append(name + ".")
    below = [one_of(beginning(eccn, length), texts) for length, texts in sorted(by_length.items())]
    return any_of([one_of(eccn, listed), *below])


def stated(eccn: Expr, eccn_presumed: Expr, names: tuple[str, ...]) -> Expr:
    """Return whether the exporter states one of some ECCNs or one below; an ECCN above one of them leaves it unknown."""
    above = {".".join(parts[:n]) for name in names for parts in [name.split(".")] for n in range(1, len(parts))}
    return case(
        [
            (missing(eccn), case([(eccn_presumed, exp.false())])),
            (stated_at(eccn, names), exp.true()),
            (one_of(eccn, above), unknown()),
        ],
        exp.false(),
    )
