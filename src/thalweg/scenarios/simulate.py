"""Simulate a policy over many runs, in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thalweg.evidence import BadInput, ThalwegError, nearest
from thalweg.scenarios.blocks import OWNED, Definition, paid_for
from thalweg.scenarios.ensemble import Ensemble
from thalweg.scenarios.inputs import Inputs
from thalweg.scenarios.levers import Lever, LeverPath
from thalweg.scenarios.namespace import Array, on_host
from thalweg.scenarios.outcomes import EVERYTHING, HEADLINE, OTHER_MEASURES, OUTCOMES, Outcome
from thalweg.scenarios.quantiles import quantiles
from thalweg.scenarios.quarter import Quarter, quarter
from thalweg.scenarios.quarters import QUARTERS, YEARS
from thalweg.scenarios.responses import Answer
from thalweg.scenarios.state import State, opening
from thalweg.scenarios.steps import deals, stocks


class BrokenLaw(ThalwegError):
    """A run does what cannot be: more chips shipped than made, or a value that is no number."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A condition on an outcome; once it holds in a run, the branch's levers act from the next quarter on."""

    outcome: str
    at_least: float | None = None
    at_most: float | None = None
    not_before: int = 0
    after: int | None = None
    """The number of another branch that must have been turned to in an earlier quarter."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A policy as the engine takes it: levers by quarter, what they were before it, and branches that triggers turn to.

    Without ``before`` the levers act as they stand; with it, equation (28) decides run by run whether they do.
    """

    levers: LeverPath
    before: LeverPath | None = None
    branches: tuple[tuple[Trigger, LeverPath], ...] = ()
    answer: Answer | None = None
    """Strategies of other players, where they are chosen and not drawn."""


@dataclass(frozen=True, slots=True)
class Result:
    """Outcomes of an ensemble: headline ones (44, runs) by quarter, the rest (11, runs) by year."""

    quarterly: Mapping[str, np.ndarray]
    yearly: Mapping[str, np.ndarray]
    definition: Definition

    def quantiles(self, name: str) -> np.ndarray:
        """Return p5, p10, p25, p50, p75, p90, p95 and mean of an outcome, (times, 8)."""
        return quantiles(self.quarterly[name] if name in self.quarterly else self.yearly[name])

    def by_year(self, name: str) -> np.ndarray:
        """Return an outcome by year (11, runs), reduced as its row in the table of outcomes says."""
        if name in self.yearly:
            return self.yearly[name]
        by_quarter = self.quarterly[name].reshape(len(YEARS), 4, -1)
        kind = EVERYTHING[name].reduce
        return by_quarter[:, -1] if kind == "end" else by_quarter.sum(axis=1) if kind == "sum" else by_quarter.mean(axis=1)


def simulate(
    blocks: Inputs | Iterable[Inputs],
    plan: Plan,
    *,
    outcomes: Sequence[str] = tuple(OUTCOMES),
    definition: Definition = OWNED,
    quarterly: Sequence[str] = tuple(HEADLINE),
    progress: Callable[[int], None] | None = None,
) -> Result:
    """Return the outcomes of a policy over all runs.

    Args:
        blocks: inputs of one block of runs, or of several, one after the other; results are the same however runs are cut into blocks.
        plan: the policy.
        outcomes: names of the table of outcomes; those of ``quarterly`` are kept for each quarter, the others by year.
        definition: whose compute is counted, in which measure, in ``compute_ratio``, ``china_share``, ``china_stock`` and ``lag``.
        quarterly: outcomes to keep by quarter.
        progress: called with the runs done after each block.

    Raises:
        BadInput: an outcome that does not exist, or no block.
        BrokenLaw: more chips shipped than made, or a value that is no number.

    """
    for name in outcomes:
        if name not in EVERYTHING:
            message = f"no outcome {name!r}{nearest(name, EVERYTHING)}"
            raise BadInput(message)
    given_blocks = [blocks] if isinstance(blocks, Inputs) else blocks
    total = _runs(given_blocks)
    kept = _Growing() if total is None else _Filled(total)
    done = 0
    for given in given_blocks:
        rows = run(given, plan, outcomes=outcomes, definition=definition, quarterly=quarterly)
        done += given.runs
        for name in outcomes:
            kept.add(name, rows.pop(name), done)
        if progress:
            progress(done)
    if not done:
        raise BadInput("at least one run is needed")
    joined = {name: kept.take(name) for name in outcomes}
    return Result({n: a for n, a in joined.items() if n in quarterly}, {n: a for n, a in joined.items() if n not in quarterly}, definition)


def _runs(blocks: Iterable[Inputs]) -> int | None:
    """Return how many runs the blocks hold, where they say so."""
    if isinstance(blocks, Ensemble):
        return blocks.runs
    return sum(b.runs for b in blocks) if isinstance(blocks, Sequence) else None


class _Filled:
    """Arrays of known length: two copies of all outcomes would not fit."""

    def __init__(self, runs: int) -> None:
        self.runs, self.arrays = runs, dict[str, np.ndarray]()

    def add(self, name: str, rows: list[Array], done: int) -> None:
        for t, row in enumerate(rows):
            values = np.atleast_1d(on_host(row))
            if name not in self.arrays:
                self.arrays[name] = np.empty((len(rows), self.runs), dtype=values.dtype)
            self.arrays[name][t, done - values.size : done] = values

    def take(self, name: str) -> np.ndarray:
        return self.arrays.pop(name)


class _Growing:
    """Blocks of which it is not known how many there are."""

    def __init__(self) -> None:
        self.parts: dict[str, list[np.ndarray]] = {}

    def add(self, name: str, rows: list[Array], done: int) -> None:  # noqa: ARG002
        self.parts.setdefault(name, []).append(np.stack([np.atleast_1d(on_host(row)) for row in rows]))

    def take(self, name: str) -> np.ndarray:
        return np.concatenate(self.parts.pop(name), axis=1)


def run(
    given: Inputs,
    plan: Plan,
    *,
    outcomes: Sequence[str],
    definition: Definition = OWNED,
    quarterly: Sequence[str] = tuple(HEADLINE),
) -> dict[str, list[Array]]:
    """Return the outcomes of one block: for each name a list over quarters or years of arrays over runs, in the library of the inputs."""
    kept = [(name, EVERYTHING[name], name in quarterly) for name in outcomes]
    rows: dict[str, list[Array]] = {name: [] for name in outcomes}
    running: dict[str, Array] = {}
    least: Array = given.one
    asked = (*outcomes, *(trigger.outcome for trigger, _ in plan.branches))
    every = definition.measure != "fp8" or not OTHER_MEASURES.isdisjoint(asked)
    for record in quarters(given, plan, definition, every=every):
        q = record.t % 4
        for name, outcome, by_quarter in kept:
            if by_quarter:
                rows[name].append(outcome.of(given, record))
            else:
                _by_year(rows[name], running, name, outcome, given, record, q)
        least = given.xp.minimum(least, stocks.unsold(record.flows))
    _lawful(least, rows)
    return rows


def quarters(given: Inputs, plan: Plan, definition: Definition = OWNED, *, every: bool = True) -> Iterable[Quarter]:
    """Yield the quarters of a block under a policy, one after the other; ``every`` measure of compute is kept, or 8-bit compute alone."""
    announced = plan.levers.differs_from(plan.before) if plan.before else QUARTERS
    force: Array = 0.0 * given.one
    fired: list[Array] = [0.0 * given.one for _ in plan.branches]
    state: State | None = None
    given = paid_for(given, plan.before or plan.levers)
    answered = given if plan.answer is None else plan.answer.inputs(given)
    for t in range(QUARTERS):
        lever = plan.levers.at(t, given.dtype)
        if plan.before and t >= announced and given.sw.sw_credibility is not AS_ANNOUNCED:
            events = given.events
            force = deals.in_force(given.xp, given.x, given.sw, force, t, announced, events["u_imp"][announced], events["u_reversal"][t])
            lever = _merge(given, plan.before.at(t, given.dtype), lever, force)
        for flag, (_, path) in zip(fired, plan.branches, strict=True):
            lever = _merge(given, lever, path.at(t, given.dtype), flag)
        now = given
        if plan.answer is not None and t >= plan.answer.since:
            now, lever = answered, plan.answer.lever(lever, t)
        record = quarter(now, t, lever, state or opening(given, lever), definition, every=every)
        state = record.state
        fired = [
            _fire(given, flag, trigger, record, given.one if trigger.after is None else fired[trigger.after])
            for flag, (trigger, _) in zip(fired, plan.branches, strict=True)
        ]
        yield record


AS_ANNOUNCED = 1


def _merge(given: Inputs, levers: Lever, others: Lever, flag: Array) -> Lever:
    """Return other levers in the runs where the flag is set."""
    on = flag > 0.0

    def pick(here: Array, there: Array) -> Array:
        if type(here) is float and type(there) is float and here == there:
            return here
        return given.xp.where(on, there, here + 0.0 * flag)

    return Lever(*(pick(here, there) for here, there in zip(levers, others, strict=True)))


def _fire(given: Inputs, flag: Array, trigger: Trigger, record: Quarter, allowed: Array) -> Array:
    if record.t < trigger.not_before:
        return flag
    value = EVERYTHING[trigger.outcome].of(given, record)
    if trigger.at_least is not None:
        flag = given.xp.where((value >= trigger.at_least) & (allowed > 0.0), 0.0 * flag + 1.0, flag)
    if trigger.at_most is not None:
        flag = given.xp.where((value <= trigger.at_most) & (allowed > 0.0), 0.0 * flag + 1.0, flag)
    return flag


def _by_year(row: list[Array], running: dict[str, Array], name: str, outcome: Outcome, given: Inputs, record: Quarter, q: int) -> None:
    if outcome.reduce == "end":
        if q == 3:
            row.append(outcome.of(given, record))
        return
    value = outcome.of(given, record)
    running[name] = running[name] + value if q else value
    if q == 3:
        row.append(running[name] if outcome.reduce == "sum" else 0.25 * running[name])


def _lawful(least: Array, rows: Mapping[str, list[Array]]) -> None:
    """Assert what no clip may hide: what is shipped to China was made, and every value is a number."""
    worst = on_host(least)
    if not (worst >= 0.0).all():
        broken = int((~(worst >= 0.0)).sum())
        message = f"in {broken} of {worst.size} runs more chips are shipped to China than were made, or a value is no number"
        raise BrokenLaw(message)
    for name, row in rows.items():
        if row and not np.isfinite(on_host(row[-1])).all():
            message = f"{name} is no number in some runs"
            raise BrokenLaw(message)
