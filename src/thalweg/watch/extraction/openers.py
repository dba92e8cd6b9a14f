"""Sentences that open another matter: "Separately, ...", or another state that does another kind of act."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from thalweg.watch.extraction.kind import by_rules, scores
from thalweg.watch.extraction.lexicon import Lexicon
from thalweg.watch.extraction.marks import Marked

_APART: Final = re.compile(
    r"^(?:Separately|Elsewhere|In other news|In (?:a|an) (?:separate|unrelated|different|further|parallel|distinct)\b|In separate\b|"
    r"Unrelated(?:ly)?\b|On (?:a|another) (?:separate|different|front)\b|In another (?:case|matter|move|step|development|decision|"
    r"action|ruling|announcement)\b|Also on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|The same day\b|On the same day\b)"
    r"|^(?:另外|此外|另据)[，,]"
)
"""What opens another matter, whatever follows."""
_MEANWHILE: Final = re.compile(
    r"^(?:Meanwhile|In the meantime|At the same time|For its part|Across the|Over in|In (?:Beijing|Washington|Brussels|The Hague|"
    r"Tokyo|Seoul|Taipei|London),)\b|^(?:与此同时|同时)[，,]"
)
"""What opens another matter where an act follows."""
STRONG: Final = 6.0
"""The least score at which a sentence without such words opens another matter."""


def opens(marked: Marked) -> bool:
    """Whether a sentence says that it turns to another matter."""
    text = marked.sentence.text
    return not marked.sentence.title and (_APART.match(text) is not None or _MEANWHILE.match(text) is not None)


def apart(read: Sequence[Marked], lexicon: Lexicon) -> list[list[Marked]]:
    """Return the sentences of a text by matter, the first with the title; what is set apart and tells of no act is left out.

    A sentence after one that opens another matter belongs to that, up to the end of its paragraph, unless it names a party of the first
    matter and none of the other.
    """
    first: list[Marked] = []
    others: list[list[Marked]] = []
    current, paragraph = first, 0
    for marked in read:
        if current is not first and (marked.sentence.paragraph != paragraph or _returns(marked, first, current)):
            current = first
        turned = bool(first) and (opens(marked) or _another(marked, first, lexicon))
        if turned and (_APART.match(marked.sentence.text) or by_rules([marked], lexicon) is not None):
            current = []
            others.append(current)
            paragraph = marked.sentence.paragraph
        current.append(marked)
    return [first, *(other for other in others if by_rules(other, lexicon) is not None)]


def _parties(sentences: Sequence[Marked]) -> set[str]:
    return {n.value.name for m in sentences for n in m.names if n.value.kind in ("company", "person", "agency")}


def _returns(marked: Marked, first: Sequence[Marked], current: Sequence[Marked]) -> bool:
    named = _parties([marked])
    return not named.isdisjoint(_parties(first)) and named.isdisjoint(_parties(current))


def _another(marked: Marked, first: Sequence[Marked], lexicon: Lexicon) -> bool:
    """Whether another state, named first, does an act of another kind than all that stands before tells of."""
    if marked.sentence.title or not marked.has("first_agency") or len(first) < 2:
        return False
    actor = next((n.value for n in marked.names if n.value.kind == "agency"), None)
    if actor is None or actor.country in {n.value.country for m in first for n in m.names if n.value.kind in ("agency", "state")}:
        return False
    told = scores(marked.marks, lexicon)
    best = max(told, key=lambda e: told[e], default="")
    known = by_rules(first, lexicon)
    return bool(best) and told[best] >= STRONG and known is not None and known.event != best
