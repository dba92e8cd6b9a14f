"""The rules of one axis over one row a transaction: classes, presumptions, jurisdiction, and the truth of every rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from thalweg.controls.program import Axis, Rulebook
from thalweg.controls.sql.conditions import Conditions, stated_at
from thalweg.controls.sql.expressions import (
    Expr,
    all_of,
    any_of,
    case,
    coalesce,
    compared,
    day,
    literal,
    missing,
    negated,
    one_of,
    possibly,
)
from thalweg.controls.sql.names import distinct, plain
from thalweg.controls.sql.quantifiers import PartyTests, Tests, of_component
from thalweg.controls.sql.relation import Relation
from thalweg.controls.sql.scopes import ItemScope, PartyScope, Quantified, Reading, T, child, transactions
from thalweg.controls.sql.windows import Window, guarded, in_force, windows
from thalweg.evidence import BadInput
from thalweg.pack import Rule, Version
from thalweg.pack.language import Ast, walk

SELF_CLASSED: Final = ("computer", "hbm", "integrated_circuit", "model_weights")
SUFFIX: Final[Mapping[Axis, str]] = {"enforced": "", "text": "__text"}
"""What is put behind the names of columns of an axis; no plain name has two underscores in a row."""


class Ground:
    """What both axes stand on: the three tables, and the tests of parties and components."""

    def __init__(self, book: Rulebook, known_on: int) -> None:
        self.book = book
        self.known_on = known_on
        self.main = Relation("facts", transactions, book.pack.facts)
        self.reading = Reading(book, self.main, T)
        self.main.read("transaction_id", lambda: self.reading.own("transaction_id"))
        self.parties = Tests("party", Relation("party", lambda: child("p"), book.pack.facts), self.main, "p")
        self.components = Tests("component", Relation("component", lambda: child("c"), book.pack.facts), self.main, "c")
        self.component = Reading(book, self.components.child, "c")
        party = Conditions(book, PartyScope(Reading(book, self.parties.child, "p")))
        self.any_party = PartyTests(book.pack, self.parties, party)
        self.names = distinct(book.order, prefix="rule_")


class Law:
    """The truths of one axis; ``truth`` holds a column for every rule, FALSE where a rule is never in force."""

    def __init__(self, ground: Ground, axis: Axis) -> None:
        self.ground = ground
        self.book = ground.book
        self.pack = ground.book.pack
        self.axis: Axis = axis
        self.suffix = SUFFIX[axis]
        self.date = ground.reading.date
        self.truth: dict[str, Expr] = {}
        self._parts = Conditions(self.book, self._classified(ground.component, _no_parts, {}))
        self.scope = self._classified(ground.reading, self._quantified, self.truth)
        self.conditions = Conditions(self.book, self.scope)
        self._presume()
        for rule in self._rules("jurisdiction"):
            self.truth[rule.id] = self._truth(rule, self.conditions, ground.reading)
        self.subject = self._subject()
        for kind in ("requirement", "gate", "exception", "review_policy", "red_flag", "obligation", "duty"):
            for rule in self._rules(kind):
                held = self._guarded(rule, self.conditions, ground.reading)
                of_items = kind == "requirement" and not rule.keys.get("of_persons")
                self.truth[rule.id] = self._named(rule, all_of([self.subject, held]) if of_items else held)

    def windows(self, rule: Rule) -> list[Window]:
        """Return the stretches of days on which a rule acts."""
        return windows(rule, self.axis, self.ground.known_on)

    def _rules(self, kind: str) -> list[Rule]:
        return [self.pack.rules[i] for i in self.book.order if self.pack.rules[i].kind == kind]

    def _quantified(self, ast: Ast, conditions: Conditions) -> Expr:
        if ast[0] == "any_component":
            return of_component(self.ground.components, self._parts, ast)
        self._refuse_asserted(ast)
        return self.ground.any_party.truth(ast, conditions)

    def _refuse_asserted(self, ast: Ast) -> None:
        """Refuse to compare a fact of a party with one that a presumption asserts: parties are tested before anything is presumed."""
        asserted = {f for r in self._rules("presumption") for f in (r.keys["asserts"].get("facts") or {})}
        for node in walk(ast):
            if node[0] == "cmp":
                read = {n[1] for n in walk(node) if n[0] == "fact"}
                if read & asserted and any(self.pack.facts[f].of == "party" for f in read):
                    message = f"a condition on parties compares {', '.join(sorted(read))}: SQL cannot read what a presumption asserts there"
                    raise BadInput(message)

    def _guarded(self, rule: Rule, conditions: Conditions, reading: Reading) -> Expr:
        return guarded(reading.date, self.windows(rule), lambda version: _holds(version, conditions))

    def _named(self, rule: Rule, truth: Expr) -> Expr:
        return self.ground.main.add(self.ground.names[rule.id] + self.suffix, truth)

    def _truth(self, rule: Rule, conditions: Conditions, reading: Reading) -> Expr:
        return reading.relation.add(self.ground.names[rule.id] + self.suffix, self._guarded(rule, conditions, reading))

    def _classified(self, reading: Reading, quantified: Quantified, truth: dict[str, Expr]) -> ItemScope:
        """Return the scope of an item or a component with its classes, the more basic ones first."""
        scope = ItemScope(reading, {}, {}, quantified)
        conditions = Conditions(self.book, scope)
        for number, rule in enumerate(self._rules("classification"), 1):
            held = truth[rule.id] = self._truth(rule, conditions, reading)
            name = rule.keys["assigns"]
            said = all_of([in_force(reading.date, self.windows(rule)), _with_stated(scope, name, held)])
            found = any_of([said, *([scope.known[name]] if name in scope.known else [])])
            scope.known[name] = reading.relation.add(f"class_{plain(name)}_{number}{self.suffix}", found)
        return scope

    def _presume(self) -> None:
        for rule in self._rules("presumption"):
            held = self.truth[rule.id] = self._truth(rule, self.conditions, self.ground.reading)
            asserts = rule.keys["asserts"]
            name = asserts.get("class")
            if name:
                found = any_of([held, *([self.scope.known[name]] if name in self.scope.known else [])])
                self.scope.known[name] = self.ground.main.add(f"class_{plain(name)}_presumed{self.suffix}", found)
            for fact, value in (asserts.get("facts") or {}).items():
                self.scope.asserted[fact] = self._asserted(fact, value, held)

    def _asserted(self, fact: str, value: object, held: Expr) -> Expr:
        """Return a fact as a presumption leaves it: asserted, as it was, or unknown where the presumption may apply."""
        kind = self.pack.facts[fact].type
        if kind == "place":
            message = f"a presumption asserts the place {fact!r}: SQL cannot look up a place that a rule asserts"
            raise BadInput(message)
        to = day(int(str(value))) if kind == "date" else literal(value)
        before = self.scope.fact(fact)
        after = case([(held, to), (negated(held), before), (compared("=", before, to), to)])
        return self.ground.main.add(f"presumed_{fact}{self.suffix}", after)

    def _subject(self) -> Expr:
        """Return whether the item is subject to the EAR: as stated, else on a ground that puts it in and none that leaves it out."""
        grounds = self._rules("jurisdiction")
        inside = any_of(self.truth[r.id] for r in grounds if r.keys["ground"] != "not_subject")
        outside = any_of(self.truth[r.id] for r in grounds if r.keys["ground"] == "not_subject")
        derived = all_of([inside, negated(outside)])
        found = coalesce(self.scope.fact("subject_to_ear"), derived) if "subject_to_ear" in self.pack.facts else derived
        return self.ground.main.add(f"subject{self.suffix}", found)


def _no_parts(_ast: Ast, _conditions: Conditions) -> Expr:
    """A component is classified by itself, without what it contains."""
    return literal(False)


def _holds(version: Version, conditions: Conditions) -> Expr:
    when = conditions.truth(version.when)
    return when if version.unless is None else all_of([when, negated(conditions.truth(version.unless))])


def _with_stated(scope: ItemScope, name: str, held: Expr) -> Expr:
    """Let a stated ECCN speak for a computed class where the specifications do not settle it."""
    eccn = scope.fact("eccn")
    root = name.split(".", maxsplit=1)[0]
    parts = name.split(".")
    above = [".".join(parts[:n]) for n in range(1, len(parts))]
    open_ = missing(held)
    other_kind = possibly(negated(one_of(scope.fact("kind"), SELF_CLASSED)))
    return case(
        [
            (any_of([missing(eccn), held]), held),
            (stated_at(eccn, (name,)), any_of([open_, other_kind])),
            (all_of([open_, stated_at(eccn, (root,)), negated(one_of(eccn, above))]), literal(False)),
        ],
        held,
    )
