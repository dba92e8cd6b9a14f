"""Write the page on what the scenario model is held against: ``python -m thalweg.desk.scoreboard_page --write docs/explanation``.

It runs the published calculations, the model under the inputs of their sources, the fit to history and the headline of the hindcast.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from thalweg.desk.policies import ready, the_policy
from thalweg.pack.estimates import load_estimates
from thalweg.pack.files import write_atomically
from thalweg.scenarios.acceptance import Accepted, acceptance
from thalweg.scenarios.published import Row, scoreboard

PAGE: Final = "scoreboard.md"
RUNS: Final = 4_000
HEAD: Final = """# Scoreboard

<!-- Written by `python -m thalweg.desk.scoreboard_page --write docs/explanation`; change the code or
src/thalweg/scenarios/published/results.yaml instead. -->

What the scenario model is held against: published results, and numbers that it should come near under the levers as enforced. How it
does on what it had not seen is on the [page of the hindcast](hindcast.md).
"""
CALCULATION: Final = """## Calculation reproduced

The arithmetic of a source, run again from its stated inputs, by the equations of this model where these are the same. That says that a
source was read rightly; it says nothing of this model.
"""
MODEL: Final = """## This model under the inputs of a source

Medians of this model with the preset and the rules of the source laid on. Where a result has no tolerance it is shown and not judged.
"""
NUMBERS: Final = """## Numbers under the levers as enforced

Of the estimates as they stand, structure at its base, {runs:,} draws. The effective sample is that of `thalweg calibrate`, the forecast
that of the headline of the hindcast; both start from what could be known at the end of 2024. Spending of 2024 and 2025 is met by
construction: (2) has the budget of an observed year pay for what was bought in it. Flows of 2024 and 2025 are those of the sources, drawn
with their error.
"""


def published_table(rows: Sequence[Row], column: str) -> list[str]:
    """Return the rows of a column as a table, with their notes below."""
    chosen = [r for r in rows if r.column == column]
    within = sum(r.status == "within" for r in chosen)
    judged = sum(r.status in {"within", "outside"} for r in chosen)
    notes = list(dict.fromkeys(r.note for r in chosen if r.note and r.note != "As above."))
    lines = ["| source | what | unit | published | found | tolerance | |", "|" + "---|" * 7]
    for r in chosen:
        mark = f" ({notes.index(r.note) + 1})" if r.note in notes else ""
        values = [_number(r.published), _number(r.found), r.tolerance, r.status]
        lines.append(f"| {r.source} | {r.what}{mark} | {r.unit} | {' | '.join(values)} |")
    return [f"{within} of {judged} are within their tolerance.\n", *lines, "", *(f"{i}. {n}" for i, n in enumerate(notes, start=1)), ""]


def accepted_table(rows: Sequence[Accepted]) -> list[str]:
    """Return the numbers as a table, and why those that are not met are not."""
    words = {True: "met", False: "not met", None: "not asked"}
    lines = [f"{sum(r.met is True for r in rows)} of {len(rows)} are met.\n", "| what | unit | stated | found | |", "|" + "---|" * 5]
    lines += [f"| {r.what} | {r.unit} | {r.stated} | {', '.join(map(_number, r.found)) or '-'} | {words[r.met]} |" for r in rows]
    return [*lines, "", *(f"- **{r.what}.** {r.reason}" for r in rows if r.reason), ""]


def page(rows: Sequence[Row], numbers: Sequence[Accepted]) -> str:
    """Return the page."""
    parts = [HEAD, CALCULATION, *published_table(rows, "calculation"), MODEL, *published_table(rows, "model")]
    parts += [NUMBERS.format(runs=RUNS), *accepted_table(numbers)]
    return "\n".join(parts).rstrip("\n") + "\n"


def measured() -> str:
    """Return the page from a run of everything on it."""
    from thalweg.scenarios.calibrate import calibrate
    from thalweg.scenarios.hindcast import hindcast

    estimates, levers = load_estimates(), ready(the_policy("status-quo")).plan().levers
    fitted, seen = calibrate(estimates), hindcast(estimates)
    numbers = acceptance(estimates, levers, runs=RUNS, effective=fitted.fit.effective, hindcast_2025=seen.smuggled)
    return page(scoreboard(estimates, levers), numbers)


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{float(f'{value:.4g}'):,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def main(arguments: Iterable[str] | None = None) -> None:
    """Print the page, or write it to a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    folder = parser.parse_args(list(arguments) if arguments is not None else None).write
    text = measured()
    if folder is None:
        print(text, end="")  # noqa: T201  (this is what it is for)
    else:
        write_atomically(folder / PAGE, text.encode())


if __name__ == "__main__":
    main()
