"""Factors: what is moved as one in a sensitivity analysis, because the declared correlations leave nothing smaller that is independent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from thalweg.evidence import BadInput
from thalweg.evidence.source import BASES
from thalweg.pack.estimates_checks import components
from thalweg.pack.estimates_model import Estimates

By = Literal["estimate", "block", "basis"]
CHANCES: Final = "chances"
"""The factor of everything that is left to chance quarter by quarter: regimes, retaliation, breaches, reversals, release noise."""


@dataclass(frozen=True, slots=True)
class Factor:
    """Estimates and switches that are moved together; ``chances`` says that the events are moved as well."""

    name: str
    of: tuple[str, ...]
    judged: bool
    chances: bool = False


def factors(estimates: Estimates, names: Iterable[str], by: By = "estimate") -> tuple[Factor, ...]:
    """Return the factors of some names of estimates and switches, and the chances as the last one.

    Names with declared correlations stay together: variance has no unique parts among them. By ``block`` or ``basis``, those of a file or
    of an evidence basis make one factor each, a correlated group going where its first name (its weakest basis) goes.

    Raises:
        BadInput: for another ``by``.
    """
    if by not in ("estimate", "block", "basis"):
        raise BadInput(f"by {by!r}: there are estimate, block and basis")
    left = list(names)
    groups = [[n for n in group if n in left] for group in components([c.of for c in estimates.correlations])]
    of_group = {name: group for group in groups for name in group}
    parts: dict[str, list[str]] = {}
    done: set[str] = set()
    for name in left:
        if name in done:
            continue
        group = sorted(of_group.get(name, [name]), key=left.index)
        done.update(group)
        key = {"estimate": " + ".join(group), "block": _block(estimates, group[0]), "basis": _weakest(estimates, group)}[by]
        parts.setdefault(key, []).extend(group)
    found = [Factor(key, tuple(of), any(judged(estimates, name) for name in of)) for key, of in parts.items()]
    return (*found, Factor(CHANCES, (), judged=False, chances=True))


def judged(estimates: Estimates, name: str) -> bool:
    """Say whether judgement enters an estimate or a switch."""
    return estimates.estimates[name].value.judged if name in estimates.estimates else estimates.switches[name].basis == "judgement"


def basis_of(estimates: Estimates, name: str) -> str:
    """Return how the middle of an estimate, or a switch, is known."""
    return estimates.estimates[name].basis if name in estimates.estimates else estimates.switches[name].basis


def _block(estimates: Estimates, name: str) -> str:
    return estimates.estimates[name].block if name in estimates.estimates else "switches"


def _weakest(estimates: Estimates, group: Iterable[str]) -> str:
    order: Mapping[str, int] = {basis: i for i, basis in enumerate(BASES)}
    return max((basis_of(estimates, name) for name in group), key=lambda basis: order.get(basis, len(order)))
