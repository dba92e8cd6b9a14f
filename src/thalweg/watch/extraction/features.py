"""What a linear model reads in a text: its words, its pairs of words and its marks; see :mod:`thalweg.watch.extraction.weights`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from thalweg.watch.extraction.marks import Marked

HEAD: Final = 6
"""Sentences that are read."""
_PLACE: Final = (1.0, 0.7, 0.7, 0.4, 0.4, 0.4)
_WORD: Final = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]")
_ENDING: Final = re.compile(r"(?:ations?|ments?|ings?|edly|ed|es|s|ly)$")
_LONGEST: Final = 8
_GIVEN: Final = 3.0
"""The weight of the kind of event as a feature of its measure and its certainty."""


def features(sentences: Sequence[Marked]) -> dict[str, float]:
    """Return what the head of a text holds: its words, its pairs of words and its marks, each by where it stands first."""
    found: dict[str, float] = {}
    for at, marked in enumerate(sentences[:HEAD]):
        place = _PLACE[at]
        for name in features_of(marked):
            if found.get(name, 0.0) < place:
                found[name] = place
            if at == 0 and name[0] != "b":
                found["t" + name] = 1.0
    return found


def features_of(marked: Marked) -> Iterable[str]:
    """Return the features of one sentence: w: a word, b: a pair of words, m: a mark."""
    words = _words(marked)
    return (*(f"w:{w}" for w in words), *(f"b:{a} {b}" for a, b in pairwise(words)), *(f"m:{m}" for m in marked.marks))


def given(base: Mapping[str, float], event: str, tense: Sequence[str]) -> dict[str, float]:
    """Return the features of a measure or a certainty: the kind of event beside what the text holds, and its tense."""
    found = {name: value for name, value in base.items() if name[0] != "b"}
    found[f"e:{event}"] = _GIVEN
    for at, form in enumerate(tense):
        found[f"x{at}:{form}"] = 1.0
        found[f"x{at}:{form} {event}"] = 1.0
    return found


def _words(marked: Marked) -> list[str]:
    """Return the stems of a sentence; what is named stands as its kind, so that no party and no state is learned."""
    text, found, at = marked.sentence.lower, [], 0
    for name in marked.names:
        if name.start < at:
            continue
        found += [_stem(w) for w in _WORD.findall(text[at : name.start])]
        found.append(f"<{name.value.kind}>")
        at = name.end
    found += [_stem(w) for w in _WORD.findall(text[at:])]
    return found


def _stem(word: str) -> str:
    if not word.isalpha():
        return "#"
    if len(word) > 5:
        word = _ENDING.sub("", word)
    elif len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return word[:_LONGEST]
