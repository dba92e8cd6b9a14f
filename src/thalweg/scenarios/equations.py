"""The equation list, made from the docstrings of the steps.

``python -m thalweg.scenarios.equations`` prints it; ``docs/reference/equations.md`` is its output.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from thalweg.scenarios import normal
from thalweg.scenarios.levers import LEVERS
from thalweg.scenarios.outcomes import CHECKS, EVERYTHING, HEADLINE, OTHERS
from thalweg.scenarios.steps import capability, deals, domestic, firm, grey, legal, offshore, stocks, world

MODULES = (world, legal, offshore, grey, domestic, stocks, capability, firm, deals, normal)
NUMBER = re.compile(r"\((\d+)(b?)\) ")
SECTIONS = ("Formula", "Units", "Source", "Note")
INTRODUCTION = """# Equations of the scenario model

The model runs by quarter, 2022Q1 to 2032Q4, over many draws of its parameters at once. Each equation is one function of the code. This page
is made from the functions' own docstrings by `python -m thalweg.scenarios.equations`; tests hold the page against the code, and the
parameters that a formula names against those that its function reads.

Names in formulas are those of the parameters (`knowledge/estimates/`) and of the [levers](#levers). `t` is a quarter, `yr` its middle in
calendar years, `ln` the natural logarithm. Volumes are H100e (8-bit dense, 1 H100e = 1,979 TOP/s), flows are per quarter, money is in $,
and a yearly factor enters as its fourth root. `sw_` marks a structural switch, of which option 0 is the base.
"""


@dataclass(frozen=True, slots=True)
class Equation:
    """One step: its number, title, sections, and the function that computes it."""

    number: tuple[int, str]
    title: str
    sections: dict[str, str]
    function: Callable[..., Any]

    @property
    def label(self) -> str:
        """The number as it is written."""
        return f"({self.number[0]}{self.number[1]})"


def equations() -> list[Equation]:
    """Return every step with a number, in the order of the numbers."""
    found = [
        _read(f)
        for m in MODULES
        for f in vars(m).values()
        if inspect.isfunction(f) and f.__module__ == m.__name__ and NUMBER.match(f.__doc__ or "")
    ]
    return sorted(found, key=lambda e: e.number)


def as_markdown() -> str:
    """Return the page."""
    parts = [INTRODUCTION]
    for e in equations():
        parts.append(f"## {e.label} {e.title}\n\n```text\n{e.sections['Formula']}\n```\n")
        parts.extend(f"- **{name}.** {' '.join(e.sections[name].split())}" for name in SECTIONS[1:] if name in e.sections)
        parts.append(f"- **Code.** `{e.function.__module__}.{e.function.__name__}`\n")
    return "\n".join([*parts, *_lever_table(), *_outcome_table()])


def _lever_table() -> list[str]:
    rows = [f"| `{name}` | {r.meaning} | {r.unit} | {r.default:g} | {r.low:g} to {r.high:g} |" for name, r in LEVERS.items()]
    return ["## Levers\n", "| lever | meaning | unit | where a policy says nothing | range |", "|---|---|---|---|---|", *rows, ""]


def _outcome_table() -> list[str]:
    """Write the outcomes; how quarters make a year stands beside each."""
    year = {"end": "at its end", "sum": "sum of quarters", "mean": "mean of quarters"}
    kept = {**dict.fromkeys(HEADLINE, "quarters"), **dict.fromkeys(OTHERS, "years"), **dict.fromkeys(CHECKS, "on request")}
    rows = [f"| `{name}` | {o.meaning} | {o.unit} | {kept[name]} | {year[o.reduce]} |" for name, o in EVERYTHING.items()]
    return ["## Outcomes\n", "| outcome | meaning | unit | kept by | a year is |", "|---|---|---|---|---|", *rows, ""]


def _read(function: Callable[..., Any]) -> Equation:
    text = inspect.cleandoc(function.__doc__ or "")
    first, *_ = text.split("\n", 1)
    number = NUMBER.match(first)
    assert number  # noqa: S101
    pieces = re.split(rf"^({'|'.join(SECTIONS)}):\n", text, flags=re.MULTILINE)
    sections = {name: inspect.cleandoc(body) for name, body in zip(pieces[1::2], pieces[2::2], strict=True)}
    return Equation((int(number[1]), number[2]), first[number.end() :].rstrip("."), sections, function)


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
