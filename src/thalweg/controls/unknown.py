"""What keeps a rule open: the smallest unknowns of its condition, in the order in which the condition names them.

Only parts that are open are looked into: a part that holds or fails keeps nothing open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from thalweg.controls.environment import Environment, stated_eccn, stated_within
from thalweg.controls.program import Program
from thalweg.controls.step import Step, class_reads
from thalweg.pack.language import Ast

Unknown = tuple[str, ...]
"""``("fact", scope, name)``, ``("member", party, set)``, ``("contents", condition)``, ``("eccn", class)`` or ``("posture", rule)``."""


def unknowns(program: Program, e: Environment, steps: Iterable[Step]) -> list[Unknown]:
    """Return what keeps some rules open in an environment."""
    seeker = _Seeker(program, e)
    for step in steps:
        seeker.step(step)
    return seeker.found


class _Seeker:
    """Walks the open parts of conditions of one program over one environment."""

    def __init__(self, program: Program, e: Environment) -> None:
        self.program = program
        self.compiler = program.compiler
        self.facts = program.compiler.pack.facts
        self.e = e
        self.item_at = "item"
        self.party_at = ""
        self.found: list[Unknown] = []
        self._forms: dict[str, Callable[[Ast], None]] = {
            "and": self._parts,
            "or": self._or,
            "not": lambda ast: self.seek(ast[1]),
            "classified": self._classified,
            "stated": self._stated,
            "member_of": self._member_of,
            "listed": self._listed,
            "any_party": self._any_party,
            "all_parties": self._any_party,
            "any_component": self._any_component,
        }

    def step(self, step: Step) -> None:
        """Look into a rule: its condition, its exclusion and its posture."""
        test = self.compiler.truth
        parts = [a for a in (step.version.when, step.version.unless) if a]
        truths = [test(parts[0])(self.e), *(2 - test(a)(self.e) for a in parts[1:])]
        if 0 in truths:
            return
        for ast, truth in zip(parts, truths, strict=True):
            if truth == 1:
                self.seek(ast)
        if step.uncertain and self.e.opaque.get(("posture", step.rule.id), 1) == 1:
            self.found.append(("posture", step.rule.id))

    def seek(self, ast: Ast) -> None:
        """Look into a condition that is open."""
        form = self._forms.get(ast[0])
        if form is not None:
            form(ast)
        else:
            self._read(ast)

    def _parts(self, ast: Ast) -> None:
        for part in ast[1:]:
            if self.compiler.truth(part)(self.e) == 1:
                self.seek(part)

    def _or(self, ast: Ast) -> None:
        rest, names, test = self.compiler.entries_of(ast)
        self._parts(["or", *rest])
        if test is not None and test(self.e) == 1:
            self._parts(["or", *(a for a in ast[1:] if a[0] in ("classified", "stated") and a[1] in names)])

    def _read(self, ast: Ast) -> None:
        """Note the facts that are missing from a comparison or a membership."""
        if ast[0] in ("fact", "bool", "in_group"):
            of = self.facts[ast[1]].of
            held, where = (
                (self.e.tx, "tx") if of == "transaction" else (self.e.item, self.item_at) if of == "item" else (self.e.party, self.party_at)
            )
            if held.get(ast[1]) is None:
                self.found.append(("fact", where, ast[1]))
        elif ast[0] in ("cmp", "arith"):
            self._read(ast[2])
            self._read(ast[3])
        elif ast[0] == "in":
            self._read(ast[1])

    def _classified(self, ast: Ast) -> None:
        name = ast[1]
        if self.compiler.classes_under(name)[1]:
            said = (stated_within if name in self.compiler.assigned else stated_eccn)(self.e, name)
            if said == 1:
                self.found.append(("eccn", name))

    def _stated(self, ast: Ast) -> None:
        self.found.append(("eccn", ast[1]))

    def _member_of(self, ast: Ast) -> None:
        self.found.append(("member", str(self.e.party.get("#index")), ast[1]))

    def _listed(self, ast: Ast) -> None:
        self.found.extend(u for u, lists in self.e.party.get("#doubts", ()) if ast[1] in lists and u not in self.e.opaque)

    def _any_party(self, ast: Ast) -> None:
        test = self.compiler.truth(ast[1])
        for party in self.e.parties:
            self.e.party, self.party_at = party, f"party:{party['#index']}"
            if test(self.e) == 1:
                self.seek(ast[1])

    def _any_component(self, ast: Ast) -> None:
        e = self.e
        if e.components is None:
            self.found.append(("contents", repr(ast[1])))
            return
        item, classes, where = e.item, e.classes, self.item_at
        test = self.compiler.truth(ast[1])
        for i, (component, known) in enumerate(zip(e.components, e.component_classes, strict=True)):
            e.item, e.classes, self.item_at = component, known, f"component:{i}"
            if test(e) == 1:
                self.seek(ast[1])
                self._component_classes(ast)
        e.item, e.classes, self.item_at = item, classes, where

    def _component_classes(self, ast: Ast) -> None:
        """Look into what keeps the classes of a component open (they are worked out with the component as the item)."""
        e = self.e
        components, e.components = e.components, []
        for step in self.program.class_steps_for(class_reads(self.compiler, (ast,))):
            if step.test(e) == 1:
                self.step(step)
        e.components = components
