"""Discover where a policy fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from thalweg.evidence import BadInput
from thalweg.pack.estimates_model import Estimates
from thalweg.scenarios.discover.box import Box, Fit, fit_of, measured
from thalweg.scenarios.discover.cart import cart
from thalweg.scenarios.discover.prim import Trajectory, prim, pruned, shortened
from thalweg.scenarios.discover.sentence import Words, amount, sentence
from thalweg.scenarios.outcomes import EVERYTHING
from thalweg.scenarios.sensitivity.factors import judged
from thalweg.scenarios.study import Study, varying


@dataclass(frozen=True, slots=True)
class Failure:
    """What counts as failure: an outcome of a year that lies at or past a limit.

    With a study against another policy, the outcome is the difference between the two.
    """

    outcome: str
    year: int
    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise BadInput(f"failure of {self.outcome}: state either at_least or at_most")

    def cases(self, y: np.ndarray) -> np.ndarray:
        """Say in which runs it fails."""
        return np.asarray(y >= self.at_least if self.at_least is not None else y <= self.at_most)

    def words(self, *, difference: bool = False) -> str:
        """Return the failure as a clause."""
        limit, side = (self.at_least, "at least") if self.at_least is not None else (self.at_most, "at most")
        what = " ".join(SPELLED.get(word, word) for word in self.outcome.split("_"))
        per_year = EVERYTHING[self.outcome].unit.replace("/quarter", " per year")
        return f"{'the difference in ' if difference else ''}{what} in {self.year} is {side} {amount(float(limit or 0.0), per_year)}"


SPELLED = {"china": "China", "us": "US", "rd": "R&D", "eci": "ECI", "hbm": "HBM", "fp8": "8-bit", "fp4": "4-bit"}
"""Parts of an outcome's name that are written otherwise in a sentence."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """Where a policy fails: how often, the box that was chosen, all boxes, the tree, how they fit fresh draws, and one sentence."""

    failure: Failure
    share: float
    box: Box
    fresh: Fit
    trajectory: Trajectory
    tree: tuple[Box, ...]
    tree_fresh: tuple[Fit, ...]
    """How each leaf of the tree fits fresh draws."""
    sentence: str
    runs: int
    seed: int


def discover(
    study: Study,
    failure: Failure,
    *,
    seed: int,
    runs: int = 4_000,
    most_conditions: int = 4,
    progress: Callable[[int, int], None] | None = None,
) -> Discovery:
    """Return where a policy fails.

    The box is chosen by :func:`found_box` and measured again on as many fresh draws.

    Args:
        study: policy, history and definition; its outcomes and years give way to the failure's.
        failure: what counts as failure.
        seed: of the draws; the fresh ones are under the next seed.
        runs: at least 100.
        most_conditions: of the box.
        progress: called with the runs done and the runs to do.

    Raises:
        BadInput: fewer than 100 runs, or as the study's.
        BrokenLaw: as ``simulate``.

    """
    if runs < 100:
        raise BadInput(f"{runs} runs: 100 at least are needed to discover where a policy fails")
    study = replace(study, outcomes=(failure.outcome,), years=(failure.year,))
    values, y = study.ensemble(runs, seed, None if progress is None else lambda done: progress(done, 2 * runs))
    again, y_again = study.ensemble(runs, seed + 1, None if progress is None else lambda done: progress(runs + done, 2 * runs))
    cases, fresh_cases = failure.cases(y[0]), failure.cases(y_again[0])
    x = {name: values[name] for name in varying(values)}
    share = float(cases.mean())
    if 0.0 < share < 1.0:
        trajectory, box = found_box(x, cases, switches=frozenset(study.estimates.switches), most_conditions=most_conditions)
        tree = cart(x, cases)
    else:
        box = measured({}, {}, cases)
        trajectory, tree = Trajectory((box,)), (box,)
    fresh = fit_of(box.inside(again, runs), fresh_cases)
    tree_fresh = tuple(fit_of(leaf.inside(again, runs), fresh_cases) for leaf in tree)
    said = sentence(failure.words(difference=study.against is not None), box, share, words_of(study.estimates), fresh)
    return Discovery(failure, share, box, fresh, trajectory, tree, tree_fresh, said, runs, seed)


def found_box(x: Mapping[str, np.ndarray], cases: np.ndarray, *, switches: frozenset[str], most_conditions: int) -> tuple[Trajectory, Box]:
    """Return a trajectory over few names, and the box chosen from it.

    A first search over all names says which matter: those of the box with the largest harmonic mean of coverage and density once each box
    keeps only the conditions it needs most. A second search is over these alone. Of its boxes the one with the largest harmonic mean is
    taken, less the conditions that chance would do as well without.
    """
    first = prim(x, cases, switches=switches)
    short = [shortened(box, x, cases, most_conditions) for box in first.boxes]
    names = Trajectory(tuple(short)).best(most_conditions=most_conditions).conditions
    if not names:
        return first, first.boxes[0]
    second = prim({name: x[name] for name in names}, cases, switches=switches)
    return second, pruned(second.best(most_conditions=most_conditions), x, cases)


def words_of(estimates: Estimates) -> Mapping[str, Words]:
    """Return how each estimate and switch is said."""
    found = {name: Words(_lower(e.title), e.unit, judged=judged(estimates, name)) for name, e in estimates.estimates.items()}
    for name, switch in estimates.switches.items():
        found[name] = Words(_lower(switch.title), "", tuple(o.name for o in switch.options), judged(estimates, name))
    return found


def _lower(title: str) -> str:
    """Return a title as it stands within a sentence: a first word that is no name or abbreviation begins small."""
    return title[:1].lower() + title[1:] if title[1:2].islower() and title.split(maxsplit=1)[0] not in NAMES else title


NAMES = frozenset({"Beijing", "Cambricon", "China", "Chinese", "Huawei", "Nvidia"})
"""First words of titles that keep their capital."""
