"""Checks across files: what one rule says of another must hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from thalweg.evidence import PackError, nearest
from thalweg.pack.build import compile_pack
from thalweg.pack.language import walk
from thalweg.pack.order import class_cycles, matches, override_cycles, unordered_policies
from thalweg.pack.ownership_build import check_ownership
from thalweg.pack.schema import STRATA


def checked(root: Path) -> dict[str, Any]:
    """Compile a folder and check it as a whole.

    Raises:
        PackError: the first problem found.
    """
    data, problems = compile_pack(root)
    if not problems:
        problems = [*cross_check(data["rules"], data["facts"]), *check_ownership(data["ownership"], data["rules"], data["places"])]
    if problems:
        raise problems[0]
    return data


def validate(root: Path) -> tuple[dict[str, Any], list[PackError]]:
    """Return the compiled data and every problem, for `thalweg pack validate`."""
    from thalweg.pack.estimates_build import compile_estimates
    from thalweg.pack.names_build import compile_names

    data, problems = compile_pack(root)
    if "rules" in data and "facts" in data:
        problems = [*problems, *cross_check(data["rules"], data["facts"])]
    if "rules" in data and "ownership" in data:
        problems = [*problems, *check_ownership(data["ownership"], data["rules"], data["places"])]
    return data, [*problems, *compile_names(root)[1], *compile_estimates(root)[1]]


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
        yield from _reads_jurisdiction(rule)
    yield from class_cycles(rules)
    yield from override_cycles(rules)
    yield from unordered_policies(rules, by_stratum.get(4, ()))


def _reads_below(rule: Mapping[str, Any]) -> Iterable[PackError]:
    """A rule on classes may not read what a later stratum sets."""
    if STRATA[rule["kind"]] > 1:
        return
    for version in rule["versions"]:
        for node in _nodes(version):
            if node[0] in ("any_party", "all_parties"):
                yield PackError("a classification reads the item alone, not the parties", file=rule["file"], line=version["line"])
                return


def _reads_jurisdiction(rule: Mapping[str, Any]) -> Iterable[PackError]:
    """No rule may read whether the item is subject to the law: where it is not stated, the jurisdiction rules derive it."""
    for version in rule["versions"]:
        if any(node[0] in ("fact", "bool", "isnull") and node[1] == "subject_to_ear" for node in _nodes(version)):
            message = "a rule cannot read subject_to_ear, which jurisdiction rules derive; a requirement is held to it without asking"
            yield PackError(message, file=rule["file"], line=version["line"])
            return


def _nodes(version: Mapping[str, Any]) -> Iterable[list[Any]]:
    yield from walk(version["when"])
    if version["unless"]:
        yield from walk(version["unless"])
