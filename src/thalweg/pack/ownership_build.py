"""Ownership regimes compiled from their files, and held to the rest of the pack."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from thalweg.evidence import OPEN_END, OPEN_START, PackError, day, nearest
from thalweg.pack.compile_rule import source_dict
from thalweg.pack.ownership_schema import OwnershipFile


def compile_ownership(found: OwnershipFile) -> dict[str, Any]:
    """Return a regime as plain data for the compiled pack.

    Raises:
        ValueError: two windows overlap.
    """
    windows = sorted((day(w.from_, default=OPEN_START), day(w.to, default=OPEN_END), w.posture, w.because) for w in found.enforced or ())
    for (_, end, *_), (start, *_) in itertools.pairwise(windows):
        if start < end:
            message = "enforced: two windows overlap"
            raise ValueError(message)
    data = found.model_dump(mode="json", exclude={"enforced", "reviewed"})
    data["enforced"] = windows
    data["sources"] = [source_dict(x) for x in found.sources]
    for i, counted in enumerate(found.counts):
        data["counts"][i]["sources"] = [source_dict(x) for x in counted.sources]
    for name in ("minority", "unknown_share", "related"):
        if (flag := getattr(found.red_flags, name)) is not None:
            data["red_flags"][name]["sources"] = [source_dict(x) for x in flag.sources]
    data["caveats"] = [{"text": c.text, "sources": [source_dict(x) for x in c.sources]} for c in found.caveats]
    return data


def check_ownership(regimes: Mapping[str, Any], rules: Mapping[str, Any], places: Iterable[str]) -> Iterable[PackError]:
    """Yield every reference of a regime to a rule or a place that the pack does not hold."""
    known = set(places)
    for identity, regime in regimes.items():
        where = f"ownership/{identity}.yaml"
        if regime["rule"] and regime["rule"] not in rules:
            yield PackError(f"rule: there is no rule {regime['rule']!r}{nearest(regime['rule'], rules)}", file=where, line=1)
        for place in regime["not_in"]:
            if place not in known:
                yield PackError(f"not_in: {place!r} is not a place", file=where, line=1)
