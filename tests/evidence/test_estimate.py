"""Distributions by their quantile functions, and estimates by what is known when."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from thalweg.evidence import BadInput
from thalweg.evidence.distribution import Beta, Discrete, LogNormal, Mixture, Normal, Point, Quantiles, Triangular, Uniform
from thalweg.evidence.distribution_form import packed, unpacked, words
from thalweg.evidence.estimate import Estimate, Value

HBM = Mixture((LogNormal.between(2e3, 15e3), LogNormal.between(15e3, 45e3)), (0.6, 0.4))
KNOWN = [
    (Uniform(0.3, 0.6), stats.uniform(0.3, 0.3)),
    (Triangular(2.0e6, 2.9e6, 3.0e6), stats.triang(0.9, 2.0e6, 1.0e6)),
    (Triangular(0, 0, 1.5), stats.triang(0, 0, 1.5)),
    (Triangular(0, 1, 1), stats.triang(1, 0, 1)),
    (Normal(3, 2), stats.norm(3, 2)),
    (LogNormal(math.log(159e3), 0.57), stats.lognorm(0.57, scale=159e3)),
    (Beta(2, 6), stats.beta(2, 6)),
    (Beta(8.458, 19.565), stats.beta(8.458, 19.565)),
    (Beta(0.5, 0.5), stats.beta(0.5, 0.5)),
    (Beta(3, 3, 10, 20), stats.beta(3, 3, 10, 10)),
]
ANY = [d for d, _ in KNOWN] + [
    Point(1979),
    HBM,
    Mixture((Uniform(0, 1), Normal(5, 0.1)), (0.25, 0.75)),
    Mixture((LogNormal.between(2, 3), LogNormal.between(300, 450)), (0.6, 0.4)),
    Discrete((2, 3, 4, 5, 6), (0.2,) * 5),
    Quantiles(0.78, 0.85, 0.88, "logit"),
    Quantiles(0.4028, 1, 2.627, "log"),
    Quantiles(-1, 0, 3),
]
U = np.concatenate([[1e-12, 1e-6], np.linspace(0.001, 0.999, 997), [1 - 1e-6, 1 - 1e-12]])
POSITIVE = st.floats(1e-6, 1e9)


def name(value):
    return words(value) if hasattr(value, "kind") else ""


@pytest.mark.parametrize(("ours", "scipys"), KNOWN, ids=name)
def test_quantiles_and_probabilities_are_those_of_scipy(ours, scipys):
    inner = U[1:-1]
    np.testing.assert_allclose(ours.ppf(inner), scipys.ppf(inner), rtol=1e-7, atol=1e-12 * max(1, abs(scipys.median())))
    x = scipys.ppf(inner)
    np.testing.assert_allclose(ours.cdf(x), scipys.cdf(x), atol=1e-12)


@pytest.mark.parametrize("distribution", ANY, ids=words)
def test_a_quantile_never_falls_and_stays_within_the_bounds(distribution):
    found = distribution.ppf(U)
    low, high = distribution.bounds()
    assert np.all(np.diff(found) >= 0)
    assert np.all((found >= low) & (found <= high))


@pytest.mark.parametrize("distribution", [d for d in ANY if d.kind not in ("point", "discrete")], ids=words)
def test_the_probability_of_a_quantile_is_the_one_asked_for(distribution):
    inner = U[2:-2]
    np.testing.assert_allclose(distribution.cdf(distribution.ppf(inner)), inner, atol=2e-7)


@pytest.mark.parametrize("distribution", ANY, ids=words)
def test_a_distribution_comes_back_from_plain_data(distribution):
    assert unpacked(packed(distribution)) == distribution


def test_a_mixture_has_the_quantiles_of_its_parts_together():
    parts = [(w, stats.lognorm(p.log_sd, scale=math.exp(p.log_mean))) for w, p in zip(HBM.weights, HBM.parts, strict=True)]
    by_root = [optimize.brentq(lambda x, u=u: sum(w * p.cdf(x) for w, p in parts) - u, 1, 1e6) for u in (0.05, 0.5, 0.95)]
    np.testing.assert_allclose(HBM.ppf(np.array([0.05, 0.5, 0.95])), by_root, rtol=1e-6)
    np.testing.assert_allclose(HBM.ppf(U[1:-1]), HBM.exact(U[1:-1]), rtol=1e-6)


def test_a_mixture_with_a_gap_jumps_over_it():
    apart = Mixture((LogNormal.between(2, 3), LogNormal.between(300, 450)), (0.6, 0.4))
    below, above = apart.ppf(np.array([0.599, 0.601]))
    assert below < 4
    assert above > 200


def test_a_discrete_number_takes_each_value_as_often_as_it_says():
    coin = Discrete((1, 2), (0.25, 0.75))
    drawn = coin.ppf((np.arange(1000) + 0.5) / 1000)
    assert (drawn == 1).sum() == 250
    assert coin.cdf(np.array([0.5, 1, 1.5, 2])).tolist() == [0, 0.25, 0.25, 1]


@given(POSITIVE, st.floats(1.0001, 1e4))
def test_a_lognormal_between_two_numbers_has_them_at_5_and_95_percent(low, ratio):
    high = low * ratio
    found = LogNormal.between(low, high).ppf(np.array([0.05, 0.5, 0.95]))
    np.testing.assert_allclose(found, [low, math.sqrt(low) * math.sqrt(high), high], rtol=1e-6)


@given(st.floats(-5, 5), st.floats(1e-3, 5), st.floats(1e-3, 5), st.sampled_from(["linear", "log", "logit"]))
def test_stated_quantiles_are_hit_on_every_scale(middle, down, up, scale):
    back = {"linear": lambda y: y, "log": math.exp, "logit": lambda y: 1 / (1 + math.exp(-y))}[scale]
    p05, p50, p95 = back(middle - down), back(middle), back(middle + up)
    found = Quantiles(p05, p50, p95, scale).ppf(np.array([0.05, 0.5, 0.95]))
    np.testing.assert_allclose(found, [p05, p50, p95], rtol=1e-6, atol=1e-9)


@given(st.floats(0.3, 40), st.floats(0.3, 40))
def test_the_table_of_a_beta_distribution_is_as_good_as_the_exact_inverse(a, b):
    inner = U[2:-2]
    np.testing.assert_allclose(Beta(a, b).ppf(inner), stats.beta(a, b).ppf(inner), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Uniform(2, 1), "inverted or empty: low is 2 and high is 1"),
        (lambda: Uniform(1, 1), "inverted or empty"),
        (lambda: Triangular(1, 5, 2), "the mode 5 lies outside 1 to 2"),
        (lambda: Normal(0, -1), "sd is -1 and has to be above zero"),
        (lambda: LogNormal(0, 0), "log_sd is 0"),
        (lambda: LogNormal.between(0, 2), "p05 is 0"),
        (lambda: LogNormal.between(3, 2), "inverted"),
        (lambda: Beta(0, 1), "a is 0"),
        (lambda: Beta(1, 1, 3, 2), "inverted"),
        (lambda: Quantiles(1, 3, 2), "p50 is 3 and p95 is 2"),
        (lambda: Quantiles(0, 1, 2, "log"), "p05 is 0"),
        (lambda: Quantiles(0.5, 0.7, 1.2, "logit"), "between 0 and 1"),
        (lambda: Point(math.nan), "no finite number"),
        (lambda: Uniform(0, math.inf), "no finite number"),
        (lambda: Discrete((2, 1), (0.5, 0.5)), "rise"),
        (lambda: Discrete((1, 2), (0.5, 0.6)), "sum to 1.1"),
        (lambda: Discrete((1, 2), (1.0,)), "1 probabilities for 2 values"),
        (lambda: Mixture((Point(1), Normal(0, 1)), (0.5, 0.5)), "continuous"),
        (lambda: Mixture((Normal(0, 1), Normal(1, 1)), (1.5, -0.5)), "weights[1] is -0.5"),
    ],
)
def test_what_is_no_distribution_says_why(make, says):
    with pytest.raises(ValueError, match=r".") as caught:
        make()
    assert says in str(caught.value)


# ---------------------------------------------------------------- estimates

END_2024, END_2025 = dt.date(2024, 12, 31), dt.date(2025, 12, 31)


def value(point, period_end=None, **more):
    return Value(Point(point), "judgement", (), period_end, **more)


def estimate(own, **more):
    return Estimate("theta", "Grey share", "A share.", "share", own, **more)


def test_a_hindcast_takes_the_latest_vintage_that_could_be_known():
    theta = estimate(
        value(3, END_2025),
        vintages=(value(1, dt.date(2022, 12, 31), until=dt.date(2022, 12, 31)), value(2, END_2024, until=END_2024)),
    )
    assert [theta.known_by(day).distribution.value for day in (END_2025, END_2024, dt.date(2023, 6, 1))] == [3, 2, 1]


def test_a_number_about_no_period_is_known_at_any_time():
    assert estimate(value(3)).known_by(dt.date(1990, 1, 1)).distribution.value == 3


def test_a_number_about_later_is_refused_where_there_is_no_vintage():
    with pytest.raises(BadInput, match="about a period that ends on 2025-12-31, after 2024-12-31"):
        estimate(value(3, END_2025)).known_by(END_2024)


def test_an_anchor_takes_its_own_value_and_leaves_the_rest():
    theta = estimate(value(3), rivals=(value(4, by="Epoch AI", anchor="epoch"), value(5, by="an expert")))
    assert [theta.of(a).distribution.value for a in ("epoch", "ai-2040", None)] == [4, 3, 3]


def test_a_number_set_by_an_overlay_stands_under_every_anchor():
    theta = estimate(value(3), rivals=(value(4, by="Epoch AI", anchor="epoch"),), overlay="mine")
    assert theta.of("epoch").distribution.value == 3


def test_judgement_in_the_width_counts_as_judgement():
    judged = Value(Point(1), "derived", ({"citation": "x", "basis": "judgement"},), None)
    assert judged.judged
    assert not Value(Point(1), "derived", ({"citation": "x", "basis": "published"},), None).judged


def test_low_central_and_high_are_the_quantiles():
    e = estimate(Value(LogNormal.between(11.2e6, 15.2e6), "published", (), END_2025))
    assert (round(e.low), round(e.central), round(e.high)) == (11_200_000, 13_047_605, 15_200_000)
    assert e.basis == "published"
