"""What makes two accounts tell of one event: features and weights on one screen. The weights are declared; no source gives them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from thalweg.nouns.fused import Account, first_day
from thalweg.nouns.names import name_key
from thalweg.nouns.news import Event
from thalweg.watch.identify import identifiers, of_one_act

SAME: Final = 5.0
"""Points from which two accounts are taken as of one event."""
DAYS_APART: Final = 21
"""Days within which accounts without a common number are compared."""

FAMILIES: Final = {
    "regulation": "rule",
    "guidance": "rule",
    "de_escalation": "rule",
    "legislation": "bill",
    "listing": "listing",
    "licence": "licence",
    "enforcement": "enforcement",
    "partnership": "deal",
    "supply_deal": "deal",
    "alliance": "alliance",
    "corporate_disclosure": "disclosure",
    "diversion_report": "diversion",
}
"""Kinds of events that accounts may call by one another's name; accounts of different families never tell of one event."""

_AUTHORITIES: Final = frozenset({"imposer", "official", "enforcer", "legislature"})
_SMALL: Final = frozenset(
    [
        "a", "an", "and", "as", "at", "by", "for", "from", "has", "have", "in", "into", "is", "it", "its", "of", "on", "or",
        "over", "says", "new", "that", "the", "their", "to", "under", "with", "will", "us", "u.s.",
    ]
)  # fmt: skip
_MAKERS: Final = frozenset({"manufacturer", "supplier", "affected", "party"})
"""Roles in which the same few firms stand in most news, so that they tell little apart."""
_MODEL: Final = re.compile(r"[a-z]{1,4}\d{1,4}[a-z]{0,2}")
_CLASS: Final = re.compile(r"\d[a-e]\d{3}")
_WORD: Final = re.compile(r"[\w.$]+", re.UNICODE)


@dataclass(frozen=True)
class Sketch:
    """What of an account is compared."""

    account: Account

    @cached_property
    def event(self) -> Event:
        """The event as the document tells it."""
        return self.account.event

    @cached_property
    def family(self) -> str:
        """The family of its type."""
        return FAMILIES[self.event.event_type]

    @cached_property
    def day(self) -> int:
        """The day of the event as an ordinal, as nearly as the account says; that of the document otherwise, 0 if unknown."""
        return day_of(self.account)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers that it gives."""
        return frozenset(identifiers(self.account))

    @cached_property
    def acts(self) -> frozenset[str]:
        """Those of the numbers that name one act."""
        return frozenset(n for n in self.numbers if of_one_act(n))

    @cached_property
    def subjects(self) -> frozenset[str]:
        """Whom the event is about: the actors without the authority and those that are named as makers."""
        return frozenset(k for a in self.event.actors if a.role not in _AUTHORITIES | _MAKERS and (k := name_key(a.name)))

    @cached_property
    def makers(self) -> frozenset[str]:
        """Firms that are named as makers or as affected."""
        return frozenset(k for a in self.event.actors if a.role in _MAKERS and (k := name_key(a.name)))

    @cached_property
    def things(self) -> frozenset[str]:
        """What the event is about: catalogue entries and classes, where there are any; words of the items otherwise."""
        linked = {x for i in self.event.items for x in (i.chip.casefold(), i.eccn.casefold()) if x}
        return frozenset(linked or words(i.text for i in self.event.items))

    @cached_property
    def models(self) -> frozenset[str]:
        """Names of models in its items, as H20: words with a letter and a digit, of catalogue entries and of the text."""
        said = words([*(i.chip for i in self.event.items), *(i.text for i in self.event.items)])
        return frozenset(w for w in said if _MODEL.fullmatch(w) and not _CLASS.match(w))

    @cached_property
    def title(self) -> frozenset[str]:
        """The words of the title."""
        return frozenset(words([self.account.title or self.event.headline]))

    @cached_property
    def money(self) -> tuple[tuple[str, float], ...]:
        """Its amounts, as currency and value."""
        return tuple((a.currency, a.value) for a in self.event.amounts)

    @cached_property
    def counts(self) -> tuple[tuple[str, float], ...]:
        """Its quantities, as the first word of the unit and value."""
        return tuple((q.unit.split("_", maxsplit=1)[0], q.value) for q in self.event.quantities)


def words(texts: Iterable[str]) -> set[str]:
    """Return the words of texts that tell one from another."""
    return {w for t in texts for w in _WORD.findall(t.casefold()) if len(w) > 1 and w not in _SMALL}


def day_of(account: Account) -> int:
    """Return the day of an event as an ordinal; 0 where neither the account nor its document states one."""
    dates = account.event.dates
    stated = dates.get("event") or dates.get("announced") or dates.get("published") or ""
    if len(stated) == 10:
        return dt.date.fromisoformat(stated).toordinal()
    if account.published:
        return account.published.toordinal()
    stated = stated or dates.get("effective") or ""
    return dt.date.fromisoformat(first_day(stated)).toordinal() if stated else 0


def _share(a: frozenset[str], b: frozenset[str]) -> float | None:
    return len(a & b) / min(len(a), len(b)) if a and b else None


def _numbers(a: Sketch, b: Sketch) -> tuple[float, str]:
    if both := a.acts & b.acts:
        return 6.0, f"both give {min(both)}"
    if both := a.numbers & b.numbers:
        return 3.0, f"both give {min(both)}"
    return 0.0, ""


def _kind(a: Sketch, b: Sketch) -> tuple[float, str]:
    if a.event.event_type == b.event.event_type:
        same = a.event.measure_type == b.event.measure_type
        return (1.5, "same kind and measure") if same else (0.5, "same kind of event")
    return 0.0, ""


def _imposer(a: Sketch, b: Sketch) -> tuple[float, str]:
    one, other = frozenset(a.event.countries.imposer), frozenset(b.event.countries.imposer)
    if one & other:
        return 0.5, f"same authority's country ({', '.join(sorted(one & other))})"
    return (-6.0, "other authority") if one and other else (0.0, "")


def _subjects(a: Sketch, b: Sketch) -> tuple[float, str]:
    share = _share(a.subjects, b.subjects)
    if share is None:
        both = (a.subjects | a.makers) & (b.subjects | b.makers)
        return (0.5, f"both name {min(both)}") if both else (0.0, "")
    if share == 0:
        return -2.5, "other parties"
    return 2.0 * share, f"same parties ({', '.join(sorted(a.subjects & b.subjects)[:3])})"


def _things(a: Sketch, b: Sketch) -> tuple[float, str]:
    if a.models and b.models and not any(m.startswith(n) or n.startswith(m) for m in a.models for n in b.models):
        return -3.0, "other products"
    share = _share(a.things, b.things)
    if share is None:
        return 0.0, ""
    if share == 0:
        return -1.0, "other items"
    return 1.5 * share, f"same items ({', '.join(sorted(a.things & b.things)[:3])})"


def _places(a: Sketch, b: Sketch) -> tuple[float, str]:
    share = _share(frozenset(a.event.countries.destination), frozenset(b.event.countries.destination))
    if share is None:
        return 0.0, ""
    return (0.5, "same destination") if share else (-3.0, "other destination")


def _money(a: Sketch, b: Sketch) -> tuple[float, str]:
    if not (a.money and b.money):
        return 0.0, ""
    near = [v for c, v in a.money for d, w in b.money if c == d and abs(v - w) <= 0.02 * max(abs(v), abs(w))]
    return (1.5, f"same amount ({near[0]:,.0f})") if near else (-1.0, "other amounts")


def _counts(a: Sketch, b: Sketch) -> tuple[float, str]:
    if not (a.counts and b.counts):
        return 0.0, ""
    near = [v for c, v in a.counts for d, w in b.counts if c == d and abs(v - w) <= 0.02 * max(abs(v), abs(w))]
    return (1.0, f"same quantity ({near[0]:,.0f})") if near else (-0.5, "other quantities")


def _title(a: Sketch, b: Sketch) -> tuple[float, str]:
    share = _share(a.title, b.title)
    return (3.0 * share, f"{share:.0%} of the words of the shorter title") if share and share >= 0.25 else (0.0, "")


_HAN: Final = re.compile(r"[\u4e00-\u9fff]")


def _tongues(a: Sketch, b: Sketch) -> tuple[float, str]:
    """Make up for titles in different scripts, which share no words, where all else that both state agrees and one particular does."""
    if not (a.title and b.title) or bool(_HAN.search(a.account.title)) == bool(_HAN.search(b.account.title)):
        return 0.0, ""
    same = a.event.event_type == b.event.event_type and a.event.measure_type == b.event.measure_type
    near = bool(a.day and b.day) and abs(a.day - b.day) <= 1
    others = [feature(a, b)[0] for feature in (_subjects, _things, _places, _money, _counts)]
    if not same or not near or min(others) < 0 or _imposer(a, b)[0] < 0 or max(others) <= 0:
        return 0.0, ""
    return 2.0, "told in another language"


def _days(a: Sketch, b: Sketch) -> tuple[float, str]:
    if not (a.day and b.day):
        return 0.0, ""
    apart = abs(a.day - b.day)
    if apart <= 1:
        return 1.0, "same day" if apart == 0 else "a day apart"
    return 1.0 - 0.15 * min(apart, DAYS_APART), f"{apart} days apart"


FEATURES: Final[tuple[tuple[str, Callable[[Sketch, Sketch], tuple[float, str]]], ...]] = (
    ("number", _numbers),
    ("kind", _kind),
    ("imposer", _imposer),
    ("parties", _subjects),
    ("items", _things),
    ("destination", _places),
    ("amounts", _money),
    ("quantities", _counts),
    ("title", _title),
    ("language", _tongues),
    ("days", _days),
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two accounts are: points, and each feature that gave or took some."""

    points: float
    why: tuple[str, ...]


def likeness(a: Sketch, b: Sketch) -> Likeness:
    """Return how alike two accounts are; symmetric."""
    parts = [(points, said) for _, feature in FEATURES for points, said in (feature(a, b),) if points]
    return Likeness(round(sum(p for p, _ in parts), 6), tuple(f"{said} ({p:+.1f})" for p, said in parts))
