"""The answer of a verb that studies the model: sentences, rows, and what they rest on."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class StudyAnswer(BaseModel):
    """What a study found. Numbers have six significant digits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verb: str
    title: str
    summary: str
    sentences: list[str] = []
    """What was found, in words that follow from the rows by rules."""
    table: list[dict[str, Any]]
    details: dict[str, Any] = {}
    as_of: str
    asked: dict[str, Any]
    pack: dict[str, Any]
    hash: str

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows of the table."""
        return self.table

    def shown(self) -> list[dict[str, Any]]:
        """Return the rows for a terminal; those of a search hold their levers in one column."""
        if self.verb != "search":
            return self.table
        from thalweg.desk.simulate_text import front_rows

        return front_rows(self.table, [o["name"] for o in self.details["objectives"]])

    def explain(self) -> str:
        """Return the answer as text."""
        from thalweg.desk.simulate_text import foot, heading

        rows = ["; ".join(f"{k} {v}" for k, v in row.items() if v not in ("", None)) for row in self.table[:30]]
        return "\n".join([heading(self), *self.sentences, "", *rows, "", *foot(self)])

    def _repr_markdown_(self) -> str:
        return f"```\n{self.explain()}\n```"
