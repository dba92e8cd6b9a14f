"""Recall: for readings of queries, the listed names that share their words or words close to them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thalweg.parties.found import NOTHING, SHORTEST_JOINED, found_by_joins, found_by_words
from thalweg.parties.index import CANDIDATES, Found, Index
from thalweg.parties.lexicon import FORM
from thalweg.parties.name import Name, Token

Windowed = tuple[int, int, float, str]
"""Where words stand in a query, how many, their weight, and their letters as one word."""


class Candidates(NamedTuple):
    """Names worth a closer look, best first: the share in common (0 to 1), its weight, and the weight of the query that is answered."""

    names: NDArray[np.int32]
    shared: NDArray[np.float32]
    held: NDArray[np.float32]
    answered: NDArray[np.float32]


_NONE: Final = Candidates(np.zeros(0, np.int32), *[np.zeros(0, np.float32)] * 3)


def candidates(index: Index, name: Name, limit: int = CANDIDATES) -> Candidates:
    """Return the names that share most with a reading."""
    return next(candidates_of(index, [name], limit))


def candidates_of(index: Index, names: Sequence[Name], limit: int = CANDIDATES) -> Iterator[Candidates]:
    """Yield the candidates of each reading; the words of all are looked up first."""
    joined = [list(_joins(index, name)) for name in names]
    by_word = found_by_words(index, [t for name in names for t in name.major])
    by_join = found_by_joins(index, [text for several in joined for *_, text in several])
    for name, several in zip(names, joined, strict=True):
        yield _best(index, name, several, by_word, by_join, limit)


def _best(
    index: Index, name: Name, joined: Sequence[Windowed], by_word: Mapping[Token, Found], by_join: Mapping[str, Found], limit: int
) -> Candidates:
    major = set(name.major)
    places: list[Found] = [by_word[t] if t in major else NOTHING for t in name.tokens]
    windows: list[tuple[int, int, Found]] = []
    for start, size, weight, text in joined:
        found = by_join[text]
        if len(found[0]):
            windows.append((start, start + size, (found[0], np.minimum(found[1], np.float32(weight)))))
    weights = [t.weight if t in major else 0.0 for t in name.tokens]
    every, held, answered = _summed(index, places, weights, windows)
    if not len(every):
        return _NONE
    shared = np.minimum(2 * held / (sum(weights) + index.name_weights[every]), 1)
    most = np.argpartition(shared, len(shared) - limit)[-limit:] if len(shared) > limit else np.arange(len(shared))
    order = most[np.lexsort((every[most], -shared[most]))]
    return Candidates(every[order], shared[order], held[order], answered[order])


def _summed(
    index: Index, places: Sequence[Found], weights: Sequence[float], windows: Sequence[tuple[int, int, Found]]
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
    """Return each name once, with what it shares over the places of a query, and the weight of the places that it answers.

    At each place the best answer counts; words joined count where they say more than the same words apart. In what a word found, a name may
    stand twice, the better value last: an assignment by index keeps the last.
    """
    common = _common(places, weights)
    rare = [i for i, (names, _) in enumerate(places) if len(names) and i not in common]
    found = [places[i][0] for i in rare] + [names for _, _, (names, _) in windows]
    if not found:
        return _NONE.names, _NONE.held, _NONE.held
    place_of, scratch = _scratch(len(index.names))
    names = found[0] if len(found) == 1 else np.concatenate(found)
    order = np.arange(len(names), dtype=np.int32)
    place_of[names] = order
    every = names[place_of[names] == order]
    place_of[every] = order[: len(every)]
    parts = [place_of[f] for f in found]
    values = np.zeros((len(places), len(every)), np.float32)
    for place, where in zip(rare, parts, strict=False):
        values[place, where] = places[place][1]
    for place in common:
        names, worth = places[place]
        scratch[names] = worth
        values[place] = scratch[every]
        scratch[names] = 0
    said = np.array(weights, np.float32)
    held, answered = values.sum(axis=0), said @ (values > 0)
    for (start, end, (_, together)), where in zip(windows, parts[len(rare) :], strict=True):
        apart = values[start:end, where]
        more = together - apart.sum(axis=0)
        better = np.flatnonzero(more > 0)
        if len(better):
            held[where[better]] += more[better]
            answered[where[better]] += said[start:end] @ (apart[:, better] <= 0)
    return every, held, answered


_local: Final = threading.local()


def _scratch(size: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return arrays as long as the names, the second of zeros; whoever writes to it puts zeros back."""
    kept: tuple[NDArray[np.int32], NDArray[np.float32]] | None = getattr(_local, "arrays", None)
    if kept is None or len(kept[0]) < size:
        kept = _local.arrays = (np.zeros(size, np.int32), np.zeros(size, np.float32))
    return kept


def _common(places: Sequence[Found], weights: Sequence[float]) -> frozenset[int]:
    """Return the places of words so common that they only add to what rarer words find: a name that answers these alone is far off."""
    found = frozenset(i for i, (names, _) in enumerate(places) if len(names) > COMMON)
    return found if sum([weights[i] for i in found]) < LITTLE * sum(weights) else frozenset()


COMMON: Final = 600
"""Names that hold a word or one close to it, from which it is common."""
LITTLE: Final = 0.5
"""The share of a query's weight which is too little to be looked at."""


def _joins(index: Index, name: Name) -> Iterator[Windowed]:
    """Return words that neighboring words make up when joined, and all of a short name."""
    tokens = name.tokens
    for size in (2, 3):
        for place in range(len(tokens) - size + 1):
            window = tokens[place : place + size]
            if any([t.kind == FORM and not t.loose for t in window]) or all([t.minor for t in window]):
                continue
            text = "".join([t.text for t in window])
            if len(text) >= SHORTEST_JOINED:
                yield place, size, sum([t.weight for t in window]), text
    yield from _turned(index, tokens)
    whole = [t for t in tokens if t.kind != FORM]
    if 3 < len(whole) < 6:
        yield 0, len(tokens), sum([t.weight for t in whole]), "".join([t.text for t in whole])


def _turned(index: Index, tokens: Sequence[Token]) -> Iterator[Windowed]:
    """Return two words of a short query joined the other way round, where one of them is no listed word."""
    held = [i for i, t in enumerate(tokens) if t.kind != FORM]
    if not 1 < len(held) < 4:
        return
    for i in held:
        for j in held:
            if j == i + 1 or i == j or (tokens[i].text in index.by_text and tokens[j].text in index.by_text):
                continue
            text = tokens[i].text + tokens[j].text
            if len(text) >= SHORTEST_JOINED:
                yield min(i, j), abs(i - j) + 1, tokens[i].weight + tokens[j].weight, text
