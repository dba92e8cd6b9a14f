"""Draws, events, history and levers that the tests of the model share."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from thalweg.pack.estimates import load_estimates
from thalweg.scenarios import Plan, lever_path, prepare
from thalweg.scenarios.draw import base_switches, draw_chances
from thalweg.scenarios.draw import draw as draw_estimates
from thalweg.scenarios.history import known_history
from thalweg.scenarios.parameters import Switches

HERE = Path(__file__).parent


@lru_cache(maxsize=8)
def _draws(runs, seed, *, switches):
    """Draws of the pack; switches at their base, or at even odds."""
    estimates = load_estimates()
    rng = np.random.default_rng(seed)
    options = {name: rng.integers(0, 2, runs) for name in Switches._fields} if switches else base_switches(estimates)
    return draw_estimates(estimates, runs, seed, fixed=options), draw_chances(estimates, runs, seed)


@pytest.fixture(scope="session")
def draw():
    """Return draws and events: ``draw(runs, seed=1, switches=False, **changed)``."""

    def of(runs, seed=1, *, switches=False, **changed):
        drawn, events = _draws(runs, seed, switches=switches)
        return {**drawn, **{name: np.broadcast_to(np.asarray(value, dtype=np.float64), (runs,)) for name, value in changed.items()}}, events

    return of


@pytest.fixture(scope="session")
def history():
    return known_history(load_estimates())


@pytest.fixture(scope="session")
def enforced():
    """The levers as enforced, going on as they stand."""
    return lever_path(**yaml.safe_load((HERE / "as_enforced.yaml").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def ready(draw, history):
    """Return inputs: ``ready(runs, dtype=..., to_array=..., **changed)``."""

    def of(runs, seed=1, *, switches=False, dtype=np.float64, to_array=None, past=None, observed=None, **changed):
        drawn, events = draw(runs, seed, switches=switches, **changed)
        return prepare(drawn, events, history if past is None else past, dtype=dtype, to_array=to_array, **(observed or {}))

    return of


@pytest.fixture(scope="session")
def control(enforced):
    """Tight controls from 2027Q1 on."""
    tight = {"legal": 0, "E": 2e8, "v": 1, "a": 0.8, "r": 1, "s": 1}
    return Plan(lever_path(enforced, **{name: {"2027Q1": value} for name, value in tight.items()}))


@pytest.fixture(scope="session")
def everything(enforced):
    """A plan that moves every lever, with what was before and a branch."""
    from thalweg.scenarios import Trigger

    levels = {"kC": 0.5, "kV": 1, "a": 0.8, "r": 1, "v": 1, "w": 1, "kO": 0.3, "kJ": 0.5, "s": 1, "rsec": 1}
    moved = lever_path(
        enforced,
        **{name: {"2027Q1": value} for name, value in levels.items()},
        priority={"2028Q1": 0.5},
        closing={"2027Q1": 1, "2027Q3": 0},
        supply={"2027Q1": 0.1},
        fp4L={"2027Q1": 2},
        processing={"2027Q1": 2},
    )
    richer = lever_path(moved, E={"2022Q1": 2e8}, cap={"2022Q1": 1e6}, pL={"2022Q1": 0})
    return Plan(moved, enforced, ((Trigger("flow_domestic", at_least=2e5, not_before=20), richer),))
