"""How a word sounds: a key that spellings of one name in different romanizations share."""

from __future__ import annotations

import re
from typing import Final

_STEPS: Final = (
    ("tsch", "c"), ("tch", "c"), ("sch", "s"), ("dzh", "j"), ("dj", "j"), ("zh", "j"), ("sh", "s"), ("cz", "c"), ("ch", "c"),
    ("ph", "f"), ("kh", "h"), ("gh", "g"), ("th", "t"), ("dh", "d"), ("bh", "b"), ("ts", "s"), ("tz", "s"), ("hs", "s"), ("ck", "k"),
    ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ie", "i"), ("ei", "i"), ("ey", "i"), ("ay", "i"), ("ai", "i"), ("ae", "i"), ("ya", "ia"),
    ("ye", "i"), ("yu", "iu"), ("yo", "iu"),
)  # fmt: skip
_LETTERS: Final = str.maketrans({"q": "k", "w": "v", "z": "s", "x": "s", "o": "u", "e": "i", "y": "i"})
_SOFT_C: Final = re.compile("c(?=[iey])")
_SEMIVOWEL: Final = re.compile("j(?![aeiouy])")
_SILENT_H: Final = re.compile("(?<=.)h")
_DOUBLE: Final = re.compile(r"(.)\1+")
_VOWELS: Final = re.compile("[aeiouyvw]")
_CONSONANTS: Final = (
    ("tch", "c"), ("sch", "s"), ("sh", "s"), ("ch", "c"), ("kh", "x"), ("gh", "g"), ("th", "t"), ("dh", "d"), ("zh", "j"), ("ph", "f"),
    ("ck", "k"), ("q", "k"), ("z", "s"), ("p", "b"), ("d", "d"),
)  # fmt: skip


def sound(word: str) -> str:
    """Return the key of a word: romanizations of one name mostly share it, and some different words do too."""
    if len(word) < 3 or not word.isalpha():
        return word
    word = _SEMIVOWEL.sub("i", word) if "j" in word else word
    for written, key in _STEPS:
        if written in word:
            word = word.replace(written, key)
    word = _SILENT_H.sub("", word).translate(_LETTERS)
    return _DOUBLE.sub(r"\1", word)


def skeleton(word: str) -> str:
    """Return the consonants of a word, as scripts without vowels write them; w, v and y count as vowels there."""
    for written, key in _CONSONANTS:
        if written in word:
            word = word.replace(written, key)
    return _DOUBLE.sub(r"\1", _VOWELS.sub("", word))
