"""Checks across the files of estimates: what one says of another must hold."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from thalweg.evidence import PackError, nearest


def check_estimates(data: Mapping[str, Any]) -> Iterator[PackError]:
    """Yield every name that stands twice, every broken reference, and correlations that no distribution can have."""
    yield from _repeats(data)
    yield from _anchors(data)
    yield from _history(data)
    broken = list(_correlations(data))
    yield from broken
    if not broken:
        yield from indefinite(data["correlations"])


def _repeats(data: Mapping[str, Any]) -> Iterator[PackError]:
    """Names of estimates, switches and chances are one space."""
    for sorts in (("estimates", "switches", "chances"), ("anchors",), ("history",)):
        seen: dict[str, Mapping[str, Any]] = {}
        for entry in (x for sort in sorts for x in data[sort]):
            first = seen.setdefault(entry["id"], entry)
            if first is not entry:
                place = f"{first['where']['file']}:{first['where']['line']}"
                yield PackError(f"the id {entry['id']!r} stands twice (first in {place})", **entry["where"])


def _anchors(data: Mapping[str, Any]) -> Iterator[PackError]:
    anchors = {a["id"]: a for a in data["anchors"]}
    used = {a["id"] for a in data["anchors"] if a["switches"]}
    for estimate in data["estimates"]:
        named = [r["anchor"] for r in estimate["rivals"] if r["anchor"]]
        used.update(named)
        for anchor in named:
            if anchor not in anchors:
                yield PackError(
                    f"{estimate['id']}: anchor {anchor!r} is not declared in anchors.yaml{nearest(anchor, anchors)}", **estimate["where"]
                )
        for anchor in sorted({a for a in named if named.count(a) > 1}):
            yield PackError(f"{estimate['id']}: two rivals for the anchor {anchor!r}", **estimate["where"])
    switches = {x["id"]: [o["name"] for o in x["options"]] for x in data["switches"]}
    for anchor in data["anchors"]:
        if anchor["id"] not in used:
            yield PackError(f"no estimate has a rival for the anchor {anchor['id']!r}", **anchor["where"])
        for name, option in anchor["switches"].items():
            if name not in switches:
                yield PackError(f"switches: there is no switch {name!r}{nearest(name, switches)}", **anchor["where"])
            elif option not in switches[name]:
                yield PackError(f"switches: {name} has no option {option!r}{nearest(option, switches[name])}", **anchor["where"])


def _history(data: Mapping[str, Any]) -> Iterator[PackError]:
    known = [e["id"] for e in data["estimates"]]
    for series in data["history"]:
        for key in ("level_error", "noise"):
            if series[key] and series[key] not in known:
                yield PackError(f"{key}: there is no estimate {series[key]!r}{nearest(series[key], known)}", **series["where"])
        if not series["points"]:
            yield PackError(f"the series {series['id']!r} has no points in history.csv", **series["where"])
        if not series["not_scored"] and not any(p["scored"] for p in series["points"]):
            yield PackError(f"the series {series['id']!r} has no scored point and does not say why", **series["where"])


def _correlations(data: Mapping[str, Any]) -> Iterator[PackError]:
    known = {e["id"]: e["value"]["distribution"][0] for e in data["estimates"]}
    seen: set[frozenset[str]] = set()
    for correlation in data["correlations"]:
        where, pair = correlation["where"], frozenset(correlation["of"])
        for name in correlation["of"]:
            if name not in known:
                yield PackError(f"of: there is no estimate {name!r}{nearest(name, known)}", **where)
            elif known[name] == "point":
                yield PackError(f"of: {name!r} is fixed, and a fixed number has no correlation", **where)
        if len(pair) < 2:
            yield PackError("of: two estimates are needed", **where)
        if pair in seen:
            yield PackError(f"of: {' and '.join(sorted(pair))} stand twice", **where)
        seen.add(pair)


def gaussian(rank: float) -> float:
    """Return the correlation of two normal numbers whose ranks have this correlation: 2 sin(pi/6 rank)."""
    return 2 * math.sin(math.pi / 6 * rank)


def components(pairs: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return the names that hang together, each group sorted, the groups by their first name."""
    groups: list[set[str]] = []
    for pair in pairs:
        touched = [g for g in groups if g & set(pair)]
        groups = [g for g in groups if g not in touched]
        groups.append(set(pair).union(*touched))
    return sorted(sorted(g) for g in groups)


def cholesky(names: Sequence[str], pairs: Mapping[frozenset[str], float]) -> list[list[float]]:
    """Return the lower triangle of the Gaussian correlations of some names.

    Raises:
        ValueError: if the correlations are not positive definite.
    """
    lower: list[list[float]] = []
    for i, name in enumerate(names):
        row = [0.0] * len(names)
        for j in range(i):
            target = gaussian(pairs.get(frozenset((name, names[j])), 0.0))
            row[j] = (target - sum(row[k] * lower[j][k] for k in range(j))) / lower[j][j]
        left = 1 - sum(x * x for x in row)
        if left < 1e-9:
            message = (
                f"the rank correlations between {', '.join(names[: i + 1])} cannot hold together (the matrix is not positive definite)"
            )
            raise ValueError(message)
        row[i] = math.sqrt(left)
        lower.append(row)
    return lower


def indefinite(correlations: Sequence[Mapping[str, Any]]) -> Iterator[PackError]:
    """Yield each group of estimates whose correlations cannot hold together, at the place of its last correlation."""
    pairs = {frozenset(c["of"]): c["rank"] for c in correlations}
    for names in components([(c["of"][0], c["of"][1]) for c in correlations]):
        try:
            cholesky(names, pairs)
        except ValueError as error:
            last = [c for c in correlations if c["of"][0] in names][-1]
            yield PackError(str(error), **last["where"])
