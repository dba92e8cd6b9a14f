"""`thalweg ownership`: who is covered by a rule because of who owns it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from thalweg.cli.options import Date, Overlay, Pack
from thalweg.cli.output import Format, neutral, say, write_json, write_rows
from thalweg.evidence.errors import BadInput
from thalweg.evidence.text import one_line, visible

if TYPE_CHECKING:
    import polars as pl

    from thalweg.desk.ownership import Answered, Question

STATUSES = ("listed", "covered", "not_covered", "unknown")


def ownership(  # noqa: PLR0917  (typer reads the options from the signature)
    file: Annotated[
        Path,
        typer.Argument(
            help="Graphs as JSON Lines or JSON; holdings as CSV or Parquet; GLEIF level 2, Open Ownership or FollowTheMoney data; "
            "- reads standard input."
        ),
    ],
    regime: Annotated[
        list[str] | None,
        typer.Option("--regime", help="bis_affiliates or ofac_50; may be repeated. Left out: that of each graph, else every one."),
    ] = None,
    date: Date = None,
    listed: Annotated[
        Path | None, typer.Option("--listed", help="Who is listed: CSV with the columns party and list, or JSON. Adds to the graphs.")
    ] = None,
    parties: Annotated[
        Path | None, typer.Option("--parties", help="Names and countries: CSV with party, country and name, or GLEIF level 1 data.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE", help="Draw the graph to an SVG file, or all graphs to an HTML page.")
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Show parties in the table that nothing is found on too.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.table,
    fail_on: Annotated[list[str] | None, typer.Option("--fail-on", help="Exit with 1 if a status is this one; may be repeated.")] = None,
    pack: Pack = None,
    overlay: Overlay = None,
) -> None:
    """Attribute ownership: the status of every owned party, with the chain that leads to it, red flags, and what it inherits.

    Exit codes: 0 done; 1 a status named by --fail-on; 2 bad usage; 3 some lines were bad (each has an error record).
    """
    from thalweg.desk import ownership as desk

    for name in fail_on or ():
        if name not in STATUSES:
            raise typer.BadParameter(f"--fail-on: there is no status {name!r}; the statuses are {', '.join(STATUSES)}")
    question = desk.question(regimes=regime or (), date=date, listed=listed, known=parties, pack=pack, overlays=overlay or ())
    if picture is not None and picture.suffix.lower() not in (".svg", ".html"):
        raise BadInput(f"{picture}: name it .svg or .html")
    seen = Seen()
    with _opened(file) as source, _named(file):
        for answered in _progress(question, source, file):
            seen.note(answered, keep=picture is not None)
            _show(answered, seen, form, everyone=everyone)
    _finish(seen, form, file.name)
    if picture is not None:
        desk.draw(seen.drawn, picture, question.pack)
        say(f"drawn to {picture}")
    if seen.bad:
        say(f"{seen.bad} bad line{'s' if seen.bad > 1 else ''}; each has an error record with its number")
        raise typer.Exit(3)
    if seen.statuses & set(fail_on or ()):
        raise typer.Exit(1)


@dataclass(slots=True)
class Seen:
    """What came of the graphs so far: statuses, bad lines, and what is written at the end."""

    statuses: set[str] = field(default_factory=set)
    bad: int = 0
    drawn: list[Answered] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    written: bool = False

    def note(self, answered: Answered, *, keep: bool) -> None:
        """Count an answer, and keep it where it is to be drawn."""
        if answered.error:
            self.bad += 1
        elif keep:
            self.drawn.append(answered)
        self.statuses |= _statuses(answered)


def _show(answered: Answered, seen: Seen, form: Format, *, everyone: bool) -> None:
    """Write an answer, or hold it where the form has one beginning and one end."""
    if form is Format.jsonl:
        write_json(_record(answered), lines=True)
    elif form is Format.json:
        seen.held.append(_record(answered))
    elif answered.table is not None and form in (Format.csv, Format.table):
        _write_table(answered, form, everyone=everyone)
        seen.written = True
    else:
        seen.held.extend(_rows(answered, everyone=everyone or form is not Format.table))


def _finish(seen: Seen, form: Format, title: str) -> None:
    if form is Format.json:
        write_json(seen.held)
    elif form is not Format.jsonl and (seen.held or not seen.written):
        write_rows(seen.held, form, title=title)


def _statuses(answered: Answered) -> set[str]:
    if answered.table is not None:
        return set(answered.table.statuses().unique().to_list())
    return set(answered.answer.status.values()) if answered.answer is not None else set()


def _record(answered: Answered) -> dict[str, Any]:
    if answered.error:
        identity = None if answered.id is None else visible(answered.id)
        return {"id": identity, "line": answered.number, "error": one_line(answered.error)}
    answer = answered.table.answer() if answered.table is not None else answered.answer
    data: dict[str, Any] = answer.model_dump(mode="json") if answer is not None else {}
    return data


def _rows(answered: Answered, *, everyone: bool) -> Iterable[dict[str, Any]]:
    """Yield a row for each owned party, for tables."""
    if answered.error:
        yield _record(answered)
        return
    if answered.table is not None:
        yield from answered.table.frame().iter_rows(named=True)
        return
    answer = answered.answer
    assert answer is not None  # noqa: S101  (what is no error is an answer)
    flags: dict[str, list[str]] = {}
    for flag in answer.red_flags:
        flags.setdefault(flag.party, []).append(flag.brief)
    for party, status in answer.status.items():
        share, taken = answer.listed_share.get(party), answer.inherits.get(party)
        if not (everyone or share or status != "not_covered" or len(answer.status) <= _FEW):
            continue
        held = "" if share is None else _percent(share.min, share.max)
        inherited = "" if taken is None else "; ".join([*taken.lists, *(f"footnote {f}" for f in taken.footnotes), taken.policy or ""])
        yield {
            "id": answer.id,
            "regime": answer.regime,
            "as_of": answer.as_of,
            "party": party,
            "status": status,
            "listed_share": held,
            "chains": answer.chains.get(party, []),
            "inherits": inherited.removesuffix("; "),
            "red_flags": flags.get(party, []),
        }


_FEW = 40


def _percent(low: float, high: float) -> str:
    return f"{low * 100:.6g}%" if low == high else f"{low * 100:.6g}% to {high * 100:.6g}%"


def _write_table(answered: Answered, form: Format, *, everyone: bool) -> None:
    """Write the answer to a table of holdings; of very many parties a table for people shows those on which something is found."""
    table = answered.table
    assert table is not None  # noqa: S101  (the caller has looked)
    frame = table.frame()
    if form is Format.csv:
        sys.stdout.write(_neutral(frame).write_csv())
        return
    found = frame.filter((frame["status"] != "not_covered") | (frame["listed_max"] > 0))
    shown = frame if everyone else found
    posture = table.posture.state.replace("_", " ")
    title = f"{table.regime.id} on {table.date} ({posture}): {frame.height:,} owned parties, {found.height:,} with listed owners"
    write_rows(shown.head(_SHOWN).to_dicts(), form, title=title)
    counts = ", ".join(f"{n:,} {s.replace('_', ' ')}" for s, n in sorted(frame["status"].value_counts().iter_rows()))
    say(counts + (f"; {shown.height - _SHOWN:,} more rows with --format csv" if shown.height > _SHOWN else ""))


_SHOWN = 200


def _neutral(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame in which no cell is a formula and nothing commands a terminal; the few that are suspicious are looked at."""
    import polars as pl

    for name, kind in frame.schema.items():
        if kind != pl.String:
            continue
        suspicious = frame[name].str.contains(r"^[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|[\p{C}\x{2028}\x{2029}]")
        if suspicious.any():
            cells = frame[name].to_list()
            for place in suspicious.arg_true().to_list():
                cells[place] = neutral(cells[place])
            frame = frame.with_columns(pl.Series(name, cells))
    return frame


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    if str(file) == "-":
        if sys.stdin is None:
            raise BadInput("-: standard input is closed; name a file or send one in")
        yield sys.stdin.buffer
        return
    try:
        handle = file.open("rb")
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


def _progress(question: Question, source: IO[bytes], file: Path) -> Iterator[Answered]:
    """Show on standard error that work goes on, and how many graphs are done, where a person looks and the output goes elsewhere."""
    answers = question.of(source)
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from answers
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(visible(f"attributing {file.name}"), total=None)
        for answered in answers:
            yield answered
            bar.advance(task)
