"""What too few runs cannot say, in words, for every verb of the simulator."""

from __future__ import annotations

from typing import Any, Final

from thalweg.evidence import BadInput
from thalweg.scenarios.sensitivity.given_data import LEAST_RUNS

USUAL: Final = 2000
LEAST_EFFECTIVE: Final = 50
"""Effective runs below which the 5 and 95 percent of a fit rest on two or three of them (judgement)."""


def counted_runs(runs: int, what: str = "run") -> str:
    """Return a number of runs in words."""
    return f"{runs:,} {what}{'' if runs == 1 else 's'}"


def search_runs(draws: int, fresh: int) -> str:
    """Return how often a search drew: for its candidates, and for its front anew."""
    return f"{counted_runs(draws, 'draw')} in the search, {counted_runs(fresh, 'fresh draw')} for the front"


def few_words(runs: int) -> list[str]:
    """Return what so many draws of a policy cannot say; nothing where there are enough."""
    if runs >= LEAST_RUNS:
        return []
    why = "every quantile is that run" if runs == 1 else "the ends of the bands are a run or two"
    told = f"{counted_runs(runs)} cannot show how sure an answer is: {why}, and neither odds nor what moves an outcome can be read from it."
    return [f"{told} Take {LEAST_RUNS} at the least, {USUAL:,} as a rule."]


def few_draws(draws: int, fresh: int) -> list[str]:
    """Return what a search on so few draws cannot say."""
    told = [f"{counted_runs(n, what)}" for n, what in ((draws, "draw"), (fresh, "fresh draw")) if n < LEAST_RUNS]
    if not told:
        return []
    return [f"With {' and '.join(told)} the front is mostly that of chance: take {LEAST_RUNS} at the least of each."]


def few_effective(effective: float, runs: int) -> list[str]:
    """Return what a fit to so few effective runs cannot say."""
    if effective >= LEAST_EFFECTIVE:
        return []
    told = f"An effective sample of {effective:,.0f} of {counted_runs(runs)} is too small: the ends of its bands rest on a few runs."
    return [f"{told} Draw more runs, so that {LEAST_EFFECTIVE} are left at the least."]


def refuse_few(runs: Any, what: str, least: int = LEAST_RUNS) -> None:
    """Refuse a number of runs from which something cannot be worked out.

    Raises:
        BadInput: with the number that is needed.
    """
    if type(runs) is int and 1 <= runs < least:
        raise BadInput(f"runs: {counted_runs(runs)} given; {what} needs {least} at the least")
