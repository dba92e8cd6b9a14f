"""Rows taken out of columns, each with its item beside it, so that facts can be written into them."""

from __future__ import annotations

from typing import Any

import numpy as np

from thalweg.controls.many.columns import Codes, Columns, Items, Readings, Slot
from thalweg.controls.many.law import Law


def take(columns: Columns, at: Codes) -> Columns:
    """Return some rows, in the order given and as often as given, each with an item of its own."""
    height = len(at)
    of = columns.item[at]

    def pick(column: Any) -> Any:
        return np.broadcast_to(column[:1], (height,)) if column.strides == (0,) else column[at]

    def pick_item(column: Any) -> Any:
        return np.broadcast_to(column[:1], (height,)) if _constant(column) else column[of]

    items = columns.items
    own = Items(
        facts={n: pick_item(c) for n, c in items.facts.items()},
        components=[(held[of], {n: pick_item(c) for n, c in facts.items()}) for held, facts in items.components],
        known_contents=items.known_contents[of],
        odd=items.odd[of],
        designers=[],
        readings=[items.readings[i] for i in of.tolist()] if any(items.readings) else [()] * height,
        least={k: c[of] for k, c in items.least.items()},
    )
    slots = [Slot(s.label, s.exists[at], {n: pick(c) for n, c in s.facts.items()}, s.names[at]) for s in columns.slots]
    told = {k: c[at] for k, c in columns.told.items()}
    tx = {n: pick(c) for n, c in columns.tx.items()}
    return Columns(height, columns.day[at], tx, np.arange(height, dtype=np.int32), own, slots, columns.names, columns.odd[at], told)


def _constant(column: Any) -> bool:
    if column.strides == (0,):
        return True
    first = column[0] if len(column) else 0
    return bool(len(column) and ((column == first) | ((column != column) & (first != first))).all())  # noqa: PLR0124  (NaN)


def write(law: Law, columns: Columns, where: str, name: str, rows: Any, values: Any) -> None:
    """Write encoded values of a fact into rows that :func:`take` gave, with what follows from it."""
    kind, _, which = where.partition(":")
    if kind == "tx":
        held = columns.tx
    elif kind == "item":
        held = columns.items.facts
    elif kind == "component":
        held = columns.items.components[int(which)][1]
    else:
        held = next(s for s in columns.slots if s.label == which).facts
    if name not in held:
        held[name] = law.reader.constant(name, None, columns.height)
    _into(held, name, rows, values)
    if kind == "component" and name == "datacenter":  # a computer is for datacenters if one of its chips is
        item = columns.items.facts
        computer = item["kind"][rows] == law.reader.words.code("computer")
        _into(item, name, rows, np.where((values == 2) & computer & (item[name][rows] == 1), np.uint8(2), item[name][rows]))


def write_readings(law: Law, columns: Columns, readings: list[Readings], first: Codes) -> None:
    """Write the facts of each source into the rows that stand for it; ``first`` says which stands for the first source of each item."""
    rows: dict[int, list[int]] = {}
    for row, reading in enumerate(readings):
        if reading:
            rows.setdefault(id(reading), []).append(row)
    for alike in rows.values():
        where, _, sources = readings[alike[0]]  # type: ignore[misc]
        for number, facts in enumerate(sources):
            for name, value in facts.items():
                write(law, columns, where, name, first[alike] + number, law.reader.encode(name, [value])[0])


def tell(columns: Columns, key: tuple[Any, ...], rows: Any, values: Any) -> None:
    """Write what rows take to be so: 2 or 0 for what no fact says (a name in a set, an unknown posture, unknown contents)."""
    if key not in columns.told:
        columns.told[key] = np.ones(columns.height, dtype=np.uint8)
    columns.told[key][rows] = values


def _into(held: dict[str, Any], name: str, rows: Any, values: Any) -> None:
    if not held[name].flags.writeable or held[name].strides == (0,):
        held[name] = np.array(held[name])
    held[name][rows] = values
