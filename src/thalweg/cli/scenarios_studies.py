"""`thalweg sensitivity`, `discover`, `search`, `hindcast`, `calibrate` and `benchmarks`: how far the simulator can be trusted."""

from __future__ import annotations

import contextlib
import enum
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from thalweg.cli.options import Overlay, Pack, parameters
from thalweg.cli.output import Format, say, write_json, write_rows
from thalweg.cli.scenarios import Anchor, Definition, Fix, Form, Outcomes, Seed, To, Years

if TYPE_CHECKING:
    from thalweg.desk.simulate_study_model import StudyAnswer

Policy = Annotated[str, typer.Argument(help="The id of a shipped policy, or the path of a policy file.")]
Against = Annotated[str | None, typer.Option("--against", metavar="POLICY", help="Another policy; outcomes are then differences.")]


class Way(enum.StrEnum):
    """How sensitivity is worked out."""

    sobol = "sobol"
    morris = "morris"
    given = "given"
    learn = "learn"


class Order(enum.StrEnum):
    """What stands first of what to learn."""

    value = "value"
    flips = "flips"
    regret = "regret"


class By(enum.StrEnum):
    """What estimates are grouped by."""

    estimate = "estimate"
    block = "block"
    basis = "basis"


def sensitivity(  # noqa: PLR0917  (typer reads the options from the signature)
    policy: Policy = "status-quo",
    against: Against = None,
    method: Annotated[
        Way, typer.Option("--method", help="Total order, screening, first order from one ensemble, or what to learn before a choice.")
    ] = Way.sobol,
    by: Annotated[By, typer.Option("--by", help="Single estimates, their files, or their basis.")] = By.estimate,
    order: Annotated[
        Order, typer.Option("--order", help="Of learn: by the mean gained, how often the choice turns, or the regret saved.")
    ] = Order.value,
    base: Annotated[int, typer.Option("--base", help="Base points of sobol, a power of two.")] = 1024,
    runs: Annotated[int, typer.Option("--runs", help="Draws of given and learn.")] = 4000,
    seed: Seed = None,
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
    """Say which estimates move the outcomes of a policy, and what to learn next."""
    from thalweg.desk.simulate_studies import sensitivity as study

    _first(out, pictures=method is Way.learn or by is By.estimate)
    with _progress("runs") as progress:
        answer = study(
            policy,
            against=against,
            method=method.value,
            by=by.value,
            order=order.value,
            outcomes=outcome,
            years=year or None,
            base=base,
            runs=runs,
            seed=seed,
            anchor=anchor,
            set=parameters(set_),
            definition=definition,
            pack=pack,
            overlays=overlay or (),
            progress=progress,
        )
    _end(answer, form, out)


def discover(  # noqa: PLR0917  (typer reads the options from the signature)
    policy: Policy,
    outcome: Annotated[str, typer.Option("--outcome", metavar="NAME", help="The outcome that fails.")],
    at_least: Annotated[float | None, typer.Option("--at-least", help="It fails from here on up.")] = None,
    at_most: Annotated[float | None, typer.Option("--at-most", help="It fails from here on down.")] = None,
    year: Annotated[int, typer.Option("--year", metavar="YYYY", help="The year of the outcome.")] = 2030,
    against: Against = None,
    runs: Annotated[int, typer.Option("--runs", help="Draws, and as many fresh ones.")] = 4000,
    seed: Seed = None,
    set_: Fix = None,
    anchor: Anchor = None,
    definition: Definition = "owned-fp8",
    out: To = None,
    form: Form = Format.table,
    pack: Pack = None,
    overlay: Overlay = None,
) -> None:
    """Say where a policy fails: under which values of the estimates an outcome passes a limit."""
    from thalweg.desk.simulate_studies import discover as study

    _first(out, pictures=True)
    with _progress("runs") as progress:
        answer = study(
            policy,
            outcome,
            year=year,
            at_least=at_least,
            at_most=at_most,
            against=against,
            runs=runs,
            seed=seed,
            anchor=anchor,
            set=parameters(set_),
            definition=definition,
            pack=pack,
            overlays=overlay or (),
            progress=progress,
        )
    _end(answer, form, out)


def search(  # noqa: PLR0917  (typer reads the options from the signature)
    policy: Policy = "status-quo",
    lever: Annotated[
        list[str] | None, typer.Option("--lever", metavar="NAME", help="A lever to search over, or threshold; repeat.")
    ] = None,
    phase: Annotated[
        list[str] | None, typer.Option("--phase", metavar="QUARTER", help="When values may change; 2027Q1, or repeat.")
    ] = None,
    candidates: Annotated[int, typer.Option("--candidates", help="To evaluate in all.")] = 10_000,
    draws: Annotated[int, typer.Option("--draws", help="That each candidate meets.")] = 200,
    fresh: Annotated[int, typer.Option("--fresh", help="Draws on which the front is looked at again.")] = 2_000,
    population: Annotated[int, typer.Option("--population", help="Kept from one generation to the next.")] = 100,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", metavar="FILE", help="From which an interrupted search goes on.")
    ] = None,
    seed: Seed = None,
    set_: Fix = None,
    anchor: Anchor = None,
    definition: Definition = "owned-fp8",
    out: To = None,
    form: Form = Format.table,
    pack: Pack = None,
    overlay: Overlay = None,
) -> None:
    """Search for policies that no other beats on security, innovation and cost at once."""
    from thalweg.desk.simulate_search import search as study

    if checkpoint is not None and seed is None:
        raise typer.BadParameter("give --seed with --checkpoint, so that the search can go on under the same draws")
    _first(out, pictures=True)
    with _going_on(checkpoint), _progress("candidates") as progress:
        answer = study(
            policy,
            levers=lever,
            phases=tuple(phase or ("2027Q1",)),
            candidates=candidates,
            draws=draws,
            fresh=fresh,
            population=population,
            seed=seed,
            anchor=anchor,
            set=parameters(set_),
            definition=definition,
            checkpoint=checkpoint,
            pack=pack,
            overlays=overlay or (),
            progress=lambda done, to_do, _front: progress(done, to_do),
        )
    _end(answer, form, out)


def hindcast(
    trial: Annotated[str, typer.Option("--trial", help="H1, fitted to the end of 2024, or H2, to the middle of 2025.")] = "H1",
    beijing: Annotated[bool, typer.Option("--beijing-known", help="Tell the model of Beijing's acts after the fit.")] = False,
    runs: Annotated[int | None, typer.Option("--runs", help="The protocol's if left out.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="The protocol's if left out.")] = None,
    out: To = None,
    form: Form = Format.table,
    pack: Pack = None,
    overlay: Overlay = None,
) -> None:
    """Forecast what is already known from what was known before it, and score it against naive forecasts; failures first."""
    from thalweg.desk.simulate_past import hindcast as study

    _first(out, pictures=True)
    with _progress("runs") as progress:
        answer = study(
            trial=trial,
            beijing_known=beijing,
            runs=runs,
            seed=seed,
            pack=pack,
            overlays=overlay or (),
            progress=lambda done: progress(done, runs or 0),
        )
    _end(answer, form, out)


def calibrate(  # noqa: PLR0917  (typer reads the options from the signature)
    to: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="The last day whose data enter.")] = None,
    vintage: Annotated[
        str | None, typer.Option("--vintage", metavar="YYYY-MM-DD", help="Priors as they could be held on a day, or today.")
    ] = None,
    waves: Annotated[int, typer.Option("--waves", help="Most waves of the fit.")] = 6,
    runs: Annotated[int | None, typer.Option("--runs", help="The protocol's if left out.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="The protocol's if left out.")] = None,
    out: To = None,
    form: Form = Format.table,
    pack: Pack = None,
    overlay: Overlay = None,
) -> None:
    """Fit the model to history: prior and posterior of each estimate, and the effective sample."""
    from thalweg.desk.simulate_past import calibrate as study

    _first(out, pictures=True)
    with _progress("runs") as progress:
        answer = study(
            fitted_to=to,
            vintage=vintage,
            waves=waves,
            runs=runs,
            seed=seed,
            pack=pack,
            overlays=overlay or (),
            progress=lambda done: progress(done, runs or 0),
        )
    _end(answer, form, out)


def benchmarks(
    runs: Annotated[int, typer.Option("--runs", help="Draws of the model.")] = 2000,
    out: To = None,
    form: Form = Format.table,
    pack: Pack = None,
    overlay: Overlay = None,
) -> None:
    """Show the scoreboard against published results: calculation reproduced, and this model under that source's inputs."""
    from thalweg.desk.simulate_past import benchmarks as study

    _first(out)
    _end(study(runs=runs, pack=pack, overlays=overlay or ()), form, out)


def _first(out: Path | None, *, pictures: bool = False) -> None:
    """Refuse a file that could not be written before anything is worked out."""
    from thalweg.desk.simulate_files import refuse

    refuse(out, pictures=pictures)


def _end(answer: StudyAnswer, form: Format, out: Path | None) -> None:
    from thalweg.desk import simulate_files as files
    from thalweg.desk.simulate_text import foot, heading

    if out is not None:
        files.write(answer, out)
        say(f"{out}: hash {answer.hash}")
    elif form in (Format.json, Format.jsonl):
        write_json(answer.model_dump(mode="json"), lines=form is Format.jsonl)
    else:
        if form is Format.table:
            typer.echo(heading(answer))
            for sentence in answer.sentences:
                typer.echo(sentence)
        rows = answer.shown() if form is Format.table else answer.rows()
        write_rows(rows, form, title=answer.title if form is Format.xlsx else "")
    for line in foot(answer) if form is Format.table else [f"seed {answer.asked['seed']}"]:
        say(line)


@contextlib.contextmanager
def _going_on(checkpoint: Path | None) -> Iterator[None]:
    """Say how a search that is stopped by a signal goes on: by the same command, where it keeps a checkpoint."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        if checkpoint is None:
            say("stopped; nothing was kept. With --checkpoint FILE and --seed N a search keeps what it evaluated and can go on.")
        elif checkpoint.exists():
            say(f"stopped; what was evaluated stands in {checkpoint}. To go on: {shlex.join(['thalweg', *sys.argv[1:]])}")
        else:
            say(f"stopped before the first generation; nothing stands in {checkpoint} yet.")
        raise


@contextlib.contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error while something runs, where that is a terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _to_do: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns: list[Any] = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, to_do: bar.update(task, completed=done, total=to_do or None)
