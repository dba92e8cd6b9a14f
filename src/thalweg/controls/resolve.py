"""Deciding by cases: what the result would be for every way the unknown facts may turn out.

The unknown facts of a case span a tree: at each node the first fact that keeps some rule open takes one value from each of its cells.
A fact matters exactly if, somewhere in the tree, its branches differ. The tree is cut off at a stated bound.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from thalweg.controls.alike import tree_key
from thalweg.controls.case import Case
from thalweg.controls.cells import Cells
from thalweg.controls.environment import Environment
from thalweg.controls.lane import Lane, lane
from thalweg.controls.program import POLICIES, Axis, Program, Rulebook
from thalweg.controls.run import UNDETERMINED, Pass, Result, is_entry, run
from thalweg.controls.step import Step
from thalweg.controls.unknown import Unknown, unknowns

BOUND: Final = 600
"""Passes at most for one case and axis; past it the answer rests on three-valued logic alone and says so."""

_TREES: Final = 20_000
"""Trees kept at most for one stretch of law."""

Tree = Result | tuple[Unknown, tuple[Any, ...], tuple[Any, ...]]
"""A result, or an unknown with the trees of its cells and where they start."""


class Grown(NamedTuple):
    """A tree of cases with what it comes to: the results that are possible, the unknowns that decide, and the passes that it stands for."""

    tree: Tree
    results: dict[Result, None]
    essential: dict[Unknown, frozenset[str]]
    passes: int


@dataclass(slots=True)
class Resolution:
    """The root pass, every result that is possible, and the unknowns that can change it."""

    root: Pass
    lane: Lane
    results: list[Result]
    essential: dict[Unknown, frozenset[str]] = field(default_factory=dict)
    bounded: bool = False

    @property
    def outcome(self) -> str:
        """Return the outcome if it is the same in every completion, else ``undetermined``."""
        outcomes = {r.outcome for r in self.results}
        return outcomes.pop() if len(outcomes) == 1 else UNDETERMINED


def environment(case: Case) -> Environment:
    """Return a fresh environment over a case."""
    for i, party in enumerate(case.parties):
        party["#index"] = i
    parties = case.parties
    return Environment(case.tx, case.item, {}, case.components, [], parties, parties[0], {}, {})


def without_presumptions(case: Case) -> Environment:
    """Return an environment that lacks what is presumed of the transaction and the parties."""
    e = environment(case)
    e.tx = case.stated
    of_parties: dict[int, set[str]] = {}
    for where, name in case.presumed:
        if where[0] == "p":
            of_parties.setdefault(int(where[6:]), set()).add(name)
    if of_parties:
        e.parties = [{k: v for k, v in p.items() if k not in of_parties.get(i, ())} for i, p in enumerate(e.parties)]
        e.party = e.parties[0]
    return e


class Resolver:
    """Resolves one case on one axis."""

    def __init__(self, rulebook: Rulebook, case: Case, axis: Axis, known_on: int) -> None:
        self.rulebook = rulebook
        self.case = case
        self.program: Program = rulebook.program(case.day, axis, known_on)
        self.known_on = known_on
        self.axis = axis
        self.policies_of = list_policies(case)
        self.passes = 0
        self.results: dict[Result, None] = {}
        self.essential: dict[Unknown, frozenset[str]] = {}
        self.lane = lane(self.program, case)

    def resolve(self) -> Resolution:
        """Run the root pass and, where something is open, the tree of cases."""
        root = self._run(environment(self.case))
        self.passes = 1
        if self.axis == "text" and root.result.outcome != UNDETERMINED and not self.case.alternatives:
            return Resolution(root, self.lane, [root.result])
        if 1 not in root.truth and root.chart.truth != 1 and not self.case.alternatives and not self.case.doubts:
            return Resolution(root, self.lane, [root.result])
        readings = [self._reading(root, facts) for facts, _ in self.case.alternatives]
        trees = [self._tree(at) for at in readings or [root]]
        if readings:
            self._note(("conflict", self.case.alternatives_of, self.case.disputed), trees)
            if len({r.outcome for r in self.results}) == 1:
                root = readings[0]
        return Resolution(root, self.lane, list(self.results), self.essential, bounded=self.passes > BOUND)

    def _run(self, e: Environment, before: Pass | None = None) -> Pass:
        return run(self.rulebook.pack, self.lane, e, self._policies_of(e), before)

    def _policies_of(self, e: Environment) -> dict[str, str]:
        """Return the strictest policy among the entries that parties stand under, with those that this branch takes them to stand under."""
        taken = [doubt.policy for unknown, doubt in self.case.doubts.items() if e.opaque.get(unknown) == 2]
        return strictest([*self.policies_of.values(), *taken]) if taken else self.policies_of

    def _reading(self, root: Pass, facts: dict[str, Any]) -> Pass:
        """Return the pass in which a disputed measure has one of its values."""
        self.passes += 1
        e = self._copy(root.environment)
        self._write(e, self.case.alternatives_of, facts)
        return self._run(e, root)

    def _tree(self, at: Pass) -> Tree:
        """Return the tree over a pass; like passes share it, whichever case they are of."""
        if self.axis == "text" and at.result.outcome != UNDETERMINED:
            settled = Result(at.result.outcome, (), None, ())
            self.results[settled] = None
            return settled
        still_open = self._open(at)
        if not still_open and 1 not in (at.subject, at.chart.truth) and not self._stricter(at):
            self.results[at.result] = None
            return at.result
        held = self.program.compiler.trees
        key = tree_key(at, self.lane, self.axis, self.case, self.policies_of, still_open)
        grown: Grown | None = held.get(key)
        if grown is None or self.passes + grown.passes > BOUND:
            grown = self._grow(at, still_open)
            if self.passes <= BOUND:
                if len(held) > _TREES:
                    held.clear()
                held[key] = grown
        else:
            self.passes += grown.passes
        self.results |= grown.results
        for unknown, decides in grown.essential.items():
            self.essential[unknown] = self.essential.get(unknown, frozenset()) | decides
        return grown.tree

    def _grow(self, at: Pass, still_open: list[Step]) -> Grown:
        results, essential, passes = self.results, self.essential, self.passes
        self.results, self.essential = {}, {}
        tree = self._branch(at, still_open)
        grown = Grown(tree, self.results, self.essential, self.passes - passes)
        self.results, self.essential = results, essential
        return grown

    def _branch(self, at: Pass, still_open: list[Step]) -> Tree:
        unknown = self._first_unknown(at, still_open) if self.passes <= BOUND else None
        if unknown is None:
            self.results[at.result] = None
            return at.result
        cells = self._cells(at, unknown, still_open)
        branches: list[Tree] = []
        for cell in cells:
            branches.append(self._tree(self._refine(at, unknown, cell)))
            if self.axis == "text" and len(self.results) > 1:
                return at.result  # two codified outcomes are possible: it is undetermined, and no more is asked of this axis
        self._note(unknown, branches)
        if all(b == branches[0] for b in branches[1:]):
            return branches[0]
        if not isinstance(cells, dict):
            return (unknown, tuple(branches), tuple(cells))
        turns = [
            i for i, b in enumerate(branches) if not i or b != branches[i - 1]
        ]  # two trees may cut the same numbers up more or less finely
        starts = list(cells.values())
        return (unknown, tuple([branches[i] for i in turns]), tuple([starts[i] for i in turns]))

    def _note(self, unknown: Unknown, branches: Any) -> None:
        if all(b == branches[0] for b in branches[1:]):
            return
        decides: set[str] = set(self.essential.get(unknown, ()))
        for name, pick in _DECIDES.items():
            sets = [frozenset(pick(r) for r in _leaves(b)) for b in branches]
            if any(s != sets[0] for s in sets[1:]):
                decides.add(name)
        if not decides:
            decides.add("outcome" if len({r.outcome for b in branches for r in _leaves(b)}) > 1 else "review_policy")
        self.essential[unknown] = frozenset(decides)

    def _first_unknown(self, at: Pass, still_open: list[Step]) -> Unknown | None:
        found = unknowns(self.program, at.environment, still_open)
        if at.chart.truth == 1:
            found.extend(self._chart_unknown(at))
        if at.subject == 1 and not found:
            found.append(("fact", "tx", "subject_to_ear"))
        return next(iter(found or self._stricter(at)), None)

    def _stricter(self, at: Pass) -> list[Unknown]:
        """Return the entries that a party may stand under whose review policy would be stricter than the one that is held."""
        if not self.case.doubts or at.result.outcome != "license_required":
            return []
        standing = {i for i, v in at.remaining.items() if v == 2}
        if not any(
            at.truth[s.index] == 2 and s.rule.keys.get("policy_from") and not s.reviews.isdisjoint(standing) for s in self.lane.policies
        ):
            return []
        held = POLICIES.index(at.result.policy) if at.result.policy else -1
        known = at.environment.opaque
        return [u for u, d in self.case.doubts.items() if u not in known and d.policy in POLICIES and POLICIES.index(d.policy) > held]

    def _open(self, at: Pass) -> list[Step]:
        """Return the rules that are open and may still change the result."""
        truth, lane, e = at.truth, self.lane, at.environment
        steps = [s for s in lane.presumptions if truth[s.index] == 1]
        if at.subject == 1:
            steps += [s for s in lane.jurisdiction if truth[s.index] == 1]
        steps += [s for s in lane.requirements if truth[s.index] == 1 and (at.subject == 2 or s.test(e) == 1)]
        wanted = at.remaining.keys()
        if wanted:
            steps += [s for s in lane.gates if truth[s.index] == 1 and not s.covers.isdisjoint(wanted)]
            steps += [s for s in lane.exceptions if truth[s.index] == 1 and not s.lifts.isdisjoint(wanted)]
            left = {i for i, v in at.remaining.items() if v}
            steps += [s for s in lane.policies if truth[s.index] == 1 and not s.reviews.isdisjoint(left) and s.test(e) == 1]
        return [*self._open_classes(at, steps), *steps]

    def _open_classes(self, at: Pass, steps: list[Step]) -> list[Step]:
        """Return the open classification rules that count: those of entries, and those whose class an open rule reads."""
        needed = {name for step in steps for name in step.reads}
        found: list[Step] = []
        for step in reversed(self.lane.classes):
            name = step.rule.keys["assigns"]
            if at.truth[step.index] == 1 and (name in needed or is_entry(name)):
                found.append(step)
                needed |= step.reads
        return found[::-1]

    def _chart_unknown(self, at: Pass) -> list[Unknown]:
        e = at.environment
        if e.item.get("eccn") is None and not e.item.get("#eccn_presumed") and not at.chart.rows:
            return [("eccn", "chart")] if ("eccn", "chart") not in e.opaque else []
        if any(r.truth == 1 and r.modeled and r.row.scope_kind == "for" for r in at.chart.rows) and "technology_for" not in e.tx:
            return [("fact", "tx" if self.program.compiler.scope_of("technology_for") == "tx" else "item", "technology_for")]
        if any(r.truth == 1 and r.modeled and r.row.scope_kind in ("only", "except") for r in at.chart.rows):
            return [("paragraph", "item")] if ("paragraph", "item") not in e.opaque else []
        return []

    def _cells(self, at: Pass, unknown: Unknown, still_open: list[Step]) -> Sequence[Any] | dict[float, Any]:
        """Return one value for each cell of an unknown; numbers in order, with where their cells start."""
        if unknown[0] != "fact":
            return [True, False]
        _, where, name = unknown
        fact = self.rulebook.pack.facts[name]
        in_part = where.startswith("component:")  # every classification rule is tried on a component, also those that do not fit the item
        if fact.type == "boolean":
            return [True, False]
        if fact.type == "enum":
            return list(fact.values)
        cells = Cells(self.program.compiler, [s.cut for s in (*still_open, *(self.program.classes if in_part else ()))])
        if fact.type == "place":
            return list(cells.places(name))
        if fact.type == "text":
            return list(cells.texts(name))
        known = {**at.environment.tx, **self._facts(at.environment, where)}
        return cells.numbers(name, self.case.minimum.get((where, name)), known)

    def _refine(self, at: Pass, unknown: Unknown, cell: Any) -> Pass:
        self.passes += 1
        e = self._copy(at.environment)
        if unknown[0] == "fact":
            self._write(e, unknown[1], {unknown[2]: cell})
        elif unknown[0] == "member":
            e.opaque = {**e.opaque, ("member", int(unknown[1]), unknown[2]): 2 if cell else 0}
        else:
            e.opaque = {**e.opaque, unknown: 2 if cell else 0}
        return self._run(e, at)

    def _copy(self, e: Environment) -> Environment:
        return dataclasses.replace(e, classes={}, component_classes=[], memo={})

    def _facts(self, e: Environment, where: str) -> dict[str, Any]:
        if where == "tx":
            return e.tx
        if where == "item":
            return e.item
        kind, _, index = where.partition(":")
        return e.parties[int(index)] if kind == "party" else (e.components or [])[int(index)]

    def _write(self, e: Environment, where: str, facts: dict[str, Any]) -> None:
        if where == "tx":
            e.tx = {**e.tx, **facts}
        elif where == "item":
            e.item = {**e.item, **facts}
        else:
            kind, _, index = where.partition(":")
            rows = list(e.parties if kind == "party" else e.components or [])
            rows[int(index)] = {**rows[int(index)], **facts}
            if kind == "party":
                e.parties = rows
                e.party = rows[0]
            else:
                e.components = rows
                if facts.get("datacenter") and e.item.get("kind") == "computer" and "datacenter" not in e.item:
                    e.item = {**e.item, "datacenter": True}


_DECIDES: Final[dict[str, Callable[[Result], Any]]] = {
    "outcome": lambda r: r.outcome,
    "exception": lambda r: r.exceptions if r.outcome in ("license_exception", "license_required") else (),
    "review_policy": lambda r: r.policy,
    "classification": lambda r: r.classes,
}


def _leaves(tree: Any) -> list[Result]:
    if isinstance(tree, Result):
        return [tree]
    return [leaf for branch in tree[1] for leaf in _leaves(branch)]


def list_policies(case: Case) -> dict[str, str]:
    """Return the strictest review policy among the entries that parties stand under."""
    return strictest([hit["policy"] for hit in case.screening])


def strictest(policies: Iterable[str | None]) -> dict[str, str]:
    """Return the strictest of some review policies, under the key that rules ask for it by."""
    found = [p for p in policies if p in POLICIES]
    return {"policy": max(found, key=POLICIES.index)} if found else {}
