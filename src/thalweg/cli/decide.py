"""`thalweg decide`: one determination for each transaction of a file, or for one by hand."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from thalweg.cli.options import Date, KnownOn, Lists, Overlay, Owners, Pack, Screened, Set, parameters, today
from thalweg.cli.output import Format, say, write_json, write_rows
from thalweg.evidence.errors import BadInput
from thalweg.evidence.text import one_line, visible
from thalweg.evidence.time import parse_date

if TYPE_CHECKING:
    from thalweg.desk.lines import Line


def decide(  # noqa: PLR0917  (typer reads the options from the signature)
    file: Annotated[Path | None, typer.Argument(help="JSON Lines, JSON, CSV or Parquet; - reads JSON Lines from standard input.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A Parquet file for the answers to a CSV or Parquet file.")] = None,
    item: Annotated[str | None, typer.Option(help="A catalogue name, for one transaction by hand.")] = None,
    to: Annotated[str | None, typer.Option(help="Destination, as a country code or name.")] = None,
    date: Date = None,
    activity: Annotated[str, typer.Option(help="export, reexport, transfer, deemed_export or remote_access.")] = "export",
    exporter: Annotated[str | None, typer.Option(help="Name of the exporter.")] = None,
    end_user: Annotated[str | None, typer.Option(help="Name of the end user.")] = None,
    headquarters: Annotated[str | None, typer.Option(help="Where the end user is headquartered.")] = None,
    ultimate_parent: Annotated[str | None, typer.Option(help="Where the end user's ultimate parent is headquartered.")] = None,
    quantity: Annotated[float | None, typer.Option(help="Number of items.")] = None,
    fact: Annotated[list[str] | None, typer.Option("--fact", metavar="NAME=VALUE", help="Any declared fact; may be repeated.")] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Show every rule that mattered, clause by clause.")] = False,
    form: Annotated[Format | None, typer.Option("--format", help="table by hand, jsonl for a file, unless said otherwise.")] = None,
    fail_on: Annotated[list[str] | None, typer.Option("--fail-on", help="Exit with 1 if an outcome is this one; may be repeated.")] = None,
    pack: Pack = None,
    overlay: Overlay = None,
    set_: Set = None,
    known_on: KnownOn = None,
    lists: Lists = None,
    store: Screened = None,
    owners: Owners = None,
) -> None:
    """Decide transactions: license needed or not, under which rule, with which exceptions, and what is not known.

    Exit codes: 0 done; 1 an outcome named by --fail-on; 2 bad usage; 3 some lines were bad (each has an error record).
    """
    from thalweg.desk import answer as desk

    _check_outcomes(fail_on or ())
    options: dict[str, Any] = {"pack": pack, "overlays": overlay or (), "parameters": parameters(set_), "known_on": known_on}
    gathered: dict[str, Any] = {"lists": lists or (), "store": store, "holdings": owners}
    if file is None:
        if item is None or to is None:
            raise typer.BadParameter("name a FILE, or give --item and --to")
        party = {
            "role": "end_user",
            "name": end_user,
            "country": to,
            "headquarters": headquarters,
            "ultimate_parent_headquarters": ultimate_parent,
        }
        transaction: dict[str, Any] = {
            "date": date or today(),
            "activity": activity,
            "item": item,
            "to": to,
            "quantity": quantity,
            "parties": [party],
            "facts": parameters(fact),
        }
        if exporter:
            transaction["exporter"] = {"name": exporter}
        answer = desk.decide(transaction, **options, **gathered)
        _show(answer, form or Format.table, trace=trace)
        outcomes = {answer.outcome}
        bad = 0
    elif output is not None or file.suffix.lower() == ".parquet":
        if date or trace or form or fail_on:
            raise typer.BadParameter("a table is decided by its own dates into Parquet: leave out --date, --trace, --format and --fail-on")
        if any(gathered.values()):
            raise typer.BadParameter(
                "parties of a table are matched by name alone: leave out --lists, --store and --owners, or decide lines"
            )
        outcomes, bad = set(), _decide_table(file, output, options)
    else:
        outcomes, bad = _decide_file(file, form or Format.jsonl, date, options, gathered, trace=trace)
    if bad:
        say(f"{bad} bad line{'s' if bad > 1 else ''}; each has an error record with its number")
        raise typer.Exit(3)
    if outcomes & set(fail_on or ()):
        raise typer.Exit(1)


def _check_outcomes(names: Iterable[str]) -> None:
    """Refuse an outcome that no answer has, since a check that waits for it would never fail."""
    if names:
        from thalweg.briefs.words import OUTCOMES

        for name in names:
            if name not in OUTCOMES:
                raise typer.BadParameter(f"--fail-on: there is no outcome {name!r}; the outcomes are {', '.join(OUTCOMES)}")


def _show(answer: Any, form: Format, *, trace: bool) -> None:
    if form is Format.table:
        sys.stdout.write((answer.explain() if trace else answer.explain().split("\n\n")[0]) + "\n")
    elif form in (Format.json, Format.jsonl):
        write_json(_record(answer, trace=trace), lines=form is Format.jsonl)
    else:
        write_rows([_row(answer)], form)


def _record(answer: Any, *, trace: bool) -> dict[str, Any]:
    data: dict[str, Any] = answer.model_dump(mode="json")
    if trace:
        data["trace"] = answer.explain().splitlines()
    return data


def _row(answer: Any) -> dict[str, Any]:
    return {
        "id": answer.id,
        "as_of": answer.as_of,
        "outcome": answer.outcome,
        "codified_outcome": answer.codified_outcome,
        "classification": answer.classification,
        "review_policy": answer.review_policy,
        "requirements": [r.rule for r in answer.requirements],
        "exceptions": [e.exception for e in answer.exceptions if e.available],
        "missing_facts": [m.fact for m in answer.missing_facts],
        "red_flags": [f.rule for f in answer.red_flags],
        "may_be_stale": answer.may_be_stale,
        "beyond_verified": answer.beyond_verified,
    }


@contextmanager
def _open(file: Path) -> Iterator[TextIO]:
    if str(file) == "-":
        if sys.stdin is None:
            raise BadInput("-: standard input is closed; name a file or send one in")
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
        yield sys.stdin
        return
    try:
        handle = file.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
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


def _decide_file(
    file: Path, form: Format, date: str | None, options: dict[str, Any], gathered: dict[str, Any], *, trace: bool
) -> tuple[set[str], int]:
    from thalweg.desk import answer as desk
    from thalweg.desk.lines import kind_of, read_lines

    desk.check_options(**options, **gathered)  # an option that is wrong is not the fault of every line
    if date is not None:
        parse_date(date)
    outcomes: set[str] = set()
    rows: list[dict[str, Any]] = []
    bad = 0
    with _open(file) as source, _named(file):
        for line in _progress(read_lines(source, kind_of(str(file))), file):
            record, row = _one(line, date, {**options, **gathered}, trace=trace)
            if "error" in record:
                bad += 1
            else:
                outcomes.add(record["outcome"])
            if form is Format.jsonl:
                write_json(record, lines=True)
            else:
                rows.append(record if form is Format.json else row)
    if form is Format.json:
        write_json(rows)
    elif form is not Format.jsonl:
        write_rows(rows, form, title=file.name)
    return outcomes, bad


def _decide_table(file: Path, output: Path | None, options: dict[str, Any]) -> int:
    """Decide a table into a Parquet file, with a bar on standard error; return how many rows were refused."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from thalweg.desk import answer as desk

    if output is None:
        raise typer.BadParameter("name the Parquet file for the answers with --output")
    columns = (TextColumn(f"deciding {file.name}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=None)
        rows, bad = desk.decide_file(file, output, progress=lambda done: bar.update(task, completed=done), **options)
    say(f"{rows:,} rows in {output}")
    return bad


def _one(line: Line, date: str | None, options: dict[str, Any], *, trace: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    from thalweg.desk import answer as desk

    message = line.error
    if line.transaction is not None:
        try:
            answer = desk.decide(line.transaction | ({"date": date} if date else {}), **options)
            return _record(answer, trace=trace), _row(answer)
        except BadInput as error:
            message = str(error)
    identity = (line.transaction or {}).get("id")
    record = {"id": visible(identity) if isinstance(identity, str) else None, "line": line.number, "error": one_line(message)}
    return record, record


def _progress(lines: Iterator[Line], file: Path) -> Iterator[Line]:
    """Show a progress bar on standard error where a person is looking and the output goes elsewhere."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from lines
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(f"deciding {file.name}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)
        for line in lines:
            yield line
            bar.advance(task)
