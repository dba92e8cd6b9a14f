"""What a comparison holds: differences, findings, regret, and the variants that were tried."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from thalweg.desk.simulate import Driver
from thalweg.desk.simulate_aims import Better
from thalweg.desk.simulate_payoffs_model import Payoffs
from thalweg.desk.simulate_seen import Seen

Kind = Literal["robust", "fragile", "open", "close", "untested", "one-sided", "negligible", "same"]
"""``close`` is too close to call at the number of runs: more of them may make it one or another of the three before it. ``untested`` is
likely here with no variant tried, ``one-sided`` is likely in neither direction while only one of them occurs."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Spread(_Frozen):
    """Middle, 90 percent band and mean over runs."""

    p5: float
    p50: float
    p95: float
    mean: float


class Difference(_Frozen):
    """What one policy changes against another in an outcome of a year, run by run under the same chances."""

    outcome: str
    year: int
    unit: str
    a: Spread
    b: Spread
    difference: Spread
    """The first less the second."""
    where_differ: Spread | None = None
    """The same over the runs in which the two differ."""
    higher: float
    """Share of runs in which the first is higher."""
    lower: float
    same: float
    differ: float
    """Share of runs in which the two differ."""
    beats: float | None = None
    """Share of the runs that differ in which the first is on the better side; None where no side is better, or no run differs."""


class Finding(_Frozen):
    """A difference in words, with what it hangs on."""

    outcome: str
    year: int
    aim: str
    kind: Kind
    sentence: str
    likelihood: str
    probability: float
    """Of the direction, of all runs."""
    interval: tuple[float, float]
    """Of that probability: what the number of runs leaves open, at 95 percent."""
    confidence: str
    judgement_share: float | None
    drivers: list[Driver]
    hangs_on: list[str]
    """Variants in which the direction is no longer likely."""
    too_close: list[str] = []
    """Where the runs are too few to say whether the direction is likely: ``here``, and variants."""
    weakest: float | None
    """Probability of the direction, of all runs, in the variant that is worst for it."""
    in_force: float | None = None
    """Share of runs in which both policies are in force at the end of the year."""
    if_in_force: float | None = None
    """Probability of the direction, of those runs."""
    likely_above: float | None = None
    """Least value of ``pi_imp``, the probability that what is announced is enforced, from which on the direction is likely, with
    ``sw_credibility`` as drawn; None where it is likely at none, or nothing hangs on it."""
    likely_above_uncertain: float | None = None
    """The same, were ``sw_credibility`` uncertain in every run."""


class FanByQuarter(_Frozen):
    """Two policies and their difference by quarter: p5, p25, p50, p75 and p95, each over all quarters."""

    a: dict[str, list[float]]
    b: dict[str, list[float]]
    difference: dict[str, list[float]]


class Pair(_Frozen):
    """Two policies held against each other."""

    a: str
    b: str
    differences: list[Difference]
    findings: list[Finding]
    by_quarter: dict[str, FanByQuarter] = {}
    """The headline outcomes of those compared."""


class Regret(_Frozen):
    """How far a policy stays behind the best of those compared, run by run, in the unit of the outcome."""

    outcome: str
    year: int
    policy: str
    better: Better
    mean: float
    p95: float
    worst: float
    best_in: float
    """Share of runs in which no other policy is better."""


class Comparison(_Frozen):
    """Policies held against the first of them."""

    title: str
    summary: str
    policies: list[dict[str, Any]]
    pairs: list[Pair]
    regret: list[Regret]
    payoffs: Payoffs | None = None
    """The policies against named strategies of Beijing and of allies; None where they were left out or no outcome has a better side."""
    variants: list[str]
    """What a robust finding has survived: every preset, every option of every structural switch, and what is judged of enforcement at
    its 5 and 95 percent, one at a time."""
    not_run: dict[str, str] = {}
    """Variants under which the model cannot be run, and why."""
    observed: dict[str, dict[str, Seen]] = {}
    """What is known of the outcomes by quarter, or by year, with its error, and how it is known."""
    observed_until: dict[str, str] = {}
    """The last quarter in which an outcome is not simulated; the last ones may rest on a bound or on judgement, as ``how`` says."""
    counted_until: dict[str, str] = {}
    """The last quarter that a source counts or reports."""
    in_force: dict[str, dict[str, float]] = {}
    """By policy and year, the share of runs in which it is in force at the end of the year."""
    as_of: str
    asked: dict[str, Any]
    pack: dict[str, Any]
    hash: str

    @property
    def findings(self) -> list[Finding]:
        """The findings of all pairs."""
        return [f for pair in self.pairs for f in pair.findings]

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each pair, outcome and year."""
        found = []
        for pair in self.pairs:
            kinds = {(f.outcome, f.year): f for f in pair.findings}
            for d in pair.differences:
                f = kinds[d.outcome, d.year]
                spread = {f"difference_{k}": v for k, v in d.difference.model_dump().items()}
                row = {"a": pair.a, "b": pair.b, "outcome": d.outcome, "year": d.year, "unit": d.unit, "a_p50": d.a.p50, "b_p50": d.b.p50}
                row |= spread | {"higher": d.higher, "lower": d.lower, "same": d.same, "beats": d.beats, "kind": f.kind}
                row |= {"likelihood": f.likelihood, "confidence": f.confidence, "hangs_on": "; ".join(f.hangs_on)}
                found.append(
                    row
                    | {"too_close": "; ".join(f.too_close), "differ": d.differ, "in_force": f.in_force}
                    | {
                        "if_in_force": f.if_in_force,
                        "likely_above": f.likely_above,
                        "likely_above_uncertain": f.likely_above_uncertain,
                    }
                )
        return found

    def explain(self) -> str:
        """Return the comparison as text."""
        from thalweg.desk.simulate_compare_text import comparison_text

        return comparison_text(self)

    def _repr_markdown_(self) -> str:
        return f"```\n{self.explain()}\n```"
