"""Under which rules a firm sells in each run and quarter, and what its part of the market in China is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from thalweg.desk.policies import Ready
from thalweg.desk.scenarios_asked import Asked, run_policy
from thalweg.desk.simulate_acting import acting
from thalweg.scenarios.quarters import QUARTERS, index

BEFORE, OWN, BRANCH = 0, 1, 2
"""Under which rules a run stands: those before the policy, the policy's, or from this number on those of a trigger."""
MONEY: Final = ("revenue", "fee_income", "net_revenue")
"""Outcomes of the market in China: gross, the fees on it, and what is left that US buyers did not forgo; $ per quarter."""


@dataclass(frozen=True, slots=True)
class Market:
    """The market in China by quarter and run (44, runs), in $ per quarter, and under which rules each run stands."""

    gross: np.ndarray
    fee: np.ndarray
    net: np.ndarray
    rules: np.ndarray


def market(question: Asked, policy: Ready) -> Market:
    """Return the market under a policy."""
    watched = [b.rule.outcome for b in policy.branches]
    result = run_policy(question, policy, outcomes=tuple(dict.fromkeys((*MONEY, *watched))))
    gross, fee, net = (np.asarray(result.quarterly[name], dtype=np.float64) for name in MONEY)
    return Market(gross, fee, net, rules_of(question, policy, [result.quarterly[name] for name in watched]))


def rules_of(question: Asked, policy: Ready, watched: Sequence[np.ndarray]) -> np.ndarray:
    """Return under which rules each run stands in each quarter, (44, runs).

    Args:
        question: whose draws decide whether an announced policy acts (28).
        policy: the policy.
        watched: the outcome of each of its triggers by quarter and run.
    """
    rules = np.full((QUARTERS, question.runs), OWN, dtype=np.int8)
    if policy.before is not None:
        rules[~acting(policy, question.draws()).force] = BEFORE
    fired = [np.zeros(question.runs, dtype=bool) for _ in policy.branches]
    numbers = {b.rule.id: i for i, b in enumerate(policy.branches)}
    for t in range(QUARTERS):
        for i, flag in enumerate(fired):
            rules[t][flag] = BRANCH + i
        fired = [
            flag | _met(b.rule, watched[i][t], t) & (fired[numbers[b.rule.after]] if b.rule.after else True)
            for i, (flag, b) in enumerate(zip(fired, policy.branches, strict=True))
        ]
    return rules


def _met(rule: Any, value: np.ndarray, t: int) -> np.ndarray:
    met = np.zeros(value.shape, dtype=bool)
    if t >= index(rule.not_before):
        met |= value >= rule.at_least if rule.at_least is not None else False
        met |= value <= rule.at_most if rule.at_most is not None else False
    return met


def part_of_market(stated: float, base: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the firm's part of the market (runs,), at most one, and in which share of the runs it states more than all of it.

    Args:
        stated: what the firm sells there a year, in $.
        base: the market of the four quarters before the date (runs,), in $.
    """
    part = np.divide(stated, base, out=np.ones_like(base), where=base > stated)
    return part, float((base < stated).mean())
