"""Reads frames into columns.

Rows that a column cannot hold (nested parties, stated entries of the control list, owners, bad values) are marked ``odd``
and left to the slower path, which decides each distinct row alone.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import polars as pl

from thalweg.controls.assemble import assemble, presumptions
from thalweg.controls.many.columns import ELSEWHERE, UNKNOWN_CODE, Codes, Columns, Items, Mask, Numbers, Readings, Slot, Vocabulary
from thalweg.controls.many.rows import ROLES, from_columns
from thalweg.controls.program import Rulebook
from thalweg.controls.reading import fact_value, read_transaction
from thalweg.evidence import BadInput
from thalweg.nouns import name_key

_KEPT: Final = 64
_ISO_DAY: Final = r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$"
_NUMBER: Final = r"^\s*[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\s*$"
_LONGEST: Final = 400
"""Characters of a name at most; longer ones are refused."""
_KEYS: Final = frozenset(("transaction_date", "activity", "destination", "export_from"))
"""Facts that are stated as keys of a transaction, and refused elsewhere."""
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


class Reader:
    """Turns frames into columns for one rulebook."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.pack = book.pack
        self.words = Vocabulary()
        for place in self.pack.places:
            self.words.code(place)
        self.defaults = presumptions(self.pack)
        self._held = {*self.pack.listed_by_key, *(k for s in self.pack.sets.values() for k in s.members)}
        self._items_by_name: dict[tuple[str | None, ...], Items] = {}
        self._first_words = frozenset(key.split(" ")[0] for key in self._held)

    def read(self, frame: pl.DataFrame) -> Columns:
        """Read one chunk."""
        height = frame.height
        odd = np.zeros(height, dtype=bool)
        day = self._days(frame["date"], odd)
        item, items = self._items(frame, odd)
        tx = self._transaction(frame, odd)
        names: list[str | None] = [ELSEWHERE]
        slots = self._slots(frame, tx, item, items, names, odd)
        for name in ("parties", "exporter", "facts"):
            if name in frame.columns:
                odd |= frame[name].is_not_null().to_numpy()
        odd |= items.odd[item]
        doubtful = np.array([any(x.doubt for x in self.pack.listed_by_key.get(name_key(n), ())) if n else False for n in names])
        if doubtful.any():  # who such a party is, is asked of each row
            for slot in slots:
                odd |= (slot.names != UNKNOWN_CODE) & doubtful[slot.names]
        return Columns(height, day, tx, item, items, slots, names, odd)

    def _days(self, column: pl.Series, odd: Mask) -> Codes:
        if column.dtype != pl.Date:
            text = column.cast(pl.String)
            odd |= ~text.str.contains(_ISO_DAY).fill_null(value=False).to_numpy()
            column = text.str.strip_chars().str.to_date("%Y-%m-%d", strict=False)
        days = column.cast(pl.Int32).fill_null(0).to_numpy().astype(np.int32) + np.int32(_EPOCH)
        odd |= column.is_null().to_numpy() | (days < self.pack.covers_from.toordinal())
        return days

    def _distinct(self, column: pl.Series) -> tuple[list[Any], Codes]:
        """Return the distinct values of a column, null last among them if present, and the place of each row's value."""
        values = column.unique(maintain_order=True)
        keyed = pl.DataFrame({"v": values, "c": np.arange(len(values), dtype=np.int32)})
        found = column.to_frame("v").join(keyed, on="v", how="left", nulls_equal=True, maintain_order="left")["c"]
        return values.to_list(), found.to_numpy().astype(np.int32)

    def _coded(self, column: pl.Series, name: str, where: str, odd: Mask) -> Any:
        """Read a column of a declared fact as numbers, truths or codes."""
        kind = self.pack.facts[name].type
        if kind in ("number", "date") and column.dtype.is_numeric():
            values: Numbers = column.cast(pl.Float64).fill_null(np.nan).to_numpy().copy()
            odd |= _refusable(name, values)
            return values
        values_, at = self._distinct(column)
        read: list[Any] = []
        bad = np.zeros(len(values_), dtype=bool)
        for i, value in enumerate(values_):
            try:
                blank = value is None or (isinstance(value, str) and not value.strip())
                read.append(None if blank else fact_value(self.pack, name, value.strip() if isinstance(value, str) else value, where))
            except BadInput:
                bad[i] = True
                read.append(None)
        odd |= bad[at]
        found = self.encode(name, read)[at]
        if kind == "number":
            odd |= _refusable(name, found)
            if column.dtype == pl.String:
                odd |= ~column.str.contains(_NUMBER).fill_null(value=True).to_numpy() & ~np.isnan(found)
        return found

    def encode(self, name: str, values: list[Any]) -> Any:
        """Return values of a fact as an array."""
        kind = self.pack.facts[name].type
        if kind in ("number", "date"):
            return np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)
        if kind == "boolean":
            return np.array([1 if v is None else 2 if v else 0 for v in values], dtype=np.uint8)
        return np.array([self.words.code(v) for v in values], dtype=np.int32)

    def constant(self, name: str, value: Any, height: int) -> Any:
        """Return a column that holds one value."""
        return np.broadcast_to(self.encode(name, [value]), (height,))

    def _transaction(self, frame: pl.DataFrame, odd: Mask) -> dict[str, Any]:
        height, columns = frame.height, set(frame.columns)
        tx: dict[str, Any] = {}
        tx["destination"] = self._coded(frame["to"], "destination", "to", odd)
        odd |= tx["destination"] == UNKNOWN_CODE
        for source, name in (("activity", "activity"), ("from", "export_from"), ("quantity", "quantity"), ("value_usd", "value_usd")):
            tx[name] = self._coded(frame[source], name, source, odd) if source in columns else self.constant(name, None, height)
        export = self.words.code("export")
        tx["activity"] = np.where(tx["activity"] == UNKNOWN_CODE, export, tx["activity"]).astype(np.int32)
        unknown = tx["export_from"] == UNKNOWN_CODE
        leaves = np.isin(tx["activity"], [export, self.words.code("deemed_export")])
        origin = np.where(unknown & leaves, self.words.code("US"), tx["export_from"])
        transfer = unknown & (tx["activity"] == self.words.code("transfer"))
        tx["export_from"] = np.where(transfer, tx["destination"], origin).astype(np.int32)
        for column in sorted(columns):
            head, _, name = column.partition(".")
            if head == "facts" and name in _KEYS:
                odd |= frame[column].is_not_null().to_numpy()
            elif head == "facts" and self._of(name) == "transaction":
                tx[name] = self._coded(frame[column], name, column, odd)
            elif head == "facts" and self._of(name) != "party":
                odd |= frame[column].is_not_null().to_numpy()
        for name, value in self.defaults["transaction"].items():
            tx[name] = self._filled(tx.get(name), name, value, height)
        tx["transaction_date"] = self._days(frame["date"], odd).astype(np.float64)
        return tx

    def _of(self, name: str) -> str:
        fact = self.pack.facts.get(name)
        return fact.of if fact else ""

    def _filled(self, column: Any, name: str, value: Any, height: int) -> Any:
        """Fill in a presumed value where nothing is stated."""
        if column is None:
            return self.constant(name, value, height)
        default = self.encode(name, [value])[0]
        missing = np.isnan(column) if column.dtype == np.float64 else column == (1 if column.dtype == np.uint8 else UNKNOWN_CODE)
        return np.where(missing, default, column).astype(column.dtype)

    def _items(self, frame: pl.DataFrame, odd: Mask) -> tuple[Codes, Items]:
        columns = [c for c in frame.columns if c == "item" or c.startswith("item.")]
        if not columns:
            odd |= True
            return np.zeros(frame.height, dtype=np.int32), self._item_table([{}])
        if columns == ["item"] and frame["item"].dtype == pl.String:
            values, at = self._distinct(frame["item"])
            order = sorted(range(len(values)), key=lambda i: str(values[i]))
            place = np.empty(len(values), dtype=np.int32)
            place[order] = np.arange(len(values), dtype=np.int32)
            return place[at], self._known_items(tuple(values[i] for i in order))
        at_frame = frame.select(columns)
        rows = at_frame.unique(maintain_order=True)
        keyed = rows.with_columns(pl.Series("#", np.arange(rows.height, dtype=np.int32)))
        found = at_frame.join(keyed, on=columns, how="left", nulls_equal=True, maintain_order="left")["#"]
        return found.to_numpy().astype(np.int32), self._item_table(list(rows.iter_rows(named=True)))

    def _known_items(self, names: tuple[str | None, ...]) -> Items:
        """Return the columns of items given by name; the same names are looked up once."""
        found = self._items_by_name.get(names)
        if found is None:
            if len(self._items_by_name) > _KEPT:
                self._items_by_name.clear()
            found = self._items_by_name[names] = self._item_table([{"item": name} for name in names])
        return found

    def _item_table(self, rows: list[dict[str, Any]]) -> Items:
        cases: list[Any] = []
        for row in rows:
            try:
                cases.append(assemble(self.pack, read_transaction(from_columns(row) | {"date": dt.date(2024, 1, 1), "to": "US"})))
            except BadInput:
                cases.append(None)
        odd = np.array(
            [
                c is None or (c.item.get("eccn") not in (None, "EAR99")) or ("eccn" not in c.item and not c.item.get("#eccn_presumed"))
                for c in cases
            ]
        )
        names = sorted(
            {k for c in cases if c for k in c.item if not k.startswith("#")} | {n for n in self.pack.facts if self._of(n) == "item"}
        )
        facts = {n: self.encode(n, [c.item.get(n) if c else None for c in cases]) for n in names if n in self.pack.facts}
        depth = max((len(c.components or ()) for c in cases if c), default=0)
        slots: list[tuple[Mask, dict[str, Any]]] = []
        for k in range(depth):
            parts = [c.components[k] if c and c.components and k < len(c.components) else None for c in cases]
            odd |= np.array([p is not None and p.get("eccn") is not None for p in parts])
            held = np.array([p is not None for p in parts])
            slots.append((held, {n: self.encode(n, [(p or {}).get(n) for p in parts]) for n in facts}))
        known = np.array([c is None or c.components is not None for c in cases])
        designers = [_designer(c) for c in cases]
        readings: list[Readings] = [
            (c.alternatives_of, c.disputed, tuple(facts for facts, _ in c.alternatives)) if c and c.alternatives else () for c in cases
        ]
        bounded = sorted({bound for c in cases if c for bound in c.minimum})
        least = {b: np.array([c.minimum.get(b, np.nan) if c else np.nan for c in cases]) for b in bounded}
        return Items(facts, slots, known, odd, designers, readings, least)

    def _slots(self, frame: pl.DataFrame, tx: dict[str, Any], item: Codes, items: Items, names: list[str | None], odd: Mask) -> list[Slot]:
        height = frame.height
        slots: list[Slot] = []
        anyone = np.zeros(height, dtype=bool)
        for role, given in _by_role(frame.columns).items():
            slot = self._stated_party(frame, role, given, names, odd)
            anyone |= slot.exists
            slots.append(slot)
        odd |= _out_of_order(frame)
        if not anyone.all():
            facts = {"role": self.constant("role", "end_user", height), "country": tx["destination"]}
            slots.append(Slot("nobody", ~anyone, self._party_facts(facts, height), np.full(height, UNKNOWN_CODE, dtype=np.int32)))
        for column in frame.columns:
            head, _, name = column.partition(".")
            if head == "facts" and self._of(name) == "party":
                odd |= frame[column].is_not_null().to_numpy()
        slots.append(self._exporter(frame, item, items, names, odd))
        slots.extend(self._designers(item, items, names, height))
        return slots

    def _stated_party(self, frame: pl.DataFrame, role: str, given: list[str], names: list[str | None], odd: Mask) -> Slot:
        height = frame.height
        exists = np.zeros(height, dtype=bool)
        facts: dict[str, Any] = {"role": self.constant("role", role, height)}
        codes = np.full(height, UNKNOWN_CODE, dtype=np.int32)
        for column in given:
            name = column.partition(".")[2]
            stated = _stated(frame[column])
            exists |= stated
            if name == "name":
                codes = self._named(frame[column], names, odd)
            elif name == "owners" or self._of(name) != "party" or role == "designer":
                odd |= stated
            else:
                facts[name] = self._coded(frame[column], name, column, odd)
        label = role if role != "designer" else "stated designer"
        return Slot(label, exists, self._party_facts(facts, height), codes)

    def _named(self, column: pl.Series, names: list[str | None], odd: Mask) -> Codes:
        text = column.cast(pl.String).str.strip_chars()
        if column.dtype in (pl.String, pl.Categorical, pl.Enum):
            odd |= (text.str.len_chars() > _LONGEST).fill_null(value=False).to_numpy()
        else:
            odd |= column.is_not_null().to_numpy()
        blank = (text.is_null() | (text == "")).to_numpy()
        first = text.str.replace_all("['’]", "").str.to_lowercase().str.extract(r"^\W*(?:the\W+)?(\w+)", 1)
        may_be_held = (first.is_in(list(self._first_words)) | text.str.contains(r"[^\x00-\x7F]")).fill_null(value=False).to_numpy()
        codes = np.where(blank, UNKNOWN_CODE, 0).astype(np.int32)
        at = np.nonzero(may_be_held & ~blank)[0]
        values, places = self._distinct(text[at.tolist()])
        codes[at] = np.array([self._name(v, names) for v in values], dtype=np.int32)[places]
        return codes

    def _name(self, value: Any, names: list[str | None]) -> int:
        """Return the place of a name among those that some list or set holds; all others share one place."""
        if not isinstance(value, str) or not value.strip():
            return UNKNOWN_CODE
        if name_key(value.strip()) not in self._held:
            return 0
        names.append(value.strip())
        return len(names) - 1

    def _party_facts(self, facts: dict[str, Any], height: int) -> dict[str, Any]:
        for name, fact in self.pack.facts.items():
            if fact.of == "party" and name != "name":
                default = 0.0 if name == "listed_owner_share" else self.defaults["party"].get(name)
                facts[name] = facts[name] if name in facts and default is None else self._filled(facts.get(name), name, default, height)
        return facts

    def _exporter(self, frame: pl.DataFrame, item: Codes, items: Items, names: list[str | None], odd: Mask) -> Slot:
        height = frame.height
        facts: dict[str, Any] = {"role": self.constant("role", "exporter", height)}
        if "exporter.country" in frame.columns:
            facts["country"] = self._coded(frame["exporter.country"], "country", "exporter.country", odd)
        presumed = np.array([self._name(d[0] if d[3] else None, names) for d in items.designers], dtype=np.int32)[item]
        if "exporter.name" in frame.columns:
            stated = self._named(frame["exporter.name"], names, odd)
            presumed = np.where(stated == UNKNOWN_CODE, presumed, stated).astype(np.int32)
        return Slot("exporter", np.ones(height, dtype=bool), self._party_facts(facts, height), presumed)

    def _designers(self, item: Codes, items: Items, names: list[str | None], height: int) -> list[Slot]:
        if not any(name for name, *_ in items.designers):
            return []
        codes = np.array([self._name(d[0], names) for d in items.designers], dtype=np.int32)[item]
        facts: dict[str, Any] = {"role": self.constant("role", "designer", height)}
        for name, place in (("headquarters", 1), ("ultimate_parent_headquarters", 2)):
            facts[name] = self.encode(name, [d[place] for d in items.designers])[item]
        return [Slot("designer", codes != UNKNOWN_CODE, self._party_facts(facts, height), codes)]


def _by_role(columns: list[str]) -> dict[str, list[str]]:
    """Return the columns of each role, in the order in which the roles come first."""
    found: dict[str, list[str]] = {}
    for column in columns:
        role, dot, _ = column.partition(".")
        if dot and role in ROLES:
            found.setdefault(role, []).append(column)
    return found


def _out_of_order(frame: pl.DataFrame) -> Mask:
    """Say which rows state their parties in another order than the columns of the frame first name them."""
    before = np.full(frame.height, -1)
    wrong = np.zeros(frame.height, dtype=bool)
    for columns in _by_role(frame.columns).values():
        first = np.full(frame.height, len(frame.columns))
        for column in reversed(columns):
            first[_stated(frame[column])] = frame.columns.index(column)
        there = first < len(frame.columns)
        wrong |= there & (first < before)
        before = np.where(there, np.maximum(before, first), before)
    return wrong


def _stated(column: pl.Series) -> Mask:
    """Say where a column says something: null, NaN and empty text do not."""
    stated: Mask = column.is_not_null().to_numpy()
    if column.dtype.is_float():
        stated = stated & column.is_not_nan().fill_null(value=False).to_numpy()
    elif column.dtype == pl.String:
        stated = stated & (column.str.strip_chars() != "").fill_null(value=False).to_numpy()
    return stated


def _refusable(name: str, values: Numbers) -> Mask:
    """Say which numbers are refused in some column; these rows are looked at one by one."""
    refused: Mask = (values < 0) | (values > 1e12) | ((values == 0) & (name == "quantity"))
    return refused


def _designer(case: Any) -> tuple[str | None, str | None, str | None, bool]:
    """Return the designer's name and places, and whether the exporter is taken to be the designer, as the case has it."""
    if case is None:
        return None, None, None, False
    parties = {p["role"]: p for p in case.parties}
    designer = parties.get("designer", {})
    presumed = parties["exporter"].get("name") is not None
    return designer.get("name"), designer.get("headquarters"), designer.get("ultimate_parent_headquarters"), presumed
