"""When each version of a rule acts, on each axis, as windows of days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from sqlglot import exp

from thalweg.controls.program import Axis, acting
from thalweg.controls.sql.expressions import Expr, all_of, any_of, between, case, is_false, unknown
from thalweg.evidence import OPEN_END, OPEN_START
from thalweg.pack import Rule, Version


class Window(NamedTuple):
    """A half-open stretch of days on which one version acts; ``uncertain`` where it is not known if it is enforced."""

    start: int
    end: int
    version: Version
    uncertain: bool


def windows(rule: Rule, axis: Axis, known_on: int = OPEN_END) -> list[Window]:
    """Return the stretches of days on which a rule acts, in order; on all other days it is not in force."""
    days = {OPEN_START, OPEN_END}
    for version in rule.versions:
        days.update(version.text or ())
        days.update(d for start, end, _ in version.enforced for d in (start, end))
    ordered, found = sorted(days), list[Window]()
    for start, end in pairwise(ordered):
        acts, uncertain = acting(rule, start, axis, known_on)
        if acts is None:
            continue
        last = found[-1] if found else None
        if last and last.end == start and last.version is acts and last.uncertain is uncertain:
            found[-1] = last._replace(end=end)
        else:
            found.append(Window(start, end, acts, uncertain))
    return found


def guarded(date: Expr, stretches: Sequence[Window], truth: Callable[[Version], Expr]) -> Expr:
    """Return the truth of a rule on the day of a row: that of the version which acts, and false where none does."""
    branches = []
    for start, end, version, uncertain in stretches:
        held = truth(version)
        branches.append((between(date, start, end), all_of([held, unknown()]) if uncertain else held))
    return case([(guard, held) for guard, held in branches if not is_false(held)], exp.false())


def in_force(date: Expr, stretches: Sequence[Window]) -> Expr:
    """Return whether some version of a rule acts, or may act, on the day of a row."""
    return any_of(between(date, w.start, w.end) for w in stretches)
