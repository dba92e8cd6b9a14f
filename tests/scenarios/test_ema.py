"""The model driven by the EMA Workbench."""

from __future__ import annotations

import copy
import warnings

import numpy as np
import pytest

from thalweg.evidence import BadInput
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import Plan, lever_path, prepare, simulate
from thalweg.scenarios.search import Dimension
from thalweg.scenarios.study import Study, varying

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of what the workbench imports
    ema_workbench = pytest.importorskip("ema_workbench", reason="the extra 'ema' is not installed")
    from ema_workbench.analysis.prim import Prim

    from thalweg.scenarios.ema import CHANCES, BlockEvaluator, Cut, ema_model

pytestmark = pytest.mark.filterwarnings("ignore")

LEVERS = (Dimension("E", 5.5e7, 5.5e8), Dimension("a", 0.0, 1.0))


@pytest.fixture(scope="module")
def study(history, enforced):
    return Study(
        load_estimates(), Plan(enforced), outcomes=("lag", "flow_grey", "premium"), years=(2028, 2030), history=history, dtype=np.float64
    )


@pytest.fixture
def seeded():
    """The workbench draws from NumPy's global numbers; they are put back afterwards."""
    before = np.random.get_state()  # noqa: NPY002
    yield np.random.seed
    np.random.set_state(before)  # noqa: NPY002


def perform(model, evaluator=None, scenarios=20, policies=2):
    return ema_workbench.perform_experiments(model, scenarios=scenarios, policies=policies, evaluator=evaluator)


@pytest.mark.parametrize("as_probabilities", [False, True])
def test_one_run_at_a_time_and_all_at_once_give_the_same(study, seeded, as_probabilities):
    model = ema_model(study, levers=LEVERS, as_probabilities=as_probabilities)
    seeded(1)
    experiments, one = perform(model)
    seeded(1)
    again, many = perform(model, BlockEvaluator(model))
    assert np.array_equal(experiments["phi"], again["phi"])
    assert set(one) == {f"{outcome}_{year}" for outcome in ("lag", "flow_grey", "premium") for year in (2028, 2030)}
    for name, row in one.items():
        assert many[name] == pytest.approx(row, rel=1e-9)


def test_an_experiment_is_the_run_of_the_model_with_these_values_levers_and_chances(study, seeded, enforced):
    model = ema_model(study, levers=LEVERS, start="2028Q1", seed=5)
    seeded(2)
    experiments, outcomes = perform(model, BlockEvaluator(model), scenarios=3)
    for i, row in enumerate(experiments.to_dict("records")):
        fixed = {name: row[name] for name in study.estimates.estimates if name in row} | {
            name: row[name] for name in study.estimates.switches
        }
        values = Study(study.estimates, study.plan, fixed=fixed).values(study.uniforms(1, 0))
        chances = {name: table[:, [row[CHANCES]]] for name, table in study.chances(1_000, 5).items()}
        plan = Plan(lever_path(enforced, E={"2028Q1": row["E"]}, a={"2028Q1": row["a"]}))
        found = simulate(prepare(values, chances, study.history), plan, outcomes=("lag",), quarterly=())
        assert outcomes["lag_2030"][i] == pytest.approx(found.yearly["lag"][8, 0], rel=1e-9)


def test_uncertainties_are_the_estimates_with_their_distributions(study):
    model = ema_model(study)
    uncertain = set(varying(study.values(study.uniforms(64, 0))))
    assert {u.name for u in model.uncertainties} == uncertain | {CHANCES}
    for u in model.uncertainties:
        if u.name in study.estimates.estimates:
            assert np.isfinite([u.lower_bound, u.upper_bound]).all()
            assert u.dist.ppf(0.5) == pytest.approx(study.estimates[u.name].central, rel=1e-6, abs=1e-9)
    switch = next(u for u in model.uncertainties if u.name == "sw_lag")
    assert [c.name for c in switch.categories] == ["lookback", "constant"]


def test_a_cut_distribution_is_its_own_inverse_and_survives_a_copy(study):
    dist = Cut(study.estimates["phi"].value.distribution)()
    u = np.linspace(0.01, 0.99, 9)
    for one in (dist, copy.deepcopy(dist)):
        assert one.cdf(one.ppf(u)) == pytest.approx(u, abs=1e-6)


def test_as_probabilities_declared_correlations_hold(study):
    model = ema_model(study, as_probabilities=True)
    rng = np.random.default_rng(3)
    rows = [{"rho_2024": a, "rho_2025": b, "rho_2026": c} for a, b, c in rng.random((400, 3))]
    values, _, _ = model.function._read(rows, scalar=False)
    ranks = [np.argsort(np.argsort(values[name])) for name in ("rho_2025", "rho_2026")]
    declared = next(c.rank for c in study.estimates.correlations if set(c.of) == {"rho_2025", "rho_2026"})
    assert np.corrcoef(ranks)[0, 1] == pytest.approx(declared, abs=0.1)


def test_what_an_experiment_leaves_out_stands_at_its_middle_and_base(study):
    model = ema_model(study, levers=LEVERS)
    bare = model.function()
    assert bare["lag_2028"] == pytest.approx(model.function(phi=study.estimates["phi"].central)["lag_2028"], rel=1e-6)
    assert model.function(E=5.5e8)["flow_grey_2030"] < bare["flow_grey_2030"]


@pytest.mark.slow
def test_its_own_prim_takes_what_comes_back(study, seeded):
    model = ema_model(study)
    seeded(4)
    experiments, outcomes = perform(model, BlockEvaluator(model), scenarios=200, policies=0)
    short = outcomes["lag_2030"] < np.quantile(outcomes["lag_2030"], 0.2)
    box = Prim(experiments.drop(columns=["policy", "model"]), short, threshold=0.5).find_box()
    assert box.density > 0.4


def test_outcomes_can_be_optimised(study):
    model = ema_model(study, levers=LEVERS, better={"lag_2030": "higher", "premium_2030": "lower"})
    kinds = {o.name: o.kind for o in model.outcomes}
    assert kinds["lag_2030"] == ema_workbench.ScalarOutcome.MAXIMIZE
    assert kinds["premium_2030"] == ema_workbench.ScalarOutcome.MINIMIZE
    assert kinds["lag_2028"] == ema_workbench.ScalarOutcome.INFO


def test_what_cannot_be_driven_is_refused(study, enforced):
    with pytest.raises(BadInput, match="compares policies itself"):
        ema_model(Study(study.estimates, Plan(enforced), Plan(enforced)))
    with pytest.raises(BadInput, match="write outcome_year, such as lag_2028"):
        ema_model(study, better={"lag": "higher"})
    with pytest.raises(BadInput, match="not a quarter"):
        ema_model(study, start="soon")
