"""The estimates in memory, loaded when a scenario asks for them and at no other time.

They stand beside the pack, not in it: a decision neither reads nor builds them.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from thalweg.evidence.distribution_form import unpacked
from thalweg.evidence.estimate import Estimate, Value
from thalweg.pack import load
from thalweg.pack.estimates_model import BLOCKS, Anchor, Chance, Correlation, Estimates, Observation, Option, Series, Switch
from thalweg.pack.part import Part
from thalweg.pack.reader import MAX_CSV_BYTES

__all__ = ["Estimate", "Estimates", "load_estimates"]

ESTIMATES = Part("estimates", (".yaml", ".csv"), MAX_CSV_BYTES)


def load_estimates(path: str | Path | None = None, *, overlays: Iterable[str | Path] = ()) -> Estimates:
    """Load the estimates of the embedded pack, or of the knowledge folder at ``path``, and lay overlays over them in order.

    A folder may have no estimates; an overlay may change none.

    Raises:
        PackError: if there is no such folder, or a file does not hold to its format.
        BadInput: if there is no such overlay.
    """
    found = _load(Path(path).resolve() if path else load.EMBEDDED)
    names = list(overlays)
    if not names:
        return found
    from thalweg.pack.estimates_overlay import lay_estimates

    return lay_estimates(found, *names)


@lru_cache(maxsize=8)
def _load(root: Path) -> Estimates:
    from thalweg.pack.estimates_build import build_estimates

    return estimates_from_data(ESTIMATES.compiled(root, build_estimates))


def estimates_from_data(data: Mapping[str, Any]) -> Estimates:
    """Turn compiled data into :class:`Estimates`, the blocks in their order."""
    rank = {name: i for i, name in enumerate(BLOCKS)}
    ordered = sorted(data["estimates"], key=lambda e: (rank.get(e["block"], len(rank)), e["block"]))
    return Estimates(
        sha256=data["sha256"],
        estimates={e["id"]: _estimate(e) for e in ordered},
        switches={x["id"]: switch_from(x) for x in data["switches"]},
        chances={c["id"]: Chance(c["id"], c["title"], c["meaning"]) for c in data["chances"]},
        correlations=tuple(correlation_from(c) for c in data["correlations"]),
        anchors={a["id"]: Anchor(a["id"], a["title"], a["switches"], tuple(a["sources"]), a["note"]) for a in data["anchors"]},
        history={x["id"]: _series(x) for x in data["history"]},
        sources=data["sources"],
    )


def value_from(data: Mapping[str, Any]) -> Value:
    """Turn a compiled value into a :class:`Value`."""
    return Value(
        unpacked(data["distribution"]),
        data["basis"],
        tuple(data["sources"]),
        _date(data["period_end"]),
        _date(data["read"]),
        data["note"],
        data.get("by", ""),
        data.get("anchor", ""),
        _date(data.get("until")),
    )


def switch_from(data: Mapping[str, Any], *, overlay: str = "") -> Switch:
    """Turn a compiled switch into a :class:`Switch`."""
    options = tuple(Option(o["name"], o["probability"], o["meaning"]) for o in data["options"])
    return Switch(data["id"], data["title"], data["meaning"], options, data["basis"], tuple(data["sources"]), data["note"], overlay)


def correlation_from(data: Mapping[str, Any], *, overlay: str = "") -> Correlation:
    """Turn a compiled correlation into a :class:`Correlation`."""
    return Correlation((data["of"][0], data["of"][1]), data["rank"], data["because"], data["basis"], tuple(data["sources"]), overlay)


def _estimate(data: Mapping[str, Any]) -> Estimate:
    low, high = data["support"]
    return Estimate(
        id=data["id"],
        title=data["title"],
        meaning=data["meaning"],
        unit=data["unit"],
        value=value_from(data["value"]),
        block=data["block"],
        symbol=data["symbol"],
        support=(-math.inf if low is None else low, math.inf if high is None else high),
        above=data["positive"],
        extensive=data["extensive"],
        rivals=tuple(value_from(r) for r in data["rivals"]),
        vintages=tuple(value_from(v) for v in data["vintages"]),
    )


def _series(data: Mapping[str, Any]) -> Series:
    points = tuple(
        Observation(**(p | {"start": dt.date.fromisoformat(p["start"]), "end": dt.date.fromisoformat(p["end"])})) for p in data["points"]
    )
    kept = {k: v for k, v in data.items() if k not in ("points", "sources", "where")}
    return Series(**kept, sources=tuple(data["sources"]), points=points)


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
