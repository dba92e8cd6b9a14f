"""What the parts of a memo are written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.briefs.scenario_memo_model import Said
from thalweg.desk.memo_numbers import Held, Turns
from thalweg.desk.memo_sources import Cited
from thalweg.desk.memo_words import RESTATES
from thalweg.desk.policies import Ready
from thalweg.desk.scenarios_asked import Asked
from thalweg.desk.simulate_aims import AIM
from thalweg.desk.simulate_compare_model import Comparison, Difference, Finding, Kind, Pair
from thalweg.desk.simulate_seen import Seen, observed_until, seen_points
from thalweg.scenarios.sensitivity import Lessons


@dataclass(frozen=True, slots=True)
class MemoAsk:
    """A comparison of two policies with everything that a memo works out beside it."""

    answer: Comparison
    question: Asked
    policies: tuple[Ready, Ready]
    held: tuple[Held, Held]
    year: int
    """The year of which most is said."""
    since: str
    """The first quarter in which both act."""
    turned: Turns | str
    lessons: Mapping[str, Lessons]
    past: Mapping[str, Any] | None
    cited: Cited

    @property
    def pair(self) -> Pair:
        """The differences and findings."""
        return self.answer.pairs[0]

    @property
    def titles(self) -> tuple[str, str]:
        """The titles of the two policies."""
        return self.policies[0].policy.title, self.policies[1].policy.title

    def found(self, year: int) -> list[tuple[Difference, Finding]]:
        """Return the differences of a year, each with its finding."""
        findings = {(f.outcome, f.year): f for f in self.pair.findings}
        return [(d, findings[d.outcome, d.year]) for d in self.pair.differences if d.year == year]

    def told(self, year: int) -> list[tuple[Difference, Finding]]:
        """Return the distinct differences of a year: those that restate another that was compared left out."""
        found = self.found(year)
        names = {d.outcome for d, _ in found}
        return [(d, f) for d, f in found if RESTATES.get(d.outcome) not in names]

    def aimed(self, year: int) -> list[tuple[Difference, Finding]]:
        """Return the distinct differences of a year in outcomes with a better side."""
        return [(d, f) for d, f in self.told(year) if d.outcome in AIM]

    def tally(self, kind: Kind) -> str:
        """Return how many distinct findings of the year are of a kind, those without a better side and restatements apart."""
        told, aimed, found = ({d.outcome: f.kind for d, f in rows(self.year)} for rows in (self.told, self.aimed, self.found))
        side = {n: k for n, k in told.items() if n not in aimed}
        again = {n: k for n, k in found.items() if n not in told}
        of = [f"{[*x.values()].count(kind)} of {len(x)}" for x in (aimed, side, again)]
        first = f"{of[0]} outcomes with a better side" if aimed else ""
        more = [f"{of[1]} without one" if side else "", f"{of[2]} that restate another" if again else ""]
        rest = ", ".join(x for x in more if x)
        return f"{first} ({rest})" if first and rest else first or rest

    def alike(self) -> float:
        """Return the share of runs in which the two policies differ in no outcome that the memo works out."""
        a, b = self.held
        differ = np.zeros(self.question.runs, dtype=bool)
        for name in a.yearly:
            differ |= a.at(name, self.year) != b.at(name, self.year)
        return float(1.0 - differ.mean())

    def observed_until(self) -> dict[str, str]:
        """Return for each outcome that is history at first the last quarter in which it is."""
        return observed_until(self.question.estimates)

    def seen(self, outcome: str) -> Mapping[str, Seen]:
        """Return what is known of an outcome by quarter."""
        return seen_points(self.question.estimates).get(outcome, {})

    def variant(self, label: str, *, short: bool = False) -> str:
        """Return the words for a variant: a preset by its title, an option of a switch by that of the switch."""
        estimates = self.question.estimates
        name, _, option = label.partition(" = ")
        if name in estimates.switches:
            title = f"\N{LEFT DOUBLE QUOTATION MARK}{estimates.switches[name].title}\N{RIGHT DOUBLE QUOTATION MARK}"
            return f"{title} being {option.replace('_', ' ')}" + ("" if short else f" ({label})")
        if name in estimates.estimates:
            title = f"\N{LEFT DOUBLE QUOTATION MARK}{estimates.estimates[name].title}\N{RIGHT DOUBLE QUOTATION MARK}"
            return f"{title} at {option}" + ("" if short else f" ({label})")
        anchor = estimates.anchors.get(label.removeprefix("anchor "))
        return label if anchor is None else f"the numbers of {anchor.title}"

    def numbers(self) -> dict[str, str]:
        """Return the titles of estimates and switches by id."""
        e = self.question.estimates
        return {name: x.title for name, x in e.estimates.items()} | {name: x.title for name, x in e.switches.items()}


def row(*cells: str | Said) -> tuple[Said, ...]:
    """Return the cells of a row of a table."""
    return tuple(c if isinstance(c, Said) else Said(text=c) for c in cells)


def said(lines: Sequence[str]) -> tuple[Said, ...]:
    """Return sentences without sources."""
    return tuple(Said(text=line) for line in lines)
