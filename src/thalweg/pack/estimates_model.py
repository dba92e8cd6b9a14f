"""The estimates in memory: numbers with their evidence, structural switches, chances, correlations, presets and history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from thalweg.evidence import BadInput, nearest
from thalweg.evidence.estimate import Estimate

BLOCKS: Final = ("world", "legal", "offshore", "grey", "domestic", "stocks", "capability", "firm", "response", "errors")
"""The files of estimates in the order in which they are shown; others follow."""

Sources = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One form of an equation."""

    name: str
    probability: float
    meaning: str


@dataclass(frozen=True, slots=True)
class Switch:
    """A structural switch; its first option is the base. Drawn as the number of the option."""

    id: str
    title: str
    meaning: str
    options: tuple[Option, ...]
    basis: str
    sources: Sources
    note: str = ""
    overlay: str = ""

    def number(self, option: str | float) -> int:
        """Return the number of an option given by name or number.

        Raises:
            BadInput: if there is no such option.
        """
        names = [o.name for o in self.options]
        if isinstance(option, str) and option in names:
            return names.index(option)
        if not isinstance(option, str) and float(option).is_integer() and 0 <= int(option) < len(names):
            return int(option)
        raise BadInput(f"switch {self.id!r} has no option {option!r}; it has {', '.join(names)}{nearest(str(option), names)}")


@dataclass(frozen=True, slots=True)
class Chance:
    """A uniform number for each run and quarter."""

    id: str
    title: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Correlation:
    """A rank correlation (Spearman) between two estimates."""

    of: tuple[str, str]
    rank: float
    because: str
    basis: str
    sources: Sources
    overlay: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A preset: the values of one source wherever it has one."""

    id: str
    title: str
    switches: Mapping[str, str]
    sources: Sources
    note: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One point of a series; ``start`` and ``end`` are its first and last day."""

    period: str
    start: dt.date
    end: dt.date
    value: float
    p05: float | None
    p95: float | None
    complete: bool
    scored: bool
    note: str


@dataclass(frozen=True, slots=True)
class Series:
    """A series of history with its published error."""

    id: str
    title: str
    meaning: str
    unit: str
    period: str
    basis: str
    sources: Sources
    license: str
    level_error: str
    """The estimate that is one factor on all points."""
    noise: str
    """The estimate that is the standard deviation of each point."""
    not_scored: str
    note: str
    points: tuple[Observation, ...]

    def until(self, day: dt.date) -> tuple[Observation, ...]:
        """Return the complete points whose period had ended by a day."""
        return tuple(p for p in self.points if p.complete and p.end <= day)


@dataclass(frozen=True)
class Estimates:
    """Everything that a scenario draws from, with the hash of what it was read from."""

    sha256: str
    estimates: Mapping[str, Estimate]
    switches: Mapping[str, Switch]
    chances: Mapping[str, Chance]
    correlations: tuple[Correlation, ...]
    anchors: Mapping[str, Anchor]
    history: Mapping[str, Series]
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    overlays: tuple[tuple[str, str], ...] = ()
    """Id and hash of each overlay that changed something."""

    def __getitem__(self, name: str) -> Estimate:
        """Return an estimate.

        Raises:
            BadInput: if there is none.
        """
        if name not in self.estimates:
            raise BadInput(f"there is no estimate {name!r}{nearest(name, self.estimates)}")
        return self.estimates[name]

    @property
    def extensive(self) -> tuple[str, ...]:
        """Names of what doubles when every quantity of the world doubles."""
        return tuple(name for name, estimate in self.estimates.items() if estimate.extensive)

    def of_block(self, block: str) -> tuple[Estimate, ...]:
        """Return the estimates of one file."""
        return tuple(e for e in self.estimates.values() if e.block == block)

    @property
    def blocks(self) -> Sequence[str]:
        """The files of estimates, in the order in which they are shown."""
        held = dict.fromkeys(e.block for e in self.estimates.values())
        return [*(b for b in BLOCKS if b in held), *(b for b in held if b not in BLOCKS)]
