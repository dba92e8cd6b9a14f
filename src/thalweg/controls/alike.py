"""Which cases grow the same tree: what the tree of a case depends on, as a key.

A tree depends on the truths that its root reached, on the rules that are still open, and on what those read. A number counts by
where it stands among the thresholds that open rules name, a name by the sets that they ask of, so that most cases of a kind share a tree.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from thalweg.controls.case import Case
from thalweg.controls.cells import Cells
from thalweg.controls.lane import Lane
from thalweg.controls.program import Axis, Step
from thalweg.controls.run import Pass
from thalweg.pack.language import Ast, walk

Key = tuple[Any, ...]
_ALWAYS = ("destination", "activity", "technology_for")


def tree_key(root: Pass, lane: Lane, axis: Axis, case: Case, policies_of: Mapping[str, str], still_open: Sequence[Step]) -> Key:
    """Return what the tree over a root pass depends on, given the groups and sets of its day."""
    e, truth, program = root.environment, root.truth, root.program
    strata = [lane.classes, lane.presumptions, lane.requirements, lane.gates, program.exceptions, lane.policies]
    if root.subject == 1:
        strata.append(lane.jurisdiction)
    standing = tuple([(id(s.version), s.uncertain, truth[s.index]) for steps in strata for s in steps if truth[s.index]])
    return (
        axis,
        standing,
        tuple([id(s.version) for s in still_open]),
        root.subject,
        (root.chart.truth, root.chart.not_modeled, tuple([(r.entry, id(r.row), r.truth) for r in root.chart.rows])),
        root.result,
        tuple([(c, v) for c, v in e.classes.items() if v]),
        policies_of.get("policy"),
        tuple([e.tx.get(name) for name in _ALWAYS]),
        (e.item.get("kind"), e.item.get("eccn"), e.item.get("#eccn_presumed")),
        _values(root, case, still_open),
        None if e.components is None else (tuple([id(s.version) for s in program.classes]), _parts(e.components)) if e.components else (),
    )


def _parts(components: Sequence[Mapping[str, Any]]) -> Key:
    return tuple([tuple(sorted([(k, v) for k, v in c.items() if k not in ("item_name", "name")])) for c in components])


def _values(root: Pass, case: Case, still_open: Sequence[Step]) -> Key:
    """Return the facts that open rules read, each reduced to what these rules can tell apart."""
    e, compiler = root.environment, root.program.compiler
    facts, read = compiler.pack.facts, set[str]()
    sets: set[str] = set()
    for step in still_open:
        read |= step.facts
        read |= (step.rule.keys.get("asserts") or {}).get("facts", {}).keys()
        sets |= step.sets
    edges = Cells(compiler, [s.cut for s in still_open])
    sums = [node for s in still_open for node in s.cut.sums]
    turns, raw = _turns(root, case, edges, sums)
    values: list[Any] = [turns]
    for name in sorted(read):
        of = facts[name].of
        scopes = [e.tx] if of == "transaction" else [e.item] if of == "item" else e.parties
        held = [scope.get(name) for scope in scopes]
        if facts[name].type in ("number", "date") and name not in raw:
            marks = edges.named(name)
            held = [None if v is None else bisect_left(marks, v) + bisect_right(marks, v) for v in held]
        values.append((name, *held))
        if of == "item":
            values.append(case.minimum.get(("item", name)))
    members = [compiler.members(s) for s in sorted(sets)]
    for party in e.parties:
        key = party.get("#key")
        values.append((party["#listed"], key is None, *(key in m for m in members)))
    values.append(tuple(sorted(case.minimum.items())) if e.components else ())
    return tuple(values)


def _turns(root: Pass, case: Case, edges: Cells, sums: Sequence[Ast]) -> tuple[Key, set[str]]:
    """Return the truth of each sum, or where it turns among the marks of its one unknown term; and the facts to take as they stand."""
    e = root.environment
    known = {**e.tx, **e.item}
    found: list[Any] = []
    raw: set[str] = set()
    solved: dict[str, list[float | None]] = {}
    for node in sums:
        names = {n[1] for n in walk(node) if n[0] == "fact"}
        unknown = [n for n in names if known.get(n) is None]
        if len(unknown) > 1 or any(edges.pack.facts[n].of == "party" for n in names):
            raw |= names
        elif unknown:
            solved.setdefault(unknown[0], []).append(edges.edge(node, unknown[0], known))
        else:
            found.append(edges.compiler.truth(node)(e))
    for name, turns in sorted(solved.items()):
        least = case.minimum.get(("item", name), 0.0)
        marks = sorted({*edges.named(name), least, *[t for t in turns if t is not None]})
        found.append((name, len(marks), marks.index(least), *[None if t is None else marks.index(t) for t in turns]))
    return tuple(found), raw
