"""`thalweg pack` and `thalweg compile`: the knowledge itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from thalweg.cli.options import Overlay, Pack
from thalweg.cli.output import Format, say, write_json, write_rows

app = typer.Typer(no_args_is_help=True, help="Look at the knowledge pack and hold it to its format.", rich_markup_mode=None)


@app.command()
def validate(folder: Annotated[Path | None, typer.Argument(help="A knowledge folder; the embedded pack if left out.")] = None) -> None:
    """Hold a pack to its schema, dates, declared facts and sources; say file and line where it does not."""
    from thalweg import desk

    problems = desk.validate(folder)
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        say(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}")
        raise typer.Exit(1)
    say("no problems")


@app.command()
def show(
    what: Annotated[str, typer.Argument(help="summary, rules, drafts, facts, events, or the id of a rule.")] = "summary",
    form: Annotated[Format, typer.Option("--format")] = Format.table,
    pack: Pack = None,
    overlay: Overlay = None,
) -> None:
    """Show what a pack holds."""
    from thalweg.desk.knowledge import describe

    rows = describe(what, pack=pack, overlays=overlay or ())
    if form in (Format.json, Format.jsonl):
        write_json(rows, lines=form is Format.jsonl)
    else:
        write_rows(rows, form, title=what)


@app.command()
def schema(
    name: Annotated[str, typer.Argument(help="rule, amend, end, set, fact, event, overlay, pack, list or coverage.")] = "rule",
    write: Annotated[Path | None, typer.Option("--write", metavar="FOLDER", help="Write all of them to a folder instead.")] = None,
) -> None:
    """Print the JSON Schema of a knowledge file, for editors."""
    from thalweg.desk.knowledge import schema_of, write_schemas

    if write is None:
        write_json(schema_of(name))
        return
    for path in write_schemas(write):
        typer.echo(str(path))
