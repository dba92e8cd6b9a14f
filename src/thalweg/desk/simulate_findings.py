"""Differences put into words, by rules that can be tested."""

from __future__ import annotations

import math
from collections.abc import Mapping

from thalweg.desk.simulate import Driver, significant
from thalweg.desk.simulate_aims import ADVERBS, AIM, LIKELY, MATERIAL, confidence, likelihood
from thalweg.desk.simulate_compare_model import Difference, Finding, Kind
from thalweg.desk.simulate_drivers import Drivers
from thalweg.desk.simulate_text import number
from thalweg.pack.policies_model import Policy


def finding(first: Policy, second: Policy, d: Difference, told: Drivers, odds: Mapping[str, float]) -> Finding:
    """Put a difference into words, by rules.

    Same: no run differs. Negligible: middle and mean of the change, over the runs that differ, are under one percent of the outcome's level
    in either policy. Open: neither direction is likely. Robust: the direction is likely here and in every variant; else fragile, and the
    variants in which it is not are named.
    """
    differ = d.higher + d.lower
    up = d.higher >= d.lower
    p = (d.higher if up else d.lower) / differ if differ else 0.5
    along = {k: v if up else 1.0 - v for k, v in odds.items()}
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
    numbers = [v for v in along.values() if not math.isnan(v)]
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
        weakest=significant(min(numbers)) if numbers else None,
    )


def _sentence(first: Policy, second: Policy, d: Difference, kind: Kind, p: float, *, up: bool) -> str:
    what = f"{d.outcome} in {d.year}"
    if d.where_differ is None:
        return f"{first.id} and {second.id} do not differ in {what}."
    w = d.where_differ
    beside = f", in the {1 - d.same:.0%} of runs in which the two differ" if d.same >= 0.005 else ""
    amount = f"{number(w.p50)} {d.unit} in the middle, {number(w.p5)} to {number(w.p95)} in nine of ten{beside or ' runs'}"
    if kind == "negligible":
        return f"{first.id} and {second.id} hardly differ in {what}: {amount}."
    if kind == "open":
        return f"Whether {first.id} has a higher or a lower {what} than {second.id} is open: {amount}."
    return f"{first.id} {ADVERBS[likelihood(p)]} has {'a higher' if up else 'a lower'} {what} than {second.id}: {amount}."
