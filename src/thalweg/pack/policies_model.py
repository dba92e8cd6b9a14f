"""A policy in memory: levers by quarter with their sources, the rulebook it lays, and its triggers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

Sources = tuple[Mapping[str, Any], ...]


class Range(Protocol):
    """What a lever may be; the engine's table of levers holds rows of this form."""

    @property
    def unit(self) -> str:
        """Unit of the lever."""

    @property
    def low(self) -> float:
        """Lowest value."""

    @property
    def high(self) -> float:
        """Highest value."""


@dataclass(frozen=True, slots=True)
class Words:
    """The names that a policy can use, as the engine has them."""

    levers: Mapping[str, Range]
    outcomes: Mapping[str, Any]
    quarters: tuple[str, ...]
    raised: tuple[str, ...] = ()
    """Estimates that a strategy of Beijing or of allies can raise."""


@dataclass(frozen=True, slots=True)
class Step:
    """A value that a lever has from a quarter on; ``None`` is what the rulebook gives."""

    quarter: str
    value: float | None
    basis: str
    sources: Sources = ()
    note: str = ""
    policy: str = ""
    """The policy that says so."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A rulebook overlay in the policy, from a day on."""

    overlay: Path
    name: str
    start: dt.date
    parameters: Mapping[str, float | str | bool]


@dataclass(frozen=True, slots=True)
class Grant:
    """Chips for which licenses are granted from a day up to, not including, another."""

    items: tuple[str, ...]
    start: dt.date
    end: dt.date | None
    because: str
    basis: str
    sources: Sources = ()


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """What a policy turns to once an outcome passes a level."""

    id: str
    because: str
    outcome: str
    at_least: float | None
    at_most: float | None
    not_before: str
    after: str | None
    levers: Mapping[str, tuple[Step, ...]]
    rulebook: tuple[Laid, ...]
    basis: str
    sources: Sources = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy with what it is based on already under it."""

    id: str
    title: str
    summary: str
    starts: str
    levers: Mapping[str, tuple[Step, ...]]
    rulebook: tuple[Laid, ...]
    grants: tuple[Grant, ...]
    triggers: tuple[TriggerRule, ...]
    assumes: tuple[str, ...]
    not_expressed: tuple[str, ...]
    base: Policy | None
    sha256: str
    """Over the files of the policy, of its bases and of the rulebooks they lay."""
    file: str = ""

    @property
    def own(self) -> Mapping[str, tuple[Step, ...]]:
        """The steps that the policy itself takes, without those of its bases."""
        own = {name: tuple(s for s in steps if s.policy == self.id) for name, steps in self.levers.items()}
        return {name: steps for name, steps in own.items() if steps}


@dataclass(frozen=True, slots=True)
class Strategy:
    """What Beijing or allies do, as a strategy; what is empty stays as drawn."""

    id: str
    who: str
    title: str
    meaning: str
    imports: str
    retaliation: str
    deals: str
    buys_ahead: int
    raises: Mapping[str, float]
    """Quantiles to which estimates are raised."""
    levers: Mapping[str, float]
    basis: str
    sources: Sources = ()
    note: str = ""

    @property
    def drawn(self) -> bool:
        """Whether nothing is chosen, so that the figures are those of the policy."""
        return not (self.imports or self.retaliation or self.deals or self.buys_ahead or self.raises or self.levers)


@dataclass(frozen=True, slots=True)
class Sold:
    """A chip that is sold; without a price it is sold at that of the frontier."""

    item: str
    price: float | None
    sold_from: dt.date | None
    basis: str
    sources: Sources
    note: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """What the threshold lever needs beside the rules and the hardware catalogue."""

    chips: tuple[Sold, ...]
    share_when_superseded: float
    superseded_by: float
    fading_rate: str
    frontier_growth: float
    met_conditions: Mapping[str, bool]
    sources: Mapping[str, Sources]
    sha256: str
