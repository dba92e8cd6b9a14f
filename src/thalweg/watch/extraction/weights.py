"""A linear model beside the rules: what the words and marks of a text say of kind, measure and certainty.

The weights stand in `knowledge/news/weights.tsv`; `python -m benchmarks.news_weights` makes them from the labelled items of the repository.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

NONE: Final = "none"
"""The class of a text that tells of no event."""


@dataclass(frozen=True)
class Weights:
    """The classes of each question, and the weight of each feature for each class."""

    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bias: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, tuple[tuple[int, float], ...]]] = field(default_factory=dict)

    def scores(self, question: str, features: Mapping[str, float]) -> dict[str, float]:
        """Return the logarithm of the probability of each class of a question."""
        total = list(self.bias[question])
        rows = self.rows[question]
        for name, value in features.items():
            for at, weight in rows.get(name, ()):
                total[at] += value * weight
        top = max(total)
        norm = top + math.log(sum(math.exp(t - top) for t in total))
        return {name: t - norm for name, t in zip(self.classes[question], total, strict=True)}


def weights(table: Mapping[str, Any]) -> Weights:
    """Return the weights of a compiled table."""
    classes = {question: tuple(names) for question, names in table["classes"].items()}
    bias = {question: tuple(v / 100 for v in values) for question, values in table["bias"].items()}
    rows = {
        question: {name: tuple((int(at), v / 100) for at, v in cells) for name, cells in named.items()}
        for question, named in table["rows"].items()
    }
    return Weights(classes, bias, rows)
