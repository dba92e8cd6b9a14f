"""The condition language: SQL boolean expressions over declared facts, checked when the pack loads.

``parse`` turns text into a nested list (JSON) that the two evaluators and the SQL compiler read:

``["and", ...] ["or", ...] ["not", x] ["const", bool] ["bool", fact] ["cmp", op, a, b] ["in", a, [literal, ...]]
["isnull", fact] ["classified", class] ["stated", eccn] ["in_group", fact, group] ["member_of", set] ["listed", list]
["any_party", x] ["all_parties", x] ["any_component", x]``

with values ``["fact", name] ["lit", literal] ["param", name] ["arith", op, a, b]``. Dates in literals are ordinals.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import sqlglot
from sqlglot import exp

from thalweg.evidence import nearest
from thalweg.pack.vocabulary import FactWord, Vocabulary

Ast = list[Any]

_COMPARISONS: Final[dict[type[exp.Expression], str]] = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_ARITHMETIC: Final[dict[type[exp.Expression], str]] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_QUANTIFIERS: Final = ("any_party", "all_parties", "any_component")
MAX_CONDITION: Final = 20_000


class ConditionError(ValueError):
    """A condition that is not in the language; the text says what and what to write instead."""


def parse(text: str, vocabulary: Vocabulary, *, allow_is_null: bool = False) -> Ast:
    """Parse and check one condition.

    Raises:
        ConditionError: if it is not a condition of the language over the vocabulary.
    """
    if len(text) > MAX_CONDITION:
        message = f"the condition has {len(text):,} characters; {MAX_CONDITION:,} at most"
        raise ConditionError(message)
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        reason = str(error).splitlines()[0].split(". Line")[0]
        message = f"the condition cannot be parsed: {reason}"
        raise ConditionError(message) from error
    if len(trees) != 1 or trees[0] is None:
        message = "the condition must be one expression"
        raise ConditionError(message)
    return _Checker(vocabulary, allow_is_null=allow_is_null).truth(_expression(trees[0]), scope="transaction")


def _expression(tree: Any) -> exp.Expression:
    if not isinstance(tree, exp.Expression):
        message = f"{tree!r} is not an expression"
        raise ConditionError(message)
    return tree


class _Checker:
    def __init__(self, vocabulary: Vocabulary, *, allow_is_null: bool) -> None:
        self.v = vocabulary
        self.allow_is_null = allow_is_null

    def truth(self, node: exp.Expression, scope: str) -> Ast:
        match node:
            case exp.Paren():
                return self.truth(node.this, scope)
            case exp.And() | exp.Or():
                name = "and" if isinstance(node, exp.And) else "or"
                return [name, *(self.truth(part, scope) for part in _flatten(node, type(node)))]
            case exp.Not():
                return ["not", self.truth(node.this, scope)]
            case exp.Boolean():
                return ["const", bool(node.this)]
            case exp.Between():
                low = self._compare(">=", node.this, node.args["low"], scope)
                high = self._compare("<=", node.this, node.args["high"], scope)
                return ["and", low, high]
            case exp.In():
                return self._in(node, scope)
            case exp.Is():
                return self._is(node, scope)
            case exp.Column():
                fact = self._fact(node, scope)
                if fact.type != "boolean":
                    raise ConditionError(f"{fact.name!r} is a {fact.type}, not a condition; compare it with something")
                return ["bool", fact.name]
            case exp.Anonymous():
                return self._form(node, scope)
        operator = _COMPARISONS.get(type(node))
        if operator:
            return self._compare(operator, node.this, node.expression, scope)
        raise ConditionError(f"{node.sql()!r} is not part of the condition language")

    def _compare(self, operator: str, left: exp.Expression, right: exp.Expression, scope: str) -> Ast:
        left, right = _strip(left), _strip(right)
        a, a_type, a_fact = self._value(left, scope)
        b, b_type, b_fact = self._value(right, scope)
        if a[0] == "lit" and b[0] == "lit":
            raise ConditionError(f"{left.sql()} {operator} {right.sql()} compares two literals")
        if "boolean" in (a_type, b_type):
            return self._compare_boolean(operator, a, a_type, b, b_type)
        if a_type != b_type and "any" not in (a_type, b_type):
            a, a_type = _as(a, a_type, b_type)
            b, b_type = _as(b, b_type, a_type)
        if a_type != b_type and "any" not in (a_type, b_type):
            raise ConditionError(f"{left.sql()!r} is a {a_type} and {right.sql()!r} a {b_type}; they cannot be compared")
        if operator not in ("=", "<>") and a_type not in ("number", "date", "any"):
            raise ConditionError(f"{left.sql()!r} is a {a_type}; only numbers and dates have an order")
        for value, fact in ((b, a_fact), (a, b_fact)):
            if fact is not None and value[0] == "lit":
                self._check_literal(fact, value[1])
        return ["cmp", operator, a, b]

    def _compare_boolean(self, operator: str, a: Ast, a_type: str, b: Ast, b_type: str) -> Ast:
        if operator not in ("=", "<>") or a_type != "boolean" or b_type != "boolean":
            raise ConditionError("a true-or-false fact can only be compared with TRUE or FALSE, by = or <>")
        if a[0] == "lit":
            a, b = b, a
        if a[0] != "fact" or b[0] != "lit":
            raise ConditionError("compare one true-or-false fact with TRUE or FALSE")
        wanted = b[1] if operator == "=" else not b[1]
        return ["bool", a[1]] if wanted else ["not", ["bool", a[1]]]

    def _in(self, node: exp.In, scope: str) -> Ast:
        if node.args.get("query") or node.args.get("unnest") or not node.expressions:
            raise ConditionError("IN takes a list of literals")
        value, value_type, fact = self._value(_strip(node.this), scope)
        if fact is None:
            raise ConditionError("IN takes a fact on its left")
        literals = []
        for item in node.expressions:
            literal, literal_type, _ = self._value(_strip(item), scope)
            if literal[0] != "lit" or _as(literal, literal_type, value_type)[1] != value_type:
                raise ConditionError(f"{item.sql()} does not fit in a list for {fact.name!r}, a {value_type}")
            self._check_literal(fact, literal[1])
            literals.append(literal[1])
        return ["in", value, literals]

    def _is(self, node: exp.Is, scope: str) -> Ast:
        if not isinstance(node.expression, exp.Null):
            raise ConditionError("IS is only used in IS NULL; write = TRUE or = FALSE")
        if not self.allow_is_null:
            raise ConditionError("IS NULL may only be used in a red flag; elsewhere unknown must stay unknown")
        return ["isnull", self._fact(_strip(node.this), scope).name]

    def _form(self, node: exp.Anonymous, scope: str) -> Ast:
        name = str(node.this).lower()
        args = [_strip(a) for a in node.expressions]
        if name in _QUANTIFIERS:
            if scope != "transaction":
                raise ConditionError(f"{name} cannot stand inside another quantifier")
            if len(args) != 1:
                raise ConditionError(f"{name} takes one condition")
            return [name, self.truth(args[0], "component" if name == "any_component" else "party")]
        if name == "classified" and len(args) == 1:
            text = self._text(args[0], "a class such as '3A090.a'")
            if not self.v.knows_class(text):
                raise ConditionError(f"no rule assigns the class {text!r}{nearest(text, self.v.classes)}")
            return ["classified", text]
        if name == "stated" and len(args) == 1:
            return ["stated", self._text(args[0], "an ECCN such as '5A992'")]
        if name == "in_group" and len(args) == 2:
            fact = self._fact(args[0], scope)
            if fact.type != "place":
                raise ConditionError(f"in_group takes a place; {fact.name!r} is a {fact.type}")
            group = self._text(args[1], "a country group such as 'D:5'")
            if group not in self.v.groups:
                raise ConditionError(f"there is no country group {group!r}{nearest(group, self.v.groups)}")
            return ["in_group", fact.name, group]
        if name in ("member_of", "listed"):
            return self._party_form(name, args, scope)
        raise ConditionError(f"{node.sql()!r}: the language has no such function")

    def _party_form(self, name: str, args: list[exp.Expression], scope: str) -> Ast:
        if scope != "party":
            raise ConditionError(f"{name} reads a party: it takes its place inside any_party(...) or all_parties(...)")
        if name == "member_of" and len(args) == 1:
            known = self._text(args[0], "the id of a set")
            if known not in self.v.sets:
                raise ConditionError(f"there is no set {known!r}{nearest(known, self.v.sets)}")
            return ["member_of", known]
        if name == "member_of" or len(args) != 2 or not (isinstance(args[0], exp.Column) and args[0].name == "party"):
            raise ConditionError("write member_of('set') or listed(party, 'list')")
        known = self._text(args[1], "the id of a list")
        if known.split(":")[0] not in self.v.lists:
            raise ConditionError(f"there is no list {known!r}{nearest(known, self.v.lists)}")
        return ["listed", known]

    def _value(self, node: exp.Expression, scope: str) -> tuple[Ast, str, FactWord | None]:
        match node:
            case exp.Column():
                fact = self._fact(node, scope)
                return ["fact", fact.name], fact.type, fact
            case exp.Null():
                raise ConditionError("NULL cannot be compared; unknown travels by itself")
            case exp.Boolean():
                return ["lit", bool(node.this)], "boolean", None
            case exp.Literal():
                return (["lit", str(node.this)], "text", None) if node.is_string else (["lit", float(node.this)], "number", None)
            case exp.Neg():
                inner, inner_type, _ = self._value(_strip(node.this), scope)
                if inner[0] == "lit" and inner_type == "number":
                    return ["lit", -inner[1]], "number", None
                raise ConditionError("only a number can carry a minus sign")
            case exp.Cast() if node.to.this == exp.DataType.Type.DATE and isinstance(node.this, exp.Literal):
                try:
                    return ["lit", dt.date.fromisoformat(str(node.this.this)).toordinal()], "date", None
                except ValueError as error:
                    raise ConditionError(f"{node.this.this!r} is not a date") from error
            case exp.Placeholder() | exp.Parameter():
                name = str(node.this)
                if name not in self.v.parameters:
                    raise ConditionError(f"the parameter :{name} is set by no overlay of this stack{nearest(name, self.v.parameters)}")
                return ["param", name], "any", None
        operator = _ARITHMETIC.get(type(node))
        if operator:
            a, a_type, _ = self._value(_strip(node.this), scope)
            b, b_type, _ = self._value(_strip(node.expression), scope)
            if {a_type, b_type} - {"number", "any"}:
                raise ConditionError(f"{node.sql()!r}: arithmetic takes numbers")
            return ["arith", operator, a, b], "number", None
        if isinstance(node, (*_COMPARISONS, exp.And, exp.Or, exp.Not)):
            raise ConditionError(f"{node.sql()!r} is a condition inside a comparison; write each comparison on its own, joined by AND")
        raise ConditionError(f"{node.sql()!r} is not a value of the condition language")

    def _fact(self, node: exp.Expression, scope: str) -> FactWord:
        if not isinstance(node, exp.Column) or node.table:
            raise ConditionError(f"{node.sql()!r} is not the name of a fact")
        identifier = node.this
        if isinstance(identifier, exp.Identifier) and identifier.quoted:
            raise ConditionError(f'"{identifier.name}" in double quotes names a column; put text in single quotes')
        name = node.name
        fact = self.v.facts.get(name)
        if fact is None:
            raise ConditionError(f"{name!r} is not a declared fact{nearest(name, self.v.facts)}")
        if fact.scope == "party" and scope != "party":
            raise ConditionError(f"{name!r} is a fact of a party: read it inside any_party(...) or all_parties(...)")
        return fact

    def _text(self, node: exp.Expression, what: str) -> str:
        if isinstance(node, exp.Literal) and node.is_string:
            return str(node.this)
        raise ConditionError(f"{node.sql()!r} should be {what}, in single quotes")

    def _check_literal(self, fact: FactWord, literal: object) -> None:
        if fact.type == "enum" and literal not in fact.values:
            raise ConditionError(
                f"{fact.name!r} is never {literal!r}; it is one of {', '.join(fact.values)}{nearest(str(literal), fact.values)}"
            )
        if fact.type == "place" and literal not in self.v.places:
            raise ConditionError(f"{literal!r} is not the code of a place{nearest(str(literal), self.v.places)}")


def _strip(node: exp.Expression) -> exp.Expression:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _as(value: Ast, from_type: str, to_type: str) -> tuple[Ast, str]:
    """Read a text literal as the enum or place it is compared with."""
    if from_type == "text" and value[0] == "lit" and to_type in ("enum", "place"):
        return value, to_type
    if from_type == "text" and value[0] == "fact" and to_type == "enum":
        return value, to_type
    return value, from_type


def _flatten(node: exp.Expression, kind: type[exp.Expression]) -> list[exp.Expression]:
    parts: list[exp.Expression] = []
    stack = [node]
    while stack:
        current = _strip(stack.pop())
        if isinstance(current, kind):
            stack.extend((current.expression, current.this))
        else:
            parts.append(current)
    return parts


def children(node: Ast) -> list[Ast]:
    """Return the nodes directly below one."""
    match node[0]:
        case "and" | "or":
            return node[1:]
        case "not" | "any_party" | "all_parties" | "any_component" | "in":
            return [node[1]]
        case "cmp" | "arith":
            return [node[2], node[3]]
    return []


def walk(ast: Ast) -> list[Ast]:
    """Return every truth and value node of a condition, parents first."""
    found = [ast]
    for node in found:
        found.extend(children(node))
    return found
