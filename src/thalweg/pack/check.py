"""Checks across files: what one rule says of another must hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from thalweg.evidence import PackError, nearest
from thalweg.pack.build import compile_pack
from thalweg.pack.language import walk
from thalweg.pack.schema import STRATA


def checked(root: Path) -> dict[str, Any]:
    """Compile a folder and check it as a whole.

    Raises:
        PackError: the first problem found.
    """
    data, problems = compile_pack(root)
    if not problems:
        problems = list(cross_check(data["rules"], data["facts"]))
    if problems:
        raise problems[0]
    return data


def validate(root: Path) -> tuple[dict[str, Any], list[PackError]]:
    """Return the compiled data and every problem, for `thalweg pack validate`."""
    data, problems = compile_pack(root)
    if "rules" in data and "facts" in data:
        problems = [*problems, *cross_check(data["rules"], data["facts"])]
    return data, problems


def matches(pattern: str, identity: str) -> bool:
    """Say whether an id fits an exact id or a prefix pattern."""
    return identity.startswith(pattern[:-1]) if pattern.endswith("*") else identity == pattern


def cross_check(rules: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterable[PackError]:
    """Yield every broken reference, unordered conflict, stratum violation and cycle."""
    by_stratum: dict[int, list[str]] = {}
    for identity, rule in rules.items():
        by_stratum.setdefault(STRATA[rule["kind"]], []).append(identity)
    for rule in rules.values():
        keys = rule["keys"]
        where = {"file": rule["file"], "line": 1}
        for name in ("lifts", "reviews", "covers"):
            for pattern in keys.get(name) or ():
                if not any(matches(pattern, r) for r in by_stratum.get(4, ())):
                    yield PackError(f"{name}: {pattern!r} fits no requirement{nearest(pattern, by_stratum.get(4, ()))}", **where)
        for other in keys.get("overrides") or ():
            if other not in rules:
                yield PackError(f"overrides: there is no rule {other!r}{nearest(other, rules)}", **where)
            elif STRATA[rules[other]["kind"]] != STRATA[rule["kind"]]:
                yield PackError(
                    f"overrides: {other!r} is a {rules[other]['kind']}; only a rule of the same kind can be overridden", **where
                )
        for fact in (keys.get("asserts") or {}).get("facts", {}):
            if fact not in facts:
                yield PackError(f"asserts: {fact!r} is not a declared fact{nearest(fact, facts)}", **where)
        yield from _reads_below(rule)
    yield from _class_cycles(rules)
    yield from _override_cycles(rules)


def _reads_below(rule: Mapping[str, Any]) -> Iterable[PackError]:
    """A rule on classes may not read what a later stratum sets."""
    if STRATA[rule["kind"]] > 1:
        return
    for version in rule["versions"]:
        for node in _nodes(version):
            if node[0] in ("any_party", "all_parties"):
                yield PackError("a classification reads the item alone, not the parties", file=rule["file"], line=version["line"])
                return


def _nodes(version: Mapping[str, Any]) -> Iterable[list[Any]]:
    yield from walk(version["when"])
    if version["unless"]:
        yield from walk(version["unless"])


def class_reads(version: Mapping[str, Any]) -> set[str]:
    """Return the classes that a version reads of the item itself (not of its components)."""
    found: set[str] = set()
    stack = [version["when"], *([version["unless"]] if version["unless"] else [])]
    while stack:
        node = stack.pop()
        if node[0] == "classified":
            found.add(node[1])
        elif node[0] != "any_component":
            stack.extend(c for c in _children(node))
    return found


def _children(node: list[Any]) -> list[list[Any]]:
    from thalweg.pack.language import children

    return children(node)


def class_order(rules: Mapping[str, Any]) -> list[str]:
    """Order the classification rules so that each comes after the classes it reads.

    Raises:
        PackError: on a cycle.
    """
    found = {i: r for i, r in rules.items() if r["kind"] == "classification"}
    needs = {
        i: {
            j
            for read in set().union(*(class_reads(v) for v in r["versions"]))
            for j, other in found.items()
            if j != i and _covers(read, other["keys"]["assigns"])
        }
        for i, r in found.items()
    }
    order: list[str] = []
    done: set[str] = set()
    while len(order) < len(needs):
        ready = sorted(i for i, n in needs.items() if i not in done and n <= done)
        if not ready:
            stuck = sorted(set(needs) - done)
            raise PackError(f"classes read each other in a circle: {', '.join(stuck)}", file=found[stuck[0]]["file"], line=1)
        order.extend(ready)
        done.update(ready)
    return order


def _covers(read: str, assigned: str) -> bool:
    return assigned == read or assigned.startswith(read + ".")


def _class_cycles(rules: Mapping[str, Any]) -> Iterable[PackError]:
    try:
        class_order(rules)
    except PackError as error:
        yield error


def _override_cycles(rules: Mapping[str, Any]) -> Iterable[PackError]:
    for identity, rule in rules.items():
        seen: set[str] = set()
        stack = list(rule["keys"].get("overrides") or ())
        while stack:
            other = stack.pop()
            if other == identity:
                yield PackError(f"overrides form a circle through {identity!r}", file=rule["file"], line=1)
                break
            if other not in seen and other in rules:
                seen.add(other)
                stack.extend(rules[other]["keys"].get("overrides") or ())
