"""Write the page on what the scenario model is held against: ``python -m thalweg.desk.scoreboard_page --write docs/explanation``.

It runs the published calculations, the model under the inputs of their sources, the fit to history and the headline of the hindcast.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from thalweg.desk.policies import ready, the_policy
from thalweg.pack.estimates import load_estimates
from thalweg.pack.files import write_atomically
from thalweg.scenarios.acceptance import Accepted, acceptance
from thalweg.scenarios.published import Row, scoreboard
from thalweg.scenarios.published.rows import read

if TYPE_CHECKING:
    from thalweg.scenarios.hindcast_model import Hindcast

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

Of the estimates as they stand, structure at its base, {runs:,} draws. The effective sample is that of `thalweg calibrate`; it and the
forecast of smuggling start from what could be known at the end of 2024. Spending of 2024 and 2025 is met by construction: (2) has the
budget of an observed year pay for what was bought in it. Flows of 2024 and 2025 are those of the sources, drawn with their error.
"""
FORECAST: Final = """The forecast of smuggling in 2025 is that of the trial {trial} with Beijing unknown. Three quantities go
by this name, here in thousand H100e, each as its median (5 to 95 percent):

- **As the source would count it**, the chips of the model divided by the level error of the source (`err_smuggled`), without the spread
  between model and report: {counted}. The last row of the table below has it.
- **As a report would have it**, the same with that spread, which the protocol adds to every point that is scored: {reported}. The
  points on the [page of the hindcast](hindcast.md) have it.
- **As the model holds it**, the chips themselves, the level error of the source not taken out: {held}. A line below the
  scores there has it.
"""
CLOSE: Final = 0.10
"""A tolerance up to this share of the published number is close; wider ones are marked."""


def published_table(rows: Sequence[Row], column: str) -> list[str]:
    """Return the rows of a column as a table, with their notes below."""
    chosen = [r for r in rows if r.column == column]
    within = sum(r.status == "within" for r in chosen)
    judged = sum(r.status in {"within", "outside"} for r in chosen)
    notes = list(dict.fromkeys(r.note for r in chosen if r.note and r.note != "As above."))
    lines = ["| source | what | unit | published | found | tolerance | |", "|" + "---|" * 7]
    marks = {r.id: _loose(r.id) if r.status in {"within", "outside"} else "" for r in chosen}
    for r in chosen:
        mark = f" ({notes.index(r.note) + 1})" if r.note in notes else ""
        tolerance = f"{r.tolerance}, *{marks[r.id]}*" if marks[r.id] else r.tolerance
        values = [_number(r.published), _number(r.found), tolerance, r.status]
        lines.append(f"| {r.source} | {r.what}{mark} | {r.unit} | {' | '.join(values)} |")
    counts = Counter(word for word in marks.values() if word)
    close = f"{judged - counts.total()} of the {judged} are checked to within {CLOSE:.0%} of the published number"
    said = f"{within} of {judged} are within their tolerance. {close}"
    loose = f"; the others are marked, {', '.join(f'{word} in {n}' for word, n in counts.most_common())}" if counts else ""
    return [f"{said}{loose}.\n", *lines, "", *(f"{i}. {n}" for i, n in enumerate(notes, start=1)), ""]


def _loose(name: str) -> str:
    """Return what a tolerance tests where it is no closeness within a tenth: an order, a range, no more than rounding, or a wide band."""
    (result,) = (r for r in read()[1] if r.id == name)
    kind, value = next(iter(result.tolerance.items()), ("", None))
    if kind in {"above", "below"} or result.note.startswith("Ordering only"):
        return "ordering only"
    if kind == "between":
        return "a range"
    by: Any = value
    wide = kind == "absolute" and by > CLOSE * abs(result.published or 0.0)
    return "rounding only" if wide else "a wide band" if kind == "relative" and by > CLOSE else ""


def forecast_words(seen: Hindcast) -> str:
    """Return the three quantities that go by the name of smuggling in 2025, each exactly said."""
    (point,) = (p for panel in seen.panels if panel.row.id == "smuggled" for p in panel.points if p.point.use == "tested")
    low, _, middle, _, high = point.bands
    counted = np.quantile(seen.smuggled[1], (0.5, 0.05, 0.95)) / 1e3
    (held,) = (note.rsplit(": ", 1)[1].removesuffix(" thousand H100e.") for note in seen.notes if note.startswith("Smuggled in 2025 as"))
    return FORECAST.format(trial=seen.trial.id, counted=_thousands(*counted), reported=_thousands(middle, low, high), held=held)


def _thousands(middle: float, low: float, high: float) -> str:
    return f"{middle:.0f} ({low:.0f} to {high:.0f})"


def accepted_table(rows: Sequence[Accepted]) -> list[str]:
    """Return the numbers as a table, and why those that are not met are not."""
    words = {True: "met", False: "not met", None: "not asked"}
    lines = [f"{sum(r.met is True for r in rows)} of {len(rows)} are met.\n", "| what | unit | stated | found | |", "|" + "---|" * 5]
    lines += [f"| {r.what} | {r.unit} | {r.stated} | {', '.join(map(_number, r.found)) or '-'} | {words[r.met]} |" for r in rows]
    return [*lines, "", *(f"- **{r.what}.** {r.reason}" for r in rows if r.reason), ""]


def page(rows: Sequence[Row], numbers: Sequence[Accepted], forecast: str = "") -> str:
    """Return the page; ``forecast`` says what is forecast of smuggling."""
    parts = [HEAD, CALCULATION, *published_table(rows, "calculation"), MODEL, *published_table(rows, "model")]
    parts += [NUMBERS.format(runs=RUNS), *((forecast,) if forecast else ()), *accepted_table(numbers)]
    return "\n".join(parts).rstrip("\n") + "\n"


def measured() -> str:
    """Return the page from a run of everything on it."""
    from thalweg.scenarios.calibrate import calibrate
    from thalweg.scenarios.hindcast import hindcast

    estimates, levers = load_estimates(), ready(the_policy("status-quo")).plan().levers
    fitted, seen = calibrate(estimates), hindcast(estimates)
    numbers = acceptance(estimates, levers, runs=RUNS, effective=fitted.fit.effective, hindcast_2025=seen.smuggled)
    return page(scoreboard(estimates, levers), numbers, forecast_words(seen))


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
