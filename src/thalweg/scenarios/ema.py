"""The model as a model of the EMA Workbench: its uncertainties, levers and outcomes, one run at a time or many at once.

    from ema_workbench import perform_experiments
    from thalweg.scenarios.ema import BlockEvaluator, ema_model

    model = ema_model(study, levers=(Dimension("E", 5.5e7, 5.5e8),), start="2027Q1")
    experiments, outcomes = perform_experiments(model, scenarios=1000, policies=4, evaluator=BlockEvaluator(model))

The workbench draws uncertainties independently. Declared correlations therefore hold only where the uncertainties are given to it as
probabilities (``as_probabilities=True``), which the model turns into correlated values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

import numpy as np

from thalweg.evidence import BadInput
from thalweg.evidence.distribution import Distribution
from thalweg.scenarios.inputs import prepare
from thalweg.scenarios.levers import LeverPath, lever_path
from thalweg.scenarios.quarters import LABELS, YEARS, index
from thalweg.scenarios.search.space import Dimension
from thalweg.scenarios.simulate import Plan, simulate
from thalweg.scenarios.study import BLOCK, Study, blocks, plan_at, varying

try:
    from ema_workbench import CategoricalParameter, IntegerParameter, Model, RealParameter, ScalarOutcome
    from ema_workbench.em_framework.evaluators import BaseEvaluator
    from ema_workbench.em_framework.points import experiment_generator
    from scipy.stats import rv_continuous
except ImportError as error:  # pragma: no cover
    raise ImportError("the EMA Workbench is not installed: pip install 'thalweg[ema,scenarios]'") from error

CHANCES: Final = "chances"
"""The uncertainty that says which draw of all chances a run meets."""
CUT: Final = 1e-3
"""What is cut off each end of a distribution: the workbench needs finite bounds."""


class Cut(rv_continuous):  # type: ignore[misc]  # SciPy ships no types
    """A distribution of an estimate as SciPy's, without the outermost thousandth on each side."""

    def __init__(self, of: Distribution, **settings: Any) -> None:
        self.of = of
        low, high = (float(x) for x in of.ppf(np.array([CUT, 1.0 - CUT])))
        super().__init__(**settings | {"a": low, "b": high, "name": of.kind})

    def _updated_ctor_param(self) -> dict[str, Any]:
        return {**super()._updated_ctor_param(), "of": self.of}

    def _ppf(self, q: Any) -> Any:
        return self.of.ppf(CUT + (1.0 - 2 * CUT) * np.asarray(q, dtype=np.float64))

    def _cdf(self, x: Any) -> Any:
        return (self.of.cdf(np.asarray(x, dtype=np.float64)) - CUT) / (1.0 - 2 * CUT)


class Runs:
    """The model as a function of an experiment: keywords in, outcomes by name out; ``many`` takes several at once."""

    def __init__(self, study: Study, levers: Sequence[str], start: int, *, as_probabilities: bool, chances: int, seed: int) -> None:
        self.study, self.levers, self.start, self.as_probabilities = study, tuple(levers), start, as_probabilities
        self.middle = dict.fromkeys(study.uniforms(1, seed), 0.5)
        self.chances = study.chances(chances, seed)
        self.names = {t: f"{t.outcome}_{t.year}" for t in study.targets}

    def __call__(self, **experiment: Any) -> dict[str, float]:
        """Return the outcomes of one run, from plain numbers and no arrays."""
        values, path, chance = self._read([experiment], scalar=True)
        given = prepare(values, {name: row[:, chance] for name, row in self.chances.items()}, self.study.history, to_array=float)
        return {name: float(row[0]) for name, row in self._outcomes(given, path).items()}

    def many(self, experiments: Sequence[Mapping[str, Any]]) -> dict[str, np.ndarray]:
        """Return the outcomes of several runs, each (runs,)."""
        parts = []
        for cut in blocks(len(experiments), BLOCK):
            values, path, chance = self._read(experiments[cut], scalar=False)
            events = {name: row[:, chance] for name, row in self.chances.items()}
            parts.append(self._outcomes(prepare(values, events, self.study.history, dtype=self.study.dtype), path))
        return {name: np.concatenate([part[name] for part in parts]) for name in self.names.values()}

    def _read(self, experiments: Sequence[Mapping[str, Any]], *, scalar: bool) -> tuple[dict[str, np.ndarray], Any, np.ndarray]:
        """Return values, lever path and chances of experiments; what an experiment leaves out stands at its middle or base."""
        study, count = self.study, len(experiments)
        names = [name for name in experiments[0] if name not in (*self.levers, CHANCES)]
        given: dict[str, np.ndarray] = {}
        for name in names:
            column = [e[name] for e in experiments]
            if name in study.estimates.switches:
                column = [study.estimates.switches[name].number(v) for v in column]
            given[name] = np.asarray(column, dtype=np.float64)
        numbers = {name: row for name, row in given.items() if self.as_probabilities and name not in study.estimates.switches}
        u = {name: np.clip(row, 2.0**-54, 1 - 2.0**-53) for name, row in numbers.items()}
        held = {name: row for name, row in given.items() if name not in numbers}
        middle = {name: np.full(count, at) for name, at in self.middle.items()} | u
        fixed = replace(study, fixed={**study.fixed, **held})
        values = fixed.values(middle)
        plan = plan_at(study.plan, values)
        base = plan.levers
        set_to = {}
        for name in self.levers:
            setting = [e.get(name) for e in experiments]
            if any(v is not None for v in setting):
                path = np.array(np.broadcast_to(base.values[name].reshape(len(LABELS), -1), (len(LABELS), count)))
                for run, value in enumerate(setting):
                    path[self.start :, run] = path[self.start :, run] if value is None else value
                set_to[name] = path
        chance = np.array([int(e.get(CHANCES, 0)) for e in experiments])
        plan = Plan(lever_path(base, **set_to), plan.before, plan.branches)
        return values, _of_one(plan) if scalar else plan, chance

    def _outcomes(self, given: Any, plan: Plan) -> dict[str, np.ndarray]:
        yearly = simulate(given, plan, outcomes=self.study.outcomes, quarterly=(), definition=self.study.definition).yearly
        return {name: yearly[t.outcome][t.year - YEARS[0]] for t, name in self.names.items()}


def _of_one(plan: Plan) -> Plan:
    """Return a plan for one run with its paths as plain numbers by quarter."""

    def plain(path: LeverPath) -> LeverPath:
        return LeverPath({name: row[:, 0] if row.ndim == 2 else row for name, row in path.values.items()})

    return Plan(plain(plan.levers), plain(plan.before) if plan.before else None, tuple((t, plain(path)) for t, path in plan.branches))


def ema_model(
    study: Study,
    *,
    levers: Iterable[Dimension] = (),
    start: str = "2027Q1",
    better: Mapping[str, Literal["higher", "lower"]] | None = None,
    as_probabilities: bool = False,
    chances: int = 1_000,
    seed: int = 0,
    name: str = "thalweg",
) -> Any:
    """Return the model for the EMA Workbench.

    Args:
        study: estimates, the policy that holds before the levers and without them, outcomes and years; each pair is a scalar outcome
            named ``outcome_year``.
        levers: each with its range; a lever of the workbench, in force from ``start`` on.
        start: quarter from which the levers hold.
        better: for an optimisation, which outcomes are better ``higher`` or ``lower``, by ``outcome_year``.
        as_probabilities: uncertainties run from 0 to 1 and are read off their correlated distributions; else they are the estimates'
            own values, within their distributions less a thousandth at each end.
        chances: draws of all chances, of which the uncertainty ``chances`` picks one.
        seed: of the chances.
        name: of the model.

    Raises:
        BadInput: a study of differences, an unknown outcome, or no quarter.

    """
    if study.against is not None:
        raise BadInput("the EMA Workbench compares policies itself: give a study of one policy")
    dimensions = tuple(levers)
    runs = Runs(study, [d.lever for d in dimensions], index(start), as_probabilities=as_probabilities, chances=chances, seed=seed)
    wanted = dict(better or {})
    for outcome in wanted:
        if outcome not in runs.names.values():
            raise BadInput(f"better: no outcome {outcome!r} of the study; write outcome_year, such as {next(iter(runs.names.values()))}")
    kinds = {"higher": ScalarOutcome.MAXIMIZE, "lower": ScalarOutcome.MINIMIZE, None: ScalarOutcome.INFO}
    model = Model(name, function=runs)
    model.uncertainties = [*_uncertainties(study, as_probabilities=as_probabilities), IntegerParameter(CHANCES, 0, chances - 1, default=0)]
    model.levers = [RealParameter(d.lever, d.low, d.high) for d in dimensions]
    model.outcomes = [ScalarOutcome(o, kind=kinds[wanted.get(o)]) for o in runs.names.values()]
    return model


def _uncertainties(study: Study, *, as_probabilities: bool) -> list[Any]:
    estimates = study.estimates
    found: list[Any] = []
    for name in varying(study.values(study.uniforms(64, 0))):
        if name in estimates.switches:
            found.append(CategoricalParameter(name, [o.name for o in estimates.switches[name].options]))
        elif as_probabilities:
            found.append(RealParameter(name, 0.0, 1.0))
        else:
            found.append(RealParameter.from_dist(name, Cut(estimates[name].of(study.anchor).distribution)()))
    return found


class BlockEvaluator(BaseEvaluator):  # type: ignore[misc]  # the workbench ships no types
    """An evaluator of the workbench that runs all experiments at once instead of one after the other."""

    def initialize(self) -> None:
        """Start nothing: there is no pool."""

    def finalize(self) -> None:
        """End nothing."""

    def evaluate_experiments(
        self, scenarios: Any, policies: Any, callback: Callable[[Any, Any], None], combine: str = "factorial", **_: Any
    ) -> None:
        """Run the experiments and hand each outcome to the workbench."""
        every = list(experiment_generator(scenarios, self._msis, policies, combine=combine))
        for model in self._msis:
            mine = [e for e in every if e.model_name == model.name]
            constants = {c.name: c.value for c in model.constants}
            if not mine:
                continue
            found = model.function.many([{**constants, **e.scenario, **_levers(e.policy)} for e in mine])
            for i, experiment in enumerate(mine):
                model.outcomes_output = {name: float(row[i]) for name, row in found.items()}
                callback(experiment, dict(model.outcomes_output))
                model.reset_model()


def _levers(policy: Any) -> dict[str, Any]:
    return {name: value for name, value in policy.items() if value is not None}
