"""The first page of a memo: the answer in a sentence, and a line for each thing that a reader asks of it first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from thalweg.briefs.scenario_memo_model import MemoPoint, MemoSection
from thalweg.desk.few_runs import counted_runs
from thalweg.desk.memo_ask import MemoAsk
from thalweg.desk.memo_findings import unpriced_words
from thalweg.desk.memo_responses import payoff_sentence
from thalweg.desk.memo_words import called, capital, counted, joined
from thalweg.desk.simulate_aims import ADVERBS, AIM
from thalweg.desk.simulate_compare_model import Difference, Finding
from thalweg.desk.simulate_compare_text import shown
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
    return " ".join([f"In {ask.year}, {first}.", *(f"{capital(x)}." for x in others)])


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
    way = "higher" if d.higher >= d.lower else "lower"
    runs = counted_runs(ask.answer.asked["runs"])
    if f.kind == "close" and f.too_close == [HERE]:
        return f"whether {what} is likely {way}{under} is too close to call at {runs} ({middle})"
    told = f"{what} is {ADVERBS[f.likelihood]} {way}{under} ({middle})"
    if f.kind == "robust":
        return f"{told}: robust"
    if f.kind == "close":
        return f"{told}; whether that is robust is too close to call at {runs}"
    if not f.hangs_on:
        return f"{told}; presets and switches were not tried"
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
    total = sum(f.kind == "robust" for _, f in ask.found(ask.year))
    if not rows:
        return f"No main difference in {ask.year} stays likely under all {len(ask.answer.variants)} variants."
    return (
        f"{total} of {len(ask.found(ask.year))} differences in {ask.year} stay likely under all {len(ask.answer.variants)} presets and "
        f"switches. Under {ask.titles[0]}: {_ways(rows)}."
    )


def _fragile(ask: MemoAsk) -> str:
    rows, close = _rows(ask, "fragile"), _rows(ask, "close")
    total = sum(f.kind == "fragile" for _, f in ask.found(ask.year))
    first = f"No difference in {ask.year} hangs on a preset or a switch."
    if total:
        main = f" Under {ask.titles[0]}: {_ways(rows)}." if rows else ""
        which = "stays" if total == 1 else "stay"
        first = f"{counted(total, 'difference', 'differences')} in {ask.year} {which} likely here and not everywhere.{main}"
    if not close:
        return first
    return f"{first} Too close to call at {counted_runs(ask.answer.asked['runs'])}: whether {_ways(close, 'likely ')}."


def _hangs(ask: MemoAsk) -> str:
    found = [f for _, f in ask.found(ask.year) if f.kind == "fragile"]
    counts = Counter(name for f in found for name in f.hangs_on).most_common(3)
    what = [f"{ask.variant(name)} ({count} of {len(found)})" for name, count in counts]
    moved = Counter(x.name for _, f in ask.found(ask.year) for x in f.drivers[:1]).most_common(2)
    numbers = ask.numbers()
    first = f"What is fragile hangs on {joined(what)}. " if what else ""
    most = joined([f"\N{LEFT DOUBLE QUOTATION MARK}{numbers.get(n, n)}\N{RIGHT DOUBLE QUOTATION MARK} ({n})" for n, _ in moved])
    low = sum(f.confidence == "low" for _, f in ask.found(ask.year))
    second = f"Most differences are moved most by {most}; " if moved else ""
    judged = f"what moves them is mostly judgement for {low} of {len(ask.found(ask.year))}."
    return f"{first}{second}{judged}" if second else f"{first}{judged[:1].upper()}{judged[1:]}"


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
    seen = [f"{joined(names)} to {end}" for end, names in sorted(by.items(), reverse=True)]
    past = last_past(ask.answer.as_of)
    late = [f"{joined(names)} from {LABELS[LABELS.index(end) + 1]}" for end, names in sorted(by.items()) if end < past]
    if len(by) == 1 and late:
        late = [f"{LABELS[LABELS.index(next(iter(by))) + 1]} to {past}"]
    told = f", quarters that were past on {ask.answer.as_of} among it: {'; '.join(late)}" if late else ""
    return (
        f"History, drawn with its published error: {'; '.join(seen)}. What comes later is simulated{told}. "
        f"The policies act from {ask.since}: all that they change is simulated."
    )


def last_past(day: str) -> str:
    """Return the last quarter that had ended on a day."""
    year, quarter = int(day[:4]), (int(day[5:7]) - 1) // 3
    return f"{year}Q{quarter}" if quarter else f"{year - 1}Q4"


def _rows(ask: MemoAsk, kind: str) -> list[tuple[Difference, Finding]]:
    return [(d, f) for d, f in ask.found(ask.year) if f.kind == kind and shown(ask.answer, d.outcome)]


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
