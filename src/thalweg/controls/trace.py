"""Why a rule holds, fails or stays open: each clause with the values it read, as plain nested tuples.

A clause is ``(truth, what, values, parts)``, where ``what`` is the condition itself or a label; words are made from it on demand
(:mod:`thalweg.controls.explain`). A condition is made into a closure that gives its clause once, as :mod:`.closures` does for its truth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thalweg.controls.closures import Compiler, arithmetic, compare
from thalweg.controls.environment import Environment, stated_eccn, stated_within
from thalweg.controls.step import Step
from thalweg.pack.language import Ast

Clause = tuple[int, Any, tuple[tuple[str, Any], ...], tuple[Any, ...]]
Why = Callable[[Environment], Clause]
Seen = Callable[[Environment, list[tuple[str, Any]]], Any]
"""Reads a value and notes it by its name."""


def why(compiler: Compiler, e: Environment, step: Step) -> Clause:
    """Trace one rule: its condition, its exclusion and its posture."""
    version = step.version
    parts = [_why(compiler, version.when)(e)]
    truth = parts[0][0]
    if version.unless:
        inner = _why(compiler, version.unless)(e)
        parts.append((2 - inner[0], "unless", (), (inner,)))
        truth = min(truth, 2 - inner[0])
    if step.uncertain:
        known = e.opaque.get(("posture", step.rule.id), 1)
        parts.append((known, "it is not known whether the rule is enforced on this day", (), ()))
        truth = min(truth, known)
    return (truth, step.rule.title, (), tuple(parts))


def _why(compiler: Compiler, ast: Ast) -> Why:
    """Return what gives the clause of a condition; it is made once."""
    found: tuple[Ast, Why] | None = compiler.clauses.get(id(ast))
    if found is None or found[0] is not ast:
        found = compiler.clauses[id(ast)] = (ast, _FORMS[ast[0]](compiler, ast))
    return found[1]


def _and(compiler: Compiler, ast: Ast) -> Why:
    tests = [_why(compiler, a) for a in ast[1:]]

    def clause(e: Environment) -> Clause:
        parts = tuple([t(e) for t in tests])
        return (min([p[0] for p in parts]), "all of", (), parts)

    return clause


def _or(compiler: Compiler, ast: Ast) -> Why:
    rest, names, test = compiler.entries_of(ast)
    tests = [_why(compiler, a) for a in rest]
    named = [_why(compiler, a) for a in ast[1:] if a not in rest]

    def clause(e: Environment) -> Clause:
        parts = [t(e) for t in tests]
        if test is not None:
            truth = test(e)
            if truth == 1:
                parts.extend([t(e) for t in named])
            else:
                shown = tuple([c for c, v in e.classes.items() if v == 2]) or e.item.get("eccn")
                parts.append((truth, ["entries", names], (("class", shown),), ()))
        return (max([p[0] for p in parts]), "any of", (), tuple(parts))

    return clause


def _not(compiler: Compiler, ast: Ast) -> Why:
    test = _why(compiler, ast[1])

    def clause(e: Environment) -> Clause:
        inner = test(e)
        return (2 - inner[0], "not", (), (inner,))

    return clause


def _const(_: Compiler, ast: Ast) -> Why:
    said: Clause = (2 if ast[1] else 0, ast, (), ())
    return lambda _: said


def _bool(compiler: Compiler, ast: Ast) -> Why:
    name, read = ast[1], compiler.read(ast[1])

    def clause(e: Environment) -> Clause:
        value = read(e)
        return (1 if value is None else 2 if value else 0, ast, ((name, value),), ())

    return clause


def _cmp(compiler: Compiler, ast: Ast) -> Why:
    sign, left, right = ast[1], _seen(compiler, ast[2]), _seen(compiler, ast[3])

    def clause(e: Environment) -> Clause:
        values: list[tuple[str, Any]] = []
        a, b = left(e, values), right(e, values)
        return (1 if a is None or b is None else 2 if compare(sign, a, b) else 0, ast, tuple(values), ())

    return clause


def _in(compiler: Compiler, ast: Ast) -> Why:
    read, allowed = _seen(compiler, ast[1]), frozenset(ast[2])

    def clause(e: Environment) -> Clause:
        values: list[tuple[str, Any]] = []
        value = read(e, values)
        return (1 if value is None else 2 if value in allowed else 0, ast, tuple(values), ())

    return clause


def _in_group(compiler: Compiler, ast: Ast) -> Why:
    name, read, places = ast[1], compiler.read(ast[1]), compiler.group(ast[2])

    def clause(e: Environment) -> Clause:
        value = read(e)
        return (1 if value is None else 2 if value in places else 0, ast, ((name, value),), ())

    return clause


def _isnull(compiler: Compiler, ast: Ast) -> Why:
    name, read = ast[1], compiler.read(ast[1])

    def clause(e: Environment) -> Clause:
        value = read(e)
        return (2 if value is None else 0, ast, ((name, value),), ())

    return clause


def _classified(compiler: Compiler, ast: Ast) -> Why:
    name = ast[1]
    keys, stated = compiler.classes_under(name)
    said = stated_within if name in compiler.assigned else stated_eccn

    def clause(e: Environment) -> Clause:
        found = [(c, v) for c in keys if (v := e.classes.get(c, 0))]
        truth = max([v for _, v in found], default=0)
        if stated and truth < 2:
            truth = max(truth, said(e, name))
        return (truth, ast, (("class", tuple([c for c, _ in found]) or e.item.get("eccn")),), ())

    return clause


def _stated(_: Compiler, ast: Ast) -> Why:
    name = ast[1]
    return lambda e: (stated_eccn(e, name), ast, (("eccn", e.item.get("eccn")),), ())


def _of_party(compiler: Compiler, ast: Ast) -> Why:
    test = compiler.truth(ast)
    return lambda e: (test(e), ast, (("name", e.party.get("name")),), ())


def _any_party(compiler: Compiler, ast: Ast) -> Why:
    test = _why(compiler, ast[1])

    def clause(e: Environment) -> Clause:
        parts = []
        for party in e.parties:
            e.party = party
            inner = test(e)
            parts.append((inner[0], f"{party['role']} {party.get('name') or '(not named)'}", (), (inner,)))
        return (max([p[0] for p in parts], default=0), "any party", (), tuple(parts))

    return clause


def _all_parties(compiler: Compiler, ast: Ast) -> Why:
    test = _any_party(compiler, ["any_party", ["not", ast[1]]])

    def clause(e: Environment) -> Clause:
        inner = test(e)
        return (2 - inner[0], "all parties", (), (inner,))

    return clause


def _any_component(compiler: Compiler, ast: Ast) -> Why:
    test, key = _why(compiler, ast[1]), ("contents", repr(ast[1]))

    def clause(e: Environment) -> Clause:
        if e.components is None:
            return (e.opaque.get(key, 1), "any component", (("contains", None),), ())
        item, classes = e.item, e.classes
        parts = []
        for component, known in zip(e.components, e.component_classes, strict=True):
            e.item, e.classes = component, known
            inner = test(e)
            parts.append((inner[0], str(component.get("item_name")), (), (inner,)))
        e.item, e.classes = item, classes
        return (max([p[0] for p in parts], default=0), "any component", (), tuple(parts))

    return clause


_FORMS: dict[str, Callable[[Compiler, Ast], Why]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "const": _const,
    "bool": _bool,
    "cmp": _cmp,
    "in": _in,
    "in_group": _in_group,
    "isnull": _isnull,
    "classified": _classified,
    "stated": _stated,
    "member_of": _of_party,
    "listed": _of_party,
    "any_party": _any_party,
    "all_parties": _all_parties,
    "any_component": _any_component,
}


def _seen(compiler: Compiler, ast: Ast) -> Seen:
    """Return what reads a value and notes the facts and parameters in it."""
    kind, name = ast[0], ast[1]
    if kind == "lit":
        return lambda _e, _values: name
    if kind in ("fact", "param"):
        read = compiler.read(name) if kind == "fact" else lambda _: compiler.pack.parameters[name]
        label = name if kind == "fact" else ":" + name

        def note(e: Environment, values: list[tuple[str, Any]]) -> Any:
            value = read(e)
            values.append((label, value))
            return value

        return note
    left, right = _seen(compiler, ast[2]), _seen(compiler, ast[3])

    def compute(e: Environment, values: list[tuple[str, Any]]) -> Any:
        a, b = left(e, values), right(e, values)
        return None if a is None or b is None else arithmetic(name, a, b)

    return compute
