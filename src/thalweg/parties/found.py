"""What words find: for a word of a query, the listed names that hold it, or a word that answers it.

It is kept, so that the next name that holds the word need not look again; the words of many names are looked up together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from thalweg.parties.compare import edits_allowed, edits_joined, relate
from thalweg.parties.index import Found, Index, Postings, groups
from thalweg.parties.name import Token

Longs = NDArray[np.int64]

SHORTEST_JOINED: Final = 5
"""Words joined are looked for from this many letters."""
JOINED_SHARE: Final = 0.95
"""What words written together on one side share."""
KEPT: Final = 10_000_000
"""Names held in the answers that are kept from query to query, over all words."""
NOTHING: Final[Found] = (np.zeros(0, np.int32), np.zeros(0, np.float32))
_OPPOSITE: Final = {"r": "e", "e": "r"}
_ALLOWED: Final = np.array([edits_allowed(n) for n in range(256)], np.int64)
_ALLOWED_JOINED: Final = np.array([edits_joined(n) for n in range(256)], np.int64)


def found_by_words(index: Index, tokens: Iterable[Token]) -> dict[Token, Found]:
    """Return the names that hold words which answer each token, and how much they share; a better answer stands later."""
    wanted = dict.fromkeys(tokens)
    held = {t: f for t in wanted if (f := index.expanded.get(t)) is not None}
    fresh = [t for t in wanted if t not in held]
    if not fresh:
        return held
    texts = [t.text for t in fresh]
    plain = np.array([not (t.others or t.code or t.bones) for t in fresh], np.bool_)
    who, near = _near(index, fresh)
    closely = plain[who] & ~index.special[near]
    mine, listed, values = _closeness(index, fresh, who[closely], near[closely])
    known = list(_otherwise(index, fresh, zip(who[~closely].tolist(), near[~closely].tolist(), strict=True)))
    mine = np.concatenate([mine, np.array([k[0] for k in known], np.int64)])
    listed = np.concatenate([listed, np.array([k[1] for k in known], np.int64)])
    values = np.concatenate([values, np.array([k[2] for k in known], np.float32)])
    weights = np.array([t.weight for t in fresh], np.float32)[mine]
    long = np.array([p for p, t in enumerate(fresh) if len(t.text) >= SHORTEST_JOINED and not t.minor], np.int64)
    place, joined = index.near_joined.around([texts[p] for p in long.tolist()])
    as_parts = _joined_closeness(texts, long[place] if len(long) else place, joined, index.joined_texts, index.joined_weights)
    flats = [(index.holders, mine, listed, values * np.minimum(weights, index.weights[listed])), (index.joined, *as_parts)]
    return held | _kept(index, fresh, index.expanded, flats)


def _near(index: Index, fresh: Sequence[Token]) -> tuple[Longs, Longs]:
    """Return pairs of a token and a listed word that is close in its letters or sounds alike, each once."""
    texts = [(place, text) for place, t in enumerate(fresh) for text in (t.text, *t.others)]
    place, surface = index.near.around([text for _, text in texts])
    who = np.array([p for p, _ in texts], np.int64)[place]
    sounds = np.array([index.sound_ids.get(t.sound, -1) for t in fresh], np.int64)
    hears = np.flatnonzero(sounds >= 0)
    owner, at = _spread(index.alike.starts, sounds[hears])
    pairs = np.concatenate([who, hears[owner]]) << 32
    pairs |= np.concatenate([index.surfaces[surface], index.alike.names[at]]).astype(np.int64)
    pairs.sort()
    if len(pairs):
        pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])]
    return pairs >> 32, pairs & 0xFFFFFFFF


def _otherwise(index: Index, fresh: Sequence[Token], near: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, float]]:
    """Yield pairs that more than letters decides: those at hand, and words that are written otherwise but stand for the same."""
    pairs = dict.fromkeys(near)
    for place, token in enumerate(fresh):
        for text in (token.text, *token.others):
            pairs.update(dict.fromkeys([(place, n) for n in index.by_text.get(text, ())]))
        for group in groups(token):
            pairs.update(dict.fromkeys([(place, n) for n in index.by_group.get(group, ())]))
            if other := _OPPOSITE.get(group[0]):
                pairs.update(dict.fromkeys([(place, n) for n in index.by_group.get(other + group[1:], ())]))
    for place, number in pairs:
        token, listed = fresh[place], index.tokens[number]
        if listed.text == token.text:
            yield place, number, 1.0
        elif (pair := relate(token, listed)) is not None:
            yield place, number, pair.closeness


def _closeness(index: Index, fresh: Sequence[Token], who: Longs, words: Longs) -> tuple[Longs, Longs, NDArray[np.float32]]:
    """Return how close plain words are, by the same measure as :func:`thalweg.parties.compare.relate`."""
    if not len(who):
        return who, words, np.zeros(0, np.float32)
    texts = [t.text for t in fresh]
    apart = cpdist([texts[i] for i in who.tolist()], [index.texts[n] for n in words.tolist()], scorer=OSA.distance, dtype=np.int32)
    mine, theirs = np.array([len(t) for t in texts])[who], index.lengths[words]
    longest, shortest = np.maximum(mine, theirs), np.minimum(mine, theirs)
    share = 1 - apart / longest
    typo = np.where((apart <= _ALLOWED[np.minimum(longest, 255)]) & (apart * 2 <= shortest), share, 0)
    sounds = np.array([index.sound_ids.get(t.sound, -1) if len(t.sound) > 1 else -1 for t in fresh])[who] == index.sounds[words]
    sound = np.where(sounds & (apart * 2 <= longest), np.maximum(share, 0.93), 0)
    values = np.maximum(typo, sound)
    kept = values > 0
    return who[kept], words[kept], values[kept].astype(np.float32)


def found_by_joins(index: Index, texts: Iterable[str]) -> dict[str, Found]:
    """Return the names that hold as one word, or in other parts, what a query writes in several."""
    wanted = dict.fromkeys(texts)
    held = {t: f for t in wanted if (f := index.expanded_joins.get(t)) is not None}
    fresh = [t for t in wanted if t not in held]
    if not fresh:
        return held
    place, number = index.near_joined.around(fresh)
    as_parts = _joined_closeness(fresh, place, number, index.joined_texts, index.joined_weights)
    place, number = index.near.around(fresh)
    as_one = _joined_closeness(fresh, place, index.surfaces[number], index.texts, index.weights)
    return held | _kept(index, fresh, index.expanded_joins, [(index.joined, *as_parts), (index.holders, *as_one)])


def _joined_closeness(
    texts: Sequence[str], who: Longs, words: NDArray[Any], listed: Sequence[str], weights: NDArray[np.float32]
) -> tuple[Longs, Longs, NDArray[np.float32]]:
    """Return what words share with words written together, by the limits of comparing names: a slip counts beside the joining."""
    if not len(who):
        return who, words.astype(np.int64), np.zeros(0, np.float32)
    mine, theirs = [texts[p] for p in who.tolist()], [listed[n] for n in words.tolist()]
    apart = cpdist(mine, theirs, scorer=OSA.distance, dtype=np.int32)
    length = np.array([max(len(a), len(b)) for a, b in zip(mine, theirs, strict=True)])
    kept = apart <= _ALLOWED_JOINED[np.minimum(length, 255)]
    share = np.where(apart > 0, 1 - 2 * apart / length, JOINED_SHARE)[kept].astype(np.float32)
    return who[kept], words[kept].astype(np.int64), share * weights[words[kept]]


def _spread(starts: NDArray[np.int32], words: Longs) -> tuple[Longs, Longs]:
    """Return for each posting of some words the place of its word among them, and its own place."""
    start = starts[words].astype(np.int64)
    count = starts[words + 1] - start
    owner = np.repeat(np.arange(len(words)), count)
    return owner, np.arange(len(owner)) + np.repeat(start - (np.cumsum(count) - count), count)


Flat = tuple[Postings, Longs, Longs, NDArray[np.float32]]
"""Postings, and in them: for whom, which word, and what it is worth."""


def _kept(index: Index, keys: Sequence[Any], into: dict[Any, Found], flats: Sequence[Flat]) -> dict[Any, Found]:
    """Return the names that each key found, the better value last where a name stands twice, and keep them."""
    owners, names, values = [], [], []
    for postings, who, words, worth in flats:
        owner, at = _spread(postings.starts, words)
        names.append(postings.names[at])
        owners.append(who[owner])
        values.append(worth[owner])
    owner, name, value = np.concatenate(owners), np.concatenate(names), np.concatenate(values)
    order = np.lexsort((value, owner))
    owner, name, value = owner[order], name[order], value[order]
    ends = np.searchsorted(owner, np.arange(len(keys) + 1)).tolist()
    found = {key: (name[ends[i] : ends[i + 1]], value[ends[i] : ends[i + 1]]) for i, key in enumerate(keys)}
    index.kept += len(name)
    if index.kept > KEPT:
        index.expanded.clear()
        index.expanded_joins.clear()
        index.kept = len(name)
    into.update(found)
    return found
