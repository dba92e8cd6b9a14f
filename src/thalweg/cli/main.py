"""The `thalweg` command. Commands import what they need when they run, so that `--help` is quick."""

from __future__ import annotations

import _thread
import contextlib
import io
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from thalweg.cli import decide as decide_command
from thalweg.cli import explore, knowledge, lists, product
from thalweg.cli import ownership as ownership_command
from thalweg.cli import review as review_command
from thalweg.cli import scenarios as scenarios_command
from thalweg.cli import scenarios_studies as studies
from thalweg.cli import screen as screen_command
from thalweg.cli import watch as watch_command
from thalweg.cli import watch_alerts as _watch_alerts  # noqa: F401  (adds its commands)
from thalweg.cli import watch_status as _watch_status  # noqa: F401  (adds its command)
from thalweg.evidence.errors import ThalwegError
from thalweg.evidence.text import one_line

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
app.command("ownership")(ownership_command.ownership)
app.command("screen")(screen_command.screen)
app.command("compare-names")(screen_command.compare_names)
app.command("simulate")(scenarios_command.simulate)
app.command("compare")(scenarios_command.compare)
app.command("sensitivity")(studies.sensitivity)
app.command("discover")(studies.discover)
app.command("search")(studies.search)
app.command("hindcast")(studies.hindcast)
app.command("calibrate")(studies.calibrate)
app.command("benchmarks")(studies.benchmarks)
app.add_typer(lists.app, name="lists")
app.add_typer(review_command.app, name="review")
app.add_typer(watch_command.app, name="watch")
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
    """Run the command; what is refused ends with exit code 2 and one clear line, what is stopped by a signal with 128 and its number."""
    _settle()
    try:
        code = app(prog_name="thalweg", standalone_mode=False)
        sys.stdout.flush()
    except _USAGE as error:
        _end(_usage(error), 2)
    except typer.Abort:
        _end("stopped before its end", 1)
    except ThalwegError as error:
        _end(str(error), 2)
    except OSError as error:
        where = "standard output" if error.filename is None else error.filename
        _end(one_line(f"{where}: {error.strerror or error}"), 2)
    if code:
        sys.exit(code)


_USAGE: Final[Any] = typer.BadParameter.__base__
"""What every fault of a command line is: of a value, an option or a command, missing or not known."""


def _usage(error: Any) -> str:
    """Return what is wrong with a command line, and where its help is, as one line; for a command that is only named, its help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        sys.exit(2)
    said = one_line(error.format_message()).removeprefix("Invalid value: ").rstrip(".")
    path = error.ctx.command_path if error.ctx else "thalweg"
    _, _, command = path.partition(" ")
    return f"{command}: {said}; `{path} --help` shows what it takes" if command else f"{said}; `{path} --help` shows what there is"


def _end(message: str, code: int) -> NoReturn:
    sys.stderr.write(f"thalweg: {message}\n")
    sys.stderr.flush()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.close()  # what could not be written is not tried again at the end
    sys.exit(code)


def _exit_again(what: sys.UnraisableHookArgs) -> None:
    """Send a signal anew that came in a place from which nothing can be raised, such as the end of an object."""
    if isinstance(what.exc_value, SystemExit) and isinstance(what.exc_value.code, int):
        _thread.interrupt_main(signal.Signals(what.exc_value.code - 128))
    else:
        sys.__unraisablehook__(what)


def _settle() -> None:
    """Give output that can hold every character, and signals that end the program the usual way: after clean-up, under their own number."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (it stays open to the end)
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (it stays open to the end)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
    sys.unraisablehook = _exit_again
    for name in ("SIGINT", "SIGTERM"):
        number = getattr(signal, name)
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda signum, _frame: sys.exit(128 + signum))
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
