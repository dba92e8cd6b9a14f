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
    news: Annotated[
        str | None,
        typer.Option("--news", metavar="WHERE", help="A store of the watch, by path or URL: adds what happened and what it means for you."),
    ] = None,
    policies: Annotated[
        str | None,
        typer.Option("--policies", metavar="A,B", help="Policies by id or path, to simulate for this portfolio; held against the first."),
    ] = None,
    runs: Annotated[int | None, typer.Option("--runs", help="How many draws of the estimates; 2000 if left out.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Of the draws; one is chosen and printed if left out.")] = None,
) -> None:
    """Brief a portfolio: what may go where, who the customers are, what changed, what is coming, and what to find out next."""
    from thalweg.desk.product import brief_to

    if policies is None and (runs is not None or seed is not None):
        raise typer.BadParameter("--runs and --seed are for --policies; name the policies as well")
    named = [p.strip() for p in (policies or "").split(",") if p.strip()]
    asked = {"policies": named, "runs": 2000 if runs is None else runs, "seed": seed}
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
        policies=None if policies is None else asked,
        news=news,
    )
    for error in errors:
        say(error)
    if errors:
        raise typer.Exit(3)
