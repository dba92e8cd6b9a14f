"""Simulate a policy: outcomes by quarter with their quantiles, under a hash that names policy, pack, seed and version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, PrivateAttr

from thalweg.desk.packs import Overlays
from thalweg.desk.policies import Ready
from thalweg.desk.scenarios_asked import Asked, asked, content_hash, named, policy_content, policy_of, run_policy
from thalweg.desk.simulate_drivers import drivers
from thalweg.desk.simulate_seen import Seen, observed_until, seen_points
from thalweg.pack.policies_model import Policy
from thalweg.scenarios.draw import Method
from thalweg.scenarios.outcomes import EVERYTHING, HEADLINE, OUTCOMES
from thalweg.scenarios.quantiles import NAMES, quantiles
from thalweg.scenarios.quarters import LABELS, QUARTERS, YEARS

AT_ONCE: Final = 20_000_000
"""Numbers of outcomes held at once: more runs go through the model in several passes, which give the same."""
DRIVEN_IN: Final = 2030
"""Year in which the numbers that move an outcome are looked for: far enough for a policy of 2027 to act."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Driver(_Frozen):
    """A number that moves an outcome, with its share of the variance in ranks, alone."""

    name: str
    share: float
    judgement: bool


class OutcomeFan(_Frozen):
    """An outcome by quarter: p5, p10, p25, p50, p75, p90, p95 and the mean over runs."""

    unit: str
    meaning: str
    year_is: str
    """How quarters make a year: the value at its end, the sum of its quarters, or their mean."""
    observed_until: str | None = None
    """The last quarter for which it is history, drawn with its published error."""
    observed: dict[str, Seen] = {}
    """What was observed, by quarter or year, with its published error; no preset and no value that is held changes it."""
    drivers: list[Driver] = []
    judgement_share: float | None = None
    quarters: dict[str, dict[str, float]]


class Ensemble(_Frozen):
    """What a policy does, over many runs. Numbers have six significant digits; the arrays behind them are in :meth:`array`."""

    policy: str
    title: str
    summary: str
    starts: str
    assumes: list[str]
    not_expressed: list[str]
    best_legal_chip: dict[str, str]
    """The best chip that may legally go to China, by the quarter from which it is that one; empty where none may."""
    outcomes: dict[str, OutcomeFan]
    overspent: float
    """Largest share of runs in a quarter in which China spends more than its budget and the slack."""
    overspent_in: str
    """That quarter."""
    overspent_closed: float | None
    """The same over the runs in which the budget closes (``sw_budget``), in the quarter that is worst for them; None without any."""
    as_of: str
    asked: dict[str, Any]
    policy_content: dict[str, Any]
    pack: dict[str, Any]
    hash: str

    _arrays: dict[str, np.ndarray] = PrivateAttr(default_factory=dict)

    def array(self, outcome: str) -> np.ndarray:
        """Return an outcome over quarters and runs, (44, runs).

        Raises:
            KeyError: if it was not kept (more runs than are held at once) or not asked for.
        """
        return self._arrays[outcome]

    def rows(self, years: Sequence[int] = ()) -> list[dict[str, Any]]:
        """Return a row for each outcome and quarter, or for each year at its last quarter."""
        wanted = {f"{y}Q4" for y in years} if years else set(LABELS)
        return [
            {"outcome": name, "unit": fan.unit, "quarter": quarter, **row}
            for name, fan in self.outcomes.items()
            for quarter, row in fan.quarters.items()
            if quarter in wanted
        ]

    def explain(self) -> str:
        """Return the answer as text."""
        from thalweg.desk.simulate_text import ensemble_text

        return ensemble_text(self)

    def _repr_markdown_(self) -> str:
        return f"```\n{self.explain()}\n```"


def simulate(
    policy: str | Path | Policy = "status-quo",
    *,
    runs: int = 2000,
    seed: int | None = None,
    dtype: str = "float32",
    anchor: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002  (the word of the command)
    definition: str = "owned-fp8",
    outcomes: Sequence[str] | None = None,
    method: Method = "lhs",
    pack: str | Path | None = None,
    overlays: Overlays = (),
    progress: Callable[[int], None] | None = None,
) -> Ensemble:
    """Simulate a policy.

    Args:
        policy: the id of one that is shipped, or the path of its file.
        runs: how many draws of the estimates.
        seed: of the draws; one is chosen, and stands in the answer, if left out.
        dtype: ``float32`` or ``float64``.
        anchor: a preset, whose values stand in for the pack's own where it has one.
        set: estimates and switches held at a value, by name, and parameters of the policy's rulebooks.
        definition: whose compute is counted and how: ``owned`` or ``accessible``, then ``fp8``, ``fp4`` or ``bandwidth``.
        outcomes: names of outcomes; all raw ones if left out.
        method: how the estimates are drawn: ``lhs``, ``sobol`` or ``mc``.
        pack: a knowledge folder; the embedded pack if left out.
        overlays: overlays with other numbers, policies of their own, or rules that act throughout.
        progress: called with the runs done.

    Raises:
        BadInput: for an option that cannot be.
        PackError: with file and line, if a policy, an overlay or an estimate does not hold to its format.
    """
    found, rest = policy_of(policy, pack=pack, overlays=overlays, set=set)
    question = asked(
        runs=runs,
        seed=seed,
        dtype=dtype,
        anchor=anchor,
        set=rest,
        definition=definition,
        method=method,
        pack=pack,
        overlays=overlays,
    )
    return simulated(question, found, named(outcomes, tuple(OUTCOMES)), progress)


def simulated(question: Asked, policy: Ready, outcomes: Sequence[str], progress: Callable[[int], None] | None = None) -> Ensemble:
    """Return the answer to a question about a policy."""
    fans: dict[str, OutcomeFan] = {}
    arrays: dict[str, np.ndarray] = {}
    until, points = observed_until(question.estimates), seen_points(question.estimates)
    over = Overspent(0.0, LABELS[0], None)
    held = max(1, AT_ONCE // (QUARTERS * question.runs))
    names = [*outcomes, *(() if "overspent" in outcomes else ("overspent",))]
    passes = [names[i : i + held] for i in range(0, len(names), held)]
    for part in passes:
        result = run_policy(question, policy, outcomes=part, progress=progress if part is passes[0] else None)
        told = _driven(question, {n: result.quarterly[n] for n in part if n in HEADLINE})
        for name in part:
            rows = result.quarterly[name]
            if name == "overspent":
                over = _overspent(rows, np.asarray(question.draws().draws["sw_budget"]) == 0)
            if name in outcomes:
                fans[name] = _fan(name, rows, until.get(name), points.get(name, {}), told.get(name))
                if len(passes) == 1:
                    arrays[name] = rows
    p = policy.policy
    answer = Ensemble(
        policy=p.id,
        title=p.title,
        summary=p.summary,
        starts=p.starts,
        assumes=[*p.assumes],
        not_expressed=[*p.not_expressed],
        best_legal_chip=_chips(policy),
        outcomes={name: fans[name] for name in outcomes},
        overspent=significant(over.most),
        overspent_in=over.quarter,
        overspent_closed=None if over.closed is None else significant(over.closed),
        as_of=str(question.stamp["verified_through"]),
        asked=question.as_dict(),
        policy_content=policy_content(policy),
        pack=dict(question.stamp),
        hash=content_hash(question, [policy], outcomes),
    )
    answer._arrays.update(arrays)  # noqa: SLF001
    return answer


class Overspent(NamedTuple):
    """In what share of runs China spends more than its budget: the most in a quarter, which, and the most where the budget closes."""

    most: float
    quarter: str
    closed: float | None


def _overspent(rows: np.ndarray, closed: np.ndarray) -> Overspent:
    shares = rows.mean(axis=1)
    worst = int(shares.argmax())
    return Overspent(float(shares[worst]), LABELS[worst], float(rows[:, closed].mean(axis=1).max()) if closed.any() else None)


def _fan(name: str, rows: np.ndarray, until: str | None, seen: Mapping[str, Seen], told: Any) -> OutcomeFan:
    row = EVERYTHING[name]
    levels = [[significant(x) for x in line] for line in quantiles(rows).tolist()]
    return OutcomeFan(
        unit=row.unit,
        meaning=row.meaning,
        year_is=row.reduce,
        observed_until=until,
        observed=dict(seen),
        drivers=[] if told is None else [Driver(name=n, share=x, judgement=j) for n, x, j in told.ranked[:5]],
        judgement_share=None if told is None else told.judgement,
        quarters={label: dict(zip(NAMES, line, strict=True)) for label, line in zip(LABELS, levels, strict=True)},
    )


def _driven(question: Asked, rows: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return the drivers of outcomes in one year."""
    if not rows:
        return {}
    at = 4 * (DRIVEN_IN - YEARS[0]) + 3
    y = np.stack([row[at] for row in rows.values()])
    return dict(zip(rows, drivers(question.estimates, question.draws().draws, y), strict=True))


def _chips(policy: Ready) -> dict[str, str]:
    items = policy.resolved.item
    return {label: item for t, (label, item) in enumerate(zip(LABELS, items, strict=True)) if t == 0 or item != items[t - 1]}


def significant(x: float) -> float:
    """Return a number at the six significant digits of published files."""
    return float(f"{x:.6g}")
