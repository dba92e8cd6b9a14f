"""Search lever paths for what no other path beats on every objective, by NSGA-II, and hold the front against fresh draws.

Deb, Pratap, Agarwal and Meyarivan, A fast and elitist multiobjective genetic algorithm: NSGA-II, IEEE Transactions on Evolutionary
Computation 6 (2002) 182-197, as pymoo has it. All candidates meet the same draws and chances.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from thalweg.evidence import BadInput
from thalweg.scenarios.inputs import Inputs, prepare
from thalweg.scenarios.levers import LeverPath
from thalweg.scenarios.search.checkpoint import Evaluated, load, question_of, save
from thalweg.scenarios.search.objective import DEFAULT, Objective
from thalweg.scenarios.search.space import Space
from thalweg.scenarios.simulate import Plan, simulate
from thalweg.scenarios.study import BLOCK, Study, blocks, plan_at

Progress = Callable[[int, int, int], None]
"""Called after each generation with the candidates done, those to do, and the size of the front."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A path on the front: what it sets, its objectives on the draws of the search and on fresh ones, and whether it still stands there.

    ``fresh_low`` and ``fresh_high`` bound the middle 90% of the fresh draws for each objective.
    """

    settings: dict[str, float | str]
    positions: tuple[int, ...]
    found: tuple[float, ...]
    fresh: tuple[float, ...]
    fresh_low: tuple[float, ...]
    fresh_high: tuple[float, ...]
    stands: bool


@dataclass(frozen=True, slots=True)
class Front:
    """The paths that no other candidate beats on every objective, and how far the draws of the search flattered them.

    Of a front with more paths than the population, that many are kept that lie far apart; ``size`` is that of the whole front.
    ``optimism`` is the mean over these of found less fresh, in the direction of better, for each objective in its unit. ``evaluated``
    holds all candidates that were looked at.
    """

    objectives: tuple[Objective, ...]
    candidates: tuple[Candidate, ...]
    optimism: tuple[float, ...]
    size: int
    evaluated: Evaluated
    draws: int
    fresh: int
    seed: int
    values: Mapping[str, np.ndarray] = field(default_factory=dict, compare=False, repr=False)
    """The fresh draws, (fresh,) by name of estimate or switch."""
    best: np.ndarray = field(default_factory=lambda: np.empty((0, 0)), compare=False, repr=False)
    """Each objective over the fresh draws, of the path that is best in it there, (objectives, fresh)."""


def search(
    study: Study,
    space: Space,
    objectives: Sequence[Objective] = DEFAULT,
    *,
    seed: int,
    candidates: int = 10_000,
    population: int = 100,
    draws: int = 200,
    fresh: int = 2_000,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
) -> Front:
    """Return the front of a search.

    Args:
        study: estimates, history, definition, anchor and fixed values; of its plan what stood before the levers, and its triggers, count.
        space: levers and thresholds to look through.
        objectives: at least two.
        seed: of the search and of its draws; the fresh draws are under the next seed.
        candidates: to evaluate in all, no fewer than the population.
        population: kept from one generation to the next, an even number from 4 on.
        draws: that each candidate meets.
        fresh: draws on which the front is looked at again.
        checkpoint: file in which what was evaluated is kept; a search that finds one goes on from it.
        progress: called after each generation.

    Raises:
        BadInput: numbers that do not fit together, a checkpoint of another search, or pymoo not installed.
        BrokenLaw: as ``simulate``.

    """
    wanted = tuple(objectives)
    _refuse(wanted, candidates, population, draws, fresh)
    value = _Evaluation(study, space, wanted, draws, seed)
    question = question_of(*value.depends_on(), seed, candidates, population)
    held = load(checkpoint, question) if checkpoint else None
    algorithm, tell = _nsga2(space, population, len(wanted), seed)
    signs = np.array([o.sign for o in wanted])
    seen: list[tuple[np.ndarray, np.ndarray]] = []
    done = 0
    while done < candidates:
        offspring = algorithm.ask()
        if offspring is None or len(offspring) == 0:
            break  # nothing new is left in the space
        rows = offspring.get("X").astype(np.int64)
        scores = _held(held, rows, done, checkpoint)
        known = scores is not None
        scores = value(rows) if scores is None else scores
        tell(offspring, scores * signs)
        seen.append((rows, scores))
        done += len(rows)
        if checkpoint and not known:
            save(checkpoint, question, _all(seen))
        if progress:
            progress(done, candidates, int((algorithm.pop.get("rank") == 0).sum()))
    return _front(value, _all(seen), most=population, fresh=fresh, seed=seed)


def _refuse(objectives: tuple[Objective, ...], candidates: int, population: int, draws: int, fresh: int) -> None:
    if len(objectives) < 2:
        raise BadInput("a search needs at least two objectives: with one there is no trade-off to find")
    if population < 4 or population % 2:
        raise BadInput(f"population: {population} given; an even number from 4 on is needed")
    if candidates < population:
        raise BadInput(f"candidates: {candidates} given; at least the population of {population} is needed")
    if draws < 1 or fresh < 1:
        raise BadInput(f"draws: {draws}, fresh: {fresh}; at least one of each is needed")


class _Evaluation:
    """Objectives of candidates over the same draws, several candidates in one block of runs."""

    def __init__(self, study: Study, space: Space, objectives: tuple[Objective, ...], draws: int, seed: int) -> None:
        self.study, self.space, self.objectives, self.draws = study, space, objectives, draws
        self.values = study.values(study.uniforms(draws, seed))
        self.chances = study.chances(draws, seed)
        self.outcomes = tuple(dict.fromkeys(name for o in objectives for name in o.outcomes))
        self.plan = plan_at(study.plan, self.values)
        self.prepared: dict[int, Inputs] = {}

    def depends_on(self) -> tuple[Any, ...]:
        """Return everything that the objectives of a candidate hang on."""
        s, space = self.study, self.space
        thresholds = space.thresholds.at(self.values) if space.thresholds else {}
        tables: list[Mapping[str, Any]] = [self.values, s.history.medians, space.base_at(self.values).values, thresholds]
        tables.append(self.plan.before.values if self.plan.before else {})
        tables.extend(path.values for _, path in self.plan.branches)
        return (
            (s.estimates.sha256, s.estimates.overlays, s.definition, s.anchor, np.dtype(s.dtype).str, self.draws, self.objectives),
            (space.dimensions, space.starts, space.thresholds.names if space.thresholds else ()),
            tuple(trigger for trigger, _ in self.plan.branches),
            *(part for table in tables for name, row in sorted(table.items()) for part in (name, np.asarray(row))),
        )

    def inputs(self, count: int) -> Inputs:
        """Return the draws as often as there are candidates, prepared once for each count."""
        if count not in self.prepared:
            values = {name: np.tile(row, count) for name, row in self.values.items()}
            chances = {name: np.tile(row, count) for name, row in self.chances.items()}
            self.prepared[count] = prepare(values, chances, self.study.history, dtype=self.study.dtype)
        return self.prepared[count]

    def each(self, rows: np.ndarray) -> np.ndarray:
        """Return every objective in every draw, (objectives, candidates, draws)."""
        parts = []
        for cut in blocks(len(rows), max(1, BLOCK // self.draws)):
            chunk = rows[cut]
            plan = self._planned(chunk)
            yearly = simulate(self.inputs(len(chunk)), plan, outcomes=self.outcomes, quarterly=(), definition=self.study.definition).yearly
            parts.append(np.stack([o.of(yearly).reshape(len(chunk), self.draws) for o in self.objectives]))
        return np.concatenate(parts, axis=1)

    def _planned(self, rows: np.ndarray) -> Plan:
        """Return candidates as one plan, with what stood before and the triggers of the study's."""

        def every(path: LeverPath) -> LeverPath:
            return LeverPath({name: np.tile(row, (1, len(rows))) if row.ndim == 2 else row for name, row in path.values.items()})

        before = self.plan.before
        branches = tuple((trigger, every(path)) for trigger, path in self.plan.branches)
        return Plan(self.space.paths(rows, self.draws, self.values), every(before) if before else None, branches)

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Return the objectives of candidates, (candidates, objectives), in their own units."""
        every = self.each(rows)
        return np.stack([o.over_draws(row) for o, row in zip(self.objectives, every, strict=True)], axis=1)


def _nsga2(space: Space, population: int, objectives: int, seed: int) -> tuple[Any, Callable[[Any, np.ndarray], None]]:
    """Return pymoo's algorithm over grid positions, to be asked and told, and what writes objectives into its offspring."""
    try:
        from pymoo.algorithms.moo.nsga2 import NSGA2
        from pymoo.config import Config
        from pymoo.core.evaluator import Evaluator
        from pymoo.core.problem import Problem
        from pymoo.operators.crossover.sbx import SBX
        from pymoo.operators.mutation.pm import PM
        from pymoo.operators.repair.rounding import RoundingRepair
        from pymoo.operators.sampling.rnd import IntegerRandomSampling
        from pymoo.problems.static import StaticProblem
        from pymoo.termination import get_termination
    except ImportError as error:
        raise BadInput("a search needs pymoo: pip install 'thalweg[search]'") from error
    Config.show_compile_hint = False  # what it says on the terminal is about a speed that does not count here
    sizes = space.sizes
    problem = Problem(n_var=len(sizes), n_obj=objectives, xl=np.zeros(len(sizes), dtype=int), xu=sizes - 1, vtype=int)
    algorithm = NSGA2(
        pop_size=population,
        sampling=IntegerRandomSampling(),
        crossover=SBX(prob=0.9, eta=3.0, vtype=float, repair=RoundingRepair()),
        mutation=PM(eta=3.0, vtype=float, repair=RoundingRepair()),
        eliminate_duplicates=True,
        seed=seed,
    )
    algorithm.setup(problem, termination=get_termination("n_gen", np.inf))

    def tell(offspring: Any, scores: np.ndarray) -> None:
        Evaluator().eval(StaticProblem(problem, F=scores), offspring)
        algorithm.tell(infills=offspring)

    return algorithm, tell


def _held(held: Evaluated | None, rows: np.ndarray, done: int, path: Path | None) -> np.ndarray | None:
    """Return objectives from the checkpoint, or None where it does not reach."""
    if held is None or done + len(rows) > len(held.candidates):
        return None
    if not np.array_equal(held.candidates[done : done + len(rows)], rows):
        raise BadInput(f"checkpoint {path} was written by another version of the search; remove it to start anew")
    return held.objectives[done : done + len(rows)]


def _all(seen: list[tuple[np.ndarray, np.ndarray]]) -> Evaluated:
    return Evaluated(np.concatenate([rows for rows, _ in seen]), np.concatenate([scores for _, scores in seen]))


def undominated(scores: np.ndarray) -> np.ndarray:
    """Say which rows (n, objectives), small being better, no other row equals or beats everywhere and beats somewhere."""
    keep = np.ones(len(scores), dtype=bool)
    for i in np.lexsort(scores.T[::-1]):
        if keep[i]:
            beaten = (scores[i] <= scores).all(axis=1) & (scores[i] < scores).any(axis=1)
            keep &= ~beaten
    return keep


def spread_out(scores: np.ndarray, most: int) -> np.ndarray:
    """Return the places of at most so many rows that lie far apart: the ends of each objective, then again and again the farthest."""
    if len(scores) <= most:
        return np.arange(len(scores))
    width = np.ptp(scores, axis=0)
    unit = (scores - scores.min(axis=0)) / np.where(width > 0.0, width, 1.0)
    chosen = list(dict.fromkeys([*unit.argmin(axis=0).tolist(), *unit.argmax(axis=0).tolist()]))[:most]
    away = np.min([((unit - unit[i]) ** 2).sum(axis=1) for i in chosen], axis=0)
    while len(chosen) < most:
        chosen.append(int(away.argmax()))
        away = np.minimum(away, ((unit - unit[chosen[-1]]) ** 2).sum(axis=1))
    return np.array(sorted(chosen))


def _front(evaluation: _Evaluation, evaluated: Evaluated, *, most: int, fresh: int, seed: int) -> Front:
    """Return the front of all candidates ever looked at, measured again on fresh draws."""
    objectives = evaluation.objectives
    signs = np.array([o.sign for o in objectives])
    rows, first = np.unique(evaluated.candidates, axis=0, return_index=True)
    scores = evaluated.objectives[first]
    best = undominated(scores * signs)
    rows, scores = rows[best], scores[best]
    size = len(rows)
    few = spread_out(scores, most)
    rows, scores = rows[few], scores[few]
    order = np.lexsort((scores * signs).T[::-1])
    rows, scores = rows[order], scores[order]
    again = _Evaluation(evaluation.study, evaluation.space, objectives, fresh, seed + 1)
    parts = [again.each(row[None])[:, 0] for row in rows]  # (objectives, draws) of each path
    fresh_scores = np.array([[o.over_draws(part[k][None])[0] for k, o in enumerate(objectives)] for part in parts])
    bounds = np.array([np.quantile(part, (0.05, 0.95), axis=1) for part in parts])
    stands = undominated(fresh_scores * signs)
    found = []
    for row, score, now, (low, high), stand in zip(rows, scores, fresh_scores, bounds, stands, strict=True):
        numbers = [tuple(float(v) for v in values) for values in (score, now, low, high)]
        places = tuple(int(i) for i in row)
        found.append(Candidate(evaluation.space.settings(row), places, numbers[0], numbers[1], numbers[2], numbers[3], bool(stand)))
    leading = np.stack([parts[i][k] for k, i in enumerate((fresh_scores * signs).argmin(axis=0))])
    optimism = tuple(float(v) for v in ((fresh_scores - scores) * signs).mean(axis=0))
    return Front(objectives, tuple(found), optimism, size, evaluated, evaluation.draws, fresh, seed, again.values, leading)
