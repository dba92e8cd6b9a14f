"""Products for people: a briefing written to a folder."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from thalweg.desk.answer import the_pack
from thalweg.evidence import parse_date


def brief_to(
    portfolio: Path,
    output: Path,
    *,
    date: str,
    since: str | None = None,
    overlays: Sequence[str | Path] = (),
    pack: str | Path | None = None,
) -> list[str]:
    """Write a briefing, print what a terminal shows of it, and return what could not be read, a line each."""
    from thalweg.briefs import brief, write_briefing
    from thalweg.briefs.render_terminal import render_terminal

    start = None if since is None else parse_date(since, field="since")
    with _progress() as told:
        told("Reading the pack")
        briefing = brief(portfolio, pack=the_pack(pack), date=parse_date(date), since=start, overlays=overlays, progress=told)
        told("Writing the pages")
        paths = write_briefing(briefing, output)
    sys.stdout.write(render_terminal(briefing) + "\n" + "".join(f"{path}\n" for path in paths))
    return [str(e) for e in briefing.errors]


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str], object]]:
    """Show what is being done on standard error where that is a terminal, and nothing where it is not."""
    if not sys.stderr.isatty():
        yield str
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield status.update
