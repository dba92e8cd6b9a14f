"""Decides for a briefing: with all overlays, and beside it without each of them."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from thalweg.briefs.model import Claim, OverlayEffect, Source, Taken, Verdict
from thalweg.controls import Determination, Rulebook, decide, rulebook
from thalweg.controls.decide import summarize
from thalweg.controls.determination import CitationModel, RuleModel
from thalweg.pack.model import Pack
from thalweg.pack.overlay import overlay

State = tuple[str, str | None]
Grounds = tuple[str, str | None, tuple[str, ...]]
_LISTS: Final = re.compile(r" \([a-z0-9_]+(, [a-z0-9_]+)*\)")


class Judge:
    """The law of the pack with the overlays of a portfolio, laid one after another."""

    def __init__(self, pack: Pack, overlays: Sequence[str | Path]) -> None:
        self.stack: list[Pack] = list(itertools.accumulate(overlays, overlay, initial=pack))
        self.pack: Pack = self.stack[-1]
        self.book: Rulebook = rulebook(self.pack)
        self.open_questions: set[str] = set()
        self.verdicts = 0
        self._taken: dict[str, tuple[set[str], set[str], set[int]]] = {}

    def verdict(self, transaction: Mapping[str, Any]) -> tuple[Determination, Verdict]:
        """Return the determination, and what a page says of it."""
        found = decide(self.book, transaction)
        self._remember(found)
        usable = [e for e in found.exceptions if e.available]
        return found, Verdict(
            outcome=found.outcome,
            codified_outcome=found.codified_outcome,
            policy=found.review_policy,
            classification=found.classification,
            exceptions=[Claim(text=e.exception, sources=sources(e.citations)) for e in usable],
            why=[claim(r) for r in found.requirements],
            review=[claim(r) for r in found.review_rules],
            obligations=_once(Claim(text=o.obligation, sources=sources(o.citations)) for o in found.obligations),
            red_flags=_once(Claim(text=f.flag, sources=sources(f.citations)) for f in found.red_flags),
            overlays=self._effects(transaction, (found.outcome, found.review_policy)),
            beyond_verified=found.beyond_verified,
        )

    def state(self, transaction: Mapping[str, Any], book: Rulebook | None = None) -> State:
        """Return outcome and review policy."""
        found = summarize(book or self.book, transaction)
        return found[0], found[3]

    def _effects(self, transaction: Mapping[str, Any], final: State) -> list[OverlayEffect]:
        """Return the overlays that turn this verdict, each with what stood before it was laid."""
        if len(self.stack) == 1 or (state := self.state(transaction, rulebook(self.stack[0]))) == final:
            return []
        effects = []
        for laid in self.stack[1:]:
            after = final if laid is self.pack else self.state(transaction, rulebook(laid))
            if after != state:
                head = {k: str(laid.overlays[-1].get(k) or "") for k in ("id", "title", "kind", "reason", "author", "decided")}
                effects.append(OverlayEffect(**head, without=state[0], without_policy=state[1]))
            state = after
        return effects

    def _remember(self, found: Determination) -> None:
        """Gather what the answers leave open and take for granted; facts taken for the same reason share a line."""
        self.verdicts += 1
        self.open_questions.update(found.open_questions)
        for a in found.assumptions:
            taken, _, reason = a.assumption.partition(": ")
            name, is_taken, value = taken.partition(" is taken as ")
            fits = bool(is_taken and reason and name == a.fact)
            text = f"Taken as {value}, since {reason}" if fits else _LISTS.sub("", a.assumption)
            facts, cited, verdicts = self._taken.setdefault(text, (set(), set(), set()))
            facts.update({self.pack.facts[name].meaning if name in self.pack.facts else name} if fits else ())
            cited.update({a.citation} if a.citation else ())
            verdicts.add(self.verdicts)

    def taken(self) -> list[Taken]:
        """Return what was taken for granted, each reason once, what most verdicts rest on first."""
        rows = [
            Taken(text=text, facts=sorted(facts), sources=[Source(citation=c) for c in sorted(cited)], verdicts=len(verdicts))
            for text, (facts, cited, verdicts) in self._taken.items()
        ]
        return sorted(rows, key=lambda t: (-t.verdicts, t.text))


def rests_on(outcome: str, requirements: Iterable[str], exceptions: Iterable[str]) -> tuple[str, ...]:
    """Return the rules that require a license, and the exceptions where they decide."""
    return (*requirements, *(sorted(set(exceptions)) if outcome == "license_exception" else ()))


def acting(found: Determination) -> dict[str, RuleModel]:
    """Return the rules that act in an answer: requirements, review policies, and exceptions that can be used."""
    rules = {r.rule: r for r in (*found.requirements, *found.review_rules)}
    for e in found.exceptions:
        if e.available:
            rules[e.rule] = RuleModel(rule=e.rule, title=f"License Exception {e.exception}", citations=e.citations)
    return rules


def claim(rule: RuleModel) -> Claim:
    """Return a rule as a statement with its sources."""
    return Claim(text=rule.title, sources=sources(rule.citations), overlay=rule.overlay)


def sources(found: Iterable[CitationModel | Mapping[str, Any]]) -> list[Source]:
    """Return sources, each once; only web addresses become links."""
    rows = [c.model_dump() if isinstance(c, CitationModel) else c for c in found]
    made = [_source(str(c.get("citation") or c.get("title") or ""), str(c.get("url") or ""), str(c.get("basis") or "")) for c in rows]
    return list({s.citation: s for s in made if s.citation}.values())


def _source(citation: str, url: str, basis: str) -> Source:
    return Source(citation=citation, url=url if url.startswith(("https://", "http://")) else "", basis=basis)


def _once(claims: Iterable[Claim]) -> list[Claim]:
    return list({c.text: c for c in claims}.values())


def years(date: dt.date, by: int) -> dt.date:
    """Return the same day some years later; the 28th for the 29th of February."""
    return dt.date(date.year + by, date.month, min(date.day, 28) if date.month == 2 else date.day)
