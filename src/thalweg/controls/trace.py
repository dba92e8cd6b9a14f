"""Why a rule holds, fails or stays open: each clause with the values it read, as plain nested tuples.

A clause is ``(truth, what, values, parts)``, where ``what`` is the condition itself or a label; words are made from it on demand
(:mod:`thalweg.controls.explain`). The same walk finds the unknowns that keep a rule open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thalweg.controls.closures import Environment, arithmetic, compare, stated_eccn, stated_within
from thalweg.controls.program import Program, Step, class_reads
from thalweg.pack.language import Ast

Clause = tuple[int, Any, tuple[tuple[str, Any], ...], tuple[Any, ...]]
Unknown = tuple[str, ...]
"""What keeps a clause open: ``("fact", scope, name)``, ``("member", party, set)``,
 ``("contents", condition)``, ``("eccn", class)`` or ``("posture", rule)``."""


class Tracer:
    """Walks conditions of one program over one environment."""

    def __init__(self, program: Program, e: Environment) -> None:
        self.program = program
        self.compiler = program.compiler
        self.facts = program.compiler.pack.facts
        self.e = e
        self.item_at = "item"
        self.party_at = ""
        self.unknown: list[Unknown] = []
        self._forms: dict[str, Callable[[Ast], Clause]] = {
            "and": self._and,
            "or": self._or,
            "not": self._not,
            "const": self._const,
            "bool": self._bool,
            "cmp": self._cmp,
            "in": self._in,
            "in_group": self._in_group,
            "isnull": self._isnull,
            "classified": self._classified,
            "stated": self._stated,
            "member_of": self._member_of,
            "listed": self._listed,
            "any_party": self._any_party,
            "all_parties": self._all_parties,
            "any_component": self._any_component,
        }

    def step(self, step: Step) -> Clause:
        """Trace one rule: its condition, its exclusion and its posture."""
        version = step.version
        parts = [self.clause(version.when)]
        truth = parts[0][0]
        if version.unless:
            inner = self.clause(version.unless)
            parts.append((2 - inner[0], "unless", (), (inner,)))
            truth = min(truth, 2 - inner[0])
        if step.uncertain:
            known = self.e.opaque.get(("posture", step.rule.id), 1)
            parts.append((known, "it is not known whether the rule is enforced on this day", (), ()))
            if truth and known == 1:
                self.unknown.append(("posture", step.rule.id))
            truth = min(truth, known)
        return (truth, step.rule.title, (), tuple(parts))

    def clause(self, ast: Ast) -> Clause:
        """Trace one condition."""
        return self._forms[ast[0]](ast)

    def _and(self, ast: Ast) -> Clause:
        before = len(self.unknown)
        parts = tuple([self.clause(a) for a in ast[1:]])
        truth = min([p[0] for p in parts])
        if truth == 0:
            del self.unknown[before:]
        return (truth, "all of", (), parts)

    def _or(self, ast: Ast) -> Clause:
        before = len(self.unknown)
        rest, names, test = self.compiler.entries_of(ast)
        parts = [self.clause(a) for a in rest]
        if test is not None:
            truth = test(self.e)
            if truth == 1:
                parts.extend(self.clause(a) for a in ast[1:] if a not in rest)
            else:
                shown = tuple(c for c, v in self.e.classes.items() if v == 2) or self.e.item.get("eccn")
                parts.append((truth, ["entries", names], (("class", shown),), ()))
        truth = max([p[0] for p in parts])
        if truth == 2:
            del self.unknown[before:]
        return (truth, "any of", (), tuple(parts))

    def _not(self, ast: Ast) -> Clause:
        inner = self.clause(ast[1])
        return (2 - inner[0], "not", (), (inner,))

    def _const(self, ast: Ast) -> Clause:
        return (2 if ast[1] else 0, ast, (), ())

    def _bool(self, ast: Ast) -> Clause:
        value = self._read(ast[1])
        return (1 if value is None else 2 if value else 0, ast, ((ast[1], value),), ())

    def _cmp(self, ast: Ast) -> Clause:
        values: list[tuple[str, Any]] = []
        left, right = self._evaluate(ast[2], values), self._evaluate(ast[3], values)
        truth = 1 if left is None or right is None else 2 if compare(ast[1], left, right) else 0
        return (truth, ast, tuple(values), ())

    def _in(self, ast: Ast) -> Clause:
        values: list[tuple[str, Any]] = []
        value = self._evaluate(ast[1], values)
        return (1 if value is None else 2 if value in ast[2] else 0, ast, tuple(values), ())

    def _in_group(self, ast: Ast) -> Clause:
        value = self._read(ast[1])
        return (1 if value is None else 2 if value in self.compiler.group(ast[2]) else 0, ast, ((ast[1], value),), ())

    def _isnull(self, ast: Ast) -> Clause:
        value = self._scope(ast[1])[0].get(ast[1])
        return (2 if value is None else 0, ast, ((ast[1], value),), ())

    def _classified(self, ast: Ast) -> Clause:
        name = ast[1]
        keys, stated = self.compiler.classes_under(name)
        found = {c: self.e.classes.get(c, 0) for c in keys}
        truth = max(found.values(), default=0)
        if stated and truth < 2:
            said = (stated_within if name in self.compiler.assigned else stated_eccn)(self.e, name)
            if said == 1:
                self.unknown.append(("eccn", name))
            truth = max(truth, said)
        shown = tuple(c for c, v in found.items() if v) or self.e.item.get("eccn")
        return (truth, ast, (("class", shown),), ())

    def _stated(self, ast: Ast) -> Clause:
        truth = stated_eccn(self.e, ast[1])
        if truth == 1:
            self.unknown.append(("eccn", ast[1]))
        return (truth, ast, (("eccn", self.e.item.get("eccn")),), ())

    def _member_of(self, ast: Ast) -> Clause:
        key = self.e.party.get("#key")
        if key is None:
            truth = self.e.opaque.get(("member", self.e.party.get("#index"), ast[1]), 1)
            if truth == 1:
                self.unknown.append(("member", str(self.e.party.get("#index")), ast[1]))
        else:
            truth = 2 if key in self.compiler.members(ast[1]) else 0
        return (truth, ast, (("name", self.e.party.get("name")),), ())

    def _listed(self, ast: Ast) -> Clause:
        return (2 if ast[1] in self.e.party["#listed"] else 0, ast, (("name", self.e.party.get("name")),), ())

    def _any_party(self, ast: Ast) -> Clause:
        before = len(self.unknown)
        parts = []
        for party in self.e.parties:
            self.e.party, self.party_at = party, f"party:{party['#index']}"
            clause = self.clause(ast[1])
            parts.append((clause[0], f"{party['role']} {party.get('name') or '(not named)'}", (), (clause,)))
        truth = max((p[0] for p in parts), default=0)
        if truth == 2:
            del self.unknown[before:]
        return (truth, "any party", (), tuple(parts))

    def _all_parties(self, ast: Ast) -> Clause:
        inner = self._any_party(["any_party", ["not", ast[1]]])
        return (2 - inner[0], "all parties", (), (inner,))

    def _any_component(self, ast: Ast) -> Clause:
        e, before = self.e, len(self.unknown)
        if e.components is None:
            truth = e.opaque.get(("contents", repr(ast[1])), 1)
            if truth == 1:
                self.unknown.append(("contents", repr(ast[1])))
            return (truth, "any component", (("contains", None),), ())
        item, classes, where = e.item, e.classes, self.item_at
        parts = []
        for i, (component, known) in enumerate(zip(e.components, e.component_classes, strict=True)):
            e.item, e.classes, self.item_at = component, known, f"component:{i}"
            clause = self.clause(ast[1])
            parts.append((clause[0], str(component.get("item_name")), (), (clause,)))
            if clause[0] == 1:
                self.unknown.extend(self._class_unknowns(ast))
        e.item, e.classes, self.item_at = item, classes, where
        truth = max((p[0] for p in parts), default=0)
        if truth == 2:
            del self.unknown[before:]
        return (truth, "any component", (), tuple(parts))

    def _class_unknowns(self, ast: Ast) -> list[Unknown]:
        """Return what keeps the classes of a component open (they are worked out with the component as the item)."""
        e = self.e
        components, kept = e.components, self.unknown
        e.components, self.unknown = [], []
        for step in self.program.class_steps_for(class_reads(self.compiler, (ast,))):
            if step.test(e) == 1:
                self.step(step)
        found, self.unknown = self.unknown, kept
        e.components = components
        return found

    def _scope(self, name: str) -> tuple[dict[str, Any], str]:
        of = self.facts[name].of
        if of == "transaction":
            return self.e.tx, "tx"
        if of == "item":
            return self.e.item, self.item_at
        return self.e.party, self.party_at

    def _read(self, name: str) -> Any:
        facts, where = self._scope(name)
        value = facts.get(name)
        if value is None:
            self.unknown.append(("fact", where, name))
        return value

    def _evaluate(self, ast: Ast, values: list[tuple[str, Any]]) -> Any:
        kind = ast[0]
        if kind == "lit":
            return ast[1]
        if kind == "fact":
            value = self._read(ast[1])
            values.append((ast[1], value))
            return value
        if kind == "param":
            value = self.compiler.pack.parameters[ast[1]]
            values.append((":" + ast[1], value))
            return value
        a, b = self._evaluate(ast[2], values), self._evaluate(ast[3], values)
        return None if a is None or b is None else arithmetic(ast[1], a, b)
