"""Sums that tell rows apart: two 64-bit sums of mixed multiples of small codes, by factors that depend on what a column holds."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import numpy as np

Hash = np.ndarray[Any, np.dtype[np.uint64]]


@lru_cache(maxsize=65_536)
def _factors(label: tuple[Any, ...]) -> Hash:
    """Return the two odd factors of a column by what it holds, so that sums of different frames can be compared."""
    digest = hashlib.blake2b(repr(label).encode(), digest_size=16).digest()
    return np.frombuffer(digest, dtype=np.uint64) | np.uint64(1)


class Sums:
    """Two sums a row; columns of zeros leave them as they are."""

    def __init__(self, height: int) -> None:
        self.height = height
        self._one = np.zeros(height, dtype=np.uint64)
        self._two = np.zeros(height, dtype=np.uint64)

    @property
    def of(self) -> Hash:
        """Return the sums, shape (rows, 2)."""
        return np.stack([self._one, self._two], axis=1)

    def add(self, column: Any, *label: Any) -> None:
        """Add a column of codes."""
        if column.strides == (0,):
            column = column[:1]
        if column.any():
            self.add_at(slice(None), column, *label)

    def add_at(self, at: Any, codes: Any, *label: Any) -> None:
        """Add codes to the sums of some rows; a code of zero adds nothing."""
        factor = _factors(label)
        mixed = codes.astype(np.uint64) * factor[0]
        mixed ^= mixed >> np.uint64(29)
        self._one[at] += mixed * factor[1]
        mixed ^= mixed >> np.uint64(32)
        mixed *= factor[0]
        self._two[at] += mixed

    def fold(self, at: Any, other: Hash, *label: Any) -> None:
        """Add other sums to those of some rows."""
        for column in (0, 1):
            self.add_at(at, other[:, column], "sums", column, *label)


def distinct(sums: Hash) -> tuple[Any, Any]:
    """Return the first row of each pair of sums that occurs, and which of these every row has."""
    _, first, group = np.unique(sums[:, 0], return_index=True, return_inverse=True)
    if (sums[first, 1][group] != sums[:, 1]).any():  # two pairs that share one sum: by both, which is slower
        pairs = np.ascontiguousarray(sums).view([("a", np.uint64), ("b", np.uint64)]).reshape(-1)
        _, first, group = np.unique(pairs, return_index=True, return_inverse=True)
    return first, group


def keys(sums: Hash) -> list[tuple[int, int]]:
    """Return sums as keys."""
    return list(zip(sums[:, 0].tolist(), sums[:, 1].tolist(), strict=True))
