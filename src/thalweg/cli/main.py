"""The `thalweg` command. Commands import what they need when they run, so that `--help` is quick."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from thalweg.cli import decide as decide_command
from thalweg.cli import explore, knowledge, product
from thalweg.evidence.errors import ThalwegError

app = typer.Typer(
    name="thalweg",
    no_args_is_help=True,
    help="Decide export-control questions about AI chips from dated, cited rules. Not legal advice.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("decide")(decide_command.decide)
app.command("classify")(explore.classify)
app.command("timeline")(explore.timeline)
app.command("headroom")(explore.headroom)
app.command("diff")(explore.diff)
app.command("brief")(product.brief)
app.command("compile")(knowledge.compile_)
app.add_typer(knowledge.app, name="pack")


def _version(show: bool) -> None:
    if show:
        from thalweg import __version__

        sys.stdout.write(f"thalweg {__version__}\n")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")] = False,
) -> None:
    """Decide export-control questions about AI chips from dated, cited rules. Not legal advice."""


def run() -> None:
    """Run the command; what is refused ends with exit code 2 and one clear line."""
    try:
        app()
    except ThalwegError as error:
        sys.stderr.write(f"thalweg: {error}\n")
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
