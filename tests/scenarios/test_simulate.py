"""Runs: in 32 and 64 bits, over any array library, over plain floats, in blocks; and what cannot be run says why."""

from __future__ import annotations

import array_api_strict
import numpy as np
import pytest

from thalweg.evidence import BadInput
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import (
    CHECKS,
    HEADLINE,
    LABELS,
    OUTCOMES,
    YEARS,
    Definition,
    Plan,
    Trigger,
    ensemble,
    lever_path,
    prepare,
    quantiles,
    simulate,
)
from thalweg.scenarios.ensemble import Ensemble
from thalweg.scenarios.quarters import index
from thalweg.scenarios.simulate import run

EVERY = (*OUTCOMES, *CHECKS)
ESTIMATES = load_estimates()


def values(result, name):
    return result.quarterly[name] if name in result.quarterly else result.yearly[name]


# ---------------------------------------------------------------- precision and libraries


@pytest.mark.parametrize("definition", [Definition(), Definition("accessible", "fp4"), Definition("owned", "bandwidth")])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_outcome_keeps_the_precision_that_was_asked_for(ready, everything, dtype, definition):
    result = simulate(ready(8, switches=True, dtype=dtype), everything, outcomes=EVERY, definition=definition)
    assert {name: values(result, name).dtype for name in EVERY} == dict.fromkeys(EVERY, np.dtype(dtype))


def test_a_scalar_of_numpy_would_not_keep_it():
    """The trap that the dispatch on plain floats is there for."""
    assert (np.ones(2, dtype=np.float32) * np.log(3.0)).dtype == np.float64
    assert (np.ones(2, dtype=np.float32) * float(np.log(3.0))).dtype == np.float32


def test_32_bits_are_near_64_bits(ready, everything):
    plan = Plan(everything.levers)
    single, double = (simulate(ready(500, dtype=dtype), plan, outcomes=tuple(HEADLINE)) for dtype in (np.float32, np.float64))
    for name in HEADLINE:
        near = np.isclose(single.quarterly[name], double.quarterly[name], rtol=2e-3, atol=1e-3 * np.abs(double.quarterly[name]).max())
        assert near.mean() > 0.999, name
        np.testing.assert_allclose(single.quantiles(name)[:, 3], double.quantiles(name)[:, 3], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("switches", [False, True])
def test_the_equations_need_nothing_beyond_the_array_standard(ready, everything, switches):
    strict = ready(6, switches=switches, to_array=array_api_strict.asarray)
    assert hasattr(strict.one, "__array_namespace__")
    found = run(strict, everything, outcomes=EVERY)
    usual = run(ready(6, switches=switches), everything, outcomes=EVERY)
    for name in EVERY:
        for one, two in zip(found[name], usual[name], strict=True):
            np.testing.assert_allclose(np.asarray(one), np.asarray(two), rtol=1e-12, err_msg=name)


def test_another_array_library_gives_the_same_outcomes_and_quantiles(enforced):
    here, there = (simulate(ensemble(ESTIMATES, 12, 3, size=5, to_array=way), Plan(enforced)) for way in (None, array_api_strict.asarray))
    for name in OUTCOMES:
        assert type(values(there, name)) is np.ndarray
        np.testing.assert_allclose(values(there, name), values(here, name), rtol=1e-5, atol=1e-6, err_msg=name)
    sample = np.random.default_rng(1).lognormal(size=(3, 101))
    np.testing.assert_allclose(quantiles(array_api_strict.asarray(sample)), quantiles(sample), rtol=1e-12)


def test_one_run_of_plain_floats_is_the_same_run(draw, history, ready, everything):
    usual = simulate(ready(5), everything, outcomes=EVERY)
    drawn, events = draw(5)
    for i in range(5):
        alone = {n: v[i : i + 1] for n, v in drawn.items()}, {n: v[:, i : i + 1] for n, v in events.items()}
        found = run(prepare(*alone, history, to_array=float), everything, outcomes=EVERY)
        for name in EVERY:
            assert {type(v) for v in found[name]} == {float}, name
            np.testing.assert_allclose(found[name], values(usual, name)[:, i], rtol=1e-9, atol=1e-12, err_msg=name)


# ---------------------------------------------------------------- ensembles


@pytest.mark.parametrize("size", [1, 7, 40, 1_000])
def test_an_ensemble_is_the_same_however_it_is_cut(enforced, size):
    whole, cut = (simulate(ensemble(ESTIMATES, 40, 3, size=s), Plan(enforced)) for s in (40, size))
    assert all(values(whole, name).tobytes() == values(cut, name).tobytes() for name in OUTCOMES)


def test_an_ensemble_gives_the_same_blocks_on_every_pass(enforced):
    blocks = ensemble(ESTIMATES, 30, 3, size=8)
    assert len(blocks) == len(list(blocks)) == 4
    first, again, other = (simulate(b, Plan(enforced)) for b in (blocks, blocks, ensemble(ESTIMATES, 30, 4, size=8)))
    assert all(np.array_equal(values(first, name), values(again, name)) for name in OUTCOMES)
    assert not np.array_equal(first.quarterly["china_stock"], other.quarterly["china_stock"])


def test_blocks_of_unknown_number_are_joined_as_those_of_an_ensemble(enforced):
    blocks = ensemble(ESTIMATES, 30, 3, size=8)
    known, unknown = simulate(blocks, Plan(enforced)), simulate(iter(blocks), Plan(enforced))
    assert all(values(known, name).tobytes() == values(unknown, name).tobytes() for name in OUTCOMES)


def test_more_runs_leave_the_chances_of_the_first_ones():
    few, many = ensemble(ESTIMATES, 5, 3), ensemble(ESTIMATES, 50, 3)
    (one,), (two,) = few, many
    for name, rows in one.events.items():
        assert all(np.array_equal(row, other[:5]) for row, other in zip(rows, two.events[name], strict=True))


def test_an_ensemble_of_a_vintage_sees_the_history_of_its_day():
    import datetime as dt

    (now,), (then,) = (ensemble(ESTIMATES, 3, 1, vintage=day) for day in (None, dt.date(2024, 12, 31)))
    assert len(now.observed.world) == index("2026Q1")
    assert len(then.observed.world) == index("2025Q1")


def test_one_run_is_enough_and_none_is_refused(enforced):
    result = simulate(ensemble(ESTIMATES, 1, 1), Plan(enforced))
    assert result.quarterly["lag"].shape == (44, 1)
    assert result.quantiles("lag").shape == (44, 8)
    with pytest.raises(BadInput, match="runs: 0 given"):
        ensemble(ESTIMATES, 0, 1)
    with pytest.raises(BadInput, match="blocks of 0 runs"):
        ensemble(ESTIMATES, 5, 1, size=0)
    with pytest.raises(BadInput, match="at least one run"):
        simulate([], Plan(enforced))
    assert isinstance(ensemble(ESTIMATES, 5, 1), Ensemble)


# ---------------------------------------------------------------- what is kept


def test_years_are_made_of_quarters_as_each_outcome_says(ready, enforced):
    block = ready(20)
    kept = simulate(block, Plan(enforced), outcomes=EVERY)
    quarters = simulate(block, Plan(enforced), outcomes=EVERY, quarterly=EVERY)
    rows = {**OUTCOMES, **CHECKS}
    for name in EVERY:
        by_quarter = quarters.quarterly[name].reshape(len(YEARS), 4, -1)
        made = {"end": by_quarter[:, -1], "sum": by_quarter.sum(axis=1), "mean": by_quarter.mean(axis=1)}[rows[name].reduce]
        np.testing.assert_allclose(kept.by_year(name), made, rtol=1e-12, atol=1e-12, err_msg=name)
        np.testing.assert_allclose(quarters.by_year(name), made, rtol=1e-12, atol=1e-12, err_msg=name)


def test_leaving_out_the_measures_that_nobody_asked_for_changes_nothing(ready, everything):
    few, all_ = (simulate(ready(20, switches=True), everything, outcomes=names) for names in (tuple(HEADLINE), EVERY))
    assert all(np.array_equal(few.quarterly[name], all_.quarterly[name]) for name in HEADLINE)


def test_a_trigger_on_another_measure_sees_it(ready, enforced):
    """Bandwidth is worked out for the trigger, though nobody asked to keep it."""
    closed = lever_path(enforced, legal={"2026Q4": 0})
    block = ready(50)
    ratio = simulate(block, Plan(enforced), outcomes=("ratio_owned_bandwidth",), quarterly=("ratio_owned_bandwidth",))
    limit = float(np.median(ratio.quarterly["ratio_owned_bandwidth"][22]))
    plan = Plan(enforced, branches=((Trigger("ratio_owned_bandwidth", at_least=limit, not_before=22), closed),))
    found = simulate(block, plan, outcomes=("flow_legal",)).quarterly["flow_legal"]
    fires = ratio.quarterly["ratio_owned_bandwidth"][22] >= limit
    assert np.array_equal(found[23] == 0, fires)


def test_quantiles_are_those_of_numpy():
    drawn = np.random.default_rng(1).lognormal(size=(5, 999))
    found = quantiles(drawn)
    np.testing.assert_allclose(found[:, :7], np.quantile(drawn, [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95], axis=1).T, rtol=1e-12)
    np.testing.assert_allclose(found[:, 7], drawn.mean(axis=1))


def test_progress_counts_runs(enforced):
    seen = []
    simulate(ensemble(ESTIMATES, 10, 1, size=4), Plan(enforced), outcomes=("lag",), progress=seen.append)
    assert seen == [4, 8, 10]


# ---------------------------------------------------------------- triggers and credibility


def test_a_trigger_turns_to_its_branch_in_the_quarter_after_it_holds(ready, enforced):
    block = ready(300)
    closed = lever_path(enforced, legal={"2026Q4": 0})
    limit = float(np.median(simulate(block, Plan(enforced)).quarterly["flow_domestic"][24]))
    plan = Plan(enforced, branches=((Trigger("flow_domestic", at_least=limit, not_before=20), closed),))
    base, found, after = (simulate(block, p).quarterly for p in (Plan(enforced), plan, Plan(closed)))
    holds = base["flow_domestic"][20] >= limit
    assert 0 < holds.mean() < 1
    for name in ("flow_legal", "flow_grey"):
        assert np.array_equal(found[name][:21], base[name][:21])
        never = ~(base["flow_domestic"][20:] >= limit).any(axis=0)
        assert np.array_equal(found[name][:, never], base[name][:, never])
    assert (found["flow_legal"][21][holds] == 0).all()
    assert np.array_equal(found["flow_legal"][21][holds], after["flow_legal"][21][holds])


def test_an_announced_policy_acts_later_and_in_some_runs_only(ready, enforced):
    block = ready(2_000)
    closed = lever_path(enforced, legal={"2027Q1": 0})
    found = simulate(block, Plan(closed, enforced), outcomes=("flow_legal",)).quarterly["flow_legal"]
    start, lag = index("2027Q1"), int(block.x.act_lag)
    assert (found[start : start + lag] > 0).all()
    acts = (found[start + lag] == 0).mean()
    assert acts == pytest.approx(float(np.mean(block.x.pi_imp)), abs=0.03)
    assert (found[-1] == 0).mean() < acts
    certain = simulate(ready(50, sw_credibility=1), Plan(closed, enforced), outcomes=("flow_legal",)).quarterly["flow_legal"]
    assert (certain[start:] == 0).all()


def test_the_lag_of_a_policy_may_be_uncertain(ready, enforced):
    lags = np.array([0.0, 1.0, 2.0, 3.5])
    closed = lever_path(enforced, legal={"2027Q1": 0})
    block = ready(4, act_lag=lags, pi_imp=1.0, hz_reversal=0.0)
    found = simulate(block, Plan(closed, enforced), outcomes=("flow_legal",)).quarterly["flow_legal"]
    first = [int(np.flatnonzero(found[index("2027Q1") :, i] == 0)[0]) for i in range(4)]
    assert first == [0, 1, 2, 4]


def test_release_noise_may_be_uncertain(ready, enforced):
    block = ready(3, lag_noise_sd=np.array([0.0, 1.0, 2.0]))
    result = simulate(block, Plan(enforced), outcomes=("lag", "lag_observed"), quarterly=("lag", "lag_observed"))
    spread = (result.quarterly["lag_observed"] - result.quarterly["lag"]).std(axis=0)
    assert spread[0] == 0
    assert (spread[1:] > 0).all()


# ---------------------------------------------------------------- what cannot be


def test_what_cannot_be_run_says_why(draw, ready, enforced):
    drawn, events = draw(4)
    with pytest.raises(BadInput, match="no outcome 'lagg'; did you mean 'lag'"):
        simulate(ready(2), Plan(enforced), outcomes=("lagg",))
    with pytest.raises(BadInput, match="no draws of theta"):
        prepare({n: v for n, v in drawn.items() if n != "theta"}, events)
    with pytest.raises(BadInput, match=r"draws of theta have shape \(3,\)"):
        prepare({**drawn, "theta": drawn["theta"][:3]}, events)
    with pytest.raises(BadInput, match=r"events u_imp have shape \(44, 3\)"):
        prepare(drawn, {**events, "u_imp": events["u_imp"][:, :3]})


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"capp": 1}, "no lever 'capp'; did you mean 'cap'"),
        ({"fee": 1.5}, "lever fee in 2022Q1: 1.5 is outside 0 to 1"),
        ({"fee": {"2027Q1": -0.1}}, "lever fee in 2027Q1: -0.1 is outside"),
        ({"fee": float("nan")}, "lever fee in 2022Q1: nan is outside"),
        ({"fee": {"2027Q5": 0.1}}, "'2027Q5' is not a quarter of the model"),
        ({"fee": np.zeros(43)}, "lever fee: 43 values where 44 quarters are needed"),
    ],
)
def test_levers_that_cannot_be_say_why(setting, says):
    with pytest.raises(BadInput) as caught:
        lever_path(**setting)
    assert says in str(caught.value)


def test_a_quarter_after_the_last_changes_nothing(enforced):
    assert LABELS[-1] == "2032Q4"
    assert lever_path(enforced, fee={"2033Q1": 1}).differs_from(enforced) == 44
