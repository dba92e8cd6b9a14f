"""What a question to the simulator fixes: estimates, runs, seed, precision, preset, definition; and the hash that names its answer."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, Protocol, get_args

import numpy as np

from thalweg.desk.packs import Overlays, the_pack
from thalweg.desk.policies import Ready, ready, rulebook_parameters, the_policy
from thalweg.evidence import BadInput, nearest
from thalweg.pack.estimates import load_estimates
from thalweg.pack.estimates_model import Estimates
from thalweg.pack.policies_model import Policy
from thalweg.scenarios.blocks import Definition
from thalweg.scenarios.draw import Method
from thalweg.scenarios.ensemble import Ensemble as Draws
from thalweg.scenarios.ensemble import ensemble
from thalweg.scenarios.outcomes import EVERYTHING
from thalweg.scenarios.simulate import Plan, Result, simulate

Who = Literal["owned", "accessible"]
Counted = Literal["fp8", "fp4", "bandwidth"]
DEFINITIONS: Final = {f"{x.who}-{x.measure}": x for x in (Definition(w, m) for w in get_args(Who) for m in get_args(Counted))}
DTYPES: Final[dict[str, Any]] = {"float32": np.float32, "float64": np.float64}
SEEDS: Final = 1_000_000
"""A seed that is chosen is below this, so that it can be typed again."""
MOST_KEPT: Final = 4
_KEPT: dict[tuple[Any, ...], Draws] = {}
"""Draws of the last questions: policies and variants that are asked about after each other share them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the simulator, apart from the policy."""

    estimates: Estimates
    runs: int
    seed: int
    dtype: str = "float32"
    anchor: str | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    definition: str = "owned-fp8"
    method: Method = "lhs"
    stamp: Mapping[str, Any] = field(default_factory=dict)

    def draws(self) -> Draws:
        """Return the draws of the estimates, cut into blocks; kept for the questions that follow."""
        key = (self.estimates.sha256, self.runs, self.seed, self.dtype, self.anchor, tuple(sorted(self.fixed.items())), self.method)
        if key not in _KEPT:
            while len(_KEPT) >= MOST_KEPT:
                del _KEPT[next(iter(_KEPT))]
            given: dict[str, Any] = {"anchor": self.anchor, "fixed": self.fixed, "method": self.method, "dtype": DTYPES[self.dtype]}
            _KEPT[key] = ensemble(self.estimates, self.runs, self.seed, **given)
        return _KEPT[key]

    @property
    def counted(self) -> Definition:
        """Whose compute is counted, in which measure."""
        return DEFINITIONS[self.definition]

    def as_dict(self) -> dict[str, Any]:
        """Return the question as it stands in answers."""
        return {
            "runs": self.runs,
            "seed": self.seed,
            "dtype": self.dtype,
            "method": self.method,
            "anchor": self.anchor,
            "set": dict(self.fixed),
            "definition": self.definition,
            "estimates": self.estimates.sha256,
            "estimates_overlays": [{"id": i, "sha256": s} for i, s in self.estimates.overlays],
        }


def asked(
    *,
    runs: int = 2000,
    seed: int | None = None,
    dtype: str = "float32",
    anchor: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002  (the word of the command)
    definition: str = "owned-fp8",
    method: Method = "lhs",
    pack: str | Path | None = None,
    overlays: Overlays = (),
) -> Asked:
    """Return a question, its options checked; a seed that is left out is chosen.

    Raises:
        BadInput: for a number of runs or a seed that cannot be, an unknown precision, preset, definition, estimate or option.
        PackError: if a file of estimates, or of an overlay, does not hold to its format.
    """
    if type(runs) is not int or runs < 1:
        raise BadInput(f"runs: {runs!r} given; a whole number from 1 on is needed")
    for option, given, known in (("dtype", dtype, DTYPES), ("definition", definition, DEFINITIONS)):
        if given not in known:
            raise BadInput(f"{option} {given!r}: there are {', '.join(known)}{nearest(str(given), known)}")
    estimates = load_estimates(pack, overlays=overlays)
    if anchor is not None and anchor not in estimates.anchors:
        raise BadInput(f"anchor {anchor!r}: there are {', '.join(estimates.anchors)}{nearest(anchor, estimates.anchors)}")
    fixed = dict(set or {})
    for name, value in fixed.items():
        if name not in estimates.estimates and name not in estimates.switches:
            known_names = [*estimates.estimates, *estimates.switches]
            raise BadInput(f"set: there is no estimate or switch {name!r}{nearest(name, known_names)}")
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise BadInput(f"set: {name} should be a number, or the name of an option, not {value!r}")
    chosen = secrets.randbelow(SEEDS) if seed is None else seed
    return Asked(estimates, runs, chosen, dtype, anchor, fixed, definition, method, the_pack(pack, overlays).stamp.as_dict())


def policy_of(
    name: str | Path | Policy,
    *,
    pack: str | Path | None = None,
    overlays: Overlays = (),
    set: Mapping[str, Any] | None = None,  # noqa: A002
) -> tuple[Ready, dict[str, Any]]:
    """Return a policy with its rulebook resolved, and what of ``set`` is no parameter of it.

    Raises:
        BadInput: if there is no such policy.
        PackError: if the policy, or a rulebook that it lays, does not hold to its format.
    """
    policy = the_policy(name, pack=pack, overlays=overlays)
    known = rulebook_parameters(policy) if set else {}
    own = {k: v for k, v in (set or {}).items() if k in known}
    if own:
        policy = the_policy(policy, parameters=own)
    return ready(policy, pack=pack, overlays=_rules_of(overlays)), {k: v for k, v in (set or {}).items() if k not in known}


def _rules_of(overlays: Overlays) -> Overlays:
    """Return the overlays that hold rules; one with numbers or policies alone changes no decision."""
    from thalweg.pack.overlay import find_overlay

    found = []
    for name in overlays:
        root = find_overlay(name)
        inside = [p.relative_to(root).parts[0] for p in root.rglob("*.yaml")]
        if any(part not in ("overlay.yaml", "estimates", "policies") for part in inside):
            found.append(name)
    return found


class Planned(Protocol):
    """What gives the plan of some runs from their draws: a policy, or one that turns to another."""

    def plan(self, draws: Mapping[str, Any] | None = None, *, runs: slice | None = None) -> Plan:
        """Return the plan of the engine."""


def run_policy(
    question: Asked, policy: Planned, *, outcomes: Sequence[str], quarterly: Sequence[str] | None = None, progress: Any = None
) -> Result:
    """Return the outcomes of a policy over all runs; every outcome by quarter unless told otherwise."""
    draws = question.draws()
    kept = tuple(outcomes) if quarterly is None else tuple(quarterly)
    parts: list[Result] = []
    start = 0
    for block in draws:
        stop = min(start + draws.size, draws.runs)
        plan = policy.plan(draws.draws, runs=slice(start, stop))
        parts.append(simulate(block, plan, outcomes=outcomes, definition=question.counted, quarterly=kept))
        start = stop
        if progress:
            progress(stop)
    if len(parts) == 1:
        return parts[0]
    quarters = {k: np.concatenate([p.quarterly[k] for p in parts], axis=1) for k in parts[0].quarterly}
    years = {k: np.concatenate([p.yearly[k] for p in parts], axis=1) for k in parts[0].yearly}
    return Result(quarters, years, question.counted)


def content_hash(question: Asked, policies: Sequence[Ready], outcomes: Sequence[str], **more: Any) -> str:
    """Return the hash that names an answer: same hash, same bytes on one platform."""
    from thalweg import __version__

    content = {
        "version": __version__,
        "asked": question.as_dict(),
        "pack": dict(question.stamp),
        "policies": [policy_content(p) for p in policies],
        "outcomes": list(outcomes),
        **more,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def policy_content(policy: Ready) -> dict[str, Any]:
    """Return what a policy is made of: its files by their hash, and the parameters of its rulebooks."""
    p = policy.policy
    laid = [{"overlay": x.name, "from": x.start.isoformat(), "parameters": dict(sorted(x.parameters.items()))} for x in p.rulebook]
    return {"id": p.id, "sha256": p.sha256, "rulebook": laid, "threshold": policy.threshold.sha256}


def named(outcomes: Sequence[str] | None, default: Sequence[str]) -> tuple[str, ...]:
    """Return outcomes by name, the default ones if none is named.

    Raises:
        BadInput: if one does not exist.
    """
    for name in outcomes or ():
        if name not in EVERYTHING:
            raise BadInput(f"there is no outcome {name!r}{nearest(name, EVERYTHING)}")
    return tuple(dict.fromkeys(outcomes)) if outcomes else tuple(default)
