"""From draws to what the quarters need: parameters in one type, constants a run, paths that no policy moves, and events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from thalweg.evidence import BadInput
from thalweg.scenarios.history import NOTHING, History, Observed, observe
from thalweg.scenarios.namespace import Array, Xp, ops_of
from thalweg.scenarios.normal import lag_noise
from thalweg.scenarios.parameters import ERRORS, FIXED, UNIFORMS, Parameters, Switches
from thalweg.scenarios.quarters import QUARTERS
from thalweg.scenarios.steps import domestic, legal, world


class Constants(NamedTuple):
    """What does not change over quarters, worked out once; each name says of which parameter."""

    ln_theta: Array
    ln_zeta: Array
    over_eps: Array
    over_eps_eta: Array
    over_one_eta: Array
    ln_gW: Array
    ln_gH: Array
    ln_Kmin: Array
    ln_Q_0: Array
    hbm_release: Array
    ln_ga: Array
    ln_g_c: Array
    ln_conc: Array
    logit_beta0: Array
    logit_beta0_open: Array
    survive: Array


CONSTANT_OF = {
    "ln_theta": ("theta",),
    "ln_zeta": ("zeta",),
    "over_eps": ("eps",),
    "over_eps_eta": ("eps", "eta"),
    "over_one_eta": ("eta",),
    "ln_gW": ("gW",),
    "ln_gH": ("gH",),
    "ln_Kmin": ("Kmin",),
    "ln_Q_0": ("Q_0",),
    "hbm_release": ("hbm_stock_2025", "hbm_quarters"),
    "ln_ga": ("ga",),
    "ln_g_c": ("g_c",),
    "ln_conc": ("conc",),
    "logit_beta0": ("beta0",),
    "logit_beta0_open": ("beta0_open",),
    "survive": ("delta",),
}
"""Of which parameters each constant is made; the equation list is held against it."""


class Paths(NamedTuple):
    """What no policy moves: for each path 44 arrays over runs (or floats)."""

    world: tuple[Array, ...]
    price: tuple[Array, ...]
    price_domestic: tuple[Array, ...]
    budget: tuple[Array, ...]
    kappa: tuple[Array, ...]
    stacks: tuple[Array, ...]
    hbm_ceiling: tuple[Array, ...]
    wafers: tuple[Array, ...]
    hbm_wafers: tuple[Array, ...]


class Inputs(NamedTuple):
    """One block of runs, ready to be simulated under any policy."""

    x: Parameters
    k: Constants
    sw: Switches
    paths: Paths
    observed: Observed
    events: Mapping[str, tuple[Array, ...]]
    noise: tuple[Array, ...]
    one: Array
    dtype: Any
    xp: Xp

    @property
    def runs(self) -> int:
        """How many runs the block holds."""
        return 1 if type(self.one) is float else int(self.one.shape[0])


def prepare(
    draws: Mapping[str, Any],
    events: Mapping[str, Any],
    history: History = NOTHING,
    *,
    dtype: Any = np.float64,
    to_array: Any = None,
    **observed: tuple[Array, ...],
) -> Inputs:
    """Make the inputs of a block of runs.

    Args:
        draws: one array (runs,) of each parameter, level error and switch.
        events: uniforms (44, runs) of each kind of event.
        history: what was observed.
        dtype: 32 or 64 bits.
        to_array: turns a NumPy array into one of another library (``jax.numpy.asarray``); ``float`` makes one run of plain floats.
        observed: flows to be taken as given, by name (``domestic``, ``remote``, ...): 44 arrays over runs, in place of the history's.

    Raises:
        BadInput: a parameter or an event is missing, unknown, or of another shape.

    """
    runs = _runs(draws, events)
    convert = (lambda a: a) if to_array is None else to_array

    def column(name: str, *, shared: bool) -> Array:
        values = np.asarray(draws[name], dtype=np.float64)
        if shared and (values == values[0]).all():
            return float(values[0])
        return float(values[0]) if to_array is float else convert(values.astype(dtype))

    x = Parameters(*(column(name, shared=name in FIXED) for name in Parameters._fields))
    one = 1.0 if to_array is float else convert(np.ones(runs, dtype=dtype))
    sw = Switches(*(_switch(np.asarray(draws[name]), convert, dtype) for name in Switches._fields))
    rows = {name: _rows(events[name], convert, dtype, to_array) for name in UNIFORMS if name != "u_lag_noise"}
    spread, persistence = (_shared(np.asarray(draws[name], dtype=dtype)) for name in ("lag_noise_sd", "lag_noise_ar"))
    noise = lag_noise(np.asarray(events["u_lag_noise"], dtype=dtype), spread, persistence)
    seen = bounded(observe(history, {name: column(name, shared=False) for name in ERRORS}), x)._replace(**observed)
    xp = ops_of(one)
    k = _constants(xp, x)
    return Inputs(x, k, sw, _paths(xp, x, seen), seen, rows, _rows(noise, convert, dtype, to_array), one, dtype, xp)


def bounded(seen: Observed, x: Parameters) -> Observed:
    """Return what was observed, with quarters of which a bound and no count was published drawn below it."""
    drawn = legal.reported(x)
    return seen._replace(legal=tuple(drawn.get(t, flow) for t, flow in enumerate(seen.legal)))


def _runs(draws: Mapping[str, Any], events: Mapping[str, Any]) -> int:
    known = (*Parameters._fields, *ERRORS, *Switches._fields)
    missing = [name for name in known if name not in draws] + [name for name in UNIFORMS if name not in events]
    if missing:
        message = f"no draws of {', '.join(missing[:5])}{' and others' if len(missing) > 5 else ''}"
        raise BadInput(message)
    runs = int(np.shape(draws[known[0]])[0])
    if runs < 1:
        raise BadInput("at least one run is needed")
    for name in known:
        if np.shape(draws[name]) != (runs,):
            message = f"draws of {name} have shape {np.shape(draws[name])}, those of {known[0]} {(runs,)}"
            raise BadInput(message)
    for name in UNIFORMS:
        if np.shape(events[name]) != (QUARTERS, runs):
            message = f"events {name} have shape {np.shape(events[name])}; {(QUARTERS, runs)} are needed"
            raise BadInput(message)
    return runs


def _shared(values: np.ndarray) -> Any:
    """Return one float where all runs share the value."""
    return float(values[0]) if (values == values[0]).all() else values


def _switch(values: np.ndarray, convert: Any, dtype: Any) -> Array:
    """Return the option of all runs, or one a run."""
    return int(values[0]) if (values == values[0]).all() else convert(values.astype(dtype))


def _rows(values: Any, convert: Any, dtype: Any, to_array: Any) -> tuple[Array, ...]:
    if to_array is float:
        return tuple(float(row[0]) for row in values)
    return tuple(convert(np.ascontiguousarray(row)) for row in np.asarray(values, dtype=dtype))


def _constants(xp: Xp, x: Parameters) -> Constants:
    return Constants(
        ln_theta=xp.log(x.theta),
        ln_zeta=xp.log(x.zeta),
        over_eps=1.0 / x.eps,
        over_eps_eta=1.0 / (x.eps + x.eta),
        over_one_eta=1.0 / (1.0 + x.eta),
        ln_gW=xp.log(x.gW),
        ln_gH=xp.log(x.gH),
        ln_Kmin=xp.log(x.Kmin),
        ln_Q_0=xp.log(x.Q_0),
        hbm_release=x.hbm_stock_2025 / x.hbm_quarters,
        ln_ga=xp.log(x.ga),
        ln_g_c=xp.log(x.g_c),
        ln_conc=xp.log(x.conc),
        logit_beta0=xp.log(x.beta0 / (1.0 - x.beta0)),
        logit_beta0_open=xp.log(x.beta0_open / (1.0 - x.beta0_open)),
        survive=xp.exp(xp.log(1.0 - x.delta) * 0.25),
    )


def _paths(xp: Xp, x: Parameters, seen: Observed) -> Paths:
    quarters = range(QUARTERS)
    return Paths(
        world=world.world_path(xp, x, seen.world),
        price=tuple(world.frontier_price(xp, x, t) for t in quarters),
        price_domestic=tuple(world.domestic_price(xp, x, t) for t in quarters),
        budget=tuple(world.china_budget(xp, x, t) for t in quarters),
        kappa=tuple(domestic.compute_per_package(xp, x, t) for t in quarters),
        stacks=tuple(domestic.stacks_per_wafer(xp, x, t) for t in quarters),
        hbm_ceiling=tuple(domestic.hbm_ceiling(xp, x, t) for t in quarters),
        wafers=tuple(domestic.wafers_anchored(xp, x, t) for t in range(domestic.LOGIC_ANCHORED)),
        hbm_wafers=tuple(domestic.hbm_anchored(xp, x, t) for t in range(domestic.HBM_ANCHORED)),
    )


def with_numbers(given: Inputs, **numbers: Array) -> Inputs:
    """Return inputs with other parameters, and what is worked out of them once; paths stay as they are."""
    x = given.x._replace(**numbers)
    return given._replace(x=x, k=_constants(given.xp, x))
