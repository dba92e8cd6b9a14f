"""The least fixed point: from the listed parties on, a party is marked once marked owners hold the threshold of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

NEVER: Final = -1


class Marks(NamedTuple):
    """In which round each party was marked, the listed in round 0 and others never (-1); and what marked owners hold of it, in units."""

    round: list[int]
    held: list[int]


def spread(
    listed: Iterable[int], owns: Sequence[Sequence[int]], weight: Callable[[int, int], int], threshold: int, outside: Sequence[bool]
) -> Marks:
    """Mark by rounds until nothing changes; percentages are never multiplied.

    Rounds make the answer the same in whatever order the holdings stand. `weight` gives what an owner holds of a party; a party
    `outside` is not marked unless it is listed.
    """
    rounds = [NEVER] * len(owns)
    held = [0] * len(owns)
    frontier = list(dict.fromkeys(listed))
    for party in frontier:
        rounds[party] = 0
    turn = 0
    while frontier:
        turn += 1
        reached: list[int] = []
        for owner in frontier:
            for owned in owns[owner]:
                before = held[owned]
                held[owned] = after = before + weight(owner, owned)
                if before < threshold <= after and rounds[owned] == NEVER and not outside[owned]:
                    reached.append(owned)
        for party in reached:
            rounds[party] = turn
        frontier = reached
    return Marks(rounds, held)
