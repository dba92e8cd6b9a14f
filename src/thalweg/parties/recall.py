"""Recall: for readings of queries, the listed names that share their words or words close to them.

What a word finds is kept, so that the next name that holds it need not look again; the words of many names are looked up together.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from thalweg.parties.compare import edits_allowed, edits_joined, relate
from thalweg.parties.index import CANDIDATES, Found, Index, Postings, groups
from thalweg.parties.lexicon import FORM, MINOR
from thalweg.parties.name import Name, Token, is_short_form

SHORTEST_JOINED: Final = 5
"""Words joined are looked for from this many letters."""
JOINED_SHARE: Final = 0.95
"""What words written together on one side share."""
KEPT: Final = 4_000_000
"""Names held in the answers that are kept from query to query, over all words."""
_OPPOSITE: Final = {"r": "e", "e": "r"}
_NOTHING: Final = (np.zeros(0, np.int32), np.zeros(0, np.float32))
_LIMITS: Final = np.array([edits_allowed(n) for n in range(256)], np.int64)

Windowed = tuple[int, int, float, str]
"""Where words stand in a query, how many, their weight, and their letters as one word."""


def candidates(index: Index, name: Name, limit: int = CANDIDATES) -> Found:
    """Return the names that share most with a reading, best first, and how much they share (0 to 1)."""
    return next(candidates_of(index, [name], limit))


def candidates_of(index: Index, names: Sequence[Name], limit: int = CANDIDATES) -> Iterator[Found]:
    """Yield the candidates of each reading; the words of all are looked up first."""
    joined = [list(_joins(index, name)) for name in names]
    _expand(index, [t for name in names for t in name.major])
    _expand_joins(index, [j for found in joined for j in found])
    for name, found in zip(names, joined, strict=True):
        yield _best(index, name, found, limit)


def _best(index: Index, name: Name, joined: Sequence[Windowed], limit: int) -> Found:
    major = set(name.major)
    places: list[Found] = [index.expanded[t] if t in major else _NOTHING for t in name.tokens]
    windows: list[tuple[int, int, Found]] = []
    for start, size, weight, text in joined:
        found = index.expanded_joins[text]
        if len(found[0]):
            windows.append((start, start + size, (found[0], np.minimum(found[1], np.float32(weight)))))
    every, shared = _summed(index, places, windows)
    if not len(every):
        return _NOTHING
    shared = np.minimum(2 * shared / (sum([t.weight for t in name.major]) + index.name_weights[every]), 1)
    if len(every) > limit:
        best = np.argpartition(shared, len(shared) - limit)[-limit:]
        every, shared = every[best], shared[best]
    order = np.lexsort((every, -shared))
    return every[order], shared[order]


def _summed(index: Index, places: Sequence[Found], windows: Iterable[tuple[int, int, Found]]) -> Found:
    """Return each name once, with the sum over the places of a query.

    At each place the best answer counts; words joined count where they say more than the same words apart. In what a word found, a name may
    stand twice, the better value last: an assignment by index keeps the last.
    """
    mark, total, best = _scratch(len(index.names))
    touched: list[NDArray[np.int32]] = []
    for names, values in places:
        if len(names):
            total[names] += values
            touched.append(names)
    for start, end, (names, values) in windows:
        apart = np.zeros(len(names), np.float32)
        for others, worth in places[start:end]:
            best[others] = worth
            apart += best[names]
            best[others] = 0
        more = values > apart
        if more.any():
            raised = names[more]
            total[raised] += values[more] - apart[more]
            touched.append(names)
    if not touched:
        return _NOTHING
    every = np.concatenate(touched)
    order = np.arange(len(every), dtype=np.int32)
    mark[every] = order
    every = every[mark[every] == order]
    shared = total[every]
    total[every] = 0
    return every, shared


_local: Final = threading.local()

Scratch = tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]


def _scratch(size: int) -> Scratch:
    """Return arrays as long as the names, the last two of zeros; whoever writes to these puts zeros back."""
    kept: Scratch | None = getattr(_local, "arrays", None)
    if kept is None or len(kept[0]) < size:
        kept = (np.zeros(size, np.int32), np.zeros(size, np.float32), np.zeros(size, np.float32))
        _local.arrays = kept
    return kept


# ---------------------------------------------------------------- words


def _expand(index: Index, tokens: Iterable[Token]) -> None:
    """Find the names that hold words which answer each token."""
    fresh = [t for t in dict.fromkeys(tokens) if t not in index.expanded]
    if not fresh:
        return
    texts = list(dict.fromkeys([w for t in fresh for w in (t.text, *t.others)]))
    around = dict(zip(texts, index.near.around(texts), strict=True))
    who: list[int] = []
    words: list[int] = []
    sounds: list[bool] = []
    known: list[tuple[int, int, float]] = []
    for place, token in enumerate(fresh):
        alike = index.by_sound.get(token.sound, ())
        near = {int(index.surfaces[n]) for text in (token.text, *token.others) for n in around[text]}
        near.update(alike)
        if token.others or token.code or token.native or token.bones:
            known.extend(_related(index, place, token, near | _grouped(index, token)))
            continue
        known.extend(_related(index, place, token, _grouped(index, token) | (near & index.special)))
        near -= index.special
        who.extend([place] * len(near))
        words.extend(near)
        sounds.extend([n in alike for n in near] if alike else [False] * len(near))
    mine, listed, values = _closeness(index, fresh, who, words, sounds)
    mine = np.concatenate([mine, np.array([k[0] for k in known], np.int64)])
    listed = np.concatenate([listed, np.array([k[1] for k in known], np.int64)])
    values = np.concatenate([values, np.array([k[2] for k in known], np.float32)])
    weights = np.array([t.weight for t in fresh], np.float32)[mine]
    long = [place for place, t in enumerate(fresh) if len(t.text) >= SHORTEST_JOINED and t.kind not in MINOR]
    as_parts = [(p, n) for p, found in zip(long, index.near_joined.around([fresh[p].text for p in long]), strict=True) for n in found]
    _store(
        index,
        fresh,
        index.expanded,
        [
            (index.holders, mine, listed, values * np.minimum(weights, index.weights[listed])),
            (index.joined, *_joined_closeness([t.text for t in fresh], as_parts, index.joined_texts, index.joined_weights)),
        ],
    )


def _grouped(index: Index, token: Token) -> set[int]:
    """Return the listed words that are written otherwise but stand for the same."""
    found: set[int] = set(index.by_text.get(token.text, ()))
    for text in token.others:
        found.update(index.by_text.get(text, ()))
    for group in groups(token):
        found.update(index.by_group.get(group, ()))
        if other := _OPPOSITE.get(group[0]):
            found.update(index.by_group.get(other + group[1:], ()))
    return found


def _related(index: Index, place: int, token: Token, numbers: Iterable[int]) -> Iterator[tuple[int, int, float]]:
    for number in numbers:
        listed = index.tokens[number]
        if listed.text == token.text:
            yield place, number, 1.0
        elif (pair := relate(token, listed)) is not None:
            yield place, number, pair.closeness


def _closeness(
    index: Index, fresh: Sequence[Token], who: list[int], words: list[int], sounds: list[bool]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Return how close plain words are, by the same measure as :func:`thalweg.parties.compare.relate`."""
    mine, listed = np.array(who, np.int64), np.array(words, np.int64)
    if not who:
        return mine, listed, np.zeros(0, np.float32)
    apart = cpdist([fresh[i].text for i in who], [index.texts[n] for n in words], scorer=OSA.distance, dtype=np.int32)
    lengths, others = np.array([len(t.text) for t in fresh])[mine], index.lengths[listed]
    longest, shortest = np.maximum(lengths, others), np.minimum(lengths, others)
    share = 1 - apart / longest
    typo = np.where((apart <= _LIMITS[np.minimum(longest, 255)]) & (apart * 2 <= shortest), share, 0)
    sound = np.where(np.array(sounds) & (apart * 2 <= longest), np.maximum(share, 0.93), 0)
    values = np.maximum(typo, sound)
    kept = values > 0
    return mine[kept], listed[kept], values[kept].astype(np.float32)


Flat = tuple[Postings, NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]
"""Postings, and in them: for whom, which word, and what it is worth."""


def _store(index: Index, keys: Sequence[Any], into: dict[Any, Found], flats: Sequence[Flat]) -> None:
    """Keep the names that each key found, the better value last where a name stands twice."""
    owners, names, values = [], [], []
    for postings, who, words, worth in flats:
        start = postings.starts[words].astype(np.int64)
        count = postings.starts[words + 1] - start
        at = np.arange(int(count.sum())) + np.repeat(start - (np.cumsum(count) - count), count)
        names.append(postings.names[at])
        owners.append(np.repeat(who, count))
        values.append(np.repeat(worth, count))
    owner, name, value = np.concatenate(owners), np.concatenate(names), np.concatenate(values)
    order = np.lexsort((value, owner))
    owner, name, value = owner[order], name[order], value[order]
    ends = np.searchsorted(owner, np.arange(len(keys) + 1))
    index.kept += len(name)
    if index.kept > KEPT:
        index.expanded.clear()
        index.expanded_joins.clear()
        index.kept = len(name)
    for place, key in enumerate(keys):
        into[key] = (name[ends[place] : ends[place + 1]], value[ends[place] : ends[place + 1]])


# ---------------------------------------------------------------- words written apart or together


def _joins(index: Index, name: Name) -> Iterator[Windowed]:
    """Return words that neighboring words make up when joined, and all of a short name."""
    tokens = name.tokens
    for size in (2, 3):
        for place in range(len(tokens) - size + 1):
            window = tokens[place : place + size]
            if any([t.kind == FORM and not is_short_form(t) for t in window]) or all([t.kind in MINOR for t in window]):
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


def _expand_joins(index: Index, joined: Iterable[Windowed]) -> None:
    """Find the names that hold as one word, or in other parts, what the query writes in several."""
    texts = [text for text in dict.fromkeys([text for *_, text in joined]) if text not in index.expanded_joins]
    if not texts:
        return
    as_parts = [(place, n) for place, found in enumerate(index.near_joined.around(texts)) for n in found]
    as_one = [(place, int(index.surfaces[n])) for place, found in enumerate(index.near.around(texts)) for n in found]
    _store(
        index,
        texts,
        index.expanded_joins,
        [
            (index.joined, *_joined_closeness(texts, as_parts, index.joined_texts, index.joined_weights)),
            (index.holders, *_joined_closeness(texts, as_one, index.texts, index.weights)),
        ],
    )


def _joined_closeness(
    texts: Sequence[str], pairs: Sequence[tuple[int, int]], listed: Sequence[str], weights: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Return what words share with words written together, by the limits that hold when names are compared: a slip counts too."""
    who, words = np.array([p for p, _ in pairs], np.int64), np.array([n for _, n in pairs], np.int64)
    if not pairs:
        return who, words, np.zeros(0, np.float32)
    mine, theirs = [texts[p] for p, _ in pairs], [listed[n] for _, n in pairs]
    apart = cpdist(mine, theirs, scorer=OSA.distance, dtype=np.int32)
    length = np.array([max(len(a), len(b)) for a, b in zip(mine, theirs, strict=True)])
    limit = np.array([edits_joined(n) for n in range(256)])[np.minimum(length, 255)]
    kept = apart <= limit
    share = np.where(apart > 0, 1 - 2 * apart / length, JOINED_SHARE)[kept].astype(np.float32)
    return who[kept], words[kept], share * weights[words[kept]]
