"""Words within two edits of a word, by the words that both become when letters are left out.

Each word is stored under the hashes of itself and of itself with one or two letters left out, in one sorted array of
64-bit values: 32 bits of hash above 32 bits of number. Two words one substitution, insertion, omission or swap apart share a
word with one letter left out. A hash is a sum over letters and places, so that the hash of a word with letters left out follows
from sums over its beginning, and the zeros after a shorter word add nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
LONGEST: Final = 24
"""Words are hashed by their first letters, this many."""

TOGETHER: Final = 4096
"""Words that are hashed at a time."""

_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT: Final = np.uint64(32)
_ABOVE: Final = np.uint64(1 << 32)
_LOW: Final = np.uint64((1 << 32) - 1)
_POWERS: Final = np.array([pow(0x9E3779B97F4A7C15, n, 1 << 64) for n in range(LONGEST)], np.uint64)


def letters(words: Sequence[str]) -> NDArray[np.uint8]:
    """Return the letters of words as rows of bytes, zeros after the last."""
    packed = np.array([w[:LONGEST].encode("ascii", "replace") for w in words], dtype="S")
    return packed.view(np.uint8).reshape(len(words), -1)


def _folded(values: U64) -> U64:
    """Return 32 well-mixed bits above 32 empty ones."""
    return ((values ^ (values >> np.uint64(29))) * _MIX >> _SHIFT) << _SHIFT


@lru_cache(maxsize=LONGEST + 1)
def _pairs(length: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.triu_indices(length, 1)


def _sums(block: U64, skip: int) -> U64:
    """Return the sums of the letters after the first ``skip``, each moved as many places to the left, up to each letter."""
    width = block.shape[1]
    found = np.zeros((len(block), width - skip + 1), np.uint64)
    np.cumsum(block[:, skip:] * _POWERS[: width - skip], axis=1, out=found[:, 1:])
    return found


def hashes(rows: NDArray[np.uint8], *, one: bool, two: bool) -> U64:
    """Return the hashes of words whole and, where asked, with one and with two letters left out: a row a word."""
    block = rows.astype(np.uint64)
    width = block.shape[1]
    whole = _sums(block, 0)
    found = [whole[:, -1:]]
    if one:
        moved = _sums(block, 1) if width > 1 else np.zeros((len(block), 1), np.uint64)
        # without letter k: those before it as they are, those after it one place to the left
        found.append(whole[:, :width] + (moved[:, -1:] - moved))
    if two and width > 1:
        twice = _sums(block, 2) if width > 2 else np.zeros((len(block), 1), np.uint64)
        k, m = _pairs(width)
        # without letters k < m: before k as they are, between one to the left, after m two to the left
        found.append(whole[:, k] + (moved[:, m - 1] - moved[:, k]) + (twice[:, -1:] - twice[:, m - 1]))
    return _folded(np.concatenate(found, axis=1) if len(found) > 1 else found[0])


@lru_cache(maxsize=4096)
def _kept(lengths: tuple[int, ...], width: int, deep_from: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the hashes that count, as rows and columns: none past the end of a word, none of short words, two letters of long ones."""
    _k, m = _pairs(width)
    length = np.array(lengths)[:, None]
    one = (np.arange(width) < length) & (length >= 3)
    two = (m < length) & (length >= deep_from)
    rows, columns = np.nonzero(np.concatenate([np.ones((len(lengths), 1), np.bool_), one, two], axis=1))
    return rows, columns


class Nearby:
    """Words by their hashes: long ones are found two edits away, those of three letters and more one edit away."""

    def __init__(self, words: Sequence[str], deep_from: int) -> None:
        """Index words; those of at least ``deep_from`` letters are found within two edits."""
        self.deep_from = deep_from
        self.table = self._table(words) if words else np.zeros(0, np.uint64)
        bits = max(1, len(self.table).bit_length())
        self.shift = np.uint64(64 - bits)
        counts = np.bincount((self.table >> self.shift).astype(np.intp), minlength=1 << bits)
        self.starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)

    def _table(self, words: Sequence[str]) -> U64:
        """Return the hashes with the numbers of words, sorted, each once; made some thousands of words at a time to hold little memory."""
        rows = letters(words)
        lengths = np.count_nonzero(rows, axis=1)
        each = 1 + np.where(lengths >= 3, lengths, 0) + np.where(lengths >= self.deep_from, lengths * (lengths - 1) // 2, 0)
        table = np.empty(int(each[lengths > 0].sum()), np.uint64)
        end = 0
        for length in np.unique(lengths[lengths > 0]).tolist():
            every = np.flatnonzero(lengths == length)
            for start in range(0, len(every), TOGETHER):
                which = every[start : start + TOGETHER]
                found = hashes(rows[which, :length], one=length >= 3, two=length >= self.deep_from)
                found |= which.astype(np.uint64)[:, None]
                table[end : end + found.size] = found.ravel()
                end += found.size
        table.sort()
        return table if len(table) < 2 else table[np.concatenate([[True], table[1:] != table[:-1]])]

    def around(self, words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return pairs of the place of a word and the number of an indexed word that may be within one or two edits; a few are further.

        They come in order, each once.
        """
        none = np.zeros(0, np.int64)
        if not (words and len(self.table)):
            return none, none
        rows = letters(words)
        word, place = _kept(tuple(np.count_nonzero(rows, axis=1).tolist()), rows.shape[1], self.deep_from)
        sought = hashes(rows, one=True, two=True)[word, place]
        # the values in the bucket of each hash, then those whose hash is the same
        bucket = (sought >> self.shift).astype(np.intp)
        start = self.starts[bucket]
        count = self.starts[bucket + 1] - start
        which = np.repeat(np.arange(len(sought)), count)
        at = np.arange(len(which)) + np.repeat(start - (np.cumsum(count) - count), count)
        values = self.table[at]
        hit = (values ^ sought[which]) < _ABOVE
        pairs = (word[which[hit]].astype(np.uint64) << _SHIFT) | (values[hit] & _LOW)
        pairs.sort()
        if len(pairs):
            pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])]
        return (pairs >> _SHIFT).astype(np.int64), (pairs & _LOW).astype(np.int64)
