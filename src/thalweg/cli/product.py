"""`thalweg brief`: a portfolio briefing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thalweg.cli.options import Date, Lists, Overlay, Owners, Pack, Screened, today
from thalweg.cli.output import say


def brief(  # noqa: PLR0917  (typer reads the options from the signature)
    portfolio: Annotated[Path, typer.Argument(help="A TOML file, a folder of CSVs, or an XLSX workbook.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the page, the Markdown, the JSON and the workbook.")] = Path(
        "briefing"
    ),
    date: Date = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="YYYY-MM-DD", help="Start of the window of changes; a year back if left out.")
    ] = None,
    overlay: Overlay = None,
    pack: Pack = None,
    lists: Lists = None,
    store: Screened = None,
    owners: Owners = None,
) -> None:
    """Brief a portfolio: what may go where, who the customers are, what changed, what is coming, and what to find out next."""
    from thalweg.desk.product import brief_to

    errors = brief_to(
        portfolio,
        output,
        date=date or today(),
        since=since,
        overlays=overlay or (),
        pack=pack,
        lists=lists or (),
        store=store,
        holdings=owners,
    )
    for error in errors:
        say(error)
    if errors:
        raise typer.Exit(3)
