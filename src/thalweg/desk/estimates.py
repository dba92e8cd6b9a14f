"""The estimates of a pack as rows for a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from thalweg.desk.packs import Overlays
from thalweg.evidence import BadInput, nearest
from thalweg.evidence.distribution_form import words
from thalweg.evidence.estimate import Estimate, Value
from thalweg.pack.estimates import load_estimates
from thalweg.pack.estimates_model import Estimates
from thalweg.pack.estimates_overlay import source_words


def estimate_tables(
    what: str, *, pack: str | Path | None = None, overlays: Overlays = (), known: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Return rows on the estimates, switches, anchors or history of a pack, or on one estimate.

    Raises:
        PackError: if a file of estimates does not hold to its format.
        BadInput: if it is none of these, nor of what else was ``known``; if an overlay cannot be found, or SciPy is not installed.
    """
    found = load_estimates(pack, overlays=overlays)
    if what in TABLES:
        return TABLES[what](found)
    if what in found.estimates:
        return one_estimate(found[what])
    message = f"{what!r}: neither summary, rules, drafts, facts, events, {', '.join(TABLES)} nor the id of a rule or an estimate"
    raise BadInput(message + nearest(what, [*known, *TABLES, *found.estimates]))


def all_estimates(estimates: Estimates) -> list[dict[str, Any]]:
    """Return a row for each estimate: quantiles, unit, basis, what it is about, source."""
    return [
        {"id": e.id, "title": e.title, **_quantiles(e.value), "unit": e.unit, "basis": e.basis, "about": _about(e.value)}
        | {"source": "; ".join(_short(x) for x in e.value.sources), "overlay": e.overlay}
        for e in estimates.estimates.values()
    ]


def one_estimate(estimate: Estimate) -> list[dict[str, Any]]:
    """Return a row for each value of an estimate: the pack's own, rivals, and earlier vintages."""
    own = estimate.overlay or "this pack"
    named = [(own, estimate.value), *((r.by, r) for r in estimate.rivals), *((f"vintage {v.until}", v) for v in estimate.vintages)]
    return [
        {"by": by, **_quantiles(v), "unit": estimate.unit, "distribution": words(v.distribution), "basis": v.basis, "about": _about(v)}
        | {"anchor": v.anchor, "source": _sources(v), "note": v.note}
        for by, v in named
    ]


def _switches(estimates: Estimates) -> list[dict[str, Any]]:
    return [
        {"id": x.id, "title": x.title, "option": o.name, "probability": o.probability, "meaning": o.meaning, "basis": x.basis}
        for x in estimates.switches.values()
        for o in x.options
    ]


def _anchors(estimates: Estimates) -> list[dict[str, Any]]:
    rivals = [(e.id, r.anchor) for e in estimates.estimates.values() for r in e.rivals]
    return [
        {"id": a.id, "title": a.title, "sets": ", ".join(name for name, anchor in rivals if anchor == a.id), "note": a.note}
        for a in estimates.anchors.values()
    ]


def _history(estimates: Estimates) -> list[dict[str, Any]]:
    return [
        {"series": x.id, "title": x.title, "by": x.period.replace("_", " "), "from": x.points[0].period, "to": x.points[-1].period}
        | {"points": len(x.points), "scored": sum(p.scored for p in x.points) if not x.not_scored else 0, "unit": x.unit}
        | {"error": x.level_error or x.noise, "basis": x.basis, "source": "; ".join(source_words(s) for s in x.sources)}
        for x in estimates.history.values()
    ]


TABLES: dict[str, Callable[[Estimates], list[dict[str, Any]]]] = {
    "estimates": all_estimates,
    "switches": _switches,
    "anchors": _anchors,
    "history": _history,
}


def _quantiles(value: Value) -> dict[str, float]:
    return {name: significant(x) for name, x in zip(("p05", "p50", "p95"), value.quantiles, strict=True)}


def significant(x: float) -> float | int:
    """Return a number at four significant digits, whole where it is whole."""
    rounded = float(f"{x:.4g}")
    return int(rounded) if rounded.is_integer() else rounded


def _about(value: Value) -> str:
    return value.period_end.isoformat() if value.period_end else ""


def _short(source: Mapping[str, Any]) -> str:
    """Name a source by its id in the pack, and the place in it."""
    return " ".join(x for x in (source.get("id") or source.get("citation") or source.get("url"), source.get("where")) if x)


def _sources(value: Value) -> str:
    return "; ".join(source_words(x) for x in value.sources)
