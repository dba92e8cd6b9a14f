"""The score of two names: the features weighed, turned into a probability, and held within the rules."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thalweg.parties.compare import Alignment, align
from thalweg.parties.features import ENOUGH, NAMES, Values, measure
from thalweg.parties.levels import Model
from thalweg.parties.lexicon import Lexicon
from thalweg.parties.name import Name
from thalweg.parties.rules import Bound, bounds, is_exact, least_of_exact


class Comparison(NamedTuple):
    """Two readings compared. ``score`` is within the rules; ``weighed`` is what the features alone say."""

    query: Name
    listed: Name
    found: Alignment
    values: Values
    person: bool
    weighed: float
    score: float
    exact: bool
    bounds: tuple[Bound, ...]


def compare(query: Name, listed: Name, *, person: bool, lexicon: Lexicon, model: Model, listed_type: str = "") -> Comparison:
    """Compare one reading of a name with another."""
    found = align(query, listed)
    values = measure(query, listed, found, lexicon)
    weights = model.person if person else model.organization
    logit = weights[0] + sum([w * v for w, v in zip(weights[1:], values, strict=True)])
    weighed = score = 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
    held = bounds(query, listed, found, lexicon, listed_type)
    for bound in held:
        score = model.at_most(score, bound.level)
    exact = is_exact(query, listed, found, lexicon, listed_type)
    if exact:
        score = model.at_least(score, least_of_exact(found))
    return Comparison(query, listed, found, values, person, weighed, score, exact, tuple(held))


def estimate(
    shared: NDArray[np.float32],
    weight: float,
    weights: NDArray[np.float32],
    letters: NDArray[np.float32],
    person: NDArray[np.bool_],
    model: Model,
) -> NDArray[np.float64]:
    """Return what the logit of candidates may be, from how much they share with a query of some weight: no close look, no rules.

    What is shared counts as answered on both sides, what is not as left over; all slips are overlooked.
    """
    held = shared * ((weight + weights) / 2)
    measured = np.stack(
        [
            np.minimum(held, ENOUGH),
            np.maximum(0, 1 - held / max(weight, 1e-6)),
            np.maximum(0, 1 - held / np.maximum(weights, 1e-6)),
            np.log(np.maximum(letters, 1)),
        ]
    )
    one, other = (w[0] + _estimating(w) @ measured for w in (model.person, model.organization))
    found: NDArray[np.float64] = np.where(person, one, other)
    return found


@lru_cache(maxsize=8)
def _estimating(weights: tuple[float, ...]) -> NDArray[np.float64]:
    return np.array([weights[1 + NAMES.index(name)] for name in ("shared", "query_left", "listed_left", "letters")])


def logit(probability: float) -> float:
    """Return the logarithm of the odds."""
    return math.log(probability / (1 - probability))
