"""The sections of a briefing as tables of plain cells: what Markdown and the workbook hold, in the order of the page."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from thalweg.briefs import party_words
from thalweg.briefs.captions import captions
from thalweg.briefs.firm_words import policy_tables
from thalweg.briefs.glossary import terms
from thalweg.briefs.grouping import group_cells
from thalweg.briefs.heatmap import heatmap
from thalweg.briefs.model import HELD, Briefing, Change, DealRow, Printed, Verdict
from thalweg.briefs.model_base import Claim, Source
from thalweg.briefs.news_words import news_tables
from thalweg.briefs.table import Cell, Table
from thalweg.briefs.words import (
    HOUSE,
    decides,
    drawn,
    fit,
    hit_word,
    kind,
    names,
    notify,
    on_condition,
    plain,
    review,
    same_touch,
    section,
    state,
    turn,
    word,
)


def tables(b: Briefing) -> list[Table]:
    """Return the tables of a briefing."""
    found = [
        _matrix(b),
        _deals(b),
        *_counterparties(b),
        _changed(b),
        _turning(b),
        _coming(b),
        _drafts(b),
        *policy_tables(b),
        *news_tables(b),
        _time(b),
        _facts(b),
        *_evidence(b),
        *_bounds(b),
    ]
    said = captions(b)
    return [dataclasses.replace(t, caption=t.caption or said.get(_SECTIONS.get(t.name, ""), "")) if t.rows else t for t in found]


_SECTIONS = {
    "Matrix": "matrix",
    "Deals": "deals",
    "Counterparties": "counterparties",
    "Changed": "changed",
    "Turning": "turning",
    "Drafts": "drafts",
    "Over time": "time",
    "Facts": "facts",
    "Licenses": "licenses",
    "Steps": "steps",
    "Lists": "lists",
    "Taken": "taken",
}


def _evidence(b: Briefing) -> list[Table]:
    return [_licenses(b), _grounds(b), _cases(b), _steps(b)]


def _matrix(b: Briefing) -> Table:
    places = list(dict.fromkeys(c.place for c in b.matrix))
    verdicts = {(c.product, c.place): c.verdict for c in b.matrix}
    rows: list[list[Cell]] = [[p, *(_dagger(verdicts[p, to]) for to in places)] for p in b.products if places]
    return Table("Matrix", "Products and destinations", ["Product", *(b.places.get(p, p) for p in places)], rows)


def _dagger(v: Verdict) -> str:
    """Return a verdict in words, with what the law says beside a hold and a dagger where a reading turns it."""
    if v.held:
        return drawn(v.outcome, v.policies, held=True)
    exceptions = " or ".join(e.text for e in v.exceptions) if v.outcome == "license_exception" else ""
    return state(v.outcome, v.policies, v.policy_by) + (f", {exceptions}" if exceptions else "") + (" †" if v.overlays else "")


def _deals(b: Briefing) -> Table:
    columns = ["Deal", "Pieces", "Product", "Customer", "Destination", "Date", "USD", "Verdict", "By law", "Review", "To note"]
    rows: list[list[Cell]] = [
        [
            *(d.id, d.quantity, d.product, d.customer, b.places.get(d.to, d.to), d.date, d.value_usd),
            *(word(d.verdict.shown) + (" †" if d.verdict.overlays else ""), word(d.verdict.outcome)),
            *(review(d.verdict.policies, d.verdict.policy_by), list(notes(d))),
        ]
        for d in b.deals
    ]
    return Table("Deals", "Deals", columns, rows, none="The portfolio holds no deal that could be decided.")


_STANDINGS = (("listed", "listed party"), ("owner", "listed owners"), ("open", "possible match: open"))


def notes(d: DealRow) -> Iterator[str]:
    """Yield what is to be noted of a deal beside its verdict."""
    standings = {h.standing for h in d.listed}
    yield from (said for standing, said in _STANDINGS if standing in standings)
    yield from ["red flag"] if any(not f.depends for f in d.verdict.red_flags) else []
    yield from (f"red flag {c}" for c in dict.fromkeys(f.depends for f in d.verdict.red_flags if f.depends))
    yield from (f"{kind(o.kind).lower()}: {o.title}" for o in (*d.verdict.house, *d.verdict.overlays))
    yield from ["a rule may be stale"] if d.verdict.may_be_stale else []
    yield from [notify(d.notice)] if d.notice else []
    yield from (c.text for c in d.verdict.lifts_part)
    if p := d.verdict.printed:
        yield f"as printed: {_printed(p)} [{'; '.join(map(section, p.why or p.absent))}]"
    yield from (f"license {c.license} {fit(c)}" for c in d.covers)
    yield from [f"{len(d.missing)} {'fact' if len(d.missing) == 1 else 'facts'} missing"] if d.missing else []


def _printed(p: Printed) -> str:
    return word(p.outcome) + (f", {' or '.join(e.text for e in p.exceptions)}" if p.exceptions else "")


def _counterparties(b: Briefing) -> list[Table]:
    c = b.counterparties
    looked: list[list[Cell]] = [[line] for line in (*party_words.looked_at(c), *([party_words.rule(c.rule)] if c.rule else []))]
    columns = ["Customer", "Where", "Deals", "USD", "On lists", "Sources", "Owners", "Red flags", "To ask"]
    rows: list[list[Cell]] = [
        [
            *(r.name, r.place, ", ".join(r.deals), r.value_usd),
            [*(f"{party_words.standing(e)}: {party_words.found(e)}" for e in r.entries), r.unmatched],
            [*dict.fromkeys(f"{s.citation} {s.url}".rstrip() for e in r.entries for s in e.sources)],
            [*party_words.owners(r)],
            [f"{on_condition(f)}{cited(f)}" for f in r.red_flags],
            [*map(party_words.ask, r.ask)],
        ]
        for r in c.rows
    ]
    return [
        Table("Screened", "Counterparties: what names were looked for in", ["Looked in"], looked),
        Table("Counterparties", "Counterparties", columns, rows, none="The portfolio names no customer."),
    ]


def _changed(b: Briefing) -> Table:
    none = "No verdict on these products, destinations and deals changed."
    return Table("Changed", f"What changed since {b.since}", _TURNS, _turns(b.changed, b), none=none)


def _turning(b: Briefing) -> Table:
    none = "By the text as it is printed today, none."
    return Table("Turning", f"What is coming: verdicts that turn before {b.horizon}", _TURNS, _turns(b.turning, b), none=none)


_TURNS = ["On", "Change", "Deals", "Sales", "USD", "Rules"]


def _turns(rows: Iterable[Change], b: Briefing) -> list[list[Cell]]:
    kinds = {o["id"]: kind(o["kind"]) for o in b.overlays}
    return [
        [
            c.on,
            (f"By {kind(c.by).lower()}: " if c.by and c.by != HOUSE else "") + turn(c),
            ", ".join(c.deals),
            names(c.sales, b),
            c.value_usd,
            [f"{kinds[r.rule.overlay] + ' ' if r.rule.overlay in kinds else ''}{r.change}: {cited(r.rule)}" for r in c.rules],
        ]
        for c in rows
    ]


def _coming(b: Briefing) -> Table:
    columns = ["On", "What", "Jurisdiction", "Effect", "As printed", "As expected", "Seen", "Sources"]
    rows: list[list[Cell]] = [
        [
            *(c.on, c.title, c.jurisdiction, c.effect, c.printed, c.expected),
            "not seen: due since verification" if c.due else "",
            _cites(c.sources),
        ]
        for c in b.coming
    ]
    return Table("Coming", "What is coming: switches, printed days and ends", columns, rows)


def _drafts(b: Briefing) -> Table:
    columns = ["Draft", "Status", "Laid as of", "USD touched", "USD turned", "Deals", "Adds", "Sources"]
    rows: list[list[Cell]] = []
    for d in b.drafts:
        groups = same_touch(d.touched)
        deals = [f"{', '.join(ids)}: {text}" for found, _ in groups for ids, text in found]
        adds = list(dict.fromkeys(a for _, more in groups for a in more))
        rows.append([d.title, plain(d.status), d.on, d.value_usd, d.turned_usd, deals, adds, _cites(d.sources)])
    return Table("Drafts", "What is coming: draft laws watched, none of them law", columns, rows, none="No draft is watched.")


def _time(b: Briefing) -> Table:
    found = heatmap(b)
    rows: list[list[Cell]] = [
        [product, ", ".join(line.places), s.first, s.last, word(HELD if s.held else s.outcome), word(s.outcome), review(s.policies)]
        for product, lines in (found.lines if found else {}).items()
        for line in lines
        for s in line.spans
    ]
    columns = ["Product", "Destinations", "From", "Through", "Verdict", "By law", "Review"]
    return Table("Over time", "Verdicts over time", columns, rows)


def _facts(b: Briefing) -> Table:
    rows: list[list[Cell]] = [
        [f.question, plain(f.of), decides(f.decides), f.value_usd, ", ".join(f.deals), ", ".join(f.ask), f.note, _cites(f.sources)]
        for f in b.facts
    ]
    columns = ["Question", "Of", "Settles", "USD", "Deals", "Ask", "Note", "Sources"]
    return Table("Facts", "Facts to collect next", columns, rows, none="No missing fact decides a verdict.")


def _licenses(b: Briefing) -> Table:
    columns = ["License", "Products", "Customers", "Destinations", "USD authorized", "USD left", "USD left after"]
    columns += ["Pieces authorized", "Pieces left", "Pieces left after", "Ends", "Deals drawn"]
    rows: list[list[Cell]] = [
        [
            *(x.license, ", ".join(x.products), ", ".join(x.customers), ", ".join(b.places.get(p, p) for p in x.destinations)),
            *(x.value_usd, x.left_usd, x.left_after_usd, x.quantity, x.left, x.left_after),
            *((x.ends or "not stated") + (" (ended)" if x.ended else ""), ", ".join(x.deals)),
        ]
        for x in b.licenses
    ]
    return Table("Licenses", "Licenses held", columns, rows, none="The portfolio names no license.")


def _grounds(b: Briefing) -> Table:
    rows: list[list[Cell]] = [[_dagger(verdict), names(sales, b), list(_basis(verdict))] for verdict, sales in group_cells(b.matrix)]
    return Table("Grounds", "Why: what each verdict rests on", ["Verdict", "Sales", "Why"], rows, cards=True)


def _cases(b: Briefing) -> Table:
    rows: list[list[Cell]] = []
    for d in b.deals:
        pieces = f"{d.quantity:,.0f} × " if d.quantity else ""
        why = [*(f"{hit_word(c)}: {on_condition(c)}{cited(c)}" for c in d.listed), *_basis(d.verdict)]
        why += [f"Notice: {notify(d.notice)}"] if d.notice else []
        why += [f"License held, {c.license}: {fit(c)}" for c in d.covers]
        why += [f"Missing: {m.question} It settles {decides(m.decides)}." for m in d.missing]
        to = b.places.get(d.to, d.to)
        rows.append([f"{d.id}: {pieces}{d.product} to {d.customer}, {to}, {d.date}", _dagger(d.verdict), why])
    return Table("Cases", "Why: deal by deal", ["Deal", "Verdict", "Why"], rows, cards=True)


def _basis(v: Verdict) -> Iterator[str]:
    yield from (_noted(c) for c in v.why)
    if not v.why:
        yield "No requirement of the pack applies"
    if v.policies:
        yield review_line(v)
        yield from (f"{on_condition(c)}{_noted(c)}" for c in v.review)
    if v.outcome == "license_exception":
        yield from (f"Exception: {cited(c)}" for c in v.exceptions)
    yield from (f"No exception: {cited(c)}" for c in v.lifts_part)
    for o in v.house:
        yield f"{kind(o.kind)}: {o.title}. {o.reason} {o.author}, {o.decided}. By law: {state(o.without, o.without_policies)}."
    for o in v.overlays:
        yield f"{kind(o.kind)}: {o.title}. {o.reason} {o.author}, {o.decided}. Without it: {state(o.without, o.without_policies)}."
    if v.printed:
        yield f"By the text as printed: {_printed(v.printed)}"
        yield from (f"Printed and not enforced: {_noted(c)}" for c in v.printed.why)
        yield from (f"Enforced and not printed: {_noted(c)}" for c in v.printed.absent)
        yield from (f"As printed, it asks: {x}" for x in v.printed.conditions)
        yield from (f"Not enforced: {cited(c)}" for c in v.printed.statements)
    yield from (f"Red flag: {on_condition(c)}{cited(c)}" for c in v.red_flags)
    yield from v.may_be_stale


def review_line(v: Verdict) -> str:
    """Return how an application is reviewed, as a line of its own."""
    said = review(v.policies, v.policy_by)
    return f"Review: {said.removeprefix('review ')}"


def _steps(b: Briefing) -> Table:
    every = len(b.deals)
    rows: list[list[Cell]] = [
        [s.text, s.depends, _cites(s.sources), "every deal" if every and len(s.deals) == every else ", ".join(s.deals), names(s.sales, b)]
        for s in b.steps
    ]
    return Table("Steps", "Steps before shipping", ["Step", "Only", "Sources", "Deals", "Sales"], rows)


def _bounds(b: Briefing) -> list[Table]:
    unknown: list[list[Cell]] = [["Not verified", line] for line in b.unverified]
    unknown += [["Open question", q] for q in b.open_questions]
    unknown += [[f"Not expressed: {d.title}", x] for d in b.drafts for x in d.not_expressed]
    lists: list[list[Cell]] = [
        [x.title, HOLDS[x.holds], float(x.rows), None if x.official_rows is None else float(x.official_rows), x.as_of or "not known"]
        for x in b.lists
    ]
    taken: list[list[Cell]] = [[t.text, t.facts, _cites(t.sources), f"{t.verdicts} of {b.verdicts}"] for t in b.taken]
    meanings: list[list[Cell]] = [[term, cited(meaning)] for term, meaning in terms(b)]
    method: list[list[Cell]] = [[kind(o["kind"]), f"{o['title']}. {o['reason']} {o['author']}, {o['decided']}"] for o in b.overlays]
    stamp = b.stamp
    method += [
        ["Pack", f"{stamp['name']} {stamp['version']}"],
        ["Verified through", stamp["verified_through"]],
        ["SHA-256", stamp["sha256"]],
    ]
    method += [[f"SHA-256 of {o['id']}", o["sha256"]] for o in stamp.get("overlays", ())]
    return [
        Table("Not known", "What the pack does not know", ["Kind", "What"], unknown),
        Table("Lists", "What the pack does not know: lists of parties", ["List", "Held", "Rows held", "Rows published", "As of"], lists),
        Table("Taken", "What the pack does not know: taken for granted", ["Taken", "Facts", "Sources", "Verdicts"], taken),
        Table("Words", "Words used here", ["Word", "Meaning"], meanings),
        Table("Method", "Method and stamp", ["What", "Value"], [*method, ["Note", "Not legal advice."]]),
    ]


HOLDS = {"copy": "in the copy screened", "complete": "whole", "part": "in part", "nothing": "not held"}


def _noted(c: Claim) -> str:
    return cited(c) + (f". Note: {c.note}" if c.note else "")


def cited(c: Claim) -> str:
    """Return a statement with its citations."""
    return c.text + (f" [{'; '.join(s.citation for s in c.sources)}]" if c.sources else "")


def _cites(found: Iterable[Source]) -> list[str]:
    return [s.citation for s in found]
