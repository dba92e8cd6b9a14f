"""Facts to collect: what they decide by law, for which deals, and whom to ask."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from thalweg.briefs.model import Verdict
from thalweg.briefs.model_base import FactToCollect, Source
from thalweg.briefs.model_parties import OwnersFound
from thalweg.briefs.portfolio_rows import Customer, Deal
from thalweg.controls import Determination
from thalweg.controls.determination import MissingFact

_DECIDES: Final = ("outcome", "exception", "review_policy")
_OF_THE_BUYER: Final = re.compile(r"recipient|iaas|consignee|end_use|customer|purchaser|buyer")
ENTRY: Final = "party_listed"
_SHARE: Final = "listed_owner_share"
_OF_THE_FIRM: Final = ("transaction", "item", "component", "exporter", "designer")


@dataclasses.dataclass(frozen=True, slots=True)
class Decided:
    """A deal with the transaction asked and the answer by law, and what holdings say of the customer on its day."""

    deal: Deal
    customer: Customer
    asked: dict[str, Any]
    found: Determination
    verdict: Verdict
    owners: OwnersFound | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Open:
    """A fact that is open for a deal."""

    at: Decided
    fact: str
    question: str
    of: str
    decides: tuple[str, ...]
    note: str = ""
    sources: tuple[Source, ...] = ()


def to_collect(decided: Iterable[Decided], more: Iterable[Open], firm: str) -> list[FactToCollect]:
    """Return the facts to collect: those that decide whether a license is needed first, then by value; ``more`` is asked beside."""
    asked: dict[tuple[str, str], list[Open]] = {}
    for d in decided:
        for m in d.found.missing_facts:
            if decides := tuple(x for x in m.decides if x in _DECIDES):
                asked.setdefault((m.question, m.of), []).append(Open(d, m.fact, m.question, m.of, decides, _note(d, m)))
    for o in more:
        asked.setdefault((o.question, o.of), []).append(o)
    return sorted((_row(rows, firm) for rows in asked.values()), key=lambda r: ("outcome" not in r.decides, -r.value_usd, r.question))


def _note(d: Decided, missing: MissingFact) -> str:
    """Return how the answer is stated where that is not plain, and what holdings leave open."""
    if missing.fact == ENTRY:
        return f"State it as {missing.state_as}."
    return " ".join(d.owners.questions) if missing.fact == _SHARE and d.owners else ""


def _row(rows: Sequence[Open], firm: str) -> FactToCollect:
    deals = list({o.at.deal.id: o.at for o in rows}.values())
    held = [d.deal.id for d in deals if d.verdict.held]
    first = rows[0]
    holds = [f"The firm itself holds {', '.join(held)}; the answer settles what the law says."] if held else []
    buyer = first.of not in _OF_THE_FIRM or bool(_OF_THE_BUYER.search(first.fact))
    return FactToCollect(
        question=first.question,
        of=first.of,
        decides=[x for x in _DECIDES if any(x in o.decides for o in rows)],
        deals=[d.deal.id for d in deals],
        ask=sorted({d.customer.name for d in deals}) if buyer else [firm],
        value_usd=sum(d.deal.value_usd for d in deals),
        note=" ".join([*dict.fromkeys(o.note for o in rows if o.note), *holds]),
        sources=list({s.citation: s for o in rows for s in o.sources}.values()),
    )
