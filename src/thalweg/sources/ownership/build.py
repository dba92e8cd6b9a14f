"""Building a graph from the statements of a register: parties by number, named so that no two are taken for one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from thalweg.evidence import BadInput
from thalweg.nouns.ownership import OwnedParty, OwnershipEdge, OwnershipGraph
from thalweg.sources.ownership.contract import MOST_CHARACTERS


@dataclass(slots=True)
class Builder:
    """Gathers the parties and holdings of one source, and counts what it leaves out, by what it was."""

    names: dict[str, str] = field(default_factory=dict)
    countries: dict[str, str] = field(default_factory=dict)
    edges: list[OwnershipEdge] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def graph(self) -> OwnershipGraph:
        """Return the graph: a party is called by its name where no other has it, else by name and number, else by number.

        Raises:
            BadInput: a name or a number is far too long.
        """
        used = dict.fromkeys(n for e in self.edges for n in (e.owner, e.owned))
        for said in (t for i in used for t in (i, self.names.get(i, "")) if len(t) > MOST_CHARACTERS):
            raise BadInput(f"a party's name or number {said[:40]!r}... has {len(said):,} characters; {MOST_CHARACTERS:,} at most")
        common = Counter(self.names[i] for i in used if i in self.names)
        called = {i: self._called(i, common) for i in used}
        return OwnershipGraph(
            edges=tuple(OwnershipEdge(called[e.owner], called[e.owned], e.share, e.start, e.end) for e in self.edges),
            parties={called[i]: OwnedParty(self.countries.get(i, ""), self.names.get(i, "")) for i in used},
            notes=tuple(f"{what}: {count:,}" for what, count in self.left_out.items()),
            ids={i: called[i] for i in used if i != called[i]},
        )

    def _called(self, identity: str, common: Counter[str]) -> str:
        name = self.names.get(identity, "")
        if not name:
            return identity
        return name if common[name] == 1 and name not in self.names else f"{name} ({identity})"


def text_of(value: object) -> str:
    """Return a text without spaces at its ends; empty for anything else."""
    return value.strip() if isinstance(value, str) else ""


def as_list(value: object) -> Iterable[object]:
    """Return a list as it is, nothing as an empty one, and anything else as a list of it."""
    if isinstance(value, list):
        return value
    return () if value is None else (value,)


__all__ = ["Builder", "as_list", "text_of"]
