"""The summary of a briefing on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from thalweg.briefs import firm_words, news_words, party_words
from thalweg.briefs.bounds import screened
from thalweg.briefs.captions import captions
from thalweg.briefs.model import Briefing, Cell, Change, LicenseRow
from thalweg.briefs.model_firm import FirmView
from thalweg.briefs.model_parties import Counterparties
from thalweg.briefs.tables import cited, notes
from thalweg.briefs.words import HOUSE, decides, drawn, kind, mark, millions, names, same_touch, sentence, state, turn, usd

_FACTS: Final = 3
# what could command a terminal, or turn text around
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


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
    said = captions(b)
    yield Text("\nProducts and destinations")
    yield from [Text(said["matrix"]), _matrix(b)] if b.matrix else [Text("The portfolio names no product or no destination.")]
    yield Text("\nDeals")
    yield from [Text(said["deals"]), _lines(_deals(b))] if b.deals else [Text("None that could be decided.")]
    yield Text("\nCounterparties")
    yield from [Text(said["counterparties"]), _lines(_counterparties(b.counterparties))] if b.counterparties.rows else [Text("None.")]
    if b.licenses:
        yield from (Text("\nLicenses held"), Text(said["licenses"]))
        yield _lines((x.ends or "no end", f"{x.license}: {_left(x)}") for x in b.licenses)
    yield Text(f"\nWhat changed since {b.since}")
    if b.changed:
        yield from (Text(said["changed"]), _lines(_changes(b.changed, b)))
    else:
        yield Text("No verdict on these products, destinations and deals changed.")
    yield Text(f"\nWhat is coming, to {b.horizon}")
    yield Text(
        said["turning"] if b.turning else "By the text as printed today, no verdict on these products, destinations and deals turns."
    )
    yield _lines([*_changes(b.turning, b), *_coming(b)])
    if b.policies:
        yield from (Text("\nUnder policies"), Text(firm_words.caption(b.policies)), _lines(_policies(b.policies)))
    if b.news:
        yield from (Text("\nWhat happened, what it means for you"), Text(news_words.caption(b.news)), _lines(news_words.news_lines(b.news)))
    yield Text("\nFacts to collect first")
    yield _lines(_facts(b))
    yield Text("\nWhat the pack does not know")
    yield _lines(
        [*(("-", line) for line in b.unverified), *(("?", q) for q in b.open_questions), ("-", f"{screened(b.lists)} {said['lists']}")]
    )
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


def _counterparties(c: Counterparties) -> Iterator[tuple[str, str]]:
    """Yield what names were looked for in, what was found of each customer, and where nothing was found."""
    yield from (("-", line) for line in (*party_words.looked_at(c), *([party_words.rule(c.rule)] if c.rule else [])))
    quiet: dict[str, list[str]] = {}
    for r in c.rows:
        flags = [f for f in r.red_flags if not f.depends]
        if not (r.entries or r.owners or r.stated_owners or flags):
            quiet.setdefault(r.unmatched, []).append(r.name)
            continue
        yield "*", f"{r.name}, {r.place}, {', '.join(r.deals) or 'no deal'}"
        yield from (
            ("", f"{party_words.standing(e)}: {party_words.found(e)} [{'; '.join(s.citation for s in e.sources)}]") for e in r.entries
        )
        yield "", r.unmatched
        yield from (("", line) for line in party_words.owners(r))
        yield from (("", f"Red flag: {f.text}") for f in flags)
        yield from (("", f"Ask: {party_words.ask(f)}") for f in r.ask[:1])
    yield from (("*", f"{', '.join(names)}: {said}") for said, names in quiet.items())


def _left(x: LicenseRow) -> str:
    parts = [f"{usd(x.left_usd)} left, {usd(x.left_after_usd)} after the deals it covers"] if x.left_usd is not None else []
    parts += [f"{x.left:,.0f} pieces left, {x.left_after:,.0f} after them"] if x.left is not None and x.left_after is not None else []
    return "; ".join(parts) or "without a limit"


def _changes(rows: Iterable[Change], b: Briefing) -> Iterator[tuple[str, str]]:
    for c in rows:
        by = f"By {kind(c.by).lower()}: " if c.by and c.by != HOUSE else ""
        yield c.on, f"{by}{turn(c)}: {'; '.join([*c.deals, *names(c.sales, b)])}"
        yield from (("", f"{r.change}: {cited(r.rule)}") for r in c.rules)


def _coming(b: Briefing) -> Iterator[tuple[str, str]]:
    for c in b.coming:
        branches = f": as printed, {c.printed}; as expected, {c.expected}" if c.expected else ""
        yield c.on, f"{c.title}{branches}{' (due since verification)' if c.due else ''}"
    for d in b.drafts:
        yield "draft", f"{d.title}: touches {millions(d.value_usd)}, turns the verdict on {millions(d.turned_usd)}"
        yield from (("", f"{', '.join(deals)}: {text}") for groups, _ in same_touch(d.touched) for deals, text in groups)


def _policies(v: FirmView) -> Iterator[tuple[str, str]]:
    """Yield the results of each policy in each year, what moves them, and what is not known."""
    for p in v.policies:
        yield "*", f"{p.title} (policy hash {p.sha256[:16]})"
        for title, numbers in firm_words.rows(v, p):
            said = "; ".join(f"{year} {firm_words.shown(r)}" for year, r in zip(v.years, numbers, strict=True))
            other = firm_words.against(numbers)
            yield "", f"{title}: {said}{f'; against the first {other}' if other else ''}"
            yield "", f"  moved most by {firm_words.moved(numbers, int(v.asked['runs']))}"
    yield from (("?", x) for x in v.unknown)


def _facts(b: Briefing) -> Iterator[tuple[str, str]]:
    for i, f in enumerate(b.facts[:_FACTS], 1):
        ask = f"{millions(f.value_usd)} ({', '.join(f.deals)}); ask {', '.join(f.ask)}"
        yield f"{i}.", f"{sentence(f.question)} Settles {decides(f.decides)} for {ask}{f'. {f.note}' if f.note else ''}"
    if not b.facts:
        yield "-", "No missing fact decides a verdict."


def _matrix(b: Briefing) -> Any:
    """Return the products that have the same verdict at a place on one line each: a table wider than a terminal is of no use."""
    from rich.table import Table
    from rich.text import Text

    table = Table("Verdict", "Sales to a local buyer", box=None, padding=(0, 2, 0, 0))
    groups: dict[str, list[Cell]] = {}
    for c in b.matrix:
        v = c.verdict
        text = drawn(v.outcome, v.policies, held=True) if v.held else state(v.outcome, v.policies, v.policy_by)
        shown = f"{mark(v.shown)} {text}" + (" †" if v.overlays else "")
        groups.setdefault(shown, []).append(c)
    for shown, cells in groups.items():
        table.add_row(Text(shown), Text("\n".join(names(cells, b))))
    return table


def _deals(b: Briefing) -> Iterator[tuple[str, str]]:
    for d in b.deals:
        v = d.verdict
        shown = drawn(v.outcome, v.policies, held=True) if v.held else state(v.outcome, v.policies, v.policy_by)
        yield d.id, f"{d.product} to {d.customer}, {b.places.get(d.to, d.to)}, {d.date}, {usd(d.value_usd)}"
        yield "", f"{mark(v.shown)} {shown}{' †' if v.overlays else ''}"
        if said := "; ".join(notes(d)):
            yield "", said
