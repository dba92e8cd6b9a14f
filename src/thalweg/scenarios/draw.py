"""Draws of the estimates: one value a run of every uncertain number, by inverting its distribution at a uniform number.

Every name has a stream of random numbers of its own, keyed by the seed and the name. So the same seed gives the same draws, the order and
the number of other names change nothing, and another distribution of one estimate leaves the draws of all others as they were: policies
and overlays meet the same chances.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from thalweg.evidence import BadInput, nearest
from thalweg.evidence.distribution import Point
from thalweg.evidence.estimate import Estimate, Value
from thalweg.evidence.quantile_table import normal_cdf, normal_ppf
from thalweg.pack.estimates_checks import cholesky, components
from thalweg.pack.estimates_model import Estimates, Switch

Array: TypeAlias = NDArray[np.float64]
Method = Literal["lhs", "sobol", "mc"]
_Asked: TypeAlias = tuple[str | None, dt.date | None, Mapping[str, Any] | None]
"""Anchor, vintage and fixed values."""
METHODS: Final = ("lhs", "sobol", "mc")
MAX_RUNS: Final = 10_000_000
_LEAST: Final = 2.0**-54
_MOST: Final = 1 - 2.0**-53


def draw(
    estimates: Estimates,
    runs: int,
    seed: int,
    *,
    anchor: str | None = None,
    vintage: dt.date | None = None,
    fixed: Mapping[str, Any] | None = None,
    method: Method = "lhs",
    dtype: Any = np.float64,
) -> dict[str, Array]:
    """Return an array (runs,) for every estimate and switch, by name; a switch is the number of its option.

    Args:
        estimates: with overlays already laid.
        runs: at least one.
        seed: any whole number from zero on.
        anchor: a preset, whose values stand in for the pack's own where it has one.
        vintage: a day; only values that could be held by it are drawn, for a hindcast.
        fixed: values by name, a number or an array (runs,), for a switch also the name of an option.
        method: Latin hypercube, scrambled Sobol points, or independent draws. Estimates with declared correlations are stratified
            before they are correlated.
        dtype: of the arrays; a point stays at 64 bits and takes no room.

    Raises:
        BadInput: for a number of runs or a seed that cannot be, an unknown name, anchor or option, a fixed value outside its support, or
            an estimate without a value of the vintage.
    """
    if method in ("lhs", "mc"):
        _refuse(runs, seed)
        return _values(estimates, lambda name: _one(name, runs, seed, method), runs, (anchor, vintage, fixed), dtype)
    points = uniforms(estimates, runs, seed, method=method)
    return _values(estimates, lambda name: _uniform(name, points), runs, (anchor, vintage, fixed), dtype)


def uniforms(estimates: Estimates, runs: int, seed: int, *, method: Method = "lhs") -> dict[str, Array]:
    """Return independent uniform numbers (runs,) in the open unit interval, for every estimate that is not fixed and every switch.

    Raises:
        BadInput: for a number of runs, a seed or a method that cannot be.
    """
    _refuse(runs, seed)
    if method not in METHODS:
        raise BadInput(f"method {method!r}: there are {', '.join(METHODS)}{nearest(str(method), METHODS)}")
    names = sorted({*estimates.estimates, *estimates.switches})
    if method == "sobol":
        return _sobol(names, runs, seed)
    return {name: _one(name, runs, seed, method) for name in names if not _always_fixed(estimates, name)}


def values_at(
    estimates: Estimates,
    u: Mapping[str, Array],
    *,
    anchor: str | None = None,
    vintage: dt.date | None = None,
    fixed: Mapping[str, Any] | None = None,
) -> dict[str, Array]:
    """Return the values (runs,) at uniform numbers, correlated as declared; the second half of :func:`draw`.

    A design for sensitivity or for history matching gives its own uniforms; with them, an index belongs to the uniform of a name.

    Raises:
        BadInput: as :func:`draw`, or if a uniform is missing.
    """
    return _values(estimates, lambda name: _uniform(name, u), len(next(iter(u.values()))) if u else 1, (anchor, vintage, fixed), np.float64)


def _values(estimates: Estimates, uniform: Callable[[str], Array], runs: int, asked: _Asked, dtype: Any) -> dict[str, Array]:
    """Return the values, one name after the other: of many runs, the uniforms of all names at once would be large."""
    anchor, vintage, fixed = asked
    given = dict(fixed or {})
    _refuse_names(estimates, given, anchor, vintage)
    correlated = _correlated(estimates, uniform)

    def at(name: str) -> Array:
        return correlated[name] if name in correlated else uniform(name)

    found: dict[str, Array] = {}
    for name, estimate in estimates.estimates.items():
        if name in given:
            found[name] = _given(name, given[name], runs, estimate.support)
            continue
        value = _value(estimate, anchor, vintage)
        if isinstance(value.distribution, Point):
            found[name] = np.broadcast_to(np.float64(value.distribution.value), (runs,))
        else:
            found[name] = np.clip(value.distribution.ppf(at(name)), *estimate.support).astype(dtype, copy=False)
    fixed_by_anchor = estimates.anchors[anchor].switches if anchor else {}
    for name, switch in estimates.switches.items():
        if name in given or (name in fixed_by_anchor and not switch.overlay):
            found[name] = _option(switch, given.get(name, fixed_by_anchor.get(name)), runs)
        else:
            steps = np.cumsum([o.probability for o in switch.options])[:-1]
            found[name] = np.searchsorted(steps, at(name), side="right").astype(dtype)
    return found


def draw_chances(estimates: Estimates, runs: int, seed: int, *, quarters: int = 44) -> dict[str, Array]:
    """Return uniform numbers (quarters, runs) for every chance by run and quarter, by name; they do not depend on any estimate.

    A run's numbers come one after the other, so that more runs leave those of the first ones as they were.

    Raises:
        BadInput: for a number of runs or quarters, or a seed, that cannot be.
    """
    return next(chance_blocks(tuple(estimates.chances), runs, seed, size=max(1, runs), quarters=quarters))


def chance_blocks(names: Sequence[str], runs: int, seed: int, *, size: int, quarters: int = 44) -> Iterator[dict[str, Array]]:
    """Yield the numbers of :func:`draw_chances` in blocks of runs; how they are cut changes none of them.

    Raises:
        BadInput: as :func:`draw_chances`.
    """
    _refuse(runs, seed)
    if quarters < 1:
        raise BadInput(f"quarters: {quarters} given, at least one is needed")
    streams = {name: stream(seed, name) for name in names}
    for start in range(0, runs, size):
        block = min(size, runs - start)
        yield {name: _positive(numbers.random((block, quarters))).T for name, numbers in streams.items()}


def base_switches(estimates: Estimates) -> dict[str, int]:
    """Return every switch at its base option, as ``fixed`` takes it."""
    return dict.fromkeys(estimates.switches, 0)


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers of one name under a seed."""
    words = np.frombuffer(hashlib.sha256(name.encode()).digest()[:16], dtype="<u4")
    return np.random.Generator(np.random.PCG64DXSM(np.random.SeedSequence([int(seed), *(int(w) for w in words)])))


def _refuse(runs: Any, seed: Any) -> None:
    if isinstance(runs, bool) or not isinstance(runs, int | np.integer) or not 1 <= runs <= MAX_RUNS:
        raise BadInput(f"runs: {runs!r} given; a whole number from 1 to {MAX_RUNS:,} is needed")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise BadInput(f"seed: {seed!r} given; a whole number from 0 on is needed")


def _refuse_names(estimates: Estimates, given: Mapping[str, Any], anchor: str | None, vintage: dt.date | None) -> None:
    known = {**estimates.estimates, **estimates.switches}
    for name in given:
        if name not in known:
            raise BadInput(f"fixed: there is no estimate or switch {name!r}{nearest(name, known)}")
    if anchor is not None and anchor not in estimates.anchors:
        raise BadInput(f"there is no anchor {anchor!r}; there are {', '.join(estimates.anchors)}{nearest(anchor, estimates.anchors)}")
    if anchor is not None and vintage is not None:
        raise BadInput("an anchor and a vintage exclude each other: an anchor holds what is known today")


def _value(estimate: Estimate, anchor: str | None, vintage: dt.date | None) -> Value:
    return estimate.of(anchor) if vintage is None else estimate.known_by(vintage)


def _always_fixed(estimates: Estimates, name: str) -> bool:
    """Say whether a name needs no uniform: it is a point for everyone and at every vintage."""
    estimate = estimates.estimates.get(name)
    if estimate is None:
        return False
    return all(isinstance(v.distribution, Point) for v in (estimate.value, *estimate.rivals, *estimate.vintages))


def _one(name: str, runs: int, seed: int, method: Method) -> Array:
    numbers = stream(seed, name)
    if method == "mc":
        return _open(numbers.random(runs))
    return _open((numbers.permutation(runs) + numbers.random(runs)) / runs)


def _sobol(names: Iterable[str], runs: int, seed: int) -> dict[str, Array]:
    """Return scrambled Sobol points, a dimension a name in the order of the names; the first points of the next power of two."""
    from scipy.stats import qmc

    ordered = list(names)
    points = qmc.Sobol(len(ordered), scramble=True, rng=stream(seed, "sobol points")).random_base2(max(runs - 1, 0).bit_length())
    return {name: _open(np.ascontiguousarray(points[:runs, i])) for i, name in enumerate(ordered)}


def _positive(u: Array) -> Array:
    return np.maximum(u, _LEAST, out=u)


def _open(u: Array) -> Array:
    return np.clip(u, _LEAST, _MOST)


def _uniform(name: str, u: Mapping[str, Array]) -> Array:
    if name not in u:
        raise BadInput(f"there are no uniform numbers for {name!r}")
    return u[name]


def _correlated(estimates: Estimates, uniform: Callable[[str], Array]) -> dict[str, Array]:
    """Return the uniforms of the correlated names, by a Gaussian copula with the declared rank correlations."""
    found: dict[str, Array] = {}
    pairs = {frozenset(c.of): c.rank for c in estimates.correlations}
    for names in components([c.of for c in estimates.correlations]):
        lower = cholesky(names, pairs)
        z = [normal_ppf(uniform(name)) for name in names]
        for i, name in enumerate(names[1:], start=1):
            found[name] = _open(normal_cdf(sum((lower[i][j] * z[j] for j in range(i + 1) if lower[i][j]), np.zeros_like(z[0]))))
    return found


def _given(name: str, value: Any, runs: int, support: tuple[float, float]) -> Array:
    try:
        found = np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), (runs,)))
    except (TypeError, ValueError):
        raise BadInput(f"fixed: {name} should be a number or {runs} of them, not {value!r}") from None
    if not np.all(np.isfinite(found)) or np.min(found) < support[0] or np.max(found) > support[1]:
        raise BadInput(
            f"fixed: {name} lies outside its support of {support[0]:g} to {support[1]:g}: {np.min(found):g} to {np.max(found):g}"
        )
    return found


def _option(switch: Switch, value: Any, runs: int) -> Array:
    if np.ndim(value) == 0:
        return np.full(runs, float(switch.number(value)))
    try:
        options = np.array(np.broadcast_to(np.asarray(value, dtype=np.float64), (runs,)))
    except (TypeError, ValueError):
        raise BadInput(f"fixed: {switch.id} should be an option or {runs} of them, not {value!r}") from None
    for option in np.unique(options):
        switch.number(float(option))
    return options
