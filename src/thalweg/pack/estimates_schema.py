"""The shape of the files under ``estimates/``, as models: they validate, and they make the JSON Schemas that editors use."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from thalweg.evidence import Basis, Source
from thalweg.evidence.distribution import (
    Beta,
    Discrete,
    Distribution,
    LogNormal,
    Mixture,
    Normal,
    Point,
    Quantiles,
    Scale,
    Triangular,
    Uniform,
)

EXPONENT = re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]+")
"""A number that YAML reads as text."""


def _number(value: Any) -> Any:
    """Let only a number be a number: YAML reads ``1e6`` as text and ``true`` as a truth."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        told = "nothing" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
        message = f"should be a number, not {told}"
        if isinstance(value, str) and EXPONENT.fullmatch(value):
            message += "; write an exponent as 1.0e6"
        raise ValueError(message)  # noqa: TRY004  (pydantic turns ValueError into its own message)
    return value


Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=40)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Words = Annotated[str, Field(min_length=3, max_length=600)]
Label = Annotated[str, Field(min_length=2, max_length=80)]
Cited = str | Source
PeriodEnd = dt.date | Literal["timeless"]
PeriodKind = Literal["quarter", "quarter_end", "year", "fiscal_quarter", "mixed"]
SupportWord = Literal["any", "nonnegative", "positive", "share"]
SUPPORTS: dict[str, tuple[float, float]] = {
    "any": (-math.inf, math.inf),
    "nonnegative": (0.0, math.inf),
    "positive": (0.0, math.inf),
    "share": (0.0, 1.0),
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Range(_Strict):
    """Two bounds."""

    min: Number
    max: Number


class RangeWithMode(Range):
    """Two bounds and the likeliest value."""

    mode: Number


class MeanAndSd(_Strict):
    """A mean and a standard deviation."""

    mean: Number
    sd: Number


class LogNormalFile(_Strict):
    """A lognormal by its 5% and 95% quantiles, by its median and log-sd, or by the mean and sd of the logarithm."""

    p05: Number | None = None
    p95: Number | None = None
    median: Number | None = None
    log_mean: Number | None = None
    log_sd: Number | None = None

    @model_validator(mode="after")
    def _one_way(self) -> LogNormalFile:
        self.made()
        return self

    def made(self) -> LogNormal:
        """Return the distribution."""
        given = self.model_dump(exclude_none=True)
        if set(given) == {"p05", "p95"}:
            return LogNormal.between(given["p05"], given["p95"])
        if set(given) == {"log_mean", "log_sd"}:
            return LogNormal(given["log_mean"], given["log_sd"])
        if set(given) == {"median", "log_sd"} and given["median"] > 0:
            return LogNormal(math.log(given["median"]), given["log_sd"])
        message = "a lognormal is given by p05 and p95, by median (above zero) and log_sd, or by log_mean and log_sd"
        raise ValueError(message)


class BetaFile(_Strict):
    """A beta distribution by its shapes, on 0 to 1 or other bounds."""

    a: Number
    b: Number
    min: Number = 0.0
    max: Number = 1.0


class QuantilesFile(_Strict):
    """Three quantiles, joined by half-normals on a scale."""

    p05: Number
    p50: Number
    p95: Number
    scale: Scale = "linear"


class DiscreteFile(_Strict):
    """Values with their probabilities."""

    values: list[Number] = Field(min_length=1, max_length=1000)
    weights: list[Number] = Field(min_length=1, max_length=1000)


class PartFile(_Strict):
    """One part of a mixture."""

    weight: Number
    distribution: DistributionFile


class DistributionFile(_Strict):
    """A distribution: one key, which is its kind."""

    point: Number | None = None
    uniform: Range | None = None
    triangular: RangeWithMode | None = None
    normal: MeanAndSd | None = None
    lognormal: LogNormalFile | None = None
    beta: BetaFile | None = None
    quantiles: QuantilesFile | None = None
    discrete: DiscreteFile | None = None
    mixture: list[PartFile] | None = Field(None, min_length=2, max_length=20)

    @model_validator(mode="after")
    def _holds(self) -> DistributionFile:
        self.made()
        return self

    def made(self) -> Distribution:
        """Return the distribution; a ``ValueError`` says why there is none."""
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            message = f"a distribution is one of {', '.join(type(self).model_fields)}; {len(given)} are given"
            raise ValueError(message)
        d: Any = getattr(self, given[0])
        match given[0]:
            case "point":
                return Point(d)
            case "uniform":
                return Uniform(d.min, d.max)
            case "triangular":
                return Triangular(d.min, d.mode, d.max)
            case "normal":
                return Normal(d.mean, d.sd)
            case "lognormal":
                return d.made()  # type: ignore[no-any-return]
            case "beta":
                return Beta(d.a, d.b, d.min, d.max)
            case "quantiles":
                return Quantiles(d.p05, d.p50, d.p95, d.scale)
            case "discrete":
                return Discrete(tuple(d.values), tuple(d.weights))
            case _:
                return Mixture(tuple(p.distribution.made() for p in d), tuple(p.weight for p in d))


class ValueFile(_Strict):
    """A distribution with its evidence."""

    distribution: DistributionFile
    basis: Basis
    period_end: PeriodEnd = Field(description="Last day of the period that it is about or whose data it rests on; or `timeless`")
    sources: list[Cited] = Field(min_length=1, description="An id of sources.yaml with a place in the work behind it, or a source in full")
    note: str = ""


class VintageFile(ValueFile):
    """What could be held by an earlier day."""

    until: dt.date

    @model_validator(mode="after")
    def _no_later(self) -> VintageFile:
        if self.period_end == "timeless" or self.period_end > self.until:
            message = f"a vintage of {self.until} needs a period_end of that day or before"
            raise ValueError(message)
        return self


class RivalFile(ValueFile):
    """What another source holds."""

    by: Label
    anchor: Key | None = None


class EstimateFile(ValueFile):
    """One uncertain number of the model."""

    id: Id
    symbol: str = Field("", max_length=40)
    title: Label
    meaning: Words
    unit: Label
    support: SupportWord | Range
    extensive: bool = Field(False, description="Doubles when every quantity of the world doubles")
    vintages: list[VintageFile] = Field(default_factory=list)
    rivals: list[RivalFile] = Field(default_factory=list)

    @model_validator(mode="after")
    def _inside_the_support(self) -> EstimateFile:
        for value in (self, *self.vintages, *self.rivals):
            refuse_outside(value.distribution.made(), support_of(self.support), strictly=self.support == "positive")
        return self


class EstimateChange(_Strict):
    """In an overlay: another value of an estimate of the pack."""

    id: Id
    unit: Label = Field(description="The unit of the estimate, written again so that a number of another unit is not taken for one of it")
    distribution: DistributionFile
    basis: Basis
    sources: list[Cited] = Field(min_length=1)
    period_end: PeriodEnd | None = Field(None, description="That of the pack's value if left out")
    note: str = ""


class OptionFile(_Strict):
    """One form of an equation."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
    probability: Number
    meaning: Words


class SwitchFile(_Strict):
    """A structural switch; its first option is the base."""

    id: Id
    title: Label
    meaning: Words
    options: list[OptionFile] = Field(min_length=2)
    basis: Basis
    sources: list[Cited] = Field(min_length=1)
    note: str = ""

    @model_validator(mode="after")
    def _probabilities(self) -> SwitchFile:
        refuse_probabilities([o.probability for o in self.options])
        if len({o.name for o in self.options}) < len(self.options):
            message = "an option stands twice"
            raise ValueError(message)
        return self


class SwitchChange(_Strict):
    """In an overlay: other probabilities of the options of a switch."""

    id: Id
    probabilities: dict[str, Number]
    basis: Basis
    sources: list[Cited] = Field(min_length=1)
    note: str = ""

    @model_validator(mode="after")
    def _probabilities(self) -> SwitchChange:
        refuse_probabilities(list(self.probabilities.values()))
        return self


class PathFile(_Strict):
    """Chance by run and quarter: a uniform number each."""

    id: Id
    title: Label
    meaning: Words


class CorrelationFile(_Strict):
    """A rank correlation between two estimates."""

    of: list[Id] = Field(min_length=2, max_length=2)
    rank: Annotated[float, BeforeValidator(_number), Field(gt=-1, lt=1)]
    because: Words
    basis: Basis
    sources: list[Cited] = Field(min_length=1)


class AnchorFile(_Strict):
    """A preset: the values of one source wherever it has one."""

    id: Key
    title: Label
    switches: dict[str, str] = Field(default_factory=dict)
    sources: list[Cited] = Field(min_length=1)
    note: str = ""


class SeriesFile(_Strict):
    """A series of history."""

    id: Id
    title: Label
    meaning: Words
    unit: Label
    period: PeriodKind
    basis: Basis
    sources: list[Cited] = Field(min_length=1)
    license: str = ""
    level_error: str = Field("", description="The estimate that is the factor on all its points")
    noise: str = Field("", description="The estimate that is the standard deviation of each of its points")
    not_scored: str = Field("", description="Why a hindcast does not score it")
    note: str = ""


def support_of(support: str | Range) -> tuple[float, float]:
    """Return the bounds that a support names."""
    return SUPPORTS[support] if isinstance(support, str) else (support.min, support.max)


def refuse_outside(distribution: Distribution, support: tuple[float, float], *, strictly: bool = False) -> None:
    """Refuse a distribution that leaves its support with more than one draw in a million.

    Raises:
        ValueError: with the bounds.
    """
    low, high = _reach(distribution)
    if low < support[0] or high > support[1] or (strictly and low <= support[0]):
        above = "above " if strictly else ""
        message = f"the distribution reaches from {low:.4g} to {high:.4g}, outside its support, {above}{support[0]:g} to {support[1]:g}"
        raise ValueError(message)


def _reach(distribution: Distribution) -> tuple[float, float]:
    """Return the range that holds all but about a millionth of the draws on each side."""
    z = 4.7534
    d: Any = distribution
    if isinstance(d, Normal):
        return d.mean - z * d.sd, d.mean + z * d.sd
    if isinstance(d, LogNormal):
        return math.exp(d.log_mean - z * d.log_sd), math.exp(d.log_mean + z * d.log_sd)
    if isinstance(d, Quantiles) and d.scale != "logit":
        low, middle, high = (math.log(x) if d.scale == "log" else x for x in (d.p05, d.p50, d.p95))
        ends = middle - z / 1.6448536 * (middle - low), middle + z / 1.6448536 * (high - middle)
        return (math.exp(ends[0]), math.exp(ends[1])) if d.scale == "log" else ends
    if isinstance(d, Mixture):
        reaches = [_reach(p) for p in d.parts]
        return min(r[0] for r in reaches), max(r[1] for r in reaches)
    return distribution.bounds()


def refuse_probabilities(weights: list[float]) -> None:
    """Refuse probabilities below zero, or that do not sum to one.

    Raises:
        ValueError: with the sum.
    """
    if any(w < 0 for w in weights) or abs(sum(weights) - 1) > 1e-9:
        message = f"the probabilities are {', '.join(f'{w:g}' for w in weights)}; none is below zero and they sum to one"
        raise ValueError(message)


def estimate_schemas() -> dict[str, type[BaseModel]]:
    """Return the model of an entry of each sort of file under ``estimates/``; each file is a list of them."""
    return {
        "estimate": EstimateFile,
        "estimate-change": EstimateChange,
        "switch": SwitchFile,
        "switch-change": SwitchChange,
        "chance": PathFile,
        "correlation": CorrelationFile,
        "anchor": AnchorFile,
        "series": SeriesFile,
    }


PartFile.model_rebuild()
