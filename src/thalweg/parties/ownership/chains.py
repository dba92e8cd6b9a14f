"""Chains of holdings as text: from a listed party down to the one asked about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

LONGEST: Final = 12
"""Holdings that a chain shows at most; of a longer one the middle is left out, and counted."""

HEAD: Final = 3


class Chains:
    """Writes chains. Parties are settled from the listed ones on, so that a chain of a hundred thousand costs no more than its ends."""

    def __init__(self, names: Sequence[str], said: Callable[[int, int], str]) -> None:
        self._names = names
        self._said = said
        self._via: dict[int, int] = {}
        self._depth: dict[int, int] = {}
        self._text: dict[int, str] = {}

    def root(self, party: int) -> None:
        """Start chains at a listed party."""
        self._depth[party] = 0
        self._text[party] = self._names[party]

    def through(self, owner: int, owned: int) -> str:
        """Return the chain to a party through one of its owners, which is settled already."""
        hop = f" -{self._said(owner, owned)}-> {self._names[owned]}"
        depth = self._depth[owner] + 1
        if depth <= LONGEST:
            return self._text[owner] + hop
        above = self._via[owner]
        tail = f"{self._names[above]} -{self._said(above, owner)}-> {self._names[owner]}{hop}"
        return f"{self._head(owner)} ... ({depth - HEAD - 3:,} more) ... {tail}"

    def settle(self, owned: int, owner: int) -> None:
        """Let chains that go on from a party come through this owner."""
        self._depth[owned] = depth = self._depth[owner] + 1
        self._via[owned] = owner
        self._text[owned] = self.through(owner, owned) if depth <= LONGEST else self._head(owner)

    def _head(self, party: int) -> str:
        """Return the first holdings of the chain to a party that lies deep."""
        text = self._text[party]
        if self._depth[party] <= LONGEST:
            while self._depth[party] > HEAD:
                party = self._via[party]
            text = self._text[party]
        return text
