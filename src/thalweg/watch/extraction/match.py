"""Finding many phrases in a sentence at once: by the first word and then word by word, in time linear in the sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from thalweg.watch.extraction.text import HAN, Sentence

T = TypeVar("T")
_WORD: Final = re.compile(r"[^\W_\u3400-\u4dbf\u4e00-\u9fff]+")
_VOWELS: Final = frozenset("aeiou")
_LONGEST: Final = 12
"""Words that a phrase may have; a longer one is cut when the lexicon is built."""
_APART: Final = frozenset(
    (" ", "-", ".", ". ", "/", "&", " & ", "'", "' ", "", " - ", "%", "% ", " '", "·", "-'", '" ', ' "', "." + "'", ".-", ",-")
)
"""What may stand between two words of one phrase."""
_SHORT: Final = 5
"""A name of capitals up to this length is matched in capitals only."""


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What was found, from where to where in the sentence, in characters, and its words."""

    value: T
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Phrase(Generic[T]):
    rest: tuple[str, ...]
    value: T
    comma: bool
    exact: str
    """The letters that must stand in the text as they are here; empty where only the words count."""
    proper: bool


class Phrases(Generic[T]):
    """Phrases, each with a value. A Chinese phrase is found as it stands, any other word by word."""

    def __init__(self) -> None:
        self._by_word: dict[str, list[_Phrase[T]]] = {}
        self._settled: dict[str, dict[str, list[_Phrase[T]]]] = {}
        self._han: dict[str, list[T]] = {}
        self._han_pattern: re.Pattern[str] | None = None

    def add(self, phrase: str, value: T, *, proper: bool = False, exact: bool = False) -> None:
        """Add a phrase.

        Args:
            phrase: the words.
            value: what finding it yields.
            proper: a name: begins with a capital in the text.
            exact: the letters must stand as they are.
        """
        if HAN.search(phrase):
            self._han.setdefault(phrase.lower(), []).append(value)
            self._han_pattern = None
            return
        words = tuple(m.group() for m in _WORD.finditer(phrase.lower()))[:_LONGEST]
        if not words:
            return
        letters = "".join(c for c in phrase if c.isalnum())
        capitals = letters.isupper() and len(letters) <= _SHORT and letters.isalpha()
        row = _Phrase(words[1:], value, "," in phrase, letters if exact or capitals else "", proper)
        rows = self._by_word.setdefault(words[0], [])
        if row not in rows:
            rows.append(row)

    def settle(self) -> None:
        """Order the phrases so that the longest is tried first, by their first word and then by their second."""
        for word, rows in self._by_word.items():
            by_second: dict[str, list[_Phrase[T]]] = {}
            for row in sorted(rows, key=lambda r: -len(r.rest)):
                by_second.setdefault(row.rest[0] if row.rest else "", []).append(row)
            self._settled[word] = by_second
        if self._han:
            longest = sorted(self._han, key=len, reverse=True)
            self._han_pattern = re.compile("|".join(re.escape(p) for p in longest))

    def longest(self, sentence: Sentence) -> list[Found[T]]:
        """Return what is found from left to right, the longest first, without overlaps."""
        found: list[Found[T]] = []
        words, size, at = sentence.words, len(sentence.words), 0
        while at < size:
            step = 1
            for row in self._candidates(words, at, size):
                end = at + len(row.rest)
                if end < size and self._stands(row, sentence, at, end):
                    found.append(Found(row.value, sentence.spans[at][0], sentence.spans[end][1], at, end))
                    step = len(row.rest) + 1
                    break
            at += step
        if sentence.han and self._han_pattern is not None:
            for match in self._han_pattern.finditer(sentence.lower):
                word = _word_at(sentence, match.start())
                found.append(Found(self._han[match.group()][0], match.start(), match.end(), word, word))
            found.sort(key=lambda f: f.start)
        return found

    def every(self, sentence: Sentence) -> list[Found[T]]:
        """Return all that is found, overlaps too."""
        found: list[Found[T]] = []
        words, size = sentence.words, len(sentence.words)
        for at in range(size):
            for row in self._candidates(words, at, size):
                end = at + len(row.rest)
                if end < size and self._stands(row, sentence, at, end):
                    found.append(Found(row.value, sentence.spans[at][0], sentence.spans[end][1], at, end))
        if sentence.han and self._han:
            for phrase, values in self._han.items():
                start = sentence.lower.find(phrase)
                while start >= 0:
                    found.extend(Found(v, start, start + len(phrase), 0, 0) for v in values)
                    start = sentence.lower.find(phrase, start + len(phrase))
        return found

    def _candidates(self, words: tuple[str, ...], at: int, size: int) -> Iterable[_Phrase[T]]:
        """Return the phrases that begin with a word and go on with the next, then those of the word alone."""
        by_second = self._settled.get(words[at])
        if by_second is None:
            return ()
        alone = by_second.get("", ())
        longer = by_second.get(words[at + 1]) if at + 1 < size else None
        return (*longer, *alone) if longer else alone

    @staticmethod
    def _stands(row: _Phrase[T], sentence: Sentence, at: int, end: int) -> bool:
        if row.rest:
            if sentence.words[at + 1 : end + 1] != row.rest:
                return False
            spans = sentence.spans
            for i in range(at, end):
                apart = sentence.text[spans[i][1] : spans[i + 1][0]]
                if apart not in _APART and not (row.comma and apart == ", "):
                    return False
        start = sentence.spans[at][0]
        if row.exact and not sentence.shouted:
            letters = "".join(c for c in sentence.text[start : sentence.spans[end][1]] if c.isalnum())
            return letters == row.exact
        return not row.proper or sentence.text[start].isupper() or sentence.text[start].isdigit()


def _word_at(sentence: Sentence, start: int) -> int:
    for i, span in enumerate(sentence.spans):
        if span[1] > start:
            return i
    return max(0, len(sentence.spans) - 1)


def forms(phrase: str) -> Iterable[str]:
    """Return a phrase with each `verb~` in its regular forms."""
    if "~" not in phrase:
        return (phrase,)
    parts = phrase.split()
    at = next(i for i, part in enumerate(parts) if part.endswith("~"))
    verb = parts[at][:-1]
    return tuple(" ".join((*parts[:at], form, *parts[at + 1 :])) for form in _conjugated(verb))


def _conjugated(verb: str) -> tuple[str, ...]:
    if verb.endswith("e"):
        return (verb, verb + "s", verb + "d", verb[:-1] + "ing")
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return (verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing")
    if verb.endswith(("s", "x", "ch", "sh")):
        return (verb, verb + "es", verb + "ed", verb + "ing")
    if len(verb) < 5 and len(verb) > 2 and verb[-1] not in _VOWELS | {"w", "x", "y"} and verb[-2] in _VOWELS and verb[-3] not in _VOWELS:
        return (verb, verb + "s", verb + verb[-1] + "ed", verb + verb[-1] + "ing", verb + "ed", verb + "ing")
    return (verb, verb + "s", verb + "ed", verb + "ing")
