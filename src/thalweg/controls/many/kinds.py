"""What the rules of a pack can tell apart in a column: stretches of days, cells of numbers, names that some list or set holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from thalweg.controls.program import Rulebook
from thalweg.nouns import name_key
from thalweg.pack.language import walk

_OTHER: Final = "(on no list)"
_LONGEST: Final = 400
_CEILING: Final = 1e12
"""Numbers up to here are valid in every column that is cut into cells; others stand for themselves."""


class Kinds:
    """Reduces values to what can change an answer. Two rows with equal reductions have equal answers."""

    def __init__(self, book: Rulebook) -> None:
        self.pack = book.pack
        self.days = sorted(self._turning_days(book))
        self.numbers = self._thresholds()
        named = any(n == ["fact", "name"] for n in self._nodes())
        self._held = None if named else {*self.pack.listed_by_key, *(k for s in self.pack.sets.values() for k in s.members)}

    def name(self, text: Any) -> Any:
        """Return the matching key of a name that some list or set holds; one value for all others."""
        if self._held is None or not isinstance(text, str) or len(text) > _LONGEST:
            return text
        if not text.strip():
            return None
        key = name_key(text.strip())
        return key if key in self._held else _OTHER

    def nested(self, value: Any) -> Any:
        """Reduce the names in an exporter, a party, an owner, or a list of them."""
        if isinstance(value, Mapping):
            return {k: self.name(v) if k == "name" else self.nested(v) if k == "owners" else v for k, v in value.items()}
        if isinstance(value, list):
            return [self.nested(v) for v in value]
        return value

    def _nodes(self) -> Iterable[Any]:
        for rule in self.pack.rules.values():
            for version in rule.versions:
                for ast in (version.when, version.unless):
                    if ast:
                        yield from walk(ast)

    def _turning_days(self, book: Rulebook) -> set[int]:
        days = {*book.breakpoints, self.pack.covers_from.toordinal()}
        for listings in self.pack.listed_by_key.values():
            for listing in listings:
                days.update((listing.start, listing.end, *listing.footnotes.values()))
        for node in self._nodes():
            if node[0] in ("cmp", "in") and ["fact", "transaction_date"] in node:
                literals = [n[1] for n in node if isinstance(n, list) and n[:1] == ["lit"]]
                literals += node[2] if node[0] == "in" else []
                days.update(d + more for d in literals for more in (0, 1))
        return days

    def _thresholds(self) -> dict[str, list[float]]:
        """Return the literals of each number that rules only compare with literals; a number in a sum is left as it is."""
        edges: dict[str, set[float]] = {f.name: set() for f in self.pack.facts.values() if f.type == "number" and f.of == "transaction"}
        summed: set[str] = set()
        for node in self._nodes():
            if node[0] == "in" and node[1][0] == "fact":
                edges.get(node[1][1], set()).update(node[2] if node[1][1] in edges else ())
            elif node[0] == "cmp":
                sides = (node[2], node[3])
                literals = [s[1] if s[0] == "lit" else self.pack.parameters[s[1]] for s in sides if s[0] in ("lit", "param")]
                facts = [s[1] for s in sides if s[0] == "fact"]
                if len(literals) == 1 and len(facts) == 1:
                    if facts[0] in edges:
                        edges[facts[0]].add(float(literals[0]))
                else:
                    summed.update(n[1] for s in sides for n in walk(s) if n[0] == "fact")
        return {name: sorted(found) for name, found in edges.items() if name not in summed}

    def ceiling(self) -> float:
        """Return the largest number that is surely valid."""
        return _CEILING
