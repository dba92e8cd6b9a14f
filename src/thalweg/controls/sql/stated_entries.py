"""Reasons for control of a stated ECCN: a join with the table of reasons and their scopes, one row for each transaction that states one."""

from __future__ import annotations

from functools import partial

from sqlglot import exp

from thalweg.controls.program import Rulebook
from thalweg.controls.sql.chart import STATED, asks, test_of
from thalweg.controls.sql.expressions import (
    Expr,
    all_of,
    any_of,
    case,
    code,
    column,
    compared,
    decoded,
    equals,
    greatest,
    literal,
    missing,
    negated,
    possibly,
)
from thalweg.controls.sql.inputs import KEY
from thalweg.controls.sql.names import REASON_SCOPES, REASONS
from thalweg.controls.sql.relation import Layer, Relation
from thalweg.controls.sql.scopes import Reading, T, transactions

ROW = "reason_id"


def layers(book: Rulebook) -> list[Layer]:
    """Return the layers from the scopes of each reason, over reasons, to transactions."""
    relation = Relation("stated_scopes", _source)
    reading = Reading(book, relation, T)
    targets = [relation.read(KEY, lambda: column(KEY, T))]
    targets += [relation.read(n, partial(column, n, "r")) for n in (ROW, "scope_kind", "in_words")]
    subject = reading.fact("technology_for")
    name = case([(equals(column("scope_kind", "r"), "for"), reading.source("technology_for"))], column("eccn", T))
    targets.append(subject)
    targets.append(relation.read("barred", lambda: _barred(name)))
    targets.append(relation.read("inside", lambda: _inside(name)))
    truth, unread = _asked(book, reading)
    targets += [relation.add("asks", truth), relation.add("asks_unread", unread)]
    found = relation.layers(targets)
    return [*found, ("stated_reasons", _by_reason(found[-1][0])), (STATED, _by_transaction())]


def _source() -> exp.Select:
    eccn, entry = column("eccn", T), column("entry", "r")
    dot = exp.StrPosition(this=eccn, substr=literal("."))
    before = exp.Left(this=eccn, expression=exp.Sub(this=dot, expression=literal(1)))
    root = case([(compared(">", dot, literal(0)), before)], eccn)
    reasons = exp.Join(this=exp.to_table(REASONS).as_("r"), on=compared("=", entry, root))
    scopes = exp.Join(this=exp.to_table(REASON_SCOPES).as_("s"), side="LEFT", on=compared("=", column(ROW, "s"), column(ROW, "r")))
    select = transactions()
    select.append("joins", reasons)
    select.append("joins", scopes)
    return select


def _under(name: Expr, scope: Expr) -> Expr:
    """Return whether an entry stands under a scope: equal, below it, or in a category or group that its first characters name."""
    length = exp.Length(this=scope)
    longer = exp.Left(this=name, expression=exp.Add(this=length, expression=literal(1)))
    dotted = exp.DPipe(this=scope, expression=literal("."), safe=True)
    short = all_of([compared("<", length, literal(5)), compared("=", exp.Left(this=name, expression=length), scope)])
    return any_of([compared("=", name, scope), compared("=", longer, dotted), short])


def _barred(name: Expr) -> Expr:
    scope, negative = column("scope", "s"), column("negated", "s")
    return case([(all_of([negative, _under(name, scope)]), literal(1))], literal(0))


def _inside(name: Expr) -> Expr:
    scope, negative = column("scope", "s"), column("negated", "s")
    branches = [
        (negative, literal(0)),
        (any_of([equals(scope, "*"), _under(name, scope)]), literal(2)),
        (_under(scope, name), literal(1)),
    ]
    return case(branches, literal(0))


def _asked(book: Rulebook, reading: Reading) -> tuple[Expr, Expr]:
    """Return how each row is read at the destination, by the test that it names."""
    rows = {test_of(row): row for found in book.pack.reasons.values() for row in found}
    test = reading.relation.read("test", lambda: column("test", "r"))
    read = {name: asks(book.pack, row, reading) for name, row in sorted(rows.items())}
    truth = case([(equals(test, name), a.truth) for name, a in read.items()], exp.false())
    return truth, case([(equals(test, name), a.unread) for name, a in read.items()], exp.false())


def _by_reason(source: str) -> exp.Select:
    """Gather the scopes of each reason: whether it covers the item, whether it asks, and whether only its words could tell."""
    kept = [column(c) for c in (KEY, ROW, "scope_kind", "in_words", "asks", "asks_unread", "technology_for")]
    gathered = [exp.alias_(greatest(column(c)), c) for c in ("barred", "inside")]
    return exp.select(*(k for k in kept), *gathered).from_(source).group_by(*(k for k in kept))


def _by_transaction() -> exp.Select:
    kind = column("scope_kind")
    inside = case([(equals(column("barred"), 1), exp.false())], decoded(column("inside")))
    applies = case(
        [
            (equals(kind, "entire"), exp.true()),
            (equals(kind, "text"), exp.cast(exp.null(), "boolean")),
            (all_of([equals(kind, "for"), missing(column("technology_for"))]), exp.cast(exp.null(), "boolean")),
            (equals(kind, "except"), negated(inside)),
        ],
        inside,
    )
    in_words = any_of([column("in_words"), equals(kind, "text")])
    truth = all_of([negated(in_words), applies, column("asks")])
    unread = all_of([possibly(applies), any_of([column("asks_unread"), all_of([in_words, possibly(column("asks"))])])])
    columns = [
        column(KEY),
        exp.alias_(greatest(code(truth)), "truth"),
        exp.alias_(greatest(case([(unread, literal(1))], literal(0))), "unread"),
    ]
    return exp.select(*columns).from_("stated_reasons").group_by(KEY)
