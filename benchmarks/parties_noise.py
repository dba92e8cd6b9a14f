"""Errors that people make in names, drawn at random: what recall is measured with.

One or two of: two neighboring letters swapped; a letter dropped; a letter doubled; a letter replaced by its neighbor on the keyboard; a
word split in two; two words joined; the words in another order; the legal form left out, added or replaced. Letters are changed in words of
four letters and more. No letter is dropped from the only word that tells a name from others.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from thalweg.parties.lexicon import FORM, PARTICLE, TITLE
from thalweg.parties.name import Name

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBORS: dict[str, str] = {}
for _r, _row in enumerate(_ROWS):
    for _i, _c in enumerate(_row):
        _NEIGHBORS[_c] = (
            _row[max(0, _i - 1) : _i]
            + _row[_i + 1 : _i + 2]
            + "".join(r[_i : _i + 1] for r in (_ROWS[_r - 1 : _r] if _r else ()) + _ROWS[_r + 1 : _r + 2])
        )
FORMS = ("ltd", "llc", "co ltd", "inc", "gmbh", "corporation", "jsc", "sa")

Words = list[str]
Error = Callable[[Words, random.Random], bool]


def letters(name: Name) -> int:
    """Return how many letters a name has without its legal form."""
    return sum(len(t.text) for t in name.tokens if t.kind != FORM)


def _pick(words: Words, draw: random.Random, least: int = 4) -> int | None:
    found = [i for i, w in enumerate(words) if len(w) >= least]
    return draw.choice(found) if found else None


def _swap(words: Words, draw: random.Random) -> bool:
    i = _pick(words, draw)
    if i is None:
        return False
    word = words[i]
    places = [k for k in range(len(word) - 1) if word[k] != word[k + 1]]
    if not places:
        return False
    k = draw.choice(places)
    words[i] = word[:k] + word[k + 1] + word[k] + word[k + 2 :]
    return True


def _drop(words: Words, draw: random.Random) -> bool:
    if sum(len(w) >= 4 for w in words) < 2:
        return False
    i = _pick(words, draw)
    if i is None:
        return False
    k = draw.randrange(len(words[i]))
    words[i] = words[i][:k] + words[i][k + 1 :]
    return True


def _double(words: Words, draw: random.Random) -> bool:
    i = _pick(words, draw)
    if i is None:
        return False
    k = draw.randrange(len(words[i]))
    words[i] = words[i][: k + 1] + words[i][k:]
    return True


def _neighbor(words: Words, draw: random.Random) -> bool:
    i = _pick(words, draw)
    if i is None:
        return False
    places = [k for k, c in enumerate(words[i]) if c in _NEIGHBORS]
    if not places:
        return False
    k = draw.choice(places)
    words[i] = words[i][:k] + draw.choice(_NEIGHBORS[words[i][k]]) + words[i][k + 1 :]
    return True


def _split(words: Words, draw: random.Random) -> bool:
    i = _pick(words, draw, 6)
    if i is None:
        return False
    k = draw.randrange(2, len(words[i]) - 1)
    words[i : i + 1] = [words[i][:k], words[i][k:]]
    return True


def _join(words: Words, draw: random.Random) -> bool:
    if len(words) < 2:
        return False
    i = draw.randrange(len(words) - 1)
    words[i : i + 2] = [words[i] + words[i + 1]]
    return True


def _order(words: Words, draw: random.Random) -> bool:
    if len(set(words)) < 2:
        return False
    before = list(words)
    while words == before:
        draw.shuffle(words)
    return True


ERRORS: dict[str, Error] = {
    "swap": _swap,
    "drop": _drop,
    "double": _double,
    "neighbor": _neighbor,
    "split": _split,
    "join": _join,
    "order": _order,
    "form": lambda _words, _draw: True,
}


def noisy(name: Name, draw: random.Random) -> tuple[str, tuple[str, ...]]:
    """Return a name with one or two errors, and which."""
    words = [t.text for t in name.tokens if t.kind != FORM]
    forms = [" ".join(t.text for t in name.tokens if t.kind == FORM)]
    done: list[str] = []
    wanted = draw.choice((1, 2))
    person = name.person is True
    for _ in range(50):
        if len(done) == wanted:
            break
        kind = draw.choice(list(ERRORS))
        if kind in done or (kind == "form" and person):
            continue
        if kind == "form":
            forms = [""] if forms[0] and draw.random() < 0.5 else [draw.choice(FORMS)]  # what stood is left out or another put in its place
        elif not ERRORS[kind](words, draw):
            continue
        done.append(kind)
    return " ".join([*words, *forms]).strip(), tuple(done)


__all__ = ["ERRORS", "FORM", "PARTICLE", "TITLE", "letters", "noisy"]
