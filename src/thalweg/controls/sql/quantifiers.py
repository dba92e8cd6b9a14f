"""Conditions on any or all parties and on any component: tested row by row in their own table, then gathered by transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlglot import exp

from thalweg.controls.sql.conditions import Conditions
from thalweg.controls.sql.expressions import Expr, all_of, any_of, case, code, column, compared, decoded, greatest, negated, unknown
from thalweg.controls.sql.inputs import CONTENTS_KNOWN, KEY
from thalweg.controls.sql.relation import Layer, Relation
from thalweg.controls.sql.scopes import T
from thalweg.pack import Pack
from thalweg.pack.language import Ast, walk

Test = Callable[[Ast, Conditions], Expr]


class Tests:
    """Tests of the rows of a child table, each with one truth for a transaction: true if any row's is, else unknown if any row's is.

    ``bool_or`` and ``EXISTS`` would turn unknown into false; MAX over 0, 1 and 2 does not.
    """

    def __init__(self, label: str, child: Relation, main: Relation, alias: str) -> None:
        self.label = label
        self.child = child
        self.main = main
        child.read(KEY, lambda: column(KEY, alias))
        self._tests: dict[str, tuple[str, Expr]] = {}

    def any(self, truth: Expr, finish: Callable[[Expr], Expr] = lambda found: found) -> Expr:
        """Return the column of the transaction that says whether any row passes a test."""
        name, _ = self._tests.setdefault(truth.sql(copy=False), (f"any_{self.label}_{len(self._tests) + 1}", truth))
        here = compared("=", column(KEY, self.table), column(KEY, T))
        self.main.join(self.table, lambda: exp.Join(this=exp.to_table(self.table), side="LEFT", on=here))
        return self.main.read(name, lambda: finish(decoded(column(name, self.table))), self.table)

    @property
    def table(self) -> str:
        """The name of the gathered tests."""
        return f"{self.label}_tests"

    def layers(self, wanted: Iterable[str]) -> list[Layer]:
        """Return the layers of the tests that are wanted, if any."""
        names = set(wanted)
        tests = [(name, truth) for name, truth in self._tests.values() if name in names]
        if not tests:
            return []
        layers = self.child.layers([column(KEY), *(truth for _, truth in tests)])
        gathered = exp.select(KEY, *(exp.alias_(greatest(code(truth)), name) for name, truth in tests))
        return [*layers, (self.table, gathered.from_(layers[-1][0]).group_by(KEY))]


def of_component(tests: Tests, inner: Conditions, ast: Ast) -> Expr:
    """Return whether a condition holds of any component; unknown where the contents are not known."""
    known = column(CONTENTS_KNOWN, T)
    return tests.any(inner.truth(ast[1]), lambda found: case([(known, found)], unknown()))


class PartyTests:
    """Takes out of a condition on parties what does not read a party.

    ``any(a AND p)`` is ``a AND any(p)`` where ``a`` reads no party, and ``any(p OR q)`` is ``any(p) OR any(q)``. Both hold in three-valued
    logic for a transaction that has a party, and every transaction has one.
    """

    def __init__(self, pack: Pack, tests: Tests, inner: Conditions) -> None:
        self.pack = pack
        self.tests = tests
        self.inner = inner

    def truth(self, ast: Ast, outer: Conditions) -> Expr:
        """Return the truth of ``any_party`` or ``all_parties``."""
        if ast[0] == "all_parties":
            return negated(self._any(["not", ast[1]], outer))
        return self._any(ast[1], outer)

    def _any(self, ast: Ast, outer: Conditions) -> Expr:
        if not self._reads_party(ast):
            return outer.truth(ast)
        if self._reads_party_only(ast):
            return self.tests.any(self.inner.truth(ast))
        match ast[0]:
            case "or":
                return any_of(self._any(part, outer) for part in ast[1:])
            case "not" if ast[1][0] in ("and", "or", "not"):
                return self._any(_pushed_in(ast[1]), outer)
            case "and":
                return self._any_and(ast[1:], outer)
        return self.tests.any(self.inner.truth(ast))

    def _any_and(self, parts: list[Ast], outer: Conditions) -> Expr:
        apart = [p for p in parts if not self._reads_party(p)]
        rest = [p for p in parts if self._reads_party(p)]
        if apart:
            return all_of([*(outer.truth(p) for p in apart), self._any(["and", *rest] if len(rest) > 1 else rest[0], outer)])
        for number, part in enumerate(rest):
            others = [*rest[:number], *rest[number + 1 :]]
            if self._reads_party_only(part):
                continue
            if part[0] == "not" and part[1][0] in ("and", "or", "not"):
                return self._any(["and", *others, _pushed_in(part[1])], outer)
            if part[0] == "and":
                return self._any(["and", *others, *part[1:]], outer)
            if part[0] == "or":
                return any_of(self._any(["and", *others, p], outer) for p in part[1:])
        return self.tests.any(self.inner.truth(["and", *rest]))

    def _reads_party(self, ast: Ast) -> bool:
        return any(n[0] in ("member_of", "listed") or self._of(n) == "party" for n in walk(ast))

    def _reads_party_only(self, ast: Ast) -> bool:
        others = ("classified", "stated", "any_component")
        return not any(n[0] in others or self._of(n) in ("transaction", "item") for n in walk(ast))

    def _of(self, node: Ast) -> str:
        return self.pack.facts[node[1]].of if node[0] in ("fact", "bool", "isnull", "in_group") else ""


def _pushed_in(ast: Ast) -> Ast:
    """Return NOT of a condition, with the NOT moved inwards."""
    if ast[0] == "not":
        inner: Ast = ast[1]
        return inner
    return ["or" if ast[0] == "and" else "and", *(["not", part] for part in ast[1:])]
