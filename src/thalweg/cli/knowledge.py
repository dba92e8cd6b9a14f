"""`thalweg pack` and `thalweg compile`: the knowledge itself."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from thalweg.cli.decide import _open
from thalweg.cli.options import KnownOn, Overlay, Pack, Set, parameters
from thalweg.cli.output import Format, say, write_json, write_rows

app = typer.Typer(no_args_is_help=True, help="Look at the knowledge pack and hold it to its format.", rich_markup_mode=None)


@app.command()
def validate(folder: Annotated[Path | None, typer.Argument(help="A knowledge folder; the embedded pack if left out.")] = None) -> None:
    """Hold a pack to its schema, dates, declared facts and sources; say file and line where it does not."""
    from thalweg.desk import answer as desk

    problems = desk.validate(folder)
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        say(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}")
        raise typer.Exit(1)
    say("no problems")


def _dialects(incomplete: str) -> list[str]:
    from thalweg.desk.compile import dialects

    return [d for d in dialects() if d.startswith(incomplete)]


def compile_(
    dialect: Annotated[
        str | None,
        typer.Option("--dialect", help="duckdb, postgres, spark, snowflake or bigquery.", autocompletion=_dialects),
    ] = None,
    facts: Annotated[
        Path | None,
        typer.Option("--facts", metavar="FILE", help="Transactions to write as the tables that the script reads, instead of the script."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file for the script, or a folder for the three tables of --facts.")
    ] = None,
    overlay: Overlay = None,
    set_: Set = None,
    known_on: KnownOn = None,
    pack: Pack = None,
) -> None:
    """Write the rules as SQL for a warehouse, or the facts of transactions as the tables that the SQL reads.

    Exit codes: 0 done; 2 bad usage; 3 some lines of --facts were bad and are left out.
    """
    from thalweg.desk import compile as desk

    if (dialect is None) == (facts is None):
        raise typer.BadParameter("give --dialect for the rules, or --facts FILE for the tables that they read")
    if facts is not None:
        if output is None or known_on:
            raise typer.BadParameter("name the folder for the tables of --facts with --output, and leave out --known-on")
        _write_facts(facts, output, pack, overlay, set_)
        return
    script = desk.compile_rules(dialect or "", pack=pack, overlays=overlay or (), parameters=parameters(set_), known_on=known_on)
    if output is None:
        typer.echo(script, nl=False)
    else:
        desk.write_text(script, output)


def _write_facts(facts: Path, folder: Path, pack: Path | None, overlay: list[str] | None, set_: list[str] | None) -> None:
    from thalweg.desk.compile import write_facts
    from thalweg.desk.lines import kind_of

    with _open(facts) as source:
        written, errors = write_facts(source, kind_of(str(facts)), folder, pack=pack, overlays=overlay or (), parameters=parameters(set_))
    for path in written:
        typer.echo(str(path))
    for error in errors:
        say(error)
    if errors:
        raise typer.Exit(3)


@app.command()
def show(
    what: Annotated[
        str,
        typer.Argument(
            help="summary, rules, stale, drafts, facts, events, estimates, switches, anchors, history, or the id of a rule or estimate."
        ),
    ] = "summary",
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


class Told(enum.StrEnum):
    """What a script may ask to be told of."""

    difference = "difference"


def _sorts(incomplete: str) -> list[str]:
    from thalweg.desk.estimates_diff import SORTS

    return [sort for sort in SORTS if sort.startswith(incomplete)]


@app.command()
def diff(
    after: Annotated[str, typer.Argument(help="An overlay with estimates, by folder or id, or another knowledge folder.")],
    before: Annotated[
        str | None, typer.Option("--against", metavar="OVERLAY", help="Another overlay or knowledge folder; the pack itself if left out.")
    ] = None,
    what: Annotated[
        list[str] | None,
        typer.Option("--what", help="Only this sort of difference, such as distribution or probabilities; repeat.", autocompletion=_sorts),
    ] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.table,
    fail_on: Annotated[Told | None, typer.Option("--fail-on", help="Exit with 1 if anything differs.")] = None,
    pack: Pack = None,
) -> None:
    """Show what an overlay, or another pack, holds otherwise than the pack among the estimates, or than another overlay.

    Exit codes: 0 done; 1 with --fail-on difference, if anything differs; 2 bad usage. What changes for transactions: `thalweg diff`.
    """
    from thalweg.desk.estimates_diff import diff as desk

    answer = desk(after, before, pack=pack, what=what or ())
    if form in (Format.json, Format.jsonl):
        write_json(answer.model_dump(mode="json"), lines=form is Format.jsonl)
    elif form is Format.table:
        write_rows(answer.shown(), form, title=answer.summary())
    else:
        write_rows(answer.rows(), form, title=answer.summary())
    if fail_on and answer.differences:
        raise typer.Exit(1)


@app.command()
def schema(
    name: Annotated[str, typer.Argument(help="rule, amend, end, set, fact, event, overlay, pack, list, ownership or coverage.")] = "rule",
    write: Annotated[Path | None, typer.Option("--write", metavar="FOLDER", help="Write all of them to a folder instead.")] = None,
) -> None:
    """Print the JSON Schema of a knowledge file, for editors."""
    from thalweg.desk.knowledge import schema_of, write_schemas

    if write is None:
        write_json(schema_of(name))
        return
    for path in write_schemas(write):
        typer.echo(str(path))
