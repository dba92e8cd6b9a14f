"""Products for people: a briefing written to a folder."""

from __future__ import annotations

import sys
from pathlib import Path

from thalweg.desk.answer import the_pack
from thalweg.evidence import parse_date


def brief_to(portfolio: Path, output: Path, *, date: str, since: str | None = None, pack: str | Path | None = None) -> list[str]:
    """Write a briefing, print its summary, and return what could not be read, a line each."""
    from thalweg.briefs import brief, write_briefing
    from thalweg.briefs.render_terminal import render_terminal

    start = None if since is None else parse_date(since, field="since")
    briefing = brief(portfolio, pack=the_pack(pack), date=parse_date(date), since=start)
    paths = write_briefing(briefing, output)
    sys.stdout.write(render_terminal(briefing) + "\n" + "".join(f"{path}\n" for path in paths))
    return [str(e) for e in briefing.errors]
