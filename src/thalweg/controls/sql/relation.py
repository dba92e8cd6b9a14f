"""Columns over one input table, each computed from the table or from earlier columns; a column that nothing needs is never written.

SQL does not let one column of a SELECT read another, so that columns stand in layers, each a common table expression over the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from sqlglot import exp

from thalweg.controls.sql.expressions import Expr, column

Layer = tuple[str, exp.Select]


class Relation:
    """One row for each transaction, party or component, and the columns that rules need of it; ``taken`` names are those of facts."""

    def __init__(self, label: str, source: Callable[[], exp.Select], taken: Container[str] = ()) -> None:
        self.label = label
        self.source = source
        self.taken = taken
        self._joins: dict[str, exp.Join] = {}
        self._base: dict[str, tuple[Expr, tuple[str, ...]]] = {}
        self._derived: dict[str, Expr] = {}
        self._same: dict[str, str] = {}

    def join(self, alias: str, make: Callable[[], exp.Join]) -> str:
        """Declare a join under an alias; it is written only where a column reads it."""
        if alias not in self._joins:
            self._joins[alias] = make()
        return alias

    def read(self, name: str, value: Callable[[], Expr], *joins: str) -> Expr:
        """Return a column that is read from the table or from what is joined to it."""
        if name not in self._base:
            self._base[name] = (value(), joins)
        return column(name)

    def add(self, name: str, value: Expr) -> Expr:
        """Return a column that is computed from others; equal values share a column, and what is short stands for itself."""
        if isinstance(value, (exp.Column, exp.Boolean)):
            return value
        text = value.sql(copy=False)
        known = self._same.get(text)
        if known is None:
            known = self._same[text] = self._free(name)
            self._derived[known] = value
        return column(known)

    def _free(self, name: str) -> str:
        """Return a name that no other column has."""
        found, number = name, 1
        while found in self._derived or found in self.taken:
            number += 1
            found = f"{name}_{number}"
        return found

    def __len__(self) -> int:
        """Return how many columns are computed so far."""
        return len(self._derived)

    def layers(self, targets: Iterable[Expr]) -> list[Layer]:
        """Return the layers that hold every column which the targets read, first to last."""
        needed = self.wanted(targets)
        depth: dict[str, int] = {}
        for name, value in self._derived.items():
            if name in needed:
                depth[name] = 1 + max((depth.get(c, 0) for c in _reads(value)), default=0)
        first = self.source().select(*(exp.alias_(self._base[n][0], n, copy=False) for n in self._base if n in needed), copy=False)
        for alias, join in self._joins.items():
            if any(alias in self._base[n][1] for n in self._base if n in needed):
                first.append("joins", join.copy())
        layers = [(self.label, first)]
        for level in range(1, max(depth.values(), default=0) + 1):
            select = exp.select("*").from_(layers[-1][0])
            for name, at in depth.items():
                if at == level:
                    select.select(exp.alias_(self._derived[name], name, copy=False), copy=False)
            layers.append((f"{self.label}_{level}", select))
        return layers

    def wanted(self, targets: Iterable[Expr]) -> set[str]:
        """Return the names of all columns that some targets rest on."""
        needed: set[str] = set()
        stack = [name for target in targets for name in _reads(target)]
        while stack:
            name = stack.pop()
            if name not in needed:
                needed.add(name)
                if name in self._derived:
                    stack.extend(_reads(self._derived[name]))
        return needed


def _reads(value: Expr) -> set[str]:
    return {c.name for c in value.find_all(exp.Column)}
