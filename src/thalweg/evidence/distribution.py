"""Probability distributions of one number, each by its quantile function.

Every distribution is drawn by inverting its distribution function at a uniform number, so that the same uniform gives the same place in
the distribution whatever the distribution is: common random numbers, Latin hypercubes and Sobol points all rest on it. ``ppf`` and ``cdf``
take and return float64 arrays of any shape; ``ppf`` is defined on the open unit interval and never falls.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Protocol, TypeAlias, runtime_checkable

from thalweg.evidence.parameters import finite, positive, rising, weights
from thalweg.evidence.quantile_table import normal_cdf, normal_ppf, special, tabulated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

Z95: Final = 1.6448536269514722
"""The standard normal quantile at 0.95."""


@runtime_checkable
class Distribution(Protocol):
    """What every distribution can do."""

    kind: ClassVar[str]

    def ppf(self, u: Array) -> Array:
        """Return the quantiles at probabilities in the open unit interval."""

    def cdf(self, x: Array) -> Array:
        """Return the probabilities of values up to and including ``x``."""

    def bounds(self) -> tuple[float, float]:
        """Return the least and the greatest value, infinite where there is none."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value, for certain."""

    kind: ClassVar[str] = "point"
    value: float

    def __post_init__(self) -> None:
        """Refuse what is not a finite number."""
        finite(value=self.value)

    def ppf(self, u: Array) -> Array:
        """Return the value at every probability."""
        import numpy as np

        return np.full(np.shape(u), self.value)

    def cdf(self, x: Array) -> Array:
        """Return 0 below the value and 1 from it on."""
        import numpy as np

        return np.where(np.asarray(x) >= self.value, 1.0, 0.0)

    def bounds(self) -> tuple[float, float]:
        """Return the value twice."""
        return self.value, self.value


@dataclass(frozen=True, slots=True)
class Uniform:
    """All values between two bounds alike."""

    kind: ClassVar[str] = "uniform"
    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse an empty or inverted range."""
        rising(low=self.low, high=self.high)

    def ppf(self, u: Array) -> Array:
        """Return the quantiles."""
        return self.low + (self.high - self.low) * u

    def cdf(self, x: Array) -> Array:
        """Return the probabilities."""
        import numpy as np

        return np.clip((np.asarray(x) - self.low) / (self.high - self.low), 0.0, 1.0)

    def bounds(self) -> tuple[float, float]:
        """Return the bounds."""
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class Triangular:
    """Rises from a least value to a mode and falls to a greatest."""

    kind: ClassVar[str] = "triangular"
    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        """Refuse an empty range and a mode outside it."""
        rising(low=self.low, high=self.high)
        finite(mode=self.mode)
        if not self.low <= self.mode <= self.high:
            raise ValueError(f"the mode {self.mode:g} lies outside {self.low:g} to {self.high:g}")

    def ppf(self, u: Array) -> Array:
        """Return the quantiles."""
        import numpy as np

        span, left = self.high - self.low, (self.mode - self.low) / (self.high - self.low)
        rising = self.low + span * np.sqrt(np.multiply(u, left))
        falling = self.high - span * np.sqrt((1.0 - u) * (1.0 - left))
        return np.where(np.asarray(u) < left, rising, falling)

    def cdf(self, x: Array) -> Array:
        """Return the probabilities."""
        import numpy as np

        span, left = self.high - self.low, (self.mode - self.low) / (self.high - self.low)
        t = np.clip((np.asarray(x) - self.low) / span, 0.0, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(t < left, t * t / left, 1.0 - (1.0 - t) ** 2 / (1.0 - left) if left < 1 else 1.0)

    def bounds(self) -> tuple[float, float]:
        """Return the bounds."""
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class Normal:
    """The normal distribution."""

    kind: ClassVar[str] = "normal"
    mean: float
    sd: float

    def __post_init__(self) -> None:
        """Refuse a standard deviation that is not positive."""
        finite(mean=self.mean)
        positive(sd=self.sd)

    def ppf(self, u: Array) -> Array:
        """Return the quantiles."""
        return self.mean + self.sd * normal_ppf(u)

    def cdf(self, x: Array) -> Array:
        """Return the probabilities."""
        import numpy as np

        return normal_cdf((np.asarray(x) - self.mean) / self.sd)

    def bounds(self) -> tuple[float, float]:
        """Return minus and plus infinity."""
        return -math.inf, math.inf


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A number whose logarithm is normal; ``log_mean`` is the logarithm of the median."""

    kind: ClassVar[str] = "lognormal"
    log_mean: float
    log_sd: float

    def __post_init__(self) -> None:
        """Refuse a standard deviation that is not positive."""
        finite(log_mean=self.log_mean)
        positive(log_sd=self.log_sd)

    @classmethod
    def between(cls, p05: float, p95: float) -> LogNormal:
        """Return the one with these 5% and 95% quantiles; its median is their geometric mean."""
        positive(p05=p05)
        rising(p05=p05, p95=p95)
        return cls((math.log(p05) + math.log(p95)) / 2, (math.log(p95) - math.log(p05)) / (2 * Z95))

    def ppf(self, u: Array) -> Array:
        """Return the quantiles."""
        import numpy as np

        return np.exp(self.log_mean + self.log_sd * normal_ppf(u))

    def cdf(self, x: Array) -> Array:
        """Return the probabilities."""
        import numpy as np

        with np.errstate(divide="ignore"):
            return normal_cdf((np.log(np.maximum(x, 0.0)) - self.log_mean) / self.log_sd)

    def bounds(self) -> tuple[float, float]:
        """Return zero and infinity."""
        return 0.0, math.inf


@dataclass(frozen=True, slots=True)
class Beta:
    """The beta distribution, between 0 and 1 or stretched to other bounds."""

    kind: ClassVar[str] = "beta"
    a: float
    b: float
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        """Refuse shapes that are not positive and an empty range."""
        positive(a=self.a, b=self.b)
        rising(low=self.low, high=self.high)

    def ppf(self, u: Array) -> Array:
        """Return the quantiles, from a table of exact ones; within 1e-9 of the exact inverse."""
        return self.low + (self.high - self.low) * _table(Beta(self.a, self.b))(u)

    def exact(self, u: Array) -> Array:
        """Return the quantiles by the exact inverse, which is slower."""
        return self.low + (self.high - self.low) * special().betaincinv(self.a, self.b, u)  # type: ignore[no-any-return]

    def cdf(self, x: Array) -> Array:
        """Return the probabilities."""
        import numpy as np

        return special().betainc(self.a, self.b, np.clip((np.asarray(x) - self.low) / (self.high - self.low), 0.0, 1.0))  # type: ignore[no-any-return]

    def bounds(self) -> tuple[float, float]:
        """Return the bounds."""
        return self.low, self.high


Scale = Literal["linear", "log", "logit"]


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Three stated quantiles joined by two half-normals, on a linear, logarithmic or logit scale.

    Below the median the standard deviation is that of the lower half, above it that of the upper half; all three quantiles are hit.
    """

    kind: ClassVar[str] = "quantiles"
    p05: float
    p50: float
    p95: float
    scale: Scale = "linear"

    def __post_init__(self) -> None:
        """Refuse quantiles that do not rise or that the scale cannot hold."""
        rising(p05=self.p05, p50=self.p50)
        rising(p50=self.p50, p95=self.p95)
        if self.scale == "log":
            positive(p05=self.p05)
        if self.scale == "logit" and not (self.p05 > 0 and self.p95 < 1):
            raise ValueError("on the logit scale quantiles lie between 0 and 1")

    def ppf(self, u: Array) -> Array:
        """Return the quantiles."""
        import numpy as np

        low, middle, high = (_to_scale(x, self.scale) for x in (self.p05, self.p50, self.p95))
        z = normal_ppf(u)
        y = middle + z * np.where(z < 0, (middle - low) / Z95, (high - middle) / Z95)
        if self.scale == "log":
            return np.exp(y)
        return 1.0 / (1.0 + np.exp(-y)) if self.scale == "logit" else y

    def cdf(self, x: Array) -> Array:
        """Return the probabilities."""
        import numpy as np

        low, middle, high = (_to_scale(q, self.scale) for q in (self.p05, self.p50, self.p95))
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.scale == "log":
                y = np.log(np.maximum(x, 0.0))
            elif self.scale == "logit":
                inside = np.clip(x, 0.0, 1.0)
                y = np.log(inside) - np.log1p(-inside)
            else:
                y = np.asarray(x, dtype=float)
        d = y - middle
        return normal_cdf(d / np.where(d < 0, (middle - low) / Z95, (high - middle) / Z95))

    def bounds(self) -> tuple[float, float]:
        """Return the bounds of the scale."""
        return {"linear": (-math.inf, math.inf), "log": (0.0, math.inf), "logit": (0.0, 1.0)}[self.scale]


@dataclass(frozen=True, slots=True)
class Discrete:
    """Some values, each with its probability."""

    kind: ClassVar[str] = "discrete"
    values: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse values that do not rise and probabilities that do not sum to one."""
        finite(**{f"values[{i}]": v for i, v in enumerate(self.values)})
        if list(self.values) != sorted(set(self.values)):
            raise ValueError("the values of a discrete distribution rise, each once")
        weights(self.weights, len(self.values))

    def ppf(self, u: Array) -> Array:
        """Return the quantiles."""
        import numpy as np

        steps = np.cumsum(self.weights)[:-1]
        return np.asarray(self.values, dtype=float)[np.searchsorted(steps, u, side="left")]

    def cdf(self, x: Array) -> Array:
        """Return the probabilities."""
        import numpy as np

        steps = np.concatenate([[0.0], np.cumsum(self.weights)[:-1], [1.0]])
        return np.asarray(steps[np.searchsorted(self.values, x, side="right")])

    def bounds(self) -> tuple[float, float]:
        """Return the least and the greatest value."""
        return self.values[0], self.values[-1]


@dataclass(frozen=True, slots=True)
class Mixture:
    """Several distributions, each with a probability of being the right one."""

    kind: ClassVar[str] = "mixture"
    parts: tuple[Distribution, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse parts that have steps, and probabilities that do not sum to one."""
        if any(part.kind not in ("uniform", "triangular", "normal", "lognormal", "beta", "quantiles") for part in self.parts):
            raise ValueError("the parts of a mixture are continuous: no point, discrete or mixture among them")
        weights(self.weights, len(self.parts))

    def ppf(self, u: Array) -> Array:
        """Return the quantiles, from a table of exact ones; within 1e-9 of the exact inverse where the density has no gap."""
        return _table(self)(u)

    def exact(self, u: Array) -> Array:
        """Return the quantiles by bisection between those of the parts, which is slower."""
        import numpy as np

        ends = [part.exact(u) if isinstance(part, Beta) else part.ppf(u) for part in self.parts]
        low, high = np.minimum.reduce(ends), np.maximum.reduce(ends)
        for _ in range(64):
            middle = 0.5 * (low + high)
            below = self.cdf(middle) < u
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray(0.5 * (low + high))

    def cdf(self, x: Array) -> Array:
        """Return the probabilities."""
        import numpy as np

        return np.sum([w * part.cdf(x) for w, part in zip(self.weights, self.parts, strict=True)], axis=0)  # type: ignore[no-any-return]

    def bounds(self) -> tuple[float, float]:
        """Return the outermost bounds of the parts."""
        return min(p.bounds()[0] for p in self.parts), max(p.bounds()[1] for p in self.parts)


@lru_cache(maxsize=256)
def _table(of: Beta | Mixture) -> Callable[[Array], Array]:
    if isinstance(of, Mixture) and any(part.kind not in ("normal", "lognormal", "beta") for part in of.parts):
        return of.exact
    return tabulated(of.exact, nodes=2_049 if isinstance(of, Mixture) else 1_025)


def _to_scale(x: float, scale: Scale) -> float:
    if scale == "log":
        return math.log(x)
    return math.log(x) - math.log1p(-x) if scale == "logit" else x
