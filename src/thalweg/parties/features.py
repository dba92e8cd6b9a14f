"""What is measured on two names laid side by side: the features that a score is made of, each with its reason.

The weight of each stands in `scoring.csv`, one for persons and one for organizations; :mod:`thalweg.parties.fit` puts it there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from thalweg.parties.compare import INITIALS, SAME, Alignment
from thalweg.parties.lexicon import FORM, NUMBER, PLACE, Lexicon
from thalweg.parties.name import Name, Token

Values = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """One measure and why it tells names apart. ``sign`` is the way its weight must point, 0 for either."""

    name: str
    sign: int
    reason: str


FEATURES: Final = (
    Feature("shared", 1, "Rare words in common say more than frequent ones; past two rare words nothing is added."),
    Feature("query_left", -1, "A word of the query that no listed word answers tells of another party."),
    Feature("listed_left", -1, "A listed word that the query lacks does too, though people leave out middle names and branches."),
    Feature("left_unlike", -1, "What is left over on both sides may be one word far misspelled, or two words that have nothing in common."),
    Feature("misspelled", -1, "The more letters of one word differ, the less it is a slip."),
    Feature("edits", -1, "So do slips in several words: letters that differ over letters compared."),
    Feature("letters", 0, "The same share of slips means less in a long name."),
    Feature("place_left", -1, "A place on one side only tells branches, universities and institutes apart."),
    Feature("form_differs", -1, "Legal forms of two kinds belong to two companies."),
    Feature("initial", 0, "An initial answers many names."),
    Feature("crossed", -1, "Many names of another script are written alike in Latin letters."),
)  # fmt: skip
NAMES: Final = tuple(f.name for f in FEATURES)

ENOUGH: Final = 2.0
"""Two rare words in common are as good as ten."""


def measure(query: Name, listed: Name, found: Alignment, lexicon: Lexicon) -> Values:
    """Return the values of the features, in their order."""
    query_left = sum([t.weight for t in found.query_rest])
    listed_left = sum([t.weight for t in found.listed_rest])
    shared = query_matched = listed_matched = worst = 0.0
    edits = letters = 0
    initial = crossed = 0.0
    foreign = any([t.foreign for t in query.major]) or any([t.foreign for t in listed.major])
    for pair in found.pairs:
        if pair.relation is SAME and not foreign:
            weight, other_weight, length = pair.query[0].weight, pair.listed[0].weight, len(pair.query[0].text)
            query_matched += weight
            listed_matched += other_weight
            shared += min(weight, other_weight)
            letters += length
            continue
        mine = theirs = 0.0
        length = other = 0
        for token in pair.query:
            mine += token.weight
            length += len(token.text)
        for token in pair.listed:
            theirs += token.weight
            other += len(token.text)
        query_matched += mine
        listed_matched += theirs
        shared += pair.closeness * (min(theirs, mine))
        length = max(length, other)
        letters += length
        if pair.edits:
            edits += pair.edits
            worst = max(worst, pair.edits / length)
        if pair.relation is INITIALS:
            initial = 1.0
        if foreign and any([t.foreign for t in pair.query]) != any([t.foreign for t in pair.listed]):
            crossed = 1.0
    unlike = 0.0
    if found.query_rest and found.listed_rest:
        mine_left, theirs_left = _joined(found.query_rest), _joined(found.listed_rest)
        unlike = float(OSA.normalized_distance(mine_left, theirs_left))
    return (
        min(shared, ENOUGH),
        query_left / ((query_left + query_matched) or 1.0),
        listed_left / ((listed_left + listed_matched) or 1.0),
        unlike,
        worst,
        edits / (letters or 1),
        math.log(letters or 1),
        float(_any(found.query_rest, PLACE) or _any(found.listed_rest, PLACE)),
        float(form_differs(query, listed, lexicon)),
        initial,
        crossed,
    )


def _joined(tokens: Sequence[Token]) -> str:
    return tokens[0].text if len(tokens) == 1 else "".join([t.text for t in tokens])


def _any(tokens: Sequence[Token], kind: int) -> bool:
    return any([t.kind == kind for t in tokens])


def number_differs(found: Alignment) -> bool:
    """Say whether each name has a number that the other lacks."""
    return _any(found.query_rest, NUMBER) and _any(found.listed_rest, NUMBER)


def form_differs(query: Name, listed: Name, lexicon: Lexicon) -> bool:
    """Say whether both names have a legal form and these are of different kinds; Company and the like are of none."""
    mine = {lexicon.form_kinds.get(t.code, "company") for t in query.tokens if t.kind == FORM} - _NO_KIND
    if not mine:
        return False
    theirs = {lexicon.form_kinds.get(t.code, "company") for t in listed.tokens if t.kind == FORM} - _NO_KIND
    return bool(theirs) and mine.isdisjoint(theirs)


_NO_KIND: Final = frozenset(("company",))
