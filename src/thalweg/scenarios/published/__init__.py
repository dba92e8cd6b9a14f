"""The scoreboard against published results, in two columns: their calculations run again, and this model under their inputs."""

from __future__ import annotations

from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.levers import LeverPath
from thalweg.scenarios.published.arithmetic import ai_2040, bernstein, grunewald, ifp, itif, supply
from thalweg.scenarios.published.rows import Column, Published, Row, Status, held_against, read
from thalweg.scenarios.published.smuggling import cnas, epoch
from thalweg.scenarios.published.under import model

__all__ = ["Column", "Published", "Row", "Status", "scoreboard"]

DRAWS = 100_000
"""Draws of a published simulation: fewer leave its tails too uncertain for their tolerance."""


def scoreboard(
    estimates: Estimates | None = None,
    levers: LeverPath | None = None,
    *,
    runs: int = 2_000,
    draws: int = DRAWS,
    seed: int = 1,
) -> tuple[Row, ...]:
    """Return a row for every published result, those of the first column first.

    Args:
        estimates: of the pack; the second column needs them.
        levers: as enforced, from which the rules of a source depart; without them the second column is left out.
        runs: of the model in the second column.
        draws: of the published simulations in the first.
        seed: of both.

    """
    inputs, results = read()
    found = {
        **cnas(inputs["cnas"], draws, seed),
        **epoch(inputs["epoch"], draws, seed),
        **ai_2040(inputs["ai_2040"]),
        **supply(inputs["supply"]),
        **ifp(inputs["ifp"]),
        **itif(inputs["itif"]),
        **bernstein(inputs["bernstein"]),
        **grunewald(inputs["grunewald"]),
    }
    second = estimates is not None and levers is not None
    if estimates is not None and levers is not None:
        found.update(model(estimates, inputs, levers, runs, seed))
    return tuple(held_against(r, found.get(r.id)) for r in results if second or r.column == "calculation")
