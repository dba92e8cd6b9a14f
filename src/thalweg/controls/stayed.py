"""Rules that are printed and do not act, or may not, on the day: what they would ask for, and when they are to return."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from thalweg.controls.resolve import Resolution
from thalweg.controls.step import Step
from thalweg.evidence import OPEN_END, iso
from thalweg.pack import Pack, Rule
from thalweg.pack.order import matches

_GENERAL: Final = "TGL"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_SAID: Final = {"stayed": "is stayed on {day}: from {since} to {last}", "unknown": "may act on {day} or may not"}


def stayed_flags(pack: Pack, date: dt.date, codified: Resolution) -> Iterator[tuple[str, Step]]:
    """Yield a red flag for each requirement that holds as printed and is stayed on the day, or was stayed and whose return is not known."""
    for step in codified.root.program.requirements:
        if codified.root.truth[step.index] == 2 and (said := _posture(step.rule, date)):
            text = f"{step.rule.title}: as printed this needs a license, and the rule {said}."
            yield " ".join([text, *_turn(pack, step.rule, date), *_ended(pack, step.rule, date)]), step


def stayed_notes(pack: Pack, date: dt.date, codified: Resolution) -> Iterator[str]:
    """Yield what printed red flags and duties that are stayed, or may be, would say."""
    for step in codified.lane.beside:
        if (said := _posture(step.rule, date)) and step.test(codified.root.environment) == 2:
            yield " ".join([f"Printed, and the rule {said}: {step.rule.keys['text']}", *_turn(pack, step.rule, date)])


def returns(pack: Pack, rule: Rule, date: dt.date) -> str:
    """Return what is known of the turn of a rule that may act on a day; empty where nothing is."""
    return " ".join(_turn(pack, rule, date))


def _posture(rule: Rule, date: dt.date) -> str:
    """Say that a rule is stayed on a day, or that it was and may not be any more; empty for a rule that was never stayed."""
    day = date.toordinal()
    windows = [w for v in rule.versions for w in v.enforced]
    if not any(posture == "stayed" and start <= day for start, _, posture in windows):
        return ""
    for start, end, posture in windows:
        if start <= day < end and posture in _SAID:
            return _SAID[posture].format(day=date, since=iso(start), last=iso(end - 1) if end < OPEN_END else "a day that is not known")
    return ""


def _turn(pack: Pack, rule: Rule, date: dt.date) -> Iterator[str]:
    """Yield both branches of the switch that a rule turns with."""
    for event in pack.events:
        switch: Mapping[str, Any] = event.get("switch") or {}
        if not switch or not any(matches(p, rule.id) for p in event.get("rules") or ()):
            continue
        cited = "; ".join(s["citation"] for s in event["sources"] if s.get("citation"))
        yield f"As printed it is {switch['printed']} on {switch['on']}; expected is: {switch['expected']} ({cited})."
        if str(switch["on"]) <= date.isoformat():
            verified = pack.verified_through.get(rule.id.partition("/")[0])
            yield f"No published instrument that says which was found{f' up to {verified}' if verified else ''}."
        if (last := _DAY.search(str(switch["expected"]))) and last[0] < date.isoformat():
            yield f"Even as expected, that runs to {last[0]} only."


def _ended(pack: Pack, rule: Rule, date: dt.date) -> Iterator[str]:
    """Yield the general licenses that lifted a rule and would not return with it."""
    for other in pack.rules.values():
        if other.keys.get("exception") == _GENERAL and any(matches(p, rule.id) for p in other.keys.get("lifts") or ()):
            ends = [v.text[1] for v in other.versions if v.text]
            if ends and max(ends) <= date.toordinal():
                yield f"{other.title} ended on {iso(max(ends))} and would not return with it."
