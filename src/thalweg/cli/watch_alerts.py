"""`thalweg watch alerts`, `mute` and `run`: whom to tell of what, and the watch as a long-running process."""

from __future__ import annotations

import contextlib
import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from thalweg.cli.options import Out, Pack
from thalweg.cli.output import Format, say, write_rows
from thalweg.cli.watch import Allow, Contact, Kept, Own, Rules, Since, Sources, Store, app, write
from thalweg.evidence import nearest


@app.command()
def alerts(  # noqa: PLR0917  (typer reads the options from the signature)
    rules: Rules = None,
    trial: Annotated[
        bool, typer.Option("--try", help="Show what the rules would have raised since --since; nothing is kept or sent.")
    ] = False,
    since: Since = None,
    rule: Annotated[str | None, typer.Option("--rule", metavar="NAME", help="Only alerts of this rule.")] = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Show what was raised and not sent yet, with what is wrong.")] = False,
    send: Annotated[bool, typer.Option("--send", help="Raise what the rules call for now, and send what is due.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, max=1_000_000, help="At most so many.")] = None,
    store: Store = None,
    form: Out = Format.table,
    pack: Pack = None,
) -> None:
    """Show the alerts that were raised, each with why it fired; or try rules on history; or send what is due.

    With --rules alone, only those of the rules of the file are shown.

    Exit codes: 0 done; 1 with --send, something could not be sent and waits; 2 bad usage, or there is no store.
    """
    from thalweg.desk import watch_alerts as desk

    if sum((trial, waiting, send)) > 1:
        raise typer.BadParameter("choose one of --try, --waiting and --send")
    if send:
        from thalweg.desk.watch_run import send_now

        failed = send_now(rules, store=store, pack=pack, tell=_print, log=say)
        for line in failed:
            say(line)
        if failed:
            raise typer.Exit(1)
        return
    if waiting:
        lines = [s.model_dump(mode="json") for s in desk.waiting(store=store)]
        write(lines, lines, form, "waiting" if lines else "nothing waits")
        return
    if trial:
        if since is None:
            raise typer.BadParameter("--try needs --since YYYY-MM-DD, the day from which history is tried")
        found = desk.try_rules(_file(rules), since=since, store=store, pack=pack)
        known = desk.rule_names(_file(rules), pack=pack)
        if rule is not None and rule not in known:
            raise typer.BadParameter(f"--rule: the file has no rule {rule!r}{nearest(rule, known)}; it has {', '.join(sorted(known))}")
        found = [a for a in found if rule in (None, a.rule)]
        say(f"{len(found):,} alert{'s' * (len(found) != 1)} would have been raised since {since}")
    else:
        names = desk.rule_names(rules, pack=pack) if rules is not None else None
        found = desk.alerts(store=store, since=since, rule=rule, names=names, rules=rules, pack=pack, limit=limit)
    lines = [a.model_dump(mode="json") for a in found[:limit]]
    if form in (Format.json, Format.jsonl):
        write(lines, lines, form, "")
        return
    columns = ("at", "rule", "headline", "state", "certainty", "standing", "why", "send", "muted", "event")
    rows = [{c: x[c] for c in columns} | {"source": x["sources"][0]["url"] if x["sources"] else ""} for x in lines]
    write_rows(rows, form, title="alerts" if rows else "no alert")


def _file(rules: Path | None) -> Path:
    from thalweg.desk.watch_rules import rules_file

    found = rules_file(rules)
    if found is None:
        raise typer.BadParameter("name the file of alert rules with --rules, or in THALWEG_ALERTS")
    return found


@app.command()
def mute(  # noqa: PLR0917  (typer reads the options from the signature)
    rule: Annotated[str, typer.Option("--rule", metavar="NAME", help="Of this rule.")] = "",
    event: Annotated[str, typer.Option("--event", metavar="ID", help="On this event; `silence:SOURCE` on the silence of a source.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; whoever reads the list of mutes needs it.")] = "",
    who: Annotated[str | None, typer.Option("--who", help="Who says so; the name of the user if left out.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="The last day; without end if left out.")] = None,
    lift: Annotated[
        int | None, typer.Option("--lift", min=1, max=2**31 - 1, metavar="NUMBER", help="Lift the mute with this number instead.")
    ] = None,
    rules: Rules = None,
    store: Store = None,
    form: Out = Format.table,
) -> None:
    """Keep alerts back, with a reason; without options, list the mutes. Alerts that are kept back are recorded as muted and not sent later.

    Exit codes: 0 done; 2 bad usage, or there is no store.
    """
    from thalweg.desk import watch_alerts as desk

    if lift is not None:
        desk.unmute(lift, store=store)
        say(f"mute {lift} is lifted")
    elif rule or event or reason:
        number = desk.mute(rule=rule, event=event, reason=reason, who=who or _user(), until=until, store=store, rules=rules)
        say(f"muted under number {number}; `thalweg watch mute --lift {number}` lifts it")
    else:
        lines = [m.model_dump(mode="json") for m in desk.mutes(store=store)]
        write(lines, lines, form, "mutes" if lines else "no mute")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


@app.command()
def run(  # noqa: PLR0917  (typer reads the options from the signature)
    sources: Sources = None,
    every: Annotated[str, typer.Option("--every", metavar="PERIOD", help="From the start of one round to the next: 15m, 1h, 1d.")] = "1h",
    rounds: Annotated[int | None, typer.Option("--rounds", min=1, help="Stop after so many rounds; without end if left out.")] = None,
    rules: Rules = None,
    folder: Kept = None,
    allow: Allow = None,
    contact: Contact = None,
    own: Own = None,
    store: Store = None,
    pack: Pack = None,
) -> None:
    """Watch: pull, read, raise and send in rounds, until stopped. One line of the log for each step goes to standard error.

    What fails in a round (the network, the disk, a mail server) is said and tried again in the next; nothing that was raised is lost by a
    stop at any moment. Two programs do not watch over one store.

    Exit codes: 0 all rounds were done without fault; 1 some rounds of --rounds had a fault; 2 it could not start; 130, 143 stopped.
    """
    from thalweg.desk.watch_run import Watching, read_period

    seconds = read_period(every)
    watching = Watching(
        log=_log,
        tell=_print,
        sources=sources or (),
        store=store,
        folder=folder,
        rules=rules,
        allow=allow or (),
        contact=contact,
        own=own,
        pack=pack,
    )
    if watching.run(seconds, rounds=rounds):
        raise typer.Exit(1)


def _log(line: str) -> None:
    import datetime as dt

    with contextlib.suppress(OSError, ValueError):  # a full disk may hold the log too, and must not end the watch
        say(f"{dt.datetime.now(dt.UTC).isoformat(timespec='seconds')} {line}")
        sys.stderr.flush()


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
