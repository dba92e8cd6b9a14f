"""`thalweg lists`: lists of parties in the store, with their history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from thalweg.cli.options import Out, Overlay, Pack
from thalweg.cli.output import Format, say, write_json, write_rows
from thalweg.evidence.text import visible

if TYPE_CHECKING:
    from thalweg.desk.list_answers import ListImport

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Fetch or read lists of parties into the store, see how fresh they are, what changed, and who stood on a day.",
)
STATES = ("absent", "stale", "due", "fresh")

_Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="PATH|URL",
        help="A file, or a postgresql:// URL; THALWEG_STORE if left out, else thalweg/store.db in the user's data directory.",
    ),
]
_Replace = Annotated[bool, typer.Option("--replace", help="Put a copy in the place of a different one of the same list and day.")]
_AcceptSize = Annotated[bool, typer.Option("--accept-size", help="Take copies whose number of rows is not believable.")]


def _ids(incomplete: str) -> list[tuple[str, str]]:
    from thalweg.desk.lists import list_ids

    return [(i, title) for i, title in list_ids().items() if i.startswith(incomplete)]


def _sources(incomplete: str) -> list[tuple[str, str]]:
    from thalweg.desk.lists import source_ids

    return [(i, title) for i, title in source_ids().items() if i.startswith(incomplete)] + _ids(incomplete)


_OneList = Annotated[str, typer.Argument(metavar="LIST", help="The id of a list, as in `thalweg lists status`.", autocompletion=_ids)]


@app.command()
def pull(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[LIST|SOURCE]...", help="Ids of lists or sources; all that have an address if left out.", autocompletion=_sources
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="Where the files are kept, so that only what has changed is fetched again; a cache if left out."),
    ] = None,
    replace: _Replace = False,
    accept_size: _AcceptSize = False,
    store: _Store = None,
    form: Out = Format.table,
    overlay: Overlay = None,
    pack: Pack = None,
) -> None:
    """Fetch lists from their official addresses into the store.

    A list comes from its issuer where that has an address, else from the Consolidated Screening List (csl). Downloads that broke off are
    gone on with, and what has not changed is not fetched again. A copy that is not believable is refused, and the last good one stays.

    Exit codes: 0 done; 2 nothing could be taken; 3 some lists could not be fetched, were refused or have no rows any more.
    """
    from thalweg.desk.lists import pull_lists

    with _progress(of_bytes=True) as tell:
        done = pull_lists(
            what or (),
            store=store,
            folder=folder,
            replace=replace,
            accept_size=accept_size,
            pack=pack,
            overlays=overlay or (),
            progress=tell,
        )
    _report(done, form)


@app.command("import")
def import_(  # noqa: PLR0917  (typer reads the options from the signature)
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="List files in a published form: CSV, JSON, XML or ZIP.")],
    list_id: Annotated[str | None, typer.Option("--list", metavar="LIST", help="Take this list only.", autocompletion=_ids)] = None,
    data_date: Annotated[
        str | None,
        typer.Option("--data-date", metavar="YYYY-MM-DD", help="The day the files are of, where neither they nor their names say."),
    ] = None,
    replace: _Replace = False,
    accept_size: _AcceptSize = False,
    store: _Store = None,
    form: Out = Format.table,
    overlay: Overlay = None,
    pack: Pack = None,
) -> None:
    """Read list files into the store. Each list is taken whole or not at all; files may come in any order of their dates.

    A copy with far fewer or more rows than the one before is refused, and that one stays. The same file again changes nothing.

    Exit codes: 0 done; 2 nothing could be taken; 3 some files could not be read, or some lists were refused or have no rows any more.
    """
    from thalweg.desk.lists import import_lists

    with _progress() as tell:
        done = import_lists(
            files,
            list_id=list_id,
            data_date=data_date,
            store=store,
            replace=replace,
            accept_size=accept_size,
            pack=pack,
            overlays=overlay or (),
            progress=tell,
        )
    _report(done, form)


@app.command()
def status(
    lists: Annotated[
        list[str] | None, typer.Argument(metavar="[LIST]...", help="Ids of lists; all if left out.", autocompletion=_ids)
    ] = None,
    date: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The day of the question; today if left out.")] = None,
    fail_on: Annotated[
        list[str] | None, typer.Option("--fail-on", metavar="STATE", help="Exit with 1 if a list is absent, stale or due; may be repeated.")
    ] = None,
    store: _Store = None,
    form: Out = Format.table,
) -> None:
    """Show the last copy of each list: its day, its rows, and its age against what its source's cadence lets expect.

    fresh: not older than the days between two issues. due: a newer one should be out. stale: past its source's limit. absent: no copy.

    Exit codes: 0 done; 1 a list is in a state named by --fail-on; 2 bad usage, or the store cannot be read.
    """
    from thalweg.desk.lists import list_status

    for name in fail_on or ():
        if name not in STATES:
            raise typer.BadParameter(f"--fail-on: there is no state {name!r}; the states are {', '.join(STATES)}")
    found = list_status(lists or (), date=date, store=store)
    lines = [s.model_dump(mode="json") for s in found.lists]
    if form is Format.table:
        columns = ("list", "state", "data_date", "rows", "age_days", "expected_days", "stale_after_days", "copies", "first_date", "source")
        write_rows([{c: line[c] for c in columns} for line in lines], form, title=f"{found.store} on {found.as_of}")
    else:
        _write(found.model_dump(mode="json"), lines, form, "lists")
    if {s.state for s in found.lists} & set(fail_on or ()):
        raise typer.Exit(1)


@app.command()
def diff(
    list_id: _OneList,
    before: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="The last copy not later than this day; the one before if left out.")
    ] = None,
    after: Annotated[
        str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="The last copy not later than this day; the last one if left out.")
    ] = None,
    store: _Store = None,
    form: Out = Format.table,
) -> None:
    """Show what changed between two copies of a list: entries added, removed, renamed, and changed field by field.

    An entry whose key changed is shown as renamed, once, with what shows that it is the same one.

    Exit codes: 0 done; 2 bad usage, or there is no such copy.
    """
    from thalweg.desk.lists import diff_lists

    found = diff_lists(list_id, before, after, store=store)
    if form is Format.table:
        say(found.explain().partition("\n")[0])
        if found.note:
            say(found.note)
    lines = list(found.lines())
    rows = lines if form in (Format.json, Format.jsonl) else [_flat(line) for line in lines]
    _write(found.model_dump(mode="json"), rows, form, f"{list_id} {found.before} to {found.after}")


@app.command()
def show(
    list_id: _OneList,
    date: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The day; today if left out.")] = None,
    find: Annotated[str, typer.Option("--find", metavar="TEXT", help="Only entries of which a name or alias holds this text.")] = "",
    entry_id: Annotated[str | None, typer.Option("--entry", metavar="ID", help="Only this entry.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many entries; 50 for a table, else all.")] = None,
    store: _Store = None,
    form: Out = Format.table,
) -> None:
    """Show the entries of a list that stood on a day, with listing date, and the first and last copy each was seen in.

    What the answer rests on goes to standard error: the copies around the day, and what they cannot show.

    Exit codes: 0 done; 2 bad usage, or the store holds no copy of the list.
    """
    from thalweg.desk.lists import entries_as_of

    found = entries_as_of(list_id, date, find=find, entry_id=entry_id, store=store)
    most = limit or (50 if form is Format.table else None)
    shown = found.entries[:most]
    say(
        f"{list_id} on {found.as_of}: {found.coverage.rows:,} entries stood, {len(found.entries):,} of them asked for, {len(shown):,} shown"
    )
    if found.coverage.note:
        say(found.coverage.note)
    lines = [e.model_dump(mode="json") for e in shown]
    if form is Format.table:
        columns = ("entry_id", "name", "type", "countries", "listed_on", "listed_basis", "first_seen", "last_seen", "unknown")
        write_rows([{c: line[c] for c in columns} for line in lines], form, title="no entry" if not lines else list_id)
    else:
        _write(found.model_dump(mode="json") | {"entries": lines}, lines, form, list_id)


# ---------------------------------------------------------------- writing


def _report(done: ListImport, form: Format) -> None:
    """Write what became of each copy; end with 3 where some were not taken, with 2 where none was."""
    lines = [c.model_dump(mode="json") for c in done.copies]
    if form is Format.table:
        columns = ("list", "outcome", "data_date", "rows", "added", "removed", "changed", "previous", "source", "file")
        write_rows([{c: line[c] for c in columns} for line in lines], form, title=done.store)
    else:
        _write(done.model_dump(mode="json"), lines, form, "lists")
    for copy in done.copies:
        if copy.outcome in ("missing", "empty"):
            say(f"{copy.list}: {copy.note}")
        elif copy.outcome in ("refused", "failed"):
            say(copy.note)
    if done.bad:
        raise typer.Exit(3 if any(c.outcome in ("loaded", "same", "replaced", "unchanged") for c in done.copies) else 2)


def _write(whole: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], form: Format, title: str) -> None:
    """Write the whole answer as JSON, or its lines in another form."""
    if form is Format.json:
        write_json(whole)
    elif form is Format.jsonl:
        for line in lines:
            write_json(line, lines=True)
    else:
        write_rows(lines, form, title=title)


def _flat(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return a change as a row: what it was, what shows that it is the same, and its fields in words."""
    fields = [f"{f['field']}: {_said(f['before'])} -> {_said(f['after'])}" for f in line.get("fields", ())]
    was = line.get("was") or {}
    return {
        "change": line["change"],
        "entry_id": line["entry_id"],
        "name": line["name"],
        "countries": line.get("countries", []),
        "listed_on": line.get("listed_on"),
        "was": f"{was['name']} ({was['entry_id']})" if was else "",
        "because": line.get("because", ""),
        "fields": "\n".join(fields),
    }


def _said(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return text or "nothing"


@contextmanager
def _progress(*, of_bytes: bool = False) -> Iterator[Callable[[str, int, int | None], None]]:
    """Show on standard error how far the work is, where a person watches."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    count = DownloadColumn() if of_bytes else MofNCompleteColumn()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), count, TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def tell(what: str, done: int, total: int | None) -> None:
            bar.update(task, description=visible(what), completed=done, total=total)

        yield tell
