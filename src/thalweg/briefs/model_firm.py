"""What a policy would mean for a firm, as the pages of a briefing show it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from thalweg.briefs.model_base import Frozen, Sale

Basis = Literal["revenue", "deals", "count"]
"""What the shares are shares of: the revenue that the portfolio states, the value of its deals, or its sales, each counted once."""
Measure = Literal["license_risk", "denied", "not_known", "at_stake", "china_market", "fee_share", "china_sales", "fee", "research"]
Standing = Literal["free", "licensed", "unnamed", "denied", "unknown"]
"""How a sale stands: it goes without a license, under one that is granted, needs one with no review named, is denied, or is open."""


class Mover(Frozen):
    """An uncertain number that moves a result, with its share of the variance in ranks, and whether it is judgement."""

    name: str
    share: float
    judgement: bool


class FirmNumber(Frozen):
    """One result in one year: p5 to p95 and the mean over runs, and its difference from the first policy in the same runs.

    ``of_runs`` is the share of the runs in which there is such a number at all.
    """

    measure: Measure
    unit: str
    year: int
    levels: dict[str, float]
    change: dict[str, float] | None = None
    of_runs: float = 1.0
    movers: list[Mover] = Field(default_factory=list)
    judgement_share: float | None = None


class StandingSpan(Frozen):
    """Quarters, first and last included, in which sales stand in one way for most of their days."""

    first: str
    last: str
    standing: Standing


class SalesUnder(Frozen):
    """Sales that stand in the same ways over time if a policy is in force, with their share of all sales."""

    sales: list[Sale]
    share: float
    spans: list[StandingSpan]


class FirmPolicy(Frozen):
    """A policy and what it would mean for the firm; ``by_quarter`` is the license risk from the quarter of the briefing on."""

    id: str
    title: str
    summary: str
    starts: str
    sha256: str
    assumes: list[str]
    not_expressed: list[str]
    numbers: list[FirmNumber]
    by_quarter: dict[str, dict[str, float]]
    sales: list[SalesUnder]


class MatchedProduct(Frozen):
    """A product as the catalogue knows it; ``h100e`` is its 8-bit rate in H100s, and what is not known is None."""

    product: str
    item: str
    h100e: float | None
    datacenter: bool | None
    pieces: float | None
    """Pieces a year: the revenue stated over the price stated."""


class FirmView(Frozen):
    """A firm's portfolio under policies: results as ranges over runs, and what is not known."""

    basis: Basis
    stated_usd: float | None
    china_usd: float | None
    """Stated revenue a year from data center products in China; None where no revenue is stated."""
    years: list[int]
    base: str
    """The four quarters before the date, with which the firm's part of the market is worked out."""
    products: list[MatchedProduct]
    policies: list[FirmPolicy]
    assumes: list[str]
    unknown: list[str]
    as_of: str
    asked: dict[str, Any]
    hash: str
