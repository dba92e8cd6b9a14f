"""An event as JSON, with the keys of the contract in their order, and the sentences that support it."""

from __future__ import annotations

from typing import Any

from thalweg.nouns.news import Event


def labels(event: Event) -> dict[str, Any]:
    """Return an event with the keys of its labels in the contract, and `evidence`: the sentences that support each field."""
    where = event.countries
    return {
        "event_type": event.event_type,
        "actors": [{"name": a.name, "role": a.role, "country": a.country or None} for a in event.actors],
        "countries": {role: list(getattr(where, role)) for role in ("imposer", "source", "transit", "destination", "other")},
        "items": [item.text for item in event.items],
        "measure_type": event.measure_type,
        "amounts": [{"value": a.value, "currency": a.currency, "what": a.what, "qualifier": a.qualifier} for a in event.amounts],
        "quantities": [{"value": _plain(q.value), "unit": q.unit, "qualifier": q.qualifier} for q in event.quantities],
        "dates": dict(event.dates),
        "certainty": event.certainty,
        "status": event.status,
        "contradicts": list(event.contradicts),
        "evidence": {field: list(sentences) for field, sentences in event.evidence.items()},
    }


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else value
