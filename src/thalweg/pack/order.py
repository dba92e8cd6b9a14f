"""How rules of one stratum are ordered: classes by what they read, rules that conflict by which overrides which."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from thalweg.evidence import PackError
from thalweg.pack.language import children


def matches(pattern: str, identity: str) -> bool:
    """Say whether an id fits an exact id or a prefix pattern."""
    return identity.startswith(pattern[:-1]) if pattern.endswith("*") else identity == pattern


def class_reads(version: Mapping[str, Any]) -> set[str]:
    """Return the classes that a version reads of the item itself (not of its components)."""
    found: set[str] = set()
    stack = [version["when"], *([version["unless"]] if version["unless"] else [])]
    while stack:
        node = stack.pop()
        if node[0] == "classified":
            found.add(node[1])
        elif node[0] != "any_component":
            stack.extend(children(node))
    return found


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


def class_cycles(rules: Mapping[str, Any]) -> Iterable[PackError]:
    """Yield the circle in which classes read each other, if there is one."""
    try:
        class_order(rules)
    except PackError as error:
        yield error


def override_cycles(rules: Mapping[str, Any]) -> Iterable[PackError]:
    """Yield the rules that override themselves through others."""
    for identity, rule in rules.items():
        if identity in _below(rules, identity):
            yield PackError(f"overrides form a circle through {identity!r}", file=rule["file"], line=1)


def unordered_policies(rules: Mapping[str, Any], requirements: Iterable[str]) -> Iterable[PackError]:
    """Yield review policies that differ, act on one day, review one requirement and are not ordered by ``overrides``."""
    reviewed = {
        i: {r for r in requirements if any(p == "*" or matches(p, r) for p in rule["keys"]["reviews"])}
        for i, rule in rules.items()
        if rule["kind"] == "review_policy" and rule["keys"].get("policy")
    }
    for one, other in itertools.combinations(reviewed, 2):
        if rules[one]["keys"]["policy"] == rules[other]["keys"]["policy"] or one in _below(rules, other) or other in _below(rules, one):
            continue
        shared = sorted(reviewed[one] & reviewed[other])
        day = _day_of_both(rules[one], rules[other])
        if shared and day is not None:
            yield PackError(
                f"{one} and {other} give different policies for {shared[0]} from {dt.date.fromordinal(max(day, 1))} on; "
                "say in `overrides` which of them prevails",
                file=rules[other]["file"],
                line=1,
            )


def _below(rules: Mapping[str, Any], identity: str) -> set[str]:
    """Return every rule that a rule overrides, directly or through others."""
    found: set[str] = set()
    stack = list(rules[identity]["keys"].get("overrides") or ())
    while stack:
        other = stack.pop()
        if other not in found and other in rules:
            found.add(other)
            stack.extend(rules[other]["keys"].get("overrides") or ())
    return found


def _day_of_both(one: Mapping[str, Any], other: Mapping[str, Any]) -> int | None:
    """Return the first day on which two rules act together on one axis."""
    days = [
        max(a[0], b[0])
        for windows in (_printed, _acting)
        for a in windows(one)
        for b in windows(other)
        if max(a[0], b[0]) < min(a[1], b[1])
    ]
    return min(days, default=None)


def _printed(rule: Mapping[str, Any]) -> list[tuple[int, int]]:
    return [(v["text"][0], v["text"][1]) for v in rule["versions"] if v["text"]]


def _acting(rule: Mapping[str, Any]) -> list[tuple[int, int]]:
    return [(a, b) for v in rule["versions"] for a, b, posture in v["enforced"] if posture in ("enforced", "unknown")]
