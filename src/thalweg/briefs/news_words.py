"""What happened and what it means, in the words of the pages."""

from __future__ import annotations

from collections.abc import Iterator

from thalweg.briefs.model import Briefing
from thalweg.briefs.model_news import NewsLine, NewsView
from thalweg.briefs.table import Cell, Table


def caption(v: NewsView) -> str:
    """Return how the section is to be read."""
    many = f"{v.seen:,} event{'s' * (v.seen != 1)}"
    shown = f"{many} since {v.since}; of them touch what the portfolio deals with: {v.touching:,}; shown: {len(v.lines):,}"
    return f"{shown}, the weightiest first. What is reported is no rule: the verdicts of this page rest on the pack alone."


def stands(x: NewsLine) -> str:
    """Return how sure an event is, in which state, and who says so."""
    return f"{x.certainty.replace('_', ' ')}; {x.state.replace('_', ' ')}; says: {x.standing}"


def news_tables(b: Briefing) -> list[Table]:
    """Return the tables of the section; none where no store of the watch was named."""
    v = b.news
    if v is None:
        return []
    rows: list[list[Cell]] = [
        [x.dated, x.headline, stands(x), x.meaning, x.conflicts, x.rules, [f"{s.citation} {s.url}".rstrip() for s in x.sources]]
        for x in v.lines
    ]
    columns = ["Day", "What happened", "How it stands", "What it means for you", "Accounts differ", "Rules", "Sources"]
    days: list[list[Cell]] = [
        [x.on, x.kind, x.title, x.branches, x.touches, [f"{s.citation} {s.url}".rstrip() for s in x.sources]] for x in v.coming
    ]
    bounds: list[list[Cell]] = [["May be stale", s] for s in v.stale]
    bounds += [["Not known", s] for s in v.not_known]
    return [
        Table("News", "What happened, what it means for you", columns, rows, none="Nothing that touches it.", caption=caption(v)),
        Table("News ahead", "What happened: days ahead", ["On", "Kind", "What", "Branches", "Touches", "Sources"], days),
        Table("News bounds", "What happened: what is doubtful or not known", ["Kind", "What"], bounds),
    ]


def news_lines(v: NewsView) -> Iterator[tuple[str, str]]:
    """Yield the lines of the section for a terminal."""
    for x in v.lines:
        yield x.dated, f"{x.headline} ({stands(x)}) [{'; '.join(s.citation for s in x.sources[:3])}]"
        yield from (("", f"For you: {m}") for m in x.meaning)
        yield from (("", f"Accounts differ: {c}") for c in x.conflicts)
    if not v.lines:
        yield "-", "Nothing that touches what the portfolio deals with."
    yield from (("stale", s) for s in v.stale)
    yield from (("?", s) for s in v.not_known)
