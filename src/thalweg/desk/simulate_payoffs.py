"""Play policies against named strategies of Beijing and of allies: payoffs, the worst reply to each, minimax, and how sure that is."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from thalweg.desk.packs import Overlays
from thalweg.desk.policies import WORDS, Ready
from thalweg.desk.scenarios_asked import Asked
from thalweg.desk.simulate import significant
from thalweg.desk.simulate_aims import Better
from thalweg.desk.simulate_payoffs_model import Cell, Choice, Payoffs, Reply, Rule, StrategyShown
from thalweg.pack.policies_model import Strategy
from thalweg.pack.responses import Strategies, load_responses
from thalweg.scenarios.ensemble import Ensemble as Draws
from thalweg.scenarios.inputs import Inputs
from thalweg.scenarios.outcomes import EVERYTHING
from thalweg.scenarios.quarters import YEARS, index
from thalweg.scenarios.responses import Answer, Response
from thalweg.scenarios.simulate import BrokenLaw, Plan, simulate

ASKED_FOR: Final = ("compute_ratio", "lag", "self_sufficiency", "revenue", "rd_change")
"""Security, then innovation: the outcomes that are played for where none are named."""
MOST_RUNS: Final = 2000
"""Runs of a comparison that the table is worked out on, the first ones; enough for the means that it holds (judgement)."""
RESAMPLES: Final = 400
BATCHES: Final = 1000
"""Batches of runs that are resampled."""
SETTLED: Final = 0.95
"""A choice that fewer resamples make again is called too close to call (judgement)."""
ANY: Final = "any"


@dataclass(frozen=True, slots=True)
class _Played:
    """Payoffs by outcome and year (targets), policy, strategies of Beijing and of allies, and run."""

    values: np.ndarray
    """(targets, policies, Beijing's, allies', runs), turned so that more is better."""
    sign: np.ndarray
    """(targets,)."""


def payoffs(
    question: Asked,
    policies: Sequence[Ready],
    *,
    outcomes: Sequence[str],
    years: Sequence[int],
    sides: Mapping[str, Better],
    strategies: Strategies,
) -> Payoffs | None:
    """Return the payoffs of policies under every pair of strategies, or None where no outcome has a better side.

    Args:
        question: what was asked; its draws are shared, so that policies and strategies meet the same chances.
        policies: two or more.
        outcomes: that are played for; those without a better side are left out.
        years: of the outcomes.
        sides: the better side of each outcome, which others are taken to work against.
        strategies: of Beijing and of allies.
    """
    names = tuple(name for name in outcomes if name in sides)
    if not names:
        return None
    since = max(p.policy.starts for p in policies)
    draws = _first(question.draws(), MOST_RUNS)
    raised = {x.id: _raised(question, x) for x in (*strategies.beijing, *strategies.allies)}
    found = _Game(question, policies, names, tuple(years), strategies, raised, index(since)).play(draws)
    sign = np.array([1.0 if sides[name] == "higher" else -1.0 for name in names for _ in years])
    played = _Played(found.values * sign[:, None, None, None, None], sign)
    targets = [(name, year) for name in names for year in years]
    ids = [p.policy.id for p in policies]
    beijing = [x for x in strategies.beijing if x.id not in found.not_run]
    allies = list(strategies.allies)
    weights = _resamples(played.values.shape[-1], question.seed)
    means = played.values.mean(axis=-1)
    again = np.stack([_batched(played.values[i]) @ weights for i in range(len(targets))])
    shown = [x.id for x in beijing], [x.id for x in allies]
    return Payoffs(
        since=since,
        runs=draws.runs,
        outcomes=list(names),
        units={name: _unit(name) for name in names},
        better={name: sides[name] for name in names},
        policies=ids,
        beijing=[_shown(x, raised[x.id]) for x in beijing],
        allies=[_shown(x, raised[x.id]) for x in allies],
        cells=list(_cells(played, targets, ids, shown)),
        replies=list(_replies(played, means, again, targets, ids, shown)),
        choices=list(_choices(means, again, targets, ids, shown, sign)),
        not_run=found.not_run,
    )


def strategies_of(pack: str | Path | None, overlays: Overlays) -> Strategies | None:
    """Return the strategies of a pack and of overlays, None where there are none.

    Raises:
        PackError: with file and line, if one does not hold to its format.
    """
    return load_responses(WORDS, root=None if pack is None else Path(pack).resolve(), overlays=overlays)


@dataclass(frozen=True, slots=True)
class _Found:
    values: np.ndarray
    not_run: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Game:
    """Policies and strategies, to be played on draws."""

    question: Asked
    policies: Sequence[Ready]
    outcomes: tuple[str, ...]
    years: tuple[int, ...]
    strategies: Strategies
    raised: Mapping[str, Mapping[str, float]]
    since: int

    def play(self, draws: Draws) -> _Found:
        """Return the values, (targets, policies, Beijing's, allies', runs), of every strategy of Beijing that can be run."""
        beijing, allies = self.strategies.beijing, self.strategies.allies
        size = len(self.outcomes) * len(self.years), len(self.policies), len(beijing), len(allies), draws.runs
        values = np.empty(size)
        not_run: dict[str, str] = {}
        start = 0
        for block in draws:
            runs = slice(start, min(start + draws.size, draws.runs))
            for p, policy in enumerate(self.policies):
                plan = policy.plan(draws.draws, runs=runs)
                for (b, one), (a, other) in itertools.product(enumerate(beijing), enumerate(allies)):
                    if one.id in not_run:
                        continue
                    try:
                        values[:, p, b, a, runs] = self.outcomes_of(block, plan, one, other)
                    except BrokenLaw as error:  # numbers that cannot be together; said, not hidden
                        if one.drawn:
                            raise
                        not_run[one.id] = str(error)
            start = runs.stop
        return _Found(values[:, :, [x.id not in not_run for x in beijing]], not_run)

    def outcomes_of(self, block: Inputs, plan: Plan, *strategies: Strategy) -> np.ndarray:
        """Return the outcomes of a block under strategies, (targets, runs)."""
        responses = tuple(self.response(x) for x in strategies if not x.drawn)
        if responses:
            plan = dataclasses.replace(plan, answer=Answer(self.since, responses))
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            result = simulate(block, plan, outcomes=self.outcomes, quarterly=(), definition=self.question.counted)
        rows = [year - YEARS[0] for year in self.years]
        return np.concatenate([result.yearly[name][rows] for name in self.outcomes])

    def response(self, x: Strategy) -> Response:
        """Return a strategy as the engine takes it."""
        given: dict[str, Any] = {k: getattr(x, k) for k in ("imports", "retaliation", "deals") if getattr(x, k)}
        return Response(**given, buys_ahead=x.buys_ahead, at_least=self.raised[x.id], factors=x.levers)


def _first(draws: Draws, most: int) -> Draws:
    """Return the first runs of an ensemble, which are those that fewer runs of the same draws would be."""
    if draws.runs <= most:
        return draws
    return dataclasses.replace(draws, draws={k: v[:most] for k, v in draws.draws.items()}, runs=most)


def _raised(question: Asked, x: Strategy) -> dict[str, float]:
    """Return the values to which a strategy raises estimates; one that the user holds at a value stays there."""
    found = {}
    for name, quantile in x.raises.items():
        if name in question.estimates.estimates and name not in question.fixed:
            value = question.estimates.estimates[name].of(question.anchor)
            found[name] = significant(float(value.distribution.ppf(np.array([quantile]))[0]))
    return found


def _shown(x: Strategy, raised: Mapping[str, float]) -> StrategyShown:
    return StrategyShown(
        id=x.id,
        who=x.who,
        title=x.title,
        meaning=x.meaning,
        drawn=x.drawn,
        raised=dict(raised),
        basis=x.basis,
        sources=[dict(s) for s in x.sources],
        note=x.note,
    )


def _unit(name: str) -> str:
    row = EVERYTHING[name]
    return row.unit.replace("/quarter", "/year") if row.reduce == "sum" else row.unit


def _batched(values: np.ndarray) -> np.ndarray:
    """Return means over batches of runs, (..., batches); a few runs at the end may be left out."""
    runs = values.shape[-1]
    count = min(runs, BATCHES)
    size = runs // count
    return np.asarray(values[..., : count * size].reshape(*values.shape[:-1], count, size).mean(axis=-1))


def _resamples(runs: int, seed: int) -> np.ndarray:
    """Return weights of batches, (batches, resamples), each column a resample with replacement."""
    count = min(runs, BATCHES)
    rng = np.random.Generator(np.random.PCG64DXSM(np.random.SeedSequence([seed, 0x7061796F])))
    return rng.multinomial(count, np.full(count, 1.0 / count), size=RESAMPLES).T / count


Targets = Sequence[tuple[str, int]]
Ids = tuple[Sequence[str], Sequence[str]]


def _cells(played: _Played, targets: Targets, policies: Sequence[str], ids: Ids) -> Iterator[Cell]:
    for i, (outcome, year) in enumerate(targets):
        for (p, policy), (b, beijing), (a, allies) in itertools.product(enumerate(policies), enumerate(ids[0]), enumerate(ids[1])):
            x = played.values[i, p, b, a] * played.sign[i]
            low, middle, high = np.quantile(x, (0.05, 0.5, 0.95))
            numbers = {"mean": x.mean(), "error": _error(x), "p5": low, "p50": middle, "p95": high}
            rounded = {k: significant(float(v)) for k, v in numbers.items()}
            yield Cell(policy=policy, beijing=beijing, allies=allies, outcome=outcome, year=year, **rounded)


def _error(x: np.ndarray) -> float:
    return float(x.std(ddof=1) / np.sqrt(x.size)) if x.size > 1 else 0.0


def _replies(played: _Played, means: np.ndarray, again: np.ndarray, targets: Targets, policies: Sequence[str], ids: Ids) -> Iterator[Reply]:
    """Yield for each policy and outcome the strategy of Beijing that is worst for it, with allies as asked."""
    for (i, (outcome, year)), (p, policy) in itertools.product(enumerate(targets), enumerate(policies)):
        order = np.argsort(means[i, p, :, 0], kind="stable")
        worst = int(order[0])
        gap = played.values[i, p, order[1], 0] - played.values[i, p, worst, 0] if len(order) > 1 else np.zeros(1)
        alike = not bool((np.ptp(means[i, p, :, 0])) > 0)
        yield Reply(
            policy=policy,
            outcome=outcome,
            year=year,
            beijing=ids[0][worst],
            mean=significant(float(means[i, p, worst, 0] * played.sign[i])),
            runner_up="" if alike or len(order) < 2 else ids[0][int(order[1])],
            behind=significant(float(gap.mean())),
            error=significant(_error(gap)),
            stands=1.0 if alike else significant(float((again[i, p, :, 0].argmin(axis=0) == worst).mean())),
        )


def _choices(
    means: np.ndarray, again: np.ndarray, targets: Targets, policies: Sequence[str], ids: Ids, sign: np.ndarray
) -> Iterator[Choice]:
    """Yield what each rule picks: over Beijing's strategies with allies as asked, then over those of both."""
    for i, (outcome, year) in enumerate(targets):
        for allies in (ids[1][0], ANY):
            columns = slice(0, 1) if allies != ANY else slice(None)
            table = means[i][:, :, columns].reshape(len(policies), -1)
            tables = again[i][:, :, columns].reshape(len(policies), table.shape[1], -1)
            names = [b if allies != ANY else f"{b}, {a}" for b in ids[0] for a in (ids[1][:1] if allies != ANY else ids[1])]
            rules: tuple[Rule, Rule] = ("minimax", "minimax regret")
            for rule in rules:
                regret = rule == "minimax regret"
                scores = _scores(table, regret=regret)
                worst = scores.max(axis=1)
                chosen = int(worst.argmin())
                redone = _scores(tables, regret=regret).max(axis=1)
                picks = redone.argmin(axis=0)
                level = _scores(tables, regret=True).max(axis=1)[chosen] == 0
                same = bool(np.ptp(worst) == 0)
                stands = 1.0 if same else float((picks == chosen).mean())
                turned = 1.0 if regret else -float(sign[i])
                numbers = {policy: significant(float(x) * turned) for policy, x in zip(policies, worst, strict=True)}
                yield Choice(
                    outcome=outcome,
                    year=year,
                    rule=rule,
                    allies=allies,
                    policy=policies[chosen],
                    value=numbers.pop(policies[chosen]),
                    worst="" if regret and worst[chosen] == 0 else names[int(scores[chosen].argmax())],
                    others=numbers,
                    stands=significant(stands),
                    never_behind=significant(float(level.mean())),
                    settled=stands >= SETTLED,
                    same=same,
                )


def _scores(table: np.ndarray, *, regret: bool) -> np.ndarray:
    """Return what a rule makes small, policies by strategies [by resamples]: the regret, or the payoff turned around."""
    return np.asarray(table.max(axis=0, keepdims=True) - table if regret else -table)
