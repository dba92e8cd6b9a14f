"""`thalweg watch`: what happened, by official feeds and news, what it means, and what is coming."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from thalweg.cli.options import Out, Pack
from thalweg.cli.output import Format, say, write_json, write_rows

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Follow official feeds and news: events from documents, each once, linked to rules and products; alerts, a calendar, a digest.",
)

Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="PATH|URL",
        help="A file, or a postgresql:// URL; THALWEG_STORE if left out, else thalweg/store.db in the user's data directory.",
    ),
]
Rules = Annotated[
    Path | None,
    typer.Option(
        "--rules", metavar="FILE", help="Alert rules; THALWEG_ALERTS if left out, else thalweg/alerts.yaml in the user's settings."
    ),
]
Since = Annotated[str | None, typer.Option("--since", metavar="YYYY-MM-DD", help="The first day.")]
Day = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The day of the question; today if left out.")]
Allow = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="HOST:PORT", help="A host that may be private and without TLS, such as a mirror; may be repeated."),
]
Contact = Annotated[
    str | None, typer.Option("--contact", metavar="WHO", help="Whom a source may write to: stands in the User-Agent, which some ask for.")
]
Own = Annotated[
    Path | None,
    typer.Option(
        "--sources", metavar="FILE", help="Sources of your own; THALWEG_SOURCES if left out, else thalweg/sources.yaml in your settings."
    ),
]
Kept = Annotated[Path | None, typer.Option("--folder", help="Where fetched bytes are kept; a cache if left out.")]


def _source_names(incomplete: str) -> list[tuple[str, str]]:
    from thalweg.desk.watch import source_ids

    return [(i, title) for i, title in source_ids().items() if i.startswith(incomplete)]


Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SOURCE]...", help="Ids of sources, as in `thalweg watch status`; all if left out.", autocompletion=_source_names
    ),
]


@app.command()
def pull(  # noqa: PLR0917  (typer reads the options from the signature)
    sources: Sources = None,
    since: Since = None,
    rules: Rules = None,
    folder: Kept = None,
    allow: Allow = None,
    contact: Contact = None,
    own: Own = None,
    store: Store = None,
    form: Out = Format.table,
    pack: Pack = None,
) -> None:
    """Fetch sources, read the events of new documents, and put each event once into the store.

    A source that fails is named and does not hold up the others; it is never taken for one on which nothing happened.

    Exit codes: 0 done; 2 bad usage, or no source could be fetched; 3 some sources could not be fetched.
    """
    from thalweg.desk import watch as desk

    done = desk.pull(
        sources or (),
        store=store,
        folder=folder,
        since=since,
        rules=rules,
        allow=allow or (),
        contact=contact,
        own=own,
        pack=pack,
        tell=_tell(),
    )
    lines = [d.model_dump(mode="json") for d in done]
    write(lines, lines, form, "what was pulled")
    for d in done:
        if not d.good:
            say(f"{d.source}: {d.note}")
    if any(not d.good for d in done):
        raise typer.Exit(3 if any(d.good for d in done) else 2)


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Text, HTML, EML, PDF, feed or JSON files, or folders of them.")],
    rules: Rules = None,
    store: Store = None,
    form: Out = Format.table,
    pack: Pack = None,
) -> None:
    """Read documents from files and folders into the store, as if a source had given them.

    Exit codes: 0 done; 2 nothing could be read; 3 some files could not be read.
    """
    from thalweg.desk import watch as desk

    done, errors = desk.import_files(paths, store=store, rules=rules, pack=pack)
    for error in (*errors, *done.problems):
        say(error)
    if errors and not done.documents:
        raise typer.Exit(2)
    say(done.said())
    whole = done.model_dump(mode="json")
    write(whole, [{k: len(v) if isinstance(v, list) else v for k, v in whole.items()}], form, "what was imported")
    if errors:
        raise typer.Exit(3)


@app.command()
def extract(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A text, HTML, EML, PDF or feed file; - reads standard input.")],
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="NAME", help="Let this model read instead; its text is sent to the endpoint, its key is THALWEG_MODEL_KEY."
        ),
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", metavar="URL", help="Where the model is; THALWEG_MODEL_URL if left out.")
    ] = None,
    form: Out = Format.json,
    pack: Pack = None,
) -> None:
    """Print the events that a document tells of, the main one first, each value with the sentence that supports it.

    Nothing is stored. A document about something else has no event: an empty list. Of what a model says, only what the text holds is taken.
    What was not read to its end is named on standard error.

    Exit codes: 0 done; 2 the file cannot be read.
    """
    from thalweg.desk import watch as desk

    if model or endpoint:
        found, notes = desk.extract_file_by_model(file, url=endpoint, model=model, pack=pack)
        for note in notes:
            say(note)
    else:
        found = desk.extract_file(file, pack=pack, tell=say)
    if form in (Format.json, Format.jsonl):
        write(found, found, form, "")
    else:
        columns = ("event_type", "measure_type", "certainty", "status", "actors", "countries", "items", "amounts", "quantities", "dates")
        write_rows([{c: _short(e.get(c)) for c in columns} for e in found], form, title="events" if found else "no event")


@app.command()
def events(  # noqa: PLR0917  (typer reads the options from the signature)
    since: Since = None,
    until: Annotated[str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="The last day.")] = None,
    type_: Annotated[list[str] | None, typer.Option("--type", help="Only this type of event; may be repeated.")] = None,
    certainty: Annotated[list[str] | None, typer.Option("--certainty", help="Only this certainty; may be repeated.")] = None,
    touching: Annotated[
        list[str] | None,
        typer.Option("--touching", metavar="KIND:VALUE", help="Only what touches this, as place:CN, party:Huawei, chip:NVIDIA H20."),
    ] = None,
    find: Annotated[str, typer.Option("--find", metavar="TEXT", help="Only where the headline or a party holds this text.")] = "",
    event: Annotated[str | None, typer.Option("--event", metavar="ID", help="Only this event, in full.")] = None,
    date: Day = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, max=1_000_000, help="At most so many; 50 for a table, else all.")] = None,
    store: Store = None,
    form: Out = Format.table,
) -> None:
    """Show events, the latest first: each once, from all accounts of it, with its states over time and where accounts differ.

    Exit codes: 0 done; 2 bad usage, or there is no store.
    """
    from thalweg.desk import watch_events as desk

    _known("--type", type_ or (), "event_type")
    _known("--certainty", certainty or (), "certainty")
    most = limit or (50 if form is Format.table else None)
    asked: dict[str, Any] = {"store": store, "since": since, "until": until, "types": type_ or (), "certainty": certainty or ()}
    found = desk.events(**asked, touching=touching or (), find=find, event=event, date=date, limit=most)
    lines = [e.model_dump(mode="json") for e in found]
    if form in (Format.json, Format.jsonl):
        write(lines, lines, form, "")
        return
    rows = [
        {
            "day": e["dated"],
            "event": e["headline"],
            "type": e["event_type"],
            "measure": e["measure_type"],
            "certainty": e["certainty"],
            "state": e["state"],
            "accounts": [f"{a['publisher']} ({a['standing']})" for a in e["accounts"]],
            "conflicts": [c["field"] for c in e["conflicts"]],
            "touches": list(dict.fromkeys(f"{x['kind']} {x['title'] if x['kind'] != 'rule' else x['id']}" for x in e["links"]))[:6],
            "id": e["id"],
        }
        for e in lines
    ]
    write_rows(rows, form, title="events" if rows else "no event")
    if event is not None and form is Format.table:
        _detail(lines[0])


def _detail(e: Mapping[str, Any]) -> None:
    """Print the states of one event, why its accounts are of it, and where they differ."""
    write_rows([{k: s[k] for k in ("state", "on", "printed", "why")} for s in e["states"]], Format.table, title="states")
    if e["refused_states"]:
        write_rows(e["refused_states"], Format.table, title="changes of state that cannot follow")
    rows = [
        {"publisher": a["publisher"], "standing": a["standing"], "certainty": a["certainty"], "why": "\n".join(a["why"]), "url": a["url"]}
        for a in e["accounts"]
    ]
    write_rows(rows, Format.table, title="accounts, the nearest to the original first")
    if e["conflicts"]:
        rows = [{"field": c["field"], "accounts": [f"{v} ({who})" for v, who in c["values"]], "note": c["note"]} for c in e["conflicts"]]
        write_rows(rows, Format.table, title="where accounts differ")
    write_rows([{k: x[k] for k in ("kind", "title", "why")} for x in e["links"]], Format.table, title="what it touches")


@app.command()
def digest(
    portfolio: Annotated[Path | None, typer.Argument(help="A portfolio: a TOML file, a folder of CSVs, or an XLSX workbook.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="YYYY-MM-DD", help="The first day; 30 days back if left out.")] = None,
    ahead: Annotated[int, typer.Option("--ahead", min=0, max=3660, help="Days to look ahead.")] = 90,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000_000, help="Lines at most.")] = 20,
    date: Day = None,
    store: Store = None,
    form: Out = Format.table,
    pack: Pack = None,
) -> None:
    """Say what happened and what it means for a portfolio, what is coming, and what is not known; each line with where it is read.

    Exit codes: 0 done; 2 bad usage, or there is no store.
    """
    from thalweg.desk import watch_digest as desk

    found = desk.digest(portfolio, store=store, date=date, since=since, ahead=ahead, limit=limit, pack=pack)
    if form is Format.table:
        sys.stdout.write(found.explain())
        return
    lines = [x.model_dump(mode="json") for x in found.lines]
    rows = lines if form is Format.jsonl else [x | {"sources": _cited(x["sources"])} for x in lines]
    write(found.model_dump(mode="json"), rows, form, "digest")


@app.command()
def calendar(
    portfolio: Annotated[Path | None, typer.Argument(help="A portfolio; only what touches it is shown.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="Days to look ahead.")] = 90,
    ics: Annotated[
        Path | None, typer.Option("--ics", metavar="FILE", help="Write an iCalendar file, for other calendars, as well.")
    ] = None,
    date: Day = None,
    store: Store = None,
    form: Out = Format.table,
    pack: Pack = None,
) -> None:
    """Show what is coming: starts, ends, deadlines, comment periods, switches with their branches, truces and talks.

    Exit codes: 0 done; 2 bad usage, or a file cannot be read or written.
    """
    from thalweg.desk import watch_calendar as desk

    found = desk.entries(portfolio, store=store, date=date, days=days, pack=pack)
    if ics is not None:
        from thalweg.desk.compile import write_text

        write_text(desk.icalendar(found).decode(), ics)
        say(f"{len(found):,} entries in {ics}")
    lines = [desk.coming_line(e).model_dump(mode="json") for e in found]
    if form in (Format.json, Format.jsonl):
        write(lines, lines, form, "")
        return
    columns = ("on", "kind", "title", "jurisdiction", "branches", "touches")
    rows = [{c: x[c] for c in columns} | {"sources": _cited(x["sources"])} for x in lines]
    write_rows(rows, form, title="what is coming" if rows else "nothing that is known")


@app.command()
def reread(
    raw: Annotated[
        bool, typer.Option("--raw", help="Read the fetched bytes anew, by today's readers, instead of the stored text.")
    ] = False,
    folder: Kept = None,
    own: Own = None,
    store: Store = None,
    form: Out = Format.table,
    pack: Pack = None,
) -> None:
    """Read stored documents anew that an earlier version of the program read, and show what is read otherwise.

    Exit codes: 0 done; 2 there is no store, or it cannot be written; 3 some of the fetched bytes cannot be read.
    """
    from thalweg.desk import watch as desk

    errors: list[str] = []
    if raw:
        lines, errors = desk.read_raw_again(store=store, folder=folder, own=own, pack=pack)
    else:
        lines = [r.model_dump(mode="json") for r in desk.read_again(store=store, pack=pack)]
    write(lines, lines, form, "read otherwise" if lines else "nothing is read otherwise")
    for error in errors:
        say(error)
    if errors:
        raise typer.Exit(3)


# ---------------------------------------------------------------- writing


def write(whole: Any, lines: Sequence[Mapping[str, Any]], form: Format, title: str) -> None:
    """Write the whole answer as JSON, or its lines in another form."""
    if form is Format.json:
        write_json(whole)
    elif form is Format.jsonl:
        for line in lines:
            write_json(line, lines=True)
    else:
        write_rows(lines, form, title=title)


def _known(option: str, given: Sequence[str], key: str) -> None:
    from thalweg.desk.watch_events import vocabulary

    for name in given:
        if name not in vocabulary(key):
            raise typer.BadParameter(f"{option}: there is no {name!r}; there are {', '.join(vocabulary(key))}")


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [str(v.get("name") or v.get("value") or v) if isinstance(v, dict) else str(v) for v in value]
    if isinstance(value, dict):
        return [f"{k}: {', '.join(v) if isinstance(v, list) else v}" for k, v in value.items() if v]
    return value


def _cited(sources: Sequence[Mapping[str, str]]) -> list[str]:
    return [f"{s['citation']} {s['url']}".strip() for s in sources]


def _tell() -> Any:
    """Return what shows on standard error what is being done, where a person watches, and nothing where none does."""
    return say if sys.stderr.isatty() else str
