"""Search over lever paths and thresholds for policies that no other beats on every objective."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from thalweg.desk.few_runs import counted_runs, few_draws
from thalweg.desk.packs import Overlays
from thalweg.desk.policies import Ready, ready, the_policy
from thalweg.desk.scenarios_asked import asked, content_hash, policy_content, policy_of
from thalweg.desk.simulate import significant
from thalweg.desk.simulate_drivers import drivers, strongest
from thalweg.desk.simulate_studies import study_of
from thalweg.desk.simulate_study_model import StudyAnswer
from thalweg.desk.simulate_text import number
from thalweg.desk.unpriced import WHY, set_high, unpriced
from thalweg.evidence import BadInput, nearest
from thalweg.pack.policies_model import Policy
from thalweg.scenarios.levers import UNCAPPED
from thalweg.scenarios.outcomes import EVERYTHING
from thalweg.scenarios.quarters import QUARTERS
from thalweg.scenarios.search import Dimension, Objective, Space, ThresholdGrid
from thalweg.scenarios.search import search as find
from thalweg.scenarios.search.objective import DEFAULT
from thalweg.scenarios.simulate import Plan

CEILINGS: Final[dict[str, tuple[float, float]]] = {
    "closed": (1, 1),
    "H20": (2_400, 4_100),
    "H200": (16_000, 5_000),
    "B30A": (30_500, 5_000),
    "B200": (45_000, 8_100),
    "B300": (61_000, 8_100),
    "open": (1e9, 1e9),
}
"""Ceilings of the rulebook `china-threshold`: total processing performance, and memory bandwidth in GB/s."""
AS_ENFORCED: Final = "as enforced"
LEVERS: Final[dict[str, Dimension]] = {
    d.lever: d
    for d in (
        Dimension("E", 35e6, 280e6, 10, log=True),
        Dimension("v", 0.0, 1.0, 5),
        Dimension("a", 0.0, 1.0, 6),
        Dimension("x", 0.0, 1.0, 5),
        Dimension("r", 0.0, 1.0, 5),
        Dimension("s", 0.0, 1.0, 6),
        Dimension("rsec", 0.0, 1.0, 5),
        Dimension("fee", 0.0, 0.35, 8),
        Dimension("kJ", 0.0, 1.0, 5),
        Dimension("kO", 0.0, 1.0, 5),
        Dimension("kV", 0.0, 1.0, 5),
    )
}
"""Levers that are searched over where none are named, with the ends and steps of their grids (judgement)."""


def thresholds(base: Ready, *, pack: str | Path | None = None, overlays: Overlays = ()) -> ThresholdGrid:
    """Resolve each ceiling once, and the rules as they are enforced, into the levers that hang on it."""

    def resolve(name: str) -> Mapping[str, np.ndarray]:
        if name == AS_ENFORCED:
            levers = base.plan().levers.values
            return {k: levers[k] for k in (*base.resolved.levers(), "m", "cap")}
        tpp, bandwidth = CEILINGS[name]
        policy = the_policy("h20-era", pack=pack, overlays=overlays, parameters={"ceiling_tpp": tpp, "ceiling_dram_gb_s": bandwidth})
        found = ready(policy, pack=pack).resolved
        return {**found.levers(), "m": np.ones(QUARTERS), "cap": np.full(QUARTERS, UNCAPPED)}

    return ThresholdGrid.resolved((*CEILINGS, AS_ENFORCED), resolve)


def search(
    policy: str | Path | Policy = "status-quo",
    *,
    levers: Sequence[str] | None = None,
    phases: Sequence[str] = ("2027Q1",),
    objectives: Sequence[Objective] = DEFAULT,
    candidates: int = 10_000,
    draws: int = 200,
    fresh: int = 2_000,
    population: int = 100,
    seed: int | None = None,
    anchor: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002  (the word of the command)
    definition: str = "owned-fp8",
    checkpoint: Path | None = None,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    progress: Callable[[int, int, int], None] | None = None,
) -> StudyAnswer:
    """Search from a policy on: lever values by phase, and a threshold, that no other candidate beats on every objective.

    Args:
        policy: what holds before the first phase and for levers that are not searched over.
        levers: names of :data:`LEVERS`, and ``threshold``; all if left out.
        phases: the quarters in which values may change.
        objectives: security, innovation and cost if left out.
        candidates: to evaluate in all.
        draws: that each candidate meets.
        fresh: draws on which the front is looked at again.
        population: of the algorithm; the front that is returned is no larger.
        seed: one is chosen if left out.
        anchor: a preset.
        set: estimates and switches held at a value.
        definition: whose compute is counted and how.
        checkpoint: a file from which an interrupted search goes on.
        pack: a knowledge folder.
        overlays: overlays with other numbers, policies or rules.
        progress: called with the candidates done and to do, and the size of the front.

    Raises:
        BadInput: for an option that cannot be, or a checkpoint of another search.
        PackError: with file and line, if a policy, an overlay or an estimate does not hold to its format.
    """
    names = tuple(levers or (*LEVERS, "threshold"))
    for name in names:
        if name not in LEVERS and name != "threshold":
            raise BadInput(f"levers: {name!r} is not searched over; there are {', '.join(LEVERS)} and threshold{nearest(name, LEVERS)}")
    for option, given in (("draws", draws), ("fresh", fresh)):
        if type(given) is not int or given < 1:
            raise BadInput(f"{option}: {given!r} given; a whole number from 1 on is needed")
    found, rest = policy_of(policy, pack=pack, overlays=overlays, set=set)
    question = asked(runs=draws, seed=seed, anchor=anchor, set=rest, definition=definition, pack=pack, overlays=overlays)
    study = study_of(question, found)
    base = found.plan().levers
    study = dataclasses.replace(study, plan=Plan(base, base))
    grid = thresholds(found, pack=pack, overlays=overlays) if "threshold" in names else None
    space = Space(base, tuple(LEVERS[n] for n in names if n in LEVERS), grid, tuple(phases))
    front = find(
        study,
        space,
        objectives,
        seed=question.seed,
        candidates=candidates,
        population=population,
        draws=draws,
        fresh=fresh,
        checkpoint=checkpoint,
        progress=progress,
    )
    rows = []
    for c in front.candidates:
        row: dict[str, Any] = {}
        for o, was, now, low, high in zip(front.objectives, c.found, c.fresh, c.fresh_low, c.fresh_high, strict=True):
            row |= {o.name: significant(now), f"{o.name}_low": significant(low), f"{o.name}_high": significant(high)}
            row[f"{o.name}_found"] = significant(was)
        rows.append(row | {"stands": c.stands} | {k: significant(v) if isinstance(v, float) else v for k, v in c.settings.items()})
    free = unpriced(names, _held(objectives))
    standing = sum(c.stands for c in front.candidates)
    flattered = ", ".join(_flattered(o, x) for o, x in zip(front.objectives, front.optimism, strict=True))
    return StudyAnswer(
        verb="search",
        title=f"Paths from {found.policy.title} that no other beats on every objective",
        summary=f"{len(front.evaluated.candidates):,} candidates on {counted_runs(front.draws, 'draw')}; the front has {front.size}. "
        f"Up to {population} of it, far apart, are looked at again on {counted_runs(front.fresh, 'fresh draw')}.",
        sentences=[
            f"{standing} of {len(front.candidates)} paths still stand on fresh draws.",
            f"On the draws of the search, against fresh ones, the front looked {flattered}.",
            *few_draws(front.draws, front.fresh),
            *_free(free, rows),
        ],
        table=rows,
        details={
            "objectives": [{**_objective(o), "unit": objective_unit(o)} for o in front.objectives],
            "phases": list(phases),
            "levers": list(names),
            "unpriced": free,
            "policies": [policy_content(found)],
            "fresh": front.fresh,
            "moved": [[n, significant(x)] for n, x in strongest(drivers(question.estimates, front.values, front.best))],
        },
        as_of=str(question.stamp["verified_through"]),
        asked=question.as_dict(),
        pack=dict(question.stamp),
        hash=content_hash(
            question,
            [found],
            list(names),
            verb="search",
            phases=list(phases),
            sizes=[candidates, population, draws, fresh],
            objectives=[_objective(o) for o in objectives],
        ),
    )


def _held(objectives: Sequence[Objective]) -> list[str]:
    return [outcome for o in objectives for outcome in o.outcomes]


def _free(free: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not free:
        return []
    told = f"No objective holds a cost of {', '.join(free)}: {WHY}, so that the search takes them as free and tends to set them high."
    ranges = {name: (LEVERS[name].low, LEVERS[name].high) for name in free if name in LEVERS}
    high = ", ".join(f"{name} in {count}" for name, count in set_high(rows, list(ranges), ranges).items())
    return [f"{told} In the top quarter of its range, of {counted_runs(len(rows), 'path')}: {high}." if high else told]


def _flattered(o: Objective, by: float) -> str:
    """Return how much better, or worse, an objective was on the draws that the search chose by, in its unit."""
    unit = objective_unit(o)
    size = f"${number(abs(by))}" if unit == "$" else f"{number(abs(by))} {unit}".rstrip()
    return f"{'better' if by >= 0 else 'worse'} by {size} of {o.name}"


def objective_unit(o: Objective) -> str:
    """Return the unit of an objective, where its outcomes have one in common: flows of quarters are summed over years."""
    units = {_over_years(EVERYTHING[name].unit, EVERYTHING[name].reduce) for name in o.outcomes}
    return units.pop() if len(units) == 1 else ""


def _over_years(unit: str, by: str) -> str:
    return unit.removesuffix("/quarter") if by == "sum" else unit.removesuffix("/year")


def _objective(o: Objective) -> dict[str, Any]:
    return {"name": o.name, "outcomes": dict(o.outcomes), "years": list(o.years), "better": o.better, "at": o.at}
