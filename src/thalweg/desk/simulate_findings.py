"""Differences put into words, by rules that can be tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from thalweg.desk.few_runs import counted_runs
from thalweg.desk.simulate import Driver, significant
from thalweg.desk.simulate_aims import ADVERBS, AIM, LIKELY, MATERIAL, confidence, interval, likelihood
from thalweg.desk.simulate_compare_model import Difference, Finding, Kind
from thalweg.desk.simulate_drivers import Drivers
from thalweg.desk.simulate_text import number
from thalweg.pack.policies_model import Policy

HERE = "here"
"""The runs of the comparison itself, among variants."""


KINDS: Final[Mapping[str, str]] = {"close": "too close to call"}
"""Kinds that stand in tables under other words than their own."""


def finding(first: Policy, second: Policy, d: Difference, told: Drivers, odds: Mapping[str, tuple[float, float]], *, runs: int) -> Finding:
    """Put a difference into words, by rules.

    Same: no run differs. Negligible: middle and mean of the change, over the runs that differ, are under one percent of the outcome's level
    in either policy. Open: neither direction is likely, of all runs; one-sided, if only one of them occurs. Robust: the direction is likely
    here and in every variant; else fragile, and the variants in which it is not are named; untested, where no variant was tried. Where
    the number of runs leaves open on which side of likely a share lies, and the kind hangs on it, it is too close to call. Likelihoods are
    of all runs, those in which the two do not differ among them.

    Args:
        first: the policy that is held against the other.
        second: the other.
        d: the difference.
        told: what moves it.
        odds: by variant, the share of all runs in which the first is higher, and that in which it is lower.
        runs: of the comparison, and of each variant.
    """
    up = d.higher >= d.lower
    p = d.higher if up else d.lower
    along = {k: above if up else below for k, (above, below) in odds.items()}
    unlikely = [k for k, v in along.items() if not v >= LIKELY]
    kind, close = _kind(d, p, along, runs)
    low, high = interval(p, runs)
    return Finding(
        outcome=d.outcome,
        year=d.year,
        aim=AIM.get(d.outcome, ""),
        kind=kind,
        sentence=_sentence(first, second, d, kind, p, up=up) + _close_words(close, {HERE: p} | along, runs),
        likelihood=likelihood(p) if d.where_differ else "no difference",
        probability=significant(p),
        interval=(significant(low), significant(high)),
        confidence=confidence(told.judgement),
        judgement_share=told.judgement,
        drivers=[Driver(name=n, share=x, judgement=j) for n, x, j in told.ranked[:3]],
        hangs_on=unlikely if kind == "fragile" else [],
        too_close=close,
        weakest=significant(min(along.values())) if along else None,
    )


def _kind(d: Difference, p: float, along: Mapping[str, float], runs: int) -> tuple[Kind, list[str]]:
    """Return the kind of a finding, and where it is too close to call: here, or in variants."""
    if d.where_differ is None:
        return "same", []
    level = max(abs(d.a.p50), abs(d.b.p50), abs(d.a.mean), abs(d.b.mean))
    if max(abs(d.where_differ.p50), abs(d.where_differ.mean)) < MATERIAL * level:
        return "negligible", []
    sides = {k: _side(v, runs) for k, v in along.items()}
    if (here := _side(p, runs)) == "close":
        return "close", [HERE]
    if here == "under":
        return ("open" if min(d.higher, d.lower) > 0 else "one-sided"), []
    if not along:
        return "untested", []
    if "under" in sides.values():
        return "fragile", []
    close = [k for k, side in sides.items() if side == "close"]
    return ("close" if close else "robust"), close


def _side(share: float, runs: int) -> str:
    """Say whether a share of runs is over or under likely, or too close to it to be told from it at this number of runs."""
    low, high = interval(share, runs)
    return "over" if low >= LIKELY else "under" if high < LIKELY else "close"


def close_words(share: float, runs: int) -> str:
    """Return a share of runs with what their number leaves open, against what is called likely."""
    low, high = interval(share, runs)
    return f"{share:.1%} of runs, which leaves {low:.1%} to {high:.1%} open, against {LIKELY:.0%}"


def _close_words(close: Sequence[str], shares: Mapping[str, float], runs: int) -> str:
    """Return what is too close to call, the closest variant with its numbers."""
    if not close:
        return ""
    nearest = min(close, key=lambda k: abs(shares[k] - LIKELY))
    where = "" if close == [HERE] else f" under {', '.join(close)}"
    told = "" if len(close) == 1 else f"{nearest}: "
    return f" Whether it is likely{where} is too close to call at {counted_runs(runs)}: {told}{close_words(shares[nearest], runs)}."


def _sentence(first: Policy, second: Policy, d: Difference, kind: Kind, p: float, *, up: bool) -> str:
    what = f"{d.outcome} in {d.year}"
    if d.where_differ is None:
        return f"{first.id} and {second.id} do not differ in {what}."
    amount = amount_words(d)
    if kind == "negligible":
        return f"{first.id} and {second.id} hardly differ in {what}: {amount}; judged on the {d.differ:.0%} of runs that differ."
    if kind == "open":
        return f"Whether {first.id} has a higher or a lower {what} than {second.id} is open: {sides_of(d)}; {amount}."
    way = "a higher" if up else "a lower"
    if kind == "one-sided":
        return f"{first.id} has {way} {what} than {second.id} or the same: {one_sided(d)}; {amount}."
    if kind == "close" and p < LIKELY:
        return f"{first.id} has {way} {what} than {second.id} more often than not: {sides_of(d)}; {amount}."
    return f"{first.id} {ADVERBS[likelihood(p)]} has {way} {what} than {second.id}: {odds_words(d.higher, d.lower)}; {amount}."


def odds_words(higher: float, lower: float) -> str:
    """Return the share of the direction that more runs have: of all runs, and of those in which two policies differ."""
    p, differ = max(higher, lower), higher + lower
    where = f"; where they differ, in {p / differ:.0%}" if 0 < differ < 0.995 else ""
    return f"in {p:.0%} of runs{where}"


def sides_of(d: Difference) -> str:
    """Return the shares of all runs in which the first policy is higher, and in which it is lower."""
    return f"higher in {d.higher:.0%} of runs, lower in {d.lower:.0%}"


def one_sided(d: Difference) -> str:
    """Return the share of all runs in which the first policy is higher, or lower, where the other never occurs."""
    way, never = ("higher", "lower") if d.higher >= d.lower else ("lower", "higher")
    return f"{way} in {max(d.higher, d.lower):.0%} of runs, {never} in none"


def amount_words(d: Difference) -> str:
    """Return middle and band of a difference over all runs."""
    x = d.difference
    return f"{signed(x.p50)} {d.unit} in the middle, {signed(x.p5)} to {signed(x.p95)} in nine of ten runs"


def signed(x: float) -> str:
    """Return a number with its sign."""
    return f"+{number(x)}" if x > 0 else number(x)
