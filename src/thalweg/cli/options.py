"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thalweg.cli.output import Format

Pack = Annotated[Path | None, typer.Option("--pack", help="A knowledge folder instead of the embedded pack.")]
Overlay = Annotated[
    list[str] | None, typer.Option("--overlay", help="A draft by id, or an overlay folder; may be repeated, laid in order.")
]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of an overlay.")]
Date = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The date of the law applied.")]
KnownOn = Annotated[str | None, typer.Option("--known-on", metavar="YYYY-MM-DD", help="Leave out what was published later.")]
Lists = Annotated[
    list[Path] | None,
    typer.Option("--lists", metavar="PATH", help="A file or folder of lists that parties are screened against; may be repeated."),
]
Screened = Annotated[
    str | None, typer.Option("--store", metavar="WHERE", help="A store of lists, by path or URL, that parties are screened against.")
]
Owners = Annotated[
    Path | None, typer.Option("--owners", metavar="FILE", help="Holdings: who owns how much of whom, as `ownership` reads them.")
]
Out = Annotated[Format, typer.Option("--format", help="How to write the answer.")]


def parameters(pairs: list[str] | None) -> dict[str, float | str]:
    """Read NAME=VALUE pairs.

    Raises:
        typer.BadParameter: if one has no name or no value.
    """
    found: dict[str, float | str] = {}
    for pair in pairs or ():
        name, sign, value = pair.partition("=")
        if not (name and sign and value):
            raise typer.BadParameter(f"{pair!r}: write NAME=VALUE")
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = value
    return found


def today() -> str:
    """Return the user's own calendar day."""
    import datetime as dt

    return dt.date.today().isoformat()  # noqa: DTZ011  (a calendar day, not an instant)
