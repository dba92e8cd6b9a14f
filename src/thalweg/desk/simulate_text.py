"""Answers of the simulator as text: what a terminal and a notebook show."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from thalweg.desk.few_runs import counted_runs, few_words, search_runs

if TYPE_CHECKING:
    from thalweg.desk.simulate import Ensemble, OutcomeFan

YEARS: Final = (2024, 2025, 2026, 2028, 2030, 2032)
"""Years shown where no others are asked for: two of history, then every second one."""


def ensemble_text(answer: Ensemble) -> str:
    """Return an ensemble as lines: each headline outcome at the end of some years, its 90 percent band, and what moves it."""
    lines = [f"{answer.title} ({answer.policy})", answer.summary, ""]
    for name, fan in answer.outcomes.items():
        shown = "; ".join(f"{year} {band(fan, f'{year}Q4')}" for year in YEARS if f"{year}Q4" in fan.quarters)
        lines.append(f"{name} ({fan.unit}): {shown}")
    return "\n".join([*lines, "", *foot(answer)])


def heading(answer: Any) -> str:
    """Return the title and the summary of an answer."""
    return f"{answer.title}\n{answer.summary}\n"


def comparison_tables(answer: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the tables of a comparison, each with its title."""
    from thalweg.desk.simulate_compare_text import tables

    return tables(answer)


def band(fan: OutcomeFan, quarter: str) -> str:
    """Return the median and the 90 percent band of a quarter."""
    row = fan.quarters[quarter]
    return f"{number(row['p50'])} [{number(row['p5'])}, {number(row['p95'])}]"


def foot(answer: Any) -> list[str]:
    """Return what every picture of an answer carries: runs, seed, date of the pack, hash, and the judgement that moves it."""
    q = answer.asked
    preset = f", anchor {q['anchor']}" if q["anchor"] else ""
    held = ", ".join(f"{k} = {v}" for k, v in q["set"].items())
    judged = _judged(answer)
    drawn = search_runs(q["runs"], answer.details["fresh"]) if getattr(answer, "verb", "") == "search" else counted_runs(q["runs"])
    lines = [
        f"{drawn}, seed {q['seed']}, {q['dtype']}, {q['definition']}{preset}{', ' + held if held else ''}",
        f"pack {answer.pack['name']} {answer.pack['version']}, verified through {answer.as_of}; hash {answer.hash[:16]}",
    ]
    if not hasattr(answer, "table"):
        lines += few_words(q["runs"])
    if judged:
        lines.append(f"moved most by judgement: {judged}")
    lines += [f"not tried: {name}, as {why}" for name, why in getattr(answer, "not_run", {}).items()]
    if hasattr(answer, "overspent"):
        closed = answer.overspent_closed
        other = "" if closed is None else f"; in at most {closed:.1%} of those in which its budget closes"
        most = f"{answer.overspent:.1%} of runs in a quarter ({answer.overspent_in})"
        lines.append(f"China spends more than its budget in at most {most}{other}")
    return lines


def front_rows(table: Sequence[Mapping[str, Any]], objectives: Sequence[str]) -> list[dict[str, Any]]:
    """Return the paths of a front as a terminal shows them: each objective with its band, whether the path stands, and its levers."""
    held = {"stands", *(f"{name}{end}" for name in objectives for end in ("", "_low", "_high", "_found"))}
    rows = []
    for i, path in enumerate(table, 1):
        row: dict[str, Any] = {"path": i}
        for name in objectives:
            row[name] = f"{number(path[name])}\n{number(path[f'{name}_low'])} to {number(path[f'{name}_high'])}"
        phases: dict[str, list[str]] = {}
        for k, v in path.items():
            if k not in held:
                lever, _, phase = k.partition(" from ")
                phases.setdefault(phase, []).append(f"{lever} {v if isinstance(v, str) else number(float(v))}")
        levers = "; ".join(f"from {phase}: {', '.join(told)}" for phase, told in phases.items())
        rows.append(row | {"stands": "yes" if path["stands"] else "no", "levers": levers})
    return rows


def _judged(answer: Any) -> str:
    if hasattr(answer, "table"):
        return ", ".join(list(dict.fromkeys(str(row["name"]) for row in answer.table if row.get("judgement")))[:6])
    return judgement_words(answer.findings if hasattr(answer, "findings") else answer.outcomes.values())


def judgement_words(fans: Iterable[Any]) -> str:
    """Return the judgement parameters that move outcomes, those that move the most of them first."""
    counts: dict[str, float] = {}
    for fan in fans:
        for d in fan.drivers[:3]:
            if d.judgement:
                counts[d.name] = counts.get(d.name, 0.0) + d.share
    return ", ".join(sorted(counts, key=lambda n: (-counts[n], n))[:6])


def number(x: float) -> str:
    """Return a number at three significant digits, large ones with a letter: 1.23M, 45.6k, $ amounts likewise."""
    if x == 0 or not math.isfinite(x):
        return "0" if x == 0 else str(x)
    sign = "\N{MINUS SIGN}" if x < 0 else ""
    x = abs(x)
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if x >= 0.9995 * size:
            return f"{sign}{x / size:.3g}{letter}"
    return f"{sign}{x:.3g}"
