"""The fitted model: weights, cuts between levels, and how frequent words are, with the hash of what they were fitted on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from thalweg.parties.features import NAMES
from thalweg.parties.rules import LEVELS, Level

SCORING: Final = "scoring.csv"
FITTED: Final = "levels.json"
FREQUENCIES: Final = "frequencies.csv"
_JUST_BELOW: Final = 1e-4


@dataclass(frozen=True)
class Model:
    """Weights (the first is the constant), cuts, the weight of each word, and what they came from."""

    person: tuple[float, ...]
    organization: tuple[float, ...]
    cuts: Mapping[Level, float]
    words: Mapping[str, float]
    fitted_on: Mapping[str, Any]

    def level(self, score: float) -> Level | None:
        """Return the level of a score; None below `weak`."""
        found: Level | None = None
        for level in LEVELS:
            if score >= self.cuts[level]:
                found = level
        return found

    def at_most(self, score: float, level: Level) -> float:
        """Return a score no higher than a level allows."""
        above = LEVELS[LEVELS.index(level) + 1 :]
        return min(score, self.cuts[above[0]] - _JUST_BELOW) if above else score

    def at_least(self, score: float, level: Level) -> float:
        """Return a score no lower than a level asks."""
        return max(score, self.cuts[level])

    def lowered(self, score: float) -> float:
        """Return a score one level down; unchanged below `weak`."""
        level = self.level(score)
        if level is None:
            return score
        return min(score, self.cuts[level] - _JUST_BELOW)

    def raised(self, score: float) -> float:
        """Return a score one level up; unchanged at `strong`."""
        level = self.level(score)
        above = LEVELS[0 if level is None else LEVELS.index(level) + 1 :]
        return max(score, self.cuts[above[0]]) if above else score


@lru_cache(maxsize=1)
def model() -> Model:
    """Return the model that is shipped."""
    folder = files("thalweg.parties")
    return read_model(*((folder / name).read_text(encoding="utf-8") for name in (SCORING, FITTED, FREQUENCIES)))


def read_model(scoring: str, fitted: str, frequencies: str) -> Model:
    """Read a model from the text of its three files."""
    rows = {row["feature"]: row for row in csv.DictReader(io.StringIO(scoring))}
    order = ("constant", *NAMES)
    data = json.loads(fitted)
    words = {row["word"]: float(row["weight"]) for row in csv.DictReader(io.StringIO(frequencies))}
    return Model(
        person=tuple(float(rows[name]["person"]) for name in order),
        organization=tuple(float(rows[name]["organization"]) for name in order),
        cuts=data["cuts"],
        words=words,
        fitted_on=data["fitted_on"],
    )
