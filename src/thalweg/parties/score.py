"""The score of two names: the features weighed, turned into a probability, and held within the rules."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final, NamedTuple

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
        score = model.at_least(score, least_of_exact(query, found))
    return Comparison(query, listed, found, values, person, weighed, score, exact, tuple(held))


def estimate(
    held: Floats32, answered: Floats32, weight: Floats32, weights: Floats32, letters: Floats32, person: NDArray[np.bool_], model: Model
) -> NDArray[np.float64]:
    """Return about what the logits of candidates are, before a close look.

    Args:
        held: the weight that each shares with a query.
        answered: the weight of the words of the query that it answers.
        weight: that of the query of each.
        weights: those of the candidates.
        letters: how many letters are compared.
        person: whether names are weighed as those of persons.
        model: the weights of the features.
    """
    slips = np.maximum(0, 1 - held / np.maximum(np.minimum(answered, weights), LEAST))
    measured = np.stack(
        [
            np.minimum(held, ENOUGH),
            np.maximum(0, 1 - answered / np.maximum(weight, LEAST)),
            np.maximum(0, 1 - held / np.maximum(weights, LEAST)),
            SLIP * slips,
            np.log(np.maximum(letters, 1)),
        ]
    )
    one, other = (w[0] + _estimating(w) @ measured for w in (model.person, model.organization))
    found: NDArray[np.float64] = np.where(person, one, other)
    return found


SLIP: Final = 0.3
"""How much of what is answered but not shared are letters that differ."""
LEAST: Final = 1e-6
Floats32 = NDArray[np.float32]


@lru_cache(maxsize=8)
def _estimating(weights: tuple[float, ...]) -> NDArray[np.float64]:
    return np.array([weights[1 + NAMES.index(name)] for name in ("shared", "query_left", "listed_left", "edits", "letters")])


def logit(probability: float) -> float:
    """Return the logarithm of the odds."""
    return math.log(probability / (1 - probability))
