"""Policies as the engine takes them: levers by quarter from the steps of a policy and from what the rulebook lets through."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from thalweg.desk.packs import Overlays
from thalweg.desk.threshold import Resolution, resolve
from thalweg.evidence import BadInput, PackError, nearest
from thalweg.pack.load import EMBEDDED
from thalweg.pack.policies import check_policies, load_policy, load_threshold, policy_files
from thalweg.pack.policies_model import Laid, Policy, Step, Threshold, TriggerRule, Words
from thalweg.pack.responses import load_responses
from thalweg.scenarios.levers import LEVERS, UNCAPPED, LeverPath, lever_path
from thalweg.scenarios.outcomes import EVERYTHING
from thalweg.scenarios.quarters import LABELS, QUARTERS, index
from thalweg.scenarios.responses import RAISED
from thalweg.scenarios.simulate import Plan, Trigger

WORDS = Words(LEVERS, EVERYTHING, LABELS, RAISED)


@dataclass(frozen=True, slots=True)
class Branch:
    """What a policy turns to once a trigger fires."""

    rule: TriggerRule
    levers: Mapping[str, Sequence[Step]]
    resolved: Resolution


@dataclass(frozen=True, slots=True)
class Ready:
    """A policy with its rulebook resolved, for itself, for what stood before it, and for each of its triggers."""

    policy: Policy
    resolved: Resolution
    branches: tuple[Branch, ...]
    before: Ready | None
    threshold: Threshold

    def plan(self, draws: Mapping[str, Any] | None = None, *, runs: slice | None = None) -> Plan:
        """Return the plan of the engine.

        Args:
            draws: the draws of the estimates, for what of a lever is uncertain (how a generation of chips fades); medians if left out.
            runs: the runs of the draws that the plan is for; all of them if left out.
        """
        levers = self.path(self.policy.levers, self.resolved, draws, runs)
        before = self.before.path(self.before.policy.levers, self.before.resolved, draws, runs) if self.before else None
        numbers = {b.rule.id: i for i, b in enumerate(self.branches)}
        branches = tuple((_trigger(b.rule, numbers), self.path(b.levers, b.resolved, draws, runs)) for b in self.branches)
        return Plan(levers, before, branches)

    def path(
        self, levers: Mapping[str, Sequence[Step]], found: Resolution, draws: Mapping[str, Any] | None, runs: slice | None
    ) -> LeverPath:
        """Return steps laid over what the rulebook gives, and that over the defaults."""
        given = self._given(levers, found, draws, runs)
        settings: dict[str, Any] = {}
        for name in LEVERS:
            path = given.get(name, np.full(QUARTERS, LEVERS[name].default))
            settings[name] = _stepped(path, levers.get(name, ()))
        return lever_path(**settings)

    def _given(
        self, levers: Mapping[str, Sequence[Step]], found: Resolution, draws: Mapping[str, Any] | None, runs: slice | None
    ) -> dict[str, np.ndarray]:
        """Return what the rulebook gives: a lever by quarter, and the share of the flow by run, as how a generation fades is drawn."""
        given = found.levers()
        given["m"] = found.share(self.threshold, found.median_rate)
        capped = _stepped(np.full(QUARTERS, UNCAPPED), levers.get("cap", ())) < UNCAPPED
        fades = capped & (found.age > 0)
        if draws is not None and fades.any():
            rate = np.asarray(draws[self.threshold.fading_rate], dtype=np.float64)[runs or slice(None)]
            given["m"] = np.where(fades[:, None], found.share(self.threshold, rate), given["m"][:, None])
        return given


def _trigger(rule: TriggerRule, numbers: Mapping[str, int]) -> Trigger:
    after = None if rule.after is None else numbers[rule.after]
    return Trigger(rule.outcome, rule.at_least, rule.at_most, index(rule.not_before), after)


def _stepped(path: np.ndarray, steps: Sequence[Step]) -> np.ndarray:
    """Lay steps over what the rulebook gives."""
    for i, step in enumerate(steps):
        start = index(step.quarter)
        end = index(steps[i + 1].quarter) if i + 1 < len(steps) else QUARTERS
        if step.value is not None:
            path = np.array(path)
            path[start:end] = step.value
    if path.ndim == 2 and (path == path[:, :1]).all():
        path = np.ascontiguousarray(path[:, 0])
    return path


def _later(levers: Mapping[str, tuple[Step, ...]], own: Mapping[str, tuple[Step, ...]]) -> dict[str, tuple[Step, ...]]:
    found = dict(levers)
    for name, steps in own.items():
        found[name] = (*(s for s in found.get(name, ()) if s.quarter < steps[0].quarter), *steps)
    return found


def the_policy(
    name: str | Path | Policy, *, pack: str | Path | None = None, overlays: Overlays = (), parameters: Mapping[str, Any] | None = None
) -> Policy:
    """Return a policy by id or path, with parameters of its rulebooks set.

    Raises:
        BadInput: if there is no such policy, or no rulebook of it has such a parameter.
        PackError: with file and line, if it does not hold to its format.
    """
    found = name if isinstance(name, Policy) else _policy(str(name), None if pack is None else str(pack), tuple(str(o) for o in overlays))
    return _with_parameters(found, parameters) if parameters else found


@lru_cache(maxsize=64)
def _policy(name: str, pack: str | None, overlays: tuple[str, ...]) -> Policy:
    return load_policy(name, WORDS, root=_root(pack), overlays=overlays)


def _root(pack: str | Path | None) -> Path:
    return Path(pack).resolve() if pack is not None else EMBEDDED


def rulebook_parameters(policy: Policy) -> dict[str, Any]:
    """Return the parameters that the rulebooks of a policy declare, with the values that the policy gives them."""
    from thalweg.pack.build import validated
    from thalweg.pack.reader import read_yaml
    from thalweg.pack.schema import OverlayFile

    found: dict[str, Any] = {}
    for laid in policy.rulebook:
        document = read_yaml(laid.overlay / "overlay.yaml", name=f"{laid.overlay.name}/overlay.yaml")
        found |= validated(OverlayFile, document, document.data).parameters | dict(laid.parameters)
    return found


def _with_parameters(policy: Policy, parameters: Mapping[str, Any]) -> Policy:
    known = rulebook_parameters(policy)
    for name in parameters:
        if name not in known:
            raise BadInput(f"{name!r} is no parameter of a rulebook of {policy.id!r}{nearest(name, known)}")

    def set_(laid: Laid) -> Laid:
        own = rulebook_parameters(dataclasses.replace(policy, rulebook=(laid,)))
        return dataclasses.replace(laid, parameters={**laid.parameters, **{k: v for k, v in parameters.items() if k in own}})

    return dataclasses.replace(policy, rulebook=tuple(set_(x) for x in policy.rulebook))


def ready(policy: Policy, *, pack: str | Path | None = None, overlays: Overlays = ()) -> Ready:
    """Resolve the rulebook of a policy, of what it is based on, and of its triggers.

    Raises:
        PackError: if an overlay does not hold to its format.
        BadInput: if the pack holds nothing on thresholds.
    """
    return _ready(policy, None if pack is None else str(pack), tuple(str(o) for o in overlays), load_threshold(_root(pack)))


def _ready(policy: Policy, pack: str | None, overlays: tuple[str, ...], threshold: Threshold) -> Ready:
    def resolved(laid: Sequence[Laid], levers: Mapping[str, Sequence[Step]]) -> Resolution:
        rules = _rules(laid, levers)
        return resolve(rules.laid, policy.grants, rules.cap, threshold, pack=pack, overlays=overlays)

    own = resolved(policy.rulebook, policy.levers)
    branches = []
    for trigger in policy.triggers:
        levers, laid = _turned(policy, trigger)
        branches.append(Branch(trigger, levers, resolved(laid, levers)))
    before = None
    if policy.base is not None:
        root = policy.base
        while root.base is not None:
            root = root.base
        before = _ready(root, pack, overlays, threshold)
    return Ready(policy, own, tuple(branches), before, threshold)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a policy lays over the pack's rules, and the volume cap by quarter (44,) that the rules are told."""

    laid: tuple[Laid, ...]
    cap: np.ndarray


def rules_of(policy: Policy, trigger: TriggerRule | None = None) -> Rules:
    """Return what a policy lays over the rules, or what it turns to after one of its triggers."""
    levers, laid = (policy.levers, policy.rulebook) if trigger is None else _turned(policy, trigger)
    return _rules(laid, levers)


def _rules(laid: Sequence[Laid], levers: Mapping[str, Sequence[Step]]) -> Rules:
    return Rules(_last_wins(laid), _stepped(np.full(QUARTERS, UNCAPPED), levers.get("cap", ())))


def _turned(policy: Policy, trigger: TriggerRule) -> tuple[dict[str, tuple[Step, ...]], tuple[Laid, ...]]:
    """Return levers and rulebook of a policy after a trigger, and after those that it follows."""
    chain = [trigger]
    known = {t.id: t for t in policy.triggers}
    while (after := chain[-1].after) is not None:
        chain.append(known[after])
    levers, laid = dict(policy.levers), policy.rulebook
    for t in reversed(chain):
        levers, laid = _later(levers, t.levers), (*laid, *t.rulebook)
    return levers, laid


def _last_wins(laid: Iterable[Laid]) -> tuple[Laid, ...]:
    """Return rulebooks in order; one that is laid again from the same day takes the place of the earlier."""
    return tuple({(x.overlay, x.start): x for x in laid}.values())


def policy_rows(*, pack: str | Path | None = None, overlays: Overlays = ()) -> list[dict[str, Any]]:
    """Return a row for each policy that can be named by its id.

    Raises:
        PackError: if one does not hold to its format.
    """
    rows = []
    for name in policy_files(_root(pack), overlays=overlays):
        p = the_policy(name, pack=pack, overlays=overlays)
        based = p.base.id if p.base else ""
        rows.append({"id": p.id, "title": p.title, "starts": p.starts, "based_on": based, "levers": ", ".join(p.own)})
    return rows


def policy_problems(folder: str | Path | None = None) -> list[PackError]:
    """Return what is wrong with the policies of a knowledge folder, and with the strategies that answer them, each with file and line."""
    root = _root(folder)
    try:
        load_responses(WORDS, root=root)
    except PackError as error:
        return [*check_policies(root, WORDS), error]
    return check_policies(root, WORDS)


__all__ = ["WORDS", "Branch", "Ready", "Rules", "policy_problems", "policy_rows", "ready", "rulebook_parameters", "rules_of", "the_policy"]
