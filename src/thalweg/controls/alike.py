"""Which cases grow the same tree: what the tree of a case depends on, as a key.

A tree depends on the truths that its root reached, on the rules that are still open, and on what those read. A number counts by
where it stands among the thresholds that open rules name, a name by the sets that they ask of, so that most cases of a kind share a tree.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from thalweg.controls.case import Case
from thalweg.controls.cells import Cells
from thalweg.controls.closures import Compiler
from thalweg.controls.lane import Lane
from thalweg.controls.program import Axis
from thalweg.controls.run import Pass
from thalweg.controls.step import Step
from thalweg.pack.language import Ast, walk

Key = tuple[Any, ...]
_ALWAYS = ("destination", "activity", "technology_for")


@dataclass(frozen=True, slots=True)
class Reads:
    """What a number of open rules read: facts with the scope and the thresholds of each, names of sets, and sums."""

    facts: tuple[tuple[str, str, list[float] | None], ...]
    members: tuple[frozenset[str], ...]
    sums: tuple[tuple[Ast, frozenset[str], bool], ...]
    edges: Cells


def tree_key(root: Pass, lane: Lane, axis: Axis, case: Case, policies_of: Mapping[str, str], still_open: Sequence[Step]) -> Key:
    """Return what the tree over a root pass depends on, given the groups and sets of its day."""
    e, truth, program = root.environment, root.truth, root.program
    strata = [lane.classes, lane.presumptions, lane.requirements, lane.gates, program.exceptions, lane.policies]
    if root.subject == 1:
        strata.append(lane.jurisdiction)
    standing = tuple([(s.mark, truth[s.index]) for steps in strata for s in steps if truth[s.index]])
    waiting = tuple([s.mark for s in still_open])
    reads = program.compiler.reads.get(waiting)
    if reads is None:
        reads = program.compiler.reads[waiting] = _reads(program.compiler, still_open)
    return (
        axis,
        standing,
        waiting,
        root.subject,
        (root.chart.truth, root.chart.not_modeled, tuple([(r.entry, id(r.row), r.truth) for r in root.chart.rows])),
        root.result,
        frozenset(e.opaque.items()),
        tuple([(c, v) for c, v in e.classes.items() if v]),
        policies_of.get("policy"),
        tuple([(unknown, doubt.policy) for unknown, doubt in case.doubts.items()]),
        tuple([e.tx.get(name) for name in _ALWAYS]),
        (e.item.get("kind"), e.item.get("eccn"), e.item.get("#eccn_presumed")),
        _values(root, case, reads),
        None if e.components is None else (tuple([s.mark for s in program.classes]), _parts(e.components)) if e.components else (),
    )


def _parts(components: Sequence[Mapping[str, Any]]) -> Key:
    return tuple([tuple(sorted([(k, v) for k, v in c.items() if k not in ("item_name", "name")])) for c in components])


def _reads(compiler: Compiler, still_open: Sequence[Step]) -> Reads:
    known = compiler.pack.facts
    names = set().union(*(s.facts for s in still_open), *((s.rule.keys.get("asserts") or {}).get("facts", ()) for s in still_open))
    edges = Cells(compiler, [s.cut for s in still_open])
    facts = tuple((n, known[n].of, edges.named(n) if known[n].type in ("number", "date") else None) for n in sorted(names))
    sets = sorted(set().union(*(s.sets for s in still_open)))
    sums: list[tuple[Ast, frozenset[str], bool]] = []
    for node in (node for s in still_open for node in s.cut.sums):
        terms = frozenset(n[1] for n in walk(node) if n[0] == "fact")
        sums.append((node, terms, any(known[n].of == "party" for n in terms)))
    return Reads(facts, tuple(compiler.members(s) for s in sets), tuple(sums), edges)


def _values(root: Pass, case: Case, reads: Reads) -> Key:
    """Return the facts that open rules read, each reduced to what these rules can tell apart."""
    e, minimum = root.environment, case.minimum
    turns, raw = _turns(root, case, reads) if reads.sums else ((), frozenset())
    values: list[Any] = [turns]
    for name, of, marks in reads.facts:
        held = [p.get(name) for p in e.parties] if of == "party" else [(e.tx if of == "transaction" else e.item).get(name)]
        if marks is not None and name not in raw:
            held = [None if v is None else bisect_left(marks, v) + bisect_right(marks, v) for v in held]
        values.extend(held)
        if of == "item" and minimum:
            values.append(minimum.get(("item", name)))
    for party in e.parties:
        key = party.get("#key")
        values.append((party["#listed"], party.get("#doubts"), key is None, *[key in m for m in reads.members]))
    values.append(tuple(sorted(minimum.items())) if e.components else bool(minimum))
    return tuple(values)


def _turns(root: Pass, case: Case, reads: Reads) -> tuple[Key, Set[str]]:
    """Return the truth of each sum, or where it turns among the marks of its one unknown term; and the facts to take as they stand."""
    e, edges = root.environment, reads.edges
    known = {**e.tx, **e.item}
    found: list[Any] = []
    raw: set[str] = set()
    solved: dict[str, list[float | None]] = {}
    for node, terms, of_party in reads.sums:
        unknown = [n for n in terms if known.get(n) is None]
        if len(unknown) > 1 or of_party:
            raw |= terms
        elif unknown:
            solved.setdefault(unknown[0], []).append(edges.edge(node, unknown[0], known))
        else:
            found.append(edges.compiler.truth(node)(e))
    for name, turns in sorted(solved.items()):
        least = case.minimum.get(("item", name), 0.0)
        marks = sorted({*edges.named(name), least, *[t for t in turns if t is not None]})
        found.append((name, len(marks), marks.index(least), *[None if t is None else marks.index(t) for t in turns]))
    return tuple(found), raw
