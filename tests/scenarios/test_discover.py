"""Where a policy fails: boxes, trees, and the sentence that follows from them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from thalweg.evidence import BadInput
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import Plan, lever_path
from thalweg.scenarios.discover import Between, Box, Failure, Fit, OneOf, Words, cart, discover, prim, pruned, sentence
from thalweg.scenarios.discover.box import measured, wilson
from thalweg.scenarios.discover.discover import words_of
from thalweg.scenarios.discover.sentence import amount, number, percent, stands_out
from thalweg.scenarios.study import Study


def corner(seed, runs=1_000, columns=6, noise=0.05):
    """Runs that fail where a is high and b low, but for noise."""
    rng = np.random.default_rng(seed)
    x = {name: rng.random(runs) for name in "abcdefgh"[:columns]}
    cases = (x["a"] > 0.6) & (x["b"] < 0.5)
    return x, cases ^ (rng.random(runs) < noise)


@pytest.fixture(scope="module")
def study(history, enforced):
    return Study(load_estimates(), Plan(enforced), history=history)


class TestAgainstTheEMAWorkbench:
    @pytest.mark.parametrize("seed", range(6))
    def test_the_trajectory_is_that_of_its_prim(self, seed):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its own imports
            peer = pytest.importorskip("ema_workbench.analysis.prim", reason="the extra 'ema' is not installed")
            pandas = pytest.importorskip("pandas")
            x, cases = corner(seed, runs=400)
            theirs = peer.Prim(pandas.DataFrame(x), cases, threshold=0.5).find_box()
        ours = prim(x, cases).boxes
        rows = theirs.peeling_trajectory
        assert [b.fit.coverage for b in ours] == pytest.approx(rows["coverage"].tolist())
        assert [b.fit.density for b in ours] == pytest.approx(rows["density"].tolist())
        assert [b.fit.mass for b in ours] == pytest.approx(rows["mass"].tolist())
        assert [len(b.conditions) for b in ours] == rows["res_dim"].tolist()
        last = theirs.box_lims[-1]
        for name, condition in ours[-1].conditions.items():
            low, high = last[name]
            assert condition.low == (pytest.approx(low) if np.isfinite(condition.low) else -np.inf)
            assert condition.high == (pytest.approx(high) if np.isfinite(condition.high) else np.inf)

    @pytest.mark.slow
    def test_the_long_trajectory_of_many_columns_with_equal_gains_is_that_of_its_prim(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer = pytest.importorskip("ema_workbench.analysis.prim", reason="the extra 'ema' is not installed")
            pandas = pytest.importorskip("pandas")
            rng = np.random.default_rng(5)  # pastes of equal gain: the first column must win, not the first that was peeled
            x = {f"x{i}": rng.random(5_000) for i in range(20)}
            cases = (x["x0"] > 0.6) & (x["x1"] < 0.5) ^ (rng.random(5_000) < 0.05)
            rows = peer.Prim(pandas.DataFrame(x), cases, threshold=0.5).find_box().peeling_trajectory
        ours = prim(x, cases).boxes
        assert [b.fit.density for b in ours] == pytest.approx(rows["density"].tolist())
        assert [b.fit.mass for b in ours] == pytest.approx(rows["mass"].tolist())

    def test_with_switches_among_numbers_the_first_box_is_as_good(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer = pytest.importorskip("ema_workbench.analysis.prim", reason="the extra 'ema' is not installed")
            pandas = pytest.importorskip("pandas")
            x, _ = corner(1, runs=600)
            switch = np.random.default_rng(9).integers(0, 3, 600).astype(float)
            cases = (x["a"] > 0.5) & (switch == 2)
            theirs = peer.Prim(pandas.DataFrame(x | {"sw": switch.astype(int).astype(str)}), cases, threshold=0.5).find_box()
        ours = prim(x | {"sw": switch}, cases, switches=frozenset({"sw"})).boxes[-1]
        assert ours.conditions["sw"] == OneOf((2.0,))
        assert (ours.fit.coverage, ours.fit.density) == pytest.approx((theirs.coverage, theirs.density), abs=0.05)

    def test_quasi_p_values_of_one_sided_limits_are_its_own(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer = pytest.importorskip("ema_workbench.analysis.prim", reason="the extra 'ema' is not installed")
            pandas = pytest.importorskip("pandas")
            x, cases = corner(2, runs=400)
            theirs = peer.Prim(pandas.DataFrame(x), cases, threshold=0.5).find_box()
        compared = 0
        for box, qp in zip(prim(x, cases).boxes, theirs.qp, strict=True):
            for name, condition in box.conditions.items():
                if np.isfinite(condition.low) != np.isfinite(condition.high):
                    assert box.quasi_p[name] == pytest.approx(max(qp[name]), rel=1e-6, abs=1e-12)
                    compared += 1
        assert compared > 10


class TestAgainstScikitLearn:
    @pytest.mark.parametrize("seed", range(5))
    def test_the_leaves_are_those_of_its_tree(self, seed):
        tree = pytest.importorskip("sklearn.tree", reason="the extra 'ema', which brings scikit-learn, is not installed")
        x, cases = corner(seed, runs=500)
        theirs = tree.DecisionTreeClassifier(max_depth=3, min_samples_leaf=25, random_state=0).fit(np.stack(list(x.values())).T, cases)
        leaves = theirs.apply(np.stack(list(x.values())).T)
        expected = sorted((round(float(cases[leaves == leaf].mean()), 9), int((leaves == leaf).sum())) for leaf in np.unique(leaves))
        ours = cart(x, cases)
        assert sorted((round(b.fit.density, 9), round(b.fit.mass * 500)) for b in ours) == expected


class TestPrim:
    def test_the_corner_in_which_it_fails_is_found(self):
        x, cases = corner(3, noise=0.0)
        box = pruned(prim(x, cases).best(), x, cases)
        assert set(box.conditions) == {"a", "b"}
        assert box.conditions["a"].low == pytest.approx(0.6, abs=0.03)
        assert box.conditions["b"].high == pytest.approx(0.5, abs=0.03)
        assert box.fit.coverage > 0.9
        assert box.fit.density > 0.9

    @settings(max_examples=30, deadline=None)
    @given(st.integers(0, 10_000))
    def test_peeling_never_loses_density_and_the_box_says_what_it_holds(self, seed):
        x, cases = corner(seed, runs=300, columns=3, noise=0.2)
        boxes = prim(x, cases).boxes
        densities = [b.fit.density for b in boxes]
        assert densities == sorted(densities)
        for box in boxes:
            inside = box.inside(x, 300)
            assert box.fit.mass == pytest.approx(inside.mean())
            assert box.fit.mass >= 0.05
            assert box.fit.density == pytest.approx(cases[inside].mean())
            assert box.fit.coverage == pytest.approx(cases[inside].sum() / cases.sum())

    @settings(max_examples=30, deadline=None)
    @given(st.integers(0, 10_000))
    def test_the_unit_of_a_number_changes_nothing_but_the_limits(self, seed):
        x, cases = corner(seed, runs=200, columns=3)
        here, there = prim(x, cases).boxes, prim({name: 1024.0 * row for name, row in x.items()}, cases).boxes
        assert [b.fit for b in here] == [b.fit for b in there]

    def test_ties_and_columns_of_one_value_are_no_trouble(self):
        rng = np.random.default_rng(1)
        x = {"coarse": rng.integers(0, 4, 400).astype(float), "flat": np.ones(400)}
        box = prim(x, x["coarse"] == 3).boxes[-1]
        assert box.fit.density == 1.0
        assert list(box.conditions) == ["coarse"]

    def test_noise_gives_a_box_that_pruning_takes_apart(self):
        rng = np.random.default_rng(8)
        x = {name: rng.random(300) for name in "abc"}
        cases = rng.random(300) < 0.5
        strict = pruned(prim(x, cases).best(), x, cases, at_most=1e-6)
        assert strict.conditions == {}

    def test_what_does_not_fit_together_is_refused(self):
        x, cases = corner(1, runs=100)
        with pytest.raises(BadInput, match="99 values for 100 runs"):
            prim(x | {"a": x["a"][:99]}, cases)
        with pytest.raises(BadInput, match="truth value"):
            prim(x, cases.astype(float))
        with pytest.raises(BadInput, match="between 0 and 1"):
            prim(x, cases, peel=1.0)
        with pytest.raises(BadInput, match="one cut"):
            cart(x, cases, depth=0)


class TestCart:
    def test_every_run_is_in_one_leaf(self):
        x, cases = corner(4)
        leaves = cart(x, cases)
        assert np.sum([b.inside(x, 1_000) for b in leaves], axis=0).tolist() == [1] * 1_000
        assert sum(b.fit.coverage for b in leaves) == pytest.approx(1.0)
        assert min(b.fit.mass for b in leaves) >= 0.05

    def test_pure_runs_are_not_cut(self):
        x, _ = corner(4, runs=100)
        assert [b.conditions for b in cart(x, np.ones(100, dtype=bool))] == [{}]


def box_of(conditions, quasi_p=None, density=0.8, coverage=0.6, elsewhere=0.05):
    return Box(conditions, Fit(coverage, density, 0.2, elsewhere, 1_000), quasi_p or dict.fromkeys(conditions, 0.0))


WORDS = {
    "w": Words("HBM wafers in 2026", "wafers per month", judged=True),
    "s": Words("form of the lag", "", ("lookback", "constant")),
    "p": Words("diffusion", "share"),
    "g": Words("growth of the budget", "factor per year", judged=True),
}


class TestSentence:
    def test_conditions_stand_in_the_order_of_their_need_and_figures_follow(self):
        box = box_of({"p": Between(low=0.333), "w": Between(high=12_345.0)}, {"p": 1e-3, "w": 1e-9})
        assert sentence("the lag is at most 6 months", box, 0.2, WORDS) == (
            "Where HBM wafers in 2026 is below 12,300 wafers per month and diffusion is above 33.3%, the lag is at most 6 months in 80% of "
            "runs, against 5% elsewhere; this is where 60% of all such runs lie. Judgement enters HBM wafers in 2026."
        )

    def test_fresh_runs_lead_and_those_that_the_box_was_found_in_follow(self):
        fresh = Fit(coverage=0.6, density=0.6, mass=0.2, elsewhere=0.1, runs=500)
        said = sentence("it fails", box_of({"p": Between(low=0.3)}), 0.2, WORDS, fresh)
        assert "it fails in 60% of fresh runs (52% to 68%), against 10% elsewhere;" in said
        assert "this is where 60% of all such runs lie (52% to 68%)." in said
        assert said.index("60% of fresh") < said.index("In the runs that it was found in, 80% against 5%, and 60%.")

    def test_switches_are_named_by_their_options_also_where_a_tree_cut_their_numbers(self):
        for condition in (OneOf((1.0,)), Between(low=0.5)):
            assert "Where form of the lag is constant, it fails" in sentence("it fails", box_of({"s": condition}), 0.2, WORDS)
        assert "form of the lag is lookback or constant" in sentence("it fails", box_of({"s": OneOf((0.0, 1.0))}), 0.2, WORDS)

    def test_a_stretch_and_a_growth_read_as_such(self):
        said = sentence("it fails", box_of({"g": Between(1.2, 1.45678)}), 0.2, WORDS)
        assert said.startswith("Where growth of the budget is between a factor of 1.2 a year and a factor of 1.46 a year, it fails in 80%")

    def test_no_run_every_run_and_no_box_are_said(self):
        box = box_of({"p": Between(low=0.3)})
        assert sentence("it fails", box, 0.0, WORDS) == "In no run it fails."
        assert sentence("it fails", box, 1.0, WORDS) == "In every run it fails."
        assert sentence("it fails", box_of({}), 0.3, WORDS) == "In 30% of runs it fails, and no few conditions single them out."
        assert sentence("it fails", box_of({"p": Between(low=0.3)}, density=0.32), 0.3, WORDS).endswith(
            "no few conditions single them out."
        )

    def test_a_box_that_is_dense_only_where_it_was_found_is_none_and_both_densities_are_said(self):
        box = box_of({"p": Between(low=0.3)}, density=0.6)
        same = Fit(coverage=0.2, density=0.3, mass=0.2, elsewhere=0.3, runs=1_000)
        assert sentence("it fails", box, 0.3, WORDS, same) == (
            "In 30% of runs it fails, and no few conditions single them out: in the best box that was found it is 60% of the runs that it "
            "was found in, and 30% of fresh ones (25% to 36%), of which 30% are such runs."
        )

    def test_a_box_with_too_few_fresh_runs_to_tell_is_none(self):
        """Twice as dense among ten runs is what chance gives."""
        few = Fit(coverage=0.02, density=0.4, mass=0.01, elsewhere=0.198, runs=1_000)
        many = Fit(coverage=0.4, density=0.4, mass=0.2, elsewhere=0.15, runs=1_000)
        assert few.density >= 1.25 * few.share
        assert not stands_out(box_of({}), 0.2, few)
        assert stands_out(box_of({}), 0.2, many)

    def test_fresh_runs_that_hold_nothing_of_the_box_say_nothing_for_it(self):
        empty = Fit(coverage=0.0, density=0.0, mass=0.0, elsewhere=0.2, runs=1_000)
        assert not stands_out(box_of({}), 0.2, empty)
        assert empty.density_interval == (0.0, 1.0)

    @given(st.floats(0, 1))
    def test_a_share_that_is_neither_none_nor_all_never_reads_so(self, share):
        assert (percent(share) == "0%") == (share == 0)
        assert (percent(share) == "100%") == (share == 1)

    @given(st.floats(1e-6, 1e12))
    def test_a_number_is_within_half_a_percent_of_what_is_said(self, x):
        assert float(number(x).replace(",", "")) == pytest.approx(x, rel=0.0051)

    def test_amounts_carry_their_unit(self):
        assert [amount(0.05, "share"), amount(2.5, "ratio"), amount(1e6, "H100e per year")] == ["5%", "2.5", "1,000,000 H100e per year"]

    def test_every_estimate_and_switch_has_words(self):
        estimates = load_estimates()
        words = words_of(estimates)
        assert set(words) == set(estimates.estimates) | set(estimates.switches)
        assert words["phi"].title == "diffusion"
        assert words["hw_2026"].title.startswith("HBM")
        assert words["sw_lag"].options == ("lookback", "constant")


class TestIntervals:
    @settings(max_examples=30, deadline=None)
    @given(st.integers(0, 10_000))
    def test_the_fit_of_a_box_holds_the_counts_that_its_intervals_rest_on(self, seed):
        x, cases = corner(seed, runs=300, columns=3, noise=0.2)
        fit = measured({"a": Between(low=0.5)}, x, cases).fit
        inside = x["a"] >= 0.5
        assert fit.share == pytest.approx(cases.mean())
        for found, n in ((fit.density_interval, inside.sum()), (fit.coverage_interval, cases.sum())):
            published = stats.binomtest(int(cases[inside].sum()), int(n)).proportion_ci(0.9, method="wilson")
            assert found == pytest.approx((published.low, published.high), abs=1e-9)

    def test_nine_of_ten_intervals_hold_what_they_are_of(self):
        rng = np.random.default_rng(4)
        held = [low <= 0.3 <= high for low, high in (wilson(k / 200, 200) for k in rng.binomial(200, 0.3, 2_000))]
        assert 0.87 < np.mean(held) < 0.93


class TestOfTheModel:
    def test_of_noise_no_box_stands_out_on_fresh_runs_where_it_did_on_its_own(self, study):
        """An outcome that hangs on nothing few: in the runs of the search the box looks denser, in fresh ones it is not."""
        found = [discover(study, Failure("retaliation", 2028, at_least=0.5), seed=seed, runs=200) for seed in range(4)]
        fooled = [f for f in found if f.box.conditions and f.box.fit.density >= 1.25 * f.share and not stands_out(f.box, f.share, f.fresh)]
        assert fooled
        assert all("no few conditions single them out: in the best box that was found" in f.sentence for f in fooled)

    def test_each_leaf_of_the_tree_is_measured_again(self, study):
        found = discover(study, Failure("lag", 2030, at_most=9.0), seed=3, runs=400)
        assert len(found.tree_fresh) == len(found.tree)
        assert sum(f.mass for f in found.tree_fresh) == pytest.approx(1.0)

    def test_a_surge_of_domestic_output_is_laid_to_hbm(self, study):
        found = discover(study, Failure("flow_domestic", 2027, at_least=1e6), seed=7, runs=1_000)
        assert "hw_2026" in found.box.conditions
        assert found.box.conditions["hw_2026"].low > 0
        assert found.box.fit.density > 2 * found.share
        assert found.fresh.density == pytest.approx(found.box.fit.density, abs=0.15)
        assert found.sentence.startswith("Where ")
        assert "flow domestic in 2027 is at least 1,000,000 H100e per year in " in found.sentence
        assert len(found.box.conditions) <= 4

    def test_the_same_seed_finds_the_same(self, study):
        failure = Failure("lag", 2030, at_most=8.0)
        assert discover(study, failure, seed=3, runs=300) == discover(study, failure, seed=3, runs=300)

    def test_what_never_fails_and_what_always_does_is_said(self, study):
        assert (
            discover(study, Failure("lag", 2030, at_most=-50.0), seed=1, runs=100).sentence
            == "In no run lag in 2030 is at most -50 months."
        )
        assert discover(study, Failure("china_share", 2030, at_least=0.0), seed=1, runs=100).sentence.startswith("In every run China share")

    def test_where_one_policy_does_worse_than_another_can_be_asked(self, study, enforced):
        change = Study(
            study.estimates, Plan(lever_path(enforced, r={"2027Q1": 1.0}, a={"2027Q1": 1.0})), Plan(enforced), history=study.history
        )
        found = discover(change, Failure("flow_grey", 2030, at_least=0.0), seed=7, runs=500)
        assert "the difference in flow grey in 2030" in found.sentence

    def test_bad_questions_are_refused(self, study):
        with pytest.raises(BadInput, match="either at_least or at_most"):
            Failure("lag", 2030)
        with pytest.raises(BadInput, match="no outcome"):
            discover(study, Failure("lagg", 2030, at_most=1.0), seed=1, runs=100)
        with pytest.raises(BadInput, match="100 at least"):
            discover(study, Failure("lag", 2030, at_most=6.0), seed=1, runs=1)


def test_a_box_measured_on_runs_without_cases_covers_nothing():
    fit = measured({"a": Between(low=0.5)}, {"a": np.linspace(0, 1, 10)}, np.zeros(10, dtype=bool)).fit
    assert (fit.coverage, fit.density, fit.elsewhere) == (0.0, 0.0, 0.0)
