"""The first page of a memo: the answer in a sentence, and a line for each thing that a reader asks of it first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from thalweg.briefs.scenario_memo_model import MemoPoint, MemoSection
from thalweg.desk.few_runs import counted_runs, few_words
from thalweg.desk.memo_ask import MemoAsk
from thalweg.desk.memo_findings import unpriced_words
from thalweg.desk.memo_hangs import judged_words, known_words, lead_words, one_sided_words
from thalweg.desk.memo_responses import payoff_sentence
from thalweg.desk.memo_words import called, capital, counted, joined
from thalweg.desk.simulate_aims import ADVERBS, AIM
from thalweg.desk.simulate_compare_model import Difference, Finding
from thalweg.desk.simulate_drivers import WEIGHED_RUNS
from thalweg.desk.simulate_findings import HERE, signed
from thalweg.scenarios.quarters import LABELS

LEADS: Final = {
    "security": ("lag", "compute_ratio", "china_share", "china_stock"),
    "innovation": ("revenue", "rd_change", "flow_world", "innovation"),
}
"""The outcome of each aim with which a memo begins: the first of these that was compared."""
NAMED: Final = 4
"""Outcomes named in a line of the first page."""


def lead(ask: MemoAsk) -> str:
    """Return the answer: how the first outcome of security and that of innovation differ, and whether that is robust."""
    told = [_of_aim(ask, aim) for aim in LEADS]
    found = [x for x in told if x is not None]
    if not found:
        found = ask.found(ask.year)[:1]
    first, *others = (answer_words(ask, d, f, whole=i == 0) for i, (d, f) in enumerate(found))
    warned = few_words(ask.answer.asked["runs"])
    hangs = "" if warned else lead_words(ask, found)
    return " ".join([*warned, f"In {ask.year}, {first}.", *(f"{capital(x)}." for x in others), *([hangs] if hangs else [])])


def _of_aim(ask: MemoAsk, aim: str) -> tuple[Difference, Finding] | None:
    compared = {d.outcome: (d, f) for d, f in ask.found(ask.year)}
    named = (*LEADS[aim], *(name for name in compared if AIM.get(name) == aim))
    return next((compared[name] for name in named if name in compared), None)


def answer_words(ask: MemoAsk, d: Difference, f: Finding, *, whole: bool = True) -> str:
    """Return a difference and its kind in a clause; the ``whole`` of it names both policies."""
    a, b = ask.titles
    under = f" under {a} than under {b}" if whole else f" under {a}"
    what = called(d.outcome)
    if f.kind == "same":
        return f"{what} is the same under both"
    if f.kind == "negligible":
        return f"{what} hardly differs"
    middle = f"{signed(d.difference.p50)} {d.unit} in the middle, {signed(d.difference.mean)} on average"
    if f.kind == "open":
        return f"whether {what} is higher or lower{under} is open ({middle})"
    if f.kind == "one-sided":
        return f"{what} {one_sided_words(a, d)} ({middle})"
    way = "higher" if d.higher >= d.lower else "lower"
    runs = counted_runs(ask.answer.asked["runs"])
    if f.kind == "close" and f.too_close == [HERE]:
        return f"whether {what} is likely {way}{under} is too close to call at {runs} ({middle})"
    told = f"{what} is {ADVERBS[f.likelihood]} {way}{under} ({middle})"
    if f.kind == "robust":
        return f"{told}: robust"
    if f.kind == "close":
        return f"{told}; whether that is robust is too close to call at {runs}"
    if f.kind == "untested":
        return f"{told}: untested, presets and switches were not tried"
    return f"{told}: fragile, as it hangs on {joined([ask.variant(x, short=True) for x in f.hangs_on])}"


def points(ask: MemoAsk, sections: Sequence[MemoSection]) -> Iterator[MemoPoint]:
    """Yield the lines of the first page."""
    of = {s.id: s for s in sections}
    yield MemoPoint(label="Question", text=of["question"].sentences[0].text)
    yield MemoPoint(label="Robust", text=_robust(ask))
    yield MemoPoint(label="Fragile", text=_fragile(ask))
    yield MemoPoint(label="Hangs on", text=_hangs(ask))
    yield MemoPoint(label="Trade-off", text=" ".join(s.text for s in of["trade-off"].sentences[:2]))
    yield MemoPoint(label="Beijing", text=_beijing(ask, of["responses"]))
    yield MemoPoint(label="Not priced", text=unpriced_words(ask))
    yield MemoPoint(label="Observed", text=observed_words(ask))
    yield MemoPoint(label="Learn next", text=_learn(ask, of["learn"]))
    for name, label in (("undone", "Undone"), ("caveats", "Trust")):
        yield MemoPoint(label=label, text=of[name].sentences[0].text)


def _robust(ask: MemoAsk) -> str:
    if not ask.answer.variants:
        return "Presets and structural switches were left out, so that nothing is called robust."
    rows = _rows(ask, "robust")
    if not rows:
        return f"No difference in {ask.year} stays likely under all {len(ask.answer.variants)} variants."
    return (
        f"In {ask.year}, {ask.tally('robust')} stay likely under all {len(ask.answer.variants)} variants (presets, switches, and "
        f"enforcement at its judged ends). Under {ask.titles[0]}: {_ways(rows)}."
    )


def _fragile(ask: MemoAsk) -> str:
    rows, close = _rows(ask, "fragile"), _rows(ask, "close")
    if not ask.answer.variants:
        likely = _rows(ask, "untested")
        first = f"Untested, as no preset and no switch was tried: {counted(len(likely), 'difference', 'differences')} likely here."
        first += f" Under {ask.titles[0]}: {_ways(likely)}." if likely else ""
    elif rows:
        which = "stays" if len(rows) == 1 else "stay"
        first = f"{counted(len(rows), 'difference', 'differences')} in {ask.year} {which} likely here and not everywhere."
        first += f" Under {ask.titles[0]}: {_ways(rows)}."
    else:
        first = f"No difference in {ask.year} hangs on a variant."
    if not close:
        return first
    return f"{first} Too close to call at {counted_runs(ask.answer.asked['runs'])}: whether {_ways(close, 'likely ')}."


def _hangs(ask: MemoAsk) -> str:
    all_told = ask.told(ask.year)
    leading = [x for aim in LEADS if (x := _of_aim(ask, aim)) is not None]
    judgement = judged_words(ask, leading)
    found = [f for _, f in all_told if f.kind == "fragile"]
    counts = Counter(name for f in found for name in f.hangs_on).most_common(3)
    what = [f"{ask.variant(name)} ({count} of {len(found)})" for name, count in counts]
    moved = Counter(x.name for _, f in all_told for x in f.drivers[:1]).most_common(2)
    numbers = ask.numbers()
    first = f"What is fragile hangs on {joined(what)}. " if what else ""
    most = joined([f"\N{LEFT DOUBLE QUOTATION MARK}{numbers.get(n, n)}\N{RIGHT DOUBLE QUOTATION MARK} ({n})" for n, _ in moved])
    low = sum(f.confidence == "low" for _, f in all_told)
    second = f"Most differences are moved most by {most}; " if moved else ""
    judged = f"what moves them is mostly judgement for {low} of {len(all_told)}."
    if ask.answer.asked["runs"] < WEIGHED_RUNS:
        judged = f"from {counted_runs(ask.answer.asked['runs'])} how much of that is judgement is not worked out."
    rest = f"{first}{second}{judged}" if second else f"{first}{capital(judged)}"
    return f"{judgement} {rest}" if judgement else rest


def _beijing(ask: MemoAsk, section: MemoSection) -> str:
    found = ask.answer.payoffs
    if found is None:
        return section.sentences[1].text
    told = [next((n for n in names if n in found.outcomes), None) for names in LEADS.values()]
    named = [n for n in told if n is not None] or found.outcomes[:1]
    return " ".join(payoff_sentence(ask, found, n) for n in named)


def _learn(ask: MemoAsk, section: MemoSection) -> str:
    """Return whether a number would turn a choice, and what to learn on the outcome that the memo begins with."""
    first = section.sentences[0].text
    told = _of_aim(ask, "security")
    if told is None:
        return first
    head = f"On {called(told[0].outcome)} "
    return " ".join([first, *(s.text for s in section.sentences[1:] if s.text.startswith(head))][:2])


def observed_words(ask: MemoAsk) -> str:
    """Return what is history and what is simulated, quarters that are past already among the latter."""
    by: dict[str, list[str]] = {}
    for name, end in ask.observed_until().items():
        by.setdefault(end, []).append(called(name))
    if not by:
        return "Nothing in it was observed: every figure is simulated."
    past = last_past(ask.answer.as_of)
    late = [f"{joined(names)} from {LABELS[LABELS.index(end) + 1]}" for end, names in sorted(by.items()) if end < past]
    if len(by) == 1 and late:
        late = [f"{LABELS[LABELS.index(next(iter(by))) + 1]} to {past}"]
    told = f", quarters that were past on {ask.answer.as_of} among it: {'; '.join(late)}" if late else ""
    return (
        f"Counted, with the published error: {'; '.join(known_words(ask))}. What comes later is simulated{told}. "
        f"The policies act from {ask.since}: all that they change is simulated."
    )


def last_past(day: str) -> str:
    """Return the last quarter that had ended on a day."""
    year, quarter = int(day[:4]), (int(day[5:7]) - 1) // 3
    return f"{year}Q{quarter}" if quarter else f"{year - 1}Q4"


def _rows(ask: MemoAsk, kind: str) -> list[tuple[Difference, Finding]]:
    return [(d, f) for d, f in ask.told(ask.year) if f.kind == kind]


def _ways(rows: Sequence[tuple[Difference, Finding]], how: str = "") -> str:
    """Return outcomes by direction, those with a better side first, and how many more there are."""
    ordered = sorted(rows, key=lambda r: r[0].outcome not in AIM)
    named, more = ordered[:NAMED], len(ordered) - NAMED
    parts = [
        f"{joined(names)} {'is' if len(names) == 1 else 'are'} {how}{way}"
        for way, up in (("higher", True), ("lower", False))
        if (names := [called(d.outcome) for d, _ in named if (d.higher >= d.lower) == up])
    ]
    return "; ".join(parts) + (f"; and {more} more" if more > 0 else "")
