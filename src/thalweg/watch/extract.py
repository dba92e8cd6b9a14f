"""The events that a document tells of, the main one first; pure, and the same for the same text, day and lexicon."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from thalweg.nouns.news import Document, Event, EventType, Status
from thalweg.watch.extraction.actors import actors
from thalweg.watch.extraction.certainty import SAID_BY, status_of
from thalweg.watch.extraction.clusters import clusters, is_short
from thalweg.watch.extraction.dated import dated, later_than
from thalweg.watch.extraction.dates import dates
from thalweg.watch.extraction.features import features
from thalweg.watch.extraction.items import items
from thalweg.watch.extraction.kind import Kind
from thalweg.watch.extraction.lexicon import Lexicon, load_lexicon
from thalweg.watch.extraction.marks import Marked, marked, spoken
from thalweg.watch.extraction.roles import countries
from thalweg.watch.extraction.settle import certainty as settled_certainty
from thalweg.watch.extraction.settle import measure as settled_measure
from thalweg.watch.extraction.text import cleaned, sentences
from thalweg.watch.extraction.worth import amounts, quantities
from thalweg.watch.standing import OF_RULE, decides, denial, of_comments, proposal, proposes, suspends

__all__ = ["Lexicon", "extract", "load_lexicon"]

EXTRACTOR: Final = "rules-5"
"""The version of the extractor; it changes with what the same text yields."""


_OF_AUTHORITY: Final = frozenset(("regulation", "listing", "guidance", "licence", "enforcement", "de_escalation"))


def extract(document: Document, lexicon: Lexicon) -> tuple[Event, ...]:
    """Return the events that a document tells of, the main one first; none where it is about something else.

    Args:
        document: its text is plain; its title counts as the first sentence. Only what its sentences support is filled.
        lexicon: see :func:`load_lexicon`.
    """
    title, text = cleaned(document.title), cleaned(document.text)
    read = [marked(sentence, lexicon) for sentence in sentences(title, text)]
    if read and _authority(document, lexicon):
        read[0] = spoken(read[0])
    weighed = is_short(read)
    return tuple(
        _event(document, kind, told, at, lexicon, weighed=weighed and at == 0) for at, (kind, told) in enumerate(clusters(read, lexicon))
    )


def _event(document: Document, kind: Kind, told: Sequence[Marked], at: int, lexicon: Lexicon, *, weighed: bool) -> Event:
    holds = features(told) if weighed else {}
    measure = settled_measure(kind.event, told, holds, lexicon)
    spans = [(m, dates(m.sentence, document.published)) for m in told]
    provisional = dated(spans, kind.event, "official_final", document)
    later = later_than(provisional, document.published)
    certainty = settled_certainty(kind.event, told, holds, document, lexicon, later=later)
    when = dated(spans, kind.event, certainty, document)
    if "effective" in when and _no_effect(when["effective"], document):
        when = {key: value for key, value in when.items() if key != "effective"}
        later = later_than(when, document.published)
    if at == 0 and kind.event in ("regulation", "licence") and suspends(*_opening(document, read=told)):
        measure = "suspension"
    who = actors(told, kind.event, lexicon)
    what = items(told, kind.event)
    makers = _makers(told, kind.event)
    publisher = _authority(document, lexicon) if at == 0 and kind.event in _OF_AUTHORITY else ""
    where, where_said = countries(told, kind.event, measure, [a for a, _ in who], list(dict.fromkeys(makers)), publisher)
    money = amounts(told, lexicon)
    counted = quantities(told, spans, lexicon)
    act = tuple(m.sentence.text for m in kind.sentences[:2])
    evidence: dict[str, tuple[str, ...]] = {
        "event_type": act,
        "measure_type": act[:1],
        "certainty": tuple(m.sentence.text for m in told if m.has(*SAID_BY.get(certainty, ())))[:1] or act[:1],
        "status": act[:1],
        "actors": _once(s for _, s in who),
        "countries": _once(where_said.values()),
        "items": _once(s for _, s in what),
        "amounts": _once(a.sentence for a in money),
        "quantities": _once(q.sentence for q in counted),
        "dates": _once(s for _, s in when.values()),
    }
    return Event(
        key=hashlib.sha256(f"{document.id}\0{at}\0{kind.event}".encode()).hexdigest()[:20],
        document=document.id,
        headline=_headline(document, kind, told, at),
        event_type=kind.event,
        measure_type=measure,
        certainty=certainty,
        status=_status(status_of(kind.event, measure, certainty, told, later=later), kind.event, document, told, at),
        actors=tuple(a for a, _ in who),
        countries=where,
        items=tuple(i for i, _ in what),
        amounts=tuple(a.value for a in money),
        quantities=tuple(q.value for q in counted),
        dates={key: value for key, (value, _) in when.items()},
        contradicts=(denied,) if at == 0 and kind.event in OF_RULE and (denied := denial(*_opening(document, read=told))) else (),
        evidence=_filled(evidence),
    )


def _status(read: Status, event: EventType, document: Document, told: Sequence[Marked], at: int) -> Status:
    """Return how far an event has come: what the source states goes before what the text says, and a denial brings nothing about."""
    if event not in OF_RULE or at:
        return read
    opening = _opening(document, read=told)
    if denial(*opening):
        return "announced"
    stated = proposal(document.facts, document.text)
    if stated is None and not (read == "proposed" and decides(*opening)):
        return "proposed" if proposes(*opening) and read in ("announced", "published", "in_force") else read
    if stated:
        return "proposed"
    return "announced" if read == "proposed" else read


def _opening(document: Document, *, read: Sequence[Marked]) -> tuple[str, str]:
    """Return the title of a document, and the first sentence that tells of its event."""
    return cleaned(document.title), read[0].sentence.text if read else ""


def _no_effect(stated: tuple[str, str], document: Document) -> bool:
    """Say whether a day that was read as that of the effect is none: the end of comments, which the source may state beside the text."""
    day, sentence = stated
    facts = document.facts
    if facts.get("effective_on") == day:
        return False
    return day == facts.get("comments_close_on") or of_comments(sentence)


def _authority(document: Document, lexicon: Lexicon) -> str:
    """Return the country of the authority that itself publishes the document, if one does."""
    line = sentences(document.publisher[:80], "")
    if not line:
        return ""
    names = lexicon.names.longest(line[0])
    return next((n.value.country for n in names if n.value.kind == "agency" and n.value.role == "imposer" and n.start == 0), "")


def _makers(told: Sequence[Marked], event: str) -> list[str]:
    """Return the countries of the makers of what the text is about: of the items that it names, else of the firm that it speaks of."""
    near = told[:2] if event in ("regulation", "guidance", "legislation") else told
    made = [n.value.origin for m in near for n in m.names if n.value.kind in ("chip", "item") and n.value.origin]
    if made or event not in ("diversion_report", "supply_deal", "enforcement", "corporate_disclosure"):
        return made
    return [n.value.origin for m in told[:2] for n in m.names if n.value.kind == "company" and n.value.origin not in ("", "CN")][:1]


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _filled(evidence: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {field: texts for field, texts in evidence.items() if texts}


def _headline(document: Document, kind: Kind, told: Sequence[Marked], at: int) -> str:
    if at == 0 and document.title.strip():
        return cleaned(document.title).replace("\n", " ")
    return (kind.sentences[0] if kind.sentences else told[0]).sentence.text[:200]
