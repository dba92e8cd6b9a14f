"""Owners that nobody stated, where a rule on companies owned by listed parties may act on the day of a deal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from thalweg.briefs.claims import sources
from thalweg.briefs.facts import Decided, Open
from thalweg.briefs.judge import Judge
from thalweg.controls import decide
from thalweg.pack.model import Rule
from thalweg.pack.order import matches

_FACT: Final = "listed_owner_share"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_QUESTION: Final = "Who owns 50% or more of this party, directly or through others, counting all listed owners together?"
_GENERAL: Final = "TGL"


def owners_to_ask(judge: Judge, decided: Iterable[Decided]) -> Iterator[Open]:
    """Yield the deals on which such a rule may act if listed parties own the customer, where neither owners nor their share is known of."""
    if _FACT not in judge.law.facts:
        return
    found = [(d, rules, decides) for d in decided if _unsaid(d) for rules, decides in (_if_owned(judge, d),) if rules]
    rules = {r.id: r for _, acting, _ in found for r in acting}
    lifting = [r for r in judge.law.rules.values() if r.keys.get("exception") == _GENERAL and set(r.keys["lifts"]) & set(rules)]
    note = _note(judge, [d for d, *_ in found], rules, lifting)
    cited = sources(s for r in (*rules.values(), *lifting) for s in r.versions[-1].sources)
    for d, _, decides in found:
        yield Open(d, "owners", _QUESTION, "customer", decides, note, tuple(cited))


def _unsaid(d: Decided) -> bool:
    """Say whether nothing is known of the owners; a share that is stated as not known is asked for as a fact of the deal."""
    return d.customer.owners is None and not any(_FACT in p for p in d.asked["parties"])


def _if_owned(judge: Judge, d: Decided) -> tuple[list[Rule], tuple[str, ...]]:
    """Return the requirements that may act on a deal if listed parties own the customer, and what that decides.

    The deal is decided twice more, as owned by listed parties in full and as not; headquarters that nobody stated are taken as local.
    """
    steps = judge.book.program(d.asked["date"].toordinal(), "enforced").requirements
    if not (reading := {s.rule.id: s.rule for s in steps if _FACT in s.facts}):
        return [], ()
    local = [{"headquarters": p["country"], "ultimate_parent_headquarters": p["country"], **p} for p in d.asked["parties"]]
    clean, owned = (decide(judge.book, {**d.asked, "parties": [{**p, _FACT: share} for p in local]}) for share in (0.0, 1.0))
    rules = [reading[i] for i, _, truth, *_ in owned.trace["rules"] if truth and i in reading]
    return rules, ("outcome",) if owned.outcome != clean.outcome else ("review_policy",)


def _note(judge: Judge, deals: Sequence[Decided], rules: Iterable[str], lifting: Iterable[Rule]) -> str:
    """Return what is known of the days on which the rules act: the switch with both branches, and the general licenses that have ended."""
    said = []
    for event in judge.pack.events:
        switch: Mapping[str, Any] = event.get("switch") or {}
        if not switch or not any(matches(p, i) for p in event.get("rules") or () for i in rules):
            continue
        said.append(f"{event['title']} ({switch['on']}): as printed, {switch['printed']}; as expected, {switch['expected']}.")
        if last := _DAY.search(str(switch["expected"])):
            late = [d.deal.id for d in deals if d.asked["date"].isoformat() > last[0]]
            said += [f"Even as expected, that runs to {last[0]} only; later than that: {', '.join(late)}."] if late else []
    days = [d.asked["date"].toordinal() for d in deals]
    ended = [r for r in lifting if not any(v.text and v.text[0] <= day < v.text[1] for v in r.versions for day in days)]
    said += [f"No {r.title[:1].lower()}{r.title[1:]} remains." for r in ended]
    return " ".join(said)
