"""What to learn next: which estimate, once known, would take most variance away, and which would change the choice between policies.

The expected value of partial perfect information, from runs at hand (Strong and Oakley, An efficient method for computing single-parameter
partial expected value of perfect information, Medical Decision Making 33 (2013) 755-766): the mean advantage of each policy over parts of
equal probability of an estimate, drawn toward the overall mean by what chance alone puts between parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from thalweg.evidence import BadInput
from thalweg.scenarios.sensitivity.given_data import LEAST_RUNS, Parts, corrected, cut, noise_level
from thalweg.scenarios.study import varying

Better = Literal["higher", "lower"]


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


@dataclass(frozen=True, slots=True)
class Lessons:
    """The policy chosen today by mean outcome, the value of knowing everything, and the lessons, the most valuable first."""

    chosen: str
    runner_up: str
    perfect: float
    lessons: tuple[Lesson, ...]


def learn_next(values: Mapping[str, np.ndarray], outcome: Mapping[str, np.ndarray], *, better: Better) -> Lessons:
    """Return what each estimate would bring if it were known before the choice.

    Args:
        values: (runs,) by name of estimate or switch.
        outcome: (runs,) by policy, under the same draws and chances.
        better: whether ``higher`` or ``lower`` outcomes are.

    Raises:
        BadInput: fewer than two policies or fewer than 50 runs.

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
    lessons = [_lesson(name, values[name], gain, means - means[best], policies, second) for name in varying(values)]
    lessons.sort(key=lambda x: (-x.value, -np.nan_to_num(x.variance)))
    return Lessons(policies[best], policies[second], float(gain.max(axis=0).mean()), tuple(lessons))


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
