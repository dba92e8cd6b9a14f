"""An ensemble: the draws of a pack's estimates, cut into blocks that are made ready one after the other."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from thalweg.evidence import BadInput
from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.draw import Method, chance_blocks, draw
from thalweg.scenarios.history import NOTHING, History, known_history
from thalweg.scenarios.inputs import Inputs, prepare

BLOCK = 8_000
"""Runs of a block: enough that the calls cost little, few enough that its arrays stay near the processor."""


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Draws of every estimate, and blocks of inputs made from them; each pass gives the same blocks.

    Only the block at hand holds its chances by quarter. How runs are cut into blocks changes no value.
    """

    draws: Mapping[str, np.ndarray]
    chances: tuple[str, ...]
    runs: int
    seed: int
    history: History = NOTHING
    dtype: Any = np.float32
    size: int = BLOCK
    to_array: Any = None

    def __len__(self) -> int:
        """Return the number of blocks."""
        return math.ceil(self.runs / self.size)

    def __iter__(self) -> Iterator[Inputs]:
        """Yield the blocks in order."""
        start = 0
        for events in chance_blocks(self.chances, self.runs, self.seed, size=self.size):
            stop = min(start + self.size, self.runs)
            drawn = {name: values[start:stop] for name, values in self.draws.items()}
            yield prepare(drawn, events, self.history, dtype=self.dtype, to_array=self.to_array)
            start = stop


def ensemble(
    estimates: Estimates,
    runs: int,
    seed: int,
    *,
    anchor: str | None = None,
    vintage: dt.date | None = None,
    fixed: Mapping[str, Any] | None = None,
    method: Method = "lhs",
    history: History | None = None,
    dtype: Any = np.float32,
    size: int = BLOCK,
    to_array: Any = None,
) -> Ensemble:
    """Return the ensemble of a pack's estimates.

    Args:
        estimates: with overlays already laid.
        runs: at least one.
        seed: any whole number from zero on.
        anchor: as for :func:`thalweg.scenarios.draw.draw`, like ``vintage``, ``fixed`` and ``method``.
        vintage: a day by which values and history were known.
        fixed: values by name.
        method: how the uniform numbers are drawn.
        history: what was observed; the pack's own history where none is given, as it was known on the ``vintage``.
        dtype: 32 or 64 bits.
        size: runs of a block.
        to_array: puts a NumPy array into another library (``cupy.asarray``), for blocks that are simulated on an accelerator.

    Raises:
        BadInput: as :func:`thalweg.scenarios.draw.draw`, or for a block without runs.

    """
    if size < 1:
        message = f"blocks of {size} runs: at least one is needed"
        raise BadInput(message)
    draws = draw(estimates, runs, seed, anchor=anchor, vintage=vintage, fixed=fixed, method=method, dtype=dtype)
    seen = known_history(estimates, until=vintage) if history is None else history
    return Ensemble(draws, tuple(estimates.chances), runs, seed, seen, dtype, size, to_array)
