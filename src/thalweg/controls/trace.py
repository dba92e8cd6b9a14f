"""Why a rule holds, fails or stays open: each clause with the values it read, as plain nested tuples.

A clause is ``(truth, text, values, parts)``; it is rendered on demand. The same walk finds the unknowns that keep a rule open.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from thalweg.controls.closures import Environment, arithmetic, compare, stated_eccn
from thalweg.controls.program import Program, Step
from thalweg.pack.language import Ast

Clause = tuple[int, str, tuple[tuple[str, Any], ...], tuple[Any, ...]]
Unknown = tuple[str, ...]
"""What keeps a clause open: ``("fact", scope, name)``, ``("member", party, set)``, ``("contents", condition)``, ``("eccn", class)`` or ``("posture", rule)``."""


class Tracer:
    """Walks conditions of one program over one environment."""

    def __init__(self, program: Program, e: Environment) -> None:
        self.program = program
        self.compiler = program.compiler
        self.e = e
        self.where = {"item": "item", "party": ""}
        self.unknown: list[Unknown] = []

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
            parts.append((known, "whether the rule is enforced on this day is not known", (), ()))
            if truth and known == 1:
                self.unknown.append(("posture", step.rule.id))
            truth = min(truth, known)
        return (truth, step.rule.title, (), tuple(parts))

    def clause(self, ast: Ast) -> Clause:
        """Trace one condition."""
        return getattr(self, "_" + ast[0])(ast)  # type: ignore[no-any-return]

    def _and(self, ast: Ast) -> Clause:
        return self._join(ast, "all of", min, 0)

    def _or(self, ast: Ast) -> Clause:
        return self._join(ast, "any of", max, 2)

    def _join(self, ast: Ast, text: str, combine: Any, decisive: int) -> Clause:  # noqa: ANN401
        before = len(self.unknown)
        parts = tuple(self.clause(a) for a in ast[1:])
        truth = combine(p[0] for p in parts)
        if truth == decisive:
            del self.unknown[before:]
        return (truth, text, (), parts)

    def _not(self, ast: Ast) -> Clause:
        inner = self.clause(ast[1])
        return (2 - inner[0], "not", (), (inner,))

    def _const(self, ast: Ast) -> Clause:
        return (2 if ast[1] else 0, "always" if ast[1] else "never", (), ())

    def _bool(self, ast: Ast) -> Clause:
        value = self._read(ast[1])
        return (1 if value is None else 2 if value else 0, ast[1], ((ast[1], value),), ())

    def _cmp(self, ast: Ast) -> Clause:
        values: list[tuple[str, Any]] = []
        left, right = self._evaluate(ast[2], values), self._evaluate(ast[3], values)
        truth = 1 if left is None or right is None else 2 if compare(ast[1], left, right) else 0
        return (truth, f"{self._show(ast[2])} {ast[1]} {self._show(ast[3])}", tuple(values), ())

    def _in(self, ast: Ast) -> Clause:
        values: list[tuple[str, Any]] = []
        value = self._evaluate(ast[1], values)
        truth = 1 if value is None else 2 if value in ast[2] else 0
        return (truth, f"{self._show(ast[1])} in ({', '.join(map(str, ast[2]))})", tuple(values), ())

    def _in_group(self, ast: Ast) -> Clause:
        value = self._read(ast[1])
        truth = 1 if value is None else 2 if value in self.compiler.group(ast[2]) else 0
        return (truth, f"{ast[1]} in {ast[2]}", ((ast[1], value),), ())

    def _isnull(self, ast: Ast) -> Clause:
        value = self._scope(ast[1])[0].get(ast[1])
        return (2 if value is None else 0, f"{ast[1]} is not known", ((ast[1], value),), ())

    def _classified(self, ast: Ast) -> Clause:
        name = ast[1]
        keys, stated = self.compiler.classes_under(name)
        found = {c: self.e.classes.get(c, 0) for c in keys}
        truth = max(found.values(), default=0)
        if stated and truth < 2:
            said = stated_eccn(self.e, name)
            if said == 1:
                self.unknown.append(("eccn", name))
            truth = max(truth, said)
        shown = tuple(c for c, v in found.items() if v) or self.e.item.get("eccn")
        return (truth, f"classified {name}", (("class", shown),), ())

    def _stated(self, ast: Ast) -> Clause:
        truth = stated_eccn(self.e, ast[1])
        if truth == 1:
            self.unknown.append(("eccn", ast[1]))
        return (truth, f"stated as {ast[1]}", (("eccn", self.e.item.get("eccn")),), ())

    def _member_of(self, ast: Ast) -> Clause:
        key = self.e.party.get("#key")
        if key is None:
            truth = self.e.opaque.get(("member", self.e.party.get("#index"), ast[1]), 1)
            if truth == 1:
                self.unknown.append(("member", str(self.e.party.get("#index")), ast[1]))
        else:
            truth = 2 if key in self.compiler.members(ast[1]) else 0
        return (truth, f"named in {ast[1]}", (("name", self.e.party.get("name")),), ())

    def _listed(self, ast: Ast) -> Clause:
        return (2 if ast[1] in self.e.party["#listed"] else 0, f"on the list {ast[1]}", (("name", self.e.party.get("name")),), ())

    def _any_party(self, ast: Ast) -> Clause:
        return self._over(ast, "any party")

    def _all_parties(self, ast: Ast) -> Clause:
        inner = self._over(["any_party", ["not", ast[1]]], "any party")
        return (2 - inner[0], "all parties", (), (inner,))

    def _over(self, ast: Ast, text: str) -> Clause:
        before = len(self.unknown)
        parts = []
        for party in self.e.parties:
            self.e.party, self.where["party"] = party, f"party:{party['#index']}"
            clause = self.clause(ast[1])
            label = f"{party['role']} {party.get('name') or '(not named)'}"
            parts.append((clause[0], label, (), (clause,)))
        truth = max((p[0] for p in parts), default=0)
        if truth == 2:
            del self.unknown[before:]
        return (truth, text, (), tuple(parts))

    def _any_component(self, ast: Ast) -> Clause:
        e, before = self.e, len(self.unknown)
        if e.components is None:
            truth = e.opaque.get(("contents", repr(ast[1])), 1)
            if truth == 1:
                self.unknown.append(("contents", repr(ast[1])))
            return (truth, "any component", (("contains", None),), ())
        item, classes, where = e.item, e.classes, self.where["item"]
        parts = []
        for i, (component, known) in enumerate(zip(e.components, e.component_classes, strict=True)):
            e.item, e.classes, self.where["item"] = component, known, f"component:{i}"
            clause = self.clause(ast[1])
            parts.append((clause[0], str(component.get("item_name")), (), (clause,)))
            if clause[0] == 1:
                self.unknown.extend(self._class_unknowns(component))
        e.item, e.classes, self.where["item"] = item, classes, where
        truth = max((p[0] for p in parts), default=0)
        if truth == 2:
            del self.unknown[before:]
        return (truth, "any component", (), tuple(parts))

    def _class_unknowns(self, component: dict[str, Any]) -> list[Unknown]:
        """Return what keeps the classes of a component open (they are worked out with the component as the item)."""
        e = self.e
        components, kept = e.components, self.unknown
        e.components, self.unknown = [], []
        for step in self.program.classes:
            if step.test(e) == 1:
                self.step(step)
        found, self.unknown = self.unknown, kept
        e.components = components
        return found

    def _scope(self, name: str) -> tuple[dict[str, Any], str]:
        scope = self.compiler.scope_of(name)
        if scope == "tx":
            return self.e.tx, "tx"
        if scope == "item":
            return self.e.item, self.where["item"]
        return self.e.party, self.where["party"]

    def _read(self, name: str) -> Any:  # noqa: ANN401
        facts, where = self._scope(name)
        value = facts.get(name)
        if value is None:
            self.unknown.append(("fact", where, name))
        return value

    def _evaluate(self, ast: Ast, values: list[tuple[str, Any]]) -> Any:  # noqa: ANN401
        if ast[0] == "lit":
            return ast[1]
        if ast[0] == "param":
            value = self.compiler.pack.parameters[ast[1]]
            values.append((":" + ast[1], value))
            return value
        if ast[0] == "fact":
            value = self._read(ast[1])
            values.append((ast[1], value))
            return value
        a, b = self._evaluate(ast[2], values), self._evaluate(ast[3], values)
        return None if a is None or b is None else arithmetic(ast[1], a, b)

    def _show(self, ast: Ast) -> str:
        if ast[0] == "lit":
            return f"{ast[1]:,.10g}" if isinstance(ast[1], float) else str(ast[1])
        if ast[0] == "arith":
            return f"({self._show(ast[2])} {ast[1]} {self._show(ast[3])})"
        return f":{ast[1]}" if ast[0] == "param" else str(ast[1])


MARKS = ("✗", "?", "✓")


def render(clause: Clause, indent: int = 0) -> list[str]:
    """Render a clause as indented lines, one a clause."""
    truth, text, values, parts = clause
    shown = ", ".join(f"{name} = {show_value(value)}" for name, value in values)
    lines = [f"{'  ' * indent}{MARKS[truth]} {text}{f'   [{shown}]' if shown else ''}"]
    for part in parts:
        lines.extend(render(part, indent + 1))
    return lines


def show_value(value: Any) -> str:  # noqa: ANN401
    """Return a value as people read it; unknown is said to be unknown."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.6g}"
    if isinstance(value, int) and 700_000 < value < 800_000:
        return dt.date.fromordinal(value).isoformat()
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)


def why_not(clause: Clause) -> str:
    """Return the first clauses that made a condition false, in words."""
    found: list[str] = []
    _failing(clause, found)
    return "; ".join(dict.fromkeys(found)) or clause[1]


def _failing(clause: Clause, found: list[str]) -> None:
    truth, text, values, parts = clause
    if truth == 2 or len(found) > 3:
        return
    blocking = [p for p in parts if p[0] == truth] if parts else []
    if text == "not" and parts:
        inner = parts[0]
        shown = ", ".join(f"{n} = {show_value(v)}" for n, v in inner[2])
        found.append(f"{'it holds that ' if truth == 0 else 'it is not known whether '}{inner[1]}{f' ({shown})' if shown else ''}")
        return
    if not blocking:
        shown = ", ".join(f"{n} = {show_value(v)}" for n, v in values)
        verb = "is not met" if truth == 0 else "is not known"
        found.append(f"{text} {verb}{f' ({shown})' if shown else ''}")
        return
    for part in blocking[:2]:
        _failing(part, found)
