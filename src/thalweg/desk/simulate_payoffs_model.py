"""What a table of payoffs holds: policies by the strategies of Beijing and of allies, and the choices that it leads to."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from thalweg.desk.simulate_aims import Better

Rule = Literal["minimax", "minimax regret"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StrategyShown(_Frozen):
    """A strategy of Beijing or of allies; what it is made of is judgement unless its sources say otherwise."""

    id: str
    who: str
    title: str
    meaning: str
    drawn: bool
    """Whether it chooses nothing, so that its column is the policy as everywhere else."""
    raised: dict[str, float] = {}
    """Estimates that it raises to at least a value."""
    basis: str
    sources: list[dict[str, Any]] = []
    note: str = ""


class Cell(_Frozen):
    """The payoff of a policy under a strategy of Beijing and one of allies: an outcome of a year over the runs."""

    policy: str
    beijing: str
    allies: str
    outcome: str
    year: int
    mean: float
    error: float
    """Standard error of the mean."""
    p5: float
    p50: float
    p95: float


class Reply(_Frozen):
    """The strategy of Beijing that is worst for the US side of an outcome under a policy, with allies as asked, by the mean."""

    policy: str
    outcome: str
    year: int
    beijing: str
    mean: float
    runner_up: str
    """The next worst; empty where every strategy gives the same."""
    behind: float
    """How much worse the reply is than the next, in the unit of the outcome."""
    error: float
    """Standard error of that, run by run under the same chances."""
    stands: float
    """Share of resamples of the runs in which the same strategy is worst."""


class Choice(_Frozen):
    """The policy that a rule picks on an outcome of a year."""

    outcome: str
    year: int
    rule: Rule
    allies: str
    """``as asked`` or the like: the strategy of allies that is held, or ``any`` where the worst is taken over theirs too."""
    policy: str
    value: float
    """Its payoff, or its regret, where it does worst."""
    worst: str
    """The strategy, or pair of strategies, under which it does worst; empty where it is never behind."""
    others: dict[str, float]
    """The same number of each other policy."""
    stands: float
    """Share of resamples of the runs in which the rule picks the same policy."""
    never_behind: float
    """Share of resamples in which the policy that is picked is behind no other under any strategy."""
    settled: bool
    """Whether that is at least 95 percent; otherwise the choice is too close to call at this number of runs."""
    same: bool = False
    """Whether all policies are alike by this rule, so that there is nothing to choose."""


class Payoffs(_Frozen):
    """Policies against the strategies of others, under common random numbers."""

    since: str
    """The quarter from which the strategies act: the first in which every policy does."""
    runs: int
    outcomes: list[str]
    units: dict[str, str]
    better: dict[str, Better]
    policies: list[str]
    beijing: list[StrategyShown]
    allies: list[StrategyShown]
    cells: list[Cell]
    replies: list[Reply]
    choices: list[Choice]
    not_run: dict[str, str] = {}
    """Strategies under which the model cannot be run, and why."""

    @property
    def drawn(self) -> tuple[str, str]:
        """The strategies of Beijing and of allies that choose nothing."""
        return next(x.id for x in self.beijing if x.drawn), next(x.id for x in self.allies if x.drawn)

    def cell(self, policy: str, outcome: str, year: int, beijing: str = "", allies: str = "") -> Cell:
        """Return a cell; a strategy that is left out is the one that chooses nothing.

        Raises:
            KeyError: if there is none.
        """
        own = (beijing or self.drawn[0], allies or self.drawn[1])
        for c in self.cells:
            if (c.policy, c.outcome, c.year, c.beijing, c.allies) == (policy, outcome, year, *own):
                return c
        raise KeyError((policy, outcome, year, *own))
