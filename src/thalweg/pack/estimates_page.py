"""The reference page of the estimates, written from the pack.

Run ``python -m thalweg.pack.estimates_page --write docs/reference/estimates.md`` in the repository.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from thalweg.evidence.distribution_form import words
from thalweg.evidence.estimate import Estimate, Value
from thalweg.pack.estimates import load_estimates
from thalweg.pack.estimates_model import Estimates, Series
from thalweg.pack.files import write_atomically

TITLES = {
    "world": "World supply and prices",
    "legal": "The legal channel",
    "offshore": "Capacity outside China",
    "grey": "The grey market and interdiction",
    "domestic": "Chinese production",
    "stocks": "Stocks and what counts",
    "capability": "From compute to capability",
    "firm": "Firms and research",
    "response": "Cooperation, retaliation, credibility",
    "errors": "Level of series of history",
}

HEAD = """# Estimates

<!-- Written by `python -m thalweg.pack.estimates_page --write docs/reference/estimates.md`; change the files under
src/thalweg/knowledge/estimates instead. -->

What a scenario is drawn from. Each estimate is a distribution with a unit, a basis and sources; the same table for the terminal is
`thalweg pack show estimates`, and `thalweg pack show ID` sets the rival values of one beside each other.

- **5%, 50%, 95%** are quantiles. An estimate that is fixed has one value.
- **Basis** says how the middle of the distribution is known: `published` (read in the source or a full copy), `reported` (read through
  another text), `derived` (worked out from sources, as stated), `judgement` (no estimate was found). A width that is judgement has
  `judgement` among its sources.
- **About** is the last day of the period that the number is about or whose data it rests on. A hindcast to a day draws no number about a
  later one: it takes the value of an earlier vintage, and refuses an estimate without one. An empty cell is a number about no period.
- **E** marks what doubles when every quantity of the world doubles.
- A chip is counted in H100-equivalents (H100e): its dense 8-bit rate over that of an H100, 1,979 TOP/s.
"""

OVERLAYS = """## Other numbers

An overlay folder (an `overlay.yaml`, as for rules) may hold a folder `estimates/` with YAML files:

```yaml
# my-numbers/estimates/grey.yaml
- id: theta
  unit: share
  distribution: {beta: {a: 3, b: 5}}
  basis: judgement
  sources: [{citation: "Panel of 2026-11, median of five answers", basis: judgement}]
```

A distribution is one of `point`, `uniform: {min, max}`, `triangular: {min, mode, max}`, `normal: {mean, sd}`, `lognormal: {p05, p95}`
(or `median` and `log_sd`, or `log_mean` and `log_sd`), `beta: {a, b}` (with `min` and `max` if not on 0 to 1), `quantiles: {p05, p50,
p95, scale}` (scale `linear`, `log` or `logit`), `discrete: {values, weights}`, and `mixture` of parts with weights. The unit is written
again, and refused if it differs. `switches.yaml` holds `id` and `probabilities`, `correlations.yaml` pairs (a rank of zero takes one
away), `sources.yaml` works of its own. A number that an overlay set stands under every anchor. An overlay with numbers changes the hash
of the estimates and nothing that a decision reads. What it changes, and what two overlays differ in, `thalweg pack diff my-numbers` and
`thalweg pack diff my-numbers --against their-numbers` show.

## Draws

Each estimate has random numbers of its own, keyed by the seed and its id, and is drawn by inverting its distribution: the same seed
gives the same bytes on one platform, and another distribution of one estimate leaves the draws of the others as they were. Correlated
estimates are joined by a Gaussian copula after they are stratified. The draws are a Latin hypercube, unless Sobol points or independent
draws are asked for.
"""


def estimates_page(estimates: Estimates) -> str:
    """Return the page as Markdown."""
    parts = [HEAD, *_counts(estimates)]
    for block in estimates.blocks:
        parts += [f"## {TITLES.get(block, block)}\n", *_block(estimates.of_block(block))]
    parts += [*_rivals(estimates), *_vintages(estimates), *_switches(estimates), *_correlations(estimates), *_history(estimates)]
    return "\n".join([*parts, OVERLAYS, *_works(estimates)]).rstrip() + "\n"


def _counts(estimates: Estimates) -> Iterator[str]:
    own = [e.value for e in estimates.estimates.values()]
    drawn = [v for v in own if v.distribution.kind != "point"]
    by_basis = Counter(v.basis for v in drawn)
    said = ", ".join(f"{count} {basis}" for basis, count in by_basis.most_common())
    judged = sum(v.judged for v in drawn)
    yield f"{len(own)} estimates, {len(drawn)} of them uncertain ({said}); judgement enters the middle or the width of {judged}."
    yield ""


def _block(estimates: Iterable[Estimate]) -> Iterator[str]:
    yield from _table(
        ("id", "symbol", "what it is", "5%", "50%", "95%", "unit", "", "basis", "about", "sources"),
        (
            (f"`{e.id}`", e.symbol and f"`{e.symbol}`", _with_note(e.meaning, e.value.note), *_cells(e.value), e.unit, *_evidence(e))
            for e in estimates
        ),
    )


def _rivals(estimates: Estimates) -> Iterator[str]:
    yield "## Rival values\n"
    yield "An anchor is a preset that takes the values of one source wherever it has one. Anchors are no independent witnesses.\n"
    yield from _table(("anchor", "what it is", "note"), ((f"`{a.id}`", a.title, a.note) for a in estimates.anchors.values()))
    yield from _table(
        ("id", "this pack", "by", "anchor", "value", "basis", "about", "sources"),
        (
            (f"`{e.id}`", words(e.value.distribution), r.by, r.anchor and f"`{r.anchor}`", words(r.distribution), r.basis, _day(r), _why(r))
            for e in estimates.estimates.values()
            for r in e.rivals
        ),
    )


def _vintages(estimates: Estimates) -> Iterator[str]:
    yield "## Earlier vintages\n"
    yield "What a hindcast to the day draws instead: made without knowing what came after.\n"
    yield from _table(
        ("id", "until", "value", "instead of", "basis", "sources"),
        (
            (f"`{e.id}`", str(v.until), words(v.distribution), words(e.value.distribution), v.basis, _why(v))
            for e in estimates.estimates.values()
            for v in e.vintages
        ),
    )


def _switches(estimates: Estimates) -> Iterator[str]:
    yield "## Structural switches\n"
    yield "Forms that an equation may have; the first is the base. Their probabilities are judgement.\n"
    yield from _table(
        ("id", "what it is", "option", "probability", "meaning"),
        (
            (f"`{x.id}`" if not i else "", x.meaning if not i else "", f"`{o.name}`", f"{o.probability:g}", o.meaning)
            for x in estimates.switches.values()
            for i, o in enumerate(x.options)
        ),
    )
    yield "Chance by run and quarter, a uniform number each, the same for every policy:\n"
    yield from _table(("id", "what it is"), ((f"`{c.id}`", f"{c.title}. {c.meaning}") for c in estimates.chances.values()))


def _correlations(estimates: Estimates) -> Iterator[str]:
    yield "## Correlations\n"
    yield "Rank correlations (Spearman); what is not named is independent.\n"
    yield from _table(
        ("estimates", "rank", "why", "basis"),
        ((f"`{c.of[0]}`, `{c.of[1]}`", f"{c.rank:g}", c.because, c.basis) for c in estimates.correlations),
    )


def _history(estimates: Estimates) -> Iterator[str]:
    yield "## History\n"
    yield "Medians are drawn with their published error, as one factor on a whole series (level) or noise on each point."
    yield "Data by Epoch AI under CC BY 4.0, as marked; put into other form.\n"
    yield from _table(
        ("series", "what it is", "by", "from", "to", "points", "scored", "unit", "error", "basis", "sources"),
        (_series(x) for x in estimates.history.values()),
    )


def _series(x: Series) -> tuple[str, ...]:
    scored = f"no: {x.not_scored}" if x.not_scored else str(sum(p.scored for p in x.points))
    bounds = "bounds of the points" if any(p.p05 is not None for p in x.points) else ""
    error = f"level `{x.level_error}`" if x.level_error else f"noise `{x.noise}`" if x.noise else bounds
    span = (x.points[0].period, x.points[-1].period, str(len(x.points)))
    cited = f"{_cited(x.sources)} {x.license}".rstrip()
    return (f"`{x.id}`", _with_note(x.meaning, x.note), x.period.replace("_", " "), *span, scored, x.unit, error, x.basis, cited)


def _works(estimates: Estimates) -> Iterator[str]:
    yield "\n## Sources\n"
    yield from _table(
        ("id", "work", "how it was read", "read on"),
        ((f"`{i}`", _work(source), source["basis"], source["accessed"]) for i, source in estimates.sources.items()),
    )


def _work(source: Any) -> str:
    text = source["citation"] if "title" not in source else f"{source['title']}. {source['citation']}"
    return f"[{text}]({source['url']})" if source.get("url") else text


def _cells(value: Value) -> tuple[str, str, str]:
    low, central, high = value.quantiles
    return ("", number(central), "") if value.distribution.kind == "point" else (number(low), number(central), number(high))


def number(x: float) -> str:
    """Write a number at four significant digits, in thousands, millions or billions where that reads better."""
    for size, name in ((1e9, " bn"), (1e6, " m"), (1e3, " k")):
        if abs(x) >= size:
            return f"{x / size:.4g}{name}"
    return f"{x:.4g}"


def _evidence(e: Estimate) -> tuple[str, ...]:
    return "E" if e.extensive else "", e.basis, _day(e.value), _cited(e.value.sources)


def _why(value: Value) -> str:
    return _with_note(_cited(value.sources) + ("." if value.note else ""), value.note)


def _with_note(text: str, note: str) -> str:
    return f"{text} *{note}*" if note else text


def _day(value: Value) -> str:
    return value.period_end.isoformat() if value.period_end else ""


def _cited(sources: Iterable[Any]) -> str:
    return "; ".join(
        f"`{x['id']}`" + (f" {x['where']}" if "where" in x else "") if "id" in x else x.get("citation") or x["url"] for x in sources
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
    yield ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the page, or write it to a file."""
    parser = argparse.ArgumentParser(prog="python -m thalweg.pack.estimates_page", description="Write the reference page of the estimates.")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page to this file instead of printing it")
    given = parser.parse_args(arguments)
    page = estimates_page(load_estimates())
    if given.write:
        write_atomically(given.write, page.encode())
    else:
        sys.stdout.write(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
