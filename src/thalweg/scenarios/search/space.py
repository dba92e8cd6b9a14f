"""The space that a search looks through: levers in phases, on grids, and thresholds that were resolved once.

A candidate is a vector of grid positions, one for each lever and phase. The threshold is one lever among them: what it lets through
(which chip, at which usefulness, price and share of the flow) comes from a table that somebody else resolved against the rulebook and the
catalogue, so that no candidate decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from thalweg.evidence import BadInput, nearest
from thalweg.scenarios.levers import LEVERS, LeverPath, lever_path
from thalweg.scenarios.quarters import LABELS, QUARTERS, index
from thalweg.scenarios.study import Values


@dataclass(frozen=True, slots=True)
class Dimension:
    """A lever that is searched over: evenly spaced values from ``low`` to ``high``, or in equal ratios where ``log``."""

    lever: str
    low: float
    high: float
    steps: int = 11
    log: bool = False

    def __post_init__(self) -> None:
        if self.lever not in LEVERS:
            raise BadInput(f"no lever {self.lever!r}{nearest(self.lever, LEVERS)}")
        row = LEVERS[self.lever]
        if not row.low <= self.low < self.high <= row.high:
            raise BadInput(f"lever {self.lever}: {self.low:g} to {self.high:g} is not within {row.low:g} to {row.high:g} ({row.unit})")
        if self.steps < 2 or (self.log and self.low <= 0.0):
            raise BadInput(f"lever {self.lever}: at least two steps are needed, and equal ratios need a low end above zero")

    @property
    def grid(self) -> np.ndarray:
        """The values."""
        return np.geomspace(self.low, self.high, self.steps) if self.log else np.linspace(self.low, self.high, self.steps)


@dataclass(frozen=True, slots=True)
class ThresholdGrid:
    """Thresholds, resolved: for each lever that hangs on the threshold an array (thresholds, 44).

    Where what a threshold lets through is uncertain, a function of the values of the estimates gives an array (thresholds, 44, runs).
    """

    names: tuple[str, ...]
    paths: Mapping[str, np.ndarray | Callable[[Values], np.ndarray]]

    def __post_init__(self) -> None:
        if len(self.names) < 2:
            raise BadInput("thresholds: at least two are needed to search over")
        for lever, rows in self.paths.items():
            if lever not in LEVERS:
                raise BadInput(f"thresholds: no lever {lever!r}{nearest(lever, LEVERS)}")
            if not callable(rows):
                self._refuse(lever, np.shape(rows))

    def _refuse(self, lever: str, shape: tuple[int, ...]) -> None:
        if shape[:2] != (len(self.names), QUARTERS) or len(shape) > 3:
            raise BadInput(f"thresholds: {lever} has shape {shape}; {(len(self.names), QUARTERS)} are needed, or one more for runs")

    def at(self, values: Values) -> dict[str, np.ndarray]:
        """Return the paths of each lever for runs with these values, (thresholds, 44) or (thresholds, 44, runs)."""
        found = {lever: np.asarray(rows(values) if callable(rows) else rows, dtype=np.float64) for lever, rows in self.paths.items()}
        for lever, rows in found.items():
            self._refuse(lever, rows.shape)
        return found

    @classmethod
    def resolved(cls, names: Sequence[str], resolve: Callable[[str], Mapping[str, np.ndarray]]) -> ThresholdGrid:
        """Resolve each threshold once, by a function that returns the paths (44,) of the levers that hang on it."""
        each = [resolve(name) for name in names]
        levers = list(dict.fromkeys(lever for paths in each for lever in paths))
        for name, paths in zip(names, each, strict=True):
            if missing := [lever for lever in levers if lever not in paths]:
                raise BadInput(f"threshold {name}: no path of {', '.join(missing)}, which other thresholds set")
        return cls(tuple(names), {lever: np.stack([np.asarray(paths[lever], dtype=np.float64) for paths in each]) for lever in levers})


@dataclass(frozen=True, slots=True)
class Space:
    """Levers by phase: each phase begins in a quarter and lasts to the next; before the first, the base holds.

    The base may be a function of the values of the estimates, as a plan of a study may.
    """

    base: LeverPath | Callable[[Values], LeverPath]
    dimensions: tuple[Dimension, ...]
    thresholds: ThresholdGrid | None = None
    phases: tuple[str, ...] = ("2027Q1",)
    starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        starts = tuple(index(label) for label in self.phases)
        if not starts or list(starts) != sorted(set(starts)) or starts[-1] >= QUARTERS:
            raise BadInput(f"phases {', '.join(self.phases)}: at least one quarter of the model is needed, each later than the one before")
        object.__setattr__(self, "starts", starts)
        levers = [d.lever for d in self.dimensions] + list(self.thresholds.paths if self.thresholds else ())
        twice = sorted({name for name in levers if levers.count(name) > 1})
        if twice:
            raise BadInput(f"levers searched over twice: {', '.join(twice)}")
        if not levers:
            raise BadInput("at least one lever is needed to search over")

    @property
    def sizes(self) -> np.ndarray:
        """Grid positions of each place of a candidate; for each phase the dimensions in their order, then the threshold."""
        one = [d.steps for d in self.dimensions] + ([len(self.thresholds.names)] if self.thresholds else [])
        return np.array(one * len(self.starts))

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the places of a candidate, such as ``E from 2027Q1``."""
        one = [d.lever for d in self.dimensions] + (["threshold"] if self.thresholds else [])
        return tuple(f"{name} from {LABELS[start]}" for start in self.starts for name in one)

    def settings(self, candidate: np.ndarray) -> dict[str, float | str]:
        """Return what a candidate sets, by label: a value of the lever, or the name of the threshold."""
        row = np.asarray(candidate).reshape(len(self.starts), -1)
        found: dict[str, float | str] = {}
        for phase, start in zip(row, self.starts, strict=True):
            for d, position in zip(self.dimensions, phase, strict=False):
                found[f"{d.lever} from {LABELS[start]}"] = float(d.grid[position])
            if self.thresholds:
                found[f"threshold from {LABELS[start]}"] = self.thresholds.names[phase[-1]]
        return found

    def base_at(self, values: Values) -> LeverPath:
        """Return the base for runs with these values."""
        return self.base if isinstance(self.base, LeverPath) else self.base(values)

    def paths(self, candidates: np.ndarray, runs: int = 1, values: Values | None = None) -> LeverPath:
        """Return the lever paths of candidates (n, places), each for the same runs: arrays (44, n * runs), candidate after candidate.

        Raises:
            BadInput: a base or a threshold for another number of runs.

        """
        rows = np.asarray(candidates).reshape(len(candidates), len(self.starts), -1)
        base = self.base_at(values or {})
        settings: dict[str, np.ndarray] = {}
        for i, d in enumerate(self.dimensions):
            settings[d.lever] = self._laid(base.values[d.lever], rows[:, :, i], np.repeat(d.grid[:, None], QUARTERS, axis=1), runs)
        for lever, table in (self.thresholds.at(values or {}) if self.thresholds else {}).items():
            settings[lever] = self._laid(base.values[lever], rows[:, :, -1], table, runs)
        for lever, path in base.values.items():
            if path.ndim == 2 and lever not in settings:
                settings[lever] = np.tile(path, (1, len(rows)))
        return lever_path(base, **settings)

    def _laid(self, before: np.ndarray, positions: np.ndarray, table: np.ndarray, runs: int) -> np.ndarray:
        """Lay a table (choices, 44[, runs]) over a path by the choice of each candidate in each phase."""
        if any(a.ndim > n and a.shape[n] not in (1, runs) for a, n in ((before, 1), (table, 2))):
            raise BadInput(f"a base or a threshold is for another number of runs than {runs}")
        path = np.empty((QUARTERS, len(positions), runs))
        path[:] = before.reshape(QUARTERS, 1, -1)
        table = table.reshape(len(table), QUARTERS, -1)
        for phase, (start, end) in enumerate(zip(self.starts, (*self.starts[1:], QUARTERS), strict=True)):
            path[start:end] = table[positions[:, phase], start:end].transpose(1, 0, 2)
        return path.reshape(QUARTERS, -1)
