"""Events that a language model read from a document, held against the document: what its text does not hold is dropped, with a note."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, get_args

from thalweg.nouns.news import (
    Actor,
    Amount,
    Certainty,
    DateKey,
    Document,
    Event,
    EventCountries,
    EventItem,
    EventType,
    MeasureType,
    Qualifier,
    Quantity,
    Status,
)
from thalweg.watch.extraction.dates import dates
from thalweg.watch.extraction.lexicon import Lexicon
from thalweg.watch.extraction.marks import Marked, marked
from thalweg.watch.extraction.text import cleaned, sentences

MOST: Final = 12
"""Events that are taken from one answer."""
_ROLES: Final = ("imposer", "source", "transit", "destination", "other")
_CLOSE: Final = 0.001


class _Text:
    """What a document holds: its words, its numbers, its dates and the countries that it names."""

    def __init__(self, document: Document, lexicon: Lexicon) -> None:
        title, text = cleaned(document.title), cleaned(document.text)
        self.read: list[Marked] = [marked(s, lexicon) for s in sentences(title, text)]
        self.whole = _folded(f"{title} {text}")
        self.numbers = [(n.value, n.currency) for m in self.read for n in m.numbers]
        self.dates = {d.value for m in self.read for d in dates(m.sentence, document.published)}
        if document.published is not None:
            self.dates.add(document.published.isoformat())
        self.countries = {n.value.country for m in self.read for n in m.names} - {""}
        self.chips = {n.value.chip for m in self.read for n in m.names} - {""}
        self.items = {_folded(n.value.name) for m in self.read for n in m.names if n.value.kind in ("chip", "item")}

    def holds(self, words: str) -> bool:
        """Whether some words stand in the text, whatever their case and spaces."""
        folded = _folded(words)
        return bool(folded) and folded in self.whole

    def counts(self, value: float, currency: str = "") -> bool:
        """Whether a number stands in the text, with its currency where one is given."""
        return any(abs(n - value) <= _CLOSE * max(abs(value), 1.0) and (not currency or c == currency) for n, c in self.numbers)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def validated(answer: Any, document: Document, lexicon: Lexicon) -> tuple[tuple[Event, ...], tuple[str, ...]]:
    """Return the events of an answer that the document supports, and a note for each thing that was dropped.

    Args:
        answer: what the model sent, as JSON: a list of objects with the keys of the labels, or an object that holds one as `events`.
        document: the document that it was asked about.
        lexicon: see :func:`thalweg.watch.extract.load_lexicon`.
    """
    rows = answer.get("events") if isinstance(answer, Mapping) else answer
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        return (), ("the answer is no list of events",)
    text = _Text(document, lexicon)
    notes: list[str] = []
    found = [event for at, row in enumerate(rows[:MOST]) if (event := _event(row, at, document, text, notes)) is not None]
    if len(rows) > MOST:
        notes.append(f"{len(rows) - MOST} events beyond the first {MOST} were left out")
    return tuple(found), tuple(notes)


def _event(row: Any, at: int, document: Document, text: _Text, notes: list[str]) -> Event | None:
    say = _teller(notes, at)
    if not isinstance(row, Mapping):
        say("is no object")
        return None
    kinds: dict[str, Any] = {"event_type": EventType, "measure_type": MeasureType, "certainty": Certainty, "status": Status}
    for key, values in kinds.items():
        if row.get(key) not in get_args(values):
            say(f"{key} {_shown(row.get(key))} is none of those that there are; the event is dropped")
            return None
    evidence = _evidence(row.get("evidence"), text, say)
    return Event(
        key=hashlib.sha256(f"{document.id}\0model\0{at}".encode()).hexdigest()[:20],
        document=document.id,
        headline=cleaned(document.title) if at == 0 else next((s for said in evidence.values() for s in said), cleaned(document.title)),
        event_type=row["event_type"],
        measure_type=row["measure_type"],
        certainty=row["certainty"],
        status=row["status"],
        actors=_actors(row.get("actors"), text, say),
        countries=_countries(row.get("countries"), text, say),
        items=_items(row.get("items"), text, say),
        amounts=_amounts(row.get("amounts"), text, say),
        quantities=_quantities(row.get("quantities"), text, say),
        dates=_dates(row.get("dates"), text, say),
        evidence=evidence,
    )


Say = Callable[[str], None]


def _teller(notes: list[str], at: int) -> Say:
    return lambda what: notes.append(f"event {at + 1}: {what}")


def _shown(value: Any) -> str:
    return repr(value)[:80]


def _rows(value: Any, name: str, say: Say) -> list[Mapping[str, Any]]:
    if value in (None, ""):
        return []
    if not isinstance(value, Sequence) or isinstance(value, str):
        say(f"{name} are no list")
        return []
    return [v for v in value if isinstance(v, Mapping)]


def _actors(value: Any, text: _Text, say: Say) -> tuple[Actor, ...]:
    found: list[Actor] = []
    for row in _rows(value, "actors", say):
        name = row.get("name")
        if not isinstance(name, str) or not text.holds(name):
            say(f"actor {_shown(name)} does not stand in the text")
            continue
        country = row.get("country")
        found.append(Actor(name, str(row.get("role") or "party")[:40], country if country in text.countries else ""))
    return tuple(found)


def _countries(value: Any, text: _Text, say: Say) -> EventCountries:
    given = value if isinstance(value, Mapping) else {}
    roles: dict[str, tuple[str, ...]] = {}
    for role in _ROLES:
        codes = given.get(role)
        named = [c for c in codes if isinstance(c, str)] if isinstance(codes, Sequence) and not isinstance(codes, str) else []
        for code in named:
            if code not in text.countries:
                say(f"country {_shown(code)} is not named in the text")
        roles[role] = tuple(dict.fromkeys(c for c in named if c in text.countries))
    return EventCountries(**roles)


def _items(value: Any, text: _Text, say: Say) -> tuple[EventItem, ...]:
    found: list[EventItem] = []
    for item in value if isinstance(value, Sequence) and not isinstance(value, str) else ():
        if isinstance(item, str) and (text.holds(item) or _folded(item) in text.items):
            found.append(EventItem(item))
        else:
            say(f"item {_shown(item)} does not stand in the text")
    return tuple(found)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _qualifier(value: Any) -> Qualifier:
    return value if value in get_args(Qualifier) else "exact"


def _amounts(value: Any, text: _Text, say: Say) -> tuple[Amount, ...]:
    found: list[Amount] = []
    for row in _rows(value, "amounts", say):
        number, currency = _number(row.get("value")), row.get("currency")
        if number is None or not isinstance(currency, str) or not text.counts(number, currency):
            say(f"amount {_shown(row.get('value'))} {_shown(currency)} does not stand in the text")
            continue
        found.append(Amount(number, currency, _qualifier(row.get("qualifier")), str(row.get("what") or "")[:60]))
    return tuple(found)


def _quantities(value: Any, text: _Text, say: Say) -> tuple[Quantity, ...]:
    found: list[Quantity] = []
    for row in _rows(value, "quantities", say):
        number, unit = _number(row.get("value")), row.get("unit")
        if number is None or not isinstance(unit, str) or not text.counts(number):
            say(f"quantity {_shown(row.get('value'))} {_shown(unit)} does not stand in the text")
            continue
        found.append(Quantity(number, unit[:60], _qualifier(row.get("qualifier"))))
    return tuple(found)


def _dates(value: Any, text: _Text, say: Say) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, date in (value if isinstance(value, Mapping) else {}).items():
        if key in get_args(DateKey) and date in text.dates:
            found[key] = date
        else:
            say(f"date {_shown(key)} {_shown(date)} does not stand in the text")
    return found


def _evidence(value: Any, text: _Text, say: Say) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for field, said in (value if isinstance(value, Mapping) else {}).items():
        given: Iterable[Any] = (said,) if isinstance(said, str) else (said if isinstance(said, Sequence) else ())
        kept = tuple(s for s in given if isinstance(s, str) and text.holds(s))
        if kept:
            found[str(field)[:40]] = kept
        elif said:
            say(f"evidence for {_shown(field)} is no sentence of the text")
    return found
