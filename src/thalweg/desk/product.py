"""Products for people: a briefing written to a folder."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thalweg.desk.answer import opened
from thalweg.desk.packs import the_pack
from thalweg.desk.staleness import noted
from thalweg.evidence import parse_date

if TYPE_CHECKING:
    from thalweg.desk.gather import Gatherer


def brief_to(
    portfolio: Path,
    output: Path,
    *,
    date: str,
    since: str | None = None,
    overlays: Sequence[str | Path] = (),
    pack: str | Path | None = None,
    gatherer: Gatherer | None = None,
    lists: Sequence[str | Path] = (),
    store: str | Path | None = None,
    holdings: str | Path | None = None,
    policies: Mapping[str, Any] | None = None,
    news: str | Path | None = None,
) -> list[str]:
    """Write a briefing, print what a terminal shows of it, and return what could not be read, a line each.

    Args:
        portfolio: where it lies.
        output: the folder for the pages.
        date: the day of the verdicts.
        since: the start of the window of changes; a year before ``date`` if left out.
        overlays: laid after those of the portfolio.
        pack: a knowledge folder; the embedded pack if left out.
        gatherer: screens the customers and says who owns them; made from ``lists``, ``store`` and ``holdings`` if left out.
        lists: files or folders of lists that the customers are screened against.
        store: a store of lists, by path or URL, whose copies for each day the customers are screened against.
        holdings: a file that says who owns how much of whom.
        policies: the policies, runs and seed of :func:`thalweg.desk.firm.firm_view`, where it is asked for.
        news: a store of the watch, by path or URL, for what happened and what it means.

    Raises:
        BadInput: if the portfolio, an overlay, a list, a policy or the holdings cannot be read, or the dates do not fit.
        StoreError: if the store cannot be opened.
    """
    from thalweg.briefs import write_briefing
    from thalweg.briefs.render_terminal import render_terminal
    from thalweg.desk.briefing import briefed

    start = None if since is None else parse_date(since, field="since")
    with _progress() as told:
        told("Reading the pack")
        held = noted(the_pack(pack), store if news is None else news)
        if gatherer is None and (lists or store is not None or holdings is not None):
            told("Reading the lists and the holdings")
            gatherer = opened(lists, store, holdings, held)
        asked = None if policies is None else {**policies, "root": pack}
        laid: dict[str, Any] = {"overlays": overlays, "gatherer": gatherer, "policies": asked, "news": news, "progress": told}
        briefing = briefed(portfolio, pack=held, date=parse_date(date), since=start, **laid)
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
