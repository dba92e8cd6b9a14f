"""The words of a memo on the judgement that every likelihood in it is weighed with, on what is in force when, and on what was counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from thalweg.desk.memo_ask import MemoAsk
from thalweg.desk.memo_words import called, capital, joined
from thalweg.desk.simulate_acting import CREDIBILITY, ENFORCED, uncertain_runs
from thalweg.desk.simulate_compare_model import Difference, Finding
from thalweg.desk.simulate_findings import signed
from thalweg.desk.simulate_text import number

Rows = Sequence[tuple[Difference, Finding]]


def announced(ask: MemoAsk) -> bool:
    """Say whether a policy of the memo waits for enforcement in some run."""
    return any(share < 1 for years in ask.answer.in_force.values() for share in years.values())


def judged_words(ask: MemoAsk, rows: Rows) -> str:
    """Return the judged weight and probability that every likelihood hangs on, and below which value the first outcomes are not likely."""
    if not announced(ask):
        return ""
    draws = ask.question.draws().draws
    open_in = float(uncertain_runs(draws, ask.question).mean())
    low, high = (float(x) for x in np.quantile(np.asarray(draws[ENFORCED], dtype=np.float64), (0.05, 0.95)))
    drawn = f"{number(low)}" if low == high else f"{low:.2f} to {high:.2f} in nine of ten runs"
    first = (
        f"Every likelihood hangs on a judgement, that what is announced is enforced: in {open_in:.0%} of runs it acts with a probability "
        f"({ENFORCED}, {drawn}) until it is reversed, in {1 - open_in:.0%} as announced ({CREDIBILITY})."
    )
    return " ".join([first, *(x for x in (acting_words(ask, rows), above_words(rows)) if x)])


def acting_words(ask: MemoAsk, rows: Rows) -> str:
    """Return the likelihoods of some outcomes where both policies are in force, beside those of all runs."""
    told = [
        f"{called(d.outcome)} is {_way(d)} in {f.if_in_force:.0%} (of all runs, in {f.probability:.0%})"
        for d, f in rows
        if f.if_in_force is not None
    ]
    share = next((f.in_force for _, f in rows if f.in_force is not None), None)
    if share is None or not told:
        return ""
    return f"Where both are in force to the end of {ask.year}, {share:.0%} of runs, {joined(told)}."


def above_words(rows: Rows) -> str:
    """Return from which probability of enforcement on some outcomes are likely, were it the same in every run."""
    told = []
    for d, f in rows:
        one, other = f.likely_above, f.likely_above_uncertain
        if f.if_in_force is None or (one is None and other is None) or f.kind in ("same", "negligible", "open"):
            continue
        also = "never" if other is None else "anywhere" if other == 0 else f"above {other:.2f}"
        if one is None:
            continue
        where = f"whatever {ENFORCED} is" if one == 0 else f"only while {ENFORCED} is above about {one:.2f}"
        told.append(f"{called(d.outcome)} is likely {_way(d)} {where} ({also}, were it uncertain in every run)")
    return f"{capital('; '.join(told))}." if told else ""


def lead_words(ask: MemoAsk, rows: Rows) -> str:
    """Return the answer where both policies are in force, in a sentence for the head of the memo."""
    if not announced(ask):
        return ""
    told = [f"{_way(d)} in {f.if_in_force:.0%}" for d, f in rows if f.if_in_force is not None and f.kind not in ("same", "negligible")]
    share = next((f.in_force for _, f in rows if f.in_force is not None), None)
    if share is None or not told:
        return ""
    first, *others = told
    also = "".join(f", the {word} {x}" for word, x in zip(("second", "third"), others, strict=False))
    return (
        f"These odds hang on a judgement, that what is announced is enforced ({ENFORCED}): where both are in force to the end of "
        f"{ask.year}, {share:.0%} of runs, the first is {first}{also}."
    )


def in_force_words(ask: MemoAsk) -> Iterator[str]:
    """Yield by year the share of runs in which each policy is in force."""
    by: dict[str, list[str]] = {}
    for p in ask.policies:
        years = ask.answer.in_force.get(p.policy.id, {})
        if any(share < 1 for share in years.values()):
            told = ", ".join(f"{share:.0%} of runs at the end of {year}" for year, share in years.items())
            by.setdefault(told, []).append(p.policy.title)
    for told, titles in by.items():
        yield (
            f"{joined(titles)} {'is' if len(titles) == 1 else 'are'} in force in {told}; in the others not yet, never, or no longer. "
            "A policy that is reversed stays so."
        )


def never_words(ask: MemoAsk, aim: str) -> str:
    """Return the one-sided differences of an aim: higher or the same, never lower."""
    told = [
        f"{called(d.outcome)} {one_sided_words(ask.titles[0], d)} ({'higher' if d.higher >= d.lower else 'lower'} in "
        f"{max(d.higher, d.lower):.0%} of runs)"
        for d, f in ask.aimed(ask.year)
        if f.kind == "one-sided" and f.aim == aim
    ]
    return f" {capital('; '.join(told))}." if told else ""


def one_sided_words(a: str, d: Difference) -> str:
    """Return a difference of which one direction never occurs."""
    way, never = ("higher", "lower") if d.higher >= d.lower else ("lower", "higher")
    return f"is {way} or the same under {a}, never {never}"


def gaps_words(ask: MemoAsk) -> str:
    """Return how the three ways to state the difference of a skewed outcome hang together."""
    found = {d.outcome: (d, f) for d, f in ask.found(ask.year)}
    if "revenue" not in found or found["revenue"][0].where_differ is None:
        return ""
    d, _ = found["revenue"]
    return (
        f"Three gaps of {called('revenue')} are one: {signed(d.difference.p50)} is the middle of the differences run by run (in "
        f"{d.same:.0%} of runs there is none), {signed(d.a.p50 - d.b.p50)} the difference of the two middles, and "
        f"{signed(d.difference.mean)} that of the means, which a few runs with large sales draw out."
    )


def known_words(ask: MemoAsk) -> list[str]:
    """Return for each outcome that is history at first to which quarter it was counted, and what the quarters after that rest on."""
    counted: dict[str, list[str]] = {}
    for name, end in ask.observed_until().items():
        how: dict[str, list[str]] = {}
        for quarter, seen in ask.seen(name).items():
            how.setdefault(seen.how, []).append(quarter)
        none = all(ask.seen(name)[q].value == 0 for q in how.get("reported", ()))
        after = [
            f"{word} {joined(how[kind])}"
            for kind, word in (("reported", "none reported in" if none else "reported in"), ("bound", "within a reported bound in"))
            if kind in how
        ]
        if "judgement" in how:
            after.append(f"by judgement in {joined(how['judgement'])}")
        last = how["counted"][-1] if "counted" in how else end
        counted.setdefault(", ".join([f"to {last}", *after]), []).append(called(name))
    return [f"{joined(names)} {told}" for told, names in sorted(counted.items())]


def _way(d: Difference) -> str:
    return "higher" if d.higher >= d.lower else "lower"
