"""What a hindcast returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thalweg.scenarios.hindcast_rows import Point
from thalweg.scenarios.protocol import Row, Trial


@dataclass(frozen=True, slots=True)
class PanelPoint:
    """An observed point with the bands of the model there: 5, 25, 50, 75 and 95 percent, in the row's unit."""

    point: Point
    bands: tuple[float, float, float, float, float]
    baseline: tuple[float, float, float, float, float] | None
    """Those of the baseline that the row is judged against; None where the point was fitted."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A picture's data: every point of a series, fitted (in-sample) or tested, with bands."""

    row: Row
    points: tuple[PanelPoint, ...]


@dataclass(frozen=True, slots=True)
class RowScore:
    """The scores of a row on its tested points; CRPS and intervals on log1p of the row's unit."""

    row: Row
    tested: int
    in90: int
    in50: int
    crps: float
    skill: Mapping[str, float]
    """By baseline: N1, N2, and N3 where a channel can close."""
    interval: float
    interval_baseline: float
    fitted: int
    fitted_in90: int
    """In-sample: fitted points inside the 90 percent band."""

    @property
    def judged(self) -> float:
        """The skill against the row's own baseline."""
        return self.skill[self.row.baseline]

    @property
    def too_wide(self) -> bool:
        """Whether every point is covered by bands that score worse than the baseline's."""
        return self.tested > 0 and self.in90 == self.tested and self.interval > self.interval_baseline

    @property
    def failed(self) -> bool:
        """Whether the row misses the coverage of the protocol or, where it is a target, has no skill."""
        return self.in90 < 0.8 * self.tested or (bool(self.row.target) and not self.judged > 0.0)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares of tested points inside the bands, with 5 and 95 percent of a bootstrap over series."""

    points: int
    share90: float
    share50: float
    range90: tuple[float, float]
    range50: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shift:
    """A parameter before and after the fit: 5, 50 and 95 percent, and the spread left (posterior over prior, 1 is nothing learned)."""

    name: str
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    spread_left: float
    moved: float
    """How far the mean moved, in standard deviations of the prior; in logs where all values are positive."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """How the calibration went."""

    runs: int
    unlawful: int
    implausible: Mapping[str, int]
    kept: int
    effective: float
    needed: float
    shifts: tuple[Shift, ...]

    @property
    def calibrated(self) -> bool:
        """Whether the effective sample reaches what the protocol needs."""
        return self.effective >= self.needed


@dataclass(frozen=True, slots=True)
class Hindcast:
    """One run of the protocol."""

    trial: Trial
    beijing_known: bool
    protocol: str
    """One sentence: the hash, and whether it is the frozen one."""
    estimates: str
    """Hash of the estimates."""
    seed: int
    fit: Fitted
    rows: tuple[RowScore, ...]
    """Failures first."""
    panels: tuple[Panel, ...]
    coverage: Coverage
    """Of every tested point."""
    coverage_once: Coverage
    """Without rows that restate another."""
    targets: Mapping[str, float]
    """Skill on world flow, legal sales, revenue and lag; points of rows of one target together."""
    covered: bool
    """Whether both bands hold the shares that the protocol asks for."""
    skilled: int
    skilled_needed: int
    notes: tuple[str, ...]
    """Single figures with their reference: the ratio of smuggled chips of 2025 to 2024, and others."""
    smuggled: np.ndarray
    """Smuggled H100e of 2024 and 2025 as the source would count them, (2, samples); held in no file."""
    draws: Mapping[str, np.ndarray]
    """The lawful runs' draws before they are weighed, (runs,) by name; held in no file."""
    ends: np.ndarray
    """What these runs would have had reported at the last tested point of each series, (series, runs); held in no file."""

    @property
    def passed(self) -> bool:
        """Whether coverage and skill both reach their aims, on a calibrated ensemble and the frozen protocol."""
        return self.covered and self.skilled >= self.skilled_needed and self.fit.calibrated
