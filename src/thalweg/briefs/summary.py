"""The headline of a briefing, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from thalweg.briefs.model import Change, Coming, DealRow, DraftRow, FactToCollect, Point
from thalweg.briefs.words import DENIAL, OUTCOMES, decides, kind, listed, millions, word

_MAY_SHIP = ("no_license_required", "license_exception")
_CLAUSES = {
    "no_license_required": "{} may ship without a license",
    "license_exception": "{} may ship under a license exception",
    "license_required": "{} needs a license",
    "prohibited": "{} is prohibited",
    "undetermined": "{} hangs on facts that are missing",
    "not_modeled": "{} falls under controls that the pack does not encode",
}


def totals(deals: Sequence[DealRow]) -> dict[str, float]:
    """Return the value of the deals by outcome."""
    found = dict.fromkeys(OUTCOMES, 0.0)
    for deal in deals:
        found[deal.verdict.outcome] = found.get(deal.verdict.outcome, 0.0) + deal.value_usd
    return found


def lead(deals: Sequence[DealRow]) -> str:
    """Return the sentence that a board reads first: the money by verdict."""
    if not deals:
        return "The portfolio holds no deal that could be decided; the table of products and destinations says what a sale would need."
    by = totals(deals)
    total = sum(by.values())
    count = "1 deal" if len(deals) == 1 else f"{len(deals)} deals"
    if not total:
        return f"{count}; no value is stated for them."
    parts = [_CLAUSES[o].format(f"{millions(v)} ({v / total:.0%})") for o, v in by.items() if v > 0]
    return f"Of {millions(total)} in {count}, {listed(parts)}."


def points(
    deals: Sequence[DealRow],
    changed: Sequence[Change],
    ahead: Sequence[Coming],
    drafts: Sequence[DraftRow],
    facts: Sequence[FactToCollect],
    since: dt.date,
) -> list[Point]:
    """Return what stands against the money, then what turned, what is not known, what may come, and what to ask first."""
    found = [*_against(deals), *_turned(deals, changed, since)]
    if due := [c for c in ahead if c.due]:
        fell = "1 switch in the law fell" if len(due) == 1 else f"{len(due)} switches in the law fell"
        titles = listed([f"{c.title} ({c.on})" for c in due])
        found.append(("Not known", f"{fell} due after the pack was verified; how it came out is not known: {titles}."))
    if drafts and drafts[0].value_usd:
        first = drafts[0]
        turned = (
            f"; it would turn the verdict on {millions(first.turned_usd)} of that" if first.turned_usd else ", without turning a verdict"
        )
        found.append(("Draft laws", f"The {first.title} would touch the most: {millions(first.value_usd)}{turned}."))
    if facts:
        ask = facts[0]
        settled = f"Settles {decides(ask.decides)} for {millions(ask.value_usd)} ({', '.join(ask.deals)})."
        found.append(("Ask first", f"{ask.question} {settled} Ask {listed(ask.customers)}."))
    return [Point(label=label, text=text) for label, text in found]


def _against(deals: Sequence[DealRow]) -> list[tuple[str, str]]:
    """Say what is reviewed for denial, what licenses held cover, who is on a list, and what is not decided by the law alone."""
    found = []
    if denied := [d for d in deals if d.verdict.policy in DENIAL]:
        found.append(("Denial", f"License applications for {_worth(denied)} would be reviewed for denial."))
    waiting = [d for d in deals if d.verdict.outcome == "license_required"]
    if covered := [d for d in waiting if any(c.enough for c in d.covers)]:
        found.append(("Covered", f"Licenses held cover {_worth(covered)} of what needs one."))
    if late := [d for d in waiting if any(c.ends_before for c in d.covers)]:
        found.append(("License ends", f"A license held ends before it is needed for {_worth(late)}."))
    if named := [d for d in deals if d.listed]:
        found.append(("Listed party", "On a list of restricted parties: " + "; ".join(f"{d.customer} ({d.id})" for d in named) + "."))
    if own := [d for d in deals if d.verdict.overlays]:
        kinds = listed(sorted({kind(o.kind) for d in own for o in d.verdict.overlays}))
        found.append(("Overlays", f"{kinds}, and not the law alone, decide {_worth(own)}."))
    return found


def _turned(deals: Sequence[DealRow], changed: Sequence[Change], since: dt.date) -> list[tuple[str, str]]:
    """Say which deals went from free to restricted, and by what."""
    known = {d.id: d for d in deals}
    found = []
    for c in changed:
        if c.before in _MAY_SHIP and c.after not in _MAY_SHIP and c.deals:
            by = next((r.rule.sources[0].citation for r in c.rules if r.rule.sources), "")
            turned = f"{_worth([known[i] for i in c.deals])} turned on {c.on} from {word(c.before).lower()} to {word(c.after).lower()}"
            found.append(("Changed", f"Since {since}, {turned}" + (f" ({by})." if by else ".")))
    return found


def _worth(deals: Sequence[DealRow]) -> str:
    """Return the value of deals with their ids."""
    return f"{millions(sum(d.value_usd for d in deals))} ({', '.join(sorted(d.id for d in deals))})"
