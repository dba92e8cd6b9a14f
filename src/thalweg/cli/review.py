"""`thalweg review`: reviewers' decisions on matches of parties with entries of lists."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from thalweg.cli.options import Out, Pack
from thalweg.cli.output import Format, say, write_json, write_rows
from thalweg.evidence.errors import BadInput, nearest
from thalweg.evidence.text import one_line, visible

if TYPE_CHECKING:
    from thalweg.desk.records import Line

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Record what a reviewer decided on a party and an entry of a list, and see which decisions stand.",
)


def _ids(incomplete: str) -> list[tuple[str, str]]:
    from thalweg.desk.lists import list_ids

    return [(i, title) for i, title in list_ids().items() if i.startswith(incomplete)]


def _decisions(incomplete: str) -> list[tuple[str, str]]:
    known = {"cleared": "the party is not the entry", "confirmed": "it is", "withdrawn": "take back the decision before"}
    return [(name, meaning) for name, meaning in known.items() if name.startswith(incomplete)]


def _states(incomplete: str) -> list[str]:
    from thalweg.desk.review_answers import STATES

    return [s for s in STATES if s.startswith(incomplete)]


_Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="PATH|URL",
        help="A file, or a postgresql:// URL; THALWEG_STORE if left out, else thalweg/store.db in the user's data directory.",
    ),
]
_Replace = Annotated[bool, typer.Option("--replace", help="Overturn a decision that stands; both stay on record.")]
_Type = Annotated[str | None, typer.Option("--type", help="individual, entity, vessel or aircraft.")]
_Country = Annotated[str | None, typer.Option("--country", help="Country of the party, by code or name.")]
_BirthDate = Annotated[str | None, typer.Option("--birth-date", metavar="YYYY[-MM[-DD]]", help="When a person was born.")]
_Address = Annotated[str | None, typer.Option("--address", help="Address of the party.")]
_Lei = Annotated[str | None, typer.Option("--lei", help="Legal entity identifier.")]
_Uscc = Annotated[str | None, typer.Option("--uscc", help="Unified social credit code.")]
_Imo = Annotated[str | None, typer.Option("--imo", help="IMO number of a vessel.")]
_TaxId = Annotated[str | None, typer.Option("--tax-id", help="Tax number.")]
_Passport = Annotated[str | None, typer.Option("--passport", help="Passport number.")]


@app.command()
def add(  # noqa: PLR0917  (typer reads the options from the signature)
    name: Annotated[str, typer.Argument(metavar="NAME", help="The party, as it is named where it is screened.")],
    list_id: Annotated[str, typer.Option("--list", metavar="LIST", help="The list of the entry.", autocompletion=_ids)],
    entry_id: Annotated[str, typer.Option("--entry", metavar="ID", help="The entry_id of the hit.")],
    decision: Annotated[
        str, typer.Option("--decision", help="cleared (not the entry), confirmed (it is) or withdrawn.", autocompletion=_decisions)
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in the reviewer's words.")],
    who: Annotated[str, typer.Option("--who", help="The reviewer.")],
    type_: _Type = None,
    country: _Country = None,
    birth_date: _BirthDate = None,
    address: _Address = None,
    lei: _Lei = None,
    uscc: _Uscc = None,
    imo: _Imo = None,
    tax_id: _TaxId = None,
    passport: _Passport = None,
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="The day whose wording of the entry was looked at; the last if left out."),
    ] = None,
    replace: _Replace = False,
    store: _Store = None,
    form: Out = Format.table,
    pack: Pack = None,
) -> None:
    """Record a decision on a party and an entry. It holds until the party is described or the entry worded otherwise.

    State of the party what is stated where it is screened: a decision on a name alone is none on the name with a country.

    Exit codes: 0 done; 2 bad usage, there is no such entry, or another decision stands.
    """
    from thalweg.desk.review import review

    party = _party(
        name=name,
        type=type_,
        country=country,
        birth_date=birth_date,
        address=address,
        lei=lei,
        uscc=uscc,
        imo=imo,
        tax_id=tax_id,
        passport=passport,
    )
    done = review(party, list_id, entry_id, decision, reason=reason, who=who, date=date, replace=replace, store=store, pack=pack)
    if form is Format.table:
        sys.stdout.write(visible(done.explain()) + "\n")
        if done.note:
            say(done.note)
    elif form in (Format.json, Format.jsonl):
        write_json(done.model_dump(mode="json"), lines=form is Format.jsonl)
    else:
        write_rows([_row(done.model_dump(mode="json"))], form, title="review")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV or JSON Lines; - reads JSON Lines from standard input.")],
    who: Annotated[str | None, typer.Option("--who", help="The reviewer of lines that name none.")] = None,
    replace: _Replace = False,
    store: _Store = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.jsonl,
    pack: Pack = None,
) -> None:
    """Record the decisions of a file, a line each: name, list, entry_id, decision, reason, and who, when and more of the party.

    when is the instant of the decision with its time zone, date the day that was screened for. What is on record already is not recorded
    again, so that the same file can be given anew.

    Exit codes: 0 done; 2 bad usage, or the file or the store cannot be read; 3 some lines were refused (each has an error record).
    """
    from thalweg.desk.records import kind_of
    from thalweg.desk.review import review_lines
    from thalweg.desk.review_lines import read_lines

    records: list[dict[str, Any]] = []
    bad = 0
    with _opened(file) as source, _named(file):
        for line, done in review_lines(read_lines(source, kind_of(str(file))), who=who, replace=replace, store=store, pack=pack):
            if isinstance(done, str):
                bad += 1
                record = _head(line) | {"error": one_line(done)}
            else:
                record = _head(line) | done.model_dump(mode="json")
            if form is Format.jsonl:
                write_json(record, lines=True)
            else:
                records.append(record)
    if form is Format.json:
        write_json(records)
    elif form is not Format.jsonl:
        write_rows([_row(r) for r in records], form, title=file.name)
    if bad:
        say(f"{bad} line{'s' if bad > 1 else ''} refused; each has an error record with its number")
        raise typer.Exit(3)


@app.command("list")
def list_(  # noqa: PLR0917  (typer reads the options from the signature)
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only parties of this name; all if left out.")] = None,
    list_id: Annotated[str | None, typer.Option("--list", metavar="LIST", help="Only this list.", autocompletion=_ids)] = None,
    entry_id: Annotated[str | None, typer.Option("--entry", metavar="ID", help="Only this entry.")] = None,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", help="Only standing, lapsed, replaced or withdrawn ones; may be repeated.", autocompletion=_states),
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The day for which they should hold; the last copies if left out.")
    ] = None,
    type_: _Type = None,
    country: _Country = None,
    birth_date: _BirthDate = None,
    address: _Address = None,
    lei: _Lei = None,
    uscc: _Uscc = None,
    imo: _Imo = None,
    tax_id: _TaxId = None,
    passport: _Passport = None,
    fail_on: Annotated[
        list[str] | None, typer.Option("--fail-on", metavar="STATE", help="Exit with 1 if a decision is in this state; may be repeated.")
    ] = None,
    store: _Store = None,
    form: Out = Format.table,
    pack: Pack = None,
) -> None:
    """Show decisions in their order, with what became of each.

    standing: it holds. lapsed: the party is described otherwise, or the entry is worded otherwise or gone. replaced, withdrawn: by a later
    one. With a name, and what else is known of the party, decisions on other descriptions of it are shown as lapsed.

    Exit codes: 0 done; 1 a decision is in a state named by --fail-on; 2 bad usage, or the store cannot be read.
    """
    from thalweg.desk.review import reviews

    _check_states("--state", state)
    _check_states("--fail-on", fail_on)
    party = _party(
        name=name,
        type=type_,
        country=country,
        birth_date=birth_date,
        address=address,
        lei=lei,
        uscc=uscc,
        imo=imo,
        tax_id=tax_id,
        passport=passport,
    )
    if party and not name:
        raise typer.BadParameter("NAME: name the party that is described")
    found = reviews(party or None, list_id, entry_id, date=date, store=store, pack=pack)
    lines = [r.model_dump(mode="json") for r in found.reviews if not state or r.state in state]
    if form is Format.json:
        write_json({"store": found.store, "reviews": lines})
    elif form is Format.jsonl:
        for line in lines:
            write_json(line, lines=True)
    else:
        rows = [_row(line) for line in lines]
        if form is Format.table:
            rows = [{c: row[c] for c in _SHOWN} for row in rows]
        write_rows(rows, form, title="reviews" if rows else f"{found.store}: no such decision")
    if {line["state"] for line in lines} & set(fail_on or ()):
        raise typer.Exit(1)


_SHOWN = ("at", "who", "decision", "state", "query", "list", "entry_id", "entry", "reason", "why")


def _check_states(option: str, names: list[str] | None) -> None:
    """Refuse a state that no decision has, since a check that waits for it would never fail."""
    from thalweg.desk.review_answers import STATES

    for name in names or ():
        if name not in STATES:
            raise typer.BadParameter(f"{option}: there is no state {name!r}{nearest(name, STATES)} (the states are {', '.join(STATES)})")


def _party(**fields: str | None) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value is not None}


def _head(line: Line) -> dict[str, Any]:
    return {"id": None if line.id is None else visible(line.id), "line": line.number}


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with the party in words."""
    party = record.get("party")
    if not isinstance(party, Mapping):
        return dict(record)
    return dict(record) | {"party": "; ".join(f"{field} {value}" for field, value in party.items() if field != "names")}


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
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
