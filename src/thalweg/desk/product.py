"""Products for people: a briefing written to a folder."""

from __future__ import annotations

from pathlib import Path

from thalweg.desk.answer import the_pack
from thalweg.evidence import parse_date


def brief_to(portfolio: Path, output: Path, *, date: str, since: str | None = None, pack: str | Path | None = None) -> list[str]:
    """Write a briefing, print its summary, and return what could not be read, a line each."""
    from thalweg.briefs import brief, print_summary, write_briefing

    start = None if since is None else parse_date(since, field="since")
    briefing = brief(portfolio, pack=the_pack(pack), date=parse_date(date), since=start)
    paths = write_briefing(briefing, output)
    print_summary(briefing, paths)
    return [str(e) for e in briefing.errors]
