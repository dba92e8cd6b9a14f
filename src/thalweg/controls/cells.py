"""How rules cut up a fact: the thresholds of numbers, and one place for each pattern of memberships that a rule distinguishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from thalweg.controls.closures import Compiler
from thalweg.pack import Pack
from thalweg.pack.language import Ast, walk

_LARGE: Final = 1e15
"""Stands for "very large" in a sum or product whose other terms are not known yet."""
AT: Final = 1
"""A threshold that its own value reaches (``>=``, ``<``)."""
PAST: Final = 2
"""A threshold that only larger values pass (``>``, ``<=``)."""
ANOTHER: Final = "(another)"
"""Stands for a text that no rule names."""
_SIDES: Final = {">=": AT, "<": AT, ">": PAST, "<=": PAST}
_TURNED: Final = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}


@dataclass(slots=True)
class Cut:
    """How the conditions of one rule cut up the facts they read."""

    thresholds: dict[str, dict[float, int]] = field(default_factory=dict)
    tests: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    sums: list[Ast] = field(default_factory=list)
    summed: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, pack: Pack, asts: Sequence[Ast]) -> Cut:
        """Read the conditions of one rule."""
        cut = cls()
        for ast in asts:
            for node in walk(ast):
                cut._read(pack, node)
        return cut

    def _read(self, pack: Pack, node: Ast) -> None:
        if node[0] == "in_group":
            self.tests.setdefault(node[1], set()).add(("group", node[2]))
        elif node[0] == "in" and node[1][0] == "fact":
            for literal in node[2]:
                self._literal(pack, node[1][1], literal, "=")
        elif node[0] == "cmp":
            left, right = node[2], node[3]
            if left[0] == "fact" and right[0] in ("lit", "param"):
                self._literal(pack, left[1], right[1] if right[0] == "lit" else pack.parameters[right[1]], node[1])
            elif right[0] == "fact" and left[0] in ("lit", "param"):
                literal = left[1] if left[0] == "lit" else pack.parameters[left[1]]
                self._literal(pack, right[1], literal, _TURNED.get(str(node[1]), str(node[1])))
            else:
                self.sums.append(node)
                self.summed.update(n[1] for n in walk(node) if n[0] == "fact")

    def _literal(self, pack: Pack, fact: str, literal: Any, sign: str) -> None:
        kind = pack.facts[fact].type
        if kind in ("number", "date"):
            edges = self.thresholds.setdefault(fact, {})
            edges[float(literal)] = edges.get(float(literal), 0) | _SIDES.get(sign, AT | PAST)
        elif kind in ("place", "text"):
            self.tests.setdefault(fact, set()).add(("is", literal))


class Cells:
    """The cells that a number of rules make together."""

    def __init__(self, compiler: Compiler, cuts: Sequence[Cut]) -> None:
        self.compiler = compiler
        self.pack = compiler.pack
        self.cuts = cuts

    def _edges(self, fact: str, known: Mapping[str, Any]) -> dict[float, int]:
        edges: dict[float, int] = {}
        for cut in self.cuts:
            for edge, side in cut.thresholds.get(fact, {}).items():
                edges[edge] = edges.get(edge, 0) | side
            for node in cut.sums:
                solved = _edge(node, fact, known, self.pack.parameters)
                if solved is not None:
                    edges[solved] = AT | PAST
        return edges

    def named(self, fact: str) -> list[float]:
        """Return the numbers that rules compare a fact with."""
        return sorted({edge for cut in self.cuts for edge in cut.thresholds.get(fact, ())})

    def edge(self, node: Ast, fact: str, known: Mapping[str, Any]) -> float | None:
        """Return the value of a fact at which a sum turns, the other terms being known."""
        return _edge(node, fact, known, self.pack.parameters)

    def thresholds(self, fact: str, known: Mapping[str, Any] | None = None) -> list[float]:
        """Return the numbers at which some rule changes its mind about a fact, given the other facts that are known."""
        return sorted(self._edges(fact, known or {}))

    def numbers(self, fact: str, minimum: float | None, known: Mapping[str, Any] | None = None) -> dict[float, tuple[float, int]]:
        """Return one number for each cell, from the smallest possible one up, with where its cell starts: at an edge (0) or past it (1)."""
        edges = self._edges(fact, known or {})
        if any(fact in cut.summed for cut in self.cuts):
            edges |= dict.fromkeys((0.0, _LARGE), AT | PAST)
        low = minimum or 0.0
        ordered = sorted(e for e in edges if e >= low)
        points = {low: (low, 0)}
        for number, edge in enumerate(ordered, 1):
            if edges[edge] & AT:
                points.setdefault(edge, (edge, 0))
            if edges[edge] & PAST:
                points.setdefault((edge + ordered[number]) / 2 if number < len(ordered) else edge * 2 + 1, (edge, 1))
        return points

    def places(self, fact: str) -> list[str]:
        """Return one place for each pattern of memberships that the rules distinguish."""
        tests = tuple(sorted(set().union(*(cut.tests.get(fact, set()) for cut in self.cuts))))
        found = self.compiler.patterns.get(tests)
        if found is None:
            seen: dict[tuple[bool, ...], str] = {}
            for place in self.pack.places:
                if place != "HK":
                    pattern = tuple(place in self.compiler.group(g) if kind == "group" else place == g for kind, g in tests)
                    seen.setdefault(pattern, place)
            found = self.compiler.patterns[tests] = list(seen.values())
        return found

    def texts(self, fact: str) -> list[str]:
        """Return the texts that rules name for a fact, and one that none names."""
        named = set().union(*(cut.tests.get(fact, set()) for cut in self.cuts))
        return [*sorted(t for kind, t in named if kind == "is"), ANOTHER]


def _edge(node: list[Any], fact: str, known: Mapping[str, Any], parameters: Any) -> float | None:
    """Solve a linear comparison for one fact, the others being known; None where that is not possible."""
    a = _linear(node[2], fact, known, parameters)
    b = _linear(node[3], fact, known, parameters)
    if a is None or b is None:
        return None
    slope, offset = a[0] - b[0], b[1] - a[1]
    return offset / slope if slope else None


def _linear(ast: list[Any], fact: str, known: Mapping[str, Any], parameters: Any) -> tuple[float, float] | None:
    if ast[0] == "fact":
        if ast[1] == fact:
            return 1.0, 0.0
        value = known.get(ast[1])
        return None if value is None or isinstance(value, (str, bool)) else (0.0, float(value))
    if ast[0] == "lit":
        return (0.0, float(ast[1])) if isinstance(ast[1], (int, float)) else None
    if ast[0] == "param":
        return 0.0, float(parameters[ast[1]])
    a, b = _linear(ast[2], fact, known, parameters), _linear(ast[3], fact, known, parameters)
    if a is None or b is None:
        return None
    if ast[1] in ("+", "-"):
        sign = 1 if ast[1] == "+" else -1
        return a[0] + sign * b[0], a[1] + sign * b[1]
    if ast[1] == "*" and not (a[0] and b[0]):
        return (a[0] * b[1] + b[0] * a[1], a[1] * b[1])
    if ast[1] == "/" and not b[0] and b[1]:
        return a[0] / b[1], a[1] / b[1]
    return None
