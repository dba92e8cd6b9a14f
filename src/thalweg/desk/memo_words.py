"""The words of a memo: each follows from numbers by a rule, and none says what should be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from thalweg.desk.simulate_acting import ENFORCED
from thalweg.desk.simulate_aims import ADVERBS, LIKELY, MATERIAL, likelihood
from thalweg.desk.simulate_compare_model import Difference, Finding
from thalweg.desk.simulate_findings import amount_words, odds_words, sides_of
from thalweg.desk.simulate_text import number
from thalweg.scenarios.outcomes import EVERYTHING
from thalweg.scenarios.sensitivity import Lesson, Lessons

NAMES: Final = {
    "compute_ratio": "the ratio of US to Chinese compute",
    "china_share": "China's share of the world's compute",
    "china_stock": "China's installed compute",
    "lag": "China's lag at the frontier",
    "flow_world": "compute made by the designers outside China",
    "flow_legal": "legal sale of compute to China",
    "flow_grey": "smuggling of compute to China",
    "flow_remote": "capacity rented abroad for China",
    "flow_domestic": "compute made in China",
    "premium": "the price in the grey market",
    "self_sufficiency": "China's self-sufficiency",
    "revenue": "revenue of US firms from China",
    "fee_income": "income from fees and tariffs",
    "rd_change": "US research spending due to sales to China",
    "ratio_owned_fp8": "the ratio of compute owned (8-bit)",
    "ratio_owned_fp4": "the ratio of compute owned (4-bit)",
    "ratio_owned_bandwidth": "the ratio of memory bandwidth owned",
    "ratio_accessible_fp8": "the ratio of compute in use (8-bit)",
    "ratio_accessible_fp4": "the ratio of compute in use (4-bit)",
    "ratio_accessible_bandwidth": "the ratio of memory bandwidth in use",
    "ratio_effective": "the ratio of compute weighed by how it can be used",
    "lag_observed": "the lag as measured",
    "eci_gap": "the gap on the capability index",
    "shortage": "the share of China's demand that no foreign chip meets",
    "interdiction": "the share of smuggled shipments that is stopped",
    "smuggling_rent": "the rent of smugglers",
    "acceptance": "the share of legal demand that Beijing accepts",
    "innovation": "the innovation index of the US",
    "lost_sales": "loss of US sales to Chinese chips abroad",
    "enforcement_cost": "the cost of enforcement",
    "alignment": "how far allies align",
    "allied_burden": "the burden on allies",
    "throttled": "throttling of imports by Beijing",
    "retaliation": "retaliation by Beijing",
    "network": "the capacity of the grey network",
    "gained_kr": "sales that Korea gains of those the US loses",
    "gained_eu": "sales that the European Union gains of those the US loses",
    "gained_tw": "sales that Taiwan gains of those the US loses",
    "gained_jp": "sales that Japan gains of those the US loses",
    "gained_cn": "sales that China gains of those the US loses",
}
RESTATES: Final = {
    **dict.fromkeys(
        (
            *(f"ratio_{whose}_{how}" for whose in ("owned", "accessible") for how in ("fp8", "fp4", "bandwidth")),
            "ratio_effective",
        ),
        "compute_ratio",
    ),
    "lag_observed": "lag",
    "eci_gap": "lag",
}
"""Outcomes that restate another by a different definition: they move with it and are no finding of their own."""
RESTS_ON: Final = {
    "huawei": ("flow_domestic", "self_sufficiency", "compute_ratio", "china_share", "lag"),
    "cambricon": ("flow_domestic", "self_sufficiency"),
    "legal": ("flow_legal", "revenue", "rd_change"),
    "legal_dollars": ("flow_legal", "revenue", "rd_change"),
    "revenue": ("revenue", "rd_change"),
    "premium": ("premium", "smuggling_rent"),
    "smuggled": ("flow_grey",),
    "lag": ("lag",),
    "world": ("flow_world",),
    "nvidia": ("flow_world",),
}
"""Outcomes whose channel a series of the hindcast tests."""
WIDE: Final = 0.1
"""Over a narrower stretch in the middle of its range a number is not said to turn a choice: chance alone may show one (judgement)."""
PARTLY: Final = 0.5
"""A remainder under this share of what the policy would have made is called partly undone (judgement)."""


def called(outcome: str) -> str:
    """Return the words for an outcome."""
    return NAMES.get(outcome) or f"{outcome} ({EVERYTHING[outcome].meaning})"


def difference_words(a: str, b: str, d: Difference, f: Finding) -> str:
    """Return a difference in words; what is likely is likely of all runs."""
    what = f"{called(d.outcome)} in {d.year}"
    if d.where_differ is None:
        return capital(f"{what} is the same under both.")
    amount = amount_words(d)
    if f.kind == "negligible":
        return capital(f"{what} hardly differs: {amount}; judged on the {d.differ:.0%} of runs that differ.")
    if f.kind == "open":
        return capital(f"{what} may be higher or lower under {a} than under {b}: {sides_of(d)}; {amount}.")
    way, never = ("higher", "lower") if d.higher >= d.lower else ("lower", "higher")
    if f.kind == "one-sided":
        odds = f"{way} in {max(d.higher, d.lower):.0%} of runs"
        return capital(f"{what} is {way} or the same under {a} than under {b}, never {never}: {odds}; {amount}.")
    if f.kind == "close" and max(d.higher, d.lower) < LIKELY:
        return capital(f"{what} is {way} under {a} than under {b} more often than not: {sides_of(d)}; {amount}.")
    odds = odds_words(d.higher, d.lower)
    return capital(f"{what} is {ADVERBS[f.likelihood]} {way} under {a} than under {b}: {odds}; {amount}.")


def leads(favors: Sequence[str]) -> str:
    """Say on whose side findings lie: ``a``, ``b``, ``split`` or ``none``."""
    sides = {*favors}
    return "none" if not sides else sides.pop() if len(sides) == 1 else "split"


def trade_words(a: str, b: str, security: Mapping[str, str], innovation: Mapping[str, str]) -> str:
    """Return the trade-off between security and innovation, from who is on the better side of each robust finding.

    Args:
        a: title of the first policy.
        b: title of the other.
        security: ``a`` or ``b`` by outcome of the robust findings.
        innovation: the same.
    """
    title = {"a": a, "b": b}
    sides = leads([*security.values()]), leads([*innovation.values()])
    if "none" in sides:
        without = " and ".join(name for name, side in zip(("security", "innovation"), sides, strict=True) if side == "none")
        return f"No difference in {without} is robust: whether the two aims pull apart between these policies is not settled by the model."
    if "split" in sides:
        counts = [
            f"of {counted(len(found), 'main robust difference', 'main robust differences')} in {name} "
            f"{sum(x == 'a' for x in found.values())} lie on the side of {a} and {sum(x == 'b' for x in found.values())} on that of {b}"
            for name, found in (("security", security), ("innovation", innovation))
        ]
        return f"Neither policy has all of an aim to itself: {'; '.join(counts)}."
    if sides[0] == sides[1]:
        return f"No trade-off shows: the robust differences in security and in innovation both lie on the side of {title[sides[0]]}."
    one, other = title[sides[0]], title[sides[1]]
    return (
        f"The two aims pull apart: the robust differences in security lie on the side of {one}, those in innovation on the side of {other}."
    )


def sides_words(a: str, b: str, aim: str, found: Mapping[str, str]) -> str:
    """Return who is ahead on which robust difference of an aim."""
    parts = []
    for side, title in (("a", a), ("b", b)):
        names = [called(n) for n, s in found.items() if s == side]
        if names:
            parts.append(f"{title} is ahead on {', '.join(names)}")
    return f"{capital(aim)}: {'; '.join(parts) or 'no robust difference'}."


def joint_words(a: str, b: str, security: str, innovation: str, shares: Mapping[str, float]) -> str:
    """Return how often one policy is ahead on security and the other on innovation, run by run."""
    on = f"{called(security)} and {called(innovation)}"
    if not shares:
        return f"On {on} no run differs."
    parts = [
        f"{a} is ahead on the first and {b} on the second in {shares['ab']:.0%}",
        f"{b} on the first and {a} on the second in {shares['ba']:.0%}",
        f"{a} on both in {shares['aa']:.0%}",
        f"{b} on both in {shares['bb']:.0%}",
    ]
    return f"On {on}, of the runs that differ, {', '.join(parts)}; they tie on one of them in {shares['even']:.0%}."


def response_words(change: np.ndarray) -> str:
    """Return in words how a response differs run by run, from the first policy less the other."""
    above, below = float((change > 0).mean()), float((change < 0).mean())
    if not above + below:
        return "the same"
    p = max(above, below)
    if p < LIKELY:
        return f"higher in {above:.0%} of runs and lower in {below:.0%}"
    way = "higher" if above >= below else "lower"
    return f"{ADVERBS[likelihood(p)]} {way} ({odds_words(above, below)})"


def ever_words(a: str, b: str, first: float, other: float) -> str:
    """Return in words how the probabilities of a response differ between two policies."""
    words = likelihood(first), likelihood(other)
    if words[0] != words[1]:
        return f"{words[0]} under {a}, {words[1]} under {b}"
    more = f", more often under {a if first > other else b}" if abs(first - other) >= MATERIAL else ""
    return f"{words[0]} under both{more}"


def firm(lesson: Lesson) -> bool:
    """Say whether a number would turn a choice by more than chance may show: at an end of its range, or over a tenth of it."""
    ends = any(np.isinf(f.low) or np.isinf(f.high) for f in lesson.where)
    return lesson.flips > 0 and lesson.value > 0 and lesson.above_noise and (ends or lesson.flips >= WIDE)


def turning(found: Lessons) -> Lesson | None:
    """Return the most valuable number that would firmly turn a choice."""
    return next((x for x in found.lessons if firm(x)), None)


def lesson_words(
    ids: Mapping[str, str], titles: Mapping[str, str], outcome: str, year: int, unit: str, found: Lessons, *, hangs: bool = False
) -> str:
    """Return what to learn next for an outcome, and whether it would turn which policy is ahead.

    Args:
        ids: titles of the policies by id.
        titles: titles of the estimates and switches by id.
        outcome: the outcome.
        year: its year.
        unit: its unit.
        found: the lessons.
        hangs: whether it waits for enforcement, on which the likelihood hangs though who is ahead on average does not.
    """
    none = "No single number, once known, would turn who is ahead on average"
    none = f"{none} (how likely that is hangs on {ENFORCED})" if hangs else none
    head = f"On {called(outcome)} in {year} {ids[found.chosen]} is ahead on average."
    best = turning(found)
    if best is not None:
        where = "; ".join(f"{ids[f.policy]} is ahead where it {stretch(f.low, f.high)}" for f in best.where)
        gain = f"knowing it first would gain {number(best.value)} {unit} on average"
        return f"{head} {_quoted(titles, best.name)} would turn that with a probability of {best.flips:.0%}: {where}; {gain}."
    heard = [x for x in found.lessons if x.above_noise and np.isfinite(x.variance)]
    if not heard:
        return f"{head} {none}; none stands out."
    widest = max(heard, key=lambda x: x.variance)
    told = f"{_quoted(titles, widest.name)} would narrow the difference most ({widest.variance:.0%} of its variance)"
    return f"{head} {none}; {told}."


def stretch(low: float, high: float) -> str:
    """Return where a number lies; a bound that is infinite is none."""
    if np.isinf(low):
        return "may lie anywhere" if np.isinf(high) else f"is under {number(high)}"
    return f"is over {number(low)}" if np.isinf(high) else f"lies between {number(low)} and {number(high)}"


def left_words(rest: np.ndarray, gap: np.ndarray, level: float) -> str:
    """Return in words what of a policy is left after the turn.

    Args:
        rest: what is left, over the runs in which the policies differ.
        gap: what the policy would have made there, had it stayed.
        level: size of the outcome; what is under one percent of it is undone.
    """
    if not gap.size or abs(float(np.median(gap))) < MATERIAL * level:
        return "there is little to undo"
    share = float(np.median(rest)) / float(np.median(gap))
    if abs(float(np.median(rest))) < MATERIAL * level or abs(share) < MATERIAL:
        return "undone"
    if share < 0:
        return "more than undone"
    return f"{'partly' if share < PARTLY else 'mostly not'} undone: {share:.0%} is left"


def _quoted(titles: Mapping[str, str], name: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{titles.get(name, name)}\N{RIGHT DOUBLE QUOTATION MARK} ({name})"


def capital(text: str) -> str:
    """Return text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def joined(parts: Sequence[str]) -> str:
    """Return words in a row."""
    return "".join(parts) if len(parts) < 2 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def counted(count: int, one: str, many: str) -> str:
    """Return a number with what is counted."""
    return f"{count} {one if count == 1 else many}"


def still_felt(a: str, b: str, at: str, year: int, stays: Mapping[str, Sequence[str]]) -> str:
    """Return what is still felt after a turn, for either order of two policies; ``stays`` holds the outcomes by the first of the two."""
    if list(stays[a]) == list(stays[b]):
        what = joined(stays[a]) or "nothing that is looked at"
        return f"A turn in {at}, from either policy to the other, leaves a mark of what came before in {year} on {what}."
    parts = [f"from {one} to {other} on {joined(stays[one]) or 'nothing that is looked at'}" for one, other in ((a, b), (b, a))]
    return f"A turn in {at} leaves a mark of what came before in {year}: {'; '.join(parts)}."


def open_words(worth: Mapping[str, tuple[float, float]], levels: Mapping[str, float]) -> str:
    """Return on which outcomes an open choice is worth more than one percent of their level, from either start."""
    more = [called(name) for name, both in worth.items() if max(both) >= MATERIAL * levels[name] and max(both) > 0]
    if not more:
        return "To keep the choice open is worth under one percent of the level of every outcome that is looked at."
    return f"To keep the choice open is worth at most one percent of the level of any outcome but {', '.join(more)}."
