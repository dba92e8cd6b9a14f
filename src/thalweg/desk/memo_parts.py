"""The parts of a memo on the question, on what was compared, on responses, on what to learn, and on what cannot be undone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thalweg.briefs.scenario_memo_model import MemoChart, MemoSection, MemoTable, Said
from thalweg.desk.memo_ask import MemoAsk, row, said
from thalweg.desk.memo_hangs import announced, in_force_words
from thalweg.desk.memo_numbers import ARGUED, CHANNELS, Held, Turns
from thalweg.desk.memo_words import (
    called,
    counted,
    left_words,
    lesson_words,
    open_words,
    still_felt,
    stretch,
    turning,
)
from thalweg.desk.policies import Ready
from thalweg.desk.simulate_acting import CREDIBILITY, ENFORCED
from thalweg.desk.simulate_charts import channels_chart
from thalweg.desk.simulate_compare import yearly_unit
from thalweg.desk.simulate_drivers import drivers, strongest
from thalweg.desk.simulate_text import number
from thalweg.scenarios.levers import LEVERS, UNCAPPED

SHOWN_LESSONS = 3
STEADY_RUNS = 2000
"""From fewer runs, which number would turn a choice is said to be noisy (judgement)."""


def question(ask: MemoAsk) -> MemoSection:
    """Return the part on the question."""
    a, b = ask.titles
    q = ask.answer.asked
    years = sorted({d.year for d in ask.pair.differences})
    lines = [
        f"What would {a} change against {b}, by quarter to 2032, and how sure is that?",
        f"Both are simulated in {q['runs']:,} runs under the same chances; compute is counted as {q['definition']}.",
        f"They are held against each other in {', '.join(map(str, years))}; sentences are on {ask.year} unless they say otherwise.",
    ]
    if q["anchor"] or q["set"]:
        held = ", ".join([*([f"preset {q['anchor']}"] if q["anchor"] else []), *(f"{k} = {v}" for k, v in q["set"].items())])
        lines.append(f"Held fixed: {held}.")
    return MemoSection(id="question", title="Question", sentences=said(lines))


def compared(ask: MemoAsk) -> MemoSection:
    """Return the part on the two policies: their summaries, assumptions, levers and rulebooks with sources."""
    sentences = [Said(text=f"{p.policy.title} ({p.policy.id}, from {p.policy.starts}): {p.policy.summary.strip()}") for p in ask.policies]
    sentences += said([*in_force_words(ask)])
    assumed = tuple(row(p.policy.title, line) for p in ask.policies for line in p.policy.assumes)
    tables = [
        MemoTable(id="assumptions", title="What each assumes", columns=("policy", "assumption"), rows=assumed, none="Nothing is stated."),
        MemoTable(
            id="levers",
            title="Levers that each sets",
            columns=("policy", "lever", "from", "value", "basis", "note"),
            rows=tuple(r for p in ask.policies for r in _levers(ask, p)),
            none="Neither sets a lever.",
        ),
    ]
    laid = tuple(r for p in ask.policies for r in _rulebooks(ask, p))
    if laid:
        tables.append(
            MemoTable(id="rulebooks", title="Rulebooks laid over the pack", columns=("policy", "rulebook", "from", "parameters"), rows=laid)
        )
    sums = [sum(map(np.asarray, had.channels.values())) for had in ask.held]
    most = float(max(np.max(total) for total in sums))
    ends = [end for name, end in ask.observed_until().items() if name in CHANNELS]
    charts = tuple(
        MemoChart(
            svg=channels_chart(
                ask.answer,
                (p.policy.id, p.policy.sha256),
                {k: [*map(float, v)] for k, v in had.channels.items()},
                _channel_drivers(ask, had),
                most=most,
                observed_until=min(ends, default=None),
            ),
            caption=f"What China adds under {p.policy.title}, by channel; means over runs, on the same scale for both.",
        )
        for p, had in zip(ask.policies, ask.held, strict=True)
    )
    return MemoSection(id="compared", title="What was compared", sentences=tuple(sentences), tables=tuple(tables), charts=charts)


def _channel_drivers(ask: MemoAsk, had: Held) -> list[tuple[str, float]]:
    """Return the judgement that moves what China adds by channel, in the year of the memo."""
    y = np.stack([had.at(name, ask.year) for name in CHANNELS])
    return strongest(drivers(ask.question.estimates, ask.question.draws().draws, y))


def _levers(ask: MemoAsk, ready: Ready) -> Iterator[tuple[Said, ...]]:
    for name, steps in ready.policy.own.items():
        for step in steps:
            basis = Said(text=step.basis, sources=ask.cited.these(step.sources))
            lever = f"{LEVERS[name].meaning.partition(';')[0]} ({name})"
            yield row(ready.policy.title, lever, step.quarter, lever_value(name, step.value), basis, step.note)
    for t in ready.policy.triggers:
        yield row(
            ready.policy.title,
            f"trigger {t.id}",
            t.not_before,
            t.outcome,
            Said(text=t.basis, sources=ask.cited.these(t.sources)),
            t.because,
        )


def lever_value(name: str, value: float | None) -> str:
    """Return the value of a lever with its unit; without one it is that of the rulebook."""
    if value is None:
        return "as the rulebook gives it"
    if name == "cap" and value >= UNCAPPED:
        return "no cap"
    unit = LEVERS[name].unit
    return number(value) if unit == "0 to 1" else f"{number(value)} {unit}"


def _rulebooks(ask: MemoAsk, ready: Ready) -> Iterator[tuple[Said, ...]]:
    from thalweg.pack.reader import read_yaml

    for laid in ready.policy.rulebook:
        document = read_yaml(laid.overlay / "overlay.yaml", name=f"{laid.overlay.name}/overlay.yaml").data
        title = Said(text=str(document.get("title", laid.name)), sources=ask.cited.these(document.get("sources", ())))
        own = ", ".join(f"{k} = {v:g}" if isinstance(v, float) else f"{k} = {v}" for k, v in laid.parameters.items())
        yield row(ready.policy.title, title, laid.start.isoformat(), own or "as the overlay has them")


def learn(ask: MemoAsk) -> MemoSection:
    """Return the part on what to learn next, and whether it would turn which policy is ahead."""
    if not ask.lessons:
        why = "What to learn next is not worked out: no outcome differs, or there are too few runs."
        return MemoSection(id="learn", title="What to learn next", sentences=said([why]))
    titles = dict(zip((p.policy.id for p in ask.policies), ask.titles, strict=True))
    numbers = ask.numbers()
    turned = {name: best for name, x in ask.lessons.items() if (best := turning(x)) is not None}
    of = counted(len(ask.lessons), "outcome", "outcomes")
    if turned:
        named = "; ".join(
            f"{called(n)}: {numbers[x.name]} ({x.flips:.0%})" for n, x in sorted(turned.items(), key=lambda r: -r[1].flips)[:3]
        )
        lead = f"A single number, once known, would turn which policy is ahead on average on {len(turned)} of {of}: {named}."
    else:
        lead = f"No single number, once known, would turn which policy is ahead on average on any of {of}."
    if hangs := announced(ask):
        lead += f" That is who is ahead on average; how likely it is to be ahead hangs on {ENFORCED} and {CREDIBILITY} everywhere."
    runs = ask.question.runs
    noisy = f" From {runs:,} runs, fewer than {STEADY_RUNS:,}, this is noisy." if runs < STEADY_RUNS else ""
    lines = [Said(text=lead + noisy)]
    rows = []
    for name, found in ask.lessons.items():
        text = lesson_words(titles, numbers, name, ask.year, yearly_unit(name), found, hangs=hangs)
        best = turned.get(name)
        lines.append(Said(text=text, sources=ask.cited.estimate(ask.question.estimates, best.name) if best else ()))
        for x in found.lessons[:SHOWN_LESSONS]:
            where = "; ".join(f"{titles[f.policy]} where it {stretch(f.low, f.high)}" for f in x.where) or "nowhere"
            share = f"{x.variance:.0%}" if x.above_noise else "in the noise"
            estimate = Said(text=f"{numbers.get(x.name, x.name)} ({x.name})", sources=ask.cited.estimate(ask.question.estimates, x.name))
            gain = f"{number(x.value)} of {number(found.perfect)} {yearly_unit(name)}"
            rows.append(row(called(name), titles[found.chosen], estimate, f"{x.flips:.0%}", where, gain, share))
    columns = ("outcome", "ahead today", "number", "would turn", "turns to", "gain, of that of knowing all", "of the variance")
    table = MemoTable(id="lessons", title=f"What knowing one number would bring, {ask.year}", columns=columns, rows=tuple(rows))
    return MemoSection(id="learn", title="What to learn next", sentences=tuple(lines), tables=(table,))


def undone(ask: MemoAsk) -> MemoSection:
    """Return the part on the worth of an open choice and on what a turn does not undo."""
    title = "What stays open, and what cannot be undone"
    t = ask.turned
    if isinstance(t, str):
        return MemoSection(id="undone", title=title, sentences=said([f"Not worked out: {t}."]))
    a, b = ask.titles
    stays: dict[str, list[str]] = {a: [], b: []}
    levels: dict[str, float] = {}
    worth: dict[str, tuple[float, float]] = {}
    rows = []
    for name in ARGUED:
        level = max(abs(float(np.median(x[name]))) for x in (t.a, t.b))
        words = {who: left_words(*t.left(name, of_a=who == a), level) for who in (a, b)}
        for who, text in words.items():
            if text.startswith(("partly", "mostly")):
                stays[who].append(called(name))
        levels[name], worth[name] = level, (t.open_choice(name, from_a=True), t.open_choice(name, from_a=False))
        rows.append(row(called(name), words[a], words[b], *(f"{number(x)} {yearly_unit(name)}" for x in worth[name])))
    lines = [still_felt(a, b, t.at, t.year, stays), open_words(worth, levels), *_turn_lines(ask, t)]
    columns = (
        "outcome",
        f"{a}, then {b}: the mark of {a}",
        f"{b}, then {a}: the mark of {b}",
        f"open choice from {a}",
        f"open choice from {b}",
    )
    table = MemoTable(id="turns", title=f"A turn in {t.at}, seen in {t.year}", columns=columns, rows=tuple(rows))
    return MemoSection(id="undone", title=title, sentences=said(lines), tables=(table,))


def _turn_lines(ask: MemoAsk, t: Turns) -> Iterator[str]:
    yield (
        f"The mark of a policy is what it leaves in {t.year}, after a turn in {t.at}, against having followed the other all along; "
        "the share is of what it would have made had it stayed."
    )
    yield (
        "An open choice is worth what it brings on average to start with a policy and to stay or turn then, all being known by then, "
        "over the better of the two fixed in advance. It is an upper bound: less is known in truth, and a turn has costs outside the model."
    )
    if ask.policies[0].before is not None or ask.policies[1].before is not None:
        yield "Whether what is announced acts is drawn once for the whole path: a turn meets no second doubt."
