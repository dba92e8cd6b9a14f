"""`thalweg screen` and `thalweg compare-names`: who a party may be on the lists of a day, and how alike two names are."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from thalweg.cli.options import Date, Lists, Pack, Screened
from thalweg.cli.output import Format, say, write_json, write_rows
from thalweg.evidence.errors import BadInput
from thalweg.evidence.text import one_line, visible

_KNOWN = ("type", "country", "birth_date", "address", "lei", "uscc", "imo", "tax_id", "passport")


def screen(  # noqa: PLR0917  (typer reads the options from the signature)
    file: Annotated[
        Path | None, typer.Argument(help="Parties as CSV, JSON Lines or Parquet; - reads JSON Lines from standard input.")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="A party by hand.")] = None,
    known: Annotated[
        list[str] | None, typer.Option("--known", metavar="FIELD=VALUE", help=f"What else is known of it: {', '.join(_KNOWN)}.")
    ] = None,
    lists: Lists = None,
    store: Screened = None,
    date: Date = None,
    min_level: Annotated[str, typer.Option("--min-level", help="Leave out hits below strong, possible or weak.")] = "possible",
    limit: Annotated[int, typer.Option("--limit", help="At most so many hits for a party.")] = 25,
    form: Annotated[Format | None, typer.Option("--format", help="table by hand, jsonl for a file, unless said otherwise.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=64, help="Processes that share the work on a file.")] = 1,
    fail_on: Annotated[list[str] | None, typer.Option("--fail-on", help="Exit with 1 if a hit has this level; may be repeated.")] = None,
    pack: Pack = None,
) -> None:
    """Screen parties against lists: the entries that each may be, with a score, a level and the reasons. No hit is not an all-clear.

    Exit codes: 0 done; 1 a level named by --fail-on; 2 bad usage; 3 some lines were bad (each has an error record).
    """
    from thalweg.desk import screen as desk

    for level in (min_level, *(fail_on or ())):
        desk.check_options(level, limit)
    options: dict[str, Any] = {"lists": lists or (), "store": store, "date": date, "min_level": min_level, "limit": limit, "pack": pack}
    if (file is None) == (name is None):
        raise typer.BadParameter("name a FILE, or give --name")
    levels: set[str] = set()
    bad = 0
    if name is not None:
        hits = desk.screen({"name": name, **_stated(known or ())}, **options)
        _show(hits, form or Format.table)
        levels = {str(h.level) for h in hits}
    elif file is not None:
        if known:
            raise typer.BadParameter("--known is for a party by hand; a file has columns for it")
        levels, bad = _file(file, form or Format.jsonl, options, jobs)
    if bad:
        say(f"{bad} bad line{'s' if bad > 1 else ''}; each has an error record with its number")
        raise typer.Exit(3)
    if levels & set(fail_on or ()):
        raise typer.Exit(1)


def _stated(pairs: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        field, sign, value = pair.partition("=")
        if not sign or field not in _KNOWN:
            raise typer.BadParameter(f"--known {pair!r}: write FIELD=VALUE, where FIELD is one of {', '.join(_KNOWN)}")
        found[field] = value
    return found


def _show(hits: Any, form: Format) -> None:
    if form is Format.table:
        sys.stdout.write(visible(hits.explain(), keep="\n") + "\n")
    elif form in (Format.json, Format.jsonl):
        write_json(_answer(None, hits), lines=form is Format.jsonl)
    else:
        write_rows(_rows(None, hits), form)


def _answer(identity: str | None, hits: Any) -> dict[str, Any]:
    answer: dict[str, Any] = {"id": identity, **hits.model_dump(mode="json")}
    return answer


def _rows(identity: str | None, hits: Any) -> list[dict[str, Any]]:
    """Return a row for each hit, or one that says that there is none."""
    head = {"id": identity, "query": hits.query}
    columns = ("list", "entry_id", "name", "matched_name", "score", "level", "countries", "listed_on", "why", "note")
    found = [{**head, **{c: row[c] for c in columns}} for row in (h.model_dump(mode="json") for h in hits)]
    return found or [{**head, "list": "", "name": hits.statement}]


def _file(file: Path, form: Format, options: dict[str, Any], jobs: int) -> tuple[set[str], int]:
    from thalweg.desk.screen_lines import answers, table_answers

    levels: set[str] = set()
    held: list[dict[str, Any]] = []
    bad = 0
    table = file.suffix.lower() == ".parquet"
    with _opened(file, "a party by hand is given with --name") as source, _named(file):
        found = table_answers(file, workers=jobs, **options) if table else answers(source, str(file), workers=jobs, **options)
        for line, hits, error in _progress(found, file):
            identity = None if line.id is None else visible(line.id)
            if hits is None:
                bad += 1
                record = {"id": identity, "line": line.number, "error": one_line(error)}
                rows = [record]
            else:
                levels |= {h.level for h in hits}
                record = _answer(identity, hits) if form in (Format.json, Format.jsonl) else {}
                rows = [] if record else _rows(identity, hits)
            if form is Format.jsonl:
                write_json(record, lines=True)
            else:
                held.extend([record] if form is Format.json else rows)
    if form is Format.json:
        write_json(held)
    elif form is not Format.jsonl:
        write_rows(held, form, title=file.name)
    return levels, bad


def compare_names(
    name1: Annotated[str | None, typer.Argument(help="A name, as it is asked about.")] = None,
    name2: Annotated[str | None, typer.Argument(help="A name, as a list has it.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="CSV with the columns name1, name2 and perhaps schema; - reads it.")] = None,
    kind: Annotated[str, typer.Option("--type", help="What both are: individual, entity, vessel or aircraft.")] = "",
    form: Annotated[Format | None, typer.Option("--format", help="table for two names, jsonl for a file, unless said otherwise.")] = None,
    pack: Pack = None,
) -> None:
    """Compare two names as screening does, or the two names of each row of a file.

    Exit codes: 0 done; 2 bad usage; 3 some lines were bad (each has an error record).
    """
    from thalweg.desk.screen import compare_names as compare

    if file is None:
        if name1 is None or name2 is None:
            raise typer.BadParameter("give two names, or --file")
        found = compare(name1, name2, kind=kind, pack=pack)
        if (form or Format.table) is Format.table:
            sys.stdout.write(visible(found.explain(), keep="\n") + "\n")
        elif form in (Format.json, Format.jsonl):
            write_json(found.model_dump(mode="json"), lines=form is Format.jsonl)
        else:
            write_rows([found.model_dump(mode="json")], form or Format.table)
        return
    if name1 is not None or kind:
        raise typer.BadParameter("a file has its names, and the column schema says what they are of")
    if bad := _compare_file(file, form or Format.jsonl, pack):
        say(f"{bad} bad line{'s' if bad > 1 else ''}; each has an error record with its number")
        raise typer.Exit(3)


def _compare_file(file: Path, form: Format, pack: Path | None) -> int:
    from thalweg.desk.screen_lines import compared

    held: list[dict[str, Any]] = []
    bad = 0
    with _opened(file, "two names by hand stand without --file") as source, _named(file):
        for line, found, error in compared(source, pack=pack):
            bad += found is None
            record = found.model_dump(mode="json") if found is not None else {"line": line.number, "error": one_line(error)}
            if form is Format.jsonl:
                write_json(record, lines=True)
            else:
                held.append(record)
    if form is Format.json:
        write_json(held)
    elif form is not Format.jsonl:
        write_rows(held, form, title=file.name)
    return bad


@contextmanager
def _opened(file: Path, otherwise: str) -> Iterator[TextIO]:
    if str(file) == "-":
        if sys.stdin is None:
            raise BadInput("-: standard input is closed; name a file or send one in")
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
        yield sys.stdin
        return
    try:
        handle = file.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except FileNotFoundError:
        raise BadInput(f"{file}: there is no such file; {otherwise}") from None
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror or error}") from None
    with handle:
        yield handle


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Name the file in what is said of it as a whole."""
    try:
        yield
    except BadInput as error:
        raise BadInput(f"{file}: {error}") from None


def _progress(answers: Iterable[Any], file: Path) -> Iterator[Any]:
    """Show a progress bar on standard error where a person is looking and the output goes elsewhere."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from answers
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(f"screening {file.name}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)
        for answer in answers:
            yield answer
            bar.advance(task)
