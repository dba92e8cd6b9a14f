"""How far an item stands from every threshold, the single change that turns the verdict, and the largest chip a destination may get."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from thalweg.controls.assemble import assemble
from thalweg.controls.buyer import ASSUMPTION, item_label, to_local_buyer
from thalweg.controls.case import Case
from thalweg.controls.decide import decide
from thalweg.controls.model import Distance, Headroom
from thalweg.controls.program import Rulebook
from thalweg.controls.reading import read_transaction
from thalweg.controls.resolve import Resolver
from thalweg.evidence import OPEN_END
from thalweg.hardware import catalogue
from thalweg.pack.language import walk

_MEASURES = ("tpp", "performance_density", "io_bandwidth_gb_s", "dram_bandwidth_gb_s", "hbm_density_gb_s_mm2", "training_operations")


def headroom(book: Rulebook, item: Any, to: str, date: dt.date, *, transaction: Mapping[str, Any] | None = None) -> Headroom:
    """Measure an item against the law of a day.

    Every measure is moved alone, to each cell between the thresholds, with the other measures held.
    """
    base = dict(transaction) if transaction else to_local_buyer(item, to, date)
    base |= {"item": item, "to": to, "date": date}
    answer = decide(book, base)
    case = assemble(book.pack, read_transaction(base))
    distances = [d for where, facts in _measured(case) for d in _distances(book, case, where, facts, answer.outcome)]
    turning = [d for d in distances if d.flips_to and d.value]
    nearest = min(turning, key=lambda d: abs((d.gap or 0) / (d.value or 1)), default=None)
    free, excepted = _largest(book, to, date)
    return Headroom(
        item=item_label(item),
        to=to,
        as_of=date.isoformat(),
        outcome=answer.outcome,
        distances=distances,
        nearest=nearest,
        largest_free=free[0],
        largest_free_tpp=free[1],
        largest_with_exception=excepted[0],
        largest_with_exception_tpp=excepted[1],
        beyond_verified=answer.beyond_verified,
        assumptions=[] if transaction else [ASSUMPTION],
        pack=book.pack.stamp.as_dict(),
        may_be_stale=answer.may_be_stale,
    )


def _measured(case: Case) -> list[tuple[str, dict[str, Any]]]:
    """Return where measures stand: the item, or the distinct circuits inside a computer."""
    if case.item.get("kind") != "computer" or not case.components:
        return [("item", case.item)]
    return [(f"component:{i}", c) for i, c in enumerate(case.components) if c.get("kind") == "integrated_circuit"]


def _distances(book: Rulebook, case: Case, where: str, facts: dict[str, Any], outcome: str) -> list[Distance]:
    cells = book.cells(case.day)
    known = {**case.tx, **facts}
    found: list[Distance] = []
    for fact in _MEASURES:
        value = facts.get(fact)
        if value is None and fact not in ("tpp", "performance_density"):
            continue
        for threshold in cells.thresholds(fact, known):
            flips = _flip(book, case, where, fact, value, threshold, outcome)
            rules = _naming(book, case.day, fact, threshold)
            if not rules and not flips:
                continue
            gap = None if value is None else threshold - value
            found.append(
                Distance(fact=fact, unit=book.pack.facts[fact].unit, value=value, threshold=threshold, gap=gap, rules=rules, flips_to=flips)
            )
    return found


def _flip(book: Rulebook, case: Case, where: str, fact: str, value: float | None, threshold: float, outcome: str) -> str | None:
    """Return the verdict just past a threshold, if it differs and no nearer threshold comes first."""
    if value is None:
        return None
    step = max(abs(threshold), 1.0) * 1e-6
    sides = (threshold, threshold + step) if value < threshold else (threshold, threshold - step)
    facts = case.scope(where)
    try:
        for side in sides:
            facts[fact] = max(side, 0.0)
            after = Resolver(book, case, "enforced", OPEN_END).resolve().outcome
            if after != outcome:
                return after
    finally:
        facts[fact] = value
    return None


def _naming(book: Rulebook, day: int, fact: str, threshold: float) -> list[str]:
    return [
        step.rule.id
        for step in book.program(day, "enforced").deciding()
        if any(
            node[0] == "cmp" and node[2] == ["fact", fact] and node[3][0] == "lit" and node[3][1] == threshold
            for ast in step.asts
            for node in walk(ast)
        )
    ]


def _largest(book: Rulebook, to: str, date: dt.date) -> tuple[tuple[str | None, float | None], tuple[str | None, float | None]]:
    """Return the catalogue chips of largest TPP that go without a license, and by exception."""
    shelf = catalogue(book.pack)
    chips = [(facts.values["tpp"], name) for name in shelf.names("chips") if "tpp" in (facts := shelf.find(name)).values]
    free: tuple[str | None, float | None] = (None, None)
    excepted: tuple[str | None, float | None] = (None, None)
    for tpp, name in sorted(chips, reverse=True):
        base = to_local_buyer(name, to, date, {"exporter": {"name": "(an exporter)", "country": "US"}})
        case = assemble(book.pack, read_transaction(base))
        outcome = Resolver(book, case, "enforced", OPEN_END).resolve().outcome
        if outcome == "license_exception" and excepted[0] is None:
            excepted = (name, tpp)
        if outcome == "no_license_required":
            free = (name, tpp)
            break
    return free, excepted
