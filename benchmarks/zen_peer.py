"""The same conditions as compiled expressions of zen-engine, each given only the keys that it reads.

Two-valued: the peer has no unknown, so that every fact is filled in. What is built beforehand is not timed.
"""

from __future__ import annotations

import time
from typing import Any

import zen

from thalweg.controls.assemble import assemble
from thalweg.controls.case import Case
from thalweg.controls.closures import Compiler
from thalweg.controls.program import Axis, Rulebook
from thalweg.controls.reading import read_transaction
from thalweg.controls.resolve import Resolver
from thalweg.evidence import OPEN_END
from thalweg.pack.language import Ast, walk

FILLED = {"number": 1.0, "boolean": False, "enum": "", "place": "ZZ", "text": "", "date": 738_000}


AXES: tuple[Axis, ...] = ("enforced", "text")


class Translator:
    """Writes conditions of one day in the peer's language."""

    def __init__(self, compiler: Compiler) -> None:
        self.compiler = compiler
        self.facts = compiler.pack.facts

    def text(self, ast: Ast, prefix: str = "") -> str:
        """Return a condition; ``prefix`` says whether a party or a component is read."""
        kind = ast[0]
        if kind in ("and", "or"):
            return "(" + f" {kind} ".join(self.text(a, prefix) for a in ast[1:]) + ")"
        if kind == "not":
            return f"not({self.text(ast[1], prefix)})"
        if kind == "const":
            return str(ast[1]).lower()
        if kind in ("any_party", "all_parties", "any_component"):
            rows, scope = ("components", "#c.") if kind == "any_component" else ("parties", "#p.")
            inner = self.text(ast[1], scope)
            return f"not(some({rows}, not({inner})))" if kind == "all_parties" else f"some({rows}, {inner})"
        return self.leaf(ast, prefix)

    def leaf(self, ast: Ast, prefix: str) -> str:
        """Return one of the smallest conditions."""
        kind = ast[0]
        if kind == "bool":
            return f"{self.name(ast[1], prefix)} == true"
        if kind == "cmp":
            sign = {"=": "==", "<>": "!="}.get(ast[1], ast[1])
            return f"{self.value(ast[2], prefix)} {sign} {self.value(ast[3], prefix)}"
        if kind == "in":
            return f"{self.value(ast[1], prefix)} in [{', '.join(map(literal, ast[2]))}]"
        if kind == "in_group":
            return f"{self.name(ast[1], prefix)} in [{', '.join(map(literal, sorted(self.compiler.group(ast[2]))))}]"
        if kind == "classified":
            return f"{class_key(ast[1], '#.' if prefix == '#c.' else '')} == true"
        if kind == "stated":
            return f"eccn == {literal(ast[1])}"
        if kind == "member_of":
            return f"#.key in [{', '.join(map(literal, sorted(self.compiler.members(ast[1]))))}]"
        return f"{literal(ast[1])} in #.lists"

    def name(self, fact: str, prefix: str) -> str:
        """Return how a fact is called."""
        of = self.facts[fact].of
        return f"#.{fact}" if (prefix == "#p." and of == "party") or (prefix == "#c." and of == "item") else fact

    def value(self, ast: Ast, prefix: str) -> str:
        """Return a value: a literal, a fact or a sum."""
        if ast[0] == "lit":
            return literal(ast[1])
        if ast[0] == "fact":
            return self.name(ast[1], prefix)
        return f"({self.value(ast[2], prefix)} {ast[1]} {self.value(ast[3], prefix)})"


def literal(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def class_key(name: str, prefix: str = "") -> str:
    return prefix + "class_" + "".join(c if c.isalnum() else "_" for c in name)


def keys_for(ast: Ast, case: Case, classes: dict[str, int], compiler: Compiler) -> dict[str, Any]:
    """Return what one condition reads, and nothing else."""
    facts = compiler.pack.facts
    nodes = walk(ast)
    names = {n[1] for n in nodes if n[0] in ("fact", "bool", "in_group", "isnull")}
    found: dict[str, Any] = {}
    for name in names:
        if facts[name].of != "party":
            found[name] = case.tx.get(name, case.item.get(name, FILLED[facts[name].type]))
    party_facts = [n for n in names if facts[n].of == "party"]
    item_facts = [n for n in names if facts[n].of == "item"]
    tests = {n[1] for n in nodes if n[0] == "classified"}
    known = {class_key(t): any(v == 2 and (c == t or c.startswith(t + ".")) for c, v in classes.items()) for t in tests}
    found |= known
    if any(n[0] == "stated" for n in nodes):
        found["eccn"] = case.item.get("eccn", "")
    if any(n[0] in ("any_party", "all_parties") for n in nodes):
        found["parties"] = [
            {n: p.get(n, FILLED[facts[n].type]) for n in party_facts} | {"key": p.get("#key", ""), "lists": sorted(p["#listed"])}
            for p in case.parties
        ]
    if any(n[0] == "any_component" for n in nodes):
        found["components"] = [{n: c.get(n, FILLED[facts[n].type]) for n in item_facts} | known for c in case.components or ()]
    return found


def rows_per_second(book: Rulebook, rows: list[dict[str, Any]]) -> tuple[float, int]:
    """Return how many rows a second the peer evaluates, on both axes, and how many expressions a row took on average."""
    work: list[tuple[Any, dict[str, Any]]] = []
    compiled: dict[tuple[int, int], Any] = {}
    for row in rows:
        case = assemble(book.pack, read_transaction(row))
        for axis in AXES:
            found = Resolver(book, case, axis, OPEN_END).resolve().root
            translator = Translator(found.program.compiler)
            for step in found.program.deciding():
                for ast in step.asts:
                    if any(n[0] == "isnull" for n in walk(ast)):
                        continue
                    key = (id(ast), id(translator.compiler))
                    if key not in compiled:
                        compiled[key] = zen.compile_expression(translator.text(ast))
                    work.append((compiled[key], keys_for(ast, case, found.environment.classes, translator.compiler)))
    started = time.perf_counter()
    for expression, keys in work:
        expression.evaluate(keys)
    return len(rows) / (time.perf_counter() - started), len(work) // len(rows)
