"""The briefing as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from thalweg.briefs.model import Briefing
from thalweg.briefs.table import Cell, Table
from thalweg.briefs.tables import tables
from thalweg.briefs.words import mark, usd, word

_MARKUP: Final = re.compile(r"([\\`*_\[\]|#~])")


def render_markdown(b: Briefing) -> str:
    """Return the briefing as Markdown, in the order of the page; no text of the portfolio is markup in it."""
    sums = Table("", "", ["Verdict", "Value of deals"], [[f"{mark(o)} {word(o)}", usd(v)] for o, v in b.headline.items() if v])
    lines = [f"# Export control briefing: {safe(b.firm)}, {b.date}", "", f"**{safe(b.lead)}**", "", *(_table(sums) if sums.rows else [])]
    lines += [*(f"- **{safe(p.label)}:** {safe(p.text)}" for p in b.points), ""]
    if b.errors:
        lines += ["## Rows that were left out", "", *(f"- {safe(e)}" for e in b.errors), ""]
    for table in tables(b):
        lines += [
            f"## {safe(table.title)}",
            "",
            *([safe(table.caption), ""] if table.caption else []),
            *(_cards(table) if table.cards else _table(table)),
        ]
    return "\n".join(lines)


def safe(text: str) -> str:
    """Return text in which nothing is markup and nothing ends a line."""
    flat = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKUP.sub(r"\\\1", flat)


def _cards(table: Table) -> Iterator[str]:
    for *heads, points in table.rows:
        yield f"### {': '.join(_cell(h, '; ') for h in heads)}"
        yield ""
        yield from (f"- {safe(p)}" for p in (points if isinstance(points, list) else [str(points)]))
        yield ""
    if not table.rows:
        yield from [table.none, ""]


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        yield from [table.none, ""]
        return
    yield "| " + " | ".join(map(safe, table.columns)) + " |"
    yield "|" + "".join(" ---: |" if any(isinstance(r[i], float) for r in table.rows) else " --- |" for i in range(len(table.columns)))
    yield from ("| " + " | ".join(_cell(c, "<br>") for c in row) + " |" for row in table.rows)
    yield ""


def _cell(value: Cell, line: str) -> str:
    if isinstance(value, list):
        return line.join(map(safe, value))
    if isinstance(value, float):
        return f"{value:,.0f}"
    return safe(str(value)) if value is not None else ""
