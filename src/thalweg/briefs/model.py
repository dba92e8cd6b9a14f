"""The briefing, as people and programs receive it."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field

from thalweg.briefs.model_base import Claim, FactToCollect, Frozen, Hit, Sale, Source
from thalweg.briefs.model_firm import FirmView
from thalweg.briefs.model_news import NewsView
from thalweg.briefs.model_parties import Counterparties

HELD: Final = "held"


class OverlayEffect(Frozen):
    """An overlay that acts on a verdict, and the verdict before it was laid."""

    id: str
    title: str
    kind: str
    reason: str
    author: str
    decided: str
    without: str
    without_policies: list[str]


class Printed(Frozen):
    """The verdict by the text as printed where it differs.

    ``why`` holds what is printed and not enforced; where there is none, ``absent`` holds what is enforced and not printed.
    ``statements`` says who announced it.
    """

    outcome: str
    why: list[Claim]
    absent: list[Claim]
    exceptions: list[Claim]
    conditions: list[str]
    statements: list[Claim]


class Verdict(Frozen):
    """One verdict by the law, with counsel's readings and drafts where they are laid, and what the firm's own rules add to it.

    ``policies`` holds the review policy, or those that are possible where facts that would settle it are missing; ``policy_by`` is the kind
    of overlay that sets it. ``held``: a house rule stops what the law alone does not stop; ``house`` names the house rules that act.
    """

    outcome: str
    codified_outcome: str
    policies: list[str]
    policy_by: str = ""
    classification: list[str]
    exceptions: list[Claim]
    lifts_part: list[Claim] = Field(default_factory=list)
    notice_days: int | None = None
    why: list[Claim]
    review: list[Claim]
    obligations: list[Claim]
    red_flags: list[Claim] = Field(default_factory=list)
    printed: Printed | None = None
    overlays: list[OverlayEffect] = Field(default_factory=list)
    held: bool = False
    house: list[OverlayEffect] = Field(default_factory=list)
    beyond_verified: bool = False
    may_be_stale: list[str] = Field(default_factory=list)
    """Rules it rests on that an official document amended after their review, in words."""

    @property
    def shown(self) -> str:
        """The outcome under which it is counted and drawn."""
        return HELD if self.held else self.outcome


class Cell(Frozen):
    """A product at a destination, for a local buyer."""

    product: str
    place: str
    verdict: Verdict


class Cover(Frozen):
    """A license held that names a deal, and what is left afterwards; ``counted`` is False where the deal states no pieces to count."""

    license: str
    value_left_usd: float | None
    quantity_left: float | None
    counted: bool
    enough: bool
    ends: str | None
    ends_before: bool


class Question(Frozen):
    """A fact some value of which changes a verdict."""

    fact: str
    question: str
    of: str
    decides: list[str]


class Notice(Frozen):
    """The notice that an exception asks for: the last day for it, and the first day of the deal where that has passed."""

    exception: str
    days: int
    by: str
    earliest: str = ""


class DealRow(Frozen):
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
    listed: list[Hit]
    covers: list[Cover]
    notice: Notice | None = None
    trace: str


class RuleTurn(Frozen):
    """A rule that starts or stops acting, or that missing facts keep open from a day on."""

    change: Literal["starts", "ends", "may act", "can no longer act"]
    rule: Claim


class Change(Frozen):
    """Verdicts, or the grounds of verdicts that stay, that turn on one day by the same rules.

    ``by`` is the kind of overlay whose rules alone do it. ``house``: a house rule starts or ends, and the law stays as it is.
    """

    on: str
    kind: Literal["verdict", "grounds", "house"]
    by: str = ""
    before: str
    before_policies: list[str]
    after: str
    after_policies: list[str]
    deals: list[str]
    sales: list[Sale]
    value_usd: float
    rules: list[RuleTurn]


class Coming(Frozen):
    """A printed day, or a switch with each branch; ``due`` where its day came after verification, so that nobody has seen which."""

    on: str
    due: bool
    title: str
    effect: str
    jurisdiction: str
    printed: str
    expected: str
    sources: list[Source]


class Touched(Frozen):
    """A deal that a draft would touch: its verdict, the grounds of it, or the steps it asks for; ``adds`` is what the draft would add."""

    deal: str
    value_usd: float
    kind: Literal["verdict", "grounds", "steps"]
    before: str
    before_policies: list[str]
    after: str
    after_policies: list[str]
    adds: list[str]


class DraftRow(Frozen):
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


class LicenseRow(Frozen):
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


class Step(Frozen):
    """A step or duty of care, with the deals and sales that it comes with."""

    text: str
    sources: list[Source]
    depends: str = ""
    deals: list[str]
    sales: list[Sale]


class Taken(Frozen):
    """What was taken for granted because nothing was said, with how many verdicts rest on it."""

    text: str
    facts: list[str]
    sources: list[Source]
    verdicts: int


class ListHeld(Frozen):
    """A list of parties and how much of it the pack holds, or the copy that stands in for it; counts are None where they are not known."""

    title: str
    holds: Literal["copy", "complete", "part", "nothing"]
    rows: int
    official_rows: int | None
    as_of: str


class Span(Frozen):
    """Days, first and last included, with one outcome and the same review policies; ``held`` where a house rule stops the sale."""

    first: str
    last: str
    outcome: str
    policies: list[str]
    held: bool


class HeatRow(Frozen):
    """The spans of one product and destination, in order."""

    product: str
    place: str
    spans: list[Span]


class Point(Frozen):
    """A sentence or two for the top of the page, under a word or two."""

    label: str
    text: str


class Briefing(Frozen):
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
    counterparties: Counterparties
    licenses: list[LicenseRow]
    changed: list[Change]
    turning: list[Change]
    horizon: str
    coming: list[Coming]
    drafts: list[DraftRow]
    policies: FirmView | None = None
    news: NewsView | None = None
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
