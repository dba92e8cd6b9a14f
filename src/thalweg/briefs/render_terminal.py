"""The summary of a briefing on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from thalweg.briefs.model import Briefing, Cell, Change, LicenseRow
from thalweg.briefs.tables import cited
from thalweg.briefs.words import brief_policy, decides, fit, mark, millions, names, same_touch, state, turn, usd, word

_FACTS: Final = 3
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # what could command a terminal


def render_terminal(briefing: Briefing, *, width: int = 120) -> str:
    """Return the headline, the matrix, the deals, what changed, what is coming and the first facts to collect; ``width`` in columns."""
    import io

    from rich.console import Console

    file = io.StringIO()
    console = Console(file=file, width=width)
    for part in _parts(briefing):
        console.print(part)
    shown = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", file.getvalue())
    return "\n".join(line.rstrip() for line in shown.split("\n")).rstrip() + "\n"


def _parts(b: Briefing) -> Iterator[Any]:
    from rich.text import Text

    yield Text(f"Export control briefing: {b.firm}, {b.date}\n")
    yield Text(f"{b.lead}\n")
    yield _lines((p.label, p.text) for p in b.points)
    yield Text("\nProducts and destinations")
    yield _matrix(b) if b.matrix else Text("The portfolio names no product or no destination.")
    yield Text("\nDeals")
    yield _deals(b) if b.deals else Text("None that could be decided.")
    if any(v.overlays for v in b.all_verdicts()):
        yield Text("† turned by an overlay: a house rule, counsel or a draft")
    if b.licenses:
        yield Text("\nLicenses held")
        yield _lines((x.ends or "no end", f"{x.license}: {_left(x)}") for x in b.licenses)
    yield Text(f"\nWhat changed since {b.since}")
    yield _lines(_changes(b.changed, b)) if b.changed else Text("No verdict on these products, destinations and deals changed.")
    yield Text(f"\nWhat is coming, to {b.horizon}")
    if not b.turning:
        yield Text("By the text as printed today, no verdict on these products, destinations and deals turns.")
    yield _lines([*_changes(b.turning, b), *_coming(b)])
    yield Text("\nFacts to collect first")
    yield _lines(_facts(b))
    yield Text("\nWhat the pack does not know")
    partial = f"{len(b.lists)} lists of parties are held in part; no match is no all-clear."
    yield _lines([*(("-", line) for line in b.unverified), *(("?", q) for q in b.open_questions), ("-", partial)])
    yield _lines(("left out", error) for error in b.errors)


def _lines(rows: Iterable[tuple[str, str]]) -> Any:
    """Return lines behind their dates or marks, so that a line that wraps stays behind them."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for head, text in rows:
        grid.add_row(Text(head), Text(text))
    return grid


def _left(x: LicenseRow) -> str:
    parts = [f"{usd(x.left_usd)} left, {usd(x.left_after_usd)} after the deals it covers"] if x.left_usd is not None else []
    parts += [f"{x.left:,.0f} pieces left, {x.left_after:,.0f} after them"] if x.left is not None and x.left_after is not None else []
    return "; ".join(parts) or "without a limit"


def _changes(rows: Iterable[Change], b: Briefing) -> Iterator[tuple[str, str]]:
    for c in rows:
        yield c.on, f"{turn(c.before, c.before_policy, c.after, c.after_policy)}: {'; '.join([*c.deals, *names(c.sales, b)])}"
        yield from (("", f"{r.change}: {cited(r.rule)}") for r in c.rules)


def _coming(b: Briefing) -> Iterator[tuple[str, str]]:
    for c in b.coming:
        branches = f": as printed, {c.printed}; as expected, {c.expected}" if c.expected else ""
        yield c.on, f"{c.title}{branches}{' (due since verification)' if c.due else ''}"
    for d in b.drafts:
        yield "draft", f"{d.title}: touches {millions(d.value_usd)}, turns the verdict on {millions(d.turned_usd)}"
        yield from (("", f"{', '.join(deals)}: {text}") for groups, _ in same_touch(d.touched) for deals, text in groups)


def _facts(b: Briefing) -> Iterator[tuple[str, str]]:
    for i, f in enumerate(b.facts[:_FACTS], 1):
        ask = f"{millions(f.value_usd)} ({', '.join(f.deals)}); ask {', '.join(f.customers)}"
        yield f"{i}.", f"{f.question} Settles {decides(f.decides)} for {ask}"
    if not b.facts:
        yield "-", "No missing fact decides a verdict."


def _matrix(b: Briefing) -> Any:
    """Return the products that have the same verdict at a place on one line each: a table wider than a terminal is of no use."""
    from rich.table import Table
    from rich.text import Text

    table = Table("Verdict", "Sales to a local buyer", box=None, padding=(0, 2, 0, 0))
    groups: dict[str, list[Cell]] = {}
    for c in b.matrix:
        shown = f"{mark(c.verdict.outcome)} {state(c.verdict.outcome, c.verdict.policy)}" + (" †" if c.verdict.overlays else "")
        groups.setdefault(shown, []).append(c)
    for shown, cells in groups.items():
        table.add_row(Text(shown), Text("\n".join(names(cells, b))))
    return table


def _deals(b: Briefing) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table("Deal", "Product", "Customer", "To", "Date", "USD", "Verdict", "To note", box=None, padding=(0, 2, 0, 0))
    table.columns[5].justify = "right"
    for d in b.deals:
        verdict = f"{mark(d.verdict.outcome)} {word(d.verdict.outcome)}{' †' if d.verdict.overlays else ''}"
        policy = [brief_policy(d.verdict.policy)] if d.verdict.policy else []
        listed = ["listed party"] if d.listed else []
        notes = [*policy, *listed, *(f"license {c.license} {fit(c)}" for c in d.covers)]
        cells = (d.id, d.product, d.customer, b.places.get(d.to, d.to), d.date, f"{d.value_usd:,.0f}", verdict, "; ".join(notes))
        table.add_row(*map(Text, cells))
    return table
