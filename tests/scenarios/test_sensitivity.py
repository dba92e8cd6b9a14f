"""Sensitivity for all outcomes at once, held against SALib and against functions whose indices are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.evidence import BadInput
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import OUTCOMES, Plan, lever_path
from thalweg.scenarios.sensitivity import factors, first_order, learn_next, morris, sobol
from thalweg.scenarios.sensitivity.factors import CHANCES
from thalweg.scenarios.sensitivity.morris import design, elementary, has_moved
from thalweg.scenarios.sensitivity.scale import scaled
from thalweg.scenarios.sensitivity.sobol import indices
from thalweg.scenarios.study import Study, Target

pytestmark = pytest.mark.slow  # thousands of runs of the model

ISHIGAMI_FIRST = (0.3139, 0.4424, 0.0)
ISHIGAMI_TOTAL = (0.5576, 0.4424, 0.2437)
"""Known for a = 7, b = 0.1: Saltelli and others, Global Sensitivity Analysis: The Primer (2008), section 4.6."""


def ishigami(x):
    return np.sin(x[..., 0]) + 7 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0])


@pytest.fixture(scope="module")
def study(history, enforced):
    return Study(load_estimates(), Plan(enforced), history=history, years=(2026, 2028))


@pytest.fixture(scope="module")
def measured(study):
    return sobol(study, seed=7, base=64)


def salib_problem(names):
    return {"num_vars": len(names), "names": list(names), "bounds": [[-np.pi, np.pi]] * len(names)}


class TestAgainstSALib:
    """SALib takes one outcome at a time; here all go through together and come out the same."""

    def test_sobol_indices_and_the_width_of_their_intervals_are_those_of_salib(self):
        analyze = pytest.importorskip("SALib.analyze.sobol")
        sample = pytest.importorskip("SALib.sample.sobol")
        problem = salib_problem("abc")
        n = 512
        x = sample.sample(problem, n, calc_second_order=False, seed=3)
        outcomes = [ishigami(x), np.exp(x[:, 0]), 3.0 * x[:, 1] - x[:, 2]]
        steps = [y.reshape(n, 5) for y in outcomes]
        a, b = (np.stack([s[:, i] for s in steps]) for i in (0, 4))
        ab = np.stack([s[:, 1:4].T for s in steps])
        first, total = indices(a, b, ab, resamples=100, seed=11)
        normal = 1.959963984540054
        for k, y in enumerate(outcomes):
            peer = analyze.analyze(problem, y, calc_second_order=False, num_resamples=100, conf_level=0.95, seed=11)
            assert first.value[:, k] == pytest.approx(peer["S1"], abs=1e-12)
            assert total.value[:, k] == pytest.approx(peer["ST"], abs=1e-12)
            assert normal * first.error[:, k] == pytest.approx(peer["S1_conf"], abs=1e-12)
            assert normal * total.error[:, k] == pytest.approx(peer["ST_conf"], abs=1e-12)

    def test_elementary_effects_are_those_of_salib(self):
        analyze = pytest.importorskip("SALib.analyze.morris")
        sample = pytest.importorskip("SALib.sample.morris")
        problem = salib_problem("abc")
        x = sample.sample(problem, 40, num_levels=4, seed=5)
        y = ishigami(x)
        peer = analyze.analyze(problem, x, y, num_levels=4, seed=5)
        steps = np.diff(x.reshape(40, 4, 3), axis=1)
        order = np.abs(steps).argmax(axis=1)
        ups = np.sign(np.take_along_axis(steps, order[:, None], axis=1)[:, 0])
        ours = elementary(y.reshape(1, 40, 4), order, ups, 2 / 3)
        assert ours.mean[:, 0] == pytest.approx(np.asarray(peer["mu"], dtype=float))
        assert ours.size[:, 0] == pytest.approx(np.asarray(peer["mu_star"], dtype=float))
        assert ours.spread[:, 0] == pytest.approx(np.asarray(peer["sigma"], dtype=float))


def test_sobol_indices_of_a_known_function_are_found():
    rng = np.random.default_rng(1)
    a, b = (rng.uniform(-np.pi, np.pi, (20_000, 3)) for _ in range(2))
    crossed = [np.where(np.arange(3) == i, b, a) for i in range(3)]
    first, total = indices(ishigami(a)[None], ishigami(b)[None], np.stack([ishigami(x) for x in crossed])[None])
    assert first.value[:, 0] == pytest.approx(ISHIGAMI_FIRST, abs=0.03)
    assert total.value[:, 0] == pytest.approx(ISHIGAMI_TOTAL, abs=0.03)
    assert np.all((first.low <= first.value) & (first.value <= first.high))


def test_ninety_percent_intervals_hold_the_truth_in_most_of_many_samples():
    hits = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        a, b = (rng.uniform(-np.pi, np.pi, (256, 3)) for _ in range(2))
        crossed = [np.where(np.arange(3) == i, b, a) for i in range(3)]
        _, total = indices(ishigami(a)[None], ishigami(b)[None], np.stack([ishigami(x) for x in crossed])[None], seed=seed)
        hits += total.low[0, 0] <= ISHIGAMI_TOTAL[0] <= total.high[0, 0]
    assert 80 <= hits <= 98


def test_an_outcome_that_does_not_vary_has_no_index():
    flat = np.ones((1, 32))
    first, total = indices(flat, flat, np.ones((1, 2, 32)))
    assert np.isnan(first.value).all()
    assert np.isnan(total.value).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 100.0), st.floats(-1e4, 1e4))
def test_indices_do_not_change_with_the_unit_or_the_zero_of_an_outcome(seed, unit, zero):
    rng = np.random.default_rng(seed)
    a, b, ab = rng.normal(size=(1, 64)), rng.normal(size=(1, 64)), rng.normal(size=(1, 2, 64))
    here, there = indices(a, b, ab, resamples=20), indices(unit * a + zero, unit * b + zero, unit * ab + zero, resamples=20)
    for x, y in zip(here, there, strict=True):
        assert np.allclose(x.value, y.value, atol=1e-6)
        assert np.allclose(x.high, y.high, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_ranks_do_not_change_under_a_rising_function(seed):
    rng = np.random.default_rng(seed)
    reference, values = rng.normal(size=(2, 50)), rng.normal(size=(2, 3, 7))
    assert np.array_equal(scaled(reference, values, "rank"), scaled(np.exp(reference), np.exp(values), "rank"))
    assert np.array_equal(scaled(reference, values, "linear"), values)


class TestOfTheModel:
    def test_every_outcome_and_year_has_an_index_for_every_factor(self, study, measured):
        assert measured.targets == study.targets
        assert len(measured.targets) == 2 * len(OUTCOMES)
        assert measured.total.value.shape == (len(measured.factors), len(measured.targets))
        assert measured.runs == 64 * (len(measured.factors) + 2)

    def test_what_the_equations_say_decides_an_outcome_comes_first(self, measured):
        assert measured.ranked("flow_domestic", 2028)[0][0].name == "hw_2026"
        assert {row[0].name for row in measured.ranked("lag", 2028)[:3]} == {"phi", "ga", "sw_lag"}

    def test_an_estimate_that_cannot_reach_an_outcome_has_none_of_its_variance(self, measured):
        place = [f.name for f in measured.factors].index("mk")
        assert measured.total.value[place, measured.targets.index(Target("lag", 2028))] == 0.0

    def test_first_order_is_no_more_than_total_order_but_for_noise(self, measured):
        k = measured.targets.index(Target("compute_ratio", 2028))
        assert np.all(measured.first.value[:, k] <= measured.total.value[:, k] + 4 * measured.first.error[:, k] + 0.05)

    def test_every_estimate_and_switch_that_varies_is_in_one_factor(self, study, measured):
        drawn = study.values(study.uniforms(32, 1))
        uncertain = {name for name, row in drawn.items() if np.any(row != row[0])}
        named = [name for f in measured.factors for name in f.of]
        assert sorted(named) == sorted(uncertain)
        assert measured.factors[-1].name == CHANCES

    def test_the_same_seed_gives_the_same_indices_and_another_gives_others(self, study, measured):
        again = sobol(study, seed=7, base=64)
        assert np.array_equal(again.total.value, measured.total.value, equal_nan=True)
        assert not np.array_equal(sobol(study, seed=8, base=64).total.value, measured.total.value, equal_nan=True)

    def test_blocks_and_bases_make_few_factors_and_the_same_whole(self, study):
        names = [name for f in factors(study.estimates, study.estimates.estimates) for name in f.of]
        for by in ("block", "basis"):
            found = factors(study.estimates, study.estimates.estimates, by)
            assert sorted(name for f in found for name in f.of) == sorted(names)
            assert len(found) < 15
        with pytest.raises(BadInput, match="block and basis"):
            factors(study.estimates, names, "color")

    def test_correlated_estimates_are_moved_together(self, study):
        together = [set(f.of) for f in factors(study.estimates, study.estimates.estimates) if len(f.of) > 1]
        for correlation in study.estimates.correlations:
            assert any(set(correlation.of) <= group for group in together)

    def test_what_a_policy_changes_has_indices_of_its_own(self, study, enforced):
        tight = Plan(lever_path(enforced, E={"2027Q1": 5.5e8}, a={"2027Q1": 1.0}))
        change = Study(study.estimates, tight, Plan(enforced), outcomes=("flow_grey",), history=study.history)
        named = [row[0].name for row in sobol(change, seed=7, base=128).ranked("flow_grey", 2028)[:6]]
        assert {"eA", "eB"} & set(named)

    def test_a_plan_may_hang_on_the_draws(self, study, enforced):
        def planned(values):
            return Plan(lever_path(enforced, m=np.tile(np.exp(-values["m_decay"]), (44, 1))))

        found = sobol(Study(study.estimates, planned, outcomes=("flow_legal",), history=study.history), seed=7, base=64)
        fixed = sobol(Study(study.estimates, Plan(enforced), outcomes=("flow_legal",), history=study.history), seed=7, base=64)
        place = [f.name for f in found.factors].index("m_decay")
        assert found.total.value[place, 0] > 0.0
        assert fixed.total.value[place, 0] == 0.0

    def test_a_policy_against_itself_changes_nothing_and_so_has_no_index(self, study, enforced):
        same = Study(study.estimates, Plan(enforced), Plan(enforced), outcomes=("lag", "premium"), history=study.history)
        assert np.isnan(sobol(same, seed=7, base=16).total.value).all()

    def test_morris_puts_the_same_factors_first(self, study):
        found = morris(study, seed=7, trajectories=10)
        assert found.runs == 10 * (len(found.factors) + 1)
        factor, size, low, high, mean, _ = found.ranked("flow_domestic", 2028)[0]
        assert factor.name == "hw_2026"
        assert 0 < low <= size <= high
        assert mean > 0

    def test_progress_is_told_up_to_the_last_run(self, study):
        told = []
        found = sobol(study, seed=7, base=16, progress=lambda done, of: told.append((done, of)))
        assert told[-1] == (found.runs, found.runs)
        assert [done for done, _ in told] == sorted(done for done, _ in told)


class TestBadInput:
    @pytest.mark.parametrize("base", [0, 1, 3, 100])
    def test_a_base_that_is_no_power_of_two_is_refused(self, study, base):
        with pytest.raises(BadInput, match="a power of two"):
            sobol(study, seed=1, base=base)

    def test_one_trajectory_is_refused(self, study):
        with pytest.raises(BadInput, match="at least two"):
            morris(study, seed=1, trajectories=1)

    def test_an_unknown_outcome_year_or_scale_is_refused(self, study, enforced):
        with pytest.raises(BadInput, match="did you mean 'premium'"):
            Study(study.estimates, Plan(enforced), outcomes=("premum",))
        with pytest.raises(BadInput, match="2022 to 2032"):
            Study(study.estimates, Plan(enforced), years=(2040,))
        with pytest.raises(BadInput, match="rank and linear"):
            sobol(study, seed=1, base=4, scale="log10")

    def test_few_runs_give_no_index(self):
        with pytest.raises(BadInput, match="50"):
            first_order({"a": np.arange(49.0)}, np.ones((1, 49)))


class TestTrajectories:
    @settings(max_examples=40, deadline=None)
    @given(st.integers(0, 10_000), st.integers(1, 8), st.integers(2, 6))
    def test_each_step_moves_one_factor_by_half_the_distribution_and_stays_inside(self, seed, count, trajectories):
        names = [f"x{i}" for i in range(count + 2)]
        members = [(names[0], names[1], names[2]), *((name,) for name in names[3:])]
        points, order, ups = design(np.random.default_rng(seed), members, names, trajectories)
        assert points.shape == (trajectories, len(members) + 1, len(names))
        assert np.all((points > 0) & (points < 1))
        steps = np.diff(points, axis=1)
        for r in range(trajectories):
            for j, group in enumerate(members):
                moved = np.flatnonzero(steps[r, order[r, j]])
                assert [names[i] for i in moved] == list(group)
                assert steps[r, order[r, j], names.index(group[0])] == pytest.approx(0.5 * ups[r, j])

    def test_a_factor_has_moved_from_its_step_on(self):
        order = np.array([[1, 0]])
        assert has_moved(order, 0).tolist() == [[False, False, True]]
        assert has_moved(order, 1).tolist() == [[False, True, True]]


class TestGivenData:
    def test_known_first_order_indices_are_found_from_any_sample(self):
        x = np.random.default_rng(2).uniform(-np.pi, np.pi, (20_000, 3))
        found = first_order({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2]}, ishigami(x)[None])
        assert found.first[:, 0] == pytest.approx(ISHIGAMI_FIRST, abs=0.02)

    def test_noise_rarely_passes_the_level_of_noise(self):
        rng = np.random.default_rng(3)
        found = first_order({f"x{i}": rng.random(1_000) for i in range(400)}, rng.random((1, 1_000)))
        assert (found.first[:, 0] > found.noise).sum() <= 12
        assert abs(found.first.mean()) < 0.003

    def test_a_switch_is_cut_by_its_options(self):
        switch = np.repeat([0.0, 1.0], 500)
        y = np.where(switch > 0, 1.0, -1.0) + np.random.default_rng(4).normal(0, 1, 1_000)
        assert first_order({"sw": switch}, y[None]).first[0, 0] == pytest.approx(0.5, abs=0.06)

    def test_the_model_agrees_with_its_sobol_indices(self, study):
        values, y = study.ensemble(2_000, 3)
        found = first_order(values, scaled(y, y, "rank"))
        ranked = found.ranked(study.targets.index(Target("flow_domestic", 2028)))
        assert ranked[0][0] == "hw_2026"
        assert ranked[0][1] == pytest.approx(0.69, abs=0.08)
        assert ranked[0][2]
        assert not ranked[-1][2]


class TestWhatToLearnNext:
    def test_the_estimate_on_which_the_choice_hangs_is_named_with_where_it_flips(self):
        rng = np.random.default_rng(5)
        x = {"hangs": rng.random(4_000), "idle": rng.random(4_000)}
        noise = rng.normal(0, 0.2, 4_000)
        found = learn_next(x, {"A": noise, "B": noise + x["hangs"] - 0.7}, better="higher")
        lesson, other = found.lessons
        assert (found.chosen, found.runner_up, lesson.name) == ("A", "B", "hangs")
        assert lesson.flips == pytest.approx(0.3, abs=0.06)
        assert lesson.value == pytest.approx(0.045, abs=0.005)  # the integral of x - 0.7 from 0.7 to 1
        assert found.perfect == pytest.approx(0.045, abs=0.005)
        assert [f.policy for f in lesson.where] == ["B"]
        assert lesson.where[0].low == pytest.approx(0.7, abs=0.05)
        assert lesson.where[0].high == np.inf
        assert (other.flips, other.value, other.above_noise) == (0.0, 0.0, False)

    def test_lower_is_better_turns_the_choice_around(self):
        rng = np.random.default_rng(6)
        x = {"a": rng.random(500)}
        y = {"A": x["a"], "B": x["a"] + 1.0}
        assert learn_next(x, y, better="lower").chosen == "A"
        assert learn_next(x, y, better="higher").chosen == "B"

    @settings(max_examples=30, deadline=None)
    @given(st.integers(0, 10_000))
    def test_no_lesson_is_worth_more_than_knowing_everything_and_none_less_than_nothing(self, seed):
        rng = np.random.default_rng(seed)
        x = {"a": rng.random(300), "b": rng.random(300)}
        found = learn_next(x, {p: rng.normal(0, 1, 300) + rng.normal() * x["a"] for p in "ABC"}, better="higher")
        for lesson in found.lessons:
            assert -1e-12 <= lesson.value <= found.perfect + 1e-12
            assert 0.0 <= lesson.flips <= 1.0
            assert sum(f.probability for f in lesson.where) == pytest.approx(lesson.flips)

    def test_a_choice_by_regret_can_hang_on_what_the_mean_does_not(self):
        """B is a little better on average and far worse where x is high: by regret of one run in ten A is chosen, until x is known."""
        rng = np.random.default_rng(8)
        x = {"x": rng.random(4_000), "idle": rng.random(4_000)}
        y = {"A": np.zeros(4_000), "B": np.where(x["x"] > 0.85, -5.0, 1.0)}
        found = learn_next(x, y, better="higher")
        assert (found.chosen, found.chosen_by_regret) == ("B", "A")
        lesson, other = sorted(found.lessons, key=lambda z: z.name != "x")
        assert lesson.flips == pytest.approx(0.15, abs=0.06)
        assert lesson.flips_by_regret == pytest.approx(0.85, abs=0.06)
        assert lesson.regret_saved == pytest.approx(0.85, abs=0.1)
        assert (other.flips_by_regret, other.regret_saved) == (0.0, 0.0)

    def test_lessons_stand_in_the_order_that_is_asked_for(self):
        rng = np.random.default_rng(9)
        x = {"often": rng.random(4_000), "dear": rng.random(4_000)}
        y = {"A": np.zeros(4_000), "B": np.where(x["dear"] > 0.9, 20.0, -1.8) + np.where(x["often"] > 0.5, 0.6, -0.6)}
        first = {by: learn_next(x, y, better="higher", by=by).lessons[0].name for by in ("value", "flips", "regret")}
        assert first["value"] == "dear"
        values = {z.name: z for z in learn_next(x, y, better="higher", by="flips").lessons}
        assert first["flips"] == max(values, key=lambda n: values[n].flips)
        assert first["regret"] == max(values, key=lambda n: values[n].regret_saved)
        with pytest.raises(BadInput, match="there are value, flips, regret"):
            learn_next(x, y, better="higher", by="luck")

    def test_one_policy_is_no_choice(self):
        with pytest.raises(BadInput, match="two policies"):
            learn_next({"a": np.arange(100.0)}, {"A": np.arange(100.0)}, better="higher")
