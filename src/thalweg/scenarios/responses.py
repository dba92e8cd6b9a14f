"""What other players do from a quarter on, as chosen strategies and not as chance: imports, retaliation, deals, and numbers they raise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from thalweg.evidence import BadInput, nearest
from thalweg.scenarios.inputs import Inputs, with_numbers
from thalweg.scenarios.levers import LEVERS, Lever
from thalweg.scenarios.quarters import QUARTERS

Imports = Literal["drawn", "open", "throttled"]
Retaliation = Literal["drawn", "never", "always"]
Deals = Literal["drawn", "kept", "broken"]

RAISED: Final = ("gW", "gH", "ind", "theta", "gK", "smgHBM")
"""Parameters that a strategy can raise: those that the equations read anew in each quarter, so that the past stays as it was."""
CERTAIN: Final = 1e3
"""A hazard at which an event comes in every quarter."""


@dataclass(frozen=True, slots=True)
class Response:
    """A strategy of another player; what is left as drawn stays chance.

    Source:
        Scenario model, section 7.1: players with named strategies. What a strategy is made of is judgement.
    """

    imports: Imports = "drawn"
    """Beijing's regime of equation (4). Open is open in every run; throttled leaves the runs without regimes at their level of 2026."""
    retaliation: Retaliation = "drawn"
    """Of equation (27)."""
    deals: Deals = "drawn"
    """Verification deal and mutual caps of equation (26), from the quarter in which each is made."""
    buys_ahead: int = 0
    """Quarters in which buyers stock up as before a closing rule, equation (3)."""
    at_least: Mapping[str, float] = field(default_factory=dict)
    """Parameters, each raised to at least a value."""
    factors: Mapping[str, float] = field(default_factory=dict)
    """Levers of the policy, each multiplied."""

    def __post_init__(self) -> None:
        for name in self.at_least:
            if name not in RAISED:
                raise BadInput(
                    f"response: {name!r} cannot be raised from a quarter on; there are {', '.join(RAISED)}{nearest(name, RAISED)}"
                )
        for name, factor in self.factors.items():
            if name not in LEVERS:
                raise BadInput(f"response: there is no lever {name!r}{nearest(name, LEVERS)}")
            if not 0.0 <= factor <= 1.0:
                raise BadInput(f"response: the factor on {name} is {factor:g}; a number from 0 to 1 is needed")


@dataclass(frozen=True, slots=True)
class Answer:
    """Responses that act together from a quarter on; where two set the same thing, the later one holds."""

    since: int
    responses: tuple[Response, ...]

    def inputs(self, given: Inputs) -> Inputs:
        """Return the inputs as they are from the quarter on."""
        for response in self.responses:
            given = _answered(given, response)
        return given

    def lever(self, lever: Lever, t: int) -> Lever:
        """Return the levers of a quarter as they act under the responses."""
        changed: dict[str, Any] = {}
        for response in self.responses:
            changed |= {name: getattr(lever, name) * factor for name, factor in response.factors.items()}
            if t < self.since + response.buys_ahead:
                changed["closing"] = 1.0
        return lever._replace(**changed)


def _answered(given: Inputs, response: Response) -> Inputs:
    x, xp = given.x, given.xp
    numbers: dict[str, Any] = {name: xp.maximum(getattr(x, name), value) for name, value in response.at_least.items()}
    if response.retaliation != "drawn":
        numbers["ret0"] = (CERTAIN if response.retaliation == "always" else 0.0) * given.one
    if response.deals != "drawn":
        broken = (1.0 if response.deals == "broken" else 0.0) * given.one
        numbers |= {"breach_kv": broken, "breach_kc": broken}
    if numbers:
        given = with_numbers(given, **numbers)
    if response.imports == "drawn":
        return given
    throttled = 1.0 if response.imports == "throttled" else 0.0
    if response.imports == "open":
        given = given._replace(sw=given.sw._replace(sw_beijing=0))
    return given._replace(observed=given.observed._replace(throttled=(throttled,) * QUARTERS))
