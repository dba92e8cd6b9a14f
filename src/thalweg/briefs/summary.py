"""The headline of a briefing, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from thalweg.briefs.bounds import screened
from thalweg.briefs.facts import ENTRY
from thalweg.briefs.model import HELD, Cell, Change, Coming, DealRow, DraftRow, ListHeld, Point, Verdict
from thalweg.briefs.model_base import FactToCollect
from thalweg.briefs.words import DENIAL, OUTCOMES, counted, decides, fit, kind, listed, millions, review, section, sentence, state, word

_MAY_SHIP = ("no_license_required", "license_exception")
_CLAUSES = {
    "no_license_required": "{} needs no license on the facts stated",
    "license_exception": "{} may go under a license exception",
    "license_required": "{} needs a license",
    HELD: "{} is held by the firm's own rules",
    "prohibited": "{} is prohibited",
    "undetermined": "{} hangs on facts that are missing",
    "not_modeled": "{} falls under controls that the pack does not encode",
}

_STANDINGS = (
    ("listed", "Listed party", "On a list of restricted parties: "),
    ("owner", "Listed owners", "Listed parties among the owners: "),
)


def totals(deals: Sequence[DealRow]) -> dict[str, float]:
    """Return the value of the deals by outcome; what the firm alone holds stands apart."""
    found = dict.fromkeys(OUTCOMES, 0.0)
    for deal in deals:
        found[deal.verdict.shown] = found.get(deal.verdict.shown, 0.0) + deal.value_usd
    return found


def lead(deals: Sequence[DealRow]) -> str:
    """Return the sentence that a board reads first: the money by verdict."""
    if not deals:
        return "The portfolio holds no deal that could be decided; the table of products and destinations says what a sale would need."
    by = totals(deals)
    total = sum(by.values())
    count = counted(len(deals), "deal")
    if not total:
        return f"{count}; no value is stated for them."
    parts = [_CLAUSES[o].format(f"{millions(v)} ({_share(v / total)})") + _alone(deals, o) for o, v in by.items() if v > 0]
    return f"Of {millions(total)} in {count}, {listed(parts)}."


def _share(part: float) -> str:
    return f"{part:.0%}" if part >= 0.005 else "under 1%"


def _alone(deals: Sequence[DealRow], outcome: str) -> str:
    """Say how much of an outcome rests on counsel's readings or drafts alone."""
    found: dict[str, float] = {}
    for d in deals:
        for o in d.verdict.overlays:
            if d.verdict.shown == outcome != o.without:
                found[o.kind] = found.get(o.kind, 0.0) + d.value_usd
    return "".join(f" ({millions(value)} of it by {kind(name).lower()} alone)" for name, value in found.items())


def points(
    deals: Sequence[DealRow],
    cells: Sequence[Cell],
    changed: Sequence[Change],
    ahead: Sequence[Coming],
    drafts: Sequence[DraftRow],
    facts: Sequence[FactToCollect],
    lists: Sequence[ListHeld],
    since: dt.date,
) -> list[Point]:
    """Return what stands against the money, on what the verdicts rest, what turned, what is not known, and what to ask first."""
    found = [*_reviews(deals), *_overlaid(deals), *_licenses(deals), *_parties(deals), *_notices(deals)]
    found += [*_printed(deals, cells), *_turned(deals, changed, since)]
    if lists:
        found.append(("Screening", f'{screened(lists)} "No license" rests on no match in what is held.'))
    if due := [c for c in ahead if c.due]:
        fell = "1 switch in the law fell" if len(due) == 1 else f"{len(due)} switches in the law fell"
        titles = listed([f"{c.title} ({c.on})" for c in due])
        found.append(("Not known", f"{fell} due after the pack was verified; how it came out is not known: {titles}."))
    found += _drafts(drafts)
    if facts:
        ask = facts[0]
        settled = f"Settles {decides(ask.decides)} for {millions(ask.value_usd)} ({', '.join(ask.deals)})."
        found.append(("Ask first", f"{sentence(ask.question)} {settled} Ask {listed(ask.ask)}."))
    return [Point(label=label, text=text) for label, text in found]


def _reviews(deals: Sequence[DealRow]) -> Iterator[tuple[str, str]]:
    """Say what is settled to be reviewed for denial by law, and where the review is not settled."""
    by_law = [d for d in deals if d.verdict.policies and not d.verdict.policy_by and not d.verdict.held]
    for policy in DENIAL:
        if denied := [d for d in by_law if d.verdict.policies == [policy]]:
            yield "Denial", f"License applications for {_worth(denied)} would come under a {review([policy])}."
    if unsettled := [d for d in by_law if len(d.verdict.policies) > 1]:
        rows = _by(unsettled, lambda v: review(v.policies).partition(": ")[2])
        yield "Review not settled", f"How license applications for {_worth(unsettled)} would be reviewed hangs on facts to collect: {rows}."


def _overlaid(deals: Sequence[DealRow]) -> Iterator[tuple[str, str]]:
    """Say what counsel's readings and drafts turn, and what the firm's own rules hold, each beside what the law alone says."""
    for name in dict.fromkeys(o.kind for d in deals for o in d.verdict.overlays):
        rows = [d for d in deals if any(o.kind == name for o in d.verdict.overlays)]
        without = _by(rows, lambda v, name=name: next(state(o.without, o.without_policies) for o in v.overlays if o.kind == name))  # type: ignore[misc]
        now = _by(rows, _said)
        yield kind(name), f"{_worth(rows)}: {now}, by {kind(name).lower()}, which is no statement of BIS. Without it: {without}."
    if held := [d for d in deals if d.verdict.held]:
        yield word(HELD), f"The firm's own rules hold {_worth(held)}. By law: {_by(held, _said)}."
    if both := [d for d in deals if d.verdict.house and not d.verdict.held]:
        yield "House rules", f"The firm's own rules also stand on {_worth(both)}. By law: {_by(both, _said)}."


def _said(v: Verdict) -> str:
    return state(v.outcome, v.policies)


def _by(deals: Sequence[DealRow], say: Callable[[Verdict], str]) -> str:
    """Return what is said of deals, each with those of which it is said unless it is said of all."""
    groups: dict[str, list[DealRow]] = {}
    for d in deals:
        groups.setdefault(say(d.verdict), []).append(d)
    return next(iter(groups)) if len(groups) == 1 else "; ".join(f"{text} for {_worth(rows)}" for text, rows in groups.items())


def _licenses(deals: Sequence[DealRow]) -> Iterator[tuple[str, str]]:
    waiting = [d for d in deals if d.verdict.shown == "license_required"]
    if covered := [d for d in waiting if any(c.enough for c in d.covers)]:
        yield "Covered", f"Licenses held cover {_worth(covered)} of what needs one."
    if short := [d for d in waiting if d.covers and not any(c.enough for c in d.covers)]:
        rows = [f"{c.license} for {d.id} {fit(c)}" for d in short for c in d.covers]
        yield "License too short", f"No license held suffices for {_worth(short)}: {'. '.join(rows)}."


def _parties(deals: Sequence[DealRow]) -> Iterator[tuple[str, str]]:
    """Say which deals are with parties on lists, which have listed owners above them, and which hang on who a party is."""
    for standing, label, said in _STANDINGS:
        found: dict[str, list[DealRow]] = {}
        for d in deals:
            for name in dict.fromkeys(h.party for h in d.listed if h.standing == standing):
                found.setdefault(name, []).append(d)
        if found:
            yield label, said + "; ".join(f"{name} ({', '.join(d.id for d in rows)})" for name, rows in found.items()) + "."
    if perhaps := [d for d in deals if any(h.standing == "open" for h in d.listed)]:
        names = listed(list(dict.fromkeys(h.party for d in perhaps for h in d.listed if h.standing == "open")))
        turning = [d for d in perhaps if any(m.fact == ENTRY and "outcome" in m.decides for m in d.missing)]
        hangs = (
            f"Whether {counted(len(turning), 'deal')} worth {_worth(turning)} may go hangs on it" if turning else "No outcome hangs on it"
        )
        yield "Possible match", f"{names} may be on a list of restricted parties. {hangs}."


def _notices(deals: Sequence[DealRow]) -> Iterator[tuple[str, str]]:
    if due := [d for d in deals if d.notice]:
        late = [d for d in due if d.notice and d.notice.earliest]
        first = min(d.notice.by for d in due if d.notice)
        when = f" The first notice is due by {first}." if not late else ""
        passed = "".join(f" For {d.id} the day has passed: not before {d.notice.earliest}." for d in late if d.notice)
        yield "Notice", f"{counted(len(due), 'deal')} worth {_worth(due)} can go only after notice to BIS.{when}{passed}"


def _printed(deals: Sequence[DealRow], cells: Sequence[Cell]) -> Iterator[tuple[str, str]]:
    """Say which verdicts differ by the text as printed, and by which rules."""
    rows, sales = [d for d in deals if d.verdict.printed], [c for c in cells if c.verdict.printed]
    found = [v.printed for v in (*(d.verdict for d in rows), *(c.verdict for c in sales)) if v.printed]
    if not found:
        return
    where = [_worth(rows)] if rows else []
    where += [f"{len(sales)} of {counted(len(cells), 'sale')} in the table"] if sales else []
    why = dict.fromkeys(f"{c.text} [{section(c)}]" for p in found for c in p.why)
    absent = dict.fromkeys(f"{c.text} [{section(c)}]" for p in found for c in p.absent)
    said = [f"Printed and not enforced: {'; '.join(why)}."] if why else []
    said += [f"Enforced and not printed: {'; '.join(absent)}."] if absent else []
    by = dict.fromkeys(f"{c.text} [{'; '.join(s.citation for s in c.sources)}]" for p in found for c in p.statements)
    yield "As printed", " ".join([f"The verdict on {listed(where)} differs by the text as printed.", *said, *by])


def _turned(deals: Sequence[DealRow], changed: Sequence[Change], since: dt.date) -> Iterator[tuple[str, str]]:
    """Say which deals a change of the law turned from free to go to restricted, or to another review."""
    known = {d.id: d for d in deals}
    for c in changed:
        by = next((f" ({r.rule.sources[0].citation})" for r in c.rules if r.rule.sources), "")
        worth = _worth([known[i] for i in c.deals])
        if not c.deals or c.by:
            continue
        if c.before in _MAY_SHIP and c.after not in _MAY_SHIP:
            yield "Changed", f"Since {since}, {worth} turned on {c.on} from {word(c.before).lower()} to {word(c.after).lower()}{by}."
        elif c.before == c.after and c.before_policies != c.after_policies:
            old, new = (review(p) or "none stated" for p in (c.before_policies, c.after_policies))
            yield "Changed", f"Since {since}, the review of {worth} turned on {c.on}: {old} → {new}{by}."


def _drafts(drafts: Sequence[DraftRow]) -> Iterator[tuple[str, str]]:
    """Say which draft would turn the verdict on the most, and which would touch the most."""
    turning, touching = (max(drafts, key=key, default=None) for key in (lambda d: d.turned_usd, lambda d: d.value_usd))
    said = []
    if turning and turning.turned_usd:
        said.append(f"The {turning.title} would turn the verdict on the most: {millions(turning.turned_usd)}.")
    if touching and touching.value_usd:
        turned = "" if touching.turned_usd else ", without turning a verdict"
        said.append(f"The {touching.title} would touch the most: {millions(touching.value_usd)}{turned}.")
    if said:
        yield "Draft laws", " ".join(said)


def _worth(deals: Sequence[DealRow]) -> str:
    """Return the value of deals with their ids."""
    return f"{millions(sum(d.value_usd for d in deals))} ({', '.join(sorted(d.id for d in deals))})"
