"""The briefing, as people and programs receive it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Verdict(_Frozen):
    """One verdict with what it rests on."""

    outcome: str
    codified_outcome: str
    policy: str | None
    exceptions: list[str]
    why: list[str]
    citations: list[str]
    obligations: list[str]
    changed_by_overlay: str | None = None


class Cell(_Frozen):
    """A product at a destination."""

    product: str
    place: str
    verdict: Verdict


class Cover(_Frozen):
    """A license held that covers a deal, and what is left of it afterwards."""

    license: str
    value_left_usd: float | None
    quantity_left: float | None
    enough: bool
    ends: str | None
    ends_before: bool


class DealRow(_Frozen):
    """One deal, decided."""

    id: str
    product: str
    customer: str
    to: str
    date: str
    value_usd: float
    verdict: Verdict
    missing: list[str]
    red_flags: list[str]
    covers: list[Cover]
    trace: str


class Change(_Frozen):
    """A verdict that turned, and the rules that turned it."""

    what: str
    before: str
    after: str
    rules: list[str]


class Coming(_Frozen):
    """A printed end or a switch, with each branch."""

    on: str
    title: str
    printed: str
    expected: str
    citations: list[str]


class DraftRow(_Frozen):
    """What a draft would touch."""

    draft: str
    title: str
    on: str
    deals: list[str]
    value_usd: float
    citations: list[str]
    not_expressed: list[str]


class FactToCollect(_Frozen):
    """A fact, with the value of the deals whose verdict it decides."""

    question: str
    deals: list[str]
    value_usd: float


class HeatRow(_Frozen):
    """The outcome of one product and destination, a letter a month."""

    product: str
    place: str
    outcomes: list[str]


class Briefing(_Frozen):
    """Everything the pages show."""

    firm: str
    date: str
    since: str
    headline: dict[str, float]
    matrix: list[Cell]
    deals: list[DealRow]
    changed: list[Change]
    coming: list[Coming]
    drafts: list[DraftRow]
    months: list[str]
    heat: list[HeatRow]
    facts: list[FactToCollect]
    unknowns: list[str]
    overlays: list[dict[str, str]]
    errors: list[str]
    stamp: dict[str, Any]
