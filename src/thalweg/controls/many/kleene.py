"""Conditions over columns: the same truth as the closures, for every row at once.

Truth is a byte, 0 false, 1 unknown, 2 true: AND is ``minimum``, OR is ``maximum``, NOT is ``2 - x``. A condition that reads the item
alone is worked out once for each distinct item and then gathered; equal conditions are worked out once a chunk.
"""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np

from thalweg.controls.many.columns import UNKNOWN_CODE, Bytes, Codes, Columns, Slot
from thalweg.controls.many.entries import listed
from thalweg.controls.many.reader import Reader
from thalweg.controls.many.turns import amount
from thalweg.controls.program import Rulebook
from thalweg.nouns import name_key
from thalweg.pack.language import Ast, children, walk

_COMPARE: Final = {"=": np.equal, "<>": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}


class Tables:
    """What of the rules does not depend on the rows: group tables and version guards by stretch of days, and what conditions read."""

    def __init__(self, book: Rulebook, reader: Reader) -> None:
        self.book = book
        self.pack = book.pack
        self.reader = reader
        points = book.breakpoints
        self.points = np.array(points, dtype=np.int32)
        self.days = [book.pack.covers_from.toordinal() if not points else points[0] - 1, *points]
        self.epochs = len(self.days)
        self._groups: dict[str, Bytes] = {}
        self._memberships: dict[tuple[str, str], Bytes] = {}
        self._scopes: dict[int, tuple[Ast, tuple[str, bool, bool, bool]]] = {}
        self._under: dict[str, tuple[tuple[str, ...], bool]] = {}

    def group(self, name: str) -> Bytes:
        """Return membership by stretch of days and place code; the last column is an unknown place."""
        found = self._groups.get(name)
        if found is None:
            found = np.zeros((self.epochs, len(self.pack.places) + 1), dtype=np.uint8)
            found[:, -1] = 1
            for m in self.pack.groups[name]:
                inside = [m.start <= day < m.end for day in self.days]
                found[inside, self.reader.words.codes[m.member]] = 2
            self._groups[name] = found
        return found

    def classes_under(self, name: str) -> tuple[tuple[str, ...], bool]:
        """Return the assigned classes that a name covers, and whether a stated ECCN counts beside them."""
        found = self._under.get(name)
        if found is None:
            keys = tuple(sorted(c for c in self.book.assigned if c == name or c.startswith(name + ".")))
            found = self._under[name] = (keys, name.split(".", maxsplit=1)[0] not in self.pack.computed_entries)
        return found

    def membership(self, name: str, key: str) -> Bytes | None:
        """Return membership in a set by stretch of days, shape (stretches, 1); None for a name that the set never holds."""
        found = self._memberships.get((name, key))
        if found is None and (members := self.pack.sets[name].members.get(key)):
            inside = [2 if any(m.start <= day < m.end for m in members) else 0 for day in self.days]
            found = self._memberships[name, key] = np.array(inside, dtype=np.uint8).reshape(-1, 1)
        return found

    def scope(self, ast: Ast) -> tuple[str, bool, bool, bool]:
        """Return the text of a condition, and whether it reads a party, the item, and classes (inside quantifiers not counted as party)."""
        found = self._scopes.get(id(ast))
        if found is None or found[0] is not ast:
            found = self._scopes[id(ast)] = (ast, self._read(ast))
        return found[1]

    def _read(self, ast: Ast) -> tuple[str, bool, bool, bool]:
        party, item, classes, stack = False, False, False, [ast]
        while stack:
            node = stack.pop()
            if node[0] in ("fact", "bool", "in_group", "isnull"):
                of = self.pack.facts[node[1]].of
                party, item = party or of == "party", item or of == "item"
            party = party or node[0] in ("member_of", "listed")
            classes = classes or node[0] in ("classified", "any_component")
            item = item or node[0] in ("stated", "classified", "any_component")
            stack.extend(children(node))
        if ast[0] in ("any_party", "all_parties"):
            party = False
        return json.dumps(ast), party, item, classes


class Sheet:
    """One chunk of rows, with what has been worked out for it so far."""

    def __init__(self, book: Rulebook, reader: Reader, columns: Columns, epochs: Codes, tables: Tables) -> None:
        self.book = book
        self.pack = book.pack
        self.reader = reader
        self.c = columns
        self.epochs = epochs
        self.tables = tables
        self.classes: dict[str, Bytes] = {}
        self.component_classes: list[dict[str, Bytes]] = []
        self.component: int | None = None
        self.slot: Slot | None = None
        self.asserted: dict[str, Any] = {}
        self._memo: dict[tuple[Any, ...], Bytes] = {}
        self._rows_of: dict[str, dict[int, Any]] = {}
        self._members: dict[str, tuple[Any, Any]] = {}
        self._gathered: dict[tuple[int | None, str], Any] = {}

    def truth(self, ast: Ast) -> Bytes:
        """Return the truth of a condition for every row."""
        key = self._key(ast)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = getattr(self, "_" + ast[0])(ast)
        return found

    def _key(self, ast: Ast) -> tuple[Any, ...]:
        text, reads_party, reads_item, reads_classes = self.tables.scope(ast)
        return (
            text,
            id(self.slot) if reads_party else None,
            self.component if reads_item or reads_classes else None,
            len(self.asserted) if reads_item or reads_classes else 0,
            len(self.classes) if reads_classes and self.component is None else 0,
        )

    def _and(self, ast: Ast) -> Bytes:
        return self._join(ast, np.minimum, 0)

    def _or(self, ast: Ast) -> Bytes:
        return self._join(ast, np.maximum, 2)

    def _join(self, ast: Ast, combine: Any, settled: int) -> Bytes:
        result = self.truth(ast[1])
        for part in ast[2:]:
            if result.size and (result == settled).all():
                return result
            result = combine(result, self.truth(part))
        return result

    def _not(self, ast: Ast) -> Bytes:
        return np.uint8(2) - self.truth(ast[1])

    def _const(self, ast: Ast) -> Bytes:
        return np.full(self.c.height, 2 if ast[1] else 0, dtype=np.uint8)

    def _bool(self, ast: Ast) -> Bytes:
        return self.fact(ast[1])  # type: ignore[no-any-return]

    def _cmp(self, ast: Ast) -> Bytes:
        sign, left, right = ast[1], ast[2], ast[3]
        kind = self._kind(left) or self._kind(right)
        return compared(sign, self._value(left, kind), self._value(right, kind), of_numbers=kind in ("number", "date", ""))

    def _in(self, ast: Ast) -> Bytes:
        kind = self._kind(ast[1])
        value = self._value(ast[1], kind)
        if kind in ("number", "date"):
            inside, unknown = np.isin(value, ast[2]), np.isnan(value)
        else:
            inside, unknown = np.isin(value, [self.reader.words.code(x) for x in ast[2]]), value == UNKNOWN_CODE
        return np.where(unknown, np.uint8(1), inside.astype(np.uint8) * np.uint8(2))

    def _in_group(self, ast: Ast) -> Bytes:
        return self.tables.group(ast[2])[self.epochs, self.fact(ast[1])]  # type: ignore[no-any-return]

    def _classified(self, ast: Ast) -> Bytes:
        keys, stated = self.tables.classes_under(ast[1])
        known = self.classes if self.component is None else self.component_classes[self.component]
        result = np.zeros(self.c.height, dtype=np.uint8)
        for key in keys:
            if key in known:
                result = np.maximum(result, known[key])
        return np.maximum(result, self._stated(["stated", ast[1]])) if stated else result

    def _stated(self, ast: Ast) -> Bytes:
        """Test a stated ECCN; every entry of the control list but EAR99 is left to the slower path."""
        return np.where(self.fact("eccn") == self.reader.words.code(ast[1]), np.uint8(2), np.uint8(0))

    def _member_of(self, ast: Ast) -> Bytes:
        slot = self._party()
        table, code = self._membership(ast[1])
        found: Bytes = table[self.epochs, code[slot.names]]
        told = self.c.told.get(("member", slot.label, ast[1]))
        return found if told is None else np.where(found == 1, told, found)

    def _membership(self, name: str) -> tuple[Any, Any]:
        found = self._members.get(name)
        if found is None:
            table = np.zeros((self.tables.epochs, 2), dtype=np.uint8)
            table[:, 1] = 1
            rows, code = [table], np.zeros(len(self.c.names) + 1, dtype=np.int32)
            code[-1] = 1
            for i, held in enumerate(self.c.names):
                column = self.tables.membership(name, name_key(held)) if held else None
                if column is not None:
                    rows.append(column)
                    code[i] = len(rows)
            found = self._members[name] = (np.hstack(rows), code)
        return found

    def _listed(self, ast: Ast) -> Bytes:
        slot = self._party()
        result = np.zeros(self.c.height, dtype=np.uint8)
        for name, rows in self.rows_of(slot).items():
            for start, end in listed(self.book, self.c.names[name], ast[1]):
                day = self.c.day[rows]
                result[rows[(start <= day) & (day < end)]] = 2
        return result

    def rows_of(self, slot: Slot) -> dict[int, Any]:
        """Return the rows on which a slot has each of the names that some list or set holds."""
        found = self._rows_of.get(slot.label)
        if found is None:
            at = np.nonzero(slot.names > 0)[0]
            order = at[np.argsort(slot.names[at], kind="stable")]
            names, starts = np.unique(slot.names[order], return_index=True)
            found = self._rows_of[slot.label] = dict(zip(names.tolist(), np.split(order, starts[1:]), strict=True)) if len(at) else {}
        return found

    def _any_party(self, ast: Ast) -> Bytes:
        result = np.zeros(self.c.height, dtype=np.uint8)
        for slot in self.c.slots:
            self.slot = slot
            found = self.truth(ast[1])
            result = np.maximum(result, np.where(slot.exists, found, np.uint8(0)))
        self.slot = None
        return result

    def _all_parties(self, ast: Ast) -> Bytes:
        return np.uint8(2) - self._any_party(["any_party", ["not", ast[1]]])

    def _any_component(self, ast: Ast) -> Bytes:
        if self.component is not None:
            return np.zeros(self.c.height, dtype=np.uint8)
        result = np.zeros(self.c.height, dtype=np.uint8)
        for k, (held, _) in enumerate(self.c.items.components):
            self.component = k
            found = self.truth(ast[1])
            self.component = None
            result = np.maximum(result, np.where(held[self.c.item], found, np.uint8(0)))
        told = self.c.told.get(("contents", repr(ast[1])), np.uint8(1))
        return np.where(self.c.items.known_contents[self.c.item], result, told)

    def fact(self, name: str) -> Any:
        """Return a fact's column."""
        of = self.pack.facts[name].of
        if of == "transaction":
            if name not in self.c.tx:
                self.c.tx[name] = self.reader.constant(name, None, self.c.height)
            return self.c.tx[name]
        if of == "party":
            return self._party().facts[name]
        if self.component is None and name in self.asserted:
            return self.asserted[name]
        key = (self.component, name)
        found = self._gathered.get(key)
        if found is None:
            items = self.c.items
            table = items.facts[name] if self.component is None else items.components[self.component][1][name]
            found = self._gathered[key] = table[self.c.item]
        return found

    def _party(self) -> Slot:
        if self.slot is None:
            message = "a party is read outside a quantifier"
            raise ValueError(message)
        return self.slot

    def _kind(self, ast: Ast) -> str:
        return self.pack.facts[ast[1]].type if ast[0] == "fact" else ""

    def _value(self, ast: Ast, kind: str) -> Any:
        if ast[0] == "fact":
            return self.fact(ast[1])
        if ast[0] in ("lit", "param"):
            value = ast[1] if ast[0] == "lit" else self.pack.parameters[ast[1]]
            return np.float64(value) if kind in ("number", "date", "") else self.reader.words.code(value)
        return amount(ast, {n[1]: self.fact(n[1]) for n in walk(ast) if n[0] == "fact"}, self.pack.parameters)


def compared(sign: str, a: Any, b: Any, *, of_numbers: bool = True) -> Bytes:
    """Return the truth of a comparison of numbers or codes by row."""
    result = _COMPARE[sign](a, b).astype(np.uint8) * np.uint8(2)
    unknown = np.isnan(a) | np.isnan(b) if of_numbers else (a == UNKNOWN_CODE) | (b == UNKNOWN_CODE)
    return np.where(unknown, np.uint8(1), result)
