"""`thalweg watch status`: the state of each source, what is wrong first, with silence as a bar against its limit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from thalweg.cli.options import Out
from thalweg.cli.output import Format, write_rows
from thalweg.cli.watch import Own, Store, app, write
from thalweg.evidence.text import visible

ORDER: Final = ("failing", "silent", "fresh", "never pulled")
"""The states, those that ask for something first."""
_LOOKS: Final = {"failing": "bold red", "silent": "yellow", "fresh": "green", "never pulled": "dim"}
_BAR: Final = 10


@app.command()
def status(
    fail_on: Annotated[
        list[str] | None, typer.Option("--fail-on", metavar="STATE", help="Exit with 1 if a source is silent or failing; may be repeated.")
    ] = None,
    own: Own = None,
    store: Store = None,
    form: Out = Format.table,
) -> None:
    """Show each source: how far it was read, when it last gave something new, and its silence against its limit; what is wrong first.

    fresh: new documents within the limit. silent: none for longer than its limit. failing: the last pull failed. never pulled: no pull.

    Exit codes: 0 done; 1 a source is in a state named by --fail-on; 2 bad usage, or the store cannot be read.
    """
    from thalweg.desk import watch as desk

    for name in fail_on or ():
        if name not in ORDER:
            raise typer.BadParameter(f"--fail-on: there is no state {name!r}; the states are {', '.join(ORDER)}")
    found = desk.source_states(store, own=own)
    lines = [s.model_dump(mode="json") for s in found]
    columns = ("source", "state", "through", "pulled", "last_new", "silence_hours", "limit_hours", "failures", "note")
    if form in (Format.json, Format.jsonl):
        write(lines, lines, form, "")
    elif form is Format.table:
        show_sources(lines, dt.datetime.now(dt.UTC))
    else:
        write_rows([{c: x[c] for c in columns} for x in lines], form, title="sources")
    if {s.state for s in found} & set(fail_on or ()):
        raise typer.Exit(1)


def show_sources(lines: Sequence[Mapping[str, Any]], now: dt.datetime) -> None:
    """Print the table and, beneath, how many sources are in each state."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title="sources", title_justify="left", header_style="bold")
    for name in ("source", "state", "last pull", "last new", "silence", "read through"):
        table.add_column(name, no_wrap=True)
    table.add_column("note", overflow="fold")
    for x in sorted(lines, key=lambda x: (ORDER.index(x["state"]), x["source"])):
        look = _LOOKS[x["state"]]
        state = x["state"] + (f" ({x['failures']})" if x["failures"] else "")
        name, through, note = (escape(visible(x[key])) for key in ("source", "through", "note"))
        table.add_row(name, f"[{look}]{state}[/]", ago(x["pulled"], now), ago(x["last_new"], now), silence(x, look), through[:10], note)
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table)
    counts = [f"{n:,} {state}" for state in ORDER if (n := sum(x["state"] == state for x in lines))]
    console.print(", ".join(counts), highlight=False)


def ago(at: str, now: dt.datetime) -> str:
    """Return how long ago an instant was, in its largest unit; never where there is none."""
    if not at:
        return "never"
    minutes = max((now - dt.datetime.fromisoformat(at)).total_seconds(), 0) / 60
    return f"{_span(minutes / 60)} ago"


def _span(hours: float) -> str:
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} d"


def silence(x: Mapping[str, Any], look: str) -> str:
    """Return the silence of a source against its limit, as a bar with numbers."""
    hours, limit = x["silence_hours"], x["limit_hours"]
    if hours is None:
        return f"limit {_span(limit)}" if limit else ""
    if not limit:
        return _span(hours)
    filled = min(round(hours / limit * _BAR), _BAR)
    bar = "█" * filled + "░" * (_BAR - filled)
    return f"[{look}]{bar}[/] {_span(hours)} of {_span(limit)}"
