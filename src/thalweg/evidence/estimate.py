"""An uncertain number with where it comes from, and what others hold it to be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from thalweg.evidence.distribution import Distribution
from thalweg.evidence.errors import BadInput
from thalweg.evidence.source import Basis

PROBABILITIES: Final = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Value:
    """What one source or author holds a number to be.

    ``period_end`` is the last day of the period that the number is about, or whose data it rests on, the later of the two; ``None`` where
    it is about no period (an elasticity, a share by definition). ``basis`` says how the middle of the distribution is known;
    where its width is judgement, that stands among the sources.
    """

    distribution: Distribution
    basis: Basis
    sources: tuple[Mapping[str, Any], ...]
    period_end: dt.date | None
    read: dt.date | None = None
    note: str = ""
    by: str = ""
    """Whose number it is, where it stands beside the pack's own."""
    anchor: str = ""
    """The preset that takes it."""
    until: dt.date | None = None
    """The vintage it belongs to: made from what was known by that day."""

    @property
    def judged(self) -> bool:
        """Whether judgement enters, in the middle or in the width."""
        return self.basis == "judgement" or any(source.get("basis") == "judgement" for source in self.sources)

    @property
    def quantiles(self) -> tuple[float, float, float]:
        """The 5%, 50% and 95% quantiles."""
        import numpy as np

        low, central, high = (float(x) for x in self.distribution.ppf(np.asarray(PROBABILITIES)))
        return low, central, high


@dataclass(frozen=True, slots=True)
class Estimate:
    """An uncertain number of the model: the pack's own value, rival values beside it, and values of earlier vintages."""

    id: str
    title: str
    meaning: str
    unit: str
    value: Value
    block: str = ""
    symbol: str = ""
    support: tuple[float, float] = (float("-inf"), float("inf"))
    above: bool = False
    """Whether values lie above the lower bound of the support, and not on it."""
    extensive: bool = False
    """Whether it doubles when every quantity of the world doubles."""
    rivals: tuple[Value, ...] = ()
    vintages: tuple[Value, ...] = ()
    overlay: str = ""
    """The overlay that set the value, if one did."""

    @property
    def low(self) -> float:
        """The 5% quantile."""
        return self.value.quantiles[0]

    @property
    def central(self) -> float:
        """The median."""
        return self.value.quantiles[1]

    @property
    def high(self) -> float:
        """The 95% quantile."""
        return self.value.quantiles[2]

    @property
    def basis(self) -> Basis:
        """How the pack's own value is known."""
        return self.value.basis

    def of(self, anchor: str | None) -> Value:
        """Return the value under a preset: its rival value, or the pack's own where the preset has none or an overlay set the value."""
        if anchor and not self.overlay:
            for rival in self.rivals:
                if rival.anchor == anchor:
                    return rival
        return self.value

    def known_by(self, vintage: dt.date) -> Value:
        """Return the value that could have been held on a day: the pack's own if it is about no later time, else the latest vintage.

        Raises:
            BadInput: if there is none, so that nothing later than the vintage leaks into a hindcast.
        """
        for value in (self.value, *sorted(self.vintages, key=lambda v: v.until or dt.date.min, reverse=True)):
            if value.period_end is None or value.period_end <= vintage:
                return value
        ends = self.value.period_end
        raise BadInput(f"estimate {self.id!r} is about a period that ends on {ends}, after {vintage}, and has no value of that vintage")
