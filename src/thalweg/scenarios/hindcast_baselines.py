"""The naive forecasts of the protocol, from the same data as the model's."""

from __future__ import annotations

import numpy as np

from thalweg.scenarios.draw import stream
from thalweg.scenarios.hindcast_observe import Reporter
from thalweg.scenarios.hindcast_path import history_path, open_share
from thalweg.scenarios.hindcast_rows import Point, spans, values
from thalweg.scenarios.protocol import Protocol, Row
from thalweg.scenarios.skill import random_walk, walk_on

CAN_CLOSE = frozenset(("legal", "legal_dollars", "revenue"))


def naive_forecasts(
    row: Row, points: tuple[Point, ...], reports: Reporter, protocol: Protocol, seed: int, samples: int
) -> dict[str, np.ndarray]:
    """Return samples (points, samples) of the baselines at tested points: N1, N2, and N3 for a channel that can close."""
    known = _known(row, reports, protocol)
    walk = random_walk(
        np.array([p.place for p in known]),
        values(known),
        most=protocol.baseline_quarters,
        floor=protocol.baseline_floor,
        least_freedom=protocol.baseline_freedom,
    )
    last = [p for p in known if p.value > 0.0][-1].place
    ahead = np.array([p.place - last for p in points])
    found = {
        "N1": walk_on(walk, ahead, stream(seed, f"N1 {row.id}"), samples),
        "N2": walk_on(walk, ahead, stream(seed, f"N2 {row.id}"), samples, drift=False),
    }
    if row.id in CAN_CLOSE:
        shut = 1.0 - open_share(spans(points), reports.open_by_day)
        can_shut = _legal_share(reports, protocol) if row.id == "revenue" else 1.0
        found["N3"] = found["N1"] * (1.0 - shut * can_shut)[:, None]
    return found


def _known(row: Row, reports: Reporter, protocol: Protocol) -> tuple[Point, ...]:
    """Return the points that a walk is fitted to: of legal units (or their dollars), quarters in which the channel was open at all."""
    source = "legal" if row.id == "legal_dollars" else row.id
    fitted = [p for p in reports.points[source] if p.use == "fitted"]
    if source != "legal":
        return tuple(fitted)
    opened = open_share(spans(tuple(fitted)), reports.open_by_day)
    kept = [p for p, share in zip(fitted, opened, strict=True) if share > 0.0]
    if row.id == "legal":
        return tuple(kept)
    return tuple(_in_dollars(p, reports, protocol) for p in kept)


def _in_dollars(p: Point, reports: Reporter, protocol: Protocol) -> Point:
    t = int(p.place)
    price = history_path(protocol.acts).values["pL"][t] * reports.per_unit[t]
    return Point(p.label, p.start, p.end, p.value * price * 1e-6, p.own_error, p.use)


def _legal_share(reports: Reporter, protocol: Protocol) -> float:
    """Return the share of legal dollars in billed revenue over the last two fitted fiscal quarters that have both."""
    dollars = {p.label: _in_dollars(p, reports, protocol).value for p in reports.points["legal"] if p.use == "fitted"}
    both = [(dollars[p.label], p.value) for p in reports.points["revenue"] if p.use == "fitted" and p.label in dollars][-2:]
    return min(1.0, sum(a for a, _ in both) / sum(b for _, b in both)) if both else 1.0
