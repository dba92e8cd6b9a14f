"""Sums in conditions: their truth, and where they turn while a term of them is unknown."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

import numpy as np

from thalweg.controls.many.columns import Codes
from thalweg.controls.many.sums import Sums
from thalweg.pack import Pack
from thalweg.pack.language import Ast, walk

Bound = Callable[[str, str], Any]
"""Gives the least values of a fact of an item or component, by row; None where none has one."""


def is_sum(node: Ast) -> bool:
    """Say whether a condition compares more than one fact with one value."""
    if node[0] != "cmp":
        return False
    kinds = {node[2][0], node[3][0]}
    return kinds not in ({"fact", "lit"}, {"fact", "param"})


def terms(node: Ast) -> list[str]:
    """Return the facts in a sum."""
    return sorted({n[1] for n in walk(node) if n[0] == "fact"})


class Turns:
    """Gathers where open sums turn in each unknown term, the other unknown ones being 0."""

    def __init__(self, pack: Pack, edges: Mapping[str, Any], sums: Sums) -> None:
        self.pack = pack
        self.edges = edges
        self.sums = sums
        self.of: dict[tuple[str, str], list[tuple[str, Any]]] = {}

    def note(self, node: Ast, at: Codes, columns: Mapping[str, Any], where: str, *more: Any) -> None:
        """Note a comparison that is open on some rows, given its terms there; of one that has no turns, the terms are added."""
        facts = self.pack.facts
        label = json.dumps(node)
        of_party = any(facts[f].of == "party" for f in columns)
        if of_party or any(facts[f].type not in ("number", "date") for f in columns) or any(n[:2] == ["arith", "/"] for n in walk(node)):
            self._whole(at, columns, label, where, *more)
            return
        filled = {f: np.where(np.isnan(c), 0.0, c) for f, c in columns.items()}
        base = _difference(node, filled, self.pack.parameters)
        lost = np.zeros(len(at), dtype=bool)
        for fact, column in columns.items():
            unknown = np.isnan(column)
            if unknown.any():
                slope = _difference(node, {**filled, fact: np.ones(len(at))}, self.pack.parameters) - base
                turns = np.full(self.sums.height, np.nan)
                with np.errstate(divide="ignore", invalid="ignore"):
                    turns[at] = np.where((slope == 0) | ~unknown, np.nan, -base / slope)
                self.of.setdefault((where, fact), []).append((label, turns))
                self.sums.add_at(at, unknown, "unknown", label, where, fact, *more)
                lost |= unknown & (slope == 0)
        if lost.any():  # what a term turns on is hidden by another that is unknown
            self._whole(at[lost], {f: c[lost] for f, c in columns.items()}, label, where, *more)

    def _whole(self, at: Codes, columns: Mapping[str, Any], *label: Any) -> None:
        """Add terms as they stand."""
        for fact, column in columns.items():
            whole = np.nan_to_num(column, nan=-1.0).view(np.uint64) if column.dtype.kind == "f" else column.astype(np.int64) + 2
            self.sums.add_at(at, whole, "term", fact, *label)

    def add(self, bound: Bound, *more: Any) -> None:
        """Add where sums turn: among the thresholds of a fact, against its bound, and against each other."""
        add = self.sums.add
        for (where, fact), turns in self.of.items():
            edges = np.unique(np.append(self.edges[fact], 0.0))
            least = bound(where, fact)
            for label, turn in turns:
                known = ~np.isnan(turn)
                place = np.searchsorted(edges, turn, side="left") + np.searchsorted(edges, turn, side="right")
                add(np.where(known, place + 2, 0), "turn", label, where, fact, *more)
                if least is not None:
                    add(np.where(known, _order(turn, least), 0), "turn and bound", label, where, fact, *more)
            for (label, turn), (other, second) in combinations(turns, 2):
                add(_order(turn, second), "turns", label, other, where, fact, *more)


def _order(a: Any, b: Any) -> Any:
    """Return 1, 2 or 3 where a number is below, at or above another, 0 where one is not known."""
    return np.where(np.isnan(a) | np.isnan(b), 0, np.sign(np.nan_to_num(a) - np.nan_to_num(b)).astype(np.int8) + 2)


def _difference(node: Ast, at: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
    return amount(node[2], at, parameters) - amount(node[3], at, parameters)


def amount(ast: Ast, at: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
    """Return the value of a sum by row; NaN where it is not known."""
    if ast[0] == "fact":
        return at[ast[1]]
    if ast[0] in ("lit", "param"):
        return float(ast[1] if ast[0] == "lit" else parameters[ast[1]])
    a, b = amount(ast[2], at, parameters), amount(ast[3], at, parameters)
    if ast[1] == "+":
        return a + b
    if ast[1] == "-":
        return a - b
    if ast[1] == "*":
        return a * b
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(b == 0, np.nan, a / b)
