"""Conditions as Python closures over an environment: the fast path of one decision.

Each closure returns 0 (false), 1 (unknown) or 2 (true). Values that a date decides (groups, sets) are fixed when the closure is made.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from thalweg.controls.environment import Environment, Truth, Value, stated_eccn, stated_within
from thalweg.pack import Pack
from thalweg.pack.language import Ast, walk

_MANY: Final = 4
_OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Compiler:
    """Makes closures for the law of one day."""

    def __init__(self, pack: Pack, day: int, assigned: frozenset[str]) -> None:
        self.pack = pack
        self.day = day
        self.assigned = assigned
        self._classes: dict[str, tuple[tuple[str, ...], bool]] = {}
        self._groups: dict[str, frozenset[str]] = {}
        self._sets: dict[str, frozenset[str]] = {}
        self._slots: dict[str, int] = {}
        self._entries: dict[int, tuple[Ast, tuple[list[Ast], tuple[str, ...], Truth | None]]] = {}
        self.templates: dict[tuple[int, bool], Any] = {}
        self._made: dict[int, tuple[Ast, Truth]] = {}
        self.clauses: dict[int, tuple[Ast, Any]] = {}
        self.trees: dict[Any, Any] = {}
        self.reads: dict[Any, Any] = {}
        self.patterns: dict[tuple[tuple[str, str], ...], list[str]] = {}

    def classes_under(self, name: str) -> tuple[tuple[str, ...], bool]:
        """Return the assigned classes that a name covers, and whether a stated ECCN counts beside them."""
        found = self._classes.get(name)
        if found is None:
            keys = tuple(sorted(c for c in self.assigned if c == name or c.startswith(name + ".")))
            found = self._classes[name] = (keys, name.split(".", maxsplit=1)[0] not in self.pack.computed_entries)
        return found

    def group(self, name: str) -> frozenset[str]:
        """Return the places of a group on the day."""
        found = self._groups.get(name)
        if found is None:
            found = self._groups[name] = frozenset(m.member for m in self.pack.groups[name] if m.start <= self.day < m.end)
        return found

    def members(self, name: str) -> frozenset[str]:
        """Return the matching keys of a set's members on the day."""
        found = self._sets.get(name)
        if found is None:
            windows = self.pack.sets[name].members.items()
            found = self._sets[name] = frozenset(k for k, memberships in windows if any(m.start <= self.day < m.end for m in memberships))
        return found

    def scope_of(self, fact: str) -> str:
        """Return which of the three scopes a fact is read from."""
        of = self.pack.facts[fact].of
        return "tx" if of == "transaction" else of

    def truth(self, ast: Ast) -> Truth:
        """Compile a condition; the same condition is compiled once."""
        found = self._made.get(id(ast))
        if found is None or found[0] is not ast:
            found = self._made[id(ast)] = (ast, getattr(self, "_" + ast[0])(ast))
        return found[1]

    def _and(self, ast: Ast) -> Truth:
        parts = tuple(self.truth(a) for a in sorted(ast[1:], key=cost))

        def test(e: Environment) -> int:
            result = 2
            for part in parts:
                value = part(e)
                if value == 0:
                    return 0
                if value == 1:
                    result = 1
            return result

        return test

    def _or(self, ast: Ast) -> Truth:
        named = [a for a in ast[1:] if self._is_stated_only(a)]
        rest = [a for a in ast[1:] if not self._is_stated_only(a)]
        parts = tuple([self._any_stated(tuple(a[1] for a in named))] if named else []) + tuple(
            self.truth(a) for a in sorted(rest, key=cost)
        )
        if len(parts) == 1:
            return parts[0]

        def test(e: Environment) -> int:
            result = 0
            for part in parts:
                value = part(e)
                if value == 2:
                    return 2
                if value == 1:
                    result = 1
            return result

        return test

    def entries_of(self, ast: Ast) -> tuple[list[Ast], tuple[str, ...], Truth | None]:
        """Split an OR that names many entries into its other parts and one test of the entries; one that names few is left whole."""
        found = self._entries.get(id(ast))
        if found is None or found[0] is not ast:
            named = [a for a in ast[1:] if a[0] in ("classified", "stated")]
            if len(named) < _MANY:
                split: tuple[list[Ast], tuple[str, ...], Truth | None] = (ast[1:], (), None)
            else:
                split = ([a for a in ast[1:] if a not in named], tuple(a[1] for a in named), self.truth(["or", *named]))
            found = self._entries[id(ast)] = (ast, split)
        return found[1]

    def _is_stated_only(self, ast: Ast) -> bool:
        return ast[0] == "stated" or (ast[0] == "classified" and self.classes_under(ast[1]) == ((), True))

    def _any_stated(self, names: tuple[str, ...]) -> Truth:
        """Test many entries at once; most items have no stated ECCN or one that is none of them."""

        def test(e: Environment) -> int:
            eccn = e.item.get("eccn")
            if eccn is None and e.item.get("#eccn_presumed"):
                return 0
            return max(stated_eccn(e, name) for name in names)

        return test

    def _not(self, ast: Ast) -> Truth:
        inner = self.truth(ast[1])
        return lambda e: 2 - inner(e)

    def _const(self, ast: Ast) -> Truth:
        value = 2 if ast[1] else 0
        return lambda _: value

    def _bool(self, ast: Ast) -> Truth:
        read = self.read(ast[1])

        def test(e: Environment) -> int:
            value = read(e)
            return 1 if value is None else 2 if value else 0

        return test

    def _cmp(self, ast: Ast) -> Truth:
        compare = _OPERATORS[ast[1]]
        left, right = self._value(ast[2]), self._value(ast[3])
        if ast[3][0] == "lit":
            literal = ast[3][1]

            def against_literal(e: Environment) -> int:
                value = left(e)
                return 1 if value is None else 2 if compare(value, literal) else 0

            return against_literal

        def test(e: Environment) -> int:
            a, b = left(e), right(e)
            return 1 if a is None or b is None else 2 if compare(a, b) else 0

        return test

    def _in(self, ast: Ast) -> Truth:
        return self._member(self._value(ast[1]), frozenset(ast[2]))

    def _in_group(self, ast: Ast) -> Truth:
        return self._member(self.read(ast[1]), self.group(ast[2]))

    def _member(self, read: Value, allowed: frozenset[Any]) -> Truth:
        def test(e: Environment) -> int:
            value = read(e)
            return 1 if value is None else 2 if value in allowed else 0

        return test

    def _isnull(self, ast: Ast) -> Truth:
        read = self.read(ast[1])
        return lambda e: 2 if read(e) is None else 0

    def _classified(self, ast: Ast) -> Truth:
        name = ast[1]
        keys, stated = self.classes_under(name)
        said = stated_within if name in self.assigned else stated_eccn
        if len(keys) == 1 and not stated:
            key = keys[0]
            return lambda e: e.classes.get(key, 0)

        def test(e: Environment) -> int:
            result, classes = 0, e.classes
            for key in keys:
                value = classes.get(key, 0)
                if value == 2:
                    return 2
                if value == 1:
                    result = 1
            return max(result, said(e, name)) if stated else result

        return test

    def _stated(self, ast: Ast) -> Truth:
        name = ast[1]
        return lambda e: stated_eccn(e, name)

    def _member_of(self, ast: Ast) -> Truth:
        allowed = self.members(ast[1])
        name = ast[1]

        def test(e: Environment) -> int:
            key = e.party.get("#key")
            if key is None:
                return e.opaque.get(("member", e.party.get("#index"), name), 1)
            return 2 if key in allowed else 0

        return test

    def _listed(self, ast: Ast) -> Truth:
        name = ast[1]

        def test(e: Environment) -> int:
            lists = e.party["#listed"]
            if lists is None:
                return 1
            if name in lists:
                return 2
            return max([e.opaque.get(doubt, 1) for doubt, lists in e.party.get("#doubts", ()) if name in lists], default=0)

        return test

    def _any_party(self, ast: Ast) -> Truth:
        inner = self.truth(ast[1])
        slot = self._slots.setdefault(repr(ast[1]), len(self._slots)) if self._parties_alone(ast[1]) else -1

        def test(e: Environment) -> int:
            result = e.memo.get(slot)
            if result is not None:
                return result
            result = 0
            for party in e.parties:
                e.party = party
                value = inner(e)
                if value > result:
                    result = value
                    if value == 2:
                        break
            if slot >= 0:
                e.memo[slot] = result
            return result

        return test

    def _parties_alone(self, ast: Ast) -> bool:
        """Say whether a condition reads parties and the transaction only, so that it stays the same while an item is classified."""
        return not any(
            n[0] in ("classified", "stated", "any_component")
            or (n[0] in ("fact", "bool", "isnull", "in_group") and self.pack.facts[n[1]].of == "item")
            for n in walk(ast)
        )

    def _all_parties(self, ast: Ast) -> Truth:
        inner = self._any_party(["any_party", ["not", ast[1]]])
        return lambda e: 2 - inner(e)

    def _any_component(self, ast: Ast) -> Truth:
        inner = self.truth(ast[1])
        key = ("contents", repr(ast[1]))

        def test(e: Environment) -> int:
            if e.components is None:
                return e.opaque.get(key, 1)
            item, classes = e.item, e.classes
            result = 0
            for component, known in zip(e.components, e.component_classes, strict=True):
                e.item, e.classes = component, known
                value = inner(e)
                if value > result:
                    result = value
                    if value == 2:
                        break
            e.item, e.classes = item, classes
            return result

        return test

    def _value(self, ast: Ast) -> Value:
        return getattr(self, "_" + ast[0])(ast)  # type: ignore[no-any-return]

    def _fact(self, ast: Ast) -> Value:
        return self.read(ast[1])

    def read(self, name: str) -> Value:
        """Return what reads a fact where it stands."""
        scope = self.scope_of(name)
        if scope == "tx":
            return lambda e: e.tx.get(name)
        if scope == "item":
            return lambda e: e.item.get(name)
        return lambda e: e.party.get(name)

    def _lit(self, ast: Ast) -> Value:
        value = ast[1]
        return lambda _: value

    def _param(self, ast: Ast) -> Value:
        value = self.pack.parameters[ast[1]]
        return lambda _: value

    def _arith(self, ast: Ast) -> Value:
        left, right, sign = self._value(ast[2]), self._value(ast[3]), ast[1]

        def compute(e: Environment) -> Any:
            a, b = left(e), right(e)
            return None if a is None or b is None else arithmetic(sign, a, b)

        return compute


def arithmetic(sign: str, a: float, b: float) -> float | None:
    """Return ``a sign b``; division by zero is unknown."""
    if sign == "+":
        return a + b
    if sign == "-":
        return a - b
    if sign == "*":
        return a * b
    return a / b if b else None


def compare(sign: str, a: Any, b: Any) -> bool:
    """Return whether ``a sign b`` holds."""
    return _OPERATORS[sign](a, b)


_COST: Final[Mapping[str, int]] = {
    "bool": 1,
    "cmp": 1,
    "in": 1,
    "in_group": 1,
    "const": 0,
    "classified": 3,
    "stated": 1,
    "listed": 1,
    "member_of": 1,
}


def cost(ast: Ast) -> int:
    """Estimate what a condition costs, so that cheap parts are tried first (the order never changes the truth)."""
    if ast[0] in _COST:
        return _COST[ast[0]]
    if ast[0] in ("and", "or"):
        return sum(cost(a) for a in ast[1:])
    if ast[0] in ("any_party", "all_parties", "any_component"):
        return 10 + 3 * cost(ast[1])
    return 1 + (cost(ast[1]) if isinstance(ast[1], list) else 0)
