"""A comparison as tables and as text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from thalweg.desk.few_runs import counted_runs
from thalweg.desk.simulate_aims import AIMS
from thalweg.desk.simulate_findings import KINDS
from thalweg.desk.simulate_payoffs_text import choice_rows, payoff_rows, sentences
from thalweg.desk.simulate_text import foot, heading, number

if TYPE_CHECKING:
    from thalweg.desk.simulate_compare_model import Comparison, Difference, Finding

SHOWN: Final = (
    "compute_ratio",
    "china_share",
    "lag",
    "flow_legal",
    "flow_grey",
    "flow_remote",
    "flow_domestic",
    "premium",
    "self_sufficiency",
)
SHOWN_TOO: Final = (
    *("self_sufficiency", "flow_world", "revenue", "fee_income", "rd_change"),
    *("innovation", "smuggling_rent", "enforcement_cost", "allied_burden"),
)
"""Outcomes that a terminal shows where none are named; files hold all."""


def tables(answer: Comparison) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the tables of a comparison for a terminal: differences, findings, and regret."""
    year = middle_year(answer)
    found = []
    for pair in answer.pairs:
        kinds = {(f.outcome, f.year): f for f in pair.findings}
        rows = []
        for d in pair.differences:
            if d.year != year or not shown(answer, d.outcome):
                continue
            f = kinds[d.outcome, d.year]
            rows.append(
                {
                    "outcome": d.outcome,
                    "unit": d.unit,
                    pair.a: number(d.a.p50),
                    pair.b: number(d.b.p50),
                    "difference": f"{number(d.difference.p50)}\n{number(d.difference.p5)} to {number(d.difference.p95)}",
                    "higher": f"{d.higher:.0%}",
                    "lower": f"{d.lower:.0%}",
                    "ahead, of the runs that differ": ahead_words(d),
                    "finding": KINDS.get(f.kind, f.kind),
                    "sources": f.confidence,
                    "moved by": ", ".join(x.name + ("*" if x.judgement else "") for x in f.drivers),
                }
            )
        found.append((f"{pair.a} against {pair.b} in {year} (* judgement)", rows))
    found.append((f"regret in {year}: mean, and 95 of 100 runs stay under", _regret(answer, year)))
    kinds_shown = (
        ("robust", f"robust: likely under all {len(answer.variants)} variants"),
        ("fragile", "fragile: hangs on"),
        ("close", f"too close to call at {counted_runs(answer.asked['runs'])}"),
        ("one-sided", "one-sided: likely in neither direction, and only one occurs"),
    )
    for kind, title in kinds_shown:
        rows = _findings(answer, kind, year)
        if rows:
            found.append((f"{title}, {year}", rows))
    if (played := answer.payoffs) is not None:
        found.append((f"payoffs in {year}: means by strategy of Beijing, then of allies, from {played.since}", payoff_rows(played, year)))
        found.append((f"what minimax picks in {year}, over Beijing's strategies with allies as asked", choice_rows(played, year)))
    return found


def ahead_words(d: Difference) -> str:
    """Return in which share of the runs that differ the first policy is ahead, and in which share of all runs the two differ."""
    return "" if d.beats is None else f"{d.beats:.0%} of the {d.differ:.0%}"


def _findings(answer: Comparison, kind: str, year: int) -> list[dict[str, Any]]:
    rows = []
    for f in _of(answer, kind, year):
        row = {"finding": f.sentence, "likelihood": f.likelihood, "confidence in sources": f.confidence}
        rows.append(row | _held_up(f, kind))
    return rows


def _held_up(f: Finding, kind: str) -> dict[str, Any]:
    if kind == "fragile":
        return {"hangs on": ", ".join(f.hangs_on)}
    if kind == "close":
        return {"too close to call": ", ".join(f.too_close)}
    if kind == "one-sided":
        return {}
    return {
        "weakest odds": f"{f.weakest:.0%}",
        "where both are in force": in_force_words(f),
        "likely while pi_imp is above": above_words(f),
    }


def in_force_words(f: Finding) -> str:
    """Return the probability of a direction of the runs in which both policies are in force, and the share of these."""
    if f.if_in_force is None or f.in_force is None:
        return "no such run"
    return f"{f.if_in_force:.0%} of the {f.in_force:.0%}"


def above_words(f: Finding) -> str:
    """Return from which probability of enforcement on a direction is likely; with the switch as drawn, then uncertain in every run."""
    if f.likely_above is None and f.likely_above_uncertain is None:
        return "not told"
    one, other = ("never" if x is None else "any" if x == 0 else f"{x:.2f}" for x in (f.likely_above, f.likely_above_uncertain))
    return f"{one} ({other} if sw_credibility is uncertain)"


def _of(answer: Comparison, kind: str, year: int | None = None) -> Iterable[Finding]:
    return (f for f in answer.findings if f.kind == kind and shown(answer, f.outcome) and (year is None or f.year == year))


def _regret(answer: Comparison, year: int) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for r in answer.regret:
        if r.year == year and shown(answer, r.outcome):
            row = rows.setdefault(r.outcome, {"outcome": r.outcome, "better": r.better})
            row[r.policy] = f"{number(r.mean)}, {number(r.p95)}"
    return list(rows.values())


def shown(answer: Comparison, outcome: str) -> bool:
    """Say whether a terminal shows an outcome: the main ones, or all of those that were named."""
    named = {d.outcome for pair in answer.pairs for d in pair.differences}
    return outcome in (*SHOWN, *SHOWN_TOO) or len(named) < len(SHOWN)


def middle_year(answer: Comparison) -> int:
    """Return the middle one of the years compared."""
    years = sorted({d.year for pair in answer.pairs for d in pair.differences})
    return years[len(years) // 2]


def comparison_text(answer: Comparison) -> str:
    """Return the comparison as lines: robust and fragile findings apart, by what they are argued for."""
    lines = [heading(answer)]
    for kind, title in (
        ("robust", f"Robust: likely here and under all {len(answer.variants)} variants"),
        ("fragile", "Fragile: not likely under some variant"),
        ("close", f"Too close to call at {counted_runs(answer.asked['runs'])}"),
        ("untested", "Untested: likely here, no preset and no switch was tried"),
        ("one-sided", "One-sided: likely in neither direction, and only one occurs"),
        ("open", "Open: neither direction is likely"),
    ):
        found = list(_of(answer, kind))
        if not found:
            continue
        lines.append(title)
        for aim in (*AIMS, ""):
            for f in found:
                if f.aim == aim:
                    hangs = f" Hangs on: {', '.join(f.hangs_on)}." if f.hangs_on else ""
                    lines.append(f"  {f.sentence} Confidence in sources: {f.confidence}.{hangs}")
        lines.append("")
    if (played := answer.payoffs) is not None:
        year = middle_year(answer)
        lines.append(f"Against strategies of Beijing and of allies from {played.since} on, {year}")
        same = {policy: policy for policy in played.policies}
        lines += [f"  {x}" for x in sentences(played, year, titles=same, called={name: name for name in played.outcomes})]
        lines.append("")
    lines += [*in_force_lines(answer), ""] if answer.in_force else []
    return "\n".join([*lines, *foot(answer)])


def in_force_lines(answer: Comparison) -> list[str]:
    """Return by year the share of runs in which each policy is in force."""
    found = []
    for policy, years in answer.in_force.items():
        if any(share < 1 for share in years.values()):
            found.append(
                f"{policy} is in force at the end of {', '.join(f'{year} in {share:.0%}' for year, share in years.items())} of runs"
            )
    return found
