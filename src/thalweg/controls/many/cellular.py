"""Facts as cells: numbers among the thresholds of rules, places by the groups that rules of their days ask of, names by their entries."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from thalweg.controls.many.columns import Codes, Columns, Items, Readings, Slot
from thalweg.controls.many.law import Law
from thalweg.controls.many.sums import Hash, Sums
from thalweg.controls.many.turns import terms
from thalweg.nouns import name_key

_CHART_PLACES: Final = frozenset(("MO", "CN", "RU", "VE"))
"""Places that :mod:`thalweg.controls.chart` names."""
_ALWAYS: Final = frozenset(("activity", "destination", "subject_to_ear", "eccn", "kind"))
_KEPT: Final = 64


class Cellular:
    """Reduces items, transactions and parties to what the rules of a stretch of law can tell apart, fact by fact."""

    def __init__(self, law: Law) -> None:
        self.law = law
        facts = law.pack.facts
        self.reads: list[frozenset[str]] = []
        self.tests: list[dict[str, set[tuple[str, str]]]] = []
        for epoch in range(law.tables.epochs):
            acting = [v for r in law.rules for v in r.versions if v.guards["enforced"][epoch] or v.guards["text"][epoch]]
            self.reads.append(frozenset(n for v in acting for n in v.facts) | _ALWAYS)
            self.tests.append({})
            for version in acting:
                for fact, asked in version.cut.tests.items():
                    self.tests[epoch].setdefault(fact, set()).update(asked)
        self.read = frozenset().union(*self.reads)
        self.whole = self._whole()
        """Facts whose value itself counts: those in sums over the item, the transaction or a party alone."""
        self.of_party = sorted(n for n in self.read if n in facts and facts[n].of == "party" and n not in ("role", "name"))
        self._places: dict[str, Codes] = {}
        self._items: dict[int, tuple[Items, Hash]] = {}
        self._charts: dict[frozenset[str], Codes] = {}

    def _whole(self) -> frozenset[str]:
        facts = self.law.pack.facts
        sums = [frozenset(terms(s)) for r in self.law.rules for v in r.versions for s in v.cut.sums]
        return frozenset().union(*(s for s in sums if len({facts[n].of for n in s}) == 1))

    def transaction(self, columns: Columns, epochs: Codes) -> Hash:
        """Return the sums of the transaction of each row."""
        sums = Sums(columns.height)
        sums.add(epochs, "stretch")
        for name, column in columns.tx.items():
            if name in self.read:
                sums.add(self._cells(name, column, epochs), name)
        return sums.of

    def party(self, columns: Columns, slot: Slot, epochs: Codes) -> Hash:
        """Return the sums of one party of each row."""
        sums = Sums(columns.height)
        sums.add(epochs, "stretch")
        for name in self.of_party:
            sums.add(self._cells(name, slot.facts[name], epochs), name)
        self._named(columns, slot, sums)
        sums.add(slot.exists, "there")
        return sums.of

    def _cells(self, name: str, column: Any, epochs: Codes) -> Any:
        """Return the cell of each value, from 1."""
        if self.law.pack.facts[name].type == "place":
            return self._of_places(name)[epochs, column]
        alone = column.strides == (0,)
        values = column[:1] if alone else column
        if column.dtype.kind == "f" and name in self.whole:
            found = np.nan_to_num(values, nan=-1.0).view(np.uint64)
        elif column.dtype.kind == "f":
            found = np.where(np.isnan(values), 1, self._cut(name, values) + 2)
        else:
            found = values.astype(np.int64) + 2
        return np.broadcast_to(found, column.shape) if alone else found

    def _cut(self, name: str, values: Any) -> Any:
        edges = self.law.edges[name]
        return np.searchsorted(edges, values, side="left") + np.searchsorted(edges, values, side="right")

    def _of_places(self, name: str) -> Codes:
        """Return the pattern of memberships of each place by stretch of days, the unknown place last."""
        table = self._places.get(name)
        if table is None:
            law, words, height = self.law, self.law.reader.words, len(self.law.pack.places)
            table = np.zeros((law.tables.epochs, height + 1), dtype=np.int64)
            for epoch, tests in enumerate(self.tests):
                asked = sorted(tests.get(name, ()))
                columns = [law.tables.group(g)[epoch, :-1] > 0 for kind, g in asked if kind == "group"]
                columns += [np.arange(height) == words.code(g) for kind, g in asked if kind == "is"]
                table[epoch, :-1] = _patterns(columns, height)
                table[epoch, -1] = 1
            self._places[name] = table
        return table

    def chart(self, names: frozenset[str]) -> Codes:
        """Return what the Country Chart can tell places apart by for some classes, shape (stretches, places); the unknown place last."""
        found = self._charts.get(names)
        if found is None:
            found = self._charts[names] = self._chart(names)
        return found

    def _chart(self, names: frozenset[str]) -> Codes:
        law, pack = self.law, self.law.pack
        places = list(pack.places)
        rows = [row for root in {n.split(".", maxsplit=1)[0] for n in names} for row in pack.reasons.get(root, ())]
        named = {d.removeprefix("!") for row in rows for d in row.destinations}
        charted = [pack.chart.get(pack.places[p]["chart_row"]) for p in places]
        columns = [np.array([c is not None for c in charted])]
        columns += [np.array([c is not None and column in c for c in charted]) for column in sorted({r.column for r in rows})]
        columns.append(np.array([p == "US" for p in places]))
        groups: set[str] = set()
        if any(r.treatment in ("macau_d5", "cn_ru_ve") or r.destinations for r in rows):
            columns += [np.array([p == place for p in places]) for place in sorted((named & set(places)) | _CHART_PLACES)]
            groups = (named | {"D:5"}) & set(pack.groups)
        found = np.zeros((law.tables.epochs, len(places) + 1), dtype=np.int64)
        for epoch in range(law.tables.epochs):
            tests = [law.tables.group(g)[epoch, :-1] > 0 for g in sorted(groups)]
            found[epoch, :-1] = _patterns([*columns, *tests], len(places))
        return found

    def items(self, items: Items) -> Hash:
        """Return the sums of each item, shape (stretches, items, 2); those of the same items are kept."""
        kept = self._items.get(id(items))
        if kept is None or kept[0] is not items:
            if len(self._items) > _KEPT:
                self._items.clear()
            kept = self._items[id(items)] = (items, self._of_items(items))
        return kept[1]

    def _of_items(self, items: Items) -> Hash:
        words, height = self.law.reader.words, len(items.odd)
        always = Sums(height)
        always.add(items.known_contents, "contents")
        for k, (held, _) in enumerate(items.components):
            always.add(held, "component", k)
        always.add(np.array([words.code(self._read_as(r)) + 1 if r else 0 for r in items.readings]), "readings")
        for (where, name), bounds in items.least.items():
            always.add(np.where(np.isnan(bounds), 0, self._cut(name, bounds) + 1), "bound", where, name)
        scopes = [("item", items.facts), *((f"component:{k}", facts) for k, (_, facts) in enumerate(items.components))]
        cells: dict[str, Hash] = {}
        for name in sorted(self.read & items.facts.keys()):
            if self.law.pack.facts[name].type != "place":
                cells[name] = self._of_fact(name, scopes, np.zeros(height, dtype=np.int64))
        found = np.zeros((self.law.tables.epochs, height, 2), dtype=np.uint64)
        for epoch, reads in enumerate(self.reads):
            epochs = np.full(height, epoch)
            stretch = Sums(height)
            stretch.add(epochs, "stretch")
            places = [self._of_fact(n, scopes, epochs) for n in sorted(reads & items.facts.keys()) if n not in cells]
            found[epoch] = np.add.reduce([always.of, stretch.of, *places, *(cells[n] for n in reads & cells.keys())])
        return found

    def _of_fact(self, name: str, scopes: list[tuple[str, Any]], epochs: Codes) -> Hash:
        """Return the sums of one fact of items and their components."""
        sums = Sums(len(epochs))
        for where, facts in scopes:
            sums.add(self._cells(name, facts[name], epochs), where, name)
        return sums.of

    def _read_as(self, readings: Readings) -> Any:
        """Return disputed facts as cells."""
        where, names, of = readings  # type: ignore[misc]
        return where, names, tuple([tuple([(n, self._value(n, v)) for n, v in sorted(facts.items())]) for facts in of])

    def _value(self, name: str, value: Any) -> Any:
        cut = self.law.pack.facts[name].type == "number" and value is not None and name not in self.whole
        return int(self._cut(name, value)) if cut else value

    def _named(self, columns: Columns, slot: Slot, sums: Sums) -> None:
        """Add which names are unknown or held by some list or set, and which of their entries stand on the day."""
        words, listed = self.law.reader.words, self.law.pack.listed_by_key
        keys = [name_key(n) if n and at else "" for at, n in enumerate(columns.names)]
        codes = np.array([*(words.code(("name", k)) + 2 if k else 0 for k in keys), 1], dtype=np.int64)
        sums.add(codes[slot.names], "name")
        held = np.nonzero(slot.names > 0)[0]
        for name in np.unique(slot.names[held]).tolist():
            turns = sorted({d for x in listed.get(keys[name], ()) for d in (x.start, x.end, *x.footnotes.values())})
            if turns:
                rows = held[slot.names[held] == name]
                sums.add_at(rows, np.searchsorted(np.array(turns), columns.day[rows], side="right"), "listed")


def _patterns(columns: list[Any], height: int) -> Codes:
    """Return a code from 2 for each pattern of truths, the same wherever these columns are asked for."""
    sums = Sums(height)
    for number, column in enumerate(columns):
        sums.add(column, number)
    return (sums.of[:, 0] >> np.uint64(2)).astype(np.int64) + 2
