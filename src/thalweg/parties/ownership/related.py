"""Who owns a listed party by the threshold or more, and what it owns beside it: no rule covers these, and diligence is called for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal, NamedTuple

MOST_STEPS: Final = 64
"""Holdings that are followed up from a listed party, and down from a parent."""


class Related(NamedTuple):
    """A party that is a parent of a listed one, or a sister under a parent; parties by number."""

    party: int
    kind: Literal["parent", "sister"]
    listed: int
    parent: int


def related(
    listed: Iterable[int],
    above: Callable[[int], Sequence[int]],
    below: Callable[[int], Sequence[int]],
    spared: Callable[[int], bool],
) -> list[Related]:
    """Return parents and sisters of listed parties, each once: under the first listed party that leads to it.

    Args:
        listed: the listed parties whose entries count.
        above: the owners that hold the threshold or more of a party, or may.
        below: the parties of which an owner holds the threshold or more.
        spared: says whether a party is left out, because it is listed or covered itself or may be.
    """
    found: dict[int, Related] = {}
    heads = {party: party for party in listed}
    for parent, child in _spread(list(heads), above):
        heads.setdefault(parent, heads[child])
        if not spared(parent):
            found[parent] = Related(parent, "parent", heads[parent], parent)
    tops = {parent: parent for parent in found}
    for sister, owner in _spread(list(tops), lambda party: [n for n in below(party) if not spared(n)]):
        tops.setdefault(sister, tops[owner])
        if sister not in found:
            found[sister] = Related(sister, "sister", found[tops[sister]].listed, tops[sister])
    return list(found.values())


def _spread(start: Sequence[int], step: Callable[[int], Sequence[int]]) -> Iterable[tuple[int, int]]:
    """Yield each party reached, with the one it was reached from, in rounds."""
    seen, frontier = set(start), list(start)
    for _ in range(MOST_STEPS):
        reached: dict[int, int] = {}
        for party in frontier:
            for other in step(party):
                if other not in seen:
                    reached.setdefault(other, party)
        if not reached:
            return
        seen.update(reached)
        yield from reached.items()
        frontier = list(reached)
