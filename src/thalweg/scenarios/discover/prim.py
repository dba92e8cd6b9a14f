"""PRIM: find a box of runs of interest by peeling thin slices off, then pasting some back.

Friedman and Fisher, Bump hunting in high-dimensional data, Statistics and Computing 9 (1999) 123-143, with the lenient objective that
divides the gain in density by the runs given up (Kwakkel and Jaxa-Rozen, Environmental Modelling and Software 79 (2016) 311-321). Limits
lie midway between runs, as in the EMA Workbench, against which the trajectory is held in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from thalweg.evidence import BadInput
from thalweg.scenarios.discover.box import Between, Box, Condition, OneOf, measured, refuse


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The boxes from the whole space on, one for each peel and paste: the trade-off of coverage against density."""

    boxes: tuple[Box, ...]

    def best(self, *, most_conditions: int = 4, at_least: float = 0.0) -> Box:
        """Return the box with the largest harmonic mean of coverage and density, of those with few conditions and enough density."""
        fitting = [b for b in self.boxes if len(b.conditions) <= most_conditions and b.fit.density >= at_least]
        return max(fitting or self.boxes[:1], key=lambda b: _harmonic(b.fit.coverage, b.fit.density))


class _Move(NamedTuple):
    gain: float
    free: int
    conditions: dict[str, Condition]
    inside: np.ndarray


def prim(
    x: Mapping[str, np.ndarray],
    cases: np.ndarray,
    *,
    peel: float = 0.05,
    paste: float = 0.05,
    least_mass: float = 0.05,
    switches: frozenset[str] = frozenset(),
) -> Trajectory:
    """Return the trajectory of boxes.

    Args:
        x: (runs,) by name.
        cases: (runs,) truth values, the runs of interest.
        peel: share of the runs inside that one peel takes off.
        paste: share of the runs beside the box that one paste adds.
        least_mass: share of all runs that a box must hold.
        switches: names whose values are options, not amounts.

    Raises:
        BadInput: columns that do not fit together, or shares outside 0 to 1.

    """
    refuse(x, cases)
    for name, share in (("peel", peel), ("paste", paste), ("least_mass", least_mass)):
        if not 0.0 < share < 1.0:
            raise BadInput(f"{name}: {share} given; a share between 0 and 1 is needed")
    numbers = {n: np.asarray(row, dtype=np.float64) for n, row in x.items() if n not in switches}
    search = _Search(numbers, x, cases, sorted(switches & set(x)))
    inside = np.ones(cases.size, dtype=bool)
    conditions: dict[str, Condition] = {}
    found = [measured(conditions, x, cases)]
    for step, share, more in ((search.peels, peel, False), (search.pastes, paste, True)):
        while moves := step(conditions, inside, share):
            move = max(moves, key=lambda m: (m.gain, m.free))  # of equals the first
            count, now = int(move.inside.sum()), int(inside.sum())
            if not (count >= least_mass * cases.size and (count > now if more else count < now) and move.gain > 0.0):
                break
            conditions, inside = move.conditions, move.inside
            found.append(measured(conditions, x, cases))
    return Trajectory(tuple(found))


def pruned(box: Box, x: Mapping[str, np.ndarray], cases: np.ndarray, *, at_most: float = 0.05) -> Box:
    """Return the box without conditions that chance would do as well without, one at a time, the least needed first."""
    while box.conditions:
        worst = max(box.quasi_p, key=lambda name: box.quasi_p[name])
        if box.quasi_p[worst] <= at_most:
            break
        box = measured({name: c for name, c in box.conditions.items() if name != worst}, x, cases)
    return box


def shortened(box: Box, x: Mapping[str, np.ndarray], cases: np.ndarray, most_conditions: int) -> Box:
    """Return the box with no more conditions than may be, the least needed taken away one at a time."""
    while len(box.conditions) > most_conditions:
        worst = max(box.quasi_p, key=lambda name: box.quasi_p[name])
        box = measured({name: c for name, c in box.conditions.items() if name != worst}, x, cases)
    return box


class _Search:
    """Runs sorted once by each number, so that a peel reads off limits and counts without sorting again."""

    def __init__(self, numbers: dict[str, np.ndarray], x: Mapping[str, np.ndarray], cases: np.ndarray, switches: list[str]) -> None:
        self.x, self.cases, self.switches = x, cases, switches
        self.names = list(numbers)
        table = np.stack(list(numbers.values())) if numbers else np.empty((0, cases.size))
        self.order = np.argsort(table, axis=1, kind="stable")
        self.sorted = np.take_along_axis(table, self.order, axis=1)
        self.all_names = len(x)

    def peels(self, conditions: dict[str, Condition], inside: np.ndarray, share: float) -> list[_Move]:
        """Return all boxes with one slice less."""
        now = int(inside.sum())
        chosen = inside[self.order]
        values = self.sorted[chosen].reshape(len(self.names), now)
        hits = np.cumsum(self.cases[self.order][chosen].reshape(len(self.names), now), axis=1)
        moves = []
        for i, name in enumerate(self.names):
            row = values[i]
            high, low = _limit(row, 1.0 - share), _limit(row, share)
            kept_high, cut_low = int(np.searchsorted(row, high, "right")), int(np.searchsorted(row, low, "left"))
            for upper, count, k in (
                (True, kept_high, int(hits[i, kept_high - 1]) if kept_high else 0),
                (False, now - cut_low, int(hits[i, -1] - (hits[i, cut_low - 1] if cut_low else 0))),
            ):
                gain = _gain(int(hits[i, -1]), now, k, count)
                moves.append((gain, name, high if upper else low, upper))
        made = [_Move(g, self._free(conditions, name), conditions, inside) for g, name, _, _ in moves]
        best = self._first_best(made)
        found = []
        if best is not None:
            _, name, limit, upper = moves[best]
            found.append(self._narrowed(made[best], name, limit, upper=upper))
        return found + self._without_option(conditions, inside)

    def _narrowed(self, move: _Move, name: str, limit: float, *, upper: bool) -> _Move:
        """Return a move with its box made out; only the best one needs it."""
        held = move.conditions.get(name)
        old = held if isinstance(held, Between) else Between()
        new = replace(old, high=limit) if upper else replace(old, low=limit)
        return move._replace(conditions=move.conditions | {name: new}, inside=move.inside & new.holds(self.x[name]))

    def _first_best(self, moves: list[_Move]) -> int | None:
        return max(range(len(moves)), key=lambda i: (moves[i].gain, moves[i].free, -i), default=None)

    def _without_option(self, conditions: dict[str, Condition], inside: np.ndarray) -> list[_Move]:
        """Return the boxes with one option of a switch less."""
        now, hits = int(inside.sum()), int(self.cases[inside].sum())
        found = []
        for name in self.switches:
            options = self._options(conditions, name)
            for option in options if len(options) > 1 else ():
                kept = inside & (self.x[name] != option)
                gain = _gain(hits, now, int(self.cases[kept].sum()), int(kept.sum()))
                new = OneOf(tuple(o for o in options if o != option))
                found.append(_Move(gain, self._free(conditions, name), conditions | {name: new}, kept))
        return found

    def pastes(self, conditions: dict[str, Condition], inside: np.ndarray, share: float) -> list[_Move]:
        """Return all boxes with one slice or option more."""
        now, hits = int(inside.sum()), int(self.cases[inside].sum())
        found = []
        for name in (n for n in self.x if n in conditions):
            old = conditions[name]
            others = np.ones(inside.size, dtype=bool)
            for other, condition in conditions.items():
                if other != name:
                    others &= condition.holds(self.x[other])
            for new in self._wider(name, old, others, share):
                wider = others & new.holds(self.x[name]) if new else others
                left = {n: c for n, c in conditions.items() if n != name} if new is None else conditions | {name: new}
                gain = _gain(hits, now, int(self.cases[wider].sum()), int(wider.sum()))
                found.append(_Move(gain, self.all_names - len(left), left, wider))
        return found

    def _wider(self, name: str, old: Condition, others: np.ndarray, share: float) -> list[Condition | None]:
        column = self.x[name]
        if isinstance(old, OneOf):
            every = [float(o) for o in np.unique(column)]
            wider = [OneOf(tuple(sorted((*old.values, o)))) for o in every if o not in old.values]
            return [None if len(w.values) == len(every) else w for w in wider]
        found: list[Condition | None] = []
        for upper, bound in ((False, old.low), (True, old.high)):
            if not np.isfinite(bound):
                continue
            beside = np.sort(column[others & ((column >= bound) if upper else (column <= bound))])
            limit = (_limit(beside, share) if upper else _limit(beside, 1.0 - share)) if beside.size else (np.inf if upper else -np.inf)
            edge = limit >= column.max() if upper else limit <= column.min()
            limit = (np.inf if upper else -np.inf) if edge else limit
            new = replace(old, high=limit) if upper else replace(old, low=limit)
            found.append(None if new == Between() else new)
        return found

    def _options(self, conditions: Mapping[str, Condition], name: str) -> tuple[float, ...]:
        held = conditions.get(name)
        return held.values if isinstance(held, OneOf) else tuple(float(o) for o in np.unique(self.x[name]))

    def _free(self, conditions: Mapping[str, Condition], name: str) -> int:
        return self.all_names - len(conditions) - (name not in conditions)


def _limit(ordered: np.ndarray, q: float) -> float:
    """Return the midpoint between the runs on both sides of a quantile, moved past ties toward the nearer end."""
    place = (ordered.size - 1) * q
    low, high = int(np.floor(place)), int(np.ceil(place))
    if ordered[low] == ordered[high]:
        if q > 0.5:
            low = max(int(np.searchsorted(ordered, ordered[high], "left")) - 1, 0)
        else:
            high = min(int(np.searchsorted(ordered, ordered[low], "right")), ordered.size - 1)
    return float((ordered[low] + ordered[high]) / 2)


def _gain(hits: int, count: int, hits_then: int, count_then: int) -> float:
    """Return the gain in density for each run given up or taken in."""
    before, after = hits / count, hits_then / count_then if count_then else 0.0
    return 0.0 if before == after or count == count_then else (after - before) / abs(count - count_then)


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0
