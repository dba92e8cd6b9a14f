"""A section of a briefing as a table of plain cells."""

from __future__ import annotations

import dataclasses

Cell = str | float | list[str] | None


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """A section as a table; ``name`` names its sheet. A list in a cell is one line each. ``cards``: read row by row, not across."""

    name: str
    title: str
    columns: list[str]
    rows: list[list[Cell]]
    none: str = "None."
    cards: bool = False
    caption: str = ""
