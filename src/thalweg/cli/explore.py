"""`thalweg classify`, `timeline`, `headroom` and `diff`: what firms ask beyond yes or no."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from thalweg.cli.decide import _named, _open
from thalweg.cli.options import Date, Out, Overlay, Pack, Set, parameters, today
from thalweg.cli.output import Format, say, write_json, write_rows

Item = Annotated[str, typer.Argument(help="A name or alias in the hardware catalogue.")]
To = Annotated[str, typer.Option("--to", help="Destination, as a country code or name.")]


def _write(answer: Any, rows: list[dict[str, Any]], form: Format, title: str) -> None:
    if form in (Format.json, Format.jsonl):
        write_json(answer.model_dump(mode="json"), lines=form is Format.jsonl)
    else:
        write_rows(rows, form, title=title)


def _stale(said: list[str]) -> dict[str, list[str]]:
    """Return the column of rules that may be stale, where there is one."""
    return {"may_be_stale": said} if said else {}


def classify(
    item: Item,
    date: Date = None,
    fact: Annotated[list[str] | None, typer.Option("--fact", metavar="NAME=VALUE", help="A declared fact of the item.")] = None,
    form: Out = Format.table,
    pack: Pack = None,
    overlay: Overlay = None,
    set_: Set = None,
) -> None:
    """Show the classes of an item on a day, and the measures they rest on."""
    from thalweg.desk import answer as desk

    answer = desk.classify(item, date or today(), facts=parameters(fact), pack=pack, overlays=overlay or (), parameters=parameters(set_))
    if form is Format.table:
        typer.echo(answer.explain())
        return
    row = {
        "item": answer.item,
        "as_of": answer.as_of,
        "classification": answer.classification,
        "possible": answer.possible,
        **answer.measures,
        **_stale(answer.may_be_stale),
    }
    _write(answer, [row], form, answer.item)


def timeline(
    item: Item,
    to: To,
    start: Annotated[str | None, typer.Option("--from-date", metavar="YYYY-MM-DD", help="First day.")] = None,
    end: Annotated[str | None, typer.Option("--to-date", metavar="YYYY-MM-DD", help="Day after the last.")] = None,
    form: Out = Format.table,
    pack: Pack = None,
    overlay: Overlay = None,
    set_: Set = None,
) -> None:
    """Show the verdict over all dates, with the rule that turned it (for a local buyer with a local parent)."""
    from thalweg.desk import answer as desk

    answer = desk.timeline(item, to, start=start, end=end, pack=pack, overlays=overlay or (), parameters=parameters(set_))
    rows = [
        {
            "from": s.start,
            "to": s.end,
            "outcome": s.outcome,
            "review_policy": s.review_policy,
            "classification": s.classification,
            "exceptions": s.exceptions,
            "turned_by": [f"{t.change}: {t.title}" for t in s.turned_by],
            **_stale(s.may_be_stale),
        }
        for s in answer.segments
    ]
    _write(answer, rows, form, f"{answer.item} to {answer.to}")


def headroom(
    item: Item, to: To, date: Date = None, form: Out = Format.table, pack: Pack = None, overlay: Overlay = None, set_: Set = None
) -> None:
    """Show how far an item is from each threshold, and the nearest single change that turns the verdict."""
    from thalweg.desk import answer as desk

    answer = desk.headroom(item, to, date or today(), pack=pack, overlays=overlay or (), parameters=parameters(set_))
    _write(
        answer,
        [d.model_dump(mode="json") for d in answer.distances],
        form,
        f"{answer.item} to {answer.to} on {answer.as_of}: {answer.outcome}",
    )
    if form is Format.table and answer.nearest:
        n = answer.nearest
        say(f"nearest turn: {n.fact} from {n.value:,.6g} to {n.threshold:,.6g} gives {n.flips_to}")
    if form is Format.table:
        for said in answer.may_be_stale:
            say(said)
    if form is Format.table and answer.largest_free:
        say(f"largest catalogue chip without a license: {answer.largest_free} (TPP {answer.largest_free_tpp:,.0f})")


def diff(
    file: Annotated[Path, typer.Argument(help="Transactions: JSON Lines, JSON or CSV.")],
    before: Annotated[str, typer.Option("--before", metavar="YYYY-MM-DD", help="The first date.")],
    after: Annotated[str | None, typer.Option("--after", metavar="YYYY-MM-DD", help="The second date; the first if left out.")] = None,
    overlay: Overlay = None,
    set_: Set = None,
    everything: Annotated[bool, typer.Option("--all", help="Show what stays the same too.")] = False,
    form: Out = Format.table,
    pack: Pack = None,
) -> None:
    """Show what changes between two dates, or when a draft is laid over the rules of one date."""
    from thalweg.desk import answer as desk
    from thalweg.desk.lines import kind_of, read_lines
    from thalweg.evidence.errors import BadInput

    transactions: list[dict[str, Any]] = []
    desk.check_options(pack=pack, overlays=overlay or (), parameters=parameters(set_))
    with _open(file) as source, _named(file):
        for line in read_lines(source, kind_of(str(file))):
            if line.transaction is None:
                raise BadInput(f"line {line.number}: {line.error}")
            transactions.append(line.transaction)
    answer = desk.diff(transactions, before=before, after=after, overlays=overlay or (), parameters=parameters(set_), pack=pack)
    shown = answer.rows if everything else answer.changed
    rows = [
        {
            "id": r.id,
            "item": r.item,
            "to": r.to,
            "value_usd": r.value_usd,
            "before": r.before,
            "after": r.after,
            "rules": [f"{t.change}: {t.title}" for t in (*r.starts, *r.ends)],
            **_stale(r.may_be_stale),
        }
        for r in shown
    ]
    _write(answer, rows, form, f"{len(answer.changed)} of {len(answer.rows)} change")
    if answer.acts_from:
        say(f"the rules of the draft act from {answer.acts_from}: give that day or a later one with --after")
    for text in answer.not_expressed:
        say(f"not expressed in the draft: {text}")
