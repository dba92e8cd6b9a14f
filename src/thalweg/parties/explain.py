"""Why two names answer each other, in short words."""

from __future__ import annotations

from collections.abc import Sequence

from thalweg.parties.compare import ACRONYM, INITIALS, JOINED, SAME, SHORTENED, SOUND, SPELLING, TRANSLATED, TYPO, Pair
from thalweg.parties.features import form_differs
from thalweg.parties.lexicon import FORM, Lexicon
from thalweg.parties.name import Token
from thalweg.parties.score import Comparison

_TOLD = {
    SPELLING: "{q} is a spelling of {c}",
    TRANSLATED: "{q} stands for {c}",
    SOUND: "{q} sounds like {c}",
    JOINED: "{q} and {c} are written together on one side",
    INITIALS: "{q} and {c}: an initial",
    ACRONYM: "{q} and {c}: an acronym",
    SHORTENED: "{q} and {c}: one shortens the other",
}


def why(found: Comparison, lexicon: Lexicon) -> list[str]:
    """Return the reasons of a comparison, those that count most first."""
    told: list[str] = []
    if found.query.via:
        told.append(found.query.via)
    if found.exact:
        told.append("the same words" + (" in another order" if found.found.reordered else ""))
    elif same := [t.text for p in found.found.pairs if p.relation is SAME for t in p.query]:
        told.append(f"same: {' '.join(same)}")
    told.extend(_pair(p) for p in found.found.pairs if p.relation is not SAME)
    if found.found.query_rest:
        told.append(f"only in the query: {_words(found.found.query_rest)}")
    if found.found.listed_rest:
        told.append(f"only in the listed name: {_words(found.found.listed_rest)}")
    if form_differs(found.query, found.listed, lexicon):
        told.append(f"another legal form: {_forms(found.query.tokens)} against {_forms(found.listed.tokens)}")
    if found.listed.via:
        told.append(f"the listed name is {found.listed.via}")
    told.extend(b.why for b in found.bounds)
    return told


def _pair(pair: Pair) -> str:
    q, c = _words(pair.query), _words(pair.listed)
    if pair.relation == TYPO:
        return f"{q} and {c}: {pair.edits} letter{'s' if pair.edits > 1 else ''} apart"
    return _TOLD[pair.relation].format(q=q, c=c)


def _words(tokens: Sequence[Token]) -> str:
    return " ".join(f"{t.native} ({t.text})" if t.native else t.text for t in tokens)


def _forms(tokens: Sequence[Token]) -> str:
    return " ".join(t.text for t in tokens if t.kind == FORM)
