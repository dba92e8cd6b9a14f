"""What screening answers: hits, the lists they were looked for in, and the comparison of two names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Level = Literal["strong", "possible", "weak"]


Texts = list[str]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HitCitation(_Frozen):
    """Where a listing was published."""

    citation: str = ""
    url: str = ""


HitCitations = list[HitCitation]


class Hit(_Frozen):
    """One entry of a list that a query may be: `score` is a calibrated probability that an analyst should see it."""

    list: str
    entry_id: str
    name: str
    matched_name: str
    score: float
    level: Level
    why: Texts
    countries: Texts = []
    listed_on: dt.date | None = None
    citations: HitCitations = []
    type: str = ""
    programs: Texts = []
    note: str = ""


class ListSeen(_Frozen):
    """A copy of a list that was screened against."""

    id: str
    data_date: dt.date | None = None
    rows: int
    note: str = ""


class Hits(list[Hit]):
    """The hits of one query, best first, with the lists that were searched, and how many a limit left out."""

    def __init__(
        self, hits: Iterable[Hit] = (), *, query: str = "", as_of: dt.date | None = None, lists: Iterable[ListSeen] = (), left_out: int = 0
    ) -> None:
        """Hold hits with what was asked and where."""
        super().__init__(hits)
        self.left_out = left_out
        self.query = query
        self.as_of = as_of
        self.lists = tuple(lists)

    @property
    def statement(self) -> str:
        """What the answer says in a sentence; no hit is not an all-clear."""
        where = "; ".join(f"{s.id} of {s.data_date or 'unknown date'}, {s.rows:,} rows" for s in self.lists) or "no list"
        if not self:
            return f"no match in {where}"
        more = f" and {self.left_out} more, left out," if self.left_out else ""
        return f"{len(self)} {'entry' if len(self) == 1 else 'entries'}{more} to look at in {where}"

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """Return the answer as plain values."""
        return {
            "query": self.query,
            "hits": [h.model_dump(**options) for h in self],
            "left_out": self.left_out,
            "lists": [s.model_dump(**options, exclude_defaults=True) for s in self.lists],
        }

    def explain(self) -> str:
        """Return the answer as text: a line a hit and a line for each reason."""
        lines = [f"{self.query}{f' on {self.as_of}' if self.as_of else ''}: {self.statement}"]
        for hit in self:
            lines.append(f"{hit.level} {hit.score:.2f}  {hit.list} {hit.entry_id}  {hit.name}")
            lines.extend(f"    {told}" for told in (*hit.why, hit.note) if told)
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        return f"```\n{self.explain()}\n```"


class NameMatch(_Frozen):
    """Two names compared. ``level`` is None below `weak`."""

    score: float
    level: Level | None
    why: Texts

    def explain(self) -> str:
        """Return the comparison as text."""
        return "\n".join([f"{self.level or 'no match'} {self.score:.2f}", *(f"    {why}" for why in self.why)])
