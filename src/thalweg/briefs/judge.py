"""Decides for a briefing: by the law with counsel's readings, with the firm's own rules on top, and by the text as printed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from thalweg.briefs.claims import claim, flags_of, lifts_part, obligations, once, open_policies, policies, settled, sources
from thalweg.briefs.model import OverlayEffect, Taken, Verdict
from thalweg.briefs.model_base import Claim, Source
from thalweg.briefs.printed import as_printed, enforced_as_printed
from thalweg.briefs.words import HOUSE
from thalweg.controls import Determination, Rulebook, decide, rulebook
from thalweg.controls.decide import summarize
from thalweg.pack.model import Pack
from thalweg.pack.overlay import find_overlay, overlay
from thalweg.pack.reader import read_yaml

State = tuple[str, tuple[str, ...]]
"""Outcome and review policies; more than one policy means that the review is not settled."""
RANK: Final = {
    "no_license_required": 0,
    "license_exception": 1,
    "undetermined": 2,
    "not_modeled": 2,
    "license_required": 3,
    "prohibited": 4,
}
_CONCERN: Final = "CN"
_LISTS: Final = re.compile(r" \([a-z0-9_]+(, [a-z0-9_]+)*\)")


class Judge:
    """The law of the pack with the overlays of a portfolio: counsel's readings and drafts first, house rules on top."""

    def __init__(self, pack: Pack, overlays: Sequence[str | Path]) -> None:
        own = [o for o in overlays if read_yaml(find_overlay(o) / "overlay.yaml").data.get("kind") == HOUSE]
        self.readings = _stack(pack, [o for o in overlays if o not in own])
        self.law: Pack = self.readings[-1]
        self.houses = _stack(self.law, own)
        self.pack: Pack = self.houses[-1]
        self.bare: Rulebook = rulebook(pack)
        self.book: Rulebook = rulebook(self.law)
        self.firm: Rulebook = rulebook(self.pack)
        self.kinds = {str(o["id"]): str(o["kind"]) for o in self.pack.overlays}
        self.open_questions: set[str] = set()
        self.loosened: set[str] = set()
        self.verdicts = 0
        self._taken: dict[str, tuple[set[str], set[str], set[int]]] = {}

    def verdict(self, transaction: Mapping[str, Any]) -> tuple[Determination, Verdict]:
        """Return the determination by law, and what a page says of it."""
        found = decide(self.book, transaction)
        self._remember(found)
        usable = [e for e in found.exceptions if e.available]
        hanging = [e for e in found.exceptions if e.available is not False and e.notice_days and found.outcome == "license_exception"]
        bare = found if self.book is self.bare else decide(self.bare, transaction)
        printed = as_printed(self._printed, transaction, bare) if bare.codified_outcome != bare.outcome else None
        held, house, more = self._own(transaction, found)
        steps, flags = self._on_condition(transaction, found)
        review = [*map(claim, found.review_rules), *(open_policies(found, self.law) if found.possible_policies else ())]
        return found, Verdict(
            outcome=found.outcome,
            codified_outcome=bare.codified_outcome,
            policies=list(policies(found)),
            policy_by=next((self.kinds[r.overlay] for r in found.review_rules if r.overlay), "") if found.review_policy else "",
            classification=found.classification,
            exceptions=[Claim(text=e.exception, sources=sources(e.citations)) for e in usable],
            lifts_part=lifts_part(found, self.law),
            notice_days=max((e.notice_days or 0 for e in hanging), default=None),
            why=[claim(r) for r in found.requirements],
            review=once(review),
            obligations=once([*obligations(found), *more[0], *steps]),
            red_flags=once([*flags_of(found), *more[1], *flags]),
            printed=printed,
            overlays=self._effects(transaction, self.readings, (found.outcome, policies(found))),
            held=held,
            house=house,
            beyond_verified=found.beyond_verified,
            may_be_stale=found.may_be_stale,
        )

    def state(self, transaction: Mapping[str, Any], book: Rulebook) -> State:
        """Return outcome and review policies."""
        outcome, _, _, policy, possible, *_ = summarize(book, transaction)
        return outcome, settled(policy, possible)

    @cached_property
    def _printed(self) -> Pack:
        return enforced_as_printed(self.bare.pack)

    def _effects(self, transaction: Mapping[str, Any], stack: Sequence[Pack], final: State) -> list[OverlayEffect]:
        """Return the overlays that turn this verdict, each with what stood before it was laid."""
        if len(stack) == 1 or (state := self.state(transaction, rulebook(stack[0]))) == final:
            return []
        effects = []
        for laid in stack[1:]:
            after = final if laid is stack[-1] else self.state(transaction, rulebook(laid))
            if after != state:
                effects.append(_effect(laid, state))
            state = after
        return effects

    def _own(self, transaction: Mapping[str, Any], found: Determination) -> tuple[bool, list[OverlayEffect], tuple[list[Claim], ...]]:
        """Return whether the firm's own rules stop what the law does not, which of them act, and the steps and flags that they add.

        A house rule that would loosen the law is not applied, and remembered.
        """
        if len(self.houses) == 1:
            return False, [], ([], [])
        law = (found.outcome, policies(found))
        full = decide(self.firm, transaction)
        own = {i for i, kind in self.kinds.items() if kind == HOUSE}
        if RANK[full.outcome] < RANK[found.outcome]:
            self.loosened |= {e.id for e in self._effects(transaction, self.houses, (full.outcome, policies(full)))}
            return False, [], ([], [])
        acting_here = {r.overlay for r in (*full.requirements, *full.review_rules)}
        acting_here |= {e.id for e in self._effects(transaction, self.houses, (full.outcome, policies(full)))}
        effects = [_effect(laid, law) for laid in self.houses[1:] if str(laid.overlays[-1]["id"]) in acting_here]
        steps = [c for c in obligations(full, self.pack) if c.overlay in own]
        flags = [c for c in flags_of(full, self.pack) if c.overlay in own]
        return RANK[full.outcome] > RANK[found.outcome], effects, (steps, flags)

    def _on_condition(self, transaction: Mapping[str, Any], found: Determination) -> tuple[list[Claim], list[Claim]]:
        """Return the steps and red flags that come in if headquarters that nobody stated are in China."""
        lacking: set[str] = set()
        parties = []
        for party in transaction["parties"]:
            absent = [k for k in ("headquarters", "ultimate_parent_headquarters") if not party.get(k)]
            lacking.update(absent)
            parties.append({**party, **dict.fromkeys(absent, _CONCERN)})
        if not lacking or _CONCERN not in self.law.places:
            return [], []
        then = decide(self.book, {**transaction, "parties": parties})
        who = "the party or its ultimate parent" if "headquarters" in lacking else "the ultimate parent"
        more = {"depends": f"if {who} is headquartered in China, which is not stated"}
        known = {c.text for c in (*obligations(found), *flags_of(found))}
        steps, flags = (
            [c.model_copy(update=more) for c in claims if c.text not in known] for claims in (obligations(then), flags_of(then))
        )
        return steps, flags

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


def _stack(pack: Pack, overlays: Iterable[str | Path]) -> list[Pack]:
    stack = [pack]
    for name in overlays:
        stack.append(overlay(stack[-1], name))
    return stack


def _effect(laid: Pack, without: State) -> OverlayEffect:
    head = {k: str(laid.overlays[-1].get(k) or "") for k in ("id", "title", "kind", "reason", "author", "decided")}
    return OverlayEffect(**head, without=without[0], without_policies=list(without[1]))


def years(date: dt.date, by: int) -> dt.date:
    """Return the same day some years later, within the calendar; the 28th for the 29th of February."""
    return dt.date(min(max(date.year + by, dt.MINYEAR), dt.MAXYEAR), date.month, min(date.day, 28) if date.month == 2 else date.day)
