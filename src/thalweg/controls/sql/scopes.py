"""What conditions read of a transaction, of a component and of a party, as columns of a relation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

from thalweg.controls.program import Rulebook
from thalweg.controls.sql.conditions import Conditions, stated
from thalweg.controls.sql.expressions import Expr, all_of, case, coalesce, column, compared, in_window, literal, missing, surely, unknown
from thalweg.controls.sql.inputs import DATE, ECCN_PRESUMED, KEY, NAME_KEY, presumed
from thalweg.controls.sql.names import COMPONENTS, NAMES, PARTIES, PLACES, TRANSACTIONS, group_flag, name_flag, plain
from thalweg.controls.sql.relation import Relation
from thalweg.pack.language import Ast

Quantified = Callable[[Ast, Conditions], Expr]
T = "t"
"""The alias of the table of transactions wherever it is read."""


def transactions() -> exp.Select:
    """Return a SELECT from the transactions."""
    return exp.select().from_(exp.to_table(TRANSACTIONS).as_(T))


def child(alias: str) -> exp.Select:
    """Return a SELECT from the parties (``p``) or the components (``c``)."""
    return exp.select().from_(exp.to_table(PARTIES if alias == "p" else COMPONENTS).as_(alias))


def transaction_join(alias: str) -> exp.Join:
    """Return the join of the parties or components to their transactions."""
    return exp.Join(this=exp.to_table(TRANSACTIONS).as_(T), on=compared("=", column(KEY, T), column(KEY, alias)))


class Reading:
    """The facts of one relation; ``alias`` is its table, and the transaction is always at hand under ``t``."""

    def __init__(self, book: Rulebook, relation: Relation, alias: str) -> None:
        self.book = book
        self.pack = book.pack
        self.relation = relation
        self.alias = alias
        self.presumed: dict[str, dict[str, Any]] = {of: presumed(self.pack, of) for of in ("transaction", "item", "party")}
        if alias != T:
            relation.join(T, lambda: transaction_join(alias))
        self.needs = () if alias == T else (T,)
        self.date = relation.read(DATE, lambda: column(DATE, T), *self.needs)

    def fact(self, name: str) -> Expr:
        """Return the column of a fact, with what is presumed where nothing is said."""
        if name == DATE:
            return self.date
        return self.relation.read(name, lambda: self.source(name), *self.needs)

    def own(self, name: str) -> Expr:
        """Return a column of the relation's own table."""
        return column(name, self.alias)

    def source(self, name: str) -> Expr:
        """Return a fact as the input tables hold it."""
        of = self.pack.facts[name].of
        value = self.presumed[of].get(name)
        own = column(name, self.alias if of != "transaction" and not (of == "item" and self.alias == "p") else T)
        if value is None:
            return own
        if of == "item" and self.alias == "c":
            return coalesce(own, case([(missing(column(name, T)), literal(value))]))
        return coalesce(own, literal(value))

    def in_group(self, fact: str, group: str) -> Expr:
        """Return whether a place is in a group; a place that is not known, or not in the table of places, is unknown."""
        return self.place(fact, group_flag(group))

    def place(self, fact: str, flag: str) -> Expr:
        """Return what the table of places says of the place that a fact holds."""
        alias = f"at_{fact}"

        def join() -> exp.Join:
            here = compared("=", column("place", alias), self.source(fact))
            return exp.Join(this=exp.to_table(PLACES).as_(alias), side="LEFT", on=all_of([here, in_window(column(DATE, T), alias)]))

        self.relation.join(alias, join)
        return self.relation.read(f"{fact}_{flag}", lambda: column(flag, alias), *self.needs, alias)


class ItemScope:
    """Reads a transaction with its item, or a component with its transaction."""

    def __init__(self, reading: Reading, known: dict[str, Expr], asserted: dict[str, Expr], quantified: Quantified) -> None:
        self.reading = reading
        self.known = known
        self.asserted = asserted
        self._quantified = quantified

    def fact(self, name: str) -> Expr:
        """Return the column of a fact, as asserted where a presumption asserts it."""
        return self.asserted[name] if name in self.asserted else self.reading.fact(name)

    def in_group(self, fact: str, group: str) -> Expr:
        """Return whether a place is in a group."""
        return self.reading.in_group(fact, group)

    def classes(self) -> Mapping[str, Expr]:
        """Return the classes that are known at this point."""
        return self.known

    def stated(self, names: tuple[str, ...]) -> Expr:
        """Return whether the exporter states one of some ECCNs."""
        flag = self.reading.relation.read(ECCN_PRESUMED, lambda: surely(column(ECCN_PRESUMED, self.reading.alias)), *self.reading.needs)
        return self.reading.relation.add(f"stated_{plain('_'.join(names))}"[:50], stated(self.fact("eccn"), flag, names))

    def quantified(self, ast: Ast, conditions: Conditions) -> Expr:
        """Return the truth of a condition on parties or components."""
        return self._quantified(ast, conditions)

    def named(self, ast: Ast) -> Expr:
        """Refuse: the pack does not load where a party is read outside of a quantifier."""
        raise ValueError(f"{ast}: a party is read outside a quantifier")


class PartyScope:
    """Reads a party with its transaction."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def fact(self, name: str) -> Expr:
        """Return the column of a fact of the party, or of its transaction."""
        return self.reading.fact(name)

    def in_group(self, fact: str, group: str) -> Expr:
        """Return whether a place is in a group."""
        return self.reading.in_group(fact, group)

    def classes(self) -> Mapping[str, Expr]:
        """Return no classes: what reads them is taken out of the quantifier."""
        return {}

    def stated(self, names: tuple[str, ...]) -> Expr:
        """Refuse: an ECCN is a fact of the item, and is taken out of the quantifier."""
        raise ValueError(f"{names}: an ECCN is read as a fact of a party")

    def quantified(self, ast: Ast, conditions: Conditions) -> Expr:
        """Refuse: the pack does not load where a quantifier stands in another."""
        raise ValueError(f"{ast}: a quantifier stands in a quantifier, in {conditions}")

    def named(self, ast: Ast) -> Expr:
        """Return whether the party's name is on a list (unnamed: it is not) or in a set (unnamed: unknown)."""
        key = column(NAME_KEY, "p")

        def join() -> exp.Join:
            here = compared("=", column(NAME_KEY, NAMES), key)
            return exp.Join(this=exp.to_table(NAMES), side="LEFT", on=all_of([here, in_window(column(DATE, T), NAMES)]))

        self.reading.relation.join(NAMES, join)
        flag = name_flag(ast[0], ast[1])
        held = surely(column(flag, NAMES))
        value = held if ast[0] == "listed" else case([(missing(key), unknown())], held)
        return self.reading.relation.read(flag, lambda: value, T, NAMES)
