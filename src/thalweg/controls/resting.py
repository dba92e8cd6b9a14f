"""Which rules an answer rests on, and what is known of those that may be stale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from thalweg.controls.run import Pass
from thalweg.controls.step import Step
from thalweg.evidence import OPEN_END
from thalweg.pack import Pack


def resting(root: Pass, pack: Pack) -> list[str]:
    """Return the rules that may be stale on which the outcome, the policy and the exceptions of a pass rest, or may rest.

    A rule that holds or is open counts: a class of the item or of what it contains, what is presumed, the jurisdiction, a requirement, the
    Country Chart, a review policy of a requirement that stands, an exception that is considered, and a gate of a requirement.
    """
    return sorted({i for i in _resting(root) if i in pack.stale}) if pack.stale else []


def _resting(root: Pass) -> Iterator[str]:
    program, truth, e = root.program, root.truth, root.environment
    classes = [e.classes, *e.component_classes]
    yield from (s.rule.id for s in program.classes if any(c.get(s.assigns) for c in classes))
    yield from (s.rule.id for s in (*program.presumptions, *program.jurisdiction, *program.requirements) if truth[s.index])
    if program.chart and any(r.truth for r in root.chart.rows):
        yield program.chart.id
    asked = {s.index for s in program.requirements if truth[s.index]}
    standing = {i for i, v in root.remaining.items() if v == 2}
    yield from (s.rule.id for s in program.exceptions if not s.lifts.isdisjoint(asked))
    yield from _holding(program.gates, truth, asked, "covers")
    yield from _holding(program.policies, truth, standing, "reviews")


def _holding(steps: Iterable[Step], truth: list[int], touched: set[int], what: str) -> Iterator[str]:
    yield from (s.rule.id for s in steps if truth[s.index] and not getattr(s, what).isdisjoint(touched))


def notices(pack: Pack, rules: Iterable[str], day: dt.date, known_on: int = OPEN_END) -> list[str]:
    """Return the notices on rules that hold on a day: those of amendments up to it, and up to the day of knowledge."""
    last = min(day.toordinal(), known_on)
    until = dt.date.fromordinal(last).isoformat()
    return list(dict.fromkeys(said for i in rules for on, said in pack.stale.get(i, ()) if on <= until))
