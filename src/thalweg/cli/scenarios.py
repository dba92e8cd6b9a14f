"""`thalweg simulate`, `compare` and `benchmarks`: what a policy would do, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from thalweg.cli.options import Overlay, Pack, parameters
from thalweg.cli.output import Format, say, write_json, write_rows

Runs = Annotated[int, typer.Option("--runs", help="How many draws of the estimates.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Of the draws; one is chosen and printed if left out.")]
Dtype = Annotated[str, typer.Option("--dtype", help="float32 or float64.")]
Anchor = Annotated[
    str | None,
    typer.Option("--anchor", metavar="PRESET", help="A source whose values stand in for the pack's; see `pack show anchors`."),
]
Fix = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="An estimate or switch held at a value, or a parameter of a rulebook of the policy."),
]
Definition = Annotated[str, typer.Option("--definition", help="owned or accessible, then -fp8, -fp4 or -bandwidth.")]
Outcomes = Annotated[list[str] | None, typer.Option("--outcome", metavar="NAME", help="An outcome; may be repeated. All if left out.")]
Years = Annotated[list[int] | None, typer.Option("--year", metavar="YYYY", help="A year to show in a table; may be repeated.")]
To = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="A file to write instead: .json, .csv, .parquet, .html with charts, or a picture in .svg or .png."
    ),
]
Form = Annotated[Format, typer.Option("--format", help="How to write the answer.")]


def simulate(  # noqa: PLR0917  (typer reads the options from the signature)
    policy: Annotated[str | None, typer.Argument(help="The id of a shipped policy, or the path of a policy file.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the policies that can be named, and stop.")] = False,
    runs: Runs = 2000,
    seed: Seed = None,
    dtype: Dtype = "float32",
    set_: Fix = None,
    anchor: Anchor = None,
    definition: Definition = "owned-fp8",
    outcome: Outcomes = None,
    year: Years = None,
    out: To = None,
    form: Form = Format.table,
    pack: Pack = None,
    overlay: Overlay = None,
) -> None:
    """Simulate a policy by quarter from 2022 to 2032: each outcome with its quantiles over many draws."""
    from thalweg.desk import simulate_files as files
    from thalweg.desk.simulate import simulate as run

    if list_:
        _listed(form, pack, overlay)
        return
    if policy is None:
        raise typer.BadParameter("name a policy, or list them with --list")
    files.refuse(out)
    answer = run(
        policy,
        runs=runs,
        seed=seed,
        dtype=dtype,
        anchor=anchor,
        set=parameters(set_),
        definition=definition,
        outcomes=outcome,
        pack=pack,
        overlays=overlay or (),
    )
    if out is not None:
        files.write(answer, out)
        say(f"{out}: hash {answer.hash}")
    _ended(answer, form, files.fan_rows(answer, year or ()) if form is Format.table else answer.rows(year or ()), shown=out is None)


def compare(  # noqa: PLR0917  (typer reads the options from the signature)
    policies: Annotated[list[str], typer.Argument(help="Two or more policies, by id or path; each is held against the first.")],
    runs: Runs = 2000,
    seed: Seed = None,
    dtype: Dtype = "float32",
    set_: Fix = None,
    anchor: Anchor = None,
    definition: Definition = "owned-fp8",
    outcome: Outcomes = None,
    year: Annotated[
        list[int] | None, typer.Option("--year", metavar="YYYY", help="A year in which the policies are held against each other.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out the presets and structural switches, so that nothing is called robust.")
    ] = False,
    memo: Annotated[
        Path | None, typer.Option("--memo", metavar="FILE", help="A policy memo on two policies to write instead, in .html or .md.")
    ] = None,
    out: To = None,
    form: Form = Format.table,
    pack: Pack = None,
    overlay: Overlay = None,
) -> None:
    """Hold policies against each other under the same chances: differences, odds, regret, and which findings are robust."""
    from thalweg.desk import simulate_files as files
    from thalweg.desk.simulate_compare import compare as hold

    files.refuse(out)
    files.refuse_memo(memo, len(policies))
    answer = hold(
        policies,
        runs=runs,
        seed=seed,
        dtype=dtype,
        anchor=anchor,
        set=parameters(set_),
        definition=definition,
        outcomes=outcome,
        years=year or None,
        variants=not quick,
        pack=pack,
        overlays=overlay or (),
    )
    if out is not None:
        files.write(answer, out)
        say(f"{out}: hash {answer.hash}")
    if memo is not None:
        from thalweg.desk.memo import memo_of

        files.write_memo(memo_of(answer, policies, set=parameters(set_), pack=pack, overlays=overlay or ()), memo)
        say(f"{memo}: hash {answer.hash}")
    _ended(answer, form, answer.rows(), shown=out is None and memo is None)


def _ended(answer: Any, form: Format, rows: list[dict[str, Any]], *, shown: bool) -> None:
    """Write an answer to standard output, unless it went to a file, and what it rests on to standard error."""
    from thalweg.desk.few_runs import few_words
    from thalweg.desk.simulate_text import foot

    if shown and form is Format.table:
        from thalweg.desk.simulate_text import heading

        typer.echo(heading(answer))
        for title, part in tables(answer, rows):
            write_rows(part, form, title=title)
    elif shown and form in (Format.json, Format.jsonl):
        write_json(answer.model_dump(mode="json"), lines=form is Format.jsonl)
    elif shown:
        write_rows(rows, form, title=answer.title)
    if form is not Format.table or not shown:
        say(f"seed {answer.asked['seed']}")
        for line in few_words(answer.asked["runs"]):
            say(line)
    else:
        for line in foot(answer):
            say(line)


def tables(answer: Any, rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the tables of an answer for a terminal, each with its title."""
    from thalweg.desk.simulate_text import comparison_tables

    return comparison_tables(answer) if hasattr(answer, "findings") else [("", rows)]


def _listed(form: Format, pack: Path | None, overlay: list[str] | None) -> None:
    from thalweg.desk.policies import policy_rows

    rows = policy_rows(pack=pack, overlays=overlay or ())
    if form in (Format.json, Format.jsonl):
        write_json(rows, lines=form is Format.jsonl)
    else:
        write_rows(rows, form, title="policies")
