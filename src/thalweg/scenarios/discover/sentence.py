"""One plain sentence that follows from a box by rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from thalweg.scenarios.discover.box import Box, Condition, Fit, OneOf

LEAST_LIFT = 1.25
"""A box whose density is below this many times that of all runs says nothing worth a sentence; fresh runs decide where there are any."""


@dataclass(frozen=True, slots=True)
class Words:
    """How a name is said: title, unit, the names of its options if it is a switch, and whether judgement enters."""

    title: str
    unit: str = ""
    options: tuple[str, ...] = ()
    judged: bool = False


def sentence(what: str, box: Box, share: float, words: Mapping[str, Words], fresh: Fit | None = None) -> str:
    """Return the sentence for a box.

    Args:
        what: what happens in the runs of interest, as ``the lag in 2030 is at most 6 months``.
        box: the box that was chosen.
        share: share of all runs of interest.
        words: how each name is said.
        fresh: how the box fits fresh runs; these lead, for the runs that a box was found in flatter it.

    Rules: no runs or all runs are said first; a box that is hardly denser than all runs, or has no condition, is said to be none, and
    fresh runs judge that, since those that it was found in flatter any box; else the conditions are joined in the order of their need
    (least quasi p-value first), and density, coverage and what happens elsewhere follow as shares; conditions on which judgement enters
    are marked.

    """
    if share == 0.0:
        return f"In no run {what}."
    if share == 1.0:
        return f"In every run {what}."
    if not box.conditions or not stands_out(box, share, fresh):
        tried = "" if fresh is None or not box.conditions else f": {_both(box, fresh)}"
        return f"In {percent(share)} of runs {what}, and no few conditions single them out{tried}."
    ordered = sorted(box.conditions, key=lambda name: (box.quasi_p[name], name))
    stated = _joined([condition_in_words(box.conditions[name], words.get(name, Words(name))) for name in ordered])
    marked = [words[name].title for name in ordered if name in words and words[name].judged]
    judgement = f" Judgement enters {_joined(marked)}." if marked else ""
    if fresh is not None:
        return (
            f"Where {stated}, {what} in {percent(fresh.density)} of fresh runs ({interval(fresh.density_interval)}), against "
            f"{percent(fresh.elsewhere)} elsewhere; this is where {percent(fresh.coverage)} of all such runs lie "
            f"({interval(fresh.coverage_interval)}). In the runs that it was found in, {percent(box.fit.density)} against "
            f"{percent(box.fit.elsewhere)}, and {percent(box.fit.coverage)}.{judgement}"
        )
    return (
        f"Where {stated}, {what} in {percent(box.fit.density)} of runs, against {percent(box.fit.elsewhere)} elsewhere; "
        f"this is where {percent(box.fit.coverage)} of all such runs lie.{judgement}"
    )


def stands_out(box: Box, share: float, fresh: Fit | None = None) -> bool:
    """Say whether a box is denser than all runs by enough: in fresh runs, by more than their number leaves open, where there are any."""
    if fresh is None:
        return box.fit.density >= LEAST_LIFT * share
    return fresh.density >= LEAST_LIFT * fresh.share and fresh.density_interval[0] > fresh.share


def _both(box: Box, fresh: Fit) -> str:
    return (
        f"in the best box that was found it is {percent(box.fit.density)} of the runs that it was found in, and "
        f"{percent(fresh.density)} of fresh ones ({interval(fresh.density_interval)}), of which {percent(fresh.share)} are such runs"
    )


def interval(ends: tuple[float, float]) -> str:
    """Return an interval of shares."""
    return f"{percent(ends[0])} to {percent(ends[1])}"


def condition_in_words(condition: Condition, words: Words) -> str:
    """Return a condition as a clause."""
    if isinstance(condition, OneOf):
        names = [words.options[int(v)] if int(v) < len(words.options) else f"{v:g}" for v in condition.values]
        return f"{words.title} is {' or '.join(names)}"
    if words.options:
        held = [float(i) for i in range(len(words.options)) if condition.low <= i <= condition.high]
        return condition_in_words(OneOf(tuple(held)), words)
    low, high = (amount(limit, words.unit) for limit in (condition.low, condition.high))
    if np.isfinite(condition.low) and np.isfinite(condition.high):
        return f"{words.title} is between {low} and {high}"
    return f"{words.title} is above {low}" if np.isfinite(condition.low) else f"{words.title} is below {high}"


def amount(x: float, unit: str) -> str:
    """Return a number with its unit: shares in percent, plain numbers without one."""
    if not np.isfinite(x):
        return ""
    if unit in SHARES:
        return f"{number(100 * x)}%"
    if unit == "factor per year":
        return f"a factor of {number(x)} a year"
    return number(x) if unit in PLAIN else f"{number(x)} {unit}"


SHARES = frozenset({"share", "probability"})
PLAIN = frozenset({"", "factor", "ratio", "exponent", "elasticity", "hazard", "index"})
"""Units of which the title says enough."""


def number(x: float) -> str:
    """Return a number at two significant digits more than its size needs: 12,345 as 12,300, 0.04312 as 0.0431."""
    if x == 0.0:
        return "0"
    digits = 2 - int(np.floor(np.log10(abs(x))))
    rounded = round(x, digits)
    return f"{rounded:,.0f}" if digits <= 0 else f"{rounded:,.{digits}f}".rstrip("0").rstrip(".")


def percent(share: float) -> str:
    """Return a share in whole percent; one that is not 0 or 1 never reads as 0% or 100%."""
    whole = round(100 * share)
    if whole == 0 and share > 0:
        return "under 1%"
    if whole == 100 and share < 1:
        return "over 99%"
    return f"{whole}%"


def _joined(parts: Iterable[str]) -> str:
    *most, last = list(parts)
    return f"{', '.join(most)} and {last}" if most else last
