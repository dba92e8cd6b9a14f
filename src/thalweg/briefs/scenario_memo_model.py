"""What a policy memo holds: sections of sentences, tables and charts, and the sources that they cite by number."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Said(_Frozen):
    """A sentence or a cell of a table, with the numbers of the sources that it rests on."""

    text: str
    sources: tuple[int, ...] = ()


class MemoTable(_Frozen):
    """A table; each row has as many cells as there are columns."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Said, ...], ...]
    none: str = ""
    """What is said where there is no row."""
    dense: bool = False
    """Whether most cells are numbers, which need little room."""


class MemoChart(_Frozen):
    """A chart as the charts of this package give it, and what is in it in words."""

    svg: str
    caption: str


class MemoSection(_Frozen):
    """A part of the memo: sentences, then tables, then charts."""

    id: str
    title: str
    sentences: tuple[Said, ...] = ()
    tables: tuple[MemoTable, ...] = ()
    charts: tuple[MemoChart, ...] = ()


class MemoPoint(_Frozen):
    """One line of the summary."""

    label: str
    text: str


class MemoSource(_Frozen):
    """A source, under its number."""

    number: int
    citation: str
    url: str = ""
    basis: str = ""


class Memo(_Frozen):
    """A policy memo on two policies."""

    title: str
    date: str
    """The day to which the pack is verified."""
    lead: str
    points: tuple[MemoPoint, ...]
    sections: tuple[MemoSection, ...]
    sources: tuple[MemoSource, ...]
    foot: tuple[str, ...]
    """Runs, seed, pack and hash."""

    def section(self, name: str) -> MemoSection:
        """Return a section by its id.

        Raises:
            KeyError: if there is none.
        """
        found = {s.id: s for s in self.sections}
        return found[name]
