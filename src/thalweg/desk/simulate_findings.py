"""Differences put into words, by rules that can be tested."""

from __future__ import annotations

from collections.abc import Mapping

from thalweg.desk.simulate import Driver, significant
from thalweg.desk.simulate_aims import ADVERBS, AIM, LIKELY, MATERIAL, confidence, likelihood
from thalweg.desk.simulate_compare_model import Difference, Finding, Kind
from thalweg.desk.simulate_drivers import Drivers
from thalweg.desk.simulate_text import number
from thalweg.pack.policies_model import Policy


def finding(first: Policy, second: Policy, d: Difference, told: Drivers, odds: Mapping[str, tuple[float, float]]) -> Finding:
    """Put a difference into words, by rules.

    Same: no run differs. Negligible: middle and mean of the change, over the runs that differ, are under one percent of the outcome's level
    in either policy. Open: neither direction is likely, of all runs. Robust: the direction is likely here and in every variant; else
    fragile, and the variants in which it is not are named. Likelihoods are of all runs, those in which the two do not differ among them.

    Args:
        first: the policy that is held against the other.
        second: the other.
        d: the difference.
        told: what moves it.
        odds: by variant, the share of all runs in which the first is higher, and that in which it is lower.
    """
    differ = d.higher + d.lower
    up = d.higher >= d.lower
    p = d.higher if up else d.lower
    along = {k: above if up else below for k, (above, below) in odds.items()}
    hangs_on = [k for k, v in along.items() if not v >= LIKELY]
    level = max(abs(d.a.p50), abs(d.b.p50), abs(d.a.mean), abs(d.b.mean))
    size = max(abs(d.where_differ.p50), abs(d.where_differ.mean)) if d.where_differ else 0.0
    kind: Kind
    if differ == 0:
        kind = "same"
    elif size < MATERIAL * level:
        kind = "negligible"
    elif p < LIKELY:
        kind = "open"
    else:
        kind = "robust" if odds and not hangs_on else "fragile"
    return Finding(
        outcome=d.outcome,
        year=d.year,
        aim=AIM.get(d.outcome, ""),
        kind=kind,
        sentence=_sentence(first, second, d, kind, p, up=up),
        likelihood=likelihood(p) if differ else "no difference",
        probability=significant(p),
        confidence=confidence(told.judgement),
        judgement_share=told.judgement,
        drivers=[Driver(name=n, share=x, judgement=j) for n, x, j in told.ranked[:3]],
        hangs_on=hangs_on if kind == "fragile" else [],
        weakest=significant(min(along.values())) if along else None,
    )


def _sentence(first: Policy, second: Policy, d: Difference, kind: Kind, p: float, *, up: bool) -> str:
    what = f"{d.outcome} in {d.year}"
    if d.where_differ is None:
        return f"{first.id} and {second.id} do not differ in {what}."
    amount = amount_words(d)
    if kind == "negligible":
        return f"{first.id} and {second.id} hardly differ in {what}: {amount}."
    if kind == "open":
        return f"Whether {first.id} has a higher or a lower {what} than {second.id} is open: {sides_of(d)}; {amount}."
    way = "a higher" if up else "a lower"
    return f"{first.id} {ADVERBS[likelihood(p)]} has {way} {what} than {second.id}: {odds_words(d.higher, d.lower)}; {amount}."


def odds_words(higher: float, lower: float) -> str:
    """Return the share of the direction that more runs have: of all runs, and of those in which two policies differ."""
    p, differ = max(higher, lower), higher + lower
    where = f"; where they differ, in {p / differ:.0%}" if 0 < differ < 0.995 else ""
    return f"in {p:.0%} of runs{where}"


def sides_of(d: Difference) -> str:
    """Return the shares of all runs in which the first policy is higher, and in which it is lower."""
    return f"higher in {d.higher:.0%} of runs, lower in {d.lower:.0%}"


def amount_words(d: Difference) -> str:
    """Return middle and band of a difference over all runs."""
    x = d.difference
    return f"{_signed(x.p50)} {d.unit} in the middle, {_signed(x.p5)} to {_signed(x.p95)} in nine of ten runs"


def _signed(x: float) -> str:
    return f"+{number(x)}" if x > 0 else number(x)
