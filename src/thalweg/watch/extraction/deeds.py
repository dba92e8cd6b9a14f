"""Sentences of a long text that each tell a deed: an award of public money, an agreement, a supply contract, an order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from thalweg.nouns.news import EventType
from thalweg.watch.extraction.marks import Marked

AWARD: Final = "deed_award"
AGREEMENT: Final = "deed_agreement"
SUPPLY: Final = "deed_supply"
ORDER: Final = "deed_order"
BILL: Final = "deed_bill"
_EVENTS: Final[dict[str, EventType]] = {
    AWARD: "partnership",
    AGREEMENT: "partnership",
    SUPPLY: "supply_deal",
    ORDER: "regulation",
    BILL: "legislation",
}

PUBLIC: Final = re.compile(
    r"\b(?:Department|Administration|Ministry|Foundation|Commission|Agency|Office|Bureau|Program(?:me)?|Initiative|CHIPS|"
    r"government|Treasury|"
    r"Pentagon|Secretary|Congress|[Ff]ederal)\b"
)
_AWARDS: Final = re.compile(
    r"\b(?:announc(?:ed|es|ing)|will announce|award(?:ed|s|ing)|grant(?:ed|s)|launch(?:ed|es)|provid(?:ed|es|ing)|invest(?:ed|s|ing)|"
    r"commit(?:ted|s)|finaliz(?:ed|es)|allocat(?:ed|es)|fund(?:ed|s|ing))\b",
    re.IGNORECASE,
)
_AWARDED: Final = re.compile(
    r"\b(?:award(?:ed|ing|s)?|funding|fund|grants?|incentives?|program(?:me)?|projects?|initiative)\b", re.IGNORECASE
)
_OPENS: Final = re.compile(
    r"^(?:The )?(?:[A-Z][\w.'()-]* |of |the |and |for |also |has |have |recently |is |will ){1,12}(?:announc|award|"
    r"launch)(?:ed|es|ing|e)?\b[^.]{0,40}\$"
)
"""An authority or a program that gives a sum: "The Department of Commerce announced $504 million for"."""
_AGREES: Final = re.compile(
    r"\bsigned (?:an? |the |\w+ )?(?:\w+ )?(?:memorand(?:um|a)|agreements?|declaration of intent|letters? of intent)\b|"
    r"\bpartnerships? (?:has|have|was|were)(?: also)?(?: been)? (?:announced|signed|launched|formed)\b|"
    r"\b(?:launched|announced|formed|established) (?:an?|the|its|new) [^.;,]{0,150}(?:Initiative|[Pp]artnership|joint venture|alliance)\b"
)
_TOGETHER: Final = re.compile(r"\bin partnership with [A-Z]|\bjoint venture with [A-Z]")
_PRELIMINARY: Final = re.compile(r"\bpreliminary (?:agreements?|memorand(?:um|a)|terms)\b")
_SUPPLIES: Final = re.compile(
    r"\b(?:long-term |multi-?year )?(?:supply|offtake|off-take|purchase) (?:agreement|contract|deal)s? with [A-Z]|"
    r"\b(?:will|to|agreed to|intends to|plans to) (?:source|buy|purchase|procure) [^.;]{3,80} from [A-Z]"
)
_ORDERS: Final = re.compile(
    r"\b(?:will update|updated|has updated|is updating|will revise|revised) (?:its|the) (?:\w+ ){0,2}list\b|"
    r"\b(?:finalized|issued|published) (?:(?:the|a|an|new|final|interim) ){0,2}(?:rules?|regulations?)\b|\bsign(?:ed|"
    r"ing) (?:E\.O\.|(?:an )?[Ee]xecutive [Oo]rder)"
)


_SIGNED: Final = re.compile(r"\bPresident (?:[A-Z]\w+ )?(?:has )?signed (?:into law )?the [A-Z][\w&' -]{2,60} Act\b")
_LAID_ON: Final = re.compile(
    r"\b(?:levied|imposed|placed) (?:up)?on [A-Z]\w+ (?:[\w-]+ ){0,5}(?:restrictions|controls|curbs)\b|"
    r"\b(?:levied|imposed) (?:[\w-]+ ){0,6}(?:restrictions|export controls|curbs) on [A-Z]"
)


def with_deeds(read: Sequence[Marked]) -> list[Marked]:
    """Return the sentences of a long text, those that tell a deed with the mark of it."""
    return [replace(m, marks=m.marks | {mark}) if (mark := _deed(m)) else m for m in read]


def deed_of(marked: Marked) -> EventType | None:
    """Return the kind of event that a sentence tells as a deed, if it tells one."""
    return next((event for mark, event in _EVENTS.items() if mark in marked.marks), None)


def _deed(marked: Marked) -> str:
    text = marked.sentence.text
    if marked.sentence.title or marked.sentence.han:
        return ""
    if _SUPPLIES.search(text):
        return SUPPLY
    public = PUBLIC.search(text) is not None or marked.has("agency")
    money = any(n.currency and n.value >= 1e6 for n in marked.numbers)
    if public and (_PRELIMINARY.search(text) or (money and _AWARDS.search(text) and (_OPENS.match(text) or _AWARDED.search(text)))):
        return AWARD
    if _TOGETHER.search(text):
        return AGREEMENT
    if _AGREES.search(text) and (public or any(n.value.kind in ("company", "place") for n in marked.names)):
        return AGREEMENT
    if _SIGNED.search(text):
        return BILL
    if _LAID_ON.search(text) and any(n.value.kind == "place" for n in marked.names):
        return ORDER
    return ORDER if public and _ORDERS.search(text) else ""
