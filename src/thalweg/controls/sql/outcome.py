"""From the truths of rules to an outcome: which exceptions lift which requirements, what remains, and under which review policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlglot import exp

from thalweg.controls.program import POLICIES
from thalweg.controls.run import UNDETERMINED
from thalweg.controls.sql.chart import Read
from thalweg.controls.sql.expressions import Expr, all_of, any_of, case, equals, joined, literal, missing, negated, possibly, surely
from thalweg.controls.sql.inputs import LIST_POLICY
from thalweg.controls.sql.law import Law
from thalweg.pack import Rule
from thalweg.pack.order import matches

Lift = tuple[str, frozenset[str]]
"""An exception by the id of its rule, and the gates that bar it from a requirement."""


class Group(NamedTuple):
    """Requirements that the same exceptions lift and the same policies review."""

    lifts: frozenset[Lift]
    reviewers: frozenset[str]
    asked: Expr


class Outcome:
    """The results of one axis."""

    def __init__(self, law: Law, chart: Read) -> None:
        self.law = law
        self.chart = chart
        self.main = law.ground.main
        self.rules: Mapping[str, Rule] = law.pack.rules
        self.groups = self._grouped()
        self.lifted = {lift: self._lifted(lift) for group in self.groups for lift in sorted(group.lifts, key=str)}
        self.stuck = self.main.add(f"stuck{law.suffix}", any_of(surely(self._left(g)) for g in self.groups))
        """Whether a requirement stands that nothing lifts; no exception can then be used for the others."""

    def _of(self, kind: str) -> list[Rule]:
        return [r for r in self.rules.values() if r.kind == kind]

    def _never(self, rule: str) -> bool:
        return isinstance(self.law.truth[rule], exp.Boolean) and not self.law.truth[rule].this

    def _grouped(self) -> list[Group]:
        found: dict[tuple[frozenset[Lift], frozenset[str]], list[Expr]] = {}
        for rule in self._of("requirement"):
            if not self._never(rule.id):
                reviewers = frozenset(p.id for p in self._of("review_policy") if _fits(p, "reviews", rule.id) and not self._never(p.id))
                found.setdefault((self._lifts(rule.id), reviewers), []).append(self.law.truth[rule.id])
        return [
            Group(lifts, reviewers, self.main.add(f"asked_{n}{self.law.suffix}", any_of(truths)))
            for n, ((lifts, reviewers), truths) in enumerate(found.items(), 1)
        ]

    def _lifts(self, requirement: str) -> frozenset[Lift]:
        gates = [g for g in self._of("gate") if _fits(g, "covers", requirement, "*") and not self._never(g.id)]
        return frozenset(
            (x.id, frozenset(g.id for g in gates if x.keys["exception"] not in g.keys["only"]))
            for x in self._of("exception")
            if _fits(x, "lifts", requirement) and not self._never(x.id)
        )

    def _lifted(self, lift: Lift) -> Expr:
        truth = self.law.truth
        barred = any_of(truth[g] for g in sorted(lift[1]))
        return self.main.add(f"lift_{len(self.main)}{self.law.suffix}", all_of([truth[lift[0]], negated(barred)]))

    def _left(self, group: Group) -> Expr:
        return all_of([group.asked, *(negated(self.lifted[lift]) for lift in sorted(group.lifts, key=str))])

    def outcome(self) -> Expr:
        """Return the outcome as text."""
        law, add, end = self.law, self.main.add, self.law.suffix
        prohibitions = [law.truth[r.id] for r in self._of("requirement") if r.keys.get("effect") == "prohibition"]
        prohibited = add(f"prohibited{end}", any_of(prohibitions))
        left = add(f"left_over{end}", any_of([self.chart.truth, *(self._left(g) for g in self.groups)]))
        asked = add(f"asked{end}", any_of([self.chart.truth, *(g.asked for g in self.groups)]))
        branches = [
            (prohibited, "prohibited"),
            (missing(prohibited), UNDETERMINED),
            (left, "license_required"),
            (any_of([missing(left), missing(asked)]), UNDETERMINED),
            (self.chart.unread, "not_modeled"),
            (asked, "license_exception"),
        ]
        decided = case([(condition, literal(name)) for condition, name in branches], literal("no_license_required"))
        return add(f"outcome{end}", decided)

    def review_policy(self) -> Expr:
        """Return the review policy: within a requirement the one that no other overrides, across requirements the most restrictive."""
        add, end = self.main.add, self.law.suffix
        asked = [all_of([self.stuck, surely(g.asked)]) for g in self.groups]
        standing = [add(f"standing_{n}{end}", any_of([surely(self._left(g)), asked[n - 1]])) for n, g in enumerate(self.groups, 1)]
        policies = {p.id: p for p in self._of("review_policy") if not self._never(p.id)}
        reviewed = {i: any_of(s for s, g in zip(standing, self.groups, strict=True) if i in g.reviewers) for i in policies}
        weighed = {i: add(f"weighed_{n}{end}", all_of([surely(self.law.truth[i]), reviewed[i]])) for n, i in enumerate(policies, 1)}
        free = {i: negated(any_of(weighed[o.id] for o in policies.values() if i in (o.keys.get("overrides") or ()))) for i in policies}
        held = {i: add(f"held_{n}{end}", all_of([surely(self.law.truth[i]), free[i]])) for n, i in enumerate(policies, 1)}
        open_ = {i: add(f"open_{n}{end}", all_of([missing(self.law.truth[i]), free[i]])) for n, i in enumerate(policies, 1)}
        chosen: dict[str, list[Expr]] = {name: [] for name in POLICIES}
        for stands, group in zip(standing, self.groups, strict=True):
            reviewers = sorted(group.reviewers)
            nothing = negated(any_of(held[i] for i in reviewers))
            for name in POLICIES:
                sure = any_of(self._named(policies[i], name, held[i]) for i in reviewers)
                possible = any_of(self._named(policies[i], name, open_[i]) for i in reviewers)
                chosen[name].append(all_of([stands, any_of([sure, all_of([nothing, possible])])]))
        named = case([(any_of(chosen[name]), literal(name)) for name in reversed(POLICIES)], exp.cast(exp.null(), "text"))
        return case([(equals(self.outcome(), "license_required"), named)])

    def _named(self, policy: Rule, name: str, truth: Expr) -> Expr:
        """Return whether a policy stands and is the named one; some take theirs from the entry of the list that a party stands under."""
        if policy.keys.get("policy_from"):
            on_list = self.main.read(LIST_POLICY, lambda: self.law.ground.reading.own(LIST_POLICY))
            return all_of([truth, equals(on_list, name)])
        return truth if policy.keys.get("policy") == name else exp.false()

    def requirements(self) -> Expr:
        """Return the ids of the requirements that hold, lifted or not, joined by semicolons."""
        held = [(self.law.truth[r.id], r.id) for r in self._of("requirement") if not self._never(r.id)]
        chart = [(self.chart.truth, r.id) for r in self._of("country_chart")]
        return joined([*held, *chart])

    def exceptions(self) -> Expr:
        """Return the names of the exceptions that can be used for some requirement, joined by semicolons."""
        usable: dict[str, list[Expr]] = {}
        for lift, truth in self.lifted.items():
            wanted = any_of(possibly(g.asked) for g in self.groups if lift in g.lifts)
            usable.setdefault(self.rules[lift[0]].keys["exception"], []).append(all_of([surely(truth), wanted]))
        return joined([(all_of([negated(self.stuck), any_of(usable[name])]), name) for name in sorted(usable)])


def _fits(rule: Rule, key: str, requirement: str, default: str = "") -> bool:
    patterns: Iterable[Any] = rule.keys.get(key) or ([default] if default else [])
    return any(p == "*" or matches(p, requirement) for p in patterns)
