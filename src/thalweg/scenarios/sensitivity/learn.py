"""What to learn next: which estimate, once known, would take most variance away, and which would change the choice between policies.

The expected value of partial perfect information, from runs at hand (Strong and Oakley, An efficient method for computing single-parameter
partial expected value of perfect information, Medical Decision Making 33 (2013) 755-766): the mean advantage of each policy over parts of
equal probability of an estimate, drawn toward the overall mean by what chance alone puts between parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from thalweg.evidence import BadInput
from thalweg.scenarios.sensitivity.given_data import LEAST_RUNS, Parts, corrected, cut, noise_level
from thalweg.scenarios.study import varying

Better = Literal["higher", "lower"]
By = Literal["value", "flips", "regret"]
BYS: tuple[str, ...] = get_args(By)
REGRET_AT = 0.9
"""The regret that one run in ten passes: by the mean regret a choice is the one by the mean outcome."""

SHUFFLES = 20
"""Random cuts that say what regret saved chance alone would show."""


@dataclass(frozen=True, slots=True)
class Flip:
    """Where an estimate would have to lie for another policy to be better on average: from ``low`` to ``high`` (infinite: no bound)."""

    policy: str
    low: float
    high: float
    probability: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """What knowing one estimate would bring.

    ``variance`` is the share of the variance of the outcome's difference between the two best policies that would go; ``flips`` the
    probability that another policy would be chosen; ``value`` how much better the outcome would be on average, in its unit.
    """

    name: str
    variance: float
    above_noise: bool
    flips: float
    value: float
    where: tuple[Flip, ...]
    flips_by_regret: float = 0.0
    """Probability that another policy would have the lower regret of one run in ten."""
    regret_saved: float = 0.0
    """How much lower that regret would be, in the outcome's unit."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """The policy chosen today by mean outcome, the value of knowing everything, and the lessons, the most valuable first."""

    chosen: str
    runner_up: str
    perfect: float
    lessons: tuple[Lesson, ...]
    chosen_by_regret: str = ""
    """The policy whose regret is least at the level of :data:`REGRET_AT`; regret is what the best policy of a run has over it."""


def learn_next(values: Mapping[str, np.ndarray], outcome: Mapping[str, np.ndarray], *, better: Better, by: By = "value") -> Lessons:
    """Return what each estimate would bring if it were known before the choice.

    The choice is that by the mean outcome and, beside it, that by the regret of one run in ten.

    Args:
        values: (runs,) by name of estimate or switch.
        outcome: (runs,) by policy, under the same draws and chances.
        better: whether ``higher`` or ``lower`` outcomes are.
        by: what stands first: the mean that is gained (``value``), the probability that the choice by the mean turns (``flips``), or the
            regret that is saved (``regret``).

    Raises:
        BadInput: fewer than two policies or fewer than 50 runs, or an order that is none.

    """
    policies = list(outcome)
    if len(policies) < 2:
        raise BadInput("what to learn next for a choice needs at least two policies")
    if better not in ("higher", "lower"):
        raise BadInput(f"better {better!r}: there are higher and lower")
    y = np.stack([np.asarray(outcome[p], dtype=np.float64) for p in policies]) * (1.0 if better == "higher" else -1.0)
    runs = y.shape[1]
    if runs < LEAST_RUNS:
        raise BadInput(f"{runs} runs: what to learn next needs {LEAST_RUNS} at least")
    means = y.mean(axis=1)
    best, second = (int(i) for i in np.argsort(-means, kind="stable")[:2])
    gain = y - y[best]  # of each policy over the one chosen today
    if by not in BYS:
        raise BadInput(f"by {by!r}: there are {', '.join(BYS)}")
    regret = _Regret(y.max(axis=0) - y)
    lessons = [regret.told(_lesson(n, values[n], gain, means - means[best], policies, second), cut(values[n])) for n in varying(values)]
    lessons.sort(key=_ORDER[by])
    perfect = float(gain.max(axis=0).mean())
    return Lessons(policies[best], policies[second], perfect, tuple(lessons), policies[regret.chosen])


_ORDER: dict[str, Callable[[Lesson], tuple[float, ...]]] = {
    "value": lambda x: (-x.value, -float(np.nan_to_num(x.variance))),
    "flips": lambda x: (-x.flips, -x.value, -float(np.nan_to_num(x.variance))),
    "regret": lambda x: (-x.regret_saved, -x.flips_by_regret, -float(np.nan_to_num(x.variance))),
}


class _Regret:
    """The choice by regret, and what a cut of the runs would change of it beyond what a random cut into as many parts does."""

    def __init__(self, regret: np.ndarray) -> None:
        self.regret = regret
        self.chosen = int(np.quantile(regret, REGRET_AT, axis=1).argmin())
        self.numbers = np.random.default_rng(regret.shape[1])
        self.by_chance: dict[tuple[int, ...], float] = {}

    def told(self, lesson: Lesson, parts: Parts) -> Lesson:
        """Return a lesson with its flips and its saving by regret; none where chance alone would show as much."""
        flips, saved = self._cut(parts)
        sizes = tuple(int(n) for n in parts.counts)
        if sizes not in self.by_chance:
            shuffled = [self._cut(Parts(self.numbers.permutation(parts.order.size), parts.starts))[1] for _ in range(SHUFFLES)]
            self.by_chance[sizes] = max(shuffled)
        if saved <= self.by_chance[sizes]:
            return lesson
        return replace(lesson, flips_by_regret=flips, regret_saved=saved - self.by_chance[sizes])

    def _cut(self, parts: Parts) -> tuple[float, float]:
        ordered = self.regret[:, parts.order]
        pieces = np.split(ordered, parts.starts[1:], axis=1)
        each = np.stack([np.quantile(piece, REGRET_AT, axis=1) for piece in pieces], axis=1)
        weight = parts.counts / parts.order.size
        choice = each.argmin(axis=0)
        return float(weight[choice != self.chosen].sum()), float((weight * (each[self.chosen] - each.min(axis=0))).sum())


def _lesson(name: str, x: np.ndarray, gain: np.ndarray, mean: np.ndarray, policies: list[str], second: int) -> Lesson:
    parts = cut(x)
    centered = gain - mean[:, None]
    total = (centered**2).sum(axis=1)
    share = corrected(parts, centered, total)
    noise = noise_level(parts.starts.size, x.size)
    raw = parts.means(centered)
    spread = np.divide((parts.counts * raw**2).sum(axis=1), total, out=np.ones_like(total), where=total > 0.0)
    real = np.nan_to_num(share) > noise
    shrink = np.where(real, np.sqrt(np.maximum(np.nan_to_num(share), 0.0) / np.where(spread > 0.0, spread, 1.0)), 0.0)
    known = mean[:, None] + shrink[:, None] * raw
    choice = known.argmax(axis=0)
    chosen = int(mean.argmax())
    weight = parts.counts / x.size
    return Lesson(
        name,
        float(share[second]),
        bool(real[second]),
        float(weight[choice != chosen].sum()),
        float((weight * (known.max(axis=0) - known[chosen])).sum()),
        _where(parts, x, choice, chosen, policies),
    )


def _where(parts: Parts, x: np.ndarray, choice: np.ndarray, chosen: int, policies: list[str]) -> tuple[Flip, ...]:
    """Return the stretches of an estimate over which another policy is better."""
    ordered = x[parts.order]
    ends = np.append(parts.starts[1:], ordered.size)
    found = []
    i = 0
    while i < choice.size:
        j = i
        while j + 1 < choice.size and choice[j + 1] == choice[i]:
            j += 1
        if choice[i] != chosen:
            low = float(ordered[parts.starts[i]]) if i else -np.inf
            high = float(ordered[ends[j] - 1]) if j + 1 < choice.size else np.inf
            found.append(Flip(policies[int(choice[i])], low, high, float(parts.counts[i : j + 1].sum() / x.size)))
        i = j + 1
    return tuple(found)
