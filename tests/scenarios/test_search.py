"""Search over lever paths: the front, fresh draws, and an interruption that leaves no trace in the result."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thalweg.evidence import BadInput
from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import Plan, lever_path, prepare, simulate
from thalweg.scenarios.quarters import QUARTERS
from thalweg.scenarios.search import COST, DEFAULT, Dimension, Objective, Space, ThresholdGrid, search
from thalweg.scenarios.search.checkpoint import Evaluated, load, question_of, save
from thalweg.scenarios.search.search import spread_out, undominated
from thalweg.scenarios.study import Study

FEW = {"candidates": 60, "population": 20, "draws": 10, "fresh": 20}
HANGS_ON_THRESHOLD = ("legal", "m", "qL", "pL", "bwL")


@pytest.fixture(scope="module")
def study(history, enforced):
    return Study(load_estimates(), Plan(enforced), history=history)


@pytest.fixture(scope="module")
def space(enforced):
    def resolve(name):
        paths = {lever: enforced.values[lever].copy() for lever in HANGS_ON_THRESHOLD}
        if name == "none may be sold":
            paths["legal"][:] = 0.0
        return paths

    thresholds = ThresholdGrid.resolved(("none may be sold", "as enforced"), resolve)
    levers = (Dimension("E", 5.5e7, 5.5e8, log=True), Dimension("a", 0, 1), Dimension("fee", 0, 0.5, 6), Dimension("s", 0, 1))
    return Space(enforced, levers, thresholds, ("2027Q1", "2029Q1"))


@pytest.fixture(scope="module")
def front(study, space):
    return search(study, space, seed=3, **FEW)


def same(one, other):
    assert one.candidates == other.candidates
    assert (one.optimism, one.size) == (other.optimism, other.size)
    assert np.array_equal(one.evaluated.candidates, other.evaluated.candidates)
    assert np.array_equal(one.evaluated.objectives, other.evaluated.objectives)


class TestFront:
    def test_no_candidate_looked_at_beats_one_of_the_front(self, front):
        signs = np.array([o.sign for o in front.objectives])
        every = front.evaluated.objectives * signs
        for candidate in front.candidates:
            mine = np.array(candidate.found) * signs
            assert not ((every <= mine).all(axis=1) & (every < mine).any(axis=1)).any()

    def test_a_candidate_means_what_simulating_its_path_gives(self, study, space, front):
        candidate = front.candidates[0]
        draws = study.values(study.uniforms(FEW["draws"], 3))
        given_draws = prepare(draws, study.chances(FEW["draws"], 3), study.history, dtype=np.float32)
        plan = Plan(space.paths(np.array([candidate.positions])))
        found = simulate(given_draws, plan, outcomes=("lag", "innovation", "enforcement_cost", "allied_burden", "fee_income"), quarterly=())
        expected = [o.over_draws(o.of(found.yearly)[None])[0] for o in front.objectives]
        assert candidate.found == pytest.approx(expected, rel=1e-6)

    def test_fresh_draws_are_others_and_bound_what_they_show(self, front):
        assert front.fresh == FEW["fresh"]
        assert any(c.found != c.fresh for c in front.candidates)
        for c in front.candidates:
            assert all(low <= high for low, high in zip(c.fresh_low, c.fresh_high, strict=True))
        mean = np.mean([np.subtract(c.fresh, c.found) for c in front.candidates], axis=0) * [o.sign for o in front.objectives]
        assert front.optimism == pytest.approx(tuple(mean))

    def test_settings_name_lever_quarter_and_threshold(self, front):
        held = front.candidates[0].settings
        assert set(held) == {f"{lever} from {q}" for lever in ("E", "a", "fee", "s", "threshold") for q in ("2027Q1", "2029Q1")}
        assert held["threshold from 2027Q1"] in ("none may be sold", "as enforced")

    def test_the_same_seed_gives_the_same_front(self, study, space, front):
        same(search(study, space, seed=3, **FEW), front)

    def test_a_plan_that_hangs_on_the_draws_is_searched_like_any_other(self, study, space, front):
        def base(values):
            assert len(values["phi"]) in (FEW["draws"], FEW["fresh"])
            return space.base

        planned = replace(study, plan=lambda _: study.plan)
        same(search(planned, replace(space, base=base), seed=3, **FEW), front)

    @pytest.mark.slow
    def test_a_space_smaller_than_the_search_is_looked_through_and_ends(self, study, enforced):
        small = Space(enforced, (Dimension("a", 0, 1, 2), Dimension("s", 0, 1, 3)))
        found = search(study, small, seed=1, candidates=100, population=4, draws=5, fresh=5)
        assert len(np.unique(found.evaluated.candidates, axis=0)) <= 6
        assert found.size >= 1


class _Stopped(Exception):
    pass


class TestInterruption:
    @pytest.mark.parametrize("after", [1, 2])
    def test_a_search_that_was_interrupted_ends_as_one_that_was_not(self, study, space, front, tmp_path, after):
        file = tmp_path / "search.npz"
        told = []

        def stop(done, of, size):
            told.append((done, of, size))
            if len(told) == after:
                raise _Stopped

        with pytest.raises(_Stopped):
            search(study, space, seed=3, checkpoint=file, progress=stop, **FEW)
        assert len(load_any(file)["candidates"]) == 20 * after
        same(search(study, space, seed=3, checkpoint=file, **FEW), front)
        assert len(load_any(file)["candidates"]) == FEW["candidates"]

    @pytest.mark.slow
    def test_a_search_whose_process_is_killed_ends_as_one_that_was_not(self, tmp_path):
        file = tmp_path / "search.npz"
        numbers = {"candidates": 1500, "population": 50, "draws": 50, "fresh": 50, "seed": 7}
        options = [word for name, number in numbers.items() for word in (f"--{name}", str(number))]
        command = [sys.executable, "-m", "thalweg", "search", "status-quo", *options, "--format", "json"]
        whole = subprocess.run(command, capture_output=True, check=True).stdout
        with subprocess.Popen([*command, "--checkpoint", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as killed:
            while not file.exists() and killed.poll() is None:
                time.sleep(0.01)
            killed.kill()
        assert len(load_any(file)["candidates"]) < 1500
        assert subprocess.run([*command, "--checkpoint", str(file)], capture_output=True, check=True).stdout == whole

    def test_a_checkpoint_without_a_folder_is_refused_before_anything_is_simulated(self, study, space, tmp_path):
        with pytest.raises(BadInput, match="no folder"):
            search(study, space, seed=3, checkpoint=tmp_path / "none" / "search.npz", **FEW)

    def test_what_is_in_the_checkpoint_is_not_simulated_again(self, study, space, front, tmp_path, monkeypatch):
        file = tmp_path / "search.npz"
        search(study, space, seed=3, checkpoint=file, **FEW)
        before = file.read_bytes()
        from thalweg.scenarios.search.search import _Evaluation

        monkeypatch.setattr(_Evaluation, "__call__", lambda *_: pytest.fail("simulated again"))
        same(search(study, space, seed=3, checkpoint=file, **FEW), front)
        assert file.read_bytes() == before

    @pytest.mark.parametrize(
        "changed", [{"seed": 4}, {"draws": 11}, {"population": 10}, {"objectives": DEFAULT[:2]}, {"dtype": np.float64}]
    )
    def test_the_checkpoint_of_another_search_is_refused(self, study, space, tmp_path, changed):
        file = tmp_path / "search.npz"
        search(study, space, seed=3, checkpoint=file, **FEW)
        before = file.read_bytes()
        asked = {"seed": 3, "objectives": DEFAULT, **FEW} | {k: v for k, v in changed.items() if k != "dtype"}
        other = replace(study, dtype=changed.get("dtype", study.dtype))
        with pytest.raises(BadInput, match="belongs to another search"):
            search(other, space, checkpoint=file, **asked)
        assert file.read_bytes() == before

    def test_another_base_or_another_overlay_is_another_search(self, study, space, tmp_path, enforced):
        file = tmp_path / "search.npz"
        search(study, space, seed=3, checkpoint=file, **FEW)
        with pytest.raises(BadInput, match="belongs to another search"):
            search(study, replace(space, base=lever_path(enforced, v={"2027Q1": 0.5})), seed=3, checkpoint=file, **FEW)
        with pytest.raises(BadInput, match="belongs to another search"):
            search(replace(study, fixed={"phi": 0.3}), space, seed=3, checkpoint=file, **FEW)

    @pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 half of one"])
    def test_what_is_no_checkpoint_is_refused(self, study, space, tmp_path, content):
        file = tmp_path / "search.npz"
        file.write_bytes(content)
        with pytest.raises(BadInput, match="is no checkpoint"):
            search(study, space, seed=3, checkpoint=file, **FEW)
        assert file.read_bytes() == content

    def test_a_checkpoint_that_holds_code_is_refused_unread(self, tmp_path):
        held = io.BytesIO()
        np.savez(held, format=np.array([object()]), question=np.array([1]), candidates=np.ones((1, 1)), objectives=np.ones((1, 1)))
        (tmp_path / "x.npz").write_bytes(held.getvalue())
        with pytest.raises(BadInput, match="is no checkpoint"):
            load(tmp_path / "x.npz", "q")

    def test_values_that_are_no_numbers_are_refused(self, tmp_path):
        save(tmp_path / "x.npz", "q", Evaluated(np.ones((2, 3), dtype=int), np.array([[1.0], [np.nan]])))
        with pytest.raises(BadInput, match="is no checkpoint"):
            load(tmp_path / "x.npz", "q")

    def test_a_checkpoint_comes_back_as_it_was(self, tmp_path):
        rows = Evaluated(np.arange(6).reshape(2, 3), np.array([[0.1, 2.0], [3.0, np.pi]]))
        save(tmp_path / "x.npz", "q", rows)
        back = load(tmp_path / "x.npz", "q")
        assert np.array_equal(back.candidates, rows.candidates)
        assert np.array_equal(back.objectives, rows.objectives)
        assert load(tmp_path / "none.npz", "q") is None
        assert [p.name for p in tmp_path.iterdir()] == ["x.npz"]

    def test_the_question_changes_with_each_part(self):
        asked = [("a", 1, np.arange(3)), ("b", 1, np.arange(3)), ("a", 2, np.arange(3)), ("a", 1, np.arange(3.0)), ("a", 1, -np.arange(3))]
        assert len({question_of(*parts) for parts in asked}) == 5
        assert question_of(*asked[0]) == question_of("a", 1, np.arange(3))


def load_any(file):
    with np.load(file, allow_pickle=False) as held:
        return {name: held[name] for name in held.files}


class TestSpace:
    def test_before_the_first_phase_the_base_holds_and_from_it_on_what_is_searched(self, space, enforced):
        rng = np.random.default_rng(1)
        rows = rng.integers(0, space.sizes, size=(7, len(space.sizes)))
        path = space.paths(rows, 3)
        for lever in ("E", "a", "fee", "s", *HANGS_ON_THRESHOLD):
            values = path.values[lever]
            assert values.shape == (QUARTERS, 21)
            assert np.array_equal(values[:20], np.repeat(enforced.values[lever][:20, None], 21, axis=1))
        for i, row in enumerate(rows):
            assert np.unique(path.values["a"][20:28, 3 * i : 3 * i + 3]).tolist() == [space.dimensions[1].grid[row[1]]]
            assert np.unique(path.values["a"][28:, 3 * i : 3 * i + 3]).tolist() == [space.dimensions[1].grid[row[6]]]
            assert np.array_equal(path.values["m"][28:, 3 * i], space.thresholds.paths["m"][row[9], 28:])
        assert np.array_equal(path.values["v"], enforced.values["v"])

    def test_what_is_uncertain_differs_by_run_and_is_the_same_for_each_candidate(self, enforced):
        values = {"m_decay": np.array([0.5, 1.0, 2.0])}

        def fading(v):
            return np.stack([np.zeros((QUARTERS, 3)), np.tile(np.exp(-v["m_decay"]), (QUARTERS, 1))])

        def base(v):
            return lever_path(enforced, v=np.tile(v["m_decay"] / 2, (QUARTERS, 1)))

        space = Space(base, (Dimension("a", 0, 1, 2),), ThresholdGrid(("none", "fading"), {"m": fading}))
        path = space.paths(np.array([[0, 1], [1, 0]]), 3, values)
        assert path.values["m"][-1].tolist() == [*np.exp(-values["m_decay"]), 0.0, 0.0, 0.0]
        assert path.values["a"][-1].tolist() == [0.0] * 3 + [1.0] * 3
        assert path.values["v"][-1].tolist() == [0.25, 0.5, 1.0] * 2
        assert path.values["m"][0].tolist() == [enforced.values["m"][0]] * 6
        with pytest.raises(BadInput, match="another number of runs"):
            space.paths(np.array([[0, 1]]), 4, values)

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            (lambda _: Dimension("tariff", 0, 1), "no lever 'tariff'"),
            (lambda _: Dimension("a", 0, 2), "not within 0 to 1"),
            (lambda _: Dimension("a", 0, 1, 1), "two steps"),
            (lambda _: Dimension("a", 0, 1, log=True), "above zero"),
            (lambda b: Space(b, (Dimension("a", 0, 1),), phases=("2027Q1", "2027Q1")), "later than the one before"),
            (lambda b: Space(b, (Dimension("a", 0, 1),), phases=("2040Q1",)), "not a quarter of the model"),
            (lambda b: Space(b, (Dimension("a", 0, 1), Dimension("a", 0, 0.5))), "searched over twice: a"),
            (lambda b: Space(b, ()), "at least one lever"),
            (lambda _: ThresholdGrid(("x",), {}), "at least two"),
            (lambda _: ThresholdGrid(("x", "y"), {"m": np.ones((2, 3))}), "are needed"),
            (lambda _: ThresholdGrid.resolved(("x", "y"), lambda n: {"m": np.ones(44)} if n == "x" else {}), "threshold y: no path of m"),
            (lambda _: Objective("o", {"lagg": 1.0}, (2030,), "lower"), "no outcome 'lagg'"),
            (lambda _: Objective("o", {"lag": 1.0}, (1999,), "lower"), "2022 to 2032"),
            (lambda _: Objective("o", {"lag": 1.0}, (2030,), "lower", at=1.0), "between 0 and 1"),
        ],
    )
    def test_what_cannot_be_searched_is_refused(self, enforced, wrong, words):
        with pytest.raises(BadInput, match=words):
            wrong(enforced)

    @pytest.mark.parametrize(
        ("changed", "words"),
        [({"population": 3}, "even number"), ({"candidates": 10}, "at least the population"), ({"draws": 0}, "at least one of each")],
    )
    def test_numbers_that_do_not_fit_together_are_refused(self, study, space, changed, words):
        with pytest.raises(BadInput, match=words):
            search(study, space, seed=1, **(FEW | changed))

    def test_one_objective_is_no_search(self, study, space):
        with pytest.raises(BadInput, match="no trade-off"):
            search(study, space, (COST,), seed=1, **FEW)


class TestChoosing:
    @settings(max_examples=50, deadline=None)
    @given(st.integers(0, 10_000), st.integers(1, 40), st.integers(2, 4))
    def test_the_undominated_are_those_that_a_plain_look_at_all_pairs_leaves(self, seed, n, m):
        scores = np.random.default_rng(seed).integers(0, 5, size=(n, m)).astype(float)
        plain = [not any((other <= row).all() and (other < row).any() for other in scores) for row in scores]
        assert undominated(scores).tolist() == plain

    @settings(max_examples=50, deadline=None)
    @given(st.integers(0, 10_000), st.integers(1, 60), st.integers(6, 20))
    def test_what_is_kept_of_a_front_are_different_paths_with_the_ends_among_them(self, seed, n, most):
        scores = np.random.default_rng(seed).normal(size=(n, 3))
        kept = spread_out(scores, most)
        assert len(kept) == len(set(kept.tolist())) == min(n, most)
        assert set(scores.argmin(axis=0)) <= set(kept.tolist())
        assert set(scores.argmax(axis=0)) <= set(kept.tolist())
