"""Draws: the same seed gives the same bytes, each name has its own stream, and distributions and correlations are those declared."""

from __future__ import annotations

import dataclasses
import datetime as dt
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from thalweg.evidence import BadInput
from thalweg.evidence.distribution import Beta, LogNormal
from thalweg.pack.estimates import load_estimates
from thalweg.pack.estimates_overlay import lay_estimates
from thalweg.scenarios.draw import METHODS, base_switches, draw, draw_chances, stream, uniforms, values_at

ALL = load_estimates()
H1 = dt.date(2024, 12, 31)
CORRELATED = {name for c in ALL.correlations for name in c.of}


def same(one, other, *, but=()):
    assert one.keys() == other.keys()
    return [name for name in one if name not in but and not np.array_equal(one[name], other[name])] == []


def with_value(name, distribution):
    """The estimates with another distribution of one name."""
    old = ALL[name]
    changed = dataclasses.replace(old, value=dataclasses.replace(old.value, distribution=distribution))
    return dataclasses.replace(ALL, estimates={**ALL.estimates, name: changed})


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(method):
    first, again, other = (draw(ALL, 100, seed, method=method) for seed in (7, 7, 8))
    assert same(first, again)
    moved = [n for n, e in ALL.estimates.items() if e.value.distribution.kind != "point"]
    assert not any(np.array_equal(first[n], other[n]) for n in moved)


def test_another_process_draws_the_same_bytes():
    code = (
        "import hashlib\nfrom thalweg.pack.estimates import load_estimates\nfrom thalweg.scenarios.draw import draw\n"
        "d = draw(load_estimates(), 50, 3)\nprint(hashlib.sha256(b''.join(d[n].tobytes() for n in sorted(d))).hexdigest())\n"
    )
    hashes = {subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout for _ in range(2)}
    assert len(hashes) == 1


@pytest.mark.parametrize("method", METHODS)
def test_every_name_is_drawn_as_float64_within_its_support(method):
    found = draw(ALL, 257, 1, method=method)
    assert found.keys() == {*ALL.estimates, *ALL.switches}
    for name, e in ALL.estimates.items():
        x = found[name]
        assert x.dtype == np.float64
        assert x.shape == (257,)
        assert np.all(np.isfinite(x))
        assert e.support[0] <= x.min() <= x.max() <= e.support[1]


@pytest.mark.parametrize("runs", [1, 2, 3])
@pytest.mark.parametrize("method", METHODS)
def test_a_handful_of_runs_is_enough(runs, method):
    assert all(len(x) == runs for x in draw(ALL, runs, 0, method=method).values())


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["theta", "world_flow_2025", "err_nvidia", "hw_2026"])
def test_another_distribution_of_one_estimate_leaves_all_other_draws_as_they_were(name, method):
    changed = with_value(name, LogNormal.between(0.1, 0.2))
    assert same(draw(ALL, 64, 5, method=method), draw(changed, 64, 5, method=method), but=(name,))


@settings(max_examples=20)
@given(st.integers(0, 2**64), st.permutations(["theta", "eps", "eta", "K0", "sw_lag", "phi"]))
def test_streams_do_not_depend_on_the_order_of_names(seed, names):
    alone = {n: stream(seed, n).random(4) for n in names}
    assert all(np.array_equal(alone[n], stream(seed, n).random(4)) for n in sorted(names))
    assert len({x.tobytes() for x in alone.values()}) == len(names)


def test_the_order_of_the_estimates_changes_nothing():
    back = dataclasses.replace(ALL, estimates=dict(reversed(ALL.estimates.items())), correlations=ALL.correlations[::-1])
    for method in METHODS:
        assert same(draw(ALL, 32, 5, method=method), draw(back, 32, 5, method=method))


def test_a_latin_hypercube_has_one_run_in_each_stratum():
    for u in uniforms(ALL, 50, 11).values():
        assert sorted((u * 50).astype(int)) == list(range(50))


def test_sobol_points_are_balanced_in_every_name():
    for u in uniforms(ALL, 64, 11, method="sobol").values():
        assert sorted((u * 64).astype(int)) == list(range(64))


@pytest.mark.parametrize("method", METHODS)
def test_drawn_quantiles_are_those_of_the_distributions(method):
    found = draw(ALL, 4096, 2, method=method)
    for name, e in ALL.estimates.items():
        if e.value.distribution.kind in ("point", "discrete"):
            continue
        ranks = e.value.distribution.cdf(np.quantile(found[name], [0.05, 0.5, 0.95]))
        tolerance = 0.03 if method == "mc" or name in CORRELATED else 0.003
        np.testing.assert_allclose(ranks, [0.05, 0.5, 0.95], atol=tolerance, err_msg=name)


@pytest.mark.parametrize("method", METHODS)
def test_rank_correlations_are_those_declared_and_no_others(method):
    found = draw(ALL, 8192, 4, method=method)
    for c in ALL.correlations:
        assert stats.spearmanr(found[c.of[0]], found[c.of[1]]).statistic == pytest.approx(c.rank, abs=0.03), c.of
    for pair in (("theta", "eps"), ("phi", "ga"), ("rho_2024", "growth_flow_2026"), ("err_smuggled", "err_huawei")):
        assert abs(stats.spearmanr(found[pair[0]], found[pair[1]]).statistic) < 0.05, pair


def test_switches_are_drawn_as_often_as_their_options_are_likely():
    found = draw(ALL, 10_000, 3)
    for name, switch in ALL.switches.items():
        shares = [np.mean(found[name] == i) for i in range(len(switch.options))]
        np.testing.assert_allclose(shares, [o.probability for o in switch.options], atol=1e-3)


def test_an_option_without_probability_is_never_drawn(tmp_path):
    root = tmp_path / "mine"
    (root / "estimates").mkdir(parents=True)
    (root / "overlay.yaml").write_text("id: mine\ntitle: Ours\nkind: what_if\n", encoding="utf-8")
    change = "- {id: sw_lag, probabilities: {lookback: 0, constant: 1}, basis: judgement, sources: [{citation: a panel}]}\n"
    (root / "estimates" / "switches.yaml").write_text(change, encoding="utf-8")
    laid = lay_estimates(ALL, root)
    assert set(draw(laid, 500, 1)["sw_lag"]) == {1.0}
    assert same(draw(laid, 500, 1), draw(ALL, 500, 1), but=("sw_lag",))


# ---------------------------------------------------------------- anchors, vintages, fixed values


@pytest.mark.parametrize("anchor", list(ALL.anchors))
def test_an_anchor_sets_its_own_values_and_leaves_the_other_draws(anchor):
    base, found = draw(ALL, 64, 9), draw(ALL, 64, 9, anchor=anchor)
    set_by = {n for n, e in ALL.estimates.items() if any(r.anchor == anchor for r in e.rivals)}
    assert set_by
    assert same(base, found, but=set_by)
    for name in set_by:
        rival = ALL[name].of(anchor)
        if rival.distribution.kind == "point":
            assert set(found[name]) == {rival.distribution.value}


def test_a_vintage_draws_what_was_known():
    found = draw(ALL, 2000, 9, vintage=H1)
    assert np.median(found["growth_flow_2025"]) == pytest.approx(np.sqrt(1.5 * 4.5), rel=0.01)
    assert np.mean(found["phi"]) == pytest.approx(0.4, abs=0.01)
    assert same(draw(ALL, 64, 9), draw(ALL, 64, 9, vintage=dt.date(2033, 1, 1)))


def test_a_vintage_refuses_an_estimate_that_has_no_value_of_it():
    with pytest.raises(BadInput, match="has no value of that vintage"):
        draw(ALL, 4, 1, vintage=dt.date(2020, 1, 1))


def test_fixed_values_stand_and_leave_the_other_draws():
    ramp = np.linspace(0, 1, 64)
    found = draw(ALL, 64, 9, fixed={"phi": 0.36, "theta": ramp, "sw_lag": "constant", "sw_sme": 1})
    assert set(found["phi"]) == {0.36}
    assert np.array_equal(found["theta"], ramp)
    assert (set(found["sw_lag"]), set(found["sw_sme"])) == ({1.0}, {1.0})
    assert same(draw(ALL, 64, 9), found, but=("phi", "theta", "sw_lag", "sw_sme"))
    assert set(draw(ALL, 8, 9, fixed=base_switches(ALL))["sw_beijing"]) == {0.0}


def test_a_correlated_estimate_may_be_fixed_without_moving_the_other():
    assert same(draw(ALL, 64, 9), draw(ALL, 64, 9, fixed={"rho_2024": 0.05}), but=("rho_2024",))


def test_values_at_chosen_uniforms_are_the_quantiles():
    middle = {n: np.full(3, 0.5) for n in uniforms(ALL, 3, 0)}
    found = values_at(ALL, middle)
    assert found["theta"] == pytest.approx(np.full(3, ALL["theta"].central))
    assert found["rho_2025"] == pytest.approx(np.full(3, ALL["rho_2025"].central))


@given(st.floats(0.01, 0.99), st.floats(0.0, 1.0))
def test_a_value_never_falls_as_its_own_uniform_rises(u, share):
    low = {n: np.full(2, 0.3) for n in uniforms(ALL, 2, 0)}
    low["theta"], low["rho_2025"] = (np.array([u * share, u]).clip(1e-9, 1) for _ in range(2))
    found = values_at(ALL, low)
    assert found["theta"][0] <= found["theta"][1]
    assert found["rho_2025"][0] <= found["rho_2025"][1]


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: draw(ALL, 0, 1), "runs: 0 given"),
        (lambda: draw(ALL, -5, 1), "runs: -5 given"),
        (lambda: draw(ALL, 10**9, 1), "from 1 to 10,000,000"),
        (lambda: draw(ALL, 2.5, 1), "runs: 2.5 given"),
        (lambda: draw(ALL, True, 1), "runs: True given"),
        (lambda: draw(ALL, 5, -1), "seed: -1 given"),
        (lambda: draw(ALL, 5, "x"), "seed: 'x' given"),
        (lambda: draw(ALL, 5, 1, method="latin"), "method 'latin': there are lhs, sobol, mc"),
        (lambda: draw(ALL, 5, 1, anchor="epok"), "there is no anchor 'epok'; there are epoch"),
        (lambda: draw(ALL, 5, 1, anchor="epoch", vintage=H1), "exclude each other"),
        (lambda: draw(ALL, 5, 1, fixed={"thetta": 1}), "no estimate or switch 'thetta'; did you mean 'theta'"),
        (lambda: draw(ALL, 5, 1, fixed={"theta": 1.5}), "theta lies outside its support of 0 to 1"),
        (lambda: draw(ALL, 5, 1, fixed={"theta": float("nan")}), "theta lies outside"),
        (lambda: draw(ALL, 5, 1, fixed={"theta": [0.1, 0.2]}), "theta should be a number or 5 of them"),
        (lambda: draw(ALL, 5, 1, fixed={"theta": "much"}), "theta should be a number"),
        (lambda: draw(ALL, 5, 1, fixed={"sw_lag": "lookbak"}), "switch 'sw_lag' has no option 'lookbak'"),
        (lambda: draw(ALL, 5, 1, fixed={"sw_lag": 2}), "has no option 2"),
        (lambda: draw(ALL, 5, 1, fixed={"sw_lag": [0, 1, 0, 1, 0.5]}), "has no option 0.5"),
        (lambda: draw(ALL, 5, 1, fixed={"sw_lag": [0, 1]}), "sw_lag should be an option or 5 of them"),
        (lambda: values_at(ALL, {"theta": np.array([0.5])}), "no uniform numbers for"),
        (lambda: draw_chances(ALL, 5, 1, quarters=0), "quarters: 0 given"),
    ],
)
def test_what_cannot_be_drawn_says_why(ask, says):
    with pytest.raises(BadInput) as caught:
        ask()
    assert says in str(caught.value)


# ---------------------------------------------------------------- chances


def test_chances_are_uniform_by_quarter_and_run_and_hang_on_no_estimate():
    found = draw_chances(ALL, 2000, 6)
    assert found.keys() == ALL.chances.keys()
    assert all(x.shape == (44, 2000) for x in found.values())
    assert all(stats.kstest(x.ravel(), "uniform").pvalue > 1e-4 for x in found.values())
    again = draw_chances(with_value("theta", Beta(1, 1)), 2000, 6)
    assert same(found, again)
