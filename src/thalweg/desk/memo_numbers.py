"""What a memo needs beside a comparison, run by run under the same chances: responses, joint odds, turns, and what to learn next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from thalweg.desk.policies import Ready
from thalweg.desk.scenarios_asked import Asked, run_policy
from thalweg.desk.simulate_aims import BETTER
from thalweg.scenarios.levers import LeverPath
from thalweg.scenarios.quarters import LABELS, QUARTERS, YEARS, index
from thalweg.scenarios.sensitivity import Lessons, learn_next
from thalweg.scenarios.sensitivity.given_data import LEAST_RUNS
from thalweg.scenarios.simulate import Plan

ARGUED: Final = (
    "compute_ratio",
    "china_share",
    "lag",
    "flow_grey",
    "revenue",
    "rd_change",
    "flow_world",
    "enforcement_cost",
    "allied_burden",
)
"""Outcomes with a better side for which a memo asks what to learn, what can be undone, and what an open choice is worth."""
RESPONSES: Final = {
    "Beijing": ("acceptance", "throttled", "retaliation", "self_sufficiency", "flow_domestic", "flow_remote"),
    "Smugglers": ("premium", "network", "flow_grey"),
    "Allies and rivals": ("alignment", "allied_burden", "gained_kr", "gained_eu", "gained_tw", "gained_jp", "gained_cn"),
}
"""Outcomes of the model in which others respond."""
EVER: Final = ("throttled", "retaliation")
"""Responses that are there or not: how many runs show one at least once."""
CHANNELS: Final = ("flow_legal", "flow_grey", "flow_remote", "flow_domestic")
STAY: Final = 8
"""Quarters after which a path turns to the other policy."""
LEAST_AFTER: Final = 4
"""Quarters that must be left after the turn."""


@dataclass(frozen=True, slots=True)
class Held:
    """A policy's outcomes: by year (11, runs), whether a response has come since a quarter (44, runs), means of channels (44,)."""

    yearly: Mapping[str, np.ndarray]
    ever: Mapping[str, np.ndarray]
    channels: Mapping[str, np.ndarray]

    def at(self, outcome: str, year: int) -> np.ndarray:
        """Return an outcome of a year, (runs,)."""
        return np.asarray(self.yearly[outcome][year - YEARS[0]], dtype=np.float64)

    def come(self, outcome: str, year: int) -> np.ndarray:
        """Return whether a response has come by the end of a year, (runs,)."""
        return np.asarray(self.ever[outcome][4 * (year - YEARS[0]) + 3], dtype=bool)


@dataclass(frozen=True, slots=True)
class Turned:
    """A path that follows one policy up to a quarter and another from it on; whether it acts is drawn once for the whole path."""

    first: Ready
    then: Ready
    at: int

    def plan(self, draws: Mapping[str, Any] | None = None, *, runs: slice | None = None) -> Plan:
        """Return the plan of the engine."""
        one, other = self.first.plan(draws, runs=runs), self.then.plan(draws, runs=runs)
        joined = {name: _joined(one.levers.values[name], other.levers.values[name], self.at) for name in one.levers.values}
        return Plan(LeverPath(joined), one.before or other.before)


@dataclass(frozen=True, slots=True)
class Turns:
    """Both policies and both turns from one to the other, in one year: (runs,) by outcome."""

    at: str
    year: int
    a: Mapping[str, np.ndarray]
    b: Mapping[str, np.ndarray]
    a_then_b: Mapping[str, np.ndarray]
    b_then_a: Mapping[str, np.ndarray]

    def left(self, outcome: str, *, of_a: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return what a policy leaves once turned to the other, and what it would have made, over the runs in which the two differ."""
        gap = self.a[outcome] - self.b[outcome]
        differ = gap != 0
        rest = self.a_then_b[outcome] - self.b[outcome] if of_a else self.b_then_a[outcome] - self.a[outcome]
        return rest[differ], (gap if of_a else -gap)[differ]

    def open_choice(self, outcome: str, *, from_a: bool) -> float:
        """Return what it brings on average to start with a policy and choose at the turn, knowing all, over the better of stay and turn.

        Raises:
            KeyError: if no side of the outcome is better.
        """
        sign = 1.0 if BETTER[outcome] == "higher" else -1.0
        stay, turn = (self.a, self.a_then_b) if from_a else (self.b, self.b_then_a)
        rows = sign * np.stack([stay[outcome], turn[outcome]])
        return float(rows.max(axis=0).mean() - rows.mean(axis=1).max())


def held(question: Asked, policy: Ready, since: str) -> Held:
    """Return the outcomes of a policy that a memo needs."""
    names = tuple(dict.fromkeys((*ARGUED, *(n for row in RESPONSES.values() for n in row), *CHANNELS)))
    result = run_policy(question, policy, outcomes=names, quarterly=(*EVER, *CHANNELS))
    start = index(since)
    ever = {}
    for name in EVER:
        rows = result.quarterly[name] > 0
        rows[:start] = False
        ever[name] = np.logical_or.accumulate(rows, axis=0)
    channels = {name: result.quarterly[name].mean(axis=1, dtype=np.float64) for name in CHANNELS}
    return Held({name: result.by_year(name) for name in names}, ever, channels)


def turns(question: Asked, a: Ready, b: Ready, had: Sequence[Held]) -> Turns | str:
    """Return both turns two years after the later start, or why they cannot be worked out."""
    for policy in (a, b):
        if policy.branches:
            return f"{policy.policy.id} turns by triggers of its own, so that no turn from it or to it is worked out"
    roots = {p.before.policy.sha256 for p in (a, b) if p.before is not None}
    if len(roots) > 1:
        return "the two policies rest on different policies before them, so that no turn between them is worked out"
    at = index(max(a.policy.starts, b.policy.starts)) + STAY
    if at > QUARTERS - LEAST_AFTER:
        return f"{STAY} quarters after {max(a.policy.starts, b.policy.starts)} less than a year is left"
    year = YEARS[-1]

    def of(path: Turned) -> dict[str, np.ndarray]:
        result = run_policy(question, path, outcomes=ARGUED, quarterly=())
        return {name: np.asarray(result.yearly[name][-1], dtype=np.float64) for name in ARGUED}

    stay = [{name: h.at(name, year) for name in ARGUED} for h in had]
    return Turns(LABELS[at], year, stay[0], stay[1], of(Turned(a, b, at)), of(Turned(b, a, at)))


def lessons(question: Asked, ids: tuple[str, str], had: Sequence[Held], year: int) -> dict[str, Lessons]:
    """Return for each outcome what knowing an estimate would bring to the choice; nothing where runs are too few."""
    draws = question.draws().draws
    known = (*question.estimates.estimates, *question.estimates.switches)
    values = {name: np.asarray(draws[name]) for name in known if name in draws}
    if question.runs < LEAST_RUNS:
        return {}
    found = {}
    for name in ARGUED:
        one, other = (h.at(name, year) for h in had)
        if not np.array_equal(one, other):
            found[name] = learn_next(values, {ids[0]: one, ids[1]: other}, better=BETTER[name])
    return found


def joint(had: Sequence[Held], security: str, innovation: str, year: int) -> dict[str, float]:
    """Return shares of the runs in which two policies differ in one of two outcomes, by who is on the better side of each.

    Keys are ``ab`` (the first on security, the second on innovation), ``ba``, ``aa``, ``bb`` and ``even`` (alike in one of the two);
    empty where no run differs.
    """
    signs = []
    for name in (security, innovation):
        change = had[0].at(name, year) - had[1].at(name, year)
        signs.append(np.sign(change) * (1.0 if BETTER[name] == "higher" else -1.0))
    differ = (signs[0] != 0) | (signs[1] != 0)
    if not differ.any():
        return {}
    one, other = signs[0][differ], signs[1][differ]
    cases = {"ab": (1, -1), "ba": (-1, 1), "aa": (1, 1), "bb": (-1, -1)}
    found = {k: float(((one == x) & (other == y)).mean()) for k, (x, y) in cases.items()}
    return found | {"even": max(0.0, 1.0 - sum(found.values()))}


def _joined(one: np.ndarray, other: np.ndarray, at: int) -> np.ndarray:
    if one.ndim != other.ndim:
        one, other = (x[:, None] if x.ndim == 1 else x for x in (one, other))
        one, other = np.broadcast_arrays(one, other)
    return np.concatenate([one[:at], other[at:]])
