"""Decide one transaction, with the whole trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from thalweg.controls.asking import missing_facts
from thalweg.controls.assemble import assemble
from thalweg.controls.case import Case
from thalweg.controls.chart import ChartRow
from thalweg.controls.determination import CitationModel, Determination
from thalweg.controls.explain import explain, show_value, why_not
from thalweg.controls.program import POLICIES, Rulebook
from thalweg.controls.reading import read_transaction
from thalweg.controls.resolve import Resolution, Resolver, without_presumptions
from thalweg.controls.resting import notices, resting
from thalweg.controls.run import UNDETERMINED, Pass
from thalweg.controls.stayed import returns, stayed_flags, stayed_notes
from thalweg.controls.step import Step
from thalweg.controls.traced import Traced
from thalweg.evidence import OPEN_END
from thalweg.nouns import Transaction

Summary = tuple[str, str, list[str], str | None, list[str], list[str], list[str], list[str], list[str]]
_RULEBOOKS: dict[int, tuple[Any, Rulebook]] = {}


def rulebook(pack: Any) -> Rulebook:
    """Return the rulebook of a pack; it is made once."""
    found = _RULEBOOKS.get(id(pack))
    if found is None or found[0] is not pack:
        if len(_RULEBOOKS) > 64:
            _RULEBOOKS.clear()
        found = _RULEBOOKS[id(pack)] = (pack, Rulebook(pack))
    return found[1]


def decide(book: Rulebook, transaction: Mapping[str, Any] | Transaction, *, known_on: dt.date | None = None) -> Determination:
    """Decide one transaction.

    Args:
        book: the rulebook of a pack (with its overlays).
        transaction: a transaction, or a mapping in its shape.
        known_on: leave out what was published after this day.

    Raises:
        BadInput: if the transaction cannot be read as it stands.
    """
    return _writer(book, transaction, known_on).write()


def summarize(book: Rulebook, transaction: Mapping[str, Any], *, known_on: dt.date | None = None) -> Summary:
    """Return outcomes, classes, review policy, those possible, usable exceptions, requirements, missing facts, and stale rules.

    The outcome as enforced comes first, then the codified one. Stale rules are those that it rests on, whatever the day of their amendment.

    Raises:
        BadInput: if the transaction cannot be read as it stands.
    """
    return _writer(book, transaction, known_on).summary()


def _writer(book: Rulebook, transaction: Mapping[str, Any] | Transaction, known_on: dt.date | None) -> _Writer:
    case = assemble(book.pack, read_transaction(transaction))
    seen = OPEN_END if known_on is None else known_on.toordinal()
    enforced = Resolver(book, case, "enforced", seen).resolve()
    codified = enforced
    if not book.same_law(case.day, seen):
        text = Resolver(book, case, "text", seen)
        if text.lane.marks != enforced.lane.marks or text.program.chart is not enforced.root.program.chart:
            codified = text.resolve()
    return _Writer(book, case, enforced, codified, seen)


class _Writer:
    """Turns two resolutions into a determination."""

    def __init__(self, book: Rulebook, case: Case, enforced: Resolution, codified: Resolution, known_on: int) -> None:
        self.book = book
        self.pack = book.pack
        self.case = case
        self.enforced = enforced
        self.codified = codified
        self.known_on = known_on
        self.root: Pass = enforced.root
        self.traced = Traced(case, enforced)

    def write(self) -> Determination:
        case, root = self.case, self.root
        outcome = self.enforced.outcome
        beside = self._beside()
        missing, questions = self._missing()
        stale = self._stale(beside)
        policy = self._policy(outcome)
        verified = self.pack.verified_through.get("us-ear", min(self.pack.verified_through.values()))
        answer = Determination(
            id=case.id,
            as_of=case.date.isoformat(),
            outcome=outcome,
            codified_outcome=self.codified.outcome,
            classification=self._classification(),
            stated_eccn=case.item.get("eccn"),
            review_policy=policy,
            possible_outcomes=sorted({r.outcome for r in self.enforced.results}) if outcome == UNDETERMINED else [],
            possible_policies=self._possible_policies(outcome),
            requirements=self._requirements(),
            exceptions=self._exceptions(),
            review_rules=[self._rule(s) for s in root.program.policies if s.index in root.policy_rules]
            if outcome == "license_required"
            else [],
            obligations=[*self._obligations(outcome), *beside["obligation"]],
            red_flags=[*beside["red_flag"], *self._stayed()],
            duties=beside["duty"],
            screening=case.screening,
            missing_facts=missing,
            open_questions=[*questions, *stale],
            may_be_stale=stale,
            assumptions=self._assumptions(),
            conflict=self._conflict(),
            notes=[*case.notes, *stayed_notes(self.pack, case.date, self.codified)],
            beyond_verified=case.date > verified,
            pack=self.pack.stamp.as_dict(),
        )
        answer._trace = self.traced.whole  # noqa: SLF001
        answer._explain = lambda said: explain(said, self.traced.whole())  # noqa: SLF001
        return answer

    def summary(self) -> Summary:
        """Return what a frame of answers holds of this one."""
        outcome = self.enforced.outcome
        usable = [s.rule.keys["exception"] for s in self.root.program.exceptions if self.root.available.get(s.index) == 2]
        missing = sorted({m["fact"] for m in self._missing()[0]})
        required = [r["rule"] for r in self._requirements()]
        return (
            outcome,
            self.codified.outcome,
            self._classification(),
            self._policy(outcome),
            self._possible_policies(outcome),
            usable,
            required,
            missing,
            resting(self.root, self.pack),
        )

    def _stale(self, beside: Mapping[str, list[dict[str, Any]]]) -> list[str]:
        """Return what is known of rules that may be stale, of those that decide and of those that stand beside."""
        if not self.pack.stale:
            return []
        rules = sorted({*resting(self.root, self.pack), *(x["rule"] for found in beside.values() for x in found)})
        return notices(self.pack, rules, self.case.date, self.known_on)

    def _policy(self, outcome: str) -> str | None:
        if outcome != "license_required":
            return None
        policies = {r.policy for r in self.enforced.results}
        found = self.root.result.policy
        return policies.pop() if found is None and len(policies) == 1 else found

    def _possible_policies(self, outcome: str) -> list[str]:
        policies = {r.policy for r in self.enforced.results if r.policy} if outcome == "license_required" else set()
        return sorted(policies, key=POLICIES.index) if len(policies) > 1 else []

    def _classification(self) -> list[str]:
        common = set.intersection(*(set(r.classes) for r in self.enforced.results))
        eccn = self.case.item.get("eccn")
        extra = [eccn] if eccn and eccn not in common else []
        return [*sorted(common), *extra]

    def _rule(self, step: Step, **more: Any) -> dict[str, Any]:
        return {
            "rule": step.rule.id,
            "title": step.rule.title,
            "citations": cited(step),
            "note": step.version.note,
            "overlay": step.rule.overlay,
            **more,
        }

    def _requirements(self) -> list[dict[str, Any]]:
        root, found = self.root, []
        for step in root.program.requirements:
            if root.truth[step.index] == 2:
                lifted = [
                    s.rule.keys["exception"] for s in root.program.exceptions if step.index in s.lifts and root.available.get(s.index) == 2
                ]
                found.append(
                    self._rule(step, reason=step.rule.keys["reason"], lifted_by=lifted if root.remaining.get(step.index) == 0 else [])
                )
        found.extend(self._charted(row) for row in root.chart.rows if row.truth == 2)
        return found

    def _charted(self, found: ChartRow) -> dict[str, Any]:
        """Return a requirement that the Country Chart makes."""
        chart, row = self.root.program.chart, found.row
        column = f" ({row.column})" if row.column else ""
        url = chart.versions[0].sources[0].get("url", "") if chart else ""
        return {
            "rule": f"{chart.id if chart else ''}/{found.entry}/{row.reason}",
            "title": f"{found.entry} is controlled for {row.reason}{column} at this destination",
            "citations": [{"citation": "15 CFR 738 Supp. 1; 774 Supp. 1", "url": url, "basis": "primary"}],
            "reason": row.reason,
            "note": row.note,
        }

    def _exceptions(self) -> list[dict[str, Any]]:
        root, found = self.root, []
        for step in root.program.exceptions:
            if step.index not in root.available:
                continue
            value = root.available[step.index]
            if value == 2:
                why = "its conditions are met"
            elif 2 in root.remaining.values() and root.truth[step.index]:
                standing = [s.rule for s in root.program.requirements if root.remaining.get(s.index) == 2 and s.index not in step.lifts]
                why = f"a license is required all the same: {standing[0].title}" if standing else "a provision bars it for a requirement"
            elif value < root.truth[step.index]:
                why = "another provision leaves it out here: " + ", ".join(
                    g.rule.title
                    for g in root.program.gates
                    if root.truth[g.index] and step.rule.keys["exception"] not in g.rule.keys["only"]
                )
            else:
                why = why_not(self.traced.clause(step))
            found.append(
                {
                    "exception": step.rule.keys["exception"],
                    "available": (False, None, True)[value],
                    "why": why,
                    "rule": step.rule.id,
                    "notice_days": step.rule.keys.get("notice_days"),
                    "citations": cited(step),
                }
            )
        return found

    def _obligations(self, outcome: str) -> list[dict[str, Any]]:
        root = self.root
        if outcome not in ("license_exception", UNDETERMINED, "license_required"):
            return []
        return [
            {"obligation": text, "rule": step.rule.id, "citations": cited(step)}
            for step in root.program.exceptions
            if root.available.get(step.index) == 2
            for text in step.rule.keys.get("obligations") or ()
        ]

    def _beside(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {"obligation": [], "red_flag": [], "duty": []}
        e = self.root.environment
        for step in self.enforced.lane.beside:
            if step.test(e) != 2:
                continue
            keys, base = step.rule.keys, {"rule": step.rule.id, "citations": cited(step)}
            if step.rule.kind == "red_flag":
                found["red_flag"].append({"flag": keys["text"], "number": keys.get("number"), **base})
            elif step.rule.kind == "duty":
                found["duty"].append({"duty": step.rule.title, "rate": keys["rate"], "headings": keys.get("headings") or "", **base})
            else:
                found["obligation"].append({"obligation": keys["text"], **base})
        return found

    def _stayed(self) -> list[dict[str, Any]]:
        """Return a red flag for each requirement that only the printed text makes, because it is stayed or may be."""
        found = stayed_flags(self.pack, self.case.date, self.codified)
        return [{"flag": text, "rule": step.rule.id, "citations": cited(step)} for text, step in found]

    def _missing(self) -> tuple[list[dict[str, Any]], list[str]]:
        unenforced = [u[1] for u in self.enforced.essential if u[0] == "posture"]
        questions = [self._unenforced(i) for i in unenforced]
        return missing_facts(self.pack, self.case, self.enforced.essential), [*questions, *self._open_questions()]

    def _unenforced(self, identity: str) -> str:
        said = f"Whether this rule is enforced on {self.case.date} is not known: {self._title(identity)}"
        turn = returns(self.pack, self.pack.rules[identity], self.case.date)
        return f"{said}. {turn}" if turn else said

    def _title(self, identity: str) -> str:
        rule = self.pack.rules[identity]
        return f"{rule.title} ({identity})"

    def _open_questions(self) -> list[str]:
        found = [
            f"{r.entry} may be controlled for {r.row.reason or 'a reason outside the EAR'} in a way that the pack does not encode"
            f"{f' ({r.row.note})' if r.row.note else ''}: {r.row.citation or 'see the entry'}"
            for r in self.root.chart.rows
            if r.truth and not r.modeled
        ]
        for row in self.root.chart.rows:
            flags = self.pack.entries.get(row.entry.split(".")[0], {}).get("exceptions", "")
            if row.truth == 2 and flags:
                found.append(f"Exceptions that the entry {row.entry.split('.')[0]} names and whose conditions are not encoded: {flags}")
                break
        if self.enforced.bounded:
            found.append("Too many facts are unknown to try every combination; the facts asked for come first")
        found.extend(f"Not expressed in the overlay {o['id']}: {text}" for o in self.pack.overlays for text in o.get("not_expressed", ()))
        return found

    def _assumptions(self) -> list[dict[str, Any]]:
        found = [
            {"assumption": a["assumption"], "fact": a.get("fact", ""), "value": a.get("value"), "citation": a.get("citation", "")}
            for a in self.case.assumptions
        ]
        found.extend(self._presumptions_used())
        named = [p["name"] for p in self.case.parties if p.get("name")]
        if named and (unmatched := self.book.unmatched):
            found.append({"assumption": unmatched})
        if any(p.get("#owners_presumed") for p in self.case.parties if p["role"] not in ("exporter", "designer")):
            found.append(
                {"assumption": "Owners were not stated: none is known to be listed", "fact": "owners", "citation": "15 CFR 744 Supp. 8"}
            )
        issue = self.pack.rules.get("us-ear/738/country-chart")
        if issue and self.root.chart.rows:
            found.append(
                {
                    "assumption": "Reasons for control and the Country Chart are those of the eCFR issue of 2026-07-23, on any date",
                    "citation": "15 CFR 738 Supp. 1",
                }
            )
        return found

    def _presumptions_used(self) -> Iterable[dict[str, Any]]:
        """Yield the presumptions on which the answer rests: taken back, some requirement would be open."""
        e, bare = self.root.environment, without_presumptions(self.case)
        bare.classes, bare.component_classes, bare.item = e.classes, e.component_classes, e.item
        read: set[str] = set()
        for step in self.enforced.lane.resting:
            if step.test(bare) == 1:
                read |= step.facts
        for name in sorted(read & {n for _, n in self.case.presumed}):
            presumption = self.pack.facts[name].if_unstated or {}
            shown = show_value(presumption["value"])
            yield {
                "assumption": f"{name} is taken as {shown}: {presumption['because']}",
                "fact": name,
                "value": presumption["value"],
                "citation": presumption["citation"],
            }

    def _conflict(self) -> dict[str, Any] | None:
        if not self.case.alternatives:
            return None
        return {
            "fact": self.case.disputed,
            "readings": [{"source": source, **facts} for facts, source in self.case.alternatives],
            "agree": ("conflict", self.case.alternatives_of, self.case.disputed) not in self.enforced.essential,
        }


def cited(step: Step) -> list[CitationModel]:
    """Return the sources of a rule as they stand in answers; they are made once."""
    if step.citations is None:
        step.citations = [CitationModel(**source) for source in step.version.sources]
    return step.citations
