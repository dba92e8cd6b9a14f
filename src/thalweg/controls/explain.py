"""Traces and answers in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from thalweg.controls.determination import Determination
from thalweg.controls.trace import Clause
from thalweg.evidence.text import visible
from thalweg.pack.language import Ast

MARKS: Final = ("✗", "?", "✓")


def render(clause: Clause, indent: int = 0) -> list[str]:
    """Render a clause as indented lines, one a clause."""
    truth, what, values, parts = clause
    lines = [f"{'  ' * indent}{MARKS[truth]} {words(what)}{_shown(values, '   [', ']')}"]
    for part in parts:
        lines.extend(render(part, indent + 1))
    return lines


def words(what: Any) -> str:
    """Return a condition, or a label, as people read it."""
    if isinstance(what, str):
        return what
    match what[0]:
        case "const":
            return "always" if what[1] else "never"
        case "bool":
            return str(what[1])
        case "cmp":
            return f"{_value(what[2])} {what[1]} {_value(what[3])}"
        case "in":
            return f"{_value(what[1])} in ({', '.join(map(str, what[2]))})"
        case "in_group":
            return f"{what[1]} in {what[2]}"
        case "isnull":
            return f"{what[1]} is not known"
        case "classified":
            return f"classified {what[1]}"
        case "entries":
            return f"classified as one of {', '.join(what[1])}"
        case "stated":
            return f"stated as {what[1]}"
        case "member_of":
            return f"named in {what[1]}"
        case "listed":
            return f"on the list {what[1]}"
    return str(what[0])


def _value(ast: Ast) -> str:
    if ast[0] == "lit":
        return show_value(ast[1])
    if ast[0] == "arith":
        return f"({_value(ast[2])} {ast[1]} {_value(ast[3])})"
    return f":{ast[1]}" if ast[0] == "param" else str(ast[1])


def show_value(value: Any) -> str:
    """Return a value as people read it; unknown is said to be unknown."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.10g}"
    if isinstance(value, int) and 700_000 < value < 800_000:
        return dt.date.fromordinal(value).isoformat()
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)


def _shown(values: tuple[tuple[str, Any], ...], before: str, after: str) -> str:
    shown = ", ".join(f"{name} = {show_value(value)}" for name, value in values)
    return f"{before}{shown}{after}" if shown else ""


def why_not(clause: Clause) -> str:
    """Return the first clauses that kept a condition from holding, in words."""
    found: list[str] = []
    _failing(clause, found)
    return "; ".join(dict.fromkeys(found)) or words(clause[1])


def _failing(clause: Clause, found: list[str]) -> None:
    truth, what, values, parts = clause
    if truth == 2 or len(found) > 3:
        return
    if what == "not" and parts:
        inner = parts[0]
        found.append(f"{'it holds that' if truth == 0 else 'it is not known whether'} {words(inner[1])}{_shown(inner[2], ' (', ')')}")
        return
    blocking = [p for p in parts if p[0] == truth]
    if not blocking:
        found.append(f"{words(what)} {'is not met' if truth == 0 else 'is not known'}{_shown(values, ' (', ')')}")
        return
    for part in blocking[:2]:
        _failing(part, found)


def _standing(hit: Mapping[str, Any]) -> str:
    """Return an entry that a party stands or may stand under, in words."""
    verb = "owned by" if hit.get("through") == "owners" else "may stand under" if hit.get("open") else "stands under"
    since = f" since {hit['listed_on']}" if hit["listed_on"] else ""
    why = f": {'; '.join(hit['why'])}" if hit.get("why") else ""
    entry = hit["name"] if hit.get("through") == "owners" else f"{hit['name']} on {hit['list']} ({hit['entry_id']}){since}"
    return f"listed: {hit['party']} ({hit['role'].replace('_', ' ')}) {verb} {entry}{why}"


def explain(answer: Determination, trace: Mapping[str, Any]) -> str:
    """Return a determination and its trace as text."""
    lines = [f"{answer.outcome}  (as of {answer.as_of}; codified text: {answer.codified_outcome})"]
    if answer.classification:
        lines.append(f"classification: {', '.join(answer.classification)}")
    if answer.review_policy:
        lines.append(f"review policy: {answer.review_policy}")
    for requirement in answer.requirements:
        lifted = f"  lifted by {', '.join(requirement.lifted_by)}" if requirement.lifted_by else ""
        lines.append(f"requires: {requirement.title}  [{'; '.join(c.citation for c in requirement.citations)}]{lifted}")
    lines.extend(_standing(hit) for hit in answer.screening)
    lines.extend(f"red flag: {f.flag}" for f in answer.red_flags)
    lines.extend(f"duty: {o.obligation}" for o in answer.obligations)
    lines.extend(f"missing: {m.fact} of {m.of} decides {', '.join(m.decides)}: {m.question}" for m in answer.missing_facts)
    lines.extend(f"open: {question}" for question in answer.open_questions)
    lines.extend(f"assumed: {a.assumption}" for a in answer.assumptions)
    lines.append("")
    for identity, kind, _, sources, clause, note in trace["rules"]:
        cited = "; ".join(dict.fromkeys(s.get("citation", "") for s in sources))
        lines.append(f"{identity}  ({kind})  {cited}")
        lines.extend("  " + text for text in render(clause))
        if note:
            lines.append(f"    note: {note}")
    lines.extend(f"not in force: {title} ({identity}): {posture}" for identity, title, posture in trace["not_in_force"])
    return "\n".join(map(visible, lines))
