"""Sales that rest on the same grounds."""

from __future__ import annotations

from collections.abc import Iterable

from thalweg.briefs.model import Cell, Verdict
from thalweg.briefs.model_base import Sale


def group_cells(cells: Iterable[Cell]) -> list[tuple[Verdict, list[Sale]]]:
    """Return the sales that rest on the same grounds together; their steps may differ."""
    groups: dict[str, tuple[Verdict, list[Sale]]] = {}
    for cell in cells:
        key = cell.verdict.model_dump_json(exclude={"obligations", "classification"})
        groups.setdefault(key, (cell.verdict, []))[1].append(Sale(product=cell.product, place=cell.place))
    return list(groups.values())
