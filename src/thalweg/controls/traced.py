"""The trace of an answer: which rules mattered, and each with its clauses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from thalweg.controls.case import Case
from thalweg.controls.resolve import Resolution
from thalweg.controls.run import Pass, item_key
from thalweg.controls.step import Step
from thalweg.controls.trace import Clause, why


class Traced:
    """Traces the root pass of a resolution; each rule once."""

    def __init__(self, case: Case, enforced: Resolution) -> None:
        self.case = case
        self.enforced = enforced
        self.root: Pass = enforced.root
        self._clauses: dict[int, Clause] = {}

    def clause(self, step: Step) -> Clause:
        """Return the trace of one rule; it is made once."""
        found = self._clauses.get(step.index)
        if found is None:
            found = self._clauses[step.index] = why(self.root.program.compiler, self.root.environment, step)
        return found

    def _holding(self, steps: Iterable[Step]) -> Iterable[Step]:
        """Yield the rules that hold, are open or came close."""
        root, lane, e = self.root, self.enforced.lane, self.root.environment
        close = {s.index for s in lane.close}
        for step in steps:
            if root.truth[step.index] or ((step.index in close or lane.truth[step.index]) and step.near_miss(e)):
                yield step

    def _mattered(self) -> Iterable[Step]:
        """Yield the rules above the classes that hold, are open or came close, in strata; what was never reached is left out."""
        root, program, e = self.root, self.root.program, self.root.environment
        wanted = {s.index for s in program.requirements if root.truth[s.index]}
        yield from self._holding((*program.presumptions, *program.requirements))
        for step in program.jurisdiction:
            if root.truth[step.index] == 2 or (root.truth[step.index] and root.subject == 1):
                yield step
        for step in program.gates:
            if wanted and root.truth[step.index]:
                yield step
        for step in program.exceptions:
            if step.index in root.available and (root.truth[step.index] or step.near_miss(e)):
                yield step
        standing = {i for i, left in root.remaining.items() if left}
        for step in program.policies:
            if step.reviews & standing and (root.truth[step.index] or step.near_miss(e)):
                yield step

    def _shown(self, steps: Iterable[Step]) -> list[Any]:
        truth = self.root.truth
        return [(s.rule.id, s.rule.kind, truth[s.index], s.version.sources, self.clause(s), s.version.note) for s in steps]

    def _traced_classes(self) -> list[Any]:
        """Return the trace of the classification rules; where no presumption touches the item, it is made once."""
        root, program = self.root, self.root.program
        pristine = not program.classes_read_tx and not any(root.truth[s.index] for s in program.presumptions)
        known = program.classified.get(item_key(root.environment)) if pristine else None
        if known is None:
            return self._shown(self._holding(program.classes))
        if known.traced is None:
            known.traced = self._shown(self._holding(program.classes))
        return known.traced

    def whole(self) -> dict[str, Any]:
        """Return the trace: each rule that mattered, as plain data."""
        root = self.root
        rules = [*self._traced_classes(), *self._shown(self._mattered())]
        waiting = [(rule.id, rule.title, posture) for rule, _, posture in root.program.waiting]
        possible = sorted({c for r in self.enforced.results for c in r.classes})
        measured = {k: v for k, v in self.case.item.items() if not k.startswith("#") and ("item", k) not in self.case.presumed}
        return {
            "rules": rules,
            "not_in_force": waiting,
            "subject_to_ear": root.subject,
            "item": measured,
            "at_least": {name: bound for (where, name), bound in self.case.minimum.items() if where == "item"},
            "possible_classes": possible,
            "sources": self.case.sources,
        }
