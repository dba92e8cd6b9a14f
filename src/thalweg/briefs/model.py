"""The briefing, as people and programs receive it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Frozen):
    """Where a statement is read."""

    citation: str
    url: str = ""
    basis: str = ""


class Claim(_Frozen):
    """One statement with its sources; ``overlay`` is the id of the overlay whose rule makes it."""

    text: str
    sources: list[Source] = []
    overlay: str = ""


class OverlayEffect(_Frozen):
    """An overlay that changes a verdict, and the verdict before it was laid."""

    id: str
    title: str
    kind: str
    reason: str
    author: str
    decided: str
    without: str
    without_policy: str | None


class Verdict(_Frozen):
    """One verdict with what it rests on."""

    outcome: str
    codified_outcome: str
    policy: str | None
    classification: list[str]
    exceptions: list[Claim]
    why: list[Claim]
    review: list[Claim]
    obligations: list[Claim]
    red_flags: list[Claim] = []
    overlays: list[OverlayEffect] = []
    beyond_verified: bool = False

    @property
    def sources(self) -> list[Source]:
        """The sources of the requirements, exceptions and review policies, each once."""
        return list({s.citation: s for c in (*self.why, *self.exceptions, *self.review) for s in c.sources}.values())


class Sale(_Frozen):
    """A product sold by the firm to a local buyer at a destination."""

    product: str
    place: str


class Cell(_Frozen):
    """A product at a destination, for a local buyer."""

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


class Question(_Frozen):
    """A fact some value of which changes a verdict."""

    question: str
    of: str
    decides: list[str]


class DealRow(_Frozen):
    """One deal, decided."""

    id: str
    product: str
    customer: str
    to: str
    date: str
    value_usd: float
    quantity: float | None
    verdict: Verdict
    missing: list[Question]
    listed: list[Claim]
    covers: list[Cover]
    trace: str


class RuleTurn(_Frozen):
    """A rule that starts or stops acting."""

    change: str
    rule: Claim


class Change(_Frozen):
    """Verdicts, or the grounds of verdicts that stay, that turn on one day by the same rules."""

    on: str
    kind: Literal["verdict", "grounds"]
    before: str
    before_policy: str | None
    after: str
    after_policy: str | None
    deals: list[str]
    sales: list[Sale]
    value_usd: float
    rules: list[RuleTurn]


class Coming(_Frozen):
    """A printed end or a switch, with each branch; ``due`` where its day came after verification, so that nobody has seen which."""

    on: str
    due: bool
    title: str
    effect: str
    jurisdiction: str
    printed: str
    expected: str
    sources: list[Source]


class Touched(_Frozen):
    """A deal that a draft would touch: its verdict, the grounds of it, or the steps it asks for; ``adds`` is what the draft would add."""

    deal: str
    value_usd: float
    kind: Literal["verdict", "grounds", "steps"]
    before: str
    before_policy: str | None
    after: str
    after_policy: str | None
    adds: list[str]


class DraftRow(_Frozen):
    """What a draft would touch, and the part of it whose verdict would turn."""

    draft: str
    title: str
    status: str
    on: str
    touched: list[Touched]
    value_usd: float
    turned_usd: float
    sources: list[Source]
    not_expressed: list[str]


class LicenseRow(_Frozen):
    """A license held: what is authorized, what is left today, and what is left after the deals that it covers."""

    license: str
    products: list[str]
    customers: list[str]
    destinations: list[str]
    value_usd: float | None
    left_usd: float | None
    left_after_usd: float | None
    quantity: float | None
    left: float | None
    left_after: float | None
    ends: str | None
    ended: bool
    deals: list[str]


class Step(_Frozen):
    """A step or duty of care, with the deals and sales that it comes with."""

    text: str
    sources: list[Source]
    deals: list[str]
    sales: list[Sale]


class Taken(_Frozen):
    """What was taken for granted because nothing was said, with how many verdicts rest on it."""

    text: str
    facts: list[str]
    sources: list[Source]
    verdicts: int


class ListHeld(_Frozen):
    """A list of parties of which the pack holds a part; counts are None where they are not known."""

    title: str
    rows: int
    official_rows: int | None
    as_of: str


class FactToCollect(_Frozen):
    """A fact, with the value of the deals whose verdict it decides."""

    question: str
    of: str
    decides: list[str]
    deals: list[str]
    customers: list[str]
    value_usd: float


class HeatRow(_Frozen):
    """The outcome and the review policy of one product and destination on the first of each month."""

    product: str
    place: str
    outcomes: list[str]
    policies: list[str | None]


class Point(_Frozen):
    """A sentence or two for the top of the page, under a word or two."""

    label: str
    text: str


class Briefing(_Frozen):
    """Everything the pages show."""

    firm: str
    role: str
    date: str
    since: str
    lead: str
    points: list[Point]
    headline: dict[str, float]
    products: dict[str, str]
    places: dict[str, str]
    matrix: list[Cell]
    deals: list[DealRow]
    licenses: list[LicenseRow]
    changed: list[Change]
    turning: list[Change]
    horizon: str
    coming: list[Coming]
    drafts: list[DraftRow]
    months: list[str]
    heat: list[HeatRow]
    facts: list[FactToCollect]
    steps: list[Step]
    unverified: list[str]
    lists: list[ListHeld]
    open_questions: list[str]
    taken: list[Taken]
    verdicts: int
    overlays: list[dict[str, str]]
    errors: list[str]
    stamp: dict[str, Any]

    def all_verdicts(self) -> list[Verdict]:
        """Return the verdicts of the sales and of the deals."""
        return [*(c.verdict for c in self.matrix), *(d.verdict for d in self.deals)]
